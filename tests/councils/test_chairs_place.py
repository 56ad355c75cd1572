"""A chair's seat falls to its deputy, then to the sponsor: while nobody answers for it, and no longer."""

from datetime import timedelta

import pytest

from councils.access import PREPARE, RECORD, VOTE
from councils.services import meetings
from governance import access
from governance.errors import Refused
from governance.models import Seat
from governance.queries.seats import movers
from governance.services import people, seats
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="Harbour Council", size=3)


def rights(town: Town, chamber: Chamber) -> list[bool]:
    return [access.may(town.sponsor, right, chamber.council, town.now) for right in (PREPARE, RECORD, VOTE)]


def test_the_sponsor_of_a_council_with_a_chair_leaves_it_to_the_chair(town: Town, chamber: Chamber) -> None:
    assert rights(town, chamber) == [False, False, False]


@pytest.mark.parametrize("leaves", [True, False])
def test_without_chair_and_deputy_the_sponsor_prepares_and_records(town: Town, chamber: Chamber, leaves: bool) -> None:
    seat: Seat = chamber.memberships[0].seat
    if leaves:
        seats.leave(seat=seat, by=None, now=town.now)
    else:
        people.be_away(person=chamber.chair, by=chamber.chair, until=(town.now + timedelta(days=3)).date())
    assert rights(town, chamber) == [True, True, False], "and casts no vote that is the chair's own"
    assert chamber.council.pk in access.containers_of(town.sponsor, town.now, PREPARE)
    assert movers([seat.pk], town.now)[seat.pk].person_id == town.sponsor.pk
    meeting = meetings.call(
        council=chamber.council, starts_at=town.now + timedelta(days=2), by=town.sponsor, now=town.now
    )
    assert meeting.council_id == chamber.council.pk
    deputy = town.person("De Puty")
    seats.seat_person(seat=seat, person=deputy, role="deputy", by=None, now=town.now)
    assert rights(town, chamber) == [False, False, False], "the deputy comes first"


def test_the_place_is_the_sponsors_alone_and_ends_when_somebody_chairs(town: Town, chamber: Chamber) -> None:
    seat = chamber.memberships[0].seat
    seats.leave(seat=seat, by=None, now=town.now)
    head = town.heads[town.claims.pk]
    assert not access.may(head, PREPARE, chamber.council, town.now)
    seats.seat_person(seat=seat, person=town.person("Next Chair"), by=None, now=town.now)
    assert rights(town, chamber) == [False, False, False]
    with pytest.raises(Refused):
        access.require(town.sponsor, PREPARE, chamber.council, town.now)
