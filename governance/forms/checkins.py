"""The form in which a sponsor writes down a check-in."""

from django import forms
from django.utils.translation import gettext_lazy


class CheckInForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What they need from you, what you said you would do. The council reads it."),
    )
