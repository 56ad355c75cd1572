"""The pages and the API of requests: what is shown to whom, and what comes back when it is refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from actions.models import Request
from actions.services import items, requests
from tests.factories import Town

pytestmark = pytest.mark.django_db

API = "/api/v1/requests/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def program(person) -> APIClient:
    made = APIClient()
    made.force_authenticate(person)
    return made


def champion(town: Town, department):
    return town.champions[department.pk]


def ask(town: Town, now, **fields) -> Request:
    given = {"title": "A consent text", "to": town.champion_seats[town.legal.pk],
             "seat": town.champion_seats[town.claims.pk], "asked_for": (now + timedelta(days=20)).date(),
             "by": champion(town, town.claims), "now": now}  # fmt: skip
    return requests.ask(**{**given, **fields})


def test_a_request_goes_from_asking_to_confirming_on_the_pages_alone(town, now) -> None:
    asking, asked = browser(champion(town, town.claims)), browser(champion(town, town.legal))
    day = (now + timedelta(days=20)).date().isoformat()
    form = asking.get("/requests/new/").text
    assert "Legal &amp; Compliance: Champion, Legal &amp; Compliance" in form
    sent = {"title": "A consent text", "to": town.champion_seats[town.legal.pk].reference, "asked_for": day,
            "seat": town.champion_seats[town.claims.pk].reference, "need": "In Dutch."}  # fmt: skip
    assert asking.post("/requests/new/", {**sent, "asked_for": "2020-01-01"}).status_code == 422
    answer = asking.post("/requests/new/", sent, follow=True)
    made = Request.objects.get()
    path = f"/requests/{made.reference}/"
    assert answer.redirect_chain[-1][0] == path
    assert "Agree, and promise a day" not in answer.text
    page = asked.get(path).text
    assert "Agree, and promise a day" in page
    assert "In Dutch." in page
    refused = asked.post(
        f"{path}agree/", {"promised_on": (now + timedelta(days=40)).date(), "conditions": "With care."}
    )
    assert refused.status_code == 422
    assert "Propose the later day" in refused.text
    assert "With care." in refused.text, "the input is kept"
    assert asked.post(f"{path}agree/", {"promised_on": day}).status_code == 302
    assert asked.post(f"{path}deliver/", {"note": "In the folder."}).status_code == 302
    assert asked.post(f"{path}confirm/").status_code == 403
    assert asking.post(f"{path}send-back/", {"reason": ""}).status_code == 422
    assert asking.post(f"{path}confirm/", {"note": "Thanks."}).status_code == 302
    page = asking.get(path).text
    for words in ("Confirmed", "In the folder.", "Thanks.", "confirmed the delivery"):
        assert words in page
    assert "data-orphan" not in page


def test_the_second_of_two_is_shown_how_it_stands_with_what_they_wrote(town, now) -> None:
    made = ask(town, now)
    requests.counter(request=made, offer="Half of it.", by=champion(town, town.legal), now=now)
    asking = browser(champion(town, town.claims))
    answer = asking.post(f"/requests/{made.reference}/withdraw/", {"version": made.version, "reason": "Found one."})
    assert answer.status_code == 409
    assert "Found one." in answer.text
    assert "Yours" in answer.text
    assert "proposed otherwise" in answer.text
    assert Request.objects.get().state == "countered"


def test_an_action_shows_what_it_needs_and_its_owner_asks_from_there(town, now) -> None:
    chamber = town.council_of_nine()
    action = items.create(title="Text them", seat=town.champion_seats[town.claims.pk], council=chamber.council,
                          proof="p", by=town.lead, now=now)  # fmt: skip
    owner, chair = champion(town, town.claims), chamber.chair
    path, new = f"/actions/{action.reference}/", f"/requests/new/?action={action.reference}"
    assert new not in browser(owner).get(path).text, "not before it runs"
    items.accept(action=action, promised_on=None, by=owner, now=now)
    assert new in browser(owner).get(path).text
    assert new not in browser(chair).get(path).text
    assert browser(chair).get(new).status_code == 403
    assert browser(champion(town, town.legal)).get(new).status_code == 404
    made = ask(town, now, action=action, seat=None)
    page = browser(chair).get(path).text
    assert made.reference in page
    assert "Needed from other departments" in page
    assert f'href="{path}"' in browser(owner).get(f"/requests/{made.reference}/").text, "and back"
    assert path not in browser(champion(town, town.legal)).get(f"/requests/{made.reference}/").text


def test_the_matrix_shows_each_debt_opens_its_list_and_has_cards_for_narrow_screens(town, now) -> None:
    ask(town, now)
    client = browser(town.lead)
    page = client.get("/owes/").text
    address = f"/requests/?owing={town.legal.reference}&amp;owed={town.claims.reference}&amp;figure=open"
    assert page.count(address) >= 2, "in the matrix, and on the card"
    assert "Legal &amp; Compliance owes Claims: 1 open, 0 overdue, 1 unanswered, the oldest 0 days old" in page
    listed = client.get(address.replace("&amp;", "&")).text
    assert "A consent text" in listed
    assert "Owed by" in listed
    other = client.get(f"/requests/?owing={town.claims.reference}&figure=open").text
    assert "A consent text" not in other
    assert "No request matches" in other
    empty = browser(town.person("Noor Bakker")).get("/owes/").text
    assert "Nobody owes anybody anything" in empty
    assert "A consent text" not in empty


def test_a_request_lives_its_life_over_the_api_with_versions(town, now) -> None:
    asking, asked = program(champion(town, town.claims)), program(champion(town, town.legal))
    day = (now + timedelta(days=20)).date().isoformat()
    sent = {"title": "A consent text", "to": town.champion_seats[town.legal.pk].reference, "asked_for": day,
            "seat": town.champion_seats[town.claims.pk].reference}  # fmt: skip
    made = asking.post(API, sent, headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201, made.data
    assert asking.post(API, sent, headers={"Idempotency-Key": "k1"}).data == made.data
    assert made.data["next_move"]["kind"] == "answer_request"
    path = f"{API}{made.data['reference']}/"
    countered = asked.post(f"{path}counter/", {"offer": "Half."}, headers={"If-Match": made["ETag"]})
    assert countered.status_code == 200, countered.data
    stale = asking.post(f"{path}withdraw/", {"reason": "r"}, headers={"If-Match": made["ETag"]})
    assert (stale.status_code, stale.data["state"]) == (412, "countered")
    assert asking.post(f"{path}accept/").data["promised"] == day
    assert asked.post(f"{path}accept/").status_code == 403
    assert asked.post(f"{path}deliver/").data["state"] == "delivered"
    assert asking.post(f"{path}send-back/", {"reason": "More."}).data["state"] == "agreed"
    owes = asking.get("/api/v1/who-owes-whom/").data
    assert [dict(debt) for debt in owes["debts"]] == [
        {"open": 1, "overdue": 0, "unanswered": 0, "oldest": 0, "owing": town.legal.reference,
         "owed": town.claims.reference},
    ]  # fmt: skip
    narrowed = {"owing": town.legal.reference, "owed": town.claims.reference, "figure": "open"}
    assert asking.get(API, narrowed).data["count"] == owes["total"]["open"] == 1
    assert asking.get(API, {"direction": "asked", "department": town.claims.reference}).data["count"] == 0
    assert asking.get(API, {"state": "nowhere"}).status_code == 422
    assert program(town.person("Noor Bakker")).get(path).status_code == 404
