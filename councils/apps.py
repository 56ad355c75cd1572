from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "Councils"

    def ready(self) -> None:
        from councils import (
            access,  # noqa: F401 - registers the container
            approving,  # noqa: F401 - declares the matter of minutes that a meeting approves
            brought,  # noqa: F401 - declares what agendas take on by themselves
            kept,  # noqa: F401 - declares what may be kept as a view
            panels,  # noqa: F401 - declares what charters show of councils
            ratifying,  # noqa: F401 - declares the matter of what a chair decided
            referrals,  # noqa: F401 - declares the matters that councils know by themselves
            rsvp,  # noqa: F401 - declares what is answered from an invitation
        )
        from councils.queries.councils import confidential, seated, sponsored
        from councils.queries.rooms import rooms
        from councils.sql import guards  # noqa: F401 - registers the guards
        from governance import buttons, events
        from governance.rooms import register_rooms
        from governance.seated import register_seats
        from governance.sponsored import register_bodies

        buttons.keep_closed(confidential)
        register_bodies(sponsored)
        register_seats(seated)
        register_rooms(rooms)

        events.discover("councils.services")
