"""The executive review: what was promised and what became of it, by department. Nothing about any one person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from actions.figures import IN_A_ROW, LocalDay, Moment, condition
from actions.models import ACCEPTED_STATES, ActionItem
from actions.queries.scope import EVERYTHING, Scope
from governance.models import Calendar, Department, Organisation, Person


def moment(now: datetime) -> Moment:
    """``now``, and which day it is where each seat is.

    One statement where it is the same day everywhere, which is nearly always; three otherwise.
    """
    zones: dict[int, str] = dict(Calendar.objects.values_list("pk", "zone"))
    today = {pk: now.astimezone(ZoneInfo(zone)).date() for pk, zone in zones.items()}
    days = sorted(set(today.values()))
    if len(days) == 1:
        return Moment(now, (LocalDay(days[0]),))
    calendar_of = calendars_of_departments()
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
    )


def calendars_of_departments() -> dict[int, int]:
    """Which calendar each department keeps: its own, else its nearest ancestor's, else the organisation's."""
    listed = Department.objects.values_list("pk", "parent_id", "calendar_id")
    rows: dict[int, tuple[int | None, int | None]] = {pk: (parent, calendar) for pk, parent, calendar in listed}
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
    """One department's figures; ``accepted`` is the denominator of each."""

    department_id: int
    department: str
    reference: str
    accepted: int
    promised: int
    late: int
    blocked: int
    no_date: int
    unowned: int
    unfunded: int
    unverified: int
    as_is: int

    def of(self, figure: str) -> int:
        return int(getattr(self, figure))


@dataclass(frozen=True, slots=True)
class Review:
    """Rows by department, and their sum. Only what the viewer may see is counted."""

    rows: list[Row]
    total: Row
    on: date


def executive(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> Review:
    """The figures of every department with accepted actions that ``viewer`` may see. At most five statements."""
    at = moment(now)
    counted = (
        ActionItem.objects.visible_to(viewer, now)
        .filter(scope.actions(), state__in=ACCEPTED_STATES)
        .values("department_id", "department__name", "department__subject__reference")
        .annotate(**{f"n_{figure}": Count("pk", filter=condition(figure, at)) for figure in IN_A_ROW})
        .order_by("department__name")
    )
    rows = [_row(one) for one in counted]
    return Review(rows, _sum(rows), at.days[0].day)


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
