"""The outbox: what is to be said is stored first, then handed over, at least once and with the same Message-ID.

A drain claims what is new under a token and a lease, finds out who answers for the seat today, asks whether the message
still has to be said, puts it into the inbox at once, and lets it wait for that reader's mail. Then it claims all that
is due for some readers, whole, asks everything again when it is each reader's turn, and sends it: one digest a day
(``Mailing`` holds that), apart from it only what is urgent. What crashes between the mail and its settling is mailed
again after the lease, as the same mail.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from governance.services import addresses, saved_views
from notifications import channels, faultpoints, recheck
from notifications.channels import Outward, inbox, mail, registry
from notifications.families import rank
from notifications.kinds import OF_CALENDAR, OF_THE_DOOR
from notifications.models import Channel, Delivery, Mailing, Message, MessageState
from notifications.queries import outbox as outbox_query
from notifications.queries.handover import Letter, letters_for, redirected
from notifications.queries.told_views import AGAIN
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

INBOX_ALONE = "inbox_alone"
"""Stands in the facts of what an operator wanted in the inboxes alone while nobody answered for it."""


def enqueue(messages: Iterable[Message]) -> int:
    """Store what is to be said; what was said before (same occurrence) is left out, what is beyond the cap is held."""
    return capping.store(list(messages))


MESSAGES = 500
"""How many new messages a drain claims at once: what is asked of all of them together costs a claim, not a message."""

READERS = 50
"""For how many readers a drain claims at once."""

RACED = timedelta(minutes=1)
"""How long what lost its place in a mail, to another drain or to another reader, waits until it is asked anew."""


STILL_FRESH = 3.0
"""For so many seconds what was asked of a new message holds for its mail, too.

The last seconds cannot be closed: a mail server may take a minute over one mail. What has to be kept out are answers
that are as old as the mails of many readers.
"""


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
    moved: float = field(default_factory=time.monotonic)
    """When it took something up last: a claim, or a mail."""
    asked: list[tuple[float, dict[int, Letter]]] = field(default_factory=list)
    """When it asked of new messages, and what is due of them at once; only what is still fresh."""

    def keep(self) -> None:
        """Renew what it has claimed, as long as it moves on: a claim that lives says that what waits behind it goes.

        A mail takes a minute at most (``EMAIL_DEADLINE``). What hangs for longer than a program may be unready loses
        its claim, and another drain takes over.
        """
        if time.monotonic() - self.moved < outbox_query.UNREADY.total_seconds():
            claims.renew_messages(self.token, until=self.lease())

    def remember(self, asked_at: float, letters: Sequence[Letter]) -> None:
        """Keep what was found due as long as it is fresh."""
        self.asked = [(at, found) for at, found in self.asked if time.monotonic() - at < STILL_FRESH]
        self.asked.append((asked_at, {letter.message.pk: letter for letter in letters}))

    def fresh(self, reader: int, keys: Sequence[int]) -> list[Letter]:
        """What was asked a moment ago of all these messages of a reader; empty where it has to be asked again."""
        known: dict[int, Letter] = {}
        for at, found in self.asked:
            if time.monotonic() - at < STILL_FRESH:
                known |= {key: found[key] for key in keys if key in found}
        letters = [letter for letter in known.values() if letter.reader is not None and letter.reader.pk == reader]
        return letters if len(letters) == len(keys) else []

    def moment(self) -> datetime:
        """This instant: the drain's moment, and the time that it has run since."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def lease(self) -> datetime:
        """When a claim made at this instant ends."""
        return self.moment() + LEASE


@dataclass(slots=True)
class _Sorted:
    """What becomes of claimed messages: settled, for somebody's mail later (or now), or not yet for anybody."""

    spoken: list[Letter] = field(default_factory=list)
    outcome: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    nobody: list[Message] = field(default_factory=list)
    later: list[Letter] = field(default_factory=list)
    due: list[Letter] = field(default_factory=list)


def drain(now: datetime, *, limit: int = MESSAGES, by_mail: bool = True) -> int:
    """Hand over what is waiting, ``limit`` messages to a claim, until nothing is. Returns how many were handed over.

    Several drains may run at once: a message is claimed by one of them. While mail is held nothing is claimed;
    ``by_mail=False`` is how an operator ends that: into the inboxes alone.
    """
    turn = _Round(secrets.token_hex(16), now, by_mail=by_mail)
    is_redirected = False
    with leases.kept(turn.keep, lease=LEASE):
        while claims.any_waiting(now):
            turn.moved = time.monotonic()
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
                due = claims.take_readers(now, token=turn.token, until=turn.lease(), limit=READERS)
            if not due:
                break
            faultpoints.reach("after_claim")
            _mail(turn, due)
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


def _sort(turn: _Round, keys: Sequence[int], now: datetime) -> _Sorted:
    """Ask of each claimed message whether it still has to be said, to whom, and when."""
    found = _Sorted()
    discreet = registry.chosen().TAKES_CONFIDENTIAL
    for letter in letters_for(keys, now):
        message = letter.message
        if message.attempts > ATTEMPTS:
            found.outcome[MessageState.FAILED].append(message.pk)
        elif letter.reader is None and message.person_id is not None:
            found.outcome[MessageState.DROPPED].append(message.pk)  # they left, and nobody reads for a person
        elif letter.reader is None:
            found.nobody.append(message)
        elif recheck.why_not(letter.facts) is not None:
            found.outcome[MessageState.DROPPED].append(message.pk)
        else:
            if letter.wants_inbox:
                found.spoken.append(letter)
            begun = bool(letter.mail_id)
            is_over = _is_barred(letter, discreet) if begun else _is_unwanted(letter, discreet)
            if is_over or not turn.by_mail or INBOX_ALONE in message.facts:
                found.outcome[MessageState.SETTLED].append(message.pk)
                continue
            # A mail that was begun is finished, whatever its reader did meanwhile; but in their hours, as any other.
            at = _reachable(letter, now) if begun else letter.mail_at
            (found.later if at > now else found.due).append(letter.postponed(at))
    return found


def _is_barred(letter: Letter, discreet: bool) -> bool:
    """Whether no mail may carry it by now, not even one that was begun: a closed address, or a channel that tells."""
    if letter.message.kind in OF_THE_DOOR:
        return False
    is_closed = letter.reader is not None and letter.reader.mail_refused_at is not None
    return is_closed or (letter.is_confidential and not discreet)


def _reachable(letter: Letter, moment: datetime) -> datetime:
    """The moment where its reader may be mailed then, else when their hours begin. The door knows no hours."""
    if letter.message.kind in OF_THE_DOOR:
        return moment
    return next_moment(moment, letter.choice.hours, letter.choice.works)


def _is_unwanted(letter: Letter, discreet: bool) -> bool:
    """Whether it stays in the inbox alone: not wished for by mail, read there, or nothing for a channel that tells."""
    return not letter.wants_mail or letter.was_read or (letter.is_confidential and not discreet)


def _put(turn: _Round, found: _Sorted) -> None:
    """Write what was found, save what is to be mailed now."""
    inbox.hand_over(found.spoken, now=turn.now)
    for state, done in found.outcome.items():
        _settle(turn, done, state)
    if found.nobody:
        if not turn.by_mail:
            _keep_from_mail(found.nobody)
        _defer(turn, [message.pk for message in found.nobody], turn.now + NOBODY_YET)
    _await(turn, [(letter, letter.mail_at) for letter in found.later])
    turn.settled += len(found.outcome[MessageState.SETTLED])


def _keep_from_mail(messages: Sequence[Message]) -> None:
    """Let what nobody answers for yet go into an inbox alone, whenever somebody does: that was decided of all of it."""
    for message in messages:
        message.facts = {**message.facts, INBOX_ALONE: True}
    Message.objects.bulk_update(messages, ["facts"])


def _reach(turn: _Round, keys: Sequence[int]) -> None:
    """Put new messages into inboxes, and let each wait for the mail of its reader, be that now or later."""
    began = time.monotonic()
    found = _sort(turn, keys, turn.now)
    with transaction.atomic():
        _put(turn, found)
        _await(turn, [(letter, turn.now) for letter in found.due])
    # What was begun or tried before is asked again: its mail, and how often it was tried, are read when it is claimed.
    turn.remember(began, [letter for letter in found.due if not letter.mail_id and letter.message.attempts == 1])


def _redirect(now: datetime) -> None:
    """What is due for somebody who no longer answers for the seat waits for who does: it is in their one digest."""
    for reader, keys in redirected(now).items():
        Message.objects.filter(pk__in=keys, state=MessageState.WAITING).update(reader=reader)


def _mail(turn: _Round, due: Mapping[int, Sequence[int]]) -> None:
    """Send what is due, one reader after the other; a mail that was begun before goes out as it was begun.

    What a reader is to get is asked when it is their turn, not for all at once: each mail may keep the mail server for
    a minute, and meanwhile the work is done, its reader left, or it became confidential. Only what is all new and was
    asked a moment ago (``STILL_FRESH``) is not asked again.
    """
    channel = registry.chosen()
    with channel.opened() as connection:
        for reader, keys in due.items():
            letters = turn.fresh(reader, keys) or _own(turn, _sort(turn, keys, turn.moment()))
            for place, (mail_id, bundle) in enumerate(_bundles(turn, letters).items()):
                _send(turn, channel, mail_id, bundle, connection, asked_just_now=place == 0)


def _own(turn: _Round, found: _Sorted) -> list[Letter]:
    """Write what was found; what is due for the reader that it waited for comes back, what is another's waits on.

    Who reads for a seat since a moment ago has perhaps had their mail of this drain: it waits for a later one.
    """
    mine: list[Letter] = []
    elsewhere: list[tuple[Letter, datetime]] = []
    for letter in found.due:
        if letter.reader is not None and letter.reader.pk == letter.message.reader_id:
            mine.append(letter)
        else:
            elsewhere.append((letter, turn.now + RACED))
    with transaction.atomic():
        _put(turn, found)
        _await(turn, elsewhere)
    return mine


def _send(
    turn: _Round, channel: Outward, mail_id: str, bundle: Sequence[Letter], connection: Any, *, asked_just_now: bool
) -> None:
    turn.moved = time.monotonic()
    kept = _renew(turn, bundle)
    if not kept:
        return
    if turn.silent >= SILENT:
        _await(turn, [(letter, _reachable(letter, turn.now + wait_before(1))) for letter in kept])
        return
    if outbox_query.held() is not None:
        _await(turn, [(letter, turn.now) for letter in kept])
        _leave_out(mail_id, kept)
        return
    if not asked_just_now:
        # Asked last whether they are ours: what was taken back while we asked must not leave.
        kept = _renew(turn, _asked_again(turn, mail_id, kept))
        if not kept:
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


def _asked_again(turn: _Round, mail_id: str, bundle: Sequence[Letter]) -> list[Letter]:
    """What of a mail still has to be said, in its words of this moment: another one to its reader went before it."""
    again = _sort(turn, [letter.message.pk for letter in bundle], turn.moment())
    fresh = {letter.message.pk: letter for letter in _own(turn, again)}
    _leave_out(mail_id, [letter for letter in bundle if letter.message.pk not in fresh])
    return [fresh[letter.message.pk] for letter in bundle if letter.message.pk in fresh]


def _leave_out(mail_id: str, letters: Sequence[Letter]) -> None:
    """What was stored with a mail and was never tried did not leave with it. A mail of which nothing is left was none:
    its reader has that day's digest still to come.
    """
    untried = [letter for letter in letters if not letter.mail_id]  # they were asked before the mail was begun
    if not untried:
        return
    began = Delivery.objects.filter(channel=Channel.MAIL, person=untried[0].reader, mail_id=mail_id)
    began.filter(message__in=[letter.message.pk for letter in untried]).delete()
    if not began.exists():
        Mailing.objects.filter(person=untried[0].reader, mail_id=mail_id).delete()


def _bundles(turn: _Round, letters: Sequence[Letter]) -> dict[str, list[Letter]]:
    """One reader's letters by the mail that they go out with. It is stored before it is sent, so that a retry is it.

    Where a digest is due what is urgent rides along. What lets somebody in goes alone: it waits for no hours, so in one
    mail with others it would take them along at night. What has a part for a calendar goes alone, too.
    """
    bundles: dict[str, list[Letter]] = defaultdict(list)
    fresh: dict[str, list[Letter]] = defaultdict(list)
    doors: list[Letter] = []
    calls: list[Letter] = []
    for letter in letters:
        if letter.mail_id:
            bundles[letter.mail_id].append(letter)
        elif letter.message.kind in OF_THE_DOOR:
            doors.append(letter)
        elif letter.message.kind in OF_CALENDAR:
            calls.append(letter)
        else:
            fresh[letter.occasion].append(letter)
    digest = next((occasion for occasion in fresh if occasion.startswith("day:")), "")
    if digest and "" in fresh:
        fresh[digest] += fresh.pop("")
    mails = list(fresh.items())
    if doors:
        mails.append(("", doors))
    mails += [("", [call]) for call in calls]
    for occasion, together in mails:
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
    rows.insert(
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
        ]
    )
    return True


def _mine(turn: _Round, keys: Iterable[int]) -> Q:
    return Q(pk__in=list(keys), token=turn.token, state=MessageState.CLAIMED)


def _renew(turn: _Round, letters: Sequence[Letter]) -> list[Letter]:
    """The letters that are still ours, with a fresh lease: a slow mail server must not make somebody else send them."""
    kept = claims.renew_some([letter.message.pk for letter in letters], turn.token, until=turn.lease())
    return [letter for letter in letters if letter.message.pk in kept]


def settle(turn: _Round, letters: Sequence[Letter]) -> None:
    """What was mailed is done."""
    faultpoints.reach("before_commit")
    with transaction.atomic():
        _done(turn, letters)


def _done(turn: _Round, letters: Sequence[Letter]) -> None:
    keys = [letter.message.pk for letter in letters]
    Delivery.objects.filter(message__in=keys, person=letters[0].reader, channel=Channel.MAIL).update(
        handed_at=turn.now, error=""
    )
    # Whoever holds the claim by now: the mail has left, and must not leave again.
    Message.objects.filter(pk__in=keys, state__in=[MessageState.WAITING, MessageState.CLAIMED]).update(
        state=MessageState.SETTLED, settled_at=turn.now, claimed_until=None, token=""
    )
    # What the next mail is told against is what this one said.
    for one in (one for letter in letters for one in letter.views):
        if one.line.is_faulty:
            saved_views.look_again(key=one.view.pk, at=turn.now + AGAIN)
        else:
            saved_views.tell(
                key=one.view.pk, query=one.view.query, count=one.count, is_gone=one.line.is_gone, now=turn.now
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
        moment = _reachable(letters[0], turn.now + wait_before(attempt))  # not at night either
        Message.objects.filter(_mine(turn, again)).update(
            state=MessageState.WAITING, not_before=moment, claimed_until=None, token=""
        )
