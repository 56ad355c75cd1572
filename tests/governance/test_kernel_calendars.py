"""Working days are looked up; a second derivation counts them one by one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import Invalid
from governance.models import Calendar, CalendarDay
from governance.queries.calendars import add_working_days, on_or_after, working_days_between
from governance.services import calendars

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def dutch(django_db_setup, django_db_blocker):
    """One calendar for the module: building it is the slow part."""
    with django_db_blocker.unblock():
        calendar = Calendar.objects.create(name="Test, NL", zone="Europe/Amsterdam", country="NL")
        calendars.build(calendar, today=date(2026, 11, 2))
        yield calendar
        calendar.delete()


def slowly(free: set[date], day: date, days: int) -> date:
    """Walk day by day: forwards past ``days`` working days, or backwards."""
    step = timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    while left:
        day += step
        if day not in free:
            left -= 1
    return day


@settings(max_examples=60, deadline=None)
@given(
    start=st.dates(date(2025, 1, 10), date(2033, 12, 1)),
    days=st.integers(-15, 15).filter(lambda n: n != 0),
)
def test_three_working_days_later_is_an_ordinal_plus_three(dutch, start: date, days: int) -> None:
    free = set(CalendarDay.objects.filter(calendar=dutch, is_working=False).values_list("day", flat=True))
    assert add_working_days(dutch.pk, start, days) == slowly(free, start, days)


@settings(max_examples=60)
@given(day=st.dates(date(2025, 6, 1), date(2029, 6, 1)))
def test_a_day_off_waits_for_the_next_working_day(dutch, day: date) -> None:
    working = set(CalendarDay.objects.filter(calendar=dutch, is_working=True).values_list("day", flat=True))
    expected = day
    while expected not in working:
        expected += timedelta(days=1)
    assert on_or_after(dutch.pk, day) == expected


def test_holidays_are_days_off_and_nine_is_nine_on_both_sides_of_the_clock_change(dutch) -> None:
    rows = {row.day: row for row in CalendarDay.objects.filter(calendar=dutch)}
    assert not rows[date(2026, 4, 27)].is_working, "King's Day"
    assert not rows[date(2026, 11, 1)].is_working, "a Sunday"
    for day in (date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)):
        assert rows[day].opens_at.astimezone(ZoneInfo("Europe/Amsterdam")).hour == 9
    assert rows[date(2026, 3, 30)].opens_at == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert working_days_between(dutch.pk, date(2026, 11, 13), date(2026, 11, 25)) == 8


def test_a_date_out_of_reach_is_refused_with_a_remedy(dutch) -> None:
    with pytest.raises(Invalid, match="nearer"):
        add_working_days(dutch.pk, date(2060, 1, 1), 3)


def test_a_make_up_saturday_is_a_working_day() -> None:
    chinese = Calendar.objects.create(name="Test, CN", zone="Asia/Shanghai", country="CN")
    calendars.build(chinese, today=date(2024, 6, 1))
    assert CalendarDay.objects.get(calendar=chinese, day=date(2024, 2, 4)).is_working, (
        "the Sunday before Spring Festival"
    )
