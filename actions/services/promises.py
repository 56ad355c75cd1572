"""Promises: one seat, one date. A date is never overwritten; the next promise follows it, with its reason."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, Promise
from actions.services import agenda_of
from actions.services.footing import day_ahead, hand_on, take, words
from councils.models import AgendaItem, Decision
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import CalendarDay, DutyKind, Person, Tenure
from governance.queries.calendars import calendar_of_seat, local_day
from governance.services import journal

DATED = events.declare(
    "actions.promise.given", says=gettext_lazy("{by} promised {subject} for {promised}"), by_people=True
)
RENEWED = events.declare(
    "actions.promise.renewed", says=gettext_lazy("The council moved {subject} to {promised}: {text}")
)
ASKED = events.declare(
    "actions.promise.asked",
    says=gettext_lazy("{by} asked for {subject} to be moved to {asked}: {text}"),
    by_people=True,
)


def give(
    action: ActionItem,
    due_on: date,
    *,
    by: Person,
    now: datetime,
    outcome: str,
    reason: str = "",
    decision: Decision | None = None,
    at_handover: bool = False,
    field: str = "due_on",
) -> Promise:
    """Write the next promise of a locked action and let its seat owe that day; the caller saves the action.

    It opens a new duty, whose ladder starts at its foot: a first promise has reached no rung, and a later one is
    approved by the council, the highest level of the ladder (DESIGN.md, "Each rung fires once").
    """
    calendar = calendar_of_seat(action.seat)
    day_ahead(due_on, today=local_day(calendar, now), field=field)
    if not CalendarDay.objects.filter(calendar=calendar, day=due_on).exists():
        raise Invalid(_("The calendar does not reach that far. Promise a nearer day."), field=field)
    last = Promise.objects.filter(action=action).order_by("-number").first()
    tenure = Tenure.objects.at(now).filter(seat=action.seat, person=by).order_by("-role").first()
    promise = Promise.objects.create(
        action=action,
        number=last.number + 1 if last else 1,
        due_on=due_on,
        given_at=now,
        given_by=by,
        seat=action.seat,
        tenure=tenure,
        reason=reason,
        decision=decision,
        at_handover=at_handover,
    )
    action.promised = due_on
    hand_on(action, DutyKind.KEEP, action.seat, now=now, outcome=outcome, due_on=due_on)
    return promise


@transaction.atomic
def set_date(*, action: ActionItem, due_on: date, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Promise a date for an action that was accepted without one.

    Raises :class:`Conflict` where a promise holds already: only the council moves it.
    """
    action = take(action, verb=Verb.SET_DATE, by=by, now=now, version=version).action
    if action.promised is not None:
        raise Conflict(
            _("%(day)s was promised, and only the council moves a promise. Ask it for more time.")
            % {"day": action.promised.isoformat()},
            promised=action.promised.isoformat(),
        )
    give(action, due_on, by=by, now=now, outcome="dated")
    action.keep("promised")
    journal.record(DATED, subject=action.subject, by=by, now=now, promised=due_on.isoformat())
    return action


def renew(action: ActionItem, due_on: date, *, reason: str, decision: Decision, by: Person, now: datetime) -> Promise:
    """Move the promise of a locked action by a council's decision; the record keeps every date before it."""
    promise = give(action, due_on, by=by, now=now, outcome="extended", reason=reason, decision=decision)
    action.keep("promised")
    journal.record(
        RENEWED, subject=action.subject, by=by, now=now, text=reason, mentions=[("decision", decision.pk)],
        promised=due_on.isoformat(), number=promise.number,
    )  # fmt: skip
    return promise


@transaction.atomic
def ask_for_time(
    *, action: ActionItem, due_on: date, reason: str, by: Person, now: datetime, version: int | None = None
) -> AgendaItem:
    """Ask the council for a later day before the promised one passes in silence: a matter for its agenda.

    What is owed stays as it is until the council decides.
    """
    action = take(action, verb=Verb.ASK_FOR_TIME, by=by, now=now, version=version).action
    reason = words(reason, field="reason", missing=_("Say why, in a sentence; the council reads it."))
    calendar = calendar_of_seat(action.seat)
    day_ahead(due_on, today=local_day(calendar, now), field="due_on")
    if action.promised is None:
        raise Conflict(_("No day is promised yet. Promise the one that you can keep."))
    if due_on <= action.promised:
        raise Invalid(_("Choose a later day than the promised one."), field="due_on")
    ask = _("More time for “%(title)s”: %(day)s instead of %(promised)s.") % {
        "title": action.title,
        "day": due_on.isoformat(),
        "promised": action.promised.isoformat(),
    }
    item = agenda_of.propose(
        action,
        ask=f"{ask}\n{reason}",
        proposal={"outcome": "extend", "due_on": due_on.isoformat(), "reason": reason},
        by=by,
        now=now,
    )
    journal.record(
        ASKED, subject=action.subject, by=by, now=now, text=reason, mentions=[("agenda", item.pk)],
        asked=due_on.isoformat(),
    )  # fmt: skip
    return item
