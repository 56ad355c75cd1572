"""What the list of those who have not acted is narrowed by, in its address."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, offer
from councils.models import Council
from governance.models import Department, Person
from governance.queries.unacted import LABELS, Asked


class UnactedForm(forms.Form):
    department = ReferenceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label=_("any"),
        help_text=_("With those below it."),
    )  # fmt: skip
    council = ReferenceField(label=_("Council"), queryset=Council.objects.none(), required=False, empty_label=_("any"))
    asked = forms.ChoiceField(
        required=False, choices=[("", _("any")), *((str(key), LABELS[key]) for key in Asked)], widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="unacted_%s", **options)
        offer(self, "department", Department.objects.visible_to(viewer, now).order_by("name"))
        offer(self, "council", Council.objects.visible_to(viewer, now).order_by("name"))
        if self.is_bound:
            self.is_valid()

    @property
    def scope(self) -> dict[str, Any]:
        """What a bound form narrows to; what it names and is not there, or may not be seen, narrows nothing away."""
        given = self._given
        council = given.get("council")
        return {"council": council.pk if council is not None else None, "department": given.get("department")}

    @property
    def what(self) -> str:
        return str(self._given.get("asked") or "")

    def chosen(self, name: str) -> str:
        """The title of what a field chose; empty where it chose nothing."""
        found = self._given.get(name)
        return str(found.subject.title) if found is not None else ""

    @property
    def _given(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_bound else {}
