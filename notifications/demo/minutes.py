"""The demo's minutes: those of past meetings are approved, the last one's are out for comment with a word on them."""

from datetime import datetime

from councils.models import Meeting, Minutes
from councils.services import minutes
from governance.models import Person, SeatKind
from governance.queries.seats import movers
from notifications.demo.script import Script

SENT_AFTER, APPROVED_AFTER = 2, 15
"""Days after the meeting."""

INTRODUCTIONS = {
    "CX Governance Council": "The chair thanked the branches for the voices that were read at the start.",
    "Executive Committee": "The committee met briefly, between two others.",
}


def plan(script: Script, meeting: Meeting, days: int, *, comment: str = "") -> None:
    """Send the minutes of a meeting that was held on that day out, and have them approved when their time has come."""

    def send(now: datetime) -> None:
        made, clerk = _minutes(meeting), _holder(meeting, SeatKind.SECRETARY, now)
        introduction = INTRODUCTIONS.get(meeting.council.name, "")
        if introduction:
            minutes.write(minutes=made, introduction=introduction, by=clerk, now=now)
        minutes.send_out(minutes=made, by=clerk, now=now)
        if comment:
            minutes.comment(minutes=made, text=comment, by=_holder(meeting, SeatKind.CHAIR, now), now=now)

    def approve(now: datetime) -> None:
        made = _minutes(meeting)
        if minutes.is_ripe(made, now):
            minutes.approve(minutes=made, by=_holder(meeting, SeatKind.CHAIR, now), now=now)

    script.on(days + SENT_AFTER, send, 11)
    if days + APPROVED_AFTER < 0:
        script.on(days + APPROVED_AFTER, approve, 11)


def _minutes(meeting: Meeting) -> Minutes:
    found: Minutes = Minutes.objects.select_related("meeting__council").get(meeting=meeting)
    return found


def _holder(meeting: Meeting, kind: str, now: datetime) -> Person:
    seat = meeting.council.memberships.get(seat__kind=kind, ended_at=None).seat_id
    return Person.objects.get(pk=movers([seat], now)[seat].person_id)
