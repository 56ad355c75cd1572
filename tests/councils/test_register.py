"""The decision register: searched, narrowed, counted against a slow derivation, and taken along as a sheet."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine

from actions.models import ActionItem, Outcome, OutcomeVerdict, Theme, Verification
from councils.models import Decision
from councils.queries import health
from councils.services import agenda, decisions
from governance.services.duties import rules_in_force
from tests.actions.reading_files import take
from tests.councils.rooms import decide, sit
from tests.factories import EPOCH, Chamber


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(EPOCH + timedelta(days=2), tick=False):
        yield


@pytest.fixture
def work(town, council):
    """Five decisions that made an action each, in the states that actions can be in; one that made none; one advice."""
    meeting, votes = sit(council)
    states = ("proposed", "in_progress", "done", "verified", "cancelled")
    for number, state in enumerate(states):
        take(EPOCH, f"{number},,,,CLM,Topic {number},a")
        theme = Theme.objects.get(name=f"Topic {number}")
        item = agenda.propose(
            council=council.council, about=theme.subject, matter="theme", by=town.sponsor, now=EPOCH
        )  # fmt: skip
        agenda.place(item=item, meeting=meeting, by=council.secretary, now=EPOCH)
        item.refresh_from_db()
        payload = {
            "title": f"Work {state}", "proof": "Seen", "seat": town.champion_seats[town.claims.pk].reference,
            "asked_for": None, "amount": 0, "needs_none": True,
        }  # fmt: skip
        made = decisions.settle(
            item=item, outcome="create_action", motion=f"=Motion {state}", payload=payload, votes=votes,
            by=council.secretary, now=EPOCH,
        )  # fmt: skip
        ActionItem.objects.filter(pk=made.result_id).update(
            state=state, accepted_at=EPOCH, done_at=EPOCH, verified_at=EPOCH
        )
    decide(council, meeting, votes, 0, title="No work at all")
    decide(council, meeting, dict.fromkeys(votes, "against"), 0, title="Not carried")
    return council


def slowly(kind):
    """Motions by how far what came of them is: row by row, with models alone."""
    found = set()
    for decision in Decision.objects.filter(verdict="valid"):
        actions = list(ActionItem.objects.filter(decision=decision))
        states = [one.state for one in actions if one.state not in ("cancelled", "declined")]
        is_open = any(state in ("proposed", "accepted", "in_progress") for state in states)
        far = "nothing" if not states else "waiting" if is_open else "done"
        is_verified = far == "done" and set(states) == {"verified"}
        if kind == far or (kind == "verified" and is_verified):
            found.add(decision.motion)
    return found


def listed(client, query):
    rows = list(csv.DictReader(io.StringIO(client.get(f"/decisions/sheet.csv?{query}").getvalue().decode("utf-8-sig"))))
    return {row["motion"] for row in rows}, rows


def test_each_figure_is_what_a_slow_derivation_counts_and_opens_its_list(work, client_for):
    client = client_for(work.secretary)
    for kind, expected in (("waiting", 2), ("done", 2), ("verified", 1), ("nothing", 2)):
        motions, _rows = listed(client, f"carried={kind}")
        assert {motion.removeprefix("'") for motion in motions} == slowly(kind)
        assert len(motions) == expected
    page = " ".join(client.get("/decisions/").text.split())
    for said in ("of 7 decided", "of 4 that ask for work", "of 2 carried out"):
        assert said in page


def test_a_motion_that_looks_like_a_formula_runs_nowhere(work, client_for):
    motions, rows = listed(client_for(work.secretary), "search=Motion done")
    assert motions == {"'=Motion done"}
    assert rows[0]["how_far"] == "1 of 1 carried out"
    assert rows[0]["verdict"] == "valid"


def test_the_register_is_narrowed_by_day_verdict_and_where_and_says_what_it_cannot_read(work, client_for):
    client = client_for(work.secretary)
    assert len(listed(client, "since=2026-11-02&until=2026-11-02")[0]) == 7
    assert listed(client, "since=2026-11-03")[0] == set()
    assert listed(client, "verdict=rejected")[0] == {"Not carried"}
    assert listed(client, "where=between")[0] == set()
    assert listed(client, "provisional=on")[0] == set()
    refused = client.get("/decisions/?since=2026-11-05&until=2026-11-01")
    assert refused.status_code == 422
    assert "Choose a later day" in refused.text
    assert "Verdict" in client.get("/decisions/?verdict=valid").text


def test_the_tabs_and_the_heading_count_what_the_other_filters_leave_and_add_up(work, client_for):
    client = client_for(work.secretary)
    for query, every, listed_now in (("", 7, 7), ("search=No&verdict=valid", 2, 1), ("where=between", 0, 0)):
        page = client.get(f"/decisions/?{query}")
        tabs = [n for _key, _label, n in page.context["verdicts"]]
        assert (sum(tabs), page.context["total"], page.context["follow"].decided) == (every, every, listed_now)


def test_what_may_not_be_seen_is_in_no_list_count_or_sheet(town, work, client_for):
    quiet = Chamber(town, name="Zephyr circle", size=3, confidential=True)
    meeting, votes = sit(quiet, present=3)
    decide(quiet, meeting, votes, 0, title="Zephyr question")
    for person in (town.lead, work.secretary):
        client = client_for(person)
        assert "Zephyr" not in client.get("/decisions/").text
        assert "of 7 decided" in client.get("/decisions/").text
        assert not any("Zephyr" in motion for motion in listed(client, "")[0])
        assert client.get(f"/decisions/?council={quiet.council.reference}").status_code == 404
        assert client.get(f"/decisions/sheet.csv?council={quiet.council.reference}").status_code == 404
        assert client.get("/decisions/sheet.csv?since=soon").status_code == 404, "it is not the sheet of everything"


def test_the_register_takes_no_more_statements_for_more_decisions(work, client_for, django_assert_max_num_queries):
    client = client_for(work.secretary)

    def statements():
        with django_assert_max_num_queries(60) as counted:
            client.get("/decisions/")
        return len(counted.captured_queries)

    statements()
    before = statements()
    meeting = Decision.objects.first().meeting
    votes = {membership.pk: "for" for membership in work.memberships}
    for number in range(4):
        decide(work, meeting, votes, 0, title=f"More {number}")
    assert statements() == before


def judge(decision, effect, by):
    """A verification that stands on what a decision made, and a person's verdict on it."""
    action = ActionItem.objects.get(decision=decision)
    verification = Verification.objects.create(action=action, finding="confirmed", by=by, at=EPOCH)
    outcome = Outcome.objects.create(action=action, number=1, because="w", by=by, at=EPOCH)
    OutcomeVerdict.objects.create(
        outcome=outcome, action=action, verification=verification, effect=effect, words="w", by=by, at=EPOCH
    )


@pytest.mark.parametrize("effect", ["worked", "partly", "not", "cannot_tell"])
def test_what_worked_is_told_of_what_was_judged_alone(work, client_for, effect):
    client = client_for(work.secretary)
    assert listed(client, "carried=judged")[0] == set()
    judge(Decision.objects.get(motion="=Motion verified"), effect, work.secretary)
    assert len(listed(client, "carried=judged")[0]) == 1
    assert len(listed(client, "carried=worked")[0]) == (effect == "worked")
    told = {
        one.key: (one.part, one.whole)
        for one in health.of_council(
            work.council, rules_in_force(work.council.charter, EPOCH), work.secretary, EPOCH + timedelta(days=2)
        )
    }
    assert told["hit"] == (effect == "worked", 1)
