"""Who looks at the other side's word: another person than whoever gave it, also where one holds both seats.

A delivery is confirmed by somebody of the asking side who did not deliver it, and another day is answered by somebody
of the other side who did not propose it.
"""

from collections.abc import Iterator
from datetime import datetime

from actions.models import Request, RequestDay
from actions.requesting import Side
from councils.queries import councils as council_queries
from governance.models import Duty, DutyKind, JournalEntry, Person, Seat, SeatKind, Tenure
from governance.queries.seats import answering, head_seats


def _had_a_hand_in_it(request: Request, now: datetime) -> set[int]:
    """Who said that it is delivered, and who answers for the asked seat today: neither confirms it."""
    said = JournalEntry.objects.filter(subject_id=request.pk, event="actions.request.delivered", by__isnull=False)
    last = said.order_by("-pk").values_list("by_id", flat=True).first()
    asked = answering([request.to_seat_id], now).get(request.to_seat_id)
    return {person for person in (last, asked.person_id if asked is not None else None) if person is not None}


def _chain(request: Request, seat: int, department: int) -> Iterator[int]:
    """Seats in the order in which they are turned to: ``seat``, its heads, the council, whoever runs the whole.

    Of a confidential council only those who are cleared for it.
    """
    yield seat
    council = request.action.council if request.action is not None else None
    is_open = council is None or not council.is_confidential
    if is_open:
        yield from head_seats([department])[department]
    if council is not None:
        for kind in (SeatKind.CHAIR, SeatKind.SECRETARY):
            clerk = council_queries.seat_of(council, kind)
            if clerk is not None:
                yield clerk.pk
        yield council.sponsor_id
    if is_open:
        for kind in (SeatKind.CX_LEAD, SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR):
            yield from (
                Seat.objects.filter(kind=kind, subject__archived_at=None).order_by("pk").values_list("pk", flat=True)
            )


def confirmer(request: Request, now: datetime) -> int | None:
    """The seat that confirms: the first in line whose person today neither delivered it nor answers for the asked seat.

    None where nobody else is left: then the ladder brings it before a council.
    """
    return _first(request, Side.ASKING, now, not_they=_had_a_hand_in_it(request, now))


def _first(request: Request, side: str, now: datetime, *, not_they: set[int]) -> int | None:
    """The first seat in line of one side whose person today is not one of ``not_they``, and may see it."""
    own = {
        Side.ASKING: (request.from_seat_id, request.from_department_id),
        Side.ASKED: (request.to_seat_id, request.to_department_id),
    }[Side(side)]
    chain = list(dict.fromkeys(_chain(request, *own)))
    standing = answering(chain, now)
    others = [seat for seat in chain if seat in standing and standing[seat].person_id not in not_they]
    people = Person.objects.in_bulk({standing[seat].person_id for seat in others})
    for seat in others:
        person = people[standing[seat].person_id]
        if seat == own[0] or Request.objects.visible_to(person, now).filter(pk=request.pk).exists():
            return seat
    return None


def may_confirm(request: Request, person: Person, now: datetime) -> bool:
    """Whether ``person`` may confirm it, or send it back: another one than whoever delivered it.

    For the asking seat (its holder, or its deputy although the holder is here, where that one delivered it), for the
    seat that owes it, or for the one that is next in line today.
    """
    not_they = _had_a_hand_in_it(request, now)
    if not person.is_active or person.pk in not_they:
        return False
    owed = Duty.objects.filter(subject_id=request.pk, kind=DutyKind.CONFIRM, closed_at=None)
    named = confirmer(request, now)
    wanted = {request.from_seat_id, *owed.values_list("seat_id", flat=True), *([named] if named is not None else [])}
    standing = answering(wanted, now)
    if any(who.person_id == person.pk for who in standing.values()):
        return True
    asking = standing.get(request.from_seat_id)
    stands_in = Tenure.objects.at(now).filter(seat_id=request.from_seat_id, person=person)
    return asking is not None and asking.person_id in not_they and stands_in.exists()


def proposed(request: Request) -> RequestDay | None:
    """Another day that waits for its answer."""
    return RequestDay.objects.filter(request=request, answer="").select_related("by").first()


def answerer(request: Request, side: str, now: datetime, *, by: int) -> int | None:
    """The seat that answers what ``side`` proposed through ``by``: the other one, or the next in line there."""
    other = Side.ASKED if side == Side.ASKING else Side.ASKING
    return _first(request, other, now, not_they={by})


def may_answer(request: Request, person: Person, now: datetime) -> bool:
    """Whether ``person`` may answer the day that is proposed: for the seat that owes it, or that is next in line."""
    waits = proposed(request)
    if waits is None or person.pk == waits.by_id or not person.is_active:
        return False
    owed = Duty.objects.filter(subject_id=request.pk, kind=DutyKind.APPROVE_DATE, closed_at=None)
    named = answerer(request, waits.side, now, by=waits.by_id)
    seats = {*owed.values_list("seat_id", flat=True), *([named] if named is not None else [])}
    return any(who.person_id == person.pk for who in answering(seats, now).values())


def helpers(request: Request) -> list[Seat]:
    """Whom one may ask for help with a request: up the ladder of whoever was asked, the nearest first.

    Its department head, then the sponsor of the council that it serves, or the CX lead where it serves none.
    """
    council = request.action.council if request.action is not None else None
    wanted: list[int] = []
    if council is not None and council.is_confidential:
        chair = council_queries.seat_of(council, SeatKind.CHAIR)
        wanted += [chair.pk] if chair is not None else []
    else:
        wanted += head_seats([request.to_department_id])[request.to_department_id][:2]
    if council is not None:
        wanted.append(council.sponsor_id)
    else:
        wanted += Seat.objects.filter(kind=SeatKind.CX_LEAD, subject__archived_at=None).values_list("pk", flat=True)
    found = Seat.objects.select_related("subject").in_bulk(wanted)
    return [found[key] for key in dict.fromkeys(wanted) if key != request.to_seat_id and key in found]
