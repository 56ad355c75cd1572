"""Who has to stand aside from a matter by the charter. Pure: no ORM, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from governance.clauses import Recusal, enforces
from governance.clauses.recusing import DEPARTMENT, NOBODY


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose matter it is: the seats that answer for the work or ask for money, and their departments. Keys."""

    seats: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat of the council that somebody takes: who, and what that person answers for elsewhere. Keys."""

    membership: int
    answers_for: frozenset[int] = frozenset()
    """The seats that the person holds or is deputy of."""
    of_departments: frozenset[int] = frozenset()
    """The departments for which the seat, or the person in another seat, speaks."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is kept with a verdict of those who stood aside: seat titles where the charter made them, and whether they
    left the room."""

    by_rule: tuple[str, ...] = ()
    leaves: bool = field(default=False)


@enforces("recusal")
def must_stand_aside(taken: Iterable[Taken], concerned: Concerned, rule: Recusal) -> set[int]:
    """The memberships that the charter makes stand aside."""
    if rule.must == NOBODY:
        return set()
    return {
        one.membership
        for one in taken
        if one.answers_for & concerned.seats or (rule.must == DEPARTMENT and one.of_departments & concerned.departments)
    }
