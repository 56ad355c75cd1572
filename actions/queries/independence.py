"""Who may verify: another person, never one who was holder, doer or deputy of the work."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from actions.models import ActionItem, Blocker, Doer, Evidence, Milestone, Promise, Request, Routing, Update
from councils.models import Council, Membership
from governance.clauses import Rules, enforces
from governance.models import Duty, DutyKind, JournalEntry, JournalMention, Person, Seat, SeatKind, Tenure
from governance.queries.seats import answering
from governance.services.duties import rules_in_force


def involved(action: ActionItem, now: datetime) -> set[int]:
    """Ids of everybody who had a part in the work.

    Whoever held or deputised for a seat that was accountable for it at any time since it was created, gave a promise
    for it, did the work, reported on it, reported it blocked, attached its evidence, marked a milestone reached, or
    delivered what was asked for it. Whoever only recorded the council's decision about a date has not worked on it.
    """
    promised = Promise.objects.filter(action=action).order_by().values_list("seat_id", flat=True)
    owners = {action.seat_id, *promised.union(_accepted_or_handed_on(action))}
    doers = list(Doer.objects.filter(action=action).values_list("seat_id", "person_id"))
    owners |= {seat for seat, _person in doers if seat}
    holders = Tenure.objects.filter(
        Q(until_at=None) | Q(until_at__gt=action.subject.created_at), seat_id__in=owners, from_at__lte=now
    )
    return set(
        holders.values_list("person_id", flat=True).union(
            Doer.objects.filter(action=action, person__isnull=False).values_list("person_id", flat=True),
            Promise.objects.filter(action=action, decision=None).values_list("given_by_id", flat=True),
            Update.objects.filter(action=action).values_list("by_id", flat=True),
            Blocker.objects.filter(action=action).values_list("by_id", flat=True),
            Evidence.objects.filter(action=action).values_list("by_id", flat=True),
            Milestone.objects.filter(action=action, done_by__isnull=False).values_list("done_by_id", flat=True),
            _delivered(action),
        )
    )


def _delivered(action: ActionItem) -> QuerySet[JournalEntry, int]:
    """Who delivered what other departments were asked for: the journal keeps who, what was sent back included."""
    asked = Request.objects.filter(action=action).values("pk")
    said = JournalEntry.objects.filter(event="actions.request.delivered", subject_id__in=asked, by__isnull=False)
    return said.order_by().values_list("by_id", flat=True)


def _accepted_or_handed_on(action: ActionItem) -> QuerySet[JournalMention, int]:
    """Seats that took it on, maybe without a date, or from which it was handed on: the journal keeps who."""
    spoken_of = JournalMention.objects.filter(entry__subject_id=action.pk)
    took_it_on = Q(entry__event="actions.item.accepted", role="seat")
    had_it = Q(entry__event="actions.item.handed_on", role="from")
    return spoken_of.filter(took_it_on | had_it).values_list("subject_id", flat=True)


def _of_council(council: Council, kind: str) -> list[int]:
    return list(
        Membership.objects.filter(council=council, ended_at=None, seat__kind=kind).values_list("seat_id", flat=True)
    )


def _champions(action: ActionItem) -> list[int]:
    """The champion of the department that was heard: of the theme's departments, else of the action's own."""
    heard = Routing.objects.filter(theme_id=action.theme_id, heard__gt=0).values_list("department_id", flat=True)
    departments = list(heard) if action.theme_id else [action.department_id]
    seats = Seat.objects.filter(kind=SeatKind.CHAMPION, department_id__in=departments)
    return list(seats.order_by("pk").values_list("pk", flat=True))


def _chain(action: ActionItem, now: datetime) -> Iterator[int]:
    """Seats in the order in which the charter has them verify: its verifier, then secretary, chair, sponsor, CX lead.

    Of a confidential council only those who are cleared for it: its own seats and its sponsor.
    """
    cleared = action.council.is_confidential
    first = Rules.from_json(rules_in_force(action.council.charter, now).rules).verifying.verifier
    lead = [] if cleared else list(Seat.objects.filter(kind=SeatKind.CX_LEAD).values_list("pk", flat=True))
    by_role: dict[str, Callable[[], Iterable[int]]] = {
        "secretary": lambda: _of_council(action.council, SeatKind.SECRETARY),
        "chair": lambda: _of_council(action.council, SeatKind.CHAIR),
        "champion": lambda: [] if cleared else _champions(action),
        "cx_lead": lambda: lead,
        "sponsor": lambda: [action.council.sponsor_id],
    }
    for role in (first, *(role for role in ("secretary", "chair", "sponsor", "cx_lead") if role != first)):
        yield from by_role[role]()


@enforces("verifying")
def verifier(action: ActionItem, now: datetime) -> int | None:
    """The seat that verifies: the first of the charter's chain whose person today had no part in the work.

    A deputy stands in for a holder who is away. None when nobody can: then the council itself settles it.
    """
    chain = list(dict.fromkeys(_chain(action, now)))
    standing = answering(chain, now)
    had_a_part = involved(action, now)
    return next((seat for seat in chain if seat in standing and standing[seat].person_id not in had_a_part), None)


def may_verify(action: ActionItem, person: Person, now: datetime) -> bool:
    """Whether ``person`` may verify it now: for the seat that owes it, or for the one that the chain names today.

    The second keeps a verification from getting stuck when the seat that owed it has meanwhile passed to somebody who
    had a part in the work.
    """
    if person.pk in involved(action, now):
        return False
    seats = set(
        Duty.objects.filter(subject_id=action.pk, kind=DutyKind.VERIFY, closed_at=None).values_list(
            "seat_id", flat=True
        )
    )
    if not seats:
        return False
    named = verifier(action, now)
    standing = answering(seats | ({named} if named else set()), now)
    return any(who.person_id == person.pk for who in standing.values())
