"""Tables as one XLSX file, a sheet each. Pure. The same tables give the same bytes, so that a file can be made again.

Every cell is a text or a whole number; nothing is a formula, so nothing runs (OWASP, "CSV Injection"). The parts are
those of ECMA-376 that a spreadsheet needs to open it, and a style for the header.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LONGEST_NAME = 31
LONGEST_CELL = 32_767
WIDEST = 60
# Signs that XML 1.0 cannot hold at all; spreadsheets refuse the whole file for one.
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
    '<xf xfId="0"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf xfId="0" fontId="1" applyFont="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf xfId="0"><alignment vertical="top"/></xf></cellXfs></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. A cell that is an ``int`` is a number. ``lead`` are lines above the header."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    lead: Sequence[str] = ()


def workbook(sheets: Iterable[Sheet], *, at: datetime) -> bytes:
    """The file. ``at`` stands in it as the moment at which it was made. Raises ValueError for no sheet at all."""
    listed = list(sheets)
    if not listed:
        raise ValueError("a workbook has at least one sheet")
    names = _names([sheet.name for sheet in listed])
    numbers = range(1, len(listed) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, names, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        + f'<Relationship Id="r{len(listed) + 1}" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": _sheet(sheet) for n, sheet in zip(numbers, listed, strict=True)},
    }
    out = BytesIO()
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the file says on which kind of machine it was made
            parcel.writestr(entry, _HEADER + content)
    return out.getvalue()


def _names(wanted: Sequence[str]) -> list[str]:
    """Names as spreadsheets take them: short, without seven signs, each once."""
    found: list[str] = []
    for number, name in enumerate(wanted, start=1):
        short = re.sub(r"[\[\]:*?/\\]", " ", _ODD.sub("", name)).strip(" '")[:LONGEST_NAME] or str(number)
        if short.casefold() in {one.casefold() for one in found}:
            short = f"{short[: LONGEST_NAME - 4]} {number}"
        found.append(short)
    return found


def _sheet(sheet: Sheet) -> str:
    lines: list[tuple[list[str | int], int]] = [([line], 1) for line in sheet.lead]
    lines += [(list(sheet.head), 1)] if sheet.head else []
    lines += [(list(row), 0) for row in sheet.rows]
    columns = max((len(cells) for cells, _style in lines), default=1)
    table = [sheet.head, *sheet.rows]
    widths = [max([10, *(len(str(row[n])) + 2 for row in table if n < len(row))]) for n in range(columns)]
    drawn = "".join(
        f'<row r="{n}">{"".join(_cell(cell, n, place, style) for place, cell in enumerate(cells))}</row>'
        for n, (cells, style) in enumerate(lines, start=1)
    )
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{min(width, WIDEST)}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><cols>{cols}</cols><sheetData>{drawn}</sheetData></worksheet>'


def _cell(value: str | int, row: int, place: int, style: int) -> str:
    reference = f"{_column(place)}{row}"
    if isinstance(value, int):
        return f'<c r="{reference}" s="2"><v>{value}</v></c>'
    text = _ODD.sub("", value)[:LONGEST_CELL]
    if not text:
        return ""
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _column(place: int) -> str:
    name, rest = "", place + 1
    while rest:
        rest, sign = divmod(rest - 1, 26)
        name = chr(65 + sign) + name
    return name
