"""Addresses of pages that read a parameter beside their form, read whole: what a kept view of them may hold."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, offer
from actions.forms.review import OneForm, SeatsForm
from actions.models import OutcomeEffect, Pilot, PilotState
from actions.queries import outcomes
from actions.queries.departments import Place
from actions.queries.pilots import LABELS, LEARNT_STATE
from governance.models import Department, Person
from governance.queries import unacted

EFFECTS: list[tuple[str, Any]] = [
    *((str(effect.value), effect.label) for effect in OutcomeEffect),
    (outcomes.NOT_READ, _("not judged yet")),
    (outcomes.NO_KPI, _("no KPI, with a reason")),
    (outcomes.NOT_FIXED, _("nothing was fixed")),
]
"""What came of verified actions, as their list is narrowed to it."""


PILOT_STATES: list[tuple[str, Any]] = [
    ("", _("All")),
    (PilotState.RUNNING, _("Being tried")),
    (PilotState.PASSED, _("Passed")),
    (LEARNT_STATE, _("Did not pass")),
]
"""The views of the board of pilots."""


class PilotsAddress(forms.Form):
    """Of the board of pilots."""

    state = forms.ChoiceField(label=_("State"), choices=PILOT_STATES, required=False)


class PlacesAddress(forms.Form):
    """Of the places of pilots."""

    pilot = ReferenceField(label=_("Pilot"), queryset=Pilot.objects.none(), required=False)
    group = forms.ChoiceField(
        label=_("Stands"),
        choices=[("", _("any")), *((str(one), label) for one, label in LABELS.items())],
        required=False,
    )

    def __init__(self, data: Any, *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        offer(self, "pilot", Pilot.objects.visible_to(viewer, now))


class DepartmentAddress(forms.Form):
    """Of one department in review, which its path names."""

    department = ReferenceField(label=_("Department"), queryset=Department.objects.none())
    below = forms.BooleanField(label=_("With those below it"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        offer(self, "department", Department.objects.visible_to(viewer, now).filter(subject__archived_at=None))

    @property
    def place(self) -> Place:
        return Place(self.cleaned_data["department"], self.cleaned_data["below"])


class OutcomesAddress(OneForm):
    """Of the list of outcomes."""

    effect = forms.ChoiceField(label=_("What came of them"), choices=[("", _("any")), *EFFECTS], required=False)


class UnactedAddress(SeatsForm):
    """Of who has not acted."""

    asked = forms.ChoiceField(label=_("Asked for"), required=False)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        asked = self.fields["asked"]
        assert isinstance(asked, forms.ChoiceField)  # noqa: S101 - declared above
        asked.choices = [("", _("any")), *((str(key), label) for key, label in unacted.LABELS.items())]
