"""Whom a rung asks: the seat, and the council whose agenda it reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from councils.models import Council, CouncilKind, Membership
from governance.clauses import CHAMPION, COUNCIL, HEAD, HELPERS, PARENT, SPONSOR
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
    champions: dict[int, int] = field(default_factory=dict)

    def body_for(self, owed: Owed) -> int | None:
        """The council that a ladder ends at: the overseer, else the topmost council."""
        return owed.overseer_id if owed.overseer_id in self.bodies else self.root_body_id

    def above(self, owed: Owed) -> int | None:
        """The body above that council; none at the root, nor above a confidential one, of which its sponsor hears."""
        body = self.bodies.get(self.body_for(owed) or 0)
        return None if body is None or body.is_confidential or body.parent_id not in self.bodies else body.parent_id

    def asked(self, owed: Owed, target: str, after: Sequence[str] = ()) -> int:
        """The seat that a rung speaks to, ``after`` the rungs before it in the same ladder.

        Never the seat that owes it, unless nobody else is there: a head is not asked to help themselves; nor the seat
        whose filling is owed: nobody answers there; nor one that a rung before asked for help: then it is the next one
        up. The ladder of a confidential council stays inside it (DESIGN.md: "a ladder that resolves only to people
        cleared for them").
        """
        if target not in HELPERS:
            return self._told(owed, target)
        spoken: list[int] = []
        for to in [*(earlier for earlier in after if earlier in HELPERS), target]:
            mute = (owed.seat_id, owed.vacant_id)
            line = [seat for seat in self._line(owed, to) if seat is not None and seat not in mute]
            fresh = [seat for seat in line if seat not in spoken] or [seat for seat in line if seat != spoken[-1]]
            spoken.append((fresh or line or [owed.seat_id])[0])
        return spoken[-1]

    def _told(self, owed: Owed, target: str) -> int:
        """Who hears of a reminder, or that something stands on an agenda now."""
        if target not in (COUNCIL, PARENT):
            return owed.seat_id
        body = self.bodies.get(self.body_for(owed) or 0)
        line: list[int | None]
        if body is None:
            line = [self.lead_id]
        elif target == COUNCIL:
            line = [body.chair_id, body.sponsor_id]
        elif (above := self.bodies.get(self.above(owed) or 0)) is not None:
            line = [above.chair_id, above.sponsor_id]
        else:
            line = [body.sponsor_id, body.chair_id]
        return next((seat for seat in line if seat not in (None, owed.vacant_id)), None) or owed.seat_id

    def _line(self, owed: Owed, target: str) -> list[int | None]:
        """Who may be asked at a rung, the nearest first."""
        body = self.bodies.get(owed.overseer_id) if owed.overseer_id is not None else None
        if body is not None and body.is_confidential:
            near, far = body.chair_id, body.sponsor_id
            return [far, near] if target == SPONSOR else [near, far]
        heads = self.heads.get(owed.department_id, [])
        if target == CHAMPION:
            return [self.champions.get(owed.department_id), *heads, self.lead_id]
        if target == HEAD:
            return [*heads, self.lead_id]
        sponsor = body.sponsor_id if body is not None else self.sponsor_id
        if target == SPONSOR:
            return [sponsor, self.lead_id]
        last = self.bodies.get(self.body_for(owed) or 0)
        return [
            last.chair_id if last is not None else None,
            last.sponsor_id if last is not None else sponsor,
            self.lead_id,
        ]


def directory() -> Directory:
    """Who stands where, in the whole organisation: seven statements."""
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
        champions=dict(
            Seat.objects.filter(kind=SeatKind.CHAMPION, subject__archived_at=None)
            .order_by("-pk")
            .values_list("department_id", "pk")
        ),
        heads=head_seats(Department.objects.values_list("pk", flat=True)),
        bodies=bodies,
        lead_id=seats.get(SeatKind.CX_LEAD),
        sponsor_id=seats.get(SeatKind.CX_SPONSOR),
        root_body_id=min(roots)[1] if roots else None,
    )
