"""Who hears that a meeting was closed, and what becomes of its minutes: whoever was there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from councils.models import Attendance, Guest, Minutes, Presence
from notifications.kinds import Kind
from notifications.rules.registry import Heard, Telling, on


@on("councils.meeting.closed")
def closed(entries: Sequence[Heard]) -> Iterable[Telling]:
    """One mail each: what was decided, and what its reader owes. What else arose in the meeting goes into it."""
    return _told(entries, Kind.MEETING_CLOSED, {entry.subject_id: entry.subject_id for entry in entries})


@on("councils.minutes.sent_out")
def sent_out(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _told(entries, Kind.MINUTES_OUT, _meetings(entries))


@on("councils.minutes.approved", "councils.minutes.approved_by_silence")
def approved(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _told(entries, Kind.MINUTES_APPROVED, _meetings(entries))


def _meetings(entries: Sequence[Heard]) -> dict[int, int]:
    """The meeting of each of these minutes. One statement."""
    keys = [entry.subject_id for entry in entries]
    return dict(Minutes.objects.filter(pk__in=keys).values_list("pk", "meeting_id"))


def _told(entries: Sequence[Heard], kind: Kind, meetings: dict[int, int]) -> Iterable[Telling]:
    """Tell whoever was there, to the end or not, each once. Two statements."""
    was_there = ~Q(presence=Presence.ABSENT) & Q(person__isnull=False, meeting__in=set(meetings.values()))
    people: dict[int, set[int]] = defaultdict(set)
    for model in (Attendance, Guest):
        for meeting, person in model.objects.filter(was_there).values_list("meeting_id", "person_id"):
            people[meeting].add(person)
    for entry in entries:
        for person in sorted(people.get(meetings.get(entry.subject_id, 0), ())):
            yield Telling(entry.entry_id, kind, None, entry.subject_id, person_id=person)
