"""How full seats are. Who may see the numbers: DESIGN.md, point 14; everybody else sees only that a seat is full."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from governance.access import audiences_of, seats_of
from governance.load import AHEAD, Load, weigh
from governance.models import Champion, Duty, DutyKind, Organisation, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries.calendars import local_day
from governance.queries.seats import answering


@dataclass(frozen=True, slots=True)
class Fullness:
    """Whether a seat is full, and the numbers where the reader plans with them."""

    is_full: bool
    numbers: Load | None


def fullness(seats: Iterable[Seat], viewer: Person, now: datetime) -> dict[int, Fullness]:
    """How full these seats are, as ``viewer`` may know it. Seven statements at most, whatever their number.

    Numbers are for the holder (and a deputy who acts), whoever fills the seat, and the CX lead, and count what they
    may see. To everybody else a seat is full when it is so by what the CX lead sees: work that is confidential is told
    to nobody by this way either.
    """
    wanted = {seat.pk: seat for seat in seats}
    if not wanted:
        return {}
    lead = Seat.objects.filter(kind=SeatKind.CX_LEAD).values_list("pk", flat=True).first()
    asked = set(wanted) | {seat.filled_by_id for seat in wanted.values() if seat.filled_by_id} | ({lead} - {None})
    acting = answering([key for key in asked if key is not None], now)
    capacities = _capacities(wanted.values())
    leader = acting.get(lead) if lead is not None else None
    plans = leader is not None and leader.person_id == viewer.pk
    public = _counted(list(wanted), now, leader.person_id if leader else None)
    told: dict[int, dict[str, int]] = {}
    mine = _planned_by(wanted.values(), viewer, now, {key: one.person_id for key, one in acting.items()})
    if plans or mine:
        told = _counted(list(wanted) if plans else sorted(mine), now, viewer.pk)
    found = {}
    for key in wanted:
        openly = weigh(public.get(key, {}), capacities[key])
        numbers = weigh(told.get(key, {}), capacities[key]) if plans or key in mine else None
        found[key] = Fullness(numbers.is_full if numbers is not None else openly.is_full, numbers)
    return found


def full_ids(seats: Iterable[Seat], viewer: Person, now: datetime) -> set[int]:
    """Which of these seats are full, as ``viewer`` may know it."""
    return {key for key, one in fullness(seats, viewer, now).items() if one.is_full}


def _capacities(seats: Iterable[Seat]) -> dict[int, int]:
    """Minutes a week: the seat's own, else what its champion pledged; 0 where nobody said."""
    found = {seat.pk: seat.capacity_minutes for seat in seats}
    without = [key for key, minutes in found.items() if not minutes]
    found.update(Champion.objects.filter(seat_id__in=without).values_list("seat_id", "pledged_minutes"))
    return found


def _planned_by(seats: Iterable[Seat], viewer: Person, now: datetime, acting: dict[int, int]) -> set[int]:
    """The seats whose load ``viewer`` plans: their own, and those that a seat of theirs fills."""
    held = set(Tenure.objects.at(now).filter(person=viewer, role=TenureRole.HOLDER).values_list("seat_id", flat=True))
    acts = {key for key, person in acting.items() if person == viewer.pk} | held
    return {
        seat.pk for seat in seats if seat.pk in acts or (seat.filled_by_id is not None and seat.filled_by_id in acts)
    }


def _counted(seat_ids: list[int], now: datetime, person_id: int | None) -> dict[int, dict[str, int]]:
    """For each seat its open duties of this week, by kind, as far as a person may see them. Two statements."""
    person = Person.objects.filter(pk=person_id, is_active=True).first() if person_id is not None else None
    if person is None:
        return {}
    organisation = Organisation.objects.select_related("calendar").first()
    if organisation is None:
        return {}
    horizon = local_day(organisation.calendar, now) + timedelta(days=AHEAD)
    seen = Q(subject__audience_id__in=audiences_of(person, now)) | Q(seat_id__in=seats_of(person, now))
    this_week = Q(kind=DutyKind.KEEP) | Q(due_on=None) | Q(due_on__lte=horizon)
    rows = (
        Duty.objects.filter(seen, this_week, closed_at=None, seat_id__in=seat_ids)
        .order_by()
        .values_list("seat_id", "kind")
        .annotate(number=Count("pk"))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for seat, kind, number in rows:
        found[seat][kind] = number
    return found
