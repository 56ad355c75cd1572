"""The outbox: what is to be said is stored first, then handed over, at least once and with the same Message-ID.

A drain claims messages under a token and a lease, finds out who answers for the seat today, asks again whether the
message still has to be said, puts it into the inbox at once, and gathers all that one person may be mailed now into one
mail. What crashes between the mail and its settling is mailed again after the lease, as the same mail.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.errors import Refused
from governance.models import Person
from governance.services import addresses
from notifications import channels, recheck
from notifications.channels import inbox, mail, registry
from notifications.kinds import OF_THE_DOOR
from notifications.models import Channel, Delivery, Message, MessageState
from notifications.queries import outbox as outbox_query
from notifications.queries.handover import Letter, letters_for
from notifications.reach import wait_before
from notifications.sql import claims, rows

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=10)
"""How long a claim holds. Longer than a drain takes, short enough that a crash is not felt."""

ATTEMPTS = 8
SILENT = 2
"""After so many mails in a row that nobody answered for, the others of a drain wait for the next."""
NOBODY_YET = timedelta(hours=1)


def enqueue(messages: Iterable[Message]) -> int:
    """Store what is to be said; what was said before (same occurrence) is left out. One statement."""
    return len(rows.insert(list(messages)))


@dataclass(slots=True)
class _Round:
    """What one drain has gathered: the mails to go out, by reader, and how many messages were settled."""

    token: str
    now: datetime
    mails: dict[int, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    settled: int = 0
    by_mail: bool = True
    began: float = field(default_factory=time.monotonic)

    def lease(self) -> datetime:
        """When a claim made at this instant ends: the drain's moment, and the time that it has run since."""
        return self.now + timedelta(seconds=time.monotonic() - self.began) + LEASE


def drain(now: datetime, *, limit: int = 100, by_mail: bool = True) -> int:
    """Hand over what is waiting, ``limit`` messages to a claim, until nothing is. Returns how many were handed over.

    Several drains may run at once: a message is claimed by one of them. While mail is held nothing is claimed;
    ``by_mail=False`` is how an operator ends that: into the inboxes alone.
    """
    turn = _Round(secrets.token_hex(16), now, by_mail=by_mail)
    while claims.any_waiting(now):
        if by_mail and outbox_query.held() is not None:
            break
        keys = claims.take_messages(now, token=turn.token, until=turn.lease(), limit=limit)
        if not keys:
            break
        _reach(turn, keys)
    if turn.mails:
        _mail(turn)
    return turn.settled


def retry(*, by: Person, now: datetime, kind: str = "") -> int:
    """Give messages that failed their eight attempts anew, all or those of one kind.

    Raises :class:`Refused` for who does not run the program.
    """
    if not outbox_query.may_look(by, now):
        raise Refused(_("The outbox is for administrators and the CX lead."))
    dead = Message.objects.filter(state=MessageState.FAILED)
    return (dead.filter(kind=kind) if kind else dead).update(
        state=MessageState.WAITING, attempts=0, not_before=now, settled_at=None
    )


def _reach(turn: _Round, keys: Sequence[int]) -> None:
    """Put claimed messages into inboxes, and gather those that are mailed now."""
    outcome: dict[str, list[int]] = defaultdict(list)
    later: dict[datetime, list[int]] = defaultdict(list)
    spoken: list[Letter] = []
    discreet = registry.chosen().TAKES_CONFIDENTIAL
    for letter in letters_for(keys, turn.now):
        message = letter.message
        if message.attempts > ATTEMPTS:
            outcome[MessageState.FAILED].append(message.pk)
        elif letter.reader is None:
            later[turn.now + NOBODY_YET].append(message.pk)
        elif recheck.why_not(letter.facts) is not None:
            outcome[MessageState.DROPPED].append(message.pk)
        else:
            at_the_door = message.kind in OF_THE_DOOR
            if not at_the_door:
                spoken.append(letter)
            unwanted = not letter.wants_mail or letter.was_read or (letter.is_confidential and not discreet)
            if not turn.by_mail or (not at_the_door and unwanted):
                outcome[MessageState.SETTLED].append(message.pk)
            elif letter.mail_at > turn.now:
                later[letter.mail_at].append(message.pk)
            else:
                turn.mails[letter.reader.pk].append(letter)
    with transaction.atomic():
        inbox.hand_over(spoken, now=turn.now)
        for state, done in outcome.items():
            _settle(turn, done, state)
        for moment, waiting in later.items():
            _defer(turn, waiting, moment)
    turn.settled += len(outcome[MessageState.SETTLED])


def _mail(turn: _Round) -> None:
    """One mail a reader, whatever the number of messages; a mail that was begun before goes out as it was begun."""
    channel, silent = registry.chosen(), 0
    with channel.opened() as connection:
        for letters in turn.mails.values():
            for mail_id, bundle in _bundles(letters, turn.now).items():
                kept = _renew(turn, bundle)
                if not kept:
                    continue
                if silent >= SILENT:
                    _defer(turn, [letter.message.pk for letter in kept], turn.now + wait_before(1))
                    continue
                reader = kept[0].reader
                assert reader is not None  # noqa: S101 - only letters with a reader are gathered
                try:
                    channel.hand_over(kept, reader=reader, mail_id=mail_id, now=turn.now, connection=connection)
                except channels.Failure as error:
                    silent = silent + 1 if isinstance(error, channels.Unreachable) else 0
                    _failed(turn, kept, reader, error)
                else:
                    silent = 0
                    settle(turn, kept)


def _bundles(letters: Sequence[Letter], now: datetime) -> dict[str, list[Letter]]:
    """Letters by the mail that they go out with. The mail is stored before it is sent, so that a retry is the same."""
    bundles: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.mail_id:
            bundles[letter.mail_id].append(letter)
    fresh = [letter for letter in letters if not letter.mail_id]
    if fresh:
        mail_id = mail.message_id(min(letter.message.pk for letter in fresh))
        Delivery.objects.bulk_create(
            [
                Delivery(
                    message=letter.message,
                    person=letter.reader,
                    channel=Channel.MAIL,
                    mail_id=mail_id,
                    handed_at=now,
                    why=letter.why,
                )
                for letter in fresh
            ],
            ignore_conflicts=True,
        )
        bundles[mail_id] = fresh
    return bundles


def _mine(turn: _Round, keys: Iterable[int]) -> Q:
    return Q(pk__in=list(keys), token=turn.token, state=MessageState.CLAIMED)


def _renew(turn: _Round, letters: Sequence[Letter]) -> list[Letter]:
    """The letters that are still ours, with a fresh lease: a slow mail server must not make somebody else send them."""
    keys = [letter.message.pk for letter in letters]
    Message.objects.filter(_mine(turn, keys)).update(claimed_until=turn.lease())
    held = set(Message.objects.filter(_mine(turn, keys)).values_list("pk", flat=True))
    return [letter for letter in letters if letter.message.pk in held]


def settle(turn: _Round, letters: Sequence[Letter]) -> None:
    """What was mailed is done."""
    keys = [letter.message.pk for letter in letters]
    Delivery.objects.filter(message__in=keys, person=letters[0].reader, channel=Channel.MAIL).update(
        handed_at=turn.now, error=""
    )
    _settle(turn, keys, MessageState.SETTLED)
    turn.settled += len(keys)


def _settle(turn: _Round, keys: Sequence[int], state: str) -> None:
    if keys:
        Message.objects.filter(_mine(turn, keys)).update(state=state, settled_at=turn.now, claimed_until=None, token="")


def _defer(turn: _Round, keys: Sequence[int], moment: datetime) -> None:
    """Not now: wait for the reader's hours. That is no failed attempt."""
    Message.objects.filter(_mine(turn, keys)).update(
        state=MessageState.WAITING, not_before=moment, claimed_until=None, token="", attempts=0
    )


def _failed(turn: _Round, letters: Sequence[Letter], reader: Person, error: channels.Failure) -> None:
    """Try again later, a little later each time; give up after the eighth attempt, where an administrator sees it.

    An address that is none is closed: its person has it in the inbox, and is told there. Words that are refused once
    are refused again, so they wait for whoever looks.
    """
    keys = [letter.message.pk for letter in letters]
    said = str(error)[:300]
    Delivery.objects.filter(message__in=keys, person=reader, channel=Channel.MAIL).update(error=said)
    log.warning("mail.failed", messages=keys, error=type(error).__name__)
    if isinstance(error, channels.Permanent):
        addresses.close(person=reader, words=said, now=turn.now)
        door = {letter.message.pk for letter in letters if letter.message.kind in OF_THE_DOOR}
        _settle(turn, sorted(door), MessageState.FAILED)
        _settle(turn, [key for key in keys if key not in door], MessageState.SETTLED)
        return
    if isinstance(error, channels.Refused):
        _settle(turn, keys, MessageState.FAILED)
        return
    spent = [letter.message.pk for letter in letters if letter.message.attempts >= ATTEMPTS]
    _settle(turn, spent, MessageState.FAILED)
    for attempt in {letter.message.attempts for letter in letters if letter.message.attempts < ATTEMPTS}:
        again = [letter.message.pk for letter in letters if letter.message.attempts == attempt]
        Message.objects.filter(_mine(turn, again)).update(
            state=MessageState.WAITING, not_before=turn.now + wait_before(attempt), claimed_until=None, token=""
        )
