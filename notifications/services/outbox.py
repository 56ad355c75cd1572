"""The outbox: what is to be said is stored first, then handed over, at least once and with the same Message-ID.

A drain claims what is new under a token and a lease, finds out who answers for the seat today, asks whether the message
still has to be said, puts it into the inbox at once, and lets it wait for that reader's mail. Then it claims all that
is due for a reader, whole, asks everything again, and sends it: one digest a day (``Mailing`` holds that), apart from
it only what is urgent. What crashes between the mail and its settling is mailed again after the lease, as the same
mail.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Q, Value, When
from django.utils.translation import gettext as _

from governance.errors import Refused
from governance.masking import without_addresses
from governance.models import Person
from governance.services import addresses
from notifications import channels, faultpoints, recheck
from notifications.channels import Outward, inbox, mail, registry
from notifications.families import rank
from notifications.kinds import OF_THE_DOOR
from notifications.models import Channel, Delivery, Mailing, Message, MessageState
from notifications.queries import outbox as outbox_query
from notifications.queries.handover import Letter, letters_for, redirected
from notifications.reach import next_moment, wait_before
from notifications.services import capping, leases
from notifications.sql import claims, rows

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=settings.OUTBOX_LEASE)
"""How long a claim holds that nobody renews: so late does a crash show."""

ATTEMPTS = 8
SILENT = 2
"""After so many mails in a row that nobody answered for, the others of a drain wait for the next."""
NOBODY_YET = timedelta(hours=1)


def enqueue(messages: Iterable[Message]) -> int:
    """Store what is to be said; what was said before (same occurrence) is left out, what is beyond the cap is held."""
    return capping.store(list(messages))


READERS = 50
"""For how many readers a drain claims at once."""

RACED = timedelta(minutes=1)
"""How long what lost its place in a mail to another drain waits until it is asked anew."""


@dataclass(slots=True)
class _Round:
    """One drain: what it claims under, and how many messages were handed over."""

    token: str
    now: datetime
    settled: int = 0
    by_mail: bool = True
    silent: int = 0
    """Mails in a row that nobody answered for."""
    began: float = field(default_factory=time.monotonic)

    def lease(self) -> datetime:
        """When a claim made at this instant ends: the drain's moment, and the time that it has run since."""
        return self.now + timedelta(seconds=time.monotonic() - self.began) + LEASE


@dataclass(slots=True)
class _Sorted:
    """What becomes of claimed messages: settled, for somebody's mail later (or now), or not yet for anybody."""

    spoken: list[Letter] = field(default_factory=list)
    outcome: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    nobody: list[int] = field(default_factory=list)
    later: list[Letter] = field(default_factory=list)
    due: list[Letter] = field(default_factory=list)


def drain(now: datetime, *, limit: int = 100, by_mail: bool = True) -> int:
    """Hand over what is waiting, ``limit`` messages to a claim, until nothing is. Returns how many were handed over.

    Several drains may run at once: a message is claimed by one of them. While mail is held nothing is claimed;
    ``by_mail=False`` is how an operator ends that: into the inboxes alone.
    """
    turn = _Round(secrets.token_hex(16), now, by_mail=by_mail)
    is_redirected = False
    with leases.kept(lambda: claims.renew_messages(turn.token, until=turn.lease()), lease=LEASE):
        while claims.any_waiting(now):
            if by_mail and outbox_query.held() is not None:
                break
            faultpoints.reach("before_claim")
            keys = claims.take_messages(now, token=turn.token, until=turn.lease(), limit=limit)
            if keys:
                faultpoints.reach("after_claim")
                _reach(turn, keys)
                continue
            if not is_redirected:
                _redirect(now)
                is_redirected = True
            with transaction.atomic():
                keys = claims.take_readers(now, token=turn.token, until=turn.lease(), limit=READERS)
            if not keys:
                break
            faultpoints.reach("after_claim")
            _mail(turn, keys)
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


def _sort(turn: _Round, keys: Sequence[int]) -> _Sorted:
    """Ask of each claimed message whether it still has to be said, to whom, and when."""
    found = _Sorted()
    discreet = registry.chosen().TAKES_CONFIDENTIAL
    for letter in letters_for(keys, turn.now):
        message = letter.message
        if message.attempts > ATTEMPTS:
            found.outcome[MessageState.FAILED].append(message.pk)
        elif letter.reader is None:
            found.nobody.append(message.pk)
        elif recheck.why_not(letter.facts) is not None:
            found.outcome[MessageState.DROPPED].append(message.pk)
        else:
            if letter.wants_inbox:
                found.spoken.append(letter)
            if letter.mail_id and turn.by_mail:
                found.due.append(letter)  # a mail that was begun is finished, whatever its reader did meanwhile
            elif not turn.by_mail or _is_unwanted(letter, discreet):
                found.outcome[MessageState.SETTLED].append(message.pk)
            else:
                (found.later if letter.mail_at > turn.now else found.due).append(letter)
    return found


def _is_unwanted(letter: Letter, discreet: bool) -> bool:
    """Whether it stays in the inbox alone: not wished for by mail, read there, or nothing for a channel that tells."""
    return not letter.wants_mail or letter.was_read or (letter.is_confidential and not discreet)


def _put(turn: _Round, found: _Sorted) -> None:
    """Write what was found, save what is to be mailed now."""
    inbox.hand_over(found.spoken, now=turn.now)
    for state, done in found.outcome.items():
        _settle(turn, done, state)
    if found.nobody:
        _defer(turn, found.nobody, turn.now + NOBODY_YET)
    _await(turn, [(letter, letter.mail_at) for letter in found.later])
    turn.settled += len(found.outcome[MessageState.SETTLED])


def _reach(turn: _Round, keys: Sequence[int]) -> None:
    """Put new messages into inboxes, and let each wait for the mail of its reader, be that now or later."""
    found = _sort(turn, keys)
    with transaction.atomic():
        _put(turn, found)
        _await(turn, [(letter, turn.now) for letter in found.due])


def _redirect(now: datetime) -> None:
    """What is due for somebody who no longer answers for the seat waits for who does: it is in their one digest."""
    for reader, keys in redirected(now).items():
        Message.objects.filter(pk__in=keys, state=MessageState.WAITING).update(reader=reader)


def _mail(turn: _Round, keys: Sequence[int]) -> None:
    """Send what is due for some readers; a mail that was begun before goes out as it was begun."""
    found = _sort(turn, keys)
    mine: dict[int, list[Letter]] = defaultdict(list)
    elsewhere: list[tuple[Letter, datetime]] = []
    for letter in found.due:
        assert letter.reader is not None  # noqa: S101 - what has no reader is not due
        if letter.reader.pk == letter.message.reader_id:
            mine[letter.reader.pk].append(letter)
        else:
            elsewhere.append((letter, turn.now))
    with transaction.atomic():
        _put(turn, found)
        _await(turn, elsewhere)
    if mine:
        channel = registry.chosen()
        with channel.opened() as connection:
            for letters in mine.values():
                for mail_id, bundle in _bundles(turn, letters).items():
                    _send(turn, channel, mail_id, bundle, connection)


def _send(turn: _Round, channel: Outward, mail_id: str, bundle: Sequence[Letter], connection: Any) -> None:
    kept = _renew(turn, bundle)
    if not kept:
        return
    if turn.silent >= SILENT:
        _defer(turn, [letter.message.pk for letter in kept], turn.now + wait_before(1))
        return
    reader = kept[0].reader
    assert reader is not None  # noqa: S101 - only letters with a reader are gathered
    faultpoints.reach("before_hand_over")
    try:
        channel.hand_over(kept, reader=reader, mail_id=mail_id, now=turn.now, connection=connection)
    except channels.Failure as error:
        turn.silent = turn.silent + 1 if isinstance(error, channels.Unreachable) else 0
        _failed(turn, kept, reader, error)
    else:
        turn.silent = 0
        settle(turn, kept)


def _bundles(turn: _Round, letters: Sequence[Letter]) -> dict[str, list[Letter]]:
    """One reader's letters by the mail that they go out with. It is stored before it is sent, so that a retry is it.

    Where a digest is due what is urgent rides along.
    """
    bundles: dict[str, list[Letter]] = defaultdict(list)
    fresh: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.mail_id:
            bundles[letter.mail_id].append(letter)
        else:
            fresh[letter.occasion].append(letter)
    digest = next((occasion for occasion in fresh if occasion.startswith("day:")), "")
    if digest and "" in fresh:
        fresh[digest] += fresh.pop("")
    for occasion, together in fresh.items():
        together.sort(key=lambda letter: (rank(letter.message.kind), letter.message.pk))
        mail_id = mail.message_id(min(letter.message.pk for letter in together))
        if _begin(turn, occasion, mail_id, together):
            bundles[mail_id] = together
        else:
            _await(turn, [(letter, turn.now + RACED) for letter in together])
    return bundles


@transaction.atomic
def _begin(turn: _Round, occasion: str, mail_id: str, letters: Sequence[Letter]) -> bool:
    """Store a mail before it is sent. False where another drain has begun the one mail of this occasion."""
    reader = letters[0].reader
    if occasion and not rows.insert([Mailing(person=reader, occasion=occasion, mail_id=mail_id, made_at=turn.now)]):
        return False
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=letter.message,
                person=reader,
                channel=Channel.MAIL,
                mail_id=mail_id,
                handed_at=turn.now,
                why=letter.why,
            )
            for letter in letters
        ],
        ignore_conflicts=True,
    )
    return True


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
    faultpoints.reach("before_commit")
    keys = [letter.message.pk for letter in letters]
    Delivery.objects.filter(message__in=keys, person=letters[0].reader, channel=Channel.MAIL).update(
        handed_at=turn.now, error=""
    )
    # Whoever holds the claim by now: the mail has left, and must not leave again.
    Message.objects.filter(pk__in=keys, state__in=[MessageState.WAITING, MessageState.CLAIMED]).update(
        state=MessageState.SETTLED, settled_at=turn.now, claimed_until=None, token=""
    )
    turn.settled += len(keys)


def _settle(turn: _Round, keys: Sequence[int], state: str) -> None:
    if keys:
        Message.objects.filter(_mine(turn, keys)).update(state=state, settled_at=turn.now, claimed_until=None, token="")


def _defer(turn: _Round, keys: Sequence[int], moment: datetime) -> None:
    """Not now: nobody answers. That is no failed attempt."""
    Message.objects.filter(_mine(turn, keys)).update(
        state=MessageState.WAITING, not_before=moment, claimed_until=None, token="", attempts=0
    )


def _await(turn: _Round, letters: Sequence[tuple[Letter, datetime]]) -> None:
    """Let messages wait for their readers' mail, each until its moment. That is no failed attempt. One statement."""
    if not letters:
        return
    readers, moments = defaultdict(list), defaultdict(list)
    for letter, moment in letters:
        readers[letter.reader].append(letter.message.pk)
        moments[moment].append(letter.message.pk)
    Message.objects.filter(_mine(turn, [letter.message.pk for letter, _moment in letters])).update(
        state=MessageState.WAITING,
        reader_id=Case(*(When(pk__in=keys, then=Value(reader.pk)) for reader, keys in readers.items() if reader)),
        not_before=Case(
            *(When(pk__in=keys, then=Value(moment)) for moment, keys in moments.items()), output_field=DateTimeField()
        ),
        claimed_until=None,
        token="",
        attempts=0,
    )


def _failed(turn: _Round, letters: Sequence[Letter], reader: Person, error: Exception) -> None:
    """Try again later, a little later each time; give up after the eighth attempt, where an administrator sees it."""
    keys = [letter.message.pk for letter in letters]
    said = str(error)[:300]
    Delivery.objects.filter(message__in=keys, person=reader, channel=Channel.MAIL).update(
        # Whoever runs the program reads it; in full it is kept for its person alone, where an address is closed.
        error=without_addresses(said, "[address]")
    )
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
        moment = turn.now + wait_before(attempt)
        if letters[0].message.kind not in OF_THE_DOOR:  # not at night either
            moment = next_moment(moment, letters[0].choice.hours, letters[0].choice.works)
        Message.objects.filter(_mine(turn, again)).update(
            state=MessageState.WAITING, not_before=moment, claimed_until=None, token=""
        )
