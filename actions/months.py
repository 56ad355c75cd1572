"""Whole months, and the bands in which open work is counted by its age and lateness. Pure: no ORM, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


def month_of(day: date) -> date:
    """A month is named by its first day."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months(first: date, last: date) -> list[date]:
    """The months from the one of ``first`` to the one of ``last``."""
    found = [month_of(first)]
    while found[-1] < month_of(last):
        found.append(after(found[-1]))
    return found


@dataclass(frozen=True, slots=True)
class Band:
    """So many days at least and at most; None: no bound."""

    name: str
    least: int | None
    most: int | None

    def holds(self, days: int) -> bool:
        return (self.least is None or days >= self.least) and (self.most is None or days <= self.most)


LATENESS: Sequence[Band] = (
    Band("in_time", None, 0),
    Band("late_7", 1, 7),
    Band("late_30", 8, 30),
    Band("late_90", 31, 90),
    Band("late_longer", 91, None),
)
"""Days past the promised day. On the day itself it is not late."""

AGE: Sequence[Band] = (
    Band("age_30", None, 30),
    Band("age_90", 31, 90),
    Band("age_180", 91, 180),
    Band("age_longer", 181, None),
)
"""Days since it was accepted."""


def band_of(days: int, bands: Sequence[Band]) -> str:
    return next(band.name for band in bands if band.holds(days))
