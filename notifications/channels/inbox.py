"""The inbox: there at once, whatever the hour, until it is read."""

from collections.abc import Sequence
from datetime import datetime

from notifications.models import Channel, Delivery
from notifications.queries.handover import Letter
from notifications.sql import rows


def hand_over(letters: Sequence[Letter], *, now: datetime) -> None:
    """Put letters into their readers' inboxes; what lies there already stays as it is. One statement."""
    rows.insert(
        [
            Delivery(message=letter.message, person=letter.reader, channel=Channel.INBOX, handed_at=now, why=letter.why)
            for letter in letters
        ]
    )
