"""Forms of a meeting: how its time is divided, and what is captured while it is held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from councils.models import AgendaItem, CaptureKind
from councils.services.planning import LONGEST, Row
from governance.models import Person, Seat
from governance.queries.seats import with_holders


class CaptureForm(forms.Form):
    """One line of the record, under the item that was on when it was typed."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=CaptureKind.choices, widget=forms.RadioSelect, initial=CaptureKind.NOTE
    )
    text = forms.CharField(label=gettext_lazy("What was said"), max_length=2000)
    item = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "capture_%s")
        super().__init__(*args, **kwargs)


class PlanForm(forms.Form):
    """The order of an agenda: for each item its place, its minutes, who introduces it, and whether it goes by consent.

    Without JavaScript the places are numbers; what was moved by hand or key writes them.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: Sequence[AgendaItem], viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        seats = Seat.objects.visible_to(viewer, now).filter(subject__archived_at=None).order_by("subject__title", "pk")
        # One list of seats for all rows: it is asked once.
        choices = [
            ("", gettext_lazy("Nobody yet")),
            *((seat.reference, _named(seat)) for seat in with_holders(seats, now)),
        ]
        for place, item in enumerate(items, start=1):
            name = item.reference
            self.fields[f"place_{name}"] = forms.IntegerField(
                label=gettext_lazy("Place"), min_value=1, max_value=999, required=False, initial=place
            )
            self.fields[f"minutes_{name}"] = forms.IntegerField(
                label=gettext_lazy("Minutes"), min_value=1, max_value=LONGEST, required=False, initial=item.allotted
            )
            self.fields[f"lead_{name}"] = forms.ChoiceField(
                label=gettext_lazy("Who introduces it"), choices=choices, required=False,
                initial=item.lead.reference if item.lead is not None else "",
            )  # fmt: skip
            self.fields[f"consent_{name}"] = forms.BooleanField(
                label=gettext_lazy("By consent"), required=False, initial=item.by_consent
            )

    @property
    def rows(self) -> list[tuple[AgendaItem, list[forms.BoundField]]]:
        """Each item with its four fields."""
        names = ("place", "minutes", "lead", "consent")
        return [(item, [self[f"{name}_{item.reference}"] for name in names]) for item in self.items]

    @property
    def minutes(self) -> int:
        """How many minutes are planned, as far as they can be read."""
        planned = (self[f"minutes_{item.reference}"].value() for item in self.items)
        return sum(int(said) for said in planned if str(said or "").isdecimal())

    def plan(self) -> list[Row]:
        """The rows in the order of their places; of two with one place the one that stood first."""
        given = self.cleaned_data
        places = {item: given[f"place_{item.reference}"] or place for place, item in enumerate(self.items, start=1)}
        ordered = sorted(self.items, key=places.__getitem__)
        return [
            Row(
                item=item.reference,
                allotted=given[f"minutes_{item.reference}"],
                lead=given[f"lead_{item.reference}"],
                by_consent=given[f"consent_{item.reference}"],
            )
            for item in ordered
        ]


def _named(seat: Seat) -> str:
    holder = getattr(seat, "holder_name", "")
    return f"{seat.title}: {holder}" if holder else seat.title
