"""Allocating without a meeting: by whom the charter lets, within its limits, and by the sponsor's signature."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from actions.models import ActionItem, ResourceRequest
from actions.queries import delegating as queries
from actions.queries import resources
from actions.services import delegating, funding, items
from councils.models import Account, AgendaItem, DelegatedAllocation, ItemState, Posting
from councils.queries import books as book_queries
from councils.queries import delegated as register
from councils.services import agenda, books, councils, decisions
from governance.clauses import Delegation
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, Person
from governance.services import people, seats
from tests.actions.test_items_matters import Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
EUROS = 100
TO_CHAIR = Delegation("chair", 1_000 * EUROS, "EUR", "quarter", 1_500 * EUROS, "2026-11-30")


class Purse(Room):
    """A council with 9,000 euros whose charter lets its chair allocate up to a thousand at a time."""

    def __init__(self, rule: Delegation = TO_CHAIR) -> None:
        super().__init__()
        books.grant(council=self.chamber.council, amount=9_000 * EUROS, by=self.town.sponsor, now=EPOCH)
        self.under(rule)

    def under(self, rule: Delegation) -> None:
        self.town.rule_anew(replace(self.town.rules, delegation=rule))

    def asked(self, euros: int = 900, **more) -> ActionItem:
        action = self.running()
        funding.ask(action=action, amount=euros * EUROS, what_for="Texts", by=self.owner, now=EPOCH, **more)
        return action

    def free(self) -> int:
        return book_queries.free(self.chamber.council) // EUROS


def give(action: ActionItem, by: Person, now=EPOCH, **more) -> DelegatedAllocation:
    return delegating.allocate(action=action, confirm=True, by=by, now=now, **more)


@pytest.fixture
def purse() -> Purse:
    return Purse()


def test_the_chair_allocates_what_is_asked_for_from_the_envelope_and_the_item_is_settled(purse: Purse) -> None:
    action = purse.asked()
    made = give(action, purse.chamber.chair)
    assert purse.free() == 8_100
    assert book_queries.allocated_to([action.pk]) == {action.pk: 900 * EUROS}
    posting = Posting.objects.get(delegated=made)
    assert (posting.amount, posting.decision) == (900 * EUROS, None)
    assert (made.way, made.role, made.charter_version.number) == ("delegated", "chair", 2)
    assert made.facts["committed"] == 0
    assert "I, " in made.statement
    made.item.refresh_from_db()
    assert made.item.state == ItemState.SETTLED
    assert not Duty.objects.filter(subject_id=made.item_id, closed_at=None).exists()
    request = ResourceRequest.objects.select_related("item").get()
    assert resources.standings([request]) == {request.pk: "delegated"}
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DelegatedAllocation.objects.update(amount=1)
    with pytest.raises(Refused, match="Nothing is asked for"):
        give(action, purse.chamber.chair)


def test_beyond_the_limit_after_the_last_day_or_by_another_the_council_decides(purse: Purse) -> None:
    chair, action = purse.chamber.chair, purse.asked(1_001)
    for told, act in (
        (r"€1,000\.00 may be allocated at a time", lambda: give(action, chair)),
        ("Without a meeting only", lambda: give(action, purse.clerk)),
        ("Without a meeting only", lambda: give(action, purse.owner)),
        ("ended on 30 November 2026", lambda: give(action, chair, now=EPOCH + timedelta(days=29))),
    ):
        with pytest.raises(Refused, match=told) as refused:
            act()
        assert "The council decides: it stands on its agenda as ITEM-" in str(refused.value)
    assert give(purse.asked(1_000), chair, now=EPOCH + timedelta(days=28)).amount == 100_000, "on its last day"
    with pytest.raises(Absent):
        give(action, purse.town.person("Out Sider"))
    assert purse.free() == 8_000


def test_all_of_a_period_together_stays_within_its_limit_and_begins_anew(purse: Purse) -> None:
    purse.under(replace(TO_CHAIR, until="2027-12-31"))
    chair = purse.chamber.chair
    give(purse.asked(1_000), chair)
    with pytest.raises(Refused, match=r"Of €1,500\.00 for this quarter, €1,000\.00 was allocated before"):
        give(purse.asked(501), chair)
    give(purse.asked(500), chair)
    give(purse.asked(1_000), chair, now=EPOCH + timedelta(days=61))


def test_never_beyond_the_envelope_never_person_time_and_never_unsigned(purse: Purse) -> None:
    chair = purse.chamber.chair
    account = Account.objects.get(envelope__council=purse.chamber.council, kind="free")
    books.allocate(envelope=account.envelope, subject=purse.running().subject, amount=8_200 * EUROS, by=None, now=EPOCH)
    action = purse.asked(801)
    with pytest.raises(books.EnvelopeShort):
        give(action, chair)
    assert not DelegatedAllocation.objects.exists()
    with pytest.raises(Conflict, match="Person-time is asked for too"):
        give(purse.asked(1, minutes=60), chair)
    with pytest.raises(Invalid) as refused:
        delegating.allocate(action=action, confirm=False, by=chair, now=EPOCH)
    assert refused.value.field == "confirm"
    with pytest.raises(Stale):
        give(action, chair, version=1)


def test_nobody_allocates_to_their_own_work_and_a_deputy_stands_in(purse: Purse) -> None:
    head = purse.town.heads[purse.town.claims.pk]
    purse.under(replace(TO_CHAIR, to="head"))
    seat = purse.town.champion_seats[purse.town.claims.pk]
    action = purse.asked(100)
    assert queries.may_allocate(action, head, EPOCH)
    seats.leave(seat=seat, by=None, now=EPOCH)
    seats.seat_person(seat=seat, person=head, by=purse.town.lead, now=EPOCH)
    assert not queries.may_allocate(action, head, EPOCH), "who owns the work is not asked"
    with pytest.raises(Refused, match="nobody for their own work"):
        give(action, head)


def test_the_chairs_deputy_allocates_while_the_chair_is_away(purse: Purse) -> None:
    deputy = purse.town.person("De Puty")
    seat = purse.chamber.memberships[0].seat
    councils.seat_member(
        membership=purse.chamber.memberships[0], person=deputy, role="deputy", by=purse.town.lead, now=EPOCH
    )
    action = purse.asked(100)
    with pytest.raises(Refused):
        give(action, deputy)
    chair = purse.chamber.chair
    people.be_away(person=chair, until=EPOCH.date() + timedelta(days=5), by=chair)
    later = EPOCH + timedelta(hours=1)
    made = give(action, deputy, now=later)
    assert (made.by, made.seat) == (deputy, seat)


def test_the_sponsor_signs_within_the_funding_authority_where_the_charter_lets_it(purse: Purse) -> None:
    sponsor, action = purse.town.sponsor, purse.asked(4_000)
    with pytest.raises(Refused, match="Without a meeting only"):
        give(action, sponsor)
    purse.under(Delegation(by_signature=True))
    with pytest.raises(Refused, match="Without a meeting only"):
        give(action, purse.chamber.chair)
    purse.town.exec_sponsor.refresh_from_db()
    type(purse.town.exec_sponsor).objects.filter(pk=purse.town.exec_sponsor.pk).update(funding_authority=399_999)
    with pytest.raises(Refused, match="funding authority is €3,999"):
        give(action, sponsor)
    type(purse.town.exec_sponsor).objects.filter(pk=purse.town.exec_sponsor.pk).update(funding_authority=400_000)
    made = give(action, sponsor)
    assert (made.way, made.role, purse.free()) == ("signed", "sponsor", 5_000)
    assert "by my signature" in made.statement
    assert register.committed(purse.chamber.council, "quarter", EPOCH) == 0, "a signature uses up no delegation"


def test_of_a_confidential_council_no_head_is_named(purse: Purse) -> None:
    action = purse.asked(10)
    purse.under(replace(TO_CHAIR, to="head"))
    purse.chamber.council.is_confidential = True
    action.council = purse.chamber.council
    assert queries.mandates(action, purse.chamber.council.charter.versions.get(state="in_force")) == []


def test_what_was_referred_upward_is_not_asked_for_and_allocated_a_second_time(purse: Purse) -> None:
    action = purse.asked(100)
    item = agenda.place(item=AgendaItem.objects.get(about=action.pk), meeting=purse.meeting, by=purse.clerk, now=EPOCH)
    decisions.refer(item=item, outcome="allocate", motion="m", payload={"amount": 10_000}, by=purse.clerk, now=EPOCH)
    with pytest.raises(Refused, match="Nothing is asked for"):
        give(action, purse.chamber.chair)
    referral = AgendaItem.objects.get(about=action.pk, matter="referral")
    action.refresh_from_db()
    with pytest.raises(Conflict, match=referral.reference):
        funding.ask(action=action, amount=10_000, what_for="Again", by=purse.owner, now=EPOCH)
    decisions.settle(
        item=referral, outcome="approve", motion="m", payload={}, votes={}, by=purse.town.sponsor, now=EPOCH
    )
    assert book_queries.allocated_to([action.pk]) == {action.pk: 10_000}


def test_pages_and_api_allocate_and_the_council_reads_it(purse: Purse, api_for, client) -> None:
    chair, action = purse.chamber.chair, purse.asked()
    client.force_login(chair)
    page = client.get(f"/actions/{action.reference}/").text
    assert "Allocate what is asked for" in page
    assert "allocate €900.00 from the envelope of CX Governance Council" in page
    unsigned = client.post(f"/actions/{action.reference}/allocate/", {})
    assert (unsigned.status_code, "with it you sign" in unsigned.text) == (422, True)
    assert client.post(f"/actions/{action.reference}/allocate/", {"confirm": "on"}).status_code == 302
    assert "allocated by delegation" in client.get(f"/actions/{action.reference}/").text
    other = purse.asked(1_001)
    assert "Allocate what is asked for" not in client.get(f"/actions/{other.reference}/").text
    refused = client.post(f"/actions/{other.reference}/allocate/", {"confirm": "on"})
    assert (refused.status_code, "The council decides" in refused.text) == (403, True)
    made = DelegatedAllocation.objects.get()
    for path in (
        "/delegated/",
        f"/delegated/?council={purse.chamber.council.reference}",
        f"/meetings/{purse.meeting.reference}/",
        f"/agenda-items/{made.item.reference}/",
    ):
        assert made.statement.split("“")[0] in client.get(path).text, path
    assert "by delegation" in client.get(f"/envelopes/{Account.objects.first().envelope.reference}/").text
    third = purse.asked(10)
    answer = api_for(chair).post(f"/api/v1/actions/{third.reference}/allocate/")
    assert answer.status_code == 200, answer.data
    stale = api_for(chair).post(f"/api/v1/actions/{purse.asked(1).reference}/allocate/", HTTP_IF_MATCH='"1"')
    assert stale.status_code == 412
    listed = api_for(purse.clerk).get(f"/api/v1/delegated-allocations/?council={purse.chamber.council.reference}")
    assert [row["amount"] for row in listed.data["results"]] == [1_000, 90_000]
    assert listed.data["results"][0]["charter_version"] == 2
    assert api_for(purse.town.person("Out Sider")).get("/api/v1/delegated-allocations/").data["count"] == 0


def test_an_action_that_was_closed_meanwhile_gets_nothing(purse: Purse) -> None:
    action = purse.asked(10)
    items.cancel(action=action, reason="r", by=purse.clerk, now=EPOCH)
    with pytest.raises((Conflict, Refused)):
        give(action, purse.chamber.chair)
    assert purse.free() == 9_000
