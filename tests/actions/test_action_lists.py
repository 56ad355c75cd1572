"""Lists that work: searched, narrowed, sorted, counted, kept, taken away; each as whoever looks may see it."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem
from actions.queries import action_lists as lists
from actions.queries.items import Narrowed
from actions.services import items
from councils.services import books
from governance.errors import Invalid
from governance.models import Organisation
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="CX Council", size=5)


def work(town: Town, chamber: Chamber, title: str, *, department=None, due=None, health="", proof="It is seen"):
    """An action of the champion's seat; with ``due`` (days from now) it is accepted and promised."""
    place = department or town.claims
    seat, owner = town.champion_seats[place.pk], town.champions[place.pk]
    action = items.create(title=title, seat=seat, council=chamber.council, proof=proof, by=town.lead, now=town.now)
    if due is not None or health:
        day = (town.now + timedelta(days=due)).date() if due is not None else None
        items.accept(action=action, promised_on=day, by=owner, now=town.now)
    if health:
        items.report(action=action, health=health, by=owner, now=town.now)
    return ActionItem.objects.get(pk=action.pk)


def titles(viewer, now, **chosen) -> list[str]:
    return [one.title for one in lists.narrowed(viewer, now, Narrowed(**chosen))]


@pytest.fixture
def works(town: Town, chamber: Chamber) -> list[ActionItem]:
    return [
        work(town, chamber, "Text the claimant", due=20, health="at_risk"),
        work(town, chamber, "Mend the claim form", department=town.digital, due=5, health="on_track"),
        work(town, chamber, "Shorten the letter", department=town.legal, proof="The letter has one page"),
    ]


def test_a_list_is_searched_by_words_of_title_and_proof_and_by_reference(town: Town, works) -> None:
    lead, now = town.lead, town.now
    assert titles(lead, now, words="CLAIM the") == ["Mend the claim form", "Text the claimant"]
    assert titles(lead, now, words="one page") == ["Shorten the letter"]
    assert titles(lead, now, words=works[0].reference.lower()) == ["Text the claimant"]
    assert titles(lead, now, words="100%") == []


def test_a_list_is_narrowed_by_health_day_seat_and_whose_it_is(town: Town, works) -> None:
    lead, now, day = town.lead, town.now, town.now.date()
    assert titles(lead, now, health="at_risk") == ["Text the claimant"]
    assert titles(lead, now, due_until=day + timedelta(days=10)) == ["Mend the claim form"]
    assert titles(lead, now, due_from=day + timedelta(days=10)) == ["Text the claimant"]
    assert titles(town.champions[town.legal.pk], now, mine=True) == ["Shorten the letter"]
    assert titles(lead, now, mine=True) == []
    with pytest.raises(Invalid):
        titles(lead, now, health="splendid")


@pytest.mark.parametrize("sort", sorted(lists.ORDERS))
def test_every_order_is_whole_and_repeatable(town: Town, works, sort: str) -> None:
    first = titles(town.lead, town.now, sort=sort)
    assert sorted(first) == sorted(one.title for one in works)
    assert first == titles(town.lead, town.now, sort=sort)


def test_only_listed_columns_sort(town: Town, works) -> None:
    assert titles(town.lead, town.now, sort="title")[0] == "Mend the claim form"
    assert titles(town.lead, town.now, sort="-promised") == [
        "Text the claimant", "Mend the claim form", "Shorten the letter",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        titles(town.lead, town.now, sort="seat__tenures__person__password")


def test_what_is_allocated_is_told_by_currency_and_never_summed(town: Town, chamber, works, client_for) -> None:
    for code, amounts in (("EUR", (500, 700)), ("JPY", (90_000, 0))):
        Organisation.objects.update(currency=code)
        envelope = books.grant(council=chamber.council, amount=100_000, by=town.sponsor, now=town.now)
        for action, amount in zip(works, amounts, strict=False):
            if amount:
                books.allocate(envelope=envelope, subject=action.subject, amount=amount, by=None, now=town.now)
    Organisation.objects.update(currency="EUR")
    told = lists.allocated(lists.narrowed(town.lead, town.now, Narrowed()))
    assert [(one.amount, one.currency) for one in told] == [(1200, "EUR"), (90_000, "JPY")]
    assert titles(town.lead, town.now, sort="-allocated")[0] == works[1].title, "in the house's own currency"
    assert lists.allocated(lists.narrowed(town.champions[town.legal.pk], town.now, Narrowed())) == []
    rows = read(client_for(town.lead).get("/actions/sheet/?sort=-allocated"))
    assert [(row["allocated"], row["currency"]) for row in rows] == [
        ("7.00", "EUR"), ("5.00; 90000", "EUR; JPY"), ("", ""),
    ]  # fmt: skip


# --- the page, the sheet, the API ----------------------------------------------------------------------------------


def read(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_sheet_has_the_rows_of_the_list_and_runs_as_no_formula(town: Town, chamber, works, client_for) -> None:
    work(town, chamber, '=HYPERLINK("http://evil.example")')
    lead, legal = client_for(town.lead), client_for(town.champions[town.legal.pk])
    rows = read(lead.get("/actions/sheet/?sort=title"))
    assert [row["title"] for row in rows] == [
        '\'=HYPERLINK("http://evil.example")', "Mend the claim form", "Shorten the letter", "Text the claimant",
    ]  # fmt: skip
    assert [row["title"] for row in read(lead.get("/actions/sheet/?health=at_risk"))] == ["Text the claimant"]
    assert [row["title"] for row in read(legal.get("/actions/sheet/"))] == ["Shorten the letter"]
    assert "/actions/sheet/?health=at_risk" in lead.get("/actions/?health=at_risk").text
    assert lead.get("/actions/sheet/?health=odd").status_code == 404


def test_a_sheet_of_many_rows_asks_no_more_than_one_of_few(town: Town, chamber, works, client_for) -> None:
    lead = client_for(town.lead)
    read(lead.get("/actions/sheet/"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(lead.get("/actions/sheet/"))
        return len(captured)

    few = statements()
    for number in range(12):
        work(town, chamber, f"More {number}", department=town.legal)
    assert statements() <= few


def test_page_and_api_agree_with_the_list(town: Town, works, client_for, api_for) -> None:
    page = client_for(town.lead).get("/actions/?words=claim&sort=title&state=open")
    assert [line.action.title for line in page.context["lines"]] == ["Mend the claim form", "Text the claimant"]
    assert page.context["sums"].total == 2
    told = api_for(town.lead).get("/api/v1/actions/?words=claim&sort=title&state=open")
    assert [row["title"] for row in told.data["results"]] == ["Mend the claim form", "Text the claimant"]
    assert api_for(town.lead).get("/api/v1/actions/?sort=password").status_code == 422
    sheet = api_for(town.lead).get("/api/v1/actions/sheet/?words=claim")
    assert len(read(sheet)) == 2
