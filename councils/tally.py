"""Whether a motion carries, by the votes named and the charter's threshold. Pure: no ORM, no clock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from governance.clauses import Voting, enforces

FOR, AGAINST, ABSTAIN, RECUSED = "for", "against", "abstain", "recused"


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes counted. ``denominator`` is what the share was taken of: votes for and against, or all seats."""

    in_favour: int
    against: int
    abstained: int
    recused: int
    denominator: int
    threshold: str
    of: str
    is_carried: bool


@enforces("voting")
def tally(choices: Iterable[str], rule: Voting, *, seats: int) -> Tally:
    """Count the choices of seats that are present; a seat without a choice did not cast a vote.

    ``seats`` are the voting seats that somebody holds; recused seats leave them. A tie does not carry, and nothing
    carries without a vote for it.
    """
    counted = Counter(choices)
    cast = counted[FOR] + counted[AGAINST]
    denominator = cast if rule.of == "cast" else max(0, seats - counted[RECUSED])
    if rule.threshold == "majority":
        reached = 2 * counted[FOR] > denominator
    else:
        reached = 3 * counted[FOR] >= 2 * denominator
    return Tally(
        in_favour=counted[FOR],
        against=counted[AGAINST],
        abstained=counted[ABSTAIN],
        recused=counted[RECUSED],
        denominator=denominator,
        threshold=rule.threshold,
        of=rule.of,
        is_carried=counted[FOR] > 0 and reached,
    )
