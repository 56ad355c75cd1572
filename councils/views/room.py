"""The parts of a meeting's page while it is held."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from councils import access as council_access
from councils.forms.live import CaptureForm
from councils.models import CaptureKind, ItemState, Meeting, MeetingState
from councils.queries import attending, books
from councils.queries import councils as council_queries
from councils.queries import live as queries
from governance import access
from governance.models import Person


def context_of(meeting: Meeting, viewer: Person, now: datetime, *, is_settling: bool) -> dict[str, Any]:
    """What every part of a live page needs, page and fragments alike.

    ``is_settling`` says whether the form that settles an item stands on the page: the buttons beside carry it along.
    """
    rights = council_queries.rights(viewer, meeting.council, now)
    may_record = council_access.RECORD in rights
    found = queries.live(meeting, now)
    may_write = may_record and meeting.state == MeetingState.OPEN and queries.holds_pen(meeting, viewer)
    return {
        "meeting": meeting,
        "council": meeting.council,
        "live": found,
        "unsettled": sum(item.state == ItemState.OPEN for item in found.agenda),
        "may_record": may_record,
        "may_write": may_write,
        "may_mark": may_record and meeting.state == MeetingState.OPEN,
        "may_prepare": council_access.PREPARE in rights,
        "rights": rights,
        "guest": attending.guest_of(meeting, now),
        "visible": access.visible_ids(viewer, {item.about_id for item in found.agenda}, now),
        "currency": books.currency(),
        "kinds": CaptureKind.choices,
        "capture_form": CaptureForm(),
        "form_id": "settle-form" if is_settling else "mark-form",
        "alone": not is_settling,
        "at": reverse("councils:meeting-follow", args=[meeting.reference]),
        "now": now,
    }
