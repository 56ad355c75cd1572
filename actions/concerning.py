"""Whose own matter it is what a council decides about work: the charter may make them stand aside."""

from actions.models import ActionItem, Pilot, Request
from councils.recusal import Concerned


def action(about_id: int) -> Concerned:
    """Whoever answers for the action, or asks for money for it."""
    return _of(*ActionItem.objects.filter(pk=about_id).values_list("seat_id", "department_id"))


def pilot(about_id: int) -> Concerned:
    return _of(*Pilot.objects.filter(pk=about_id).values_list("action__seat_id", "action__department_id"))


def request(about_id: int) -> Concerned:
    """Both sides."""
    sides = Request.objects.filter(pk=about_id)
    return _of(
        *sides.values_list("from_seat_id", "from_department_id"), *sides.values_list("to_seat_id", "to_department_id")
    )


def _of(*pairs: tuple[int, int]) -> Concerned:
    return Concerned(frozenset(seat for seat, _unit in pairs), frozenset(unit for _seat, unit in pairs))
