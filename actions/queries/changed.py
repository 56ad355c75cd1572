"""What changed since somebody last looked: from the journal, of what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from governance.models import Person
from governance.queries import journal


class Change(StrEnum):
    """What an executive wants to hear of, in the order of the loop."""

    DECIDED = "decided"
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    MOVED = "moved"
    DONE = "done"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"
    CAME_BACK = "came_back"


EVENTS: dict[Change, Sequence[str]] = {
    Change.DECIDED: ("councils.decision.settled",),
    Change.ACCEPTED: ("actions.item.accepted",),
    Change.BLOCKED: ("actions.item.blocked",),
    Change.MOVED: ("actions.promise.approved", "actions.promise.renewed"),
    Change.DONE: ("actions.item.done",),
    Change.SENT_BACK: ("actions.item.sent_back",),
    Change.VERIFIED: ("actions.item.verified",),
    Change.CAME_BACK: ("actions.item.came_back",),
}

LABELS: dict[Change, str | Promise] = {
    Change.DECIDED: _("decided"),
    Change.ACCEPTED: _("accepted"),
    Change.BLOCKED: _("blocked"),
    Change.MOVED: _("dates moved"),
    Change.DONE: _("done"),
    Change.SENT_BACK: _("sent back"),
    Change.VERIFIED: _("verified"),
    Change.CAME_BACK: _("said again by customers"),
}

USUALLY = timedelta(days=7)
"""How far back whoever never looked is told."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How often it happened, and where the entries are read."""

    change: Change
    n: int
    url: str

    @property
    def label(self) -> str:
        return str(LABELS[self.change])


def changed(viewer: Person, now: datetime, since: datetime) -> Sequence[Changed]:
    """What happened after ``since`` to things that ``viewer`` may see now; nothing of what did not. One statement."""
    change_of = {event: change for change, events in EVENTS.items() for event in events}
    rows = journal.counted(viewer, now, change_of, since).values_list("event").annotate(n=Count("pk"))
    found = dict.fromkeys(Change, 0)
    for event, n in rows:
        found[change_of[event]] += n
    asked = since.isoformat()
    return [
        Changed(change, n, f"/journal/?{urlencode({'event': ','.join(EVENTS[change]), 'since': asked})}")
        for change, n in found.items()
        if n
    ]
