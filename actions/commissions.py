"""Actions that a council commissions with a decision, each in one line: what, seat, date asked for, money."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from actions.matters import amount_of, day_of, overseeing, seat_of, text_of, theme_of
from actions.services import items
from councils import commissions
from councils.models import AgendaItem, Decision
from governance.errors import Invalid
from governance.models import Person, Subject


def check(item: AgendaItem, asked: dict[str, Any]) -> dict[str, Any]:
    """One action, cleaned; raises :class:`governance.errors.Invalid` at the field.

    What would prove it done may be left open: the line says what was decided, and whoever accepts it sharpens that.
    """
    title = text_of(asked, "title", _("Write what is to be done, in one sentence."))
    asked_for = day_of(asked, "asked_for", required=False)
    proof = str(asked.get("proof") or "").strip() or _("What was decided is done: %(title)s") % {"title": title}
    amount, needs_none = amount_of(asked), bool(asked.get("needs_none"))
    if amount and needs_none:
        raise Invalid(_("It cannot need nothing and be given money. Choose one."), field="amount")
    return {
        "title": title,
        "proof": text_of({"proof": proof}, "proof", ""),
        "seat": seat_of(asked, overseeing(item)).subject.reference,
        "asked_for": asked_for.isoformat() if asked_for else None,
        "amount": amount,
        "needs_none": needs_none,
    }


def make(decision: Decision, asked: dict[str, Any], by: Person, now: datetime) -> Subject:
    """The action, proposed to its seat under the decision's mandate."""
    council = overseeing(decision.item)
    action = items.create(
        title=asked["title"],
        seat=seat_of(asked, council),
        council=council,
        proof=asked["proof"],
        asked_for=date.fromisoformat(asked["asked_for"]) if asked["asked_for"] else None,
        theme=theme_of(decision.item),
        decision=decision,
        allocated=asked["amount"],
        needs_none=asked["needs_none"],
        by=by,
        now=now,
    )
    return action.subject


commissions.register(check=check, make=make)
