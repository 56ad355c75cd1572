from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "Councils"

    def ready(self) -> None:
        from councils import (
            access,  # noqa: F401 - registers the container
            panels,  # noqa: F401 - declares what charters show of councils
            referrals,  # noqa: F401 - declares the matters that councils know by themselves
        )
        from councils.queries.councils import sponsored
        from councils.queries.seated import rooms
        from councils.sql import guards  # noqa: F401 - registers the guards
        from governance import events
        from governance.seated import register_rooms
        from governance.sponsored import register_bodies

        register_bodies(sponsored)
        register_rooms(rooms)

        events.discover("councils.services")
