"""The tree of departments, and who sits in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from governance import access
from governance.errors import Absent
from governance.models import Department, Organisation, Person, Seat, SeatKind
from governance.queries.seats import Standing, standings


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree: a department, how deep it lies, and who answers for it."""

    department: Department
    depth: int
    head: Standing | None
    champion: Standing | None
    seats: int
    vacant: int

    @property
    def indent(self) -> str:
        """How deep it lies, drawn."""
        return "\u2003" * (self.depth - 1) + "└ " if self.depth else ""


def one(reference: str, viewer: Person, now: datetime) -> Department:
    """A department by its reference. Raises :class:`Absent`."""
    found: Department | None = (
        Department.objects.visible_to(viewer, now)
        .select_related("parent__subject", "calendar")
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def listed(viewer: Person, now: datetime) -> QuerySet[Department]:
    """What ``viewer`` may see of the tree, by name."""
    departments: QuerySet[Department] = (
        Department.objects.visible_to(viewer, now).select_related("parent__subject", "calendar").order_by("name", "pk")
    )
    return departments


def led_by(viewer: Person, now: datetime) -> QuerySet[Department]:
    """The departments in which ``viewer`` places people and what lies below."""
    return listed(viewer, now).filter(pk__in=access.containers_of(viewer, now, access.LEAD))


def tree(viewer: Person, now: datetime) -> list[Branch]:
    """The departments, each below its parent, with head and champion. Five statements, however many there are."""
    root_id = Organisation.objects.values_list("root_id", flat=True).first()
    departments = list(listed(viewer, now))
    seats = list(Seat.objects.visible_to(viewer, now).select_related("department"))
    below: dict[int | None, list[Department]] = defaultdict(list)
    known = {department.pk for department in departments}
    for department in departments:
        below[department.parent_id if department.parent_id in known else None].append(department)
    below[None].sort(key=lambda department: department.pk != root_id)
    of_department: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings(seats, now):
        of_department[standing.seat.department_id].append(standing)
    branches: list[Branch] = []
    stack = [(department, 0) for department in reversed(below[None])]
    while stack:
        department, depth = stack.pop()
        branches.append(_branch(department, depth, of_department[department.pk]))
        stack += [(child, depth + 1) for child in reversed(below[department.pk])]
    return branches


def _branch(department: Department, depth: int, seats: list[Standing]) -> Branch:
    return Branch(
        department=department,
        depth=depth,
        head=next((standing for standing in seats if standing.seat.kind == SeatKind.HEAD), None),
        champion=next((standing for standing in seats if standing.seat.kind == SeatKind.CHAMPION), None),
        seats=len(seats),
        vacant=sum(standing.vacant_since is not None for standing in seats),
    )


def with_those_below(keys: Iterable[int]) -> set[int]:
    """Departments and all below them, by key. One statement."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for key, parent in Department.objects.values_list("pk", "parent_id"):
        children[parent].append(key)
    found = list(dict.fromkeys(keys))
    for key in found:
        found += children[key]
    return set(found)
