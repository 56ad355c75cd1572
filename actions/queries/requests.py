"""Requests between departments as their viewer may see them: the list that every debt opens, and who says what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from actions import requesting
from actions.debts import LABELS, Figure, condition, owed_to, owing
from actions.figures import Moment
from actions.models import ActionItem, Blocker, Request, RequestDay, RequestState
from actions.queries import confirming
from actions.queries.items import Shown, shown
from actions.queries.review import moment
from actions.queries.roles import WORKING
from actions.queries.scope import below
from actions.requesting import Side, State
from councils.models import Council, Membership
from governance import access, links
from governance.errors import Absent, Invalid
from governance.models import Department, Person, Seat
from governance.queries.duties import Move, next_moves
from governance.queries.seats import answering

ASKS, ASKED = "asks", "asked"
DIRECTIONS = (ASKS, ASKED)
"""Of a department: what it asked of others, and what others asked of it."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed by; empty fields do not narrow. ``owing`` moves next, and ``owed`` waits for it."""

    department: Department | None = None
    direction: str = ""
    owing: Department | None = None
    owed: Department | None = None
    state: str = ""
    figure: str = ""
    action: ActionItem | None = None
    below: bool = False
    """Those below count with the department that is named, on whichever side."""

    def departments(self, named: Department) -> list[int]:
        """By key. One statement, where those below count."""
        return below(named) if self.below else [named.pk]


def listed(viewer: Person, now: datetime, narrowed: Narrowed | None = None, at: Moment | None = None) -> QuerySet[Any]:
    """The requests that ``viewer`` may see, what is owed soonest first, then what is closed.

    Raises :class:`Invalid` for a state, figure or direction that there is not.
    """
    by = narrowed or Narrowed()
    found = Request.objects.visible_to(viewer, now)
    if by.direction and by.direction not in DIRECTIONS:
        raise Invalid(_("A department asks, or is asked."), field="direction")
    if by.department is not None:
        keys = by.departments(by.department)
        asks, asked = Q(from_department__in=keys), Q(to_department__in=keys)
        found = found.filter({ASKS: asks, ASKED: asked}.get(by.direction, asks | asked))
    if by.owing is not None:
        found = found.filter(owing(*by.departments(by.owing)))
    if by.owed is not None:
        found = found.filter(owed_to(*by.departments(by.owed)))
    if by.action is not None:
        found = found.filter(action=by.action)
    if by.state:
        if by.state != "open" and by.state not in RequestState.values:
            raise Invalid(_("There is no such state."), field="state")
        found = found.filter(state__in=sorted(requesting.OPEN) if by.state == "open" else [by.state])
    if by.figure:
        if by.figure not in list(Figure):
            raise Invalid(_("There is no such figure."), field="figure")
        found = found.filter(condition(by.figure, at or moment(now)))
    return found.select_related(
        "from_seat__subject", "to_seat__subject", "from_department__subject", "to_department__subject",
        "action__subject", "action__council",
    ).order_by(F("due_on").asc(nulls_last=True), "-closed_at", "pk")  # fmt: skip


def get(reference: str, viewer: Person, now: datetime) -> Request:
    """One request by its reference; raises :class:`Absent` for what is not there or may not be seen."""
    found: Request | None = (
        listed(viewer, now)
        .select_related("asked_by", "answered_by", "reason_by")
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def sides(request: Request, person: Person, now: datetime) -> frozenset[Side]:
    """On which sides ``person`` answers for the seat, as its holder or acting deputy.

    One statement, and a bounded number more for a delivery, which another person confirms, and for what is agreed,
    where another day may be proposed.
    """
    if not person.is_active:
        return frozenset()
    standing = answering([request.from_seat_id, request.to_seat_id], now)
    mine = {seat for seat, who in standing.items() if who.person_id == person.pk}
    seats = {Side.ASKING: request.from_seat_id, Side.ASKED: request.to_seat_id}
    found = {side for side, seat in seats.items() if seat in mine}
    if request.state == State.DELIVERED and confirming.may_confirm(request, person, now):
        found.add(Side.CONFIRMING)
    if request.state == State.AGREED and confirming.may_answer(request, person, now):
        found.add(Side.ANSWERING)
    return frozenset(found)


# --- whom one may ask, and as whom ---------------------------------------------------------------------------------


def askable(council: Council | None, viewer: Person, now: datetime) -> QuerySet[Seat]:
    """The seats that may be asked: those that own work; for a confidential council those that are cleared for it."""
    found: QuerySet[Seat] = Seat.objects.visible_to(viewer, now).filter(subject__archived_at=None)
    if council is not None and council.is_confidential:
        found = found.filter(pk__in=cleared(council))
    else:
        found = found.filter(kind__in=WORKING)
    return found.select_related("department").order_by("department__name", "subject__title")


def cleared(council: Council) -> set[int]:
    """The seats of a confidential council: its members and its sponsor."""
    sits = Membership.objects.filter(council=council, ended_at=None).values_list("seat_id", flat=True)
    return {*sits, council.sponsor_id}


def asking_seats(viewer: Person, now: datetime) -> QuerySet[Seat]:
    """The seats for which ``viewer`` may ask: those that own work and that they answer for today."""
    held = list(access.seats_of(viewer, now))
    mine = [seat for seat, who in answering(held, now).items() if who.person_id == viewer.pk]
    found: QuerySet[Seat] = Seat.objects.filter(pk__in=mine, kind__in=WORKING, subject__archived_at=None)
    return found.select_related("subject", "department").order_by("subject__title")


# --- rows of a list ------------------------------------------------------------------------------------------------


SHAPES = {
    State.ASKED: "proposed",
    State.COUNTERED: "referred",
    State.AGREED: "accepted",
    State.DELIVERED: "done",
    State.CONFIRMED: "verified",
    State.REFUSED: "declined",
    State.WITHDRAWN: "cancelled",
}
"""The shape beside each state's word: those of actions, which people know."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request in a list, with all that its row shows."""

    request: Request
    path: str
    asking: Shown
    asked: Shown
    serves: Shown | None
    move: Move | None
    age: int
    """Days since it was asked."""

    @property
    def is_late(self) -> bool:
        return self.move is not None and self.move.is_late

    @property
    def shape(self) -> str:
        return SHAPES[State(self.request.state)]

    @property
    def is_open(self) -> bool:
        return self.request.state in requesting.OPEN

    @property
    def debtor(self) -> Department:
        """The department that owes the next move of an open request."""
        asked = self.request.state in requesting.states_owed_by(Side.ASKED)
        return self.request.to_department if asked else self.request.from_department

    @property
    def creditor(self) -> Department:
        """The department that waits for it."""
        asked = self.request.state in requesting.states_owed_by(Side.ASKED)
        return self.request.from_department if asked else self.request.to_department

    @property
    def slip(self) -> int:
        """Days between the day asked for and the day that holds."""
        day = self.request.promised
        return (day - self.request.asked_for).days if day is not None else 0


def lines(found: Iterable[Request], viewer: Person, now: datetime, today: date) -> list[Line]:
    """The rows of these requests. The number of statements does not grow with theirs."""
    rows = list(found)
    named = {key for row in rows for key in (row.from_seat_id, row.to_seat_id, row.action_id) if key is not None}
    seen = access.visible_ids(viewer, named, now) if named else set()
    moves = next_moves([row.pk for row in rows if row.state in requesting.OPEN], now)
    return [
        Line(
            request=row,
            path=links.path_of(row.subject),
            asking=shown(row.from_seat.subject, seen),
            asked=shown(row.to_seat.subject, seen),
            serves=shown(row.action.subject, seen) if row.action is not None and row.action_id in seen else None,
            move=moves.get(row.pk),
            age=(today - row.asked_on).days,
        )
        for row in rows
    ]


def of_action(action: ActionItem, viewer: Person, now: datetime, today: date) -> list[Line]:
    """What an action needs from other departments, as far as ``viewer`` may see it; open ones first."""
    return lines(listed(viewer, now, Narrowed(action=action)), viewer, now, today)


def days_of(request: Request) -> list[RequestDay]:
    """The other days that were proposed, oldest first. One statement."""
    found = RequestDay.objects.filter(request=request).select_related("by", "answered_by")
    return list(found.order_by("pk"))


def slipped(request: Request) -> int:
    """Calendar days between the first agreed day and the one that holds: less than 0 where it was brought forward."""
    if request.first_promised is None or request.promised is None:
        return 0
    return (request.promised - request.first_promised).days


def waited_for(requests: Iterable[int]) -> set[int]:
    """Those for which an action is reported blocked. One statement."""
    keys = list(requests)
    return set(Blocker.objects.filter(request__in=keys, lifted_at=None).values_list("request_id", flat=True))


def stops(request: Request) -> Blocker | None:
    """What of its action waits for it. One statement."""
    return Blocker.objects.filter(request=request, lifted_at=None).order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Sums:
    """A list in figures, for the sentence above it."""

    total: int
    open: int
    overdue: int
    unanswered: int


def sums(found: QuerySet[Any], at: Moment) -> Sums:
    """Count a list. One statement."""
    counted = found.order_by().aggregate(
        total=Count("pk"), **{str(figure): Count("pk", filter=condition(figure, at)) for figure in Figure}
    )
    return Sums(**counted)


def words(narrowed: Narrowed) -> list[tuple[str, str, str]]:
    """``(parameter, label, value)`` of each filter that is set, for chips."""
    direction = {ASKS: _("asked by it"), ASKED: _("asked of it")}.get(narrowed.direction, "")
    state = _("open") if narrowed.state == "open" else dict(RequestState.choices).get(narrowed.state, "")
    return [
        ("department", _("Department"), narrowed.department.name if narrowed.department else ""),
        ("direction", _("Direction"), direction if narrowed.department else ""),
        ("owing", _("Owed by"), narrowed.owing.name if narrowed.owing else ""),
        ("owed", _("Owed to"), narrowed.owed.name if narrowed.owed else ""),
        ("below", _("Departments"), _("with those below") if narrowed.below else ""),
        ("action", _("For the action"), narrowed.action.subject.reference if narrowed.action else ""),
        ("state", _("State"), str(state)),
        ("figure", _("Figure"), str(LABELS[Figure(narrowed.figure)]) if narrowed.figure else ""),
    ]
