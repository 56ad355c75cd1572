"""What is allocated by now is asked of the books, wherever it is shown: list, order, sheet, return and API agree."""

import csv
import io
import random
from collections import Counter, defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ACCEPTED_STATES, ActionItem
from actions.queries import action_lists, outcomes
from actions.queries.items import Narrowed
from actions.services import delegating, spending
from councils.models import AccountKind, Posting
from councils.queries import books as book_queries
from councils.services import books, periods
from governance.clauses import Delegation
from governance.money import plain_minor
from tests.actions.test_delegating import EUROS, Purse
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
HELD = (AccountKind.ALLOCATION, AccountKind.SPENT, AccountKind.OVERRUN)
RULE = Delegation("chair", 1_000 * EUROS, "EUR", "quarter", 90_000 * EUROS, "2026-11-30")


@pytest.fixture
def purse() -> Purse:
    return Purse(RULE)


def slowly() -> dict[int, Counter[str]]:
    """What each thing was allocated and did not give back, by currency: every posting read and summed one by one."""
    told: dict[int, Counter[str]] = defaultdict(Counter)
    for posting in Posting.objects.select_related("source__envelope", "target__envelope"):
        for pot, sign in ((posting.target, 1), (posting.source, -1)):
            if pot.subject_id is not None and pot.envelope.unit == "money" and pot.kind in HELD:
                told[pot.subject_id][pot.envelope.currency] += sign * posting.amount
    return {thing: +sums for thing, sums in told.items() if +sums}


def by_delegation(purse: Purse, euros: int) -> ActionItem:
    action = purse.asked(euros)
    delegating.allocate(action=action, confirm=True, by=purse.chamber.chair, now=EPOCH)
    return action


def busy(purse: Purse, seed: int) -> list[ActionItem]:
    """Actions with money by a decision, by delegation, by both or none; some spend, some too much, some give back; then
    the period is closed and what is left goes over. Nobody's figures are a round number."""
    dice = random.Random(seed)
    made = [purse.running()]
    for _number in range(5):
        action = by_delegation(purse, dice.randint(100, 900)) if dice.random() < 0.6 else purse.running()
        if dice.random() < 0.6:
            purse.decide(action, "allocate", matter="resources", amount=dice.randint(1, 80_000))
        made.append(action)
    for action in made:
        held = book_queries.allocated_to([action.pk]).get(action.pk, 0)
        if held and dice.random() < 0.7:
            part = dice.randint(1, held + 5_000)
            spending.spend(
                action=action, amount=part, on=EPOCH.date(), what="Texts", overrun=True, by=purse.owner, now=EPOCH
            )
    purse.decide(made[2], "drop", reason="Not needed any more.")
    [envelope] = book_queries.running(purse.chamber.council, EPOCH.date())
    spare = books.grant(council=purse.chamber.council, amount=7_000 * EUROS, by=purse.town.sponsor, now=EPOCH)
    periods.transfer(envelope=spare, into=envelope, amount=77_77, by=purse.town.sponsor, now=EPOCH)
    periods.close(envelope=envelope, into=spare, by=purse.town.sponsor, now=EPOCH, cover=True)
    over = by_delegation(purse, 333)
    spending.spend(action=over, amount=400_00, on=EPOCH.date(), what="Texts", overrun=True, by=purse.owner, now=EPOCH)
    # Person-time is no money.
    books.grant(council=purse.chamber.council, amount=600, unit="time", by=purse.town.sponsor, now=EPOCH)
    purse.decide(made[0], "allocate", matter="resources", amount=0, minutes=90)
    return list(ActionItem.objects.order_by("pk"))


def sheet(client) -> list[dict[str, str]]:
    text = b"".join(client.get("/actions/sheet/?sort=-allocated").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("seed", range(3))
def test_every_place_says_what_every_posting_adds_up_to(purse: Purse, seed: int, client_for, api_for) -> None:
    made = busy(purse, seed)
    lead, keys, truth = purse.town.lead, [one.pk for one in made], slowly()
    assert {pk: sum(sums.values()) for pk, sums in truth.items()} == +Counter(book_queries.allocated_to(keys))
    assert book_queries.allocated_apart(keys) == truth
    whole = sum(truth.values(), Counter())
    listed = action_lists.narrowed(lead, EPOCH, Narrowed(sort="-allocated"))
    assert {one.currency: one.amount for one in action_lists.allocated(listed)} == whole
    amounts = [truth.get(one.pk, Counter())["EUR"] for one in listed]
    assert amounts == sorted(amounts, reverse=True)
    accepted = {one.pk for one in made if one.state in ACCEPTED_STATES}
    [back] = outcomes.returns(lead, EPOCH)
    assert back.allocated == sum(truth[pk]["EUR"] for pk in accepted & set(truth))
    assert back.funded == len(accepted & set(truth))
    rows = sheet(client_for(lead))
    assert [row["allocated"] for row in rows] == [plain_minor(each, "EUR") if each else "" for each in amounts]
    told = api_for(lead).get("/api/v1/actions/?sort=-allocated").data["results"]
    assert [row["allocated"] for row in told] == amounts


def test_delegated_money_counts_and_what_went_back_does_not(purse: Purse) -> None:
    given, dropped = by_delegation(purse, 900), by_delegation(purse, 400)
    assert [one.amount for one in action_lists.allocated(ActionItem.objects.all())] == [1_300 * EUROS]
    purse.decide(dropped, "drop", reason="Not needed any more.")
    assert [one.amount for one in action_lists.allocated(ActionItem.objects.all())] == [900 * EUROS]
    assert action_lists.narrowed(purse.town.lead, EPOCH, Narrowed(sort="-allocated")).first() == given


def test_one_statement_answers_however_many_actions_there_are(purse: Purse) -> None:
    def statements() -> list[int]:
        seen = ActionItem.objects.visible_to(purse.town.lead, EPOCH)
        keys = list(seen.values_list("pk", flat=True))
        counts = []
        for ask in (
            lambda: action_lists.allocated(seen),
            lambda: book_queries.allocated_to(keys),
            lambda: book_queries.allocated_apart(keys),
        ):
            with CaptureQueriesContext(connection) as captured:
                ask()
            counts.append(len(captured))
        return counts

    by_delegation(purse, 100)
    few = statements()
    for euros in (200, 300, 400):
        by_delegation(purse, euros)
    assert statements() == few
    assert few[1:] == [1, 1]
