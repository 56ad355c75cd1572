"""One department for whoever reviews it: its steps and promises, what it owes and is owed, what it was given, who
helped it, and what its work moved. Open work and what came of it; what became of its word stands in the promise record.

Everything is what the viewer may see, of the department alone or with those below it. 14 statements, whatever it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, F, Q, When, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise as StrPromise
from django.utils.functional import cached_property

from actions.debts import Figure as DebtFigure
from actions.debts import condition as debt_condition
from actions.debts import is_the_askeds, owed_to, owing
from actions.effects import Judgement
from actions.figures import LABELS, Figure, Moment, condition
from actions.models import (
    OPEN_STATES,
    STANDING_STATES,
    ActionItem,
    ActionState,
    OutcomeEffect,
    OutcomeReading,
    Request,
)
from actions.queries import outcomes
from actions.queries.late import LatePromises, late_promises
from actions.queries.resourcing import Back, Gains, Measure, gained, given_to, paid_back
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
class Work:
    """What it has open, by figure, and what came of what it verified (``outcomes.GROUPS``)."""

    open: int
    counts: Sequence[Counted]
    effects: Mapping[str, int]


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
    work = _work(viewer, now, place, at)
    owes, is_owed, between = _debts(viewer, now, place, at, shown)
    answered, helped = _helped(viewer, now, place, None if every_answer else shown)
    gains = gained(viewer, now, place.scope)
    results = outcomes.results(viewer, now).filter(place.scope.actions())
    return DepartmentReview(
        place=place,
        on=at.days[0].day,
        open=work.open,
        counts=work.counts,
        late=late_promises(
            viewer, now, shown=shown or 10_000, scope=place.scope, at=at, total=counted(work.counts, Figure.LATE)
        ),
        steps=_steps(viewer, now, place),
        owes=owes,
        is_owed=is_owed,
        between=between,
        given=given_to(viewer, now, place.scope),
        help=answered,
        helped=helped,
        effects=work.effects,
        moved=_moved(results[:shown], gains),
        back=paid_back(viewer, now, place.scope, at, gains),
    )


def late_of_open(viewer: Person, now: datetime, place: Place) -> tuple[int, int]:
    """How many of its open actions are late, as the page says, and how many are open. A statement or two."""
    late = Count("pk", filter=condition(Figure.LATE, moment(now)))
    standing = ActionItem.objects.counted_for(viewer, now).filter(place.scope.actions(), state__in=STANDING_STATES)
    row = standing.aggregate(late=late, open=Count("pk"))
    return row["late"], row["open"]


# --- its promises --------------------------------------------------------------------------------------------------


def _work(viewer: Person, now: datetime, place: Place, at: Moment) -> Work:
    """What it has open, by figure, and what came of what it verified. One statement."""
    standing, running = Q(state__in=STANDING_STATES), Q(state__in=OPEN_STATES)
    # Said of each action first: what counts beside a verdict, which is found by a query, is counted around all that.
    flags = {
        f"is_{one}": Case(When(condition(one, at) & (running if one == Figure.PROMISED else standing), then=1))
        for one in ASKED
    }
    came = {f"came_{name}": count for name, count in outcomes.counts_by_group().items()}
    seen = ActionItem.objects.counted_for(viewer, now).filter(place.scope.actions())
    row = (
        outcomes.with_verdicts(seen.filter(standing | Q(state=ActionState.VERIFIED)))
        .annotate(**flags)
        .order_by()
        .aggregate(every=Count("pk", filter=standing), **{f"n_{one}": Count(f"is_{one}") for one in ASKED}, **came)
    )
    return Work(
        open=row["every"],
        counts=[Counted(one, row[f"n_{one}"], "underway" if one == Figure.PROMISED else "") for one in ASKED],
        effects={name.removeprefix("came_"): row[name] for name in came},
    )


# --- its steps -----------------------------------------------------------------------------------------------------


def _steps(viewer: Person, now: datetime, place: Place) -> Sequence[StepStanding]:
    """The steps for which a seat of its answers, journey by journey. Two statements.

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
    """What it owes, what it is owed, and how many open requests are between its own departments. One statement.

    The first of each side, and beside each of them how many there are of all.
    """
    late, unanswered = (debt_condition(one, at) for one in (DebtFigure.OVERDUE, DebtFigure.UNANSWERED))
    sides = {"owes": owing(*place.keys), "is_owed": owed_to(*place.keys)}
    between = Q(from_department__in=place.keys, to_department__in=place.keys)
    found = (
        Request.objects.counted_for(viewer, now)
        .filter(debt_condition(DebtFigure.OPEN, at) & (sides["owes"] | sides["is_owed"]))
        .select_related("from_department", "to_department", "subject")
        .annotate(is_overdue=_whether(late), between=Window(Count("pk", filter=between)))
        .order_by("asked_on", "pk")
    )
    wanted = Q()
    for name, which in sides.items():
        found = found.annotate(
            **{
                name: _whether(which),
                f"{name}_open": Window(Count("pk", filter=which)),
                f"{name}_overdue": Window(Count("pk", filter=which & late)),
                f"{name}_unanswered": Window(Count("pk", filter=which & unanswered)),
                f"{name}_rank": Window(RowNumber(), partition_by=F(name), order_by=["asked_on", "pk"]),
            }
        )
        wanted |= Q(**{name: True, f"{name}_rank__lte": shown})
    rows = list(found if shown is None else found.filter(wanted))

    def side(name: str) -> Side:
        counts = {of: getattr(rows[0], f"{name}_{of}") if rows else 0 for of in ("open", "overdue", "unanswered")}
        mine = [one for one in rows if getattr(one, name)]
        return Side(**counts, listed=[_debt(one, debtor=name == "owes") for one in mine[:shown]])

    return side("owes"), side("is_owed"), rows[0].between if rows else 0


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False)


def _debt(one: Request, *, debtor: bool) -> Debt:
    other = one.from_department if is_the_askeds(one.state) == debtor else one.to_department
    return Debt(one, other.name, one.asked_on, one.due_on, one.is_overdue)  # type: ignore[attr-defined]  # annotated


# --- who helped ----------------------------------------------------------------------------------------------------


def _helped(viewer: Person, now: datetime, place: Place, shown: int | None) -> tuple[Sequence[HelpRequest], int]:
    """What was answered of the help that was asked for with what its seats owe, the last answer first; and how many
    answers there are. One statement."""
    seats = Seat.objects.counted_for(viewer, now).order_by().values("pk")
    found = (
        helping.seen(viewer, now)
        .filter(answered_at__isnull=False, duty__seat__department__in=place.keys)
        .filter(duty__seat__in=seats, asked__in=seats)
        .annotate(all_of_them=Window(Count("pk")))
        .order_by(F("answered_at").desc(), "-pk")
    )
    listed = list(found[:shown])
    return listed, listed[0].all_of_them if listed else 0


# --- what its work moved -------------------------------------------------------------------------------------------


def _moved(actions: Iterable[ActionItem], gains: Gains) -> Sequence[Moved]:
    """These verified actions, as ``outcomes.results`` reads them, with reading and benefit. Two statements."""
    listed = list(actions)
    last: dict[int, OutcomeReading] = {}
    readings = OutcomeReading.objects.filter(action__in=listed, verification__at=F("action__verified_at"))
    for reading in readings.select_related("outcome__metric__subject").order_by("day"):
        last[reading.action_id] = reading
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
            benefit={currency: of_actions[one.pk] for currency, of_actions in gains.items() if one.pk in of_actions},
        )
        for one in listed
    ]
