"""Seats that nobody holds, and which seat has to find somebody.

A deputy only stands in: a seat with a deputy and no holder still wants a holder, so its vacancy is owed all the same.
Somebody who is named to begin later fills it as far as its filler is concerned.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from governance.models import AudienceContainer, Duty, DutyKind, Seat, SeatKind, SubjectKind, Tenure, TenureRole

RESCUE = (SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR, SeatKind.ADMINISTRATOR)
"""Who finds a CX lead, in this order."""


def _held(now: datetime, seat: str) -> Exists:
    """Whether the row's seat has a holder now, or one who is named to begin later."""
    return Exists(
        Tenure.objects.filter(
            Q(until_at=None) | Q(until_at__gt=now),
            seat_id=OuterRef(seat),
            role=TenureRole.HOLDER,
            person__is_active=True,
        )
    )


def unowed(now: datetime, seats: Collection[int] | None = None) -> QuerySet[Seat]:
    """Seats that nobody holds and whose filling nobody owes yet."""
    owed = Duty.objects.filter(kind=DutyKind.FILL, closed_at=None, subject_id=OuterRef("pk"))
    found: QuerySet[Seat] = Seat.objects.filter(~_held(now, "pk"), ~Exists(owed), subject__archived_at=None)
    return found if seats is None else found.filter(pk__in=seats)


def answered(now: datetime, seats: Collection[int] | None = None) -> QuerySet[Duty]:
    """Open duties to fill a seat that somebody holds, or that has ended."""
    found = Duty.objects.filter(
        Q(_held(now, "subject_id")) | Q(subject__archived_at__isnull=False),
        kind=DutyKind.FILL,
        closed_at=None,
        # Seats are few: a kind says nothing to a planner that has seen mostly promises.
        subject_id__in=Seat.objects.values("pk"),
    )
    return found if seats is None else found.filter(subject_id__in=seats)


def misplaced(seats: Collection[int] | None = None) -> QuerySet[Duty]:
    """Open duties to fill a seat that another seat fills by now."""
    found = (
        Duty.objects.filter(kind=DutyKind.FILL, closed_at=None, subject__seat__filled_by__subject__archived_at=None)
        .filter(subject__seat__filled_by__isnull=False)
        .exclude(subject__seat__filled_by=F("seat_id"))
        .exclude(subject__seat__filled_by=F("subject_id"))
    )
    return found if seats is None else found.filter(subject_id__in=seats)


def fillers(seats: Iterable[Seat]) -> dict[int, Seat]:
    """For each seat the one that finds its holder: ``filled_by``, else the CX lead's.

    The CX lead's own is filled by a sponsor, then by an administrator (issue 3: "the CX lead is the fallback for every
    seat except her own"). A seat for which there is no other is left out. One statement.
    """
    wanted = list(seats)
    named = {seat.filled_by_id for seat in wanted if seat.filled_by_id is not None}
    known: list[Seat] = list(
        Seat.objects.filter(Q(pk__in=named) | Q(kind__in=[SeatKind.CX_LEAD, *RESCUE]), subject__archived_at=None)
        .select_related("subject", "calendar", "department__calendar")
        .order_by("pk")
    )
    by_key = {seat.pk: seat for seat in known}
    rank: list[Any] = [SeatKind.CX_LEAD, *RESCUE]
    last = sorted((seat for seat in known if seat.kind in rank), key=lambda seat: (rank.index(seat.kind), seat.pk))
    found: dict[int, Seat] = {}
    for seat in wanted:
        line = [by_key.get(seat.filled_by_id or 0), *last]
        filler = next((one for one in line if one is not None and one.pk != seat.pk), None)
        if filler is not None:
            found[seat.pk] = filler
    return found


def overseers(seat_ids: Iterable[int]) -> dict[int, int]:
    """For seats that only one council may see: that council, so that their ladder stays inside it. One statement."""
    return dict(
        AudienceContainer.objects.filter(
            audience__subjects__in=list(seat_ids), container__kind=SubjectKind.COUNCIL
        ).values_list("audience__subjects", "container_id")
    )
