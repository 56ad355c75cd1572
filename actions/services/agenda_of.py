"""An action on its council's agenda: the end of every ladder, and the way back from every dead end."""

from datetime import datetime
from typing import Any

from django.db import transaction

from actions.lifecycle import State
from actions.models import ActionItem
from actions.services.footing import hand_on, lock
from councils.models import AgendaItem
from councils.queries import books
from councils.queries import councils as council_queries
from councils.services import agenda
from councils.sources import ESCALATION
from governance.models import DutyKind, Person

LATE_ACTION, RESOURCES, MEASURE = "late_action", "resources", "measure"


def propose(
    action: ActionItem,
    *,
    ask: str,
    now: datetime,
    proposal: dict[str, Any] | None = None,
    by: Person | None = None,
    source: str = ESCALATION,
) -> AgendaItem:
    """Put the action onto its council's agenda; what its seat owes stays as it is. Where it stands there, that item.

    Whoever may bring it there was asked before: the council's own right to prepare its agenda is not needed, because
    an escalation is a request for help that the council cannot keep out.
    """
    return agenda.propose(
        council=action.council, about=action.subject, matter=LATE_ACTION, by=None, now=now, ask=ask, proposal=proposal,
        source=source,
    )  # fmt: skip


def end(action: ActionItem, *, reason: str, by: Person, now: datetime) -> None:
    """A locked action came to its end: what its council was still asked about it is withdrawn, with the reason.

    An overrun stays on the agenda: it is a debt, whatever becomes of the work. How success is measured is still asked
    of what was verified, and of nothing else that is closed.
    """
    matters = {LATE_ACTION}
    if not any(line.overrun for line in books.of_subject(action.pk)):
        matters.add(RESOURCES)
    if action.state != State.VERIFIED:
        matters.add(MEASURE)
    agenda.withdraw_about(about_id=action.pk, matters=matters, reason=reason, by=by, now=now)


def bring(action: ActionItem, *, ask: str, now: datetime, outcome: str) -> AgendaItem:
    """Put a locked action that nobody can move onto the agenda, and let the council's secretary bring it to a decision.

    That duty stands on the action itself besides the agenda item's own: whatever becomes of the item, the action never
    stands without a next mover. It has no day of its own, so only the item's ladder climbs, and nobody is asked twice.
    """
    item = propose(action, ask=ask, now=now)
    clerk = council_queries.clerk_seat(action.council, now)
    hand_on(action, DutyKind.SETTLE, clerk, now=now, outcome=outcome)
    return item


@transaction.atomic
def climb(*, action: ActionItem, ask: str, now: datetime) -> AgendaItem:
    """The last rung of an action's ladder: onto the agenda, with what was owed still owed."""
    return propose(lock(action.pk), ask=ask, now=now)
