"""What actions put on agendas: themes that were heard, and actions that need the council; and how each is carried out.

Carried out under the decision's mandate: whoever records it needs no further right, and nothing but what was decided
happens.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import concerning, reversing
from actions.lifecycle import OPEN, RUNNING, State
from actions.models import ActionItem, Theme
from actions.queries import closing, independence
from actions.services import agenda_of, items, promises, requests
from actions.services.agenda_of import LATE_ACTION
from actions.services.footing import close, hand_on, lock, require_fitting_seat, rules_of
from councils.matters import MATTERS, Field, Matter, Outcome, declare, nothing_to_reverse
from councils.models import AgendaItem, Council, Decision, Unit
from councils.referrals import payer_of
from councils.services import books
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import DutyKind, Person, Seat, Subject, SubjectKind
from governance.money import MOST
from governance.queries.seats import answering
from governance.services import journal

THEME = "theme"
LONG, LONGEST = 4000, {"title": 300}

NOTED = events.declare("actions.theme.noted", says=gettext_lazy("The council noted {subject}: {text}"))
AS_IS = events.declare(
    "actions.item.accepted_as_is", says=gettext_lazy("The council accepted {subject} as it is: {text}")
)
RESOURCED = events.declare(
    "actions.item.resourced", says=gettext_lazy("The council gave {subject} more to work with: {text}")
)
VERIFIER_NAMED = events.declare(
    "actions.item.verifier_named", says=gettext_lazy("The council asked {seat} to verify {subject}")
)


# --- reading a payload ---------------------------------------------------------------------------------------------


def text_of(payload: dict[str, Any], name: str, missing: str) -> str:
    given = payload.get(name) or ""
    kept = given.strip() if isinstance(given, str) else ""
    if not kept:
        raise Invalid(missing, field=name)
    if len(kept) > LONGEST.get(name, LONG):
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST.get(name, LONG)}, field=name)
    return kept


def seat_of(payload: dict[str, Any], council: Council) -> Seat:
    """The seat by its public reference; the payload keeps the reference.

    ``council`` oversees the work. That whoever settles it may know of the seat was asked before.
    """
    seat: Seat | None = Seat.objects.select_related("subject", "department").filter(
        subject__reference=str(payload.get("seat") or "").strip(), subject__archived_at=None
    ).first()  # fmt: skip
    if seat is None:
        raise Invalid(_("Choose the one seat that is accountable."), field="seat")
    require_fitting_seat(seat, council)
    return seat


def day_of(payload: dict[str, Any], name: str, *, required: bool) -> date | None:
    given = payload.get(name)
    if not given and not required:
        return None
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        raise Invalid(_("Write a day such as 2026-11-27."), field=name) from error


def amount_of(payload: dict[str, Any]) -> int:
    """Minor units: a whole number, never rounded to one."""
    given = payload.get("amount") or 0
    if isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,15}", given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(_("Write an amount, or nothing."), field="amount")
    if not 0 <= given <= MOST:
        raise Invalid(_("An amount lies between nothing and ten billion."), field="amount")
    return given


def minutes_of(payload: dict[str, Any]) -> int:
    """Minutes of person-time."""
    given = payload.get("minutes") or 0
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= books.MOST:
        raise Invalid(_("Write hours, for example 7.5 or 7:30, or nothing."), field="minutes")
    return given


def _yes(value: Any) -> bool:
    return value is True or str(value or "").lower() in {"true", "on", "yes", "1"}


def _about(item: AgendaItem) -> int:
    """What the matter is about; a referral is about what was referred."""
    while item.matter not in (THEME, LATE_ACTION) and item.referred_from is not None:
        item = item.referred_from.item
    return item.about_id


def overseeing(item: AgendaItem) -> Council:
    """The council that oversees what is decided: the one that proposed it, where a higher body approves."""
    return payer_of(item) or item.council


def theme_of(item: AgendaItem) -> Theme | None:
    """The theme that the matter is about, where it is about one."""
    found: Theme | None = Theme.objects.filter(pk=_about(item)).first()
    return found


# --- a theme -------------------------------------------------------------------------------------------------------


def check_action(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    """The action that would be created, cleaned; raises :class:`Invalid` at the field before anybody votes."""
    asked_for, amount, needs_none = (
        day_of(payload, "asked_for", required=False),
        amount_of(payload),
        _yes(payload.get("needs_none")),
    )
    if needs_none and amount:
        raise Invalid(_("It cannot need nothing and be given money. Choose one."), field="needs_none")
    return {
        "title": text_of(payload, "title", _("Write what is to be done, in one sentence.")),
        "proof": text_of(payload, "proof", _("Write what would prove it done, so that another person can check.")),
        "seat": seat_of(payload, overseeing(item)).subject.reference,
        "asked_for": asked_for.isoformat() if asked_for else None,
        "amount": amount,
        "needs_none": needs_none,
    }


def create_action(decision: Decision, by: Person, now: datetime) -> Subject:
    """The council's decision creates an action with one accountable seat, a date asked for, and what it allocated.

    What a higher body approved is overseen by the council that proposed it.
    """
    payload, council = decision.payload, overseeing(decision.item)
    action = items.create(
        title=payload["title"],
        seat=seat_of(payload, council),
        council=council,
        proof=payload["proof"],
        asked_for=day_of(payload, "asked_for", required=False),
        theme=theme_of(decision.item),
        decision=decision,
        allocated=payload["amount"],
        needs_none=payload["needs_none"],
        by=by,
        now=now,
    )
    return action.subject


def check_note(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"note": text_of(payload, "note", _("Write what the council noted, so that whoever asked can read it."))}


def note(decision: Decision, by: Person, now: datetime) -> Subject:
    """The council noted the theme, and says so to whoever follows it; what departments owe on it they still owe."""
    theme = Subject.objects.get(pk=_about(decision.item))
    # What a confidential council noted stays among those who may read its decisions.
    told_of = decision.subject if decision.council.is_confidential else theme
    mentions = [("decision", decision.pk)] if told_of == theme else []
    journal.record(NOTED, subject=told_of, by=by, now=now, text=decision.payload["note"], mentions=mentions)
    return theme


# --- an action that needs the council ------------------------------------------------------------------------------


def _closed_ways(action: ActionItem, now: datetime) -> dict[str, str]:
    """Why which ways of settling are closed, as the action stands and as its council's charter says."""
    closed = {}
    if action.state not in RUNNING:
        closed["extend"] = _("Only an action that runs gets another date.")
    if action.state not in RUNNING:
        closed["re_resource"] = _("Only an action that runs is given more.")
    if action.state == State.DONE:
        closed["reassign"] = _("It is said to be done.")
    else:
        closed["verify_by"] = _("It is not said to be done, so there is nothing to verify yet.")
    if action.state not in RUNNING | {State.DONE}:
        closed["accept_as_is"] = _("Nobody took it on yet, so there is nothing to accept.")
    elif not closing.closure_of(action, now).unverified:
        closed["accept_as_is"] = _("The charter lets nothing be closed without being verified.")
    return closed


def _refusal(key: str) -> Callable[[AgendaItem, datetime], str]:
    """Why this way is closed for an item, with those that are open for it; empty where it is open itself."""

    def refuses(item: AgendaItem, now: datetime) -> str:
        action = ActionItem.objects.select_related("council__charter").get(pk=_about(item))
        closed = _closed_ways(action, now)
        if key not in closed:
            return ""
        if item.matter != LATE_ACTION:
            remedy = _("Do not approve it; then the council that asked decides anew.")
        else:
            ways = [str(way.label) for way in MATTERS[LATE_ACTION].outcomes.values() if way.key not in closed]
            # Dropping it is open in every state and stands last.
            remedy = _("What can be decided: %(ways)s, or %(last)s.") % {"ways": ", ".join(ways[:-1]), "last": ways[-1]}
        return f"{closed[key]} {remedy}"

    return refuses


def _action(item: AgendaItem) -> ActionItem:
    """The action under its lock. Raises :class:`Conflict` when it was closed meanwhile."""
    action = lock(_about(item))
    if action.council_id != overseeing(item).pk:
        raise Conflict(_("Another council oversees %(action)s. Raise it there.") % {"action": action.subject.reference})
    if action.state not in OPEN:
        raise Conflict(_("%(action)s was closed meanwhile. Withdraw this item.") % {"action": action.subject.reference})
    return action


def overseer(subject: Subject) -> int | None:
    return ActionItem.objects.filter(pk=subject.pk).values_list("council_id", flat=True).first()


def check_extend(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    action, day = ActionItem.objects.get(pk=_about(item)), day_of(payload, "due_on", required=True)
    if day is None or (action.promised is not None and day <= action.promised):
        raise Invalid(_("Choose a later day than the promised one."), field="due_on")
    return {"due_on": day.isoformat(), "reason": text_of(payload, "reason", _("Say why; the promise record keeps it."))}


def extend(decision: Decision, by: Person, now: datetime) -> Subject:
    """Another date: the next promise in the record, approved by the council."""
    action, payload = _action(decision.item), decision.payload
    if action.state not in RUNNING:
        raise Conflict(_("%(action)s does not run any more.") % {"action": action.subject.reference})
    promises.renew(
        action, date.fromisoformat(payload["due_on"]), reason=payload["reason"], decision=decision, by=by, now=now
    )
    return action.subject


def check_reason(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reason": text_of(payload, "reason", _("Say why; it stays on record."))}


def drop(decision: Decision, by: Person, now: datetime) -> Subject:
    """Close it unfinished."""
    action = _action(decision.item)
    items.drop(action, reason=decision.payload["reason"], by=by, now=now)
    return action.subject


def check_resource(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    amount, minutes = amount_of(payload), minutes_of(payload)
    if not amount and not minutes:
        raise Invalid(_("Write what it is given: an amount, hours, or both."), field="amount")
    return {"amount": amount, "minutes": minutes, "reason": check_reason(_item, payload)["reason"]}


def re_resource(decision: Decision, by: Person, now: datetime) -> Subject:
    """More money or time for it: the money follows from what the decision commits, the time is allocated here."""
    action = _action(decision.item)
    minutes = decision.payload["minutes"]
    if minutes:
        books.commit(
            council=overseeing(decision.item), subject=action.subject, amount=minutes, by=by, now=now,
            decision=decision, unit=Unit.TIME,
        )  # fmt: skip
    if action.needs_none:
        action.needs_none = False
        action.keep("needs_none")
    journal.record(
        RESOURCED, subject=action.subject, by=by, now=now, text=decision.payload["reason"],
        mentions=[("decision", decision.pk)],
    )  # fmt: skip
    return action.subject


def check_reassign(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    action, seat = ActionItem.objects.get(pk=_about(item)), seat_of(payload, overseeing(item))
    if seat.pk == action.seat_id:
        raise Invalid(_("%(seat)s has it already. Choose another seat.") % {"seat": seat.subject.title}, field="seat")
    return {"seat": seat.subject.reference}


def reassign(decision: Decision, by: Person, now: datetime) -> Subject:
    """Another owner: proposed to that seat, which promises its own date."""
    action = _action(decision.item)
    items.give_to(action, seat_of(decision.payload, action.council), by=by, now=now)
    return action.subject


def accept_as_is(decision: Decision, by: Person, now: datetime) -> Subject:
    """Close it as it stands, unverified: counted apart from what another person verified, and never as kept
    unless its owner had said in time that it is done."""
    action = _action(decision.item)
    action.state = State.AS_IS
    action.keep("state")
    close(action, now=now, outcome="as_is")
    requests.end_of(action, by=by, now=now)
    books.return_rest(subject=action.subject, by=by, now=now)
    agenda_of.end(action, reason=_("The action was accepted as it is."), by=by, now=now)
    journal.record(
        AS_IS, subject=action.subject, by=by, now=now, text=decision.payload["reason"],
        mentions=[("decision", decision.pk)],
    )  # fmt: skip
    return action.subject


def check_verify_by(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"seat": seat_of(payload, overseeing(item)).subject.reference}


def verify_by(decision: Decision, by: Person, now: datetime) -> Subject:
    """Another seat verifies, where nobody of the charter's own could: one whose person had no part in the work."""
    action = _action(decision.item)
    seat = seat_of(decision.payload, action.council)
    if action.state != State.DONE:
        raise Conflict(_("%(action)s is not said to be done any more.") % {"action": action.subject.reference})
    who = answering([seat.pk], now).get(seat.pk)
    person = Person.objects.filter(pk=who.person_id).first() if who is not None else None
    if person is None or person.pk in independence.involved(action, now):
        raise Invalid(_("Choose a seat that somebody holds who had no part in the work."), field="seat")
    if not ActionItem.objects.visible_to(person, now).filter(pk=action.pk).exists():
        raise Invalid(_("%(who)s does not see this action. Choose another seat.") % {"who": person}, field="seat")
    _version, rules = rules_of(action.council, now)
    hand_on(action, DutyKind.VERIFY, seat, now=now, outcome="named", within=rules.terms.verify)
    journal.record(
        VERIFIER_NAMED, subject=action.subject, by=by, now=now,
        mentions=[("seat", seat.pk), ("decision", decision.pk)],
    )  # fmt: skip
    return action.subject


_REASON = Field("reason", gettext_lazy("Why"), "long", required=True)
_SEAT = Field("seat", gettext_lazy("Accountable seat"), "seat", required=True, answers=True)
_VERIFIER = Field("seat", gettext_lazy("The seat that verifies it"), "seat", required=True)

declare(
    Matter(
        THEME,
        gettext_lazy("What was heard"),
        {
            "create_action": Outcome(
                "create_action",
                gettext_lazy("create an action"),
                create_action,
                check_action,
                (
                    Field("title", gettext_lazy("What is to be done"), required=True),
                    _SEAT,
                    Field("proof", gettext_lazy("What would prove it done"), "long", required=True),
                    Field("asked_for", gettext_lazy("Date asked for"), "date"),
                    Field("amount", gettext_lazy("Allocated from the envelope"), "money"),
                    Field("needs_none", gettext_lazy("Needs no resources"), "yes"),
                ),
                amount_of,
                reverse=nothing_to_reverse,
            ),
            "note": Outcome(
                "note",
                gettext_lazy("note it"),
                note,
                check_note,
                (Field("note", gettext_lazy("What the council noted"), "long", required=True),),
                reverse=nothing_to_reverse,
            ),
        },
        about=SubjectKind.THEME,
    )
)

declare(
    Matter(
        LATE_ACTION,
        gettext_lazy("An action that needs the council"),
        {
            "extend": Outcome(
                "extend",
                gettext_lazy("give it another date"),
                extend,
                check_extend,
                (Field("due_on", gettext_lazy("New date"), "date", required=True), _REASON),
                refuses=_refusal("extend"),
                reverse=reversing.another_date,
                remember=reversing.remember,
            ),
            "re_resource": Outcome(
                "re_resource",
                gettext_lazy("give it more to work with"),
                re_resource,
                check_resource,
                (
                    Field("amount", gettext_lazy("Allocated from the envelope"), "money"),
                    Field("minutes", gettext_lazy("Person-time"), "hours"),
                    _REASON,
                ),
                amount_of,
                minutes_of,
                refuses=_refusal("re_resource"),
                reverse=reversing.more_resources,
                remember=reversing.remember,
            ),
            "reassign": Outcome(
                "reassign",
                gettext_lazy("give it to another seat"),
                reassign,
                check_reassign,
                (_SEAT,),
                refuses=_refusal("reassign"),
                reverse=reversing.another_seat,
                remember=reversing.remember,
            ),
            "verify_by": Outcome(
                "verify_by",
                gettext_lazy("let another seat verify it"),
                verify_by,
                check_verify_by,
                (_VERIFIER,),
                refuses=_refusal("verify_by"),
                reverse=reversing.another_verifier,
                remember=reversing.remember,
            ),
            "accept_as_is": Outcome(
                "accept_as_is",
                gettext_lazy("accept it as it is"),
                accept_as_is,
                check_reason,
                (_REASON,),
                refuses=_refusal("accept_as_is"),
                reverse=reversing.an_end,
                remember=reversing.remember,
            ),
            "drop": Outcome(
                "drop",
                gettext_lazy("drop it"),
                drop,
                check_reason,
                (_REASON,),
                reverse=reversing.an_end,
                remember=reversing.remember,
            ),
        },
        about=SubjectKind.ACTION,
        concerns=concerning.action,
        overseer=overseer,
        escalates=True,
    )
)
