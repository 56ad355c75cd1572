"""A list under permissions: first page and count of what one may see, over hand-written SQL by known containers.

100,100 actions, of which the dense viewer may see 10,000 and the sparse one 100. Both ways return the same rows in the
same order, compared before the figures. Ours asks who may see what; the limit is told. A second figure is how long the
sparse viewer waits beside the dense one: whoever sees little must not wait for what others see. A third is a page far
down the list beside the first.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from django.db import connection

from actions.queries import action_lists as lists
from actions.queries.items import Narrowed
from bench.crowd import NOW, crowd
from bench.run import Figure, statements
from governance import access
from governance.models import Person

ROUNDS = 30
GOAL, GOAL_SPARSE, GOAL_DEEP = 3.0, 2.0, 1.5
PAGE = 50
DEEP = 180


def run(folder: Path) -> list[Figure]:
    built = crowd(folder)
    sql = statements("permission_list")
    figures, best = [], {}
    for name, viewer in (("dense", built.dense), ("sparse", built.sparse)):
        size = _same(viewer, sql, tell_plan=name == "dense")
        ours, limit = _best(partial(_by_us, viewer)), _best(_by_hand(viewer, sql))
        best[name] = ours
        print(f"permission_list, {name}: ours {ours * 1000:.2f} ms, by hand {limit * 1000:.2f} ms, {size} seen")
        figures.append(_figure(f"permission_list_{name}", ours, limit, size, GOAL))
    figures.append(_figure("permission_list_sparse_to_dense", best["sparse"], best["dense"], PAGE, GOAL_SPARSE))
    first, deep = _best(lambda: _page(built.dense, 1)), _best(lambda: _page(built.dense, DEEP))
    figures.append(_figure(f"permission_list_page_{DEEP}", deep, first, PAGE, GOAL_DEEP))
    return figures


def _figure(name: str, ours: float, limit: float, size: int, goal: float) -> Figure:
    return Figure(
        name=name, ours=round(ours * 1000, 3), limit=round(limit * 1000, 3), unit="ms", ratio=round(ours / limit, 2),
        size=size, goal=goal,
    )  # fmt: skip


def _best(way: Callable[[], object]) -> float:
    way()
    best = float("inf")
    for _number in range(ROUNDS):
        began = perf_counter()
        way()
        best = min(best, perf_counter() - began)
    return best


def _by_us(viewer: Person) -> tuple[list[int], int]:
    found = lists.Cut(lists.narrowed(viewer, NOW, Narrowed()))
    return [action.pk for action in found[:PAGE]], found.count()


def _page(viewer: Person, number: int) -> list[int]:
    found = lists.Cut(lists.narrowed(viewer, NOW, Narrowed()))
    return [action.pk for action in found[(number - 1) * PAGE : number * PAGE]]


def _by_hand(viewer: Person, sql: dict[str, str]) -> Callable[[], tuple[list[int], int]]:
    containers = sorted(access.containers_of(viewer, NOW))
    places = ", ".join(["%s"] * len(containers))
    page, count = (sql[name].format(containers=places) for name in ("page", "count"))

    def asked() -> tuple[list[int], int]:
        with connection.cursor() as cursor:
            cursor.execute(page, containers)
            rows = [row[0] for row in cursor.fetchall()]
            cursor.execute(count, containers)
            return rows, cursor.fetchone()[0]

    return asked


def _same(viewer: Person, sql: dict[str, str], *, tell_plan: bool) -> int:
    """Both ways find the same, else the figures say nothing; how many there are."""
    ours, by_hand = _by_us(viewer), _by_hand(viewer, sql)()
    if ours != by_hand:
        raise AssertionError("the limit did not find what we found, so the figures say nothing")
    if tell_plan:
        keys = lists.narrowed(viewer, NOW, Narrowed()).values_list("pk")
        print("permission_list, our page:\n" + keys[:PAGE].explain())
        print("permission_list, our count:\n" + keys.order_by().explain())
    return ours[1]
