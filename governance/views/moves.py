"""The line "Next" as pages draw it (``ui/next.html``): who moves, and for that person the way to where it is done."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from governance.models import DutyKind, Person
from governance.queries import helping
from governance.queries.duties import Move


def lines(moves: Iterable[Move], viewer: Person, door: str = "") -> list[dict[str, Any]]:
    """The lines of these moves. Their mover is led to ``door``; who is asked for help, to where it is answered.

    One statement at most.
    """
    listed = list(moves)
    asked = helping.requests_of(move.duty_id for move in listed if move.kind == DutyKind.RESPOND)
    return [
        _line(move, viewer, helping.path_of(asked[move.duty_id]) if move.duty_id in asked else door) for move in listed
    ]


def _line(move: Move, viewer: Person, door: str) -> dict[str, Any]:
    is_you = move.person_id == viewer.pk
    return {
        "who": _("%(name)s (you)") % {"name": move.who} if is_you else move.who,
        "what": move.what,
        "by": move.by,
        "otherwise": move.otherwise,
        "is_late": move.is_late,
        "is_you": is_you,
        "url": door if is_you else "",
        "stands_in": move.stands_in,
        "seat": move.seat,
    }
