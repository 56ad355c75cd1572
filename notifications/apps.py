from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        # Fills the registry of rules, and declares the event that the sweep records: every process tells it.
        from notifications.rules import actions, councils  # noqa: F401
        from notifications.services import sweep  # noqa: F401
