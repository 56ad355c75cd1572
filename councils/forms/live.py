"""Forms of a meeting that is held."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from councils.models import CaptureKind


class CaptureForm(forms.Form):
    """One line of the record, under the item that was on when it was typed."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=CaptureKind.choices, widget=forms.RadioSelect, initial=CaptureKind.NOTE
    )
    text = forms.CharField(label=gettext_lazy("What was said"), max_length=2000)
    item = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "capture_%s")
        super().__init__(*args, **kwargs)
