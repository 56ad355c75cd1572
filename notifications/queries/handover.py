"""Messages at hand-over: who reads them today, whether they still have to be said, when mail may reach the reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import translation

from councils.queries.councils import confidential
from governance import access
from governance.clauses import WARNING
from governance.languages import spoken
from governance.models import Duty, Person, Rung
from governance.queries.calendars import local_day
from governance.queries.invitations import RESET_WITHIN
from governance.queries.seats import movers
from governance.queries.submissions import in_full
from notifications import explaining, links
from notifications.families import URGENT, family_of
from notifications.kinds import OF_CALENDAR, OF_RUNGS, OF_THE_DOOR, Kind
from notifications.models import Channel, Delivery, Mailing, Message, MessageState
from notifications.queries import closings, gatherings, told_views, upcoming
from notifications.queries.choices import Choice, bodies_of, choices_of
from notifications.queries.hush import LOOKS_AGAIN, Sat, hushed
from notifications.queries.told_views import Told
from notifications.queries.upcoming import Expected
from notifications.reach import AT_ONCE, WEEKLY, Hours, day_of, mail_at, next_moment, tomorrow
from notifications.recheck import Facts
from notifications.wording import Matter, of_somebody


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its reader of today. ``mail_id`` is that of a mail that was begun and perhaps not finished.

    ``occasion`` names the mail that it belongs to, where there is one of it only (a day's digest, a meeting's summary).
    """

    message: Message
    reader: Person | None
    facts: Facts
    matter: Matter
    mail_at: datetime
    choice: Choice = field(default_factory=Choice)
    occasion: str = ""
    wants_mail: bool = True
    wants_inbox: bool = True
    is_shown: bool = False
    """Lies in their inbox already, or did until they read it."""
    was_read: bool = False
    mail_id: str = ""
    is_confidential: bool = False
    views: tuple[Told, ...] = ()
    """What it tells of the views that its reader keeps."""
    why: Mapping[str, Any] = field(default_factory=dict)
    """Why it reaches this reader, as its delivery keeps it (``explaining``)."""

    @property
    def audiences(self) -> set[int]:
        """Who may know of what an answer from the mail names: the thing, the seat that owes, the seat that reads."""
        seat = self.message.seat
        read_for = {seat.subject.audience_id} if seat is not None and seat.subject.audience_id is not None else set()
        return _audiences(self.message) | read_for

    def postponed(self, moment: datetime) -> "Letter":
        """The same, mailed at that moment."""
        return self if moment == self.mail_at else replace(self, mail_at=moment)


def letters_for(keys: Iterable[int], now: datetime) -> list[Letter]:
    """The letters of these messages. The statements grow with the number of readers, not with that of messages."""
    messages = list(
        Message.objects.filter(pk__in=list(keys))
        .select_related("subject", "seat__subject", "duty__calendar", "duty__seat__subject", "entry__by")
        .order_by("pk")
    )
    readers, capacities = _readers(messages, now)
    people = {person.pk: person for person in Person.objects.filter(pk__in=set(readers.values()))}
    choices = choices_of(people, now)
    foretold = upcoming.foretold(
        {message.subject_id for message in messages if message.kind == Kind.WARNING}, None, now
    )
    sight = _sight(messages, readers, people, foretold, now)
    muted = _muted(messages, readers, choices)
    sat = hushed(messages, now)
    had = _had(people, choices, sat, now)
    audiences = {message.pk: _audiences(message) for message in messages}
    closed = confidential(set().union(*audiences.values()))
    mailed, shown = _said(readers)
    views = told_views.of_messages(messages, readers, people, mailed, now)
    following = next_rungs(messages)
    calendars = [message for message in messages if message.kind in OF_CALENDAR]
    over, words = gatherings.overtaken(calendars, now), gatherings.Words(calendars)
    summaries = closings.summed_up(messages, readers, people, now)
    texts = in_full({message.subject_id for message in messages if message.kind == Kind.TO_RATIFY})
    letters = []
    for message in messages:
        reader = people.get(readers.get(message.pk, 0))
        choice = choices[reader.pk] if reader else Choice()
        family = family_of(message.kind)
        at, occasion = posted(message, choice, sat.get(message.pk), had.get(reader.pk if reader else 0, set()), now)
        letters.append(
            Letter(
                message=message,
                reader=reader,
                facts=facts_of(
                    message,
                    reader,
                    sight,
                    is_muted=message.pk in muted,
                    is_too_late=_is_too_late(message, over, now),
                    is_empty=message.kind == Kind.VIEWS and not views.get(message.pk),
                    is_invited=_is_invited(message, capacities),
                ),
                matter=_seen_matter(
                    message,
                    reader,
                    sight,
                    next_target=following.get(message.pk, ""),
                    says=summaries.get(message.pk) or _says(message, reader, texts, words),
                    foretold=_told_of(message, reader, foretold, sight),
                ),
                mail_at=at,
                choice=choice,
                occasion=occasion,
                wants_mail=choice.wants(family, Channel.MAIL) and (reader is None or reader.mail_refused_at is None),
                wants_inbox=choice.wants(family, Channel.INBOX),
                is_shown=message.pk in shown,
                was_read=shown.get(message.pk, False),
                mail_id=mailed.get(message.pk, ""),
                is_confidential=not closed.isdisjoint(audiences[message.pk]),
                views=views.get(message.pk, ()),
                why=_why(message, capacities.get(message.pk, ""), choice, at),
            )
        )
    return letters


def _is_invited(message: Message, capacities: Mapping[int, str]) -> bool:
    """Whether the reader of an invitation sits in the seat that is called; whoever has to fill it does not."""
    return (
        message.kind not in (*OF_CALENDAR, Kind.AGENDA, Kind.PACK)
        or capacities.get(message.pk) != explaining.Capacity.FILLER
    )


def _is_too_late(message: Message, over: set[int], now: datetime) -> bool:
    """A password that was asked for long ago, a meeting that is over, or was called off before its mail left."""
    return message.pk in over or (message.kind == Kind.RESET and now - message.created_at >= RESET_WITHIN)


def _says(
    message: Message, reader: Person | None, texts: Mapping[int, Sequence[str]], words: gatherings.Words
) -> tuple[str, ...]:
    """What stands in full in a mail: what is signed by answering it, or when and where a meeting is."""
    if message.kind == Kind.TO_RATIFY:
        return tuple(texts.get(message.subject_id, ()))
    is_called = message.kind in OF_CALENDAR and reader is not None
    return words.about(message.subject_id, spoken(reader.language)) if is_called and reader is not None else ()


def _seen_matter(
    message: Message,
    reader: Person | None,
    sight: set[tuple[int, int]],
    *,
    next_target: str,
    says: tuple[str, ...],
    foretold: str,
) -> Matter:
    """The matter as its reader may know of it: a seat beyond their sight is not named."""
    matter = matter_of(message, next_target, for_mail=True, says=says, foretold=foretold)
    if message.duty is None or reader is None or (reader.pk, message.duty.seat_id) in sight:
        return matter
    with translation.override(spoken(reader.language)):
        return of_somebody(matter)


def _told_of(
    message: Message, reader: Person | None, foretold: Mapping[int, Expected], sight: set[tuple[int, int]]
) -> str:
    """Who is asked next, as far as the reader may know, and when by their clock, where a rung is about to fall."""
    coming = foretold.get(message.subject_id) if message.kind == Kind.WARNING else None
    if coming is None or reader is None:
        return ""
    seen = {key for key in coming.names if (reader.pk, key) in sight}
    with translation.override(spoken(reader.language)):
        return coming.for_sight(seen).sentence(reader.zone)


def posted(message: Message, choice: Choice, sat: Sat | None, had: set[str], now: datetime) -> tuple[datetime, str]:
    """When a message is mailed to its reader, and the occasion of that mail ("" where there may be several).

    Pure. ``had`` are the occasions that this reader was mailed for. Door mails go at any hour; what arose in a meeting
    waits until that is over and then comes at once, in one mail, or with the digest.
    """
    if message.kind in OF_THE_DOOR:
        return now, ""
    hours, arose = choice.hours, message.created_at
    is_urgent = message.is_urgent or message.kind in URGENT
    if sat is not None:
        if sat.is_open:
            return min(now + LOOKS_AGAIN, sat.ends_at), ""
        arose = max(arose, sat.ends_at)
        summary = f"meeting:{sat.meeting_id}"
        is_reachable = all(next_moment(moment, hours, choice.works) == moment for moment in (sat.ends_at, now))
        if summary not in had and is_reachable and hours.cadence != WEEKLY:
            return now, summary
    if is_urgent or hours.cadence == AT_ONCE:
        at = mail_at(now, arose, hours, choice.works, is_urgent=True)
        return at, ""
    if digest_of(now, hours) in had:
        arose = max(arose, tomorrow(now, hours))
    elif message.kind in OF_RUNGS and sat is None:
        # A rung falls in the morning; where nobody swept then, it is in that day's digest all the same.
        arose = min(arose, tomorrow(now - timedelta(days=1), hours))
    at = mail_at(max(now, arose), arose, hours, choice.works)
    return at, digest_of(at, hours)


def digest_of(moment: datetime, hours: Hours) -> str:
    """The occasion of the digest that goes out on the reader's day of that moment."""
    return f"day:{day_of(moment, hours).isoformat()}"


def _had(people: Iterable[int], choices: dict[int, Choice], sat: dict[int, Sat], now: datetime) -> dict[int, set[str]]:
    """The occasions of today's digest, and of these meetings, for which each reader was mailed. One statement."""
    days = {digest_of(now, choice.hours) for choice in choices.values()}
    meetings = {f"meeting:{one.meeting_id}" for one in sat.values()}
    had: dict[int, set[str]] = {}
    for person, occasion in Mailing.objects.filter(
        person_id__in=list(people), occasion__in=days | meetings
    ).values_list("person_id", "occasion"):
        had.setdefault(person, set()).add(occasion)
    return had


def _muted(messages: Sequence[Message], readers: dict[int, int], choices: dict[int, Choice]) -> set[int]:
    """The messages whose news their readers do not want. No statement where nobody muted anything."""
    if not any(choice.muted for choice in choices.values()):
        return set()
    bodies = bodies_of({message.subject_id for message in messages})
    return {
        message.pk
        for message in messages
        if message.pk in readers
        and {message.subject_id, bodies.get(message.subject_id)} & choices[readers[message.pk]].muted
    }


def redirected(now: datetime) -> dict[int, list[int]]:
    """Due messages whose reader is another one by now, by their new reader. Six statements."""
    due = list(
        Message.objects.filter(
            state=MessageState.WAITING, reader__isnull=False, not_before__lte=now, person=None
        ).values_list("pk", "seat_id", "reader_id")
    )
    answering = movers({seat for _pk, seat, _reader in due}, now) if due else {}
    found: dict[int, list[int]] = {}
    for pk, seat, reader in due:
        who = answering.get(seat or 0)
        if who is not None and who.person_id != reader:
            found.setdefault(who.person_id, []).append(pk)
    return found


def _readers(messages: Sequence[Message], now: datetime) -> tuple[dict[int, int], dict[int, str]]:
    """Who reads each message, and in what capacity.

    That is the person it names, else whoever answers for the seat, else who has to fill it.
    """
    answering = movers({message.seat_id for message in messages if message.seat_id is not None}, now)
    active = set(
        Person.objects.filter(
            pk__in={message.person_id for message in messages if message.person_id is not None}, is_active=True
        ).values_list("pk", flat=True)
    )
    readers: dict[int, int] = {}
    capacities: dict[int, str] = {}
    for message in messages:
        if message.person_id is not None:
            if message.person_id in active:
                readers[message.pk] = message.person_id
                capacities[message.pk] = explaining.capacity_of(message.kind, None)
        elif message.seat_id in answering:
            stands = answering[message.seat_id]
            readers[message.pk] = stands.person_id
            capacities[message.pk] = explaining.capacity_of(message.kind, stands.stands_in)
    return readers, capacities


def _why(message: Message, capacity: str, choice: Choice, at: datetime) -> dict[str, Any]:
    duty = message.duty
    return explaining.stored(
        kind=message.kind,
        event=message.entry.event if message.entry is not None else "",
        facts=message.facts,
        due_on=duty.due_on.isoformat() if duty is not None and duty.due_on is not None else None,
        capacity=capacity,
        seat=message.seat_id,
        window=explaining.window_of(
            hours=choice.hours, opens=at, is_urgent=message.is_urgent or message.kind in URGENT
        ),
    )


def _audiences(message: Message) -> set[int]:
    """Who may see what the message names: its subject, and the seat that owes it."""
    named = {message.subject.audience_id, message.duty.seat.subject.audience_id if message.duty is not None else None}
    return {key for key in named if key is not None}


def _sight(
    messages: Sequence[Message],
    readers: dict[int, int],
    people: dict[int, Person],
    foretold: Mapping[int, Expected],
    now: datetime,
) -> set[tuple[int, int]]:
    """(reader, subject) pairs that may be seen: one statement a reader, so that the one rule of access answers.

    Asked of all that a message names: its thing, the seat that owes it, and in a warning whom the next rung reaches.
    """
    wanted: dict[int, set[int]] = {}
    for message in messages:
        if message.pk in readers:
            named = wanted.setdefault(readers[message.pk], set())
            named.add(message.subject_id)
            if message.duty is not None:
                named.add(message.duty.seat_id)
            if message.kind == Kind.WARNING and message.subject_id in foretold:
                named |= foretold[message.subject_id].names
    return {
        (person, subject)
        for person, subjects in wanted.items()
        if person in people
        for subject in access.visible_ids(people[person], subjects, now)
    }


def facts_of(
    message: Message,
    reader: Person | None,
    sight: set[tuple[int, int]],
    *,
    is_muted: bool,
    is_too_late: bool,
    is_invited: bool,
    is_empty: bool = False,
) -> Facts:
    duty = message.duty
    return Facts(
        kind=message.kind,
        is_owed=(duty is None or duty.closed_at is None) and not is_empty,
        has_duty=duty is not None,
        may_sign_in=reader is not None and reader.has_usable_password(),
        due_then=message.facts.get("due_on"),
        due_now=duty.due_on.isoformat() if duty is not None and duty.due_on is not None else None,
        position=message.facts.get("position"),
        rung=_reached(message, duty) if duty is not None else None,
        by_id=message.entry.by_id if message.entry is not None else None,
        reader_id=reader.pk if reader is not None else 0,
        is_visible=reader is not None and (reader.pk, message.subject_id) in sight,
        is_muted=is_muted,
        is_too_late=is_too_late,
        is_invited=is_invited,
    )


def _reached(message: Message, duty: Duty) -> int | None:
    """The rung that a duty reached, to compare with that of a message about it. Rungs of another charter version's
    ladder are not counted in the same steps, so what was to be said under the one before is said."""
    return duty.rung if message.facts.get("turn", 0) == duty.turn else message.facts.get("position")


def matter_of(
    message: Message, next_target: str, *, for_mail: bool = False, says: tuple[str, ...] = (), foretold: str = ""
) -> Matter:
    """What the message is about, as it stands now. It comes with subject, duty (and its seat), entry and doer."""
    duty, subject = message.duty, message.subject
    where = links.address_of if for_mail else links.path_of
    url = where(subject.kind, subject.reference)
    if message.kind == Kind.HELD_BACK:
        url = links.outbox(for_mail=for_mail)
    if message.kind == Kind.VIEWS:
        url = links.views(for_mail=for_mail)
    return Matter(
        kind=message.kind,
        title=subject.title,
        reference=subject.reference,
        url=url,
        seat=duty.seat.subject.title if duty is not None else "",
        duty_kind=duty.kind if duty is not None else "",
        due_on=duty.due_on if duty is not None else None,
        by=message.entry.by.name if message.entry is not None and message.entry.by is not None else "",
        until=_until(message),
        next_target=next_target,
        next_on=local_day(duty.calendar, duty.next_at) if duty is not None and duty.next_at is not None else None,
        foretold=foretold,
        says=says,
    )


def _until(message: Message) -> date | None:
    """The last day for comments on minutes, as it was when they were sent out."""
    said = message.entry.facts.get("until") if message.kind == Kind.MINUTES_OUT and message.entry is not None else None
    return date.fromisoformat(said) if said else None


def next_rungs(messages: Sequence[Message]) -> dict[int, str]:
    """For messages about what is owed: whom the rung after the one reached asks; a warning is passed over.

    One statement.
    """
    duties = {message.pk: message.duty for message in messages if message.duty is not None}
    targets = {
        (version, kind, position): target
        for version, kind, position, target in Rung.objects.filter(
            charter_version_id__in={duty.charter_version_id for duty in duties.values()}
        ).values_list("charter_version_id", "duty_kind", "position", "target")
    }
    found: dict[int, str] = {}
    for key, duty in duties.items():
        ahead = [targets.get((duty.charter_version_id, duty.kind, duty.rung + step), "") for step in (1, 2)]
        found[key] = ahead[1] if ahead[0] == WARNING else ahead[0]
    return found


def _said(readers: Mapping[int, int]) -> tuple[dict[int, str], dict[int, bool]]:
    """What their readers got of these messages: the mail that each was begun with, and whether what lies in the inbox
    was read there or put off. One statement."""
    mailed: dict[int, str] = {}
    shown: dict[int, bool] = {}
    for message, person, channel, mail_id, read_at, snoozed_until in Delivery.objects.filter(
        message__in=list(readers)
    ).values_list("message_id", "person_id", "channel", "mail_id", "read_at", "snoozed_until"):
        if person != readers[message]:
            continue
        if channel == Channel.MAIL:
            mailed[message] = mail_id
        else:
            shown[message] = read_at is not None or snoozed_until is not None
    return mailed, shown
