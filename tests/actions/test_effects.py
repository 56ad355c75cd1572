"""Did it work? Compared with published worked examples, with a second derivation, and by simulation."""

import random
import statistics
from math import sqrt

import pytest

from actions import effects
from actions.effects import Effect, Kind, Why

RUNS = 2000


def tolerance(expected: float, runs: int = RUNS) -> float:
    """Three standard errors of a binomial share."""
    return 3 * sqrt(expected * (1 - expected) / runs)


# --- published worked examples -------------------------------------------------------------------------------------

# R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
# Statistics in Medicine 17 (1998) 857-872, table I, method 3 (Wilson's score without continuity correction).
WILSON = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]

# R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
# methods", Statistics in Medicine 17 (1998) 873-890, table II, method 10, examples (a) to (h).
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("part", "whole", "low", "high"), WILSON)
def test_a_share_has_the_interval_that_newcombe_printed(part, whole, low, high) -> None:
    assert effects.wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE)
def test_a_difference_of_shares_has_the_interval_that_newcombe_printed(a, m, b, n, low, high) -> None:
    found = effects.change(Kind.SHARE, effects.share(b, n), effects.share(a, m))
    assert found == pytest.approx((100 * low, 100 * high), abs=6e-3)


def test_a_difference_of_means_is_welchs_as_the_nist_handbook_works_it() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3, AUTO83B.DAT: T = -12.94627 with 136.8750 degrees."""
    usa, japan = effects.mean(20.14458, 249, 6.41470), effects.mean(30.48101, 79, 6.10771)
    freedom = effects.welch_freedom(usa, japan)
    assert freedom == pytest.approx(136.8750, abs=1e-3)
    error = sqrt(6.41470**2 / 249 + 6.10771**2 / 79)
    assert (usa.value - japan.value) / error == pytest.approx(-12.94627, abs=1e-4)
    low, high = effects.change(Kind.MEAN, japan, usa)
    assert (high - low) / 2 / error == pytest.approx(1.97743, abs=1e-4), "the table's t for 137 degrees"


@pytest.mark.parametrize(
    ("freedom", "printed"), [(10, 2.228), (15, 2.131), (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980)]
)
def test_t_is_what_the_tables_print(freedom, printed) -> None:
    """Any table of Student's t, two-sided 5 %."""
    assert effects.t_quantile(freedom) == pytest.approx(printed, abs=6e-4)


# --- second derivations --------------------------------------------------------------------------------------------


def test_the_variance_of_a_net_promoter_score_is_that_of_its_answers() -> None:
    """By ``statistics`` of the standard library, from the answers one by one."""
    answers = [100] * 130 + [0] * 50 + [-100] * 70
    found = effects.nps(130, 70, 250)
    assert found.value == pytest.approx(statistics.fmean(answers))
    assert found.spread == pytest.approx(statistics.pstdev(answers))


def test_means_pooled_are_the_mean_of_all_their_answers() -> None:
    groups = [[3.0, 4.0, 8.0], [1.0, 2.0], [5.0, 5.5, 9.0, 2.5]]
    parts = [effects.mean(statistics.fmean(one), len(one), statistics.stdev(one)) for one in groups]
    every = [answer for one in groups for answer in one]
    found = effects.pooled(parts)
    assert found is not None
    assert (found.value, found.size) == (pytest.approx(statistics.fmean(every)), 9)
    assert found.spread == pytest.approx(statistics.stdev(every))


def test_the_interval_of_a_count_holds_exactly_the_rates_that_a_score_test_does_not_refuse() -> None:
    """By definition: (x - m)^2 <= z^2 m at the ends, with equality."""
    for events in (1, 7, 40, 300):
        for end in effects.score_of_rate(events, 1):
            assert (events - end) ** 2 == pytest.approx(effects.Z**2 * end)


# --- the judgement -------------------------------------------------------------------------------------------------


def test_what_was_aimed_for_and_shown_worked_and_what_is_short_of_it_worked_partly() -> None:
    before, after = effects.share(120, 400), effects.share(160, 400)
    worked = effects.judge(before, after, kind=Kind.SHARE, better_is_up=True, target=40)
    partly = effects.judge(before, after, kind=Kind.SHARE, better_is_up=True, target=50)
    assert (worked.effect, partly.effect) == (Effect.WORKED, Effect.PARTLY)
    assert (
        effects.sentence(worked)
        == "Worked: 30.0 % before, 40.0 % after; the change lies between +3.4 and +16.5 points."
    )
    assert "50.0 % was aimed for" in effects.sentence(partly)


def test_a_change_for_the_worse_or_too_small_by_far_did_not_work() -> None:
    for part, target in ((80, 40), (121, 45)):
        found = effects.judge(
            effects.share(120, 400), effects.share(part, 400), kind=Kind.SHARE, better_is_up=True, target=target
        )
        assert found.effect == Effect.NOT
    assert effects.sentence(found).startswith("Did not work: 30.0 % before, 30.2 % after;")


def test_the_same_fall_worked_where_lower_is_better() -> None:
    before, after = effects.mean(9.0, 300, 3.0), effects.mean(6.0, 300, 3.0)
    assert effects.judge(before, after, kind=Kind.MEAN, better_is_up=False, target=7).effect == Effect.WORKED
    assert effects.judge(before, after, kind=Kind.MEAN, better_is_up=True, target=10).effect == Effect.NOT


def test_forty_one_answers_are_too_few() -> None:
    found = effects.judge(effects.share(120, 400), effects.share(30, 41), kind=Kind.SHARE, better_is_up=True)
    assert (found.effect, found.why) == (Effect.CANNOT_TELL, Why.TOO_FEW)
    assert effects.sentence(found) == "Cannot tell: 41 answers are too few; it takes 100."


@pytest.mark.parametrize(
    ("before", "after", "why", "says"),
    [
        (None, effects.share(9, 900), Why.NOTHING_SEEN, "nothing was seen before"),
        (effects.share(9, 900), None, Why.NOTHING_SEEN, "nothing was seen after"),
        (effects.Sample(12.0), effects.share(9, 900), Why.NO_SIZE, "of how many answers"),
        (effects.share(120, 400), effects.share(130, 400), Why.TOO_WIDE, "it may be none"),
    ],
)
def test_what_cannot_be_told_says_why(before, after, why, says) -> None:
    found = effects.judge(before, after, kind=Kind.SHARE, better_is_up=True, target=35)
    assert (found.effect, found.why) == (Effect.CANNOT_TELL, why)
    assert says in effects.sentence(found)


def test_few_events_cannot_tell_however_many_days() -> None:
    found = effects.judge(effects.rate(12, 300), effects.rate(1, 300), kind=Kind.RATE, better_is_up=False)
    assert effects.sentence(found) == "Cannot tell: 13 are too few."


# --- simulation ----------------------------------------------------------------------------------------------------


def drawn_share(chance: random.Random, rate: float, size: int) -> effects.Sample:
    return effects.share(sum(chance.random() < rate for _one in range(size)), size)


def drawn_nps(chance: random.Random, shares: tuple[float, float], size: int) -> effects.Sample:
    drawn = [chance.random() for _one in range(size)]
    up, down = shares
    return effects.nps(sum(one < up for one in drawn), sum(one > 1 - down for one in drawn), size)


def drawn_mean(chance: random.Random, middle: float, size: int) -> effects.Sample:
    """Waiting times: skewed as they are."""
    drawn = [chance.expovariate(1 / middle) for _one in range(size)]
    return effects.mean(statistics.fmean(drawn), size, statistics.stdev(drawn))


def drawn_rate(chance: random.Random, a_day: float, days: int) -> effects.Sample:
    events, passed = 0, chance.expovariate(a_day)
    while passed < days:
        events, passed = events + 1, passed + chance.expovariate(a_day)
    return effects.rate(events, days)


SCENES = {
    Kind.SHARE: (drawn_share, 0.3, 400),
    Kind.NPS: (drawn_nps, (0.4, 0.25), 150),
    Kind.MEAN: (drawn_mean, 7.0, 150),
    Kind.RATE: (drawn_rate, 0.8, 84),
}


@pytest.mark.parametrize("kind", Kind)
def test_without_an_effect_at_most_one_in_twenty_is_said_to_have_worked(kind) -> None:
    draw, truth, size = SCENES[kind]
    chance = random.Random(19981)
    found = [
        effects.judge(draw(chance, truth, size), draw(chance, truth, size), kind=kind, better_is_up=True).effect
        for _run in range(RUNS)
    ]
    worked = found.count(Effect.WORKED) / RUNS
    print(f"{kind}: worked {worked:.4f}, not {found.count(Effect.NOT) / RUNS:.4f}")
    assert worked <= 0.05 + tolerance(0.05)
    assert worked <= 0.025 + 0.005 + tolerance(0.025), "an interval of 95 % errs on this side one time in forty"


@pytest.mark.parametrize("target", [None, 33.0])
def test_thirty_to_forty_percent_with_four_hundred_answers_is_found_four_times_in_five(target) -> None:
    chance = random.Random(19982)
    found = [
        effects.judge(
            drawn_share(chance, 0.3, 400), drawn_share(chance, 0.4, 400), kind=Kind.SHARE, better_is_up=True,
            target=target,
        ).effect
        for _run in range(RUNS)
    ]  # fmt: skip
    worked = found.count(Effect.WORKED) / RUNS
    print(f"worked {worked:.4f}")
    assert worked >= 0.8


@pytest.mark.parametrize("kind", Kind)
def test_the_interval_holds_the_true_change_in_nineteen_of_twenty(kind) -> None:
    draw, truth, size = SCENES[kind]
    later = {Kind.SHARE: 0.38, Kind.NPS: (0.5, 0.2), Kind.MEAN: 6.0, Kind.RATE: 0.6}[kind]
    moved = {Kind.SHARE: 8.0, Kind.NPS: 15.0, Kind.MEAN: -1.0, Kind.RATE: -0.2}[kind]
    chance = random.Random(19983)
    held = 0
    for _run in range(RUNS):
        low, high = effects.change(kind, draw(chance, truth, size), draw(chance, later, size))
        held += low <= moved <= high
    print(f"{kind}: {held / RUNS:.4f}")
    assert held / RUNS >= 0.95 - 0.01 - tolerance(0.95)


def test_what_was_truly_halved_is_hardly_ever_said_to_have_come_back_and_what_never_left_is() -> None:
    chance = random.Random(19984)
    halved = again = 0
    for _run in range(RUNS):
        before = drawn_rate(chance, 1.2, 84)
        halved += effects.came_back(before, drawn_rate(chance, 0.6, effects.LOOK))
        again += effects.came_back(before, drawn_rate(chance, 1.2, effects.LOOK))
    print(f"halved {halved / RUNS:.4f}, as before {again / RUNS:.4f}")
    assert halved / RUNS <= 0.025 + tolerance(0.025)
    assert again / RUNS >= 0.7


def test_fewer_than_ten_voices_never_came_back() -> None:
    assert not effects.came_back(effects.rate(12, 84), effects.rate(9, effects.LOOK))
    assert effects.came_back(effects.rate(12, 84), effects.rate(15, effects.LOOK))
