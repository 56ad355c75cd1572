"""Calendars of other programs: each event is taken as a meeting or a series, or refused with a reason. Pure: no ORM.

Nothing is guessed: an event without a beginning has no date, and one that names no zone is asked about. Each event is
read by itself, so that a broken one spoils no other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from councils import recurrence
from councils.recurrence import Rule
from governance.errors import Invalid

LONGEST_FILE = 512 * 1024
MOST_EVENTS = 1000
SHORTEST, LONGEST, USUAL = 5, 1440, 60


@dataclass(frozen=True, slots=True)
class Taken:
    """What a council would be given: one meeting, or (with ``rule``) a series from ``starts_on`` on."""

    starts_at: datetime
    starts_on: date
    at: time
    zone: str
    lasts: int
    place: str = ""
    rule: Rule | None = None
    without: tuple[datetime, ...] = ()
    """Moments of the series at which nothing is held."""
    moved: tuple[tuple[datetime, datetime], ...] = ()
    """Moments of the series, and where they were moved to."""

    @property
    def sentence(self) -> str:
        return self.rule.sentence(self.at) if self.rule is not None else ""


@dataclass(frozen=True, slots=True)
class Found:
    """One event of a file; without ``taken`` it is refused for ``reason``."""

    title: str
    taken: Taken | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Event:
    title: str
    uid: str
    sequence: int
    fields: Any
    reason: str = ""
    rule: str = ""
    """As it was written: the library would leave out what it does not know."""

    @property
    def is_part(self) -> bool:
        """Whether it says something of one meeting of another event's series."""
        return self.fields is not None and "RECURRENCE-ID" in self.fields


def read(given: bytes, *, now: datetime, floating: str = "") -> list[Found]:
    """Each event of the file in its order. ``floating``: the zone of times that name none; empty: they are refused.

    Raises :class:`Invalid` at ``file`` where it is no calendar, or too large to be one of a council.
    """
    if len(given) > LONGEST_FILE:
        raise Invalid(_("This file is too large. Export the council's own meetings alone."), field="file")
    text = given.decode("utf-8-sig", "replace").strip().replace("\r\n", "\n")
    text = re.sub(r"\n[ \t]", "", text)  # folded lines are one
    blocks = re.findall(r"^BEGIN:VEVENT\s*\n(.*?)^END:VEVENT", text, re.DOTALL | re.MULTILINE | re.IGNORECASE)
    if not text.upper().startswith("BEGIN:VCALENDAR") or not blocks:
        raise Invalid(_("This is no calendar, or one without events. Choose a file that ends in .ics."), field="file")
    if len(blocks) > MOST_EVENTS:
        raise Invalid(_("This calendar has more than %(most)d events.") % {"most": MOST_EVENTS}, field="file")
    zones = dict(re.findall(r"^TZID:(.+?)\s*\nX-LIC-LOCATION:(.+?)\s*$", text, re.MULTILINE))
    events = [_event(block) for block in blocks]
    newest: dict[str, int] = {}
    for event in events:
        if event.uid and not event.is_part and not event.reason:
            newest[event.uid] = max(newest.get(event.uid, 0), event.sequence)
    masters: dict[str, int] = {}
    found: list[Found] = []
    for place, event in enumerate(events):
        try:
            if event.reason:
                raise Invalid(event.reason)
            if event.is_part:
                found.append(Found(event.title))
                continue
            if event.uid and event.sequence < newest[event.uid]:
                raise Invalid(_("The file has a newer version of the same event."))
            found.append(Found(event.title, _taken(event.fields, event.rule, zones, floating)))
            masters.setdefault(event.uid, place)
        except Invalid as refused:
            found.append(Found(event.title, reason=str(refused)))
    for place, event in enumerate(events):
        if event.is_part and not event.reason:
            found[place] = _joined(event, found, masters.get(event.uid), zones, floating)
    return [_to_come(one, now) for one in found]


def _event(block: str) -> _Event:
    import icalendar  # noqa: PLC0415 - where a calendar is read, not at every start

    title = re.search(r"^SUMMARY[^:\n]*:(.*)$", block, re.MULTILINE)
    named = title[1].strip() if title else ""
    named = named.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ") or _("(without a title)")
    try:
        fields = icalendar.Event.from_ical(f"BEGIN:VEVENT\n{block}END:VEVENT\n".replace("\n", "\r\n"))
    except (ValueError, KeyError, IndexError) as error:
        return _Event(named, "", 0, None, _("It cannot be read: %(error)s") % {"error": str(error)[:120]})
    broken = sorted({str(name) for name, _text in fields.errors} & {"DTSTART", "DTEND", "DURATION", "RRULE"})
    sequence = re.search(r"^SEQUENCE:(\d{1,9})\s*$", block, re.MULTILINE)
    reason = _("Its %(names)s cannot be read.") % {"names": ", ".join(broken)} if broken else ""
    rule = re.search(r"^RRULE[^:\n]*:(.*)$", block, re.MULTILINE | re.IGNORECASE)
    return _Event(
        named, str(fields.get("UID", "")), int(sequence[1]) if sequence else 0, fields, reason,
        rule[1].strip() if rule else "",
    )  # fmt: skip


def _taken(fields: Any, text: str, zones: dict[str, str], floating: str) -> Taken:
    if str(fields.get("STATUS", "")).upper() == "CANCELLED":
        raise Invalid(_("It is called off."))
    if "DTSTART" not in fields:
        raise Invalid(_("It has no beginning (DTSTART), and no date is made up for it."))
    if "RDATE" in fields or isinstance(fields.get("RRULE"), list):
        raise Invalid(_("It names further days one by one, which a rule cannot say."))
    starts, zone = _moment(fields["DTSTART"], zones, floating)
    rule = None
    if text:
        rule = recurrence.read(text, starts.date(), zone)
        if recurrence.first_day(rule, starts.date()) != starts.date():
            raise Invalid(_("Its first day is none of its own rule's days."))
    return Taken(
        starts_at=starts.astimezone(UTC),
        starts_on=starts.date(),
        at=starts.time().replace(second=0, microsecond=0),
        zone=zone.key,
        lasts=_lasts(fields, starts, zones, floating),
        place=str(fields.get("LOCATION", "")).strip()[:200],
        rule=rule,
        without=tuple(
            _moment(one, zones, floating)[0].astimezone(UTC) for one in _excluded(fields) if rule is not None
        ),
    )


def _excluded(fields: Any) -> list[Any]:
    given = fields.get("EXDATE", [])
    lists = given if isinstance(given, list) else [given]
    return [_In(one.dt, listed.params) for listed in lists for one in listed.dts]


@dataclass(frozen=True, slots=True)
class _In:
    """A moment of a list, which has the parameters of its list."""

    dt: Any
    params: Any


def _moment(field: Any, zones: dict[str, str], floating: str) -> tuple[datetime, ZoneInfo]:
    """The moment and its zone. Raises :class:`Invalid` for a whole day, an unknown zone, or none at all."""
    value = field.dt
    if not isinstance(value, datetime):
        raise Invalid(_("It lasts whole days; a meeting has an hour."))
    name = str(field.params.get("TZID", "")).strip('"')
    naive = value.replace(tzinfo=None)
    if not name and value.tzinfo is not None:
        return naive.replace(tzinfo=ZoneInfo("UTC")), ZoneInfo("UTC")
    if not name:
        if not floating:
            raise Invalid(_("Its time names no zone. Say that it is on the council's clock, and look again."))
        return naive.replace(tzinfo=ZoneInfo(floating)), ZoneInfo(floating)
    zone = _zone(name, zones)
    return naive.replace(tzinfo=zone), zone


def _zone(name: str, zones: dict[str, str]) -> ZoneInfo:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - where a calendar is read

    for known in (name, WINDOWS_TO_OLSON.get(name, ""), zones.get(name, "")):
        try:
            if known:
                return ZoneInfo(known)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    raise Invalid(
        _("Its zone “%(zone)s” is unknown. Export it with a zone such as Europe/Berlin.") % {"zone": name[:80]}
    )


def _lasts(fields: Any, starts: datetime, zones: dict[str, str], floating: str) -> int:
    if "DTEND" in fields:
        length = _moment(fields["DTEND"], zones, floating)[0].astimezone(UTC) - starts.astimezone(UTC)
    elif "DURATION" in fields:
        length = fields["DURATION"].dt
    else:
        length = timedelta(minutes=USUAL)
    minutes = int(length.total_seconds() // 60)
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(_("It lasts %(n)d minutes; a meeting lasts between 5 minutes and a day.") % {"n": minutes})
    return minutes


def _joined(event: _Event, found: list[Found], place: int | None, zones: dict[str, str], floating: str) -> Found:
    """A change to one meeting of a series, written into the series that it is of."""
    whole = found[place].taken if place is not None else None
    if place is None or whole is None or whole.rule is None:
        return Found(event.title, reason=_("It changes one meeting of a series that is not taken."))
    try:
        slot = _moment(event.fields["RECURRENCE-ID"], zones, floating or whole.zone)[0].astimezone(UTC)
        if str(event.fields.get("STATUS", "")).upper() == "CANCELLED":
            found[place] = replace(found[place], taken=replace(whole, without=(*whole.without, slot)))
        else:
            to = _moment(event.fields["DTSTART"], zones, floating or whole.zone)[0].astimezone(UTC)
            found[place] = replace(found[place], taken=replace(whole, moved=(*whole.moved, (slot, to))))
    except (Invalid, KeyError) as refused:
        return Found(event.title, reason=str(refused))
    return Found(event.title, reason=_("It is taken with its series, as one meeting that was moved or called off."))


def _to_come(one: Found, now: datetime) -> Found:
    """What is still to come of it; what is over is refused."""
    taken = one.taken
    if taken is None:
        return one
    if taken.rule is None:
        return one if taken.starts_at > now else Found(one.title, reason=_("It is over."))
    zone = ZoneInfo(taken.zone)
    for passed, slot in enumerate(recurrence.slots(taken.rule, taken.starts_on, taken.at, zone)):
        if slot > now:
            count = taken.rule.count - passed if taken.rule.count else 0
            rule = replace(taken.rule, count=count)
            return replace(
                one,
                taken=replace(taken, rule=rule, starts_on=slot.astimezone(zone).date(), starts_at=slot),
            )
    return Found(one.title, reason=_("It is over."))


def accepted(found: Sequence[Found]) -> list[tuple[int, Found]]:
    """What may be taken, with its place in the file."""
    return [(place, one) for place, one in enumerate(found) if one.taken is not None]
