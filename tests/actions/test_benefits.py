"""Money that finance verified, and the return on what was allocated."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from actions.models import ActionItem, Benefit
from actions.queries import outcomes as queries
from actions.services import items
from actions.services.benefits import verify_benefit
from councils.services import books
from governance.errors import Conflict, Invalid, Refused
from governance.models import SeatKind
from governance.services import seats, subjects
from tests.actions.test_items import Work
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


class Counted(Work):
    """A verified action, and a finance partner who sits on its council."""

    def __init__(self) -> None:
        super().__init__()
        self.finance = self.chamber.members[5]
        self.desk = self.town.seat(SeatKind.FINANCE_PARTNER, self.town.legal, self.finance, title="Finance partner")
        self.one = self.verified()

    def verified(self, **fields) -> ActionItem:
        action = self.done(**fields)
        items.verify(action=action, finding="confirmed", by=self.chamber.secretary, now=EPOCH)
        return ActionItem.objects.get(pk=action.pk)

    def brings(self, amount: int, **fields) -> Benefit:
        given = {
            "action": self.one, "kind": "cashable", "from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31),
            "note": "From the ledger.", "by": self.finance, "now": EPOCH,
        }  # fmt: skip
        return verify_benefit(amount=amount, **{**given, **fields})

    def allocate(self, amount: int, action: ActionItem) -> None:
        envelope = books.grant(council=self.chamber.council, amount=amount, by=self.town.sponsor, now=EPOCH)
        books.allocate(envelope=envelope, subject=action.subject, amount=amount, by=None, now=EPOCH)


@pytest.fixture
def work() -> Counted:
    return Counted()


def test_a_finance_partner_verifies_and_nobody_else(work: Counted) -> None:
    made = work.brings(1_000_00)
    assert (made.currency, made.seat, made.amount) == ("EUR", work.desk, 1_000_00)
    for person in (work.chamber.chair, work.owner, work.town.lead):
        with pytest.raises(Refused):
            work.brings(5, by=person)


def test_a_finance_partner_with_a_part_in_the_work_does_not(work: Counted) -> None:
    seats.seat_person(seat=work.seat, person=work.finance, by=None, now=EPOCH)
    with pytest.raises(Refused, match="had a part"):
        work.brings(5)


def test_only_what_is_verified_as_done_brings_anything(work: Counted) -> None:
    with pytest.raises(Conflict, match="another person"):
        work.brings(5, action=work.done())


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": "luck"}, "kind"), ({"amount": -1}, "amount"), ({"until_on": date(2025, 1, 1)}, "until_on"),
     ({"note": " "}, "note")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(work: Counted, fields: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        work.brings(**{"amount": 5, **fields})
    assert error.value.field == field


def test_the_same_money_is_not_counted_twice_and_a_correction_replaces_it(work: Counted) -> None:
    first = work.brings(1_000_00)
    with pytest.raises(Invalid) as error:
        work.brings(5, from_on=date(2026, 12, 31), until_on=date(2027, 1, 5))
    assert error.value.field == "from_on"
    work.brings(700_00, kind="revenue")
    second = work.brings(800_00, corrects=first, note="Two invoices were another's.")
    with pytest.raises(Conflict, match="corrected before"):
        work.brings(1, corrects=first)
    assert queries.returns(work.finance, EPOCH)[0].returned == 1_500_00
    assert second.corrects == first
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Benefit.objects.update(amount=9)


def test_the_return_counts_cashable_and_revenue_over_all_that_was_allocated_and_the_rest_apart(work: Counted) -> None:
    work.brings(1_000_00)
    work.brings(500_00, kind="revenue")
    work.brings(9_000_00, kind="cost_avoided")
    work.allocate(600_00, work.one)
    failed = work.running(title="Brought nothing")
    work.allocate(400_00, failed)
    dollars = work.verified(title="In dollars")
    Benefit.objects.create(
        action=dollars, kind="cashable", amount=77_00, currency="USD", from_on=EPOCH.date(), until_on=EPOCH.date(),
        note="n", seat=work.desk, by=work.finance, at=EPOCH,
    )  # fmt: skip
    euro, dollar = queries.returns(work.finance, EPOCH)
    assert (euro.currency, euro.returned, euro.actions, euro.allocated, euro.funded) == ("EUR", 150_000, 1, 100_000, 2)
    assert euro.apart == {"cost_avoided": 9_000_00}
    assert (dollar.currency, dollar.returned, dollar.allocated) == ("USD", 7_700, 0)


def test_what_a_reopened_action_brought_stands_apart_until_it_is_verified_again(work: Counted, client) -> None:
    work.brings(1_000_00)
    items.reopen(action=work.one, reason="It came back.", by=work.chamber.secretary, now=EPOCH)
    (euro,) = queries.returns(work.finance, EPOCH)
    assert (euro.returned, euro.actions, euro.reopened) == (0, 0, 1_000_00)
    client.force_login(work.finance)
    assert "Not counted: €1,000 of actions that were reopened." in " ".join(client.get("/outcomes/").text.split())
    assert "do not count as a return" in client.get(f"/actions/{work.one.reference}/").text
    program = APIClient()
    program.force_authenticate(work.finance)
    assert [one["reopened"] for one in program.get("/api/v1/returns/").json()] == [1_000_00]
    again = work.verified(title="Again")
    ActionItem.objects.filter(pk=work.one.pk).update(state="verified", verified_at=again.verified_at)
    assert queries.returns(work.finance, EPOCH)[0].returned == 1_000_00


def test_finance_corrects_an_amount_on_the_page_and_the_first_stays_on_record(work: Counted, client) -> None:
    first = work.brings(1_000_00)
    client.force_login(work.finance)
    path = f"/actions/{work.one.reference}/"
    assert "Cashable, €1,000.00, 1 Jan 2026 – 31 Dec 2026" in client.get(path).text
    said = {"kind": "cashable", "amount": "800", "from_on": "2026-01-01", "until_on": "2026-12-31",
            "note": "Two invoices were another's."}  # fmt: skip
    assert client.post(f"{path}verify-benefit/", said).status_code == 422, "the same money, without saying so"
    page = client.post(f"{path}verify-benefit/", {**said, "corrects": first.pk}, follow=True).text
    assert queries.returns(work.finance, EPOCH)[0].returned == 800_00
    assert "What was corrected" in page
    assert Benefit.objects.get(corrects=first).amount == 800_00
    elsewhere = work.verified(title="Another")
    answer = client.post(f"/actions/{elsewhere.reference}/verify-benefit/", {**said, "corrects": first.pk})
    assert answer.status_code in (302, 422)
    assert Benefit.objects.filter(corrects=first).count() == 1


def test_the_partner_of_an_ended_seat_verifies_nothing_more(work: Counted) -> None:
    subjects.archive(work.desk.subject, now=EPOCH)
    with pytest.raises(Refused):
        work.brings(5)


def test_who_sees_nothing_is_told_nothing_about_money(work: Counted) -> None:
    work.brings(1_000_00)
    assert queries.returns(work.town.champions[work.town.digital.pk], EPOCH) == []


def test_the_groups_of_the_list_are_all_verified_actions_and_each_opens_its_own(work: Counted) -> None:
    work.verified(title="Two")
    found = queries.results(work.finance, EPOCH)
    counts = queries.tally(found)
    assert counts.pop("all") == 2 == sum(counts.values())
    for group, many in counts.items():
        assert queries.narrowed(found, group).count() == many, group


def test_the_page_says_the_return_with_its_denominators(work: Counted, client) -> None:
    work.brings(1_500_00)
    work.allocate(1_000_00, work.one)
    client.force_login(work.finance)
    page = client.get("/outcomes/").text
    assert "verified by finance (actions: 1). Allocated are €1,000 (accepted actions: 1)" in " ".join(page.split())
    assert "for each 1" not in page, "what came back and what was allocated are of different actions"


def test_an_amount_of_an_action_that_one_may_not_see_is_told_like_none_at_all(work: Counted) -> None:
    hidden = work.brings(1_000_00)
    theirs = work.action(seat=work.town.champion_seats[work.town.digital.pk], title="Another")
    subjects.show_to(theirs.subject, [work.town.digital.pk])
    program = APIClient()
    program.force_authenticate(work.town.champions[work.town.digital.pk])
    said = {"kind": "cashable", "amount": 5, "from_on": "2026-01-01", "until_on": "2026-12-31", "note": "n"}
    path = f"/api/v1/actions/{theirs.reference}/verify-benefit/"
    told = {program.post(path, {**said, "corrects": key}, format="json").status_code for key in (hidden.pk, 10**9)}
    assert told == {422}
