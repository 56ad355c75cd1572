"""Keeping a page as a view, and when the digest tells of it. Services judge; forms only read."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from governance import kept
from governance.models import SavedView, ViewCadence
from governance.services.saved_views import LONGEST_NAME


class ViewForm(forms.Form):
    """A name, and how often the digest tells of it; a page that counts nothing is told of once a week at most."""

    name = forms.CharField(label=_("Keep it as"), max_length=LONGEST_NAME)
    cadence = forms.ChoiceField(
        label=_("Tell me in the digest"), choices=ViewCadence.choices, initial=ViewCadence.NEVER, required=False
    )
    weekday = forms.ChoiceField(
        label=_("Once a week: on"),
        choices=list(WEEKDAYS.items()),
        initial=0,
        required=False,
    )

    def __init__(self, data: Any = None, *, page: kept.Page, key: int | None = None, **options: Any) -> None:
        super().__init__(data, auto_id=f"view-{key or 'new'}-%s", **options)
        if page.count is None and isinstance(cadence := self.fields["cadence"], forms.ChoiceField):
            cadence.choices = [one for one in ViewCadence.choices if one[0] != ViewCadence.CHANGED]

    def clean_cadence(self) -> str:
        return self.cleaned_data["cadence"] or ViewCadence.NEVER

    def clean_weekday(self) -> int:
        return int(self.cleaned_data["weekday"] or 0)


class NamedForm(ViewForm):
    """The same of a view that is kept already."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, view: SavedView, page: kept.Page, **options: Any) -> None:
        options.setdefault("initial", self.of(view))
        super().__init__(data, page=page, key=view.pk, **options)
        self.fields["name"].label = _("Called")

    @staticmethod
    def of(view: SavedView) -> dict[str, Any]:
        """What the form shows of a view as it stands."""
        return {"name": view.name, "cadence": view.cadence, "weekday": view.weekday, "version": view.version}


class KeepForm(ViewForm):
    """The same with the address that is kept; that is read by the form of its own page."""

    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=kept.LONGEST)
