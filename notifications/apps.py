from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from governance import events
        from notifications import answers, panels  # noqa: F401 - which mails bring buttons; what pages show of mutes
        from notifications.rules import (  # noqa: F401 - fill the registry
            actions,
            charters,
            councils,
            governance,
            pilots,
            requests,
        )

        events.discover("notifications.services")
