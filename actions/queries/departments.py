"""One department for whoever reviews it: its steps and promises, what it owes and is owed, what it was given, who
helped it, and what its work moved. Open work and what came of it; what became of its word stands in the promise record.

Everything is what the viewer may see, of the department alone or with those below it. The statements grow with nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils.functional import Promise as StrPromise
from django.utils.functional import cached_property

from actions.debts import Figure as DebtFigure
from actions.debts import condition as debt_condition
from actions.debts import is_the_askeds, owed_to, owing
from actions.effects import Judgement
from actions.figures import LABELS, Figure, Moment, condition
from actions.models import (
    OPEN_STATES,
    RETURNED,
    STANDING_STATES,
    ActionItem,
    Benefit,
    OutcomeEffect,
    OutcomeReading,
    Request,
)
from actions.queries import outcomes
from actions.queries.late import LatePromises, late_promises
from actions.queries.resourcing import Back, Measure, given_to, paid_back
from actions.queries.review import moment
from actions.queries.scope import Scope, below
from councils.queries.resources import Flow
from governance.models import Department, HelpRequest, Person, Seat
from governance.queries import helping, journeys
from governance.queries.journeys import StepStanding
from governance.queries.seats import standings

SHOWN = 6

ASKED = (
    Figure.PROMISED, Figure.LATE, Figure.BLOCKED, Figure.NO_DATE, Figure.UNOWNED, Figure.UNFUNDED, Figure.UNVERIFIED,
)  # fmt: skip
"""What is counted of its actions. Of promises those under way are told here: what is open, and not what was."""


@dataclass(frozen=True)
class Place:
    """The department that is looked at, alone or with all below it."""

    department: Department
    with_below: bool = False

    @cached_property
    def keys(self) -> list[int]:
        """Of the departments. One statement, where those below count."""
        return below(self.department) if self.with_below else [self.department.pk]

    @property
    def scope(self) -> Scope:
        if not self.with_below:
            return Scope(department=self.department)
        return Scope(within=self.department, keys=tuple(self.keys))


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure of its promises, of ``open``; ``state`` narrows the list that it opens as well."""

    figure: Figure
    value: int
    state: str = ""

    @property
    def label(self) -> str | StrPromise:
        return LABELS[self.figure]


@dataclass(frozen=True, slots=True)
class Debt:
    """An open request: the department of the other side, and which day its next move is due."""

    request: Request
    other: str
    asked_on: date
    due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Side:
    """What it owes, or is owed: how much, and the first of it, asked longest ago first."""

    open: int
    overdue: int
    unanswered: int
    listed: Sequence[Debt]


@dataclass(frozen=True, slots=True)
class Moved:
    """A verified action: what its KPI said last, what a person said, what finance verified by currency."""

    action: ActionItem
    kpi: str
    is_fixed: bool
    """Whether it was said by what it is read, or why by nothing."""
    reading: OutcomeReading | None
    judgement: Judgement | None
    verdict: str
    words: str
    benefit: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DepartmentReview:
    place: Place
    on: date
    open: int
    counts: Sequence[Counted]
    late: LatePromises
    steps: Sequence[StepStanding]
    owes: Side
    is_owed: Side
    between: int
    """How many of these stand on both sides, because both departments are counted here."""
    given: Mapping[Measure, Flow]
    help: Sequence[HelpRequest]
    helped: int
    """How many requests for help were answered; ``help`` are the last of them."""
    effects: Mapping[str, int]
    """Verified actions by what came of them (``outcomes.GROUPS``), and ``all`` of them."""
    moved: Sequence[Moved]
    back: Sequence[Back]

    def of(self, figure: str) -> int:
        return counted(self.counts, figure)

    @property
    def holes(self) -> int:
        return sum(step.is_hole for step in self.steps)


def counted(counts: Sequence[Counted], figure: str) -> int:
    return next(one.value for one in counts if one.figure == figure)


def department_review(
    viewer: Person, now: datetime, place: Place, *, shown: int | None = SHOWN, every_answer: bool = False
) -> DepartmentReview:
    """The whole page. ``shown`` rows of each list, or all; ``every_answer`` shows all the help that was received."""
    at = moment(now)
    standing, counts = _counts(viewer, now, place, at)
    owes, is_owed, between = _debts(viewer, now, place, at, shown)
    helped = _helped(viewer, now, place)
    results = outcomes.results(viewer, now).filter(place.scope.actions())
    return DepartmentReview(
        place=place,
        on=at.days[0].day,
        open=standing,
        counts=counts,
        late=late_promises(
            viewer, now, shown=shown or 10_000, scope=place.scope, at=at, total=counted(counts, Figure.LATE)
        ),
        steps=_steps(viewer, now, place),
        owes=owes,
        is_owed=is_owed,
        between=between,
        given=given_to(viewer, now, place.scope),
        help=list(helped if every_answer or shown is None else helped[:shown]),
        helped=helped.count(),
        effects=outcomes.tally(results),
        moved=_moved(list(results if shown is None else results[:shown])),
        back=paid_back(viewer, now, place.scope, at),
    )


def late_of_open(viewer: Person, now: datetime, place: Place) -> tuple[int, int]:
    """How many of its open actions are late, as the page says, and how many are open. A statement or two."""
    standing, counts = _counts(viewer, now, place, moment(now))
    return counted(counts, Figure.LATE), standing


# --- its promises --------------------------------------------------------------------------------------------------


def _counts(viewer: Person, now: datetime, place: Place, at: Moment) -> tuple[int, Sequence[Counted]]:
    """Of its open actions. One statement."""
    running = Q(state__in=OPEN_STATES)
    row = (
        ActionItem.objects.visible_to(viewer, now)
        .filter(place.scope.actions(), state__in=STANDING_STATES)
        .aggregate(
            every=Count("pk"),
            **{
                f"n_{figure}": Count(
                    "pk", filter=condition(figure, at) & (running if figure == Figure.PROMISED else Q())
                )
                for figure in ASKED
            },
        )
    )
    return row["every"], [
        Counted(figure, row[f"n_{figure}"], "underway" if figure == Figure.PROMISED else "") for figure in ASKED
    ]


# --- its steps -----------------------------------------------------------------------------------------------------


def _steps(viewer: Person, now: datetime, place: Place) -> Sequence[StepStanding]:
    """The steps for which a seat of its answers, journey by journey. Four statements.

    A step for which nobody was ever named is of no department, and stands on the coverage map.
    """
    steps = list(
        journeys.steps_listed(viewer, now)
        .filter(seat__department__in=place.keys, journey__subject__archived_at=None)
        .order_by("journey__subject__title", "journey_id", "position")
    )
    stand = {one.seat.pk: one for one in standings({step.seat_id: step.seat for step in steps}.values(), now)}  # type: ignore[arg-type]  # each has a seat
    return [StepStanding(step, stand.get(step.seat_id or 0)) for step in steps]


# --- who owes ------------------------------------------------------------------------------------------------------


def _debts(viewer: Person, now: datetime, place: Place, at: Moment, shown: int | None) -> tuple[Side, Side, int]:
    """What it owes, what it is owed, and how many open requests are between its own departments. Three statements."""
    found = Request.objects.visible_to(viewer, now).filter(debt_condition(DebtFigure.OPEN, at))
    late, unanswered = (debt_condition(one, at) for one in (DebtFigure.OVERDUE, DebtFigure.UNANSWERED))
    sides = {"owes": owing(*place.keys), "is_owed": owed_to(*place.keys)}
    row = found.order_by().aggregate(
        between=Count("pk", filter=Q(from_department__in=place.keys, to_department__in=place.keys)),
        **{f"{name}_open": Count("pk", filter=which) for name, which in sides.items()},
        **{f"{name}_overdue": Count("pk", filter=which & late) for name, which in sides.items()},
        **{f"{name}_unanswered": Count("pk", filter=which & unanswered) for name, which in sides.items()},
    )
    listed = found.annotate(is_overdue=Case(When(late, then=True), default=False)).order_by("asked_on", "pk")
    listed = listed.select_related("from_department", "to_department", "subject")
    owes, is_owed = (
        Side(
            open=row[f"{name}_open"],
            overdue=row[f"{name}_overdue"],
            unanswered=row[f"{name}_unanswered"],
            listed=[_debt(one, debtor=name == "owes") for one in listed.filter(which)[:shown]],
        )
        for name, which in sides.items()
    )
    return owes, is_owed, row["between"]


def _debt(one: Request, *, debtor: bool) -> Debt:
    other = one.from_department if is_the_askeds(one.state) == debtor else one.to_department
    return Debt(one, other.name, one.asked_on, one.due_on, one.is_overdue)  # type: ignore[attr-defined]  # annotated


# --- who helped ----------------------------------------------------------------------------------------------------


def _helped(viewer: Person, now: datetime, place: Place) -> QuerySet[HelpRequest]:
    """What was answered of the help that was asked for with what its seats owe, the last answer first."""
    seats = Seat.objects.visible_to(viewer, now).order_by().values("pk")
    return (
        helping.seen(viewer, now)
        .filter(answered_at__isnull=False, duty__seat__department__in=place.keys)
        .filter(duty__seat__in=seats, asked__in=seats)
        .order_by(F("answered_at").desc(), "-pk")
    )


# --- what its work moved -------------------------------------------------------------------------------------------


def _moved(actions: Sequence[ActionItem]) -> Sequence[Moved]:
    """These verified actions, as ``outcomes.results`` reads them, with reading and benefit. Two statements."""
    keys = [one.pk for one in actions]
    last: dict[int, OutcomeReading] = {}
    readings = OutcomeReading.objects.filter(action__in=keys, verification__at=F("action__verified_at"))
    for reading in readings.select_related("outcome__metric__subject").order_by("day"):
        last[reading.action_id] = reading
    brought: dict[int, dict[str, int]] = defaultdict(dict)
    stands = Benefit.objects.filter(action__in=keys, corrected_by=None, kind__in=RETURNED).order_by()
    for pk, currency, total in stands.values_list("action_id", "currency").annotate(Sum("amount")):
        brought[pk][currency] = total
    words = dict(OutcomeEffect.choices)
    return [
        Moved(
            action=one,
            kpi=one.kpi_title or "",  # type: ignore[attr-defined]  # annotated
            is_fixed=bool(one.number),  # type: ignore[attr-defined]
            reading=last.get(one.pk),
            judgement=outcomes.judgement_of(last[one.pk]) if one.pk in last else None,
            verdict=str(words.get(one.verdict, "")),  # type: ignore[attr-defined]
            words=one.verdict_words or "",  # type: ignore[attr-defined]
            benefit=dict(brought.get(one.pk, {})),
        )
        for one in actions
    ]
