"""The executive review: open work as it stands, by department. Nothing about any one person.

Everything that it says of open work is counted in one pass over it (:func:`standing`); what is closed costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q

from actions.figures import IN_A_ROW, Figure, LocalDay, Moment, condition
from actions.models import OPEN_STATES, STANDING_STATES, ActionItem
from actions.queries.scope import EVERYTHING, Scope
from governance.models import Calendar, Department, Organisation, Person


def moment(now: datetime) -> Moment:
    """``now``, and which day it is where each seat is.

    One statement where it is the same day everywhere, which is nearly always; two otherwise.
    """
    usual = Exists(Organisation.objects.filter(calendar=OuterRef("pk")))
    rows = list(Calendar.objects.annotate(is_usual=usual).values_list("pk", "zone", "is_usual"))
    zones: dict[int, str] = {pk: zone for pk, zone, _usual in rows}
    usual_key, own = next(((pk, zone) for pk, zone, is_usual in rows if is_usual), (None, "UTC"))
    today = {pk: now.astimezone(ZoneInfo(zone)).date() for pk, zone in zones.items()}
    days = sorted(set(today.values()))
    if len(days) == 1:
        return Moment(now, (LocalDay(days[0]),), own)
    calendar_of = calendars_of_departments(usual_key)
    return Moment(
        now,
        tuple(
            LocalDay(
                day,
                frozenset(pk for pk, on in today.items() if on == day),
                frozenset(pk for pk, calendar in calendar_of.items() if today.get(calendar) == day),
            )
            for day in days
        ),
        own,
    )


def calendars_of_departments(usual: int | None = None) -> dict[int, int]:
    """Which calendar each department keeps: its own, else its nearest ancestor's, else the organisation's.

    One statement for whoever knows which that is (``usual``), two for others.
    """
    listed = Department.objects.values_list("pk", "parent_id", "calendar_id")
    rows: dict[int, tuple[int | None, int | None]] = {pk: (parent, calendar) for pk, parent, calendar in listed}
    if usual is None:
        usual = Organisation.objects.values_list("calendar_id", flat=True).get()
    kept: dict[int, int] = {}
    for department in rows:
        above: int | None = department
        while above is not None and rows[above][1] is None:
            above = rows[above][0]
        kept[department] = (rows[above][1] if above is not None else None) or usual
    return kept


@dataclass(frozen=True, slots=True)
class Row:
    """One department's figures; ``open`` is the denominator of each."""

    department_id: int
    department: str
    reference: str
    open: int
    late: int
    late_week: int
    late_month: int
    late_longer: int
    blocked: int
    no_date: int
    unowned: int
    unfunded: int
    unverified: int

    def of(self, figure: str) -> int:
        return int(getattr(self, figure))


@dataclass(frozen=True, slots=True)
class Review:
    """Rows by department, and their sum. Only what the viewer may see is counted."""

    rows: list[Row]
    total: Row
    on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open actions that wait for one thing: how many, and since when the first of them does."""

    n: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one pass over open work says: the departments, what waits for what, and where promises rest.

    ``waiting`` has ``unfunded``, ``no_date``, ``promised`` (of those under way) and ``unverified``. ``promised`` and
    ``on_team`` count open promises by department: all, and those that the CX team's own seats owe.
    """

    review: Review
    waiting: dict[Figure, Waiting]
    promised: Sequence[tuple[Row, int]]
    on_team: int


_UNDER_WAY = Q(state__in=OPEN_STATES)
_WAITS: dict[Figure, tuple[Q, str]] = {
    Figure.UNFUNDED: (_UNDER_WAY, "accepted_at"),
    Figure.NO_DATE: (_UNDER_WAY, "accepted_at"),
    Figure.PROMISED: (_UNDER_WAY, "accepted_at"),
    Figure.UNVERIFIED: (Q(), "done_at"),
}


def standing(viewer: Person, at: Moment, scope: Scope = EVERYTHING) -> Standing:
    """Open work that ``viewer`` may see. One statement; two where it is narrowed to a department."""
    asked: dict[str, Any] = {f"n_{figure}": Count("pk", filter=condition(figure, at)) for figure in IN_A_ROW}
    for figure, (also, since) in _WAITS.items():
        waits = condition(figure, at) & also
        asked[f"waits_{figure}"] = Count("pk", filter=waits)
        asked[f"since_{figure}"] = Min(since, filter=waits)
    asked["team"] = Count("pk", filter=condition(Figure.ON_TEAM, at) & _UNDER_WAY)
    counted = list(
        ActionItem.objects.counted_for(viewer, at.now)
        .filter(scope.actions(), state__in=STANDING_STATES)
        .values("department_id", "department__name", "department__subject__reference")
        .annotate(**asked)
        .order_by("department__name", "department_id")
    )
    rows = [_row(one) for one in counted]
    return Standing(
        review=Review(rows, _sum(rows), at.days[0].day),
        waiting={figure: _waiting(counted, figure) for figure in _WAITS},
        promised=[(row, one[f"waits_{Figure.PROMISED}"]) for row, one in zip(rows, counted, strict=True)],
        on_team=sum(one["team"] for one in counted),
    )


def executive(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> Review:
    """The figures of every department with open actions that ``viewer`` may see. At most five statements."""
    return standing(viewer, moment(now), scope).review


def _waiting(counted: Sequence[dict[str, Any]], figure: Figure) -> Waiting:
    moments = [one[f"since_{figure}"] for one in counted if one[f"since_{figure}"] is not None]
    return Waiting(sum(one[f"waits_{figure}"] for one in counted), min(moments, default=None))


def _row(counted: dict[str, Any]) -> Row:
    return Row(
        department_id=counted["department_id"],
        department=counted["department__name"],
        reference=counted["department__subject__reference"],
        **{str(figure): counted[f"n_{figure}"] for figure in IN_A_ROW},
    )


def _sum(rows: list[Row]) -> Row:
    return Row(
        department_id=0,
        department="",
        reference="",
        **{str(figure): sum(row.of(figure) for row in rows) for figure in IN_A_ROW},
    )
