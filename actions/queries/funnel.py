"""The loop as a funnel: how far what was heard has come, where it waits, and since when.

Its stages count different things (themes, then matters, then actions), so a stage is compared with what may reach it,
never with the stage before: each says of how many. What each counts stands in ``docs/figures.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from actions.figures import Figure, Moment, condition
from actions.models import ACCEPTED_STATES, ActionItem, Response, Theme
from actions.queries.review import Standing, Waiting
from actions.queries.scope import EVERYTHING, Scope
from councils.models import AgendaItem, ItemState
from governance.models import Duty, DutyKind, Person
from governance.queries.calendars import began


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
    Stage.ANSWERED: _("themes of which a department still owes an answer"),
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
    as_is: int = 0
    """Of what is done: closed by its council as it is, without verification."""
    as_is_url: str = ""

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


def funnel(viewer: Person, standing: Standing, at: Moment, scope: Scope = EVERYTHING) -> Sequence[Step]:
    """The eight stages, of what ``viewer`` may see. Four statements, and one where it is narrowed to a department.

    What came so far is counted of what began in the period; what waits is all that is open. Narrowed, it begins with
    what is done about it: themes and matters belong to no journey, and to several departments.
    """
    since = scope.since(at.days[0].day)
    first = [*_heard(viewer, at, since), _decided(viewer, at, since)] if scope.is_all else []
    return [*first, *_work(viewer, standing, at, scope, since)]


def _address(path: str, since: date | None, name: str, **more: str) -> str:
    asked = {**more, **({name: since.isoformat()} if since is not None else {})}
    return f"{path}?{urlencode(asked)}" if asked else path


def _heard(viewer: Person, at: Moment, since: date | None) -> list[Step]:
    every = Theme.objects.counted_for(viewer, at.now).filter(subject__archived_at=None)
    began_then = Q(subject__created_at__gte=began(since, at.zone)) if since is not None else Q()
    owed = Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None, subject=OuterRef("pk"))
    is_given = Exists(Response.objects.filter(theme=OuterRef("pk")))
    row = every.annotate(is_given=is_given, owed_at=Subquery(owed.order_by("opened_at").values("opened_at")[:1]))
    told = row.order_by().aggregate(
        heard=Count("pk", filter=began_then),
        given=Count("pk", filter=began_then & Q(is_given=True)),
        owed=Count("pk", filter=Q(owed_at__isnull=False)),
        first=Min("owed_at"),
    )
    path, name = "/themes/", "heard_from"
    heard = _address(path, since, name)
    return [
        Step(Stage.HEARD, told["heard"], told["heard"], 0, None, heard, ""),
        Step(
            Stage.ANSWERED, told["given"], told["heard"], told["owed"], _days(told["first"], at.now),
            _address(path, since, name, answer="given"), "/themes/?answer=owed",
        ),
    ]  # fmt: skip


def _decided(viewer: Person, at: Moment, since: date | None) -> Step:
    matters = AgendaItem.objects.counted_for(viewer, at.now).exclude(state=ItemState.WITHDRAWN)
    began_then = Q(raised_at__gte=began(since, at.zone)) if since is not None else Q()
    row = matters.aggregate(
        every=Count("pk", filter=began_then),
        settled=Count("pk", filter=began_then & Q(state=ItemState.SETTLED)),
        waiting=Count("pk", filter=Q(state=ItemState.OPEN)),
        first=Min("raised_at", filter=Q(state=ItemState.OPEN)),
    )
    return Step(
        Stage.DECIDED, row["settled"], row["every"], row["waiting"], _days(row["first"], at.now),
        _address("/agenda-items/", since, "raised_from", state=ItemState.SETTLED), "/agenda-items/",
    )  # fmt: skip


# By stage: which actions came so far, and which wait to (a figure, and a state beside it).
_STAGES: dict[Stage, tuple[Figure, dict[str, str]]] = {
    Stage.RESOURCED: (Figure.RESOURCED, {"figure": Figure.UNFUNDED, "state": "underway"}),
    Stage.PROMISED: (Figure.PROMISED, {"figure": Figure.NO_DATE, "state": "underway"}),
    Stage.DONE: (Figure.FINISHED, {"figure": Figure.PROMISED, "state": "underway"}),
    Stage.VERIFIED: (Figure.VERIFIED, {"figure": Figure.UNVERIFIED}),
    Stage.WORKED: (Figure.WORKED, {"figure": Figure.UNPROVEN}),
}
_OF: dict[Stage, Figure] = {Stage.VERIFIED: Figure.FINISHED, Stage.WORKED: Figure.VERIFIED}


def _work(viewer: Person, standing: Standing, at: Moment, scope: Scope, since: date | None) -> list[Step]:
    """One statement over what was accepted in the period; what waits was counted with open work, but for verdicts."""
    asked: dict[str, Any] = {
        "unproven": Count("pk", filter=condition(Figure.UNPROVEN, at)),
        "unproven_since": Min("verified_at", filter=condition(Figure.UNPROVEN, at)),
    }
    for figure in {Figure.ACCEPTED, Figure.AS_IS, *(passed for passed, _waits in _STAGES.values())}:
        asked[f"n_{figure}"] = Count("pk", filter=condition(figure, at))
    of_the_period = ActionItem.objects.counted_for(viewer, at.now).filter(scope.actions(), state__in=ACCEPTED_STATES)
    if since is not None:
        of_the_period = of_the_period.filter(accepted_at__gte=began(since, at.zone))
    row = of_the_period.aggregate(**asked)
    waiting = {**standing.waiting, Figure.UNPROVEN: Waiting(row["unproven"], row["unproven_since"])}
    as_is = _address("/actions/", since, "accepted_from", **scope.address(), figure=Figure.AS_IS)
    steps = []
    for stage, (passed, waits) in _STAGES.items():
        wait = waiting[Figure(waits["figure"])]
        # Who has not said whether it worked is asked of the period: what was verified before it is history.
        from_then = since if stage == Stage.WORKED else None
        steps.append(
            Step(
                stage,
                row[f"n_{passed}"],
                row[f"n_{_OF.get(stage, Figure.ACCEPTED)}"],
                wait.n,
                _days(wait.since, at.now),
                _address("/actions/", since, "accepted_from", **scope.address(), figure=passed),
                _address("/actions/", from_then, "accepted_from", **scope.address(), **waits),
                *((row[f"n_{Figure.AS_IS}"], as_is) if stage == Stage.DONE else ()),
            )
        )
    return steps


def _days(since: datetime | None, now: datetime) -> int | None:
    return (now - since).days if since is not None else None
