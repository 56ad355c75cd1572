"""Whether enough seats are taken for a decision to count. Pure: no ORM, no clock.

Source of the rules: DESIGN.md, "A decision counts". A vacant seat leaves the number of seats, and never lowers the
floor; a recused seat does not count for the matter that it recuses itself from, but a recused chair still presides.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.clauses import Quorum, enforces


@dataclass(frozen=True, slots=True)
class SeatStanding:
    """One seat of a council as quorum sees it."""

    votes: bool = True
    is_chair: bool = False
    is_filled: bool = True
    is_present: bool = False
    is_recused: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: voting seats that somebody holds, how many are taken, how many are needed."""

    seats: int
    vacant: int
    present: int
    recused: int
    needed: int
    chair_required: bool
    chair_present: bool

    @property
    def is_quorate(self) -> bool:
        return self.present >= self.needed and (self.chair_present or not self.chair_required)

    @property
    def spare(self) -> int:
        """How many may leave before quorum is lost; below nothing: how many are missing."""
        return self.present - self.needed


@enforces("quorum")
def count(seats: Iterable[SeatStanding], rule: Quorum) -> Count:
    """Count the voting seats of a council by its charter's quorum."""
    listed = list(seats)
    voting = [seat for seat in listed if seat.votes]
    filled = [seat for seat in voting if seat.is_filled]
    taken = [seat for seat in filled if seat.is_present]
    return Count(
        seats=len(filled),
        vacant=len(voting) - len(filled),
        present=sum(not seat.is_recused for seat in taken),
        recused=sum(seat.is_recused for seat in taken),
        needed=rule.minimum,
        chair_required=rule.chair_required,
        chair_present=any(seat.is_chair and seat.is_filled and seat.is_present for seat in listed),
    )


def sentence(counted: Count) -> str:
    """The live line: who is here, who is needed, and what would lose the quorum."""
    here = _("%(present)d of %(seats)d here, %(needed)d needed") % {
        "present": counted.present,
        "seats": counted.seats,
        "needed": counted.needed,
    }
    if counted.chair_required and not counted.chair_present:
        here = _("%(here)s with the chair, who is absent") % {"here": here}
    if not counted.is_quorate:
        return _("%(here)s: what is decided now is advisory.") % {"here": here}
    if counted.spare == 0:
        return _("%(here)s: if one more leaves, quorum is lost.") % {"here": here}
    return ngettext(
        "%(here)s: %(spare)d may leave before quorum is lost.",
        "%(here)s: %(spare)d may leave before quorum is lost.",
        counted.spare,
    ) % {"here": here, "spare": counted.spare}
