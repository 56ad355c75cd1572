"""What a decision is worth: quorum, limit and envelope of the issue's example, and what follows from each."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from councils import referrals
from councils.models import AgendaItem, Decision, ItemState, Posting, Verdict
from councils.queries import books as book_queries
from councils.queries import meetings as meeting_queries
from councils.services import agenda, books, decisions, meetings
from governance.clauses import DecisionRight, Quorum, Rules
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, SubjectKind
from governance.queries import journal
from governance.services import charters, subjects
from tests.councils.rooms import CARRIED_OUT, EUROS, decide, sit
from tests.factories import EPOCH


def test_an_amount_within_limit_and_envelope_is_valid_and_allocated(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 3_999)
    assert decision.verdict == Verdict.VALID
    assert decision.carried_out_at == EPOCH
    assert book_queries.free(council.council) == 6_001 * EUROS
    assert book_queries.allocated_to([decision.result_id]) == {decision.result_id: 3_999 * EUROS}
    assert decision.item.state == ItemState.SETTLED
    assert not Duty.objects.filter(subject_id=decision.item_id, closed_at=None).exists()
    assert {key: decision.facts[key] for key in ("seats", "present", "needed", "for", "limit", "free")} == {
        "seats": 9, "present": 9, "needed": 5, "for": 9, "limit": 400_000, "free": 1_000_000,
    }  # fmt: skip


def test_beyond_the_limit_becomes_a_referral_on_the_parents_agenda_and_allocates_nothing(town, committee, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 4_001)
    assert decision.verdict == Verdict.REFERRED
    assert decision.carried_out_at is None
    referral = AgendaItem.objects.get(matter="referral")
    assert (referral.council, referral.referred_from, referral.state) == (committee.council, decision, ItemState.OPEN)
    assert Duty.objects.get(subject_id=referral.pk, closed_at=None).seat == committee.memberships[1].seat
    assert book_queries.free(council.council) == 10_000 * EUROS
    assert CARRIED_OUT == []


def test_what_commits_much_is_not_recorded_without_its_risks_and_they_go_along_upward(town, committee, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    town.rule_anew(Rules(quorum=Quorum(minimum=5), right=DecisionRight(400_000, risk_note_above=1_000 * EUROS)))
    meeting, votes = sit(council)
    assert decide(council, meeting, votes, 1_000).risk_note == "", "the amount itself needs none"
    against = dict.fromkeys(votes, "against")
    assert decide(council, meeting, against, 1_001).verdict == Verdict.REJECTED, "what is not carried needs none"
    with pytest.raises(Invalid, match=r"Above €1,000\.00") as refused:
        decide(council, meeting, votes, 1_001)
    assert refused.value.field == "risk_note"
    item = AgendaItem.objects.get(state=ItemState.OPEN)
    asked = {"item": item, "outcome": "spend", "votes": votes, "by": council.secretary, "now": EPOCH}
    payload = {"title": "Text", "amount": 500_000}
    with pytest.raises(Invalid):
        decisions.project(motion="m", payload=payload, **asked)
    with pytest.raises(Invalid, match="at most"):
        decisions.settle(motion="m", payload=payload, risk_note="x" * 2001, **asked)
    referred = decisions.settle(motion="m", payload=payload, risk_note="It may be late; then we stop.", **asked)
    assert (referred.verdict, referred.risk_note) == (Verdict.REFERRED, "It may be late; then we stop.")
    committee.council.charter = town.charter_in_force(
        "Above", Rules(quorum=Quorum(minimum=2), right=DecisionRight(9_000_000, risk_note_above=0))
    )
    committee.council.save()
    _above, their_votes = sit(committee, present=3)
    above = AgendaItem.objects.get(matter="referral")
    approved = decisions.settle(
        item=above, outcome="approve", motion="", payload={}, votes=their_votes, by=committee.secretary, now=EPOCH
    )
    assert (approved.verdict, approved.risk_note) == (Verdict.VALID, "It may be late; then we stop.")
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Decision.objects.filter(pk=approved.pk).update(risk_note="None.")


def test_what_the_envelope_cannot_pay_is_refused_with_what_is_free_and_no_verdict(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    for number in (1, 2):
        assert decide(council, meeting, votes, 3_999, title=f"No. {number}").verdict == Verdict.VALID
    with pytest.raises(Conflict) as short:
        decide(council, meeting, votes, 3_999, title="No. 3")
    assert "2,002.00" in str(short.value)
    assert "Executive Committee" in str(short.value), "a referral is offered"
    assert (short.value.facts["free"], short.value.facts["needed"]) == (200_200, 399_900)
    assert short.value.field == "amount"
    assert Decision.objects.count() == 2
    assert len(CARRIED_OUT) == 2
    # ... and the referral that is offered keeps everything that was proposed.
    item = AgendaItem.objects.get(state=ItemState.OPEN)
    raised = decisions.refer(
        item=item, outcome="spend", motion="No. 3", payload={"title": "No. 3", "amount": 399_900},
        by=council.secretary, now=EPOCH,
    )  # fmt: skip
    assert raised.council == council.council.parent
    assert raised.proposal["payload"] == {"title": "No. 3", "amount": 399_900}
    item.refresh_from_db()
    assert item.state == ItemState.WITHDRAWN
    assert not Duty.objects.filter(subject_id=item.pk, closed_at=None).exists()


def test_five_of_nine_without_the_chair_only_advise_and_later_attendance_changes_nothing(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council, present=5, chair=False)
    advice = decide(council, meeting, votes, 3_999)
    assert advice.verdict == Verdict.ADVISORY
    from councils.authority import in_short

    assert in_short(advice.verdict, advice.facts) == "advisory (5 of 9, chair absent)"
    facts = dict(advice.facts)
    assert CARRIED_OUT == []
    assert advice.item.state == ItemState.OPEN, "advice settles nothing"
    assert Duty.objects.filter(subject_id=advice.item_id, kind=DutyKind.SETTLE, closed_at=None).exists()
    meetings.mark(
        meeting=meeting, membership=council.memberships[0], presence="present", by=council.secretary, now=EPOCH
    )
    meetings.mark(meeting=meeting, membership=council.memberships[3], presence="left", by=council.secretary, now=EPOCH)
    again = Decision.objects.get(pk=advice.pk)
    assert (again.verdict, again.facts) == (Verdict.ADVISORY, facts)
    votes = {council.memberships[number].pk: "for" for number in (0, 1, 2, 4, 5)}
    valid = decisions.settle(
        item=AgendaItem.objects.get(pk=advice.item_id), outcome="spend", motion="Again",
        payload={"title": "x", "amount": 100}, votes=votes, by=council.secretary, now=EPOCH,
    )  # fmt: skip
    assert valid.verdict == Verdict.VALID


def test_a_tie_does_not_carry_and_settles_the_item_as_rejected(town, council):
    meeting, votes = sit(council, present=6)
    half = {key: ("for" if place % 2 else "against") for place, key in enumerate(votes)}
    decision = decide(council, meeting, half, 0)
    assert decision.verdict == Verdict.REJECTED
    assert (decision.facts["for"], decision.facts["against"], decision.facts["denominator"]) == (3, 3, 6)
    told = journal.sentences(journal.entries(town.lead, EPOCH, subject=decision.subject), town.lead, EPOCH)
    assert [one.text.endswith("”: not carried") for one in told if one.event == "councils.decision.settled"] == [True]
    assert decision.item.state == ItemState.SETTLED


def test_a_seat_without_a_recorded_vote_did_not_cast_one(town, council):
    meeting, votes = sit(council)
    one = dict([next(iter(votes.items()))])
    decision = decide(council, meeting, one, 0)
    assert (decision.verdict, decision.facts["denominator"]) == (Verdict.VALID, 1)
    assert decision.votes.count() == 1


def test_a_motion_that_nobody_voted_on_settles_nothing(town, council):
    meeting, _votes = sit(council)
    with pytest.raises(Invalid, match="Nobody's vote") as told:
        decide(council, meeting, {}, 0)
    assert told.value.field == "votes"
    assert not Decision.objects.exists()


def test_a_vote_for_a_seat_that_is_not_taken_is_refused_at_the_field(town, council):
    meeting, votes = sit(council, present=6)
    votes[council.memberships[8].pk] = "for"
    with pytest.raises(Invalid) as refused:
        decide(council, meeting, votes, 0)
    assert refused.value.field == "votes"
    assert not Decision.objects.exists()


def test_only_chair_and_secretary_record_and_strangers_see_nothing(town, council):
    meeting, votes = sit(council)
    with pytest.raises(Refused):
        decide(council, meeting, votes, 0, by=council.members[4])
    with pytest.raises(Absent):
        decide(council, meeting, votes, 0, by=town.champions[town.claims.pk])
    assert not Decision.objects.exists()


def test_somebody_who_read_an_older_version_is_told(town, council):
    meeting, votes = sit(council)
    with pytest.raises(Stale):
        decide(council, meeting, votes, 0, version=1)
    assert not Decision.objects.exists()


def test_a_meeting_keeps_the_charter_under_which_it_opened(town, council):
    meeting, votes = sit(council, present=5)
    stricter = charters.draft(
        title="",
        rules=Rules(quorum=Quorum(minimum=9), right=DecisionRight(0)),
        charter=town.charter,
        by=None,
        now=EPOCH,
    )
    charters.ratify(version=stricter, by=None, now=EPOCH)
    decision = decide(council, meeting, votes, 0)
    assert decision.verdict == Verdict.VALID
    assert decision.charter_version == meeting.charter_version
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    later, votes = sit(council, now=EPOCH + timedelta(days=7), present=5)
    assert later.charter_version == stricter
    assert decide(council, later, votes, 0, title="Again").verdict == Verdict.ADVISORY


def test_what_a_meeting_does_not_settle_goes_back_to_the_backlog_and_is_owed_again(town, council):
    meeting, votes = sit(council)
    decide(council, meeting, votes, 0)
    about = subjects.create(SubjectKind.THEME, title="Left over", now=EPOCH, audience=[council.council.pk])
    item = agenda.propose(council=council.council, about=about, matter="spending", by=council.secretary, now=EPOCH)
    agenda.place(item=item, meeting=meeting, by=council.secretary, now=EPOCH)
    before = Duty.objects.get(subject_id=item.pk, closed_at=None).due_on
    assert before is not None
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH + timedelta(days=1))
    item.refresh_from_db()
    assert (item.meeting, item.state) == (None, ItemState.OPEN)
    after = Duty.objects.get(subject_id=item.pk, closed_at=None).due_on
    assert after is not None
    assert after > before
    assert not Duty.objects.filter(subject_id=meeting.pk, closed_at=None).exists()
    assert list(meeting_queries.backlog(council.council, council.secretary, EPOCH)) == [item]
    called = meetings.call(
        council=council.council, starts_at=EPOCH + timedelta(days=8), by=council.secretary, now=EPOCH
    )
    item.refresh_from_db()
    assert item.meeting == called, "the next meeting takes it up"


def test_the_parent_approves_what_was_referred_as_it_was_proposed(town, committee, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    stricter = Rules(quorum=Quorum(minimum=2), right=DecisionRight(per_decision=500_000))
    committee.council.charter = town.charter_in_force("Charter of the committee", stricter)
    committee.council.save()
    meeting, votes = sit(council)
    referred = decide(council, meeting, votes, 4_001)
    above, their_votes = sit(committee, present=3)
    item = AgendaItem.objects.get(matter="referral")
    assert item.meeting == above
    decision = decisions.settle(
        item=item, outcome="approve", motion="", payload={"amount": 1}, votes=their_votes, by=committee.secretary,
        now=EPOCH,
    )  # fmt: skip
    assert decision.verdict == Verdict.VALID
    assert decision.amount == 4_001 * EUROS, "what was referred is not retyped"
    assert decision.item.referred_from == referred
    assert book_queries.free(council.council) == 5_999 * EUROS, "the parent lends authority, the envelope pays"
    assert decision.facts["envelope_of"] == council.council.reference
    assert Posting.objects.get(decision=decision).amount == 4_001 * EUROS


def test_at_the_root_the_sponsor_alone_settles_what_is_beyond_the_council(town, committee):
    books.grant(council=committee.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    stricter = Rules(quorum=Quorum(minimum=2), right=DecisionRight(per_decision=100))
    committee.council.charter = town.charter_in_force("Charter of the committee", stricter)
    committee.council.save()
    meeting, votes = sit(committee, present=3)
    assert decide(committee, meeting, votes, 5_000).verdict == Verdict.REFERRED
    item = AgendaItem.objects.get(matter="referral")
    assert item.council == committee.council
    assert referrals.is_for_the_sponsor(item)
    assert Duty.objects.get(subject_id=item.pk, closed_at=None).seat == town.sponsor_seat
    with pytest.raises(Refused, match="sponsor"):
        decisions.settle(
            item=item, outcome="approve", motion="", payload={}, votes={}, by=committee.secretary, now=EPOCH
        )
    decision = decisions.settle(
        item=item, outcome="approve", motion="", payload={}, votes={}, by=town.sponsor, now=EPOCH
    )
    assert (decision.verdict, decision.facts["alone"]) == (Verdict.VALID, True)
    assert book_queries.free(committee.council) == 5_000 * EUROS


def test_a_sponsor_alone_settles_nothing_beyond_the_own_authority(town, committee):
    books.grant(council=committee.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    stricter = Rules(quorum=Quorum(minimum=2), right=DecisionRight(per_decision=100))
    committee.council.charter = town.charter_in_force("Charter of the committee", stricter)
    committee.council.save()
    meeting, votes = sit(committee, present=3)
    assert decide(committee, meeting, votes, 5_000).verdict == Verdict.REFERRED
    item = AgendaItem.objects.get(matter="referral")
    town.exec_sponsor.funding_authority = 4_999 * EUROS
    town.exec_sponsor.save()
    item = AgendaItem.objects.get(pk=item.pk)
    with pytest.raises(Conflict, match="funding authority"):
        decisions.settle(item=item, outcome="approve", motion="", payload={}, votes={}, by=town.sponsor, now=EPOCH)
    assert book_queries.free(committee.council) == 10_000 * EUROS
    item.refresh_from_db()
    assert item.state == ItemState.OPEN


def test_a_verdict_and_its_facts_never_change(town, council):
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 0)
    for change in ({"verdict": "advisory"}, {"facts": {}}, {"motion": "Another"}, {"amount": 9}):
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk)._raw_delete("default")
    assert Decision.objects.get(pk=decision.pk).facts == decision.facts


def test_a_person_sits_once_and_a_deputy_only_in_the_holders_absence(town, council):
    from governance.services import seats

    meeting, _votes = sit(council, present=2)
    third, deputy = council.memberships[2], town.person("Dora Deputy")
    seats.seat_person(seat=third.seat, person=deputy, by=None, now=EPOCH, role="deputy")
    meetings.mark(meeting=meeting, membership=third, presence="present", by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="absence"):
        meetings.mark(
            meeting=meeting, membership=third, presence="present", person=deputy, by=council.secretary, now=EPOCH
        )
    meetings.mark(meeting=meeting, membership=third, presence="absent", by=council.secretary, now=EPOCH)
    meetings.mark(meeting=meeting, membership=third, presence="present", person=deputy, by=council.secretary, now=EPOCH)
    seats.seat_person(seat=council.memberships[3].seat, person=deputy, by=None, now=EPOCH, role="deputy")
    with pytest.raises(Conflict, match="one person"):
        meetings.mark(
            meeting=meeting, membership=council.memberships[3], presence="present", person=deputy,
            by=council.secretary, now=EPOCH,
        )  # fmt: skip
    stranger = town.person("Sam Stranger")
    with pytest.raises(Refused):
        meetings.mark(
            meeting=meeting, membership=third, presence="present", person=stranger, by=council.secretary, now=EPOCH
        )


def test_vacant_seats_leave_the_denominator_and_never_the_floor(town, council):
    from governance.services import seats

    meeting, _votes = sit(council, present=4)
    for membership in council.memberships[5:]:
        seats.leave(seat=membership.seat, by=None, now=EPOCH + timedelta(minutes=1))
    now = EPOCH + timedelta(minutes=2)
    standing = meeting_queries.standing(meeting, now)
    assert (standing.seats, standing.count.vacant, standing.present, standing.needed) == (5, 4, 4, 5)
    assert not standing.is_quorate
    with pytest.raises(Conflict, match="vacant"):
        meetings.mark(
            meeting=meeting, membership=council.memberships[6], presence="present", by=council.secretary, now=now
        )


def test_somebody_who_lost_the_seat_no_longer_counts_as_present(town, council):
    from governance.services import seats

    meeting, _votes = sit(council, present=5)
    assert meeting_queries.standing(meeting, EPOCH).is_quorate
    later = EPOCH + timedelta(minutes=1)
    seats.seat_person(seat=council.memberships[4].seat, person=town.person("New One"), by=None, now=later)
    standing = meeting_queries.standing(meeting, later)
    assert (standing.present, standing.seats, standing.is_quorate) == (4, 9, False)
