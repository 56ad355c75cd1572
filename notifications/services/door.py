"""Mails that let somebody in: an invitation, a new password. They go at once, to the person alone."""

from collections.abc import Sequence
from datetime import datetime

from governance import post
from governance.models import Person
from governance.queries.invitations import INVITE
from governance.services.invitations import RESET
from governance.services.people import root_subject
from notifications.kinds import Kind
from notifications.models import Message, MessageState
from notifications.services import offers, outbox

KINDS = {INVITE: Kind.INVITED, RESET: Kind.RESET}


def send(purpose: str, people: Sequence[Person], now: datetime) -> None:
    """Store a mail for each person; its link is made when it is handed over, and kept nowhere."""
    subject = root_subject()
    outbox.enqueue(
        Message(
            occurrence=f"door:{purpose}:{person.pk}:{now.isoformat()}",
            person=person,
            kind=KINDS[purpose],
            subject_id=subject,
            is_urgent=True,
            created_at=now,
            not_before=now,
        )
        for person in people
    )


def withdraw(purpose: str, people: Sequence[Person], now: datetime) -> set[int]:
    """Drop the mails of this purpose that have not left, also those given up: they may be tried again. Returns to whom.

    Also what a drain has claimed: before it sends it asks whether that is still its own.
    """
    waiting = Message.objects.filter(
        kind=KINDS[purpose],
        person__in=people,
        state__in=(MessageState.WAITING, MessageState.CLAIMED, MessageState.FAILED),
    )
    whose = set(waiting.values_list("person_id", flat=True))
    waiting.update(state=MessageState.DROPPED, settled_at=now, claimed_until=None, token="")
    return whose


for _purpose, _kind in KINDS.items():
    offers.offer(_kind, _purpose)
post.open_with(send, withdraw)
