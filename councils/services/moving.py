"""A meeting put at another time, and one that is called now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import Council, Meeting, MeetingState
from councils.services import meetings
from governance import access, events
from governance.errors import Conflict, Invalid
from governance.models import Duty, DutyKind, Person
from governance.queries.calendars import calendar_of_department
from governance.services import duties, journal, subjects

MOVED = events.declare("councils.meeting.moved", says=gettext_lazy("{by} moved {subject}: {text}"), by_people=True)


@transaction.atomic
def move(
    *,
    meeting: Meeting,
    starts_at: datetime,
    reason: str,
    by: Person,
    now: datetime,
    lasts: int | None = None,
    place: str | None = None,
    version: int | None = None,
) -> Meeting:
    """Put a meeting that has not begun at another time or place. Its agenda stays with it; who said that they come is
    asked again.
    """
    access.require(by, council_access.PREPARE, meeting.council, now)
    reason = meetings.reasoned(reason)
    meeting = meetings.locked(meeting, version)
    meetings.require_planned(meeting, _("Only a meeting that has not begun is moved. This one is %(state)s."))
    meetings.require_ahead(starts_at, now)
    lasts = meeting.lasts if lasts is None else lasts
    place = meeting.place if place is None else place.strip()
    if (starts_at, lasts, place) == (meeting.starts_at, meeting.lasts, meeting.place):
        raise Invalid(_("It stands there already. Choose another time or place."), field="starts_at")
    before = meeting.starts_at
    put(meeting, starts_at=starts_at, lasts=lasts, place=place, slot=meeting.slot, reason=reason, now=now)
    journal.record(
        MOVED,
        subject=meeting.subject,
        by=by,
        now=now,
        text=reason,
        mentions=[("council", meeting.council_id)],
        before=before.isoformat(),
        after=starts_at.isoformat(),
    )
    return meeting


def put(
    meeting: Meeting,
    *,
    starts_at: datetime,
    lasts: int,
    place: str,
    slot: datetime | None,
    reason: str,
    now: datetime,
) -> None:
    """Write where a locked meeting stands now, and let what is owed about it be due on its day."""
    if not 5 <= lasts <= 1440:
        raise Invalid(_("A meeting lasts between 5 minutes and a day."), field="lasts")
    zone = ZoneInfo(calendar_of_department(meeting.council.department).zone)
    day = starts_at.astimezone(zone).date()
    if day != meeting.starts_at.astimezone(zone).date():
        subjects.rename(meeting.subject, meetings.titled(meeting.council, day))
        owed = Duty.objects.filter(
            subject_id=meeting.pk, kind__in=[DutyKind.CLOSE_MEETING, DutyKind.ATTEND], closed_at=None
        )
        for duty in owed:
            duties.move_due_day(duty, due_on=day, now=now)
    meeting.starts_at, meeting.lasts, meeting.place, meeting.slot = starts_at, lasts, place, slot
    meeting.because, meeting.sequence = reason, meeting.sequence + 1
    meeting.keep("starts_at", "lasts", "place", "slot", "because", "sequence")


@transaction.atomic
def call_now(*, council: Council, by: Person, now: datetime, lasts: int = 60, place: str = "") -> Meeting:
    """Call a meeting that begins at once, and open it: everybody is in the room already."""
    access.require(by, council_access.RECORD, council, now)
    if Meeting.objects.filter(council=council, state=MeetingState.OPEN).exists():
        raise Conflict(_("This council is sitting already. Go into its meeting."))
    meeting = meetings.call(council=council, starts_at=now, lasts=lasts, place=place, by=by, now=now)
    return meetings.open_meeting(meeting=meeting, by=by, now=now)
