"""Calendars, materialised: which days are working days, and when 09:00 is there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """The working days of one place. Days are kept for years ahead, so that date arithmetic is two look-ups."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    zone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166-1, for its holidays."))
    subdivision = models.CharField(_("subdivision"), max_length=10, blank=True)
    working_week = models.CharField(
        _("working week"), max_length=7, default="1111100", help_text=_("Monday to Sunday: 1 is a working day.")
    )
    send_hour = models.PositiveSmallIntegerField(_("hour at which rungs fall, local time"), default=9)

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """One day of a calendar.

    ``ordinal`` counts the working days up to and including this day, so "three working days later" is
    ordinal + 3; ``opens_at`` is the calendar's send hour on that day, in UTC.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    day = models.DateField()
    is_working = models.BooleanField()
    ordinal = models.PositiveIntegerField()
    opens_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="a_calendar_has_a_day_once"),
            models.UniqueConstraint(
                fields=["calendar", "ordinal"],
                condition=models.Q(is_working=True),
                name="an_ordinal_is_one_working_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.day}"
