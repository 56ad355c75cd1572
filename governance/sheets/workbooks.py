"""Tables as one XLSX workbook, a sheet each. Pure: the same tables give the same bytes.

XlsxWriter writes the file; it is loaded where it is first needed, since it costs every process that never writes one.
Text is written as text: nothing becomes a formula, a link or a number by how it looks (OWASP, "CSV Injection").
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.text import capfirst

from governance.sheets.tables import Column

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
"""What a cell holds; None leaves it empty."""
MOST_NAME = 31
"""Letters in the name of a sheet."""
LONGEST_CELL = 32_767
WIDEST = 60
_MADE = datetime(1980, 1, 1)  # noqa: DTZ001 - stands in a file for nobody's moment
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,4})?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A name, the words of its header, and its rows. ``lead`` are lines above the header."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    lead: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table that goes out as CSV, too: ``name`` in addresses, ``title`` for readers, rows by the names of columns.

    ``numbers`` are the columns whose cells a spreadsheet calculates with, where they hold plain figures ("12.50").
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, str]]
    numbers: frozenset[str] = frozenset()

    def sheet(self) -> Sheet:
        """The header is in words, for people; the CSV has the names of the columns, which no language changes."""
        return Sheet(
            self.title,
            [capfirst(str(column.label)) for column in self.columns],
            [[self._cell(column.name, row.get(column.name, "")) for column in self.columns] for row in self.rows],
        )

    def _cell(self, name: str, value: str) -> Cell:
        return float(value) if name in self.numbers and _NUMBER.fullmatch(value) else value or None


def day(moment: datetime | None, zone: ZoneInfo) -> str:
    """The day of a moment by its reader's clock, as a cell; empty where there is none."""
    return moment.astimezone(zone).date().isoformat() if moment is not None else ""


def workbook(sheets: Iterable[Sheet], *, at: datetime | None = None) -> bytes:
    """The file; ``at`` stands in it as the moment at which it was made. Raises ValueError for no sheet at all."""
    import xlsxwriter  # noqa: PLC0415 - slow third-party import, paid only when something is written

    listed = list(sheets)
    if not listed:
        raise ValueError("a workbook has at least one sheet")
    out = io.BytesIO()
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    book = xlsxwriter.Workbook(out, {"in_memory": True, **dict.fromkeys(never, False)})
    book.set_properties({"created": (at or _MADE).replace(tzinfo=None)})
    bold, plain = (book.add_format({"valign": "top", "text_wrap": True, "bold": is_head}) for is_head in (True, False))
    for name, sheet in zip(_names([sheet.name for sheet in listed]), listed, strict=True):
        page = book.add_worksheet(name)
        head = [[line] for line in sheet.lead] + ([sheet.head] if sheet.head else [])
        for number, row in enumerate([*head, *sheet.rows]):
            for place, value in enumerate(row):
                _write(page, number, place, value, bold if number < len(head) else plain)
        for place in range(len(sheet.head)):
            table = [sheet.head, *sheet.rows]
            widest = max(_width(row[place]) for row in table if place < len(row))
            page.set_column(place, place, min(WIDEST, max(10, widest + 2)))
        if sheet.head:
            page.freeze_panes(len(head), 0)
    book.close()
    return out.getvalue()


def _write(page: "object", row: int, place: int, value: Cell, style: object) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(row, place, value, style)  # type: ignore[attr-defined]  # XlsxWriter has no types
    elif value is not None and (text := _NOT_IN_XML.sub("", str(value))[:LONGEST_CELL]):
        page.write_string(row, place, text, style)  # type: ignore[attr-defined]


def _width(value: Cell) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(value if value is not None else ""))


def _names(wanted: Sequence[str]) -> list[str]:
    """Names that a workbook takes: short, without its own signs, each once whatever the case of its letters."""
    found: list[str] = []
    for number, given in enumerate(wanted, start=1):
        name = _NOT_IN_NAMES.sub(" ", _NOT_IN_XML.sub("", given)).strip("' ")[:MOST_NAME].strip("' ") or f"{number}"
        if name.casefold() in {known.casefold() for known in found}:
            name = f"{name[: MOST_NAME - 4]} {number}"
        found.append(name)
    return found
