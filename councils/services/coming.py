"""Saying whether a seat comes to a meeting. Nobody says why, and nobody is asked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import Coming, Meeting, MeetingAnswer, Membership
from councils.queries import councils as council_queries
from councils.services import meetings
from governance import access, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import Person
from governance.services import journal

# What was said is no part of the record: who was absent once is nobody's business later.
ANSWERED = events.declare("councils.meeting.answered", says=gettext_lazy("{by} said whether {seat} comes to {subject}"))


@transaction.atomic
def say(*, meeting: Meeting, membership: Membership, coming: str, by: Person, now: datetime) -> MeetingAnswer:
    """Say whether a seat is taken at a meeting: by its holder or its deputy, as often as they like."""
    access.require(by, council_access.VIEW, meeting.council, now)
    sitting = next(
        (row for row in council_queries.sitting_of(meeting.council, now) if row.membership.pk == membership.pk), None
    )
    if sitting is None:
        raise Invalid(_("This seat does not sit in this council."), field="seat")
    if by not in (sitting.holder, sitting.deputy):
        raise Refused(_("Only its holder or its deputy says whether %(seat)s comes.") % {"seat": sitting.seat.title})
    if coming not in Coming.values:
        raise Invalid(_("Choose whether you come, do not come, or the deputy comes."), field="coming")
    if coming == Coming.DEPUTY and sitting.deputy is None:
        raise Conflict(_("%(seat)s has no deputy. Ask whoever fills it to name one.") % {"seat": sitting.seat.title})
    meeting = meetings.locked(meeting)
    meetings.require_planned(meeting, _("This is said before a meeting begins. This one is %(state)s."))
    answer, _made = MeetingAnswer.objects.update_or_create(
        meeting=meeting,
        membership=membership,
        defaults={"coming": coming, "by": by, "answered_at": now, "sequence": meeting.sequence},
    )
    journal.record(ANSWERED, subject=meeting.subject, by=by, now=now, mentions=[("seat", sitting.seat.subject)])
    return answer
