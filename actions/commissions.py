"""Actions that a council commissions with a decision, each in one line: what, seat, date asked for, money."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from actions.lifecycle import State
from actions.matters import amount_of, day_of, overseeing, seat_of, text_of, theme_of
from actions.models import ActionItem
from actions.services import items
from actions.services.footing import lock
from councils import commissions, slips
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


def made_by(decision: Decision) -> Sequence[Subject]:
    """The actions that a decision created: by its outcome, and beside it."""
    return list(Subject.objects.filter(pk__in=ActionItem.objects.filter(decision=decision).values("pk")).order_by("pk"))


def unmake(decision: Decision, by: Person, now: datetime) -> None:
    """Nobody is asked any more to take on what a decision created by a slip."""
    for key in ActionItem.objects.filter(decision=decision).order_by("pk").values_list("pk", flat=True):
        action = lock(key)
        if action.state != State.PROPOSED:
            raise slips.used()
        items.drop(
            action, reason=_("The decision that created it was taken back (%(decision)s).")
            % {"decision": decision.reference}, by=by, now=now,
        )  # fmt: skip


commissions.register(check=check, make=make, made_by=made_by, unmake=unmake)
