"""The rule vocabulary: what is written is read back, and warnings stand before every rung after the due day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.clauses import (
    CLAUSES,
    COUNCIL,
    ENFORCERS,
    HEAD,
    OWNER,
    SPONSOR,
    WARNING,
    DecisionRight,
    Ladder,
    Quorum,
    Rules,
    Step,
    Terms,
    Verifying,
    Voting,
)
from governance.errors import Invalid

steps = st.builds(
    Step,
    on=st.sampled_from(["keep", "accept", "verify"]),
    days=st.integers(-5, 20),
    to=st.sampled_from([OWNER, HEAD, SPONSOR, COUNCIL]),
)
rules = st.builds(
    Rules,
    quorum=st.builds(Quorum, minimum=st.integers(1, 20), chair_required=st.booleans()),
    voting=st.builds(
        Voting, threshold=st.sampled_from(["majority", "two_thirds"]), of=st.sampled_from(["cast", "all"])
    ),
    right=st.builds(DecisionRight, per_decision=st.integers(0, 10**12), currency=st.sampled_from(["EUR", "JPY"])),
    ladder=st.builds(Ladder, steps=st.lists(steps, max_size=8).map(tuple)),
    verifying=st.builds(Verifying, verifier=st.sampled_from(["secretary", "chair", "champion", "cx_lead"])),
    terms=st.builds(Terms, accept=st.integers(1, 30), verify=st.integers(1, 30)),
)


@given(rules)
def test_rules_are_read_back_as_they_were_written(written: Rules) -> None:
    assert Rules.from_json(written.to_json()) == written


@given(rules)
def test_every_clause_has_a_sentence(written: Rules) -> None:
    for clause, sentence in written.sentences():
        assert clause in CLAUSES
        assert sentence.endswith((".", "."))


@given(st.lists(steps, max_size=8).map(tuple), st.sampled_from(["keep", "accept"]))
def test_rungs_fall_in_order_each_after_its_warning(listed: tuple[Step, ...], kind: str) -> None:
    rungs = Ladder(listed).rungs(kind)
    assert [place for place, _days, _to in rungs] == list(range(1, len(rungs) + 1))
    assert [days for _place, days, _to in rungs] == sorted(days for _place, days, _to in rungs)
    mine = [step for step in listed if step.on == kind]
    assert sorted((days, to) for _place, days, to in rungs if to != WARNING) == sorted((s.days, s.to) for s in mine)
    assert sorted(days for _place, days, to in rungs if to == WARNING) == sorted(s.days - 1 for s in mine if s.days > 0)


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ({"quorum": {"minimum": 0}}, "quorum"),
        ({"quorum": {"seats": 3}}, "quorum"),
        ({"voting": {"threshold": "most"}}, "voting"),
        ({"right": {"per_decision": -1}}, "right"),
        ({"verifying": {"verifier": "owner"}}, "verifying"),
        ({"terms": {"accept": 0}}, "terms"),
        ({"ladder": {"steps": [{"on": "keep", "days": 1, "to": "warning"}]}}, "ladder"),
        ({"ladder": {}}, "ladder"),
        ({"mood": {}}, "rules"),
    ],
)
def test_a_clause_nobody_could_live_by_is_refused_at_its_field(stored: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Rules.from_json(stored)
    assert refused.value.field == field


def test_every_clause_bites_somewhere() -> None:
    assert set(ENFORCERS) == set(CLAUSES)
