"""Old facts say what they said: stored verdicts and their sentences, never edited; and two properties of counting."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils import authority, quorum
from councils.quorum import SeatStanding
from governance.clauses import Quorum

GOLDEN = json.loads((Path(__file__).parent / "golden" / "verdicts.json").read_text())

seats = st.lists(
    st.builds(
        SeatStanding,
        votes=st.booleans(),
        is_chair=st.just(False),
        is_filled=st.booleans(),
        is_present=st.booleans(),
        is_recused=st.booleans(),
    ),
    max_size=9,
)
rules = st.builds(Quorum, minimum=st.integers(1, 9), chair_required=st.booleans())


@pytest.mark.parametrize("stored", GOLDEN, ids=lambda one: one["short"])
def test_a_stored_verdict_says_what_it_said_when_it_was_reached(stored):
    assert authority.in_short(stored["verdict"], stored["facts"]) == stored["short"]
    assert authority.why(stored["verdict"], stored["facts"]) == stored["why"]


@given(seats, rules, st.booleans())
def test_an_absentee_never_makes_a_quorum(listed, rule, is_chair):
    absent = SeatStanding(is_chair=is_chair, is_present=False)
    assert not quorum.count([*listed, absent], rule).is_quorate or quorum.count(listed, rule).is_quorate


@given(seats, rules, st.integers(0, 8))
def test_a_recusal_never_raises_the_count(listed, rule, place):
    if place >= len(listed):
        return
    one = listed[place]
    aside = SeatStanding(one.votes, one.is_chair, one.is_filled, one.is_present, True)
    before, after = quorum.count(listed, rule), quorum.count([*listed[:place], aside, *listed[place + 1 :]], rule)
    assert after.present <= before.present
    assert before.is_quorate or not after.is_quorate
