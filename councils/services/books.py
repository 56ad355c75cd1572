"""The books: granting envelopes, allocating from them, giving back. Every movement is one posting of two lines."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.authority import money
from councils.models import Account, AccountKind, Council, Decision, Envelope, Membership, Posting
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


class EnvelopeShort(Conflict):
    """The envelope has less than is asked: nothing is stored, and the matter may be referred."""

    code = "envelope_short"

    def __init__(self, *, free: int, needed: int, currency: str, refer_to: str = "") -> None:
        remedy = (
            _("Lower the amount, or refer the matter to %(body)s.") % {"body": refer_to}
            if refer_to
            else _("Lower the amount, or ask the sponsor for a larger envelope.")
        )
        super().__init__(
            _("%(free)s is free in the envelope, and this needs %(needed)s. %(remedy)s")
            % {"free": money(free, currency), "needed": money(needed, currency), "remedy": remedy},
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
    council: Council, amount: int, currency: str, signed: Signature, by: Person, opens_on: date, closes_on: date | None
) -> str:
    """The sentence that is signed with a grant."""
    words = {
        "name": by.name,
        "seat": signed.seat.title,
        "council": council.name,
        "amount": money(amount, currency),
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
) -> Envelope:
    """Grant a council an envelope of ``amount`` (minor units of the organisation's currency) by one's signature."""
    council = Council.objects.select_related("subject", "department", "sponsor__seat__subject", "parent").get(
        pk=council.pk
    )
    signed = signature(council, by, now)
    currency = queries.currency()
    if not 0 < amount <= MOST:
        raise Invalid(
            _("Grant an amount above nothing, and at most %(most)s.") % {"most": money(MOST, currency)}, field="amount"
        )
    if amount > signed.authority:
        raise Refused(
            _("Your funding authority is %(authority)s. Grant less, or have the authority raised first.")
            % {"authority": money(signed.authority, currency)},
            field="amount",
        )
    opens_on = opens_on or today_of(council, now)
    if closes_on is not None and closes_on < opens_on:
        raise Invalid(_("An envelope closes after it opens."), field="closes_on")
    subject = subjects.create(
        SubjectKind.ENVELOPE,
        title=_("Envelope of %(council)s, %(amount)s") % {"council": council.name, "amount": money(amount, currency)},
        now=now,
        audience=[council.pk],
    )
    envelope = Envelope.objects.create(
        subject=subject,
        council=council,
        currency=currency,
        opens_on=opens_on,
        closes_on=closes_on,
        statement=statement(council, amount, currency, signed, by, opens_on, closes_on),
        signed_by=by,
        signed_for=signed.seat,
        signed_at=now,
    )
    accounts = {
        kind: Account.objects.create(envelope=envelope, kind=kind)
        for kind in (AccountKind.GRANTOR, AccountKind.FREE, AccountKind.SPENT)
    }
    post(accounts[AccountKind.GRANTOR], accounts[AccountKind.FREE], amount, by=by, now=now, memo=_("granted"))
    journal.record(
        GRANTED, subject=subject, by=by, now=now, mentions=[("council", council.pk)], amount=amount, currency=currency
    )
    return envelope


@transaction.atomic
def allocate(
    *,
    envelope: Envelope,
    subject: Subject,
    amount: int,
    by: Person | None,
    now: datetime,
    decision: Decision | None = None,
) -> Account:
    """Allocate from an envelope to a subject. Raises :class:`EnvelopeShort` where less is free; nothing is stored then.

    Authority is the decision's: it is called within what settles it.
    """
    free = _locked(envelope, AccountKind.FREE, None)
    target = _locked(envelope, AccountKind.ALLOCATION, subject)
    if amount > free.balance:
        raise EnvelopeShort(free=free.balance, needed=amount, currency=envelope.currency)
    post(free, target, amount, by=by, now=now, decision=decision)
    journal.record(
        ALLOCATED,
        subject=envelope.subject,
        by=by,
        now=now,
        mentions=[("about", subject)],
        amount=amount,
        currency=envelope.currency,
        about=subject.reference,
    )
    target.refresh_from_db()
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
) -> None:
    """Allocate from a council's envelopes, the first to close first, and from several where one does not suffice."""
    rest = amount
    for envelope, free in lock_free(council, now):
        part = min(rest, free.balance)
        if part > 0:
            allocate(envelope=envelope, subject=subject, amount=part, by=by, now=now, decision=decision)
            rest -= part
    if rest:
        raise EnvelopeShort(free=amount - rest, needed=amount, currency=queries.currency())


@transaction.atomic
def give_back(
    *,
    subject: Subject,
    by: Person | None,
    now: datetime,
    envelope: Envelope | None = None,
    amount: int | None = None,
    decision: Decision | None = None,
) -> int:
    """Return what is left of a subject's allocation (or ``amount`` of it) to the envelope it came from.

    Without ``envelope`` to every envelope that it came from. Returns how much went back. Raises :class:`Conflict` when
    less than ``amount`` is left.
    """
    accounts = (
        Account.objects.select_for_update(of=("self",))
        .filter(kind=AccountKind.ALLOCATION, subject=subject, balance__gt=0)
        .select_related("envelope__subject")
        .order_by("pk")
    )
    if envelope is not None:
        accounts = accounts.filter(envelope=envelope)
    held = list(accounts)
    left = sum(account.balance for account in held)
    rest = left if amount is None else amount
    if not 0 <= rest <= left:
        raise Conflict(
            _("Only %(left)s is left of this allocation.") % {"left": money(left, queries.currency())},
            field="amount",
        )
    returned = rest
    for account in held:
        part = min(rest, account.balance)
        if part == 0:
            continue
        free = _locked(account.envelope, AccountKind.FREE, None)
        post(account, free, part, by=by, now=now, decision=decision, memo=_("given back"))
        journal.record(
            RETURNED,
            subject=account.envelope.subject,
            by=by,
            now=now,
            mentions=[("about", subject)],
            amount=part,
            currency=account.envelope.currency,
        )
        rest -= part
    return returned


def lock_free(council: Council, now: datetime) -> list[tuple[Envelope, Account]]:
    """Lock what is free in the envelopes that a council may draw on today, in the order of drawing."""
    envelopes = list(queries.running(council, today_of(council, now)).select_related("subject"))
    accounts = {
        account.envelope_id: account
        for account in Account.objects.select_for_update()
        .filter(envelope__in=envelopes, kind=AccountKind.FREE)
        .order_by("pk")
    }
    return [(envelope, accounts[envelope.pk]) for envelope in envelopes]


def post(
    source: Account,
    target: Account,
    amount: int,
    *,
    by: Person | None,
    now: datetime,
    decision: Decision | None = None,
    memo: str = "",
) -> Posting:
    """Write one movement. The database keeps the balances, and refuses what would go below nothing."""
    if amount <= 0:
        raise Invalid(_("An amount above nothing is moved."), field="amount")
    try:
        with transaction.atomic():
            return Posting.objects.create(
                source=source, target=target, amount=amount, at=now, by=by, decision=decision, memo=memo
            )
    except IntegrityError as error:
        raise Conflict(
            _("There is less on this account than was asked: somebody was quicker. Look again."), field="amount"
        ) from error


def _locked(envelope: Envelope, kind: AccountKind, subject: Subject | None) -> Account:
    """An account of an envelope with its row locked; a subject's is made when it is first needed."""
    if subject is not None:
        Account.objects.get_or_create(envelope=envelope, kind=kind, subject=subject)
    return Account.objects.select_for_update().get(envelope=envelope, kind=kind, subject=subject)
