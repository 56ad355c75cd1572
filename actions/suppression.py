"""Which figures of groups may be shown: none of a small group, and none that gives a small one away. Pure.

The rows of a table and its sum are shown together, so a hidden row is the sum less the rows that are shown. Therefore
what is hidden must, taken together, be as large a group as one that may be shown (DESIGN.md, point 14).
"""

from collections.abc import Iterable
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
