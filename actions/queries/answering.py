"""Whether a promise whose day passed was answered within five working days, and how often anybody was reminded.

A figure about conduct: of the whole organisation, by month, as it was at the end of the last whole one, and cut no
further.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.models import ActionItem, Blocker, DateRequest, Update
from actions.months import after, month_of, months
from actions.queries.held import Held, people
from actions.queries.record import Said, Window, said_done_or_not
from actions.suppression import Group, shown
from governance.clauses import OWNER, WARNING
from governance.models import Calendar, CalendarDay, Duty, DutyKind, Firing, Person
from governance.queries.calendars import began

WORKING_DAYS = 5
BEFORE = timedelta(days=60)
"""How long before a period a promised day may lie whose five working days end in it: longer than holidays last."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Promises whose day passed undone, and how many of them were answered within the five working days."""

    overdue: int
    answered: int

    @property
    def share(self) -> int:
        return round(100 * self.answered / self.overdue) if self.overdue else 0


@dataclass(frozen=True, slots=True)
class Reminders:
    """Reminders that fell, and promised work that was said done in the same time."""

    reminders: int
    resolved: int

    @property
    def each(self) -> float:
        return round(self.reminders / self.resolved, 1) if self.resolved else 0.0


@dataclass(frozen=True, slots=True)
class MonthOfAnswers:
    """None: too few to tell."""

    month: date
    answers: Answers | None
    reminders: Reminders | None


@dataclass(frozen=True, slots=True)
class Answering:
    months: Sequence[MonthOfAnswers]
    answers: Answers | None
    reminders: Reminders | None


@dataclass(frozen=True, slots=True)
class _Overdue:
    promise: Held
    zone: ZoneInfo
    until: date
    """The fifth working day after the promised one."""


def answering(viewer: Person, now: datetime, promises: Sequence[Held], period: Window, zone: str) -> Answering:
    """The months of the period. Seven statements, and those for what may be seen."""
    keys: Any = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    due: Any = Duty.objects.filter(
        kind=DutyKind.KEEP, subject__in=keys, due_on__gte=period.first - BEFORE, due_on__lte=period.last
    ).values("subject")
    said = said_done_or_not(due)
    overdue = _overdue(promises, period, said)
    heard = _heard(due)
    by_month: dict[date, list[tuple[Held, bool]]] = defaultdict(list)
    for one in overdue:
        answer = _answered(one, heard, said.get(one.promise.action_id, ()))
        if answer is not None:
            by_month[month_of(one.until)].append((one.promise, answer))
    listed = months(period.first, period.last)
    first, last = began(listed[0], zone), began(after(listed[-1]), zone)
    reminded: dict[date, int] = defaultdict(int)
    falls = Firing.objects.filter(
        duty__kind=DutyKind.KEEP, duty__subject__in=keys, target__in=(OWNER, WARNING), fired_at__gte=first,
        fired_at__lt=last,
    )  # fmt: skip
    for at in falls.values_list("fired_at", flat=True):
        reminded[month_of(at.astimezone(ZoneInfo(zone)).date())] += 1
    resolved: dict[date, list[Held]] = defaultdict(list)
    for held in promises:
        if held.closed_as == "done" and held.closed_at is not None and first <= held.closed_at < last:
            resolved[month_of(held.closed_at.astimezone(ZoneInfo(zone)).date())].append(held)
    may_answer = shown(
        Group(month.toordinal(), people([held for held, _yes in some]), len(some)) for month, some in by_month.items()
    )
    may_remind = shown(Group(month.toordinal(), people(some), len(some)) for month, some in resolved.items())

    def answers(some: Sequence[tuple[Held, bool]]) -> Answers:
        return Answers(len(some), sum(yes for _held, yes in some))

    return Answering(
        months=[
            MonthOfAnswers(
                month,
                answers(by_month[month]) if month.toordinal() in may_answer.rows else None,
                Reminders(reminded[month], len(resolved[month])) if month.toordinal() in may_remind.rows else None,
            )
            for month in listed
        ],
        answers=answers([one for some in by_month.values() for one in some]) if may_answer.total else None,
        reminders=Reminders(sum(reminded.values()), sum(map(len, resolved.values()))) if may_remind.total else None,
    )


def _overdue(promises: Sequence[Held], period: Window, said: Mapping[int, Said]) -> list[_Overdue]:
    """Promises whose day passed while they held and nobody had said by then that the work is done."""
    calendars = _Calendars(period)
    found = []
    for one in promises:
        until = calendars.working_days_after(one.calendar_id, one.due_on)
        if until is None or not period.holds(until):
            continue
        zone = calendars.zones[one.calendar_id]
        closed_on = one.closed_at.astimezone(zone).date() if one.closed_at is not None else None
        if closed_on is not None and closed_on <= one.due_on:
            continue
        by_then = [
            day
            for at, day in said.get(one.action_id, ())
            if at >= one.opened_at and at.astimezone(zone).date() <= one.due_on
        ]
        if not by_then or by_then[-1] is None:
            found.append(_Overdue(one, zone, until))
    return found


class _Calendars:
    """The working days around a period, by calendar. Two statements."""

    def __init__(self, period: Window) -> None:
        self.zones = {pk: ZoneInfo(zone) for pk, zone in Calendar.objects.values_list("pk", "zone")}
        self._days: dict[int, list[date]] = defaultdict(list)
        days = CalendarDay.objects.filter(
            is_working=True, day__gte=period.first - BEFORE, day__lte=period.last + timedelta(days=31)
        )
        for calendar, day in days.order_by("day").values_list("calendar_id", "day"):
            self._days[calendar].append(day)

    def working_days_after(self, calendar: int, day: date) -> date | None:
        """The fifth working day after one; None where it lies beyond what was read."""
        working = self._days.get(calendar, [])
        if not working or day < working[0]:
            return None
        place = bisect_left(working, day + timedelta(days=1)) + WORKING_DAYS - 1
        return working[place] if place < len(working) else None


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was said of each action, by its key."""

    updates: dict[int, list[datetime]]
    blockers: dict[int, list[tuple[datetime, datetime | None]]]
    requests: dict[int, list[tuple[datetime, date]]]


def _heard(concerned: Any) -> _Heard:
    made = _Heard(defaultdict(list), defaultdict(list), defaultdict(list))
    updates = Update.objects.filter(action__in=concerned, taken_back_at=None)
    for action, at in updates.values_list("action_id", "at"):
        made.updates[action].append(at)
    blockers = Blocker.objects.filter(action__in=concerned)
    for action, since, lifted in blockers.values_list("action_id", "since", "lifted_at"):
        made.blockers[action].append((since, lifted))
    requests = DateRequest.objects.filter(action__in=concerned)
    for action, at, on in requests.values_list("action_id", "asked_at", "asked_on"):
        made.requests[action].append((at, on))
    return made


MOVED = ("renewed", "extended", "restated")
"""How a promise ended in whose place another day holds."""


def _answered(one: _Overdue, heard: _Heard, said: Said) -> bool | None:
    """Whether somebody answered; None where it ended by itself meanwhile: dropped, given to others, closed as it is."""
    held, due_on = one.promise, one.promise.due_on

    def on(at: datetime) -> date:
        return at.astimezone(one.zone).date()

    if any(due_on < on(at) <= one.until for at in heard.updates.get(held.action_id, ())):
        return True
    if any(
        on(since) <= one.until and (lifted is None or on(lifted) > due_on)
        for since, lifted in heard.blockers.get(held.action_id, ())
    ):
        return True
    if any(
        at >= held.opened_at and (held.closed_at is None or at <= held.closed_at) and day <= one.until
        for at, day in heard.requests.get(held.action_id, ())
    ):
        return True
    if any(day is not None and at >= held.opened_at and due_on < day <= one.until for at, day in said):
        return True
    if held.closed_at is not None and on(held.closed_at) <= one.until:
        return True if held.closed_as in MOVED else None
    return False
