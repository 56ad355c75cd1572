"""Forms about journeys: the whole of one on one page, its steps a line each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy

from governance.forms.places import DepartmentField, PersonField, SeatField
from governance.models import Department, JourneyStep, Person, Seat, SeatKind
from governance.queries import departments, people, seats
from governance.queries.seats import with_holders
from governance.services.journeys import StepWish

SPARE_LINES = 3
"""Empty lines below the steps, for adding without JavaScript."""

OF_COUNCILS = (SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER)


class JourneyForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Journey"),
        max_length=300,
        help_text=gettext_lazy("As customers would say it, such as “I have a claim”."),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What the customer wants"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seat = SeatField(
        label=gettext_lazy("Answers for the whole journey"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("May arrange it, as the CX lead may."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = owners(viewer, now)  # type: ignore[attr-defined]


class StepForm(forms.Form):
    reference = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.IntegerField(label=gettext_lazy("Place"), required=False, min_value=1, max_value=99)
    title = forms.CharField(label=gettext_lazy("Step"), required=False, max_length=300)
    seat = SeatField(label=gettext_lazy("Owner"), queryset=Seat.objects.none(), required=False)


class StepsFormSet(BaseFormSet):  # type: ignore[type-arg]  # no subscript at run time
    """All choices of owners are read once, not once a line."""

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = owners(viewer, now)
        field = SeatField(queryset=self.owners, required=False)
        self.choices = [("", "—"), *((str(seat.pk), field.label_from_instance(seat)) for seat in self.owners)]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["seat"].queryset = self.owners
        form.fields["seat"].widget.choices = self.choices


_LINES: Any = formset_factory(StepForm, formset=StepsFormSet, extra=SPARE_LINES, max_num=60)


def step_forms(posted: Any, *, viewer: Person, now: datetime, initial: list[dict[str, Any]]) -> Any:
    """A line for each step of ``initial``, and the empty ones below."""
    return _LINES(posted, viewer=viewer, now=now, initial=initial, prefix="steps")


def wishes(forms_of: Any, known: Sequence[JourneyStep]) -> list[StepWish]:
    """The steps in the order of their places; lines without a name are left out, without a place they come last."""
    by_reference = {step.reference: step for step in known}
    lines = [form.cleaned_data for form in forms_of if form.cleaned_data.get("title", "").strip()]
    lines.sort(key=lambda line: line["place"] or 1_000)
    return [StepWish(line["title"].strip(), line["seat"], by_reference.get(line["reference"])) for line in lines]


class OwnerForm(forms.Form):
    seat = SeatField(
        label=gettext_lazy("The seat that answers"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("One that stands already; or leave it, and found one below."),
    )
    department = DepartmentField(
        label=gettext_lazy("Or found a seat in"), queryset=Department.objects.none(), required=False
    )
    person = PersonField(label=gettext_lazy("With this person in it"), queryset=Person.objects.none(), required=False)

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = owners(viewer, now)  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments.led_by(viewer, now)  # type: ignore[attr-defined]
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]


def owners(viewer: Person, now: datetime) -> Any:
    """The seats that may answer for a step: a council's answer for its council."""
    return with_holders(seats.listed(viewer, now).exclude(kind__in=OF_COUNCILS), now)
