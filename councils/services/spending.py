"""Spending what was allocated: by hand or from a sheet, once; beyond the allocation only as a visible overrun."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.measures import say
from councils.models import Account, AccountKind, Envelope, Spending, Unit
from councils.queries import books as books_queries
from councils.queries.councils import today_of
from councils.services import books
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Person, Subject
from governance.services import journal

SPENT = events.declare("councils.spending.posted", says=gettext_lazy("{by} posted {amount} spent on {subject}: {text}"))
OVERRUN = events.declare(
    "councils.spending.overran",
    says=gettext_lazy("{by} posted {amount} spent on {subject}, {free} of it beyond what was allocated: {text}"),
)
REVERSED = events.declare(
    "councils.spending.reversed", says=gettext_lazy("{by} reversed {amount} spent on {subject}: {text}")
)


class BeyondAllocation(Conflict):
    """More than is left of the allocation: posted only where whoever posts says that it is an overrun."""

    code = "beyond_allocation"


@transaction.atomic
def spend(
    *,
    subject: Subject,
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
    """Post what was spent on a thing, drawn on what one envelope holds for it. Whoever calls has judged who may.

    Without ``envelope`` on the first to close that holds enough, else on the one that holds most. ``overrun`` says
    that what is beyond the allocation is posted too, as a debt that a decision settles; without it such spending
    raises :class:`BeyondAllocation`. Raises :class:`Conflict` where nothing is allocated in an open envelope,
    :class:`Invalid` at the field.
    """
    what, cost_centre, external_reference = _words(what, cost_centre, external_reference)
    drawn, left = _draw_on(subject, amount, envelope, unit)
    books.require_amount(amount, drawn.unit, drawn.currency)
    _require_day(drawn, on, now)
    _require_new(drawn, external_reference)
    beyond = max(0, amount - left)
    if beyond and not overrun:
        raise BeyondAllocation(
            _("Only %(left)s is left of what was allocated. Say that it is an overrun, or ask the council for more.")
            % {"left": say(left, drawn.unit, drawn.currency)},
            field="overrun",
            left=left,
            beyond=beyond,
        )
    spending = Spending.objects.create(
        envelope=drawn,
        subject=subject,
        amount=amount,
        overrun=beyond,
        on=on,
        what=what,
        cost_centre=cost_centre,
        external_reference=external_reference,
        by=by,
        at=now,
    )
    spent = books.account(drawn, AccountKind.SPENT, subject)
    for kind, part in ((AccountKind.ALLOCATION, amount - beyond), (AccountKind.OVERRUN, beyond)):
        if part:
            books.post(books.account(drawn, kind, subject), spent, part, by=by, now=now, spending=spending)
    journal.record(
        OVERRUN if beyond else SPENT,
        subject=subject,
        by=by,
        now=now,
        text=what,
        mentions=[("envelope", drawn.subject)],
        amount=amount,
        free=beyond,
        currency=drawn.currency,
        unit=drawn.unit,
    )
    return spending


@transaction.atomic
def reverse(*, spending: Spending, reason: str, by: Person, now: datetime) -> Spending:
    """Take a posted spending back by another that runs against it; the first stays on record. Once.

    What is still owed of an overrun is settled by it first, the rest goes back to the allocation. Raises
    :class:`Conflict` for what was reversed already or stands in a closed period.
    """
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid(_("Say in 200 characters why it is reversed; it stays on record."), field="reason")
    [envelope] = books.lock([spending.envelope_id])
    books.require_open(envelope)
    spending = Spending.objects.select_related("subject").get(pk=spending.pk)
    if not spending.counts:
        raise Conflict(_("This was reversed already. Post what is right as spending of its own."))
    subject = spending.subject
    debt = -books.balance(books.account(envelope, AccountKind.OVERRUN, subject))
    settled = min(debt, spending.amount)
    against = Spending.objects.create(
        envelope=envelope,
        subject=subject,
        amount=spending.amount,
        on=spending.on,
        what=reason,
        cost_centre=spending.cost_centre,
        external_reference=spending.external_reference,
        by=by,
        at=now,
        reverses=spending,
    )
    spending.reversed_at = now
    spending.save(update_fields=["reversed_at"])
    spent = books.account(envelope, AccountKind.SPENT, subject)
    for kind, part in ((AccountKind.OVERRUN, settled), (AccountKind.ALLOCATION, spending.amount - settled)):
        if part:
            books.post(spent, books.account(envelope, kind, subject), part, by=by, now=now, spending=against)
    journal.record(
        REVERSED,
        subject=subject,
        by=by,
        now=now,
        text=reason,
        mentions=[("envelope", envelope.subject)],
        amount=spending.amount,
        currency=envelope.currency,
        unit=envelope.unit,
    )
    return against


def _words(what: str, cost_centre: str, reference: str) -> tuple[str, str, str]:
    what, cost_centre, reference = what.strip(), cost_centre.strip(), reference.strip()
    if not what:
        raise Invalid(_("Say what it was spent on, for example “Texts to claimants, October”."), field="what")
    for field, text, most in (
        ("what", what, 200),
        ("cost_centre", cost_centre, 40),
        ("external_reference", reference, 80),
    ):
        if len(text) > most:
            raise Invalid(_("At most %(n)d characters.") % {"n": most}, field=field)
    return what, cost_centre, reference


def _draw_on(subject: Subject, amount: int, envelope: Envelope | None, unit: str) -> tuple[Envelope, int]:
    """The locked envelope that is drawn on, and what is left in it for the subject."""
    accounts = Account.objects.filter(subject=subject, kind=AccountKind.ALLOCATION)
    accounts = accounts.filter(envelope=envelope) if envelope is not None else accounts.filter(envelope__unit=unit)
    locked = books.lock(accounts.values_list("envelope_id", flat=True))
    if envelope is not None:
        for one in locked:
            books.require_open(one)
    held = {one.pk: one for one in locked if not one.is_closed}
    if not held:
        raise Conflict(
            _("Nothing is allocated to this in an open envelope. Ask the council for what it needs first."),
            code_name="nothing_allocated",
        )
    weights = books_queries.weights(accounts.filter(envelope__in=held))
    left = {envelope: weights[pk] for pk, envelope in accounts.values_list("pk", "envelope_id") if pk in weights}
    soonest = sorted(held.values(), key=lambda one: (one.closes_on is None, one.closes_on or one.opens_on, one.pk))
    enough = [one for one in soonest if left[one.pk] >= amount]
    chosen = enough[0] if enough else max(soonest, key=lambda one: left[one.pk])
    return chosen, left[chosen.pk]


def _require_day(envelope: Envelope, on: date, now: datetime) -> None:
    if on > today_of(envelope.council, now):
        raise Invalid(_("This day is still to come. Post what was spent once it was."), field="on")
    if on < envelope.opens_on or (envelope.closes_on is not None and on > envelope.closes_on):
        raise Invalid(
            _("%(envelope)s is for %(from)s to %(to)s. Choose a day in it, or another envelope.")
            % {
                "envelope": envelope.subject.reference,
                "from": date_format(envelope.opens_on, "j F Y"),
                "to": date_format(envelope.closes_on, "j F Y") if envelope.closes_on else _("further notice"),
            },
            field="on",
        )


def _require_new(envelope: Envelope, reference: str) -> None:
    if not reference:
        return
    known = Spending.objects.filter(
        envelope=envelope, external_reference=reference, reverses=None, reversed_at=None
    ).first()
    if known is not None:
        raise Invalid(
            _("“%(reference)s” was posted already, on %(day)s. Each reference is posted once.")
            % {"reference": reference, "day": date_format(known.at, "j F Y")},
            field="external_reference",
        )
