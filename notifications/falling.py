"""When the rungs of a ladder would have fallen for what was owed: pure, by a calendar given as its days.

The same rule as ``governance.sql.ladders``, for a ladder that is not in force: working days after the due day, before
it when negative, at the hour at which the seat's calendar opens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from governance.clauses import OWNER, WARNING, Rungs


@dataclass(frozen=True, slots=True)
class Span:
    """One thing owed: its day, and from when to when it was open."""

    key: int
    kind: str
    calendar: int
    due_on: date
    opened_at: datetime
    closed_at: datetime | None = None
    reached: int = 0
    """The position of the ladder from which it goes on (``going_on``)."""
    paused_to: date | None = None
    paused_from: int = 0
    """The last hold: the day on which its ladder goes on, and the position at which it rested."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A rung of a ladder that falls for something owed; ``before`` are the targets of the rungs below it."""

    key: int
    position: int
    target: str
    at: datetime
    before: tuple[str, ...] = ()
    is_late: bool = False
    """By this ladder it should have fallen already (``going_on``)."""


class Days:
    """A calendar as look-ups: the ordinal of a day, and when a working day opens."""

    def __init__(self, rows: Iterable[tuple[date, bool, int, datetime]]) -> None:
        self.ordinals: dict[date, tuple[int, bool]] = {}
        self.opens: dict[int, datetime] = {}
        for day, works, ordinal, opens_at in rows:
            self.ordinals[day] = (ordinal, works)
            if works:
                self.opens[ordinal] = opens_at

    def place(self, due_on: date, days: int = 0) -> int | None:
        """The ordinal of the day on which a rung falls; None where the due day is not known."""
        if due_on not in self.ordinals:
            return None
        ordinal, works = self.ordinals[due_on]
        return ordinal + days + (1 if days < 0 and not works else 0)

    def first(self, day: date) -> int:
        """The ordinal of the first working day from ``day``."""
        ordinal, works = self.ordinals[day]
        return ordinal if works else ordinal + 1

    def falls(self, due_on: date, days: int, later: int = 0) -> datetime | None:
        """When a rung falls, ``later`` working days than it says; None beyond the days that are known."""
        place = self.place(due_on, days)
        return None if place is None else self.opens.get(place + later)


def falls(
    owed: Iterable[Span], ladders: Mapping[str, Rungs], calendars: Mapping[int, Days], since: datetime, until: datetime
) -> list[Fall]:
    """The rungs that fall after ``since`` up to ``until`` while a thing is open, in the order in which they fall.

    A thing that is opened with rungs behind it begins with none of them: what starts does not catch up.
    """
    found = []
    for span in owed:
        below: list[str] = []
        for position, days, target in ladders.get(span.kind, ()):
            at = calendars[span.calendar].falls(span.due_on, days) if span.calendar in calendars else None
            if at is not None and max(since, span.opened_at) < at <= until and not _is_over(span, at):
                found.append(Fall(span.key, position, target, at, tuple(below)))
            below.append(target)
    return sorted(found, key=lambda fall: (fall.at, fall.key, fall.position))


def going_on(
    owed: Iterable[Span],
    ladders: Mapping[str, Rungs],
    calendars: Mapping[int, Days],
    today: Mapping[int, date],
    now: datetime,
    until: datetime,
) -> list[Fall]:
    """The rungs that fall up to ``until`` for what goes on by other ladders from ``now``, if nothing is done.

    As ``governance.services.carrying`` does it: above the rung ``reached``; reminders that are past do not fall; what
    should have been asked already is asked on the first working day from ``today``, and the others keep their distance.
    ``today`` is the day that it is by each calendar.
    """
    found = []
    for span in owed:
        days = calendars.get(span.calendar)
        steps = ladders.get(span.kind, ())
        if days is None or days.place(span.due_on) is None:
            continue
        later = _held(span, steps, days)
        above = [step for step in steps if step[0] > span.reached]
        while above and above[0][2] in (OWNER, WARNING) and _is_past(days.falls(span.due_on, above[0][1], later), now):
            above.pop(0)
        is_late = bool(above) and _is_past(days.falls(span.due_on, above[0][1], later), now)
        if is_late:
            rests = replace(span, paused_to=today[span.calendar], paused_from=above[0][0] - 1)
            later = _held(rests, steps, days)
        for number, (position, distance, target) in enumerate(above):
            at = days.falls(span.due_on, distance, later)
            if at is not None and at <= until:
                below = tuple(to for place, _days, to in steps if place < position)
                found.append(Fall(span.key, position, target, at, below, is_late and number == 0))
    return sorted(found, key=lambda fall: (fall.at, fall.key, fall.position))


def _held(span: Span, steps: Rungs, days: Days) -> int:
    """By how many working days its last hold moves what was to come."""
    kept = next((distance for position, distance, _to in steps if position == span.paused_from + 1), None)
    place = days.place(span.due_on, kept) if kept is not None else None
    if place is None or span.paused_to not in days.ordinals:
        return 0
    return max(0, days.first(span.paused_to) - place)


def _is_past(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _is_over(span: Span, at: datetime) -> bool:
    return span.closed_at is not None and span.closed_at <= at
