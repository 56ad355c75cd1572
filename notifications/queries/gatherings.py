"""What messages about meetings need at hand-over: whether they still hold, when the meeting is, the calendar part."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils import translation

from councils import invitations
from councils.invitations import Mailbox
from councils.models import Meeting, MeetingSeries, MeetingState
from councils.queries import invitations as queries
from governance.models import Organisation, Person, SubjectKind
from notifications.kinds import Kind
from notifications.models import Message

LETS_GO = (Kind.MEETING_OFF, Kind.SERIES_OVER)
"""What frees a day."""


def overtaken(messages: Sequence[Message], now: datetime) -> set[int]:
    """Which of these need not be said any more: a later one says it, or the meeting began, is over or was called off.

    Two statements at most.
    """
    newest: dict[tuple[int, int | None, int | None], int] = {}
    for message in messages:
        key = (message.subject_id, message.seat_id, message.person_id)
        newest[key] = max(newest.get(key, 0), message.pk)
    found = {message.pk for message in messages} - set(newest.values())
    states = {
        meeting.pk: meeting
        for meeting in Meeting.objects.filter(pk__in=[one.subject_id for one in messages if _is_meeting(one)])
    } if any(_is_meeting(one) for one in messages) else {}  # fmt: skip
    ended = (
        set(
            MeetingSeries.objects.filter(pk__in=[one.subject_id for one in messages])
            .exclude(ended_at=None)
            .values_list("pk", flat=True)
        )
        if any(one.kind == Kind.SERIES for one in messages)
        else set()
    )
    for message in messages:
        meeting = states.get(message.subject_id)
        if message.kind == Kind.SERIES and message.subject_id in ended:
            found.add(message.pk)
        elif meeting is not None:
            holds = meeting.state == MeetingState.OFF if message.kind in LETS_GO else (
                meeting.state == MeetingState.PLANNED
            )  # fmt: skip
            if not holds or meeting.ends_at <= now:
                found.add(message.pk)
    return found


def _is_meeting(message: Message) -> bool:
    return message.subject.kind == SubjectKind.MEETING


class Words:
    """When and where the meetings of some messages are, asked once for each language that a reader has."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.meetings = {one.subject_id for one in messages if _is_meeting(one)}
        self.series = {one.subject_id for one in messages if one.subject.kind == SubjectKind.SERIES}
        self.known: dict[str, dict[int, tuple[str, ...]]] = {}

    def about(self, subject_id: int, language: str) -> tuple[str, ...]:
        if language not in self.known:
            with translation.override(language):
                self.known[language] = queries.in_words(self.meetings, self.series)
        return self.known[language].get(subject_id, ())


def part(message: Message, reader: Person, now: datetime) -> tuple[str, str] | None:
    """``(method, text/calendar)`` of a mail about a meeting, in the language that is active; None where it has none.

    The council calls, from the address that all mail comes from; answers are given on the page.
    """
    method, occasions = queries.sent(message.subject, now)
    if not occasions:
        return None
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organisation = Organisation.objects.values_list("name", flat=True).first() or "Keep"
    veiled = occasions[0].title == invitations.veiled()
    body = invitations.invitation(
        occasions,
        method=method,
        organiser=Mailbox(organisation if veiled else occasions[0].title, address),
        reader=Mailbox(reader.name, reader.email),
        stamp=now,
    )
    return method, body.decode()
