"""The tables of an action's life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.lifecycle import CLOSED, OPEN, RUNNING, SAYS, TRANSITIONS, Role, State, Verb, allows, ever, leads_to, verbs
from actions.models import ACCEPTED_STATES, OPEN_STATES, ActionState


def test_the_states_are_those_that_the_database_knows() -> None:
    assert {str(state) for state in State} == set(ActionState.values)
    assert set(OPEN_STATES) == set(RUNNING)
    assert set(ACCEPTED_STATES) == {*RUNNING, State.DONE, State.VERIFIED, State.AS_IS}


def test_every_verb_leads_from_somewhere_and_somebody_says_it() -> None:
    assert set(TRANSITIONS) == set(Verb)
    assert frozenset().union(*SAYS.values()) == set(Verb)
    assert set(SAYS) == set(Role)


def test_every_open_state_has_a_way_on_and_a_closed_one_has_none() -> None:
    for state in OPEN:
        assert any(TRANSITIONS[verb].get(state) not in (None, state) for verb in Verb), state
    for state in CLOSED:
        may = {Verb.REOPEN} if state in (State.VERIFIED, State.AS_IS) else set()
        assert {verb for verb in Verb if allows(verb, state) and leads_to(verb, state) != state} == may, state
        assert state is State.VERIFIED or {verb for verb in Verb if allows(verb, state)} == may, state


@pytest.mark.parametrize(
    ("role", "state", "may"),
    [
        (Role.OWNER, State.PROPOSED, {Verb.ACCEPT, Verb.DECLINE, Verb.ASK_HELP, Verb.ARRANGE, Verb.PILOT}),
        (Role.OWNER, State.DECLINED, {Verb.ARRANGE}),
        (
            Role.OWNER,
            State.IN_PROGRESS,
            {
                Verb.SET_DATE,
                Verb.ASK_FOR_TIME,
                Verb.ASK_HELP,
                Verb.ASK_DEPARTMENT,
                Verb.REPORT,
                Verb.BLOCK,
                Verb.LIFT,
                Verb.ADD_EVIDENCE,
                Verb.SAY_DONE,
                Verb.ARRANGE,
                Verb.MARK,
                Verb.SPEND,
                Verb.ASK_RESOURCES,
                Verb.PILOT,
                Verb.MEASURE,
                Verb.CORRECT_MEASURE,
            },
        ),
        (Role.OWNER, State.DONE, {Verb.ADD_EVIDENCE, Verb.LIFT, Verb.SPEND, Verb.ARRANGE, Verb.CORRECT_MEASURE}),
        (Role.OWNER, State.VERIFIED, {Verb.DRAFT_TELLING, Verb.SEND_TELLING, Verb.CORRECT_MEASURE}),
        (Role.READER, State.VERIFIED, {Verb.READ, Verb.JUDGE}),
        (Role.READER, State.DONE, set()),
        (Role.FINANCE, State.IN_PROGRESS, {Verb.SPEND}),
        (Role.FINANCE, State.VERIFIED, {Verb.VERIFY_BENEFIT}),
        (
            Role.REPORTER,
            State.ACCEPTED,
            {Verb.REPORT, Verb.BLOCK, Verb.LIFT, Verb.ASK_HELP, Verb.ASK_DEPARTMENT, Verb.ADD_EVIDENCE, Verb.MARK},
        ),
        (Role.HEAD, State.DECLINED, {Verb.REASSIGN, Verb.ARRANGE}),
        (Role.HEAD, State.ACCEPTED, {Verb.ARRANGE, Verb.PILOT}),
        (Role.HEAD, State.DONE, {Verb.ARRANGE}),
        (
            Role.STEWARD,
            State.ACCEPTED,
            {Verb.LIFT, Verb.CANCEL, Verb.SPEND, Verb.CORRECT_MEASURE, Verb.ARRANGE, Verb.PILOT},
        ),
        (Role.HOLDER, State.ACCEPTED, {Verb.HOLD}),
        (Role.DOER, State.ACCEPTED, {Verb.REPORT, Verb.BLOCK, Verb.LIFT, Verb.ADD_EVIDENCE, Verb.MARK}),
        (Role.DOER, State.DONE, {Verb.ADD_EVIDENCE, Verb.LIFT}),
        (Role.VERIFIER, State.DONE, {Verb.VERIFY}),
        (Role.VERIFIER, State.ACCEPTED, set()),
        (Role.WAITED_ON, State.IN_PROGRESS, {Verb.LIFT}),
        (
            Role.STEWARD,
            State.VERIFIED,
            {Verb.REOPEN, Verb.CORRECT_MEASURE, Verb.READ, Verb.JUDGE, Verb.APPROVE_TELLING},
        ),
        (Role.VERIFIER, State.AS_IS, {Verb.REOPEN}),
    ],
)
def test_who_says_what_in_which_state(role: Role, state: State, may: set[Verb]) -> None:
    assert verbs({role}, state) == may


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(State))
def test_more_seats_never_take_a_verb_away(roles: frozenset[Role], state: State) -> None:
    assert verbs(roles, state) <= ever(roles)
    assert verbs(roles, state) == frozenset().union(*(verbs({role}, state) for role in roles))


@given(st.lists(st.sampled_from(Verb), max_size=30))
def test_whatever_is_said_an_action_ends_in_a_state_that_exists(said: list[Verb]) -> None:
    state = State.PROPOSED
    for verb in said:
        if allows(verb, state):
            state = leads_to(verb, state)
    assert state in State
    assert state is not State.AS_IS, "only the council closes an action as it is"


def test_nobody_closes_their_own_work() -> None:
    assert Verb.VERIFY not in ever({Role.OWNER, Role.REPORTER, Role.HEAD, Role.STEWARD, Role.WAITED_ON})
    assert not {Verb.SAY_DONE, Verb.VERIFY} & ever({Role.REPORTER, Role.DOER})


def test_the_owner_alone_accepts_promises_and_closes() -> None:
    owners = {Verb.ACCEPT, Verb.DECLINE, Verb.SET_DATE, Verb.ASK_FOR_TIME, Verb.SAY_DONE}
    assert owners <= ever({Role.OWNER})
    assert not owners & ever(set(Role) - {Role.OWNER})
