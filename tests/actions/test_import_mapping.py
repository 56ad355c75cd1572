"""What a mapping may say, and what is said to whoever writes a wrong one."""

import pytest

from actions.importing import mapping as mappings
from governance.errors import Invalid

WHOLE = {
    "external_id": "CASE_ID",
    "received": {"columns": ["Date", "Time"], "join": " ", "format": "%d-%m-%y %I:%M:%S %p"},
    "topic": 12,
    "text": {"columns": ["Title", ""], "join": "\n"},
    "score": {"column": "Rating", "scale": [1, 5]},
    "kind": {"value": "complaint"},
    "zone": "America/New_York",
    "delimiter": "\t",
    "encoding": "gb18030",
}


def test_every_form_of_a_mapping_is_read() -> None:
    mapping = mappings.parse(WHOLE)
    assert mapping.origins["external_id"].columns == ("CASE_ID",)
    assert mapping.origins["received"].columns == ("Date", "Time")
    assert mapping.origins["topic"].columns == (12,)
    assert mapping.origins["text"].columns == ("Title", "")
    assert mapping.origins["score"].scale == ("1", "5")
    assert mapping.origins["kind"].value == "complaint"
    assert (mapping.zone, mapping.delimiter, mapping.encoding) == ("America/New_York", "\t", "gb18030")


def test_a_mapping_tells_in_words_where_each_field_comes_from() -> None:
    told = dict(mappings.parse(WHOLE).sentences())
    assert told["received"] == "column “Date” + column “Time”, written %d-%m-%y %I:%M:%S %p"
    assert told["topic"] == "column 12"
    assert told["score"] == "column “Rating”, from 1 to 5"
    assert told["kind"] == "always “complaint”"


@pytest.mark.parametrize("field", ["text", "topic"])
def test_text_or_topic_is_enough(field: str) -> None:
    assert mappings.parse({field: "words"}).origins


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "JSON object"),
        ({"external_id": "id"}, "“text” or “topic”"),
        ({"text": "t", "colour": "c"}, "Unknown fields: colour"),
        ({"text": {"column": "t", "trim": True}}, "unknown parts: trim"),
        ({"text": {"column": "t", "columns": ["a"]}}, "needs one of"),
        ({"text": {}}, "needs one of"),
        ({"text": {"columns": []}}, "list of columns"),
        ({"text": 0}, "counted from 1"),
        ({"text": True}, "counted from 1"),
        ({"text": None}, "counted from 1"),
        ({"text": "t", "due": {"column": "d", "format": "soon"}}, "no date format"),
        ({"text": "t", "due": {"column": "d", "format": "%Q"}}, "no date format"),
        ({"text": {"column": "t", "format": "%Y"}}, "Only dates"),
        ({"text": "t", "score": {"column": "s", "scale": [5, 1]}}, "lowest and highest"),
        ({"text": "t", "score": {"column": "s", "scale": [1]}}, "lowest and highest"),
        ({"text": "t", "kind": {"column": "s", "scale": [1, 5]}}, "lowest and highest"),
        ({"text": "t", "zone": "Mars/Olympus"}, "no time zone"),
        ({"text": "t", "zone": "../etc/passwd"}, "no time zone"),
        ({"text": "t", "delimiter": ";;"}, "one character"),
        ({"text": "t", "encoding": "base64"}, "no text encoding"),
        ({"text": "t", "encoding": "klingon"}, "no text encoding"),
        ({"text": "t", "external_id": {"value": 7}}, "cannot be the same for all"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_to_write(given: object, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        mappings.parse(given)
    assert refused.value.field == "mapping"
    assert says in str(refused.value)
