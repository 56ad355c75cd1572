"""Who has to know what happened to charters, and what follows in the councils that live by them."""

from collections.abc import Iterable, Sequence

from governance import signing
from governance.models import DutyKind, Seat, SeatKind
from notifications.kinds import Kind
from notifications.rules.actions import next_movers
from notifications.rules.registry import Heard, Telling, on
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


offer(Kind.TO_RATIFY, signing.RATIFY, signing.REFUSE)
