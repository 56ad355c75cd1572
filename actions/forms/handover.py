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
from governance.models import Person, Seat
from governance.queries import people


class WholeForm(forms.Form):
    """Everything to one person: a new tenure."""

    person = PersonField(label=_("Successor"), queryset=Person.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = people.directory(viewer, now)  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    """The chosen actions to one other seat; what goes to another seat is chosen next."""

    actions = forms.MultipleChoiceField(
        label=_("Actions"), error_messages={"required": _("Choose at least one action of the list.")}
    )
    to = ReferenceField(label=_("To this seat"), queryset=Seat.objects.none())

    def __init__(
        self, *args: Any, seat: Seat, held: Sequence[ActionItem], viewer: Person, now: datetime, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.held = {action.reference: action for action in held}
        self.fields["actions"].choices = [(reference, reference) for reference in self.held]  # type: ignore[attr-defined]
        led = receivers(viewer, now).values("pk")
        offer(self, "to", working_seats(viewer, now).filter(department__in=led).exclude(pk=seat.pk))

    def moves(self) -> dict[int, Seat]:
        """Action key to seat, as the service takes it."""
        return {self.held[one].pk: self.cleaned_data["to"] for one in self.cleaned_data["actions"]}


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
