"""Numbers of metrics: integers with a stored scale, so that 71.4 stays 71.4 on every engine. Pure."""

import re
from decimal import Decimal, localcontext

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from governance.models.metrics import Unit
from governance.money import format_minor

MOST = 10**15
"""Beyond any metric, within a 64-bit integer."""

_WRITTEN = re.compile(r"[+\-−]?(?:[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?")


class NotANumber(ValueError):
    """What was written is no number of this scale; the message says what would be."""


def parse_scaled(written: str, scale: int) -> int:
    """A number as people write it ("71.4", "71,4", "-3", "12 000"), in the scale. Raises :class:`NotANumber`."""
    text = written.strip().removesuffix("%").strip()
    if not _WRITTEN.fullmatch(text):
        raise NotANumber(_("Write a number, such as 71.4 or 12 000."))
    text = re.sub(r"[ \u00a0\u202f]", "", text).replace("−", "-").replace(",", ".")
    with localcontext() as context:
        context.prec = 40
        shifted = Decimal(text).scaleb(scale)
        if shifted != shifted.to_integral_value():
            raise NotANumber(_("This metric has %(scale)d decimals. Write no more of them.") % {"scale": scale})
        if abs(shifted) > MOST:
            raise NotANumber(_("This number is too large for a metric."))
        return int(shifted)


def plain(value: int, scale: int) -> str:
    """The number with a point and all its decimals, for programs: 714 in scale 1 is "71.4"."""
    return f"{Decimal(value).scaleb(-scale):.{scale}f}"


def in_words(value: int, unit: str, scale: int, currency: str = "") -> str:
    """The number as a reader expects it, with its unit."""
    if unit == Unit.MONEY:
        return format_minor(value, currency)
    shown = number_format(Decimal(value).scaleb(-scale), decimal_pos=scale, use_l10n=True, force_grouping=True)
    if unit == Unit.PERCENT:
        return f"{shown} %"
    if unit == Unit.NPS:
        return f"+{shown}" if value > 0 else shown
    if unit == Unit.MINUTES:
        return _("%(number)s min") % {"number": shown}
    return shown


def share(numerator: int, denominator: int, scale: int) -> int:
    """Percent of a whole in the scale, halves rounded up: 1 of 3 with one decimal is 333."""
    return int((2 * 100 * 10**scale * numerator + denominator) // (2 * denominator))


def number_in_words(value: float, decimals: int = 1) -> str:
    """A plain ratio as a reader writes it: 1.5 is 1,5 in German."""
    return number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True)
