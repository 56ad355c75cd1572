"""What the books say: balances, what is free, the ledger."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from councils.models import Account, AccountKind, Council, Envelope, Posting
from councils.queries.councils import today_of
from governance.errors import Absent
from governance.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class Balances:
    """An envelope in figures, minor units. ``granted`` is what came in; the three others add up to it."""

    granted: int = 0
    free: int = 0
    allocated: int = 0
    spent: int = 0

    @property
    def committed(self) -> int:
        """Allocated, with what of it was spent: for the drawing."""
        return self.allocated + self.spent

    def __add__(self, other: "Balances") -> "Balances":
        return Balances(
            self.granted + other.granted,
            self.free + other.free,
            self.allocated + other.allocated,
            self.spent + other.spent,
        )


def currency() -> str:
    """The one currency of the books (ISO 4217)."""
    return Organisation.objects.values_list("currency", flat=True).get()


def running(council: Council, on: date) -> QuerySet[Envelope]:
    """The envelopes that a council may draw on that day, the first to close first."""
    found: QuerySet[Envelope] = Envelope.objects.filter(
        Q(closes_on=None) | Q(closes_on__gte=on), council=council, opens_on__lte=on
    ).order_by(F("closes_on").asc(nulls_last=True), "opens_on", "pk")
    return found


def free(council: Council, on: date | None = None) -> int:
    """What a council may still commit, minor units, over its envelopes that are open on ``on`` (any, without it)."""
    envelopes = running(council, on) if on is not None else Envelope.objects.filter(council=council)
    total = Account.objects.filter(envelope__in=envelopes.order_by(), kind=AccountKind.FREE).aggregate(
        total=Sum("balance")
    )["total"]
    return int(total or 0)


def free_now(council: Council, now: datetime) -> int:
    """What a council may commit today, by its own calendar."""
    return free(council, today_of(council, now))


def balances(envelope_ids: Iterable[int]) -> dict[int, Balances]:
    """The figures of envelopes. One statement."""
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Account.objects.filter(envelope_id__in=list(envelope_ids)).values("envelope_id", "kind")
    for row in rows.annotate(total=Sum("balance")).order_by():
        sums[row["envelope_id"]][row["kind"]] = row["total"]
    return {
        envelope: Balances(
            granted=-kinds.get(AccountKind.GRANTOR, 0),
            free=kinds.get(AccountKind.FREE, 0),
            allocated=kinds.get(AccountKind.ALLOCATION, 0),
            spent=kinds.get(AccountKind.SPENT, 0),
        )
        for envelope, kinds in sums.items()
    }


def of_councils(council_ids: Iterable[int]) -> dict[int, Balances]:
    """The figures of all envelopes of each council. Two statements."""
    envelopes = dict(Envelope.objects.filter(council_id__in=list(council_ids)).values_list("pk", "council_id"))
    totals: dict[int, Balances] = {}
    for envelope, figures in balances(envelopes).items():
        council = envelopes[envelope]
        totals[council] = totals.get(council, Balances()) + figures
    return totals


def listed(viewer: Person, now: datetime, council: Council | None = None) -> QuerySet[Envelope]:
    """Envelopes that ``viewer`` may see."""
    found: QuerySet[Envelope] = (
        Envelope.objects.visible_to(viewer, now)
        .select_related("council__subject", "signed_by", "signed_for__subject")
        .order_by("-signed_at", "-pk")
    )
    return found.filter(council=council) if council is not None else found


def get(reference: str, viewer: Person, now: datetime) -> Envelope:
    found = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def ledger(envelope: Envelope) -> QuerySet[Posting]:
    """Every movement of an envelope, the newest first."""
    return (
        Posting.objects.filter(Q(source__envelope=envelope) | Q(target__envelope=envelope))
        .select_related("source__subject", "target__subject", "by", "decision__subject")
        .order_by("-pk")
    )


def allocations(viewer: Person, now: datetime, council: Council | None = None) -> QuerySet[Account]:
    """What was allocated to which subject, from envelopes that ``viewer`` may see."""
    envelopes = Envelope.objects.visible_to(viewer, now)
    if council is not None:
        envelopes = envelopes.filter(council=council)
    return (
        Account.objects.filter(kind=AccountKind.ALLOCATION, envelope__in=envelopes.values("pk"))
        .select_related("subject", "envelope__subject", "envelope__council__subject")
        .order_by("-pk")
    )


def allocated_to(subject_ids: Iterable[int]) -> dict[int, int]:
    """What is allocated to each subject and not given back, minor units. One statement."""
    rows = (
        Account.objects.filter(kind__in=[AccountKind.ALLOCATION, AccountKind.SPENT], subject_id__in=list(subject_ids))
        .values("subject_id")
        .annotate(total=Sum("balance"))
        .order_by()
    )
    return {row["subject_id"]: row["total"] for row in rows}
