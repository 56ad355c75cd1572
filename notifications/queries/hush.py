"""Which messages are about a meeting that is (or was) open: read from what is recorded, never stored with a message.

A message belongs to a meeting if it arose while that was open, about the meeting itself, a matter on its agenda (or one
of the same council that is still to be settled: on closing those go back to the backlog) or what that is about, a
decision taken in it, or an action that came of such a decision. A meeting that nobody closed hushes nobody
once it counts as adjourned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from actions.models import ActionItem
from councils.models import AgendaItem, Decision, ItemState, Meeting
from councils.models.meetings import LONGEST, adjourned
from notifications.kinds import Kind
from notifications.models import Message

LOOKS_AGAIN = timedelta(minutes=5)
"""How often it is asked whether a meeting has been closed."""


@dataclass(frozen=True, slots=True)
class Sat:
    """A meeting, as far as it hushes: from when, until when, and whether it still does."""

    meeting_id: int
    council_id: int
    opened_at: datetime
    ends_at: datetime
    is_open: bool

    def heard(self, arose: datetime) -> bool:
        return self.opened_at <= arose <= self.ends_at


def hushed(messages: Sequence[Message], now: datetime) -> dict[int, Sat]:
    """The meeting that each message arose in, by the message's key. One statement, four where a meeting was open."""
    if not messages:
        return {}
    earliest = min(_arose(message) for message in messages)
    opened = Meeting.objects.filter(opened_at__gte=earliest - LONGEST, opened_at__lte=now)
    rows = (
        opened.filter(Q(closed_at=None) | Q(closed_at__gte=earliest))
        .order_by("-opened_at")
        .only("pk", "council_id", "opened_at", "closed_at", "starts_at", "lasts")
    )
    sittings = [_sat(meeting, now) for meeting in rows]
    if not sittings:
        return {}
    about = _about(sittings, {message.subject_id for message in messages})
    found: dict[int, Sat] = {}
    for message in messages:
        for sat in sittings:
            if message.subject_id in about.get(sat.meeting_id, ()) and sat.heard(_arose(message)):
                found.setdefault(message.pk, sat)
    return found


def _arose(message: Message) -> datetime:
    """When it arose. That a meeting was closed is the last thing of that meeting, whenever it was listened to."""
    if message.kind == Kind.MEETING_CLOSED and message.entry is not None:
        return message.entry.at
    return message.created_at


def _sat(meeting: Meeting, now: datetime) -> Sat:
    opened_at = meeting.opened_at or now
    latest = adjourned(opened_at, meeting.ends_at, meeting.lasts)
    ends = min(meeting.closed_at or latest, latest)
    return Sat(meeting.pk, meeting.council_id, opened_at, ends, is_open=now < ends)


def _about(sittings: Sequence[Sat], subjects: Iterable[int]) -> dict[int, set[int]]:
    """By meeting, which of these subjects it is about. Three statements."""
    wanted = set(subjects)
    about: dict[int, set[int]] = {sat.meeting_id: {sat.meeting_id} for sat in sittings}
    meetings_of: dict[int, list[int]] = {}
    for sat in sittings:
        meetings_of.setdefault(sat.council_id, []).append(sat.meeting_id)
    items = AgendaItem.objects.filter(Q(pk__in=wanted) | Q(about_id__in=wanted)).filter(
        Q(meeting_id__in=about) | Q(state=ItemState.OPEN, council_id__in=meetings_of)
    )
    for meeting, council, item, thing in items.values_list("meeting_id", "council_id", "pk", "about_id"):
        for one in [meeting] if meeting in about else meetings_of.get(council, ()):
            about[one] |= {item, thing}
    decided = Decision.objects.filter(meeting_id__in=about).filter(Q(pk__in=wanted) | Q(result_id__in=wanted))
    for meeting, decision, result in decided.values_list("meeting_id", "pk", "result_id"):
        if meeting is not None:
            about[meeting] |= {decision, result}
    for meeting, action in ActionItem.objects.filter(decision__meeting_id__in=about, pk__in=wanted).values_list(
        "decision__meeting_id", "pk"
    ):
        about[meeting].add(action)
    return about
