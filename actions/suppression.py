"""Which figures of groups may be shown: none of a small group, and none that gives a small one away. Pure.

The rows of a table and its sum are shown together, so a hidden row is the sum less the rows that are shown. Therefore
what is hidden must, taken together, be as large a group as one that may be shown (DESIGN.md, point 14).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_PEOPLE = 5
LEAST_PROMISES = 10


@dataclass(frozen=True, slots=True)
class Group:
    """A row: whose promises it counts, and how many."""

    key: int
    people: frozenset[int]
    promises: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows that may be shown, and whether their sum may."""

    rows: frozenset[int]
    total: bool


def is_few(groups: Iterable[Group]) -> bool:
    """Whether these rows together are too few people, or too few promises, to say anything about."""
    listed = list(groups)
    people = frozenset[int]().union(*(group.people for group in listed))
    return len(people) < LEAST_PEOPLE or sum(group.promises for group in listed) < LEAST_PROMISES


def shown(groups: Iterable[Group]) -> Shown:
    """Hide every small row; while those that are hidden are few even together, hide the smallest one left, too."""
    rows = sorted(groups, key=lambda group: (group.promises, len(group.people), group.key))
    if is_few(rows):
        return Shown(frozenset(), total=False)
    hidden = [group for group in rows if is_few([group])]
    left = [group for group in rows if not is_few([group])]
    while hidden and is_few(hidden):
        hidden.append(left.pop(0))
    return Shown(frozenset(group.key for group in left), total=True)


# --- two tables of the same promises -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One promise as two tables count it: in a row of the one, in a column of the other, as whose."""

    row: int
    column: int
    person: int


Node = tuple[str, int | None]
"""A row or a column; None: those that are hidden, which their sum gives away together."""


def shown_beside(cases: Sequence[Case], rows: frozenset[int]) -> Shown:
    """The columns that may be shown of promises that another table shows by row: ``rows`` of them, and the sum.

    Both tables together give away more than either: a column less the rows in it leaves what both have in common. With
    rows and columns as points and promises as lines between them, each sum that can be worked out from both tables
    is over the lines that are cut when the points are parted, and over several such cuts together. So no parting may
    cut few promises, or those of few people. Where one does, the smallest column on either side of it is hidden.
    """
    by_column: dict[int, list[Case]] = {}
    for case in cases:
        by_column.setdefault(case.column, []).append(case)
    groups = [_group(key, some) for key, some in by_column.items()]
    if is_few(groups):
        return Shown(frozenset(), total=False)
    left = sorted(
        (group for group in groups if not is_few([group])),
        key=lambda group: (group.promises, len(group.people), group.key),
    )
    while left:
        sides = _weak_parting(cases, rows, frozenset(group.key for group in left))
        if sides is None:
            break
        at = [
            next((group for group in left if ("column", group.key) in side), None)
            for side in sides
            if ("column", None) not in side
        ]
        hidden = {group.key for group in at if group is not None} or {left[0].key}
        left = [group for group in left if group.key not in hidden]
    return Shown(frozenset(group.key for group in left), total=True)


def _group(key: int, cases: Sequence[Case]) -> Group:
    return Group(key, frozenset(case.person for case in cases), len(cases))


def _weak_parting(
    cases: Sequence[Case], rows: frozenset[int], columns: frozenset[int]
) -> tuple[frozenset[Node], frozenset[Node]] | None:
    """The two sides of a parting that cuts too few promises, or those of too few people; None: there is none."""
    lines: dict[tuple[Node, Node], int] = {}
    of_person: dict[int, set[tuple[Node, Node]]] = {}
    for case in cases:
        line = (
            ("row", case.row if case.row in rows else None),
            ("column", case.column if case.column in columns else None),
        )
        lines[line] = lines.get(line, 0) + 1
        of_person.setdefault(case.person, set()).add(line)
    promises = [(frozenset(line), many) for line, many in lines.items()]
    for part in pieces(lines):
        inside = [edge for edge in promises if edge[0] <= part]
        # Whoever has promises in places that nothing of theirs connects counts in the largest alone: never too often.
        people = [
            (max(pieces(mine), key=lambda piece: (len(piece), sorted(map(str, piece)))), 1)
            for mine in (
                [line for line in theirs if frozenset(line) <= part] for _person, theirs in sorted(of_person.items())
            )
            if mine
        ]
        for edges, least in ((inside, LEAST_PROMISES), (people, LEAST_PEOPLE)):
            cut, side = least_cut(part, edges)
            if cut < least:
                return side, part - side
    return None


def pieces(lines: Iterable[tuple[Node, Node]]) -> list[frozenset[Node]]:
    """The points that lines connect, piece by piece."""
    found: list[set[Node]] = []
    for line in lines:
        touched = [piece for piece in found if piece & set(line)]
        found = [piece for piece in found if piece not in touched]
        found.append(set(line).union(*touched))
    return [frozenset(piece) for piece in found]


def least_cut(points: frozenset[Node], edges: Sequence[tuple[frozenset[Node], int]]) -> tuple[int, frozenset[Node]]:
    """The least that is cut when the points are parted in two, and one of the sides. An edge of several points is cut
    once, wherever it is.

    Source: R. Klimmek, F. Wagner, "A simple hypergraph min cut algorithm", 1996: points are taken in the order of what
    connects them with those taken; the last one's own cut is the least that parts it from the one before, so both
    become one point. Two points at least.
    """
    together: dict[Node, frozenset[Node]] = {point: frozenset([point]) for point in points}
    weights: dict[frozenset[Node], int] = {}
    for edge, weight in edges:
        weights[edge] = weights.get(edge, 0) + weight
    best, side = sum(weights.values()) + 1, frozenset[Node]()
    while len(together) > 1:
        order = _order(sorted(together, key=str), weights)
        before, last = order[-2:]
        cut = sum(weight for edge, weight in weights.items() if last in edge)
        if cut < best:
            best, side = cut, together[last]
        together[before] |= together.pop(last)
        joined: dict[frozenset[Node], int] = {}
        for edge, weight in weights.items():
            kept = (edge - {last}) | {before} if last in edge else edge
            if len(kept) > 1:
                joined[kept] = joined.get(kept, 0) + weight
        weights = joined
    return best, side


def _order(points: Sequence[Node], weights: dict[frozenset[Node], int]) -> list[Node]:
    drawn = dict.fromkeys(points, 0)
    touching: dict[Node, list[frozenset[Node]]] = {point: [] for point in points}
    for edge in weights:
        for point in edge:
            touching[point].append(edge)
    taken: list[Node] = []
    reached: set[frozenset[Node]] = set()
    while drawn:
        point = max(drawn, key=lambda one: drawn[one])
        del drawn[point]
        taken.append(point)
        for edge in touching[point]:
            if edge not in reached:
                reached.add(edge)
                for other in edge:
                    if other in drawn:
                        drawn[other] += weights[edge]
    return taken
