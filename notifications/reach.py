"""When a person may be reached by mail: pure, in their own zone, hours and days.

Source of the rule: DESIGN.md, point 9 (nothing at night or on their days off).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's hours for mail, as whole hours of their own clock; ``until`` is outside, 24 is midnight."""

    zone: str = "UTC"
    since: int = 8
    until: int = 18


def next_moment(now: datetime, hours: Hours, works: Callable[[date], bool]) -> datetime:
    """``now`` where mail may go out now, else when the next window opens.

    A window is computed on its own day, so a change of the clock moves it with the clock on the wall. Where no working
    day is known ahead the window is that of tomorrow: a missing calendar must not silence anybody.
    """
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if not works(day):
            continue
        opens, closes = _at(day, hours.since, zone), _at(day, hours.until, zone)
        if now < closes:
            return max(now, opens)
    return _at(today + timedelta(days=1), hours.since, zone)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def wait_before(attempt: int) -> timedelta:
    """How long to wait after the n-th failed attempt: 1, 2, 4 ... minutes, at most four hours."""
    return timedelta(minutes=min(2 ** (attempt - 1), 240))
