"""Lines captured in a meeting, and which seat a line means."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from councils.models import Capture, CaptureKind, Council, Meeting
from councils.queries.councils import keeps_to_itself
from governance.errors import Absent, Invalid
from governance.models import Person, Seat
from governance.queries.seats import with_holders

NAMED = 5
"""So many seats are named where a line could mean several."""


def of_meeting(meeting: Meeting) -> list[Capture]:
    """All lines of a meeting as they were written, those struck out included. One statement."""
    return list(
        Capture.objects.filter(meeting=meeting)
        .select_related("seat__subject", "item__subject", "result", "made_by")
        .order_by("made_at", "pk")
    )


def of_item(item_id: int) -> list[Capture]:
    """The lines under an item that stand and that nothing came of yet, in order."""
    return list(
        Capture.objects.filter(item_id=item_id, undone_at=None, result=None)
        .select_related("seat__subject")
        .order_by("made_at", "pk")
    )


def commissioned(item_id: int) -> list[dict[str, Any]]:
    """The actions under an item, as a decision's payload holds them."""
    return [asked_of(line) for line in of_item(item_id) if line.kind == CaptureKind.ACTION]


def asked_of(line: Capture) -> dict[str, Any]:
    return {
        "title": line.text_of_action,
        "seat": line.seat.subject.reference if line.seat is not None else "",
        "asked_for": line.asked_for.isoformat() if line.asked_for else None,
        "amount": line.amount,
        "needs_none": line.needs_none,
    }


def get(key: int, meeting: Meeting) -> Capture:
    """One line of a meeting that its viewer sees; raises :class:`Absent`."""
    found = (
        Capture.objects.select_related("meeting__council", "item", "seat__subject")
        .filter(meeting=meeting, pk=key)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    line: Capture = found
    return line


def seat_meant(said: str, council: Council, viewer: Person, now: datetime) -> Seat:
    """The seat that is meant by its reference, its title, or whoever holds it: in full, by its beginning, or by a part.

    Those of the council itself go before others. Raises :class:`Invalid` at ``text``, naming which it could be.
    """
    wanted = " ".join(said.lower().split())
    seats = with_holders(Seat.objects.visible_to(viewer, now), now).filter(subject__archived_at=None)
    candidates = [(seat, _names(seat)) for seat in seats.select_related("subject").order_by("subject__title", "pk")]
    own = set(council.memberships.filter(ended_at=None).values_list("seat_id", flat=True))
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [seat for seat, names in candidates if any(fits(name, wanted) for name in names)]
        nearer = [seat for seat in found if seat.pk in own]
        for group in (nearer, found):
            if len(group) == 1 and not keeps_to_itself(group[0].pk, but=council.pk):
                seat: Seat = group[0]
                return seat
        if found:
            raise Invalid(
                _("“%(said)s” could be: %(seats)s. Write more of the one that you mean.")
                % {"said": said, "seats": "; ".join(_told(seat) for seat in found[:NAMED])},
                field="text",
            )
    raise Invalid(
        _("There is no seat “%(said)s”, or none that you may see. Write its title, or the name of who holds it.")
        % {"said": said},
        field="text",
    )


def _names(seat: Seat) -> list[str]:
    """What a seat answers to in a line: its reference, its title, and the name of whoever holds it."""
    return [seat.subject.reference.lower(), seat.subject.title.lower(), _holder(seat).lower()]


def _told(seat: Seat) -> str:
    holder = _holder(seat)
    return f"{seat.title} ({holder})" if holder else seat.title


def _holder(seat: Seat) -> str:
    return str(getattr(seat, "holder_name", None) or "")
