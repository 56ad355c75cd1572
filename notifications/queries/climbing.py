"""Whom a rung asks: the seat, and the council whose agenda it reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from councils.models import Council, CouncilKind, Membership
from governance.clauses import COUNCIL, HEAD, SPONSOR
from governance.models import Department, Duty, DutyKind, Seat, SeatKind
from governance.queries.seats import head_seats


@dataclass(frozen=True, slots=True)
class Owed:
    """The part of a duty that says where its ladder climbs. ``vacant_id``: the seat that it is owed to fill."""

    seat_id: int
    department_id: int
    overseer_id: int | None
    vacant_id: int | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Owed":
        """From the columns ``OF_DUTY``. A vacancy is missed in the department of the vacant seat, not of its filler."""
        kind, seat_id, department_id, overseer_id, subject_id, vacant_in = row
        if kind != DutyKind.FILL or vacant_in is None:
            return cls(seat_id, department_id, overseer_id)
        return cls(seat_id, vacant_in, overseer_id, subject_id)


OF_DUTY = ("kind", "seat_id", "seat__department_id", "overseer_id", "subject_id", "subject__seat__department_id")


def owed_of(duty_ids: Iterable[int]) -> dict[int, Owed]:
    """Where the ladders of these duties climb. One statement."""
    rows = Duty.objects.filter(pk__in=list(duty_ids)).values_list("pk", *OF_DUTY)
    return {row[0]: Owed.of(row[1:]) for row in rows}


@dataclass(frozen=True, slots=True)
class Body:
    """A council, as far as a ladder needs it."""

    sponsor_id: int
    chair_id: int | None
    parent_id: int | None = None
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Who stands where. ``heads``: for each department the head seats from its own up to the root's."""

    heads: dict[int, list[int]] = field(default_factory=dict)
    bodies: dict[int, Body] = field(default_factory=dict)
    lead_id: int | None = None
    sponsor_id: int | None = None
    root_body_id: int | None = None

    def body_for(self, owed: Owed) -> int | None:
        """The council that a ladder ends at: the overseer, else the topmost council."""
        return owed.overseer_id if owed.overseer_id in self.bodies else self.root_body_id

    def asked(self, owed: Owed, target: str) -> int:
        """The seat that a rung speaks to.

        Never the seat that owes it, unless nobody else is there: a head is not asked to help themselves; nor the seat
        whose filling is owed: nobody answers there. The ladder of a confidential council stays inside it (DESIGN.md: "a
        ladder that resolves only to people cleared for them").
        """
        body = self.bodies.get(owed.overseer_id) if owed.overseer_id is not None else None
        line: list[int | None]
        if target == COUNCIL:
            last = self.bodies.get(self.body_for(owed) or 0)
            line = [last.chair_id, last.sponsor_id] if last is not None else [self.lead_id]
            return next((seat for seat in line if seat not in (None, owed.vacant_id)), None) or owed.seat_id
        if target == HEAD:
            line = [*self.heads.get(owed.department_id, []), self.lead_id]
        elif target == SPONSOR:
            line = [body.sponsor_id if body is not None else self.sponsor_id, self.lead_id]
        else:
            return owed.seat_id
        if body is not None and body.is_confidential:
            line = [body.chair_id, body.sponsor_id] if target == HEAD else [body.sponsor_id, body.chair_id]
        mute = (None, owed.seat_id, owed.vacant_id)
        return next((seat for seat in line if seat not in mute), None) or owed.seat_id


def directory() -> Directory:
    """Who stands where, in the whole organisation: six statements."""
    chairs = dict(
        Membership.objects.filter(ended_at=None, seat__kind=SeatKind.CHAIR)
        .order_by("seat_id")
        .values_list("council_id", "seat_id")
    )
    bodies: dict[int, Body] = {}
    roots: list[tuple[bool, int]] = []
    rows = Council.objects.order_by("pk").values_list("pk", "sponsor_id", "parent_id", "is_confidential", "kind")
    for pk, sponsor, parent, confidential, kind in rows:
        bodies[pk] = Body(sponsor, chairs.get(pk), parent, confidential)
        if parent is None and not confidential:
            roots.append((kind != CouncilKind.EXECUTIVE, pk))
    kinds = [SeatKind.CX_LEAD, SeatKind.CX_SPONSOR]
    seats = dict(Seat.objects.filter(kind__in=kinds).order_by("-pk").values_list("kind", "pk"))
    return Directory(
        heads=head_seats(Department.objects.values_list("pk", flat=True)),
        bodies=bodies,
        lead_id=seats.get(SeatKind.CX_LEAD),
        sponsor_id=seats.get(SeatKind.CX_SPONSOR),
        root_body_id=min(roots)[1] if roots else None,
    )
