"""Moments out of words, in the zone of the place where they were written down. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_DIRECTIVES = re.compile(r"%[HIMSpfcXT]")
END_OF_DAY = time(23, 59, 59)
# Years that feedback can have; every zone can tell a moment in them.
EARLIEST, LATEST = 1900, 2199


class Dates:
    """Reads one date column.

    ``format`` is one of ``strptime``; without it ISO 8601 is read. ``ends_the_day``: a date without a time of day
    means the end of that day (a target of "1 February" is met all day long), otherwise its beginning.
    """

    def __init__(self, *, format: str, zone: ZoneInfo, ends_the_day: bool = False) -> None:
        self.format = format
        self.zone = zone
        self.ends_the_day = ends_the_day
        self._offsets: dict[date, timedelta | None] = {}
        self._parse: Callable[[str], datetime] = self._iso
        if format:
            self._parse = compiled(format) or self._strptime
        self._is_date_only = bool(format) and not TIME_DIRECTIVES.search(format)

    def read(self, words: str) -> tuple[datetime, bool]:
        """``(moment in UTC, whether the clock was odd)``. Raises ``ValueError`` for what is no such date.

        A time that the clock skipped or showed twice is read with fold 0, and odd.
        """
        local = self._parse(words)
        if not EARLIEST <= local.year <= LATEST:
            raise ValueError(words)
        if self.ends_the_day and (self._is_date_only or (not self.format and len(words) <= 10)):
            local = datetime.combine(local.date(), END_OF_DAY, tzinfo=local.tzinfo)
        if local.tzinfo is not None:
            return local.astimezone(UTC), False
        # The offset is subtracted by hand: astimezone() would look it up once more.
        offset = self._of_day(local.date())
        if offset is not None:
            return (local - offset).replace(tzinfo=UTC), False
        first, second = (local.replace(tzinfo=self.zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
        return (local - first).replace(tzinfo=UTC), first != second

    def _of_day(self, day: date) -> timedelta | None:
        """The offset that holds all day; None on a day on which the clock is changed."""
        if day not in self._offsets:
            ends = [datetime.combine(day, at, self.zone) for at in (time.min, time.max)]
            found = {end.replace(fold=fold).utcoffset() or timedelta() for end in ends for fold in (0, 1)}
            self._offsets[day] = found.pop() if len(found) == 1 else None
        return self._offsets[day]

    def _strptime(self, words: str) -> datetime:
        return datetime.strptime(words, self.format)  # noqa: DTZ007 - the zone is given in read()

    @staticmethod
    def _iso(words: str) -> datetime:
        return datetime.fromisoformat(words)


NUMBERS = {"Y": r"(\d{4})", "m": r"(\d{1,2})", "d": r"(\d{1,2})", "H": r"(\d{1,2})", "I": r"(\d{1,2})"}
NUMBERS |= {"M": r"(\d{1,2})", "S": r"(\d{1,2})", "p": r"([AaPp][Mm])"}


def compiled(format: str) -> Callable[[str], datetime] | None:
    """A parser of a format made of the eight plainest directives, four times as quick as ``strptime``; else None.

    What it accepts, ``strptime`` accepts too, and the other way round.
    """
    pattern, seen, place = [], [], 0
    while place < len(format):
        sign = format[place]
        if sign == "%":
            directive = format[place + 1 : place + 2]
            if directive not in NUMBERS or directive in seen:
                return None
            seen.append(directive)
            pattern.append(NUMBERS[directive])
            place += 2
            continue
        pattern.append(r"\s+" if sign.isspace() else re.escape(sign))
        place += 1
    if not {"Y", "m", "d"} <= set(seen) or {"H", "I"} <= set(seen) or ("I" in seen) != ("p" in seen):
        return None
    match = re.compile("".join(pattern), re.ASCII | re.IGNORECASE).fullmatch
    at = {directive: seen.index(directive) for directive in seen}
    year, month, day = at["Y"], at["m"], at["d"]
    hour, half = at.get("H", at.get("I")), at.get("p")
    minute, second = at.get("M"), at.get("S")

    def parse(words: str) -> datetime:
        found = match(words)
        if found is None:
            if words.isascii():
                raise ValueError(words)
            # Digits of other scripts: which of them count where is strptime's own affair.
            return datetime.strptime(words, format)  # noqa: DTZ007 - the zone is given in read()
        parts = found.groups()
        hours = 0 if hour is None else int(parts[hour])
        if half is not None:
            if not 1 <= hours <= 12:
                raise ValueError(words)
            hours = hours % 12 + (12 if parts[half][0] in "Pp" else 0)
        return datetime(  # noqa: DTZ001 - the zone is given in read()
            int(parts[year]),
            int(parts[month]),
            int(parts[day]),
            hours,
            0 if minute is None else int(parts[minute]),
            0 if second is None else int(parts[second]),
        )

    return parse
