"""Working-day arithmetic: two look-ups in a materialised calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from governance.errors import Invalid
from governance.models import Calendar, CalendarDay, Department, Organisation, Seat

EARLIEST, LATEST = date(1900, 1, 1), date(2900, 1, 1)


def local_day(calendar: Calendar, now: datetime) -> date:
    """Which day it is at that place."""
    return now.astimezone(ZoneInfo(calendar.zone)).date()


def began(day: date, zone: str = "") -> datetime:
    """The first moment of a day where the organisation is: a figure and the list that it opens begin alike.

    One statement for whoever does not know its zone. A day that no calendar of ours reaches is the nearest that is
    safe to reckon with.
    """
    day = min(max(day, EARLIEST), LATEST)
    known = zone or Organisation.objects.values_list("calendar__zone", flat=True).get()
    return datetime.combine(day, time(), ZoneInfo(known))


def add_working_days(calendar_id: int, day: date, days: int) -> date:
    """The working day ``days`` after ``day`` (before it when negative). A day off counts as its eve.

    Raises :class:`Invalid` when the calendar does not reach that far.
    """
    start = CalendarDay.objects.filter(calendar_id=calendar_id, day=day).first()
    if start is not None:
        ordinal = start.ordinal + days + (1 if days < 0 and not start.is_working else 0)
        found = CalendarDay.objects.filter(calendar_id=calendar_id, is_working=True, ordinal=ordinal).first()
        if found is not None:
            return found.day
    raise Invalid(f"The calendar does not reach from {day} by {days} working days. Choose a nearer date.", field="date")


def on_or_after(calendar_id: int, day: date) -> date:
    """That day where people work, else the next on which they do. Raises :class:`Invalid` beyond the calendar."""
    return add_working_days(calendar_id, day - timedelta(days=1), 1)


def working_days_between(calendar_id: int, earlier: date, later: date) -> int:
    """How many working days lie after ``earlier`` up to and including ``later``."""
    ordinals = dict(
        CalendarDay.objects.filter(calendar_id=calendar_id, day__in=[earlier, later]).values_list("day", "ordinal")
    )
    return ordinals.get(later, 0) - ordinals.get(earlier, 0)


def calendar_of_department(department: Department) -> Calendar:
    """Its own calendar, else that of the nearest ancestor that has one, else the organisation's."""
    seen: Department | None = department
    while seen is not None:
        if seen.calendar is not None:
            return seen.calendar
        seen = seen.parent
    return Organisation.objects.select_related("calendar").get().calendar


def calendar_of_seat(seat: Seat) -> Calendar:
    """The seat's own calendar, else its department's."""
    return seat.calendar if seat.calendar is not None else calendar_of_department(seat.department)
