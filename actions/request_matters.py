"""A request that two departments cannot settle between themselves, before a council: a day, or an end.

Silence is never consent, so the last rung of its ladder brings it here (``notifications.services.sweep``).
"""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import concerning
from actions.models import Request
from actions.requesting import OPEN, State
from actions.services import requests
from councils.matters import Field, Matter, Outcome, declare
from councils.models import AgendaItem, Decision
from governance.errors import Conflict, Invalid
from governance.models import Person, Subject, SubjectKind

OPEN_REQUEST = "open_request"


def _text(payload: dict[str, Any]) -> str:
    given = payload.get("reason")
    kept = given.strip() if isinstance(given, str) else ""
    if not kept or len(kept) > 4000:
        raise Invalid(_("Say why, in 4000 characters at most; both departments read it."), field="reason")
    return kept


def _about(item: AgendaItem) -> int:
    """What the matter is about; a referral is about what was referred."""
    while item.matter != OPEN_REQUEST and item.referred_from is not None:
        item = item.referred_from.item
    return item.about_id


def _taken(decision: Decision) -> Request:
    request = requests.lock(_about(decision.item))
    if request.state not in OPEN:
        raise Conflict(_("%(request)s is closed by now. Withdraw the item.") % {"request": request.reference})
    return request


def check_day(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    if Request.objects.get(pk=_about(item)).state not in OPEN - {State.DELIVERED}:
        raise Invalid(_("It is delivered or closed: there is no day left to set."), field="outcome")
    given = payload.get("due_on")
    try:
        day = given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        raise Invalid(_("Write a day such as 2026-11-27."), field="due_on") from error
    return {"due_on": day.isoformat(), "reason": _text(payload)}


def set_day(decision: Decision, by: Person, now: datetime) -> Subject:
    """The asked seat owes the delivery by the council's day, whatever it answered."""
    request, payload = _taken(decision), decision.payload
    if request.state == State.DELIVERED:
        raise Conflict(
            _("%(request)s is delivered by now: whoever asked confirms it.") % {"request": request.reference}
        )
    day = date.fromisoformat(payload["due_on"])
    requests.set_day(request, day, reason=payload["reason"], by=by, now=now, decision=decision.pk)
    return request.subject


def check_drop(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reason": _text(payload)}


def drop(decision: Decision, by: Person, now: datetime) -> Subject:
    request = _taken(decision)
    requests.drop(request, reason=decision.payload["reason"], by=by, now=now, decision=decision.pk)
    return request.subject


def _overseer(subject: Subject) -> int | None:
    """The council of the action that it serves alone decides about it, where there is one."""
    return Request.objects.filter(pk=subject.pk).values_list("action__council_id", flat=True).first()


_REASON = Field("reason", gettext_lazy("Why"), "long", required=True)

declare(
    Matter(
        OPEN_REQUEST,
        gettext_lazy("A request between departments"),
        {
            "set_day": Outcome(
                "set_day",
                gettext_lazy("set the day on which it is owed"),
                set_day,
                check_day,
                (Field("due_on", gettext_lazy("Owed by"), "date", required=True), _REASON),
            ),
            "drop": Outcome("drop", gettext_lazy("drop it"), drop, check_drop, (_REASON,)),
        },
        about=SubjectKind.REQUEST,
        concerns=concerning.request,
        overseer=_overseer,
    )
)
