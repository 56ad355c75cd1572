"""Next movers: who does what by when, and what happens otherwise."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.access import seats_of, visible_ids
from governance.clauses import CHAIR, CHAMPION, COUNCIL, HEAD, OWNER, PARENT, SPONSOR, WARNING
from governance.models import (
    BESIDE,
    OPEN_NOMINATIONS,
    Duty,
    DutyKind,
    HelpRequest,
    Nomination,
    NominationState,
    Person,
    Rung,
    SeatKind,
    Tenure,
)
from governance.queries.calendars import local_day
from governance.queries.helping import waiting_on
from governance.queries.seats import Answering, holders, movers

OTHERWISE: dict[str, Any] = {
    CHAMPION: _("the department's champion is asked"),
    HEAD: _("the department head is asked"),
    SPONSOR: _("the sponsor is asked"),
    CHAIR: _("the council's chair is asked"),
    COUNCIL: _("it goes onto the council's agenda"),
    PARENT: _("it goes to the body above"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One line of "Next: Li verifies by Thursday, otherwise the chair"."""

    duty_id: int
    subject_id: int
    kind: str
    seat_id: int
    seat: str
    person_id: int | None
    who: str
    stands_in: str
    what: str
    by: date | None
    otherwise: str
    is_late: bool
    since: datetime | None = None
    """Since when it is owed; of what help is asked for, since it was asked."""


def open_duties(*, subject_ids: Iterable[int] | None = None, seat_ids: Iterable[int] | None = None) -> QuerySet[Duty]:
    """Open duties with what their lines need."""
    duties = Duty.objects.filter(closed_at=None).select_related("subject", "seat__subject", "calendar")
    if subject_ids is not None:
        duties = duties.filter(subject_id__in=list(subject_ids))
    if seat_ids is not None:
        duties = duties.filter(seat_id__in=list(seat_ids))
    return duties.order_by("due_on", "pk")


def moves(duties: Iterable[Duty], now: datetime) -> list[Move]:
    """The lines of these duties. The number of statements does not grow with their number."""
    listed = list(duties)
    seats = {duty.seat_id for duty in listed}
    who, held = movers(seats, now), holders(seats, now)
    nominees = _nominees(listed)
    ladders = _ladders({duty.charter_version_id for duty in listed})
    lines = []
    for duty in listed:
        person = nominees.get(duty.pk) or who.get(duty.seat_id)
        climb = ladders.get((duty.charter_version_id, duty.kind), [])
        target = next((to for position, to in climb if position > duty.rung and _asks_another(to, duty)), "")
        # Who fills a seat stands in for a holder who is away, and fills it only where nobody holds it.
        vacant = person is not None and person.stands_in == "filler" and duty.seat_id not in held
        lines.append(
            Move(
                duty_id=duty.pk,
                subject_id=duty.subject_id,
                kind=DutyKind.FILL if vacant else duty.kind,
                seat_id=duty.seat_id,
                seat=duty.seat.subject.title,
                person_id=person.person_id if person else None,
                who=person.name if person else duty.seat.subject.title,
                stands_in=person.stands_in if person else "",
                what=str(DutyKind.FILL.label if vacant else DutyKind(duty.kind).label),
                by=duty.due_on,
                otherwise=str(OTHERWISE.get(target, "")),
                is_late=duty.due_on is not None and duty.due_on < local_day(duty.calendar, now),
                since=duty.opened_at,
            )
        )
    return lines


def _nominees(listed: Iterable[Duty]) -> dict[int, Answering]:
    """Who answers a nomination: the nominee, who need not sit anywhere yet. One statement, where there is one."""
    joining = {duty.seat_id: duty.pk for duty in listed if duty.kind == DutyKind.JOIN}
    if not joining:
        return {}
    asked = Nomination.objects.filter(
        champion_id__in=joining, state__in=OPEN_NOMINATIONS, person__is_active=True
    ).select_related("person")
    return {joining[one.champion_id]: Answering(one.person_id, one.person.name, "", None) for one in asked}


def _asks_another(target: str, duty: Duty) -> bool:
    """Whether a rung asks somebody else than who owes it anyway: a champion, say, is not asked for their own."""
    own = {
        CHAMPION: (SeatKind.CHAMPION,),
        HEAD: (SeatKind.HEAD,),
        SPONSOR: (SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR),
        CHAIR: (SeatKind.CHAIR,),
    }
    return target not in (OWNER, WARNING) and duty.seat.kind not in own.get(target, ())


def next_moves(subject_ids: Iterable[int], now: datetime) -> dict[int, Move]:
    """The first next move of each subject that has an open duty; what a sponsor owes beside it comes last."""
    found: dict[int, Move] = {}
    listed = moves(open_duties(subject_ids=subject_ids), now)
    for move in sorted(listed, key=lambda move: move.kind in BESIDE):  # stable: the order of days stays
        found.setdefault(move.subject_id, move)
    return found


def all_moves(subject_id: int, now: datetime) -> list[Move]:
    """Every next move of one subject."""
    return moves(open_duties(subject_ids=[subject_id]), now)


def my_moves(person: Person, now: datetime) -> list[Move]:
    """What a person is the next mover of: as holder, as deputy of somebody away, as filler of a vacancy.

    Reads the duties of the person's own seats and of seats that nobody answers for, never all that are open.
    """
    mine = set(seats_of(person, now))
    taken = Tenure.objects.at(now).filter(person__is_active=True).values("seat_id")
    unanswered = Duty.objects.filter(closed_at=None).exclude(seat_id__in=taken).values_list("seat_id", flat=True)
    away = Tenure.objects.at(now).filter(person__away_until__isnull=False).values_list("seat_id", flat=True)
    asked = nominated(person).values_list("champion_id", flat=True)
    candidates = mine | set(unanswered.distinct()) | set(away) | set(asked)
    found = [move for move in moves(open_duties(seat_ids=candidates), now) if move.person_id == person.pk]
    # Standing in for a vacant seat lets nobody into what only that seat may see: its filling is what they owe.
    strange = {move.subject_id for move in found if move.stands_in == "filler"}
    if not strange:
        return found
    seen = visible_ids(person, strange, now)
    return [move for move in found if move.stands_in != "filler" or move.subject_id in seen]


def nominated(person: Person) -> "QuerySet[Nomination]":
    """The nominations that wait for the person's own word."""
    return Nomination.objects.filter(person=person, state=NominationState.ENDORSED)


def asked_moves(person: Person, now: datetime) -> list[tuple[int, Move]]:
    """What others have not moved and a seat of ``person`` was asked to help with, the oldest day first.

    ``(key of the request, move)``. A request stands until it is answered, or what is owed is closed or has another day.
    """
    asked: dict[int, HelpRequest] = {}
    # Who owes an answer has it among their own moves.
    owed = Duty.objects.filter(kind=DutyKind.RESPOND, closed_at=None, seat_id__in=seats_of(person, now))
    for request in waiting_on(person, now).exclude(duty__in=owed.exclude(asked_by=None).values("asked_by")):
        asked.setdefault(request.duty_id, request)
    by_duty = {move.duty_id: move for move in moves([request.duty for request in asked.values()], now)}
    return [
        (request.pk, replace(by_duty[duty], since=request.asked_at))
        for duty, request in asked.items()
        if by_duty[duty].person_id != person.pk
    ]


def _ladders(versions: set[int]) -> dict[tuple[int, str], list[tuple[int, str]]]:
    climbs: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    rows = Rung.objects.filter(charter_version_id__in=versions).order_by("position")
    for version, kind, position, target in rows.values_list("charter_version_id", "duty_kind", "position", "target"):
        climbs[version, kind].append((position, target))
    return climbs
