from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"
    verbose_name = "Actions"

    def ready(self) -> None:
        # What actions put on agendas, on lower pages and behind links in mails.
        from actions import (  # noqa: F401
            brought,
            commissions,
            evidence_offered,
            kept,
            matters,
            measure_matters,
            panels,
            pilot_matters,
            pressing,
            request_matters,
            resources,
        )
        from actions.queries.came import came_of, has_work
        from actions.sql import guards  # noqa: F401 - registers the guards
        from councils.came import register_came, register_work
        from governance import events

        register_came(came_of)
        register_work(has_work)
        events.discover("actions.services")
