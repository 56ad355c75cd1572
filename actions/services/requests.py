"""Requests between departments: asked, counter-signed with a day, delivered, and confirmed by whoever asked.

Every open request has exactly one open duty on its own subject: ``_hand_on`` is the only way to another one. Silence
moves nothing: a term that runs out lets the ladder climb, and nothing else.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb as ActionVerb
from actions.models import ActionItem, Blocker, DateAnswer, Request, RequestDay, RequestState
from actions.queries import confirming
from actions.queries import requests as queries
from actions.queries.roles import WORKING
from actions.requesting import OPEN, Side, State, Verb, allows, leads_to, side_of, sides_of
from actions.services.footing import day_ahead, resume_duty, rules_of, take, words
from councils.models import Council
from governance import access, events
from governance.clauses import Rules
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import AudienceContainer, CalendarDay, CharterVersion, Duty, DutyKind, Person, Seat, SubjectKind
from governance.queries.calendars import calendar_of_seat, local_day
from governance.queries.seats import answering, movers
from governance.services import duties, journal, subjects

ASKED = events.declare(
    "actions.request.asked", says=gettext_lazy("{by} asked {to} for “{subject}” by {asked_for}"), by_people=True
)
AGREED = events.declare(
    "actions.request.agreed", says=gettext_lazy("{by} agreed to “{subject}” for {promised}"), by_people=True
)
COUNTERED = events.declare(
    "actions.request.countered", says=gettext_lazy("{by} proposed otherwise for “{subject}”"), by_people=True
)
REFUSED = events.declare(
    "actions.request.refused", says=gettext_lazy("{by} refused “{subject}”: {text}"), by_people=True
)
ACCEPTED = events.declare(
    "actions.request.accepted",
    says=gettext_lazy("{by} accepted what was proposed for “{subject}”, for {promised}"),
    by_people=True,
)
WITHDRAWN = events.declare(
    "actions.request.withdrawn", says=gettext_lazy("{by} withdrew “{subject}”: {text}"), by_people=True
)
DELIVERED = events.declare("actions.request.delivered", says=gettext_lazy("{by} delivered “{subject}”"), by_people=True)
CONFIRMED = events.declare(
    "actions.request.confirmed", says=gettext_lazy("{by} confirmed the delivery of “{subject}”"), by_people=True
)
SENT_BACK = events.declare(
    "actions.request.sent_back", says=gettext_lazy("{by} sent the delivery of “{subject}” back: {text}"), by_people=True
)
ENDED = events.declare(
    "actions.request.ended",
    says=gettext_lazy("“{subject}” is not needed any more: the action that it served has ended"),
)
FOLLOWED = events.declare(
    "actions.request.followed", says=gettext_lazy("“{subject}” is asked by {to} now, whose action it serves")
)
SETTLED = events.declare(
    "actions.request.settled", says=gettext_lazy("The council set the day of “{subject}” to {promised}: {text}")
)
# One event an end, so that each sentence can be translated whole.
UNBLOCKED = {
    State.CONFIRMED: events.declare(
        "actions.blocker.delivered", says=gettext_lazy("{subject} waits no more for “{request}”, which was delivered")
    ),
    State.REFUSED: events.declare(
        "actions.blocker.refused", says=gettext_lazy("{subject} waits no more for “{request}”, which was refused")
    ),
    State.WITHDRAWN: events.declare(
        "actions.blocker.withdrawn", says=gettext_lazy("{subject} waits no more for “{request}”, which was withdrawn")
    ),
}
DROPPED = events.declare("actions.request.dropped", says=gettext_lazy("The council dropped “{subject}”: {text}"))


# --- asking --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    title: str,
    to: Seat,
    asked_for: date,
    by: Person,
    now: datetime,
    need: str = "",
    seat: Seat | None = None,
    action: ActionItem | None = None,
) -> Request:
    """Ask another department's seat for work by a day; that seat owes an answer within the charter's term.

    For an ``action`` its own seat asks (its owner says so, or whoever reports for them); otherwise ``seat`` is the one
    that ``by`` answers for. A confidential council's request is asked of seats that are cleared for it alone. Raises
    :class:`Invalid` at the field, :class:`Refused`, :class:`Absent` for what ``by`` may not see.
    """
    if action is not None:
        action = take(action, verb=ActionVerb.ASK_DEPARTMENT, by=by, now=now).action
    asking = action.seat if action is not None else _own_seat(seat, by, now)
    council = action.council if action is not None else None
    _require_askable(to, asking, council, by, now)
    title = words(title, field="title", missing=_("Write what is needed, in one sentence."))
    today = local_day(calendar_of_seat(to), now)
    require_day(asked_for, to, today=today, field="asked_for")
    version, rules = _rules(council, now)
    subject = subjects.create(
        SubjectKind.REQUEST, title=title, now=now, audience=_audience(asking.department_id, to.department_id, action)
    )
    request = Request(
        subject=subject,
        from_seat=asking,
        from_department=asking.department,
        to_seat=to,
        to_department=to.department,
        action=action,
        need=need.strip(),
        asked_on=local_day(calendar_of_seat(asking), now),
        asked_for=asked_for,
        asked_by=by,
        asked_at=now,
    )
    duty = duties.open_duty(
        subject_id=subject.pk, kind=DutyKind.ANSWER_REQUEST, seat=to, now=now, rules=version,
        within=rules.terms.request, overseer_id=council.pk if council else None,
    )  # fmt: skip
    request.due_on = duty.due_on
    request.save(force_insert=True)
    mentions = [("from", asking.pk), ("to", to.pk), *([("action", action.pk)] if action is not None else [])]
    journal.record(
        ASKED, subject=subject, by=by, now=now, text=request.need, mentions=mentions, asked_for=asked_for.isoformat()
    )
    return request


def _own_seat(seat: Seat | None, by: Person, now: datetime) -> Seat:
    if seat is None:
        raise Invalid(_("Choose the seat of yours that asks."), field="seat")
    if not access.visible_ids(by, [seat.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if not access.holds(by, seat.pk, now):
        raise Refused(_("A seat asks through whoever answers for it. Ask for one of your own seats."))
    if seat.kind not in WORKING:
        raise Invalid(_("A council's seat votes; it owns no work. Ask for another of your seats."), field="seat")
    return seat


def _require_askable(to: Seat, asking: Seat, council: Council | None, by: Person, now: datetime) -> None:
    """Pass for a seat that may be asked; what a confidential council needs is asked of its own people alone."""
    if not access.visible_ids(by, [to.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if to.subject.archived_at is not None:
        raise Invalid(_("This seat has ended. Choose another one."), field="to")
    if to.pk == asking.pk:
        raise Invalid(_("This is the seat that asks. Choose another department's."), field="to")
    if council is not None and council.is_confidential:
        if to.pk not in queries.cleared(council):
            raise Invalid(
                _(
                    "This belongs to a confidential council, and %(seat)s is not cleared for it. "
                    "Ask one of its members or its sponsor, or bring it before the council."
                )
                % {"seat": to.subject.title},
                field="to",
            )
        return
    if to.kind not in WORKING:
        raise Invalid(_("A council's seat votes; it owns no work. Choose another seat."), field="to")
    if to.department_id == asking.department_id:
        raise Invalid(
            _("%(seat)s is of the same department. Agree on it there, or give it an action.")
            % {"seat": to.subject.title},
            field="to",
        )


def require_day(day: date, seat: Seat, *, today: date, field: str) -> None:
    """A day that is to come and that the seat's calendar knows. Raises :class:`Invalid` at the field."""
    day_ahead(day, today=today, field=field)
    if not CalendarDay.objects.filter(calendar=calendar_of_seat(seat), day=day).exists():
        raise Invalid(_("The calendar does not reach that far. Choose a nearer day."), field=field)


def _audience(asking: int, asked: int, action: ActionItem | None) -> list[int]:
    """Both departments and whoever sees the action; of a confidential council's action that council alone."""
    if action is None:
        return [asking, asked]
    if action.council.is_confidential:
        return [action.council_id]
    seen_by = AudienceContainer.objects.filter(audience__subjects=action.pk)
    return [asking, asked, *seen_by.values_list("container_id", flat=True)]


def _rules(council: Council | None, now: datetime) -> tuple[CharterVersion, Rules]:
    """The charter of the council whose action it serves; without one the programme's default charter."""
    if council is not None:
        return rules_of(council, now)
    version = duties.default_rules()
    return version, Rules.from_json(version.rules)


# --- the ground of every verb --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    request: Request
    version: CharterVersion
    rules: Rules


def taken(request: Request, verb: Verb, *, by: Person, now: datetime, version: int | None) -> Taken:
    """Lock the request for a verb, or say why not, in the order of :func:`actions.services.footing.take`."""
    if not Request.objects.visible_to(by, now).filter(pk=request.pk).exists():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    request = lock(request.pk)
    said_by = queries.sides(request, by, now)
    if not sides_of(verb) & said_by and not _has_not_come_to_it(request, verb, said_by):
        raise Refused(_refusal(request, side_of(verb), now))
    if version is not None and version != request.version:
        raise Stale(
            _("%(request)s was changed meanwhile. Look at it as it stands now, and say it again if it still holds.")
            % {"request": request.reference},
            version=request.version,
            state=request.state,
            promised=request.promised.isoformat() if request.promised else None,
        )
    if not allows(verb, request.state):
        raise Conflict(
            _("%(request)s is %(state)s: %(what)s.")
            % {
                "request": request.reference,
                "state": RequestState(request.state).label,
                "what": _instead(request.state),
            },
            state=request.state,
        )
    charter, rules = _rules(request.action.council if request.action is not None else None, now)
    return Taken(request, charter, rules)


def _has_not_come_to_it(request: Request, verb: Verb, said_by: frozenset[Side]) -> bool:
    """Of what is not delivered nobody confirms anything, of what is not agreed nobody moves the day: the state says so,
    to the sides whose word it would be."""
    looks_at_a_delivery = side_of(verb) == Side.CONFIRMING and Side.ASKING in said_by
    answers_a_day = side_of(verb) == Side.ANSWERING and bool(said_by)
    return (looks_at_a_delivery or answers_a_day) and not allows(verb, request.state)


def lock(pk: int) -> Request:
    """The request under its row's lock, with what services judge by."""
    request: Request = (
        Request.objects.select_for_update(of=("self",))
        .select_related(
            "subject", "from_seat__subject", "from_seat__department", "from_seat__calendar", "to_seat__subject",
            "to_seat__department", "to_seat__calendar", "action__subject", "action__council__charter",
        )
        .get(pk=pk)
    )  # fmt: skip
    return request


def _instead(state: str) -> str:
    """What can be done in each state: the remedy in a Conflict."""
    return {
        State.ASKED: _("the asked seat agrees, proposes otherwise or refuses"),
        State.COUNTERED: _("the asking seat accepts what is proposed, or withdraws"),
        State.AGREED: _("the asked seat delivers it"),
        State.DELIVERED: _("the asking seat confirms it, or sends it back"),
    }.get(State(state), _("it is closed, and another need is another request"))


def _refusal(request: Request, side: Side, now: datetime) -> str:
    """Who says it instead, by name."""
    if side == Side.CONFIRMING:
        return _refused_confirmation(request, now)
    if side == Side.ANSWERING:
        return _refused_answer(request, now)
    seat = request.from_seat if side == Side.ASKING else request.to_seat
    who = movers([seat.pk], now).get(seat.pk)
    return _("This is for %(who)s (%(seat)s), who answers for that side of it. Ask them.") % {
        "seat": seat.subject.title,
        "who": who.name if who is not None else seat.subject.title,
    }


def _refused_confirmation(request: Request, now: datetime) -> str:
    """Whoever delivered it does not confirm it: another person of the asking side does, by name."""
    named = confirming.confirmer(request, now)
    seat = Seat.objects.select_related("subject").get(pk=named if named is not None else request.from_seat_id)
    who = movers([seat.pk], now).get(seat.pk)
    return _("Another person than whoever delivered it confirms it: %(who)s (%(seat)s). Ask them.") % {
        "seat": seat.subject.title,
        "who": who.name if who is not None else seat.subject.title,
    }


def _refused_answer(request: Request, now: datetime) -> str:
    """Whoever proposed another day does not answer it."""
    waits = confirming.proposed(request)
    if waits is None:
        return _("No other day is proposed, so there is nothing to answer.")
    named = confirming.answerer(request, waits.side, now, by=waits.by_id)
    seat = Seat.objects.select_related("subject").filter(pk=named).first()
    who = movers([seat.pk], now).get(seat.pk) if seat is not None else None
    return _("The other side answers: %(who)s. Ask them.") % {
        "who": who.name if who is not None else _("nobody is left; ask the CX lead")
    }


def _hand_on(
    taken: Taken, kind: str, seat: Seat, *, now: datetime, outcome: str, due_on: date | None = None, within: int = 0
) -> None:
    """Close what was owed (as ``outcome``) and let ``seat`` owe the next move; the request keeps its day."""
    request = taken.request
    duties.close_all(subject_id=request.pk, now=now, outcome=outcome)
    _overtake(request, now)
    duty = duties.open_duty(
        subject_id=request.pk,
        kind=kind,
        seat=seat,
        now=now,
        rules=taken.version,
        due_on=due_on,
        within=None if due_on else within,
        overseer_id=request.action.council_id if request.action is not None else None,
    )
    request.due_on = duty.due_on


def _close(request: Request, state: State, *, now: datetime, outcome: str) -> None:
    """End it: nothing is owed for it any more."""
    request.state, request.closed_at, request.due_on = state, now, None
    duties.close_all(subject_id=request.pk, now=now, outcome=outcome)
    _overtake(request, now)
    _end_blockers(request, state, now)


def _overtake(request: Request, now: datetime) -> None:
    """Another day that was proposed needs no answer any more."""
    RequestDay.objects.filter(request=request, answer="").update(answer=DateAnswer.OVERTAKEN, answered_at=now)


def _end_blockers(request: Request, state: State, now: datetime) -> None:
    """What waited for the request waits no more, however it ended: the owner sees how, and says what stops it now."""
    for blocker in Blocker.objects.filter(request=request, lifted_at=None).select_related("action__subject"):
        Blocker.objects.filter(pk=blocker.pk).update(lifted_at=now)
        journal.record(
            UNBLOCKED[state], subject=blocker.action.subject, by=None, now=now, mentions=[("request", request.pk)],
            blocker=blocker.pk,
        )  # fmt: skip


# --- the asked side ------------------------------------------------------------------------------------------------


@transaction.atomic
def agree(
    *,
    request: Request,
    promised_on: date,
    by: Person,
    now: datetime,
    conditions: str = "",
    version: int | None = None,
) -> Request:
    """Counter-sign it: the asked seat promises a day, no later than the one asked for, maybe on conditions.

    Raises :class:`Invalid` for a later day: that is a proposal, which the asking seat accepts or not.
    """
    held = taken(request, Verb.AGREE, by=by, now=now, version=version)
    request = held.request
    if promised_on > request.asked_for:
        raise Invalid(
            _("It is needed by %(day)s. Propose the later day instead: whoever asks accepts it, or withdraws.")
            % {"day": request.asked_for.isoformat()},
            field="promised_on",
        )
    today = local_day(calendar_of_seat(request.to_seat), now)
    require_day(promised_on, request.to_seat, today=today, field="promised_on")
    request.conditions, request.answered_by, request.answered_at = conditions.strip(), by, now
    _promise(held, promised_on, now=now, outcome="agreed")
    journal.record(
        AGREED, subject=request.subject, by=by, now=now, text=request.conditions, promised=promised_on.isoformat()
    )
    return request


def _promise(taken: Taken, day: date, *, now: datetime, outcome: str) -> None:
    """Both sides agree on a day: the asked seat owes the delivery by then."""
    request = taken.request
    request.state, request.promised = State.AGREED, day
    request.first_promised = request.first_promised or day
    request.agreed_at = request.agreed_at or now
    _hand_on(taken, DutyKind.DELIVER, request.to_seat, now=now, outcome=outcome, due_on=day)
    request.keep(
        "state", "promised", "first_promised", "agreed_at", "conditions", "answered_by", "answered_at", "due_on"
    )


@transaction.atomic
def counter(
    *,
    request: Request,
    by: Person,
    now: datetime,
    offered_on: date | None = None,
    offer: str = "",
    version: int | None = None,
) -> Request:
    """Propose another day or another scope; whoever asks accepts it or withdraws."""
    held = taken(request, Verb.COUNTER, by=by, now=now, version=version)
    request, offer = held.request, offer.strip()
    today = local_day(calendar_of_seat(request.to_seat), now)
    if offered_on is None and not offer:
        raise Invalid(_("Propose another day, or say what you can do instead."), field="offered_on")
    if offered_on is None and request.asked_for < today:
        raise Invalid(_("The day on which it was needed has passed. Propose one."), field="offered_on")
    if offered_on is not None:
        require_day(offered_on, request.to_seat, today=today, field="offered_on")
    request.state, request.offered_on, request.offer = State.COUNTERED, offered_on, offer
    request.answered_by, request.answered_at = by, now
    _hand_on(held, DutyKind.WEIGH, request.from_seat, now=now, outcome="countered", within=held.rules.terms.request)
    request.keep("state", "offered_on", "offer", "answered_by", "answered_at", "due_on")
    journal.record(
        COUNTERED, subject=request.subject, by=by, now=now, text=offer,
        offered_on=offered_on.isoformat() if offered_on else None,
    )  # fmt: skip
    return request


@transaction.atomic
def refuse(*, request: Request, reason: str, by: Person, now: datetime, version: int | None = None) -> Request:
    """Say no, with a reason: it closes the request, and whoever asked is told at once."""
    request = taken(request, Verb.REFUSE, by=by, now=now, version=version).request
    request.reason = words(reason, field="reason", missing=_("Say why, and what would help instead."))
    request.reason_by, request.answered_by, request.answered_at = by, by, now
    _close(request, State.REFUSED, now=now, outcome="refused")
    request.keep("state", "reason", "reason_by", "answered_by", "answered_at", "closed_at", "due_on")
    journal.record(REFUSED, subject=request.subject, by=by, now=now, text=request.reason)
    return request


@transaction.atomic
def deliver(*, request: Request, by: Person, now: datetime, note: str = "", version: int | None = None) -> Request:
    """Say that it is delivered; whoever asked looks at it and confirms, or sends it back."""
    held = taken(request, Verb.DELIVER, by=by, now=now, version=version)
    request = held.request
    request.state, request.delivered_at = State.DELIVERED, now
    request.delivered_on = local_day(calendar_of_seat(request.to_seat), now)
    # Recorded first: who confirms it depends on who delivered it.
    journal.record(DELIVERED, subject=request.subject, by=by, now=now, text=note.strip())
    confirms = _confirming_seat(request, now)
    _hand_on(held, DutyKind.CONFIRM, confirms, now=now, outcome="delivered", within=held.rules.terms.confirm)
    request.keep("state", "delivered_at", "delivered_on", "due_on")
    return request


def _confirming_seat(request: Request, now: datetime) -> Seat:
    """The asking seat, unless one person answers for both: then the next one in line who did not deliver it."""
    named = confirming.confirmer(request, now)
    if named is None or named == request.from_seat_id:
        return request.from_seat
    if request.from_seat_id not in answering([request.from_seat_id], now):
        return request.from_seat  # vacant: whoever fills it is next
    found: Seat = Seat.objects.select_related("subject", "department__calendar", "calendar").get(pk=named)
    return found


# --- the asking side -----------------------------------------------------------------------------------------------


@transaction.atomic
def accept(*, request: Request, by: Person, now: datetime, version: int | None = None) -> Request:
    """Accept what was proposed instead; the asked seat owes it by the proposed day.

    Raises :class:`Conflict` where that day has passed meanwhile: nobody promises a day that is over.
    """
    held = taken(request, Verb.ACCEPT, by=by, now=now, version=version)
    request = held.request
    day = request.offered_on or request.asked_for
    if day < local_day(calendar_of_seat(request.to_seat), now):
        raise Conflict(
            _("%(day)s, which was proposed, has passed. Withdraw it, and ask for a day that is to come.")
            % {"day": day.isoformat()}
        )
    _promise(held, day, now=now, outcome="accepted")
    journal.record(ACCEPTED, subject=request.subject, by=by, now=now, promised=day.isoformat())
    return request


@transaction.atomic
def withdraw(*, request: Request, reason: str, by: Person, now: datetime, version: int | None = None) -> Request:
    """It is not needed any more, or not on these terms."""
    request = taken(request, Verb.WITHDRAW, by=by, now=now, version=version).request
    request.reason = words(reason, field="reason", missing=_("Say why; whoever was asked reads it."))
    request.reason_by = by
    _close(request, State.WITHDRAWN, now=now, outcome="withdrawn")
    request.keep("state", "reason", "reason_by", "closed_at", "due_on")
    journal.record(WITHDRAWN, subject=request.subject, by=by, now=now, text=request.reason)
    return request


@transaction.atomic
def confirm(*, request: Request, by: Person, now: datetime, note: str = "", version: int | None = None) -> Request:
    """It is what was asked for: the request is closed."""
    request = taken(request, Verb.CONFIRM, by=by, now=now, version=version).request
    _close(request, State.CONFIRMED, now=now, outcome="confirmed")
    request.keep("state", "closed_at", "due_on")
    journal.record(CONFIRMED, subject=request.subject, by=by, now=now, text=note.strip())
    return request


@transaction.atomic
def send_back(*, request: Request, reason: str, by: Person, now: datetime, version: int | None = None) -> Request:
    """It is not what was agreed; the same day is owed again, and no rung that fell falls twice."""
    request = taken(request, Verb.SEND_BACK, by=by, now=now, version=version).request
    reason = words(reason, field="reason", missing=_("Say what is missing, so that it can be mended."))
    request.state = leads_to(Verb.SEND_BACK, request.state)
    resume_duty(request.pk, request.to_seat, DutyKind.DELIVER, now=now, outcome="sent_back")
    request.due_on = request.promised
    request.keep("state", "due_on")
    journal.record(SENT_BACK, subject=request.subject, by=by, now=now, text=reason)
    return request


# --- what becomes of them with their action, and before a council --------------------------------------------------


def _running(action: ActionItem) -> QuerySet[Request]:
    return Request.objects.filter(action=action, state__in=sorted(OPEN)).order_by("pk")


def end_of(action: ActionItem, *, by: Person | None, now: datetime) -> None:
    """A locked action ended: what it still needed is not needed any more. What was delivered is still confirmed."""
    for key in _running(action).exclude(state=State.DELIVERED).values_list("pk", flat=True):
        _end(lock(key), by=by, now=now)


def _end(request: Request, *, by: Person | None, now: datetime) -> None:
    _close(request, State.WITHDRAWN, now=now, outcome="ended")
    request.keep("state", "closed_at", "due_on")
    journal.record(ENDED, subject=request.subject, by=by, now=now)


def follow(action: ActionItem, *, by: Person | None, now: datetime) -> None:
    """A locked action went to another seat: that seat asks now, and owes what the asking side owes.

    What was asked of that very seat is its own work now, and ends.
    """
    for key in _running(action).values_list("pk", flat=True):
        request = lock(key)
        if request.from_seat_id == action.seat_id:
            continue
        if request.to_seat_id == action.seat_id:
            _end(request, by=by, now=now)
            continue
        for duty in Duty.objects.filter(subject_id=request.pk, seat_id=request.from_seat_id, closed_at=None):
            duties.hand_on(duty, seat=action.seat)
        request.from_seat, request.from_department = action.seat, action.seat.department
        request.keep("from_seat", "from_department")
        subjects.show_to(
            request.subject, _audience(request.from_department_id, request.to_department_id, request.action)
        )
        journal.record(FOLLOWED, subject=request.subject, by=by, now=now, mentions=[("to", action.seat_id)])


def show_with(action: ActionItem) -> None:
    """A locked action is shown to others than before: so is what was asked for it."""
    for request in Request.objects.filter(action=action).select_related("subject", "action__council"):
        subjects.show_to(
            request.subject, _audience(request.from_department_id, request.to_department_id, request.action)
        )


def set_day(request: Request, day: date, *, reason: str, by: Person, now: datetime, decision: int) -> None:
    """The council decides the day on which it is owed, whatever was or was not answered. ``decision`` is its key."""
    council = request.action.council if request.action is not None else None
    charter, rules = _rules(council, now)
    require_day(day, request.to_seat, today=local_day(calendar_of_seat(request.to_seat), now), field="due_on")
    _promise(Taken(request, charter, rules), day, now=now, outcome="settled")
    journal.record(
        SETTLED, subject=request.subject, by=by, now=now, text=reason, mentions=[("decision", decision)],
        promised=day.isoformat(),
    )  # fmt: skip


def drop(request: Request, *, reason: str, by: Person, now: datetime, decision: int) -> None:
    """The council decides that it is not needed, or not to be had. ``decision`` is its key."""
    request.reason = reason
    _close(request, State.WITHDRAWN, now=now, outcome="dropped")
    request.keep("state", "reason", "closed_at", "due_on")
    journal.record(DROPPED, subject=request.subject, by=by, now=now, text=reason, mentions=[("decision", decision)])
