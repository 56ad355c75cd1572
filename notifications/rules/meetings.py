"""Who is called to a meeting: each seat of the council, and its sponsor, who comes as a guest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from councils.models import Council, MeetingSeries, Membership
from governance.models import Tenure
from notifications.kinds import Kind
from notifications.rules.registry import Heard, Telling, on


def _called(entries: Sequence[Heard], kind: Kind) -> Iterable[Telling]:
    """Every seat of the council that an entry mentions hears of it. Four statements."""
    councils = {council for entry in entries for council in entry.mentioned("council")}
    seats: dict[int, list[int]] = defaultdict(list)
    for council, seat in (
        Membership.objects.filter(council_id__in=councils, ended_at=None)
        .order_by("seat_id")
        .values_list("council_id", "seat_id")
    ):
        seats[council].append(seat)
    sponsors = dict(Council.objects.filter(pk__in=councils).values_list("pk", "sponsor_id"))
    sits = _people([seat for held in seats.values() for seat in held] + list(sponsors.values()))
    for entry in entries:
        for council in entry.mentioned("council"):
            members = {person for seat in seats[council] for person in sits[seat]}
            called = list(seats[council])
            if not sits[sponsors[council]] & members:  # a sponsor who sits here is called in that seat
                called.append(sponsors[council])
            for seat in called:
                yield Telling(entry.entry_id, kind, seat, entry.subject_id)


def _people(seats: Iterable[int]) -> dict[int, set[int]]:
    """Who holds each seat, or stands in for its holder, without an end that is known."""
    found: dict[int, set[int]] = defaultdict(set)
    for seat, person in Tenure.objects.filter(Q(until_at=None), seat_id__in=list(seats)).values_list(
        "seat_id", "person_id"
    ):
        found[seat].add(person)
    return found


@on("councils.meeting.called")
def called(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _called(entries, Kind.MEETING)


@on("councils.agenda.published")
def published(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Once: what changes on it afterwards is shown where it stands."""
    return _called(entries, Kind.AGENDA)


@on("actions.pack.made_on_schedule")
def pack_made(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Once, with a link: a pack is never mailed, for access may end. Whoever makes one by hand shares its link."""
    return _called(entries, Kind.PACK)


@on("councils.meeting.moved")
def moved(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _called(entries, Kind.MEETING_MOVED)


@on("councils.meeting.called_off")
def called_off(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _called(entries, Kind.MEETING_OFF)


@on("councils.series.begun", "councils.series.changed")
def begun(entries: Sequence[Heard]) -> Iterable[Telling]:
    """One mail invites to all of its meetings; those that are called ahead later are in it already."""
    return _called(entries, Kind.SERIES)


@on("councils.series.ended")
def ended(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _called(entries, Kind.SERIES_OVER)


@on("councils.membership.seated")
def joined(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever takes a seat of a council is invited to what it holds regularly; its other meetings stand in the feed."""
    held: dict[int, list[int]] = defaultdict(list)
    for council, series in (
        MeetingSeries.objects.filter(council_id__in={entry.subject_id for entry in entries}, ended_at=None)
        .order_by("pk")
        .values_list("council_id", "pk")
    ):
        held[council].append(series)
    for entry in entries:
        for seat in entry.mentioned("seat"):
            for series in held[entry.subject_id]:
                yield Telling(entry.entry_id, Kind.SERIES, seat, series, is_one_of_many=True)
