"""Promises: one seat, one date. A date is never overwritten; the next promise follows it, with its reason."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, DateAnswer, DateRequest, Promise
from actions.queries import approving
from actions.services import agenda_of
from actions.services.footing import LONGEST, day_ahead, hand_on, rules_of, take, words
from councils.models import Decision
from councils.sources import DATE
from governance import events
from governance.clauses import COUNCIL
from governance.errors import Conflict, Invalid
from governance.models import Calendar, CalendarDay, DutyKind, Person, Seat, Tenure
from governance.queries.calendars import calendar_of_seat, local_day
from governance.quoting import inside
from governance.services import duties, journal

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
APPROVED = events.declare(
    "actions.promise.approved", says=gettext_lazy("{by} moved {subject} to {promised}, as was asked"), by_people=True
)
REFUSED = events.declare(
    "actions.promise.refused", says=gettext_lazy("{by} kept the date of {subject}: {text}"), by_people=True
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
    approved: tuple[Seat, Person] | None = None,
    at_handover: bool = False,
    field: str = "due_on",
) -> Promise:
    """Write the next promise of a locked action and let its seat owe that day; the caller saves the action.

    It opens a new duty. Its ladder starts at its foot for a first promise, which has reached no rung, and where the
    council moved the date, the highest level of the ladder; where the seat of ``approved`` did, the rung that was
    reached is kept unless that seat stands as high (DESIGN.md, "Each rung fires once").
    """
    calendar = calendar_of_seat(action.seat)
    _require_known_day(due_on, calendar, now, field=field)
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
        approver=approved[0] if approved else None,
        approved_by=approved[1] if approved else None,
        at_handover=at_handover,
    )
    action.promised = due_on
    level = approving.level_of(approved[0], action) if approved else COUNCIL
    hand_on(action, DutyKind.KEEP, action.seat, now=now, outcome=outcome, due_on=due_on, approved_by=level)
    return promise


def _require_known_day(day: date, calendar: Calendar, now: datetime, *, field: str) -> None:
    """A day that has not passed and that the calendar reaches: no ladder climbs from a day that it does not know."""
    day_ahead(day, today=local_day(calendar, now), field=field)
    if not CalendarDay.objects.filter(calendar=calendar, day=day).exists():
        raise Invalid(_("The calendar does not reach that far. Promise a nearer day."), field=field)


@transaction.atomic
def set_date(*, action: ActionItem, due_on: date, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Promise a date for an action that was accepted without one.

    Raises :class:`Conflict` where a promise holds already: nobody moves their own.
    """
    action = take(action, verb=Verb.SET_DATE, by=by, now=now, version=version).action
    if action.promised is not None:
        raise Conflict(
            _("%(day)s was promised, and nobody moves their own promise. Ask for more time.")
            % {"day": action.promised.isoformat()},
            promised=action.promised.isoformat(),
        )
    give(action, due_on, by=by, now=now, outcome="dated")
    action.keep("promised")
    journal.record(DATED, subject=action.subject, by=by, now=now, promised=due_on.isoformat())
    return action


def renew(action: ActionItem, due_on: date, *, reason: str, decision: Decision, by: Person, now: datetime) -> Promise:
    """Move the promise of a locked action by a council's decision; the record keeps every date before it."""
    # Of this council or of the body above to which it was referred: what was asked has its answer.
    DateRequest.objects.filter(action=action, item__isnull=False, answer="").update(
        answer=DateAnswer.APPROVED, answered_at=now
    )
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
) -> DateRequest:
    """Ask for a later day, best before the promised one passes in silence. What is owed stays until that is answered.

    Within the charter's limit a seat answers, which owes it by a day; after that the council, on its agenda. Raises
    :class:`Conflict` while another day waits for its answer, :class:`Invalid` for a day that is no later, or beyond
    what the calendar knows.
    """
    action = take(action, verb=Verb.ASK_FOR_TIME, by=by, now=now, version=version).action
    reason = words(
        reason, field="reason", missing=_("Say why, in a sentence; whoever answers reads it."), longest=LONGEST
    )
    calendar = calendar_of_seat(action.seat)
    today = local_day(calendar, now)
    _require_known_day(due_on, calendar, now, field="due_on")
    promise = Promise.objects.filter(action=action, taken_back_at=None).order_by("-number").first()
    if promise is None or action.promised is None:
        raise Conflict(_("No day is promised yet. Promise the one that you can keep."))
    if due_on <= action.promised:
        raise Invalid(_("Choose a later day than the promised one."), field="due_on")
    earlier = approving.waiting(action)
    if earlier is not None and earlier.approver is not None:
        raise Conflict(
            _("%(day)s is asked for already, and waits for %(seat)s. Speak to them, or wait for the answer.")
            % {"day": earlier.due_on.isoformat(), "seat": earlier.approver.subject.title}
        )
    rules_version, rules = rules_of(action.council, now)
    approver = approving.approver(action, rules, now, asks=by.pk)
    item = _onto_the_agenda(action, due_on, reason, by=by, now=now) if approver is None else None
    request = DateRequest.objects.create(
        action=action, promise=promise, due_on=due_on, reason=reason, asked_at=now, asked_on=today, asked_by=by,
        approver_id=approver, item_id=item,
    )  # fmt: skip
    if approver is not None:
        duties.open_duty(
            subject_id=action.pk,
            kind=DutyKind.APPROVE_DATE,
            seat=Seat.objects.select_related("subject", "department", "calendar").get(pk=approver),
            now=now,
            rules=rules_version,
            within=rules.promising.within,
            overseer_id=action.council_id,
        )
    action.keep()
    about = ("agenda", item) if item is not None else ("asked_of", approver)
    journal.record(
        ASKED, subject=action.subject, by=by, now=now, text=reason, mentions=[(role, pk) for role, pk in [about] if pk],
        asked=due_on.isoformat(),
    )  # fmt: skip
    return request


def _onto_the_agenda(action: ActionItem, due_on: date, reason: str, *, by: Person, now: datetime) -> int:
    """The key of the agenda item on which the council finds the day that is asked for."""
    ask = _("More time for “%(title)s”: %(day)s instead of %(promised)s.") % {
        "title": inside(action.title),
        "day": due_on.isoformat(),
        "promised": action.promised.isoformat() if action.promised else "",
    }
    item = agenda_of.propose(
        action,
        ask=f"{ask}\n{reason}",
        proposal={"outcome": "extend", "due_on": due_on.isoformat(), "reason": reason},
        by=by,
        now=now,
        source=DATE,
    )
    return int(item.pk)


@transaction.atomic
def answer_date(
    *, action: ActionItem, answer: str, by: Person, now: datetime, said: str = "", version: int | None = None
) -> DateRequest:
    """Approve the later day that an owner asked for, or refuse it with a sentence; never one's own.

    Approved it is the next promise in the record; refused, the promised day stays. Raises :class:`Conflict` for a day
    that has passed while it waited: it can only be refused.
    """
    action = take(action, verb=Verb.APPROVE_DATE, by=by, now=now, version=version).action
    request, said = approving.waiting(action), said.strip()
    if request is None or request.approver is None:
        raise Conflict(_("This was answered already. Look at the date that holds now."))
    if answer not in (DateAnswer.APPROVED, DateAnswer.REFUSED):
        raise Invalid(_("Approve the day, or refuse it."), field="answer")
    if answer == DateAnswer.REFUSED:
        said = words(said, field="said", missing=_("Say why the date stays; whoever asked reads it."))
    if len(said) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field="said")
    request.answer, request.said, request.answered_by, request.answered_at = answer, said, by, now
    request.save(update_fields=["answer", "said", "answered_by", "answered_at"])
    if answer == DateAnswer.APPROVED:
        _approve(action, request, by=by, now=now)
        return request
    duties.close_duty(subject_id=action.pk, kind=DutyKind.APPROVE_DATE, now=now, outcome="refused")
    action.keep()
    journal.record(
        REFUSED, subject=action.subject, by=by, now=now, text=said, mentions=[("seat", request.approver.pk)],
        asked=request.due_on.isoformat(),
    )  # fmt: skip
    return request


def _approve(action: ActionItem, request: DateRequest, *, by: Person, now: datetime) -> None:
    """The day that was asked for becomes the next promise, given by whoever asked and approved by another."""
    if request.approver is None or request.due_on < local_day(calendar_of_seat(action.seat), now):
        raise Conflict(_("The day that was asked for has passed. Refuse it, so that another one can be asked for."))
    promise = give(
        action, request.due_on, by=request.asked_by, now=now, outcome="renewed", reason=request.reason,
        approved=(request.approver, by),
    )  # fmt: skip
    action.keep("promised")
    journal.record(
        APPROVED, subject=action.subject, by=by, now=now, text=request.said, mentions=[("seat", request.approver.pk)],
        promised=request.due_on.isoformat(), number=promise.number,
    )  # fmt: skip
