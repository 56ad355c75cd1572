"""Who may allocate what an owner asked for without a meeting: as the charter lets, never for their own work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.models import ActionItem, ResourceRequest
from actions.queries import approving
from councils.models import ItemState, Way
from councils.queries import councils as council_queries
from councils.services import delegated
from councils.services.delegated import Mandate
from governance.clauses import Rules
from governance.models import CharterVersion, Person, Seat, SeatKind
from governance.queries.seats import answering, head_seats
from governance.services import duties


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may allocate: the request, as whom, the sentence that is signed; or why it is the council's."""

    request: ResourceRequest
    mandate: Mandate
    statement: str
    refusal: str


def waiting(action: ActionItem) -> ResourceRequest | None:
    """What the owner asked for and the council has not settled."""
    asked = ResourceRequest.objects.filter(action=action, item__state=ItemState.OPEN)
    return asked.select_related("item__subject", "item__about", "item__council", "by").first()


def mandates(action: ActionItem, version: CharterVersion) -> list[Mandate]:
    """Every way in which this charter lets somebody allocate to the action, the delegated one first."""
    rule = Rules.from_json(version.rules).delegation
    found = []
    seat = _seat(action, rule.to) if rule.to else None
    if seat is not None and seat.pk != action.seat_id:
        found.append(Mandate(Way.DELEGATED, rule.to, seat, version))
    sponsor = action.council.sponsor.seat
    if rule.by_signature and sponsor.pk != action.seat_id:
        found.append(Mandate(Way.SIGNED, "sponsor", sponsor, version))
    return found


def _seat(action: ActionItem, role: str) -> Seat | None:
    """The seat that a role of the clause is today. Of a confidential council no head: none is cleared for it."""
    if role == "sponsor":
        return action.council.sponsor.seat
    if role == "chair":
        return council_queries.seat_of(action.council, SeatKind.CHAIR)
    if action.council.is_confidential:
        return None
    chain = [pk for pk in head_seats([action.department_id])[action.department_id] if pk != action.seat_id]
    return Seat.objects.select_related("subject").get(pk=chain[0]) if chain else None


def held(action: ActionItem, request: ResourceRequest, person: Person, now: datetime) -> list[Mandate]:
    """The mandates that ``person`` answers for today; none for whoever owns the work, does it, or asked."""
    listed = mandates(action, duties.rules_in_force(action.council.charter, now))
    if not listed:
        return []
    standing = answering([one.seat.pk for one in listed], now)
    mine = [one for one in listed if one.seat.pk in standing and standing[one.seat.pk].person_id == person.pk]
    if not mine or person.pk in approving.owners(action, now) | {request.by_id}:
        return []
    return mine


def may_allocate(action: ActionItem, person: Person, now: datetime) -> bool:
    """Whether the charter names a seat of ``person`` for what waits; whether it suffices is judged as it is done."""
    request = waiting(action)
    return request is not None and bool(held(action, request, person, now))


def offer(action: ActionItem, person: Person, now: datetime) -> Offer | None:
    """What ``person`` may allocate to the action now, by the first of their mandates that suffices; None for nobody."""
    request = waiting(action)
    if request is None:
        return None
    return best(request, held(action, request, person, now), person, now)


def best(request: ResourceRequest, listed: Sequence[Mandate], person: Person, now: datetime) -> Offer | None:
    """The first mandate that suffices, else the first with its refusal."""
    offers = []
    for mandate in listed:
        judged = delegated.judge(request.item, request.amount, mandate, now)
        said = delegated.statement(request.item, request.amount, mandate, person)
        offers.append(Offer(request, mandate, said, judged.sentence))
    return next((one for one in offers if not one.refusal), offers[0] if offers else None)
