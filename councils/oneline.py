"""An action in one line, as it is typed while people talk: what, who, by when, how much. Pure: no ORM, no clock.

``Two testers for three weeks @Head of IT ^4 Dec =3000``: after ``@`` stands the seat or whoever holds it, after ``^``
the date asked for, after ``=`` the money; all that stands before the first sign is what is to be done. The signs may
come in any order, each once, at the beginning of a word.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from governance.errors import Invalid

WHO, BY_WHEN, MONEY = "@", "^", "="
_SIGN = re.compile(r"(?:^|(?<=\s))([@^=])")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_POINTS = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4})?)?")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s*([^\W\d]+)\.?(?:\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?")
_AHEAD = re.compile(r"\+?\s*(\d{1,3})\s*([dw]?)")
LONGEST_AHEAD = 3 * 366


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says, each part as it was typed; empty: nothing was said of it."""

    what: str
    who: str = ""
    by_when: str = ""
    money: str = ""


def read(text: str) -> Line:
    """Take a line apart. Raises :class:`Invalid` at ``text`` where a sign stands twice."""
    parts = _SIGN.split(" ".join(text.split()))
    found: dict[str, str] = {}
    for sign, said in zip(parts[1::2], parts[2::2], strict=True):
        if sign in found:
            raise Invalid(
                _("%(sign)s stands twice. One line is one action of one seat.") % {"sign": sign}, field="text"
            )
        found[sign] = said.strip()
    return Line(parts[0].strip(), found.get(WHO, ""), found.get(BY_WHEN, ""), found.get(MONEY, ""))


def written(line: Line) -> str:
    """The line as it would be typed again."""
    signs = ((WHO, line.who), (BY_WHEN, line.by_when), (MONEY, line.money))
    return " ".join([line.what, *(f"{sign}{said}" for sign, said in signs if said)])


def day(said: str, today: date) -> date:
    """The day that is meant: ``2026-12-04``, ``4 Dec``, ``Dec 4``, ``4.12.``, ``fri``, ``10d`` or ``2w`` from today.

    Without a year it is the next such day. Raises :class:`Invalid` at ``text``.
    """
    told = said.strip().lower()
    if match := _ISO.fullmatch(told):
        return _made(said, int(match[1]), int(match[2]), int(match[3]))
    if match := _POINTS.fullmatch(told):
        return _next(said, today, int(match[2]), int(match[1]), match[3])
    if match := _DAY_MONTH.fullmatch(told):
        if month := _month(match[2]):
            return _next(said, today, month, int(match[1]), match[3])
        if match[2] not in ("d", "w"):
            raise _unread(said)
    if (match := _MONTH_DAY.fullmatch(told)) and (month := _month(match[1])):
        return _next(said, today, month, int(match[2]), match[3])
    if match := _AHEAD.fullmatch(told):
        ahead = int(match[1]) * (7 if match[2] == "w" else 1)
        if ahead <= LONGEST_AHEAD:
            return today + timedelta(days=ahead)
    for number in range(7):
        if told in (str(WEEKDAYS[number]).lower(), str(WEEKDAYS_ABBR[number]).lower()):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    raise _unread(said)


def _month(word: str) -> int:
    for number in range(1, 13):
        if word in (str(MONTHS[number]).lower(), str(MONTHS_3[number]).lower().strip(".")):
            return number
    return 0


def _next(said: str, today: date, month: int, number: int, year: str | None) -> date:
    if year:
        return _made(said, int(year), month, number)
    # 29 February may be four years away, or eight around a year that is no leap year.
    for ahead in range(9):
        try:
            found = date(today.year + ahead, month, number)
        except ValueError:
            continue
        if found >= today:
            return found
    raise _unread(said)


def _made(said: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise _unread(said) from error


def _unread(said: str) -> Invalid:
    return Invalid(
        _("“%(said)s” is no day that can be read. Write it such as 4 Dec, 2026-12-04, fri, 10d or 2w.")
        % {"said": said},
        field="text",
    )
