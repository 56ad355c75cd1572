"""When a person is reached by mail: pure, in their own zone, hours and days.

Source of the rule: DESIGN.md, point 9 (one digest a day at the reader's own hour unless urgent; nothing at night or on
their days off).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 60
DAYS_BEHIND = 14
"""How far back working days are known: a week's digest may have moved from its day to a later one."""

AFTER_THE_HOUR = timedelta(minutes=5)
"""A digest goes out a little after its hour, so that the rungs which fall at that hour are in it."""

RIDES_ALONG = timedelta(minutes=10)
"""What is urgent waits this long for a digest that goes out anyway: one mail rather than two within minutes."""

DAILY, WEEKLY, AT_ONCE = "daily", "weekly", "at_once"

Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Hours:
    """How a person is reached, in whole hours of their own clock; ``until`` is outside, 24 is midnight.

    ``digest`` is the hour of the digest, ``weekday`` (0 is Monday) its day where it comes once a week.
    """

    zone: str = "UTC"
    since: int = 8
    until: int = 18
    digest: int = 9
    cadence: str = DAILY
    weekday: int = 0

    @property
    def digest_hour(self) -> int:
        """The hour of the digest, inside the hours for mail."""
        return min(max(self.digest, self.since), self.until - 1)


def next_moment(now: datetime, hours: Hours, works: Works) -> datetime:
    """``now`` where mail may go out now, else when the next window opens.

    A window is computed on its own day, so a change of the clock moves it with the clock on the wall.
    """
    return _in_window(now, hours, works, hours.since, timedelta())


def next_digest(after: datetime, hours: Hours, works: Works) -> datetime:
    """The first digest that is not before ``after``, as the reader has chosen it."""
    zone = ZoneInfo(hours.zone)
    today = after.astimezone(zone).date()
    works = _known(today, works)
    for day in _weekly(today, hours, works) if hours.cadence == WEEKLY else _daily(today, works):
        moment = _at(day, hours.digest_hour, zone) + AFTER_THE_HOUR
        if moment >= after:
            return moment
    return _at(today + timedelta(days=1), hours.digest_hour, zone) + AFTER_THE_HOUR


def next_look(
    after: datetime,
    hours: Hours,
    works: Works,
    *,
    weekday: int | None = None,
    told_on: date | None = None,
    is_anew: bool = False,
) -> datetime:
    """When a digest looks next, later than ``after``, at what its reader wants to hear of: at its hour, a little before
    it goes out, so that what is found is in it.

    ``weekday`` (0 is Monday): once a week, in the first digest from that day on, which is another day where that one is
    off; what was told since that day (``told_on``) was told for that week. None: in each digest. Where the hours
    changed (``is_anew``) the week's digest may have been passed over: then it is looked at in the next.
    """
    zone = ZoneInfo(hours.zone)
    following = next_digest(after + AFTER_THE_HOUR + timedelta(microseconds=1), hours, works) - AFTER_THE_HOUR
    if weekday is None:
        return following
    today = after.astimezone(zone).date()
    chosen = today - timedelta(days=(today.weekday() - weekday) % 7)
    while True:
        moment = next_digest(_at(chosen, 0, zone), hours, works) - AFTER_THE_HOUR
        is_untold = told_on is None or told_on < chosen
        if moment > after and is_untold:
            return moment
        if is_anew and told_on is not None and is_untold:
            return following
        chosen += timedelta(days=7)


def mail_at(now: datetime, arose: datetime, hours: Hours, works: Works, *, is_urgent: bool = False) -> datetime:
    """When what arose at a moment is mailed: urgent at once within the hours, everything else with the digest.

    Where the digest that it belonged to has passed (nobody swept, mail was held, its reader is another one) it goes as
    soon as the reader may be reached after the hour of a digest; that there is one a day only is kept elsewhere.
    """
    if is_urgent or hours.cadence == AT_ONCE:
        reached = next_moment(now, hours, works)
        if hours.cadence == AT_ONCE:
            return reached
        digest = next_digest(reached, hours, works)
        return digest if digest - reached <= RIDES_ALONG else reached
    first = next_digest(max(arose, now - timedelta(days=8)), hours, works)
    if first > now:
        return first
    return _in_window(now, hours, works, hours.digest_hour, AFTER_THE_HOUR)


def day_of(moment: datetime, hours: Hours) -> date:
    """Which day it is for the reader."""
    return moment.astimezone(ZoneInfo(hours.zone)).date()


def tomorrow(now: datetime, hours: Hours) -> datetime:
    """The midnight after ``now`` by the reader's clock."""
    return _at(day_of(now, hours) + timedelta(days=1), 0, ZoneInfo(hours.zone))


def wait_before(attempt: int) -> timedelta:
    """How long to wait after the n-th failed attempt: 1, 2, 4 ... minutes, at most four hours."""
    return timedelta(minutes=min(2 ** (attempt - 1), 240))


def _in_window(now: datetime, hours: Hours, works: Works, since: int, after: timedelta) -> datetime:
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    works = _known(today, works)
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if not works(day):
            continue
        opens, closes = _at(day, since, zone) + after, _at(day, hours.until, zone)
        if now < closes:
            return max(now, opens)
    return _at(today + timedelta(days=1), since, zone) + after


def _known(today: date, works: Works) -> Works:
    """Which days are working days; where none is known ahead, every day is: a missing calendar silences nobody."""
    return works if any(works(today + timedelta(days=ahead)) for ahead in range(DAYS_AHEAD)) else lambda _day: True


def _daily(today: date, works: Works) -> Iterator[date]:
    return (day for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)) if works(day))


def _weekly(today: date, hours: Hours, works: Works) -> Iterator[date]:
    """The chosen day of each week, or the next working day of the seven days from it; a week without one has none."""
    chosen = today - timedelta(days=(today.weekday() - hours.weekday) % 7)
    for weeks in range(DAYS_AHEAD // 7):
        week = (chosen + timedelta(days=7 * weeks + later) for later in range(7))
        day = next((day for day in week if works(day)), None)
        if day is not None:
            yield day


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
