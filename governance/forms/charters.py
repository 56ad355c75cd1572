"""The charter editor: one group of fields a clause, only for clauses that something enforces."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.clauses import (
    TARGETS,
    VERIFIERS,
    WARNING,
    Ladder,
    Rules,
    Step,
)
from governance.forms.places import MoneyField
from governance.models import DutyKind

SPARE_STEPS = 3
"""Empty rungs below a ladder's own, for adding without JavaScript."""

GROUPS: dict[str, list[str]] = {
    "quorum": ["quorum_minimum", "quorum_chair_required"],
    "voting": ["voting_threshold", "voting_of"],
    "right": ["right_per_decision"],
    "verifying": ["verifying_verifier"],
    "terms": ["terms_accept", "terms_answer", "terms_set_date", "terms_verify", "terms_settle"],
}
NAMES: dict[str, Any] = {
    "quorum": gettext_lazy("Quorum"),
    "voting": gettext_lazy("Voting"),
    "right": gettext_lazy("Decision right"),
    "ladder": gettext_lazy("Ladder"),
    "verifying": gettext_lazy("Verification"),
    "terms": gettext_lazy("Terms"),
}


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=250)


class RulesForm(forms.Form):
    """The clauses but the ladder, which is a form a rung."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    quorum_minimum = forms.IntegerField(
        label=gettext_lazy("Voting seats that must be taken"), min_value=1, max_value=99
    )
    quorum_chair_required = forms.BooleanField(label=gettext_lazy("The chair's among them"), required=False)
    voting_threshold = forms.ChoiceField(
        label=gettext_lazy("A motion carries with"),
        choices=[("majority", gettext_lazy("more than half")), ("two_thirds", gettext_lazy("at least two thirds"))],
    )
    voting_of = forms.ChoiceField(
        label=gettext_lazy("Of"),
        choices=[("cast", gettext_lazy("the votes cast")), ("all", gettext_lazy("all voting seats"))],
    )
    right_per_decision = MoneyField(label=gettext_lazy("One decision may commit up to"))
    verifying_verifier = forms.ChoiceField(label=gettext_lazy("Who verifies"), choices=list(VERIFIERS.items()))
    terms_accept = _days(gettext_lazy("Accept or decline, working days"))
    terms_answer = _days(gettext_lazy("Answer what was heard"))
    terms_set_date = _days(gettext_lazy("Promise a date"))
    terms_verify = _days(gettext_lazy("Verify"))
    terms_settle = _days(gettext_lazy("Settle what stands on the agenda"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, currency: str, enforced: list[str], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["right_per_decision"].currency = currency  # type: ignore[attr-defined]
        self.currency = currency
        for clause, names in GROUPS.items():
            if clause not in enforced:
                for name in names:
                    del self.fields[name]
        if not is_new:
            del self.fields["title"]

    def groups(self) -> list[dict[str, Any]]:
        """The clauses to edit, each with its bound fields."""
        return [
            {"name": NAMES[clause], "clause": clause, "fields": [self[name] for name in names]}
            for clause, names in GROUPS.items()
            if names[0] in self.fields
        ]

    def rules(self, base: Rules, steps: list[Step]) -> Rules:
        """The clauses as they were filled in; those that are not offered stay as they are in ``base``."""
        said: dict[str, Any] = self.cleaned_data
        made: dict[str, Any] = {"ladder": Ladder(tuple(steps))}
        for clause, names in GROUPS.items():
            if names[0] not in self.fields:
                continue
            values = {name.removeprefix(f"{clause}_"): said[name] for name in names}
            if clause == "right":
                values["currency"] = self.currency
            made[clause] = replace(getattr(base, clause), **values)
        return replace(base, **made)


def initial_of(rules: Rules) -> dict[str, Any]:
    """What the form shows for these rules."""
    return {
        "quorum_minimum": rules.quorum.minimum,
        "quorum_chair_required": rules.quorum.chair_required,
        "voting_threshold": rules.voting.threshold,
        "voting_of": rules.voting.of,
        "right_per_decision": rules.right.per_decision,
        "verifying_verifier": rules.verifying.verifier,
        **{
            f"terms_{name}": getattr(rules.terms, name) for name in ("accept", "answer", "set_date", "verify", "settle")
        },
    }


class StepForm(forms.Form):
    """One rung: emptied, it is taken out of the ladder."""

    on = forms.ChoiceField(label=gettext_lazy("When somebody"), choices=[("", "—"), *DutyKind.choices], required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Working days after the due day"), min_value=-30, max_value=250, required=False
    )
    to = forms.ChoiceField(
        label=gettext_lazy("Then"),
        choices=[("", "—"), *((key, text) for key, text in TARGETS.items() if key != WARNING)],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        given = [bool(said.get("on")), said.get("days") is not None, bool(said.get("to"))]
        if any(given) and not all(given):
            raise forms.ValidationError(gettext_lazy("Fill in the whole rung, or empty it."))
        return said


_Steps = forms.formset_factory(StepForm, extra=0)


def steps_form(rules: Rules, posted: Any = None) -> "forms.BaseFormSet[StepForm]":
    """The rungs of a ladder and a few empty ones."""
    shown: list[dict[str, Any]] = [{"on": step.on, "days": step.days, "to": step.to} for step in rules.ladder.steps]
    return _Steps(posted, initial=[*shown, *({} for _spare in range(SPARE_STEPS))], prefix="step")


def steps_of(formset: "forms.BaseFormSet[StepForm]") -> list[Step]:
    return [Step(said["on"], said["days"], said["to"]) for said in formset.cleaned_data if said.get("on")]
