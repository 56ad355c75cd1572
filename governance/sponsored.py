"""The registry of what sponsors sponsor: asked here, answered by the app that owns such bodies.

A sponsor pledges check-ins to the councils that they sponsor, and councils stand above governance: whoever has bodies
with sponsors registers a provider, as containers register theirs with ``governance.access``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from governance.models import Charter


@dataclass(frozen=True, slots=True)
class Body:
    """One body with a sponsor: its subject, whose charter holds there, and the sponsor's seat."""

    subject_id: int
    charter: Charter | None
    sponsor_id: int


# Sponsor's seats -> the bodies of these sponsors.
Provider = Callable[[Collection[int]], list[Body]]

PROVIDERS: list[Provider] = []


def register_bodies(provider: Provider) -> None:
    """Declare where sponsored bodies are found. Called when the program starts."""
    PROVIDERS.append(provider)


def bodies_of(sponsor_ids: Collection[int]) -> list[Body]:
    """What these sponsors sponsor. One statement a provider."""
    return [body for provider in PROVIDERS for body in provider(sponsor_ids)]
