"""Tables as an XLSX workbook: a sheet each, a header that stays in sight, numbers as numbers. Pure.

Only what a table needs is written (ECMA-376, part 1): text stands in its cell, so a formula is never made of it.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | float | None
"""What a cell holds; None leaves it empty."""

MOST_NAME = 31
"""Letters in the name of a sheet."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The same tables make the same file, whenever they are written."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


CONTENT_TYPE = f"{_KIND}.sheet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A name, the words of its header, and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def written(sheets: Sequence[Sheet]) -> bytes:
    """The workbook. Raises :class:`ValueError` without a sheet: no program opens an empty one."""
    if not sheets:
        raise ValueError("a workbook has a sheet")
    names = _names(sheets)
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
                for n in numbers
            )
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(
                f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
                for n, name in zip(numbers, names, strict=True)
            )
            + "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n in numbers
            )
            + f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            '<cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>'
        ),
    }
    for n, sheet in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(sheet)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for path, text in parts.items():
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(entry, _HEAD + text)
    return made.getvalue()


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Names that a workbook takes: short, without its own signs, each once whatever the case of its letters."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        name = _NOT_IN_NAMES.sub(" ", _NOT_IN_XML.sub("", sheet.name)).strip("' ")[:MOST_NAME] or f"{number}"
        if name.casefold() in {known.casefold() for known in found}:
            name = f"{name[: MOST_NAME - 4]} {number}"
        found.append(name)
    return found


def _sheet(sheet: Sheet) -> str:
    widths = [
        max((_width(row[place]) for row in [sheet.header, *sheet.rows] if place < len(row)), default=8)
        for place in range(len(sheet.header))
    ]
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{min(60, width + 2)}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    rows = "".join(
        f"<row>{''.join(_cell(value, is_head=number == 0) for value in row)}</row>"
        for number, row in enumerate([sheet.header, *sheet.rows])
    )
    view = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{view}</sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{rows}</sheetData></worksheet>"
    )


def _width(value: Cell) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(value if value is not None else ""))


def _cell(value: Cell, *, is_head: bool) -> str:
    style = ' s="1"' if is_head else ""
    if value is None:
        return f"<c{style}/>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<c{style}><v>{value}</v></c>"
    text = escape(_NOT_IN_XML.sub("", str(value)))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'
