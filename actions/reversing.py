"""How what a council decided about an action is made undone within minutes, when the decision was a slip.

Each pair remembers how the action stood and puts it back, the very duties that were owed among it. Nothing may have
happened to the action since; where other things moved or ended with it, the decision stays and another corrects it.
"""

from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import ActionItem, DateRequest, Pilot, Promise, Request
from actions.piloting import State as PilotState
from actions.requesting import OPEN as REQUEST_OPEN
from actions.services import items, showing
from actions.services.footing import lock
from councils import slips
from councils.models import AgendaItem, Decision, ItemState
from councils.queries import books
from governance import events
from governance.models import Duty, Person, Seat
from governance.services import duties, journal

PUT_BACK = events.declare(
    "actions.item.put_back", says=gettext_lazy("{subject} stands as before: {by} took the decision back")
)


def remember(decision: Decision) -> dict[str, Any]:
    """How an action stands before a decision changes it, and whether anything hangs from it that would move along."""
    action = ActionItem.objects.get(pk=decision.item.about_id)
    return {
        "seat": action.seat_id,
        "state": action.state,
        "promised": action.promised.isoformat() if action.promised else None,
        "accepted_at": action.accepted_at.isoformat() if action.accepted_at else None,
        "health": action.health,
        "confidence": action.confidence,
        "needs_none": action.needs_none,
        "owed": list(Duty.objects.filter(subject_id=action.pk, closed_at=None).values_list("pk", flat=True)),
        "is_alone": _is_alone(action, decision.item),
        "asks_for_a_day": DateRequest.objects.filter(action=action, answer="").exists(),
    }


def _is_alone(action: ActionItem, item: AgendaItem) -> bool:
    """Whether no request, pilot, money or other question ends or moves with the action."""
    asked = AgendaItem.objects.filter(about_id=action.pk, state=ItemState.OPEN).exclude(pk=item.pk)
    return not (
        Request.objects.filter(action=action, state__in=sorted(REQUEST_OPEN)).exists()
        or Pilot.objects.filter(action=action, state=PilotState.RUNNING).exists()
        or any(line.left for line in books.of_subject(action.pk))
        or asked.exists()
    )


def another_date(decision: Decision, by: Person, now: datetime) -> None:
    """The day that was promised before holds again; the one that was given stays on record, as never having held."""
    action = _untouched(decision, answers_a_day=True)
    Promise.objects.filter(action=action, decision=decision, taken_back_at=None).update(taken_back_at=now)
    _put_back(decision, action, by, now)


def more_resources(decision: Decision, by: Person, now: datetime) -> None:
    """The allocation itself goes back by its postings."""
    action = _untouched(decision)
    if decision.before["needs_none"]:
        action.needs_none = True
    action.keep("needs_none")
    _say(decision, action, by, now)


def another_seat(decision: Decision, by: Person, now: datetime) -> None:
    """The seat that had it has it again, with the promise that it had given."""
    action = _untouched(decision, alone=True, answers_a_day=True)
    seat = Seat.objects.select_related("subject", "department", "calendar").get(pk=decision.before["seat"])
    action.seat, action.department = seat, seat.department
    _put_back(decision, action, by, now)
    showing.show(action, items.audience(seat.department, action.council, action.theme, action))


def another_verifier(decision: Decision, by: Person, now: datetime) -> None:
    """Whoever owed the verification owes it again, or the council that found nobody."""
    _put_back(decision, _untouched(decision), by, now)


def an_end(decision: Decision, by: Person, now: datetime) -> None:
    """What was closed by a slip is open again, where nothing ended with it."""
    _put_back(decision, _untouched(decision, alone=True, answers_a_day=True), by, now)


def _untouched(decision: Decision, *, alone: bool = False, answers_a_day: bool = False) -> ActionItem:
    """The action under its lock. Raises :class:`Conflict` where it was touched, or where it was not alone."""
    action = lock(decision.item.about_id)
    slips.require_unused(decision, [action.pk])
    if alone and not decision.before["is_alone"]:
        raise slips.not_clean(_("Requests, a pilot, money or another question moved with the action."))
    if answers_a_day and decision.before["asks_for_a_day"]:
        raise slips.not_clean(_("It answered an owner who had asked for another day, and an answer stays."))
    return action


def _put_back(decision: Decision, action: ActionItem, by: Person, now: datetime) -> None:
    """State, promise and what was owed, as they were; what is owed since by the decision is not any more."""
    before = decision.before
    action.state, action.health, action.confidence = before["state"], before["health"], before["confidence"]
    action.promised = date.fromisoformat(before["promised"]) if before["promised"] else None
    action.accepted_at = parse_datetime(before["accepted_at"]) if before["accepted_at"] else None
    action.keep("seat", "department", "state", "promised", "accepted_at", "health", "confidence")
    duties.close_all(subject_id=action.pk, now=now, outcome=slips.OUTCOME)
    duties.reopen(before["owed"])
    _say(decision, action, by, now)


def _say(decision: Decision, action: ActionItem, by: Person, now: datetime) -> None:
    journal.record(PUT_BACK, subject=action.subject, by=by, now=now, mentions=[("decision", decision.pk)])
