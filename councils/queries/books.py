"""What the books say: balances, what is free, the ledger. Every balance is asked of the postings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from councils.models import Account, AccountKind, Council, Envelope, Posting, Spending, Unit
from councils.queries.councils import today_of
from councils.queries.resources import Period
from governance.errors import Absent
from governance.models import Organisation, Person, Subject


@dataclass(frozen=True, slots=True)
class Balances:
    """An envelope in figures, minor units or minutes. What was ``granted`` and what is ``overrun`` (owed) together are
    what is free, allocated and spent."""

    granted: int = 0
    free: int = 0
    allocated: int = 0
    spent: int = 0
    overrun: int = 0

    @property
    def committed(self) -> int:
        """Allocated, with what was spent: for the drawing."""
        return self.allocated + self.spent

    def __add__(self, other: "Balances") -> "Balances":
        return Balances(
            self.granted + other.granted,
            self.free + other.free,
            self.allocated + other.allocated,
            self.spent + other.spent,
            self.overrun + other.overrun,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What one envelope holds for one thing: ``left`` of what was allocated, what was spent, what is owed for it."""

    envelope: Envelope
    subject: Subject | None
    left: int = 0
    spent: int = 0
    overrun: int = 0

    @property
    def allocated(self) -> int:
        """What was allocated and not given back: what is left of it, and what was spent of it."""
        return self.left + self.spent - self.overrun

    @property
    def committed(self) -> int:
        return self.left + self.spent

    @property
    def unit(self) -> str:
        return self.envelope.unit

    @property
    def currency(self) -> str:
        return self.envelope.currency


def currency() -> str:
    """The currency in which envelopes are granted (ISO 4217)."""
    return Organisation.objects.values_list("currency", flat=True).get()


def running(council: Council, on: date, unit: str = Unit.MONEY) -> QuerySet[Envelope]:
    """The envelopes of a unit that a council may draw on that day, the first to close first."""
    found: QuerySet[Envelope] = Envelope.objects.filter(
        Q(closes_on=None) | Q(closes_on__gte=on), council=council, opens_on__lte=on, unit=unit, closed_at=None
    ).order_by(F("closes_on").asc(nulls_last=True), "opens_on", "pk")
    return found


def free(council: Council, on: date | None = None, unit: str = Unit.MONEY) -> int:
    """What a council may still commit of a unit, over its envelopes that are open on ``on`` (any, without it)."""
    envelopes = running(council, on, unit) if on is not None else Envelope.objects.filter(council=council, unit=unit)
    return sum(figures.free for figures in balances(envelopes.order_by().values_list("pk", flat=True)).values())


def free_now(council: Council, now: datetime, unit: str = Unit.MONEY) -> int:
    """What a council may commit today, by its own calendar."""
    return free(council, today_of(council, now), unit)


def weights(accounts: QuerySet[Account]) -> dict[int, int]:
    """What each of these accounts holds, by its key. One statement."""
    weighed: Any = Account.objects.filter(pk__in=accounts.order_by().values("pk")).weighed()
    return dict(weighed.values_list("pk", "balance"))


def _sums(envelope_ids: Iterable[int], *by: str) -> dict[tuple[int, ...], dict[str, int]]:
    """Balances by envelope (and more of the account, where ``by`` names it), then by kind. Two statements."""
    sums: dict[tuple[int, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted = list(envelope_ids)
    for side, sign in (("target", 1), ("source", -1)):
        keys = [f"{side}__{name}" for name in ("envelope_id", *by, "kind")]
        rows = Posting.objects.filter(**{f"{side}__envelope_id__in": wanted}).order_by().values_list(*keys)
        for *key, kind, total in rows.annotate(total=Sum("amount")):
            sums[tuple(key)][kind] += sign * total
    return sums


def balances(envelope_ids: Iterable[int]) -> dict[int, Balances]:
    """The figures of envelopes. Two statements."""
    return {
        key[0]: Balances(
            granted=-kinds[AccountKind.GRANTOR],
            free=kinds[AccountKind.FREE],
            allocated=kinds[AccountKind.ALLOCATION],
            spent=kinds[AccountKind.SPENT],
            overrun=-kinds[AccountKind.OVERRUN],
        )
        for key, kinds in _sums(envelope_ids).items()
    }


def of_councils(council_ids: Iterable[int]) -> dict[int, Balances]:
    """The money of each council's envelopes that are not closed. Three statements."""
    envelopes = dict(
        Envelope.objects.filter(council_id__in=list(council_ids), unit=Unit.MONEY, closed_at=None).values_list(
            "pk", "council_id"
        )
    )
    totals: dict[int, Balances] = {}
    for envelope, figures in balances(envelopes).items():
        council = envelopes[envelope]
        totals[council] = totals.get(council, Balances()) + figures
    return totals


def listed(viewer: Person, now: datetime, council: Council | None = None) -> QuerySet[Envelope]:
    """Envelopes that ``viewer`` may see; those that are closed come last."""
    found: QuerySet[Envelope] = (
        Envelope.objects.visible_to(viewer, now)
        .select_related("council__subject", "signed_by", "signed_for__subject", "closed_by", "carried_into__subject")
        .order_by(F("closed_at").desc(nulls_first=True), "-signed_at", "-pk")
    )
    return found.filter(council=council) if council is not None else found


def narrowed(
    rows: QuerySet[Envelope],
    *,
    unit: str = "",
    currency: str = "",
    from_on: date | None = None,
    until_on: date | None = None,
) -> QuerySet[Envelope]:
    """Those of a unit, of a currency, and whose period has one of these days."""
    if unit:
        rows = rows.filter(unit=unit)
    if currency:
        rows = rows.filter(currency=currency)
    return rows.filter(Period(from_on, until_on).holds())


def get(reference: str, viewer: Person, now: datetime) -> Envelope:
    found = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def ledger(envelope: Envelope) -> QuerySet[Posting]:
    """Every movement of an envelope, the newest first."""
    return (
        Posting.objects.filter(Q(source__envelope=envelope) | Q(target__envelope=envelope))
        .select_related("source__subject", "target__subject", "by", "decision__subject", "spending", "delegated")
        .order_by("-pk")
    )


def movement(posting: Posting) -> str:
    """What a posting did, in a word or two."""
    if posting.why:
        return str(posting.get_why_display())
    return {
        (AccountKind.GRANTOR, AccountKind.FREE): _("granted"),
        (AccountKind.GRANTOR, AccountKind.ALLOCATION): _("granted"),
        (AccountKind.FREE, AccountKind.ALLOCATION): _("allocated"),
        (AccountKind.FREE, AccountKind.OVERRUN): _("overrun settled"),
        (AccountKind.ALLOCATION, AccountKind.OVERRUN): _("overrun settled"),
        (AccountKind.ALLOCATION, AccountKind.FREE): _("given back"),
        (AccountKind.ALLOCATION, AccountKind.SPENT): _("spent"),
        (AccountKind.OVERRUN, AccountKind.SPENT): _("spent beyond the allocation"),
        (AccountKind.SPENT, AccountKind.ALLOCATION): _("spending reversed"),
        (AccountKind.SPENT, AccountKind.OVERRUN): _("overrun reversed"),
    }.get((AccountKind(posting.source.kind), AccountKind(posting.target.kind)), _("moved"))


def lines(envelope: Envelope) -> list[Line]:
    """What stands for each thing in an envelope, the largest first. Three statements."""
    return sorted(_lines([envelope]), key=lambda line: (-line.committed, line.subject.pk if line.subject else 0))


def _lines(envelopes: Iterable[Envelope]) -> list[Line]:
    known = {envelope.pk: envelope for envelope in envelopes}
    sums = _sums(known, "subject_id")
    keys = {key for key in sums if bool(key[1])}
    subjects = Subject.objects.in_bulk([subject for _envelope, subject in keys])
    return [
        Line(
            envelope=known[envelope],
            subject=subjects[subject],
            left=sums[envelope, subject][AccountKind.ALLOCATION],
            spent=sums[envelope, subject][AccountKind.SPENT],
            overrun=-sums[envelope, subject][AccountKind.OVERRUN],
        )
        for envelope, subject in sorted(keys)
        if any(sums[envelope, subject].values())
    ]


def of_subject(subject_id: int) -> list[Line]:
    """What every envelope holds for one thing: for whoever may see the thing. A bounded number of statements."""
    accounts = Account.objects.filter(subject_id=subject_id).select_related("envelope__subject", "subject")
    held = weights(accounts)
    grouped: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    known: dict[int, Account] = {}
    for account in accounts.order_by("envelope_id"):
        known[account.envelope_id] = account
        grouped[account.envelope_id][account.kind] = held[account.pk]
    return [
        Line(
            envelope=known[key].envelope,
            subject=known[key].subject,
            left=kinds[AccountKind.ALLOCATION],
            spent=kinds[AccountKind.SPENT],
            overrun=-kinds[AccountKind.OVERRUN],
        )
        for key, kinds in grouped.items()
        if any(kinds.values())
    ]


def allocations(viewer: Person, now: datetime, council: Council | None = None) -> QuerySet[Account]:
    """What is left of what was allocated to which subject (``balance``), in envelopes that ``viewer`` may see."""
    envelopes = Envelope.objects.visible_to(viewer, now)
    if council is not None:
        envelopes = envelopes.filter(council=council)
    return (
        Account.objects.filter(kind=AccountKind.ALLOCATION, envelope__in=envelopes.values("pk"))
        .weighed()
        .select_related("subject", "envelope__subject", "envelope__council__subject")
        .order_by("-pk")
    )


def allocated_to(subject_ids: Iterable[int]) -> dict[int, int]:
    """What money was allocated to each thing and not given back, minor units of the house's currency. One statement."""
    own = _held(subject_ids).filter(envelope__currency__in=Organisation.objects.values("currency"))
    return dict(own.values_list("subject_id").annotate(total=Sum("balance")))


def allocated_apart(subject_ids: Iterable[int] | QuerySet[Any]) -> dict[int, dict[str, int]]:
    """The same in every currency, by thing and then by currency, where it is more than nothing. One statement."""
    told: dict[int, dict[str, int]] = defaultdict(dict)
    rows = _held(subject_ids).values_list("subject_id", "envelope__currency").annotate(total=Sum("balance"))
    for subject, code, total in rows.filter(total__gt=0).order_by("envelope__currency"):
        told[subject][code] = total
    return dict(told)


@dataclass(frozen=True, slots=True)
class Money:
    """What is allocated in one currency, minor units. Currencies are never summed."""

    amount: int
    currency: str


def allocated_in_all(subjects: QuerySet[Any]) -> list[Money]:
    """What money was allocated to things (a query for their keys) and not given back, by currency. One statement."""
    rows = _held(subjects).values_list("envelope__currency").annotate(total=Sum("balance"))
    return [Money(total, code) for code, total in rows.filter(total__gt=0).order_by("envelope__currency")]


def allocated_there(outer: str = "pk") -> Coalesce:
    """What :func:`allocated_to` says, as an expression for a query whose field ``outer`` is the thing's key."""
    own = _held(None).filter(subject_id=OuterRef(outer), envelope__currency__in=Organisation.objects.values("currency"))
    return Coalesce(Subquery(own.values("subject_id").annotate(total=Sum("balance")).values("total")), 0)


def _held(subjects: Iterable[int] | QuerySet[Any] | None) -> QuerySet[Account]:
    """The accounts that together hold what was allocated and not given back: what is left and what was spent, less what
    is overrun. Each with its ``balance``."""
    kinds = (AccountKind.ALLOCATION, AccountKind.SPENT, AccountKind.OVERRUN)
    found = Account.objects.filter(kind__in=kinds, envelope__unit=Unit.MONEY, subject__isnull=False)
    if subjects is not None:
        found = found.filter(subject_id__in=subjects if isinstance(subjects, QuerySet) else list(subjects))
    return found.weighed().order_by()


def spent_on(subject_id: int) -> QuerySet[Spending]:
    """What was spent on one thing, the newest first: for whoever may see the thing."""
    found: QuerySet[Spending] = (
        Spending.objects.filter(subject_id=subject_id)
        .select_related("envelope__subject", "by", "reversed_by")
        .order_by("-on", "-pk")
    )
    return found
