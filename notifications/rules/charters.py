"""Who has to know what happened to charters, and what follows in the councils that live by them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from councils.models import Council
from councils.services import rosters
from governance import signing
from governance.models import DutyKind, Seat, SeatKind
from notifications.kinds import Kind
from notifications.rules.actions import next_movers
from notifications.rules.registry import Heard, Telling, on, then
from notifications.services.offers import offer


@on("governance.charter.submitted")
def to_ratify(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Each named sponsor is asked, as long as they have not answered; the mail brings the two buttons."""
    return next_movers(entries, Kind.TO_RATIFY, DutyKind.RATIFY)


def _to_the_lead(entries: Sequence[Heard], kind: Kind) -> Iterable[Telling]:
    lead = Seat.objects.filter(kind=SeatKind.CX_LEAD).values_list("pk", flat=True).first()
    for entry in entries:
        if lead is not None and entry.by_id is not None:
            yield Telling(entry.entry_id, kind, lead, entry.subject_id)


@on("governance.charter.refused")
def sent_back(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _to_the_lead(entries, Kind.CHARTER_BACK)


@on("governance.charter.ratified")
def holds(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _to_the_lead(entries, Kind.CHARTER_HOLDS)


@then(
    "governance.charter.ratified",
    "governance.charter.put_into_force_provisionally",
    "governance.charter.refused",
)
def acknowledged_anew(entries: Sequence[Heard], now: datetime) -> None:
    """Other rules hold: the members of the councils under the charter are asked to acknowledge them."""
    charters = {entry.subject_id for entry in entries}
    rosters.ask(Council.objects.filter(charter__in=charters).select_related("charter", "subject"), now)


@then("governance.seat.taken", "governance.seat.left")
def acknowledged_by_whoever_joins(entries: Sequence[Heard], now: datetime) -> None:
    seats = {entry.subject_id for entry in entries}
    councils = Council.objects.filter(memberships__seat__in=seats, memberships__ended_at=None).distinct()
    rosters.ask(councils.select_related("charter", "subject"), now)


offer(Kind.TO_RATIFY, signing.RATIFY, signing.REFUSE)
