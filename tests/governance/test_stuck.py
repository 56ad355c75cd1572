"""Can it get stuck? Each problem by table; and where nothing is said, a slow simulation of the council reaches it."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.clauses import (
    CLAUSES,
    SILENCE_APPROVES,
    ChairsAction,
    Closure,
    DecisionRight,
    Delegation,
    Ladder,
    Minutes,
    Promising,
    Provisional,
    Quorum,
    Representation,
    Represented,
    Review,
    Rules,
    Step,
    Verifying,
    Voting,
    Written,
)
from governance.clauses.stuck import TRIED, Bench, Place, lost_with, most_seats, stuck

CHAIR = Place("SEAT-1", "Chair", "chair", holder=1, deputy=11)
SECRETARY = Place("SEAT-2", "Secretary", "secretary", holder=2)
MEMBERS = tuple(
    Place(f"SEAT-{number}", f"Member {number}", holder=number, speaks_for=frozenset({f"DEP-{number}"}))
    for number in range(3, 10)
)
SPONSOR = Place("SEAT-20", "CX executive sponsor", "cx_sponsor", holder=20)
LEAD = Place("SEAT-21", "CX lead", "cx_lead", holder=21)
NINE = Bench("COU-1", "Council", (CHAIR, SECRETARY, *MEMBERS), SPONSOR, LEAD, above="Committee")
FIVE = Rules(quorum=Quorum(5), right=DecisionRight(400_000))


def empty(place: Place) -> Place:
    return replace(place, holder=None, deputy=None)


def seated(bench: Bench, **seats: Place) -> Bench:
    """The bench with these places (chair, secretary, member3...) in place of its own."""
    by_reference = {place.reference: place for place in seats.values()}
    return replace(bench, places=tuple(by_reference.get(place.reference, place) for place in bench.places))


def keys(rules: Rules, bench: Bench) -> list[str]:
    return [f"{problem.clause}.{problem.key}" for problem in stuck(rules, bench)]


def test_a_council_of_nine_with_everybody_in_place_cannot_get_stuck():
    assert keys(FIVE, NINE) == []
    assert set(TRIED) == set(CLAUSES), "every clause is tried"


RISK = Represented((Representation("DEP-90", "Risk"),))
BY_OTHERS = Represented((Representation("DEP-90", "Risk", "DEP-3", "Centre of Excellence"),))
ALONE = tuple(replace(place, holder=1, deputy=None) for place in (CHAIR, SECRETARY))


@pytest.mark.parametrize(
    ("rules", "bench", "expected"),
    [
        (replace(FIVE, quorum=Quorum(10)), NINE, "quorum.too_few_seats"),
        (FIVE, replace(NINE, places=(CHAIR, SECRETARY, MEMBERS[0], *map(empty, MEMBERS[1:]))),
         "quorum.too_few_people"),
        (replace(FIVE, quorum=Quorum(8)), NINE, "quorum.two_absences"),
        (replace(FIVE, quorum=Quorum(2)), replace(NINE, places=(*ALONE, *MEMBERS[:1])), "quorum.two_absences"),
        (FIVE, seated(NINE, chair=empty(CHAIR)), "quorum.no_chair"),
        (FIVE, seated(NINE, chair=replace(CHAIR, deputy=None)), "quorum.chair_alone"),
        (replace(FIVE, represented=RISK), NINE, "represented.no_voice:DEP-90"),
        (replace(FIVE, represented=BY_OTHERS), seated(NINE, one=empty(MEMBERS[0])), "represented.no_voice:DEP-90"),
        (replace(FIVE, quorum=Quorum(1, chair_required=False), voting=Voting("two_thirds", "all")),
         replace(NINE, places=(replace(CHAIR, deputy=None), replace(SECRETARY, holder=1))), "voting.out_of_reach"),
        (replace(FIVE, voting=Voting(tie="chair")), seated(NINE, chair=replace(CHAIR, votes=False)),
         "voting.no_casting_vote"),
        (replace(FIVE, right=DecisionRight(1, "USD")), NINE, "right.other_currency"),
        (FIVE, replace(NINE, above="", sponsor=empty(SPONSOR)), "right.nobody_above"),
        (replace(FIVE, right=DecisionRight(0)), replace(NINE, above=""), "right.nobody_may"),
        (replace(FIVE, ladder=Ladder((Step("keep", 2, "owner"),))), NINE, "ladder.climbs_nowhere"),
        (FIVE, replace(NINE, sponsor=empty(SPONSOR)), "ladder.no_sponsor"),
        (FIVE, replace(NINE, lead=empty(LEAD)), "ladder.no_head"),
        (FIVE, seated(NINE, chair=empty(CHAIR)), "ladder.no_chair"),
        (FIVE, replace(NINE, above="", sponsor=empty(SPONSOR)), "ladder.nobody_above"),
        (FIVE, seated(NINE, chair=empty(CHAIR), secretary=empty(SECRETARY)), "ladder.no_clerk"),
        (FIVE, seated(NINE, secretary=empty(SECRETARY)), "verifying.no_verifier"),
        (replace(FIVE, verifying=Verifying("cx_lead")), replace(NINE, lead=empty(LEAD)), "verifying.no_verifier"),
        (FIVE,
         replace(NINE, places=(*ALONE, *MEMBERS), sponsor=replace(SPONSOR, holder=1), lead=replace(LEAD, holder=1)),
         "verifying.only_one"),
        (FIVE, replace(NINE, lead=empty(LEAD), sponsor=empty(SPONSOR)), "terms.nobody_fills"),
        (FIVE, replace(NINE, sponsor=empty(SPONSOR)), "provisional.no_ratifier"),
        (FIVE, replace(NINE, lead=empty(LEAD)), "review.nobody_reviews"),
        (replace(FIVE, promising=Promising(approver="sponsor")), replace(NINE, sponsor=empty(SPONSOR)),
         "promising.no_approver"),
        (replace(FIVE, promising=Promising(approver="chair")), seated(NINE, chair=empty(CHAIR)),
         "promising.no_approver"),
        (FIVE, replace(NINE, places=(*ALONE, *MEMBERS), sponsor=replace(SPONSOR, holder=1)), "promising.only_one"),
        (replace(FIVE, ladder=Ladder((Step("keep", 2, "head"), Step("approve_date", 0, "owner")))), NINE,
         "promising.climbs_nowhere"),
        (replace(FIVE, delegation=Delegation("chair", 1, "USD", until="2026-12-31")), NINE,
         "delegation.other_currency"),
        (replace(FIVE, delegation=Delegation("chair", 1, until="2026-12-31")), seated(NINE, chair=empty(CHAIR)),
         "delegation.no_delegate"),
        (replace(FIVE, chair=ChairsAction(True)), seated(NINE, chair=empty(CHAIR)), "chair.nobody"),
        (replace(FIVE, chair=ChairsAction(True, 1, "USD")), NINE, "chair.other_currency"),
        (replace(FIVE, written=Written(0)), replace(NINE, above="", sponsor=empty(SPONSOR)), "written.nobody_above"),
        (replace(FIVE, delegation=Delegation(by_signature=True)), replace(NINE, sponsor=empty(SPONSOR)),
         "delegation.no_sponsor"),
        (replace(FIVE, closure=Closure(unverified=False)),
         replace(NINE, places=(*ALONE, *MEMBERS), sponsor=replace(SPONSOR, holder=1), lead=replace(LEAD, holder=1)),
         "closure.nobody_else"),
        (FIVE, replace(seated(NINE, chair=empty(CHAIR), secretary=empty(SECRETARY)), lead=empty(LEAD)),
         "windows.nobody_judges"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_way_to_get_stuck_is_said_with_its_remedy(rules, bench, expected):
    found = {f"{problem.clause}.{problem.key}": problem for problem in stuck(rules, bench)}
    assert expected in found
    assert found[expected].sentence.endswith(".")
    assert found[expected].remedy.endswith(".")
    assert found[expected].reference or found[expected].mend in ("compose", "charter")


@pytest.mark.parametrize(
    ("rules", "bench"),
    [
        (replace(FIVE, represented=replace(RISK, otherwise="valid")), NINE),
        (replace(FIVE, represented=BY_OTHERS), NINE),
        (replace(FIVE, quorum=Quorum(5, chair_required=False)), seated(NINE, chair=replace(CHAIR, deputy=None))),
        (replace(FIVE, right=DecisionRight(400_000)), replace(NINE, above="", funding_authority=400_001)),
        (replace(FIVE, right=DecisionRight(0, "USD")), NINE),
        (replace(FIVE, review=Review(0), provisional=Provisional(0)), NINE),
        (
            replace(
                FIVE,
                promising=Promising(renewals=0, approver="chair"),
                quorum=Quorum(5, chair_required=False),
                ladder=Ladder((Step("keep", 8, "council"),), cadence=20),
                minutes=Minutes(approval=SILENCE_APPROVES),
            ),
            seated(NINE, chair=empty(CHAIR)),
        ),
    ],
)
def test_what_cannot_stop_a_council_is_not_called_a_problem(rules, bench):
    assert keys(rules, bench) == []


PLACES = st.lists(
    st.tuples(
        st.booleans(), st.one_of(st.none(), st.integers(1, 6)), st.one_of(st.none(), st.integers(1, 6)),
        st.frozensets(st.sampled_from(["DEP-1", "DEP-2"]), max_size=1),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def as_places(drawn):
    kinds = ["chair", "secretary"]
    return tuple(
        Place(f"SEAT-{number}", "Seat", kinds[number] if number < 2 else "member", votes, holder, deputy, spoken)
        for number, (votes, holder, deputy, spoken) in enumerate(drawn)
    )


def most_by_trying_all(places, away=()):
    """The second, slow derivation: every way in which each seat is taken by one of its people or by nobody."""
    best = 0
    for way in product(*[[None, *(person for person in place.people if person not in away)] for place in places]):
        sitting = [person for person in way if person is not None]
        if len(set(sitting)) == len(sitting):
            best = max(best, len(sitting))
    return best


SHARES = st.sampled_from(["majority", "two_thirds"])
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(PLACES)
def test_how_many_seats_can_be_taken_is_what_trying_every_way_finds(drawn):
    places = as_places(drawn)
    assert most_seats(places) == most_by_trying_all(places)


@FEW
@given(
    PLACES,
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(["majority", "two_thirds"]),
    st.sampled_from(["cast", "all"]),
)
def test_where_nothing_is_said_the_council_meets_decides_and_survives_two_absences(drawn, minimum, chair, share, of):
    bench = replace(NINE, places=as_places(drawn))
    rules = replace(
        FIVE,
        quorum=Quorum(minimum, chair_required=chair),
        voting=Voting(share, of),
        represented=Represented((Representation("DEP-1"),)),
    )
    if stuck(rules, bench):
        return
    voting = [place for place in bench.places if place.votes]
    people = sorted({person for place in voting for person in place.people})
    for away in combinations(people, min(2, len(people))):
        assert most_by_trying_all(voting, away) >= minimum
    assert not lost_with(voting, minimum)
    if chair:
        assert bench.places[0].kind == "chair"
        assert len(bench.places[0].people) > 1
    taken = most_by_trying_all(voting)
    filled = sum(not place.is_vacant for place in voting)
    if of == "all":
        assert 3 * taken >= 2 * filled if share == "two_thirds" else 2 * taken > filled
    assert any("DEP-1" in place.speaks_for and place.people for place in bench.places)
