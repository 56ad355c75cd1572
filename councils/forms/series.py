"""Forms about when a council meets: a series, another time for one meeting, whether a seat comes."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import recurrence
from councils.foreign import LONGEST_FILE
from councils.models import Coming, Meeting, MeetingSeries
from councils.recurrence import LAST, MONTHLY, WEEKLY, Rule
from councils.services.meetings import LONGEST_REASON
from governance.errors import Invalid

WEEKS, NTH, DAY = "weeks", "nth", "day"
KINDS = [
    (WEEKS, gettext_lazy("By week: every so many weeks on the weekdays below")),
    (NTH, gettext_lazy("By weekday of the month: the third Tuesday, the last Friday")),
    (DAY, gettext_lazy("By day of the month: the 15th, the last day")),
]
NTHS = [
    (1, gettext_lazy("first")),
    (2, gettext_lazy("second")),
    (3, gettext_lazy("third")),
    (4, gettext_lazy("fourth")),
    (LAST, gettext_lazy("last")),
]
SHORTEST, LONGEST = 5, 1440
AT_FIRST = 6
"""Dates that a preview shows."""


class ClockForm(forms.Form):
    """Fields on the clock of the council's own place."""

    def __init__(self, *args: Any, zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = ZoneInfo(zone), now
        words = {"zone": zone.replace("_", " ")}
        for name in ("at", "time"):
            if name in self.fields:
                self.fields[name].help_text = _("On the clock of %(zone)s.") % words


class SeriesForm(ClockForm):
    """How a council meets again and again, in simple choices; :meth:`rule` says it as a rule."""

    kind = forms.ChoiceField(label=gettext_lazy("It repeats"), choices=KINDS, widget=forms.RadioSelect, initial=WEEKS)
    every = forms.IntegerField(
        label=gettext_lazy("Every how many weeks or months"), min_value=1, max_value=52, initial=2
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("By weekday of the month: exactly one."),
    )
    nth = forms.TypedChoiceField(
        label=gettext_lazy("Which one of the month"),
        choices=NTHS,
        coerce=int,
        required=False,
        empty_value="1",
        help_text=gettext_lazy("Only by weekday of the month."),
    )
    day = forms.IntegerField(
        label=gettext_lazy("Day of the month"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=gettext_lazy("Only by day of the month. 29 to 31 mean the last day of a shorter month."),
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(label=gettext_lazy("At"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    lasts = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=SHORTEST, max_value=LONGEST, initial=60)
    place = forms.CharField(
        label=gettext_lazy("Where"), max_length=200, required=False,
        help_text=gettext_lazy("A room, or a link to join by."),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day. Empty: until somebody ends it."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "kind" not in said or "every" not in said:
            return said
        kind, days = said["kind"], tuple(sorted(said.get("weekdays") or ()))
        if kind == WEEKS and not days:
            self.add_error("weekdays", _("Choose at least one weekday."))
        elif kind == NTH and len(days) != 1:
            self.add_error("weekdays", _("Choose exactly one weekday."))
        elif kind == DAY and not said.get("day"):
            self.add_error("day", _("Say which day of the month."))
        else:
            end = said.get("until")
            made = {
                WEEKS: lambda: Rule(WEEKLY, said["every"], weekdays=days, until=end),
                NTH: lambda: Rule(MONTHLY, said["every"], weekdays=days, nth=int(said.get("nth") or 1), until=end),
                DAY: lambda: Rule(MONTHLY, said["every"], day=said["day"], until=end),
            }
            rule = made[kind]()
            try:
                rule.check()
            except Invalid as error:
                self.add_error("every", str(error))
            else:
                said["rule"] = rule
        return said

    def given(self) -> dict[str, Any]:
        """What the service is told."""
        names = ("rule", "starts_on", "at", "lasts", "place", "reason")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def dates(self) -> list[datetime]:
        """The first of the dates that it gives; raises :class:`Invalid` where it gives none."""
        said = self.cleaned_data
        first = recurrence.first_day(said["rule"], said["starts_on"])
        return recurrence.upcoming(said["rule"], first, said["at"], self.zone, after=self.now, many=AT_FIRST)


class SeriesChangeForm(SeriesForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it changes"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever comes reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def initial_of(series: MeetingSeries, today: date) -> dict[str, Any]:
    """The form as the series stands, from today on or from its own first day."""
    rule = series.repeats
    kind = WEEKS if rule.freq == WEEKLY else NTH if rule.nth else DAY
    return {
        "kind": kind,
        "every": rule.interval,
        "weekdays": list(rule.weekdays),
        "nth": rule.nth or 1,
        "day": rule.day or None,
        "starts_on": max(series.starts_on, today).isoformat(),
        "at": series.at,
        "lasts": series.lasts,
        "place": series.place,
        "until": rule.until.isoformat() if rule.until else None,
        "version": series.version,
    }


class MoveForm(ClockForm):
    """Another time or place for one meeting."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    lasts = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=SHORTEST, max_value=LONGEST)
    place = forms.CharField(label=gettext_lazy("Where"), max_length=200, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why it is moved"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever comes reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "day" in said and "time" in said:
            said["starts_at"] = recurrence.moment(said["day"], said["time"], self.zone)
        return said


def move_initial(meeting: Meeting, zone: str) -> dict[str, Any]:
    here = meeting.starts_at.astimezone(ZoneInfo(zone))
    return {
        "day": here.date().isoformat(),
        "time": time(here.hour, here.minute),
        "lasts": meeting.lasts,
        "place": meeting.place,
        "version": meeting.version,
    }


class ComingForm(forms.Form):
    seat = forms.CharField(widget=forms.HiddenInput)
    coming = forms.ChoiceField(choices=Coming.choices)


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever comes reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class BringForm(forms.Form):
    """A calendar file; its second step sends the same words along, with what was chosen of it."""

    file = forms.FileField(label=gettext_lazy("Calendar file (.ics)"), required=False)
    text = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    on_our_clock = forms.BooleanField(
        label=gettext_lazy("Times that name no zone are on the council's own clock"), required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("file") and not said.get("text") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        elif said.get("file") is not None and said["file"].size > LONGEST_FILE:
            self.add_error("file", _("This file is too large. Export the council's own meetings alone."))
        return said

    def words(self) -> str:
        """The file as text, as it is sent along to the second step."""
        given = self.cleaned_data.get("file")
        return str(given.read().decode("utf-8-sig", "replace") if given else self.cleaned_data["text"])
