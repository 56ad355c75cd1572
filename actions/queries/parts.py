"""What belongs to an action beside its promise, as its viewer may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.models import ActionItem, Contribution, Dependency, Doer, Follower, Milestone
from actions.queries import fit
from actions.services.slips import is_fresh
from governance.models import Person


@dataclass(frozen=True, slots=True)
class Parts:
    """Who works on it, who helps, its steps, what it waits for and what waits for it, where the seat does not fit."""

    doers: Sequence[Doer]
    former: int
    """How many had a part in the work and have it no more."""
    helping: Sequence[Contribution]
    milestones: Sequence[Milestone]
    fresh: frozenset[int]
    """Milestones that the viewer may still take back."""
    needs: Sequence[Dependency]
    needed_by: Sequence[Dependency]
    followers: int
    is_followed: bool
    misfits: Sequence[fit.Unfitting]


def of(action: ActionItem, viewer: Person, now: datetime) -> Parts:
    """The parts of an action that ``viewer`` may see. What it waits for is told as far as the viewer sees that, too."""
    doers = list(Doer.objects.filter(action=action).select_related("seat__subject", "person").order_by("pk"))
    seen = ActionItem.objects.visible_to(viewer, now).values("pk")
    waits = Dependency.objects.filter(ended_at=None)
    milestones = list(Milestone.objects.filter(action=action, taken_back_at=None).order_by("due_on", "pk"))
    return Parts(
        doers=[doer for doer in doers if doer.ended_at is None],
        former=sum(doer.ended_at is not None for doer in doers),
        helping=list(
            Contribution.objects.filter(action=action, ended_at=None)
            .select_related("department__subject")
            .order_by("department__name")
        ),
        milestones=milestones,
        fresh=frozenset(one.pk for one in milestones if one.done_on is None and is_fresh(one, viewer, now)),
        needs=list(
            waits.filter(action=action, needs__in=seen).select_related("needs__subject").order_by("needs__promised")
        ),
        needed_by=list(
            waits.filter(needs=action, action__in=seen).select_related("action__subject").order_by("action__promised")
        ),
        followers=Follower.objects.filter(action=action).count(),
        is_followed=Follower.objects.filter(action=action, person=viewer).exists(),
        misfits=fit.misfits(action.seat, action.theme, action.step, viewer, now, fit.money_of(action)),
    )
