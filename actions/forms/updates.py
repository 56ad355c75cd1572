"""Saying where several actions stand: a row each, and what is left alone is not said."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, Confidence, Health


class RowForm(forms.Form):
    """One action's row. Without a tapped health nothing is said of it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    health = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=[choice for choice in Health.choices if choice[0] != Health.UNKNOWN],
        widget=forms.RadioSelect,
        required=False,
    )
    line = forms.CharField(label=_("One line"), max_length=500, required=False)
    progress = forms.IntegerField(label=_("Progress, %"), min_value=0, max_value=100, required=False)
    confidence = forms.ChoiceField(
        label=_("How sure are you of the date?"), choices=Confidence.choices, widget=forms.RadioSelect, required=False
    )

    def __init__(self, data: Any = None, *, action: ActionItem, **options: Any) -> None:
        super().__init__(
            data, prefix=action.reference, auto_id="said-%s", initial={"version": action.version}, **options
        )
        self.action = action

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        wrote = said.get("line") or said.get("progress") is not None or said.get("confidence")
        if wrote and not said.get("health") and "health" not in self.errors:
            self.add_error("health", _("Tap one, so that the rest has something to stand beside."))
        return said

    @property
    def is_said(self) -> bool:
        return bool(self.cleaned_data.get("health"))
