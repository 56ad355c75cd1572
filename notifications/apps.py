from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from governance import events
        from notifications import (
            answers,  # noqa: F401 - which mails bring buttons
            faultpoints,  # noqa: F401 - refused where nobody tests
            kept,  # noqa: F401 - declares what may be kept as a view
            panels,  # noqa: F401 - what shows elsewhere
        )
        from notifications.rules import (  # noqa: F401 - fill the registry
            actions,
            charters,
            councils,
            governance,
            meetings,
            minutes,
            pilots,
            requests,
        )

        events.discover("notifications.services")
