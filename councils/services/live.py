"""A meeting while it is held: who writes its record, and what it is about now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import AgendaItem, Meeting, MeetingState
from councils.queries import meetings as queries
from councils.services import meetings
from governance import access, events
from governance.errors import Conflict
from governance.models import Person
from governance.services import journal

PEN_TAKEN = events.declare("councils.pen.taken", says=gettext_lazy("{by} took over the pen of {subject}"))


@transaction.atomic
def take_pen(*, meeting: Meeting, by: Person, now: datetime) -> Meeting:
    """Write the record from now on, in place of whoever did. What they typed and did not send stays on their screen."""
    meeting = _sitting(meeting, by, now)
    if meeting.pen_id == by.pk:
        return meeting
    meeting.pen, meeting.pen_since = by, now
    meeting.keep("pen", "pen_since")
    journal.record(PEN_TAKEN, subject=meeting.subject, by=by, now=now)
    return meeting


@transaction.atomic
def take_up(*, meeting: Meeting, item: AgendaItem, by: Person, now: datetime) -> Meeting:
    """Turn to an item: everybody's screen follows, and its clock runs. The time of the one before is kept with it."""
    meeting = _sitting(meeting, by, now)
    item = queries.item_of(meeting, item.reference)
    if meeting.pen_id is not None and meeting.pen_id != by.pk:
        raise Conflict(_("%(who)s holds the pen. Take it over first.") % {"who": meeting.pen})
    if meeting.current_id == item.pk:
        return meeting
    meetings.stop_clock(meeting, now)
    meeting.current, meeting.current_since = item, now
    meeting.keep("current", "current_since")
    return meeting


def _sitting(meeting: Meeting, by: Person, now: datetime) -> Meeting:
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = meetings.locked(meeting)
    if meeting.state != MeetingState.OPEN:
        raise Conflict(_("This meeting is not open. Open it first."))
    return meeting
