"""Defining metrics, writing down what was observed, and setting goals that can be told to be reached."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Invalid, Refused
from governance.models import Better, Goal, Metric, Observation, Organisation, Person, Seat, SubjectKind, Unit
from governance.money import exponent
from governance.numbers import plain, share
from governance.queries.calendars import local_day
from governance.services import journal, subjects

DEFINED = events.declare("governance.metric.defined", says=gettext_lazy("{by} defined the metric {subject}"))
OBSERVED = events.declare(
    "governance.metric.observed", says=gettext_lazy("{by} wrote down {value} for {on}: {subject}")
)
CORRECTED = events.declare(
    "governance.metric.corrected", says=gettext_lazy("{by} corrected {on} to {value}: {subject}")
)
AIMED = events.declare("governance.goal.set", says=gettext_lazy("{by} set the goal {subject}"))

SCALES: dict[str, int] = {Unit.PERCENT: 1, Unit.SCORE: 1}
"""Decimals of a unit where nobody says: percent and scores have one, money has its currency's, the rest none."""


@transaction.atomic
def define(
    *,
    title: str,
    unit: str,
    seat: Seat,
    by: Person,
    now: datetime,
    better: str = Better.UP,
    meaning: str = "",
    scale: int | None = None,
) -> Metric:
    """Define a metric that everybody may read; ``seat`` answers for its being known.

    By whoever leads the seat's department. Raises :class:`Invalid` at the field.
    """
    access.require(by, access.LEAD, seat.department, now)
    if not title.strip():
        raise Invalid(_("Name the metric, such as “Customers who would recommend us”."), field="title")
    if unit not in Unit.values or better not in Better.values:
        raise Invalid(_("Choose what it counts in, and whether higher or lower is better."), field="unit")
    subjects.require_known_seats([seat], _("Everybody reads a metric. Choose a seat that everybody may know of."))
    organisation = Organisation.objects.get()
    if unit == Unit.MONEY:
        scale = exponent(organisation.currency)
    scale = SCALES.get(unit, 0) if scale is None else scale
    if not 0 <= scale <= 4:
        raise Invalid(_("A metric has none to four decimals."), field="scale")
    subject = subjects.create(SubjectKind.METRIC, title=title.strip(), now=now, audience=[subjects.everybody()])
    metric = Metric.objects.create(
        subject=subject, unit=unit, scale=scale, better=better, meaning=meaning.strip(), seat=seat
    )
    journal.record(DEFINED, subject=subject, by=by, now=now, unit=unit, mentions=[("seat", seat.subject)])
    return metric


@transaction.atomic
def observe(
    *,
    metric: Metric,
    on: date,
    by: Person,
    now: datetime,
    value: int | None = None,
    numerator: int | None = None,
    denominator: int | None = None,
    detractors: int | None = None,
    answers: int | None = None,
    spread: int | None = None,
    note: str = "",
) -> Observation:
    """Write down what the metric was on a day; the value in the metric's scale. A day that has one is corrected.

    Percents may be given as so many of so many, a net promoter score as promoters (``numerator``) and ``detractors`` of
    so many; the value then follows. A mean may say of how many ``answers`` it is, with their standard deviation
    (``spread``, in the metric's scale): without a size nobody can tell later whether a change was more than chance. By
    the metric's seat, or whoever leads its department. Raises :class:`Invalid` at the field.
    """
    require_keeping(metric, by, now)
    Metric.objects.select_for_update().get(pk=metric.pk)
    if on > local_day(Organisation.objects.select_related("calendar").get().calendar, now):
        raise Invalid(_("That day has not come. Write down what was seen."), field="on")
    value = _settled(metric, value, numerator, denominator, detractors)
    _require_size(metric, answers, spread)
    before = Observation.objects.filter(metric=metric, on=on, corrected_by=None).first()
    if before is not None and not note.strip():
        raise Invalid(
            _("There is %(value)s for that day already. Say why it changes.")
            % {"value": plain(before.value, metric.scale)},
            field="note",
        )
    made = Observation.objects.create(
        metric=metric,
        on=on,
        value=value,
        numerator=numerator,
        denominator=denominator,
        detractors=detractors,
        answers=answers,
        spread=spread,
        note=note.strip()[:300],
        corrects=before,
        by=by,
        at=now,
    )
    event = OBSERVED if before is None else CORRECTED
    journal.record(event, subject=metric.subject, by=by, now=now, value=plain(value, metric.scale), on=on.isoformat())
    return made


def _require_size(metric: Metric, answers: int | None, spread: int | None) -> None:
    """What a mean says of its size: both, or nothing."""
    if (answers is None) != (spread is None):
        raise Invalid(_("Write both: of how many answers, and their standard deviation."), field="answers")
    if answers is None or spread is None:
        return
    if metric.unit in (Unit.PERCENT, Unit.NPS, Unit.COUNT):
        raise Invalid(_("This metric is no mean. Write how many, and of how many."), field="answers")
    if answers < 2 or spread < 0:
        raise Invalid(_("A standard deviation is of two answers or more, and not below nothing."), field="spread")


def _settled(
    metric: Metric, value: int | None, numerator: int | None, denominator: int | None, detractors: int | None = None
) -> int:
    """The value: as it was said, or as it follows from its parts."""
    if (numerator is None) != (denominator is None):
        raise Invalid(_("Write both: how many, and of how many."), field="denominator")
    if numerator is not None and denominator is not None:
        if denominator <= 0 or not 0 <= numerator <= denominator:
            raise Invalid(_("The part lies between nothing and the whole, and the whole is above nothing."),
                          field="numerator")  # fmt: skip
        if detractors is not None and (metric.unit != Unit.NPS or not 0 <= detractors <= denominator - numerator):
            raise Invalid(_("Promoters and detractors of a net promoter score are at most all answers."),
                          field="detractors")  # fmt: skip
        if metric.unit == Unit.PERCENT or detractors is not None:
            follows = share(numerator, denominator, metric.scale)
            if detractors is not None:
                follows = share(numerator - detractors, denominator, metric.scale)
            if value is not None and value != follows:
                raise Invalid(
                    _("%(part)s of %(whole)s is %(value)s. Leave the value empty, or mend the parts.")
                    % {"part": numerator, "whole": denominator, "value": plain(follows, metric.scale)},
                    field="value",
                )
            return follows
    if detractors is not None and denominator is None:
        raise Invalid(_("Write all three: promoters, detractors, and of how many."), field="denominator")
    if value is None:
        raise Invalid(_("Write the value, or for a percent how many of how many."), field="value")
    return value


@transaction.atomic
def set_goal(
    *,
    by: Person,
    now: datetime,
    metric: Metric | None,
    baseline: int | None,
    target: int | None,
    due_on: date | None,
    title: str = "",
    seat: Seat | None = None,
) -> Goal:
    """Set where a metric shall be by a day. Refused without metric, baseline, target or date: nobody could tell later.

    ``seat`` answers for it; without one the metric's own does. Raises :class:`Invalid` at the field.
    """
    if metric is None:
        raise Invalid(
            _("Choose the metric that will tell whether it is reached. Without one nobody can say so later."),
            field="metric",
        )
    require_keeping(metric, by, now)
    if baseline is None:
        raise Invalid(
            _("Write where the metric stands today. Without a baseline nobody can tell how far it came."),
            field="baseline",
        )
    if target is None:
        raise Invalid(_("Write the value to reach. “Better” is no target: it is never reached."), field="target")
    if due_on is None:
        raise Invalid(_("Choose the day by which it shall be reached. Without one it is never late."), field="due_on")
    if due_on <= local_day(Organisation.objects.select_related("calendar").get().calendar, now):
        raise Invalid(_("A goal lies ahead. Choose a day after today."), field="due_on")
    rises = target > baseline
    if target == baseline or rises != (metric.better == Better.UP):
        raise Invalid(
            _("Of this metric higher is better: set a target above the baseline.")
            if metric.better == Better.UP
            else _("Of this metric lower is better: set a target below the baseline."),
            field="target",
        )
    seat = seat or metric.seat
    subjects.require_known_seats([seat], _("Everybody reads a goal. Choose a seat that everybody may know of."))
    words = title.strip() or _("%(metric)s: %(target)s") % {
        "metric": metric.title,
        "target": plain(target, metric.scale),
    }
    subject = subjects.create(SubjectKind.GOAL, title=words, now=now, audience=[subjects.everybody()])
    goal = Goal.objects.create(
        subject=subject, metric=metric, baseline=baseline, target=target, due_on=due_on, seat=seat
    )
    journal.record(
        AIMED, subject=subject, by=by, now=now, mentions=[("metric", metric.subject), ("seat", seat.subject)]
    )
    return goal


def may_keep(metric: Metric, by: Person, now: datetime) -> bool:
    """Whether ``by`` answers for the metric: in its seat, or leading the seat's department."""
    return access.holds(by, metric.seat_id, now) or access.may(by, access.LEAD, metric.seat.department, now)


def require_keeping(metric: Metric, by: Person, now: datetime) -> None:
    if not may_keep(metric, by, now):
        raise Refused(
            _("%(seat)s answers for this metric, and whoever leads its department. Ask one of them.")
            % {"seat": metric.seat.title}
        )
