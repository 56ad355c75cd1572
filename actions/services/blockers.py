"""What stops an action, and its end."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, Blocker, BlockerKind, Request
from actions.queries import mentions
from actions.requesting import OPEN
from actions.services import holds
from actions.services.footing import LONGEST, day_ahead, require_fitting_seat, take, words
from governance import access, events
from governance.errors import Absent, Conflict, Invalid
from governance.models import Person, Seat
from governance.queries.calendars import calendar_of_seat, local_day
from governance.services import journal

BLOCKED = events.declare(
    "actions.item.blocked", says=gettext_lazy("{by} reported {subject} blocked: {text}"), by_people=True
)
HELD = events.declare("actions.item.held", says=gettext_lazy("{by} put {subject} on hold: {text}"), by_people=True)
LIFTED = events.declare(
    "actions.blocker.lifted", says=gettext_lazy("{by} lifted what stopped {subject}"), by_people=True
)


@transaction.atomic
def block(
    *,
    action: ActionItem,
    reason: str,
    by: Person,
    now: datetime,
    waiting_on: Seat | None = None,
    until: date | None = None,
    kind: str = BlockerKind.BLOCKED,
    request: Request | None = None,
    version: int | None = None,
) -> Blocker:
    """Report what stops it: why, waiting on which seat, until when. A hold needs whoever approves dates, another
    person than who owns the work or does part of it.

    ``request`` is one of the action's own that another department has not delivered: it ends by itself with that.
    The promised date stays: a blocker explains a slip, it does not move the day. A hold pauses the ladder until its day
    and ends by itself; what is blocked climbs on, so that somebody helps.
    """
    if kind not in BlockerKind.values:
        raise Invalid(_("It is blocked, or on hold."), field="kind")
    verb = Verb.HOLD if kind == BlockerKind.HOLD else Verb.BLOCK
    action = take(action, verb=verb, by=by, now=now, version=version).action
    reason = words(reason, field="reason", missing=_("Say what stops it, so that somebody can help."), longest=LONGEST)
    if until is not None:
        day_ahead(until, today=local_day(calendar_of_seat(action.seat), now), field="until")
    elif kind == BlockerKind.HOLD:
        raise Invalid(_("Say until which day it rests. Then it goes on by itself."), field="until")
    if waiting_on is not None and not access.visible_ids(by, [waiting_on.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if waiting_on is not None:
        require_fitting_seat(waiting_on, action.council, field="waiting_on")
    if request is not None:
        _require_waited_for(action, request, by, now)
        waiting_on = waiting_on or request.to_seat
    blocker = Blocker.objects.create(
        action=action, kind=kind, reason=reason, waiting_on=waiting_on, request=request, since=now, until=until, by=by
    )
    holds.settle(action, now)
    action.keep()
    journal.record(
        HELD if verb is Verb.HOLD else BLOCKED,
        subject=action.subject,
        by=by,
        now=now,
        text=reason,
        mentions=[
            *([("waiting_on", waiting_on.pk)] if waiting_on else []),
            *([("request", request.pk)] if request else []),
        ],
        until=until.isoformat() if until else None,
        **mentions.facts(reason, action, by, now),
    )
    return blocker


def _require_waited_for(action: ActionItem, request: Request, by: Person, now: datetime) -> None:
    """Pass for an open request of this very action that ``by`` may see, under its lock: it may just be ending."""
    held = Request.objects.select_for_update().filter(pk=request.pk, action=action, state__in=sorted(OPEN)).first()
    if held is None or not access.may_see(by, request.pk, now):
        raise Invalid(_("Choose one of this action's open requests, or none."), field="request")


@transaction.atomic
def lift(*, blocker: Blocker, by: Person, now: datetime, version: int | None = None) -> Blocker:
    """Say that it no longer stops the action (of that ``version``). Lifting it twice raises :class:`Conflict`."""
    action = take(blocker.action, verb=Verb.LIFT, by=by, now=now, version=version).action
    blocker = Blocker.objects.select_for_update().get(pk=blocker.pk)
    if blocker.lifted_at is not None:
        raise Conflict(_("This was lifted already."))
    blocker.lifted_at, blocker.lifted_by = now, by
    blocker.save(update_fields=["lifted_at", "lifted_by"])
    if blocker.kind == BlockerKind.HOLD:
        holds.settle(action, now, lifted=True)
    action.keep()
    journal.record(LIFTED, subject=action.subject, by=by, now=now, blocker=blocker.pk)
    return blocker
