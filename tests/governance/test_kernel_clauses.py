"""The rule vocabulary: what is written is read back, and warnings stand before every rung after the due day."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.clauses import (
    CLAUSES,
    COUNCIL,
    ENFORCERS,
    HEAD,
    OWNER,
    SPONSOR,
    WARNING,
    ChairsAction,
    Closure,
    DecisionRight,
    Delegation,
    Ladder,
    Minutes,
    Promising,
    Provisional,
    Quorum,
    Recusal,
    Representation,
    Represented,
    Review,
    Rules,
    Step,
    Terms,
    Thresholds,
    Verifying,
    Voting,
    Windows,
    Written,
)
from governance.errors import Invalid
from governance.forms.places import HoursField

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
        Voting, threshold=st.sampled_from(["majority", "two_thirds"]), of=st.sampled_from(["cast", "present", "all"])
    ),
    represented=st.builds(
        Represented,
        departments=st.lists(
            st.builds(
                Representation,
                st.sampled_from(["DEP-1001", "DEP-1002"]),
                st.just("Risk"),
                st.sampled_from(["", "COU-1001"]),
            ),
            max_size=2,
            unique_by=lambda one: one.department,
        ).map(tuple),
        otherwise=st.sampled_from(["advisory", "valid"]),
    ),
    right=st.one_of(
        st.builds(DecisionRight, per_decision=st.integers(0, 10**12), currency=st.sampled_from(["EUR", "JPY"])),
        st.builds(
            DecisionRight,
            st.integers(0, 10**9),
            st.just("EUR"),
            st.sampled_from(["month", "quarter", "year"]),
            st.integers(10**9, 10**12),
            st.one_of(st.none(), st.integers(0, 10**9)),
            st.one_of(st.none(), st.integers(0, 10**9)),
            st.one_of(st.none(), st.integers(0, 600)),
            st.one_of(st.none(), st.integers(600, 6000)),
        ),
    ),
    promising=st.builds(
        Promising,
        renewals=st.integers(0, 20),
        approver=st.sampled_from(["head", "chair", "sponsor"]),
        within=st.integers(1, 250),
    ),
    delegation=st.sampled_from([Delegation(), Delegation(by_signature=True)]),
    chair=st.sampled_from([ChairsAction(), ChairsAction(True)]),
    written=st.builds(Written, days=st.integers(0, 30)),
    agenda=st.builds(Thresholds, st.integers(0, 100), st.integers(1, 366), st.integers(0, 100)),
    recusal=st.builds(
        Recusal,
        must=st.sampled_from(["nobody", "seat", "department"]),
        stays=st.booleans(),
        chaired_by=st.sampled_from(["chair", "deputy", "secretary"]),
    ),
    closure=st.builds(
        Closure, minimum=st.integers(1, 10), file=st.booleans(), link=st.just(True), unverified=st.booleans()
    ),
    minutes=st.sampled_from([Minutes(), Minutes("silence", 1, 30, 250), Minutes("secretary")]),
    windows=st.sampled_from([Windows(), Windows(14, 0, 0), Windows(20, 365, 0), Windows(14, 15, 16)]),
    provisional=st.builds(Provisional, days=st.integers(0, 180)),
    review=st.builds(Review, months=st.integers(0, 60)),
    ladder=st.builds(Ladder, steps=st.lists(steps, max_size=8).map(tuple)),
    verifying=st.builds(Verifying, verifier=st.sampled_from(["secretary", "chair", "champion", "cx_lead"])),
    terms=st.builds(Terms, accept=st.integers(1, 30), verify=st.integers(1, 30)),
)


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(rules)
def test_rules_are_read_back_as_they_were_written(written: Rules) -> None:
    assert Rules.from_json(written.to_json()) == written


@FEW
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
        ({"voting": {"of": "none"}}, "voting"),
        ({"voting": {"tie": "coin"}}, "voting"),
        ({"voting": {"threshold": "two_thirds", "tie": "chair"}}, "voting"),
        ({"voting": {"threshold": "consent", "of": "all"}}, "voting"),
        ({"right": {"per_decision": -1}}, "right"),
        ({"right": {"period": "week", "per_period": 1}}, "right"),
        ({"right": {"per_period": 1}}, "right"),
        ({"right": {"per_decision": 2, "period": "year", "per_period": 1}}, "right"),
        ({"right": {"business_case_above": -1}}, "right"),
        ({"right": {"business_case_above": "5"}}, "right"),
        ({"right": {"risk_note_above": 10**14}}, "right"),
        ({"right": {"hours_per_period": 60}}, "right"),
        ({"right": {"hours_per_decision": 90, "hours_per_period": 60, "period": "year"}}, "right"),
        ({"right": {"hours_per_decision": True}}, "right"),
        ({"represented": {"otherwise": "void"}}, "represented"),
        ({"represented": {"departments": [{"department": ""}]}}, "represented"),
        ({"represented": {"departments": [{"department": "DEP-1"}, {"department": "DEP-1"}]}}, "represented"),
        ({"represented": {"departments": [{"department": "DEP-1", "by": "DEP-1"}]}}, "represented"),
        ({"represented": {"departments": ["DEP-1"]}}, "represented"),
        ({"represented": {"departments": [{"department": 1}]}}, "represented"),
        ({"provisional": {"days": 181}}, "provisional"),
        ({"review": {"months": -1}}, "review"),
        ({"verifying": {"verifier": "owner"}}, "verifying"),
        ({"promising": {"approver": "owner"}}, "promising"),
        ({"promising": {"renewals": 21}}, "promising"),
        ({"promising": {"within": 0}}, "promising"),
        ({"promising": {"renewals": True}}, "promising"),
        ({"written": {"days": 31}}, "written"),
        ({"agenda": {"heard": -1}}, "agenda"),
        ({"agenda": {"days": 0}}, "agenda"),
        ({"recusal": {"must": "everybody"}}, "recusal"),
        ({"recusal": {"chaired_by": "owner"}}, "recusal"),
        ({"chair": {"up_to": 5}}, "chair"),
        ({"chair": {"allowed": True, "up_to": 5}}, "chair"),
        ({"delegation": {"to": "owner", "per_allocation": 1, "until": "2026-12-31"}}, "delegation"),
        ({"delegation": {"per_allocation": 1}}, "delegation"),
        ({"delegation": {"to": "chair", "until": "2026-12-31"}}, "delegation"),
        ({"delegation": {"to": "chair", "per_allocation": 1}}, "delegation"),
        ({"delegation": {"to": "chair", "per_allocation": 1, "until": "soon"}}, "delegation"),
        ({"delegation": {"to": "chair", "per_allocation": 5, "until": "2026-12-31"}}, "delegation"),
        (
            {
                "right": {"per_decision": 9},
                "delegation": {
                    "to": "chair",
                    "per_allocation": 5,
                    "until": "2026-12-31",
                    "period": "year",
                    "per_period": 4,
                },
            },
            "delegation",
        ),
        ({"closure": {"minimum": 0}}, "closure"),
        ({"closure": {"minimum": 11}}, "closure"),
        ({"closure": {"file": False, "link": False, "note": False, "reading": False}}, "closure"),
        ({"closure": {"unverified": 1}}, "closure"),
        ({"minutes": {"approval": "nobody"}}, "minutes"),
        ({"minutes": {"window": 0}}, "minutes"),
        ({"minutes": {"window": 31}}, "minutes"),
        ({"minutes": {"send": 0}}, "minutes"),
        ({"minutes": {"within": 251}}, "minutes"),
        ({"windows": {"first": 0}}, "windows"),
        ({"windows": {"first": 13}}, "windows"),
        ({"windows": {"third": 366}}, "windows"),
        ({"windows": {"second": 30}}, "windows"),
        ({"windows": {"second": 0, "third": 90}}, "windows"),
        ({"windows": {"first": "30"}}, "windows"),
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


def test_a_version_written_before_there_was_a_clause_says_what_it_said() -> None:
    """What issue 2 stored, word by word: its quorum, vote and right read as they did, and nothing is added to them."""
    old = {
        "quorum": {"minimum": 5, "chair_required": True},
        "voting": {"threshold": "majority", "of": "cast"},
        "right": {"per_decision": 400_000, "currency": "EUR"},
        "ladder": {"steps": [{"on": "keep", "days": 2, "to": "head"}]},
        "verifying": {"verifier": "chair"},
        "terms": {"accept": 3, "answer": 10, "set_date": 5, "verify": 5, "settle": 10},
    }
    said = dict(Rules.from_json(old).sentences())
    assert said["quorum"] == "A decision counts when at least 5 voting seats are taken, the chair's among them."
    assert said["voting"] == "A motion carries with more than half of the votes cast; a tie does not carry."
    assert said["right"] == (
        "The council may commit up to €4,000.00 by one decision; above that it refers the matter upward."
    )
    read = Rules.from_json(old)
    assert (read.represented, read.provisional, read.review) == (Represented(), Provisional(0), Review(0))
    assert [step.on for step in read.ladder.steps] == ["keep"]
    assert said["delegation"] == "Only a decision of the council allocates."
    assert said["closure"] == (
        "Work is said to be done with at least 1 piece of evidence; "
        "what nobody verified, the council may accept as it is."
    )
    assert said["windows"] == "Whether work did what it was for is read 30, 60 and 90 days after its verification."
    assert said["agenda"] == "No theme reaches the agenda by itself: somebody raises it."
    assert said["promising"] == "Only the council moves a promised date."
    assert Rules.proposed(old).promising == Promising(2, "head", 3)
    assert Rules.proposed(old).review == Review(12), "a new charter that leaves it out gets today's proposal"


def test_every_clause_bites_somewhere() -> None:
    assert set(ENFORCERS) == set(CLAUSES)


@pytest.mark.parametrize("minutes", [0, 30, 4_800, 24_000, 60_000, 90_030, 60_000_000])
def test_a_limit_of_person_time_is_read_back_from_its_field_as_it_is_shown_there(minutes: int) -> None:
    field = HoursField()
    assert field.clean(field.prepare_value(minutes)) == minutes
