"""An agenda is published once: whoever is invited is told, its order is kept, and what changes afterwards is shown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import AgendaItem, ItemState, Meeting, MeetingState, Publication, PublishedItem
from councils.services import meetings
from governance import access, events
from governance.errors import Conflict
from governance.models import Person
from governance.services import journal

PUBLISHED = events.declare(
    "councils.agenda.published", says=gettext_lazy("{by} published the agenda of {subject}: {n} items")
)


@transaction.atomic
def publish(*, meeting: Meeting, by: Person, now: datetime, version: int | None = None) -> Publication:
    """Keep the order as it stands, and tell whoever is invited.

    Raises :class:`Conflict` for an agenda that was published before, or on which nothing stands.
    """
    access.require(by, council_access.PREPARE, meeting.council, now)
    meeting = meetings.locked(meeting, version)
    if meeting.state != MeetingState.PLANNED:
        raise Conflict(_("The agenda of a meeting is published before it begins."))
    if Publication.objects.filter(meeting=meeting).exists():
        raise Conflict(_("This agenda is published already. What changed since stands beside it."))
    items = list(AgendaItem.objects.filter(meeting=meeting, state=ItemState.OPEN).order_by("position", "pk"))
    if not items:
        raise Conflict(_("Nothing stands on this agenda. Place a matter on it first."))
    made = Publication.objects.create(meeting=meeting, at=now, by=by)
    PublishedItem.objects.bulk_create(
        PublishedItem(publication=made, item=item, position=position) for position, item in enumerate(items, start=1)
    )
    meeting.keep()
    journal.record(
        PUBLISHED, subject=meeting.subject, by=by, now=now, mentions=[("council", meeting.council_id)], n=len(items)
    )  # fmt: skip
    return made
