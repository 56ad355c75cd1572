"""Tables as a workbook: what goes out is read back the same, nothing runs, and the same tables give the same bytes."""

import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.importing.spreadsheets import rows_of
from governance.sheets.tables import Column, written
from governance.sheets.workbooks import MOST_NAME, Cell, Sheet, Table, workbook

AT = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
WORDS = st.text("ab =+-'\"<&>@1０漢字é😀", min_size=1, max_size=12) | st.sampled_from(
    ["=1+1", "https://e.example", "007"]
)
COLUMNS = [Column(name, name.replace("planned", "set aside")) for name in ("department", "planned", "spent")]


def read(made: bytes) -> list[list[str]]:
    """The first sheet, as this house reads files that others send."""
    rows = rows_of(io.BytesIO(made), 1_000_000)
    return [[cell.strip() for cell in row] for row in rows]


def parts(made: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(made)) as parcel:
        return {name: parcel.read(name).decode() for name in parcel.namelist()}


def names(made: bytes) -> list[str]:
    book = ElementTree.fromstring(parts(made)["xl/workbook.xml"])
    return [one.attrib["name"] for one in book.iter() if one.tag.endswith("}sheet")]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(WORDS | st.integers(-(10**9), 10**9), min_size=2, max_size=4), min_size=1, max_size=6))
def test_what_goes_out_is_read_back_the_same(rows: list[list[Cell]]) -> None:
    made = workbook([Sheet("Table", ("first", "second"), rows)], at=AT)

    def trimmed(cells: list[str]) -> list[str]:
        while cells and not cells[-1]:
            cells = cells[:-1]
        return cells

    told = [trimmed(row) for row in read(made)]
    wanted = [trimmed([str(cell).strip() for cell in row]) for row in rows]
    assert told[0] == ["first", "second"]
    assert [row for row in told[1:] if row] == [row for row in wanted if row]
    assert workbook([Sheet("Table", ("first", "second"), rows)], at=AT) == made
    assert not [text for text in parts(made).values() if "<f>" in text or "<hyperlink" in text]


def test_numbers_are_numbers_and_what_xml_cannot_hold_is_left_out() -> None:
    made = workbook([Sheet("T", ("a",), [[42], [1.5], ["\x00\x0bodd\ufffe"], [None]], lead=("Above",))], at=AT)
    assert read(made)[:5] == [["Above"], ["a"], ["42"], ["1.5"], ["odd"]]
    assert "<v>42</v>" in parts(made)["xl/worksheets/sheet1.xml"]


def test_names_are_those_that_a_workbook_takes() -> None:
    wanted = ["Kept, by month: of/promise*", "x" * 40, "X" * 40, "", "'", "A", "a", f"{'y' * 30} '"]
    told = names(workbook([Sheet(name, ["h"], []) for name in wanted]))
    assert told[0] == "Kept, by month  of promise"
    assert all(0 < len(name) <= MOST_NAME and not set(name) & set("[]:*?/\\") for name in told)
    assert len({name.casefold() for name in told}) == len(wanted)
    with pytest.raises(ValueError, match="at least one"):
        workbook([])


def test_a_table_goes_out_with_its_figures_as_numbers() -> None:
    rows = [
        {"department": 'Claims <& "co">', "planned": "1200.50", "spent": "0"},
        {"department": "数字", "planned": "", "spent": "-3.00"},
        {"department": "=1+1", "planned": "few", "spent": "=2"},
    ]
    table = Table("given", "By department", COLUMNS, rows, frozenset({"planned", "spent"}))
    told = read(workbook([table.sheet()]))
    assert told[0] == ["Department", "Set aside", "Spent"], "in words, as a reader reads them"
    assert written(COLUMNS, rows).splitlines()[0] == '\ufeff"department","planned","spent"', "and by name for programs"
    assert told[1] == ['Claims <& "co">', "1200.5", "0"]
    assert told[2] == ["数字", "", "-3"]
    assert told[3] == ["=1+1", "few", "=2"]
