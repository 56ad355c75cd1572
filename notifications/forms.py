"""The forms of one's own pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, Confidence, DateAnswer, Health

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


class PreferenceForm(forms.Form):
    """Whether one wants mail, and between which hours."""

    wants_mail = forms.BooleanField(label=_("Send me e-mail"), required=False)
    from_hour = forms.TypedChoiceField(label=_("Not before"), choices=HOURS[:24], coerce=int)
    until_hour = forms.TypedChoiceField(label=_("Not after"), choices=HOURS[1:], coerce=int)


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
