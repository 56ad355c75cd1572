"""Forms of what was spent."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("It stays on record beside what was posted."))


class SheetForm(forms.Form):
    pasted = forms.CharField(
        label=_("Paste rows here"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("From a spreadsheet or a CSV file, with a header or in the order of the columns below."),
    )
