"""Building calendars: days and working days with their UTC moments, years ahead."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from governance.models import Calendar, CalendarDay

YEARS_BACK = 2
YEARS_AHEAD = 8


def holidays_of(calendar: Calendar, years: range) -> tuple[set[date], set[date]]:
    """``(holidays, working weekends)`` of the calendar's country; both empty without a country."""
    if not calendar.country:
        return set(), set()
    import holidays  # noqa: PLC0415 - slow third-party import (0.4 s), paid only when a calendar is built

    kept = holidays.country_holidays(calendar.country, subdiv=calendar.subdivision or None, years=years)
    return set(kept), set(getattr(kept, "weekend_workdays", ()))


@transaction.atomic
def build(calendar: Calendar, *, today: date) -> Calendar:
    """(Re)build the days of a calendar, from two years back to eight years ahead of ``today``."""
    years = range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)
    free, made_up = holidays_of(calendar, years)
    zone = ZoneInfo(calendar.zone)
    rows: list[CalendarDay] = []
    ordinal = 0
    day = date(years[0], 1, 1)
    while day.year <= years[-1]:
        weekday_works = calendar.working_week[day.weekday()] == "1"
        is_working = (weekday_works and day not in free) or day in made_up
        ordinal += is_working
        local = datetime.combine(day, time(calendar.send_hour), tzinfo=zone)
        rows.append(
            CalendarDay(
                calendar=calendar, day=day, is_working=is_working, ordinal=ordinal, opens_at=local.astimezone(UTC)
            )
        )
        day += timedelta(days=1)
    CalendarDay.objects.filter(calendar=calendar).delete()
    CalendarDay.objects.bulk_create(rows, batch_size=1000)
    return calendar
