"""Forms of handing over and taking over."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, day_field, offer, working_seats
from actions.models import ActionItem
from actions.queries.handover import Inherited, receivers
from governance.forms.places import PersonField
from governance.models import Duty, Person, Seat
from governance.queries import people
from governance.queries.holdings import Holding


class WholeForm(forms.Form):
    """Everything to one person: a new tenure."""

    person = PersonField(label=_("Successor"), queryset=Person.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    """What was ticked to one other seat; what goes to another seat is chosen next."""

    actions = forms.MultipleChoiceField(label=_("Actions"), required=False)
    things = forms.MultipleChoiceField(label=_("What it answers for"), required=False)
    owed = forms.MultipleChoiceField(label=_("What else it owes"), required=False)
    to = ReferenceField(label=_("To this seat"), queryset=Seat.objects.none())

    def __init__(
        self,
        *args: Any,
        seat: Seat,
        held: Sequence[ActionItem],
        things: Sequence[Holding] = (),
        owed: Sequence[Duty] = (),
        viewer: Person,
        now: datetime,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.held = {one.reference: one.pk for one in (*held, *things)}
        offered = {
            "actions": [action.reference for action in held],
            "things": [thing.reference for thing in things],
            "owed": [str(duty.pk) for duty in owed],
        }
        for name, values in offered.items():
            self.fields[name].choices = [(value, value) for value in values]  # type: ignore[attr-defined]
        led = receivers(viewer, now).values("pk")
        offer(self, "to", working_seats(viewer, now).filter(department__in=led).exclude(pk=seat.pk))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not any(said.get(name) or name in self.errors for name in ("actions", "things", "owed")):
            self.add_error("actions", _("Choose at least one action, or something else, of what is listed."))
        return said

    def moves(self) -> dict[int, Seat]:
        """Key of an action or of another thing to seat, as the service takes it."""
        said = self.cleaned_data
        return {self.held[one]: said["to"] for one in (*said["actions"], *said["things"])}

    def duties(self) -> dict[int, Seat]:
        """Key of what is owed to seat, as the service takes it."""
        return {int(key): self.cleaned_data["to"] for key in self.cleaned_data["owed"]}


class TakeOverForm(forms.Form):
    """A day for each promise that somebody else gave; one that is left as it is, is accepted."""

    def __init__(self, *args: Any, inherited: Sequence[Inherited], **options: Any) -> None:
        super().__init__(*args, **options)
        self.inherited = list(inherited)
        for one in self.inherited:
            self.fields[f"due_{one.action.pk}"] = day_field(
                _("The day that you can keep"), initial=one.due_on, required=False
            )

    @property
    def rows(self) -> list[tuple[Inherited, forms.BoundField]]:
        return [(one, self[f"due_{one.action.pk}"]) for one in self.inherited]

    def days(self) -> dict[int, date]:
        """Action key to day, of those that have one."""
        said = {one.action.pk: self.cleaned_data.get(f"due_{one.action.pk}") for one in self.inherited}
        return {key: day for key, day in said.items() if day is not None}
