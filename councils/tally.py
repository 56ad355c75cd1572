"""Whether a motion carries, by the votes named and the charter's threshold. Pure: no ORM, no clock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from governance.clauses import Voting, enforces

FOR, AGAINST, ABSTAIN, RECUSED = "for", "against", "abstain", "recused"


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes counted. ``denominator`` is what the share was taken of: votes cast, seats present, or all seats.

    ``tie`` is how an even split was settled: empty (there was none), ``fails``, or ``chair`` with ``chair_choice``.
    """

    in_favour: int
    against: int
    abstained: int
    recused: int
    denominator: int
    threshold: str
    of: str
    is_carried: bool
    tie: str = ""
    chair_choice: str = ""


@enforces("voting")
def tally(
    choices: Iterable[str], rule: Voting, *, seats: int, present: int | None = None, chair_choice: str = ""
) -> Tally:
    """Count the choices of seats that are present; a seat without a choice did not cast a vote.

    ``seats`` are the voting seats that somebody holds, ``present`` those that are taken (all of ``seats`` where it is
    not said); recused seats leave both. ``chair_choice`` is how the chair's own seat voted, empty where it did not.
    Nothing carries without a vote for it. A tie is an even split of the whole that counts: as many for as against, and
    half of it for; with one more vote the other way it would fail, so the charter may let the chair's decide.
    """
    counted = Counter(choices)
    in_favour, against, recused = counted[FOR], counted[AGAINST], counted[RECUSED]
    whole = {"cast": in_favour + against, "present": (seats if present is None else present) - recused}
    denominator = max(0, whole.get(rule.of, seats - recused))
    tie = ""
    if rule.threshold == "consent":
        reached = against == 0
    elif rule.threshold == "two_thirds":
        reached = 3 * in_favour >= 2 * denominator
    else:
        reached = 2 * in_favour > denominator
        if in_favour == against and 2 * in_favour == denominator and in_favour:
            tie = rule.tie
            reached = tie == "chair" and chair_choice == FOR
    return Tally(
        in_favour=in_favour,
        against=against,
        abstained=counted[ABSTAIN],
        recused=recused,
        denominator=denominator,
        threshold=rule.threshold,
        of=rule.of,
        is_carried=in_favour > 0 and reached,
        tie=tie,
        chair_choice=chair_choice if tie == "chair" else "",
    )
