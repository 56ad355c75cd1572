"""What the page of resources is narrowed by, in its address."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from actions.forms.items import day_field
from actions.forms.review import ReviewForm
from actions.queries.scope import EVERYTHING, Scope
from councils.queries.resources import ALWAYS, Period
from governance.models import Person


class ResourcesForm(ReviewForm):
    """By department with those below, council, and days that an envelope's own period has one of."""

    from_on = day_field(_("Envelopes from"), required=False)
    until_on = day_field(_("Envelopes until"), required=False)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        for name in set(self.fields) - {"within", "council", "from_on", "until_on"}:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            raise forms.ValidationError({"until_on": _("The period ends after it begins.")})
        return cleaned

    @property
    def scope(self) -> Scope:
        if not self.is_bound or not self.is_valid():
            return EVERYTHING
        return Scope(within=self.cleaned_data["within"], council=self.cleaned_data["council"])

    @property
    def days(self) -> Period:
        if not self.is_bound or not self.is_valid():
            return ALWAYS
        return Period(self.cleaned_data["from_on"], self.cleaned_data["until_on"])

    def chosen(self) -> list[tuple[str, Any, str]]:
        scope, period = self.scope, self.days
        things = {"within": scope.within, "council": scope.council}
        days = {"from_on": period.from_on, "until_on": period.until_on}
        found = [(name, self.fields[name].label, thing.subject.title) for name, thing in things.items() if thing]
        return [*found, *((name, self.fields[name].label, date_format(on)) for name, on in days.items() if on)]
