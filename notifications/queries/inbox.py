"""The inbox: what was said to one person, in the words of today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from governance.models import Person
from governance.models.subjects import seen_by
from notifications.models import Channel, Delivery, Message
from notifications.queries.handover import matter_of, next_rungs
from notifications.wording import Line, line


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the inbox. ``is_past``: what it asked for has been done since."""

    delivery: Delivery
    line: Line
    kind: str
    is_past: bool


def delivered(person: Person, now: datetime, *, unread: bool = False) -> "QuerySet[Delivery]":
    """What lies in the inbox of ``person``, newest first: only about what they may still see."""
    visible = Message.objects.filter(seen_by(person, now)).values("pk")
    found = Delivery.objects.filter(person=person, channel=Channel.INBOX, message__in=visible)
    if unread:
        found = found.filter(read_at=None)
    return found.order_by("-pk")


def with_matter(deliveries: "QuerySet[Delivery]") -> "QuerySet[Delivery]":
    return deliveries.select_related(
        "message__subject", "message__duty__calendar", "message__duty__seat__subject", "message__entry__by"
    )


def notes(deliveries: Iterable[Delivery]) -> list[Note]:
    """The lines of these deliveries (``with_matter``). One statement more, whatever their number."""
    listed: Sequence[Delivery] = list(deliveries)
    following = next_rungs([delivery.message for delivery in listed])
    return [
        Note(
            delivery=delivery,
            line=line(matter_of(delivery.message, following.get(delivery.message_id, ""))),
            kind=delivery.message.kind,
            is_past=delivery.message.duty is not None and delivery.message.duty.closed_at is not None,
        )
        for delivery in listed
    ]
