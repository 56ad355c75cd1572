"""Small XLSX files for tests, written part by part so that a test can write a wrong one."""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from actions.importing.spreadsheets import rows_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="Log" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
)
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def cell(value: Any, place: str) -> str:
    """A text, a number, ``("day", serial number)`` or ``("formula", formula, what it showed)``."""
    if isinstance(value, tuple) and value[0] == "day":
        return f'<c r="{place}" s="1"><v>{value[1]}</v></c>'
    if isinstance(value, tuple):
        return f'<c r="{place}" t="str"><f>{escape(value[1])}</f><v>{escape(value[2])}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def sheet(rows: Sequence[Sequence[Any]]) -> str:
    lines = "".join(
        f'<row r="{number}">'
        + "".join(cell(value, f"{chr(65 + place)}{number}") for place, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def workbook(rows: Sequence[Sequence[Any]] = (), **parts: str) -> BytesIO:
    """An XLSX of these rows. ``parts`` replaces a part: ``sheet``, ``strings``, ``styles``."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/workbook.xml", WORKBOOK)
        parcel.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        parcel.writestr("xl/styles.xml", parts.get("styles") or STYLES)
        parcel.writestr("xl/worksheets/sheet1.xml", parts.get("sheet") or sheet(rows))
        if "strings" in parts:
            parcel.writestr("xl/sharedStrings.xml", parts["strings"])
    file.seek(0)
    return file


def sheets_of(content: bytes) -> list[list[list[str]]]:
    """Every sheet of a workbook that the house wrote, each read as the first of a file of its own."""
    found = []
    with zipfile.ZipFile(BytesIO(content)) as parcel:
        names = [name for name in parcel.namelist() if name.startswith("xl/worksheets/sheet")]
        for number in range(1, len(names) + 1):
            alone = BytesIO()
            with zipfile.ZipFile(alone, "w") as copy:
                for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"):
                    copy.writestr(part, parcel.read(part))
                copy.writestr("xl/worksheets/sheet1.xml", parcel.read(f"xl/worksheets/sheet{number}.xml"))
            alone.seek(0)
            found.append(rows_of(alone, 10_000_000))
    return found


def headings_of(content: bytes) -> list[list[str]]:
    """The header of every sheet of a workbook that the house wrote: the last row that stays when one scrolls."""
    found = []
    with zipfile.ZipFile(BytesIO(content)) as parcel:
        for number, rows in enumerate(sheets_of(content), start=1):
            frozen = re.search(r'<pane ySplit="(\d+)"', parcel.read(f"xl/worksheets/sheet{number}.xml").decode())
            found.append(rows[int(frozen[1]) - 1] if frozen is not None else [])
    return found
