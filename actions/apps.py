from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"
    verbose_name = "Actions"

    def ready(self) -> None:
        from actions import matters, panels  # noqa: F401 - declare what actions put on agendas and on lower pages
        from governance import events

        events.discover("actions.services")
