"""The calendar period in which a limit holds. Pure: no ORM, no clock."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

MONTHS = {"month": 1, "quarter": 3, "year": 12}

THIS: dict[str, str | Promise] = {
    "month": gettext_lazy("this month"),
    "quarter": gettext_lazy("this quarter"),
    "year": gettext_lazy("this year"),
}


def first_day(period: str, day: date) -> date:
    """The first day of the calendar month, quarter or year in which ``day`` lies."""
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)
