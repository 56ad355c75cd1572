"""Person-time as whole minutes: read as people write it, said in hours and minutes. Floats nowhere."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

_CLOCK = re.compile(r"(\d{1,7}):([0-5]\d)")
_WORDS = re.compile(
    r"(?:(\d{1,7}(?:[.,]\d{1,4})?)\s*(?:h|hours?|$))?\s*(?:(\d{1,9})\s*(?:m|min|minutes?))?", re.IGNORECASE
)


class NotTime(ValueError):
    """The text is no length of time; the message says what would be."""


def format_minutes(minutes: int) -> str:
    """450 is "7 h 30 min"; whole hours stand alone, and thousands of them are grouped."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "\u2212" if minutes < 0 else ""
    if not rest:
        return _("%(sign)s%(hours)s h") % {"sign": sign, "hours": f"{hours:,}"}
    if not hours:
        return _("%(sign)s%(minutes)d min") % {"sign": sign, "minutes": rest}
    return _("%(sign)s%(hours)s h %(minutes)d min") % {"sign": sign, "hours": f"{hours:,}", "minutes": rest}


def parse_minutes(text: str) -> int:
    """Minutes of "7:30", "7.5", "7,5 h", "7 h 30 min" or "30 min". Raises NotTime for anything else, and for less than
    whole minutes."""
    given = text.strip()
    clock = _CLOCK.fullmatch(given)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    words = _WORDS.fullmatch(given)
    if not given or words is None:
        raise NotTime(_("Write hours, for example 7.5 or 7:30."))
    minutes = Decimal((words[1] or "0").replace(",", ".")) * 60 + int(words[2] or 0)
    if minutes != int(minutes):
        raise NotTime(_("Write whole minutes, for example 7:20."))
    return int(minutes)
