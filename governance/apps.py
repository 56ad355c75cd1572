from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.urls import register_converter


def _after_migrate(**_kwargs: Any) -> None:
    from governance.sql import guards

    guards.install()


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance.forms import words
        from governance.keys import KeyConverter

        words.use()
        register_converter(KeyConverter, "key")

        # Fill the door of visibility, register the checks, declare what may be kept as a view,
        # answered from a mail, and what is shown.
        from governance import access, checks, events, kept_pages, pressing, shown  # noqa: F401

        events.discover("governance.services")
        from governance import signing  # noqa: F401 - declares the buttons by which a charter is signed from a mail

        post_migrate.connect(_after_migrate, dispatch_uid="governance.guards")
