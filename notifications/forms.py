"""The forms of one's own pages."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, Confidence, DateAnswer, Health
from governance.errors import Absent
from governance.models import Person
from governance.pages import in_words
from notifications.families import MAILED_ALONE, MUST_BE_READ, SAYS, WHY_INBOX, WHY_MAIL, Family
from notifications.models import Cadence, Channel
from notifications.queries.choices import Choice, fixed, wished
from notifications.queries.upcoming import Narrowing, narrowing

AHEAD = (1, 7, 14, 30)
"""How many days ahead what happens next is shown."""

HOURS = [(hour, f"{hour}:00") for hour in range(25)]


class TaskForm(forms.Form):
    """A form in a row of "My work": its ids carry the row's, because the page has many."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, given: Mapping[str, Any] | None = None, *, action: ActionItem) -> None:
        name = type(self).__name__.removesuffix("Form").lower()
        super().__init__(given, auto_id=f"{name}-{action.subject.reference}-%s")
        self.initial.setdefault("version", action.version)


class UpdateForm(TaskForm):
    """Tap the health, tap save."""

    health = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=[choice for choice in Health.choices if choice[0] != Health.UNKNOWN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose on track, at risk or off track.")},
    )
    line = forms.CharField(label=_("One line for the people waiting"), max_length=500, required=False)
    progress = forms.IntegerField(label=_("Progress, %"), min_value=0, max_value=100, required=False)
    confidence = forms.ChoiceField(
        label=_("How sure are you of the date?"),
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, given: Mapping[str, Any] | None = None, *, action: ActionItem) -> None:
        super().__init__(given, action=action)
        if action.health != Health.UNKNOWN:
            self.initial.setdefault("health", action.health)
        self.initial.setdefault("confidence", action.confidence)


class AcceptForm(TaskForm):
    """Take it on, for a day; the day asked for stands there already."""

    promised_on = forms.DateField(
        label=_("I promise it for"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Without a day you owe one within five working days."),
    )

    def __init__(self, given: Mapping[str, Any] | None = None, *, action: ActionItem) -> None:
        super().__init__(given, action=action)
        self.initial.setdefault("promised_on", action.asked_for)


class DeclineForm(TaskForm):
    """Say no, and why: the department head reads it and finds another owner."""

    reason = forms.CharField(
        label=_("Why not"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, so that the next owner need not find out again.")},
    )


class DateAnswerForm(TaskForm):
    """Let a promise move, or say why it stays."""

    answer = forms.ChoiceField(
        label=_("May the date move?"),
        choices=[(DateAnswer.APPROVED, _("Yes, that day")), (DateAnswer.REFUSED, _("No, the date stays"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    said = forms.CharField(
        label=_("In a sentence"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the date stays: why."),
    )


WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")),
    (6, _("Sunday")),
]  # fmt: skip


class PreferenceForm(forms.Form):
    """Whether one wants mail, how often, when, and of what: a row a family, a column a channel."""

    wants_mail = forms.BooleanField(label=_("Send me e-mail"), required=False)
    cadence = forms.ChoiceField(label=_("How often"), choices=Cadence.choices, widget=forms.RadioSelect)
    digest_hour = forms.TypedChoiceField(label=_("The digest comes at"), choices=HOURS[:24], coerce=int)
    weekday = forms.TypedChoiceField(label=_("A weekly digest comes on"), choices=WEEKDAYS, coerce=int)
    from_hour = forms.TypedChoiceField(label=_("What is urgent: not before"), choices=HOURS[:24], coerce=int)
    until_hour = forms.TypedChoiceField(label=_("Not after"), choices=HOURS[1:], coerce=int)

    def __init__(self, given: Mapping[str, Any] | None = None, *, choice: Choice) -> None:
        hours = choice.hours
        super().__init__(
            given,
            initial={
                "wants_mail": choice.wants_mail, "cadence": hours.cadence, "digest_hour": hours.digest,
                "weekday": hours.weekday, "from_hour": hours.since, "until_hour": hours.until,
            },
        )  # fmt: skip
        for family in Family:
            for channel in Channel.values:
                self.fields[f"{family}_{channel}"] = forms.BooleanField(
                    label=f"{SAYS[family][0]}: {Channel(channel).label}",
                    required=False,
                    initial=wished(choice, family, channel),
                    disabled=fixed(family, channel),
                )

    def families(self) -> dict[tuple[str, str], bool]:
        """What was ticked, by family and channel, apart from what cannot be chosen."""
        return {
            (family, channel): self.cleaned_data[f"{family}_{channel}"]
            for family in Family
            for channel in Channel.values
            if not fixed(family, channel)
        }

    def rows(self) -> list[dict[str, Any]]:
        """For the table: what a family is, its two boxes, and why one of them cannot be turned off."""
        return [
            {
                "title": SAYS[family][0],
                "text": SAYS[family][1],
                "inbox": self[f"{family}_inbox"] if family not in MAILED_ALONE else None,
                "mail": self[f"{family}_mail"],
                "why": WHY_MAIL if family == Family.DOOR else WHY_INBOX if family in MUST_BE_READ else "",
            }
            for family in Family
        ]


class SnoozeForm(forms.Form):
    """Until when a line of the inbox is put off: a day, and an hour of one's own clock."""

    day = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    hour = forms.TypedChoiceField(label=_("At"), choices=HOURS[:24], coerce=int, initial=9)

    def __init__(self, given: Mapping[str, Any] | None = None, *, key: int, zone: str, now: datetime) -> None:
        super().__init__(given, auto_id=f"snooze-{key}-%s")
        self.zone = ZoneInfo(zone)
        self.initial.setdefault("day", now.astimezone(self.zone).date() + timedelta(days=1))

    def until(self) -> datetime:
        return datetime.combine(self.cleaned_data["day"], time(self.cleaned_data["hour"]), tzinfo=self.zone)


class RehearsalForm(forms.Form):
    """Decisions to be tried by a draft, one a line."""

    decisions = forms.CharField(
        label=_("Decisions of your own, one a line"),
        required=False,
        strip=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What was moved; the amount; who was there; for:against. Like: Hire two agents; 12000; 5 of 7; 4:1"
        ),
    )


class UpcomingAddress(forms.Form):
    """The address of what happens next, read whole: what a kept view of it may hold."""

    days = forms.ChoiceField(
        label=_("Days ahead"), choices=[("", ""), *((str(n), str(n)) for n in AHEAD)], required=False
    )
    who = forms.ChoiceField(
        label=_("Shown"), choices=[("", _("all")), ("help", _("only where help is asked"))], required=False
    )
    about = forms.CharField(label=_("About"), required=False)
    council = forms.CharField(label=_("Council"), required=False)
    person = forms.CharField(label=_("Person"), required=False)

    def __init__(self, data: Any, *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        self.viewer, self.now = viewer, now
        self.only = Narrowing()

    def clean(self) -> None:
        said = self.cleaned_data
        named = {name: said.get(name, "") for name in ("about", "council", "person")}
        try:
            self.only = narrowing(self.viewer, self.now, **named)
        except Absent as error:
            raise forms.ValidationError(str(error)) from None

    def words(self) -> list[tuple[str, str]]:
        """What it narrows by: things by their names."""
        said, only = self.cleaned_data, self.only
        told = [
            (self["days"].label, said["days"]),
            (self["who"].label, in_words(self.fields["who"], said["who"])),
            (self["about"].label, only.about.title if only.about is not None else ""),
            (self["council"].label, only.council.name if only.council is not None else ""),
            (self["person"].label, only.person.name if only.person is not None else ""),
        ]
        return [(str(label), value) for label, value in told if value]
