"""What follows when a seat changes hands: somebody hands over what a leaver held, and the successor takes it over.

``hand_over`` is owed for each seat of somebody whose access ended, by the head of its department (the next one up where
it is the head's own seat, else the CX lead); a council's seats, which their council fills, by whoever fills them.
``take_over`` is owed by a new holder who finds promises running: ten working days to accept their dates or restate
them. Both are closed by the facts; the sweep settles what the clock alone brings about.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Subquery

from governance.clauses import Rules, Terms
from governance.models import Duty, DutyKind, Seat, SeatKind, Tenure, TenureRole
from governance.queries import vacancies
from governance.queries.seats import head_seats
from governance.services import duties

RECENT = timedelta(days=45)
"""How far back the sweep looks for tenures that began: an outage longer than this would leave a take-over unasked."""

_OF_COUNCILS = (SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER)


def settle(now: datetime, *, seats: Collection[int] | None = None) -> int:
    """Close hand-overs whose seat somebody holds, and owe a take-over for tenures that began. How many changed."""
    holds = Tenure.objects.at(now).filter(
        seat_id=OuterRef("subject_id"), role=TenureRole.HOLDER, person__is_active=True
    )
    # Of seats alone, which are few: a kind says nothing to a planner that has seen mostly promises.
    owed = Duty.objects.filter(closed_at=None, subject_id__in=Seat.objects.values("pk"))
    if seats is not None:
        owed = owed.filter(subject_id__in=seats)
    done = owed.filter(Exists(holds), kind=DutyKind.HAND_OVER).values_list("pk", flat=True)
    gone = owed.filter(~Exists(holds), kind=DutyKind.TAKE_OVER).values_list("pk", flat=True)
    changed = _close(list(done), now, "handed_over") + _close(list(gone), now, "left")
    for tenure in _began(now, seats):
        owe_take_over(tenure.seat, now)
        changed += 1
    return changed


def _close(keys: list[int], now: datetime, outcome: str) -> int:
    if not keys:
        return 0
    return Duty.objects.filter(pk__in=keys, closed_at=None).update(closed_at=now, closed_as=outcome, next_at=None)


def _began(now: datetime, seats: Collection[int] | None) -> list[Tenure]:
    """Tenures of holders that found promises running, and of which no take-over was owed yet.

    Whoever held the seat just before takes over nothing from themselves.
    """
    before = (
        Tenure.objects.filter(seat_id=OuterRef("seat_id"), role=TenureRole.HOLDER, from_at__lt=OuterRef("from_at"))
        .exclude(from_at=F("until_at"))
        .order_by("-from_at")
        .values("person_id")[:1]
    )
    running = Duty.objects.filter(
        seat_id=OuterRef("seat_id"), kind=DutyKind.KEEP, closed_at=None, opened_at__lt=OuterRef("from_at")
    )
    asked = Duty.objects.filter(
        subject_id=OuterRef("seat_id"), kind=DutyKind.TAKE_OVER, opened_at__gte=OuterRef("from_at")
    )
    found = Tenure.objects.at(now).filter(role=TenureRole.HOLDER, person__is_active=True, from_at__gt=now - RECENT)
    if seats is not None:
        found = found.filter(seat_id__in=seats)
    return list(
        found.annotate(was=Subquery(before))
        .filter(Exists(running), ~Exists(asked))
        .exclude(was=F("person_id"))
        .select_related("seat__subject", "seat__department", "seat__calendar")
        .order_by("pk")
    )


def owe_take_over(seat: Seat, now: datetime) -> Duty:
    """The seat owes its word about the dates that it took over: accept them, or restate them."""
    return duties.open_duty(
        subject_id=seat.pk,
        kind=DutyKind.TAKE_OVER,
        seat=seat,
        now=now,
        within=_terms().take_over,
        overseer_id=vacancies.overseers([seat.pk]).get(seat.pk),
    )


def owe_hand_over(seats: Sequence[Seat], now: datetime) -> list[Duty]:
    """For each seat that a leaver held, somebody hands over what it holds. A seat held again already needs none."""
    chains = head_seats({seat.department_id for seat in seats})
    fillers = vacancies.fillers(seats)
    overseers = vacancies.overseers([seat.pk for seat in seats])
    opened = []
    for seat in seats:
        above = [] if seat.kind in _OF_COUNCILS else [pk for pk in chains[seat.department_id] if pk != seat.pk]
        mover = (
            Seat.objects.select_related("department", "calendar").get(pk=above[0]) if above else fillers.get(seat.pk)
        )
        if mover is not None:
            opened.append(
                duties.open_duty(
                    subject_id=seat.pk,
                    kind=DutyKind.HAND_OVER,
                    seat=mover,
                    now=now,
                    within=_terms().hand_over,
                    overseer_id=overseers.get(seat.pk),
                )
            )
    return opened


def _terms() -> Terms:
    """What the programme's default charter says: a seat is the whole organisation's, not one council's."""
    return Rules.from_json(duties.default_rules().rules).terms
