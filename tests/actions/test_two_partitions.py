"""By department and by month of promise, of the same promises: nothing about few people can be worked out from both.

Attacked by linear algebra over both tables together: what a reader is told are sums over cells (department and month);
whatever is not nothing and can be worked out from them must be about five people and ten promises at least.
"""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from actions.suppression import LEAST_PEOPLE, LEAST_PROMISES, Case, Group, is_few, least_cut, shown, shown_beside

CELL = st.tuples(st.integers(1, 3), st.integers(11, 14), st.frozensets(st.integers(1, 9), min_size=1, max_size=7),
                 st.integers(1, 14), st.booleans())  # fmt: skip


def cases_of(cells: list[tuple[int, int, frozenset[int], int, bool]]) -> list[Case]:
    """Each cell with its people, most of them of that department alone, and as many promises as there are people."""
    made = []
    for row, column, people, many, own in cells:
        listed = sorted(person + 100 * row if own else person for person in people)
        made += [Case(row, column, listed[number % len(listed)]) for number in range(max(many, len(listed)))]
    return made


TABLES = st.lists(CELL, max_size=9, unique_by=lambda cell: cell[:2]).map(cases_of)


def groups_of(cases: list[Case], by: str) -> list[Group]:
    found: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        found[getattr(case, by)].append(case)
    return [Group(key, frozenset(one.person for one in some), len(some)) for key, some in found.items()]


def told(cases: list[Case]) -> list[list[Fraction]]:
    """What a reader of both tables is told, each as the cells that it adds up."""
    cells = sorted({(case.row, case.column) for case in cases})
    rows = shown(groups_of(cases, "row"))
    columns = shown_beside(cases, rows.rows)
    assert columns.total == rows.total
    sums = [{cell for cell in cells if cell[0] == key} for key in sorted(rows.rows)]
    sums += [{cell for cell in cells if cell[1] == key} for key in sorted(columns.rows)]
    if rows.total:
        sums.append(set(cells))
    return [[Fraction(cell in one) for cell in cells] for one in sums]


def rank(matrix: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in matrix], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            factor = row[column] / pivot[column]
            for place in range(column, len(row)):
                row[place] -= factor * pivot[place]
        found += 1
    return found


def gives_away(cases: list[Case], sums: list[list[Fraction]]) -> list[tuple[int, int]] | None:
    """Cells of few people or promises about which something can be worked out: it is told less outside of them."""
    cells = sorted({(case.row, case.column) for case in cases})
    whole = rank(sums)
    for size in range(1, len(cells) + 1):
        for some in combinations(range(len(cells)), size):
            mine = [case for case in cases if (case.row, case.column) in {cells[place] for place in some}]
            few = len({case.person for case in mine}) < LEAST_PEOPLE or len(mine) < LEAST_PROMISES
            outside = [[value for place, value in enumerate(row) if place not in some] for row in sums]
            if few and rank(outside) < whole:
                return [cells[place] for place in some]
    return None


NESTED = cases_of([(1, 11, frozenset(range(1, 7)), 14, True), (2, 11, frozenset([1]), 1, True),
                   (2, 12, frozenset(range(1, 7)), 14, True)])  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(TABLES)
@example(NESTED)
def test_nothing_about_few_can_be_worked_out_from_both_tables(cases: list[Case]) -> None:
    assert gives_away(cases, told(cases)) is None


def test_the_attack_finds_what_each_table_alone_would_allow() -> None:
    """A month less the department that lies in it leaves one person: each table alone shows all of its rows."""
    rows, columns = groups_of(NESTED, "row"), groups_of(NESTED, "column")
    assert (shown(rows).rows, shown(columns).rows) == ({1, 2}, {11, 12})
    cells = sorted({(case.row, case.column) for case in NESTED})
    alone = [[Fraction(cell[side] == key) for cell in cells] for side, key in ((0, 1), (0, 2), (1, 11), (1, 12))]
    assert gives_away(NESTED, alone) == [(2, 11)]
    assert shown_beside(NESTED, shown(rows).rows).rows == set()


@settings(max_examples=200, deadline=None)
@given(TABLES)
def test_what_is_shown_is_large_and_nothing_is_hidden_where_departments_and_months_are_large(cases) -> None:
    rows = shown(groups_of(cases, "row"))
    columns = shown_beside(cases, rows.rows)
    by_key = {group.key: group for group in groups_of(cases, "column")}
    assert not any(is_few([by_key[key]]) for key in columns.rows)
    cells: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for case in cases:
        cells[case.row, case.column].append(case)
    groups = [Group(0, frozenset(case.person for case in some), len(some)) for some in cells.values()]
    everybody = {case.person for case in cases}
    is_easy = not any(is_few([one]) for one in groups) and len(everybody) == sum(len(one.people) for one in groups)
    if cells and is_easy:
        assert columns.rows == set(by_key)


def test_a_dozen_months_of_twenty_departments_are_shown_whole() -> None:
    cases = [
        Case(row, column, 1000 * row + number)
        for row in range(20)
        for column in range(12)
        for number in range(6)
    ]  # fmt: skip
    rows = shown(groups_of(cases, "row"))
    assert len(rows.rows) == 20
    assert len(shown_beside(cases, rows.rows).rows) == 12


EDGES = st.lists(
    st.tuples(st.frozensets(st.sampled_from("abcdef"), min_size=2, max_size=4), st.integers(1, 9)), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_the_least_cut_is_the_least_of_all_partings(edges) -> None:
    named = [(frozenset((point, None) for point in edge), weight) for edge, weight in edges]
    points = sorted((point, None) for point in "abcdef")
    partings = [
        frozenset(side) for size in range(1, len(points)) for side in combinations(points, size)
    ]  # fmt: skip
    cuts = {side: sum(weight for edge, weight in named if edge & side and edge - side) for side in partings}
    cut, side = least_cut(frozenset(points), named)
    assert cut == min(cuts.values()) == cuts[side]
