"""What deeds about the effect of an action ask for: the KPI, a verdict, money, what its givers are told."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from actions.forms.aims import AimFields
from actions.forms.items import DeedForm, day_field, long_field
from actions.models import Benefit, BenefitKind, OutcomeEffect
from actions.queries import outcomes as queries
from actions.services.benefits import currency_of
from actions.services.outcomes import reviews_ahead
from governance.forms.picking import PickField
from governance.forms.places import MoneyField
from governance.money import format_minor


class WindowFields(AimFields):
    """The windows too, where the usual ones do not fit."""

    baseline_from = day_field(_("Like before: from"), required=False, help_text=_("Empty: the 90 days before today."))
    baseline_until = day_field(_("Like before: until"), required=False)
    effect_from = day_field(
        _("A change counts from"),
        required=False,
        help_text=_("Empty: 120 days from the promise, or a month past the last reading."),
    )
    effect_until = day_field(_("A change counts until"), required=False)


class MeasureForm(WindowFields, DeedForm):
    def shape(self) -> None:
        self.offer_metrics(self.action, self.viewer, self.now, reviews_ahead(self.action, self.now))

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_target()
        return self.cleaned_data


class CorrectMeasureForm(MeasureForm):
    reason = long_field(
        _("Why it changes"), help_text=_("The council decides with both before it; what was fixed stays on record.")
    )

    def shape(self) -> None:
        super().shape()
        holds = queries.of(self.action, self.now).outcome
        if holds is None:
            return
        for name in ("share", "because", "baseline_from", "baseline_until", "effect_from", "effect_until"):
            self.fields[name].initial = getattr(holds, name)
        if holds.metric is not None:
            self.show_metric(holds.metric, holds.target)


class ReadForm(DeedForm):
    pass


class JudgeForm(DeedForm):
    effect = forms.ChoiceField(
        label=_("Did it work?"),
        choices=OutcomeEffect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    said = long_field(_("In a sentence"), help_text=_("For whoever wants to do the same elsewhere."))


class BenefitField(PickField):
    """The amounts that finance verified and that hold, told by kind, amount and period."""

    def label_from_instance(self, obj: Any) -> str:
        days = [date_format(day, "j M Y") for day in (obj.from_on, obj.until_on)]
        amount = format_minor(obj.amount, obj.currency)
        return f"{capfirst(str(obj.get_kind_display()))}, {amount}, {days[0]} – {days[1]}"


class BenefitForm(DeedForm):
    corrects = BenefitField(
        label=_("It corrects"),
        queryset=Benefit.objects.none(),
        required=False,
        empty_label=_("nothing: it is another amount"),
        help_text=_("What is corrected stays on record and counts no more. Nothing came of it: correct it to 0."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=BenefitKind.choices)
    amount = MoneyField(label=_("Amount"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    from_on = day_field(_("From"))
    until_on = day_field(_("Until"))
    note = long_field(_("How it was verified"), help_text=_("So that an auditor can do it again."))

    def shape(self) -> None:
        amount, corrects = self.fields["amount"], self.fields["corrects"]
        holds = Benefit.objects.filter(action=self.action, corrected_by=None).order_by("from_on", "pk")
        if isinstance(corrects, BenefitField):
            corrects.queryset = holds
        if not holds.exists():
            del self.fields["corrects"]
        if isinstance(amount, MoneyField):
            amount.currency = currency_of(self.action)


class DraftForm(DeedForm):
    text = long_field(
        _("What we tell them"), rows=5, help_text=_("What changed, in words that a customer understands.")
    )

    def shape(self) -> None:
        draft = queries.of(self.action, self.now).telling
        self.fields["text"].initial = draft.text if draft is not None else ""


class ApproveForm(DeedForm):
    pass


class SendForm(DeedForm):
    pass
