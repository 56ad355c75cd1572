"""The books: granting envelopes, allocating from them, giving back. Every movement is one posting of two lines.

The envelope's row is the lock: whoever judges a balance or moves something holds it (:func:`lock`), and balances are
asked of the postings afterwards. Spending stands in ``spending``, closing and transferring in ``periods``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.authority import money
from councils.measures import say
from councils.models import (
    Account,
    AccountKind,
    Council,
    Decision,
    DelegatedAllocation,
    Envelope,
    Membership,
    Posting,
    Spending,
    Unit,
)
from councils.queries import books as queries
from councils.queries.councils import superior, today_of
from governance import access, events
from governance.clauses import Rules
from governance.errors import Conflict, Invalid, Refused
from governance.models import Person, Seat, SeatKind, Subject, SubjectKind
from governance.services import duties, journal, subjects

GRANTED = events.declare("councils.envelope.granted", says=gettext_lazy("{by} granted {subject}"))
ALLOCATED = events.declare(
    "councils.allocation.made", says=gettext_lazy("{by} allocated {amount} to {about}, from {subject}")
)
RETURNED = events.declare("councils.allocation.returned", says=gettext_lazy("{by} returned what was left to {subject}"))

# As much as a 64-bit balance holds of the largest sums that any budget has, with room for adding up.
MOST = 10**15


class PeriodClosed(Conflict):
    """Nothing is posted into a closed period."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(
            _("%(envelope)s was closed on %(day)s: nothing is posted into a closed period. Use an open envelope.")
            % {
                "envelope": envelope.subject.reference,
                "day": date_format(envelope.closed_at, "j F Y") if envelope.closed_at else "",
            },
            code_name="period_closed",
        )


class EnvelopeShort(Conflict):
    """The envelope has less than is asked: nothing is stored, and the matter may be referred."""

    code = "envelope_short"

    def __init__(self, *, free: int, needed: int, currency: str, refer_to: str = "", unit: str = Unit.MONEY) -> None:
        remedy = (
            _("Lower the amount, or refer the matter to %(body)s.") % {"body": refer_to}
            if refer_to
            else _("Lower the amount, or ask the sponsor for a larger envelope.")
        )
        super().__init__(
            _("%(free)s is free in the envelope, and this needs %(needed)s. %(remedy)s")
            % {"free": say(free, unit, currency), "needed": say(needed, unit, currency), "remedy": remedy},
            field="amount",
            code_name="envelope_short",
            free=free,
            needed=needed,
            currency=currency,
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """As whom a person signs a grant."""

    seat: Seat
    is_sponsor: bool
    authority: int
    """The most that may be granted by one signature, minor units."""


def signature(council: Council, by: Person, now: datetime) -> Signature:
    """The seat for which a person may grant this council's envelope.

    The council's sponsor, within the funding authority that the sponsor was given; or the chair of the body above,
    within what one decision of that body may commit.
    Raises :class:`Absent` where the council may not be seen, :class:`Refused` with the remedy for anybody else.
    """
    sponsor = council.sponsor
    if access.holds(by, sponsor.pk, now):
        return Signature(sponsor.seat, is_sponsor=True, authority=sponsor.funding_authority)
    access.require(by, council_access.VIEW, council, now)
    above = superior(council)
    if above is not None and access.may(by, council_access.FUND, council, now):
        chair = Membership.objects.filter(council=above, seat__kind=SeatKind.CHAIR, ended_at=None)
        for membership in chair.select_related("seat__subject"):
            if access.holds(by, membership.pk, now):
                rules = Rules.from_json(duties.rules_in_force(above.charter, now).rules)
                return Signature(membership.seat, is_sponsor=False, authority=rules.right.per_decision)
    if above is not None:
        raise Refused(
            _("The envelope of %(council)s is granted by its sponsor or by the chair of %(parent)s. Ask one of them.")
            % {"council": council, "parent": above}
        )
    raise Refused(_("The envelope of %(council)s is granted by its sponsor. Ask them.") % {"council": council})


def statement(
    council: Council,
    amount: str,
    signed: Signature,
    by: Person,
    opens_on: date,
    closes_on: date | None,
) -> str:
    """The sentence that is signed with a grant."""
    words = {
        "name": by.name,
        "seat": signed.seat.title,
        "council": council.name,
        "amount": amount,
        "from": date_format(opens_on, "j F Y"),
        "to": date_format(closes_on, "j F Y") if closes_on else "",
    }
    if closes_on:
        return (
            _(
                "I, %(name)s, for the seat “%(seat)s”, grant %(council)s an envelope of %(amount)s, "
                "to be committed by its decisions from %(from)s to %(to)s."
            )
            % words
        )
    return (
        _(
            "I, %(name)s, for the seat “%(seat)s”, grant %(council)s an envelope of %(amount)s, "
            "to be committed by its decisions from %(from)s."
        )
        % words
    )


@transaction.atomic
def grant(
    *,
    council: Council,
    amount: int,
    by: Person,
    now: datetime,
    opens_on: date | None = None,
    closes_on: date | None = None,
    unit: str = Unit.MONEY,
) -> Envelope:
    """Grant a council an envelope by one's signature: minor units of the organisation's currency, or minutes."""
    council = Council.objects.select_related("subject", "department", "sponsor__seat__subject", "parent").get(
        pk=council.pk
    )
    signed = signature(council, by, now)
    if unit not in Unit.values:
        raise Invalid(_("An envelope holds money or person-time."), field="unit")
    currency = queries.currency() if unit == Unit.MONEY else ""
    require_amount(amount, unit, currency)
    if unit == Unit.MONEY and amount > signed.authority:
        raise Refused(
            _("Your funding authority is %(authority)s. Grant less, or have the authority raised first.")
            % {"authority": money(signed.authority, currency)},
            field="amount",
        )
    opens_on = opens_on or today_of(council, now)
    if closes_on is not None and closes_on < opens_on:
        raise Invalid(_("An envelope closes after it opens."), field="closes_on")
    words = say(amount, unit, currency)
    subject = subjects.create(
        SubjectKind.ENVELOPE,
        title=_("Envelope of %(council)s, %(amount)s") % {"council": council.name, "amount": words},
        now=now,
        audience=[council.pk],
    )
    envelope = Envelope.objects.create(
        subject=subject,
        council=council,
        unit=unit,
        currency=currency,
        opens_on=opens_on,
        closes_on=closes_on,
        statement=statement(council, words, signed, by, opens_on, closes_on),
        signed_by=by,
        signed_for=signed.seat,
        signed_at=now,
    )
    post(account(envelope, AccountKind.GRANTOR), account(envelope, AccountKind.FREE), amount, by=by, now=now)
    journal.record(
        GRANTED,
        subject=subject,
        by=by,
        now=now,
        mentions=[("council", council.pk)],
        amount=amount,
        currency=currency,
        unit=unit,
    )
    return envelope


def require_amount(amount: int, unit: str, currency: str, field: str = "amount") -> None:
    """Raises :class:`Invalid` for nothing, for less, and for more than the books hold."""
    if not 0 < amount <= MOST:
        raise Invalid(
            _("Write an amount above nothing, and at most %(most)s.") % {"most": say(MOST, unit, currency)}, field=field
        )


@transaction.atomic
def allocate(
    *,
    envelope: Envelope,
    subject: Subject,
    amount: int,
    by: Person | None,
    now: datetime,
    decision: Decision | None = None,
    delegated: DelegatedAllocation | None = None,
) -> Account:
    """Allocate from an envelope to a subject. Raises :class:`EnvelopeShort` where less is free; nothing is stored then.

    What the subject is overrun there is settled first. Authority is the decision's, or of whoever the charter lets
    allocate without one (``delegated``): it is called within what settles it.
    """
    [envelope] = lock([envelope.pk])
    require_open(envelope)
    free = balance(account(envelope, AccountKind.FREE))
    if amount > free:
        raise EnvelopeShort(free=free, needed=amount, currency=envelope.currency, unit=envelope.unit)
    target, overrun = (account(envelope, kind, subject) for kind in (AccountKind.ALLOCATION, AccountKind.OVERRUN))
    settled = min(amount, -balance(overrun))
    source = account(envelope, AccountKind.FREE)
    if settled:
        post(source, overrun, settled, by=by, now=now, decision=decision, delegated=delegated)
    if amount - settled:
        post(source, target, amount - settled, by=by, now=now, decision=decision, delegated=delegated)
    journal.record(
        ALLOCATED,
        subject=envelope.subject,
        by=by,
        now=now,
        mentions=[("about", subject)],
        amount=amount,
        currency=envelope.currency,
        unit=envelope.unit,
        about=subject.reference,
    )
    return target


@transaction.atomic
def commit(
    *,
    council: Council,
    subject: Subject,
    amount: int,
    by: Person | None,
    now: datetime,
    decision: Decision | None = None,
    delegated: DelegatedAllocation | None = None,
    unit: str = Unit.MONEY,
) -> None:
    """Allocate from a council's envelopes, the first to close first, and from several where one does not suffice.

    An envelope in which the subject is overrun comes before the others.
    """
    rest = amount
    drawn = lock_free(council, now, unit)
    owed = {line.envelope.pk for line in queries.of_subject(subject.pk) if line.overrun}
    for envelope, free in sorted(drawn, key=lambda one: one[0].pk not in owed):
        part = min(rest, free)
        if part > 0:
            allocate(
                envelope=envelope, subject=subject, amount=part, by=by, now=now, decision=decision, delegated=delegated
            )
            rest -= part
    if rest:
        raise EnvelopeShort(
            free=amount - rest,
            needed=amount,
            currency=queries.currency() if unit == Unit.MONEY else "",
            unit=unit,
        )


@transaction.atomic
def give_back(
    *,
    subject: Subject,
    by: Person | None,
    now: datetime,
    envelope: Envelope | None = None,
    amount: int | None = None,
    decision: Decision | None = None,
    unit: str = Unit.MONEY,
) -> int:
    """Return what is left of a subject's allocation (or ``amount`` of it) to the envelope it came from.

    Without ``envelope`` to every open envelope of the unit that it came from. Returns how much went back. Raises
    :class:`Conflict` when less than ``amount`` is left.
    """
    accounts = Account.objects.filter(kind=AccountKind.ALLOCATION, subject=subject, envelope__closed_at=None)
    if envelope is not None:
        accounts = accounts.filter(envelope=envelope)
    else:
        accounts = accounts.filter(envelope__unit=unit)
    known = {one.pk: one for one in lock(accounts.values_list("envelope_id", flat=True)) if not one.is_closed}
    held = list(accounts.filter(envelope__in=known).order_by("pk"))
    weights = queries.weights(accounts.filter(envelope__in=known))
    left = sum(weights.values())
    rest = left if amount is None else amount
    if not 0 <= rest <= left:
        currency = next((one.currency for one in known.values()), queries.currency())
        raise Conflict(
            _("Only %(left)s is left of this allocation.") % {"left": say(left, unit, currency)}, field="amount"
        )
    returned = rest
    for source in held:
        part = min(rest, weights[source.pk])
        if part == 0:
            continue
        home = known[source.envelope_id]
        post(source, account(home, AccountKind.FREE), part, by=by, now=now, decision=decision)
        journal.record(
            RETURNED,
            subject=home.subject,
            by=by,
            now=now,
            mentions=[("about", subject)],
            amount=part,
            currency=home.currency,
            unit=home.unit,
        )
        rest -= part
    return returned


@transaction.atomic
def return_rest(*, subject: Subject, by: Person | None, now: datetime) -> None:
    """Return all that is left for a thing that was closed, money and time."""
    for unit in Unit.values:
        give_back(subject=subject, by=by, now=now, unit=unit)


# --- the lock, and what is judged under it -------------------------------------------------------------------------


def lock(envelope_ids: Iterable[int]) -> list[Envelope]:
    """Lock the rows of envelopes, always in the order of their keys, so that two never wait for each other."""
    return list(
        Envelope.objects.select_for_update(of=("self",))
        .filter(pk__in=sorted(set(envelope_ids)))
        .select_related("subject", "council__department", "council__subject")
        .order_by("pk")
    )


def require_open(envelope: Envelope) -> None:
    """Raises :class:`PeriodClosed`; asked under the lock."""
    if envelope.is_closed:
        raise PeriodClosed(envelope)


def balance(asked: Account) -> int:
    """What an account holds, by its postings. Asked under the envelope's lock, or it may be another a moment later."""
    return queries.weights(Account.objects.filter(pk=asked.pk))[asked.pk]


def account(envelope: Envelope, kind: AccountKind, subject: Subject | None = None) -> Account:
    """An account of an envelope, made when it is first needed."""
    return Account.objects.get_or_create(envelope=envelope, kind=kind, subject=subject)[0]


def lock_free(council: Council, now: datetime, unit: str = Unit.MONEY) -> list[tuple[Envelope, int]]:
    """Lock the envelopes that a council may draw on today; each with what is free in it, in the order of drawing."""
    order = list(queries.running(council, today_of(council, now), unit).values_list("pk", flat=True))
    locked = {envelope.pk: envelope for envelope in lock(order) if not envelope.is_closed}
    figures = queries.balances(locked)
    return [(locked[pk], figures[pk].free) for pk in order if pk in locked]


def post(
    source: Account,
    target: Account,
    amount: int,
    *,
    by: Person | None,
    now: datetime,
    decision: Decision | None = None,
    delegated: DelegatedAllocation | None = None,
    memo: str = "",
    why: str = "",
    spending: Spending | None = None,
    twin: Posting | None = None,
) -> Posting:
    """Write one movement. The database refuses what would go below nothing, and what comes into a closed period."""
    if amount <= 0:
        raise Invalid(_("An amount above nothing is moved."), field="amount")
    try:
        with transaction.atomic():
            return Posting.objects.create(
                source=source,
                target=target,
                amount=amount,
                at=now,
                by=by,
                decision=decision,
                delegated=delegated,
                memo=memo,
                why=why,
                spending=spending,
                twin=twin,
            )
    except IntegrityError as error:
        raise Conflict(
            _("There is less on this account than was asked: somebody was quicker. Look again."), field="amount"
        ) from error
