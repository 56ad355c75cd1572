"""The main job's second half over the API, with its versions, its refusals and its records."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from actions.models import ActionItem, ActionState, Promise, Update
from actions.services import items
from tests.factories import Town

pytestmark = pytest.mark.django_db

API = "/api/v1"


def client(person) -> APIClient:
    made = APIClient()
    made.force_authenticate(person)
    return made


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town):
    return town.council_of_nine()


@pytest.fixture
def action(town, chamber, now) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    return items.create(title="Text them", seat=seat, council=chamber.council, proof="p", by=town.lead, now=now)


def test_an_action_lives_its_whole_life_over_the_api(town, chamber, now) -> None:
    lead, owner = client(town.lead), client(town.champions[town.claims.pk])
    made = lead.post(
        f"{API}/actions/",
        {
            "title": "Text at each step",
            "seat": town.champion_seats[town.claims.pk].reference,
            "council": chamber.council.reference,
            "proof": "Four texts a claim.",
        },
    )
    assert made.status_code == 201, made.data
    path = f"{API}/actions/{made.data['reference']}"
    assert made.data["next_move"]["who"] == "Fatima El Idrissi"
    day = (now + timedelta(days=9)).date().isoformat()
    accepted = owner.post(f"{path}/accept/", {"promised_on": day})
    assert (accepted.status_code, accepted.data["state"], accepted.data["promised"]) == (200, "accepted", day)
    assert owner.post(f"{path}/report/", {"health": "at_risk", "line": "Consent."}).data["health"] == "at_risk"
    assert owner.post(f"{path}/block/", {"reason": "Consent."}).status_code == 200
    blocker = owner.get(f"{API}/blockers/?of={made.data['reference']}").data["results"][0]
    assert (blocker["reason"], blocker["lifted_at"]) == ("Consent.", None)
    assert owner.post(f"{API}/blockers/{blocker['id']}/lift/").data["lifted_by"] == "Fatima El Idrissi"
    early = owner.post(f"{path}/done/")
    assert (early.status_code, early.data["title"]) == (409, "no_evidence")
    assert owner.post(f"{path}/evidence/", {"title": "Forty claims"}).status_code == 200
    assert owner.post(f"{path}/done/").data["next_move"]["kind"] == "verify"
    assert owner.post(f"{path}/verify/", {"finding": "confirmed"}).status_code == 403
    secretary = client(chamber.secretary)
    assert secretary.post(f"{path}/verify/", {"finding": "refused"}).data["errors"][0]["pointer"] == "/note"
    assert secretary.post(f"{path}/verify/", {"finding": "confirmed"}).data["state"] == ActionState.VERIFIED
    assert owner.get(f"{path}/").data["next_move"] is None
    for name, count in (("promises", 1), ("updates", 1), ("evidence", 1), ("verifications", 1), ("blockers", 1)):
        assert owner.get(f"{API}/{name}/").data["count"] == count, name
        one = owner.get(f"{API}/{name}/").data["results"][0]
        assert owner.get(f"{API}/{name}/{one['id']}/").data["action"] == made.data["reference"]
        assert client(town.champions[town.legal.pk]).get(f"{API}/{name}/").data["count"] == 0
        assert client(town.champions[town.legal.pk]).get(f"{API}/{name}/{one['id']}/").status_code == 404


def test_if_match_is_honoured_and_tells_how_it_stands(town, action, now) -> None:
    owner = client(town.champions[town.claims.pk])
    path = f"{API}/actions/{action.reference}"
    tag = owner.get(f"{path}/").headers["ETag"]
    day = (now + timedelta(days=9)).date().isoformat()
    assert owner.post(f"{path}/accept/", {"promised_on": day}, HTTP_IF_MATCH=tag).status_code == 200
    stale = owner.post(f"{path}/report/", {"health": "on_track"}, HTTP_IF_MATCH=tag)
    assert (stale.status_code, stale.data["state"], stale.data["promised"]) == (412, "accepted", day)
    assert not Update.objects.exists()
    fresh = owner.get(f"{path}/").headers["ETag"]
    assert owner.post(f"{path}/report/", {"health": "on_track"}, HTTP_IF_MATCH=fresh).status_code == 200


def test_a_deed_with_a_key_is_done_once(town, action, now) -> None:
    owner = client(town.champions[town.claims.pk])
    path = f"{API}/actions/{action.reference}"
    day = (now + timedelta(days=9)).date().isoformat()
    first = owner.post(f"{path}/accept/", {"promised_on": day}, HTTP_IDEMPOTENCY_KEY="k1")
    again = owner.post(f"{path}/accept/", {"promised_on": day}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert Promise.objects.count() == 1


def test_what_may_not_be_seen_is_absent_in_every_way_of_asking(town, action) -> None:
    stranger = client(town.champions[town.legal.pk])
    path = f"{API}/actions/{action.reference}"
    assert stranger.get(f"{path}/").status_code == 404
    assert stranger.get(f"{API}/actions/").data["count"] == 0
    for verb in (
        "accept",
        "decline",
        "report",
        "block",
        "done",
        "verify",
        "cancel",
        "evidence",
        "set-date",
        "reassign",
    ):
        assert stranger.post(f"{path}/{verb}/", {"reason": "r"}).status_code == 404, verb
    assert stranger.get(f"{API}/updates/?of={action.reference}").status_code == 422


def test_a_secret_council_is_not_named_by_an_action(town, chamber, action) -> None:
    said = client(town.champions[town.claims.pk]).get(f"{API}/actions/{action.reference}/").data
    assert said["council"] is None
    assert client(town.lead).get(f"{API}/actions/{action.reference}/").data["council"] == chamber.council.reference


def test_the_list_is_narrowed_and_the_review_counts_the_same(town, action, now) -> None:
    lead = client(town.lead)
    items.accept(
        action=action,
        promised_on=now.date() + timedelta(days=1),
        by=town.champions[town.claims.pk],
        now=now,
    )
    ActionItem.objects.update(promised=now.date() - timedelta(days=5))
    review = lead.get(f"{API}/review/").data
    assert (review["total"]["late"], review["departments"][0]["department"]) == (1, town.claims.reference)
    late = lead.get(f"{API}/actions/?figure=late&department={town.claims.reference}").data
    assert [row["reference"] for row in late["results"]] == [action.reference]
    assert late["results"][0]["is_late"] is True
    assert lead.get(f"{API}/actions/?department={town.legal.reference}").data["count"] == 0
    assert lead.get(f"{API}/actions/?figure=nonsense").status_code == 422


def test_whoever_gives_an_action_out_of_their_sight_is_told_nothing_more(town, chamber, action, now) -> None:
    items.decline(action=action, reason="r", by=town.champions[town.claims.pk], now=now)
    answer = client(town.heads[town.claims.pk]).post(
        f"{API}/actions/{action.reference}/reassign/", {"seat": town.champion_seats[town.digital.pk].reference}
    )
    assert (answer.status_code, answer.data) == (204, None)
