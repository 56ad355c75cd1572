"""What became of actions: whether they worked, what they brought, who was told, and who says it again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from actions import effects
from actions.effects import Effect, Judgement, Kind, Sample, Why
from actions.lifecycle import CLOSED
from actions.models import (
    ACCEPTED_STATES,
    RETURNED,
    ActionItem,
    ActionState,
    Benefit,
    BenefitKind,
    Feedback,
    Outcome,
    OutcomeEffect,
    OutcomeReading,
    OutcomeVerdict,
    Reached,
    Telling,
    TellingLine,
    Theme,
    Verification,
)
from actions.queries.items import shown
from actions.services import outcomes as services
from actions.services.tellings import counted, reached
from councils.queries import books
from governance import access
from governance.clauses import in_days
from governance.drawing import Reading, Sides, draw_sides
from governance.models import Organisation, Person
from governance.money import format_minor
from governance.numbers import in_words
from governance.queries.calendars import calendar_of_seat, local_day

# --- one action ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading as its page tells it."""

    reading: OutcomeReading
    sentence: str
    drawing: Sides | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that an action's page tells about its effect."""

    outcome: Outcome | None
    history: Sequence[Outcome]
    target: str
    readings: Sequence[ReadingLine]
    verdict: OutcomeVerdict | None
    is_due: bool
    """Whether a reading may be taken today."""
    next_day: int | None
    days: str
    """How many days after its verification it is read, in words."""
    is_read: bool
    benefits: Sequence[tuple[Benefit, str]]
    """The amounts that hold."""
    corrected: Sequence[tuple[Benefit, str]]
    """The amounts that were corrected since."""
    telling: Telling | None
    tellings: Sequence[tuple[Telling, dict[str, int]]]
    reach: dict[str, int]
    """How many voices could be told now, and how many not."""
    came_back: Sequence[Verification]


def of(action: ActionItem, now: datetime, viewer: Person | None = None) -> Measured:
    """What is known about the effect of an action that the viewer may see. A bounded number of statements."""
    history = _history(action, viewer, now)
    holds = history[-1] if history else None
    metric = holds.metric if holds else None
    confirmed = Verification.objects.filter(action=action, finding="confirmed", came_back_at=None).last()
    readings = list(
        OutcomeReading.objects.filter(action=action)
        .select_related("by", "outcome__metric__subject", "verification")
        .order_by("verification_id", "day")
    )
    next_day = (
        services.next_review(confirmed, services.reviews(action))
        if metric is not None and confirmed is not None
        else None
    )
    is_verified = action.state == ActionState.VERIFIED and confirmed is not None
    is_due = False
    if metric is not None and confirmed is not None and next_day is not None and is_verified:
        calendar = calendar_of_seat(metric.seat)
        is_due = local_day(calendar, now) >= local_day(calendar, confirmed.at) + timedelta(days=next_day)
    amounts = [
        (one, format_minor(one.amount, one.currency))
        for one in Benefit.objects.filter(action=action)
        .select_related("by", "seat__subject", "corrected_by__by")
        .order_by("from_on", "pk")
    ]
    tellings = list(
        Telling.objects.filter(action=action).select_related("drafted_by", "approved_by", "sent_by").order_by("pk")
    )
    said = OutcomeVerdict.objects.filter(action=action, verification=confirmed).select_related("by")
    return Measured(
        outcome=holds,
        history=history,
        target=_target(holds),
        readings=[reading_line(one) for one in readings],
        verdict=said.first() if confirmed else None,
        is_due=is_due,
        next_day=next_day,
        days=in_days(services.reviews(action)),
        is_read=is_verified and metric is not None and next_day is None,
        benefits=[(one, amount) for one, amount in amounts if not hasattr(one, "corrected_by")],
        corrected=[(one, amount) for one, amount in amounts if hasattr(one, "corrected_by")],
        telling=next((one for one in tellings if one.sent_at is None), None),
        tellings=counts_of([one for one in tellings if one.sent_at is not None]),
        reach=_reach(action) if is_verified and action.theme_id else {},
        came_back=list(Verification.objects.filter(action=action, came_back_at__isnull=False).order_by("pk")),
    )


def _history(action: ActionItem, viewer: Person | None, now: datetime) -> list[Outcome]:
    """All that was fixed, each with ``target_words`` and ``decided``: the decision that changed it, if it is seen."""
    rows = Outcome.objects.filter(action=action).select_related(
        "metric__subject", "metric__seat__subject", "by", "decision__subject"
    )
    found = list(rows.order_by("number"))
    decisions = [one.decision_id for one in found if one.decision_id is not None]
    seen = access.visible_ids(viewer, decisions, now) if decisions and viewer is not None else set()
    for one in found:
        one.target_words = _target(one) if len(found) > 1 else ""  # type: ignore[attr-defined]
        decision = one.decision
        one.decided = shown(decision.subject, seen) if decision is not None else None  # type: ignore[attr-defined]
    return found


def _target(outcome: Outcome | None) -> str:
    if outcome is None or outcome.metric is None or outcome.target is None:
        return ""
    return in_words(outcome.target, outcome.metric.unit, outcome.metric.scale, _currency())


def _currency() -> str:
    return Organisation.objects.values_list("currency", flat=True).get()


def judgement_of(reading: OutcomeReading) -> Judgement:
    """The judgement as it was made then, from its facts: never made again from figures that changed since."""
    facts: dict[str, Any] = reading.facts
    return Judgement(
        effect=Effect(facts["effect"]),
        kind=Kind(facts["kind"]),
        before=Sample(**facts["before"]) if facts["before"] else None,
        after=Sample(**facts["after"]) if facts["after"] else None,
        why=Why(facts["why"]) if facts["why"] else None,
        difference=facts["difference"],
        low=facts["low"],
        high=facts["high"],
        target=facts["target"],
        enough=facts["enough"],
    )


def reading_line(reading: OutcomeReading) -> ReadingLine:
    """A reading in words and drawn."""
    found = judgement_of(reading)
    metric = reading.outcome.metric
    decimals = max(1, metric.scale) if metric is not None else 1
    return ReadingLine(
        reading=reading,
        sentence=effects.sentence(found, decimals),
        drawing=_drawn(found, decimals),
        before=_side(found, found.before, decimals),
        after=_side(found, found.after, decimals),
    )


def _drawn(found: Judgement, decimals: int) -> Sides | None:
    if found.before is None or found.after is None:
        return None
    sides = []
    for says, sample in ((_("before %(value)s"), found.before), (_("after %(value)s"), found.after)):
        low, high = effects.interval(found.kind, sample) or (None, None)
        label = says % {"value": effects.valued(found.kind, sample.value, decimals)}
        sides.append(Reading(label, sample.value, low, high))
    aimed = effects.valued(found.kind, found.target, decimals) if found.target is not None else ""
    return draw_sides(sides, found.target, _("target %(value)s") % {"value": aimed})


def _side(found: Judgement, sample: Sample | None, decimals: int) -> str:
    """One side in words, the text beside the drawing."""
    if sample is None:
        return _("nothing was seen")
    bounds, value = effects.interval(found.kind, sample), effects.valued(found.kind, sample.value, decimals)
    if bounds is None:
        return _("%(value)s, of an unknown number") % {"value": value}
    return _("%(value)s, of %(n)d: truly between %(low)s and %(high)s") % {
        "value": value,
        "n": sample.size or 0,
        "low": effects.valued(found.kind, bounds[0], decimals),
        "high": effects.valued(found.kind, bounds[1], decimals),
    }


# --- who is told ---------------------------------------------------------------------------------------------------


def counts_of(sent: Sequence[Telling]) -> list[tuple[Telling, dict[str, int]]]:
    """What was sent, each with how many voices were told and how many cannot be. One statement."""
    totals: dict[int, dict[str, int]] = defaultdict(lambda: counted([]))
    rows = TellingLine.objects.filter(telling__in=[one.pk for one in sent]).order_by().values("telling", "reached")
    for row in rows.annotate(total=Count("pk")):
        totals[row["telling"]][row["reached"]] = row["total"]
    return [(one, totals[one.pk]) for one in sent]


def _reach(action: ActionItem) -> dict[str, int]:
    """By kinds of consent and whether there is an address: as few rows as there are words for consent."""
    totals = counted([])
    rows = Feedback.objects.filter(theme_id=action.theme_id).order_by().values("consent")
    for row in rows.annotate(total=Count("pk"), addressed=Count("pk", filter=~Q(giver=""))):
        agreed = reached(Feedback(consent=row["consent"], giver="x")) == Reached.TOLD
        totals[Reached.TOLD if agreed else Reached.NO_CONSENT] += row["addressed"]
        totals[Reached.NO_ADDRESS if agreed else Reached.NO_CONSENT] += row["total"] - row["addressed"]
    return totals


# --- customers still saying it -------------------------------------------------------------------------------------


def said_since(actions: Iterable[ActionItem], viewer: Person, now: datetime) -> dict[int, int]:
    """How many more said the same since the promised day was over, of each late action whose theme ``viewer`` may see.

    One statement, whatever their number. The day is over at midnight of the organisation's own zone.
    """
    late = {one.pk: one for one in actions if one.theme_id is not None and one.promised is not None}
    if not late:
        return {}
    since = Feedback.objects.filter(
        theme=OuterRef("theme"), received_at__date__gt=OuterRef("promised"), received_at__lte=now
    )
    total = since.order_by().values("theme").annotate(total=Count("pk")).values("total")
    rows = ActionItem.objects.filter(
        pk__in=late, theme__in=Theme.objects.visible_to(viewer, now).values("pk")
    ).annotate(since=Coalesce(Subquery(total, output_field=IntegerField()), 0))
    return dict(rows.values_list("pk", "since"))


# --- all of them ---------------------------------------------------------------------------------------------------

NOT_READ, NO_KPI, NOT_FIXED = "not_read", "no_kpi", "not_fixed"


def with_verdicts(actions: QuerySet[ActionItem]) -> QuerySet[ActionItem]:
    """With what :data:`GROUPS` asks of a verified action: its last outcome's ``number`` and ``kpi``, and ``verdict``.

    The verdict is of the verification that stands; what was said of an earlier round stays on record there.
    """
    newest = Outcome.objects.filter(action=OuterRef("pk")).order_by("-number")
    said = OutcomeVerdict.objects.filter(action=OuterRef("pk"), verification__at=OuterRef("verified_at"))
    return actions.annotate(
        number=Subquery(newest.values("number")[:1]),
        kpi=Subquery(newest.values("metric")[:1]),
        verdict=Subquery(said.values("effect")[:1]),
    )


def results(viewer: Person, now: datetime) -> QuerySet[ActionItem]:
    """The verified actions that ``viewer`` may see, judged ones first, of each the last verified, with ``kpi`` and
    ``verdict``."""
    newest = Outcome.objects.filter(action=OuterRef("pk")).order_by("-number")
    stands = {"action": OuterRef("pk"), "verification__at": OuterRef("verified_at")}
    said = OutcomeVerdict.objects.filter(**stands)
    read = OutcomeReading.objects.filter(**stands).order_by("-day")
    found = ActionItem.objects.counted_for(viewer, now).filter(state=ActionState.VERIFIED)
    return (
        with_verdicts(found)
        .select_related("subject", "department", "seat__subject")
        .annotate(
            kpi_title=Subquery(newest.values("metric__subject__title")[:1]),
            verdict_words=Subquery(said.values("words")[:1]),
            last_reading=Subquery(read.values("effect")[:1]),
            last_day=Subquery(read.values("day")[:1]),
        )
        .order_by(Case(When(verdict=None, then=1), default=0), "-verified_at", "-pk")
    )


GROUPS: dict[str, Q] = {
    **{effect: Q(verdict=effect) for effect in OutcomeEffect.values},
    NOT_READ: Q(verdict=None, kpi__isnull=False),
    NO_KPI: Q(verdict=None, number__isnull=False, kpi=None),
    NOT_FIXED: Q(number=None),
}
"""Every verified action stands in exactly one."""


def narrowed(found: QuerySet[ActionItem], effect: str) -> QuerySet[ActionItem]:
    """One group of the list: a verdict, or why there is none."""
    return found.filter(GROUPS[effect]) if effect in GROUPS else found


def tally(found: QuerySet[ActionItem]) -> dict[str, int]:
    """How many verified actions stand in each group; together they are all of them. One statement."""
    counts: dict[str, int] = found.order_by().aggregate(**counts_by_group())
    return counts


def counts_by_group() -> dict[str, Count]:
    """What counts :func:`with_verdicts` by group: of verified ones alone, whatever stands beside them."""
    verified = Q(state=ActionState.VERIFIED)
    groups = {name: Count("pk", filter=verified & condition) for name, condition in GROUPS.items()}
    return {"all": Count("pk", filter=verified), **groups}


@dataclass(frozen=True, slots=True)
class Return:
    """What came back for the money in one currency, in minor units. Currencies are never summed."""

    currency: str
    returned: int
    actions: int
    allocated: int
    funded: int
    apart: dict[str, int]
    reopened: int = 0
    """What finance verified of actions that were reopened since: it does not count while they are open."""


def returns(viewer: Person, now: datetime) -> list[Return]:
    """What came back and what was allocated, per currency, of the actions that ``viewer`` may see.

    Counted as returned are amounts that finance verified as cashable or as revenue; the others stand apart. Allocated
    is what every accepted action got and did not give back, by the books, whether it brought something or not. What a
    reopened action brought stands apart until it is verified again. Neither is divided by the other: they are of
    different actions. What came back for each 1 spent is of the same ones (``queries.resourcing.paid_back``).
    """
    seen = ActionItem.objects.counted_for(viewer, now).filter(state__in=ACCEPTED_STATES).values("pk")
    given: dict[str, list[int]] = defaultdict(list)
    for held in books.allocated_apart(seen).values():
        for currency, amount in held.items():
            given[currency].append(amount)
    brought: dict[str, dict[str, int]] = defaultdict(dict)
    stands = Benefit.objects.filter(action__in=seen, corrected_by=None).order_by()
    aside = stands.exclude(action__state__in=CLOSED).filter(kind__in=RETURNED)
    open_again = dict(aside.values_list("currency").annotate(total=Sum("amount")))
    holds = stands.filter(action__state__in=CLOSED)
    for row in holds.values("currency", "kind").annotate(total=Sum("amount")):
        brought[row["currency"]][row["kind"]] = row["total"]
    many = dict(holds.filter(kind__in=RETURNED).values_list("currency").annotate(total=Count("action", distinct=True)))
    return [
        Return(
            currency=currency,
            returned=sum(brought[currency].get(kind, 0) for kind in RETURNED),
            actions=many.get(currency, 0),
            allocated=sum(given[currency]),
            funded=len(given[currency]),
            apart={
                kind: brought[currency][kind]
                for kind in BenefitKind.values
                if kind not in RETURNED and kind in brought[currency]
            },
            reopened=open_again.get(currency, 0),
        )
        for currency in sorted({*given, *brought, *open_again})
    ]
