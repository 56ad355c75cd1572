"""What the executive review is narrowed to. Lists are narrowed by the same, so each number opens what it counts."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from councils.models import Council
from governance.models import Department, Journey, Seat
from governance.queries.departments import with_those_below


class Period(StrEnum):
    """How far back the funnel counts what has come so far. What is open is open now, whatever the period."""

    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


DAYS: dict[Period, int] = {Period.QUARTER: 91, Period.YEAR: 365}


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty fields do not narrow. ``within``: a department and all below it; ``sponsor``: the seat of whoever sponsors
    the action, by itself or through its council."""

    within: Department | None = None
    council: Council | None = None
    sponsor: Seat | None = None
    journey: Journey | None = None
    period: Period = Period.YEAR
    department: Department | None = None
    """That one alone, without those below it: of a department's own page."""
    keys: tuple[int, ...] | None = field(default=None, compare=False)
    """The departments of ``within``, where somebody has found them already."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out; the period leaves nothing out that is open."""
        return self == Scope(period=self.period)

    def since(self, today: date) -> date | None:
        """The first day of the period; None: from the beginning on."""
        return today - timedelta(days=DAYS[self.period]) if self.period in DAYS else None

    def actions(self) -> Q:
        """The condition on actions. One statement where it has departments below one, and nobody has found them yet."""
        found = Q()
        if self.within is not None:
            found &= Q(department__in=self.keys if self.keys is not None else below(self.within))
        if self.department is not None:
            found &= Q(department=self.department)
        if self.council is not None:
            found &= Q(council=self.council)
        if self.sponsor is not None:
            own = Q(sponsor=self.sponsor.pk)
            found &= own | Q(sponsor=None, council__sponsor=self.sponsor.pk)
        if self.journey is not None:
            found &= Q(step__journey=self.journey.pk)
        return found

    def address(self) -> dict[str, str]:
        """As parameters of an address: of the review, and of the lists that it opens. Lists have days of their own."""
        named = {
            "within": self.within,
            "council": self.council,
            "sponsor": self.sponsor,
            "journey": self.journey,
            "department": self.department,
        }
        return {name: thing.subject.reference for name, thing in named.items() if thing is not None}


EVERYTHING = Scope()


def below(department: Department) -> list[int]:
    """A department and all below it, by key. One statement."""
    return sorted(with_those_below([department.pk]))


def of_duties(scope: Scope) -> dict[str, Any]:
    """What ``governance.queries.unacted.listed`` is narrowed to: work asked of seats belongs to no journey.

    Two statements at most.
    """
    councils: list[int] | None = [scope.council.pk] if scope.council is not None else None
    if scope.sponsor is not None:
        theirs = list(Council.objects.filter(sponsor=scope.sponsor.pk).values_list("pk", flat=True))
        councils = theirs if councils is None else [key for key in councils if key in theirs]
    departments: list[int] | None = [scope.department.pk] if scope.department is not None else None
    if scope.within is not None:
        departments = below(scope.within)
    return {"councils": councils, "departments": departments}
