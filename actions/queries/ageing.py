"""Open promised work by its age and by how late it is, as it stood at the end of each month, and now.

It is work, not conduct: nothing here says how anybody kept their word. Past months are read from the promises as they
were held (``actions/queries/held.py``), now from the actions, so that each number of now opens its list; days are those
of the organisation.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.figures import Figure, condition
from actions.models import OPEN_STATES, ActionItem
from actions.months import AGE, LATENESS, Band, after, band_of
from actions.queries.held import Held
from actions.queries.review import moment
from governance.models import Person
from governance.queries.calendars import began


@dataclass(frozen=True, slots=True)
class Standing:
    """How open promised work stood when ``today`` began, at the end of ``month``; ``month`` None: how it stands now."""

    month: date | None
    today: date
    late: dict[str, int]
    age: dict[str, int]

    @property
    def whole(self) -> int:
        return sum(self.late.values())

    @property
    def overdue(self) -> int:
        return self.whole - self.late[LATENESS[0].name]


def ageing(viewer: Person, now: datetime, promises: Sequence[Held], ended: Sequence[date], zone: str) -> list[Standing]:
    """At the end of each month of ``ended``, in their order, and now. Two statements, and one for what may be seen."""
    days = [after(month) for month in ended]
    moments = [began(day, zone) for day in days]
    standing = [Standing(month, day, _none(LATENESS), _none(AGE)) for month, day in zip(ended, days, strict=True)]
    for one in promises:
        first = bisect_right(moments, one.opened_at)
        last = len(moments) if one.closed_at is None else bisect_right(moments, one.closed_at)
        for row in standing[first:last]:
            _add(row, one.due_on, one.accepted_at, zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    present = Standing(None, today, _none(LATENESS), _none(AGE))
    rows = ActionItem.objects.visible_to(viewer, now).filter(
        condition(Figure.PROMISED, moment(now)), state__in=OPEN_STATES
    )
    for due_on, accepted_at in rows.order_by().values_list("promised", "accepted_at"):
        if due_on is not None and accepted_at is not None:
            _add(present, due_on, accepted_at, zone)
    return [*standing, present]


def _none(bands: Sequence[Band]) -> dict[str, int]:
    return dict.fromkeys((band.name for band in bands), 0)


def _add(row: Standing, due_on: date, accepted_at: datetime, zone: str) -> None:
    accepted_on = accepted_at.astimezone(ZoneInfo(zone)).date()
    row.late[band_of((row.today - due_on).days, LATENESS)] += 1
    row.age[band_of((row.today - accepted_on).days, AGE)] += 1


def days_of(band: Band, today: date) -> tuple[date | None, date | None]:
    """The first and the last day from which it is as many days to ``today`` as the band holds."""
    first = None if band.most is None else today - timedelta(days=band.most)
    return first, None if band.least is None else today - timedelta(days=band.least)
