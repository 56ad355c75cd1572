"""Forms about champions."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.places import PersonField
from governance.models import Person
from governance.queries import people
from governance.services.champions import LONGEST_REASON

TERM = gettext_lazy("Their term ends on")


def _day(label: Any = TERM, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=help_text
    )


class HoursField(forms.DecimalField):
    """Hours a week as people say them; minutes once checked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=40, decimal_places=2, **options)

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else round(hours * 60)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 60:g}" if isinstance(value, int) else value


class NominateForm(forms.Form):
    person = PersonField(label=gettext_lazy("Who"), queryset=Person.objects.none())
    pledged_minutes = HoursField(
        label=gettext_lazy("Hours a week"),
        required=False,
        help_text=gettext_lazy("What the department gives for it; the nominee may say otherwise when accepting."),
    )
    term_ends_on = _day(help_text=gettext_lazy("A year is usual. Twenty working days before it the head renews it."))

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]


class EndorseForm(forms.Form):
    term_ends_on = _day(help_text=gettext_lazy("Empty: until somebody else is named."))


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever nominated reads it, and looks for somebody else."),
        max_length=LONGEST_REASON,
    )


class AcceptForm(forms.Form):
    pledged_minutes = HoursField(label=gettext_lazy("Hours a week that you pledge"), required=False)


class RenewForm(forms.Form):
    term_ends_on = _day(
        gettext_lazy("The next term ends on"), help_text=gettext_lazy("Empty: until somebody else is named.")
    )
