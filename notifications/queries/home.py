"""My work: what waits for one person, and what that person waits for. The digest is the same query, sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from actions.lifecycle import CLOSED
from actions.models import ActionItem, DateRequest, Promise
from actions.queries.outcomes import said_since
from councils.models import AgendaItem, ItemState, Meeting, MeetingState, Membership
from governance.access import seats_of
from governance.links import door_of
from governance.models import (
    CalendarDay,
    Duty,
    DutyKind,
    Organisation,
    Person,
    Subject,
    SubjectKind,
    Tenure,
    TenureRole,
)
from governance.queries import helping
from governance.queries.duties import Move, asked_moves, moves, my_moves, nominated, open_duties
from governance.queries.seats import held_by, movers
from notifications import precedence
from notifications.precedence import Group
from notifications.queries.upcoming import foretold

AHEAD = 10
"""Working days that "next" looks ahead."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing on the home page: its next move, what it is, and for an action how it stands."""

    move: Move
    reference: str
    title: str
    kind: str
    url: str
    action: ActionItem | None = None
    first: date | None = None
    """Of an action, the first date that was promised for it."""
    asked: DateRequest | None = None
    """The later day that waits for this answer."""
    said_since: int = 0
    """Of a late promise: how many more customers said the same since the promised day."""

    waits: int | None = None
    """Of an answer, or of help that is asked for: the days for which others have waited."""
    is_help: bool = False
    """Somebody else owes it, and the person was asked to help."""

    next_ask: str = ""
    """Of what is late: who is asked for help next, on which day and at what hour, if nothing is done."""

    @property
    def slip(self) -> int:
        """Calendar days by which the date that holds is later than the first."""
        if self.action is None or self.action.promised is None or self.first is None:
            return 0
        return max(0, (self.action.promised - self.first).days)

    @property
    def key(self) -> str:
        """Tells the row apart on the page: a thing may be owed in several ways."""
        return f"{self.reference}-{self.move.kind}{'-help' if self.is_help else ''}"

    @property
    def may_report(self) -> bool:
        return self.action is not None and self.move.kind == DutyKind.KEEP and not self.is_help

    @property
    def wants_date(self) -> bool:
        """Its owner promises a date: a form of the action's own page, which says what else was asked for."""
        return self.action is not None and self.move.kind == DutyKind.SET_DATE and not self.is_help

    @property
    def may_answer_date(self) -> bool:
        return self.action is not None and self.asked is not None and not self.is_help

    @property
    def may_answer(self) -> bool:
        return self.action is not None and self.move.kind == DutyKind.ACCEPT and not self.is_help


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, each thing in one group; ``others`` is what they wait for."""

    today: date
    held: Sequence[Tenure] = ()
    """What the person holds or deputises for."""
    answers: Sequence[Task] = ()
    late: Sequence[Task] = ()
    soon: Sequence[Task] = ()
    later: Sequence[Task] = ()
    others: Sequence[Task] = ()
    asked: Sequence[Task] = ()
    """What others have not moved, and the person was asked to help with."""
    meetings: Sequence[Meeting] = ()
    """Meetings of the person's councils that are open, or start today."""

    @property
    def answers_first(self) -> bool:
        """Whether what others wait for stands before the person's own late work."""
        return precedence.answers_first(kinds_of(self.held))

    @property
    def has_several(self) -> bool:
        """Whether it has to be said for which of their seats each thing is."""
        return len(self.held) > 1

    @property
    def groups(self) -> list[tuple[Group, Sequence[Task]]]:
        """The groups in which anything stands, in the order that fits what the person holds."""
        found = {
            Group.ANSWERS: self.answers,
            Group.ASKED: self.asked,
            Group.LATE: self.late,
            Group.SOON: self.soon,
            Group.LATER: self.later,
        }
        return [(group, found[group]) for group in precedence.order(kinds_of(self.held)) if found[group]]

    @property
    def mine(self) -> int:
        """How many things wait for the person."""
        return len(self.answers) + len(self.late) + len(self.soon) + len(self.later)

    @property
    def pressing(self) -> int:
        """How many of them want something today: late, to be answered, or due today."""
        return len(self.late) + len(self.answers) + sum(task.move.by == self.today for task in self.soon)

    def task(self, key: str) -> Task | None:
        return next((task for task in (*self.late, *self.answers, *self.soon, *self.later) if task.key == key), None)


def waiting_for(person: Person, now: datetime) -> Waiting:
    """What waits for ``person``, and for what they wait. The statements do not grow with the number of things."""
    today = now.astimezone(ZoneInfo(person.zone)).date()
    mine = my_moves(person, now)
    theirs = _waited_for(person, now)
    asked = asked_moves(person, now)
    tasks = _tasks([*mine, *(move for _key, move in asked), *theirs])
    tasks = _asked_next(_still_said(tasks, person, now), person, now)
    held = held_by(person, now)
    kinds, horizon = kinds_of(held), _horizon(today)
    groups: dict[Group, list[Task]] = {group: [] for group in Group}
    for task in tasks[: len(mine)]:
        move = task.move
        group = precedence.group_of(move.kind, is_late=move.is_late, by=move.by, horizon=horizon, kinds=kinds)
        groups[group].append(_waited(task, today, person.zone) if group == Group.ANSWERS else task)
    return Waiting(
        today=today,
        held=held,
        answers=groups[Group.ANSWERS],
        late=groups[Group.LATE],
        soon=groups[Group.SOON],
        later=groups[Group.LATER],
        asked=[
            replace(_waited(task, today, person.zone), url=helping.path_of(key), is_help=True)
            for task, (key, _move) in zip(tasks[len(mine) : len(mine) + len(asked)], asked, strict=True)
        ],
        others=tasks[len(mine) + len(asked) :],
        meetings=_meetings(person, now),
    )


def kinds_of(held: Sequence[Tenure]) -> list[str]:
    """Kinds of the seats that somebody holds; of those that they deputise for, where they hold none."""
    own = [tenure.seat.kind for tenure in held if tenure.role == TenureRole.HOLDER]
    return own or [tenure.seat.kind for tenure in held]


def _waited(task: Task, today: date, zone: str) -> Task:
    since = task.move.since
    return replace(task, waits=precedence.waited(since, today, zone)) if since is not None else task


def _still_said(tasks: list[Task], person: Person, now: datetime) -> list[Task]:
    """The tasks, late promises with what was said since; one statement for all of them."""
    late = [
        task.action
        for task in tasks
        if task.action is not None and task.move.is_late and task.move.kind == DutyKind.KEEP
    ]
    since = said_since(late, person, now)
    return [
        replace(task, said_since=since[task.action.pk])
        if task.action is not None and task.move.kind == DutyKind.KEEP and since.get(task.action.pk)
        else task
        for task in tasks
    ]


def _asked_next(tasks: list[Task], person: Person, now: datetime) -> list[Task]:
    """The tasks, what is late of the person's own with whom the next rung asks. A bounded number of statements."""
    late = {task.move.subject_id for task in tasks if task.move.is_late and task.move.person_id == person.pk}
    coming = {one.duty_id: one for one in foretold(late, person, now).values()} if late else {}
    return [
        replace(task, next_ask=coming[task.move.duty_id].sentence(person.zone))
        if task.move.duty_id in coming and task.move.person_id == person.pk
        else task
        for task in tasks
    ]


def _meetings(person: Person, now: datetime) -> list[Meeting]:
    """Where the person sits today: as a member, or as the council's sponsor."""
    midnight = datetime.combine(now.astimezone(ZoneInfo(person.zone)).date(), time(), ZoneInfo(person.zone))
    mine = seats_of(person, now)
    sits = Membership.objects.filter(seat_id__in=mine, ended_at=None).values("council_id")
    is_today = Q(state=MeetingState.PLANNED, starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
    return list(
        Meeting.objects.visible_to(person, now)
        .filter(Q(council_id__in=sits) | Q(council__sponsor_id__in=mine))
        .filter(is_today | Q(state=MeetingState.OPEN))
        .select_related("subject", "council__subject")
        .order_by("starts_at", "pk")
    )


def _waited_for(person: Person, now: datetime) -> list[Move]:
    """Next moves of others on actions of my seats, and on what I put onto an agenda."""
    actions = ActionItem.objects.filter(seat_id__in=seats_of(person, now)).exclude(state__in=CLOSED)
    raised = AgendaItem.objects.filter(raised_by=person, state=ItemState.OPEN)
    duties = open_duties().filter(Q(subject_id__in=actions.values("pk")) | Q(subject_id__in=raised.values("pk")))
    return [move for move in moves(duties, now) if move.person_id != person.pk]


def _tasks(listed: Iterable[Move]) -> list[Task]:
    found = list(listed)
    keys = {move.subject_id for move in found}
    subjects = {subject.pk: subject for subject in Subject.objects.filter(pk__in=keys)}
    actions = {
        action.pk: action
        for action in ActionItem.objects.filter(
            pk__in=[pk for pk, subject in subjects.items() if subject.kind == SubjectKind.ACTION]
        ).select_related("subject", "seat__subject", "council")
    }
    firsts: dict[int, date] = dict(
        Promise.objects.filter(action__in=actions, taken_back_at=None)
        .order_by("-number")
        .values_list("action_id", "due_on")
    )
    asked = {one.action_id: one for one in _days_asked_for(found)}
    answers = helping.requests_of(move.duty_id for move in found if move.kind == DutyKind.RESPOND)
    return [
        Task(
            move=move,
            reference=subject.reference,
            title=subject.title,
            kind=subject.kind,
            url=(helping.path_of(answers[move.duty_id]) if move.duty_id in answers else door_of(move.kind, subject)),
            action=actions.get(subject.pk),
            first=firsts.get(subject.pk),
            asked=asked.get(subject.pk) if move.kind == DutyKind.APPROVE_DATE else None,
        )
        for move in found
        for subject in [subjects[move.subject_id]]
    ]


def _days_asked_for(listed: Iterable[Move]) -> Iterable[DateRequest]:
    """What was asked of whoever approves dates. One statement, where there is something to approve."""
    keys = [move.subject_id for move in listed if move.kind == DutyKind.APPROVE_DATE]
    if not keys:
        return ()
    waiting = DateRequest.objects.filter(action_id__in=keys, answer="", item=None)
    return waiting.select_related("asked_by", "promise")


def _horizon(today: date) -> date:
    """The tenth working day from today by the organisation's calendar."""
    days = list(
        CalendarDay.objects.filter(
            calendar_id__in=Organisation.objects.values("calendar_id"), is_working=True, day__gt=today
        )
        .order_by("day")
        .values_list("day", flat=True)[:AHEAD]
    )
    return days[-1] if days else today


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits for a person, for the rail of every page."""

    mine: int = 0
    late: int = 0


def load_of(person: Person, now: datetime) -> Load:
    """The count that "My work" opens: the same duties as :func:`waiting_for`, counted. At most six statements."""
    held = seats_of(person, now)
    taken = Tenure.objects.at(now).filter(person__is_active=True).values("seat_id")
    away = Tenure.objects.at(now).filter(person__away_until__isnull=False).values("seat_id")
    candidates = set(
        Duty.objects.filter(Q(seat_id__in=held) | Q(seat_id__in=away) | ~Q(seat_id__in=taken), closed_at=None)
        .values_list("seat_id", flat=True)
        .distinct()
    )
    mine = [seat for seat, who in movers(candidates, now).items() if who.person_id == person.pk] if candidates else []
    # A nomination is answered by the nominee, whoever else moves for the seat meanwhile.
    own = Q(kind=DutyKind.JOIN, seat_id__in=nominated(person).values("champion_id"))
    duties = Duty.objects.filter(own | (Q(seat_id__in=mine) & ~Q(kind=DutyKind.JOIN)), closed_at=None)
    days = list(duties.values_list("calendar__zone", "due_on"))
    late = sum(due is not None and due < now.astimezone(ZoneInfo(zone)).date() for zone, due in days)
    return Load(mine=len(days), late=late)
