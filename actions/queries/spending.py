"""What was spent on actions, for whoever may see the action."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actions.models import ActionItem
from councils.models import Spending, Unit
from governance import access
from governance.errors import Absent
from governance.models import Person
from governance.money import plain_minor


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


def rows(viewer: Person, now: datetime) -> list[dict[str, str]]:
    """What stands, as rows of a sheet: neither reversed nor a reversal. The envelope is named where it may be seen."""
    found = list(listed(viewer, now).filter(reverses=None, reversed_at=None))
    seen = access.visible_ids(viewer, {one.envelope_id for one in found}, now)
    return [
        {
            "action": one.subject.reference,
            "on": one.on.isoformat(),
            "amount": _plain(one),
            "what": one.what,
            "cost_centre": one.cost_centre,
            "external_reference": one.external_reference,
            "envelope": one.envelope.reference if one.envelope_id in seen else "",
            "overrun": "yes" if one.overrun else "",
        }
        for one in found
    ]


def _plain(one: Spending) -> str:
    """The amount in figures alone: 1234.50, or 7:30 for person-time."""
    if one.envelope.unit == Unit.TIME:
        return f"{one.amount // 60}:{one.amount % 60:02}"
    return plain_minor(one.amount, one.envelope.currency)
