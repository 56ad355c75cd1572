"""Forms of what belongs to an action beside its promise."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import DeedForm, ReferenceField, day_field, offer, working_seats
from actions.models import ActionItem, ExpectedKind, Origin
from actions.services.facts import Benefit, Facts
from governance.forms.picking import PickField, PickManyField
from governance.forms.places import MoneyField
from governance.models import Department, ExecutiveSponsor, Goal, JourneyStep, Person, Seat


class DoerForm(DeedForm):
    person = PickField(label=_("A person"), queryset=Person.objects.none(), required=False, empty_label=_("none"))
    seat = ReferenceField(label=_("Or a seat"), queryset=Seat.objects.none(), required=False)

    def shape(self) -> None:
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Person.objects.filter(is_active=True).order_by("name")
        offer(self, "seat", working_seats(self.viewer, self.now).exclude(pk=self.action.seat_id))


class DoerEndForm(DeedForm):
    doer = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneForm(DeedForm):
    title = forms.CharField(label=_("Step on the way"), max_length=200)
    due_on = day_field(_("By"), required=False, help_text=_("A milestone is no promise: nobody climbs on it."))


class ReachForm(DeedForm):
    milestone = forms.IntegerField(widget=forms.HiddenInput)


class DependForm(DeedForm):
    needs = ReferenceField(label=_("It waits for"), queryset=ActionItem.objects.none())

    def shape(self) -> None:
        seen = ActionItem.objects.visible_to(self.viewer, self.now).exclude(pk=self.action.pk)
        offer(self, "needs", seen.exclude(state__in=("verified", "cancelled", "as_is")).order_by("subject__title"))


class DependNoMoreForm(DeedForm):
    dependency = forms.IntegerField(widget=forms.HiddenInput)


class FactsForm(forms.Form):
    """Where an action belongs, said of the version that its editor saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    origin = forms.ChoiceField(label=_("Comes from"), choices=Origin.choices)
    sponsor = PickField(
        label=_("Sponsor"), queryset=ExecutiveSponsor.objects.none(), required=False, empty_label=_("the council's")
    )
    step = ReferenceField(label=_("Step of a journey"), queryset=JourneyStep.objects.none(), required=False)
    goal = ReferenceField(label=_("Goal"), queryset=Goal.objects.none(), required=False)
    fit_reason = forms.CharField(
        label=_("Why this seat"),
        max_length=300,
        required=False,
        help_text=_("Needed where another seat has the step or the theme, or its sponsor may not grant what it needs."),
    )
    departments = PickManyField(
        label=_("Departments that help"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their people see the action from then on."),
    )
    benefit_kind = forms.ChoiceField(
        label=_("Expected benefit"), choices=[("", _("nothing said")), *ExpectedKind.choices], required=False
    )
    benefit_low = MoneyField(label=_("At least, a year"), required=False, max_length=30)
    benefit_likely = MoneyField(label=_("Likely, a year"), required=False, max_length=30)
    benefit_high = MoneyField(label=_("At most, a year"), required=False, max_length=30)
    benefit_words = forms.CharField(label=_("In words"), max_length=300, required=False)

    def __init__(
        self, data: Any = None, *, action: ActionItem, viewer: Person, now: datetime, currency: str, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.currency = currency
        offer(
            self, "step", JourneyStep.objects.visible_to(viewer, now).exclude(position=None).order_by("subject__title")
        )
        offer(self, "goal", Goal.objects.visible_to(viewer, now).order_by("subject__title"))
        for name in ("benefit_low", "benefit_likely", "benefit_high"):
            field = self.fields[name]
            if isinstance(field, MoneyField):
                field.currency = currency
                field.help_text = _("In %(currency)s.") % {"currency": currency}
        for name, queryset in (
            ("sponsor", ExecutiveSponsor.objects.filter(seat__in=Seat.objects.visible_to(viewer, now).values("pk"))),
            ("departments", Department.objects.visible_to(viewer, now).exclude(pk=action.department_id)),
        ):
            asked = self.fields[name]
            if isinstance(asked, forms.ModelChoiceField):
                asked.queryset = queryset.order_by("pk")
        if action.council.is_confidential:
            del self.fields["departments"]

    def facts(self) -> Facts:
        said = self.cleaned_data
        low, likely, high = (said.get(name) for name in ("benefit_low", "benefit_likely", "benefit_high"))
        return Facts(
            origin=said["origin"],
            sponsor=said["sponsor"],
            step=said["step"],
            goal=said["goal"],
            benefit=Benefit(
                kind=said["benefit_kind"],
                low=low,
                likely=likely,
                high=high,
                currency="" if low is None and likely is None and high is None else self.currency,
                words=said["benefit_words"],
            ),
            departments=list(said.get("departments") or ()),
            fit_reason=said["fit_reason"],
        )
