"""What is read before a meeting takes items up. Seen by whoever sees the item."""

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from councils.models import AgendaItem, PreRead
from governance.errors import Absent


def of_items(item_ids: Collection[int]) -> dict[int, list[PreRead]]:
    """By item, in the order in which they were attached. One statement."""
    found: dict[int, list[PreRead]] = defaultdict(list)
    rows = PreRead.objects.filter(item_id__in=item_ids, taken_off_at=None).select_related("by")
    for one in rows.order_by("at", "pk"):
        found[one.item_id].append(one)
    return found


def get(pk: int, item: AgendaItem) -> PreRead:
    """One of an item that its viewer sees. Raises :class:`Absent`."""
    found: PreRead | None = PreRead.objects.filter(pk=pk, item=item).select_related("item__council").first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found
