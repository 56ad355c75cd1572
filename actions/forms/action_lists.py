"""Forms about lists of actions: narrowing them. Services judge; forms only read."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.figures import LABELS, OFFERED
from actions.forms.items import ReferenceField, day_field, offer
from actions.models import ActionState, Health, Theme
from actions.queries.action_lists import ORDERS, SEVERAL_STATES, refusal
from actions.queries.items import Narrowed
from councils.models import Council
from governance.models import Department, Journey, Person, Seat


class NarrowForm(forms.Form):
    """What a list of actions is narrowed by, in its address."""

    words = forms.CharField(label=_("Words"), max_length=120, required=False)
    department = ReferenceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label=_("any")
    )
    council = ReferenceField(label=_("Council"), queryset=Council.objects.none(), required=False, empty_label=_("any"))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("any")), *SEVERAL_STATES, *ActionState.choices],
    )
    health = forms.ChoiceField(label=_("Health"), required=False, choices=[("", _("any")), *Health.choices])
    figure = forms.ChoiceField(
        label=_("Figure"),
        required=False,
        choices=[("", _("any")), *((str(key), LABELS[key]) for key in OFFERED)],
    )
    due_from = day_field(_("Due from"), required=False)
    due_until = day_field(_("Due until"), required=False)
    accepted_from = day_field(_("Accepted from"), required=False)
    accepted_until = forms.DateField(required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[("", _("open first, by day")), *((key, label) for key, (label, _order) in ORDERS.items())],
    )
    mine = forms.BooleanField(label=_("Only of my seats"), required=False)
    seat = ReferenceField(queryset=Seat.objects.none(), required=False, widget=forms.HiddenInput)
    theme = ReferenceField(queryset=Theme.objects.none(), required=False, widget=forms.HiddenInput)
    within = ReferenceField(queryset=Department.objects.none(), required=False, widget=forms.HiddenInput)
    sponsor = ReferenceField(queryset=Seat.objects.none(), required=False, widget=forms.HiddenInput)
    journey = ReferenceField(queryset=Journey.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="narrow_%s", **options)
        self._asked = (viewer, now)
        choices: dict[str, QuerySet[Any]] = {
            "department": Department.objects.visible_to(viewer, now).order_by("name"),
            "council": Council.objects.visible_to(viewer, now).order_by("name"),
            "seat": Seat.objects.visible_to(viewer, now),
            "theme": Theme.objects.visible_to(viewer, now),
            "within": Department.objects.visible_to(viewer, now),
            "sponsor": Seat.objects.visible_to(viewer, now),
            "journey": Journey.objects.visible_to(viewer, now),
        }
        for name, queryset in choices.items():
            offer(self, name, queryset)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        refused = refusal(said.get("seat"), said.get("figure", ""), *self._asked)
        if refused:
            self.add_error("figure", refused)
        return said

    @property
    def chosen(self) -> Narrowed:
        return Narrowed(**self.cleaned_data) if self.is_bound else Narrowed()
