"""What is expected of a seat, whom it suits, and kinds of the organisation's own."""

import pytest
from django.db import IntegrityError, transaction

from governance import briefs
from governance.errors import Invalid, Refused, Stale
from governance.models import Seat, SeatKind
from governance.queries.coverage import coverage
from governance.queries.seats import kinds, listed
from governance.services import briefs as services
from governance.services import seats
from tests.factories import Town

pytestmark = pytest.mark.django_db
SAID = {
    "title": "Voice of brokers",
    "expectations": "Asks ten a month.",
    "criteria": "Knows them.",
    "capacity_minutes": 60,
}


@pytest.fixture
def brokers(town: Town) -> Seat:
    return seats.found(
        kind="other", own_kind="Voice of brokers", department=town.claims, by=town.heads[town.claims.pk], now=town.now
    )


def test_every_usual_kind_has_words_good_enough_to_adopt() -> None:
    for kind in set(SeatKind) - {SeatKind.OTHER}:
        brief = briefs.of(kind)
        assert len(str(brief.expectations)) > 40, kind
        assert len(str(brief.criteria)) > 20, kind


def test_a_seat_is_founded_with_the_usual_words_unless_others_are_given(town) -> None:
    usual = seats.found(kind="finance_partner", department=town.claims, by=None, now=town.now)
    own = seats.found(kind="auditor", department=town.claims, by=None, now=town.now, expectations="Reads.", criteria="")
    assert usual.expectations.startswith("Verifies money")
    assert (own.expectations, own.criteria) == ("Reads.", "")


def test_lists_and_the_map_group_by_a_kind_of_ones_own(town, brokers) -> None:
    assert brokers.title == "Voice of brokers, Claims"
    assert ("other:Voice of brokers", "Voice of brokers") in kinds(town.lead, town.now)
    assert list(listed(town.lead, town.now, kind="other:Voice of brokers")) == [brokers]
    assert list(listed(town.lead, town.now, kind="other:Something else")) == []
    assert ("other:Voice of brokers", "Voice of brokers") in coverage(town.lead, town.now).columns


def test_a_usual_kind_takes_no_other_name(town) -> None:
    with pytest.raises(Invalid):
        seats.found(kind="auditor", own_kind="Reader", department=town.claims, by=None, now=town.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(kind="head").update(own_kind="Boss")


def test_who_leads_the_department_writes_it_and_nobody_overwrites_what_they_did_not_see(town, brokers) -> None:
    head = town.heads[town.claims.pk]
    written = services.write(seat=brokers, **SAID, own_kind="Brokers", by=head, now=town.now, version=1)
    assert (written.version, written.own_kind, written.criteria) == (2, "Brokers", "Knows them.")
    with pytest.raises(Stale):
        services.write(seat=brokers, **SAID, by=head, now=town.now, version=1)
    for person in (town.heads[town.digital.pk], town.champions[town.claims.pk]):
        with pytest.raises(Refused):
            services.write(seat=brokers, **SAID, by=person, now=town.now)
    with pytest.raises(Invalid):
        services.write(seat=brokers, **SAID, filled_by=brokers, by=head, now=town.now)


def test_a_councils_seat_is_described_by_its_council(town) -> None:
    chamber = town.council_of_nine()
    with pytest.raises(Refused, match="on its own page"):
        services.write(seat=chamber.memberships[2].seat, **SAID, by=town.lead, now=town.now)


def test_the_second_who_changes_a_brief_is_shown_both(town, brokers, client_for, api_for) -> None:
    path, head = f"/seats/{brokers.reference}/", client_for(town.heads[town.claims.pk])
    said = {**SAID, "capacity_minutes": "1.5", "version": 1}
    assert f"{path}brief/" in head.get(path).content.decode()
    assert head.post(f"{path}brief/", {**said, "title": ""}).status_code == 422
    assert head.post(f"{path}brief/", said).status_code == 302
    assert Seat.objects.get(pk=brokers.pk).capacity_minutes == 90
    second = client_for(town.lead).post(f"{path}brief/", {**said, "expectations": "Asks twenty."})
    assert second.status_code == 409
    assert "Asks ten a month." in second.content.decode()
    api = api_for(town.lead)
    stale = api.put(f"/api/v1/seats/{brokers.reference}/brief/", SAID, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert api.put(f"/api/v1/seats/{brokers.reference}/brief/", SAID).json()["criteria"] == "Knows them."
