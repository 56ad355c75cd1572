"""Who may say what of a pilot, who checks it, and where it might be repeated."""

from datetime import date, datetime

from django.db.models import QuerySet

from actions.lifecycle import Role, ever
from actions.lifecycle import Verb as ActionVerb
from actions.models import ActionItem, OutcomeReading, OutcomeVerdict, Pilot, PilotCopy, PilotPlace
from actions.piloting import Verb, allows
from actions.queries import independence, roles
from actions.queries.requests import cleared
from councils.models import Council
from councils.queries import councils as council_queries
from governance.models import Department, Person, Seat, SeatKind
from governance.queries.calendars import calendar_of_seat, local_day
from governance.queries.seats import answering, cx_lead_seat, head_seats


def today_of(pilot: Pilot, now: datetime) -> date:
    """Which day it is where its checker sits."""
    return local_day(calendar_of_seat(pilot.checker), now)


def has_begun(pilot: Pilot, now: datetime) -> bool:
    """Whether its check has begun: from then on what must be true is corrected, with a reason."""
    return pilot.extensions > 0 or today_of(pilot, now) >= pilot.check_on


def ever_says(pilot: Pilot, person: Person, now: datetime) -> frozenset[Verb]:
    """What ``person`` may say of a pilot in some state. A bounded number of statements."""
    if not person.is_active:
        return frozenset()
    mine = roles.of(pilot.action, person, now)
    said: set[Verb] = set()
    if ActionVerb.PILOT in ever(mine):
        said |= {Verb.STOP, Verb.PROPOSE}
        is_free = Role.STEWARD in mine and person.pk not in independence.involved(pilot.action, now)
        if is_free or not has_begun(pilot, now):
            said.add(Verb.CHANGE)
    if may_check(pilot, person, now):
        said.add(Verb.CHECK)
    return frozenset(said)


def says(pilot: Pilot, person: Person, now: datetime) -> frozenset[Verb]:
    """What ``person`` may say of a pilot as it stands now."""
    return frozenset(verb for verb in ever_says(pilot, person, now) if allows(verb, pilot.state))


def may_check(pilot: Pilot, person: Person, now: datetime) -> bool:
    """Whether ``person`` checks it: for its seat, or for the one that the council's line names today.

    Never who had a part in the work; the second keeps a check from getting stuck when the seat has passed to them.
    """
    if person.pk in independence.involved(pilot.action, now):
        return False
    seats = {pilot.checker_id, checker(pilot.action, now).pk}
    return any(who.person_id == person.pk for who in answering(seats, now).values())


def checker(action: ActionItem, now: datetime) -> Seat:
    """Who checks where nobody is named: the council's secretary, else the first of its line without a part in the work.

    The line is that of verification: chair, sponsor, CX lead. The secretary where nobody is free of a part in it.
    """
    clerk = council_queries.clerk_seat(action.council, now)
    who = answering([clerk.pk], now).get(clerk.pk)
    if who is not None and who.person_id not in independence.involved(action, now):
        return clerk
    named = independence.verifier(action, now)
    return _seats().get(pk=named) if named is not None else clerk


def checkers(council: Council, viewer: Person, now: datetime) -> QuerySet[Seat]:
    """The seats that may be asked to check: that own work, or sit in the council; of a confidential one these alone."""
    found: QuerySet[Seat] = Seat.objects.visible_to(viewer, now).filter(subject__archived_at=None)
    sits = cleared(council)
    if council.is_confidential:
        found = found.filter(pk__in=sits)
    else:
        found = found.filter(pk__in=sits) | found.filter(kind__in=roles.WORKING)
    return found.select_related("subject", "department").order_by("subject__title", "pk")


def effect_of(action: ActionItem) -> str:
    """What was said last of whether the action worked: by a person, else by its KPI; empty where nothing was."""
    said = OutcomeVerdict.objects.filter(action=action).order_by("-pk").values_list("effect", flat=True).first()
    read = OutcomeReading.objects.filter(action=action).order_by("-pk").values_list("effect", flat=True).first()
    return str(said or read or "")


# --- where it might be repeated --------------------------------------------------------------------------------------


def candidates(pilot: Pilot) -> list[PilotPlace]:
    """The places in which it is not repeated now, in their order: a copy that was cancelled leaves its place free."""
    taken = PilotCopy.objects.filter(ended_at=None).exclude(action__state="cancelled").values("place")
    return list(
        PilotPlace.objects.filter(pilot=pilot)
        .exclude(pk__in=taken)
        .select_related("department__subject")
        .order_by("department__name", "pk")
    )


def proposed_seats(departments: list[Department], council: Council) -> dict[int, Seat]:
    """Who is asked to repeat it in each department: its champion, else the next head above, as themes are routed.

    Of a confidential council nobody: heads and champions are not cleared for it, so the council names a seat.
    """
    if council.is_confidential:
        return {}
    keys = {one.pk for one in departments}
    found: dict[int, int] = dict(
        Seat.objects.filter(kind=SeatKind.CHAMPION, department_id__in=keys, subject__archived_at=None)
        .order_by("-pk")
        .values_list("department_id", "pk")
    )
    chains = head_seats(keys - found.keys())
    lead = cx_lead_seat().pk
    found |= {key: chains[key][0] if chains.get(key) else lead for key in keys - found.keys()}
    seats = _seats().in_bulk(found.values())
    return {key: seats[seat] for key, seat in found.items()}


def takers(council: Council) -> QuerySet[Seat]:
    """The seats that may own a copy: those that own work; of a confidential council those that are cleared for it."""
    found = _seats().filter(subject__archived_at=None)
    if council.is_confidential:
        return found.filter(pk__in=cleared(council))
    return found.filter(kind__in=roles.WORKING)


def _seats() -> QuerySet[Seat]:
    return Seat.objects.select_related("subject", "department")
