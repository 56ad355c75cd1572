"""The life of a request, as tables: pure, so tested with tables and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.models import RequestState
from actions.requesting import (
    CLOSED,
    MOVES,
    OPEN,
    SAYS,
    TRANSITIONS,
    UNANSWERED,
    Side,
    State,
    Verb,
    allows,
    leads_to,
    side_of,
    sides_of,
    states_owed_by,
    verbs,
)


def test_states_are_the_stored_ones_and_open_ones_alone_are_owed() -> None:
    assert {*RequestState.values} == {*State}
    assert MOVES.keys() == OPEN
    assert {State.CONFIRMED, State.REFUSED, State.WITHDRAWN} == CLOSED
    assert {*states_owed_by(Side.ASKED), *states_owed_by(Side.ASKING)} == OPEN
    assert UNANSWERED < OPEN


@pytest.mark.parametrize(
    ("side", "state", "may"),
    [
        (Side.ASKED, State.ASKED, {Verb.AGREE, Verb.COUNTER, Verb.REFUSE, Verb.ASK_HELP}),
        (Side.ASKED, State.COUNTERED, set()),
        (Side.ASKED, State.AGREED, {Verb.DELIVER, Verb.PROPOSE_DAY, Verb.ASK_HELP}),
        (Side.ASKED, State.DELIVERED, set()),
        (Side.ASKING, State.ASKED, {Verb.WITHDRAW, Verb.ASK_HELP}),
        (Side.ASKING, State.COUNTERED, {Verb.ACCEPT, Verb.WITHDRAW}),
        (Side.ASKING, State.AGREED, {Verb.WITHDRAW, Verb.PROPOSE_DAY, Verb.ASK_HELP}),
        (Side.ANSWERING, State.AGREED, {Verb.ANSWER_DAY}),
        (Side.ASKING, State.DELIVERED, set()),
        (Side.CONFIRMING, State.DELIVERED, {Verb.CONFIRM, Verb.SEND_BACK}),
    ],
)
def test_who_says_what_in_which_state(side: Side, state: State, may: set[Verb]) -> None:
    assert verbs({side}, state) == may


def test_each_verb_is_one_sides_and_nothing_is_said_once_it_is_closed() -> None:
    said = [verb for verbs_of in SAYS.values() for verb in verbs_of]
    assert {*said} == {*Verb} == {*TRANSITIONS}
    twice = {verb for verb in said if said.count(verb) > 1}
    assert twice == {Verb.PROPOSE_DAY, Verb.ASK_HELP}, "both sides may propose another day and ask for help"
    assert all(sides_of(verb) == {Side.ASKED, Side.ASKING} for verb in twice)
    for state in CLOSED:
        assert verbs({*Side}, state) == set()


@given(st.lists(st.tuples(st.sampled_from(Verb), st.frozensets(st.sampled_from(Side))), max_size=30))
def test_no_work_is_agreed_without_both_sides_and_none_is_confirmed_by_whoever_did_it(said: list) -> None:
    state, signed = State.ASKED, {Side.ASKING}
    for verb, sides in said:
        if verb in verbs(sides, state):
            assert sides_of(verb) & sides
            assert allows(verb, state)
            state = leads_to(verb, state)
            signed |= sides_of(verb) & sides
            if state == State.CONFIRMED:
                assert side_of(verb) == Side.CONFIRMING
        if state in (State.AGREED, State.DELIVERED, State.CONFIRMED):
            assert signed >= {Side.ASKED, Side.ASKING}
