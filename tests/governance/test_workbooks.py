"""Tables as XLSX: what is written is read again, as text and numbers, and nothing in it is a formula."""

import io
import zipfile
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from actions.importing.spreadsheets import rows_of
from governance.sheets.tables import Column
from governance.sheets.workbooks import Sheet, workbook

COLUMNS = [Column(name, name.title()) for name in ("department", "planned", "spent")]


def test_what_is_written_is_read_again() -> None:
    rows = [
        {"department": 'Claims <& "co">', "planned": "1200.50", "spent": "0"},
        {"department": "数字", "planned": "", "spent": "-3.00"},
    ]
    file = workbook([Sheet("given", "By department", COLUMNS, rows, frozenset({"planned", "spent"}))])
    read = rows_of(io.BytesIO(file), 100)
    assert read[0] == ["department", "planned", "spent"]
    assert read[1][0] == 'Claims <& "co">'
    assert [float(read[1][1]), float(read[1][2])] == [1200.5, 0]
    assert read[2][0] == "数字"


def test_titles_are_short_and_each_once_and_the_same_tables_are_the_same_bytes() -> None:
    sheets = [Sheet("a", f"What it is owed / owes: {'x' * 40}", COLUMNS, [])] * 3
    file = workbook(sheets)
    assert file == workbook(sheets)
    with zipfile.ZipFile(io.BytesIO(file)) as parcel:
        book = ElementTree.fromstring(parcel.read("xl/workbook.xml"))
    titles = [one.attrib["name"] for one in book.iter() if one.tag.endswith("}sheet")]
    assert len(set(titles)) == 3
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=30))
def test_no_text_becomes_a_formula_or_breaks_the_file(cells: list[str]) -> None:
    rows = [{"department": cell, "planned": cell, "spent": "=1+1"} for cell in cells]
    file = workbook([Sheet("a", "A", COLUMNS, rows, frozenset({"planned"}))])
    with zipfile.ZipFile(io.BytesIO(file)) as parcel:
        sheet = ElementTree.fromstring(parcel.read("xl/worksheets/sheet1.xml"))
    tags = {one.tag.rpartition("}")[2] for one in sheet.iter()}
    assert "f" not in tags
    assert len([one for one in sheet.iter() if one.tag.endswith("}row")]) == len(rows) + 1
