"""How grants on councils follow from seats: memberships, sponsors, parents."""

from collections.abc import Iterable
from datetime import datetime

from councils.models import Council, CouncilGrant, Membership
from governance import access
from governance.access import Fact, Grant, register_container
from governance.models import ORGANISATION_WIDE, Person, SeatKind
from governance.queries.seats import answering

VIEW, PREPARE, RECORD, VOTE, FUND = (
    "view_council",
    "prepare_council",
    "record_council",
    "vote_council",
    "fund_council",
)


def council_grants(tenures: list[Fact], active: list[int]) -> Iterable[Grant]:
    """What follows from a seat in a council.

    A member sees the council, and votes where the membership votes; chair and secretary prepare and record; the
    sponsor sees it and grants its envelope. Organisation-wide seats see every council that is not confidential, the
    CX lead and the core team prepare those; members of the parent see its children, and its chair grants theirs.
    A confidential council is seen by its own seats and its sponsor alone, administrators excluded.
    """
    councils: list[tuple[int, int | None, int, bool]] = list(
        Council.objects.values_list("pk", "parent_id", "sponsor_id", "is_confidential")
    )
    open_ones = [pk for pk, _parent, _sponsor, confidential in councils if not confidential]
    children: dict[int, list[int]] = {}
    sponsored: dict[int, list[int]] = {}
    for pk, parent, sponsor, confidential in councils:
        sponsored.setdefault(sponsor, []).append(pk)
        if parent is not None and not confidential:
            children.setdefault(parent, []).append(pk)
    sits = {
        seat: (council, votes)
        for seat, council, votes in Membership.objects.filter(ended_at=None).values_list(
            "seat_id", "council_id", "votes"
        )
    }
    for fact in tenures:
        rights: set[tuple[str, int]] = set()
        if fact.seat_id in sits:
            council, votes = sits[fact.seat_id]
            rights.add((VIEW, council))
            rights |= {(VIEW, child) for child in children.get(council, [])}
            if votes:
                rights.add((VOTE, council))
            if fact.kind in (SeatKind.CHAIR, SeatKind.SECRETARY):
                rights |= {(PREPARE, council), (RECORD, council)}
            if fact.kind == SeatKind.CHAIR:
                rights |= {(FUND, child) for child in children.get(council, [])}
        for council in sponsored.get(fact.seat_id, []):
            rights |= {(VIEW, council), (FUND, council)}
        if fact.kind in ORGANISATION_WIDE:
            rights |= {(VIEW, council) for council in open_ones}
        if fact.kind in (SeatKind.CX_LEAD, SeatKind.CORE_TEAM):
            rights |= {(PREPARE, council) for council in open_ones}
        yield from (Grant.of(fact, codename, council) for codename, council in sorted(rights))


def in_the_chairs_place(person: Person, codename: str, now: datetime, council_id: int | None) -> set[int]:
    """Councils that their sponsor prepares and records for, because nobody answers for the chair's seat today.

    The chair's seat falls to its deputy, then to the sponsor (issue 3). A vote falls to nobody: it is the chair's own.
    """
    if codename not in (PREPARE, RECORD):
        return set()
    chairs = Membership.objects.filter(
        ended_at=None, seat__kind=SeatKind.CHAIR, council__sponsor__in=access.seats_of(person, now)
    )
    if council_id is not None:
        chairs = chairs.filter(council_id=council_id)
    mine = list(chairs.values_list("council_id", "seat_id", "council__sponsor_id"))
    if not mine:
        return set()
    standing = answering({seat for row in mine for seat in row[1:]}, now)
    return {
        council
        for council, chair, sponsor in mine
        if chair not in standing and sponsor in standing and standing[sponsor].person_id == person.pk
    }


register_container(Council, CouncilGrant, council_grants, in_the_chairs_place)
