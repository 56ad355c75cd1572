"""The pages of councils, clicked without JavaScript."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import AgendaItem, Attendance, Council, Decision, Envelope, ItemState, Meeting, Verdict
from councils.services import agenda, books
from governance.models import Person, SubjectKind
from governance.services import subjects
from tests.councils.rooms import EUROS, decide, sit
from tests.factories import EPOCH, Chamber


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(EPOCH, tick=False):
        yield


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def spending_item(chamber, meeting, title):
    about = subjects.create(SubjectKind.THEME, title=title, now=EPOCH, audience=[chamber.council.pk])
    item = agenda.propose(council=chamber.council, about=about, matter="spending", by=chamber.secretary, now=EPOCH)
    return agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH)


def test_a_secretary_calls_opens_attends_decides_and_closes(town, council, client_for):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    client = client_for(council.secretary)
    page = client.get(f"/councils/{council.council.reference}/")
    assert page.status_code == 200
    assert "€10,000 is free to commit" in text_of(page)
    raised = client.post(f"/councils/{council.council.reference}/agenda/propose/", {"ask": "May we text at night?"})
    assert raised.status_code == 302
    called = client.post(
        f"/councils/{council.council.reference}/meetings/call/", {"day": "2026-11-03", "time": "14:00"}
    )
    meeting = Meeting.objects.get()
    assert called.url == f"/meetings/{meeting.reference}/"
    assert meeting.starts_at.isoformat() == "2026-11-03T13:00:00+00:00", "Amsterdam's 14:00"
    assert "May we text at night?" in text_of(client.get(called.url))
    assert client.post(f"{called.url}open/", {"version": meeting.version}).status_code == 302
    for membership in council.memberships[:5]:
        marked = client.post(f"{called.url}mark/", {"seat": membership.seat.reference, "presence": "present"})
        assert marked.status_code == 302
    room = client.get(called.url)
    assert "5 of 9 here, 5 needed: if one more leaves, quorum is lost." in text_of(room)
    assert "what carries counts, up to €4,000.00 by one decision; €10,000.00 is free" in text_of(room)
    item = AgendaItem.objects.get()
    form = {"outcome": "note", "motion": "Noted.", "note": "Yes.", "rest": "for", "version": item.version}
    preview = client.post(f"/agenda-items/{item.reference}/settle/", {**form, "intent": "preview"})
    assert preview.status_code == 200
    assert "This would be valid (5 of 9; 5 for, 0 against)" in text_of(preview)
    assert not Decision.objects.exists()
    settled = client.post(f"/agenda-items/{item.reference}/settle/", form)
    decision = Decision.objects.get()
    assert settled.url == f"/decisions/{decision.reference}/"
    told = text_of(client.get(settled.url))
    assert "5 of 9 voting seats were taken; 5 needed, the chair was there." in told
    assert decision.title in text_of(client.get("/decisions/?verdict=valid"))
    assert decision.title not in text_of(client.get("/decisions/?verdict=advisory")).split("Decision register")[-1]
    meeting.refresh_from_db()
    assert client.post(f"{called.url}close/", {"version": meeting.version}).status_code == 302
    assert "Closed on" in text_of(client.get(called.url))
    assert 'href="/delegated/">Allocated without a meeting</a>' in client.get("/decisions/").text
    for path in ("/councils/", "/meetings/", "/agenda-items/", "/decisions/", "/envelopes/"):
        assert client.get(path).status_code == 200
    envelope = Envelope.objects.get()
    assert "I, Ingrid Solheim, for the seat" in text_of(client.get(f"/envelopes/{envelope.reference}/"))


def test_a_short_envelope_answers_409_with_what_is_free_and_offers_to_refer_what_was_typed(town, council, client_for):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    for number in (1, 2):
        assert decide(council, meeting, votes, 3_999, title=f"No. {number}").verdict == Verdict.VALID
    item = spending_item(council, meeting, "No. 3")
    client = client_for(council.secretary)
    typed = {"outcome": "spend", "motion": "Move No. 3", "title": "Third", "amount": "3,999.00", "rest": "for"}
    refused = client.post(f"/agenda-items/{item.reference}/settle/", {**typed, "version": item.version})
    assert refused.status_code == 409
    words = text_of(refused)
    assert "€2,002.00 is free in the envelope, and this needs €3,999.00" in words
    assert "Refer to Executive Committee" in words
    assert 'value="3,999.00"' in refused.content.decode(), "the input is kept"
    assert Decision.objects.count() == 2, "no verdict is stored"
    referred = client.post(f"/agenda-items/{item.reference}/refer/", {**typed, "version": item.version})
    assert referred.status_code == 302
    raised = AgendaItem.objects.get(matter="referral")
    assert raised.council == council.council.parent
    assert raised.proposal["payload"] == {"title": "Third", "amount": 399_900}
    assert "Third" in text_of(client.get(f"/agenda-items/{raised.reference}/")), "its proposers see what was referred"


def test_a_form_that_lacks_something_keeps_the_rest(town, council, client_for):
    meeting, _votes = sit(council)
    item = spending_item(council, meeting, "A matter")
    client = client_for(council.secretary)
    answer = client.post(
        f"/agenda-items/{item.reference}/settle/",
        {"outcome": "spend", "motion": "Kept words", "title": "", "amount": "many", "version": item.version},
    )
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert "Write an amount in figures" in text_of(answer)
    assert item.state == ItemState.OPEN


def test_what_is_typed_survives_that_somebody_is_marked(town, council, client_for):
    meeting, _votes = sit(council, present=5)
    item = spending_item(council, meeting, "A matter")
    spending_item(council, meeting, "Another matter")
    client = client_for(council.secretary)
    late = council.memberships[6].seat
    typed = {
        "item": item.reference, "outcome": "spend", "version": item.version, "motion": "Half a motion",
        "title": "", "amount": "1,2", "rest": "for", f"vote_{council.memberships[1].seat.reference}": "against",
    }  # fmt: skip
    # Without a script too: the buttons send the form of the item along, and say in their address who is marked.
    address = f"/meetings/{meeting.reference}/mark/?seat={late.reference}&presence=present"
    answer = client.post(address, typed, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"?item={item.reference}&outcome=spend#who")
    form = answer.context["room"].form
    assert answer.context["room"].item == item
    assert (form["motion"].value(), form["amount"].value(), form["rest"].value()) == ("Half a motion", "1,2", "for")
    assert form[f"vote_{council.memberships[1].seat.reference}"].value() == "against"
    assert Attendance.objects.filter(meeting=meeting, membership__seat=late, presence="present").exists()
    again = client.get(f"/meetings/{meeting.reference}/?item={item.reference}")
    assert again.context["room"].form["motion"].value() != "Half a motion", "kept for one look, not for ever"


def test_an_older_version_is_a_conflict_of_two_people(town, council, client_for):
    meeting, _votes = sit(council)
    item = spending_item(council, meeting, "A matter")
    client = client_for(council.secretary)
    typed = {"outcome": "spend", "motion": "Words of mine", "title": "t", "rest": "for", "version": item.version - 1}
    answer = client.post(f"/agenda-items/{item.reference}/settle/", typed)
    assert answer.status_code == 409
    assert "Somebody changed this item meanwhile" in text_of(answer)
    assert "Words of mine" in answer.content.decode(), "the input is kept"
    assert f'name="version" value="{item.version}"' in answer.content.decode()
    assert not Decision.objects.exists()
    assert client.post(f"/agenda-items/{item.reference}/settle/", {**typed, "version": item.version}).status_code == 302
    late = client.post(f"/agenda-items/{item.reference}/settle/", typed)
    assert late.status_code == 409
    assert "Words of mine" in text_of(late), "to copy, since the item is settled"


def test_the_cx_lead_founds_a_council_and_adds_its_members(town, client_for):
    client = client_for(town.lead)
    asked = {
        "name": "Culture Council", "kind": "culture", "department": town.root.pk, "sponsor": town.sponsor_seat.pk,
        "chair": town.champions[town.claims.pk].pk,
    }  # fmt: skip
    founded = client.post("/councils/found/", asked)
    council = Council.objects.get()
    assert founded.url == f"/councils/{council.reference}/"
    added = client.post(f"{founded.url}members/add/", {"votes": "on", "represents": town.digital.pk})
    assert added.status_code == 302
    page = text_of(client.get(founded.url))
    assert "Member for Digital" in page
    assert "2 seats are vacant" in page
    seat = council.memberships.get(seat__kind="member").seat
    seated = client.post(
        f"{founded.url}members/{seat.reference}/", {"person": town.champions[town.digital.pk].pk, "role": "holder"}
    )
    assert seated.status_code == 302
    assert "Amara Okafor" in text_of(client.get(founded.url))
    assert client.post("/councils/found/", {**asked, "name": ""}).status_code == 422


def test_who_may_not_found_is_refused(town, client_for):
    assert client_for(town.champions[town.claims.pk]).get("/councils/found/").status_code in (403, 404)


def test_a_sponsor_signs_a_grant_and_nobody_else_does(town, committee, council, client_for):
    address = f"/councils/{council.council.reference}/envelope/grant/"
    assert client_for(council.secretary).get(address).status_code == 403
    assert client_for(town.champions[town.claims.pk]).get(address).status_code == 404
    client = client_for(town.sponsor)
    assert client.get(address).status_code == 200
    unsigned = client.post(address, {"amount": "10,000"})
    assert unsigned.status_code == 422
    assert "Only a signed grant makes an envelope" in text_of(unsigned)
    assert client.post(address, {"amount": "10,000", "signed": "on"}).status_code == 302
    assert Envelope.objects.get().signed_by == town.sponsor


def everything(chamber: Chamber) -> list[str]:
    """A page of each kind about one council."""
    council = chamber.council
    item, decision = AgendaItem.objects.get(council=council), Decision.objects.get(council=council)
    meeting, envelope = Meeting.objects.get(council=council), Envelope.objects.get(council=council)
    return [
        f"/councils/{council.reference}/", f"/meetings/{meeting.reference}/", f"/agenda-items/{item.reference}/",
        f"/decisions/{decision.reference}/", f"/envelopes/{envelope.reference}/",
    ]  # fmt: skip


def test_a_confidential_council_does_not_exist_for_anybody_but_its_seats_and_sponsor(town, client_for, api_for):
    quiet = town.council_of_nine(confidential=True)
    books.grant(council=quiet.council, amount=1_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(quiet)
    decide(quiet, meeting, votes, 100, title="Quiet business")
    strangers: list[Person] = [town.lead, town.heads[town.claims.pk]]
    for path in everything(quiet):
        for person in strangers:
            assert client_for(person).get(path).status_code == 404, path
            assert api_for(person).get(f"/api/v1{path}").status_code == 404, path
        for person in (quiet.members[5], town.sponsor):
            assert client_for(person).get(path).status_code == 200, path
            assert api_for(person).get(f"/api/v1{path}").status_code == 200, path
    for person in strangers:
        for path in ("councils", "memberships", "meetings", "agenda-items", "decisions", "envelopes", "allocations"):
            assert api_for(person).get(f"/api/v1/{path}/").json()["count"] == 0, path
            assert api_for(quiet.secretary).get(f"/api/v1/{path}/").json()["count"] > 0, path
        for path in ("councils", "meetings", "agenda-items", "decisions", "envelopes"):
            assert quiet.council.name not in client_for(person).get(f"/{path}/?state=all").content.decode()
        seat = quiet.memberships[3].seat.reference
        assert api_for(person).get(f"/api/v1/seats/{seat}/").status_code == 404, "nor its seats"


def _statements(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(town, council, client_for, api_for):
    books.grant(council=council.council, amount=100_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    paths = [
        "/councils/", f"/councils/{council.council.reference}/", f"/meetings/{meeting.reference}/", "/meetings/",
        "/agenda-items/?state=all", "/decisions/", "/envelopes/", "/api/v1/councils/", "/api/v1/memberships/",
        "/api/v1/meetings/", "/api/v1/agenda-items/", "/api/v1/decisions/", "/api/v1/envelopes/",
        "/api/v1/allocations/",
    ]  # fmt: skip
    page, program = client_for(town.lead), api_for(town.lead)

    room = client_for(council.secretary)

    def counted():
        held = {"the room": _statements(room, f"/meetings/{meeting.reference}/")}
        return held | {path: _statements(program if path.startswith("/api") else page, path) for path in paths}

    for number in range(2):
        decide(council, meeting, votes, 10, title=f"Few {number}")
        spending_item(council, meeting, f"Open {number}")
    few = counted()
    for number in range(6):
        decide(council, meeting, votes, 10, title=f"Many {number}")
        spending_item(council, meeting, f"Still open {number}")
        other = Chamber(town, name=f"Squad{number}", size=3, parent=council.council)
        books.grant(council=other.council, amount=100 * EUROS, by=town.sponsor, now=EPOCH)
        sat, their_votes = sit(other, present=3)
        decide(other, sat, their_votes, 0, title=f"Of squad {number}")
        about = subjects.create(SubjectKind.THEME, title="Backlog", now=EPOCH, audience=[council.council.pk])
        agenda.propose(council=council.council, about=about, matter="spending", by=council.secretary, now=EPOCH)
    assert counted() == few


def test_what_nothing_reads_is_not_offered(town, client_for, api_for):
    """Every council is run with votes and minutes; a light form is offered when a meeting can be run by it."""
    assert "formality" not in text_of(client_for(town.lead).get("/councils/found/")).lower()
    schema = api_for(town.lead).get("/api/v1/schema/").content.decode()
    assert "from_template" in schema
    assert "formality" not in schema
