"""The form in which a seat's brief is written."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.champions import HoursField
from governance.forms.places import SeatField
from governance.models import Person, Seat, SeatKind
from governance.queries import seats


class BriefForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    own_kind = forms.CharField(
        label=gettext_lazy("A kind of your own"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Lists and the coverage map group by this name."),
    )
    expectations = forms.CharField(
        label=gettext_lazy("What is expected of it"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    criteria = forms.CharField(
        label=gettext_lazy("Whom it suits"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    capacity_minutes = HoursField(label=gettext_lazy("Hours a week that it takes"), required=False)
    filled_by = SeatField(
        label=gettext_lazy("Filled by"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("The seat that finds a holder when this one is vacant; empty: the CX lead."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Person, now: datetime, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["filled_by"].queryset = seats.listed(viewer, now).exclude(pk=seat.pk)  # type: ignore[attr-defined]
        if seat.kind != SeatKind.OTHER:
            del self.fields["own_kind"]

    def clean_capacity_minutes(self) -> int:
        return self.cleaned_data["capacity_minutes"] or 0

    @staticmethod
    def of(seat: Seat) -> dict[str, Any]:
        """How the seat's brief stands, as the form shows it."""
        return {
            "title": seat.title,
            "own_kind": seat.own_kind,
            "expectations": seat.expectations,
            "criteria": seat.criteria,
            "capacity_minutes": seat.capacity_minutes,
            "filled_by": seat.filled_by_id,
            "version": seat.version,
        }
