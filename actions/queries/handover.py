"""All that a seat holds, on one page: what a leaver's successor, or several seats, take over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from actions import lifecycle
from actions.models import ActionItem, Blocker, Pilot, Promise
from actions.queries import items
from councils import access as council_access
from councils.models import Council, Membership
from governance import access
from governance.errors import Absent, Conflict, Refused
from governance.models import Department, Duty, DutyKind, Person, Seat, SeatKind, Subject, Tenure, TenureRole
from governance.queries import departments, holdings
from governance.queries import seats as seat_queries
from governance.queries.duties import Move, moves, open_duties
from governance.queries.holdings import Holding
from governance.queries.seats import Standing, movers

_ABOUT_THE_SEAT = (DutyKind.FILL, DutyKind.HAND_OVER, DutyKind.TAKE_OVER)
_OF_COUNCILS = (SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER)

HANDED_ON_ALONE = (DutyKind.ANSWER, DutyKind.VERIFY, DutyKind.CHECK)
"""What another seat can owe without owning the thing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one seat holds, as its reader may know it. ``was``: who held it last, where nobody does now."""

    seat: Seat
    standing: Standing
    was: Tenure | None
    about: Sequence[Move]
    """Who fills it, hands it over, takes it over."""
    lines: Sequence[items.Line]
    owes: Sequence[tuple[Subject, Move]]
    """What it owes besides its own actions."""
    answers_for: Sequence[Holding]
    """Journeys, steps, metrics and goals."""
    membership: Membership | None
    sponsors: Sequence[Council]
    fills: Sequence[Seat]
    waited_on: Sequence[Blocker]

    @property
    def is_nothing(self) -> bool:
        return not (self.lines or self.answers_for or self.is_kept)

    @property
    def is_kept(self) -> bool:
        """Whether it holds what stays with the seat, or what it owes, until somebody takes it over."""
        return bool(self.owes or self.membership or self.sponsors or self.fills or self.waited_on)


def held(seat: Seat, viewer: Person, now: datetime) -> Held:
    """What ``seat`` holds. The number of statements does not grow with how much that is."""
    actions = list(open_actions(seat, viewer, now))
    mine = {action.pk for action in actions}
    owed = [duty for duty in open_duties(seat_ids=[seat.pk]) if duty.subject_id not in mine]
    about = list(open_duties(subject_ids=[seat.pk]).filter(kind__in=_ABOUT_THE_SEAT))
    waiting = list(
        Blocker.objects.filter(waiting_on=seat, lifted_at=None).select_related("action__subject").order_by("since")
    )
    asked = {duty.subject_id for duty in owed} | {blocker.action_id for blocker in waiting}
    seen = access.visible_ids(viewer, asked, now) if asked else set()
    owed = [duty for duty in owed if duty.subject_id in seen and duty.subject_id != seat.pk]
    subjects = {duty.subject_id: duty.subject for duty in owed}
    return Held(
        seat=seat,
        standing=seat_queries.standings([seat], now)[0],
        was=seat.tenures.filter(role=TenureRole.HOLDER, from_at__lte=now)
        .select_related("person")
        .order_by("-from_at", "-pk")
        .first(),
        about=moves(about, now),
        lines=items.lines(actions, viewer, now),
        owes=[(subjects[move.subject_id], move) for move in moves(owed, now)],
        answers_for=holdings.of_seat(seat, viewer, now),
        membership=_membership(seat, viewer, now),
        sponsors=list(Council.objects.visible_to(viewer, now).filter(sponsor_id=seat.pk).order_by("name")),
        fills=list(
            Seat.objects.visible_to(viewer, now)
            .filter(filled_by=seat, subject__archived_at=None)
            .order_by("subject__title")
        ),
        waited_on=[blocker for blocker in waiting if blocker.action_id in seen],
    )


def _membership(seat: Seat, viewer: Person, now: datetime) -> Membership | None:
    seen = Council.objects.visible_to(viewer, now).values("pk")
    return (
        Membership.objects.filter(seat=seat, ended_at=None, council__in=seen)
        .select_related("council__subject", "seat__subject")
        .first()
    )


def open_actions(seat: Seat, viewer: Person, now: datetime) -> QuerySet[ActionItem]:
    """The open actions of a seat that ``viewer`` may see, the first due first."""
    return items.listed(viewer, now, seat=seat, state="open")


# --- who hands over, who takes over ----------------------------------------------------------------------------------


def may_hand_over(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` hands over what the seat holds: who owes it, or who leads its department.

    What a council's seat holds is handed over within that council, by whoever owes it there.
    """
    owed = Duty.objects.filter(subject_id=seat.pk, kind=DutyKind.HAND_OVER, closed_at=None).first()
    if owed is not None:
        who = movers([owed.seat_id], now).get(owed.seat_id)
        if who is not None and who.person_id == by.pk:
            return True
    return seat.kind not in _OF_COUNCILS and access.may(by, access.LEAD, seat.department, now)


def require_handing_over(seat: Seat, by: Person, now: datetime) -> None:
    """Pass, or raise: :class:`Absent` where the seat may not be seen, :class:`Refused` saying who hands over."""
    if not access.may_see(by, seat.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if not may_hand_over(seat, by, now):
        raise Refused(
            _("A department's head hands over what its seats hold; of a council's seat, whoever fills it. Ask them.")
        )


def require_splitting(seat: Seat, by: Person, now: datetime) -> None:
    """Pass while the seat changes hands: its hand-over is owed, or nobody holds it; else :class:`Conflict`.

    What somebody answers for is theirs: an action of a seat that is held moves by reassigning it, with its council.
    """
    require_handing_over(seat, by, now)
    if not splits(seat, now):
        raise Conflict(_("Somebody holds this seat, so its work is theirs. Reassign an action on its own page."))


def splits(seat: Seat, now: datetime) -> bool:
    """Whether what the seat holds may go to other seats by row."""
    held = Tenure.objects.at(now).filter(seat=seat, role=TenureRole.HOLDER, person__is_active=True)
    owed = Duty.objects.filter(subject_id=seat.pk, kind=DutyKind.HAND_OVER, closed_at=None)
    return owed.exists() or not held.exists()


def movable(seat: Seat, by: Person, now: datetime) -> QuerySet[ActionItem]:
    """The open actions of a seat that ``by`` may hand on: a confidential council's only by whoever records for it."""
    recorded = access.containers_of(by, now, council_access.RECORD)
    return open_actions(seat, by, now).exclude(Q(council__is_confidential=True) & ~Q(council__in=recorded))


def movable_duties(seat: Seat, by: Person, now: datetime) -> QuerySet[Duty]:
    """What the seat owes about things that are not its own and that ``by`` may hand on: answers, verifications, checks.

    Whatever else it owes is the seat's alone. A council's seat verifies within its council; what is confidential stays.
    """
    found = open_duties(seat_ids=[seat.pk]).filter(kind__in=HANDED_ON_ALONE)
    if seat.kind in _OF_COUNCILS:
        return found.none()
    hidden = ActionItem.objects.filter(council__is_confidential=True).values("pk")
    tried = Pilot.objects.filter(action__council__is_confidential=True).values("pk")
    seen = found.filter(subject__in=access.subjects_seen(by, now))
    return seen.exclude(subject_id__in=hidden).exclude(subject_id__in=tried)


def is_handed_over(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether nothing is left for ``by`` to hand on, and nothing that waits for whoever is seated next.

    A confidential council's actions that ``by`` may not hand on do not count: nobody learns from this that there are
    any.
    """
    left = held(seat, by, now)
    return not (left.answers_for or left.is_kept or movable(seat, by, now).exists())


def receivers(by: Person, now: datetime) -> QuerySet[Department]:
    """The departments to whose seats ``by`` hands on: those that they lead."""
    return departments.led_by(by, now)


@dataclass(frozen=True, slots=True)
class Inherited:
    """A promise that somebody else gave and that the new holder has not made their own yet."""

    action: ActionItem
    promise: Promise

    @property
    def due_on(self) -> date:
        return self.promise.due_on


def inherited(seat: Seat, now: datetime) -> list[Inherited]:
    """The dates that whoever answers for the seat may accept or restate.

    Those of its running actions whose promise was given before the present holder's time, or for another seat; never
    one that the holder gave, in whichever seat.
    """
    tenure = (
        Tenure.objects.at(now).filter(seat=seat, role=TenureRole.HOLDER, person__is_active=True).order_by("pk").first()
    )
    if tenure is None:
        return []
    running = ActionItem.objects.filter(seat=seat, state__in=sorted(lifecycle.RUNNING), promised__isnull=False)
    last: dict[int, Promise] = {}
    for promise in Promise.objects.filter(action__in=running, taken_back_at=None).order_by("action_id", "number"):
        last[promise.action_id] = promise
    actions = running.select_related(
        "subject", "seat__subject", "seat__department", "seat__calendar", "department", "council__subject"
    ).order_by("promised", "pk")
    return [
        Inherited(action, last[action.pk])
        for action in actions
        if action.pk in last and _is_anothers(last[action.pk], tenure)
    ]


def _is_anothers(promise: Promise, tenure: Tenure) -> bool:
    if promise.given_by_id == tenure.person_id:
        return False
    return promise.seat_id != tenure.seat_id or promise.given_at < tenure.from_at


def taking_over(seat: Seat) -> Duty | None:
    """The open duty to accept the dates taken over, or to restate them."""
    return (
        Duty.objects.filter(subject_id=seat.pk, kind=DutyKind.TAKE_OVER, closed_at=None)
        .select_related("calendar", "subject", "seat__subject")
        .first()
    )
