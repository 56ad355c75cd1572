"""Building calendars: days and working days with their UTC moments, years ahead."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.errors import Invalid
from governance.models import Calendar, CalendarDay
from governance.sql import ladders

YEARS_BACK = 2
YEARS_AHEAD = 8


def holidays_of(calendar: Calendar, years: range) -> tuple[set[date], set[date]]:
    """``(holidays, working weekends)`` of the calendar's country; both empty without a country."""
    if not calendar.country:
        return set(), set()
    import holidays  # noqa: PLC0415 - slow third-party import (0.4 s), paid only when a calendar is built

    kept = holidays.country_holidays(calendar.country, subdiv=calendar.subdivision or None, years=years)
    return set(kept), set(getattr(kept, "weekend_workdays", ()))


def countries() -> list[tuple[str, str]]:
    """``(code, name)`` of the countries whose holidays are kept, by name."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - slow third-party import

    return sorted(
        ((row[1], name.replace("_", " ").title()) for name, row in COUNTRIES.items()), key=lambda pair: pair[1]
    )


def require_place(*, country: str, subdivision: str, working_week: str) -> None:
    """Pass, or raise :class:`Invalid` at ``country``, ``subdivision`` or ``working_week``, naming what is known."""
    if not re.fullmatch(r"[01]{7}", working_week) or "1" not in working_week:
        raise Invalid(_("Choose at least one working day."), field="working_week")
    if not country:
        if subdivision:
            raise Invalid(_("Choose the country first, or leave the region empty."), field="subdivision")
        return
    import holidays  # noqa: PLC0415 - slow third-party import

    known = holidays.list_supported_countries()
    if country not in known:
        raise Invalid(
            _("The holidays of %(country)s are not known here. Leave it empty: every weekday is then a working day.")
            % {"country": country},
            field="country",
        )
    if subdivision and subdivision not in known[country]:
        regions = ", ".join(known[country]) or _("none")
        raise Invalid(
            _("Write one of the regions that %(country)s has, or nothing: %(regions)s.")
            % {"country": country, "regions": regions},
            field="subdivision",
        )


def opens_at(zone: ZoneInfo, day: date, hour: int) -> datetime:
    """The moment at which the clocks there show the hour on that day: where they skip it, when they have; where they
    show it twice, the first time."""
    wall = datetime.combine(day, time(hour))
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # Skipped: the clocks jump some time after what the later offset would make of it. Twice a year at most, in minutes.
    moment = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


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
        rows.append(
            CalendarDay(
                calendar=calendar,
                day=day,
                is_working=is_working,
                ordinal=ordinal,
                opens_at=opens_at(zone, day, calendar.send_hour),
            )
        )
        day += timedelta(days=1)
    CalendarDay.objects.filter(calendar=calendar).delete()
    CalendarDay.objects.bulk_create(rows, batch_size=1000)
    return calendar


@transaction.atomic
def rebuild(calendar: Calendar, *, today: date) -> Calendar:
    """Build the days of a calendar that was edited, or comes to its end; what is owed by it is scheduled anew, in one
    statement."""
    build(calendar, today=today)
    ladders.schedule_calendar(calendar.pk)
    return calendar


def reach_on(*, today: date) -> int:
    """Build again the calendars that end within seven years, long before anybody needs it; returns how many."""
    wanted = date(today.year + YEARS_AHEAD - 1, 12, 31)
    short = Calendar.objects.annotate(last=Max("days__day")).filter(last__lt=wanted)
    for calendar in short:
        rebuild(calendar, today=today)
    return len(short)
