"""Messages at hand-over: who reads them today, whether they still have to be said, when mail may reach the reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from councils.models import Council
from governance import access
from governance.clauses import WARNING
from governance.models import AudienceContainer, CalendarDay, Organisation, Person, Rung
from governance.queries.calendars import local_day
from governance.queries.seats import movers
from governance.queries.submissions import in_full
from notifications import explaining, links
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Message, Preference
from notifications.reach import DAYS_AHEAD, Hours, next_moment
from notifications.recheck import Facts
from notifications.wording import Matter


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its reader of today. ``mail_id`` is that of a mail that was begun and perhaps not finished."""

    message: Message
    reader: Person | None
    facts: Facts
    matter: Matter
    mail_at: datetime
    wants_mail: bool = True
    was_read: bool = False
    mail_id: str = ""
    is_confidential: bool = False
    why: Mapping[str, Any] = field(default_factory=dict)
    """Why it reaches this reader, as its delivery keeps it (``explaining``)."""


def letters_for(keys: Iterable[int], now: datetime) -> list[Letter]:
    """The letters of these messages. The statements grow with the number of readers, not with that of messages."""
    messages = list(
        Message.objects.filter(pk__in=list(keys))
        .select_related("subject", "duty__calendar", "duty__seat__subject", "entry__by")
        .order_by("pk")
    )
    readers, capacities = _readers(messages, now)
    people = {person.pk: person for person in Person.objects.filter(pk__in=set(readers.values()))}
    preferences = {choice.person_id: choice for choice in Preference.objects.filter(person_id__in=people)}
    sight = _sight(messages, readers, people, now)
    calendars = _working_days(messages, now)
    closed = confidential({key for message in messages for key in _audiences(message)})
    said = _said(messages)
    following = next_rungs(messages)
    texts = in_full({message.subject_id for message in messages if message.kind == Kind.TO_RATIFY})
    letters = []
    for message in messages:
        reader = people.get(readers.get(message.pk, 0))
        choice = (preferences.get(reader.pk) if reader else None) or Preference()
        earlier = said.get((message.pk, reader.pk if reader else 0), {})
        mailed = earlier.get(Channel.MAIL)
        mail_at = _mail_at(message, reader, choice, calendars, now)
        letters.append(
            Letter(
                message=message,
                reader=reader,
                facts=facts_of(message, reader, sight),
                matter=replace(
                    matter_of(message, following.get(message.pk, ""), for_mail=True),
                    says=tuple(texts.get(message.subject_id, ())) if message.kind == Kind.TO_RATIFY else (),
                ),
                mail_at=mail_at,
                wants_mail=choice.wants_mail and (reader is None or reader.mail_refused_at is None),
                was_read=Channel.INBOX in earlier and earlier[Channel.INBOX].read_at is not None,
                mail_id=mailed.mail_id if mailed else "",
                is_confidential=not closed.isdisjoint(_audiences(message)),
                why=_why(message, reader, capacities.get(message.pk, ""), choice, mail_at),
            )
        )
    return letters


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


def _why(
    message: Message, reader: Person | None, capacity: str, choice: Preference, mail_at: datetime
) -> dict[str, Any]:
    duty = message.duty
    return explaining.stored(
        kind=message.kind,
        event=message.entry.event if message.entry is not None else "",
        facts=message.facts,
        due_on=duty.due_on.isoformat() if duty is not None and duty.due_on is not None else None,
        capacity=capacity,
        seat=message.seat_id,
        window=explaining.window_of(
            zone=reader.zone if reader is not None else "UTC",
            since=choice.from_hour,
            until=choice.until_hour,
            opens=mail_at,
            is_urgent=message.is_urgent,
        ),
    )


def _audiences(message: Message) -> set[int]:
    """Who may see what the message names: its subject, and the seat that owes it."""
    named = {message.subject.audience_id, message.duty.seat.subject.audience_id if message.duty is not None else None}
    return {key for key in named if key is not None}


def confidential(audiences: Iterable[int]) -> set[int]:
    """Which of these audiences are confidential councils alone: what they may see has no title in a mail."""
    secret = Council.objects.filter(pk=OuterRef("container_id"), is_confidential=True)
    held = AudienceContainer.objects.filter(audience_id__in=set(audiences)).annotate(is_secret=Exists(secret))
    closed: dict[int, bool] = {}
    for audience, is_secret in held.values_list("audience_id", "is_secret"):
        closed[audience] = closed.get(audience, True) and is_secret
    return {audience for audience, is_closed in closed.items() if is_closed}


def _sight(
    messages: Sequence[Message], readers: dict[int, int], people: dict[int, Person], now: datetime
) -> set[tuple[int, int]]:
    """(reader, subject) pairs that may be seen: one statement a reader, so that the one rule of access answers."""
    wanted: dict[int, set[int]] = {}
    for message in messages:
        if message.pk in readers:
            wanted.setdefault(readers[message.pk], set()).add(message.subject_id)
    return {
        (person, subject)
        for person, subjects in wanted.items()
        if person in people
        for subject in access.visible_ids(people[person], subjects, now)
    }


def facts_of(message: Message, reader: Person | None, sight: set[tuple[int, int]]) -> Facts:
    duty = message.duty
    return Facts(
        kind=message.kind,
        is_owed=duty is None or duty.closed_at is None,
        due_then=message.facts.get("due_on"),
        due_now=duty.due_on.isoformat() if duty is not None and duty.due_on is not None else None,
        position=message.facts.get("position"),
        rung=duty.rung if duty is not None else None,
        by_id=message.entry.by_id if message.entry is not None else None,
        reader_id=reader.pk if reader is not None else 0,
        is_visible=reader is not None and (reader.pk, message.subject_id) in sight,
    )


def matter_of(message: Message, next_target: str, *, for_mail: bool = False) -> Matter:
    """What the message is about, as it stands now. It comes with subject, duty (and its seat), entry and doer."""
    duty, subject = message.duty, message.subject
    where = links.address_of if for_mail else links.path_of
    return Matter(
        kind=message.kind,
        title=subject.title,
        reference=subject.reference,
        url=where(subject.kind, subject.reference),
        seat=duty.seat.subject.title if duty is not None else "",
        duty_kind=duty.kind if duty is not None else "",
        due_on=duty.due_on if duty is not None else None,
        by=message.entry.by.name if message.entry is not None and message.entry.by is not None else "",
        next_target=next_target,
        next_on=local_day(duty.calendar, duty.next_at) if duty is not None and duty.next_at is not None else None,
    )


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


def _said(messages: Sequence[Message]) -> dict[tuple[int, int], dict[str, Delivery]]:
    said: dict[tuple[int, int], dict[str, Delivery]] = {}
    for delivery in Delivery.objects.filter(message__in=messages):
        said.setdefault((delivery.message_id, delivery.person_id), {})[delivery.channel] = delivery
    return said


def _working_days(messages: Sequence[Message], now: datetime) -> dict[int | None, set[date]]:
    """Working days ahead by calendar; the organisation's also under None. Two statements."""
    organisation = Organisation.objects.values_list("calendar_id", flat=True).first()
    wanted = {_calendar_of(message) for message in messages} | {organisation}
    days: dict[int | None, set[date]] = {}
    start = now.date() - timedelta(days=1)
    for calendar, day in CalendarDay.objects.filter(
        calendar_id__in=[key for key in wanted if key is not None],
        is_working=True,
        day__range=(start, start + timedelta(days=DAYS_AHEAD)),
    ).values_list("calendar_id", "day"):
        days.setdefault(calendar, set()).add(day)
    days[None] = days.get(organisation, set())
    return days


def _calendar_of(message: Message) -> int | None:
    """The calendar of the seat that is spoken to, where the duty is its own; else the organisation's."""
    duty = message.duty
    return duty.calendar_id if duty is not None and duty.seat_id == message.seat_id else None


def _mail_at(
    message: Message,
    reader: Person | None,
    choice: Preference,
    calendars: dict[int | None, set[date]],
    now: datetime,
) -> datetime:
    if reader is None or message.is_urgent:
        return now
    days = calendars.get(_calendar_of(message), calendars[None])
    return next_moment(now, Hours(reader.zone, choice.from_hour, choice.until_hour), days.__contains__)
