"""Champions, as a viewer may read them."""

from datetime import datetime

from django.db.models import QuerySet

from governance.errors import Absent
from governance.models import Champion, Department, Person, Seat, SeatKind, Tenure


def listed(viewer: Person, now: datetime) -> "QuerySet[Champion]":
    """The champions whose seats ``viewer`` may see."""
    return (
        Champion.objects.filter(seat__in=Seat.objects.visible_to(viewer, now).values("pk"))
        .select_related("seat__subject", "seat__department__subject", "endorsed_by")
        .order_by("seat__department__name", "pk")
    )


def one(reference: str, viewer: Person, now: datetime) -> Champion:
    """A champion by the reference of the seat. Raises :class:`Absent`."""
    found = listed(viewer, now).filter(seat__subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def without_champion(viewer: Person, now: datetime) -> list[Department]:
    """Departments below the root that have no champion's seat at all."""
    voiced = Seat.objects.filter(kind=SeatKind.CHAMPION).values("department_id")
    return list(
        Department.objects.visible_to(viewer, now).exclude(pk__in=voiced).filter(parent__isnull=False).order_by("name")
    )


def is_head_of(person: Person, department_id: int, now: datetime) -> bool:
    """Whether ``person`` sits in the head's seat of that very department."""
    heads = Tenure.objects.at(now).filter(
        seat__kind=SeatKind.HEAD, seat__department_id=department_id, person=person, person__is_active=True
    )
    return heads.exists()
