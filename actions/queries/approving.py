"""Who approves another date: somebody else than whoever promised, or asks."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from actions.models import ActionItem, DateRequest, Doer, Promise
from councils.queries import councils as council_queries
from governance.clauses import HEAD, SPONSOR, Rules, enforces
from governance.models import Duty, DutyKind, Person, Seat, SeatKind, Tenure
from governance.queries.seats import answering, head_seats, movers
from governance.services.duties import rules_in_force

_Found = tuple[int, int]
"""A seat and the person who answers for it today."""


def _chain(action: ActionItem, first: str) -> list[int]:
    """Seats in the order in which they are asked: the charter's approver, then head, chair, sponsor.

    Of a confidential council only those who are cleared for it: its chair and its sponsor.
    """
    chair = council_queries.seat_of(action.council, SeatKind.CHAIR)
    heads = [] if action.council.is_confidential else head_seats([action.department_id])[action.department_id]
    by_role = {
        "head": heads,
        "chair": [chair.pk] if chair is not None else [],
        "sponsor": [action.council.sponsor_id],
    }
    found: list[int] = []
    for role in (first, *(role for role in by_role if role != first)):
        found.extend(by_role[role])
    return [seat for seat in dict.fromkeys(found) if seat != action.seat_id]


def owners(action: ActionItem, now: datetime) -> set[int]:
    """Everybody who holds the accountable seat or does part of the work, or stands in: none approves its dates."""
    doers = Doer.objects.filter(action=action, ended_at=None)
    works = Q(seat_id=action.seat_id) | Q(seat_id__in=doers.filter(seat__isnull=False).values("seat"))
    persons = Tenure.objects.at(now).filter(works).order_by().values_list("person_id", flat=True)
    return set(persons.union(doers.filter(person__isnull=False).values_list("person_id", flat=True)))


@enforces("promising")
def approver(action: ActionItem, rules: Rules, now: datetime, *, asks: int | None = None) -> int | None:
    """The seat that approves another date without the council, or None where only the council does.

    That is: beyond the charter's limit, and where everybody in line is the owner, the person who ``asks``, or missing.
    """
    if renewed(action) >= rules.promising.renewals:
        return None
    found = _first(action, rules, now, not_they=owners(action, now) | {asks})
    return found[0] if found is not None else None


def _first(action: ActionItem, rules: Rules, now: datetime, *, not_they: Collection[int | None]) -> _Found | None:
    """The first seat in line whose person today is not one of ``not_they``, and that person."""
    chain = _chain(action, rules.promising.approver)
    standing = answering(chain, now)
    seat = next((seat for seat in chain if seat in standing and standing[seat].person_id not in not_they), None)
    return (seat, standing[seat].person_id) if seat is not None else None


def holding_seat(action: ActionItem, now: datetime) -> int | None:
    """The seat that approves its dates and so puts it on hold, however often they were moved; never the owner's."""
    rules = Rules.from_json(rules_in_force(action.council.charter, now).rules)
    found = _first(action, rules, now, not_they=owners(action, now))
    return found[0] if found is not None else None


def may_hold(action: ActionItem, person: Person, now: datetime, *, is_steward: bool) -> bool:
    """Whether ``person`` may put it on hold: chair or secretary of its council, or whoever approves its dates.

    Never one who holds the accountable seat, stands in there or does part of the work: nobody stops their own clock.
    """
    not_they = owners(action, now)
    if person.pk in not_they:
        return False
    if is_steward:
        return True
    rules = Rules.from_json(rules_in_force(action.council.charter, now).rules)
    found = _first(action, rules, now, not_they=not_they)
    return found is not None and found[1] == person.pk


def renewed(action: ActionItem) -> int:
    """How often its promise was moved without the council."""
    return Promise.objects.filter(action=action, approver__isnull=False).count()


def waiting(action: ActionItem) -> DateRequest | None:
    """What a seat was asked and has not answered; what the council was asked stands on its agenda."""
    asked = DateRequest.objects.filter(action=action, answer="", item=None)
    return asked.select_related("asked_by", "approver__subject", "promise").first()


def may_answer(action: ActionItem, person: Person, now: datetime) -> bool:
    """Whether ``person`` may answer the request that waits: for the seat that owes it, or for the one named today.

    While nobody answers for that seat, whoever fills it does. The second keeps a request from getting stuck whose seat
    has meanwhile passed to whoever asked.
    """
    duty = Duty.objects.filter(subject_id=action.pk, kind=DutyKind.APPROVE_DATE, closed_at=None).first()
    asked = waiting(action) if duty is not None else None
    if duty is None or asked is None or person.pk in owners(action, now) | {asked.asked_by_id}:
        return False
    rules = Rules.from_json(duty.charter_version.rules)
    named = approver(action, rules, now, asks=asked.asked_by_id)
    standing = movers({duty.seat_id, *({named} if named else ())}, now)
    return any(who.person_id == person.pk for who in standing.values())


def level_of(seat: Seat, action: ActionItem) -> str:
    """The rung of the ladder that an approving seat stands for: a chair alone is no council, and counts as a head."""
    return SPONSOR if seat.pk == action.council.sponsor_id else HEAD


def answers_for(seat_id: int, now: datetime) -> int | None:
    """Who answers for a seat today; None while nobody does."""
    who = answering([seat_id], now).get(seat_id)
    return who.person_id if who is not None else None


def title_of(seat_id: int) -> str:
    """What an approving seat is called."""
    return str(Seat.objects.select_related("subject").get(pk=seat_id).title)
