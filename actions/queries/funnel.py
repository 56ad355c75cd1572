"""The loop as a funnel: how far what was heard has come, where it waits, and since when.

Its stages count different things (themes, then matters, then actions), so a stage is compared with what may reach it,
never with the stage before: each says of how many. What each counts stands in ``docs/figures.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from actions.figures import Figure, Moment, condition
from actions.models import OPEN_STATES, ActionItem, ActionState
from actions.queries import themes
from actions.queries.review import moment
from actions.queries.scope import EVERYTHING, Scope
from councils.models import AgendaItem, ItemState
from governance.models import Duty, DutyKind, Person


class Stage(StrEnum):
    HEARD = "heard"
    ANSWERED = "answered"
    DECIDED = "decided"
    RESOURCED = "resourced"
    PROMISED = "promised"
    DONE = "done"
    VERIFIED = "verified"
    WORKED = "worked"


LABELS: dict[Stage, str | Promise] = {
    Stage.HEARD: _("Heard"),
    Stage.ANSWERED: _("Answered"),
    Stage.DECIDED: _("Decided"),
    Stage.RESOURCED: _("Resourced"),
    Stage.PROMISED: _("Promised"),
    Stage.DONE: _("Done"),
    Stage.VERIFIED: _("Verified"),
    Stage.WORKED: _("Worked"),
}

WAITING: dict[Stage, str | Promise] = {
    Stage.HEARD: "",
    Stage.ANSWERED: _("themes whose answer is owed"),
    Stage.DECIDED: _("matters before councils"),
    Stage.RESOURCED: _("under way, nothing allocated"),
    Stage.PROMISED: _("under way, no date"),
    Stage.DONE: _("promised and under way"),
    Stage.VERIFIED: _("done, not verified"),
    Stage.WORKED: _("verified, nobody has said"),
}
"""What waits to come to a stage."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: ``passed`` came so far, ``of`` could have; ``waiting`` are next, the oldest for ``days``."""

    stage: Stage
    passed: int
    of: int
    waiting: int
    days: int | None
    passed_url: str
    waiting_url: str

    @property
    def label(self) -> str:
        return str(LABELS[self.stage])

    @property
    def waits(self) -> str:
        return str(WAITING[self.stage])

    @property
    def share(self) -> int:
        """How much of what could have come so far did, in per cent; 0 of nothing."""
        return round(100 * self.passed / self.of) if self.of else 0


def funnel(viewer: Person, now: datetime, scope: Scope = EVERYTHING, at: Moment | None = None) -> Sequence[Step]:
    """The eight stages, of what ``viewer`` may see. A fixed number of statements.

    Narrowed, it begins with what is decided upon: themes and matters belong to no journey, and to several departments.
    """
    first = [*_heard(viewer, now), _decided(viewer, now)] if scope.is_all else []
    return [*first, *_work(viewer, now, at or moment(now), scope)]


def _heard(viewer: Person, now: datetime) -> list[Step]:
    every = themes.listed(viewer, now)
    owed = themes.listed(viewer, now, themes.Narrowed(answer="owed"))
    given = themes.listed(viewer, now, themes.Narrowed(answer="given"))
    oldest = Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None, subject__in=owed.order_by().values("pk"))
    since = oldest.aggregate(first=Min("opened_at"))["first"]
    heard = every.count()
    return [
        Step(Stage.HEARD, heard, heard, 0, None, "/themes/", ""),
        Step(
            Stage.ANSWERED, given.count(), heard, owed.count(), _days(since, now), "/themes/?answer=given",
            "/themes/?answer=owed",
        ),
    ]  # fmt: skip


def _decided(viewer: Person, now: datetime) -> Step:
    matters = AgendaItem.objects.visible_to(viewer, now).exclude(state=ItemState.WITHDRAWN)
    row = matters.aggregate(
        every=Count("pk"),
        settled=Count("pk", filter=Q(state=ItemState.SETTLED)),
        waiting=Count("pk", filter=Q(state=ItemState.OPEN)),
        first=Min("raised_at", filter=Q(state=ItemState.OPEN)),
    )
    return Step(
        Stage.DECIDED, row["settled"], row["every"], row["waiting"], _days(row["first"], now),
        "/agenda-items/?state=settled", "/agenda-items/",
    )  # fmt: skip


# By stage: which actions came so far, which wait to (a figure, and a state beside it), and since when they wait.
_STAGES: dict[Stage, tuple[Figure, dict[str, str], str]] = {
    Stage.RESOURCED: (Figure.RESOURCED, {"figure": Figure.UNFUNDED, "state": "underway"}, "accepted_at"),
    Stage.PROMISED: (Figure.PROMISED, {"figure": Figure.NO_DATE, "state": "underway"}, "accepted_at"),
    Stage.DONE: (Figure.FINISHED, {"figure": Figure.PROMISED, "state": "underway"}, "accepted_at"),
    Stage.VERIFIED: (Figure.VERIFIED, {"figure": Figure.UNVERIFIED}, "done_at"),
    Stage.WORKED: (Figure.WORKED, {"figure": Figure.UNPROVEN}, "verified_at"),
}
_OF: dict[Stage, Figure] = {Stage.VERIFIED: Figure.FINISHED, Stage.WORKED: Figure.VERIFIED}


def _work(viewer: Person, now: datetime, at: Moment, scope: Scope) -> list[Step]:
    asked: dict[str, Any] = {}
    for stage, (passed, waits, since) in _STAGES.items():
        waiting = condition(waits["figure"], at) & (Q(state__in=OPEN_STATES) if "state" in waits else Q())
        asked[f"{stage}_passed"] = Count("pk", filter=condition(passed, at))
        asked[f"{stage}_of"] = Count("pk", filter=condition(_OF.get(stage, Figure.ACCEPTED), at))
        asked[f"{stage}_waiting"] = Count("pk", filter=waiting)
        asked[f"{stage}_since"] = Min(since, filter=waiting)
    standing = (
        ActionItem.objects.visible_to(viewer, now)
        .filter(scope.actions())
        .exclude(state__in=(ActionState.DECLINED, ActionState.CANCELLED))
    )
    row = standing.aggregate(**asked)
    return [
        Step(
            stage,
            row[f"{stage}_passed"],
            row[f"{stage}_of"],
            row[f"{stage}_waiting"],
            _days(row[f"{stage}_since"], now),
            f"/actions/?{urlencode({**scope.address(), 'figure': passed})}",
            f"/actions/?{urlencode({**scope.address(), **waits})}",
        )
        for stage, (passed, waits, _since) in _STAGES.items()
    ]


def _days(since: datetime | None, now: datetime) -> int | None:
    return (now - since).days if since is not None else None
