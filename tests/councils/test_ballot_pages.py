"""The pages and the API of votes in writing, without JavaScript."""

import json
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import AgendaItem, Ballot, Decision, WrittenVote
from councils.services import agenda, ballots
from governance.models import JournalEntry
from tests.councils.rooms import sit
from tests.councils.test_ballots import NEW_DAY, Late
from tests.factories import EPOCH, Chamber


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(EPOCH, tick=False):
        yield


@pytest.fixture
def late(town):
    return Late(town)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_meeting_is_closed_with_a_reason_then_the_motion_is_written_and_each_seat_votes(late, client_for):
    meeting, _votes = sit(late.council)
    clerk = client_for(late.clerk)
    at, item = f"/meetings/{meeting.reference}/", f"/agenda-items/{late.item.reference}/"
    assert "It is not decided" in text_of(clerk.get(f"{at}?item={late.item.reference}"))
    asked = clerk.post(f"{at}close/", {"version": meeting.version})
    assert asked.status_code == 409
    assert late.item.reference in text_of(asked)
    empty = clerk.post(f"{at}close/", {"version": meeting.version, "reason": " "})
    assert (empty.status_code, meeting.items.count()) == (422, 1)
    closed = clerk.post(f"{at}close/", {"version": meeting.version, "reason": "We ran out of time."})
    assert closed.status_code == 302
    page = text_of(clerk.get(item))
    assert "Not decided by the meeting: We ran out of time." in page
    assert "waits for the motion of its vote in writing until" in page
    form = {"outcome": "extend", "motion": "Until the end of January.", "reason": "r"}
    refused = clerk.post(f"{item}put-to-vote/", form)
    assert refused.status_code == 422
    assert "Until the end of January." in text_of(refused), "the input is kept"
    assert clerk.post(f"{item}put-to-vote/", {**form, **NEW_DAY}).status_code == 302
    assert "Opened as a vote in writing; it closes" in text_of(clerk.get(item))
    council = text_of(clerk.get(f"/councils/{late.council.council.reference}/"))
    assert "Voted on in writing" in council
    member = client_for(late.council.members[3])
    assert "29 January 2027" in text_of(member.get(f"{item}written-vote/")), "what is voted on, not its motion alone"
    assert "Your vote" in text_of(member.get(f"{item}written-vote/"))
    assert member.post(f"{item}written-vote/cast/", {"choice": "perhaps"}).status_code == 422
    assert member.post(f"{item}written-vote/cast/", {"choice": "against"}).status_code == 302
    assert WrittenVote.objects.get().choice == "against"
    mine, others = text_of(member.get(f"{item}written-vote/")), text_of(clerk.get(f"{item}written-vote/"))
    assert "against" in mine
    assert "has voted" in others
    for number in (0, 1, 2, 4, 5, 6, 7, 8):
        voter = client_for(late.council.members[number])
        cast = voter.post(f"{item}written-vote/cast/", {"choice": "for"}, follow=True)
        assert ("It was the last one" in text_of(cast)) == (number == 8)
    decision = Decision.objects.get()
    told = text_of(clerk.get(f"/decisions/{decision.reference}/"))
    assert "9 of 9 voting seats voted in writing; 5 needed, the chair voted." in told
    closed = clerk.get(f"{item}written-vote/")
    assert "of it? Valid (9 of 9 in writing; 8 for, 1 against) To the decision" in text_of(closed)
    assert f"/decisions/{decision.reference}/" in closed.content.decode()


def test_who_has_no_vote_there_casts_none_and_who_sees_nothing_is_told_nothing(town, late, client_for):
    late.leave()
    late.put()
    item = f"/agenda-items/{late.item.reference}/written-vote/"
    assert client_for(town.lead).get(item).status_code == 200
    assert client_for(town.lead).post(f"{item}cast/", {"choice": "for"}).status_code == 403
    outsider = client_for(town.person("Nobody Here"))
    assert outsider.get(item).status_code == 404
    assert outsider.post(f"{item}cast/", {"choice": "for"}).status_code == 404
    assert not WrittenVote.objects.exists()


def test_over_the_api(town, late, client_for):
    meeting, _votes = sit(late.council)
    clerk, at = client_for(late.clerk), f"/api/v1/agenda-items/{late.item.reference}/"
    refused = clerk.post(f"/api/v1/meetings/{meeting.reference}/close/", "{}", content_type="application/json")
    assert (refused.status_code, late.item.reference in refused.content.decode()) == (409, True)
    left = clerk.post(f"{at}not-decided/", json.dumps({"reason": "Too late."}), content_type="application/json")
    assert (left.status_code, left.json()["meeting"]) == (200, None)
    put = clerk.post(
        f"{at}put-to-vote/", json.dumps({"outcome": "extend", "motion": "Later.", "payload": NEW_DAY}),
        content_type="application/json",
    )  # fmt: skip
    assert (put.status_code, put.json()["state"], put.json()["needed"], put.json()["voted"]) == (201, "open", 5, 0)
    assert [line["value"] for line in put.json()["asked"]] == ["29 January 2027", NEW_DAY["reason"]]
    cast = clerk.post(f"{at}vote/", json.dumps({"choice": "for"}), content_type="application/json")
    assert (cast.status_code, cast.json()["voted"]) == (200, 1)
    assert [seat["has_voted"] for seat in cast.json()["seats"]].count(True) == 1
    assert "choice" not in json.dumps(cast.json()["seats"]), "how each seat votes is nobody's before it closes"
    entry = JournalEntry.objects.get(event="councils.ballot.cast")
    assert "for" not in entry.facts.values()
    assert Ballot.objects.get().state == "open"
    assert AgendaItem.objects.get(pk=late.item.pk).state == "open"


def test_a_confidential_councils_vote_is_its_own(town, client_for):
    above = Chamber(town, name="Executive Committee", size=3)
    council = town.council_of_nine(parent=above.council, confidential=True)
    clerk = council.secretary
    item = agenda.propose(
        council=council.council, about=None, matter="general", by=clerk, now=EPOCH, ask="Which branches close?"
    )
    ballots.put(item=item, outcome="note", motion="The three.", payload={}, by=clerk, now=EPOCH)
    at = f"/agenda-items/{item.reference}/written-vote/"
    assert client_for(council.members[2]).get(at).status_code == 200
    for stranger in (town.lead, above.chair):
        assert client_for(stranger).get(at).status_code == 404
        assert client_for(stranger).post(f"{at}cast/", {"choice": "for"}).status_code == 404


def test_the_statements_of_a_vote_do_not_grow_with_its_voters(late, client_for):
    late.leave()
    late.put()
    reader, at = client_for(late.council.members[8]), f"/agenda-items/{late.item.reference}/written-vote/"
    counted = []
    for number in (0, 1, 2, 3):
        late.cast(number)
        if number in (0, 3):
            with CaptureQueriesContext(
                connection,
            ) as taken:
                assert reader.get(at).status_code == 200
            counted.append(len(taken))
    assert counted[1] <= counted[0]
