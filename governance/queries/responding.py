"""What somebody's own answer is waited for, and how long their answers took: for that person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from governance.access import seats_of
from governance.models import HelpRequest, Person
from governance.queries.helping import waiting_on

LOOKS_BACK = timedelta(days=365)
FEW = 3
"""Fewer than these say nothing about a year."""


@dataclass(frozen=True, slots=True)
class Answers:
    """``owed``: requests for help that wait for the person's own word, the oldest day first.

    ``answered`` counts those that they answered in the last year; ``days`` is the median, in calendar days, from being
    asked to the answer; None: too few to tell.
    """

    owed: Sequence[HelpRequest]
    answered: int
    days: int | None


def own_answers(person: Person, now: datetime) -> Answers:
    """There is no viewer to pass: it is nobody else's (DESIGN.md, point 14). Two statements."""
    mine = seats_of(person, now)
    # Whoever owes the work itself has it among their own duties, and asks nobody but others.
    owed = list(waiting_on(person, now).exclude(duty__seat_id__in=mine))
    took = [
        (answered - asked).days
        for asked, answered in HelpRequest.objects.filter(
            answered_by=person, answered_at__gte=now - LOOKS_BACK, asked_id__in=mine
        ).values_list("asked_at", "answered_at")
        if answered is not None
    ]
    return Answers(owed, len(took), round(median(took)) if len(took) >= FEW else None)
