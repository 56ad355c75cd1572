"""Old facts say what they said: stored verdicts and their sentences, never edited; and two properties of counting."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils import authority, quorum
from councils.quorum import SeatStanding
from governance.clauses import Quorum, Recusal

GOLDEN = [
    one
    for book in ("verdicts.json", "recusals.json")
    for one in json.loads((Path(__file__).parent / "golden" / book).read_text())
]

seats = st.lists(
    st.builds(
        SeatStanding,
        votes=st.booleans(),
        is_chair=st.just(False),
        is_filled=st.booleans(),
        is_present=st.booleans(),
        is_recused=st.booleans(),
        chairs_next=st.booleans(),
    ),
    max_size=9,
)
chairs = st.one_of(
    st.none(),
    st.builds(
        SeatStanding, votes=st.booleans(), is_chair=st.just(True), is_present=st.booleans(), is_recused=st.booleans()
    ),
)
recusals = st.one_of(st.none(), st.builds(Recusal, chaired_by=st.sampled_from(["chair", "deputy", "secretary"])))
rules = st.builds(Quorum, minimum=st.integers(1, 9), chair_required=st.booleans())


@pytest.mark.parametrize("stored", GOLDEN, ids=lambda one: one["short"])
def test_a_stored_verdict_says_what_it_said_when_it_was_reached(stored):
    assert authority.in_short(stored["verdict"], stored["facts"]) == stored["short"]
    assert authority.why(stored["verdict"], stored["facts"]) == stored["why"]


@given(seats, rules, st.booleans(), st.booleans(), recusals)
def test_an_absentee_never_makes_a_quorum(listed, rule, is_chair, chairs_next, recusal):
    absent = SeatStanding(is_chair=is_chair, is_present=False, chairs_next=chairs_next)
    assert (
        not quorum.count([*listed, absent], rule, recusal).is_quorate or quorum.count(listed, rule, recusal).is_quorate
    )


@given(seats, chairs, rules, st.integers(0, 9), recusals)
def test_whoever_leaves_never_makes_a_quorum(listed, chair, rule, place, recusal):
    room = [*listed, *([chair] if chair is not None else [])]
    if place >= len(room):
        return
    gone = [*room[:place], replace(room[place], is_present=False), *room[place + 1 :]]
    before, after = quorum.count(room, rule, recusal), quorum.count(gone, rule, recusal)
    assert after.present <= before.present
    assert before.is_quorate or not after.is_quorate


@given(seats, chairs, rules, st.integers(0, 9), recusals)
def test_a_recusal_never_raises_the_count(listed, chair, rule, place, recusal):
    room = [*listed, *([chair] if chair is not None else [])]
    if place >= len(room):
        return
    aside = [*room[:place], replace(room[place], is_recused=True), *room[place + 1 :]]
    before, after = quorum.count(room, rule, recusal), quorum.count(aside, rule, recusal)
    assert after.present <= before.present
    assert after.seats == before.seats, "nor does it lower how many there are"
    assert before.is_quorate or not after.is_quorate
    assert after.needed == before.needed


@given(seats, rules)
def test_whoever_takes_the_chair_over_is_there_and_does_not_stand_aside(listed, rule):
    chair = SeatStanding(is_chair=True, is_present=True, is_recused=True)
    following = quorum.next_in_the_chair([chair, *listed])
    counted = quorum.count([chair, *listed], rule, Recusal())
    assert counted.handed_over
    assert counted.chair_present == (following is not None)
    assert following is None or (following.is_present and following.is_filled and not following.is_recused)
