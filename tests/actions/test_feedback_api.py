"""What was heard, over the API: the same rules, permissions and services as the pages."""

import pytest
from django.utils import timezone

from actions.models import Feedback, FeedbackImport, FeedbackSource, Response, RoutingRule, Theme
from councils.models import AgendaItem
from tests.actions.reading_files import MAPPING, ROWS, take
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
    take(now, *ROWS, "8,soon,,,CLM,Delay,Late")
    return Theme.objects.get(name="Claim status")


def test_a_source_tells_its_mapping_and_its_imports(town: Town, heard: Theme, api_for) -> None:
    api, source, taken = api_for(town.lead), FeedbackSource.objects.get(), FeedbackImport.objects.get()
    told = api.get(f"/api/v1/feedback-sources/{source.reference}/").json()
    assert (told["name"], told["mapping"], told["heard"]) == ("Desk", MAPPING, 3)
    (line,) = api.get(f"/api/v1/feedback-sources/{source.reference}/imports/").json()["results"]
    assert (line["read"], line["created"], line["rejected"]) == (4, 3, 1)
    full = api.get(f"/api/v1/feedback-sources/{source.reference}/imports/{taken.pk}/").json()
    assert full["errors"] == [{"line": 5, "column": "received", "reason": "“soon” is no date written %Y-%m-%d %H:%M"}]
    champion = api_for(town.champions[town.claims.pk])
    assert champion.get(f"/api/v1/feedback-sources/{source.reference}/imports/{taken.pk}/").status_code == 403


def test_an_import_is_withdrawn_once(town: Town, heard: Theme, api_for) -> None:
    source, taken = FeedbackSource.objects.get(), FeedbackImport.objects.get()
    address = f"/api/v1/feedback-sources/{source.reference}/imports/{taken.pk}/withdraw/"
    assert api_for(town.sponsor).post(address).status_code == 403
    api = api_for(town.lead)
    done = api.post(address, headers={"Idempotency-Key": "w-1"})
    assert done.status_code == 200
    assert done.json()["withdrawn_at"]
    assert not Feedback.objects.exists()
    assert api.post(address, headers={"Idempotency-Key": "w-1"}).status_code == 200, "told again, not done again"
    assert api.post(address).status_code == 409


def test_feedback_tells_its_sources_dates_as_the_sources(town: Town, heard: Theme, api_for) -> None:
    api = api_for(town.lead)
    rows = {row["external_id"]: row for row in api.get("/api/v1/feedback/").json()["results"]}
    assert rows["3"]["answered_in_time_by_source"] is True
    assert rows["1"]["answered_in_time_by_source"] is None
    assert (rows["2"]["source_target_at"], rows["2"]["answered_in_time_by_source"]) == (None, None)
    assert "giver" not in rows["1"]
    assert rows["1"]["theme"] == heard.reference
    assert api.get("/api/v1/feedback/?target=without").json()["count"] == 1
    assert api.get(f"/api/v1/feedback/?department={town.digital.reference}").json()["count"] == 1
    assert api.get("/api/v1/feedback/?target=perhaps").status_code == 422
    assert api.get(f"/api/v1/feedback/{Feedback.objects.get(external_id='1').pk}/").json()["text"] == "Nobody tells me."


def test_what_one_may_not_see_does_not_exist(town: Town, heard: Theme, api_for) -> None:
    other = api_for(town.champions[town.legal.pk])
    assert other.get("/api/v1/themes/").json()["count"] == 0
    assert other.get("/api/v1/feedback/").json()["count"] == 0
    assert other.get("/api/v1/responses/").json()["count"] == 0
    assert other.get(f"/api/v1/themes/{heard.reference}/").status_code == 404
    assert other.get(f"/api/v1/feedback/{Feedback.objects.earliest('pk').pk}/").status_code == 404
    assert other.post(f"/api/v1/themes/{heard.reference}/answer/", {}).status_code == 404
    assert other.post(f"/api/v1/themes/{heard.reference}/propose/", {}).status_code == 404


def test_a_theme_tells_its_places_and_who_owes_an_answer(town: Town, heard: Theme, api_for) -> None:
    answer = api_for(town.champions[town.claims.pk]).get(f"/api/v1/themes/{heard.reference}/")
    told = answer.json()
    assert (told["heard"], told["open_at_source"], told["without_target"]) == (2, 2, 1)
    (place,) = told["places"]
    assert (place["department"], place["owed_by"]) == (town.claims.reference, "Fatima El Idrissi")
    assert place["owed_until"]
    assert place["answered_at"] is None
    assert answer["ETag"].startswith('"1-')


def test_a_department_answers(town: Town, heard: Theme, api_for) -> None:
    api = api_for(town.champions[town.claims.pk])
    address = f"/api/v1/themes/{heard.reference}/answer/"
    said = {"department": town.claims.reference, "text": "We hire two more."}
    given = api.post(address, said, headers={"Idempotency-Key": "a-1"})
    assert given.status_code == 201
    assert api.post(address, said, headers={"Idempotency-Key": "a-1"}).json() == given.json()
    assert Response.objects.count() == 1
    (row,) = api.get(f"/api/v1/responses/?theme={heard.reference}").json()["results"]
    assert (row["text"], row["department"]) == ("We hire two more.", town.claims.reference)
    (place,) = api.get(f"/api/v1/themes/{heard.reference}/").json()["places"]
    assert (place["owed_by"], bool(place["answered_at"])) == (None, True)


def test_an_answer_that_says_nothing_points_at_its_field(town: Town, heard: Theme, api_for) -> None:
    api = api_for(town.champions[town.claims.pk])
    answer = api.post(f"/api/v1/themes/{heard.reference}/answer/", {"department": town.claims.reference, "text": " "})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/text"
    refused = api_for(town.sponsor).post(
        f"/api/v1/themes/{heard.reference}/answer/", {"department": town.claims.reference, "text": "x"}
    )
    assert refused.status_code == 403


def test_a_theme_goes_onto_an_agenda(town: Town, heard: Theme, api_for) -> None:
    council = town.council_of_nine().council
    made = api_for(town.lead).post(f"/api/v1/themes/{heard.reference}/propose/", {"council": council.reference})
    assert made.status_code == 201
    assert made.json()["reference"] == AgendaItem.objects.get().reference
    champion = api_for(town.champions[town.claims.pk])
    refused = champion.post(f"/api/v1/themes/{heard.reference}/propose/", {"council": council.reference})
    assert refused.status_code == 422, "a council that one may not see is no reference"


def test_rules_are_written_and_changed_with_their_version(town: Town, heard: Theme, api_for) -> None:
    api = api_for(town.lead)
    wish = {"topic_contains": "claim", "to_department": town.legal.reference, "position": 10}
    made = api.post("/api/v1/routing-rules/", wish)
    assert made.status_code == 201
    address = f"/api/v1/routing-rules/{RoutingRule.objects.get().pk}/"
    changed = api.put(address, wish | {"position": 20}, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["position"], changed.json()["version"]) == (200, 20, 2)
    assert api.put(address, wish, headers={"If-Match": made["ETag"]}).status_code == 412
    assert api.post("/api/v1/routing-rules/", {"to_department": town.legal.reference}).status_code == 422
    assert api_for(town.sponsor).post("/api/v1/routing-rules/", wish).status_code == 403
    assert api.get("/api/v1/routing-rules/").json()["count"] == 1
    routed = api.post(f"/api/v1/themes/{heard.reference}/route/")
    assert [place["department"] for place in routed.json()["places"]] == [town.legal.reference]
