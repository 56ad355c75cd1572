"""What was spent on actions, for whoever may see the action."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actions.models import ActionItem
from councils.models import Spending
from governance.errors import Absent
from governance.models import Person


def listed(viewer: Person, now: datetime, action: ActionItem | None = None) -> QuerySet[Spending]:
    """Spending on actions that ``viewer`` may see, the newest first."""
    seen = ActionItem.objects.visible_to(viewer, now)
    if action is not None:
        seen = seen.filter(pk=action.pk)
    found: QuerySet[Spending] = (
        Spending.objects.filter(subject_id__in=seen.order_by().values("pk"))
        .select_related("subject", "envelope__subject", "by", "reverses", "reversed_by")
        .order_by("-pk")
    )
    return found


def get(key: int, viewer: Person, now: datetime) -> Spending:
    found = listed(viewer, now).filter(pk=key).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found
