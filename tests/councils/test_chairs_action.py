"""The chair decides alone: within the limit, marked so, ratified by the next meeting or lapsed there."""

from dataclasses import replace

import pytest
import time_machine
from django.db import DatabaseError, transaction

from councils.models import AgendaItem, Decision, ItemState, Verdict
from councils.queries import books as book_queries
from councils.queries import decisions as decision_queries
from councils.services import agenda, books, chairing, decisions, meetings
from governance.clauses import ChairsAction
from governance.errors import Conflict, Refused
from governance.models import Duty, DutyKind, JournalEntry, SubjectKind
from governance.services import subjects
from tests.councils.rooms import EUROS, sit
from tests.councils.test_ballots import Late
from tests.factories import EPOCH


@pytest.fixture
def purse(town, council):
    town.rule_anew(replace(town.rules, chair=ChairsAction(True, 500 * EUROS)))
    books.grant(council=council.council, amount=9_000 * EUROS, by=town.sponsor, now=EPOCH)
    return council


def item_of(chamber, title="A banner for the app"):
    about = subjects.create(SubjectKind.THEME, title=title, now=EPOCH, audience=[chamber.council.pk])
    return agenda.propose(council=chamber.council, about=about, matter="spending", by=chamber.secretary, now=EPOCH)


def act(chamber, item, euros=300, by=None):
    return chairing.act(
        item=item, outcome="spend", motion="Buy it.", payload={"title": "Buy it", "amount": euros * EUROS},
        by=by or chamber.chair, now=EPOCH,
    )  # fmt: skip


def ratification() -> AgendaItem:
    return AgendaItem.objects.get(matter="ratification")


def test_only_the_chair_decides_alone_and_only_within_the_limit(town, purse):
    item = item_of(purse)
    for other in (purse.secretary, purse.members[4], town.sponsor):
        with pytest.raises(Refused):
            act(purse, item, by=other)
    with pytest.raises(Conflict, match=r"€500\.00"):
        act(purse, item, euros=501)
    decision = act(purse, item)
    assert (decision.verdict, decision.how, decision.meeting, decision.amount) == (
        Verdict.VALID, "chair", None, 300 * EUROS,
    )  # fmt: skip
    assert decision.facts["by"] == "chair"
    asked = ratification()
    assert (asked.about_id, asked.state) == (decision.pk, ItemState.OPEN)
    assert Duty.objects.filter(subject_id=asked.pk, kind=DutyKind.SETTLE, closed_at=None).count() == 1
    town.rule_anew(replace(town.rules, chair=ChairsAction()))
    with pytest.raises(Conflict, match="nothing alone"):
        act(purse, item_of(purse, "Another"), euros=0)


def test_the_next_meeting_ratifies_it(purse):
    planned = meetings.call(council=purse.council, starts_at=EPOCH, by=purse.secretary, now=EPOCH)
    decision = act(purse, item_of(purse))
    asked = ratification()
    assert asked.meeting_id == planned.pk, "it stands on the meeting that is called already"
    with pytest.raises(Conflict):
        agenda.withdraw(item=asked, reason="r", by=purse.secretary, now=EPOCH)
    meeting = meetings.open_meeting(meeting=planned, by=purse.secretary, now=EPOCH)
    with pytest.raises(Conflict):
        decisions.refer(
            item=asked, outcome="ratify", motion="m", payload={}, by=purse.secretary, now=EPOCH
        )  # fmt: skip
    for membership in purse.memberships[:6]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=purse.secretary, now=EPOCH)
    said = decisions.settle(
        item=ratification(), outcome="ratify", motion="We ratify it.", payload={},
        votes={one.pk: "for" for one in purse.memberships[:6]}, by=purse.secretary, now=EPOCH,
    )  # fmt: skip
    meetings.close(meeting=meeting, by=purse.secretary, now=EPOCH)
    decision.refresh_from_db()
    assert (decision.ratified_by, decision.lapsed_at) == (said, None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(ratified_by=None)


def test_a_meeting_that_closes_without_ratifying_lets_it_lapse_and_the_rest_goes_back(town, purse):
    before = book_queries.free_now(purse.council, EPOCH)
    decision = act(purse, item_of(purse))
    assert book_queries.free_now(purse.council, EPOCH) == before - 300 * EUROS
    meeting, _votes = sit(purse)
    meetings.close(meeting=meeting, by=purse.secretary, now=EPOCH)
    decision.refresh_from_db()
    assert (decision.lapsed_at, decision.verdict, decision.ratified_by) == (EPOCH, Verdict.VALID, None)
    assert book_queries.free_now(purse.council, EPOCH) == before
    assert ratification().state == ItemState.WITHDRAWN
    assert not Duty.objects.filter(subject_id=ratification().pk, closed_at=None).exists()
    assert JournalEntry.objects.get(event="councils.decision.lapsed").facts["returned"] == "€300.00"
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(lapsed_at=None)


def test_a_motion_to_ratify_that_does_not_carry_lets_it_lapse(purse):
    decision = act(purse, item_of(purse), euros=0)
    _meeting, votes = sit(purse)
    decisions.settle(
        item=ratification(), outcome="ratify", motion="We ratify it.", payload={},
        votes=dict.fromkeys(votes, "against"), by=purse.secretary, now=EPOCH,
    )  # fmt: skip
    decision.refresh_from_db()
    assert decision.lapsed_at == EPOCH


def test_what_lapsed_is_said_so_and_is_none_of_what_is_valid(purse, client_for):
    decision = act(purse, item_of(purse))
    before = decision_queries.committed(purse.council, "year", EPOCH)
    assert before == 300 * EUROS
    meeting, _votes = sit(purse)
    meetings.close(meeting=meeting, by=purse.secretary, now=EPOCH)
    with time_machine.travel(EPOCH, tick=False):
        reader, at = client_for(purse.secretary), f"/decisions/{decision.reference}/"
        shown = reader.get(at).text
        assert "It counts, and took effect at once." not in shown
        assert "counts no more since it lapsed" in shown
        assert "counts no more since it lapsed" in reader.get(f"/api/v1{at}").json()["why"][-1]
        assert decision.reference not in reader.get("/decisions/?verdict=valid").text
        for narrowed in ("verdict=undone", "stands=lapsed"):
            assert decision.reference in reader.get(f"/decisions/?{narrowed}").text
        register = reader.get("/decisions/")
        tabs = {key: n for key, _label, n in register.context["verdicts"]}
        assert (tabs["valid"], tabs["undone"], sum(tabs.values())) == (0, 1, register.context["total"])
        assert register.context["follow"].valid == 0
        assert '"lapsed"' in reader.get("/decisions/sheet.csv").getvalue().decode()
    assert decision_queries.committed(purse.council, "year", EPOCH) == before, "its effect stands"


def test_a_meeting_that_is_called_off_neither_ratifies_nor_lapses(purse):
    act(purse, item_of(purse), euros=0)
    meeting = meetings.call(council=purse.council, starts_at=EPOCH, by=purse.secretary, now=EPOCH)
    meetings.call_off(meeting=meeting, reason="Ill.", by=purse.secretary, now=EPOCH)
    assert (ratification().state, ratification().meeting) == (ItemState.OPEN, None)


def test_it_is_not_offered_while_the_motion_of_its_written_vote_is_awaited(town, client_for):
    town.rule_anew(replace(town.rules, chair=ChairsAction(True, 500 * EUROS)))
    late = Late(town)
    at, chair = f"/agenda-items/{late.item.reference}/", client_for(late.council.chair)
    item, _meeting = late.leave()
    with time_machine.travel(EPOCH, tick=False):
        assert "Decide it alone" not in chair.get(at).content.decode()
    with pytest.raises(Conflict, match="waits for the motion"):
        chairing.act(item=item, outcome="drop", motion="m", payload={"reason": "r"}, by=late.council.chair, now=EPOCH)


def test_its_pages(purse, client_for):
    with time_machine.travel(EPOCH, tick=False):
        at = f"/agenda-items/{item_of(purse).reference}/"
        chair = client_for(purse.chair)
        assert "Decide it alone, as chair" in chair.get(at).content.decode()
        assert "up to €500.00" in chair.get(f"{at}decide-alone/").content.decode()
        refused = chair.post(
            f"{at}decide-alone/", {"outcome": "spend", "motion": "Buy it.", "title": "It", "amount": "900"}
        )
        assert (refused.status_code, "Buy it." in refused.content.decode()) == (409, True)
        made = chair.post(
            f"{at}decide-alone/", {"outcome": "spend", "motion": "Buy it.", "title": "It", "amount": "300"}
        )
        assert made.status_code == 302
        page = chair.get(made.url).content.decode()
        assert "valid" in page
        assert "The chair decided alone." in page
        assert "otherwise it lapses there" in page
        assert client_for(purse.members[3]).get(f"{at}decide-alone/").status_code == 403
