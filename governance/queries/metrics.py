"""Metrics with what was last seen of them, their line over time, and how goals stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from governance.drawing import Line, draw_line
from governance.errors import Absent
from governance.models import Better, Goal, Metric, Observation, Person

SHOWN = 60
"""Observations in a line and its table; the API pages through all."""


def listed(viewer: Person, now: datetime) -> QuerySet[Metric]:
    """The metrics that ``viewer`` may see, each with ``last_value`` and ``last_on``; empty where nothing was seen."""
    found: QuerySet[Metric] = (
        Metric.objects.visible_to(viewer, now)
        .filter(subject__archived_at=None)
        .select_related("seat__subject", "seat__department__subject")
        .annotate(last_value=Subquery(_latest("value")), last_on=Subquery(_latest("on")))
        .order_by("subject__title", "pk")
    )
    return found


def _latest(field: str, metric: str = "pk") -> QuerySet[Observation, dict[str, Any]]:
    rows = Observation.objects.filter(metric_id=OuterRef(metric), corrected_by=None).order_by("-on")
    latest: QuerySet[Observation, dict[str, Any]] = rows.values(field)[:1]
    return latest


def one(reference: str, viewer: Person, now: datetime) -> Metric:
    """A metric by its reference. Raises :class:`Absent`."""
    found = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def observations(metric: Metric) -> QuerySet[Observation]:
    """What holds for each day, newest first; what was corrected is left out."""
    return metric.observations.filter(corrected_by=None).select_related("by").order_by("-on", "-pk")


def line(metric: Metric, observed: Sequence[Observation], goals: Sequence[Goal]) -> Line | None:
    """The observations drawn, with the target of the next goal; None for fewer than two."""
    points = [(one.on, one.value) for one in reversed(observed)]
    return draw_line(points, goals[0].target if goals else None) if len(points) > 1 else None


def goals_listed(viewer: Person, now: datetime, *, metric: Metric | None = None) -> QuerySet[Goal]:
    """The goals that ``viewer`` may see, the first due first, with what was last seen of their metric."""
    found: QuerySet[Goal] = (
        Goal.objects.visible_to(viewer, now)
        .filter(subject__archived_at=None)
        .select_related("metric__subject", "metric__seat__subject", "seat__subject")
        .annotate(
            last_value=Subquery(_latest("value", "metric_id")),
            last_on=Subquery(_latest("on", "metric_id")),
        )
        .order_by("due_on", "pk")
    )
    return found.filter(metric=metric) if metric is not None else found


def goal(reference: str, viewer: Person, now: datetime) -> Goal:
    """A goal by its reference. Raises :class:`Absent`."""
    found = goals_listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """How a goal stands: ``unseen`` (nothing observed yet), ``reached``, ``missed`` (its day is past), ``running``."""

    goal: Goal
    state: str
    value: int | None
    on: date | None


def stands(goal: Goal, today: date) -> GoalStanding:
    """How a goal stands by what was last seen of its metric."""
    value: int | None = getattr(goal, "last_value", None)
    on: date | None = getattr(goal, "last_on", None)
    if value is None:
        return GoalStanding(goal, "unseen", None, None)
    reached = value >= goal.target if goal.metric.better == Better.UP else value <= goal.target
    state = "reached" if reached else "missed" if today > goal.due_on else "running"
    return GoalStanding(goal, state, value, on)
