"""The head of a column of promise bars, and how a next step is told."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from governance.templatetags.ui import LABELLED_UNTIL, axis_months


def test_no_months_name_runs_into_the_next_column() -> None:
    marks = axis_months((date(2026, 10, 5), date(2027, 1, 9)))
    assert [one.label for one in marks] == ["Nov", "Dec", ""]
    assert float(marks[-1].at.rstrip("%")) > LABELLED_UNTIL, "its line is drawn all the same"
    alone = axis_months((date(2026, 10, 5), date(2026, 11, 2)))
    assert [(one.label, one.side) for one in alone] == [("Nov", "end")], "a name that stands alone leans inwards"


@pytest.mark.parametrize(("is_late", "told"), [(True, "promises a date, due"), (False, "promises a date by")])
def test_a_late_step_is_due_a_day_and_never_promised_by_it(is_late: bool, told: str) -> None:
    move = {"who": "Li", "what": "promises a date", "by": date(2026, 11, 1), "is_late": is_late}
    page = render_to_string("ui/next.html", {"move": move, "today": date(2026, 11, 2)})
    assert f"{told} <b>yesterday</b>" in " ".join(page.split())
