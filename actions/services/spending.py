"""Spending on an action: by its owner, its council's secretary, or a finance partner who may see it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle import CLOSED, Verb, ever
from actions.models import ActionItem
from actions.queries import roles as role_queries
from actions.services import funding
from actions.services.footing import lock, refusal, take
from councils.models import Envelope, Spending, Unit
from councils.services import books
from councils.services import spending as spent
from governance.errors import Absent, Refused
from governance.models import Person


@transaction.atomic
def spend(
    *,
    action: ActionItem,
    amount: int,
    on: date,
    what: str,
    by: Person,
    now: datetime,
    envelope: Envelope | None = None,
    unit: str = Unit.MONEY,
    cost_centre: str = "",
    external_reference: str = "",
    overrun: bool = False,
) -> Spending:
    """Post what was spent on an action. An overrun goes onto its council's agenda, to be settled by a decision.

    Raises as :func:`councils.services.spending.spend` does, and :class:`Refused` naming who posts.
    """
    action = take(action, verb=Verb.SPEND, by=by, now=now).action
    posted = spent.spend(
        subject=action.subject,
        amount=amount,
        on=on,
        what=what,
        by=by,
        now=now,
        envelope=envelope,
        unit=unit,
        cost_centre=cost_centre,
        external_reference=external_reference,
        overrun=overrun,
    )
    if posted.overrun:
        funding.ask_to_settle(action, posted, now=now)
    return posted


@transaction.atomic
def reverse(*, spending: Spending, reason: str, by: Person, now: datetime) -> Spending:
    """Take spending back by another that runs against it: whoever may post it may. What a closed action gets back in
    this way goes on to the envelope."""
    action = lock(require_reversing(spending, by, now).pk)
    against = spent.reverse(spending=spending, reason=reason, by=by, now=now)
    if action.state in CLOSED:
        books.return_rest(subject=action.subject, by=by, now=now)
    return against


def require_reversing(spending: Spending, by: Person, now: datetime) -> ActionItem:
    """The action, for whoever may post its spending. Raises :class:`Absent`, :class:`Refused`."""
    action: ActionItem | None = (
        ActionItem.objects.visible_to(by, now)
        .select_related("subject", "seat__subject", "seat__department", "department", "council")
        .filter(pk=spending.subject_id)
        .first()
    )
    if action is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if Verb.SPEND not in ever(role_queries.of(action, by, now)):
        raise Refused(refusal(action, Verb.SPEND, now))
    return action
