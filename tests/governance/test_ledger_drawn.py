"""The bar of an envelope: of what was granted, with what is overrun told and drawn beside it."""

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from governance.templatetags.ui import ledger_of

SOME = st.integers(0, 10**9)


def drawn(**figures: object) -> str:
    return " ".join(render_to_string("ui/ledger_bar.html", {"label": "Money", "currency": "EUR", **figures}).split())


def test_what_was_spent_is_told_of_what_was_granted_and_the_overrun_beside_it() -> None:
    text = drawn(total=3_500_000, spent=1_077_000, allocated=1_577_000, overrun=38_000)
    assert "€10,770 spent of €35,000" in text
    assert "€380 of what was spent is beyond the allocation" in text
    assert "€5,000 allocated, not yet spent" in text
    assert "€19,610 free" in text


def test_without_an_overrun_nothing_is_told_of_one() -> None:
    text = drawn(total=3_500_000, spent=1_000_000, allocated=1_500_000)
    assert "beyond" not in text
    assert "€20,000 free" in text


@given(free=SOME, left=SOME, within=SOME, overrun=SOME)
def test_the_parts_of_the_bar_are_those_of_the_books(free: int, left: int, within: int, overrun: int) -> None:
    spent = within + overrun
    bar = ledger_of(spent, spent + left, free + left + within, overrun)
    assert (bar.free, bar.open, bar.overrun) == (free, left, overrun)
    lengths = [float(one.rstrip("%")) for one in (bar.spent, bar.allocated, bar.over)]
    assert sum(lengths) <= 100.03
    assert float(bar.limit.rstrip("%")) + lengths[2] == pytest.approx(100, abs=0.03) or not free + left + spent
