"""A seat's brief: what is expected of it, whom it suits, how much time it takes, and who finds its holder."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Invalid, Refused, Stale
from governance.models import Person, Seat, SeatKind
from governance.services import journal, seats, subjects

WRITTEN = events.declare("governance.seat.described", says=gettext_lazy("{by} changed what is expected of {subject}"))

MOST_MINUTES = 7 * 24 * 60


@transaction.atomic
def write(
    *,
    seat: Seat,
    title: str,
    expectations: str,
    criteria: str,
    capacity_minutes: int,
    by: Person,
    now: datetime,
    own_kind: str = "",
    filled_by: Seat | None = None,
    version: int | None = None,
) -> Seat:
    """Write a seat's brief anew. By whoever leads its department; a council's seats are its charter's roster.

    Raises :class:`Stale` when ``version`` is not the current one, :class:`Invalid` at the field.
    """
    require_writing(seat, by, now)
    seat = Seat.objects.select_for_update(of=("self",)).select_related("subject", "department").get(pk=seat.pk)
    if version is not None and version != seat.version:
        raise Stale(_("Somebody changed this seat meanwhile. Look at it as it stands now."), version=seat.version)
    title, own_kind = title.strip(), own_kind.strip()
    if not title:
        raise Invalid(_("Write the seat's title."), field="title")
    if own_kind and seat.kind != SeatKind.OTHER:
        raise Invalid(_("This seat is of a usual kind. Leave it empty."), field="own_kind")
    if not 0 <= capacity_minutes <= MOST_MINUTES:
        raise Invalid(_("A week has 168 hours."), field="capacity_minutes")
    if filled_by is not None and filled_by.pk == seat.pk:
        raise Invalid(_("A vacant seat fills itself no more. Choose another seat."), field="filled_by")
    subjects.rename(seat.subject, title)
    seat.own_kind, seat.expectations, seat.criteria = own_kind, expectations.strip(), criteria.strip()
    seat.capacity_minutes, seat.filled_by = capacity_minutes, filled_by
    seat.keep("own_kind", "expectations", "criteria", "capacity_minutes", "filled_by")
    journal.record(WRITTEN, subject=seat.subject, by=by, now=now)
    return seat


def may_write(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` changes what is expected of the seat."""
    return seat.kind not in seats.OF_COUNCILS and seats.leads(seat.kind, seat.department, by, now)


def require_writing(seat: Seat, by: Person, now: datetime) -> None:
    """Pass, or raise :class:`Refused` with whom to ask."""
    seats.require_leading(seat.kind, seat.department, by, now)
    if seat.kind in seats.OF_COUNCILS:
        raise Refused(_("This seat belongs to a council, which says on its own page what it expects of its members."))
