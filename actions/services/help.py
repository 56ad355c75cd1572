"""Asking for help with an action, before a ladder does: an escalation by hand."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle import Verb
from actions.models import ActionItem
from actions.queries import roles as role_queries
from actions.services.footing import take
from governance.errors import Conflict, Invalid
from governance.models import BESIDE, Duty, HelpRequest, Person, Seat
from governance.services import helping


@transaction.atomic
def ask(
    *, action: ActionItem, asked: Seat, words: str, by: Person, now: datetime, version: int | None = None
) -> HelpRequest:
    """Ask the department head or the sponsor for help now, whoever of :func:`actions.queries.roles.helpers` may be.

    Whoever answers for the work asks, or its champion. Nothing that is owed moves by it.
    """
    action = take(action, verb=Verb.ASK_HELP, by=by, now=now, version=version).action
    if asked.pk not in {seat.pk for seat in role_queries.helpers(action)}:
        raise Invalid(_("Ask the department's head or the council's sponsor."), field="asked")
    owed = Duty.objects.filter(subject_id=action.pk, seat_id=action.seat_id, closed_at=None)
    duty = owed.exclude(kind__in=BESIDE).order_by("pk").first()
    if duty is None:
        raise Conflict(_("Your seat owes nothing for it now. Help is asked for what is owed."))
    return helping.ask(duty=duty, asked=asked, words=words, by=by, now=now)
