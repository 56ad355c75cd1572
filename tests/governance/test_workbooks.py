"""Tables as a workbook: what goes out is read back the same, and nothing in it is a formula or markup."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.sheets import workbooks
from governance.sheets.workbooks import Sheet

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(["=1+1", "<b>&", " two ", "數字", "a\nb"])
CELLS = st.one_of(st.none(), TEXT, st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9, allow_nan=False))


def read(content: bytes) -> list[tuple[str, list[list[object]]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        named = [sheet.get("name", "") for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]
        return [
            (name, [[_value(cell) for cell in row] for row in _rows(book, number)])
            for number, name in enumerate(named, start=1)
        ]


def _rows(book: zipfile.ZipFile, number: int) -> list[list[ET.Element]]:
    root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    assert root.find(f".//{MAIN}f") is None, "no formula"
    return [list(row) for row in root.iter(f"{MAIN}row")]


def _value(cell: ET.Element) -> object:
    number = cell.find(f"{MAIN}v")
    if number is not None:
        return float(number.text or "")
    text = cell.find(f"{MAIN}is/{MAIN}t")
    return None if text is None else text.text or ""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_what_goes_out_is_read_back_the_same(rows: list[list[workbooks.Cell]]) -> None:
    ((name, found),) = read(workbooks.written([Sheet("Table", ["a", "b", "c"], rows)]))
    assert name == "Table"
    assert found == [["a", "b", "c"], *rows]


def test_names_are_those_that_a_workbook_takes() -> None:
    names = ["Kept, by month: of/promise*", "x" * 40, "X" * 40, "", "A", "a"]
    found = [name for name, _rows in read(workbooks.written([Sheet(name, ["h"], []) for name in names]))]
    assert found[0] == "Kept, by month  of promise"
    assert all(0 < len(name) <= workbooks.MOST_NAME for name in found)
    assert len({name.casefold() for name in found}) == len(names)


def test_the_same_tables_make_the_same_file_and_no_table_makes_none() -> None:
    sheets = [Sheet("A", ["h"], [[1, "few"]])]
    assert workbooks.written(sheets) == workbooks.written(sheets)
    with pytest.raises(ValueError, match="has a sheet"):
        workbooks.written([])


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert read(workbooks.written([Sheet("A", ["h"], [["a\x00\x1fb\ufffe"]])]))[0][1][1] == ["ab"]
