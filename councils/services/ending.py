"""An envelope whose period is over and that nobody closed: whoever grants owes the closing, and is reminded."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from councils.models import Envelope
from councils.queries import councils as council_queries
from councils.queries.councils import superior, today_of
from governance import events
from governance.clauses import Rules
from governance.models import Duty, DutyKind, Seat, SeatKind
from governance.services import duties, journal

ENDED = events.declare(
    "councils.envelope.ended", says=gettext_lazy("The period of {subject} is over; it is to be closed")
)

TOGETHER = 200
"""Envelopes in one transaction."""


def owe_closing(now: datetime) -> int:
    """Open the duty to close each envelope whose last day has passed where its council is. Returns how many.

    The seat that granted it closes it, because closing is its signature: the sponsor's, or the chair's of the body
    above while it still grants. It closes with the envelope, whether the rest lapses or is carried over.
    """
    owed = Duty.objects.filter(subject_id=OuterRef("pk"), kind=DutyKind.CLOSE_ENVELOPE, closed_at=None)
    # A calendar's day may be one ahead of, or behind, the one of UTC.
    waiting = (
        Envelope.objects.filter(closed_at=None, closes_on__lte=now.date() + timedelta(days=1))
        .exclude(Exists(owed))
        .select_related("subject", "signed_for", "council__department", "council__charter", "council__sponsor__seat")
        .order_by("pk")
    )
    ended = [
        one for one in waiting[:TOGETHER] if one.closes_on is not None and one.closes_on < today_of(one.council, now)
    ]
    if ended:
        _owe(ended, now)
    return len(ended)


@transaction.atomic
def _owe(ended: list[Envelope], now: datetime) -> None:
    still = set(
        Envelope.objects.select_for_update()
        .filter(pk__in=[one.pk for one in ended], closed_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for envelope in ended:
        if envelope.pk not in still:
            continue
        version = duties.rules_in_force(envelope.council.charter, now)
        duties.open_duty(
            subject_id=envelope.pk,
            kind=DutyKind.CLOSE_ENVELOPE,
            seat=grantor(envelope),
            now=now,
            rules=version,
            within=Rules.from_json(version.rules).terms.close,
            overseer_id=envelope.council_id,
        )
        journal.record(ENDED, subject=envelope.subject, by=None, now=now, mentions=[("council", envelope.council_id)])


def grantor(envelope: Envelope) -> Seat:
    """Whose signature closes it today: the seat that granted it while it still may, else the council's sponsor."""
    sponsor = envelope.council.sponsor.seat
    above = superior(envelope.council)
    chair = council_queries.seat_of(above, SeatKind.CHAIR) if above is not None else None
    return envelope.signed_for if chair is not None and envelope.signed_for_id == chair.pk else sponsor
