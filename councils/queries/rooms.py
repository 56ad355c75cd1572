"""What the coverage map shows of councils: their seats, and where each is filled."""

from collections import defaultdict
from datetime import datetime

from django.urls import reverse

from councils.access import PREPARE
from councils.models import Council, Membership
from councils.queries.councils import memberships
from governance import access
from governance.models import Person, SeatKind
from governance.queries.seats import answering
from governance.rooms import Place, Room


def rooms(viewer: Person, now: datetime) -> list[Room]:
    """The councils that ``viewer`` may see, by name. Whoever prepares one, and its sponsor, fill its seats.

    Four statements, however many councils there are.
    """
    found = list(
        Council.objects.visible_to(viewer, now)
        .filter(subject__archived_at=None)
        .select_related("subject", "sponsor__seat__subject", "sponsor__seat__calendar")
        .order_by("name", "pk")
    )
    sits: dict[int, list[Membership]] = defaultdict(list)
    for row in memberships(council.pk for council in found).select_related("seat__calendar", "seat__department"):
        sits[row.council_id].append(row)
    fills = access.containers_of(viewer, now, PREPARE)
    acts = answering({council.sponsor_id for council in found}, now)
    mine = {seat for seat, who in acts.items() if who.person_id == viewer.pk}
    return [_room(council, sits[council.pk], council.pk in fills or council.sponsor_id in mine) for council in found]


def _room(council: Council, rows: list[Membership], may_fill: bool) -> Room:
    def places(*kinds: str) -> list[Place]:
        return [
            Place(row.seat, reverse("councils:membership-seat", args=[council.reference, row.seat.reference]))
            if may_fill
            else Place(row.seat)
            for row in rows
            if row.seat.kind in kinds
        ]

    return Room(
        subject=council.subject,
        name=council.name,
        sponsor=council.sponsor.seat,
        chair=places(SeatKind.CHAIR),
        secretary=places(SeatKind.SECRETARY),
        members=places(*(kind for kind in SeatKind.values if kind not in (SeatKind.CHAIR, SeatKind.SECRETARY))),
        fill_url=reverse("councils:membership-add", args=[council.reference]) if may_fill else "",
    )
