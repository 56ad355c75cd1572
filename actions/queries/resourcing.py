"""Resources as their viewer may see them: granted, allocated, spent, given back, free; and what came back for it.

By council it is told of envelopes that the viewer may see, by department of actions that they may see, of whichever
open envelope these were paid from (``councils.queries.resources.paying``). What each figure is stands in
``docs/figures.md``. The number of statements grows with nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from actions.figures import Figure, Moment, condition
from actions.lifecycle import CLOSED
from actions.models import RETURNED, STANDING_STATES, ActionItem, Benefit
from actions.paying_back import PaidBack, judge
from actions.queries.review import moment
from actions.queries.scope import EVERYTHING, Scope
from councils.models import Account, AccountKind, Unit
from councils.queries import resources as books
from councils.queries.resources import ALWAYS, MEASURE, NOTHING, Flow, Period
from governance.models import Person, Subject

SHOWN = 8
_DEPARTMENT = "subject__actionitem__department_id"


@dataclass(frozen=True, slots=True)
class Measure:
    """In what something is counted: money of one currency in minor units, or person-time in minutes."""

    unit: str
    currency: str

    @property
    def is_money(self) -> bool:
        return self.unit == Unit.MONEY


@dataclass(frozen=True, slots=True)
class Line:
    """One council or department."""

    reference: str
    name: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Book:
    """All that is told in one measure: rows by name, and their sums."""

    measure: Measure
    councils: Sequence[Line]
    departments: Sequence[Line]
    elsewhere: Flow = NOTHING
    """What the envelopes in the table by council gave to something that is no action the viewer may see."""

    @property
    def granted(self) -> Flow:
        return sum((line.flow for line in self.councils), NOTHING)

    @property
    def given(self) -> Flow:
        return sum((line.flow for line in self.departments), NOTHING)


@dataclass(frozen=True, slots=True)
class Overrun:
    """An action that owes what was spent on it beyond its allocation."""

    action: ActionItem
    measure: Measure
    flow: Flow


@dataclass(frozen=True, slots=True)
class Unfunded:
    """Of a department's ``open`` actions those to which nothing is allocated, although they need something."""

    reference: str
    name: str
    open: int
    unfunded: int


@dataclass(frozen=True, slots=True)
class Back:
    """What came back in one currency for what was spent; ``waiting`` verified actions were paid for, and finance
    verified nothing of them yet."""

    currency: str
    paid: PaidBack
    waiting: int = 0
    waiting_spent: int = 0


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that the page, its sheets and the API tell."""

    books: Sequence[Book]
    overruns: Sequence[Overrun]
    more_overruns: int
    unfunded: Sequence[Unfunded]
    back: Sequence[Back]
    is_cut: bool = False
    """Whether it is narrowed to departments: then nothing is told of what councils were granted and have free."""

    @property
    def open(self) -> int:
        return sum(one.open for one in self.unfunded)

    @property
    def lacking(self) -> int:
        return sum(one.unfunded for one in self.unfunded)


def resources(viewer: Person, now: datetime, scope: Scope = EVERYTHING, period: Period = ALWAYS) -> Resources:
    """What ``viewer`` may see. ``period`` narrows envelopes alone: promises and benefit are of no envelope's period."""
    seen, at = _actions(viewer, now, scope), moment(now)
    found, more = overruns(viewer, now, scope, period)
    return Resources(
        books=book_by_measure(viewer, now, scope, period),
        overruns=found,
        more_overruns=more,
        unfunded=_unfunded(seen, at),
        back=paid_back(viewer, now, scope, at),
        is_cut=_is_cut(scope),
    )


def _is_cut(scope: Scope) -> bool:
    """Whether it leaves some of what an envelope was given for out of sight."""
    return scope.within is not None or scope.department is not None or scope.journey is not None


def _actions(viewer: Person, now: datetime, scope: Scope) -> QuerySet[ActionItem]:
    found: QuerySet[ActionItem] = ActionItem.objects.counted_for(viewer, now).filter(scope.actions()).order_by()
    return found


# --- by council and by department ----------------------------------------------------------------------------------


def book_by_measure(
    viewer: Person, now: datetime, scope: Scope = EVERYTHING, period: Period = ALWAYS
) -> Sequence[Book]:
    """Money first, by currency; then person-time. Four statements.

    Narrowed to departments, a council's row tells what its envelopes gave to their actions: what was granted and what
    is free belongs to no department.
    """
    keys = _actions(viewer, now, scope).values("pk")
    own = books.seen(viewer, now, period)
    if scope.council is not None:
        own = own.filter(council=scope.council)
    if scope.sponsor is not None:
        own = own.filter(council__sponsor=scope.sponsor.pk)
    is_cut = _is_cut(scope)
    by_council = books.flows(["envelope__council_id", *MEASURE], own, things=keys if is_cut else None)
    by_department = books.flows([_DEPARTMENT, *MEASURE], books.paying(viewer, now, period), things=keys)
    elsewhere = {} if is_cut else books.flows(MEASURE, own, without=_actions(viewer, now, EVERYTHING).values("pk"))
    names = _names({key[0] for key in (*by_council, *by_department)})
    councils, departments = _named(by_council, names), _named(by_department, names)
    known = sorted({*councils, *departments}, key=lambda one: (not one.is_money, one.currency))
    return [
        Book(one, councils.get(one, ()), departments.get(one, ()), elsewhere.get((one.unit, one.currency), NOTHING))
        for one in known
    ]


def _names(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Reference and name of councils and departments: a subject is called by its title. One statement."""
    rows = Subject.objects.filter(pk__in=set(keys)).values_list("pk", "reference", "title")
    return {pk: (reference, title) for pk, reference, title in rows}


def _named(
    found: Mapping[tuple[Any, ...], Flow], names: Mapping[int, tuple[str, str]]
) -> dict[Measure, Sequence[Line]]:
    """By measure, in the order of the names."""
    told: dict[Measure, list[Line]] = defaultdict(list)
    for (pk, unit, currency), flow in found.items():
        told[Measure(unit, currency)].append(Line(*names[pk], flow))
    return {measure: sorted(lines, key=lambda line: (line.name, line.reference)) for measure, lines in told.items()}


def given_to(viewer: Person, now: datetime, scope: Scope) -> dict[Measure, Flow]:
    """What was given to the actions of a scope and what became of it. One statement."""
    return given_to_these(_actions(viewer, now, scope), viewer, now)


def given_to_these(actions: QuerySet[ActionItem], viewer: Person, now: datetime) -> dict[Measure, Flow]:
    """The same of actions that ``viewer`` may see, whichever they are. One statement."""
    found = books.flows(MEASURE, books.paying(viewer, now), things=actions.order_by().values("pk"))
    order = sorted(found, key=lambda key: (key[0] != Unit.MONEY, key[1]))
    return {Measure(*key): found[key] for key in order}


# --- what is overrun, what has nothing -----------------------------------------------------------------------------


def overruns(
    viewer: Person, now: datetime, scope: Scope = EVERYTHING, period: Period = ALWAYS
) -> tuple[Sequence[Overrun], int]:
    """The first actions that owe what was spent beyond their allocation, and how many more owe it.

    Money before time and by currency, then the largest first: amounts of two measures have no common order.
    """
    paying = books.paying(viewer, now, period).order_by().values("pk")
    owing = (
        Account.objects.filter(
            kind=AccountKind.OVERRUN, envelope__in=paying, subject__in=_actions(viewer, now, scope).values("pk")
        )
        .weighed()
        .order_by()
        .values("subject_id", *MEASURE)
        .annotate(total=Sum("balance"))
        .filter(total__lt=0)
        .order_by("envelope__unit", "envelope__currency", "total", "subject_id")
    )
    first = list(owing[:SHOWN])
    more = owing.count() - SHOWN if len(first) == SHOWN else 0
    if not first:
        return [], 0
    keys = {row["subject_id"] for row in first}
    actions = ActionItem.objects.select_related("subject", "department").in_bulk(keys)
    whole = books.flows(
        ["subject_id", *MEASURE],
        books.paying(viewer, now, period),
        things=ActionItem.objects.filter(pk__in=keys).order_by().values("pk"),
    )
    return [
        Overrun(
            actions[row["subject_id"]],
            Measure(row["envelope__unit"], row["envelope__currency"]),
            whole[row["subject_id"], row["envelope__unit"], row["envelope__currency"]],
        )
        for row in first
    ], more


def _unfunded(seen: QuerySet[ActionItem], at: Moment) -> Sequence[Unfunded]:
    """By department, the one with most first. As the executive review counts them."""
    rows = (
        seen.filter(state__in=STANDING_STATES)
        .values("department__subject__reference", "department__name")
        .annotate(open=Count("pk"), unfunded=Count("pk", filter=condition(Figure.UNFUNDED, at)))
        .order_by("-unfunded", "department__name")
    )
    return [Unfunded(*row) for row in rows.values_list(
        "department__subject__reference", "department__name", "open", "unfunded"
    )]  # fmt: skip


# --- what came back ------------------------------------------------------------------------------------------------


Gains = Mapping[str, Mapping[int, int]]
"""By currency and action, in minor units: what finance verified as cashable or as revenue, and did not correct."""


def gained(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> Gains:
    """Of closed actions. One statement."""
    seen = _actions(viewer, now, scope).filter(state__in=sorted(CLOSED))
    stands = Benefit.objects.filter(action__in=seen.values("pk"), corrected_by=None, kind__in=RETURNED).order_by()
    gains: dict[str, dict[int, int]] = defaultdict(dict)
    for action, currency, total in stands.values_list("action_id", "currency").annotate(Sum("amount")):
        gains[currency][action] = total
    return gains


def paid_back(
    viewer: Person, now: datetime, scope: Scope = EVERYTHING, at: Moment | None = None, gains: Gains | None = None
) -> Sequence[Back]:
    """By currency: what finance verified, over what was spent on the same actions. One statement for whoever passes
    which day it is where (``at``), and what finance verified (``gains``).

    Time and money are not compared.
    """
    gains = gained(viewer, now, scope) if gains is None else gains
    brought, waits = condition(Figure.BROUGHT, at or moment(now)), condition(Figure.UNCOUNTED, at or moment(now))
    spent: dict[tuple[int, str], int] = {}
    # Action by action: on each, money of a currency may stand although another's was reversed.
    waiting: dict[str, list[int]] = defaultdict(list)
    verified = {action for of_currency in gains.values() for action in of_currency}
    for (action, currency), flow in books.flows(
        ["subject_id", "envelope__currency"],
        books.paying(viewer, now).filter(unit=Unit.MONEY),
        things=_actions(viewer, now, scope).filter(brought | waits).values("pk"),
    ).items():
        spent[action, currency] = flow.spent
        # What waits has no benefit at all, in no currency.
        if action not in verified and flow.spent > 0:
            waiting[currency].append(flow.spent)
    return [
        Back(
            currency,
            judge([(gain, spent.get((action, currency), 0)) for action, gain in gains.get(currency, {}).items()]),
            len(waiting[currency]),
            sum(waiting[currency]),
        )
        for currency in sorted({*gains, *waiting})
    ]
