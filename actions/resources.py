"""The matter "resources": money and time for an action, asked for by its owner or owed for an overrun.

Carried out under the decision's mandate, like every matter. The action's own row is not locked here: money that is
allocated while the action is closed goes back with the rest, because closing waits for the envelope's lock.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import concerning
from actions.lifecycle import OPEN
from actions.matters import amount_of, minutes_of, overseer, text_of
from actions.models import ActionItem
from actions.services.agenda_of import RESOURCES
from councils.matters import Field, Matter, Outcome, declare, nothing_to_reverse
from councils.measures import say
from councils.models import AgendaItem, Decision, Unit
from councils.queries import books as queries
from councils.referrals import payer_of
from councils.services import books
from governance.errors import Conflict, Invalid
from governance.models import Person, Subject, SubjectKind


def check_allocate(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    """What would be allocated: money, time or both."""
    amount, minutes = amount_of(payload), minutes_of(payload)
    if not amount and not minutes:
        raise Invalid(_("Write what is allocated: an amount, hours, or both. Or decline it."), field="amount")
    return {"amount": amount, "minutes": minutes}


def allocate(decision: Decision, by: Person, now: datetime) -> Subject:
    """Time from the council's envelope of time; money follows from what the decision commits."""
    action = _action(decision.item)
    owed = {line.unit for line in queries.of_subject(action.pk) if line.overrun}
    if action.state not in OPEN and not owed:
        raise Conflict(_("%(action)s was closed meanwhile. Withdraw this item.") % {"action": action.subject.reference})
    minutes = minutes_of(decision.payload)
    if minutes:
        payer = payer_of(decision.item) or decision.council
        books.commit(
            council=payer,
            subject=action.subject,
            amount=minutes,
            by=by,
            now=now,
            decision=decision,
            unit=Unit.TIME,
        )
    return action.subject


def _motion(item: AgendaItem) -> str:
    """The sum that was asked for, and for what; empty where nobody named one."""
    payload = item.proposal.get("payload", {})
    amount, minutes = payload.get("amount") or 0, payload.get("minutes") or 0
    currency = getattr(item, "house_currency", "") or queries.currency()
    sums = [say(amount, Unit.MONEY, currency)] if amount else []
    sums += [say(minutes, Unit.TIME, "")] if minutes else []
    if not sums:
        return ""
    return _("Allocate %(sum)s: %(title)s") % {"sum": _(" and ").join(sums), "title": item.about.title}


def check_decline(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reason": text_of(payload, "reason", _("Say why not; whoever asked reads it."))}


def decline(decision: Decision, _by: Person, _now: datetime) -> Subject:
    """Nothing is allocated; what is overrun stays a debt that everybody sees."""
    return _action(decision.item).subject


def _action(item: AgendaItem) -> ActionItem:
    while item.matter != RESOURCES and item.referred_from is not None:
        item = item.referred_from.item
    action: ActionItem = ActionItem.objects.select_related("subject").get(pk=item.about_id)
    return action


declare(
    Matter(
        RESOURCES,
        gettext_lazy("Resources for an action"),
        {
            "allocate": Outcome(
                "allocate",
                gettext_lazy("allocate them"),
                allocate,
                check_allocate,
                (
                    Field("amount", gettext_lazy("Money, from the council's envelope"), "money"),
                    Field("minutes", gettext_lazy("Person-time, from the council's envelope"), "hours"),
                ),
                amount_of,
                minutes_of,
                motion=_motion,
                reverse=nothing_to_reverse,
            ),
            "decline": Outcome(
                "decline",
                gettext_lazy("decline"),
                decline,
                check_decline,
                (Field("reason", gettext_lazy("Why not"), "long", required=True),),
                reverse=nothing_to_reverse,
            ),
        },
        about=SubjectKind.ACTION,
        concerns=concerning.action,
        overseer=overseer,
    )
)
