"""Forms about metrics and goals. Numbers are written as people write them and checked against the metric's scale."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.picking import PickField
from governance.forms.places import SeatField
from governance.models import Better, Metric, Person, Seat, SeatKind, Unit
from governance.numbers import NotANumber, parse_scaled
from governance.queries import metrics, seats
from governance.queries.seats import with_holders


class MetricField(PickField):
    def label_from_instance(self, obj: Metric) -> str:
        return f"{obj.title} ({obj.get_unit_display()})"


class MetricForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Metric"), max_length=300)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=Unit.choices)
    better = forms.ChoiceField(
        label=gettext_lazy("Better is"), choices=Better.choices, widget=forms.RadioSelect, initial=Better.UP
    )
    meaning = forms.CharField(
        label=gettext_lazy("What it counts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Of whom, asked how, seen where: so that two people would count the same."),
    )
    seat = SeatField(
        label=gettext_lazy("Answers for it"),
        queryset=Seat.objects.none(),
        help_text=gettext_lazy("Writes down what was seen."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = _seats(viewer, now)  # type: ignore[attr-defined]


class Scaled(forms.CharField):
    """A number as people write it; checked once its metric, and with it the scale, is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, required=False, **options)
        self.widget.attrs["inputmode"] = "decimal"


def read(form: forms.Form, names: tuple[str, ...], scale: int) -> None:
    """Turn what was written into integers of the scale; what is no number is said at its field."""
    for name in names:
        written = form.cleaned_data.get(name)
        form.cleaned_data[name] = None
        if written:
            try:
                form.cleaned_data[name] = parse_scaled(written, scale)
            except NotANumber as error:
                form.add_error(name, str(error))


class ObserveForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    value = Scaled(
        label=gettext_lazy("Value"), help_text=gettext_lazy("Of a percent you may leave it, and fill in the two below.")
    )
    numerator = forms.IntegerField(label=gettext_lazy("How many"), required=False, min_value=0)
    denominator = forms.IntegerField(label=gettext_lazy("Of how many"), required=False, min_value=1)
    detractors = forms.IntegerField(
        label=gettext_lazy("Detractors"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Of a net promoter score; “how many” are then its promoters."),
    )
    answers = forms.IntegerField(
        label=gettext_lazy("Of a mean: how many answers"), required=False, min_value=2,
        help_text=gettext_lazy("Without it nobody can tell later whether a change was more than chance."),
    )  # fmt: skip
    spread = Scaled(label=gettext_lazy("Their standard deviation"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Where it comes from; for a day that has a value already, why it changes."),
    )

    def __init__(self, *args: Any, metric: Metric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metric = metric
        unit = Unit(metric.unit)
        if unit != Unit.NPS:
            del self.fields["detractors"]
        if unit in (Unit.PERCENT, Unit.NPS, Unit.COUNT):
            del self.fields["answers"], self.fields["spread"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        read(self, tuple(name for name in ("value", "spread") if name in self.fields), self.metric.scale)
        return self.cleaned_data


class GoalForm(forms.Form):
    """Nothing is required here: the service says, at each field, what a goal without it would lack."""

    metric = MetricField(label=gettext_lazy("Metric"), queryset=Metric.objects.none(), required=False)
    baseline = Scaled(label=gettext_lazy("Where it stands today"))
    target = Scaled(label=gettext_lazy("Where it shall be"))
    due_on = forms.DateField(label=gettext_lazy("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    title = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Left empty, the metric and the target name it."),
    )
    seat = SeatField(
        label=gettext_lazy("Answers for it"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("Left empty, the metric's own seat."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].queryset = metrics.listed(viewer, now)  # type: ignore[attr-defined]
        self.fields["seat"].queryset = _seats(viewer, now)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        metric = self.cleaned_data.get("metric")
        if metric is not None:
            read(self, ("baseline", "target"), metric.scale)
        return self.cleaned_data


def _seats(viewer: Person, now: datetime) -> Any:
    of_councils = (SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER)
    return with_holders(seats.listed(viewer, now).exclude(kind__in=of_councils), now)
