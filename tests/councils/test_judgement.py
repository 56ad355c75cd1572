"""Quorum, tally and authority, by table and by property; nothing here touches the database."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils import authority, quorum
from councils.periods import first_day
from councils.quorum import SeatStanding
from councils.representation import hear
from councils.tally import ABSTAIN, AGAINST, FOR, RECUSED, tally
from governance.clauses import DecisionRight, Quorum, Representation, Represented, Voting

CHAIR = SeatStanding(is_chair=True, is_present=True)
HERE, AWAY, EMPTY = SeatStanding(is_present=True), SeatStanding(), SeatStanding(is_filled=False)


def counted(seats, minimum=5, *, chair=True):
    return quorum.count(seats, Quorum(minimum=minimum, chair_required=chair))


@pytest.mark.parametrize(
    ("seats", "chair", "expected"),
    [
        ([CHAIR, *[HERE] * 4, *[AWAY] * 4], True, (9, 5, True)),
        ([CHAIR, *[HERE] * 3, *[AWAY] * 5], True, (9, 4, False)),
        ([SeatStanding(is_chair=True), *[HERE] * 5, *[AWAY] * 3], True, (9, 5, False)),
        ([SeatStanding(is_chair=True), *[HERE] * 5, *[AWAY] * 3], False, (9, 5, True)),
        ([CHAIR, *[HERE] * 3, *[EMPTY] * 5], True, (4, 4, False)),
        ([CHAIR, *[HERE] * 4, SeatStanding(votes=False, is_present=True)], True, (5, 5, True)),
        ([CHAIR, *[HERE] * 3, SeatStanding(is_present=True, is_recused=True)], True, (5, 4, False)),
        ([SeatStanding(is_chair=True, is_present=True, is_recused=True), *[HERE] * 5], True, (6, 5, True)),
        ([SeatStanding(is_filled=False, is_present=True), *[HERE] * 4], False, (4, 4, False)),
    ],
    ids=["met", "one short", "without the chair", "no chair needed", "vacant seats never lower the floor",
         "a seat without a vote", "a recused seat", "a recused chair presides", "a vacant seat is never taken"],
)  # fmt: skip
def test_a_quorum_counts_voting_seats_that_are_taken(seats, chair, expected):
    found = counted(seats, chair=chair)
    assert (found.seats, found.present, found.is_quorate) == expected


@pytest.mark.parametrize(
    ("votes", "threshold", "of", "seats", "carries"),
    [
        ({FOR: 3, AGAINST: 2}, "majority", "cast", 9, True),
        ({FOR: 3, AGAINST: 3}, "majority", "cast", 9, False),
        ({FOR: 1, ABSTAIN: 6}, "majority", "cast", 9, True),
        ({}, "majority", "cast", 9, False),
        ({ABSTAIN: 5}, "two_thirds", "cast", 9, False),
        ({FOR: 4, AGAINST: 2}, "two_thirds", "cast", 9, True),
        ({FOR: 5, AGAINST: 3}, "two_thirds", "cast", 9, False),
        ({FOR: 4}, "majority", "all", 9, False),
        ({FOR: 5}, "majority", "all", 9, True),
        ({FOR: 4, RECUSED: 2}, "majority", "all", 9, True),
        ({FOR: 6}, "two_thirds", "all", 9, True),
        ({RECUSED: 9}, "two_thirds", "all", 9, False),
    ],
)
def test_a_motion_carries_by_its_charters_threshold(votes, threshold, of, seats, carries):
    choices = [choice for choice, times in votes.items() for _time in range(times)]
    assert tally(choices, Voting(threshold, of), seats=seats).is_carried is carries


CHOICES = st.lists(st.sampled_from([FOR, AGAINST, ABSTAIN, RECUSED]), max_size=15)
VOTINGS = st.builds(Voting, st.sampled_from(["majority", "two_thirds"]), st.sampled_from(["cast", "all"]))


@given(CHOICES, VOTINGS, st.integers(0, 15))
def test_one_more_vote_for_never_loses_and_one_more_against_never_wins(choices, rule, more):
    seats = len(choices) + 1 + more
    before = tally(choices, rule, seats=seats).is_carried
    assert tally([*choices, FOR], rule, seats=seats).is_carried >= before
    assert tally([*choices, AGAINST], rule, seats=seats).is_carried <= before


@given(CHOICES, VOTINGS, st.integers(0, 15))
def test_a_tie_never_carries(choices, rule, more):
    found = tally(choices, rule, seats=len(choices) + more)
    if found.in_favour <= found.against:
        assert not found.is_carried


SEATS = st.lists(
    st.builds(SeatStanding, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans()), max_size=15
)


@given(SEATS, st.integers(1, 9), st.booleans())
def test_emptying_a_seat_never_makes_a_quorum(seats, minimum, chair):
    before = counted(seats, minimum, chair=chair)
    emptied = [*seats[1:], EMPTY]
    assert counted(emptied, minimum, chair=chair).is_quorate <= before.is_quorate
    assert counted(emptied, minimum, chair=chair).needed == minimum
    assert before.present + before.recused <= before.seats


FULL = counted([CHAIR, *[HERE] * 4])
POOR = counted([SeatStanding(is_chair=True), *[HERE] * 5, *[AWAY] * 3])
CARRIED, LOST = tally([FOR] * 5, Voting(), seats=5), tally([FOR, AGAINST], Voting(), seats=5)


@pytest.mark.parametrize(
    ("count", "vote", "amount", "free", "verdict", "sentence"),
    [
        (FULL, CARRIED, 399_900, 1_000_000, "valid", "valid (5 of 5; 5 for, 0 against)"),
        (FULL, CARRIED, 400_000, 400_000, "valid", "valid (5 of 5; 5 for, 0 against)"),
        (FULL, CARRIED, 400_100, 1_000_000, "referred",
         "referred upward (€4,001.00, and one decision may commit €4,000.00)"),
        (FULL, CARRIED, 400_100, 0, "referred", "referred upward (€4,001.00, and one decision may commit €4,000.00)"),
        (FULL, CARRIED, 399_900, 200_200, "envelope_short",
         "not possible (€3,999.00, and €2,002.00 is free in the envelope)"),
        (FULL, LOST, 400_100, 0, "rejected", "not carried (1 for, 1 against)"),
        (POOR, CARRIED, 400_100, 0, "advisory", "advisory (5 of 9, chair absent)"),
        (POOR, LOST, 0, 0, "advisory", "advisory (5 of 9, chair absent)"),
    ],
)  # fmt: skip
def test_the_quorum_comes_first_then_the_vote_the_limit_and_the_envelope(count, vote, amount, free, verdict, sentence):
    found = authority.judge(
        counted=count, tallied=vote, right=DecisionRight(400_000), amount=amount, free=free, currency="EUR"
    )
    assert (found.verdict, found.sentence) == (verdict, sentence)
    assert found.facts["amount"] == amount


def test_a_limit_in_another_currency_gives_no_right():
    found = authority.judge(
        counted=FULL, tallied=CARRIED, right=DecisionRight(400_000, "USD"), amount=1, free=9, currency="EUR"
    )
    assert (found.verdict, found.facts["limit"]) == ("referred", 0)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_nothing_beyond_limit_or_envelope_is_ever_valid(amount, limit, free):
    found = authority.judge(
        counted=FULL, tallied=CARRIED, right=DecisionRight(limit), amount=amount, free=free, currency="EUR"
    )
    assert (found.verdict == "valid") == (amount <= limit and amount <= free)


def test_facts_of_old_decisions_are_still_told():
    """A golden line: what was stored once is explained for ever."""
    facts = {
        "seats": 9, "vacant": 0, "present": 5, "needed": 5, "chair_present": False, "chair_required": True, "for": 5,
        "against": 0, "abstained": 0, "recused": 0, "denominator": 5, "of": "cast", "threshold": "majority",
        "amount": 399_900, "limit": 400_000, "free": 1_000_000, "currency": "EUR",
    }  # fmt: skip
    assert authority.why("advisory", facts) == [
        "5 of 9 voting seats were taken; 5 needed, the chair was absent.",
        "5 for, 0 against, 0 abstained, 0 recused; a motion needs more than half of 5.",
        "It commits €3,999.00; one decision may commit €4,000.00, and €10,000.00 was free.",
        "Without a quorum a decision is advice, and the matter stays on the agenda.",
    ]


@pytest.mark.parametrize(
    ("votes", "rule", "present", "chair", "carries", "tie"),
    [
        ({FOR: 3, AGAINST: 3}, Voting(tie="chair"), 6, FOR, True, "chair"),
        ({FOR: 3, AGAINST: 3}, Voting(tie="chair"), 6, AGAINST, False, "chair"),
        ({FOR: 3, AGAINST: 3}, Voting(tie="chair"), 6, "", False, "chair"),
        ({FOR: 3, AGAINST: 3}, Voting(), 6, FOR, False, "fails"),
        ({FOR: 2, AGAINST: 3}, Voting(tie="chair"), 6, FOR, False, ""),
        ({FOR: 2, AGAINST: 2, ABSTAIN: 2}, Voting(of="present", tie="chair"), 6, FOR, False, ""),
        ({FOR: 3, AGAINST: 3}, Voting(of="present", tie="chair"), 6, FOR, True, "chair"),
        ({FOR: 3, ABSTAIN: 3}, Voting(of="present"), 6, FOR, False, ""),
        ({FOR: 4, ABSTAIN: 2}, Voting(of="present"), 6, FOR, True, ""),
        ({FOR: 3, RECUSED: 1}, Voting(of="present"), 6, FOR, True, ""),
        ({FOR: 1, ABSTAIN: 5}, Voting("consent"), 6, FOR, True, ""),
        ({FOR: 5, AGAINST: 1}, Voting("consent"), 6, FOR, False, ""),
        ({ABSTAIN: 6}, Voting("consent"), 6, "", False, ""),
    ],
)
def test_ties_presence_and_consent_are_counted_as_the_charter_says(votes, rule, present, chair, carries, tie):
    choices = [choice for choice, times in votes.items() for _time in range(times)]
    found = tally(choices, rule, seats=9, present=present, chair_choice=chair)
    assert (found.is_carried, found.tie) == (carries, tie)


RISK = Represented(
    (Representation("DEP-1", "Risk", "COU-7", "the Centre of Excellence"), Representation("DEP-2", "Claims"))
)


def test_a_department_is_represented_by_its_own_voice_or_by_the_exception_that_is_named():
    assert hear(RISK, [{"COU-7", "SEAT-1"}, {"DEP-2"}]).missing == ()
    assert hear(RISK, [{"DEP-1"}, {"DEP-2"}]).missing == ("Risk",), "the exception stands in its place"
    assert hear(RISK, []).missing == ("Risk", "Claims")
    assert hear(Represented(), []).is_met


@pytest.mark.parametrize(
    ("otherwise", "verdict", "sentence"),
    [
        ("advisory", "advisory", "advisory (5 of 5; Risk was not represented)"),
        ("valid", "valid", "valid (5 of 5; Risk was not represented; 5 for, 0 against)"),
    ],
)
def test_a_department_that_was_missing_is_said_with_the_verdict(otherwise, verdict, sentence):
    found = authority.judge(
        counted=FULL, tallied=CARRIED, right=DecisionRight(0), amount=0, free=0, currency="EUR",
        heard=hear(replace(RISK, otherwise=otherwise), [{"DEP-2"}]),
    )  # fmt: skip
    assert (found.verdict, found.sentence) == (verdict, sentence)
    assert "Risk was not represented." in authority.why(found.verdict, found.facts)


def test_what_is_beyond_the_periods_limit_is_referred_with_the_sum_before():
    right = DecisionRight(400_000, "EUR", "quarter", 1_000_000)
    judge = partial(authority.judge, counted=FULL, tallied=CARRIED, right=right, free=10**9, currency="EUR")
    assert judge(amount=200_000, committed=800_000).verdict == "valid"
    assert judge(amount=0, committed=1_100_000).verdict == "valid", "what commits nothing needs no limit"
    beyond = judge(amount=200_001, committed=800_000)
    assert (beyond.verdict, beyond.sentence) == (
        "referred",
        "referred upward (€2,000.01, and of €10,000.00 for this quarter, €8,000.00 was committed before)",
    )
    assert judge(amount=1, committed=0).facts["period_limit"] == 1_000_000
    assert "Decisions of this quarter may commit €10,000.00 together; €8,000.00 was committed before." in authority.why(
        beyond.verdict, beyond.facts
    )


@pytest.mark.parametrize(
    ("period", "first"), [("month", date(2026, 11, 1)), ("quarter", date(2026, 10, 1)), ("year", date(2026, 1, 1))]
)
def test_a_period_begins_with_the_calendar(period, first):
    assert first_day(period, date(2026, 11, 22)) == first
    assert first_day(period, first) == first
