"""The registry of what came of decisions: asked here, answered by the app whose things decisions make.

A decision names one thing as its result; the work that it made stands further left on the arrow. Whoever makes such
work registers a provider, in a few statements for many decisions.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came of a decision: the seat that owes it, by when, and how far it is."""

    subject_id: int
    reference: str
    title: str
    path: str
    seat: str
    asked_for: date | None
    due_on: date | None
    state: str
    """Its state as a code, for shapes and counting: see ``OPEN``, ``CARRIED_OUT``, ``VERIFIED``."""
    says: str
    """The state in words."""
    is_late: bool = False


OPEN, CARRIED_OUT, VERIFIED, DROPPED = "open", "carried_out", "verified", "dropped"

# decision ids -> by decision, what came of it.
Provider = Callable[[Sequence[int]], dict[int, list[Came]]]

PROVIDERS: list[Provider] = []


def register_came(provider: Provider) -> None:
    """Declare where it is known what came of decisions. Called when the program starts."""
    PROVIDERS.append(provider)


def came_of(decision_ids: Sequence[int]) -> dict[int, list[Came]]:
    """What came of these decisions, whoever asks: the caller keeps what its reader may see."""
    found: dict[int, list[Came]] = defaultdict(list)
    if decision_ids:
        for provider in PROVIDERS:
            for decision, came in provider(decision_ids).items():
                found[decision] += came
    return found


ANY, UNVERIFIED, JUDGED, MISSED = "any", "unverified", "judged", "missed"
"""Beside ``OPEN``: work in any state; work that was carried out and that nobody verified; verified work of which
somebody said whether it worked; and of that what did not work, not wholly, or of which nobody can tell."""

# A kind of work -> the condition on decisions that some of theirs is of this kind.
Condition = Callable[[str], Q]

CONDITIONS: list[Condition] = []


def register_work(condition: Condition) -> None:
    """Declare how decisions are told apart by the work that came of them. Called when the program starts."""
    CONDITIONS.append(condition)


def has_work(kind: str) -> Q:
    """Decisions with such work: a condition, so that lists and their counts stay one statement."""
    found = Q(pk__in=[])
    for condition in CONDITIONS:
        found |= condition(kind)
    return found
