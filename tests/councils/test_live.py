"""A meeting while it is held: the pen, the item that is on, what is captured, and what a decision commissions."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem
from councils import referrals
from councils.models import AgendaItem, Capture, Decision, ItemState, Verdict
from councils.queries import books as book_queries
from councils.queries import captures as queries
from councils.queries import live as live_queries
from councils.services import agenda, books, captures, decisions, live, meetings
from governance.clauses import DecisionRight, Quorum, Rules, Voting
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.queries import journal
from governance.services import people
from tests.councils.rooms import EUROS, sit
from tests.factories import EPOCH


def raised(chamber, meeting, ask="May we text at night?"):
    item = agenda.propose(
        council=chamber.council, about=None, matter=referrals.GENERAL, ask=ask, by=chamber.secretary, now=EPOCH
    )
    return agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH)


def written(chamber, meeting, kind, text, item=None, by=None, now=EPOCH):
    return captures.capture(meeting=meeting, item=item, kind=kind, text=text, by=by or chamber.secretary, now=now)


def settled(item, votes, by, **more):
    asked = {"outcome": "note", "motion": "We text at night.", "payload": {"actions": queries.commissioned(item.pk)}}
    return decisions.settle(item=item, votes=votes, by=by, now=EPOCH, **(asked | more))


def owner(chamber):
    """A seat that may own work, and how a line names it."""
    seat = chamber.memberships[3].seat
    return seat, seat.tenures.get().person.name


# --- the pen and the item that is on -------------------------------------------------------------------------------


def test_whoever_opens_holds_the_pen_and_it_can_be_taken_over(town, council):
    meeting, _votes = sit(council)
    meeting.refresh_from_db()
    assert meeting.pen == council.secretary
    with pytest.raises(Conflict, match="holds the pen"):
        written(council, meeting, "note", "Heard.", by=council.chair)
    live.take_pen(meeting=meeting, by=council.chair, now=EPOCH)
    written(council, meeting, "note", "Heard.", by=council.chair)
    with pytest.raises(Conflict, match="holds the pen"):
        written(council, meeting, "note", "Heard too.")
    assert any(entry.event == "councils.pen.taken" for entry in journal.entries(council.secretary, EPOCH))
    with pytest.raises(Refused):
        live.take_pen(meeting=meeting, by=council.memberships[4].seat.tenures.get().person, now=EPOCH)


def test_the_time_that_an_item_was_on_stays_with_it(town, council):
    meeting, _votes = sit(council)
    first, second = raised(council, meeting, "First?"), raised(council, meeting, "Second?")
    live.take_up(meeting=meeting, item=first, by=council.secretary, now=EPOCH)
    live.take_up(meeting=meeting, item=second, by=council.secretary, now=EPOCH + timedelta(minutes=3))
    live.take_up(meeting=meeting, item=first, by=council.secretary, now=EPOCH + timedelta(minutes=4))
    AgendaItem.objects.filter(pk=first.pk).update(allotted=5)
    meeting.refresh_from_db()
    found = live_queries.live(meeting, EPOCH + timedelta(minutes=5))
    assert (found.current.pk, found.clock.spent, found.clock.left, found.clock.shown) == (first.pk, 240, 60, "1:00")
    assert live_queries.live(meeting, EPOCH + timedelta(minutes=6)).clock.is_up
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH + timedelta(minutes=7))
    first.refresh_from_db(), second.refresh_from_db(), meeting.refresh_from_db()
    assert (first.spent, second.spent, meeting.current, meeting.pen) == (360, 60, None, None)


def test_an_item_of_another_meeting_is_not_taken_up(town, council, committee):
    meeting, _votes = sit(council)
    other, _their = sit(committee, present=3)
    item = raised(committee, other)
    with pytest.raises(Absent):
        live.take_up(meeting=meeting, item=item, by=council.secretary, now=EPOCH)
    with pytest.raises(Absent):
        written(council, meeting, "note", "Heard.", item=item)


def test_a_quorum_that_is_made_or_lost_is_said_at_once(town, council):
    meeting, _votes = sit(council, present=5)
    told = [entry.event for entry in journal.entries(council.secretary, EPOCH)]
    assert told.count("councils.quorum.made") == 1
    meetings.mark(meeting=meeting, membership=council.memberships[4], presence="left", by=council.secretary, now=EPOCH)
    meetings.mark(meeting=meeting, membership=council.memberships[3], presence="left", by=council.secretary, now=EPOCH)
    told = [entry.event for entry in journal.entries(council.secretary, EPOCH)]
    assert told.count("councils.quorum.lost") == 1, "when it is lost, not each time somebody leaves"


def test_late_arrivals_keep_when_they_came_first(town, council):
    meeting, _votes = sit(council, present=5)
    late, member = EPOCH + timedelta(minutes=20), council.memberships[6]
    mark = {"meeting": meeting, "membership": member, "by": council.secretary}
    meetings.mark(presence="present", now=late, remote=True, **mark)
    meetings.mark(presence="left", now=late + timedelta(minutes=5), **mark)
    row = meetings.mark(presence="present", now=late + timedelta(minutes=9), **mark)
    assert (row.came_at, row.is_remote) == (late, False)


# --- lines ---------------------------------------------------------------------------------------------------------


def test_a_line_turns_into_another_kind_and_is_struck_out_and_put_back(town, council):
    meeting, _votes = sit(council)
    item = raised(council, meeting)
    seat, name = owner(council)
    line = written(council, meeting, "note", f"Write to the landlords @{name} ^4 Dec =30", item)
    assert (line.seat, line.amount) == (None, 0)
    line = captures.rewrite(line=line, kind="action", text=line.text, by=council.secretary, now=EPOCH, version=1)
    assert (line.seat, line.amount, line.asked_for.isoformat()) == (seat, 30 * EUROS, "2026-12-04")
    with pytest.raises(Stale):
        captures.rewrite(line=line, kind="note", text="x", by=council.secretary, now=EPOCH, version=1)
    captures.undo(line=line, by=council.secretary, now=EPOCH)
    assert queries.commissioned(item.pk) == []
    captures.put_back(line=line, by=council.secretary, now=EPOCH)
    assert [one["title"] for one in queries.commissioned(item.pk)] == ["Write to the landlords"]


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("note", "  ", "Write what was said"),
        ("motion", "Yes", "Choose note, decision"),
        ("note", "x" * 2001, "2000 characters"),
        ("action", "Write to them", "Write who does it, after @"),
        ("action", "@{seat}", "Write what is to be done"),
        ("action", "Write @nobody of that name", "There is no seat"),
        ("action", "Write @Member", "could be: "),
        ("action", "Write @{seat} ^someday", "no day that can be read"),
        ("action", "Write @{seat} ^2026-11-01", "has passed"),
        ("action", "Write @{seat} =-3", "nothing or more"),
        ("action", "Write @{seat} =lots", "an amount in figures"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_would_help(town, council, kind, text, why):
    meeting, _votes = sit(council)
    item = raised(council, meeting)
    with pytest.raises(Invalid, match=why):
        written(council, meeting, kind, text.replace("{seat}", owner(council)[1]), item)
    assert not Capture.objects.exists()


def test_what_was_parked_is_a_question_in_the_backlog_when_the_meeting_closes(town, council):
    meeting, _votes = sit(council)
    item = raised(council, meeting)
    line = written(council, meeting, "parked", "Should the ladder skip the sponsor?", item)
    struck = written(council, meeting, "parked", "Never mind", item)
    captures.undo(line=struck, by=council.secretary, now=EPOCH)
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    line.refresh_from_db(), struck.refresh_from_db()
    waiting = AgendaItem.objects.get(pk=line.result_id)
    assert (waiting.ask, waiting.state, waiting.meeting) == (
        "Should the ladder skip the sponsor?",
        ItemState.OPEN,
        None,
    )
    assert struck.result is None
    with pytest.raises(Conflict, match="while the meeting is open"):
        written(council, meeting, "note", "Too late.")


def test_what_something_came_of_is_not_undone(town, council):
    meeting, votes = sit(council)
    item = raised(council, meeting)
    line = written(council, meeting, "decision", "We text at night.", item)
    decision = settled(item, votes, council.secretary)
    line.refresh_from_db()
    assert line.result_id == decision.pk
    with pytest.raises(Conflict, match="Something came of this line"):
        captures.undo(line=line, by=council.secretary, now=EPOCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Capture.objects.filter(pk=line.pk).update(undone_at=EPOCH)


# --- what a decision commissions -----------------------------------------------------------------------------------


def test_a_decision_makes_its_actions_and_allocates_to_each(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    item, (seat, name) = raised(council, meeting), owner(council)
    first = written(council, meeting, "action", f"Write to the landlords @{name} ^4 Dec =1000", item)
    second = written(council, meeting, "action", f"Count the calls @{name} =0", item)
    written(council, meeting, "note", "Heard.", item)
    decision = settled(item, votes, council.secretary)
    assert (decision.verdict, decision.amount) == (Verdict.VALID, 1000 * EUROS)
    made = {action.subject.title: action for action in ActionItem.objects.select_related("subject")}
    assert set(made) == {"Write to the landlords", "Count the calls"}
    letters, calls = made["Write to the landlords"], made["Count the calls"]
    assert (letters.seat, letters.decision, letters.needs_none) == (seat, decision, False)
    assert (letters.asked_for.isoformat(), calls.needs_none) == ("2026-12-04", True)
    assert book_queries.allocated_to([letters.pk, calls.pk]) == {letters.pk: 1000 * EUROS}
    assert book_queries.free(council.council) == 9_000 * EUROS
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.result_id, second.result_id) == (letters.pk, calls.pk)


def test_what_the_actions_commit_counts_toward_the_limit_and_goes_up_with_them(town, committee, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    item, (_seat, name) = raised(council, meeting), owner(council)
    for number in range(3):
        written(council, meeting, "action", f"Part {number} @{name} =2000", item)
    decision = settled(item, votes, council.secretary)
    assert (decision.verdict, decision.amount) == (Verdict.REFERRED, 6_000 * EUROS)
    assert not ActionItem.objects.exists()
    committee.council.charter = town.charter_in_force(
        "Above", Rules(quorum=Quorum(minimum=2), right=DecisionRight(9_000_000))
    )
    committee.council.save()
    _above, theirs = sit(committee, present=3)
    above = AgendaItem.objects.get(matter=referrals.REFERRAL)
    approved = decisions.settle(
        item=above, outcome="approve", motion="", votes=theirs, by=committee.secretary, now=EPOCH,
        payload={"actions": [{"title": "Something else", "seat": "SEA-1"}]},
    )  # fmt: skip
    assert approved.verdict == Verdict.VALID
    assert sorted(action.subject.title for action in ActionItem.objects.all()) == ["Part 0", "Part 1", "Part 2"]
    assert {action.council for action in ActionItem.objects.all()} == {council.council}
    assert book_queries.free(council.council) == 4_000 * EUROS


def test_a_motion_that_does_not_carry_or_is_advice_makes_no_action(town, council):
    meeting, votes = sit(council)
    item, (_seat, name) = raised(council, meeting), owner(council)
    written(council, meeting, "action", f"Write to the landlords @{name}", item)
    for membership in council.memberships[4:]:
        meetings.mark(meeting=meeting, membership=membership, presence="left", by=council.secretary, now=EPOCH)
    here = dict.fromkeys(list(votes)[:4], "for")
    assert settled(item, here, council.secretary).verdict == Verdict.ADVISORY
    assert not ActionItem.objects.exists()
    item.refresh_from_db()
    assert len(queries.commissioned(item.pk)) == 1, "it still waits for a decision that counts"


def test_an_action_names_no_seat_that_whoever_records_it_may_not_see(town, council):
    meeting, votes = sit(council)
    item = raised(council, meeting)
    for reference in ("SEA-9999", ""):
        with pytest.raises(Invalid):
            settled(item, votes, council.secretary, payload={"actions": [{"title": "Write", "seat": reference}]})
    for junk in ("x", [1], [{"title": "Write"}] * 21, [{"seat": "SEA-1"}]):
        with pytest.raises(Invalid) as refused:
            settled(item, votes, council.secretary, payload={"actions": junk})
        assert refused.value.field == "actions"


# --- how a vote is taken -------------------------------------------------------------------------------------------


def test_nobody_objects_is_a_vote_of_every_seat_that_is_here(town, council):
    meeting, votes = sit(council, present=6)
    item = raised(council, meeting)
    aside = council.memberships[2].pk
    decision = settled(
        item, {aside: "recused"}, council.secretary, how="no_objection", reasons={aside: "My own team.", 0: "x"}
    )
    assert (decision.how, decision.verdict) == ("no_objection", Verdict.VALID)
    cast = {vote.membership_id: (vote.choice, vote.reason) for vote in decision.votes.all()}
    assert cast == {key: ("for", "") for key in votes if key != aside} | {aside: ("recused", "My own team.")}
    with pytest.raises(Invalid, match="Somebody objects"):
        settled(raised(council, meeting, "Again?"), {aside: "against"}, council.secretary, how="no_objection")


def test_a_show_of_hands_counts_without_names(town, council):
    town.rule_anew(Rules(quorum=Quorum(minimum=5), voting=Voting(threshold="majority", of="cast")))
    meeting, _votes = sit(council, present=7)
    asked = {"votes": {}, "by": council.secretary, "how": "hands"}
    carried = settled(raised(council, meeting, "One?"), shown={"for": 4, "against": 3}, **asked)
    assert (carried.verdict, carried.votes.count(), carried.facts["for"]) == (Verdict.VALID, 0, 4)
    lost = settled(raised(council, meeting, "Two?"), shown={"for": 3, "against": 3, "abstain": 1}, **asked)
    assert lost.verdict == Verdict.REJECTED
    item = raised(council, meeting, "Three?")
    for wrong in ({}, {"for": 8}, {"for": -1, "against": 3}, {"maybe": 3}):
        with pytest.raises(Invalid):
            settled(item, shown=wrong, **asked)
    aside = council.memberships[2].pk
    with pytest.raises(Invalid, match="Count again"):
        settled(item, shown={"for": 7}, **(asked | {"votes": {aside: "recused"}}))
    with pytest.raises(Invalid, match="names nobody"):
        settled(item, shown={"for": 3}, **(asked | {"votes": {aside: "for"}}))
    with pytest.raises(Invalid, match="by name"):
        settled(item, **(asked | {"how": "by shouting"}))


# --- pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def _clock():
    with time_machine.travel(EPOCH, tick=False):
        yield


@pytest.mark.usefixtures("_clock")
def test_a_page_asks_what_changed_without_writing_and_gets_nothing_while_nothing_did(town, council, client_for):
    meeting, _votes = sit(council)
    raised(council, meeting)
    client = client_for(council.memberships[4].seat.tenures.get().person)
    at = f"/meetings/{meeting.reference}/live/"
    client.get(at)
    stamp = live_queries.stamp(meeting, EPOCH)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"{at}?stamp={stamp}").status_code == 204
    assert not [query for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE", "BEGIN")]
    assert len(asked) <= 8
    written(council, meeting, "note", "The landlords were not asked.")
    answer = client.get(f"{at}?stamp={stamp}")
    assert answer.status_code == 200
    assert 'id="live-agenda"' in answer.content.decode()
    assert "capture-form" not in answer.content.decode(), "a member follows"
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    assert client.get(f"{at}?stamp={stamp}").headers["HX-Refresh"] == "true"


@pytest.mark.usefixtures("_clock")
def test_a_line_is_captured_turned_and_struck_out_on_the_page(town, council, client_for):
    meeting, _votes = sit(council)
    item, (_seat, name) = raised(council, meeting), owner(council)
    client, at = client_for(council.secretary), f"/meetings/{meeting.reference}/"
    assert client.post(f"{at}take-up/", {"item": item.reference}).status_code == 302
    wrong = client.post(f"{at}capture/", {"kind": "action", "text": "Write to them", "item": item.reference})
    assert wrong.status_code == 422
    assert "Write who does it, after @" in wrong.content.decode()
    assert 'value="Write to them"' in wrong.content.decode(), "what was typed is still there"
    form = {"kind": "action", "text": f"Write to them @{name} ^4 Dec", "item": item.reference}
    parts = client.post(f"{at}capture/", form, headers={"HX-Request": "true"})
    assert parts.status_code == 200
    for name_of_part in ("lines", "commissioned", "capture-form", "pulse"):
        assert f'id="{name_of_part}"' in parts.content.decode()
    line = Capture.objects.get()
    page = client.get(at).content.decode()
    assert f'name="line"\n                 value="{line.pk}:1"' in page
    turned = client.post(f"{at}lines/{line.pk}/", {"kind": "parked", "text": "Later?", "version": 1})
    assert turned.status_code == 302
    late = client.post(f"{at}lines/{line.pk}/", {"kind": "note", "text": "Mine.", "version": 1})
    assert late.status_code == 409
    assert "Mine." in late.content.decode()
    assert client.post(f"{at}lines/{line.pk}/undo/").status_code == 302
    assert client.post(f"{at}lines/{line.pk}/put-back/").status_code == 302
    assert client.post(f"{at}lines/{line.pk + 1}/undo/").status_code == 404


@pytest.mark.usefixtures("_clock")
def test_actions_that_changed_since_the_page_was_read_are_shown_before_the_decision_counts(town, council, client_for):
    meeting, _votes = sit(council)
    item, (_seat, name) = raised(council, meeting), owner(council)
    client = client_for(council.secretary)
    line = written(council, meeting, "action", f"Write to them @{name}", item)
    form = {"outcome": "note", "motion": "So be it.", "how": "no_objection", "here": "meeting", "version": 2}
    at = f"/agenda-items/{item.reference}/settle/"
    item.refresh_from_db()
    form["version"] = item.version
    unseen = client.post(at, form)
    assert unseen.status_code == 409
    assert "changed meanwhile" in unseen.content.decode()
    assert not Decision.objects.exists()
    seen = client.post(at, form | {"line": f"{line.pk}:{line.version}"})
    assert (seen.status_code, seen.url) == (302, f"/meetings/{meeting.reference}/")
    assert ActionItem.objects.get().decision == Decision.objects.get()


@pytest.mark.usefixtures("_clock")
def test_the_wall_shows_one_item_and_is_hidden_from_whoever_may_not_see_the_council(town, council, client_for):
    meeting, _votes = sit(council)
    item = raised(council, meeting)
    live.take_up(meeting=meeting, item=item, by=council.secretary, now=EPOCH)
    written(council, meeting, "decision", "We text at night.", item)
    wall = client_for(council.secretary).get(f"/meetings/{meeting.reference}/wall/")
    assert wall.status_code == 200
    assert "We text at night." in wall.content.decode()
    assert 'id="quorum"' in wall.content.decode()
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    closed = client_for(council.secretary).get(f"/meetings/{meeting.reference}/wall/").content.decode()
    assert 'id="quorum"' not in closed, "nobody may leave what is over"

    stranger = people.add(email="out@keep.example", name="Out Side", by=None, now=EPOCH)
    assert client_for(stranger).get(f"/meetings/{meeting.reference}/wall/").status_code == 404


@pytest.mark.usefixtures("_clock")
def test_a_live_page_costs_the_same_however_much_was_captured(town, council, client_for):
    meeting, _votes = sit(council)
    client = client_for(council.secretary)
    counts = []
    for times in (1, 12):
        for number in range(times):
            item = raised(council, meeting, f"Question {times}.{number}?")
            written(council, meeting, "note", "Heard.", item)
            written(council, meeting, "action", f"Part {number} @{owner(council)[1]}", item)
        client.get(f"/meetings/{meeting.reference}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/meetings/{meeting.reference}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
