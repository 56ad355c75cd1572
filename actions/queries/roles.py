"""What my seats make me towards an action, and which seats speak for its department and its council."""

from datetime import datetime

from actions.lifecycle import RUNNING, Role, State, Verb, verbs
from actions.models import ActionItem, Blocker, Doer, Finding, Outcome, Verification
from actions.queries import approving, delegating, independence
from councils.access import RECORD
from councils.queries import councils as council_queries
from governance import access
from governance.models import Duty, DutyKind, Person, Seat, SeatKind
from governance.queries.seats import answering, cx_lead_seat, head_seats

# Seats that others wait on, and that work is given to. Council seats vote; they own no work.
WORKING = (
    SeatKind.HEAD,
    SeatKind.CHAMPION,
    SeatKind.STEP_OWNER,
    SeatKind.FINANCE_PARTNER,
    SeatKind.CX_LEAD,
    SeatKind.CORE_TEAM,
    SeatKind.CX_SPONSOR,
    SeatKind.EX_SPONSOR,
    SeatKind.OTHER,
)


def of(action: ActionItem, person: Person, now: datetime) -> frozenset[Role]:
    """The roles of ``person`` towards one action. A bounded number of statements."""
    if not person.is_active:
        return frozenset()
    waited_on = set(
        Blocker.objects.filter(action=action, lifted_at=None, waiting_on__isnull=False).values_list(
            "waiting_on_id", flat=True
        )
    )
    readers = _readers(action)
    doers = list(Doer.objects.filter(action=action, ended_at=None).values_list("seat_id", "person_id"))
    working = {seat for seat, _person in doers if seat}
    sponsor = action.council.sponsor_id
    standing = answering({action.seat_id, sponsor, *waited_on, *readers, *working}, now)
    mine = {seat for seat, who in standing.items() if who.person_id == person.pk}
    roles = set()
    if action.seat_id in mine:
        roles.add(Role.OWNER)
    if mine & working or person.pk in {who for _seat, who in doers}:
        roles.add(Role.DOER)
    if mine & waited_on:
        roles.add(Role.WAITED_ON)
    if mine & readers:
        roles.add(Role.READER)
    if access.may(person, access.REPORT, action.department, now):
        roles.add(Role.REPORTER)
    if access.may(person, access.LEAD, action.department, now):
        roles.add(Role.HEAD)
    if access.may(person, RECORD, action.council, now):
        roles.add(Role.STEWARD)
    if is_finance_partner(person, now):
        roles.add(Role.FINANCE)
    if action.state == State.VERIFIED and _verified(action, person):
        roles.add(Role.VERIFIER)
    if action.state == State.DONE and independence.may_verify(action, person, now):
        roles.add(Role.VERIFIER)
    # Only a head, a sponsor or the council's own clerk can be who approves dates; others are not looked at.
    near = roles & {Role.HEAD, Role.STEWARD} or sponsor in mine
    if near and approving.may_hold(action, person, now, is_steward=Role.STEWARD in roles):
        roles.add(Role.HOLDER)
    if action.state in RUNNING and approving.may_answer(action, person, now):
        roles.add(Role.APPROVER)
    if action.state in RUNNING and delegating.may_allocate(action, person, now):
        roles.add(Role.DELEGATE)
    return frozenset(roles)


def may_say(action: ActionItem, person: Person, now: datetime) -> frozenset[Verb]:
    """What ``person`` may say of an action as it stands now."""
    return verbs(of(action, person, now), action.state)


def _readers(action: ActionItem) -> set[int]:
    """The seat of its KPI, and whichever is asked to read it or to say whether it worked; none before it is verified.

    Of a confidential council only who is asked: the owner of a metric that everybody reads need not be cleared.
    """
    if action.state != State.VERIFIED:
        return set()
    asked = Duty.objects.filter(
        subject_id=action.pk, kind__in=[DutyKind.READ, DutyKind.JUDGE], closed_at=None
    ).values_list("seat_id", flat=True)
    of_kpi = (
        Outcome.objects.filter(action=action).order_by("-number").values_list("metric__seat_id", flat=True)[:1]
        if not action.council.is_confidential
        else ()
    )
    return {seat for seat in (*asked, *of_kpi) if seat is not None}


def is_finance_partner(person: Person, now: datetime) -> bool:
    """Whether ``person`` answers today for a finance partner's seat."""
    seats = Seat.objects.filter(
        pk__in=access.seats_of(person, now), kind=SeatKind.FINANCE_PARTNER, subject__archived_at=None
    )
    return any(who.person_id == person.pk for who in answering(set(seats.values_list("pk", flat=True)), now).values())


def _verified(action: ActionItem, person: Person) -> bool:
    """Whether the person said last that it is done."""
    last = Verification.objects.filter(action=action, finding=Finding.CONFIRMED).order_by("-pk").first()
    return last is not None and last.by_id == person.pk


def head_seat(action: ActionItem) -> Seat | None:
    """Who finds another owner: the nearest department head who is not the owner, else the CX lead, else nobody.

    Nobody, too, for a confidential council: heads are not cleared for it, so the council finds the owner itself.
    """
    if action.council.is_confidential:
        return None
    chain = [pk for pk in head_seats([action.department_id])[action.department_id] if pk != action.seat_id]
    if chain:
        found: Seat = Seat.objects.select_related("subject", "department").get(pk=chain[0])
        return found
    lead = cx_lead_seat()
    return lead if lead.pk != action.seat_id else None


def helpers(action: ActionItem) -> list[Seat]:
    """Whom an owner may ask for help: the nearest head, then the council's sponsor; in a confidential one, its own."""
    wanted: list[Seat | None] = [head_seat(action), action.council.sponsor.seat]
    if action.council.is_confidential:
        wanted.insert(0, council_queries.seat_of(action.council, SeatKind.CHAIR))
    found = {seat.pk: seat for seat in wanted if seat is not None and seat.pk != action.seat_id}
    return list(found.values())
