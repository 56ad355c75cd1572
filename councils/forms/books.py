"""Forms of the books: granting an envelope, closing it, moving what is free."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from councils.models import Envelope, Unit
from governance.forms.picking import PickField
from governance.forms.places import HoursField, MoneyField


def amount_field(unit: str, currency: str, **options: Any) -> forms.Field:
    """An amount of an envelope's unit, as people write it."""
    options.setdefault("label", gettext_lazy("Hours") if unit == Unit.TIME else gettext_lazy("Amount"))
    if unit == Unit.TIME:
        return HoursField(help_text=gettext_lazy("For example 7.5 or 7:30."), **options)
    return MoneyField(currency=currency, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)


class GrantForm(forms.Form):
    unit = forms.ChoiceField(
        label=gettext_lazy("What is granted"), choices=Unit.choices, initial=Unit.MONEY, required=False
    )
    amount = forms.CharField(
        label=gettext_lazy("How much"), help_text=gettext_lazy("Money such as 12,500, or hours such as 400.")
    )
    opens_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
        help_text=gettext_lazy("Empty: from today."),
    )
    closes_on = forms.DateField(
        label=gettext_lazy("To"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
        help_text=gettext_lazy("The last day on which it may be committed; empty: no such day."),
    )
    signed = forms.BooleanField(
        label=gettext_lazy("I sign this grant in my name"),
        error_messages={"required": gettext_lazy("Only a signed grant makes an envelope.")},
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["unit"] = cleaned.get("unit") or Unit.MONEY
        read_amount(self, cleaned, cleaned["unit"], self.currency)
        return cleaned


class NarrowForm(forms.Form):
    """What a list of envelopes is narrowed by, in its address; the council is the view's to look up."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=[("", ""), *Unit.choices], required=False)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, required=False)
    from_on = forms.DateField(label=gettext_lazy("Envelopes from"), required=False)
    until_on = forms.DateField(label=gettext_lazy("Envelopes until"), required=False)

    def chosen(self) -> list[tuple[str, Any, str]]:
        """``(parameter, label, value in words)`` of each that is set, for chips."""
        given = self.cleaned_data
        words = {
            "unit": dict(Unit.choices).get(given["unit"], ""),
            "currency": given["currency"],
            "from_on": date_format(given["from_on"]) if given["from_on"] else "",
            "until_on": date_format(given["until_on"]) if given["until_on"] else "",
        }
        return [(name, self.fields[name].label, str(value)) for name, value in words.items() if value]


def read_amount(form: forms.Form, cleaned: dict[str, Any], unit: str, currency: str) -> None:
    """Read the text in ``amount`` by the unit that was chosen beside it; what cannot be read stands at the field."""
    if cleaned.get("amount"):
        try:
            cleaned["amount"] = amount_field(unit, currency).clean(cleaned["amount"])
        except forms.ValidationError as error:
            form.add_error("amount", error)


class EnvelopeField(PickField):
    """An envelope by its public reference."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Envelope.objects.none(), to_field_name="subject__reference", **options)

    def prepare_value(self, value: Any) -> Any:
        return value.reference if isinstance(value, Envelope) else value

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference} {obj.title}"


def offer_envelopes(form: forms.Form, name: str, envelopes: QuerySet[Envelope]) -> None:
    form.fields[name].queryset = envelopes.select_related("subject")  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    into = EnvelopeField(
        label=gettext_lazy("What is left"),
        required=False,
        empty_label=gettext_lazy("It lapses"),
        help_text=gettext_lazy("It lapses, or goes over into an open envelope: free stays free, allocated allocated."),
    )
    cover = forms.BooleanField(
        label=gettext_lazy("I cover what is overrun"),
        required=False,
        help_text=gettext_lazy("Otherwise a decision settles it first."),
    )
    signed = forms.BooleanField(
        label=gettext_lazy("I close this envelope in my name; nothing is posted into it after this"),
        error_messages={"required": gettext_lazy("Only who signs it closes an envelope.")},
    )

    def __init__(self, *args: Any, choices: QuerySet[Envelope], has_overrun: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_envelopes(self, "into", choices)
        if not has_overrun:
            del self.fields["cover"]


class TransferForm(forms.Form):
    into = EnvelopeField(label=gettext_lazy("To the envelope"), empty_label=gettext_lazy("Choose"))
    amount = forms.CharField()
    signed = forms.BooleanField(
        label=gettext_lazy("I sign this transfer in my name"),
        error_messages={"required": gettext_lazy("Only a signed transfer moves anything.")},
    )

    def __init__(self, *args: Any, choices: QuerySet[Envelope], envelope: Envelope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_envelopes(self, "into", choices)
        self.fields["amount"] = amount_field(envelope.unit, envelope.currency)
