"""Whether a seat fits the matter that it is given: pure, over references. Sentences and who may be named: queries.fit.

A matter that was routed to other departments belongs to them; a step of a journey belongs to the seat that owns it.
Nothing is known of a matter without either, so anything fits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    ROUTED = "routed"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why the seat does not fit, and the seat that has the matter (None: nobody sits there)."""

    why: Why
    has_it: int | None


def judge(
    *, seat: int, department: int, routed: Collection[int], champion: int | None, step_owner: int | None, has_step: bool
) -> list[Misfit]:
    """The ways in which ``seat`` of ``department`` does not fit, the gravest first.

    ``routed`` are the departments to which the theme went, ``champion`` the seat that answers for it there;
    ``step_owner`` owns the step where there is one.
    """
    found = []
    if routed and department not in routed and champion != seat:
        found.append(Misfit(Why.ROUTED, champion))
    if has_step and step_owner is not None and step_owner != seat:
        found.append(Misfit(Why.STEP, step_owner))
    return found
