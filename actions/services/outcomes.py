"""Did it work: one KPI fixed at acceptance, read on the charter's days after verification, and a person's verdict.

Whoever verified something leaves the next mover behind: the KPI's seat reads, and after the last reading somebody
without a part in the work says whether it worked. Readings are computed from observations that stand elsewhere, so
nobody can choose the figures that suit them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import effects, shares
from actions.lifecycle import Verb
from actions.models import (
    ActionItem,
    ActionState,
    Outcome,
    OutcomeEffect,
    OutcomeReading,
    OutcomeVerdict,
    Telling,
    Verification,
)
from actions.queries import independence, kpis
from actions.services import showing
from actions.services.footing import hand_on, rules_of, take, words
from councils.models import Decision
from councils.queries import councils as council_queries
from governance import events
from governance.clauses import Rules, enforces
from governance.errors import Conflict, Invalid, Refused
from governance.models import Better, DutyKind, Metric, Person, Seat
from governance.queries.calendars import calendar_of_seat, local_day, on_or_after
from governance.queries.seats import answering
from governance.services import duties, journal

REVIEWS = (30, 60, 90)
"""Days after a verification on which the KPI is read of what was accepted before a charter ruled it."""
BASELINE = 90
"""Days before the acceptance that are what it was like before, where nobody says."""
EFFECT = 120
"""Days from the promised one in which a change may be counted as the action's own, where nobody says."""
AFTER_LAST = EFFECT - REVIEWS[-1]
"""... and at least so many days beyond the last reading."""
TO_JUDGE = 5
"""Working days after the last reading in which a person says whether it worked."""

FIXED = events.declare("actions.outcome.fixed", says=gettext_lazy("{by} fixed what will show whether {subject} worked"))
UNMEASURED = events.declare(
    "actions.outcome.unmeasured", says=gettext_lazy("{by} said why {subject} has no KPI: {text}")
)
# What was corrected before a change was the council's matter stays readable.
CORRECTED = events.declare(
    "actions.outcome.corrected",
    says=gettext_lazy("{by} corrected what will show whether {subject} worked: {text}"),
    by_people=True,
)
READ = events.declare(
    "actions.outcome.read", says=gettext_lazy("{by} read the KPI of {subject} {day} days after its verification")
)
JUDGED = {
    OutcomeEffect.WORKED: events.declare(
        "actions.outcome.worked", says=gettext_lazy("{by} says that {subject} worked: {text}"), by_people=True
    ),
    OutcomeEffect.PARTLY: events.declare(
        "actions.outcome.worked_partly", says=gettext_lazy("{by} says that {subject} worked in part: {text}"),
        by_people=True,
    ),
    OutcomeEffect.NOT: events.declare(
        "actions.outcome.did_not_work", says=gettext_lazy("{by} says that {subject} did not work: {text}"),
        by_people=True,
    ),
    OutcomeEffect.CANNOT_TELL: events.declare(
        "actions.outcome.cannot_tell", says=gettext_lazy("{by} cannot tell whether {subject} worked: {text}"),
        by_people=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aim:
    """What will show that it worked: a KPI with its target (in the metric's scale), or ``because`` there is none.

    Windows that nobody names: the 90 days before today, and 120 days from the promised one.
    """

    metric: Metric | None = None
    target: int | None = None
    share: int = shares.ALL
    because: str = ""
    baseline_from: date | None = None
    baseline_until: date | None = None
    effect_from: date | None = None
    effect_until: date | None = None

    @property
    def says_something(self) -> bool:
        return self.metric is not None or bool(self.because.strip())


def current(action: ActionItem) -> Outcome | None:
    """What holds for an action; None where nothing was fixed."""
    return Outcome.objects.filter(action=action).select_related("metric__subject", "metric__seat").order_by(
        "-number"
    ).first()  # fmt: skip


@transaction.atomic
def measure(*, action: ActionItem, aim: Aim, by: Person, now: datetime, version: int | None = None) -> Outcome:
    """Fix what will show that it worked, for an action that was accepted without; once, and before it is done.

    Raises :class:`Conflict` where it is fixed: the council changes it, with a reason.
    """
    action = take(action, verb=Verb.MEASURE, by=by, now=now, version=version).action
    made = fix(action, aim, by=by, now=now)
    action.keep()
    return made


def fix(action: ActionItem, aim: Aim, *, by: Person, now: datetime) -> Outcome:
    """Write down the aim of a locked action. Raises :class:`Invalid` at the field."""
    if Outcome.objects.filter(action=action).exists():
        raise Conflict(
            _("What will show that it worked is fixed. Propose a change to the council, with a reason."),
            code="fixed",
        )
    made = write(action, aim, number=1, reason="", by=by, now=now)
    mentions = [("metric", made.metric_id)] if made.metric_id else []
    journal.record(
        FIXED if made.metric_id else UNMEASURED, subject=action.subject, by=by, now=now, text=made.because,
        mentions=mentions, share=made.share,
    )  # fmt: skip
    return made


def checked(action: ActionItem, aim: Aim, *, now: datetime) -> Aim:
    """The aim as it would be fixed, its windows filled in. Raises :class:`Invalid` at the field."""
    if aim.metric is None:
        because = words(
            aim.because,
            field="because",
            missing=_("Choose the one KPI that will show whether it worked, or say why there is none."),
        )
        return Aim(because=because)
    if aim.because.strip():
        raise Invalid(_("It has a KPI, or a reason for having none. Choose one."), field="because")
    if aim.target is None:
        raise Invalid(_("Write the value at which it has worked. “Better” is no target."), field="target")
    first, last, begins, ends = _windows(action, aim, now)
    _require_free_share(action, aim.metric, aim.share, begins, ends)
    return replace(aim, because="", baseline_from=first, baseline_until=last, effect_from=begins, effect_until=ends)


def write(
    action: ActionItem,
    aim: Aim,
    *,
    number: int,
    reason: str,
    by: Person,
    now: datetime,
    decision: Decision | None = None,
) -> Outcome:
    """The next row of a locked action. Raises :class:`Invalid` at the field."""
    if aim.metric is not None:
        # The metric's lock orders those who claim a share of it.
        metric = Metric.objects.select_for_update(of=("self",)).select_related("subject", "seat").get(pk=aim.metric.pk)
        aim = replace(aim, metric=metric)
    holds = checked(action, aim, now=now)
    return Outcome.objects.create(
        action=action,
        number=number,
        metric=holds.metric,
        because=holds.because,
        target=holds.target if holds.metric is not None else None,
        share=holds.share,
        enough=effects.ENOUGH,
        baseline_from=holds.baseline_from,
        baseline_until=holds.baseline_until,
        effect_from=holds.effect_from,
        effect_until=holds.effect_until,
        reason=reason,
        decision=decision,
        by=by,
        at=now,
    )


def _windows(action: ActionItem, aim: Aim, now: datetime) -> tuple[date, date, date, date]:
    today = local_day(calendar_of_seat(action.seat), now)
    last = aim.baseline_until or today
    first = aim.baseline_from or last - timedelta(days=BASELINE)
    begins = aim.effect_from or max(last + timedelta(days=1), action.promised or today + timedelta(days=1))
    ends = aim.effect_until or begins + timedelta(days=max(EFFECT, reviews(action)[-1] + AFTER_LAST))
    if first > last:
        raise Invalid(_("What it was like before begins before it ends."), field="baseline_from")
    if begins <= last:
        raise Invalid(_("What changes is looked for after what it was like before."), field="effect_from")
    if ends < begins:
        raise Invalid(_("The days after begin before they end."), field="effect_until")
    return first, last, begins, ends


def _require_free_share(action: ActionItem, metric: Metric, share: int, begins: date, ends: date) -> None:
    """Several actions may move one metric; together they never claim more than all of its change."""
    if not 1 <= share <= shares.ALL:
        raise Invalid(_("A share lies between 1 and 100 percent."), field="share")
    free = shares.left(claims(metric, apart_from=action.pk), begins, ends)
    if not free:
        raise Invalid(
            _("Other actions count all of its change as their own: 0 % is free. Choose another KPI, or say why it has "
              "none."),
            field="metric",
        )  # fmt: skip
    if share > free:
        raise Invalid(
            _("Other actions count %(taken)d %% of its change as their own. Claim %(free)d %% at most.")
            % {"taken": shares.ALL - free, "free": free},
            field="share",
        )


def claims(metric: Metric, *, apart_from: int | None = None) -> list[shares.Span]:
    """What actions claim of a metric's change, each as it holds now; what was cancelled claims nothing."""
    return _claims_of([metric.pk], apart_from=apart_from).get(metric.pk, [])


def free_shares(action: ActionItem, metrics: Iterable[int], *, now: datetime) -> dict[int, int]:
    """How many percent of each metric's change the action may claim in the usual days after. One statement."""
    keys = list(metrics)
    _first, _last, begins, ends = _windows(action, Aim(), now)
    taken = _claims_of(keys, apart_from=action.pk)
    return {key: shares.left(taken.get(key, []), begins, ends) for key in keys}


def _claims_of(metrics: Iterable[int], *, apart_from: int | None) -> dict[int, list[shares.Span]]:
    keys = list(metrics)
    holds: dict[int, Outcome] = {}
    rows = Outcome.objects.filter(action__in=Outcome.objects.filter(metric__in=keys).values("action")).exclude(
        action__state=ActionState.CANCELLED
    )
    if apart_from is not None:
        rows = rows.exclude(action=apart_from)
    for one in rows.order_by("action", "number"):
        holds[one.action_id] = one
    found: dict[int, list[shares.Span]] = {}
    for one in holds.values():
        if one.metric_id in keys and one.effect_from is not None and one.effect_until is not None:
            found.setdefault(one.metric_id, []).append(shares.Span(one.share, one.effect_from, one.effect_until))
    return found


# --- reading -------------------------------------------------------------------------------------------------------


def begin(action: ActionItem, *, now: datetime) -> None:
    """A locked action was verified: from here on its KPI is read, and whoever answers for the KPI may see the action.

    Where the council is confidential its own secretary reads, because a KPI's owner need not be cleared for it. A text
    to the givers that was approved before the work was reopened is read again before it is sent.
    """
    Telling.objects.filter(action=action, sent_at=None).update(approved_by=None, approved_at=None)
    outcome = current(action)
    if outcome is None or outcome.metric is None:
        return
    if not action.council.is_confidential and action.subject.audience is not None:
        seen_by = action.subject.audience.containers.values_list("container_id", flat=True)
        showing.show(action, {*seen_by, outcome.metric.seat.department_id})
    go_on(action, now=now, outcome="verified")


def go_on(action: ActionItem, *, now: datetime, outcome: str) -> None:
    """Let the next reading, or the verdict, be owed; nothing where both are there, or there is no KPI."""
    duties.close_all(subject_id=action.pk, now=now, outcome=outcome)
    holds, verification = current(action), confirmed(action)
    if holds is None or holds.metric is None or OutcomeVerdict.objects.filter(verification=verification).exists():
        return
    day = next_review(verification, reviews(action))
    if day is None:
        hand_on(action, DutyKind.JUDGE, _judge_seat(action, holds, now), now=now, outcome=outcome, within=TO_JUDGE)
        return
    seat = _reading_seat(action, holds, now)
    calendar = calendar_of_seat(seat)
    due_on = on_or_after(calendar.pk, local_day(calendar, verification.at) + timedelta(days=day))
    hand_on(action, DutyKind.READ, seat, now=now, outcome=outcome, due_on=due_on)


def confirmed(action: ActionItem) -> Verification:
    """The verification that stands: the last round's. Raises :class:`Conflict` where none does."""
    found = Verification.objects.filter(action=action, finding="confirmed", came_back_at=None).last()
    if found is None:
        raise Conflict(_("It is not verified yet, so there is nothing to measure."))
    return found


@enforces("windows")
def fix_reviews(action: ActionItem, rules: Rules) -> None:
    """When its KPI will be read, by the charter of its first acceptance: what comes later moves nothing."""
    if not action.review_days:
        action.review_days = list(rules.windows.days)


def reviews(action: ActionItem) -> tuple[int, ...]:
    """The days after its verification on which the KPI of an accepted action is read."""
    return tuple(action.review_days) or REVIEWS


def reviews_ahead(action: ActionItem, now: datetime) -> tuple[int, ...]:
    """The same before anybody accepted it: what the charter that holds now would fix."""
    if action.accepted_at is not None or action.review_days:
        return reviews(action)
    return rules_of(action.council, now)[1].windows.days


def next_review(verification: Verification, days: Sequence[int]) -> int | None:
    """The next day of review that was not read; None after the last."""
    done = (
        OutcomeReading.objects.filter(verification=verification).order_by("-day").values_list("day", flat=True).first()
    )
    return next((day for day in days if day > (done or 0)), None)


def _reading_seat(action: ActionItem, outcome: Outcome, now: datetime) -> Seat:
    if action.council.is_confidential or outcome.metric is None:
        return council_queries.clerk_seat(action.council, now)
    return outcome.metric.seat


def _judge_seat(action: ActionItem, outcome: Outcome, now: datetime) -> Seat:
    """Who says whether it worked: whoever reads it, unless they had a part in the work; then the council's own."""
    chain = [_reading_seat(action, outcome, now), council_queries.clerk_seat(action.council, now)]
    named = independence.verifier(action, now)
    if named is not None:
        chain.append(Seat.objects.get(pk=named))
    return next(iter(_without_a_part(action, chain, now)), chain[-1])


def _without_a_part(action: ActionItem, chain: Iterable[Seat], now: datetime) -> list[Seat]:
    listed = list(chain)
    standing, had_a_part = answering([seat.pk for seat in listed], now), independence.involved(action, now)
    return [seat for seat in listed if seat.pk in standing and standing[seat.pk].person_id not in had_a_part]


@transaction.atomic
def read(*, action: ActionItem, by: Person, now: datetime, version: int | None = None) -> OutcomeReading:
    """Read the KPI of the next day of review: what was observed since the verification, against the days before.

    Not before its day. Values that lack are written down at the metric first; a reading is never changed.
    """
    action = take(action, verb=Verb.READ, by=by, now=now, version=version).action
    outcome, verification = current(action), confirmed(action)
    if outcome is None or outcome.metric is None:
        raise Conflict(_("It has no KPI, as was said when it was accepted."))
    day = next_review(verification, reviews(action))
    if day is None:
        raise Conflict(_("All readings are taken. Say whether it worked."))
    verified_on = local_day(calendar_of_seat(outcome.metric.seat), verification.at)
    today = local_day(calendar_of_seat(outcome.metric.seat), now)
    if today < verified_on + timedelta(days=day):
        raise Conflict(
            _("It is read %(day)d days after its verification, on %(on)s.")
            % {"day": day, "on": (verified_on + timedelta(days=day)).isoformat()},
            code="too_early",
        )
    found, facts = judged(outcome, verified_on, day)
    reading = OutcomeReading.objects.create(
        outcome=outcome,
        action=action,
        verification=verification,
        day=day,
        effect=found.effect,
        facts=facts,
        by=by,
        at=now,
    )
    action.keep()
    go_on(action, now=now, outcome="read")
    journal.record(
        READ, subject=action.subject, by=by, now=now, mentions=[("metric", outcome.metric.pk)], day=day,
        effect=str(found.effect),
    )  # fmt: skip
    return reading


def judged(outcome: Outcome, verified_on: date, day: int) -> tuple[effects.Judgement, dict[str, Any]]:
    """The pure judgement of a reading, and its facts as they are kept: both sides with keys of their observations."""
    metric = outcome.metric
    if metric is None or outcome.target is None or outcome.baseline_from is None or outcome.baseline_until is None:
        raise Conflict(_("It has no KPI, as was said when it was accepted."))
    before = kpis.seen(metric, outcome.baseline_from, outcome.baseline_until)
    after = kpis.seen(metric, verified_on + timedelta(days=1), verified_on + timedelta(days=day))
    found = effects.judge(
        kpis.side(metric, before),
        kpis.side(metric, after),
        kind=kpis.kind_of(metric),
        better_is_up=metric.better == Better.UP,
        enough=outcome.enough,
        target=outcome.target / 10**metric.scale,
    )
    facts = {
        **asdict(found),
        "observed_before": [one.pk for one in before],
        "observed_after": [one.pk for one in after],
    }
    return found, facts


@transaction.atomic
def judge(
    *, action: ActionItem, effect: str, said: str, by: Person, now: datetime, version: int | None = None
) -> OutcomeVerdict:
    """Say whether it worked, in a sentence, after the last reading. The figures advise; a person answers for it.

    Raises :class:`Refused` for whoever had a part in the work: done is not worked.
    """
    action = take(action, verb=Verb.JUDGE, by=by, now=now, version=version).action
    if by.pk in independence.involved(action, now):
        raise Refused(_("You had a part in this work, so another person says whether it worked."))
    outcome, verification = current(action), confirmed(action)
    if outcome is None or outcome.metric is None:
        raise Conflict(_("It has no KPI, as was said when it was accepted."))
    if next_review(verification, reviews(action)) is not None:
        raise Conflict(_("Its KPI is not read to the end. Say whether it worked after the last reading."))
    if OutcomeVerdict.objects.filter(verification=verification).exists():
        raise Conflict(_("Whether it worked was said, and stays on record."))
    if effect not in OutcomeEffect.values:
        raise Invalid(_("Choose worked, partly, did not work, or cannot tell."), field="effect")
    said = words(said, field="said", missing=_("Say it in a sentence, for whoever wants to do the same elsewhere."))
    verdict = OutcomeVerdict.objects.create(
        outcome=outcome, action=action, verification=verification, effect=effect, words=said, by=by, at=now
    )
    action.keep()
    go_on(action, now=now, outcome="judged")
    journal.record(JUDGED[OutcomeEffect(effect)], subject=action.subject, by=by, now=now, text=said)
    return verdict
