"""The inbox: what was said to one person, in the words of today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from governance.models import Person
from governance.models.subjects import seen_by
from notifications.families import Section, grouped, must_be_read
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Message, Mute
from notifications.queries.handover import matter_of, next_rungs
from notifications.wording import Line, line


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
    visible = Message.objects.filter(seen_by(person, now)).values("pk")
    found = Delivery.objects.filter(person=person, channel=Channel.INBOX, message__in=visible)
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


def notes(deliveries: Iterable[Delivery]) -> list[Note]:
    """The lines of these deliveries (``with_matter``). Two statements more, whatever their number."""
    listed: Sequence[Delivery] = list(deliveries)
    following = next_rungs([delivery.message for delivery in listed])
    muted = _muted(listed)
    return [
        Note(
            delivery=delivery,
            line=line(matter_of(delivery.message, following.get(delivery.message_id, ""))),
            kind=delivery.message.kind,
            is_past=delivery.message.duty is not None and delivery.message.duty.closed_at is not None,
            is_muted=delivery.message.subject_id in muted,
            may_mute=delivery.message.subject_id not in muted
            and not must_be_read(delivery.message.kind, has_duty=delivery.message.duty_id is not None),
        )
        for delivery in listed
    ]


def sections(listed: Iterable[Note]) -> "list[Section[Note]]":
    """The lines by what they ask for, as the digest has them; what is done since is only read."""
    return grouped(listed, lambda note: Kind.DECIDED if note.is_past else note.kind)


def _muted(listed: Sequence[Delivery]) -> set[int]:
    if not listed:
        return set()
    subjects = {delivery.message.subject_id for delivery in listed}
    return set(
        Mute.objects.filter(person_id=listed[0].person_id, subject_id__in=subjects).values_list("subject_id", flat=True)
    )
