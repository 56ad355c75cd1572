"""The registry of evidence: what stands linked to a matter and may be named as what a decision was based on.

Asked here, answered by the apps whose things are named (quotes, themes, KPIs). A piece is offered to whoever may see
the thing that it is about; its words are kept with the decision as they were then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from governance import access
from governance.models import Person

if TYPE_CHECKING:
    from councils.models import AgendaItem

MOST = 12
"""So many pieces are offered, and named at most."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it reads now. ``about`` is the key of the subject through which it is seen."""

    key: str
    label: str
    words: str
    about: int


# item, now -> what is linked to its matter, the most telling first, in a bounded number of statements.
Provider = Callable[["AgendaItem", datetime], list[Piece]]

PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Declare where evidence is known. Called when the program starts."""
    PROVIDERS.append(provider)


def offered(item: "AgendaItem", viewer: Person, now: datetime) -> list[Piece]:
    """What ``viewer`` may name on an item."""
    found = [piece for provider in PROVIDERS for piece in provider(item, now)]
    seen = access.visible_ids(viewer, {piece.about for piece in found}, now) if found else set()
    return [piece for piece in found if piece.about in seen][:MOST]


# keys of pieces -> those that may be shown no more, because whoever said it does not want to be quoted any longer.
Withdrawn = Callable[[set[str]], set[str]]

_withdrawn: list[Withdrawn] = []


def register_withdrawn(which: Withdrawn) -> None:
    """Declare which pieces are shown no more. Called when the program starts."""
    _withdrawn.append(which)


def withdrawn(keys: set[str]) -> set[str]:
    """Of these pieces, those that are shown no more, whatever was kept with decisions."""
    return set().union(*(which(keys) for which in _withdrawn)) if keys else set()
