"""Whether a seat fits the matter that it is given: pure, over references. Sentences and who may be named: queries.fit.

A matter that was routed to other departments belongs to them; a step of a journey belongs to the seat that owns it; and
work that needs more money than the sponsor above it may grant stands in the wrong line. Nothing is known of a matter
without any of these, so anything fits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    ROUTED = "routed"
    STEP = "step"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why the seat does not fit, and the seat that has the matter (None: nobody sits there)."""

    why: Why
    has_it: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """What the work needs, in minor units, beside what the sponsor of its line may grant (0: nobody said).

    ``above`` is the seat of a sponsor whose authority covers it, None where none does.
    """

    needed: int
    authority: int
    above: int | None = None


def judge(
    *,
    seat: int,
    department: int,
    routed: Collection[int],
    champion: int | None,
    step_owner: int | None,
    has_step: bool,
    line: Line | None = None,
) -> list[Misfit]:
    """The ways in which ``seat`` of ``department`` does not fit, the gravest first.

    ``routed`` are the departments to which the theme went, ``champion`` the seat that answers for it there;
    ``step_owner`` owns the step where there is one; ``line`` is the money that it needs and who may grant it.
    """
    found = []
    if routed and department not in routed and champion != seat:
        found.append(Misfit(Why.ROUTED, champion))
    if has_step and step_owner is not None and step_owner != seat:
        found.append(Misfit(Why.STEP, step_owner))
    if line is not None and 0 < line.authority < line.needed:
        found.append(Misfit(Why.AUTHORITY, line.above))
    return found
