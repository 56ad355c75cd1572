"""What came back for what was spent on the same actions, and how much of it hangs on any one of them. Pure.

The range is the lowest and the highest return that is left when one action, whichever, is taken out of the sum (the
pseudo-values of M. H. Quenouille, "Notes on bias in estimation", Biometrika 43 (1956) 353-360, without his correction).
It says nothing of actions to come; it shows at once where one lucky action carries the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ENOUGH = 5
"""Actions with an amount that finance verified: below it the amounts are told, and no return."""


class Lacking(StrEnum):
    """Why no return is told."""

    NOTHING = "nothing"
    """Finance verified nothing."""
    FEW = "few"
    """Fewer than :data:`ENOUGH` actions."""
    ONE = "one"
    """Nothing was spent, or all of it on one action: there is nothing to compare it with."""


@dataclass(frozen=True, slots=True)
class PaidBack:
    """``brought`` and ``spent`` in minor units of one currency, of the same ``actions``; ``ratio`` lies from ``low`` to
    ``high``, all three or none of them."""

    actions: int
    brought: int
    spent: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    lacking: Lacking | None = None


def judge(amounts: Sequence[tuple[int, int]]) -> PaidBack:
    """``(brought, spent)`` of each action with verified benefit; one on which nothing was spent counts with nothing."""
    brought, spent = sum(pair[0] for pair in amounts), sum(pair[1] for pair in amounts)
    n = len(amounts)
    if n < ENOUGH:
        return PaidBack(n, brought, spent, lacking=Lacking.FEW if n else Lacking.NOTHING)
    if any(spent == paid for _gain, paid in amounts):
        return PaidBack(n, brought, spent, lacking=Lacking.ONE)
    left = [(brought - gain) / (spent - paid) for gain, paid in amounts]
    # Without any one it lies on both sides of the whole, or on it; rounding must not say otherwise.
    ratio = brought / spent
    return PaidBack(n, brought, spent, ratio, min(ratio, *left), max(ratio, *left))
