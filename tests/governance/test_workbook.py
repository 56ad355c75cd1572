"""Workbooks that are written: what goes in comes out, nothing runs, and the same tables give the same bytes."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.importing.spreadsheets import rows_of
from governance.sheets.workbook import Sheet, workbook

AT = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
WORDS = st.text("ab =+-'\"<&>1０漢字é😀", max_size=12)


@given(st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1, max_size=6))
def test_what_is_written_is_read_again(rows):
    made = workbook([Sheet("Table", ("first", "second"), rows)], at=AT)

    def trimmed(cells: list[str]) -> list[str]:
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        return [cell.strip() for cell in cells]

    read = [trimmed(row) for row in rows_of(BytesIO(made), 1_000_000)]
    assert read[0] == ["first", "second"]
    assert [row for row in read[1:] if row] == [row for row in map(trimmed, rows) if row]
    assert workbook([Sheet("Table", ("first", "second"), rows)], at=AT) == made


def test_nothing_is_a_formula_and_numbers_are_numbers():
    made = workbook([Sheet("T", ("a",), [["=1+1"], [42], ["\x00\x0bodd"]])], at=AT)
    sheet = zipfile.ZipFile(BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>42</v>" in sheet
    assert [row[0] for row in rows_of(BytesIO(made), 1_000)] == ["a", "=1+1", "42", "odd"]


def test_names_of_sheets_are_as_spreadsheets_take_them():
    names = ["A/B: what [is] *this*? and much longer than thirty-one signs", "'", "Same", "same"]
    made = workbook([Sheet(name, (), [["x"]]) for name in names], at=AT)
    book = ElementTree.fromstring(zipfile.ZipFile(BytesIO(made)).read("xl/workbook.xml"))
    told = [one.attrib["name"] for one in book.iter() if one.tag.endswith("}sheet")]
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in told)
    assert len({name.casefold() for name in told}) == len(names)
    with pytest.raises(ValueError, match="at least one"):
        workbook([], at=AT)
