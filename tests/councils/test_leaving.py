"""A meeting that closes leaves nothing lying: each matter goes onto the next, to the backlog, or is dropped."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.services import funding, items
from councils import matters
from councils.models import AgendaItem, ItemState, Meeting, Minutes, MinutesState
from councils.models.meetings import AFTER_ITS_END, LONGEST, adjourned
from councils.queries import minutes as queries
from councils.queries import stood
from councils.services import agenda, ballots, captures, decisions, live, meetings, minutes
from councils.services.leaving import Left
from governance.clauses import LIGHT, MEETING_APPROVES, Formality
from governance.clauses import Minutes as Clause
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, JournalEntry
from notifications.models import Message
from notifications.services.listening import hear
from tests.councils.rooms import sit
from tests.councils.test_minutes import LATER, closed, raise_matter
from tests.factories import EPOCH

SOON = EPOCH + timedelta(days=14)


@pytest.fixture
def under(town):
    """Ratify rules with other clauses."""
    return lambda **clauses: town.rule_anew(replace(town.rules, **clauses))


def on(chamber, meeting, *titles):
    """Matters of general business, placed on a meeting."""
    placed = []
    for title in titles:
        item = raise_matter(chamber, title)
        placed.append(agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH))
    return placed


def ends(meeting):
    """How the minutes say that each matter was left."""
    record = queries.compose(Minutes.objects.get(meeting=meeting))
    return {item["title"]: item["ending"] for item in record["agenda"]["items"]}


def close(chamber, meeting, **more):
    return meetings.close(meeting=meeting, by=chamber.secretary, now=EPOCH + timedelta(hours=1), **more)


def test_each_matter_goes_where_the_secretary_says_and_the_minutes_tell_where(council):
    meeting, _votes = sit(council)
    onto, back, gone = on(council, meeting, "Onto the next", "Back", "Gone")
    following = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    close(
        council, meeting,
        left={back.reference: Left("backlog"), gone.reference: Left("drop", "Answered by the vendor.")},
    )  # fmt: skip
    for item in (onto, back, gone):
        item.refresh_from_db()
    assert (onto.meeting, onto.state) == (following, ItemState.OPEN), "what is not named is carried over"
    assert (back.meeting, back.state) == (None, ItemState.OPEN)
    assert gone.state == ItemState.WITHDRAWN
    assert ends(meeting) == {
        "Onto the next": f"It was not settled, and was carried over to {following.reference}.",
        "Back": "It was not settled, and went back to the backlog.",
        "Gone": "It was dropped: Answered by the vendor.",
    }
    owed = {duty.subject_id: duty.due_on for duty in Duty.objects.filter(kind=DutyKind.SETTLE, closed_at=None)}
    assert owed[onto.pk] >= following.starts_at.date(), "owed by the day of the meeting that takes it on"
    assert gone.pk not in owed
    carried = JournalEntry.objects.get(event="councils.item.carried")
    assert carried.subject_id == onto.pk


def test_a_drop_has_a_reason_and_is_for_whoever_prepares_the_agenda(council):
    meeting, _votes = sit(council)
    (item,) = on(council, meeting, "A poster")
    with pytest.raises(Invalid, match="Say why") as refused:
        close(council, meeting, left={item.reference: Left("drop", "  ")})
    assert refused.value.field == "left"
    with pytest.raises(Invalid, match="next, backlog or drop"):
        close(council, meeting, left={item.reference: Left("away")})
    item.refresh_from_db()
    assert item.meeting == meeting, "nothing of a refused closing stays"


def test_a_closed_meeting_keeps_its_whole_agenda_with_how_each_was_left(council, client_for):
    meeting, votes = sit(council)
    settled, back, onto, gone = on(council, meeting, "Noted", "Back", "Onto the next", "Gone")
    following = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    one = decisions.settle(
        item=settled, outcome="note", motion="We note it", payload={}, votes=votes, by=council.secretary, now=EPOCH
    )
    close(
        council, meeting,
        left={back.reference: Left("backlog"), gone.reference: Left("drop", "Answered by the vendor.")},
    )  # fmt: skip
    # What comes later changes nothing of how it was left.
    agenda.withdraw(item=back, reason="Over.", by=council.secretary, now=EPOCH + timedelta(days=1))
    there = stood.agenda_of(meeting)
    assert [(row.number, row.item, row.says) for row in there] == [
        (1, settled, ""),
        (2, back, "It was not settled, and went back to the backlog."),
        (3, onto, f"It was not settled, and was carried over to {following.reference}."),
        (4, gone, "It was dropped: Answered by the vendor."),
    ]
    assert [row.decisions for row in there] == [[one], [], [], []]
    shown = client_for(council.secretary).get(f"/meetings/{meeting.reference}/").content.decode()
    assert all(row.item.title in shown and row.says in shown for row in there)
    assert "with 1 decision." in shown
    type(one).objects.filter(pk=one.pk).update(taken_back_at=EPOCH)
    assert "with 0 decisions." in client_for(council.secretary).get(f"/meetings/{meeting.reference}/").content.decode()


def test_what_was_settled_meanwhile_is_passed_over(council):
    meeting, votes = sit(council)
    (item,) = on(council, meeting, "Noted meanwhile")
    decisions.settle(
        item=item, outcome="note", motion="We note it", payload={}, votes=votes, by=council.secretary, now=EPOCH
    )
    close(council, meeting, left={item.reference: Left("drop", "Too late.")})
    item.refresh_from_db()
    assert item.state == ItemState.SETTLED
    assert ends(meeting)["Noted meanwhile"] == ""


def test_the_form_asks_for_each_matter_and_keeps_what_was_chosen(council, client_for):
    meeting, _votes = sit(council)
    first, second = on(council, meeting, "First", "Second")
    client, address = client_for(council.secretary), f"/meetings/{meeting.reference}/close/"
    page = client.get(address).content.decode()
    assert "First" in page
    assert "to the next meeting" not in page, "no meeting is planned"
    given = {"asked": "1", f"where_{first.reference}": "drop", f"where_{second.reference}": "backlog"}
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "Say why it is dropped" in refused.content.decode()
    done = client.post(address, {**given, f"why_{first.reference}": "Done elsewhere."})
    assert done.status_code == 302
    assert AgendaItem.objects.get(pk=first.pk).state == ItemState.WITHDRAWN
    assert Meeting.objects.get(pk=meeting.pk).state == "closed"


def test_the_same_over_the_api(council, api_for):
    meeting, _votes = sit(council)
    (item,) = on(council, meeting, "A poster")
    api, address = api_for(council.secretary), f"/api/v1/meetings/{meeting.reference}/close/"
    match = {"HTTP_IF_MATCH": api.get(f"/api/v1/meetings/{meeting.reference}/")["ETag"]}
    left = [{"item": item.reference, "where": "drop", "reason": ""}]
    refused = api.post(address, {"left": left}, format="json", **match)
    assert refused.status_code == 422, refused.data
    left[0]["reason"] = "Done elsewhere."
    assert api.post(address, {"left": left}, format="json", **match).status_code == 200
    assert ends(meeting)["A poster"] == "It was dropped: Done elsewhere."


def test_lines_of_which_nothing_came_are_the_prose_to_begin_with(council):
    meeting, _votes = sit(council)
    (item,) = on(council, meeting, "Longer hours")
    meeting.refresh_from_db()
    live.take_up(meeting=meeting, item=item, by=council.secretary, now=EPOCH)
    for kind, text, about in (
        ("note", "Anna sees no risk.", item),
        ("action", f"Write to every landlord @{council.memberships[2].seat.reference}", item),
        ("note", "Coffee at ten.", None),
    ):
        captures.capture(meeting=meeting, item=about, kind=kind, text=text, by=council.secretary, now=EPOCH)
    close(council, meeting)
    made = Minutes.objects.get(meeting=meeting)
    assert made.introduction == "Coffee at ten."
    assert made.items.get(item=item).note == (
        f"Anna sees no risk.\nNot commissioned: Write to every landlord @{council.memberships[2].seat.reference}"
    )


def test_what_a_ladder_sent_above_is_said_so(council, town):
    meeting, _votes = sit(council)
    (item,) = on(council, meeting, "Left lying")
    Duty.objects.filter(subject_id=item.pk).update(closed_at=EPOCH, closed_as="climbed")
    AgendaItem.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN)
    close(council, meeting)
    assert ends(meeting)["Left lying"] == "It had not been settled in its time, and went to the body above."


# --- nobody closed it


@given(
    late=st.integers(-3 * 24 * 60, 3 * 24 * 60),
    lasts=st.integers(5, 1440),
)
@settings(max_examples=60, deadline=None)
def test_an_open_meeting_is_adjourned_four_hours_after_it_could_have_ended(late, lasts):
    opened = EPOCH + timedelta(minutes=late)
    planned_end = EPOCH + timedelta(minutes=lasts)
    at = adjourned(opened, planned_end, lasts)
    assert at - opened >= min(timedelta(minutes=lasts), timedelta(days=1)) + AFTER_ITS_END, "it has its whole length"
    assert at - opened <= LONGEST
    if timedelta() <= EPOCH - opened and planned_end - opened <= timedelta(days=1):
        assert at == planned_end + AFTER_ITS_END


def test_the_page_of_an_adjourned_meeting_says_so_and_its_secretary_owes_the_closing(council, client_for, time_machine):
    meeting, _votes = sit(council)
    time_machine.move_to(EPOCH + timedelta(hours=4, minutes=59), tick=False)
    client = client_for(council.secretary)
    assert "counts as adjourned" not in client.get(f"/meetings/{meeting.reference}/").content.decode()
    time_machine.move_to(EPOCH + timedelta(hours=5), tick=False)
    assert "counts as adjourned" in client.get(f"/meetings/{meeting.reference}/").content.decode()
    assert "adjourned" in client.get(f"/meetings/{meeting.reference}/wall/").content.decode()
    owed = Duty.objects.get(subject_id=meeting.pk, kind=DutyKind.CLOSE_MEETING, closed_at=None)
    assert owed.seat == council.memberships[1].seat


# --- a running note


def test_a_light_council_keeps_one_running_note_that_nobody_approves(council, client_for, under):
    under(formality=Formality(LIGHT))
    made = closed(council)
    assert made.state == MinutesState.NOTE
    assert not Duty.objects.filter(subject_id=made.pk, closed_at=None).exists(), "nothing is owed about it"
    for act in (minutes.send_out, minutes.approve):
        with pytest.raises(Conflict, match="running note"):
            act(minutes=made, by=council.chair if act is minutes.approve else council.secretary, now=LATER)
    with pytest.raises(Conflict, match="running note"):
        minutes.correct(minutes=made, reason="No.", by=council.secretary, now=LATER)
    page = client_for(council.secretary).get(f"/councils/{council.council.reference}/running-note/").content.decode()
    assert "Text at each step" in page
    assert "Longer hours" in page
    minutes.write(minutes=made, introduction="A short one.", by=council.secretary, now=LATER)
    page = client_for(council.secretary).get(f"/councils/{council.council.reference}/running-note/").content.decode()
    assert "A short one." in page


def test_a_running_note_takes_no_more_statements_for_more_meetings(council, client_for, under):
    under(formality=Formality(LIGHT))
    client, address = client_for(council.secretary), f"/councils/{council.council.reference}/running-note/"
    closed(council)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for days in (1, 2, 3):
        closed(council, now=EPOCH + timedelta(days=days))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


# --- approved by a later meeting


def test_a_later_meeting_approves_minutes_by_a_decision(council, under):
    under(minutes=Clause(MEETING_APPROVES))
    following = meetings.call(council=council.council, starts_at=LATER, by=council.secretary, now=EPOCH)
    meeting, _votes = sit(council)
    made = Minutes.objects.get(meeting=close(council, meeting))
    made = minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    item = AgendaItem.objects.get(matter="minutes")
    assert (item.meeting, item.about) == (following, made.subject)
    with pytest.raises(Conflict, match="a meeting approves"):
        minutes.approve(minutes=made, by=council.chair, now=LATER)
    held = meetings.open_meeting(meeting=following, by=council.secretary, now=EPOCH + timedelta(days=3))
    present = {}
    for membership in council.memberships:
        meetings.mark(meeting=held, membership=membership, presence="present", by=council.secretary, now=LATER)
        present[membership.pk] = "for"

    def settle(outcome, now):
        item.refresh_from_db()
        return decisions.settle(
            item=item, outcome=outcome, motion="We approve", payload={}, votes=present, by=council.secretary, now=now
        )

    with pytest.raises((Conflict, Invalid), match="may comment until"):
        settle("approve", EPOCH + timedelta(days=3))
    settle("approve", LATER)
    made.refresh_from_db()
    assert made.state == MinutesState.APPROVED
    assert "approved by a later meeting" in queries.approval_said(queries.version_of(made), made)[0]
    assert not Duty.objects.filter(subject_id=made.pk, closed_at=None).exists()


def test_a_later_meeting_may_send_minutes_back(council, under):
    under(minutes=Clause(MEETING_APPROVES))
    meeting, _votes = sit(council)
    made = Minutes.objects.get(meeting=close(council, meeting))
    minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    held, votes = sit(council, now=EPOCH + timedelta(days=1))
    item = AgendaItem.objects.get(matter="minutes")
    assert item.meeting == held, "the backlog goes onto the next meeting"
    decisions.settle(
        item=item, outcome="send_back", motion="Say who was asked", payload={}, votes=votes, by=council.secretary,
        now=EPOCH + timedelta(days=1),
    )  # fmt: skip
    made.refresh_from_db()
    assert made.state == MinutesState.DRAFT
    assert Duty.objects.get(subject_id=made.pk, closed_at=None).kind == DutyKind.SEND_MINUTES


# --- meetings that were closed before minutes were kept


def test_minutes_of_an_old_meeting_are_composed_on_request(council, client_for):
    made = closed(council)
    meeting = made.meeting
    Duty.objects.filter(subject_id=made.pk).delete()
    made.items.all().delete()
    Minutes.objects.filter(pk=made.pk).delete()
    assert (
        "Compose its minutes" in client_for(council.secretary).get(f"/meetings/{meeting.reference}/").content.decode()
    )
    with pytest.raises(Refused):
        minutes.write_up(meeting=meeting, by=council.members[5], now=LATER)
    again = minutes.write_up(meeting=meeting, by=council.secretary, now=LATER)
    assert [item["title"] for item in queries.compose(again)["agenda"]["items"]] == [
        "Text at each step",
        "A poster",
        "Longer hours",
    ]
    assert minutes.write_up(meeting=meeting, by=council.secretary, now=LATER) == again
    assert Duty.objects.get(subject_id=again.pk, closed_at=None).due_on > date(2026, 1, 1)


@pytest.mark.parametrize("way", ["drop", "withdraw"])
def test_minutes_that_a_meeting_approves_stay_until_one_decides(council, under, way):
    under(minutes=Clause(MEETING_APPROVES))
    meeting, _votes = sit(council)
    made = Minutes.objects.get(meeting=close(council, meeting))
    minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    held, _votes = sit(council, now=EPOCH + timedelta(days=1))
    item = AgendaItem.objects.get(matter="minutes")
    if way == "withdraw":
        with pytest.raises(Conflict, match="not withdrawn"):
            agenda.withdraw(item=item, reason="No.", by=council.secretary, now=EPOCH)
    meetings.close(
        meeting=held, by=council.secretary, now=EPOCH + timedelta(days=1), left={item.reference: Left("drop", "No.")}
    )
    item.refresh_from_db()
    assert (item.state, item.carried_from) == (ItemState.OPEN, held)


def test_a_motion_on_minutes_that_does_not_carry_sends_them_back(council, under):
    under(minutes=Clause(MEETING_APPROVES))
    meeting, _votes = sit(council)
    made = Minutes.objects.get(meeting=close(council, meeting))
    minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    _held, votes = sit(council, now=LATER)
    decisions.settle(
        item=AgendaItem.objects.get(matter="minutes"), outcome="approve", motion="We approve", payload={},
        votes=dict.fromkeys(votes, "against"), by=council.secretary, now=LATER,
    )  # fmt: skip
    made.refresh_from_db()
    assert made.state == MinutesState.DRAFT
    assert Duty.objects.get(subject_id=made.pk, closed_at=None).kind == DutyKind.SEND_MINUTES


def test_nobody_raises_the_approval_of_minutes_by_hand(council):
    made = closed(council)
    with pytest.raises(Invalid):
        agenda.propose(council=council.council, about=made.subject, matter="minutes", by=council.chair, now=LATER)


def test_a_ladder_that_brings_what_a_hand_had_raised_makes_it_escalated(council):
    item = raise_matter(council, "Left lying")
    again = agenda.put(
        council=council.council, about=item.about, matter="general", by=None, now=EPOCH, ask="", source="escalation",
        proposal={matters.ESCALATED: True},
    )  # fmt: skip
    assert again == item
    assert matters.is_escalated(again)
    meeting, _votes = sit(council)
    item.refresh_from_db()
    assert item.meeting == meeting
    with pytest.raises(Conflict, match="had escalated"):
        agenda.withdraw(item=item, reason="Not now.", by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="had escalated"):
        agenda.set_back(item=item, by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="not left lying"):
        close(council, meeting, left={item.reference: Left("drop", "x")})


def test_minutes_say_why_something_was_left_undecided_also_before_the_meeting_closed(council):
    meeting, _votes = sit(council)
    first, second = on(council, meeting, "Undecided on the way", "Undecided at the end")
    AgendaItem.objects.filter(pk__in=[first.pk, second.pk]).update(proposal={matters.ESCALATED: True})
    first.refresh_from_db()
    ballots.leave_undecided(item=first, reason="The supplier was not there", by=council.secretary, now=EPOCH)
    close(council, meeting, not_decided="The hour was over.")
    assert ends(meeting) == {
        "Undecided on the way": "It was not decided: The supplier was not there. It goes on in writing, or to the "
        "body above.",
        "Undecided at the end": "It was not decided: The hour was over. It goes on in writing, or to the body above.",
    }


def test_what_is_named_and_never_stood_there_is_refused(council):
    meeting, _votes = sit(council)
    (item,) = on(council, meeting, "Here")
    with pytest.raises(Invalid, match="ITEM-9999 did not stand on this agenda"):
        close(council, meeting, left={item.reference: Left("backlog"), "ITEM-9999": Left("drop", "x")})


def test_whoever_asked_for_money_reads_why_it_was_dropped(town, council):
    seat, owner = town.champion_seats[town.legal.pk], town.champions[town.legal.pk]
    action = items.create(title="Write it", seat=seat, council=council.council, proof="p", by=town.lead, now=EPOCH)
    items.accept(action=action, promised_on=SOON.date(), by=owner, now=EPOCH)
    asked = funding.ask(action=action, amount=90_000, what_for="Texts", by=owner, now=EPOCH)
    meeting, _votes = sit(council)
    hear(EPOCH)
    Message.objects.all().delete()
    close(council, meeting, left={asked.item.reference: Left("drop", "Too dear.")})
    hear(EPOCH + timedelta(hours=2))
    told = Message.objects.get(kind="handed_back")
    assert (told.person, told.subject_id) == (owner, action.pk)
