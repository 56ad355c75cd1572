"""Tables as one XLSX workbook, a table a sheet: what ECMA-376 asks for at least, written with the standard library.

Cells are text or numbers, never formulas: text is inline (``t="inlineStr"``), which no program works out.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from governance.sheets.tables import Column

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,4})?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_DAY = (1980, 1, 1, 0, 0, 0)
"""Written into the archive instead of the hour: the same tables are the same bytes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: ``name`` in addresses, ``title`` for readers, and its rows by the names of its columns.

    ``numbers`` are the columns whose cells a spreadsheet calculates with, where they hold plain figures ("12.50").
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, str]]
    numbers: frozenset[str] = frozenset()


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The tables as an XLSX file."""
    listed = list(sheets)
    titles = _titles(listed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, body: str) -> None:
            entry = zipfile.ZipInfo(path, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _HEAD + body)

        put("[Content_Types].xml", _types(len(listed)))
        put(
            "_rels/.rels",
            f'<Relationships xmlns="{_PARTS}/relationships"><Relationship Id="rId1" Type="{_LINKS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
            for number, title in enumerate(titles, start=1)
        )
        put("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{named}</sheets></workbook>')
        linked = "".join(
            f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(listed) + 1)
        )
        put("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PARTS}/relationships">{linked}</Relationships>')
        for number, sheet in enumerate(listed, start=1):
            put(f"xl/worksheets/sheet{number}.xml", "".join(_body(sheet)))
    return out.getvalue()


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """At most 31 letters, none of ``[]:*?/\\``, each once: spreadsheets ask for that."""
    made: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        title = _ILLEGAL.sub("", _FORBIDDEN.sub(" ", sheet.title)).strip("' ")[:31] or str(number)
        if title.casefold() in {one.casefold() for one in made}:
            title = f"{title[:27]} {number}"
        made.append(title)
    return made


def _types(many: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for number in range(1, many + 1)
    )
    return (
        f'<Types xmlns="{_PARTS}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{sheets}</Types>"
    )


def _body(sheet: Sheet) -> Iterator[str]:
    yield (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>'
    )
    for place, column in enumerate(sheet.columns, start=1):
        widest = max([len(str(column.label)), *(len(row.get(column.name, "")) for row in sheet.rows[:200])])
        yield f'<col min="{place}" max="{place}" width="{min(max(widest + 2, 8), 60)}" customWidth="1"/>'
    yield "</cols><sheetData>"
    header = {column.name: column.name for column in sheet.columns}
    for line, row in enumerate([header, *sheet.rows], start=1):
        yield f'<row r="{line}">'
        for place, column in enumerate(sheet.columns):
            cell = row.get(column.name, "")
            is_number = line > 1 and column.name in sheet.numbers and _NUMBER.fullmatch(cell)
            if is_number:
                yield f'<c r="{_letters(place)}{line}"><v>{cell}</v></c>'
            elif cell:
                said = escape(_ILLEGAL.sub("", cell))
                yield f'<c r="{_letters(place)}{line}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
        yield "</row>"
    yield "</sheetData></worksheet>"


def _letters(place: int) -> str:
    """The name of a column, counted from nothing: A, B, ..., Z, AA."""
    above, rest = divmod(place, 26)
    return (_letters(above - 1) if above else "") + chr(ord("A") + rest)
