"""Who stands aside by the charter: enforced by whoever records, offered by the form, and told with the verdict."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from actions.services import agenda_of
from councils import referrals
from councils.models import AgendaItem, Ballot, Decision, Membership, Verdict
from councils.queries import meetings as meeting_queries
from councils.services import captures, chairing, decisions, meetings
from governance.clauses import ChairsAction, Recusal, Voting
from governance.errors import Conflict, Invalid
from governance.services import seats
from tests.councils.rooms import sit
from tests.councils.test_ballots import NEW_DAY, Late
from tests.factories import EPOCH

OWNER = 4


@pytest.fixture
def late(town):
    town.rule_anew(replace(town.rules, recusal=Recusal("seat")))
    return Late(town)


def settle(late, votes, **more):
    item = AgendaItem.objects.get(pk=late.item.pk)
    asked = {"outcome": "drop", "motion": "Drop it.", "payload": {"reason": "r"}, "by": late.clerk, "now": EPOCH}
    return decisions.settle(item=item, votes=votes, **{**asked, **more})


def owner(late):
    return late.council.memberships[OWNER]


def test_whoever_answers_for_it_is_not_recorded_with_a_vote(late):
    _meeting, votes = sit(late.council)
    with pytest.raises(Invalid, match="stands aside") as refused:
        settle(late, votes)
    assert refused.value.field == "votes"
    assert str(late.owner) in str(refused.value)
    decision = settle(late, {**votes, owner(late).pk: "recused"}, reasons={owner(late).pk: "My own letters."})
    assert (decision.verdict, decision.facts["present"], decision.facts["recused"]) == (Verdict.VALID, 8, 1)
    assert decision.facts["aside"] == [owner(late).seat.title]
    assert decision.votes.get(choice="recused").reason == "My own letters."


@pytest.mark.parametrize("how", ["by_name", "no_objection", "hands"])
def test_whoever_says_nothing_of_them_records_them_as_recused(late, how):
    _meeting, votes = sit(late.council)
    given = {"by_name": {key: one for key, one in votes.items() if key != owner(late).pk}}.get(how, {})
    decision = settle(late, given, how=how, shown={"for": 8} if how == "hands" else None)
    assert (decision.verdict, decision.facts["for"], decision.facts["recused"]) == (Verdict.VALID, 8, 1)
    assert "charter" in decision.votes.get(choice="recused").reason


def test_a_rule_that_makes_somebody_stand_aside_loses_the_quorum_and_never_lowers_it(late):
    meeting, votes = sit(late.council, present=5)
    decision = settle(late, {key: one for key, one in votes.items() if key != owner(late).pk})
    assert (decision.verdict, decision.facts["present"], decision.facts["needed"]) == (Verdict.ADVISORY, 4, 5)
    assert meeting_queries.standing(meeting, EPOCH).is_quorate, "for every other matter they count"


def test_the_deputy_of_whoever_answers_stands_aside_too_and_another_departments_seat_does_not(late):
    other = late.council.memberships[6]
    seats.seat_person(seat=owner(late).seat, person=late.council.members[6], role="deputy", by=None, now=EPOCH)
    Membership.objects.filter(pk=late.council.memberships[7].pk).update(represents=late.town.claims)
    _meeting, votes = sit(late.council)
    free = {key: one for key, one in votes.items() if key not in (owner(late).pk, other.pk)}
    assert settle(late, free).facts["recused"] == 2


@pytest.mark.parametrize(("by", "verdict"), [("chair", "rejected"), ("deputy", "valid"), ("secretary", "rejected")])
def test_a_tie_is_decided_by_whoever_chairs(town, by, verdict):
    """The chair's deputy sits there, too, and is for it; the secretary is against it; a recused chair has no vote."""
    rules = replace(town.rules, recusal=Recusal(chaired_by=by), voting=Voting(tie="chair"))
    town.rule_anew(rules)
    late = Late(town)
    chair, deputy = late.council.memberships[0], late.council.memberships[3]
    seats.seat_person(seat=chair.seat, person=late.council.members[3], role="deputy", by=None, now=EPOCH)
    _meeting, votes = sit(late.council)
    in_favour = {late.council.memberships[number].pk for number in (3, 4, 5, 6)}
    split = {key: "for" if key in in_favour else "against" for key in votes if key != chair.pk}
    decision = settle(late, {**split, chair.pk: "recused"}, reasons={chair.pk: "My own letters."})
    chaired = {"deputy": deputy.seat.title, "secretary": late.council.memberships[1].seat.title}.get(by)
    assert (decision.verdict, decision.facts.get("presiding")) == (verdict, chaired)


def test_in_writing_they_vote_recused_and_nothing_else(late):
    late.put()
    with pytest.raises(Invalid, match="stand aside") as refused:
        late.cast(OWNER)
    assert refused.value.field == "choice"
    for number in range(9):
        late.cast(number, "recused" if number == OWNER else "for")
    decision = Ballot.objects.get().decision
    assert (decision.verdict, decision.facts["aside"]) == (Verdict.VALID, [owner(late).seat.title])


def test_whoever_took_the_work_over_after_voting_in_writing_does_not_count(late):
    late.put()
    late.cast(6)
    seats.seat_person(seat=owner(late).seat, person=late.council.members[6], role="deputy", by=None, now=EPOCH)
    for number in (0, 1, 2, 3, 5, 7, 8):
        late.cast(number)
    late.cast(OWNER, "recused")
    assert Ballot.objects.get().decision.facts["recused"] == 2


def test_the_chair_does_not_decide_alone_about_their_own_work(town):
    town.rule_anew(replace(town.rules, recusal=Recusal("seat"), chair=ChairsAction(True, 0)))
    late = Late(town)
    seats.seat_person(seat=owner(late).seat, person=late.council.chair, role="deputy", by=None, now=EPOCH)
    item = AgendaItem.objects.get(pk=late.item.pk)
    with pytest.raises(Conflict, match="stands aside"):
        chairing.act(item=item, outcome="drop", motion="m", payload={"reason": "r"}, by=late.council.chair, now=EPOCH)


def test_what_was_referred_is_whose_it_was_below(late):
    meeting, _votes = sit(late.council)
    seats.seat_person(seat=owner(late).seat, person=late.above.members[2], role="deputy", by=None, now=EPOCH)
    decisions.refer(
        item=AgendaItem.objects.get(pk=late.item.pk), outcome="extend", motion="m", payload=NEW_DAY, by=late.clerk,
        now=EPOCH,
    )  # fmt: skip
    _above, votes = sit(late.above, present=3)
    raised = AgendaItem.objects.get(matter=referrals.REFERRAL)
    with pytest.raises(Invalid, match="stands aside"):
        decisions.settle(
            item=raised, outcome="approve", motion="", payload={}, votes=votes, by=late.above.secretary, now=EPOCH
        )
    assert meeting.state == "open"


def test_the_form_marks_them_beforehand_and_says_why(late, client):
    now = timezone.now()
    sit(late.council, now=now)
    client.force_login(late.clerk)
    page = client.get(f"/agenda-items/{late.item.reference}/?outcome=drop").content.decode()
    name = f'name="vote_{owner(late).seat.reference}"'
    marked = [line for line in page.split("<input") if name in line and "checked" in line]
    assert len(marked) == 1
    assert 'value="recused"' in marked[0]
    assert "By the charter: it is their own matter." in page


def test_whoever_stays_out_of_the_room_and_whoever_comes_back_counts_for_the_next_matter(late):
    meeting, votes = sit(late.council, present=5)
    settle(late, {key: one for key, one in votes.items() if key != owner(late).pk})
    other = agenda_of.agenda.propose(
        council=late.council.council, about=None, matter="general", by=late.clerk, now=EPOCH, ask="Dates"
    )
    agenda_of.agenda.place(item=other, meeting=meeting, by=late.clerk, now=EPOCH)
    noted = decisions.settle(
        item=AgendaItem.objects.get(pk=other.pk), outcome="note", motion="Noted.", payload={}, votes=votes,
        by=late.clerk, now=EPOCH + timedelta(minutes=1),
    )  # fmt: skip
    assert (noted.verdict, noted.facts["present"]) == (Verdict.VALID, 5)
    meetings.close(meeting=meeting, by=late.clerk, now=EPOCH, not_decided="No quorum for it.")


def test_whoever_is_given_the_work_by_the_motion_stands_aside(late):
    _meeting, votes = sit(late.council)
    other = late.council.memberships[6]
    asked = {"outcome": "reassign", "payload": {"seat": other.seat.reference}}
    with pytest.raises(Invalid, match="stands aside") as refused:
        settle(late, {key: one for key, one in votes.items() if key != owner(late).pk}, **asked)
    assert str(late.council.members[6]) in str(refused.value)
    decision = settle(late, {}, how="no_objection", **asked)
    assert {vote.membership_id for vote in decision.votes.filter(choice="recused")} == {owner(late).pk, other.pk}


def test_whoever_is_commissioned_beside_the_motion_stands_aside(late):
    _meeting, _votes = sit(late.council)
    other = late.council.memberships[6]
    decision = settle(
        late, {}, how="no_objection",
        payload={"reason": "r", "actions": [{"title": "Tell them", "seat": other.seat.reference}]},
    )  # fmt: skip
    assert {vote.membership_id for vote in decision.votes.filter(choice="recused")} == {owner(late).pk, other.pk}


def test_whoever_stands_aside_on_their_own_says_why(late):
    late.put()
    with pytest.raises(Invalid, match="why") as refused:
        late.cast(6, "recused")
    assert refused.value.field == "reason"
    late.cast(OWNER, "recused")
    assert "charter" in Ballot.objects.get().votes.get().reason


def test_the_form_asks_for_the_reason_where_it_is_missing(late, client):
    now = timezone.now()
    sit(late.council, now=now)
    other = late.council.memberships[6]
    with pytest.raises(Invalid, match="why") as refused:
        settle(late, {other.pk: "recused"}, how="no_objection", now=now)
    assert refused.value.field == "reasons"
    client.force_login(late.clerk)
    asked = {"outcome": "drop", "motion": "Drop it.", "reason": "r", f"vote_{other.seat.reference}": "recused"}
    answer = client.post(f"/agenda-items/{late.item.reference}/settle/", {**asked, "how": "no_objection"})
    assert (answer.status_code, "Say why: whoever stands aside" in answer.content.decode()) == (422, True)
    why = {f"reason_{other.seat.reference}": "My sister asks."}
    assert client.post(f"/agenda-items/{late.item.reference}/settle/", {**asked, **why, "how": "no_objection"}).url


def test_the_form_marks_whoever_a_captured_action_is_given_to_and_the_rest_does_not_vote_for_them(late, client):
    now = timezone.now()
    meeting, _votes = sit(late.council, now=now)
    item, other = AgendaItem.objects.get(pk=late.item.pk), late.council.memberships[6]
    line = captures.capture(
        meeting=meeting, item=item, kind="action", text=f"Tell them @{other.seat.reference}", by=late.clerk, now=now
    )
    client.force_login(late.clerk)
    at = f"/agenda-items/{item.reference}/"
    marked = [
        one
        for one in client.get(f"{at}?outcome=drop").content.decode().split("<input")
        if f'name="vote_{other.seat.reference}"' in one and "checked" in one
    ]
    assert ['value="recused"' in one for one in marked] == [True]
    asked = {"outcome": "drop", "motion": "Drop it.", "reason": "r", "rest": "for"}
    answer = client.post(f"{at}settle/", {**asked, "line": f"{line.pk}:{line.version}"})
    assert answer.status_code == 302
    aside = Decision.objects.get().votes.filter(choice="recused")
    assert {vote.membership_id for vote in aside} == {owner(late).pk, other.pk}
