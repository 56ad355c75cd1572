"""Forms about departments, seats and people. Choices are what the viewer may see."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy

from governance import zones
from governance.forms.picking import PickField
from governance.hours import NotTime, format_minutes, parse_minutes
from governance.models import Department, DepartmentKind, Person, Seat, SeatKind, TenureRole
from governance.money import NotMoney, exponent, format_minor, parse_minor
from governance.queries import departments, people, seats
from governance.services.seats import kinds_to_found


class DepartmentField(PickField):
    def label_from_instance(self, obj: Department) -> str:
        return f"{obj.name} ({obj.code})"


class PersonField(PickField):
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name} ({obj.email})"


class SeatField(PickField):
    """A choice of seats, each with its holder where ``with_holders`` asked for them."""

    def label_from_instance(self, obj: Seat) -> str:
        holder = getattr(obj, "holder_name", "")
        return f"{obj.title}: {holder}" if holder else f"{obj.title} ({obj.reference})"


class MoneyField(forms.CharField):
    """An amount as people write it, in minor units of ``currency`` once checked."""

    def __init__(self, *, currency: str = "EUR", **options: Any) -> None:
        super().__init__(**options)
        self.currency = currency

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_minor(str(text), self.currency)
        except NotMoney as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return (
            format_minor(value, self.currency, whole=exponent(self.currency) > 0) if isinstance(value, int) else value
        )


class HoursField(forms.CharField):
    """Person-time as people write it ("7:30", "7.5"), in minutes once checked."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_minutes(str(text))
        except NotTime as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        # Without the groups of thousands: "1,000 h" would be read back as one hour.
        return format_minutes(value).replace(",", "") if isinstance(value, int) else value


class DepartmentForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short, as files of feedback write it.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=DepartmentKind.choices)
    parent = DepartmentField(label=gettext_lazy("Below"), queryset=Department.objects.none())

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = departments.led_by(viewer, now)  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    parent = DepartmentField(label=gettext_lazy("Place it below"), queryset=Department.objects.none())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Person, now: datetime, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = departments.led_by(viewer, now).exclude(pk=department.pk)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]


class SeatForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SeatKind.choices)
    department = DepartmentField(label=gettext_lazy("Department"), queryset=Department.objects.none())
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Left empty, its kind and department name it."),
    )
    own_kind = forms.CharField(
        label=gettext_lazy("A kind of your own"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For the kind “other”: lists and the coverage map then group by this name."),
    )
    expectations = forms.CharField(
        label=gettext_lazy("What is expected of it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What whoever sits here answers for. Empty: the usual words, shown below."),
    )
    criteria = forms.CharField(
        label=gettext_lazy("Whom it suits"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_expectations(self) -> str | None:
        return self.cleaned_data["expectations"] or None

    def clean_criteria(self) -> str | None:
        return self.cleaned_data["criteria"] or None

    filled_by = SeatField(
        label=gettext_lazy("Filled by"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("The seat that finds a holder when this one is vacant; empty: the CX lead."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds_to_found(viewer, now)  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments.led_by(viewer, now)  # type: ignore[attr-defined]
        self.fields["filled_by"].queryset = seats.listed(viewer, now)  # type: ignore[attr-defined]


class SeatPersonForm(forms.Form):
    person = PersonField(label=gettext_lazy("Person"), queryset=Person.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("As"), choices=TenureRole.choices, initial=TenureRole.HOLDER)
    from_on = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: from now on. Whoever has the seat keeps it until then."),
    )
    until_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day; empty: for good. Access ends with it, by itself."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    role = forms.ChoiceField(choices=TenureRole.choices)


class PersonForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=lambda: [("", "—"), *zones.choices()], required=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES, required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Better left empty: invite them, and they choose one themselves."),
    )

    def clean_password(self) -> str | None:
        password: str = self.cleaned_data["password"]
        if password:
            password_validation.validate_password(password)
        return password or None


class LanguageForm(forms.Form):
    """One's own language, where there is more than one to choose from, and time zone."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of pages and mails. Minutes and packs are in the organisation's."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Your days begin and end by its clock, and mail comes at its hours."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choice: people.Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = zones.choices()
        if choice.zone not in dict(offered):
            offered.insert(0, (choice.zone, choice.zone))
        self.fields["zone"].choices = offered  # type: ignore[attr-defined]
        if len(choice.spoken) < 2:
            del self.fields["language"]
        else:
            self.fields["language"].choices = choice.languages  # type: ignore[attr-defined]


class AwayForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Away until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day away; empty: you are here. Until then your deputies answer for you."),
    )
