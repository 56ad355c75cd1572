"""An action in one line: taken apart, and read back the same."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils import hands, oneline
from councils.oneline import Line, day, read, written
from governance.errors import Invalid

TODAY = date(2026, 11, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Write to them @Head of Digital ^4 Dec =3,000", Line("Write to them", "Head of Digital", "4 Dec", "3,000")),
        ("Write to them =3000 ^fri @Li", Line("Write to them", "Li", "fri", "3000")),
        ("Ask a@b.example why 2=2 and x^2  @Li", Line("Ask a@b.example why 2=2 and x^2", "Li")),
        ("@Li", Line("", "Li")),
        ("写信给房东 @陳穎怡 ^2026-12-04", Line("写信给房东", "陳穎怡", "2026-12-04")),
    ],
)
def test_a_line_says_what_who_by_when_and_how_much(text, line):
    assert read(text) == line


def test_a_sign_stands_once():
    with pytest.raises(Invalid, match="stands twice") as refused:
        read("Write @Li @Ann")
    assert refused.value.field == "text"


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
SAID = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(SAID, st.one_of(st.just(""), SAID), st.one_of(st.just(""), SAID), st.one_of(st.just(""), SAID))
def test_what_is_written_is_read_the_same(what, who, by_when, money):
    line = Line(what, who, by_when, money)
    assert read(written(line)) == line


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-04", date(2026, 12, 4)),
        ("4 Dec", date(2026, 12, 4)),
        ("4. December", date(2026, 12, 4)),
        ("Dec 4", date(2026, 12, 4)),
        ("december 4, 2027", date(2027, 12, 4)),
        ("4.12.", date(2026, 12, 4)),
        ("4/12/2028", date(2028, 12, 4)),
        ("3 Nov", date(2027, 11, 3)),
        ("4 Nov", date(2026, 11, 4)),
        ("29 Feb", date(2028, 2, 29)),
        ("fri", date(2026, 11, 6)),
        ("Wednesday", date(2026, 11, 11)),
        ("10d", date(2026, 11, 14)),
        ("2w", date(2026, 11, 18)),
        ("+5", date(2026, 11, 9)),
    ],
)
def test_a_day_is_the_next_one_that_is_meant(said, meant):
    assert day(said, TODAY) == meant


@pytest.mark.parametrize("said", ["", "soon", "31 Nov", "2026-13-01", "2026-02-29", "4 Dezzember", "999w", "0 Dec"])
def test_what_is_no_day_is_refused_with_how_to_write_one(said):
    with pytest.raises(Invalid, match="Write it such as"):
        day(said, TODAY)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(text):
    with contextlib.suppress(Invalid):
        assert day(text, TODAY) >= date(1, 1, 1)
    with contextlib.suppress(Invalid):
        assert isinstance(read(text), Line)


@given(
    st.dictionaries(st.sampled_from(["for", "against", "abstain"]), st.integers(-1, 9)),
    st.integers(0, 9),
    st.integers(0, 3),
)
def test_hands_are_at_most_the_seats_that_are_here(shown, able, aside):
    if hands.problem(shown, able=able):
        assert sum(shown.values()) > able or not any(shown.values()) or min(shown.values()) < 0
        return
    choices = hands.choices_of(shown, ["recused"] * aside + ["for"])
    assert len(choices) == sum(shown.values()) + aside <= able + aside
    assert choices.count("recused") == aside, "nobody's named vote is counted beside the hands"


def test_the_signs_are_those_that_the_page_explains():
    assert (oneline.WHO, oneline.BY_WHEN, oneline.MONEY) == ("@", "^", "=")
