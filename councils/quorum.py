"""Whether enough seats are taken for a decision to count. Pure: no ORM, no clock.

Source of the rules: DESIGN.md, "A decision counts". A vacant seat leaves the number of seats, and never lowers the
floor; a recused seat does not count for the matter that it recuses itself from. A recused chair presides all the same
or hands over, as the charter says; whoever chairs then has to be there where the chair has to be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.clauses import Quorum, Recusal, enforces
from governance.clauses.recusing import CHAIR


@dataclass(frozen=True, slots=True)
class SeatStanding:
    """One seat of a council as quorum sees it."""

    votes: bool = True
    is_chair: bool = False
    is_filled: bool = True
    is_present: bool = False
    is_recused: bool = False
    chairs_next: bool = False
    """Whether whoever takes it chairs where the chair stands aside."""
    title: str = ""


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
    """Whether whoever chairs is there."""
    handed_over: bool = False
    """Whether the chair stood aside and does not chair."""
    presiding: str = ""
    """Where the chair handed over, the seat that chairs; empty: nobody does."""

    @property
    def is_quorate(self) -> bool:
        return self.present >= self.needed and (self.chair_present or not self.chair_required)

    @property
    def spare(self) -> int:
        """How many may leave before quorum is lost; below nothing: how many are missing."""
        return self.present - self.needed


@enforces("recusal")
def next_in_the_chair(seats: Iterable[SeatStanding]) -> SeatStanding | None:
    """Who chairs where the chair stands aside: of those who are there and do not stand aside themselves."""
    able = (seat for seat in seats if seat.is_present and seat.is_filled and not seat.is_recused)
    return next((seat for seat in able if seat.chairs_next and not seat.is_chair), None)


@enforces("quorum")
def count(seats: Iterable[SeatStanding], rule: Quorum, recusal: Recusal | None = None) -> Count:
    """Count the voting seats of a council by its charter's quorum; without ``recusal`` a recused chair still chairs."""
    listed = list(seats)
    voting = [seat for seat in listed if seat.votes]
    filled = [seat for seat in voting if seat.is_filled]
    taken = [seat for seat in filled if seat.is_present]
    chairs = [seat for seat in listed if seat.is_chair and seat.is_filled and seat.is_present]
    handed_over = (
        recusal is not None and recusal.chaired_by != CHAIR and bool(chairs) and all(seat.is_recused for seat in chairs)
    )
    following = next_in_the_chair(listed) if handed_over else None
    return Count(
        seats=len(filled),
        vacant=len(voting) - len(filled),
        present=sum(not seat.is_recused for seat in taken),
        recused=sum(seat.is_recused for seat in taken),
        needed=rule.minimum,
        chair_required=rule.chair_required,
        chair_present=following is not None if handed_over else bool(chairs),
        handed_over=handed_over,
        presiding=following.title if following is not None else "",
    )


def sentence(counted: Count) -> str:
    """The live line: who is here, who is needed, and what would lose the quorum."""
    here = _("%(present)d of %(seats)d here, %(needed)d needed") % {
        "present": counted.present,
        "seats": counted.seats,
        "needed": counted.needed,
    }
    if counted.chair_required and not counted.chair_present:
        here = (
            _("%(here)s with somebody in the chair, which the chair left for this") % {"here": here}
            if counted.handed_over
            else _("%(here)s with the chair, who is absent") % {"here": here}
        )
    if not counted.is_quorate:
        return _("%(here)s: what is decided now is advisory.") % {"here": here}
    if counted.spare == 0:
        return _("%(here)s: if one more leaves, quorum is lost.") % {"here": here}
    return ngettext(
        "%(here)s: %(spare)d may leave before quorum is lost.",
        "%(here)s: %(spare)d may leave before quorum is lost.",
        counted.spare,
    ) % {"here": here, "spare": counted.spare}
