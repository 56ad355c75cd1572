"""Forms about a charter's mandate and its way into force."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from governance.forms.picking import PickManyField
from governance.forms.places import SeatField
from governance.mandates import LONGEST_TEXT, Mandate, value_of
from governance.models import Seat


def _text(label: Any, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_TEXT * 10,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class MandateForm(forms.Form):
    """The texts of a version; what is a list has a line each, so that it needs no script."""

    vision = _text(gettext_lazy("Vision"), 2, help_text=gettext_lazy("What is true once the work is done."))
    mission = _text(gettext_lazy("Mission"), 2, help_text=gettext_lazy("What this council does towards it."))
    values = _text(
        gettext_lazy("Values, and what they mean here"),
        4,
        help_text=gettext_lazy("One a line: the value, a colon, what it means in this council's work."),
    )
    scope_in = _text(gettext_lazy("In scope"), 4, help_text=gettext_lazy("What it deals with, one a line."))
    scope_out = _text(gettext_lazy("Out of scope"), 4, help_text=gettext_lazy("What it leaves to others, one a line."))
    measures = _text(
        gettext_lazy("How we know that it works"),
        4,
        help_text=gettext_lazy("What can be counted, with what would be good enough; one a line."),
    )

    def mandate(self) -> Mandate:
        said = self.cleaned_data
        return Mandate(
            vision=said["vision"].strip(),
            mission=said["mission"].strip(),
            values=tuple(value_of(line) for line in _lines(said["values"])),
            scope_in=tuple(_lines(said["scope_in"])),
            scope_out=tuple(_lines(said["scope_out"])),
            measures=tuple(_lines(said["measures"])),
        )


def initial_of(mandate: Mandate) -> dict[str, str]:
    """What the form shows for these texts."""
    shown = {"vision": mandate.vision, "mission": mandate.mission}
    for name in ("values", "scope_in", "scope_out", "measures"):
        shown[name] = _joined(getattr(mandate, name))
    return shown


class SubmitForm(forms.Form):
    sponsors = PickManyField(
        label=gettext_lazy("Who has to ratify it"),
        queryset=Seat.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It comes into force when each of them has. One refusal sends it back to draft."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seats: QuerySet[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sponsors"]
        field.queryset = seats  # type: ignore[attr-defined]  # a model choice field
        field.label_from_instance = SeatField.label_from_instance.__get__(field)  # type: ignore[attr-defined]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What has to change"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("It goes back to draft, and whoever drafted it reads your reason."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What was looked at, and why it stays as it is"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST_TEXT,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _joined(rows: Iterable[Any]) -> str:
    return "\n".join(str(row) for row in rows)
