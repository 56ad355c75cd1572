"""The end of an envelope's period, and moving what is free between envelopes: by whoever grants."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.authority import money
from councils.measures import say
from councils.models import AccountKind, Envelope, Posting, Rest, Unit, Why
from councils.queries import books as queries
from councils.services import books
from governance import events
from governance.errors import Conflict, Invalid, Refused
from governance.models import DutyKind, Person
from governance.services import duties, journal

LAPSED = events.declare(
    "councils.envelope.closed", says=gettext_lazy("{by} closed {subject}; what was left, {amount}, lapsed")
)
CARRIED = events.declare(
    "councils.envelope.carried_over", says=gettext_lazy("{by} closed {subject}; {amount} went over into {into}")
)
TRANSFERRED = events.declare(
    "councils.envelope.transferred", says=gettext_lazy("{by} transferred {amount} from {subject} to {into}")
)


@transaction.atomic
def close(
    *, envelope: Envelope, by: Person, now: datetime, into: Envelope | None = None, cover: bool = False
) -> Envelope:
    """Close an envelope's period, by whoever may grant it: nothing is posted into it after that.

    What is left lapses, or goes over into another envelope of the same council and unit: what is free stays free there,
    what is allocated stays allocated. An overrun has to be settled first, unless the grantor covers it (``cover``).
    Raises :class:`Refused`, :class:`Absent`, :class:`Conflict`, :class:`Invalid` at ``into``.
    """
    books.signature(envelope.council, by, now)
    locked = {one.pk: one for one in books.lock([envelope.pk, *([into.pk] if into is not None else [])])}
    envelope = locked[envelope.pk]
    books.require_open(envelope)
    if into is not None:
        into = locked[into.pk]
        books.require_open(into)
        if into.pk == envelope.pk or into.council_id != envelope.council_id or not _same_unit(envelope, into):
            raise Invalid(_("Choose another open envelope of this council, of the same unit."), field="into")
    _settle_overruns(envelope, by, now, cover=cover)
    figures = queries.balances([envelope.pk])[envelope.pk]
    why = Why.LAPSED if into is None else Why.CARRIED
    grantor = books.account(envelope, AccountKind.GRANTOR)
    if figures.free:
        gone = books.post(books.account(envelope, AccountKind.FREE), grantor, figures.free, by=by, now=now, why=why)
        _continue(gone, into, AccountKind.FREE, by, now)
    for line in queries.lines(envelope):
        if line.left:
            held = books.account(envelope, AccountKind.ALLOCATION, line.subject)
            gone = books.post(held, grantor, line.left, by=by, now=now, why=why)
            _continue(gone, into, AccountKind.ALLOCATION, by, now)
    envelope.closed_at, envelope.closed_by = now, by
    envelope.rest, envelope.carried_into = (Rest.LAPSED if into is None else Rest.CARRIED), into
    envelope.save(update_fields=["closed_at", "closed_by", "rest", "carried_into"])
    duties.close_duty(subject_id=envelope.pk, kind=DutyKind.CLOSE_ENVELOPE, now=now, outcome=str(envelope.rest))
    journal.record(
        LAPSED if into is None else CARRIED,
        subject=envelope.subject,
        by=by,
        now=now,
        mentions=[("council", envelope.council_id), *([("into", into.subject)] if into is not None else [])],
        amount=figures.free + figures.allocated,
        currency=envelope.currency,
        unit=envelope.unit,
    )
    return envelope


@transaction.atomic
def transfer(*, envelope: Envelope, into: Envelope, amount: int, by: Person, now: datetime) -> Posting:
    """Move what is free in an envelope to another, of the same or another council, by whoever may grant both.

    Raises :class:`EnvelopeShort` where less is free, :class:`Invalid` for another unit or currency.
    """
    books.signature(envelope.council, by, now)
    signed = books.signature(into.council, by, now)
    locked = {one.pk: one for one in books.lock([envelope.pk, into.pk])}
    if len(locked) < 2:
        raise Invalid(_("Choose another envelope."), field="into")
    envelope, into = locked[envelope.pk], locked[into.pk]
    books.require_open(envelope)
    books.require_open(into)
    if not _same_unit(envelope, into):
        raise Invalid(_("Both envelopes have to hold the same currency, or both person-time."), field="into")
    books.require_amount(amount, envelope.unit, envelope.currency)
    if envelope.unit == Unit.MONEY and into.council_id != envelope.council_id and amount > signed.authority:
        raise Refused(
            _("Your funding authority is %(authority)s. Transfer less, or have the authority raised first.")
            % {"authority": money(signed.authority, into.currency)},
            field="amount",
        )
    free = books.account(envelope, AccountKind.FREE)
    if amount > books.balance(free):
        raise books.EnvelopeShort(
            free=books.balance(free), needed=amount, currency=envelope.currency, unit=envelope.unit
        )
    grantor = books.account(envelope, AccountKind.GRANTOR)
    gone = books.post(free, grantor, amount, by=by, now=now, why=Why.TRANSFERRED)
    _continue(gone, into, AccountKind.FREE, by, now)
    journal.record(
        TRANSFERRED,
        subject=envelope.subject,
        by=by,
        now=now,
        mentions=[("into", into.subject), ("council", into.council_id)],
        amount=amount,
        currency=envelope.currency,
        unit=envelope.unit,
    )
    return gone


def _same_unit(one: Envelope, other: Envelope) -> bool:
    return (one.unit, one.currency) == (other.unit, other.currency)


def _continue(gone: Posting, into: Envelope | None, kind: AccountKind, by: Person, now: datetime) -> None:
    """The same amount out of the grantor's account of the other envelope, for the same thing; what that is overrun
    there is settled from it."""
    if into is None:
        return
    subject = gone.source.subject
    target = books.account(into, kind, subject)
    books.post(books.account(into, AccountKind.GRANTOR), target, gone.amount, by=by, now=now, why=gone.why, twin=gone)
    if subject is not None:
        overrun = books.account(into, AccountKind.OVERRUN, subject)
        settled = min(gone.amount, -books.balance(overrun))
        if settled:
            books.post(target, overrun, settled, by=by, now=now)


def _settle_overruns(envelope: Envelope, by: Person, now: datetime, *, cover: bool) -> None:
    owed = [line for line in queries.lines(envelope) if line.overrun]
    if owed and not cover:
        raise Conflict(
            _("%(amount)s is overrun. Have it settled by a decision first, or cover it with the closing.")
            % {"amount": say(sum(line.overrun for line in owed), envelope.unit, envelope.currency)},
            field="cover",
        )
    grantor = books.account(envelope, AccountKind.GRANTOR)
    for line in owed:
        debt = books.account(envelope, AccountKind.OVERRUN, line.subject)
        books.post(grantor, debt, line.overrun, by=by, now=now, why=Why.COVERED)
