"""What owners asked for, and what came of it, for whoever may see the action."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, ResourceRequest
from councils.models import Decision, DelegatedAllocation, ItemState, Verdict
from governance.models import Person


class Standing(StrEnum):
    OPEN = "open"
    ALLOCATED = "allocated"
    DELEGATED = "delegated"
    SIGNED = "signed"
    REFERRED = "referred"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LABELS: dict[Standing, str | Promise] = {
    Standing.OPEN: _("before the council"),
    Standing.ALLOCATED: _("allocated"),
    Standing.DELEGATED: _("allocated by delegation"),
    Standing.SIGNED: _("allocated by the sponsor's signature"),
    Standing.REFERRED: _("referred upward"),
    Standing.DECLINED: _("declined"),
    Standing.WITHDRAWN: _("withdrawn"),
}


def listed(viewer: Person, now: datetime, action: ActionItem | None = None) -> QuerySet[ResourceRequest]:
    """Requests for actions that ``viewer`` may see, the newest first."""
    seen = ActionItem.objects.visible_to(viewer, now)
    if action is not None:
        seen = seen.filter(pk=action.pk)
    found: QuerySet[ResourceRequest] = (
        ResourceRequest.objects.filter(action__in=seen.order_by().values("pk"))
        .select_related("action__subject", "item__subject", "by")
        .order_by("-pk")
    )
    return found


def standings(requests: Iterable[ResourceRequest]) -> dict[int, Standing]:
    """How each request stands, by its agenda item and what was decided on it, or allocated without. Two statements."""
    rows = list(requests)
    settled = {
        decision.item_id: decision
        for decision in Decision.objects.filter(item__in=[request.item_id for request in rows])
        .exclude(verdict=Verdict.ADVISORY)
        .filter(taken_back_at=None)
        .order_by("pk")
    }
    without = dict(
        DelegatedAllocation.objects.filter(item__in=[request.item_id for request in rows]).values_list("item_id", "way")
    )
    return {
        request.pk: Standing(without[request.item_id])
        if request.item_id in without
        else _standing(request, settled.get(request.item_id))
        for request in rows
    }


def _standing(request: ResourceRequest, decision: Decision | None) -> Standing:
    if request.item.state == ItemState.OPEN:
        return Standing.OPEN
    if decision is None:
        return Standing.WITHDRAWN
    if decision.verdict == Verdict.REFERRED:
        return Standing.REFERRED
    is_given = decision.verdict == Verdict.VALID and decision.outcome == "allocate"
    return Standing.ALLOCATED if is_given else Standing.DECLINED
