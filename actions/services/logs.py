"""Taking an old action log over: each line a proposal to one seat, its date kept as asked for; and taking it back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.importing.logbook import Line
from actions.models import ActionItem, ActionLog, ActionLogLine, ActionState, Fate
from actions.queries import logs as queries
from actions.queries.logs import Choices, Plan, Planned
from actions.services import items
from councils.models import Council
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Person
from governance.services import duties, journal

TAKEN_OVER = events.declare(
    "actions.log.taken_over",
    says=gettext_lazy(
        "{by} took an old action log over into {subject}: {created} actions are proposed to their owners"
    ),
)
WITHDRAWN = events.declare(
    "actions.log.withdrawn",
    says=gettext_lazy("{by} withdrew an old action log from {subject}: {removed} actions are off"),
)


@transaction.atomic
def take_over(*, text: str, council: Council, by: Person, now: datetime, choices: Choices | None = None) -> ActionLog:
    """Propose every open line of a pasted log to its owner, under the council that oversees them from now on.

    For who prepares the council. A line that was taken over before (the same words, owner and department) adds nothing.
    Its date is what was *asked for*: nobody has promised anything. All owners are asked by one journal entry, so that
    each gets one mail. Raises :class:`Invalid` at ``text``, ``columns``, ``order`` or ``owners`` while something is
    undecided, and :class:`Conflict` where nothing new is in it.
    """
    queries.require_prepare(council, by, now)
    council = Council.objects.select_for_update().select_related("subject", "charter").get(pk=council.pk)
    plan = queries.plan(text, council, by, now, choices)
    _require_decided(plan)
    log = ActionLog.objects.create(council=council, by=by, at=now)
    made: list[ActionItem] = []
    rows: list[ActionLogLine] = []
    for one in plan.lines:
        action = _propose(one, council, now) if one.fate == Fate.ACTION else None
        if action is not None:
            made.append(action)
        rows.append(_row(log, one, action))
    ActionLogLine.objects.bulk_create(rows)
    journal.record(
        TAKEN_OVER,
        subject=council.subject,
        by=by,
        now=now,
        mentions=[("action", action.pk) for action in made],
        log=log.pk,
        created=len(made),
        lines=len(rows),
    )
    return log


def _require_decided(plan: Plan) -> None:
    if plan.asks_order:
        raise Invalid(_("Say whether 3/2 is the third of February or the second of March."), field="order")
    undecided = plan.undecided
    if undecided:
        names = ", ".join(f"“{group.owner}”" for group in undecided[:5])
        raise Invalid(_("Choose who is meant by %(names)s.") % {"names": names}, field="owners")
    if not plan.of(Fate.ACTION, Fate.HISTORY):
        raise Conflict(_("Nothing in it is new: every line was taken over before, is done, or says nothing to do."))


def _propose(one: Planned, council: Council, now: datetime) -> ActionItem:
    assert one.seat is not None  # noqa: S101 - every line that becomes an action has its seat, found or fallen back to
    return items.put(
        title=one.line.what,
        seat=one.seat,
        council=council,
        proof=_("Not said in the old log. Its owner says it with the date."),
        now=now,
        asked_for=one.line.due,
    )


def _row(log: ActionLog, one: Planned, action: ActionItem | None) -> ActionLogLine:
    line: Line = one.line
    return ActionLogLine(
        log=log,
        council=log.council,
        number=line.number,
        key=line.key,
        fate=one.fate,
        action=action,
        is_matched=one.is_matched,
        what=line.what,
        owner=line.owner,
        department=line.department,
        due=line.due_words,
        asked_for=line.due,
        status=line.status,
        money_words=line.money_words,
        money=line.money,
        notes=line.notes,
    )


@transaction.atomic
def withdraw(*, log: ActionLog, by: Person, now: datetime) -> ActionLog:
    """Take a log back as a whole, while nobody has answered. Raises :class:`Conflict` naming the first who has."""
    queries.require_prepare(log.council, by, now)
    Council.objects.select_for_update().get(pk=log.council_id)
    log = ActionLog.objects.select_for_update().select_related("council__subject").get(pk=log.pk)
    keys = list(log.lines.filter(fate=Fate.ACTION).values_list("action_id", flat=True))
    list(ActionItem.objects.select_for_update().filter(pk__in=keys))
    reason = queries.why_it_stays(log)
    if reason:
        raise Conflict(reason)
    _drop(keys, now)
    log.lines.filter(fate__in=(Fate.ACTION, Fate.HISTORY)).update(fate=Fate.WITHDRAWN)
    log.withdrawn_at = now
    log.save(update_fields=["withdrawn_at"])
    journal.record(
        WITHDRAWN,
        subject=log.council.subject,
        by=by,
        now=now,
        mentions=[("action", key) for key in keys],
        log=log.pk,
        removed=len(keys),
    )
    return log


def _drop(keys: Sequence[int], now: datetime) -> None:
    for action in ActionItem.objects.filter(pk__in=keys):
        action.state = ActionState.CANCELLED
        action.keep("state")
        duties.close_all(subject_id=action.pk, now=now, outcome="cancelled")
