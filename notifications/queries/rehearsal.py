"""A charter version rehearsed before it holds: what it would have said to whom, and made of which decisions.

Nothing is written and nobody is told. Everything starts from what the viewer may see, so that the figures are of that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from actions.lifecycle import CLOSED
from actions.models import ActionItem, Promise
from councils import rehearsal
from councils.authority import SHORT, Judgement, reason
from councils.models import Council, Decision, Verdict, Vote
from councils.periods import first_day
from councils.queries import books
from councils.rehearsal import Case
from governance.clauses import COUNCIL, OWNER, PARENT, WARNING, Rules, Rungs, carried
from governance.models import CalendarDay, Charter, CharterVersion, Duty, Person, SeatKind
from governance.models.subjects import seen_by
from governance.queries.calendars import calendar_of_department, local_day
from governance.queries.seats import movers
from notifications import links
from notifications.falling import Days, Fall, Span, falls, going_on
from notifications.queries.climbing import Directory, Owed, directory, owed_of

PAST = timedelta(days=28)
AHEAD = timedelta(days=14)
FURTHEST = timedelta(days=370)
"""How far from today a day that something was due may lie: a ladder has 250 working days at most."""
MOST = 3000
"""Things owed that are looked at, the latest first."""
DECISIONS = 30
"""Past decisions that are judged again, the latest first."""
LISTED = 25


@dataclass(frozen=True, slots=True)
class Reach:
    """What a ladder says in a time: messages, to how many people, how often it asks for help or goes onto an agenda."""

    messages: int
    people: int
    asks: int
    agenda: int


@dataclass(frozen=True, slots=True)
class Coming:
    """One rung that the draft's ladder lets fall in the coming days, if nothing is done."""

    at: datetime
    target: str
    title: str
    reference: str
    url: str
    who: str


@dataclass(frozen=True, slots=True)
class Again:
    """A decision, and what the draft makes of it. ``then`` is empty where it was pasted."""

    motion: str
    amount: int
    then: str
    then_says: str
    now: str
    now_says: str
    url: str = ""
    on: date | None = None

    @property
    def differs(self) -> bool:
        return bool(self.then) and self.then != self.now


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a version would have done. ``is_cut``: more was owed than is looked at."""

    before: Reach
    after: Reach
    coming: Sequence[Coming]
    coming_in_all: int
    at_once: int
    """Of these, those that by this ladder should have fallen already: they fall on the first working day."""
    decisions: Sequence[Again]
    pasted: Sequence[Again]
    councils: Sequence[Council]
    open_actions: int
    spent_before: int
    spent_after: int
    is_cut: bool
    currency: str

    @property
    def changed(self) -> int:
        return sum(one.differs for one in self.decisions)


def rehearse(charter: Charter, version: CharterVersion, viewer: Person, now: datetime, *, text: str = "") -> Rehearsal:
    """Rehearse a version. The statements do not grow with what is owed; raises :class:`Invalid` at ``decisions``."""
    currency = books.currency()
    rules = Rules.from_json(version.rules)
    pasted = [_again(case, rules, currency) for case in rehearsal.pasted(text, currency)]
    councils = list(
        Council.objects.visible_to(viewer, now).filter(charter=charter).select_related("subject", "department")
    )
    listed = list(
        Duty.objects.filter(seen_by(viewer, now))
        .filter(Q(charter_version__charter=charter) | Q(overseer__in=[council.pk for council in councils]))
        .filter(Q(closed_at=None) | Q(closed_at__gt=now - PAST))
        .filter(due_on__range=((now - FURTHEST).date(), (now + FURTHEST).date()))
        .select_related("subject", "charter_version", "calendar")
        .order_by("-due_on", "-pk")[: MOST + 1]
    )
    duties = {duty.pk: duty for duty in listed[:MOST]}
    owed = [
        Span(duty.pk, duty.kind, duty.calendar_id, duty.due_on, duty.opened_at, duty.closed_at)
        for duty in duties.values()
        if duty.due_on is not None
    ]
    calendars = _calendars(owed, now)
    kinds = {span.kind for span in owed}
    drafted = {kind: rules.ladder.rungs(kind) for kind in kinds}
    past = falls(owed, drafted, calendars, now - PAST, now)
    held = _held(duties, owed, calendars, now)
    still_open = [_carried(span, duties[span.key], drafted) for span in owed if span.closed_at is None]
    today = {duty.calendar_id: local_day(duty.calendar, now) for duty in duties.values()}
    coming = going_on(still_open, drafted, calendars, today, now, now + AHEAD)
    whom = _Whom(duties, [*past, *held, *coming], now)
    actions = _moved_often(councils, viewer, now)
    limit = _limit_today(charter, councils)
    return Rehearsal(
        before=whom.reach(held),
        after=whom.reach(past),
        coming=[whom.line(fall) for fall in coming[:LISTED]],
        coming_in_all=len(coming),
        at_once=sum(fall.is_late for fall in coming),
        decisions=_decisions(councils, rules, viewer, now, currency),
        pasted=pasted,
        councils=councils,
        open_actions=len(actions),
        spent_before=sum(moved >= limit for moved in actions.values()),
        spent_after=sum(moved >= rules.promising.renewals for moved in actions.values()),
        is_cut=len(listed) > MOST,
        currency=currency,
    )


def _carried(span: Span, duty: Duty, drafted: Mapping[str, Rungs]) -> Span:
    """Where on the draft's ladder it goes on."""
    held = Rules.from_json(duty.charter_version.rules).ladder.rungs(span.kind)
    new = drafted[span.kind]
    if held == new:
        return replace(span, reached=duty.rung, paused_to=duty.paused_to, paused_from=duty.paused_from)
    reached, rested = carried(held, duty.rung, duty.paused_from, new, height=duty.height)
    return replace(span, reached=reached, paused_to=duty.paused_to, paused_from=rested)


def _calendars(owed: Iterable[Span], now: datetime) -> dict[int, Days]:
    rows: dict[int, list[tuple[date, bool, int, datetime]]] = defaultdict(list)
    wanted = {span.calendar for span in owed}
    known = CalendarDay.objects.filter(
        calendar_id__in=wanted,
        day__range=((now - FURTHEST - FURTHEST).date(), (now + FURTHEST + FURTHEST).date()),
    )
    for calendar, day, works, ordinal, opens_at in known.values_list(
        "calendar_id", "day", "is_working", "ordinal", "opens_at"
    ):
        rows[calendar].append((day, works, ordinal, opens_at))
    return {calendar: Days(listed) for calendar, listed in rows.items()}


def _held(duties: Mapping[int, Duty], owed: Iterable[Span], calendars: Mapping[int, Days], now: datetime) -> list[Fall]:
    """The same weeks by the ladders under which each thing really stands: like is compared with like."""
    by_version: dict[int, list[Span]] = defaultdict(list)
    for span in owed:
        by_version[duties[span.key].charter_version_id].append(span)
    found: list[Fall] = []
    for spans in by_version.values():
        ladder = Rules.from_json(duties[spans[0].key].charter_version.rules).ladder
        ladders: dict[str, Rungs] = {kind: ladder.rungs(kind) for kind in {span.kind for span in spans}}
        found += falls(spans, ladders, calendars, now - PAST, now)
    return found


class _Whom:
    """Whom each rung reaches as things stand today: seats by the directory, people by who answers for them."""

    def __init__(self, duties: Mapping[int, Duty], fallen: Sequence[Fall], now: datetime) -> None:
        self.duties, stands = duties, directory()
        owed = owed_of({fall.key for fall in fallen})
        self.seats = {(fall.key, fall.position, fall.target): _asked(stands, owed[fall.key], fall) for fall in fallen}
        self.people = movers(set(self.seats.values()), now)

    def _seat(self, fall: Fall) -> int:
        return self.seats[fall.key, fall.position, fall.target]

    def reach(self, fallen: Sequence[Fall]) -> Reach:
        targets = Counter(fall.target for fall in fallen)
        reached = {self.people[self._seat(fall)].person_id for fall in fallen if self._seat(fall) in self.people}
        return Reach(
            messages=len(fallen),
            people=len(reached),
            asks=len(fallen) - targets[OWNER] - targets[WARNING] - targets[COUNCIL] - targets[PARENT],
            agenda=targets[COUNCIL] + targets[PARENT],
        )

    def line(self, fall: Fall) -> Coming:
        duty = self.duties[fall.key]
        who = self.people.get(self._seat(fall))
        return Coming(
            at=fall.at,
            target=fall.target,
            title=duty.subject.title,
            reference=duty.subject.reference,
            url=links.path_of(duty.subject.kind, duty.subject.reference),
            who=who.name if who is not None else "",
        )


def _asked(stands: Directory, owed: Owed, fall: Fall) -> int:
    return stands.asked(owed, fall.target, fall.before)


def _decisions(councils: Sequence[Council], rules: Rules, viewer: Person, now: datetime, currency: str) -> list[Again]:
    """The councils' last decisions, judged again in their order: what the draft finds valid counts in its period."""
    latest = list(
        Decision.objects.visible_to(viewer, now)
        .filter(council__in=councils, currency=currency, taken_back_at=None)
        .select_related("subject")
        .order_by("-decided_at", "-pk")[:DECISIONS]
    )
    chairs = dict(
        Vote.objects.filter(decision__in=latest, membership__seat__kind=SeatKind.CHAIR).values_list(
            "decision_id", "choice"
        )
    )
    zones = {council.pk: ZoneInfo(calendar_of_department(council.department).zone) for council in councils}
    committed: Counter[tuple[int, date]] = Counter()
    minutes: Counter[tuple[int, date]] = Counter()
    found = []
    for decision in reversed(latest):
        case = Case.of(
            decision.motion, decision.facts, chair_choice=chairs.get(decision.pk, ""), minutes=decision.minutes
        )
        if case is None:
            continue
        day = decision.decided_at.astimezone(zones[decision.council_id]).date()
        period = (decision.council_id, first_day(rules.right.period, day) if rules.right.period else day)
        case = replace(case, committed=committed[period], minutes_committed=minutes[period])
        again = _again(case, rules, currency)
        if again.now == Verdict.VALID:
            committed[period] += case.amount
            minutes[period] += case.minutes
        found.append(
            replace(
                again,
                then=decision.verdict,
                then_says=reason(decision.verdict, decision.facts),
                url=links.path_of(decision.subject.kind, decision.subject.reference),
                on=day,
            )
        )
    found.reverse()
    return sorted(found, key=lambda one: not one.differs)


def _again(case: Case, rules: Rules, currency: str) -> Again:
    judged: Judgement = rehearsal.judge(case, rules, currency)
    return Again(
        motion=case.motion,
        amount=case.amount,
        then="",
        then_says="",
        now=judged.verdict,
        now_says=judged.sentence if judged.verdict == SHORT else reason(judged.verdict, judged.facts),
    )


def _moved_often(councils: Sequence[Council], viewer: Person, now: datetime) -> dict[int, int]:
    """Open actions that these councils oversee: how often the promise of each was moved."""
    open_ones = ActionItem.objects.visible_to(viewer, now).filter(council__in=councils).exclude(state__in=CLOSED)
    moved = dict.fromkeys(open_ones.values_list("pk", flat=True), 0)
    for action, number in Promise.objects.filter(action__in=moved, taken_back_at=None).values_list(
        "action_id", "number"
    ):
        moved[action] = max(moved[action], number - 1)
    return moved


def _limit_today(charter: Charter, councils: Sequence[Council]) -> int:
    """How often a promise may be moved without the council by the version in force."""
    version = (
        CharterVersion.objects.filter(
            Q(charter=charter, state="in_force") | Q(charter__is_default=True, state="in_force")
        )
        .order_by("charter__is_default")
        .first()
    )
    return Rules.from_json(version.rules).promising.renewals if version is not None else 0
