"""What became of what was granted, put together by whatever a caller names: council, department, currency, thing.

Everything is asked of the postings, by the envelope that they belong to; nothing is stored. Money and person-time are
never added up together, nor two currencies: a caller who sums groups by unit and currency first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum, Value

from councils.models import AccountKind, Envelope, Posting, Why
from governance.models import Person

MEASURE = ("envelope__unit", "envelope__currency")
"""What has to be named wherever amounts are summed."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Amounts of one measure, in minor units or minutes.

    ``granted`` = ``free`` + ``allocated``, and ``planned`` = ``left`` + ``spent`` - ``overrun`` + ``returned`` +
    ``lapsed``, whatever happened. What belongs to things alone (a department's actions) has neither granted nor free.
    """

    granted: int = 0
    free: int = 0
    left: int = 0
    """Allocated, and neither spent nor given back."""
    spent: int = 0
    overrun: int = 0
    """Spent beyond what was allocated, and not settled yet."""
    returned: int = 0
    """Given back to the envelope from what had been allocated."""
    lapsed: int = 0
    """Allocated, and gone with the period of its envelope."""

    @property
    def allocated(self) -> int:
        """What was allocated and not given back: what is left of it, and what was spent of it."""
        return self.left + self.spent - self.overrun

    @property
    def committed(self) -> int:
        """Allocated, with all that was spent: for the drawing."""
        return self.left + self.spent

    @property
    def planned(self) -> int:
        """All that was ever allocated, also where it was given back or lapsed: what spending is compared with."""
        return self.allocated + self.returned + self.lapsed

    @property
    def share(self) -> int | None:
        """What was spent of what was planned, in per cent; None where nothing was planned."""
        return round(100 * self.spent / self.planned) if self.planned else None

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


NOTHING = Flow()


@dataclass(frozen=True, slots=True)
class Period:
    """Days that an envelope's own period has one of; an open end does not narrow."""

    from_on: date | None = None
    until_on: date | None = None

    @property
    def is_all(self) -> bool:
        return self.from_on is None and self.until_on is None

    def holds(self) -> Q:
        """The condition on envelopes."""
        found = Q()
        if self.from_on is not None:
            found &= Q(closes_on=None) | Q(closes_on__gte=self.from_on)
        if self.until_on is not None:
            found &= Q(opens_on__lte=self.until_on)
        return found


ALWAYS = Period()


def seen(viewer: Person, now: datetime, period: Period = ALWAYS) -> QuerySet[Envelope]:
    """The envelopes that ``viewer`` may see: of these what is granted and free is told."""
    found: QuerySet[Envelope] = Envelope.objects.visible_to(viewer, now).filter(period.holds())
    return found


def paying(viewer: Person, now: datetime, period: Period = ALWAYS) -> QuerySet[Envelope]:
    """The envelopes of which it is told what they gave to a thing that ``viewer`` may see.

    What an action was given is told to whoever may see the action, whichever open council's envelope it came from; a
    confidential council's envelope is there for those alone who belong to it.
    """
    own = Envelope.objects.visible_to(viewer, now).order_by().values("pk")
    return Envelope.objects.filter(period.holds()).filter(Q(council__is_confidential=False) | Q(pk__in=own))


def flows(
    by: Sequence[str],
    envelopes: QuerySet[Envelope],
    *,
    things: QuerySet[Any] | None = None,
    without: QuerySet[Any] | None = None,
) -> dict[tuple[Any, ...], Flow]:
    """What stands in these envelopes, by the named fields of an account. One statement.

    ``things`` (a query for keys) leaves only what was allocated to one of them, ``without`` only what was allocated to
    none of them. A group of which nothing is to be told is left out.
    """
    amounts: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    came, went = (_moved(side, by, envelopes, things, without) for side in ("target", "source"))
    for *key, kind, sign, total, back, gone in came.union(went, all=True):
        group = amounts[tuple(key)]
        group[kind] += sign * total
        if sign < 0 and kind == AccountKind.ALLOCATION:
            group["back"] += back or 0
            group["gone"] += gone or 0
    told = {
        key: Flow(
            granted=-kinds[AccountKind.GRANTOR],
            free=kinds[AccountKind.FREE],
            left=kinds[AccountKind.ALLOCATION],
            spent=kinds[AccountKind.SPENT],
            overrun=-kinds[AccountKind.OVERRUN],
            returned=kinds["back"],
            lapsed=kinds["gone"],
        )
        for key, kinds in amounts.items()
    }
    return {key: flow for key, flow in told.items() if flow}


def _moved(
    side: str,
    by: Sequence[str],
    envelopes: QuerySet[Envelope],
    things: QuerySet[Any] | None,
    without: QuerySet[Any] | None,
) -> QuerySet[Any, Any]:
    """What came to accounts (``side`` is target) or went from them (source), by the named fields and their kind; the
    sign of it; and of what went: what of it came back, and what lapsed."""
    rows = Posting.objects.filter(**{f"{side}__envelope__in": envelopes.order_by().values("pk")})
    if things is not None:
        rows = rows.filter(**{f"{side}__subject__in": things})
    if without is not None:
        rows = rows.filter(**{f"{side}__subject__isnull": False}).exclude(**{f"{side}__subject__in": without})
    keys = [f"{side}__{name}" for name in (*by, "kind")]
    return rows.order_by().values_list(*keys, Value(1 if side == "target" else -1)).annotate(
        total=Sum("amount"),
        # What a decision that was taken back had allocated was never given, so it did not come back either.
        back=Sum("amount", filter=Q(target__kind=AccountKind.FREE, decision__taken_back_at=None)),
        gone=Sum("amount", filter=Q(why=Why.LAPSED)),
    )  # fmt: skip
