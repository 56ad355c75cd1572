"""The registry of bodies whose seats stand on the coverage map: asked here, answered by the app that owns them.

A council's chair, secretary and members are seats, and councils stand above governance: whoever has such bodies
registers a provider, as sponsors' bodies are registered with ``governance.sponsored``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.models import Person, Seat, Subject


@dataclass(frozen=True, slots=True)
class Place:
    """One seat of a body, and the page that fills it; empty where the reader may not."""

    seat: Seat
    fill_url: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """One body that the reader may see: its sponsor's seat, its chair's and secretary's, its members'."""

    subject: Subject
    name: str
    sponsor: Seat
    chair: Sequence[Place]
    secretary: Sequence[Place]
    members: Sequence[Place]
    fill_url: str = ""
    """Where a seat is added; empty where the reader may not."""

    @property
    def places(self) -> list[Place]:
        return [*self.chair, *self.secretary, *self.members]


# (viewer, now) -> what they may see, by name.
Provider = Callable[[Person, datetime], list[Room]]

PROVIDERS: list[Provider] = []


def register_rooms(provider: Provider) -> None:
    """Declare where bodies with seats are found. Called when the program starts."""
    PROVIDERS.append(provider)


def rooms(viewer: Person, now: datetime) -> list[Room]:
    """The bodies that ``viewer`` may see, with their seats. Their statements do not grow with rows."""
    return [room for provider in PROVIDERS for room in provider(viewer, now)]
