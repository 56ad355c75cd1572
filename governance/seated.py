"""The registry of the bodies that seats belong to: asked here, answered by the app that owns such bodies.

A council's vacant seat is filled as that council's charter says, and councils stand above governance: whoever has
bodies with seats registers a provider, as containers register theirs with ``governance.access``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from governance.models import Charter


@dataclass(frozen=True, slots=True)
class SeatsBody:
    """The body that a seat belongs to: its subject, and whose charter holds there."""

    subject_id: int
    charter: Charter


# Seats -> for those that belong to a body: which.
Provider = Callable[[Collection[int]], dict[int, SeatsBody]]

PROVIDERS: list[Provider] = []


def register_seats(provider: Provider) -> None:
    """Declare where seats' bodies are found. Called when the program starts."""
    PROVIDERS.append(provider)


def bodies_of(seat_ids: Collection[int]) -> dict[int, SeatsBody]:
    """For each of these seats that belongs to a body: which. One statement a provider."""
    return {seat: body for provider in PROVIDERS for seat, body in provider(seat_ids).items()}
