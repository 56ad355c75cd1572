"""Forms of what was spent."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("It stays on record beside what was posted."))
