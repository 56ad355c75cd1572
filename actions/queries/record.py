"""The promise record: what became of promises, by department for those who see the work, by person for that person.

Figures are of the twelve whole months before this one, and of nothing else: there is no other period to ask for, so no
two of them can be taken from each other, and they change once a month rather than with each promise. Defined in
docs/figures.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from actions import reliability, suppression
from actions.figures import Figure, condition
from actions.models import (
    OPEN_STATES,
    ActionItem,
    ActionState,
    DateRequest,
    Promise,
    RecordDraw,
    Reopening,
    Verification,
)
from actions.queries.drawn import Counted, drawn
from actions.queries.review import calendars_of_departments, moment
from actions.reliability import Given, Judged, Record, Verdict
from actions.suppression import Group
from governance.models import Calendar, Department, Duty, DutyKind, JournalEntry, Organisation, Person

FEW_OF_MINE = 3
"""Fewer than these of one's own say nothing about a year."""


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day of the months that are counted."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def window(now: datetime) -> Window:
    """The twelve whole months before this one, where the organisation is. One statement."""
    zone = Organisation.objects.values_list("calendar__zone", flat=True).get()
    this = now.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return Window(this.replace(year=this.year - 1), this - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: whose, of which department, about which action, and what became of it."""

    action: ActionItem
    department_id: int
    person_id: int
    given_on: date
    """When the first date was given."""
    first: date
    last: date
    moves: int
    judged: Judged


@dataclass(frozen=True, slots=True)
class Figures:
    """The four figures and ``counted``, the denominator of each but the median, which is of the same records."""

    counted: int = 0
    kept: int = 0
    renegotiated: int = 0
    short: int = 0
    missed: int = 0
    median_slip: float | None = None

    def share(self, verdict: str) -> int:
        """Per cent of what was counted."""
        return round(100 * int(getattr(self, verdict)) / self.counted) if self.counted else 0


def figures(entries: Iterable[Counted]) -> Figures:
    settled = [one.judged for one in entries if one.judged.verdict in reliability.SETTLED]
    times: dict[Verdict, int] = defaultdict(int)
    for judged in settled:
        times[judged.verdict] += 1
    return Figures(
        counted=len(settled),
        kept=times[Verdict.KEPT],
        renegotiated=times[Verdict.RENEGOTIATED],
        short=times[Verdict.SHORT],
        missed=times[Verdict.MISSED],
        median_slip=reliability.median([judged.slip for judged in settled]),
    )


# --- by department -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One department; ``figures`` None: too few to tell. ``open`` counts promises under way: work, not conduct."""

    department: Department
    figures: Figures | None
    open: int


@dataclass(frozen=True, slots=True)
class RecordOfAll:
    """The rows, and their sum where it may be told. ``total`` counts what is hidden in rows, too."""

    rows: Sequence[Row]
    total: Figures | None
    period: Window
    open: int = 0
    is_any_hidden: bool = field(default=False)


def groups(listed: Iterable[Counted]) -> list[Group]:
    """Whose promises each department's row counts, and how many: what nobody held counts for nobody."""
    by_department: dict[int, list[Counted]] = defaultdict(list)
    for one in listed:
        by_department[one.department_id].append(one)
    return [
        Group(key, frozenset(one.person_id for one in mine if one.person_id is not None), len(mine))
        for key, mine in by_department.items()
    ]


def period_of(now: datetime) -> Window:
    """The months that figures of groups are told of: those that were drawn up last, so that no two pages tell of
    different ones while the next are being drawn up. At most two statements."""
    latest = RecordDraw.objects.filter(drawn_at__isnull=False).order_by("-last_on").first()
    return Window(latest.first_on, latest.last_on) if latest is not None else window(now)


def known(viewer: Person, now: datetime, period: Window) -> Sequence[Counted]:
    """The promises that figures are counted of, as they were known at the end of the period, with those under way then.

    As they were drawn up, in two statements at most; found from the rows before the first time, in a dozen.
    """
    told = drawn(viewer, now)
    if told is not None:
        return told.promises
    if RecordDraw.objects.filter(drawn_at__isnull=False).exists():
        return []
    return entries(ActionItem.objects.counted_for(viewer, now), now, period, as_of=period.last)


def of_departments(viewer: Person, now: datetime) -> RecordOfAll:
    """What became of the promises of each department, as far as ``viewer`` sees the work and the group is large enough.

    A department's row holds its own seats' promises, never those of departments below it. The statements do not grow
    with the number of promises.
    """
    period = period_of(now)
    listed = [
        one
        for one in known(viewer, now, period)
        if one.judged.verdict in reliability.SETTLED and period.holds(one.judged.settled_on)
    ]
    by_department: dict[int, list[Counted]] = defaultdict(list)
    for one in listed:
        by_department[one.department_id].append(one)
    may = suppression.shown(groups(listed))
    running = dict(
        ActionItem.objects.counted_for(viewer, now)
        .filter(condition(Figure.PROMISED, moment(now)), state__in=OPEN_STATES)
        .order_by()
        .values_list("department_id")
        .annotate(n=Count("pk"))
    )
    departments = Department.objects.filter(pk__in={*by_department, *running}).select_related("subject")
    rows = [
        Row(one, figures(by_department[one.pk]) if one.pk in may.rows else None, running.get(one.pk, 0))
        for one in departments.order_by("name")
    ]
    return RecordOfAll(
        rows=rows,
        total=figures(listed) if may.total else None,
        period=period,
        open=sum(running.values()),
        is_any_hidden=any(row.figures is None for row in rows),
    )


# --- of oneself ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordOfOne:
    """What one person promised in the seats that they held; ``figures`` None: too few to tell."""

    figures: Figures | None
    entries: Sequence[Entry]
    period: Window


def of_oneself(person: Person, now: datetime) -> RecordOfOne:
    """What became of the promises that ``person`` gave, each under the tenure in which it was given.

    For nobody else to read: there is no viewer to pass, and it is told up to today. What was still open when the tenure
    ended counts nowhere.
    """
    period = Window(window(now).first, now.astimezone(ZoneInfo(person.zone)).date())
    mine = Promise.objects.filter(
        Q(tenure__person=person) | Q(tenure=None, given_by=person), action=OuterRef("pk"), taken_back_at=None
    )
    seen = ActionItem.objects.visible_to(person, now).filter(Exists(mine))
    listed = [
        one
        for one in entries(seen, now, period, to_tenure=True)
        if one.person_id == person.pk and (one.judged.verdict == Verdict.OPEN or period.holds(one.judged.settled_on))
    ]
    listed.sort(key=lambda one: (one.judged.settled_on or date.max, one.action.pk), reverse=True)
    found = figures(listed)
    return RecordOfOne(found if found.counted >= FEW_OF_MINE else None, listed, period)


# --- reading the rows ----------------------------------------------------------------------------------------------


def entries(
    actions: QuerySet[ActionItem],
    now: datetime,
    period: Window,
    *,
    to_tenure: bool = False,
    as_of: date | None = None,
) -> list[Entry]:
    """The records of ``actions`` that may have been settled in the period. Eleven statements.

    ``to_tenure`` ends each with the tenure in which it was given, too. ``as_of`` judges them as they were known at the
    end of that day, and adds those that were under way then; it is what was settled by then that counts in both.
    """
    near = Promise.objects.filter(
        action=OuterRef("pk"), taken_back_at=None, due_on__gte=period.first - timedelta(days=1)
    )
    may_count: Any = Q(done_on__gte=period.first) | Exists(near)
    if as_of is not None:
        # A day has begun everywhere twelve hours before it has where clocks show Greenwich time.
        ran = Q(closed_at=None) | Q(closed_at__gte=datetime.combine(as_of, time(), UTC) - timedelta(hours=14))
        may_count |= Exists(Duty.objects.filter(ran, subject=OuterRef("pk"), kind=DutyKind.KEEP))
    wanted = actions.filter(may_count).order_by()
    rows = {one.pk: one for one in wanted.select_related("subject")}
    keys = wanted.values("pk")
    given: dict[int, list[Promise]] = defaultdict(list)
    promises = Promise.objects.filter(action__in=keys, taken_back_at=None).select_related("seat", "tenure")
    promises = promises.order_by("action_id", "number")
    for promise in promises:
        given[promise.action_id].append(promise)
    asked: dict[int, date] = dict(
        DateRequest.objects.filter(action__in=keys).values_list("promise_id").annotate(on=Min("asked_on"))
    )
    closed: dict[int, list[datetime]] = defaultdict(list)
    kept = Duty.objects.filter(subject__in=keys, kind=DutyKind.KEEP, closed_at__isnull=False)
    for subject, at in kept.values_list("subject_id", "closed_at"):
        if at is not None:
            closed[subject].append(at)
    said = said_done_or_not(keys)
    finished = {key: [day for _at, day in one if day is not None] for key, one in said.items()}
    reopened = _reopened(keys)
    zones, calendar_of = _zones(), calendars_of_departments()
    found: list[Entry] = []
    for key, listed in given.items():
        if key not in rows:  # promised since the first statement
            continue
        seat = listed[-1].seat
        zone = zones[seat.calendar_id or calendar_of[seat.department_id]]
        spoken = {one.pk: asked.get(one.pk) or _in_time(finished.get(key, ()), one.due_on) for one in listed}
        rounds = [(at, _done_by(said[key], at)) for at in sorted(reopened[key])]
        found.extend(_entries(rows[key], listed, spoken, closed[key], rounds, zone, now, to_tenure, as_of))
    return found


Said = Sequence[tuple[datetime, date | None]]
"""Moments with the day on which it was said done; None where it was sent back then."""


def said_done_or_not(keys: Any) -> dict[int, list[tuple[datetime, date | None]]]:
    """When each action was said done, and when it was sent back, in their order."""
    said: dict[int, list[tuple[datetime, date | None]]] = defaultdict(list)
    entries = JournalEntry.objects.filter(event__in=["actions.item.done", "actions.item.sent_back"], subject__in=keys)
    for subject, at, facts in entries.order_by("pk").values_list("subject_id", "at", "facts"):
        said[subject].append((at, date.fromisoformat(facts["done_on"]) if "done_on" in facts else None))
    return said


def _reopened(keys: Any) -> dict[int, list[datetime]]:
    """When each action was reopened, by a person or because it came back."""
    found: dict[int, list[datetime]] = defaultdict(list)
    came_back = Verification.objects.filter(action__in=keys, came_back_at__isnull=False)
    for key, at in [
        *Reopening.objects.filter(action__in=keys).values_list("action_id", "at"),
        *came_back.values_list("action_id", "came_back_at"),
    ]:
        if at is not None:
            found[key].append(at)
    return found


def _done_by(said: Said, reopened_at: datetime) -> date | None:
    """The day on which it had been said done when it was reopened; None where it had been closed undone."""
    return next((day for at, day in reversed(said) if at <= reopened_at), None)


def _in_time(finished: Sequence[date], due_on: date) -> date | None:
    """Whoever said it done by the day did not let it pass in silence, although it was sent back after it."""
    return min((day for day in finished if day <= due_on), default=None)


def _zones() -> dict[int, ZoneInfo]:
    return {pk: ZoneInfo(zone) for pk, zone in Calendar.objects.values_list("pk", "zone")}


def _entries(
    action: ActionItem,
    listed: Sequence[Promise],
    spoken: Mapping[int, date | None],
    closed: Sequence[datetime],
    rounds: Said,
    zone: ZoneInfo,
    now: datetime,
    to_tenure: bool,
    as_of: date | None,
) -> Iterable[Entry]:
    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    given: list[Given] = []
    for place, promise in enumerate(listed):
        later = listed[place + 1].given_at if place + 1 < len(listed) else now
        ends = [at for at in closed if promise.given_at <= at <= later][-1:]
        tenure = promise.tenure
        if tenure is not None and tenure.until_at is not None and tenure.until_at <= now:
            ends.append(tenure.until_at)
        over = next((one for one in rounds if promise.given_at <= one[0] <= later), None)
        given.append(
            Given(
                due_on=promise.due_on,
                given_on=day(promise.given_at),
                begins=_begins(promise, listed[place - 1] if place else None) or (place > 0 and given[-1].was_closed),
                asked_on=spoken[promise.pk],
                ended_on=day(min(ends)) if ends else None,
                was_closed=over is not None,
                done_on=over[1] if over is not None else None,
            )
        )
    done_on = _done_on(action)
    dropped_on = day(max(closed)) if closed and action.state not in _UNDER_WAY and done_on is None else None
    for start, whole in reliability.records(given, done_on=done_on, dropped_on=dropped_on):
        first = listed[start]
        record = _until_the_tenure_ended(whole, first, day, now) if to_tenure else whole
        yield Entry(
            action=action,
            department_id=first.seat.department_id,
            person_id=first.tenure.person_id if first.tenure is not None else first.given_by_id,
            first=record.first,
            last=record.last,
            moves=len(record.days) - 1,
            judged=reliability.judge(record, today=as_of or day(now)),
            given_on=day(first.given_at),
        )


_UNDER_WAY = (ActionState.ACCEPTED, ActionState.IN_PROGRESS)


def _begins(promise: Promise, before: Promise | None) -> bool:
    """Whether a record begins with it: it was moved by nobody, or it is another seat's than the one before."""
    if before is None or before.seat_id != promise.seat_id:
        return True
    return promise.decision_id is None and promise.approver_id is None


def _done_on(action: ActionItem) -> date | None:
    """The day on which it was said done, unless it was sent back since."""
    if action.state not in (ActionState.DONE, ActionState.VERIFIED, ActionState.AS_IS):
        return None
    was_sent_back = action.refused_at is not None and action.done_at is not None and action.refused_at > action.done_at
    return None if was_sent_back else action.done_on


def _until_the_tenure_ended(record: Record, first: Promise, day: Callable[[datetime], date], now: datetime) -> Record:
    """What came after the tenure in which it was promised is not this person's any more."""
    tenure = first.tenure
    if tenure is None or tenure.until_at is None or tenure.until_at > now:
        return record
    ended = day(tenure.until_at)
    if record.done_on is not None and record.done_on <= ended:
        return record
    return Record(record.days, None, min(ended, record.ended_on or ended))
