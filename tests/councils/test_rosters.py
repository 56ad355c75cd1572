"""The roster annex: kept by the secretary, acknowledged by whoever sits there, and asked for anew on a change."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from councils.models import Acknowledgement, Council, CouncilKind, Membership, RosterLine
from councils.queries import rosters as queries
from councils.services import councils, rosters
from governance import blueprints
from governance.errors import Absent, Invalid, Refused
from governance.models import CharterState, Duty, DutyKind, SeatKind
from governance.services import charters
from governance.services.duties import default_rules, rules_in_force
from notifications.services.listening import hear
from tests.factories import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


class Room:
    """A squad with chair, secretary and one member, each in their seat."""

    def __init__(self, town: Town) -> None:
        self.chair, self.clerk, self.member = (town.person(f"Squad {name}") for name in ("Chair", "Clerk", "Member"))
        self.council = councils.found(
            name="Claims squad", kind=CouncilKind.SQUAD, department=town.root, sponsor=town.exec_sponsor,
            charter=town.charter, chair=self.chair, secretary=self.clerk, by=town.lead, now=town.now,
        )  # fmt: skip
        self.seat = councils.add_member(council=self.council, person=self.member, by=town.lead, now=town.now)

    def owing(self) -> set[str]:
        """The kinds of the seats that have still to acknowledge."""
        owed = Duty.objects.filter(subject_id=self.council.pk, kind=DutyKind.ACKNOWLEDGE, closed_at=None)
        return set(owed.values_list("seat__kind", flat=True))

    def all_acknowledge(self, town: Town) -> None:
        for person in (self.chair, self.clerk, self.member):
            rosters.acknowledge(council=self.council, by=person, now=town.now)


def test_joining_asks_for_it_and_one_word_answers(town: Town) -> None:
    room = Room(town)
    assert room.owing() == {SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER}
    rosters.acknowledge(council=room.council, by=room.member, now=town.now)
    rosters.acknowledge(council=room.council, by=room.member, now=town.now)
    assert room.owing() == {SeatKind.CHAIR, SeatKind.SECRETARY}
    given = Acknowledgement.objects.get(membership=room.seat)
    assert (given.person, given.charter_version.charter) == (room.member, town.charter)
    for by, error in ((town.sponsor, Refused), (town.champions[town.claims.pk], Absent)):
        with pytest.raises(error):
            rosters.acknowledge(council=room.council, by=by, now=town.now)


def test_a_new_line_a_new_holder_and_new_rules_ask_again(town: Town) -> None:
    room = Room(town)
    room.all_acknowledge(town)
    assert room.owing() == set()
    later = town.now + timedelta(days=1)
    rosters.write(membership=room.seat, role="Data partner", expectations="Two days.", by=room.clerk, now=later)
    assert room.owing() == {SeatKind.MEMBER}
    rosters.acknowledge(council=room.council, by=room.member, now=later)
    other = town.person("Another One")
    councils.seat_member(membership=room.seat, person=other, by=room.chair, now=later)
    assert room.owing() == {SeatKind.MEMBER}
    rosters.acknowledge(council=room.council, by=other, now=later)
    version = charters.draft(title="", charter=town.charter, rules=town.rules, by=None, now=later)
    charters.ratify(version=version, by=None, now=later)
    hear(later)
    assert room.owing() == {SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER}
    councils.end_membership(membership=room.seat, by=room.chair, now=later)
    assert room.owing() == {SeatKind.CHAIR, SeatKind.SECRETARY}


def test_the_secretary_keeps_it_dated_and_without_a_ratification(town: Town) -> None:
    room = Room(town)
    first = RosterLine.objects.get(membership=room.seat)
    squad = blueprints.of_kind("squad")
    assert squad is not None
    assert first.expectations == getattr(squad.role("member"), "expects", None)
    before = rules_in_force(town.charter, town.now)
    later = town.now + timedelta(days=9)
    line = rosters.write(membership=room.seat, role="Data partner", expectations="Two days.", by=room.clerk, now=later)
    first.refresh_from_db()
    assert (first.until_at, line.from_at, line.until_at) == (later, later, None)
    assert rules_in_force(town.charter, later) == before
    with pytest.raises(Refused):
        rosters.write(membership=room.seat, role="Mine", expectations="", by=room.member, now=later)
    with pytest.raises(Invalid):
        rosters.write(membership=room.seat, role=" ", expectations="", by=room.clerk, now=later)
    for change in ({"role": "Other"}, {"expectations": "Other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RosterLine.objects.filter(pk=line.pk).update(**change)


def test_who_has_acknowledged_is_shown_to_the_council_alone(town: Town) -> None:
    room = Room(town)
    rosters.acknowledge(council=room.council, by=room.member, now=town.now)
    assert not queries.roster(room.council, town.lead, town.now).is_mine
    path = reverse("councils:council-roster", args=[room.council.reference])
    seen = {}
    for person in (room.chair, town.lead):
        client = Client()
        client.force_login(person)
        seen[person.pk] = client.get(path).text
    assert "not yet" in seen[room.chair.pk]
    assert "not yet" not in seen[town.lead.pk]
    client.force_login(room.chair)
    council = reverse("councils:council-detail", args=[room.council.reference])
    assert "take them on" in client.get(council).text
    assert client.post(reverse("councils:council-acknowledge", args=[room.council.reference])).status_code == 302
    assert "take them on" not in client.get(council).text


def test_a_council_founded_from_its_template_has_a_draft_named_after_it(town: Town) -> None:
    made: Council = councils.found(
        name="Repair squad", kind=CouncilKind.SQUAD, department=town.root, sponsor=town.exec_sponsor,
        from_template=True, by=town.lead, now=town.now,
    )  # fmt: skip
    version = made.charter.versions.get()
    assert (made.charter.title, version.state) == ("Charter of Repair squad", CharterState.DRAFT)
    assert version.mandate["scope_in"]
    assert rules_in_force(made.charter, town.now) == default_rules()
    roles = {row.seat.kind: row.roster.get().role for row in Membership.objects.filter(council=made)}
    assert roles == {"chair": "Squad lead", "secretary": "Note keeper"}
    with pytest.raises(Invalid, match="would name the council"):
        councils.found(
            name="Quiet squad", kind=CouncilKind.SQUAD, department=town.root, sponsor=town.exec_sponsor,
            from_template=True, is_confidential=True, by=town.lead, now=town.now,
        )  # fmt: skip
