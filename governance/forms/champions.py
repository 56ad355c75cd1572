"""Forms about champions."""

from django import forms
from django.utils.translation import gettext_lazy


class EndorseForm(forms.Form):
    term_ends_on = forms.DateField(
        label=gettext_lazy("Their term ends on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until somebody else is named."),
    )
