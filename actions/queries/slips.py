"""What somebody may still take back."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, Q

from actions.lifecycle import RUNNING, State
from actions.models import ActionItem, Evidence, Update
from actions.services.slips import LIFE, is_fresh
from governance.models import Person


def updates_to_take_back(keys: Iterable[int], viewer: Person, now: datetime) -> dict[int, int]:
    """By action, the update that ``viewer`` may take back: their own, the last one, fresh. One statement."""
    last = (
        Update.objects.filter(action_id__in=list(keys), taken_back_at=None)
        .values("action_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    not_looked_at = Q(action__done_at=None) | Q(action__done_at__lt=F("at"))
    fresh = Update.objects.filter(pk__in=last, by=viewer, at__gte=now - LIFE, action__state=State.IN_PROGRESS)
    return dict(fresh.filter(not_looked_at).values_list("action_id", "pk"))


def evidence_to_take_back(action: ActionItem, shown: Iterable[Evidence], viewer: Person, now: datetime) -> set[int]:
    """Which of the evidence of an action its viewer may still take back."""
    if action.state not in RUNNING:
        return set()
    return {
        one.pk for one in shown if is_fresh(one, viewer, now) and (action.done_at is None or action.done_at < one.at)
    }
