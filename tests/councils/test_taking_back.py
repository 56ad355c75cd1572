"""A decision recorded by a slip is taken back within minutes; what was built upon stays, and another corrects it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from actions.models import ActionItem, Promise
from actions.queries import approving
from actions.queries.items import lines
from actions.services import items, promises
from actions.services import requests as request_services
from councils import matters
from councils.matters import nothing_to_reverse
from councils.models import AgendaItem, Capture, Decision, ItemState, Posting, TakenBack, Verdict
from councils.queries import books as book_queries
from councils.queries import decisions as decision_queries
from councils.services import agenda, books, captures, chairing, decisions, gathering, meetings, taking_back
from governance.clauses import ChairsAction, DecisionRight, Quorum, Rules
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, JournalEntry
from tests.councils.rooms import EUROS, decide, sit
from tests.councils.test_ballots import NEW_DAY, Late
from tests.factories import EPOCH

SOON = EPOCH + timedelta(minutes=10)
TOO_LATE = SOON + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _spending_is_reversible(monkeypatch, _spending):
    spending = matters.MATTERS["spending"]
    spend = replace(spending.outcomes["spend"], reverse=nothing_to_reverse)
    monkeypatch.setitem(matters.MATTERS, "spending", replace(spending, outcomes={"spend": spend}))


def back(decision, by, now=SOON, reason="The wrong sum."):
    return taking_back.take_back(decision=Decision.objects.get(pk=decision.pk), reason=reason, by=by, now=now)


def test_what_was_allocated_goes_back_and_the_item_is_to_be_settled_again(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 3_999)
    owed = Duty.objects.get(subject_id=decision.item_id, kind=DutyKind.SETTLE)
    taken = back(decision, council.secretary)
    assert (taken.verdict, taken.taken_back_at, taken.facts) == (Verdict.VALID, SOON, decision.facts)
    assert book_queries.free(council.council) == 10_000 * EUROS
    assert Posting.objects.filter(decision=decision).count() == 2, "it went back by a posting of its own"
    assert AgendaItem.objects.get(pk=decision.item_id).state == ItemState.OPEN
    again = Duty.objects.get(subject_id=decision.item_id, kind=DutyKind.SETTLE)
    assert (again.pk, again.due_on, again.closed_at) == (owed.pk, owed.due_on, None), "by the day that it was owed"
    assert decision_queries.committed(council.council, "year", SOON) == 0
    entry = JournalEntry.objects.get(event="councils.decision.taken_back")
    assert (entry.subject_id, entry.by, entry.text.body) == (decision.pk, council.secretary, "The wrong sum.")
    right = decisions.settle(
        item=AgendaItem.objects.get(pk=decision.item_id), outcome="spend", motion="m", votes=votes,
        payload={"title": "t", "amount": 399 * EUROS}, by=council.secretary, now=SOON,
    )  # fmt: skip
    assert right.verdict == Verdict.VALID
    assert book_queries.free(council.council) == 9_601 * EUROS
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=right.pk).update(item_id=decide(council, meeting, votes, 1, title="x").item_id)


def test_only_its_author_takes_it_back_within_ten_minutes_once_and_says_why(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 100)
    with pytest.raises(Refused, match="who recorded it"):
        back(decision, council.members[0])
    with pytest.raises(Absent):
        back(decision, town.person("Somebody Else"))
    with pytest.raises(Invalid) as missing:
        back(decision, council.secretary, reason=" ")
    assert missing.value.field == "reason"
    with pytest.raises(Invalid):
        back(decision, council.secretary, reason="x" * 301)
    with pytest.raises(Conflict, match="Ten minutes"):
        back(decision, council.secretary, now=TOO_LATE)
    back(decision, council.secretary)
    with pytest.raises(Conflict, match="already"):
        back(decision, council.secretary)
    assert TakenBack.objects.count() == 1
    for change in ({"taken_back_at": None}, {"before": {}}, {"verdict": "rejected"}):
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**change)
    with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
        TakenBack.objects.update(reason="Nothing.")
    with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
        TakenBack.objects.all().delete()


def test_what_was_built_upon_stays(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council, present=4)
    advice = decide(council, meeting, votes, 1)
    assert advice.verdict == Verdict.ADVISORY
    for membership in council.memberships[4:]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=council.secretary, now=EPOCH)
    decisions.settle(
        item=AgendaItem.objects.get(pk=advice.item_id), outcome="spend", motion="m", votes=votes,
        payload={"title": "t", "amount": 1}, by=council.secretary, now=EPOCH,
    )  # fmt: skip
    with pytest.raises(Conflict, match="built upon"):
        back(advice, council.secretary)
    other = decide(council, meeting, votes, 2, title="Another")
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="meeting was closed"):
        back(other, council.secretary)


def test_advice_and_a_lost_motion_are_taken_back_too(town, council):
    meeting, votes = sit(council, present=4)
    advice = decide(council, meeting, votes, 1)
    back(advice, council.secretary)
    assert AgendaItem.objects.get(pk=advice.item_id).state == ItemState.OPEN
    for membership in council.memberships[4:]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=council.secretary, now=EPOCH)
    lost = decide(council, meeting, dict.fromkeys(votes, "against"), 2, title="Lost")
    assert lost.verdict == Verdict.REJECTED
    back(lost, council.secretary)
    assert Duty.objects.filter(subject_id=lost.item_id, kind=DutyKind.SETTLE, closed_at=None).exists()


def test_a_referral_comes_home_until_the_body_above_takes_it_up(town, committee, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    first, second = (decide(council, meeting, votes, 4_001, title=title) for title in ("One", "Two"))
    back(first, council.secretary)
    raised = AgendaItem.objects.get(referred_from=first)
    assert raised.state == ItemState.WITHDRAWN
    assert not Duty.objects.filter(subject_id=raised.pk, closed_at=None).exists()
    sit(committee, present=3)  # a meeting that opens takes on what waits
    with pytest.raises(Conflict, match="built upon"):
        back(second, council.secretary)
    assert AgendaItem.objects.get(referred_from=second).state == ItemState.OPEN


def test_what_the_chair_decided_alone_needs_no_ratification_then(town, council):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    town.rule_anew(Rules(quorum=Quorum(minimum=5), right=DecisionRight(400_000), chair=ChairsAction(True, 100_000)))
    item = agenda.propose(
        council=council.council, about=None, matter="spending", by=council.secretary, now=EPOCH, ask="Cables"
    )
    asked = {"outcome": "spend", "motion": "Cables.", "payload": {"title": "t", "amount": 50_000}}
    chair = council.members[0]
    alone = chairing.act(item=item, by=chair, now=EPOCH, **asked)
    back(alone, chair)
    assert AgendaItem.objects.get(matter="ratification").state == ItemState.WITHDRAWN
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.OPEN
    assert book_queries.free(council.council) == 10_000 * EUROS
    planned = meetings.call(
        council=council.council, starts_at=EPOCH + timedelta(days=3), by=council.secretary, now=EPOCH
    )
    item.refresh_from_db()
    assert item.meeting == planned
    back(chairing.act(item=item, by=chair, now=EPOCH, **asked), chair)
    item.refresh_from_db()
    assert (item.meeting, item.state) == (planned, ItemState.OPEN), "it stands where it stood"
    alone = chairing.act(item=AgendaItem.objects.get(pk=item.pk), by=chair, now=EPOCH, **asked)
    meetings.open_meeting(meeting=planned, by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="built upon"):
        back(alone, chair)


def test_what_it_allocated_is_not_taken_back_once_some_was_spent(town, council, monkeypatch):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council)
    decision = decide(council, meeting, votes, 100)
    account = Posting.objects.get(decision=decision).target
    books.post(account, books.account(account.envelope, "spent", account.subject), 1, by=None, now=EPOCH)
    with pytest.raises(Conflict, match="built upon"):
        back(decision, council.secretary)
    assert TakenBack.objects.count() == 0


def test_an_outcome_that_cannot_be_undone_says_so_with_the_remedy(town, council, monkeypatch):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    spending = matters.MATTERS["spending"]
    spend = replace(spending.outcomes["spend"], reverse=None)
    monkeypatch.setitem(matters.MATTERS, "spending", replace(spending, outcomes={"spend": spend}))
    meeting, votes = sit(council)
    with pytest.raises(Conflict, match=r"“Spend”.*correct it with another decision"):
        back(decide(council, meeting, votes, 100), council.secretary)


# --- actions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(town):
    return Late(town)


STANDING = ("seat_id", "department_id", "state", "promised", "accepted_at", "health", "confidence", "needs_none")


def standing(late):
    action = ActionItem.objects.get(pk=late.action.pk)
    owed = Duty.objects.filter(subject_id=action.pk, closed_at=None).order_by("pk")
    return (
        {name: getattr(action, name) for name in STANDING},
        [(duty.pk, duty.kind, duty.seat_id, duty.due_on, duty.rung, duty.next_at) for duty in owed],
        sorted(action.subject.audience.containers.values_list("container_id", flat=True)),
    )


def decided(late, outcome, payload):
    _meeting, votes = sit(late.council)
    item = AgendaItem.objects.get(pk=late.item.pk)
    return decisions.settle(
        item=item, outcome=outcome, motion="m", payload=payload, votes=votes, by=late.clerk, now=EPOCH
    )


def payload_of(late, outcome):
    return {
        "extend": NEW_DAY,
        "reassign": {"seat": late.council.memberships[5].seat.reference},
        "accept_as_is": {"reason": "r"},
        "drop": {"reason": "r"},
        "re_resource": {"amount": 100 * EUROS, "reason": "r"},
    }[outcome]


@pytest.mark.parametrize("outcome", ["extend", "reassign", "accept_as_is", "drop", "re_resource"])
def test_the_action_stands_as_before_with_what_was_owed(late, outcome):
    books.grant(council=late.council.council, amount=10_000 * EUROS, by=late.town.sponsor, now=EPOCH)
    before, free = standing(late), book_queries.free(late.council.council)
    decision = decided(late, outcome, payload_of(late, outcome))
    assert standing(late) != before or book_queries.free(late.council.council) != free
    back(decision, late.clerk)
    assert standing(late) == before
    assert book_queries.free(late.council.council) == free
    assert AgendaItem.objects.get(pk=late.item.pk).state == ItemState.OPEN


def test_a_date_that_was_taken_back_stays_on_record_and_never_held(late):
    decision = decided(late, "extend", NEW_DAY)
    back(decision, late.clerk)
    given = Promise.objects.filter(action=late.action).order_by("number")
    assert [one.taken_back_at for one in given] == [None, SOON]
    [line] = lines([ActionItem.objects.get(pk=late.action.pk)], late.owner, SOON)
    assert (line.first, line.slip, line.action.promised) == (date(2026, 12, 1), 0, date(2026, 12, 1))
    with pytest.raises(DatabaseError, match="never overwritten"), transaction.atomic():
        given.update(taken_back_at=None)


@pytest.mark.parametrize("outcome", ["extend", "reassign", "drop"])
def test_an_action_that_moved_since_stays_as_it_was_decided(late, outcome):
    decision = decided(late, outcome, payload_of(late, outcome))
    action = ActionItem.objects.get(pk=late.action.pk)
    if outcome == "extend":
        items.report(action=action, health="on_track", line="On it.", by=late.owner, now=SOON)
    elif outcome == "reassign":
        items.decline(action=action, reason="Not ours.", by=late.council.members[5], now=SOON)
    else:
        JournalEntry.objects.create(at=SOON, event="actions.item.said", subject=action.subject)
    with pytest.raises(Conflict, match="built upon"):
        back(decision, late.clerk)
    assert TakenBack.objects.count() == 0


def test_an_end_with_which_a_request_ended_stays(late):
    request_services.ask(
        action=ActionItem.objects.get(pk=late.action.pk), seat=late.seat, title="Data",
        to=late.town.champion_seats[late.town.digital.pk], asked_for=date(2026, 11, 20), by=late.owner, now=EPOCH,
    )  # fmt: skip
    decision = decided(late, "drop", {"reason": "r"})
    with pytest.raises(Conflict, match="Requests"):
        back(decision, late.clerk)


def test_commissioned_actions_are_dropped_and_their_lines_wait_again(late):
    books.grant(council=late.council.council, amount=10_000 * EUROS, by=late.town.sponsor, now=EPOCH)
    meeting, votes = sit(late.council)
    item = AgendaItem.objects.get(pk=late.item.pk)
    seat = late.council.memberships[6].seat
    line = captures.capture(
        meeting=meeting, kind="action", text=f"Write it @{seat.reference}", by=late.clerk, now=EPOCH, item=item
    )
    wish = {"title": "Write it", "seat": seat.reference, "amount": 5_000, "asked_for": None, "needs_none": False}
    asked = {"outcome": "extend", "motion": "m", "votes": votes, "by": late.clerk, "now": EPOCH}
    decision = decisions.settle(item=item, payload={**NEW_DAY, "actions": [wish]}, **asked)
    made = ActionItem.objects.get(decision=decision)
    assert Capture.objects.get(pk=line.pk).result_id == made.pk
    back(decision, late.clerk)
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert not Duty.objects.filter(subject_id=made.pk, closed_at=None).exists()
    assert book_queries.free(late.council.council) == 10_000 * EUROS
    assert Capture.objects.get(pk=line.pk).result_id is None
    again = decisions.settle(item=AgendaItem.objects.get(pk=item.pk), payload={**NEW_DAY, "actions": [wish]}, **asked)
    items.accept(
        action=ActionItem.objects.get(decision=again), promised_on=date(2026, 12, 1), by=late.council.members[6],
        now=EPOCH,
    )  # fmt: skip
    with pytest.raises(Conflict, match="built upon"):
        back(again, late.clerk)


def test_what_was_voted_in_writing_is_nobodys_slip(late):
    late.put()
    for number in range(9):
        late.cast(number)
    decision = Decision.objects.get()
    assert decision.verdict == Verdict.VALID
    with pytest.raises(Conflict, match="vote in writing"):
        back(decision, late.clerk)


def test_its_page_offers_it_to_its_author_and_says_afterwards_that_it_counts_for_nothing(town, council, client):
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    now = timezone.now()
    meeting, votes = sit(council, now=now)
    decision = decide(council, meeting, votes, 100, now=now)
    page = f"/decisions/{decision.reference}/"
    client.force_login(council.members[0])
    assert "Recorded by mistake?" not in client.get(page).content.decode()
    client.force_login(council.secretary)
    assert "Recorded by mistake?" in client.get(page).content.decode()
    refused = client.post(f"{page}take-back/", {"reason": ""})
    assert (refused.status_code, "Say what was wrong" in refused.content.decode()) == (422, True)
    done = client.post(f"{page}take-back/", {"reason": "Ten times too much."})
    assert (done.status_code, done["Location"]) == (302, f"/agenda-items/{decision.item.reference}/")
    shown = client.get(page).content.decode()
    assert "Ten times too much." in shown
    assert "Recorded by mistake?" not in shown
    assert "taken back" in client.get("/decisions/").content.decode()
    register = client.get("/decisions/?verdict=valid")
    assert decision.reference not in register.content.decode(), "it is none of those that are valid"
    tabs = {key: n for key, _label, n in register.context["verdicts"]}
    assert (tabs["valid"], register.context["total"]) == (0, 1)
    assert "taken back" in client.get(f"/meetings/{meeting.reference}/").content.decode()
    told = client.get(f"/api/v1/decisions/{decision.reference}/").json()
    assert (told["verdict"], told["taken_back"]["reason"]) == ("valid", "Ten times too much.")
    again = client.post(f"/api/v1/decisions/{decision.reference}/take-back/", {"reason": "r"}, "application/json")
    assert again.status_code == 409


def test_a_date_that_was_taken_back_hides_no_other_that_is_asked_for(late, town, monkeypatch):
    late_item = decided(late, "extend", NEW_DAY).item
    back(Decision.objects.get(item=late_item), late.clerk)
    books.grant(council=late.council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    decisions.settle(
        item=AgendaItem.objects.get(pk=late_item.pk), outcome="re_resource", motion="m",
        payload={"amount": 100 * EUROS, "reason": "r"}, votes={row.pk: "for" for row in late.council.memberships[:9]},
        by=late.clerk, now=EPOCH + timedelta(minutes=9),
    )  # fmt: skip
    monkeypatch.setattr(approving, "approver", lambda *_given, **_more: None)
    asked = promises.ask_for_time(
        action=ActionItem.objects.get(pk=late.action.pk), due_on=date(2027, 2, 1), reason="The supplier.",
        by=late.owner, now=EPOCH + timedelta(days=1),
    )  # fmt: skip
    gathering.gather_all(EPOCH + timedelta(days=1))
    assert (AgendaItem.objects.get(pk=asked.item_id).state, asked.answer) == (ItemState.OPEN, "")
