"""Promises by the month in which they were given, and what became of them.

The same promises that the promise record counts by department (``actions/queries/record.py``): those that came to their
end in its twelve months. So both tables are cut from one whole, and what is hidden in this one is hidden with the other
in mind (``actions/suppression.py``). It is taken at the end of the last whole month, and cannot be narrowed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from actions import reliability, suppression
from actions.months import month_of, months
from actions.queries import record
from actions.queries.drawn import Counted
from actions.queries.record import Figures, Window
from actions.reliability import Verdict
from actions.suppression import Case
from governance.models import Person

EARLIER = date.min
"""Stands for all months before those that are counted: what was promised then may have ended in them."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Promises of one month; ``figures`` None: too few to tell. ``under_way`` is work, not conduct."""

    month: date
    figures: Figures | None
    under_way: int


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The months in their order, and the sum of what ended, hidden rows among it."""

    rows: Sequence[Cohort]
    total: Figures | None
    under_way: int


def cohorts(viewer: Person, now: datetime, period: Window) -> Cohorts:
    """What became of promises, by the month in which their first date was given. ``period`` is the record's window."""
    known = [one for one in record.known(viewer, now, period) if one.given_on <= period.last]
    ended: dict[date, list[Counted]] = defaultdict(list)
    running: dict[date, int] = defaultdict(int)
    for one in known:
        month = month_of(one.given_on) if one.given_on >= period.first else EARLIER
        if one.judged.verdict is Verdict.OPEN:
            running[month] += 1
        elif one.judged.verdict in reliability.SETTLED and period.holds(one.judged.settled_on):
            ended[month].append(one)
    cases = [
        Case(one.department_id, key.toordinal(), one.person_id)
        for key, some in ended.items()
        for one in some
        if one.person_id is not None  # promises always have somebody
    ]
    listed = [one for some in ended.values() for one in some]
    may = suppression.shown_beside(cases, suppression.shown(record.groups(listed)).rows)
    rows = [
        month
        for month in (EARLIER, *months(period.first, period.last))
        if month is not EARLIER or ended[month] or running[month]
    ]
    return Cohorts(
        rows=[
            Cohort(month, _counted(ended[month]) if month.toordinal() in may.rows else None, running[month])
            for month in rows
        ],
        total=_counted(listed) if may.total else None,
        under_way=sum(running.values()),
    )


def _counted(some: Sequence[Counted]) -> Figures:
    """Counts alone: the median slip goes on after the verdict, and stands in the record."""
    return replace(record.figures(some), median_slip=None)
