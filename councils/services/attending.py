"""The sponsor at meetings: owed when a meeting is called, marked while it sits, settled when it closes.

A sponsor who sits in the council is marked through that seat; another one comes as a guest, without a vote, and so does
whoever stands in for the sponsor.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import Attendance, Guest, Meeting, MeetingState, Presence
from councils.queries import attending as queries
from governance import access, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import CharterVersion, DutyKind, Person
from governance.services import duties, journal

GUEST_MARKED = events.declare(
    "councils.guest.marked", says=gettext_lazy("{by} marked {seat} {presence} at {subject}, as a guest")
)

ATTENDED, MISSED, VACANT = "attended", "missed", "vacant"
"""How the sponsor's duty to attend ends; while nobody holds the sponsor's seat nobody missed anything."""


def owe(meeting: Meeting, *, due_on: date, rules: CharterVersion, now: datetime) -> None:
    """The sponsor owes to be there on that day."""
    duties.open_duty(
        subject_id=meeting.pk,
        kind=DutyKind.ATTEND,
        seat=meeting.council.sponsor.seat,
        now=now,
        rules=rules,
        due_on=due_on,
        overseer_id=meeting.council_id,
    )


@transaction.atomic
def mark_sponsor(*, meeting: Meeting, presence: str, by: Person, now: datetime, person: Person | None = None) -> Guest:
    """Say whether the council's sponsor is here, or the deputy in the sponsor's place.

    By whoever records the meeting. Raises :class:`Conflict` for a sponsor who has a seat in the council: they are
    marked there.
    """
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("subject", "council__sponsor__seat__subject")
        .get(pk=meeting.pk)
    )
    if meeting.state != MeetingState.OPEN:
        raise Conflict(_("Attendance is taken while the meeting is open."))
    if presence not in Presence.values:
        raise Invalid(_("Choose present, left or absent."), field="presence")
    place = queries.guest_of(meeting, now)
    if place.sits_as_member:
        raise Conflict(_("The sponsor has a seat in this council. Mark that seat."))
    comes = person or place.answering
    if presence != Presence.ABSENT:
        if comes is None:
            raise Conflict(_("%(seat)s is vacant. Seat somebody in it first.") % {"seat": place.seat.title})
        if comes.pk not in {one.pk for one in place.entitled}:
            raise Refused(_("Only its holder or deputy comes for %(seat)s.") % {"seat": place.seat.title})
    guest, _created = Guest.objects.update_or_create(
        meeting=meeting,
        seat=place.seat,
        defaults={
            "presence": presence,
            "person": None if presence == Presence.ABSENT else comes,
            "marked_at": now,
        },
    )
    journal.record(
        GUEST_MARKED,
        subject=meeting.subject,
        by=by,
        now=now,
        mentions=[("seat", place.seat.subject)],
        presence=presence,
    )
    return guest


def settle(meeting: Meeting, now: datetime) -> None:
    """Close what the sponsor owed about a meeting that closes: attended, missed, or nobody was there to."""
    sponsors = {person.pk for person in queries.entitled(meeting.council.sponsor_id, now)}
    came = Guest.objects.filter(meeting=meeting).exclude(presence=Presence.ABSENT).exists()
    sat = Attendance.objects.filter(meeting=meeting, person_id__in=sponsors).exclude(presence=Presence.ABSENT).exists()
    outcome = ATTENDED if came or sat else MISSED if sponsors else VACANT
    duties.close_duty(subject_id=meeting.pk, kind=DutyKind.ATTEND, now=now, outcome=outcome)
