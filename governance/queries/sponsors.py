"""Executive sponsors, as a viewer may read them."""

from datetime import datetime

from django.db.models import QuerySet

from governance.errors import Absent
from governance.models import ExecutiveSponsor, Person, Seat


def listed(viewer: Person, now: datetime) -> "QuerySet[ExecutiveSponsor]":
    """The executive sponsors whose seats ``viewer`` may see."""
    return (
        ExecutiveSponsor.objects.filter(seat__in=Seat.objects.visible_to(viewer, now).values("pk"))
        .select_related("seat__subject", "seat__department__subject")
        .order_by("seat__kind", "pk")
    )


def one(reference: str, viewer: Person, now: datetime) -> ExecutiveSponsor:
    """A sponsor by the reference of the seat. Raises :class:`Absent`."""
    found = listed(viewer, now).filter(seat__subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found
