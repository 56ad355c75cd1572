"""Another KPI, window, target or share once it is fixed: proposed to the council, which alone changes it.

What would show that it worked was part of what was accepted; whoever could move it alone could suit it to what is seen.
The proposal is judged as it would be fixed, stands on the agenda with what holds beside it, and the council's decision
writes the next row of the same action; what held before stays.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import TRANSITIONS, State, Verb
from actions.models import ActionItem, Outcome, OutcomeVerdict
from actions.services import agenda_of, outcomes
from actions.services.footing import take, words
from actions.services.outcomes import Aim
from councils.models import AgendaItem, Decision
from councils.services import agenda
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Metric, Organisation, Person
from governance.numbers import in_words
from governance.services import journal

PROPOSED = events.declare(
    "actions.outcome.change_proposed",
    says=gettext_lazy("{by} asked the council to change what will show whether {subject} worked: {text}"),
    by_people=True,
)
CHANGED = events.declare(
    "actions.outcome.changed", says=gettext_lazy("The council changed what will show whether {subject} worked: {text}")
)
DAYS = ("baseline_from", "baseline_until", "effect_from", "effect_until")


@transaction.atomic
def propose(
    *, action: ActionItem, aim: Aim, reason: str, by: Person, now: datetime, version: int | None = None
) -> AgendaItem:
    """Put another KPI, window, target or share onto the council's agenda; until it decides, what was fixed holds.

    By the owner, or chair or secretary of the council. Raises :class:`Invalid` at the field for what could not be
    fixed, :class:`Conflict` where nothing is fixed, or where a change stands on the agenda already.
    """
    action = take(action, verb=Verb.CORRECT_MEASURE, by=by, now=now, version=version).action
    reason = words(reason, field="reason", missing=_("Say why it changes; what was fixed before stays on record."))
    before = outcomes.current(action)
    if before is None:
        raise Conflict(_("Nothing is fixed yet. The owner fixes it first."))
    _require_unjudged(action)
    waiting = agenda.standing(action.pk, agenda_of.MEASURE)
    if waiting is not None:
        raise Conflict(
            _("A change of it stands on the agenda already (%(item)s). Let it be settled first.")
            % {"item": waiting.reference}
        )
    checked = outcomes.checked(action, aim, now=now)
    payload = {**payload_of(checked), "why": reason}
    title = _("Another measure of success for “%(action)s”") % {"action": action.title}
    lines = [
        title,
        _("Now: %(what)s") % {"what": in_a_line(aim_of(before))},
        _("Proposed: %(what)s") % {"what": in_a_line(checked)},
        _("Why: %(why)s") % {"why": reason},
    ]
    item = agenda.propose(
        council=action.council, about=action.subject, matter=agenda_of.MEASURE, by=None, now=now,
        ask="\n".join(lines), proposal={"outcome": "change", "payload": payload},
    )  # fmt: skip
    action.keep()
    journal.record(PROPOSED, subject=action.subject, by=by, now=now, text=reason, mentions=[("item", item.pk)])
    return item


def change(
    action: ActionItem, aim: Aim, *, reason: str, by: Person, now: datetime, decision: Decision | None = None
) -> Outcome:
    """Write the next aim of a locked action by a council's decision; readings that were taken stand.

    Raises :class:`Conflict` for an action that ended meanwhile, :class:`Invalid` where another one took the share.
    """
    if State(action.state) not in TRANSITIONS[Verb.CORRECT_MEASURE]:
        raise Conflict(_("%(action)s was closed meanwhile. Withdraw this item.") % {"action": action.subject.reference})
    _require_unjudged(action)
    before = outcomes.current(action)
    if before is None:
        raise Conflict(_("Nothing is fixed yet. The owner fixes it first."))
    made = outcomes.write(action, aim, number=before.number + 1, reason=reason, by=by, now=now, decision=decision)
    action.keep()
    if action.state == State.VERIFIED:
        outcomes.go_on(action, now=now, outcome="changed")
    journal.record(
        CHANGED, subject=action.subject, by=by, now=now, text=reason, share=made.share, number=made.number,
        mentions=[
            *([("metric", made.metric_id)] if made.metric_id else []),
            *([("before", before.metric_id)] if before.metric_id else []),
            *([("decision", decision.pk)] if decision is not None else []),
        ],
    )  # fmt: skip
    return made


def _require_unjudged(action: ActionItem) -> None:
    """Raises :class:`Conflict` once a person said whether it worked."""
    if action.state != State.VERIFIED:
        return
    if OutcomeVerdict.objects.filter(verification=outcomes.confirmed(action)).exists():
        raise Conflict(_("Whether it worked was said already, by what was fixed. That stays on record."))


# --- as it is kept on an agenda ------------------------------------------------------------------------------------


def payload_of(aim: Aim) -> dict[str, Any]:
    """An aim as its proposal keeps it: the metric by its key, days as text."""
    return {
        "metric": aim.metric.pk if aim.metric is not None else None,
        "target": aim.target,
        "share": aim.share,
        "because": aim.because,
        **{name: day.isoformat() if (day := getattr(aim, name)) else None for name in DAYS},
    }


def read(payload: dict[str, Any]) -> Aim:
    """The aim of a proposal. Raises :class:`Invalid` where there is none, or its metric is gone."""
    if "share" not in payload:
        raise Invalid(
            _("Nothing is proposed here. Propose it on the action's page, so that the council sees both."),
            field="outcome",
        )
    metric = payload.get("metric")
    found = Metric.objects.select_related("subject", "seat").filter(pk=metric).first() if metric is not None else None
    if metric is not None and found is None:
        raise Invalid(_("The KPI that was proposed is gone. Withdraw this item."), field="outcome")
    days = {name: date.fromisoformat(payload[name]) if payload.get(name) else None for name in DAYS}
    return Aim(
        metric=found, target=payload.get("target"), share=payload["share"], because=payload.get("because", ""), **days
    )


def aim_of(outcome: Outcome) -> Aim:
    """What was fixed, as an aim."""
    days = {name: getattr(outcome, name) for name in DAYS}
    return Aim(outcome.metric, outcome.target, outcome.share, outcome.because, **days)


def in_a_line(aim: Aim) -> str:
    """An aim in words, for whoever compares two."""
    if aim.metric is None or aim.target is None:
        return _("no KPI, because: %(why)s") % {"why": aim.because}
    currency = Organisation.objects.values_list("currency", flat=True).get()
    return _(
        "%(metric)s at %(target)s; before %(first)s to %(last)s, after %(begins)s to %(ends)s; share %(share)d %%"
    ) % {
        "metric": aim.metric.title,
        "target": in_words(aim.target, aim.metric.unit, aim.metric.scale, currency),
        "first": _day(aim.baseline_from),
        "last": _day(aim.baseline_until),
        "begins": _day(aim.effect_from),
        "ends": _day(aim.effect_until),
        "share": aim.share,
    }


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day is not None else ""
