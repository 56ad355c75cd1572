"""The inbox: there at once, whatever the hour, until it is read."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from notifications.kinds import OF_OWNERS
from notifications.models import Channel, Delivery
from notifications.queries.handover import Letter
from notifications.sql import rows


def hand_over(letters: Sequence[Letter], *, now: datetime) -> None:
    """Put letters into their readers' inboxes; what lies there already stays as it is.

    A reminder takes the place of the one before it about the same thing owed: the older one counts as read. Two
    statements at most, whatever their number.
    """
    rows.insert(
        [
            Delivery(message=letter.message, person=letter.reader, channel=Channel.INBOX, handed_at=now, why=letter.why)
            for letter in letters
            if not letter.is_shown
        ]
    )
    reminded = {letter.message.duty_id for letter in letters if letter.message.kind in OF_OWNERS}
    if reminded:
        lies = Delivery.objects.filter(channel=Channel.INBOX, message__duty__in=reminded, message__kind__in=OF_OWNERS)
        newer = lies.filter(
            person=OuterRef("person"), message__duty=OuterRef("message__duty"), message__pk__gt=OuterRef("message")
        )
        lies.filter(Exists(newer), read_at=None).update(read_at=now)
