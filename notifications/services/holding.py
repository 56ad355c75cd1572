"""Holding all mail: after a restore nobody knows what was said since the backup, so an operator decides.

While mail is held the sweep goes on and the outbox fills; nothing is handed over. *Resend* lets everything that waits
go out; *skip* puts it into the inboxes and mails none of it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Conflict, Invalid, Refused
from governance.models import Organisation, Person
from governance.services import journal
from notifications.models import HoldEnd, MailHold, Message, MessageState
from notifications.queries import outbox as queries
from notifications.services import outbox

HELD = events.declare("notifications.mail.held", says=gettext_lazy("All mail is held: {text}"))
RESENT = events.declare("notifications.mail.resent", says=gettext_lazy("{by} let the held mail go out"))
SKIPPED = events.declare(
    "notifications.mail.skipped", says=gettext_lazy("{by} put what was held into the inboxes, and mailed none of it")
)


@transaction.atomic
def hold(*, reason: str, by: Person | None, now: datetime) -> MailHold:
    """Hand nothing over until somebody says what becomes of it. Holding twice is holding once."""
    _require(by, now)
    if not reason.strip():
        raise Invalid(_("Say why all mail is held: others will ask."), field="reason")
    standing = queries.held()
    if standing is not None:
        return standing
    made = MailHold.objects.create(reason=reason.strip()[:300], since=now)
    root = _root()
    if root is not None:
        journal.record(HELD, subject=root, by=by, now=now, text=reason.strip())
    return made


def resend(*, by: Person | None, now: datetime) -> int:
    """Let everything that waits go out, also what was perhaps sent after the backup. Returns how many wait."""
    _require(by, now)
    waiting = Message.objects.filter(state__in=(MessageState.WAITING, MessageState.CLAIMED)).count()
    _end(HoldEnd.RESENT, by=by, now=now)
    return waiting


def skip(*, by: Person | None, now: datetime) -> int:
    """Put everything that waits into the inboxes without mailing it. Returns how many messages that were."""
    _require(by, now)
    if queries.held() is None:
        raise Conflict(_("No mail is held. There is nothing to decide."))
    beyond = list(queries.held_back(now).values_list("pk", flat=True))  # of what the cap holds nothing is decided here
    Message.objects.filter(state__in=(MessageState.WAITING, MessageState.CLAIMED)).exclude(pk__in=beyond).update(
        state=MessageState.WAITING, not_before=now, claimed_until=None, token="", attempts=0
    )
    put = outbox.drain(now, by_mail=False)
    _end(HoldEnd.SKIPPED, by=by, now=now)
    return put


@transaction.atomic
def _end(how: HoldEnd, *, by: Person | None, now: datetime) -> None:
    ended = MailHold.objects.filter(ended_at=None).update(ended_at=now, ended_by=by, ended_as=how)
    if not ended:
        raise Conflict(_("No mail is held. There is nothing to decide."))
    root = _root()
    if root is not None:
        journal.record(RESENT if how == HoldEnd.RESENT else SKIPPED, subject=root, by=by, now=now)


def _require(by: Person | None, now: datetime) -> None:
    """Whoever runs the program: an operator at the machine (no person), an administrator or the CX lead."""
    if by is not None and not queries.may_look(by, now):
        raise Refused(_("The outbox is for administrators and the CX lead."))


def _root() -> int | None:
    return Organisation.objects.values_list("root_id", flat=True).first()
