"""Who owes whom: departments by departments, as their viewer may see what they ask of one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min

from actions.debts import CREDITOR, DEBTOR, Figure, condition
from actions.models import Request
from actions.queries.review import moment
from governance.models import Department, Person


@dataclass(frozen=True, slots=True)
class Party:
    """A department that owes something or is owed something."""

    pk: int
    name: str
    code: str
    reference: str


@dataclass(frozen=True, slots=True)
class Debt:
    """What one department owes another, or (as a sum) several others. ``oldest``: days since it was asked."""

    open: int = 0
    overdue: int = 0
    unanswered: int = 0
    oldest: int = 0

    def __add__(self, other: "Debt") -> "Debt":
        return Debt(
            self.open + other.open,
            self.overdue + other.overdue,
            self.unanswered + other.unanswered,
            max(self.oldest, other.oldest),
        )

    def of(self, figure: str) -> int:
        return int(getattr(self, figure))


NOTHING = Debt()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Debts by ``(who owes, who is owed)``; ``parties`` are those that stand on either side, by name."""

    on: date
    parties: Sequence[Party]
    debts: dict[tuple[int, int], Debt]

    def debt(self, owing: int, owed: int) -> Debt:
        return self.debts.get((owing, owed), NOTHING)

    def owes(self, owing: int) -> Debt:
        """The sum of a row: all that a department owes."""
        return _sum(debt for (row, _column), debt in self.debts.items() if row == owing)

    def is_owed(self, owed: int) -> Debt:
        """The sum of a column: all that a department waits for."""
        return _sum(debt for (_row, column), debt in self.debts.items() if column == owed)

    @property
    def total(self) -> Debt:
        return _sum(self.debts.values())


def _sum(debts: Iterable[Debt]) -> Debt:
    return sum(debts, NOTHING)


def matrix(viewer: Person, now: datetime) -> Matrix:
    """The open requests that ``viewer`` may see, each counted once. At most five statements, whatever their number."""
    at = moment(now)
    today = at.days[0].day
    counted: Iterable[dict[str, Any]] = (
        Request.objects.counted_for(viewer, now)
        .filter(condition(Figure.OPEN, at))
        .order_by()
        .annotate(debtor=DEBTOR, creditor=CREDITOR)
        .values("debtor", "creditor")
        .annotate(
            n_open=Count("pk"),
            n_overdue=Count("pk", filter=condition(Figure.OVERDUE, at)),
            n_unanswered=Count("pk", filter=condition(Figure.UNANSWERED, at)),
            first=Min("asked_on"),
        )
    )
    debts = {
        (row["debtor"], row["creditor"]): Debt(
            row["n_open"], row["n_overdue"], row["n_unanswered"], max(0, (today - row["first"]).days)
        )
        for row in counted
    }
    named = {department for pair in debts for department in pair}
    rows = Department.objects.filter(pk__in=named).order_by("name").values_list(
        "pk", "name", "code", "subject__reference"
    )  # fmt: skip
    return Matrix(today, [Party(*row) for row in rows], debts)
