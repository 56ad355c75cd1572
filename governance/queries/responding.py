"""What somebody's own answer is waited for, and how long their answers took: for that person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Q

from governance.access import seats_of
from governance.models import Duty, DutyKind, HelpRequest, Person, Tenure, TenureRole
from governance.models.subjects import seen_in_passing
from governance.queries.helping import standing
from governance.queries.unacted import ASKED

LOOKS_BACK = timedelta(days=365)
ANSWERS = frozenset(ASKED) - {DutyKind.RESPOND}
"""An escalation that is to be answered is a request for help, and stands among these."""
FEW = 3
"""Fewer than these say nothing about a year."""


@dataclass(frozen=True, slots=True)
class Answers:
    """``owed``: requests for help that wait for the person's own word, the oldest day first; ``asked``: what else their
    own seats were asked for and have not answered, in the same order, whether its day has passed or not.

    ``answered`` counts those that they answered in the last year; ``days`` is the median, in calendar days, from being
    asked to the answer; None: too few to tell.
    """

    owed: Sequence[HelpRequest]
    asked: Sequence[Duty]
    answered: int
    days: int | None


def own_answers(person: Person, now: datetime) -> Answers:
    """There is no viewer to pass: it is nobody else's (DESIGN.md, point 14). Two statements."""
    mine = seats_of(person, now)
    # Whoever owes the work itself has it among their own duties, and asks nobody but others.
    waits = seen_in_passing(person, now, "duty__") & standing() & ~Q(duty__seat__in=mine)
    answered = Q(answered_by=person, answered_at__gte=now - LOOKS_BACK)
    requests = list(
        HelpRequest.objects.filter(waits | answered, asked_id__in=mine)
        .select_related("duty__subject", "duty__seat__subject")
        .order_by("due_on", "asked_at", "pk")
    )
    asked = (
        Duty.objects.filter(seen_in_passing(person, now), closed_at=None, kind__in=sorted(ANSWERS))
        .filter(Q(seat_id__in=_held(person, now)) | Q(seat_id__in=mine) & ~Q(seat_id__in=_answered_for(now)))
        .select_related("subject", "seat__subject")
        .order_by("due_on", "pk")
    )
    took = [(one.answered_at - one.asked_at).days for one in requests if one.answered_at is not None]
    return Answers(
        owed=[one for one in requests if one.answered_at is None],
        asked=list(asked),
        answered=len(took),
        days=round(median(took)) if len(took) >= FEW else None,
    )


def _held(person: Person, now: datetime) -> Any:
    """The seats that somebody holds, not those that they deputise for: a subquery."""
    return Tenure.objects.at(now).filter(person_id=person.pk, role=TenureRole.HOLDER).values("seat_id")


def _answered_for(now: datetime) -> Any:
    """The seats whose holder is here: their deputies are asked nothing (``governance.queries.seats.answering``)."""
    here = Q(person__away_until=None) | Q(person__away_until__lt=now.date())
    return Tenure.objects.at(now).filter(here, role=TenureRole.HOLDER, person__is_active=True).values("seat_id")
