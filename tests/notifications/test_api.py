"""The same over the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import Firing
from notifications.models import Delivery
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe


@pytest.fixture
def said(town: Town) -> Town:
    """Three promises of Claims, due tomorrow, of which their owner was reminded."""
    owe(town, 3, due_on=(timezone.now() + timedelta(days=1)).date())
    sweep(timezone.now())
    outbox.drain(timezone.now())
    return town


def test_my_notifications_are_mine_and_are_read(said: Town, api_for) -> None:
    champion = said.champions[said.claims.pk]
    client = api_for(champion)
    page = client.get("/api/v1/notifications/?unread=1").json()
    number = Delivery.objects.filter(person=champion, channel="inbox").count()
    assert page["count"] == number
    line = page["results"][0]
    assert line["subject"].startswith("ACT-")
    assert line["headline"]
    assert client.post(f"/api/v1/notifications/{line['id']}/read/").json() == {"read": 1}
    assert client.post(f"/api/v1/notifications/{line['id']}/read/").json() == {"read": 0}
    assert api_for(said.lead).post(f"/api/v1/notifications/{line['id']}/read/").status_code == 404
    assert client.post("/api/v1/notifications/read/").json() == {"read": number - 1}
    assert client.get("/api/v1/notifications/?unread=1").json()["count"] == 0


def test_what_happens_next_over_the_api(said: Town, api_for) -> None:
    seen = api_for(said.heads[said.claims.pk]).get("/api/v1/upcoming/?days=30").json()
    assert {rung["target"] for rung in seen["results"]} >= {"head", "sponsor"}
    assert api_for(said.champions[said.legal.pk]).get("/api/v1/upcoming/?days=30").json()["count"] == 0
    assert api_for(said.lead).get("/api/v1/upcoming/?days=1000").status_code == 422


def test_escalations_are_seen_with_what_they_are_about(said: Town, api_for) -> None:
    assert Firing.objects.exists()
    seen = api_for(said.heads[said.claims.pk]).get("/api/v1/escalations/").json()
    assert seen["count"] == Firing.objects.count()
    assert seen["results"][0]["is_answered"] is False
    assert api_for(said.champions[said.legal.pk]).get("/api/v1/escalations/").json()["count"] == 0
    assert api_for(said.lead).get("/api/v1/escalations/?target=council").json()["count"] == 0


def test_my_preference_over_the_api(said: Town, api_for) -> None:
    client = api_for(said.lead)
    read = client.get("/api/v1/preferences/").json()
    families = {one.pop("family"): one for one in read.pop("families")}
    assert read == {
        "wants_mail": True, "from_hour": 8, "until_hour": 18, "cadence": "daily", "digest_hour": 9, "weekday": 0,
    }  # fmt: skip
    assert families["owed"] == {"title": "What I owe", "inbox": True, "mail": True, "fixed": ["inbox"]}
    wanted = {"wants_mail": False, "from_hour": 9, "until_hour": 12, "cadence": "weekly", "weekday": 4}
    wanted |= {"families": [{"family": "followed", "inbox": False}, {"family": "owed", "mail": False}]}
    put = client.put("/api/v1/preferences/", wanted).json()
    assert {one["family"] for one in put["families"] if not one["mail"]} == {"followed", "owed"}
    assert (put["cadence"], put["weekday"], put["until_hour"]) == ("weekly", 4, 12)
    for sent, pointer in (
        ({"from_hour": 12, "until_hour": 9}, "/until_hour"),
        ({"digest_hour": 20}, "/digest_hour"),
        ({"families": [{"family": "owed", "inbox": False}]}, "/families/0/inbox"),
    ):
        refused = client.put("/api/v1/preferences/", sent)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer


def test_a_line_is_put_off_over_the_api(said: Town, api_for) -> None:
    client = api_for(said.champions[said.claims.pk])
    before = client.get("/api/v1/notifications/?unread=1").json()
    line = before["results"][0]
    assert line["asks"] == "stand"
    path = f"/api/v1/notifications/{line['id']}/snooze/"
    assert client.post(path, {"until": "2020-01-01T09:00:00Z"}).json()["errors"][0]["pointer"] == "/until"
    until = (timezone.now() + timedelta(days=2)).isoformat()
    assert client.post(path, {"until": until}).status_code == 200
    assert client.get("/api/v1/notifications/?unread=1").json()["count"] == before["count"] - 1
    assert client.get("/api/v1/notifications/?snoozed=1").json()["results"][0]["id"] == line["id"]
    assert api_for(said.lead).post(path, {"until": until}).status_code == 404


def test_a_thing_is_muted_over_the_api(said: Town, api_for) -> None:
    client, reference = api_for(said.lead), said.claims.reference
    assert client.post("/api/v1/mutes/", {"subject": reference}).status_code == 201
    assert [one["subject"] for one in client.get("/api/v1/mutes/").json()["results"]] == [reference]
    assert client.post("/api/v1/mutes/", {"subject": "ACT-99999"}).json()["errors"][0]["pointer"] == "/subject"
    assert client.delete(f"/api/v1/mutes/{reference}/").status_code == 204
    assert client.delete(f"/api/v1/mutes/{reference}/").status_code == 404


@pytest.mark.parametrize("path", ["notifications/", "upcoming/?days=30", "escalations/"])
def test_a_list_makes_as_many_statements_for_many_rows_as_for_few(town: Town, api_for, path: str) -> None:
    client = api_for(town.champions[town.claims.pk])

    def statements(number: int) -> int:
        owe(town, number, due_on=(timezone.now() + timedelta(days=1)).date())
        sweep(timezone.now())
        outbox.drain(timezone.now())
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(f"/api/v1/{path}").json()["results"]) >= number
        return len(captured)

    assert statements(2) == statements(20)


def test_what_is_left_out_of_a_preference_stays_as_it_was(said: Town, api_for) -> None:
    client = api_for(said.lead)
    client.put("/api/v1/preferences/", {"wants_mail": False, "from_hour": 10, "until_hour": 12, "digest_hour": 11})
    kept = client.put("/api/v1/preferences/", {"cadence": "weekly"}).json()
    assert (kept["cadence"], kept["wants_mail"]) == ("weekly", False)
    assert (kept["from_hour"], kept["until_hour"], kept["digest_hour"]) == (10, 12, 11)
    fresh = api_for(said.sponsor).put("/api/v1/preferences/", {"until_hour": 17}).json()
    assert (fresh["wants_mail"], fresh["from_hour"], fresh["until_hour"]) == (True, 8, 17)


@pytest.mark.parametrize("digits", [19, 40, 5000])
def test_a_number_beyond_all_keys_names_nothing(said: Town, api_for, client_for, digits: int) -> None:
    api, browser, number = api_for(said.lead), client_for(said.lead), "9" * digits
    assert api.get(f"/api/v1/notifications/{number}/why/").status_code == 404
    for verb in ("read", "snooze"):
        assert api.post(f"/api/v1/notifications/{number}/{verb}/", {}).status_code == 404
        assert browser.post(f"/inbox/{number}/{verb}/").status_code == 404
    assert browser.get(f"/why/{number}/").status_code == 404
    assert browser.get(f"/people/{number}/").status_code == 404
    assert browser.get(f"/charters/CHA-1001/versions/{number}/").status_code == 404
    refused = api.get(f"/api/v1/upcoming/?days={number}")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/days")
    assert api.get(f"/api/v1/upcoming/?person={number}").status_code == 404
    assert api.get("/api/v1/upcoming/?days=\u00b2").status_code == 422, "a digit, but no number"
