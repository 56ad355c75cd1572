"""Money as integer minor units with an ISO 4217 code. Decimal exists only here, at the edges; floats nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

# ISO 4217, currencies whose minor unit is not a hundredth. Everything else has two places.
# Note: the Ouguiya and Ariary divide into fifths, and ISO still lists two places for both.
EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

SYMBOLS: Final[dict[str, str]] = {
    "EUR": "€",
    "GBP": "£",
    "USD": "US$",
    "CNY": "CN¥",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "CA$",
    "NZD": "NZ$",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "VND": "₫",
    "PHP": "₱",
    "TRY": "₺",
    "UAH": "₴",
}
HOME_SYMBOLS: Final[dict[tuple[str, str], str]] = {
    ("en", "USD"): "$",
    ("en", "JPY"): "¥",
    ("zh", "CNY"): "¥",
    ("ja", "JPY"): "¥",
}

MOST: Final = 10**12
"""Minor units: the most that a rule, a decision or an authority may name. Both databases can add many of them up."""

NBSP: Final = "\u00a0"
NARROW: Final = "\u202f"
MINUS: Final = "\u2212"


@dataclass(frozen=True, slots=True)
class Style:
    """How one language writes an amount: between thousands, before decimals, and where the symbol stands."""

    group: str
    point: str
    symbol_first: bool
    gap: str


ENGLISH: Final = Style(",", ".", symbol_first=True, gap="")
STYLES: Final[dict[str, Style]] = {
    "de": Style(".", ",", symbol_first=False, gap=NBSP),
    "es": Style(".", ",", symbol_first=False, gap=NBSP),
    "fr": Style(NARROW, ",", symbol_first=False, gap=NBSP),
    "it": Style(".", ",", symbol_first=False, gap=NBSP),
    "nl": Style(".", ",", symbol_first=True, gap=NBSP),
    "sv": Style(NBSP, ",", symbol_first=False, gap=NBSP),
}


class NotMoney(ValueError):
    """The text is no amount of this currency; the message says what would be."""


def exponent(code: str) -> int:
    """Decimal places of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return EXPONENTS.get(code.upper(), 2)


def format_minor(minor: int, code: str, language: str = "en", *, whole: bool = False) -> str:
    """An amount in words for a reader: 399900, EUR -> "€3,999.00". `whole` drops the minor part when it is nothing."""
    code, base = code.upper(), language.lower().split("-")[0].split("_")[0]
    style, places = STYLES.get(base, ENGLISH), exponent(code)
    units, rest = divmod(abs(minor), 10**places)
    text = f"{units:,}".replace(",", style.group)
    if places and not (whole and rest == 0):
        text += f"{style.point}{rest:0{places}d}"
    symbol = HOME_SYMBOLS.get((base, code)) or SYMBOLS.get(code)
    sign = MINUS if minor < 0 else ""
    if not style.symbol_first:
        return f"{sign}{text}{style.gap}{symbol or code}"
    if symbol is None:
        return f"{sign}{code}{NBSP}{text}"
    return f"{sign}{symbol}{style.gap}{text}"


def plain_minor(minor: int, code: str) -> str:
    """An amount in figures alone, as a sheet calculates with it: 399900, EUR -> "3999.00"; 3999, JPY -> "3999"."""
    places = exponent(code)
    units, rest = divmod(abs(minor), 10**places)
    sign = "-" if minor < 0 else ""
    return f"{sign}{units}.{rest:0{places}d}" if places else f"{sign}{units}"


def parse_minor(text: str, code: str) -> int:
    """What a person typed, as minor units: "€3,999.00", "3.999,00" and "3 999" in EUR are all 399900.

    The last separator is the decimal one, unless exactly three digits follow it and the currency has no three places.
    Raises NotMoney for anything else, and for more places than the currency has: money is never rounded silently.
    """
    places = exponent(code)
    stripped = text.strip()
    sign = -1 if stripped[:1] in {"-", MINUS} or (stripped[:1] == "(" and stripped[-1:] == ")") else 1
    for known in (
        code.upper(),
        SYMBOLS.get(code.upper(), ""),
        *(s for (_l, c), s in HOME_SYMBOLS.items() if c == code.upper()),
    ):
        if known:
            stripped = re.sub(re.escape(known), "", stripped, flags=re.IGNORECASE)
    digits = re.sub(r"[\s\u00a0\u202f'’()\-\u2212]", "", stripped)
    if not re.fullmatch(r"[0-9][0-9.,]*", digits):
        raise NotMoney(
            _("Write an amount in figures, for example %(example)s.") % {"example": format_minor(123450, code)}
        )
    units, fraction = _split(digits, places)
    if len(fraction) > places:
        raise NotMoney(
            _("%(code)s has %(places)s decimal places, for example %(example)s.")
            % {"code": code.upper(), "places": places, "example": format_minor(123450, code)}
        )
    amount = Decimal(f"{units}.{fraction or '0'}").scaleb(places)
    return sign * int(amount)


def _split(digits: str, places: int) -> tuple[str, str]:
    """Whole units and fraction of "1.234,50", "1,234.50", "1234,5" or "1,234"."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits, ""
    mark, before, after = digits[last], digits[:last], digits[last + 1 :]
    lone = not re.search(r"[.,]", before)
    could_group = len(after) == 3 and lone and not before.startswith("0") and len(before) <= 3
    grouping = digits.count(mark) > 1 or (could_group and (places != 3 or mark == ","))
    if grouping:
        before, after = digits, ""
    other = {".", ","} - ({mark} if not grouping else set())
    groups = re.split("[" + re.escape("".join(sorted(other))) + "]", before)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(g) != 3 for g in groups[1:])):
        raise NotMoney(
            _("It is not clear where the thousands and the decimals are. Write it like %(example)s.")
            % {"example": "1234.50"}
        )
    return "".join(groups) or "0", after
