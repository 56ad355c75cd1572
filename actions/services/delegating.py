"""Allocating what an owner asked for without a meeting: by whom the charter lets, or by the sponsor's signature."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle import Verb
from actions.models import ActionItem
from actions.queries import delegating as queries
from actions.services.footing import take
from councils.models import DelegatedAllocation
from councils.services import agenda, delegated
from governance.errors import Conflict, Invalid, Refused
from governance.models import Person


@transaction.atomic
def allocate(
    *, action: ActionItem, confirm: bool, by: Person, now: datetime, version: int | None = None
) -> DelegatedAllocation:
    """Allocate what waits for the council, in full, from its envelope: ``confirm`` signs the sentence that is shown.

    Only money, and never for one's own work. Raises :class:`Refused` for anybody else, beyond the limit and after the
    last day, each time naming the agenda item on which the council decides; :class:`EnvelopeShort`.
    """
    action = take(action, verb=Verb.ALLOCATE, by=by, now=now, version=version).action
    request = queries.waiting(action)
    if request is None:
        raise Conflict(_("Nothing is asked for that waits. Its owner asks first."))
    item = agenda.locked(request.item, None)
    if request.minutes:
        raise Conflict(delegated.with_remedy(_("Person-time is asked for too, which only a decision allocates."), item))
    if not confirm:
        raise Invalid(_("Tick the sentence: with it you sign."), field="confirm")
    best = queries.best(request, queries.held(action, request, by, now), by, now)
    if best is None:
        raise Refused(delegated.with_remedy(_("The charter does not name you for this."), item))
    made = delegated.allocate(item=item, amount=request.amount, mandate=best.mandate, by=by, now=now)
    action.keep()
    return made
