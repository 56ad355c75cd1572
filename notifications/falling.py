"""When the rungs of a ladder would have fallen for what was owed: pure, by a calendar given as its days.

The same rule as ``governance.sql.ladders``, for a ladder that is not in force: working days after the due day, before
it when negative, at the hour at which the seat's calendar opens.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

Rungs = Sequence[tuple[int, int, str]]
"""``(position, days, target)``, as :meth:`governance.clauses.Ladder.rungs` gives them."""


@dataclass(frozen=True, slots=True)
class Span:
    """One thing owed: its day, and from when to when it was open."""

    key: int
    kind: str
    calendar: int
    due_on: date
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """A rung of a ladder that falls for something owed; ``before`` are the targets of the rungs below it."""

    key: int
    position: int
    target: str
    at: datetime
    before: tuple[str, ...] = ()


class Days:
    """A calendar as look-ups: the ordinal of a day, and when a working day opens."""

    def __init__(self, rows: Iterable[tuple[date, bool, int, datetime]]) -> None:
        self.ordinals: dict[date, tuple[int, bool]] = {}
        self.opens: dict[int, datetime] = {}
        for day, works, ordinal, opens_at in rows:
            self.ordinals[day] = (ordinal, works)
            if works:
                self.opens[ordinal] = opens_at

    def falls(self, due_on: date, days: int) -> datetime | None:
        """When a rung falls; None beyond the days that are known."""
        if due_on not in self.ordinals:
            return None
        ordinal, works = self.ordinals[due_on]
        return self.opens.get(ordinal + days + (1 if days < 0 and not works else 0))


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


def _is_over(span: Span, at: datetime) -> bool:
    return span.closed_at is not None and span.closed_at <= at
