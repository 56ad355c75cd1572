"""Actions as their viewer may see them: the list that every figure opens, and what must never be without a mover."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import lifecycle, requesting
from actions.figures import Figure, Moment, condition
from actions.models import (
    ActionItem,
    ActionState,
    Blocker,
    Feedback,
    Outcome,
    OutcomeVerdict,
    Pilot,
    PilotState,
    Promise,
    Request,
    Response,
    Routing,
    Theme,
    Update,
)
from actions.queries.review import moment
from councils.models import OVER, AgendaItem, Council, ItemState, Meeting
from governance import access, links
from governance.errors import Absent, Invalid
from governance.models import BESIDE, Department, Duty, DutyKind, Journey, Person, Seat, Subject
from governance.queries.duties import Move, next_moves
from governance.queries.seats import answering, holders

SEVERAL: dict[str, frozenset[lifecycle.State]] = {"open": lifecycle.OPEN, "underway": lifecycle.RUNNING}
"""What a list may be narrowed to that is more than one state."""

SOON = 3
"""Days ahead from which a promise is shown as due soon."""

_OPEN_FIRST = Case(When(state__in=sorted(lifecycle.OPEN), then=Value(0)), default=Value(1), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed by; empty fields do not narrow."""

    department: Department | None = None
    council: Council | None = None
    seat: Seat | None = None
    state: str = ""
    figure: str = ""
    health: str = ""
    theme: Theme | None = None
    mine: bool = False
    """Of the seats that the viewer holds or deputises for."""
    within: Department | None = None
    """Or in a department below it."""
    sponsor: Seat | None = None
    journey: Journey | None = None
    due_from: date | None = None
    due_until: date | None = None
    accepted_from: date | None = None
    accepted_until: date | None = None
    """Days of the organisation."""
    words: str = ""
    """All of them in the title or in what would prove it done, or the reference."""
    sort: str = ""
    """One of ``action_lists.ORDERS``."""


def listed(
    viewer: Person,
    now: datetime,
    department: Department | None = None,
    figure: str | None = None,
    council: Council | None = None,
    seat: Seat | None = None,
    state: str | None = None,
    at: Moment | None = None,
) -> QuerySet[ActionItem]:
    """The actions that ``viewer`` may see, open ones first, by promised day; with ``figure`` those that it counts.

    ``state`` is one of ``ActionState``, or of ``SEVERAL``. Raises :class:`Invalid` for a figure or state that is not
    there.
    """
    found: QuerySet[ActionItem] = ActionItem.objects.visible_to(viewer, now)
    if department is not None:
        found = found.filter(department=department)
    if council is not None:
        found = found.filter(council=council)
    if seat is not None:
        found = found.filter(seat=seat)
    if state in SEVERAL:
        found = found.filter(state__in=sorted(SEVERAL[state]))
    elif state:
        if state not in ActionState.values:
            raise Invalid(_("There is no such state."), field="state")
        found = found.filter(state=state)
    if figure:
        if figure not in list(Figure):
            raise Invalid(_("There is no such figure."), field="figure")
        found = found.filter(condition(figure, at or moment(now)))
    return found.select_related("seat__subject", "department", "council__subject").order_by(
        _OPEN_FIRST, F("promised").asc(nulls_last=True), "pk"
    )


def get(reference: str, viewer: Person, now: datetime) -> ActionItem:
    """One action by its reference; raises :class:`Absent` for what is not there or may not be seen."""
    found = (
        listed(viewer, now)
        .select_related(
            "theme__subject",
            "decision__subject",
            "council__charter",
            "council__sponsor__seat__subject",
            "sponsor__seat__subject",
            "step__subject",
            "goal__subject",
        )
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


@dataclass(frozen=True, slots=True)
class Sums:
    """A list in figures, for the sentence above it."""

    total: int
    open: int
    late: int
    blocked: int
    no_date: int


def sums(found: QuerySet[ActionItem], at: Moment) -> Sums:
    """Count a list. One statement."""
    counted = found.order_by().aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=sorted(lifecycle.OPEN))),
        late=Count("pk", filter=condition(Figure.LATE, at)),
        blocked=Count("pk", filter=condition(Figure.BLOCKED, at)),
        no_date=Count("pk", filter=condition(Figure.NO_DATE, at)),
    )
    return Sums(**counted)


# --- rows of a list ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing as the viewer may know it: without a path where they may not open it."""

    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One action in a list, with all that its row shows."""

    action: ActionItem
    path: str
    seat: Shown
    person: str
    council: Shown
    first: date | None
    revised: Sequence[date]
    kept: date | None
    today: date
    is_late: bool
    flags: Sequence[Flag]
    move: Move | None
    reported_by: str = ""
    """Who said last where it stands, where that was not its owner."""

    @property
    def start(self) -> date:
        return self.action.subject.created_at.date()

    @property
    def slip(self) -> int:
        """Calendar days by which the date that holds is later than the first that was promised."""
        holds = self.action.promised
        return max(0, (holds - self.first).days) if holds is not None and self.first is not None else 0


def lines(actions: Iterable[ActionItem], viewer: Person, now: datetime, at: Moment | None = None) -> list[Line]:
    """The rows of these actions. The number of statements does not grow with theirs."""
    rows = list(actions)
    at = at or moment(now)
    keys = [action.pk for action in rows]
    seats = {action.seat_id for action in rows}
    standing, names = answering(seats, now), holders(seats, now)
    seen = access.visible_ids(viewer, {one for action in rows for one in (action.council_id, action.seat_id)}, now)
    moves = next_moves(keys, now)
    given: dict[int, list[date]] = defaultdict(list)
    for action_id, due_on in (
        Promise.objects.filter(action_id__in=keys, taken_back_at=None)
        .order_by("action_id", "number")
        .values_list("action_id", "due_on")
    ):
        given[action_id].append(due_on)
    stopped: dict[int, str] = dict(
        Blocker.objects.filter(action_id__in=keys, lifted_at=None).order_by("-kind").values_list("action_id", "kind")
    )
    reported = _reported_for_owners(keys)
    made = []
    for action in rows:
        today = at.today(action.seat.calendar_id, action.department_id)
        dates = given[action.pk]
        is_late = is_overdue(action, today)
        made.append(
            Line(
                action=action,
                path=links.path_of(action.subject),
                seat=shown(action.seat.subject, seen),
                # An absence is no vacancy: the holder's name stands while somebody else answers, or nobody.
                person=standing[action.seat_id].name if action.seat_id in standing else names.get(action.seat_id, ""),
                council=shown(action.council.subject, seen),
                first=dates[0] if dates else None,
                revised=dates[1:],
                kept=action.done_on if action.state in (ActionState.DONE, ActionState.VERIFIED) else None,
                today=today,
                is_late=is_late,
                flags=flags(action, today=today, stopped=stopped.get(action.pk, "")),
                move=moves.get(action.pk),
                reported_by=reported.get(action.pk, ""),
            )
        )
    return made


def _reported_for_owners(keys: list[int]) -> dict[int, str]:
    """By action who reported last, where somebody said it for the owner. One statement."""
    last = (
        Update.objects.filter(action_id__in=keys, taken_back_at=None)
        .values("action_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    return dict(Update.objects.filter(pk__in=last, reported_for_owner=True).values_list("action_id", "by__name"))


def shown(subject: Subject, seen: set[int]) -> Shown:
    """A subject as somebody who sees ``seen`` may know it."""
    if subject.pk in seen:
        return Shown(subject.title, links.path_of(subject))
    return Shown(_("a body that you do not belong to"))


def is_overdue(action: ActionItem, today: date) -> bool:
    """Whether it is open and its promised day passed; a promise without a date is never overdue."""
    return action.state in lifecycle.RUNNING and action.promised is not None and action.promised < today


def flags(action: ActionItem, *, today: date, stopped: str) -> list[Flag]:
    """The conditions beside a state, the gravest first, at most two."""
    found: list[Flag] = []
    if is_overdue(action, today) and action.promised is not None:
        days = (today - action.promised).days
        found.append(
            Flag("late", _("late since %(day)s") % {"day": _day(action.promised, today)} if days else _("late"))
        )
    if action.state in lifecycle.RUNNING and stopped:
        found.append(Flag("blocked", _("blocked")) if stopped == "blocked" else Flag("hold", _("on hold")))
    if action.state in lifecycle.RUNNING and action.promised is None:
        found.append(Flag("none", _("no date")))
    elif action.state in lifecycle.RUNNING and action.promised and 0 <= (action.promised - today).days <= SOON:
        found.append(Flag("soon", _("due %(day)s") % {"day": _day(action.promised, today)}))
    if action.done_on and action.state in (ActionState.DONE, ActionState.VERIFIED) and action.promised:
        in_time = action.done_on <= action.promised
        said = _("done %(day)s") % {"day": _day(action.done_on, today)}
        found.append(Flag("ok", said) if in_time else Flag("plain", _("%(done)s, late") % {"done": said}))
    return found[:2]


def _day(on: date, today: date) -> str:
    if on == today:
        return _("today")
    # Translators: a day of this year without its weekday, and of another year, as date formats
    return date_format(on, _("j M") if on.year == today.year else _("j M Y"))


def axis(rows: Sequence[Line]) -> tuple[date, date] | None:
    """The time scale that the rows of a list share: from the first to the last day that one of them shows."""
    known = [
        day for row in rows for day in (row.start, row.first, *row.revised, row.kept, row.today) if day is not None
    ]
    return (min(known), max(known)) if known else None


# --- nothing rests -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open thing without a next mover. There should be none, ever."""

    reference: str
    title: str
    kind: str


def orphans(now: datetime) -> list[Orphan]:
    """Open actions, requests, pilots, agenda items, meetings, and themes to be answered, each without its open duty.

    And what was verified while its KPI is not read and judged to the end.

    For checks and the nightly look: it reads past what any one viewer may see and must not be shown as it is. A theme
    is open where a department has feedback open at the source and has not answered since it was routed there.
    """
    owed = Duty.objects.filter(closed_at=None, subject_id=OuterRef("pk"), opened_at__lte=now).exclude(kind__in=BESIDE)
    answer = Duty.objects.filter(
        closed_at=None, kind=DutyKind.ANSWER, subject_id=OuterRef("theme_id"), department_id=OuterRef("department_id")
    )
    said = Response.objects.filter(
        theme_id=OuterRef("theme_id"), department_id=OuterRef("department_id"), at__gte=OuterRef("routed_at")
    )
    heard = Feedback.objects.filter(
        theme_id=OuterRef("theme_id"), department_id=OuterRef("department_id"), closed_at=None
    )
    newest = Outcome.objects.filter(action=OuterRef("pk")).order_by("-number")
    unmeasured = ActionItem.objects.filter(state=ActionState.VERIFIED).annotate(
        kpi=Subquery(newest.values("metric")[:1])
    )
    said_so = OutcomeVerdict.objects.filter(action=OuterRef("pk"), verification__at=OuterRef("verified_at"))
    resting = (
        ActionItem.objects.filter(~Exists(owed), state__in=sorted(lifecycle.OPEN)).values("pk"),
        # A standing point is owed by nobody: it ends with its meeting.
        AgendaItem.objects.filter(
            ~Exists(owed.filter(kind=DutyKind.SETTLE)), state=ItemState.OPEN, proposal__standing__isnull=True
        ).values("pk"),
        Meeting.objects.filter(~Exists(owed.filter(kind=DutyKind.CLOSE_MEETING))).exclude(state__in=OVER).values("pk"),
        Request.objects.filter(~Exists(owed), state__in=sorted(requesting.OPEN)).values("pk"),
        Routing.objects.filter(Exists(heard), ~Exists(answer), ~Exists(said)).values("theme_id"),
        unmeasured.filter(~Exists(owed), ~Exists(said_so), kpi__isnull=False).values("pk"),
        Pilot.objects.filter(~Exists(owed), state=PilotState.RUNNING).values("pk"),
    )
    lost = Q(pk__in=[])
    for part in resting:
        lost |= Q(pk__in=part)
    return [Orphan(one.reference, one.title, one.kind) for one in Subject.objects.filter(lost).order_by("pk")]
