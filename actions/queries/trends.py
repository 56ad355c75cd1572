"""Trends: what became of promises by the month in which they were given, how open work aged, how often days were moved,
how high promises climbed, and how soon what was overdue was answered. Each is defined in docs/figures.md.

Nothing here can be narrowed. What is about conduct is taken at the end of the last whole month, of groups that are
large enough (``actions/suppression.py``); open work stands as it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.months import months
from actions.queries import record
from actions.queries.ageing import Standing, ageing
from actions.queries.answering import BEFORE, Answering, answering
from actions.queries.climbing import Climbed, climbed
from actions.queries.cohorts import Cohorts, cohorts
from actions.queries.held import held
from actions.queries.moving import MonthOfMoves, moving
from actions.queries.record import Window
from governance.models import Organisation, Person
from governance.queries.calendars import began


@dataclass(frozen=True, slots=True)
class Trends:
    """Twelve whole months, and for open work the present."""

    period: Window
    cohorts: Cohorts
    ageing: Sequence[Standing]
    moving: Sequence[MonthOfMoves]
    climbed: Climbed
    answering: Answering


def trends(viewer: Person, now: datetime) -> Trends:
    """Of the work that ``viewer`` may see. A fixed number of statements."""
    period = record.period_of(now)
    zone = Organisation.objects.values_list("calendar__zone", flat=True).get()
    listed = months(period.first, period.last)
    promises = held(viewer, now, began(period.first - BEFORE, zone))
    return Trends(
        period=period,
        cohorts=cohorts(viewer, now, period),
        ageing=ageing(viewer, now, promises, listed, zone),
        moving=moving(viewer, now, promises, listed, zone),
        climbed=climbed(viewer, now, promises, listed, zone),
        answering=answering(viewer, now, promises, period, zone),
    )


def open_work(viewer: Person, now: datetime) -> Sequence[Standing]:
    """How open promised work aged, alone: work and no conduct, so it may stand beside figures of other readers."""
    period = record.period_of(now)
    zone = Organisation.objects.values_list("calendar__zone", flat=True).get()
    promises = held(viewer, now, began(period.first - BEFORE, zone))
    return ageing(viewer, now, promises, months(period.first, period.last), zone)
