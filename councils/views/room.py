"""The parts of a meeting's page while it is held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from councils import access as council_access
from councils import consent
from councils.forms.live import CaptureForm
from councils.models import OVER, AgendaItem, CaptureKind, ItemState, Meeting, MeetingState
from councils.queries import attending, books, pre_reads, published, stood
from councils.queries import councils as council_queries
from councils.queries import live as queries
from councils.services import consenting
from governance import access
from governance.models import Person


def context_of(meeting: Meeting, viewer: Person, now: datetime, *, also: Collection[int] = ()) -> dict[str, Any]:
    """What the page of a meeting and every part of it need; ``also`` are keys of things that stand on it besides."""
    rights = council_queries.rights(viewer, meeting.council, now)
    may_record = council_access.RECORD in rights
    found = queries.live(meeting, now)
    is_held = meeting.state == MeetingState.OPEN
    there = stood.agenda_of(meeting) if meeting.state == MeetingState.CLOSED else []
    about = {item.about_id for item in found.agenda} | {row.item.about_id for row in there}
    return {
        "meeting": meeting,
        "council": meeting.council,
        "live": found,
        "agenda": found.agenda,
        "stood": there,
        "standing": found.standing,
        "unsettled": sum(item.state == ItemState.OPEN for item in found.agenda),
        "rights": rights,
        "may_record": may_record,
        "may_write": may_record and is_held and queries.holds_pen(meeting, viewer),
        "may_mark": may_record and is_held,
        "may_prepare": council_access.PREPARE in rights,
        "guest": attending.guest_of(meeting, now),
        "visible": access.visible_ids(viewer, about | set(also), now),
        "currency": books.currency(),
        "kinds": CaptureKind.choices,
        "capture_form": CaptureForm(),
        "at": reverse("councils:meeting-follow", args=[meeting.reference]),
        "now": now,
        "may_object": bool(set(consenting.MAY_OBJECT) & rights),
        "changes": published.changes(meeting, found.agenda) if meeting.state not in OVER else None,
        "reads": pre_reads.of_items([found.current.pk]).get(found.current.pk, []) if found.current else [],
        **_consent(found.agenda if is_held else []),
        **settling(False),
    }


def _consent(agenda: Sequence[AgendaItem]) -> dict[str, Any]:
    """The consent list, each item with what it would be decided as, and how many can be decided so."""
    listed = [item for item in agenda if item.by_consent and item.state == ItemState.OPEN]
    pairs = [(item, consent.proposal_of(item, None)) for item in listed]
    return {"consent": pairs, "consent_ready": sum(proposed is not None for _item, proposed in pairs)}


def settling(is_there: bool) -> dict[str, Any]:
    """Whether the form that settles an item stands on the page: the buttons beside it carry what is typed there."""
    return {"form_id": "settle-form" if is_there else "mark-form", "alone": not is_there}
