"""The pages of what was heard: what they show to whom, what they refuse, and what their buttons do."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Feedback, FeedbackImport, FeedbackSource, Response, RoutingRule, Theme
from actions.services import themes
from actions.services.themes import RuleWish
from councils.models import AgendaItem
from tests.actions.reading_files import ROWS, take
from tests.factories import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def heard(town: Town, now) -> Theme:
    """Claim status twice open in Claims, one without a target; a claim form closed in time by the source."""
    take(now, *ROWS, "8,soon,,,CLM,Delay,Late")
    return Theme.objects.get(name="Claim status")


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


# --- reading -------------------------------------------------------------------------------------------------------


def test_every_page_opens_for_the_cx_lead(town: Town, heard: Theme, client_for) -> None:
    client = client_for(town.lead)
    source, taken = FeedbackSource.objects.get(), FeedbackImport.objects.get()
    rule = themes.set_rule(
        wish=RuleWish(to_department=town.legal, topic_contains="consent"), by=town.lead, now=town.now
    )
    for address in (
        "/themes/",
        f"/themes/{heard.reference}/",
        "/feedback/",
        "/feedback-sources/",
        f"/feedback-sources/{source.reference}/",
        f"/feedback-sources/{source.reference}/imports/{taken.pk}/",
        "/routing-rules/",
        "/routing-rules/new/",
        f"/routing-rules/{rule.pk}/",
    ):
        assert "<h1>" in page(client, address), address


def test_every_page_teaches_where_there_is_nothing_yet(town: Town, client_for) -> None:
    client = client_for(town.lead)
    assert "No theme yet" in page(client, "/themes/")
    assert "Nothing heard yet" in page(client, "/feedback/")
    assert "import_feedback" in page(client, "/feedback-sources/")
    assert "No rule yet" in page(client, "/routing-rules/")


def test_a_champion_sees_the_themes_of_the_department_and_no_others(town: Town, heard: Theme, client_for) -> None:
    mine, other = client_for(town.champions[town.claims.pk]), client_for(town.champions[town.legal.pk])
    assert "Claim status" in page(mine, "/themes/")
    assert "Nobody tells me." in page(mine, "/feedback/")
    assert "Claim status" not in page(other, "/themes/")
    assert "Nobody tells me." not in page(other, "/feedback/")
    page(other, f"/themes/{heard.reference}/", 404)
    page(other, f"/feedback/?theme={heard.reference}", 404)


def test_a_theme_says_who_answers_by_when_and_why_it_is_here(town: Town, heard: Theme, client_for) -> None:
    told = page(client_for(town.champions[town.claims.pk]), f"/themes/{heard.reference}/")
    assert "Fatima El Idrissi" in told
    assert "answers what was heard" in told
    assert "The source names Claims, and no routing rule says otherwise." in told
    assert "Nobody tells me." in told


def test_a_target_is_said_to_be_the_sources_own(town: Town, heard: Theme, client_for) -> None:
    told = page(client_for(town.lead), "/feedback/")
    assert "Target set by the source" in told
    assert "closed within the source" in told
    assert "no target" in told


@pytest.mark.parametrize("address", ["/feedback/?target=without", "/themes/", "/themes/{reference}/"])
def test_what_has_no_target_is_never_shown_on_time_or_overdue(
    town: Town, heard: Theme, client_for, address: str
) -> None:
    Feedback.objects.exclude(due_at=None).delete()
    told = page(client_for(town.lead), address.format(reference=heard.reference)).lower()
    assert "claim status" in told
    for word in ("on time", "in time", "overdue", "within the source", "after the source"):
        assert word not in told.replace("neither on time nor late", ""), word


def test_lists_are_narrowed_by_the_address(town: Town, heard: Theme, client_for) -> None:
    client = client_for(town.lead)
    source = FeedbackSource.objects.get()
    assert "Three calls." in page(client, "/feedback/?target=without")
    assert "Nobody tells me." not in page(client, "/feedback/?target=without")
    assert "It lost everything." in page(client, "/feedback/?state=closed")
    assert "It lost everything." not in page(client, f"/feedback/?theme={heard.reference}")
    assert "It lost everything." in page(client, f"/feedback/?department={town.digital.reference}")
    assert "Three calls." in page(client, f"/feedback/?source={source.reference}&state=open")
    assert "Claim form" not in page(client, "/themes/?answer=owed")
    assert "Claim form" in page(client, f"/themes/?department={town.digital.reference}")
    assert "No theme matches" in page(client, "/themes/?answer=given")
    page(client, "/feedback/?source=SRC-9999", 404)
    page(client, "/themes/?department=nonsense", 404)


def test_what_an_import_refused_is_told_by_line_to_who_may_triage(town: Town, heard: Theme, client_for) -> None:
    source, taken = FeedbackSource.objects.get(), FeedbackImport.objects.get()
    address = f"/feedback-sources/{source.reference}/imports/{taken.pk}/"
    assert "“soon” is no date" in page(client_for(town.lead), address)
    page(client_for(town.champions[town.claims.pk]), address, 403)


def test_a_source_says_how_its_files_are_read(town: Town, heard: Theme, client_for) -> None:
    source = FeedbackSource.objects.get()
    told = page(client_for(town.lead), f"/feedback-sources/{source.reference}/")
    assert "column “received”, written %Y-%m-%d %H:%M" in told


def test_names_of_who_said_it_are_not_shown(town: Town, now, client_for) -> None:
    take(
        now, "1,,,,CLM,Claim status,Hello", mapping={"text": "text", "topic": "topic", "giver": {"value": "Ada Byron"}}
    )
    client = client_for(town.lead)
    assert "Ada Byron" not in page(client, "/feedback/") + page(client, f"/themes/{Theme.objects.get().reference}/")


# --- doing ---------------------------------------------------------------------------------------------------------


def test_a_champion_answers_on_the_themes_page(town: Town, heard: Theme, client_for) -> None:
    client = client_for(town.champions[town.claims.pk])
    said = {"department": town.claims.reference, "text": "We hire two more."}
    answer = client.post(f"/themes/{heard.reference}/answer/", said, follow=True)
    assert answer.redirect_chain
    assert "We hire two more." in answer.content.decode()
    assert Response.objects.get().department == town.claims


def test_an_empty_answer_comes_back_with_what_is_missing(town: Town, heard: Theme, client_for) -> None:
    client = client_for(town.champions[town.claims.pk])
    answer = client.post(f"/themes/{heard.reference}/answer/", {"department": town.claims.reference, "text": ""})
    assert answer.status_code == 422
    assert "One thing needs you." in answer.content.decode()


def test_who_does_not_answer_there_is_refused(town: Town, heard: Theme, client_for) -> None:
    said = {"department": town.claims.reference, "text": "We hire."}
    answer = client_for(town.sponsor).post(f"/themes/{heard.reference}/answer/", said)
    assert answer.status_code == 403
    assert "answers this" in answer.content.decode()
    answer = client_for(town.champions[town.legal.pk]).post(f"/themes/{heard.reference}/answer/", said)
    assert answer.status_code == 404
    assert not Response.objects.exists()


def test_a_theme_goes_onto_an_agenda_from_its_page(town: Town, heard: Theme, client_for) -> None:
    council = town.council_of_nine().council
    client = client_for(town.lead)
    said = {"agenda-council": council.reference, "agenda-ask": "Text at each step?"}
    answer = client.post(f"/themes/{heard.reference}/propose/", said, follow=True)
    assert answer.status_code == 200
    assert AgendaItem.objects.get().about_id == heard.pk
    assert council.name in answer.content.decode()
    refused = client.post(f"/themes/{heard.reference}/propose/", {"agenda-council": "COU-9999"})
    assert refused.status_code == 422


def test_who_sits_nowhere_is_offered_no_agenda(town: Town, heard: Theme, client_for) -> None:
    town.council_of_nine()
    client = client_for(town.champions[town.claims.pk])
    assert "Put it onto" not in page(client, f"/themes/{heard.reference}/")


def test_an_import_is_withdrawn_on_its_page(town: Town, heard: Theme, client_for) -> None:
    source, taken = FeedbackSource.objects.get(), FeedbackImport.objects.get()
    address = f"/feedback-sources/{source.reference}/imports/{taken.pk}/"
    assert client_for(town.champions[town.claims.pk]).post(f"{address}withdraw/").status_code == 403
    client = client_for(town.lead)
    assert client.get(f"{address}withdraw/").headers["Location"] == address, "a deed leads to its page"
    assert client.post(f"{address}withdraw/").status_code == 302
    assert not Feedback.objects.exists()
    assert client.post(f"{address}withdraw/").status_code == 409


def test_rules_are_written_and_changed_by_who_may_triage(town: Town, heard: Theme, client_for) -> None:
    client = client_for(town.lead)
    wish = {"position": "10", "topic_contains": "claim", "to_department": town.legal.reference, "is_active": "on"}
    assert client.post("/routing-rules/new/", wish).status_code == 302
    rule = RoutingRule.objects.get()
    assert "topic contains “claim”" in page(client, "/routing-rules/")
    assert client.post(f"/routing-rules/{rule.pk}/", wish | {"position": "20", "version": "1"}).status_code == 302
    quicker = client.post(f"/routing-rules/{rule.pk}/", wish | {"version": "1"})
    assert quicker.status_code == 409
    assert quicker.context["form"].changes == [("Position", "10", "20")], "mine and theirs, where they differ"
    assert 'name="version" value="2"' in quicker.content.decode(), "sent again, it is said of what is shown"
    assert client.post("/routing-rules/new/", wish | {"topic_contains": ""}).status_code == 422
    assert client_for(town.sponsor).post("/routing-rules/new/", wish).status_code == 403
    assert client.post(f"/themes/{heard.reference}/route/").status_code == 302
    assert set(Feedback.objects.filter(theme=heard).values_list("department", flat=True)) == {town.legal.pk}


# --- cost ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/themes/", "/feedback/", "/feedback-sources/", "/routing-rules/"])
def test_statements_do_not_grow_with_rows(town: Town, now, client_for, address: str) -> None:
    client = client_for(town.lead)

    def spent() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    def add(first: int, last: int) -> None:
        for number in range(first, last):
            take(now, f"{number},,,,Unit {number},Topic {number},Words", source=f"Source {number}")
            department = Feedback.objects.latest("pk").department
            themes.set_rule(
                wish=RuleWish(to_department=department, topic_contains=f"other {number}"), by=town.lead, now=now
            )

    add(0, 2)
    few = spent()
    add(2, 12)
    assert spent() == few


def test_statements_of_a_theme_do_not_grow_with_what_was_said(town: Town, now, client_for) -> None:
    client = client_for(town.lead)
    take(now, "1,,,,CLM,Delay,Words")
    address = f"/themes/{Theme.objects.get().reference}/"

    def spent() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    few = spent()
    take(now, *(f"{number},,,,CLM,Delay,Words" for number in range(2, 60)))
    assert spent() == few
