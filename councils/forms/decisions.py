"""What the decision register is narrowed by, in its address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.models import Verdict
from councils.queries.decisions import UNDONE, Carried, Wanted, Where
from councils.queries.lasting import Stands

ANY = ("", _("any"))
VERDICTS = [*Verdict.choices, (UNDONE, _("taken back or lapsed"))]


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("What was wrong"), max_length=300, required=False, widget=forms.TextInput(attrs={"required": True})
    )


class ReviewForm(forms.Form):
    finding = forms.CharField(
        label=_("What you found"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_on = forms.DateField(
        label=_("Looked at again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: it has served its purpose, and needs no more looks."),
    )
    owed = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RegisterForm(forms.Form):
    search = forms.CharField(
        label=_("Words of the motion"), max_length=120, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    verdict = forms.ChoiceField(label=_("Verdict"), choices=[ANY, *VERDICTS], required=False)
    stands = forms.ChoiceField(label=_("How it stands"), choices=[ANY, *Stands.choices], required=False)
    carried = forms.ChoiceField(label=_("Carried out"), choices=[ANY, *Carried.choices], required=False)
    where = forms.ChoiceField(label=_("Decided"), choices=[ANY, *Where.choices], required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    provisional = forms.BooleanField(label=_("Under a provisional charter"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("It ends before it begins. Choose a later day."))
        return said

    @property
    def wanted(self) -> Wanted:
        """What is asked for; what cannot be read narrows nothing, and says so at its field."""
        self.is_valid()
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value})

    def chips(self) -> list[tuple[str, Any, Any]]:
        """``(parameter, label, value in words)`` of what narrows the list."""
        self.is_valid()
        said = self.cleaned_data
        words = {
            "verdict": dict(VERDICTS)[said["verdict"]] if said.get("verdict") else "",
            "stands": Stands(said["stands"]).label if said.get("stands") else "",
            "carried": Carried(said["carried"]).label if said.get("carried") else "",
            "where": Where(said["where"]).label if said.get("where") else "",
            "provisional": _("yes") if said.get("provisional") else "",
        }
        return [(name, field.label, words.get(name, said.get(name) or "")) for name, field in self.fields.items()]
