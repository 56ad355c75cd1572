"""Addresses of governance's lists, read whole: what a kept view and a sheet of them may hold."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from governance import access
from governance.events import EVENTS
from governance.forms.picking import PickField
from governance.models import Department, Person, Subject
from governance.queries import departments, journal, seats

FILLED = {"yes": True, "no": False}
"""What the list of seats is narrowed by: those that somebody has, and those that nobody has."""


class PeopleAddress(forms.Form):
    """The list of people's."""

    search = forms.CharField(label=_("Name or e-mail"), required=False)
    left = forms.ChoiceField(label=_("Access"), choices=[("", _("any")), ("yes", _("ended"))], required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        """As ``queries.people.directory`` takes it."""
        return {"search": self.cleaned_data["search"], "left": self.cleaned_data["left"] == "yes"}


class SeatsAddress(forms.Form):
    """The list of seats'."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    department = PickField(
        label=_("Department"), queryset=Department.objects.none(), required=False, to_field_name="subject__reference"
    )
    filled = forms.ChoiceField(
        label=_("Seat"), choices=[("", _("any")), ("yes", _("taken")), ("no", _("vacant"))], required=False
    )

    def __init__(self, data: QueryDict, *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        kind, department = self.fields["kind"], self.fields["department"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(department, PickField)  # noqa: S101 - declared above
        kind.choices = [("", _("any")), *seats.kinds(viewer, now)]
        department.queryset = departments.listed(viewer, now)

    @property
    def wanted(self) -> dict[str, Any]:
        """As ``queries.seats.listed`` takes it."""
        said = self.cleaned_data
        return {"kind": said["kind"], "department": said["department"], "filled": FILLED.get(said["filled"])}


class JournalAddress(forms.Form):
    """The journal's. On its page an event that there is not narrows nothing; of that nothing is kept."""

    subject = forms.CharField(label=_("About"), required=False)
    event = forms.CharField(label=_("What happened"), required=False)
    since = forms.CharField(label=_("Since"), required=False)

    def __init__(self, data: QueryDict, *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        self.viewer, self.now = viewer, now

    def clean_subject(self) -> str:
        reference: str = self.cleaned_data["subject"].upper()
        if reference:
            found = Subject.objects.filter(reference=reference).first()
            if found is None or not access.may_see(self.viewer, found.pk, self.now):
                raise forms.ValidationError(_("There is nothing with this reference, or nothing that you may see."))
        return reference

    def clean_event(self) -> str:
        named: str = self.cleaned_data["event"]
        if any(one not in EVENTS for one in named.split(",") if named):
            raise forms.ValidationError(_("Nothing is called so that could happen."))
        return named

    def clean_since(self) -> str:
        said: str = self.cleaned_data["since"]
        if said and journal.moment_of(said) is None:
            raise forms.ValidationError(_("This is no moment with its zone."))
        return said
