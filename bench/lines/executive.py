"""The executive review's figures over 1,000,000 actions in 20 departments, over hand-written SQL by known audiences.

Both ways find the same numbers, compared before the figures. Ours asks who may see what; the limit is told. A second
figure is what they cost with ten times as much closed, long ago, beside what they cost before: history must cost
nothing. What was closed within the period that the funnel looks at does cost. A third is the pages that the review
leads to, a department, the resources and who has not acted, together beside the review's own figures.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import Count

from actions.queries.departments import Place, department_review
from actions.queries.funnel import Stage, funnel
from actions.queries.resourcing import resources
from actions.queries.review import Standing, moment, standing
from bench.run import Figure, statements
from bench.throng import NOW, Throng
from governance import access
from governance.models import Department
from governance.queries import unacted
from governance.queries.calendars import began
from notifications.sql import stamp

ROUNDS = 5
GOAL, GOAL_GROWTH, GOAL_PAGES = 1.5, 1.3, 2.5


def run(folder: Path) -> list[Figure]:
    throng = Throng(folder)
    before = _best(lambda: _ours(throng))
    print(f"executive, 190,000 actions: {before * 1000:.1f} ms")
    throng.age()
    by_hand = _by_hand(throng)
    _same(throng, by_hand)
    ours, limit, pages = _best(lambda: _ours(throng)), _best(by_hand), _best(lambda: _pages(throng))
    print(f"executive, 1,000,000 actions: ours {ours * 1000:.1f} ms, by hand {limit * 1000:.1f} ms")
    print(f"executive, 1,000,000 actions: the pages that it leads to {pages * 1000:.1f} ms")
    return [
        _figure("executive", ours, limit, 1_000_000, GOAL),
        _figure("executive_growth", ours, before, 1_000_000, GOAL_GROWTH),
        _figure("executive_pages", pages, ours, 1_000_000, GOAL_PAGES),
    ]


def _figure(name: str, ours: float, limit: float, size: int, goal: float) -> Figure:
    return Figure(
        name=name, ours=round(ours * 1000, 2), limit=round(limit * 1000, 2), unit="ms", ratio=round(ours / limit, 2),
        size=size, goal=goal,
    )  # fmt: skip


def _best(way: Callable[[], object]) -> float:
    way()
    best = float("inf")
    for _number in range(ROUNDS):
        began_at = perf_counter()
        way()
        best = min(best, perf_counter() - began_at)
    return best


def _ours(throng: Throng) -> tuple[Standing, list[Any]]:
    at = moment(NOW)
    found = standing(throng.lead, at)
    return found, list(funnel(throng.lead, found, at))


def _pages(throng: Throng) -> None:
    """The largest department alone, the resources, and who has not acted."""
    largest = Department.objects.annotate(n=Count("actions")).order_by("-n", "pk")[0]
    department_review(throng.lead, NOW, Place(largest))
    resources(throng.lead, NOW)
    unacted.first(throng.lead, NOW, 10)


def _by_hand(throng: Throng) -> Callable[[], tuple[list[Any], list[Any]]]:
    sql = statements("executive")
    containers = ", ".join(map(str, sorted(access.containers_of(throng.lead, NOW))))
    today = NOW.date()
    words = {
        "containers": containers,
        "today": _quoted(today), "week": _quoted(today - timedelta(days=7)),
        "month": _quoted(today - timedelta(days=30)),
        "now": _quoted(stamp(NOW)), "since": _quoted(stamp(began(today - timedelta(days=365), "UTC"))),
    }  # fmt: skip
    first, second = (sql[name].format(**words) for name in ("standing", "period"))

    def asked() -> tuple[list[Any], list[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(first)
            rows = cursor.fetchall()
            cursor.execute(second)
            return rows, list(cursor.fetchall()[0])

    return asked


def _quoted(value: object) -> str:
    return f"'{value}'"


def _same(throng: Throng, by_hand: Callable[[], tuple[list[Any], list[Any]]]) -> None:
    """Both ways find the same, else the figures say nothing."""
    found, steps = _ours(throng)
    rows, period = by_hand()
    ours = [
        (r.department, r.reference, r.open, r.late, r.late_week, r.late_month, r.late_longer, r.blocked, r.no_date,
         r.unowned, r.unfunded, r.unverified)
        for r in found.review.rows
    ]  # fmt: skip
    passed = {step.stage: step.passed for step in steps}
    worked = next(step for step in steps if step.stage == Stage.WORKED)
    told = [passed[stage] for stage in (Stage.RESOURCED, Stage.PROMISED, Stage.DONE, Stage.VERIFIED, Stage.WORKED)]
    if ours != [tuple(row[:12]) for row in rows] or [*told, worked.waiting] != [*period[1:6], period[7]]:
        raise AssertionError("the limit did not find what we found, so the figures say nothing")
