"""Asking for help with a request between departments, before a ladder does."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import Request
from actions.queries import confirming
from actions.requesting import Verb
from actions.services.requests import taken
from governance.errors import Conflict, Invalid
from governance.models import BESIDE, Duty, HelpRequest, Person, Seat
from governance.services import helping


@transaction.atomic
def ask(
    *, request: Request, asked: Seat, words: str, by: Person, now: datetime, version: int | None = None
) -> HelpRequest:
    """Ask up the ladder of whoever was asked, while that one owes an answer or the delivery: either side may.

    ``asked`` is one of :func:`actions.queries.confirming.helpers`. Nothing that is owed moves by it.
    """
    request = taken(request, Verb.ASK_HELP, by=by, now=now, version=version).request
    if asked.pk not in {seat.pk for seat in confirming.helpers(request)}:
        raise Invalid(_("Ask the head of the department that was asked, or whoever stands above it."), field="asked")
    owed = Duty.objects.filter(subject_id=request.pk, seat_id=request.to_seat_id, closed_at=None)
    duty = owed.exclude(kind__in=BESIDE).order_by("pk").first()
    if duty is None:
        raise Conflict(_("They owe nothing for it now. Help is asked for what is owed."))
    return helping.ask(duty=duty, asked=asked, words=words, by=by, now=now)
