"""What became of promises: kept the first time, renegotiated in time, missed in silence. Pure: no ORM, no clock.

A *record* is what one owner said about one action: a first date, and the later ones that somebody else approved. It
ends when the work is done, dropped, or passes to another seat or to a successor who restates the date; what they
promise is a record of its own (DESIGN.md, point 6; ``docs/figures.md`` tells the readers). Days are those of the
seat's calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

LEAD = timedelta(days=2)
"""How long before the promised day another one must be asked for, to be well ahead: the usual ladder reminds two
working days before, so whoever answers that reminder at once has said it in time."""


class Verdict(StrEnum):
    KEPT = "kept"  # done by the first day
    RENEGOTIATED = "renegotiated"  # each later day asked for well ahead, and the last one kept
    SHORT = "short"  # said before the day passed, but not well ahead, or not kept then
    MISSED = "missed"  # a promised day passed, and nobody had asked for another
    OPEN = "open"  # not to be told yet
    VOID = "void"  # ended without anybody's doing: dropped or passed on before its day


SETTLED = (Verdict.KEPT, Verdict.RENEGOTIATED, Verdict.SHORT, Verdict.MISSED)
"""What counts: the denominator of each figure."""


@dataclass(frozen=True, slots=True)
class Promised:
    """One promised day. ``asked_on``: when another one was first asked for while this one held; None: never."""

    due_on: date
    asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The days that one owner promised for one action, the first one first.

    ``done_on`` is the day on which it was said done and not sent back since; ``ended_on`` the day on which it was
    dropped or passed on, undone.
    """

    days: tuple[Promised, ...]
    done_on: date | None = None
    ended_on: date | None = None

    @property
    def first(self) -> date:
        return self.days[0].due_on

    @property
    def last(self) -> date:
        return self.days[-1].due_on


@dataclass(frozen=True, slots=True)
class Judged:
    """``settled_on`` is the day from which the verdict stands; ``slip`` calendar days after the first promised one."""

    verdict: Verdict
    slip: int
    settled_on: date | None = None


def judge(record: Record, *, today: date) -> Judged:
    """What became of a record, as it is known ``today``."""
    stop = min(day for day in (record.done_on, record.ended_on, today) if day is not None)
    slip = _slip(record, today)
    missed = _passed_in_silence(record, stop)
    if missed is not None:
        return Judged(Verdict.MISSED, slip, missed + timedelta(days=1))
    if record.done_on is not None and record.done_on <= today:
        return Judged(_of_done(record, record.done_on), slip, record.done_on)
    if record.ended_on is not None and record.ended_on <= today:
        return Judged(Verdict.VOID, slip)
    return Judged(Verdict.OPEN, slip)


def _passed_in_silence(record: Record, stop: date) -> date | None:
    """The first promised day that was over before the work was, and before another was asked for."""
    for day in record.days:
        said = day.asked_on is not None and day.asked_on <= day.due_on
        if day.due_on < stop and not said:
            return day.due_on
    return None


def _of_done(record: Record, done_on: date) -> Verdict:
    if done_on <= record.first:
        return Verdict.KEPT
    ahead = all(day.asked_on is not None and day.asked_on <= day.due_on - LEAD for day in record.days[:-1])
    return Verdict.RENEGOTIATED if ahead and len(record.days) > 1 and done_on <= record.last else Verdict.SHORT


def _slip(record: Record, today: date) -> int:
    """Days from the first promised one to the day it was done, or to the one that holds; overdue, to today."""
    end = record.done_on or max(record.last, min(record.ended_on or today, today))
    return max(0, (end - record.first).days)


# --- from what was promised to records -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """One promise of an action as it was given.

    ``begins`` a record: a first date, one that a successor restated, one of another seat, one after a reopening.
    ``ended_on``: when what was promised was no longer its giver's to keep, where that is known. ``was_closed``: what it
    promised was closed, and reopened later; ``done_on`` is the day on which it had been said done then, if it was.
    """

    due_on: date
    given_on: date
    begins: bool
    asked_on: date | None = None
    ended_on: date | None = None
    was_closed: bool = False
    done_on: date | None = None


def records(
    given: Sequence[Given], *, done_on: date | None = None, dropped_on: date | None = None
) -> list[tuple[int, Record]]:
    """The records of one action, each with the place of the promise that begins it.

    A later date that nobody asked for (its council gave it) counts as asked for on the day on which it was given. What
    was kept before the action was reopened stays kept.
    """
    starts = [place for place, one in enumerate(given) if one.begins or place == 0]
    found = []
    for start, after in zip(starts, [*starts[1:], len(given)], strict=True):
        own = given[start:after]
        days = [Promised(one.due_on, one.asked_on or later.given_on) for one, later in pairwise(own)]
        days.append(Promised(own[-1].due_on, own[-1].asked_on))
        if own[-1].was_closed:
            done = own[-1].done_on
            found.append((start, Record(tuple(days), done, None if done else own[-1].ended_on)))
        elif after == len(given):
            found.append((start, Record(tuple(days), done_on, None if done_on else dropped_on)))
        else:
            passed_on = min(given[after].given_on, own[-1].ended_on or given[after].given_on)
            found.append((start, Record(tuple(days), None, passed_on)))
    return found


def median(slips: Sequence[int]) -> float | None:
    """The middle one, or half-way between the two in the middle; None of none."""
    if not slips:
        return None
    ordered, half = sorted(slips), len(slips) // 2
    return float(ordered[half]) if len(slips) % 2 else (ordered[half - 1] + ordered[half]) / 2
