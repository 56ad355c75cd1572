"""The forms of pilots: how one is tried, what a check found, and where it is to be repeated. Services judge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms.items import ReferenceField, day_field, long_field, offer
from actions.models import ActionItem, Outcome, Pilot, PilotCriterion, PilotVerdict
from actions.piloting import EXTENSIONS
from actions.queries import piloting as queries
from actions.services.pilots import Found, Plan
from governance.forms.picking import PickManyField
from governance.models import Department, Person, Seat


class PlacesField(PickManyField):
    """Departments, to be ticked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Department.objects.none(),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def departments() -> QuerySet[Department]:
    """Departments of any kind: functions, countries, brands, sites. They are everybody's to know of."""
    found = Department.objects.filter(subject__archived_at=None).select_related("subject")
    return found.order_by("name", "pk")


class PlanForm(forms.Form):
    """How an action is tried in one place first; shown again to change it."""

    department = ReferenceField(label=gettext_lazy("Tried in"), queryset=Department.objects.none())
    unit = forms.CharField(
        label=gettext_lazy("A part of it"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A team, branch or line, by its name. Empty: the whole department."),
    )
    criteria = long_field(
        gettext_lazy("It passes when"),
        rows=4,
        required=False,
        help_text=gettext_lazy(
            "A line for each thing that must be true. Written now, before there is anything to see."
        ),
    )
    by_kpi = forms.BooleanField(label=gettext_lazy("Its KPI reaches its target, too"), required=False)
    check_on = day_field(gettext_lazy("Checked on"))
    checker = ReferenceField(
        label=gettext_lazy("Who checks"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=gettext_lazy("Somebody without a part in the work."),
    )
    places = PlacesField(
        label=gettext_lazy("Where it might be repeated"),
        help_text=gettext_lazy("Nothing happens there before it passed and its council decided."),
    )
    reason = long_field(
        gettext_lazy("Why it changes"), rows=2, help_text=gettext_lazy("What was written before stays on record.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        action: ActionItem,
        viewer: Person,
        now: datetime,
        pilot: Pilot | None = None,
        holds: Sequence[PilotCriterion] = (),
        **options: Any,
    ) -> None:
        first = _as_it_stands(pilot, holds) if pilot is not None else {"version": action.version}
        super().__init__(data, auto_id="plan_%s", initial=first, **options)
        offer(self, "department", departments())
        checkers = self.fields["checker"]
        if isinstance(checkers, ReferenceField):
            checkers.empty_label = _("the council’s secretary, or its line")
        offer(self, "checker", queries.checkers(action.council, viewer, now))
        places = self.fields["places"]
        if isinstance(places, PlacesField):
            places.queryset = departments()
        if not _has_kpi(action):
            del self.fields["by_kpi"]
            self.fields["criteria"].required = True
        if pilot is None or not queries.has_begun(pilot, now):
            del self.fields["reason"]
        if pilot is not None:
            self.fields["check_on"].help_text = _("No later: a check gives more time, on that day.")

    def plan(self) -> Plan:
        said = self.cleaned_data
        return Plan(
            department=said["department"],
            unit=said["unit"],
            criteria=said["criteria"].splitlines(),
            by_kpi=bool(said.get("by_kpi")),
            check_on=said["check_on"],
            checker=said["checker"],
            places=list(said["places"]),
        )


def _has_kpi(action: ActionItem) -> bool:
    last = Outcome.objects.filter(action=action).order_by("-number").values_list("metric", flat=True).first()
    return last is not None


def _as_it_stands(pilot: Pilot, holds: Sequence[PilotCriterion]) -> dict[str, Any]:
    return {
        "department": pilot.department,
        "unit": pilot.unit,
        "criteria": "\n".join(one.text for one in holds if one.outcome_id is None),
        "by_kpi": any(one.outcome_id is not None for one in holds),
        "check_on": pilot.check_on,
        "checker": pilot.checker,
        "places": [place.department for place in pilot.places.select_related("department__subject")],
        "version": pilot.version,
    }


class DeedForm(forms.Form):
    """One deed on a pilot, said of the version that its doer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, pilot: Pilot, holds: Sequence[PilotCriterion], verb: str) -> None:
        super().__init__(data, auto_id=f"{verb}_%s", initial={"version": pilot.version})
        self.pilot, self.holds = pilot, holds
        self.shape()

    def shape(self) -> None:
        """Fit what is asked to the pilot."""

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class CheckForm(DeedForm):
    """Each criterion with what was seen, and the word that follows from it."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("So, did it pass?"),
        choices=PilotVerdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Tap one.")},
    )
    reason = long_field(
        gettext_lazy("Why"), required=False, help_text=gettext_lazy("Needed unless it passed. Others learn from it.")
    )
    next_on = day_field(
        gettext_lazy("Checked again on"), required=False, help_text=gettext_lazy("Where it needs more time.")
    )

    def shape(self) -> None:
        for one in self.holds:
            self.fields[f"met_{one.number}"] = forms.ChoiceField(
                label=f"{one.number}. {one.text}",
                choices=[("yes", _("met")), ("no", _("not met"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Tap one.")},
            )
            self.fields[f"words_{one.number}"] = long_field(_("What was seen"), rows=2)
        if self.pilot.extensions >= EXTENSIONS:
            verdict = self.fields["verdict"]
            if isinstance(verdict, forms.ChoiceField):
                verdict.choices = [one for one in PilotVerdict.choices if one[0] != PilotVerdict.EXTENDED]
            del self.fields["next_on"]
        rows = [name for one in self.holds for name in (f"met_{one.number}", f"words_{one.number}")]
        self.order_fields([*rows, "verdict", "reason", "next_on"])

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "verdict": given["verdict"],
            "reason": given["reason"],
            "next_on": given.get("next_on"),
            "version": given["version"],
            "findings": [
                Found(given[f"met_{one.number}"] == "yes", given[f"words_{one.number}"]) for one in self.holds
            ],
        }


class StopForm(DeedForm):
    reason = long_field(
        gettext_lazy("Why it stops, and what was learnt"),
        help_text=gettext_lazy("It stays on the board: what did not pass is worth as much."),
    )


class ProposeForm(DeedForm):
    places = PlacesField(
        label=gettext_lazy("In these places, too"),
        help_text=gettext_lazy("The council decides in which of them, and with whom, by when and with what."),
    )

    def shape(self) -> None:
        known = self.pilot.places.values("department")
        places = self.fields["places"]
        if isinstance(places, PlacesField):
            places.queryset = departments().exclude(pk__in=known)

    def said(self) -> dict[str, Any]:
        return {"places": list(self.cleaned_data["places"]), "version": self.cleaned_data["version"]}
