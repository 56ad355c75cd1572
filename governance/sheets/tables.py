"""Tables: pasted text and files as rows with named cells, and rows as a file that comes back the same.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, and read without it, so that
what goes out and comes back is equal to the sign. Source of the rule: OWASP, "CSV Injection".
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from governance.errors import Invalid
from governance.plain import oddity
from governance.sheets import reading

MOST_ROWS = 5_000
"""How many rows one sheet may have: ten times a large department, and read in well under a second."""

ENCODINGS = ("gb18030", "big5", "shift_jis", "windows-1252", "iso-8859-15")
"""What may be stated where a file is neither UTF-8 nor marked."""

_SEPARATORS = ("\t", ";", ",")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_INSIDE = re.compile(r"([;\t][ \"]*)('*[=+\-@＝＋－＠])")
_GUARDED_INSIDE = re.compile(r"([;\t][ \"]*)'('*[=+\-@＝＋－＠])")
"""The same after what many spreadsheets separate cells by."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in CSV files and over the API, its label for readers (it heads workbooks), other words that
    head it in files."""

    name: str
    label: Any
    words: tuple[str, ...] = ()
    is_required: bool = False
    is_placed: bool = True
    """Whether it has a place where a sheet has no header; keys of ours are known by their header alone."""
    hint: Any = ""


def columns(**labels: Any) -> list[Column]:
    """Columns that only go out, by name and label."""
    return [Column(name, label) for name, label in labels.items()]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins (1 is the first), and its cells by column name. A column that the sheet
    does not have is absent, and is left as it is; an empty cell is ""."""

    number: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet, and the headers that no column of ours answers to."""

    rows: list[Row] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def folded(text: str) -> str:
    """How words of a sheet are compared: lower case, single blanks, no hyphen, underscore or full stop."""
    return re.sub(r"[\s_\-.:*]+", " ", text.replace("e-mail", "email").replace("E-mail", "email")).strip().casefold()


def from_bytes(content: bytes, columns: Sequence[Column], *, stated: str = "", name: str = "") -> Table:
    """The table of a file. Raises :class:`Invalid` where its encoding must be stated, or it has too many rows."""
    try:
        encoding = reading.survey(io.BytesIO(content), stated).encoding
    except Invalid as error:
        says = (
            _("This file is not %(encoding)s either. Choose another encoding, or save it as CSV in UTF-8.")
            if stated
            else _("This file is not in UTF-8. Say below which encoding it has, or save it as CSV in UTF-8.")
        )
        raise Invalid(says % {"encoding": stated.upper()}, field="encoding") from error
    return from_text(content.decode(encoding), columns, separator="\t" if name.endswith((".tsv", ".tab")) else "")


def from_text(text: str, columns: Sequence[Column], *, separator: str = "") -> Table:
    """The table of pasted or decoded text: with a header in any order, or without one in the order of the columns."""
    text = text.removeprefix("\ufeff")
    odd = oddity(text)
    if odd is not None:
        raise Invalid(
            _("Line %(line)d holds what cannot be stored: a NUL, or half a surrogate pair. Save it as CSV in UTF-8.")
            % {"line": text.count("\n", 0, odd) + 1},
            field="pasted",
        )
    records = _records(text, separator or _separator(text))
    if not records:
        raise Invalid(_("There is no row in it. Paste at least one."), field="pasted")
    named = _header(records[0][1], columns)
    if named is None:
        placed = [column.name for column in columns if column.is_placed]
        return _limited(Table([_placed(number, cells, placed) for number, cells in records]))
    unknown = [cell for cell, name in zip(records[0][1], named, strict=True) if not name and cell.strip()]
    return _limited(Table([_headed(number, cells, named) for number, cells in records[1:]], unknown))


def written(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as CSV with a header and a byte order mark, so that spreadsheets read its letters right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([column.name for column in columns])
    writer.writerows([neutral(row.get(column.name, "")) for column in columns] for row in rows)
    return f"\ufeff{out.getvalue()}"


def streamed(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The same file as :func:`written` makes, row by row as the rows are read."""
    yield written(columns, [])
    for row in rows:
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writerow([neutral(row.get(column.name, "")) for column in columns])
        yield out.getvalue()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula, nor a part of it where another sign than ours separates cells."""
    cell = _INSIDE.sub(r"\1'\2", cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """What :func:`neutral` was given."""
    cell = cell[1:] if _GUARDED.match(cell) else cell
    return _GUARDED_INSIDE.sub(r"\1\2", cell)


def _records(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """``(line, cells)`` of every row that says anything."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            raise Invalid(
                _("Line %(line)d cannot be read: %(why)s.") % {"line": line, "why": error}, field="pasted"
            ) from error
        if any(cell.strip() for cell in cells):
            found.append((line, [restored(cell) for cell in cells]))


def _separator(text: str) -> str:
    """What stands between the cells: whatever cuts the first row that says anything into the most of them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cut = {sign: _many(first, sign) for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: cut[sign])


def _many(line: str, sign: str) -> int:
    """Into how many cells a sign cuts a line; none where one of them is too long to be read."""
    try:
        return len(next(csv.reader([line], delimiter=sign), []))
    except csv.Error:
        return 0


def _header(cells: Sequence[str], columns: Sequence[Column]) -> list[str] | None:
    """The column of each cell ("" for one that is not ours), or None where this row is no header."""
    known = {
        folded(word): column.name for column in columns for word in (column.name, str(column.label), *column.words)
    }
    named = [known.get(folded(cell), "") for cell in cells]
    said = sum(bool(cell.strip()) for cell in cells)
    found = [name for name in named if name]
    if not (len(found) >= 2 or len(found) == said == 1):
        return None
    twice = next((name for name in found if found.count(name) > 1), "")
    if twice:
        raise Invalid(_("Two columns are headed “%(name)s”. Keep one of them.") % {"name": twice}, field="pasted")
    return named


def _headed(number: int, cells: Sequence[str], named: Sequence[str]) -> Row:
    said = {name: cell for name, cell in zip(named, cells, strict=False) if name}
    return Row(number, {name: said.get(name, "") for name in named if name}, _excess(cells, len(named)))


def _placed(number: int, cells: Sequence[str], placed: Sequence[str]) -> Row:
    return Row(number, dict(zip(placed, cells, strict=False)), _excess(cells, len(placed)))


def _excess(cells: Sequence[str], most: int) -> str:
    if any(cell.strip() for cell in cells[most:]):
        return _(
            "This row has %(many)d cells, and there are %(most)d columns. Put a text that holds commas into quotes."
        ) % {"many": len(cells), "most": most}
    return ""


def _limited(table: Table) -> Table:
    if len(table.rows) > MOST_ROWS:
        raise Invalid(
            _("This sheet has %(many)d rows. Send at most %(most)d at a time.")
            % {"many": len(table.rows), "most": MOST_ROWS},
            field="pasted",
        )
    return table
