"""Whether a council's sponsor is at a meeting."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from councils.models import Guest, Meeting, Membership, Presence
from governance.models import Person, Seat, Tenure, TenureRole


@dataclass(frozen=True, slots=True)
class Guesthood:
    """The sponsor at one meeting: who would come, whether they are here, or sit in the council anyway."""

    seat: Seat
    entitled: tuple[Person, ...]
    answering: Person | None
    presence: str
    person: Person | None
    sits_as_member: bool

    @property
    def is_here(self) -> bool:
        return self.presence == Presence.PRESENT


def entitled(sponsor_id: int, now: datetime) -> list[Person]:
    """Who may come for a sponsor's seat: its holder, then its deputy."""
    running = Tenure.objects.at(now).filter(seat_id=sponsor_id, person__is_active=True).select_related("person")
    return [tenure.person for tenure in sorted(running, key=lambda one: one.role != TenureRole.HOLDER)]


def guest_of(meeting: Meeting, now: datetime) -> Guesthood:
    """How the sponsor stands at a meeting. Four statements."""
    seat = Seat.objects.select_related("subject").get(pk=meeting.council.sponsor_id)
    people = entitled(seat.pk, now)
    here = [one for one in people if not one.is_away(now.astimezone(ZoneInfo(one.zone)).date())]
    mark = Guest.objects.filter(meeting=meeting, seat=seat).select_related("person").first()
    seats = Membership.objects.filter(council_id=meeting.council_id, ended_at=None).values("seat_id")
    # The holder decides: a deputy who is a member too sits for nobody else.
    sits = Tenure.objects.at(now).filter(seat_id__in=seats, person__in=people[:1])
    return Guesthood(
        seat=seat,
        entitled=tuple(people),
        answering=next(iter(here or people), None),
        presence=mark.presence if mark else Presence.ABSENT,
        person=mark.person if mark else None,
        sits_as_member=sits.exists(),
    )
