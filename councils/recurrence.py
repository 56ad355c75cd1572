"""When a council meets again and again: a rule, its sentence, and the moments that follow from it. Pure: no ORM, no
clock.

A rule is stored as the text of RFC 5545 (``FREQ=WEEKLY;INTERVAL=2;BYDAY=TU``), in the subset that this module reads and
writes, so that every calendar program finds the same moments from it as we do. Four things are fixed here:

- **The clock on the wall stays.** A rule gives days; the hour is the council's own, before and after a change of
  clocks.
- **An hour that does not exist** (the night on which clocks go forward) is read with the offset that held before: 02:30
  is held at 03:30. **An hour that comes twice** is the first of the two. Both are what RFC 5545 says (3.3.5).
- **The 29th, 30th, 31st** mean the last day of a month that is shorter. RFC 5545 would leave such a month out, so the
  text says ``BYMONTHDAY=28,29,30,31;BYSETPOS=-1``. The 29th of February falls on the 28th in other years.
- **The first day** is always one of the rule's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from governance.errors import Invalid

WEEKLY, MONTHLY, YEARLY = "WEEKLY", "MONTHLY", "YEARLY"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
NTHS = (1, 2, 3, 4, LAST)
"""Which weekday of a month can be meant. A fifth one does not come every month."""

MOST = {WEEKLY: 52, MONTHLY: 24, YEARLY: 5}
"""The longest interval of each kind of rule."""

MOST_TIMES = 1000
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Rule:
    """``weekdays`` 0 is Monday. A rule by month has either ``day`` (1 to 31) or ``nth`` and one weekday; by year, also
    its ``month``. It ends after ``count`` times, or with ``until`` (the last day it may fall on), or never.
    """

    freq: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 0
    day: int = 0
    month: int = 0
    count: int = 0
    until: date | None = None

    def check(self) -> None:
        """Refuse what no council could meet by. Raises :class:`Invalid` at ``rule``."""
        if self.freq not in MOST:
            raise Invalid(_("A series repeats by week, by month or by year."), field="rule")
        if not 1 <= self.interval <= MOST[self.freq]:
            raise Invalid(_("Choose an interval from 1 to %(most)d.") % {"most": MOST[self.freq]}, field="rule")
        if self.freq == WEEKLY:
            fits = bool(self.weekdays) and not (self.nth or self.day or self.month)
        else:
            by_day = 1 <= self.day <= 31 and not (self.nth or self.weekdays)
            by_weekday = self.nth in NTHS and len(self.weekdays) == 1 and not self.day
            fits = (by_day or by_weekday) and (self.month in range(1, 13)) == (self.freq == YEARLY)
        if not fits or not set(self.weekdays) <= set(range(7)) or list(self.weekdays) != sorted(set(self.weekdays)):
            raise Invalid(_("Say on which day: weekdays, a day of the month, or a weekday of the month."), field="rule")
        if self.freq == YEARLY and self.day > _longest(self.month):
            raise Invalid(_("This month has no such day."), field="rule")
        if self.count and self.until:
            raise Invalid(_("A series ends after so many times or on a day, not both."), field="rule")
        if not 0 <= self.count <= MOST_TIMES:
            raise Invalid(_("A series is held %(most)d times at most.") % {"most": MOST_TIMES}, field="rule")

    def text(self, until: str = "") -> str:
        """As RFC 5545 writes it. ``until`` stands in for the last day where a calendar needs a moment."""
        parts = [f"FREQ={self.freq}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.month:
            parts.append(f"BYMONTH={self.month}")
        if self.freq == WEEKLY:
            parts.append(f"BYDAY={','.join(DAYS[day] for day in self.weekdays)}")
        elif self.nth:
            parts.append(f"BYDAY={self.nth}{DAYS[self.weekdays[0]]}")
        else:
            parts += _month_day(self.day, self.month)
        if self.count:
            parts.append(f"COUNT={self.count}")
        if self.until:
            parts.append(f"UNTIL={until or self.until.strftime('%Y%m%d')}")
        return ";".join(parts)

    def sentence(self, at: time | None = None) -> str:
        """ "Every 2 weeks on Tuesday at 10:00"."""
        said = self._when()
        if at is not None:
            said = _("%(when)s at %(time)s") % {"when": said, "time": time_format(at, "H:i")}
        if self.count:
            times = ngettext("%(n)d time", "%(n)d times", self.count) % {"n": self.count}
            said = _("%(when)s, %(times)s") % {"when": said, "times": times}
        if self.until:
            said = _("%(when)s, until %(day)s") % {"when": said, "day": date_format(self.until, _("j F Y"))}
        return said

    def _when(self) -> str:
        if self.freq == WEEKLY:
            names = [str(WEEKDAYS[day]) for day in self.weekdays]
            words = {"n": self.interval, "days": and_of(names)}
            if self.interval == 1:
                return _("Every week on %(days)s") % words
            if self.interval == 2:
                return _("Every two weeks on %(days)s") % words
            return _("Every %(n)d weeks on %(days)s") % words
        words = {"n": self.interval, "day": self._day()}
        if self.freq == MONTHLY:
            return (_("Every %(n)d months on %(day)s") if self.interval > 1 else _("Every month on %(day)s")) % words
        words["month"] = str(MONTHS[self.month])
        return (
            _("Every %(n)d years in %(month)s, on %(day)s")
            if self.interval > 1
            else _("Every year in %(month)s, on %(day)s")
        ) % words

    def _day(self) -> str:
        if self.nth:
            ordinals = {
                1: pgettext("weekday of a month", "the first %(weekday)s"),
                2: pgettext("weekday of a month", "the second %(weekday)s"),
                3: pgettext("weekday of a month", "the third %(weekday)s"),
                4: pgettext("weekday of a month", "the fourth %(weekday)s"),
                LAST: pgettext("weekday of a month", "the last %(weekday)s"),
            }
            return ordinals[self.nth] % {"weekday": WEEKDAYS[self.weekdays[0]]}
        if self.day == 31:
            return _("the last day")
        if self.day > 28 and (not self.month or self.day > _shortest(self.month)):
            return _("day %(day)d, or the last day where there is none") % {"day": self.day}
        return _("day %(day)d") % {"day": self.day}


def and_of(words: list[str]) -> str:
    """ "Monday, Tuesday and Friday"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _shortest(month: int) -> int:
    return 28 if month == 2 else _longest(month)


def _longest(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _month_day(day: int, month: int) -> list[str]:
    """A day of the month; a day that some of the months lack is the last of those that they have."""
    shortest = _shortest(month) if month else 28
    if day <= shortest:
        return [f"BYMONTHDAY={day}"]
    return [f"BYMONTHDAY={','.join(str(one) for one in range(shortest, day + 1))}", "BYSETPOS=-1"]


# --- reading


_PART = re.compile(r"([A-Z-]+)=([0-9A-Z,+-]+)")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"}


def read(text: str, first: date, zone: ZoneInfo | None = None) -> Rule:
    """The rule that a text says; what it leaves open is as on its ``first`` day (RFC 5545, 3.3.10).

    An ``UNTIL`` that is a moment is the day that it is in ``zone``. Raises :class:`Invalid` at ``rule`` for what we
    cannot keep, saying which part.
    """
    parts: dict[str, str] = {}
    for piece in text.strip().removeprefix("RRULE:").upper().split(";"):
        found = _PART.fullmatch(piece)
        if found is None or found[1] in parts:
            raise Invalid(_("The rule cannot be read at “%(part)s”.") % {"part": piece[:40]}, field="rule")
        parts[found[1]] = found[2]
    if (unknown := set(parts) - _KNOWN) or parts.get("FREQ") not in MOST:
        part = ", ".join(sorted(unknown)) or f"FREQ={parts.get('FREQ', '')}"
        raise Invalid(
            _("The rule says %(part)s, which is not supported here: a series repeats by week, month or year.")
            % {"part": part[:60]},
            field="rule",
        )
    freq = parts["FREQ"]
    rule = Rule(
        freq=freq,
        interval=_whole(parts, "INTERVAL", 1),
        count=_whole(parts, "COUNT", 0),
        until=_until(parts.get("UNTIL", ""), zone),
    )
    by_day = _weekdays(parts.get("BYDAY", ""))
    if freq == WEEKLY:
        if {"BYMONTHDAY", "BYMONTH", "BYSETPOS"} & set(parts) or any(nth for nth, _day in by_day):
            raise _unsupported(parts)
        rule = replace(rule, weekdays=tuple(sorted({day for _nth, day in by_day} or {first.weekday()})))
        week = parts.get("WKST", "MO")
        if week != "MO" and rule.interval > 1 and rule.weekdays != (first.weekday(),):
            raise Invalid(_("The rule begins its weeks on another day than Monday."), field="rule")
    else:
        if freq == YEARLY:
            rule = replace(rule, month=_whole(parts, "BYMONTH", first.month))
            if ("BYDAY" in parts or "BYMONTHDAY" in parts) and "BYMONTH" not in parts:
                raise _unsupported(parts)
        elif "BYMONTH" in parts:
            raise _unsupported(parts)
        rule = _of_month(rule, parts, by_day, first)
    rule.check()
    return rule


def _of_month(rule: Rule, parts: dict[str, str], by_day: list[tuple[int, int]], first: date) -> Rule:
    if by_day:
        if "BYMONTHDAY" in parts or len(by_day) != 1:
            raise _unsupported(parts)
        nth, weekday = by_day[0]
        nth = nth or _whole(parts, "BYSETPOS", 0, negative=True)
        if nth not in NTHS or (by_day[0][0] and "BYSETPOS" in parts):
            raise Invalid(
                _("The rule names a weekday of the month that not every month has, or none: first to fourth, or last."),
                field="rule",
            )
        return replace(rule, nth=nth, weekdays=(weekday,))
    said = parts.get("BYMONTHDAY", str(first.day))
    days = [int(one) for one in said.split(",") if re.fullmatch(r"[+-]?\d{1,2}", one)]
    if days == [LAST] and "BYSETPOS" not in parts:
        return replace(rule, day=_longest(rule.month) if rule.month else 31)
    if len(days) == 1 and "BYSETPOS" not in parts:
        shortest = _shortest(rule.month) if rule.month else 28
        if days[0] > shortest:
            raise Invalid(
                _("The rule leaves out each month without day %(day)d. Choose the last day of the month instead.")
                % {"day": days[0]},
                field="rule",
            )
        return replace(rule, day=days[0])
    if days and _month_day(max(days), rule.month) == [f"BYMONTHDAY={said}", f"BYSETPOS={parts.get('BYSETPOS', '')}"]:
        return replace(rule, day=max(days))
    raise _unsupported(parts)


def _unsupported(parts: dict[str, str]) -> Invalid:
    named = ";".join(f"{name}={value}" for name, value in parts.items() if name.startswith("BY"))
    return Invalid(
        _("The rule combines days in a way that is not supported here (%(part)s).") % {"part": named[:80]}, field="rule"
    )


def _whole(parts: dict[str, str], name: str, default: int, *, negative: bool = False) -> int:
    text = parts.get(name, str(default))
    if not re.fullmatch(r"-?\d{1,4}" if negative else r"\d{1,4}", text) or (name in parts and text.strip("0") == ""):
        raise Invalid(_("The rule cannot be read at “%(part)s”.") % {"part": f"{name}={text}"[:40]}, field="rule")
    return int(text)


def _weekdays(text: str) -> list[tuple[int, int]]:
    found = []
    for one in text.split(",") if text else []:
        match = _WEEKDAY.fullmatch(one)
        if match is None:
            raise Invalid(_("The rule cannot be read at “%(part)s”.") % {"part": f"BYDAY={text}"[:40]}, field="rule")
        found.append((int(match[1] or 0), DAYS.index(match[2])))
    return found


def _until(text: str, zone: ZoneInfo | None) -> date | None:
    if not text:
        return None
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - given below
    except ValueError as error:
        raise Invalid(_("The rule cannot be read at “%(part)s”.") % {"part": f"UNTIL={text}"}, field="rule") from error
    return moment.replace(tzinfo=UTC).astimezone(zone or UTC).date() if text.endswith("Z") else moment.date()


# --- the days and moments


def first_day(rule: Rule, on_or_after: date) -> date:
    """The first of the rule's own days from a day on: where a series begins. Raises :class:`Invalid` for none."""
    found = next(_days(replace(rule, interval=1, count=0, until=None), on_or_after), None)
    if found is None or (rule.until is not None and found > rule.until):
        raise Invalid(_("With this end there is no meeting at all. Choose a later one."), field="until")
    return found


def _days(rule: Rule, starts_on: date) -> Iterator[date]:
    begins = datetime.combine(starts_on, time())
    fixed: dict[str, Any] = {
        "freq": {WEEKLY: rrule.WEEKLY, MONTHLY: rrule.MONTHLY, YEARLY: rrule.YEARLY}[rule.freq],
        "dtstart": begins,
        "interval": rule.interval,
        "wkst": rrule.MO,
        "bymonth": rule.month or None,
        "count": rule.count or None,
        "until": datetime.combine(rule.until, time()) if rule.until else None,
    }
    if rule.freq == WEEKLY:
        found = rrule.rrule(**fixed, byweekday=[rrule.weekday(day) for day in rule.weekdays])
    elif rule.nth:
        found = rrule.rrule(**fixed, byweekday=rrule.weekday(rule.weekdays[0], rule.nth))
    else:
        shortest = _shortest(rule.month) if rule.month else 28
        days = range(min(shortest, rule.day), rule.day + 1)
        found = rrule.rrule(**fixed, bymonthday=list(days), bysetpos=-1)
    for one in found:
        yield one.date()


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a day and an hour on the wall (UTC); see the module for hours that are none, or two."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def slots(
    rule: Rule, starts_on: date, at: time, zone: ZoneInfo, *, after: datetime | None = None
) -> Iterator[datetime]:
    """The moments (UTC) of a series in their order, those later than ``after`` alone. It may never end."""
    for day in _days(rule, starts_on):
        found = moment(day, at, zone)
        if after is None or found > after:
            yield found


def between(
    rule: Rule, starts_on: date, at: time, zone: ZoneInfo, *, after: datetime, to: datetime, most: int = 400
) -> list[datetime]:
    """The moments later than ``after`` up to ``to``."""
    found: list[datetime] = []
    for slot in slots(rule, starts_on, at, zone, after=after):
        if slot > to or len(found) == most:
            break
        found.append(slot)
    return found


def upcoming(rule: Rule, starts_on: date, at: time, zone: ZoneInfo, *, after: datetime, many: int) -> list[datetime]:
    """The next moments, as many as asked for at most: for a preview."""
    return list(islice(slots(rule, starts_on, at, zone, after=after - timedelta(microseconds=1)), many))
