"""What a meeting leaves undecided, and votes in writing: from the room to the body above, and back to the action."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from actions.models import ActionItem
from actions.services import agenda_of, items
from councils.models import AgendaItem, Ballot, Decision, ItemState, Verdict, WrittenVote
from councils.queries import books as book_queries
from councils.services import agenda, ballots, books, decisions, meetings
from governance.clauses import usual_ladder
from governance.clauses.sitting import Written
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, JournalEntry
from governance.services import people, seats
from notifications.models import Message
from notifications.services.sweep import sweep
from tests.councils.rooms import EUROS, sit
from tests.factories import EPOCH, Chamber, Town

NEW_DAY = {"due_on": "2027-01-29", "reason": "The supplier was late."}
LAST = date(2026, 11, 9)
"""Five working days after the day on which everything here happens."""
OVER = EPOCH + timedelta(days=8)


class Late:
    """An action that nobody moved, on the agenda of a council of nine below a committee of three."""

    def __init__(self, town: Town, *, alone: bool = False, confidential: bool = False) -> None:
        self.town = town
        self.above = None if alone else Chamber(town, name="Executive Committee", size=3)
        self.council = town.council_of_nine(
            parent=self.above.council if self.above else None, confidential=confidential
        )
        self.seat = self.council.memberships[4].seat
        self.owner = self.council.members[4]
        self.action = items.accept(
            action=items.create(
                title="Letters in plain words", seat=self.seat, council=self.council.council, proof="Ten letters.",
                by=town.lead, now=EPOCH,
            ),
            promised_on=date(2026, 12, 1), by=self.owner, now=EPOCH,
        )  # fmt: skip
        self.item = agenda_of.propose(self.action, ask="What is to become of it?", now=EPOCH)

    @property
    def clerk(self):
        return self.council.secretary

    def leave(self, reason="Half of us had not read it."):
        meeting, _votes = sit(self.council)
        self.item.refresh_from_db()
        return ballots.leave_undecided(item=self.item, reason=reason, by=self.clerk, now=EPOCH), meeting

    def put(self, **more):
        asked = {"outcome": "extend", "motion": "Until the end of January.", "payload": NEW_DAY, **more}
        item = AgendaItem.objects.get(pk=self.item.pk)
        return ballots.put(item=item, by=self.clerk, now=EPOCH, **asked)

    def cast(self, number, choice="for", now=EPOCH, **more):
        membership, by = self.council.memberships[number], self.council.members[number]
        return ballots.cast(item=self.item, membership=membership, choice=choice, **{"by": by, "now": now, **more})

    def owed(self, item=None):
        duties = Duty.objects.filter(subject_id=(item or self.item).pk, closed_at=None)
        return {(duty.kind, duty.seat_id): duty.due_on for duty in duties}

    def stands(self) -> AgendaItem:
        return AgendaItem.objects.get(about=self.action.subject, state=ItemState.OPEN)


@pytest.fixture
def late(town):
    return Late(town)


def test_closing_a_meeting_asks_for_one_of_the_endings_of_what_had_escalated(late):
    meeting, _votes = sit(late.council)
    with pytest.raises(Conflict, match=r"not decided") as refused:
        meetings.close(meeting=meeting, by=late.clerk, now=EPOCH)
    assert late.item.reference in str(refused.value)
    assert refused.value.facts["items"] == [late.item.reference]
    with pytest.raises(Invalid):
        meetings.close(meeting=meeting, by=late.clerk, now=EPOCH, not_decided="  ")
    closed = meetings.close(meeting=meeting, by=late.clerk, now=EPOCH, not_decided="No time.")
    ballot = Ballot.objects.get(item=late.item)
    assert (closed.state, ballot.state, ballot.reason, ballot.meeting_id) == (
        "closed",
        "awaited",
        "No time.",
        meeting.pk,
    )


def test_not_decided_takes_it_off_the_meeting_and_its_motion_is_owed_by_the_last_day(late):
    item, meeting = late.leave()
    ballot = Ballot.objects.get(item=item)
    assert (item.meeting, item.state, ballot.state, ballot.closes_on) == (None, "open", "awaited", LAST)
    assert late.owed() == {("settle", late.council.memberships[1].pk): LAST}
    entry = JournalEntry.objects.get(event="councils.item.not_decided")
    assert entry.subject_id == item.pk
    with pytest.raises(Conflict, match="written vote"):
        agenda.place(item=item, meeting=meeting, by=late.clerk, now=EPOCH)
    later = meetings.call(council=late.council.council, starts_at=EPOCH, by=late.clerk, now=EPOCH)
    assert later.items.count() == 0, "what is voted on in writing is not taken onto the next meeting"


def test_only_what_had_escalated_is_left_undecided(council):
    meeting, _votes = sit(council)
    item = agenda.propose(
        council=council.council, about=None, matter="general", by=council.secretary, now=EPOCH, ask="Coffee?"
    )
    agenda.place(item=item, meeting=meeting, by=council.secretary, now=EPOCH)
    item.refresh_from_db()
    with pytest.raises(Conflict, match="escalated"):
        ballots.leave_undecided(item=item, reason="r", by=council.secretary, now=EPOCH)
    with pytest.raises(Refused):
        ballots.leave_undecided(item=item, reason="r", by=council.members[3], now=EPOCH)


def test_a_vote_that_everybody_cast_closes_at_once_and_is_carried_out(late):
    late.leave()
    late.put()
    assert len([kind for kind, _seat in late.owed() if kind == "vote"]) == 9
    for number in range(8):
        late.cast(number)
    assert not Decision.objects.exists()
    late.cast(8, "against")
    decision = Decision.objects.get()
    assert (decision.verdict, decision.how, decision.meeting, decision.facts["written"]) == (
        Verdict.VALID, "written", None, True,
    )  # fmt: skip
    assert (decision.facts["present"], decision.facts["for"], decision.facts["against"]) == (9, 8, 1)
    assert ActionItem.objects.get(pk=late.action.pk).promised == date(2027, 1, 29)
    late.item.refresh_from_db()
    assert (late.item.state, late.owed()) == ("settled", {})
    assert Ballot.objects.get().state == "decided"
    assert ballots.close_due(OVER) == 0, "it was closed before, and is closed once"


def test_at_its_last_day_it_closes_by_itself_and_once(late):
    late.leave()
    late.put()
    for number in range(6):
        late.cast(number)
    assert ballots.close_due(EPOCH + timedelta(days=7)) == 0, "its last day is not over"
    assert ballots.close_due(OVER) == 1
    assert ballots.close_due(OVER) == 0
    decision = Decision.objects.get()
    assert (decision.verdict, decision.facts["present"]) == (Verdict.VALID, 6)
    with pytest.raises(Conflict):
        late.cast(7, now=OVER)


@pytest.mark.parametrize(("cast", "verdict"), [("ffff", "advisory"), ("aaaaaa", "rejected"), ("", None)])
def test_without_a_quorum_or_not_carried_it_goes_to_the_body_above(late, cast, verdict):
    late.leave()
    late.put()
    for number, one in enumerate(cast):
        late.cast(number, {"f": "for", "a": "against"}[one])
    ballots.close_due(OVER)
    assert list(Decision.objects.values_list("verdict", flat=True)) == ([verdict] if verdict else [])
    now = late.stands()
    assert (now.council_id, now.matter) == (late.above.council.pk, "late_action")
    assert [kind for kind, _seat in late.owed(now)] == ["settle"]
    assert late.owed() == {}
    late.item.refresh_from_db()
    assert late.item.state == "withdrawn"


def test_a_motion_that_nobody_writes_keeps_nothing_from_climbing(late):
    late.leave()
    assert ballots.close_due(OVER) == 1
    assert late.stands().council_id == late.above.council.pk
    assert Ballot.objects.get().ended_as == "no_motion"


def test_where_no_body_stands_above_the_sponsor_settles_it_alone(town):
    late = Late(town, alone=True)
    late.leave()
    ballots.close_due(OVER)
    now = late.stands()
    assert now.pk == late.item.pk
    assert list(late.owed(now)) == [("settle", town.sponsor_seat.pk)]
    asked = {"item": now, "outcome": "extend", "motion": "So be it.", "payload": NEW_DAY, "votes": {}, "now": OVER}
    with pytest.raises(Refused):
        decisions.settle(**asked, by=late.clerk)
    decision = decisions.settle(**asked, by=town.sponsor)
    assert (decision.verdict, decision.facts["alone"]) == (Verdict.VALID, True)
    assert ActionItem.objects.get(pk=late.action.pk).promised == date(2027, 1, 29)


def test_without_written_votes_in_the_charter_it_goes_up_at_once(town, late):
    town.rule_anew(replace(town.rules, written=Written(0)))
    now, _meeting = late.leave()
    assert now.council_id == late.above.council.pk
    with pytest.raises(Conflict, match="no written votes"):
        ballots.put(item=now, outcome="extend", motion="m", payload=NEW_DAY, by=late.above.chair, now=EPOCH)


def test_it_is_judged_by_the_charter_of_the_day_on_which_it_opened(town, late):
    late.leave()
    late.put()
    town.rule_anew(replace(town.rules, quorum=replace(town.rules.quorum, minimum=9)))
    for number in range(5):
        late.cast(number)
    ballots.close_due(OVER)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.facts["needed"], decision.charter_version.number) == (Verdict.VALID, 5, 1)


def test_a_vote_is_changed_until_it_closes_and_a_recusal_never_raises_the_count(late):
    late.leave()
    late.put()
    late.cast(0, "against")
    late.cast(0)
    assert WrittenVote.objects.get().choice == "for"
    for number in range(1, 4):
        late.cast(number)
    late.cast(4, "recused", reason="It is my own work.")
    ballots.close_due(OVER)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.facts["present"], decision.facts["recused"]) == (Verdict.ADVISORY, 4, 1)
    assert decision.votes.get(choice="recused").reason == "It is my own work."


def test_only_the_holder_or_in_absence_the_deputy_votes_and_one_person_once(town, late):
    deputy = town.person("Deputy One")
    seats.seat_person(seat=late.council.memberships[5].seat, person=deputy, by=None, now=EPOCH, role="deputy")
    late.leave()
    late.put()
    with pytest.raises(Refused):
        late.cast(5, by=late.council.members[6])
    with pytest.raises(Refused):
        late.cast(5, by=deputy)
    with pytest.raises(Refused):
        late.cast(5, by=town.lead)
    people.be_away(person=late.council.members[5], until=LAST, by=late.council.members[5])
    late.cast(5, by=deputy)
    assert WrittenVote.objects.get().person == deputy
    late.cast(5, "against")
    assert WrittenVote.objects.get().person == late.council.members[5], "the holder's own word goes before"
    with pytest.raises(Refused):
        late.cast(5, by=deputy)


def test_a_running_vote_is_the_one_place_where_it_is_decided(late):
    _meeting, votes = sit(late.council)
    late.item.refresh_from_db()
    with pytest.raises(Conflict, match="meeting is open"):
        late.put()
    ballots.leave_undecided(item=late.item, reason="r", by=late.clerk, now=EPOCH)
    late.put()
    with pytest.raises(Conflict, match="runs"):
        late.put()
    with pytest.raises(Conflict):
        decisions.settle(
            item=AgendaItem.objects.get(pk=late.item.pk), outcome="extend", motion="m", payload=NEW_DAY, votes=votes,
            by=late.clerk, now=EPOCH,
        )  # fmt: skip
    with pytest.raises(Conflict, match="had escalated"):
        agenda.withdraw(item=late.item, reason="Done otherwise.", by=late.clerk, now=EPOCH)
    agenda.withdraw_about(
        about_id=late.action.pk, matters=["late_action"], reason="Done otherwise.", by=late.clerk, now=EPOCH
    )
    assert (Ballot.objects.get().ended_as, late.owed()) == ("withdrawn", {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.update(state="open", closed_at=EPOCH)


def test_more_to_work_with_raises_what_the_action_was_given(late):
    books.grant(council=late.council.council, amount=9_000 * EUROS, by=late.town.sponsor, now=EPOCH)
    _meeting, votes = sit(late.council)
    late.item.refresh_from_db()
    payload = {"amount": 1_500 * EUROS, "reason": "Two more writers."}
    decision = decisions.settle(
        item=late.item, outcome="re_resource", motion="Give it more.", payload=payload, votes=votes, by=late.clerk,
        now=EPOCH,
    )  # fmt: skip
    assert (decision.verdict, decision.amount) == (Verdict.VALID, 1_500 * EUROS)
    assert [line.left for line in book_queries.of_subject(late.action.pk)] == [1_500 * EUROS]
    with pytest.raises(Invalid):
        decisions.project(
            item=late.item, outcome="re_resource", motion="m", payload={"reason": "r"}, votes=votes, by=late.clerk,
            now=EPOCH,
        )  # fmt: skip


def test_who_has_not_voted_is_reminded_by_the_ladder_and_who_has_is_not(town, late):
    town.rule_anew(replace(town.rules, ladder=usual_ladder()))
    late.put()
    late.cast(0)
    sweep(EPOCH + timedelta(days=3, hours=4))
    reminded = Message.objects.filter(duty__kind=DutyKind.VOTE)
    assert {message.kind for message in reminded} == {"due_soon"}
    assert {message.seat_id for message in reminded} == {one.pk for one in late.council.memberships[1:]}
