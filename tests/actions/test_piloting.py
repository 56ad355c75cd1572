"""What a check of a pilot may say, as a table; and that nothing but each criterion met lets it pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.piloting import EXTENSIONS, LEADS_TO, LEARNT, TRANSITIONS, State, Verb, Verdict, allows, refusal

MET, UNMET = [True, True], [True, False]


@pytest.mark.parametrize(
    ("verdict", "found", "effect", "reason", "extended", "field"),
    [
        ("passed", MET, "", "", 0, None),
        ("passed", MET, "worked", "", 2, None),
        ("passed", UNMET, "", "Near enough", 0, "verdict"),
        ("passed", MET, "not", "", 0, "reason"),
        ("passed", MET, "not", "The KPI moved for another cause", 0, None),
        ("passed", [True], "", "", 0, "findings"),
        ("passed", [True, True, True], "", "", 0, "findings"),
        ("not_passed", UNMET, "", "", 0, "reason"),
        ("not_passed", UNMET, "", "Too dear", 0, None),
        ("not_passed", MET, "", "The figures were of another branch", 0, None),
        ("extended", UNMET, "", "", 0, "reason"),
        ("extended", UNMET, "", "The holidays", 0, None),
        ("extended", UNMET, "", "The holidays", EXTENSIONS - 1, None),
        ("extended", UNMET, "", "The holidays", EXTENSIONS, "verdict"),
        ("perhaps", MET, "", "r", 0, "verdict"),
    ],
)
def test_what_a_check_may_say(verdict, found, effect, reason, extended, field) -> None:
    said = refusal(verdict, found, effect=effect, reason=reason, extended=extended, expected=2)
    assert (said[0] if said else None) == field
    assert said is None or said[1].endswith((".", "met."))


@given(
    st.sampled_from(list(Verdict)),
    st.lists(st.booleans(), min_size=1, max_size=10),
    st.sampled_from(["", "worked", "partly", "not", "cannot_tell"]),
    st.sampled_from(["", "Because"]),
    st.integers(0, EXTENSIONS),
)
def test_nothing_passes_with_a_criterion_unmet_or_against_its_outcome_unexplained(
    verdict, found, effect, reason, extended
) -> None:
    refused = refusal(verdict, found, effect=effect, reason=reason, extended=extended, expected=len(found))
    if verdict == Verdict.PASSED:
        assert (refused is None) == (all(found) and (effect != "not" or bool(reason)))
    else:
        assert refused is not None or reason


def test_only_a_running_pilot_is_checked_and_only_a_passed_one_repeated() -> None:
    assert {verb: set(TRANSITIONS[verb]) for verb in Verb} == {
        Verb.CHECK: {State.RUNNING},
        Verb.CHANGE: {State.RUNNING},
        Verb.STOP: {State.RUNNING},
        Verb.PROPOSE: {State.PASSED},
    }
    assert set(LEADS_TO) == set(Verdict)
    assert not any(allows(Verb.PROPOSE, state) for state in LEARNT)
