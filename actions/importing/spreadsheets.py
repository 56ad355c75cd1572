"""Reading the first sheet of an XLSX file as rows of text. Pure: works on an open binary file, knows no models.

A workbook is a zip of XML that a stranger made, so nothing in it is believed: entries are counted while they are
unpacked, documents that declare entities are refused, and a formula is never worked out. What a formula showed when
the file was saved is what is read.
"""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from governance.errors import Invalid

# Unpacked bytes, rows and columns: far above what people send, far below what would hurt the machine.
MOST_BYTES = 120 * 1024 * 1024
MOST_ROWS = 300_000
MOST_COLUMNS = 200
MOST_CELLS = 6_000_000
MOST_ENTRIES = 2_000
MOST_ABOUT = 8 * 1024 * 1024  # the parts that say where the sheet lies and how it looks
CHUNK = 1 << 16

EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - days of a sheet have no zone
# Built-in number formats that are dates or times (ECMA-376, 18.8.30).
DATE_FORMATS = frozenset({*range(14, 23), *range(45, 48)})
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_CELL = re.compile(r"([A-Z]{1,3})\d+")

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, expat.ExpatError, KeyError, ValueError, OverflowError,
    NotImplementedError, RuntimeError, EOFError, OSError,
)  # fmt: skip
"""What damaged zips and wrong XML raise."""

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def is_workbook(start: bytes) -> bool:
    """Whether a file begins as a zip does."""
    return start.startswith(b"PK\x03\x04")


def rows_of(file: BinaryIO, most: int) -> list[list[str]]:
    """The first sheet's rows, each as long as its last filled cell. Raises :class:`Invalid` at ``file``, also for more
    than ``most`` characters: a string that many cells share is short in the file and long as rows."""
    try:
        with zipfile.ZipFile(file) as parcel:
            return _read(parcel, Gathered(most))
    except UNREADABLE as error:
        raise Invalid(
            _("This is no spreadsheet that can be read. Save it as CSV (UTF-8) instead."), field="file"
        ) from error


def _read(parcel: zipfile.ZipFile, gathered: "Gathered") -> list[list[str]]:
    entries = parcel.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise too_big()
    names = {entry.filename for entry in entries}
    book = _Book()
    _walk(parcel, "xl/workbook.xml", book.start, most=MOST_ABOUT)
    links = _Links()
    _walk(parcel, "xl/_rels/workbook.xml.rels", links.start, most=MOST_ABOUT)
    sheet = links.found.get(book.first, "worksheets/sheet1.xml")
    sheet = sheet.lstrip("/") if sheet.startswith("/") else f"xl/{sheet}"
    shared, styles = _Shared(), _Styles()
    if "xl/sharedStrings.xml" in names:
        _walk(parcel, "xl/sharedStrings.xml", shared.start, shared.end, shared.text)
    if "xl/styles.xml" in names:
        _walk(parcel, "xl/styles.xml", styles.start, styles.end, most=MOST_ABOUT)
    cells = _Sheet(shared.strings, styles.dates(), EPOCHS[book.is_from_1904], gathered)
    _walk(parcel, sheet, cells.start, cells.end, cells.text)
    return cells.rows


def _walk(
    parcel: zipfile.ZipFile,
    name: str,
    start: Start,
    end: End | None = None,
    text: Text | None = None,
    *,
    most: int = MOST_BYTES,
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = lambda tag, attributes: start(_bare(tag), attributes)
    if end is not None:
        ends = end
        parser.EndElementHandler = lambda tag: ends(_bare(tag))
    if text is not None:
        parser.CharacterDataHandler = text
    with parcel.open(name) as stream:
        for chunk in _counted(stream, most):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _counted(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """Chunks of an entry, counted as they come: what a zip says about its sizes is not believed."""
    total = 0
    while chunk := stream.read(CHUNK):
        total += len(chunk)
        if total > most:
            raise too_big()
        yield chunk


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _no_doctype(*_said: object) -> None:
    raise Invalid(
        _("This spreadsheet declares entities, which no honest one does. Save it as CSV instead."), field="file"
    )


def too_big() -> Invalid:
    return Invalid(
        _("Unpacked, this file is too big for the browser. Split it, or take it in as CSV from the console."),
        field="file",
    )


def too_many_columns() -> Invalid:
    return Invalid(
        _("More than %(n)d columns. Leave out those that are not needed.") % {"n": MOST_COLUMNS}, field="file"
    )


@dataclass(slots=True)
class Gathered:
    """Characters and cells counted while rows are made, since a small file can say much."""

    most: int
    _signs: int = 0
    _cells: int = 0

    def add(self, row: list[str]) -> None:
        """Count a row. Raises :class:`Invalid` at ``file`` where it is one too many."""
        self._cells += len(row)
        self._signs += len(row) + sum(map(len, row))
        if self._signs > self.most or self._cells > MOST_CELLS:
            raise too_big()


@dataclass(slots=True)
class _Book:
    """Which sheet comes first, and from which year days are counted."""

    first: str = ""
    is_from_1904: bool = False

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "sheet" and not self.first and said.get("state", "visible") == "visible":
            self.first = next((value for name, value in said.items() if _bare(name) == "id"), "")
        elif tag == "workbookPr":
            self.is_from_1904 = said.get("date1904") in {"1", "true"}


@dataclass(slots=True)
class _Links:
    found: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "Relationship":
            self.found[said.get("Id", "")] = said.get("Target", "")


@dataclass(slots=True)
class _Shared:
    """Strings that cells point at; phonetic readings beside them are left out."""

    strings: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _in_text: bool = False
    _in_reading: bool = False

    def start(self, tag: str, _said: dict[str, str]) -> None:
        self._in_text = tag == "t" and not self._in_reading
        self._in_reading = self._in_reading or tag == "rPh"

    def end(self, tag: str) -> None:
        self._in_text = False
        if tag == "rPh":
            self._in_reading = False
        elif tag == "si":
            if len(self.strings) >= MOST_CELLS:
                raise too_big()
            self.strings.append("".join(self._parts))
            self._parts.clear()

    def text(self, words: str) -> None:
        if self._in_text:
            self._parts.append(words)


@dataclass(slots=True)
class _Styles:
    """Which cell formats show a number as a date."""

    _custom: dict[int, str] = field(default_factory=dict)
    _formats: list[int] = field(default_factory=list)
    _in_cells: bool = False

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "numFmt":
            self._custom[int(said.get("numFmtId", 0))] = said.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            self._formats.append(int(said.get("numFmtId", 0)))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._in_cells = False

    def dates(self) -> frozenset[int]:
        return frozenset(place for place, number in enumerate(self._formats) if self._is_date(number))

    def _is_date(self, number: int) -> bool:
        code = _LITERAL.sub("", self._custom.get(number, ""))
        return number in DATE_FORMATS or bool(re.search(r"[dyDY]|[hH]", code))


class _Sheet:
    """Cells gathered into rows."""

    def __init__(self, strings: list[str], dates: frozenset[int], epoch: datetime, gathered: Gathered) -> None:
        self.rows: list[list[str]] = []
        self._strings, self._dates, self._epoch, self._gathered = strings, dates, epoch, gathered
        self._row: list[str] = []
        self._place, self._kind, self._style = 0, "", 0
        self._value: list[str] = []
        self._is_read = False

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "row":
            self._row = []
        elif tag == "c":
            self._place = _column(said.get("r", "")) if said.get("r") else len(self._row)
            if self._place >= MOST_COLUMNS:
                raise too_many_columns()
            self._kind, self._style = said.get("t", "n"), int(said.get("s") or 0)
            self._value = []
        self._is_read = tag in {"v", "t"}

    def end(self, tag: str) -> None:
        self._is_read = False
        if tag == "c":
            self._row.extend([""] * (self._place + 1 - len(self._row)))
            self._row[self._place] = self._said("".join(self._value))
        elif tag == "row":
            if len(self.rows) >= MOST_ROWS:
                raise too_big()
            while self._row and not self._row[-1]:
                self._row.pop()
            self._gathered.add(self._row)
            self.rows.append(self._row)

    def text(self, words: str) -> None:
        if self._is_read:
            self._value.append(words)

    def _said(self, value: str) -> str:
        if self._kind == "s":
            place = int(value) if value.isdigit() else -1
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if self._kind == "e":  # an error such as #REF! says nothing
            return ""
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self._kind == "n" and value:
            return self._number(value)
        return value

    def _number(self, value: str) -> str:
        try:
            number = float(value)
            if self._style in self._dates and 1 <= number < 2_958_466:
                moment = self._epoch + timedelta(seconds=round(number * 86_400))
                return moment.date().isoformat() if number == int(number) else moment.isoformat(sep=" ")
            return str(int(number)) if number == int(number) and abs(number) < 1e15 else value
        except (ValueError, OverflowError):
            return value


def _column(reference: str) -> int:
    found = _CELL.fullmatch(reference)
    place = 0
    for letter in found[1] if found else "A":
        place = place * 26 + ord(letter) - 64
    return place - 1
