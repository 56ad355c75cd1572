"""The inbox: what was said to one person, in the words of today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from governance import access
from governance.models import HelpRequest, Person
from governance.models.subjects import seen_in_passing
from notifications.families import Section, grouped, must_be_read
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Message, Mute
from notifications.queries.handover import matter_of, next_rungs
from notifications.wording import Line, Matter, line, of_somebody


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the inbox. ``is_past``: what it asked for has been done since."""

    delivery: Delivery
    line: Line
    kind: str
    is_past: bool
    is_muted: bool = False
    may_mute: bool = False


def delivered(person: Person, now: datetime, *, unread: bool = False, snoozed: bool = False) -> "QuerySet[Delivery]":
    """What lies in the inbox of ``person``, newest first: only about what they may still see.

    What they put off is not there until its moment; then it stands where it would stand had it come just then.
    """
    found = Delivery.objects.filter(seen_in_passing(person, now, "message__"), person=person, channel=Channel.INBOX)
    if snoozed:
        return found.filter(snoozed_until__gt=now).order_by("snoozed_until", "pk")
    found = found.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    if unread:
        found = found.filter(read_at=None)
    return found.order_by(Coalesce("snoozed_until", "handed_at").desc(), "-pk")


def with_matter(deliveries: "QuerySet[Delivery]") -> "QuerySet[Delivery]":
    return deliveries.select_related(
        "message__subject", "message__duty__calendar", "message__duty__seat__subject", "message__entry__by"
    )


def notes(deliveries: Iterable[Delivery], viewer: Person, now: datetime) -> list[Note]:
    """The lines of these deliveries to ``viewer`` (``with_matter``). Four statements more, whatever their number."""
    listed: Sequence[Delivery] = list(deliveries)
    following = next_rungs([delivery.message for delivery in listed])
    muted, helped = _muted(listed), _helped(listed)
    owing = {delivery.message.duty.seat_id for delivery in listed if delivery.message.duty is not None}
    seats = access.visible_ids(viewer, owing, now) if owing else set()
    return [
        Note(
            delivery=delivery,
            line=line(_matter(delivery.message, following.get(delivery.message_id, ""), seats)),
            kind=delivery.message.kind,
            is_past=(delivery.message.duty is not None and delivery.message.duty.closed_at is not None)
            or (delivery.message.kind in ASKS and (delivery.message.duty_id, delivery.message.seat_id) in helped),
            is_muted=delivery.message.subject_id in muted,
            may_mute=delivery.message.subject_id not in muted
            and not must_be_read(delivery.message.kind, has_duty=delivery.message.duty_id is not None),
        )
        for delivery in listed
    ]


def _matter(message: Message, next_target: str, seats: set[int]) -> Matter:
    """What a message is about; the seat that owes it is named to whoever may know of it."""
    matter = matter_of(message, next_target)
    return matter if message.duty is None or message.duty.seat_id in seats else of_somebody(matter)


def sections(listed: Iterable[Note]) -> "list[Section[Note]]":
    """The lines by what they ask for, as the digest has them; what is done since is only read."""
    return grouped(listed, lambda note: Kind.DECIDED if note.is_past else note.kind)


ASKS = frozenset({Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED})
"""What asks a seat for help: done once that seat has answered."""


def _helped(listed: Sequence[Delivery]) -> set[tuple[int, int]]:
    """``(duty, seat)`` of which help was asked and has been answered, and nothing is asked that was not."""
    owed = {delivery.message.duty_id for delivery in listed if delivery.message.kind in ASKS}
    asked = HelpRequest.objects.filter(duty__in=owed).values_list("duty_id", "asked_id", "answered_at") if owed else ()
    open_ones = {(duty, seat) for duty, seat, answered in asked if answered is None}
    return {(duty, seat) for duty, seat, _answered in asked} - open_ones


def _muted(listed: Sequence[Delivery]) -> set[int]:
    if not listed:
        return set()
    subjects = {delivery.message.subject_id for delivery in listed}
    return set(
        Mute.objects.filter(person_id=listed[0].person_id, subject_id__in=subjects).values_list("subject_id", flat=True)
    )
