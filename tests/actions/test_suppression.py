"""No small group is shown, and none can be worked out by subtraction: attacked by linear algebra."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from actions.suppression import LEAST_PEOPLE, LEAST_PROMISES, Group, is_few, shown

PEOPLE = st.frozensets(st.integers(1, 25), max_size=9)
TABLES = st.lists(st.tuples(PEOPLE, st.integers(0, 30)), max_size=7).map(
    lambda rows: [
        Group(key, people, max(promises, len(people)) if people else 0)
        for key, (people, promises) in enumerate(rows, start=1)
    ]
)


def told(groups: list[Group]) -> list[set[int]]:
    """The sums that a reader is told, each as the set of rows that it adds up."""
    may = shown(groups)
    sums = [{key} for key in may.rows]
    return [*sums, {group.key for group in groups}] if may.total else sums


def solves(sums: list[set[int]], wanted: set[int], keys: list[int]) -> bool:
    """Whether the sum over ``wanted`` is a combination of what is told: Gaussian elimination, exact."""
    rows = [[Fraction(key in one) for key in keys] for one in sums]
    target = [Fraction(key in wanted) for key in keys]
    for column in range(len(keys)):
        pivot = next((row for row in rows if row[column] != 0 and not any(row[:column])), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows = [
            [value - row[column] / pivot[column] * lead for value, lead in zip(row, pivot, strict=True)] for row in rows
        ]
        factor = target[column] / pivot[column]
        target = [value - factor * lead for value, lead in zip(target, pivot, strict=True)]
    return not any(target)


@settings(max_examples=300, deadline=None)
@given(TABLES)
def test_no_set_of_rows_that_is_too_few_can_be_worked_out(groups: list[Group]) -> None:
    sums, keys = told(groups), [group.key for group in groups]
    for size in range(1, len(groups) + 1):
        for chosen in combinations(groups, size):
            if is_few(chosen) and any(group.promises for group in chosen):
                assert not solves(sums, {group.key for group in chosen}, keys), [group.key for group in chosen]


@settings(max_examples=300, deadline=None)
@given(TABLES)
def test_what_is_shown_is_large_and_nothing_is_hidden_without_need(groups: list[Group]) -> None:
    may = shown(groups)
    by_key = {group.key: group for group in groups}
    for key in may.rows:
        assert len(by_key[key].people) >= LEAST_PEOPLE
        assert by_key[key].promises >= LEAST_PROMISES
    assert may.total == (not is_few(groups))
    if groups and not any(is_few([group]) for group in groups):
        assert may.rows == set(by_key)


def group(key: int, people: range, promises: int) -> Group:
    return Group(key, frozenset(people), promises)


def test_one_hidden_row_takes_the_next_smallest_with_it() -> None:
    rows = [group(1, range(6), 40), group(2, range(6, 12), 15), group(3, range(12, 14), 30)]
    assert shown(rows).rows == {1}, "else the total less the two others would tell of two people"


def test_hidden_rows_that_are_many_together_take_nothing_with_them() -> None:
    rows = [group(1, range(6), 40), group(2, range(6, 9), 9), group(3, range(9, 12), 9)]
    assert shown(rows).rows == {1}
    assert shown(rows).total


def test_the_same_five_people_in_two_departments_are_five_and_not_ten() -> None:
    assert is_few([group(1, range(4), 30), group(2, range(4), 30)])


def test_an_empty_row_hides_nobody() -> None:
    """A department without a promise must not be taken for cover."""
    rows = [group(1, range(6), 40), group(2, range(6, 12), 20), group(3, range(12, 13), 9), group(4, range(0), 0)]
    assert shown(rows).rows == {1}
