"""Where weight rests: the oldest debts between departments, and how much of what is promised rests on one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from actions.debts import is_the_askeds, owed_to, owing
from actions.models import Request
from actions.queries.review import Standing
from actions.queries.scope import EVERYTHING, Scope, below
from actions.requesting import OPEN
from governance.models import Person

SHOWN = 3


@dataclass(frozen=True, slots=True)
class OldDebt:
    """An open request: who owes its next move to whom, since which day it was asked."""

    request: Request
    debtor: str
    creditor: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class OldDebts:
    """The oldest first. Where nothing is narrowed to a department there is one direction, and ``is_owed`` is empty."""

    owes: Sequence[OldDebt]
    is_owed: Sequence[OldDebt]


def oldest_debts(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> OldDebts:
    """The three oldest open requests that ``viewer`` may see, in each direction. Three statements at most."""
    found = Request.objects.counted_for(viewer, now).filter(state__in=sorted(OPEN))
    if scope.within is None:
        return OldDebts(_first(found), ())
    keys = below(scope.within)
    return OldDebts(_first(found.filter(owing(*keys))), _first(found.filter(owed_to(*keys))))


def _first(found: QuerySet[Request]) -> list[OldDebt]:
    rows = found.select_related("subject", "from_department", "to_department").order_by("asked_on", "pk")[:SHOWN]
    made = []
    for row in rows:
        debtor, creditor = row.to_department.name, row.from_department.name
        if not is_the_askeds(row.state):
            debtor, creditor = creditor, debtor
        made.append(OldDebt(row, debtor, creditor, row.asked_on))
    return made


@dataclass(frozen=True, slots=True)
class Weight:
    """Of ``whole`` open promises, how many rest on the department with most, and on the CX team's own seats."""

    whole: int
    department: str
    reference: str
    rests: int
    on_team: int

    @property
    def share(self) -> int:
        return round(100 * self.rests / self.whole) if self.whole else 0


def weight(standing: Standing) -> Weight:
    """Promises under way, from what was counted of open work."""
    whole = sum(n for _row, n in standing.promised)
    if not whole:
        return Weight(0, "", "", 0, 0)
    row, rests = max(standing.promised, key=lambda pair: (pair[1], pair[0].department))
    return Weight(whole, row.department, row.reference, rests, standing.on_team)
