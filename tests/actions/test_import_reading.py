"""Files as they come: encodings, lines, dates. None of it needs a database."""

from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actions.importing import mapping as mappings
from actions.importing.dates import Dates, compiled
from actions.importing.rows import LIMITS, Fault, Row, RowReader, topic_key
from governance.errors import Invalid
from governance.sheets import reading

BOSTON = ZoneInfo("America/New_York")
MONTH_FIRST = "%m/%d/%Y %I:%M:%S %p"


# --- encodings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "stated", "found"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "", "utf-8-sig"),
        ("utf-8-sig", "gb18030", "utf-8-sig"),
        ("utf-16", "", "utf-16"),
        ("utf-32", "", "utf-32"),
        ("utf-8", "gb18030", "utf-8"),
        ("gb18030", "gb18030", "gb18030"),
        ("big5", "big5", "big5"),
    ],
)
def test_the_mark_comes_first_then_utf8_then_what_was_stated(encoding: str, stated: str, found: str) -> None:
    file = BytesIO("評論\n很快，好吃\n".encode(encoding))
    survey = reading.survey(file, stated)
    assert survey.encoding == found
    records = list(reading.records(file, encoding=survey.encoding, delimiter=","))
    assert [record.cells for record in records] == [["評論"], ["很快，好吃"]]


def test_what_is_not_utf8_needs_its_encoding_stated_and_the_line_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        reading.survey(BytesIO(b"text\nfine\nna\xefve\n"))
    assert "Line 3 is not UTF-8" in str(refused.value)
    assert "encoding" in str(refused.value)


def test_a_stated_encoding_that_does_not_fit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(Invalid, match="Line 2 is not BIG5"):
        reading.survey(BytesIO(b"text\n\xff\xff\n"), "big5")


def test_a_character_cut_by_a_block_is_still_one_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 4)
    assert reading.survey(BytesIO("aaa評論評論".encode())).encoding == "utf-8"


# --- records -------------------------------------------------------------------------------------------------------


def read(text: str, delimiter: str = ",") -> list[reading.Record]:
    return list(reading.records(BytesIO(text.encode()), encoding="utf-8", delimiter=delimiter))


def test_a_record_is_named_by_the_line_on_which_it_begins() -> None:
    records = read('a,b\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n')
    assert [(record.line, record.until) for record in records] == [(1, 1), (2, 3), (5, 5)]


def test_a_cell_beyond_the_limit_spoils_its_own_record_only() -> None:
    records = read("a\n" + "x" * 140_000 + "\nfine\n")
    assert [bool(record.fault) for record in records] == [False, True, False]


def test_a_tab_stands_between_the_columns_of_a_tsv() -> None:
    assert reading.delimiter_of("cases.TSV", "") == "\t"
    assert reading.delimiter_of("cases.tsv", ";") == ";"
    assert reading.delimiter_of("cases.csv", "") == ","


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "words", "moment"),
    [
        (MONTH_FIRST, "01/02/2015 12:00:00 AM", datetime(2015, 1, 2, 5, tzinfo=UTC)),
        (MONTH_FIRST, "1/2/2015 12:00:00 pm", datetime(2015, 1, 2, 17, tzinfo=UTC)),
        ("%d-%m-%y", "06-05-15", datetime(2015, 5, 6, 4, tzinfo=UTC)),
        ("%Y-%m-%dT%H:%M:%S%z", "2015-07-01T10:00:00+0200", datetime(2015, 7, 1, 8, tzinfo=UTC)),
        ("", "2015-07-01 10:00", datetime(2015, 7, 1, 14, tzinfo=UTC)),
        ("", "2015-07-01T10:00:00Z", datetime(2015, 7, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_the_zone_of_its_place(format: str, words: str, moment: datetime) -> None:
    assert Dates(format=format, zone=BOSTON).read(words) == (moment, False)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        # 8 March 2015: the clock went from 02:00 to 03:00, so that 02:30 never was.
        ("03/08/2015 02:30:00 AM", datetime(2015, 3, 8, 7, 30, tzinfo=UTC)),
        # 1 November 2015: 01:30 was twice; fold 0 is the first time, still in summer.
        ("11/01/2015 01:30:00 AM", datetime(2015, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_the_clock_skipped_or_showed_twice_is_odd_and_has_fold_nought(words: str, moment: datetime) -> None:
    assert Dates(format=MONTH_FIRST, zone=BOSTON).read(words) == (moment, True)


def test_a_target_that_is_a_day_lasts_until_its_end() -> None:
    due = Dates(format="%m/%d/%Y", zone=BOSTON, ends_the_day=True)
    assert due.read("02/01/2015")[0] == datetime(2015, 2, 2, 4, 59, 59, tzinfo=UTC)
    assert Dates(format="%m/%d/%Y", zone=BOSTON).read("02/01/2015")[0] == datetime(2015, 2, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    ["31/10/2026 10:00:00 AM", "02/30/2015 01:00:00 AM", "01/02/2015", "01/02/2015 13:00:00 PM", "soon"],
)
def test_what_is_no_such_date_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Dates(format=MONTH_FIRST, zone=BOSTON).read(words)


FORMATS = [MONTH_FIRST, "%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%Y%m%dT%H%M%S"]


@given(
    moment=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001 - hypothesis wants them naive
    format=st.sampled_from(FORMATS),
)
def test_the_quick_parser_reads_what_strptime_reads(moment: datetime, format: str) -> None:
    parse = compiled(format)
    assert parse is not None
    assert parse(moment.strftime(format)) == datetime.strptime(moment.strftime(format), format)  # noqa: DTZ007


@example(words="1/1/000١ 1:0:0 AM")
@given(words=st.from_regex(r"\d{1,2}/\d{1,2}/\d{4} +\d{1,2}:\d{1,2}:\d{1,2} [AaPp][Mm]", fullmatch=True))
def test_the_quick_parser_refuses_what_strptime_refuses(words: str) -> None:
    parse = compiled(MONTH_FIRST)
    assert parse is not None
    try:
        expected: datetime | None = datetime.strptime(words, MONTH_FIRST)  # noqa: DTZ007
    except ValueError:
        expected = None
    try:
        found: datetime | None = parse(words)
    except ValueError:
        found = None
    assert found == expected


# --- rows ----------------------------------------------------------------------------------------------------------


def rows(mapping: dict, *lines: str, header: str = "id,topic,text,score") -> list[Row | list[Fault]]:
    records = read("\n".join([header, *lines]) + "\n")
    reader = RowReader(mappings.parse(mapping), records[0].cells, zone=BOSTON)
    return [reader.read(record) for record in records[1:]]


def test_columns_are_found_by_name_by_number_and_by_no_name() -> None:
    (row,) = rows({"external_id": "", "topic": 2, "text": "words"}, "7,Delay,Too late", header=",kind,words")
    assert isinstance(row, Row)
    assert (row.external_id, row.topic, row.text) == ("7", "Delay", "Too late")


def test_a_blank_cell_may_be_a_blank() -> None:
    (row,) = rows({"text": {"columns": ["topic", "text"], "join": ": "}}, "1, ,said,")
    assert isinstance(row, Row)
    assert row.text == "said"


def test_equal_rows_without_a_number_stay_apart_and_keep_their_made_up_number() -> None:
    mapping = {"topic": "topic", "text": "text"}
    once = [row.external_id for row in rows(mapping, "1,a,b,", "2,a,b,", "3,a,c,") if isinstance(row, Row)]
    again = [row.external_id for row in rows(mapping, "1,a,b,", "2,a,b,", "3,a,c,") if isinstance(row, Row)]
    assert once == again
    assert len(set(once)) == 3
    assert once[1] == once[0].removesuffix("-1") + "-2"


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("1,a", "", "2 cells where the header has 4"),
        ("1,a,b,c,d", "", "5 cells where the header has 4"),
        (",a,b,", "id", "no number of its own"),
        ("1, , ,", "text", "says nothing"),
        (f"1,{'t' * 201},b,", "topic", "longer than 200"),
        ("1,a,b\0c,", "text", "null character"),
    ],
)
def test_a_bad_row_says_which_column_and_why(line: str, column: str, says: str) -> None:
    (faults,) = rows({"external_id": "id", "topic": "topic", "text": "text"}, line)
    assert isinstance(faults, list)
    assert [(fault.line, fault.column) for fault in faults] == [(2, column)]
    assert says in faults[0].reason


def test_a_quotation_mark_left_open_is_told_with_the_lines_that_it_swallowed() -> None:
    (faults,) = rows({"text": "text"}, '1,a,"never closed,', "2,b,c,", "3,d,e,")
    assert isinstance(faults, list)
    assert "runs on to line 4" in faults[0].reason


def test_the_score_is_kept_as_given_and_noted_when_it_lies_off_its_scale() -> None:
    mapping = {"text": "text", "score": {"column": "score", "scale": [1, 5]}}
    found = [row for row in rows(mapping, "1,a,b,4", "2,a,b,-2", "3,a,b,good", "4,a,b,") if isinstance(row, Row)]
    assert [(row.score, row.is_off_scale) for row in found] == [("4", False), ("-2", True), ("good", True), ("", False)]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"text": "words"}, "There is no column “words”"),
        ({"text": 9}, "There is no column 9: the file has 4"),
        ({"text": "same"}, "2 columns are called “same”"),
    ],
)
def test_a_column_that_the_file_lacks_is_told_with_those_that_it_has(mapping: dict, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        rows(mapping, header="id,same,same,topic")


def test_a_wrong_delimiter_is_guessed_at_in_the_error_only() -> None:
    with pytest.raises(Invalid, match="delimiter"):
        rows({"text": "text"}, header="id;text;topic")


@given(st.text(max_size=300))
def test_a_topics_key_is_folded_once_and_for_all_and_fits(topic: str) -> None:
    key = topic_key(topic)
    assert len(key) <= 200
    assert key == topic_key(f"  {topic} \t")
    assert key == topic_key(topic.replace(" ", "  "))


def test_two_long_topics_that_begin_alike_have_two_keys() -> None:
    assert topic_key("ß" * 199 + "a") != topic_key("ß" * 199 + "b")
    assert LIMITS["topic"] == 200


ZONES = ["America/New_York", "Europe/Amsterdam", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca",
         "Asia/Kathmandu", "Pacific/Apia", "Antarctica/Troll", "UTC"]  # fmt: skip


@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001 - the zone is another's
    near=st.sampled_from([None, (2015, 3, 8), (2015, 11, 1), (2018, 11, 4), (2011, 12, 30), (2026, 3, 29)]),
)
def test_a_moment_is_what_its_zone_says_also_on_days_on_which_the_clock_changes(zone, local, near) -> None:
    if near is not None:
        local = local.replace(year=near[0], month=near[1], day=near[2])
    there = ZoneInfo(zone)
    read = Dates(format="", zone=there)
    first, second = (local.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    expected = (first.astimezone(UTC), first.utcoffset() != second.utcoffset())
    assert read.read(local.isoformat()) == expected
    assert read.read(local.isoformat()) == expected, "remembered, too"
