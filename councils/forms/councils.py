"""Forms about councils and who sits on them. Choices are what the viewer may see."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from councils.models import Council, CouncilKind
from governance.forms.picking import PickField
from governance.forms.places import DepartmentField, PersonField
from governance.models import Charter, Department, ExecutiveSponsor, Person, Seat, TenureRole
from governance.queries import departments, people


class CouncilField(PickField):
    def label_from_instance(self, obj: Council) -> str:
        return obj.name


class CharterField(PickField):
    def label_from_instance(self, obj: Charter) -> str:
        return f"{obj.title} ({obj.reference})"


class SponsorField(PickField):
    def label_from_instance(self, obj: ExecutiveSponsor) -> str:
        return f"{obj.seat.title} ({obj.seat.reference})"


def sponsors(viewer: Person, now: datetime) -> QuerySet[ExecutiveSponsor]:
    """The sponsors whose seats ``viewer`` may see."""
    seen = Seat.objects.visible_to(viewer, now).values("pk")
    return ExecutiveSponsor.objects.filter(seat__in=seen).select_related("seat__subject").order_by("seat_id")


class CouncilForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CouncilKind.choices, initial=CouncilKind.GOVERNANCE)
    department = DepartmentField(
        label=gettext_lazy("Department"),
        queryset=Department.objects.none(),
        help_text=gettext_lazy("Whose calendar it keeps."),
    )
    sponsor = SponsorField(
        label=gettext_lazy("Sponsor"),
        queryset=ExecutiveSponsor.objects.none(),
        help_text=gettext_lazy("Asked for help when something stays late, and who signs its envelope."),
    )
    parent = CouncilField(
        label=gettext_lazy("Refers to"),
        queryset=Council.objects.none(),
        required=False,
        help_text=gettext_lazy("The body above, which gets what is beyond its authority; empty: its sponsor."),
    )
    charter = CharterField(
        label=gettext_lazy("Charter"),
        queryset=Charter.objects.none(),
        required=False,
        help_text=gettext_lazy("Empty: the programme's default charter holds."),
    )
    from_template = forms.BooleanField(
        label=gettext_lazy("Draft its own charter from the template for its kind"),
        required=False,
        help_text=gettext_lazy(
            "Purpose, rules and roles, ready to be adopted or changed. It holds once its sponsors have signed it."
        ),
    )
    chair = PersonField(label=gettext_lazy("Chair"), queryset=Person.objects.none(), required=False)
    secretary = PersonField(label=gettext_lazy("Secretary"), queryset=Person.objects.none(), required=False)
    is_confidential = forms.BooleanField(
        label=gettext_lazy("Confidential"),
        required=False,
        help_text=gettext_lazy(
            "Only its seats and its sponsor know of it from then on; you too lose sight of it unless you sit there."
        ),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, QuerySet[Any]] = {
            "department": departments.listed(viewer, now),
            "sponsor": sponsors(viewer, now),
            "parent": Council.objects.visible_to(viewer, now).order_by("name"),
            "charter": Charter.objects.visible_to(viewer, now).order_by("subject__title"),
            "chair": people.directory(viewer, now),
            "secretary": people.directory(viewer, now),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a model choice field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_confidential") and not cleaned.get("chair"):
            self.add_error(
                "chair", gettext_lazy("Name the chair of a confidential council: nobody else could seat anybody there.")
            )
        return cleaned


class RosterForm(forms.Form):
    role = forms.CharField(label=gettext_lazy("Role"), max_length=120)
    expectations = forms.CharField(
        label=gettext_lazy("What the others may expect"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MemberForm(forms.Form):
    person = PersonField(
        label=gettext_lazy("Who sits there"),
        queryset=Person.objects.none(),
        required=False,
        help_text=gettext_lazy("Empty: the seat stays vacant, and is somebody's to fill."),
    )
    represents = DepartmentField(label=gettext_lazy("Represents"), queryset=Department.objects.none(), required=False)
    title = forms.CharField(
        label=gettext_lazy("Title of the seat"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Left empty, the council and the department name it."),
    )
    votes = forms.BooleanField(label=gettext_lazy("Votes"), required=False, initial=True)

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]
        self.fields["represents"].queryset = departments.listed(viewer, now)  # type: ignore[attr-defined]


class SeatMemberForm(forms.Form):
    person = PersonField(label=gettext_lazy("Person"), queryset=Person.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("As"), choices=TenureRole.choices, initial=TenureRole.HOLDER)

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]
