"""Who confirms a delivery: somebody of the asking side who did not deliver it."""

from collections.abc import Iterator
from datetime import datetime

from actions.models import Request
from councils.queries import councils as council_queries
from governance.models import Duty, DutyKind, JournalEntry, Person, Seat, SeatKind, Tenure
from governance.queries.seats import answering, head_seats


def _had_a_hand_in_it(request: Request, now: datetime) -> set[int]:
    """Who said that it is delivered, and who answers for the asked seat today: neither confirms it."""
    said = JournalEntry.objects.filter(subject_id=request.pk, event="actions.request.delivered", by__isnull=False)
    last = said.order_by("-pk").values_list("by_id", flat=True).first()
    asked = answering([request.to_seat_id], now).get(request.to_seat_id)
    return {person for person in (last, asked.person_id if asked is not None else None) if person is not None}


def _chain(request: Request) -> Iterator[int]:
    """Seats in the order in which they are turned to: the asking one, its heads, its council, whoever runs the whole.

    Of a confidential council only those who are cleared for it.
    """
    yield request.from_seat_id
    council = request.action.council if request.action is not None else None
    is_open = council is None or not council.is_confidential
    if is_open:
        yield from head_seats([request.from_department_id])[request.from_department_id]
    if council is not None:
        for kind in (SeatKind.CHAIR, SeatKind.SECRETARY):
            seat = council_queries.seat_of(council, kind)
            if seat is not None:
                yield seat.pk
        yield council.sponsor_id
    if is_open:
        for kind in (SeatKind.CX_LEAD, SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR):
            yield from Seat.objects.filter(kind=kind, subject__archived_at=None).order_by("pk").values_list(
                "pk", flat=True
            )


def confirmer(request: Request, now: datetime) -> int | None:
    """The seat that confirms: the first in line whose person today neither delivered it nor answers for the asked seat.

    None where nobody else is left: then the ladder brings it before a council.
    """
    chain = list(dict.fromkeys(_chain(request)))
    standing, not_they = answering(chain, now), _had_a_hand_in_it(request, now)
    others = [seat for seat in chain if seat in standing and standing[seat].person_id not in not_they]
    people = Person.objects.in_bulk({standing[seat].person_id for seat in others})
    for seat in others:
        person = people[standing[seat].person_id]
        if seat == request.from_seat_id or Request.objects.visible_to(person, now).filter(pk=request.pk).exists():
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
