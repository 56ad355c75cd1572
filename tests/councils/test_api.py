"""The councils' API: the same rules and services as the pages, told as problems with pointers."""

import pytest
import time_machine

from councils.models import AgendaItem, Decision, Envelope, Meeting
from governance.models import SubjectKind
from governance.services import subjects
from tests.councils.rooms import EUROS
from tests.factories import EPOCH


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(EPOCH, tick=False):
        yield


def test_the_whole_round_over_the_api(town, council, api_for):
    chair, sponsor, lead = api_for(council.secretary), api_for(town.sponsor), api_for(town.lead)
    name = council.council.reference
    granted = sponsor.post("/api/v1/envelopes/grant/", {"council": name, "amount": 10_000 * EUROS})
    assert granted.status_code == 201
    assert granted.json()["balances"] == {
        "granted": 1_000_000, "free": 1_000_000, "allocated": 0, "spent": 0, "overrun": 0,
    }  # fmt: skip
    assert chair.post("/api/v1/envelopes/grant/", {"council": name, "amount": 1}).status_code == 403

    called = chair.post("/api/v1/meetings/", {"council": name, "starts_at": "2026-11-02T09:00:00Z"})
    meeting = f"/api/v1/meetings/{called.json()['reference']}/"
    assert chair.post(f"{meeting}open/", HTTP_IF_MATCH='"7"').status_code == 412
    assert chair.post(f"{meeting}open/", HTTP_IF_MATCH=called["ETag"]).json()["state"] == "open"
    for membership in council.memberships[:6]:
        seat = membership.seat.reference
        told = chair.post(f"{meeting}mark/", {"seat": seat, "presence": "present"})
    assert told.json()["quorum"]["is_quorate"] is True
    assert chair.get(f"{meeting}attendance/").json()["quorum"]["present"] == 6

    votes = {membership.seat.reference: "for" for membership in council.memberships[:6]}

    def propose(title):
        about = subjects.create(SubjectKind.THEME, title=title, now=EPOCH, audience=[council.council.pk])
        made = lead.post("/api/v1/agenda-items/", {"council": name, "about": about.reference, "matter": "spending"})
        assert made.status_code == 201, made.json()
        item = f"/api/v1/agenda-items/{made.json()['reference']}/"
        placed = chair.post(f"{item}place/", {"meeting": Meeting.objects.get().reference})
        assert placed.json()["next"]["who"] == council.secretary.name
        return item

    def settle(item, euros, **more):
        payload = {"title": "Text them", "amount": euros * EUROS}
        return chair.post(
            f"{item}settle/",
            {"outcome": "spend", "motion": "Text them.", "payload": payload, "votes": votes},
            **more,
        )

    first = propose("One")
    assert [one["key"] for one in chair.get(f"{first}outcomes/").json()] == ["spend"]
    told = settle(first, 3_999, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (told.status_code, told.json()["verdict"]) == (201, "valid")
    assert told.json()["sentence"] == "valid (6 of 9; 6 for, 0 against)"
    assert settle(first, 3_999, HTTP_IDEMPOTENCY_KEY="k-1").json()["reference"] == told.json()["reference"]
    assert settle(propose("Two"), 3_999).json()["verdict"] == "valid"

    third = propose("Three")
    refused = settle(third, 3_999)
    problem = refused.json()
    assert refused.status_code == 409
    assert (problem["title"], problem["free"], problem["needed"]) == ("envelope_short", 200_200, 399_900)
    assert "€2,002.00 is free" in problem["detail"]
    assert problem["errors"][0]["pointer"] == "/payload/amount"
    assert Decision.objects.count() == 2, "no verdict is stored"
    referred = chair.post(
        f"{third}refer/", {"outcome": "spend", "motion": "m", "payload": {"title": "Text", "amount": 399_900}}
    )
    assert referred.status_code == 201
    assert AgendaItem.objects.get(matter="referral").council == council.council.parent

    beyond = settle(propose("Four"), 4_001)
    assert (beyond.status_code, beyond.json()["verdict"]) == (201, "referred")
    missing = chair.post(f"{propose('Five')}settle/", {"outcome": "spend", "motion": "m", "votes": votes})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/payload/title")
    assert chair.get("/api/v1/decisions/?verdict=valid").json()["count"] == 2
    allocations = chair.get("/api/v1/allocations/").json()["results"]
    assert [row["amount"] for row in allocations] == [399_900, 399_900]
    ledger = chair.get(f"/api/v1/envelopes/{Envelope.objects.get().reference}/postings/").json()
    assert [row["amount"] for row in ledger["results"]] == [399_900, 399_900, 1_000_000]
    closed = chair.post(f"{meeting}close/").json()
    assert (closed["state"], closed["decided"]) == ("closed", 3)
    assert chair.get(meeting, HTTP_IF_NONE_MATCH=chair.get(meeting)["ETag"]).status_code == 304


def test_a_vote_for_a_seat_of_another_council_is_refused_at_its_pointer(town, council, committee, api_for):
    from tests.councils.rooms import sit

    meeting, _votes = sit(council)
    program = api_for(council.secretary)
    made = program.post("/api/v1/agenda-items/", {"council": council.council.reference, "ask": "What now?"})
    item = f"/api/v1/agenda-items/{made.json()['reference']}/"
    program.post(f"{item}place/", {"meeting": meeting.reference})
    told = program.post(
        f"{item}settle/",
        {"outcome": "note", "motion": "m", "votes": {committee.memberships[0].seat.reference: "for"}},
    )
    assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/votes")


def test_a_council_is_founded_and_composed_over_the_api(town, api_for):
    lead = api_for(town.lead)
    asked = {
        "name": "Culture", "kind": "culture", "department": town.root.reference, "sponsor": town.sponsor_seat.reference,
        "chair": town.champions[town.claims.pk].pk,
    }  # fmt: skip
    made = lead.post("/api/v1/councils/", asked)
    assert (made.status_code, made.json()["seats"]) == (201, 2)
    added = lead.post("/api/v1/memberships/", {"council": made.json()["reference"], "represents": town.legal.reference})
    assert added.status_code == 201
    seat = f"/api/v1/memberships/{added.json()['reference']}/"
    seated = lead.post(f"{seat}seat-person/", {"person": town.heads[town.legal.pk].pk})
    assert seated.json()["holder"]["name"] == "Sanne de Wit"
    assert lead.post(f"{seat}end/").status_code == 204
    assert lead.get(seat).status_code == 404
    quiet = lead.post("/api/v1/councils/", {**asked, "name": "Quiet", "is_confidential": True})
    assert quiet.status_code == 204, "it is its own from now on"
    assert lead.get("/api/v1/councils/").json()["count"] == 1
    assert api_for(town.champions[town.claims.pk]).post("/api/v1/councils/", asked).status_code in (403, 422)
