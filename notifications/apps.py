from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from governance import events
        from notifications import (
            answers,  # noqa: F401 - which mails bring buttons
            panels,  # noqa: F401 - what stands on pages further right
        )
        from notifications.rules import (  # noqa: F401 - fill the registry
            actions,
            charters,
            councils,
            governance,
            pilots,
            requests,
        )

        events.discover("notifications.services")
