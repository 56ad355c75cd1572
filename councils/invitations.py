"""Meetings as calendar programs know them (RFC 5545, RFC 5546): invitations, changes, cancellations, feeds. Pure: no
ORM, no clock.

One meeting is one event with a UID that never changes. A series is one event that repeats; of its meetings only those
are said apart that are not as the rule says (``RECURRENCE-ID``), and what is called off is left out (``EXDATE``), so
that one mail invites to all of it. ``SEQUENCE`` grows with each change, so a program that gets two mails in the wrong
order keeps the newer. Escaping and folding are the library's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from councils import recurrence
from councils.recurrence import Rule

REQUEST, CANCEL = "REQUEST", "CANCEL"
MADE_BY = "-//Keep//CX governance//EN"


@dataclass(frozen=True, slots=True)
class Occasion:
    """One meeting on a calendar, or (with ``rule``) the series that it is of. Moments are aware, ``zone`` is a name.

    ``uid``, ``sequence`` as RFC 5545; ``slot`` is the moment that the series gave to this meeting.
    """

    uid: str
    sequence: int
    starts_at: datetime
    lasts: int
    zone: str
    title: str
    place: str = ""
    url: str = ""
    says: str = ""
    slot: datetime | None = None
    is_off: bool = False
    rule: Rule | None = None
    without: tuple[datetime, ...] = ()
    """Of a series: moments of its rule at which nothing is held."""
    besides: tuple[datetime, ...] = ()
    """Of a series: moments before its rule began that are planned all the same."""


@dataclass(frozen=True, slots=True)
class Day:
    """Something that is due on a day: in a feed, never in an invitation."""

    uid: str
    on: date
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    address: str


def invitation(
    occasions: Sequence[Occasion], *, method: str, organiser: Mailbox, reader: Mailbox, stamp: datetime
) -> bytes:
    """What a mail carries for one reader's calendar. All ``occasions`` have one UID; the reader is its one guest."""
    calendar = _calendar()
    calendar.add("method", method)
    for occasion in occasions:
        event = _event(occasion, stamp)
        if method == CANCEL:
            event["status"] = "CANCELLED"
        event["organizer"] = _address(organiser)
        guest = _address(reader)
        guest.params.update(
            {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE", "CUTYPE": "INDIVIDUAL"}
        )
        event.add("attendee", guest, encode=0)
        calendar.add_component(event)
    return _written(calendar, occasions)


def feed(occasions: Sequence[Occasion], days: Sequence[Day], *, name: str, stamp: datetime) -> bytes:
    """A calendar to subscribe to: each meeting by itself, what was called off as cancelled, and what is due."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for occasion in occasions:
        calendar.add_component(_event(occasion, stamp))
    for day in days:
        event = _library().Event()
        event.add("uid", day.uid)
        event.add("dtstamp", stamp.astimezone(UTC))
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.title)
        event.add("transp", "TRANSPARENT")
        if day.url:
            event.add("url", day.url)
        calendar.add_component(event)
    return _written(calendar, occasions)


def _library() -> Any:
    import icalendar  # noqa: PLC0415 - where a calendar is written, not at every start

    return icalendar


def _calendar() -> Any:
    calendar = _library().Calendar()
    calendar.add("prodid", MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(occasion: Occasion, stamp: datetime) -> Any:
    zone = ZoneInfo(occasion.zone)
    event = _library().Event()
    event.add("uid", occasion.uid)
    event.add("sequence", occasion.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    starts = occasion.starts_at.astimezone(zone)
    event.add("dtstart", starts)
    event.add("dtend", (occasion.starts_at.astimezone(UTC) + timedelta(minutes=occasion.lasts)).astimezone(zone))
    if occasion.slot is not None:
        event.add("recurrence-id", occasion.slot.astimezone(zone))
    if occasion.rule is not None:
        event.add("rrule", _library().vRecur.from_ical(occasion.rule.text(_last_moment(occasion.rule, zone))))
        for slot in occasion.without:
            event.add("exdate", slot.astimezone(zone))
        for slot in occasion.besides:
            event.add("rdate", slot.astimezone(zone))
    event.add("summary", occasion.title)
    if occasion.place:
        event.add("location", occasion.place)
    if occasion.says:
        event.add("description", occasion.says)
    if occasion.url:
        event.add("url", occasion.url)
    event.add("status", "CANCELLED" if occasion.is_off else "CONFIRMED")
    return event


def _last_moment(rule: Rule, zone: ZoneInfo) -> str:
    """RFC 5545 wants the end of a rule with a zone as a moment (UTC): the end of its last day."""
    if rule.until is None:
        return ""
    return recurrence.moment(rule.until, time(23, 59, 59), zone).strftime("%Y%m%dT%H%M%SZ")


def _address(mailbox: Mailbox) -> Any:
    address = _library().vCalAddress(f"mailto:{mailbox.address}")
    address.params["CN"] = _library().vText(mailbox.name)
    return address


def _written(calendar: Any, occasions: Sequence[Occasion]) -> bytes:
    """The calendar with the clocks that it names, from the year before its first moment on."""
    if occasions:
        first = min(one.starts_at for one in occasions)
        calendar.add_missing_timezones(first_date=date(first.year - 1, 1, 1))
    return bytes(calendar.to_ical())


def veiled() -> str:
    """What stands in place of a title where a calendar may be read by others."""
    return _("Confidential meeting")
