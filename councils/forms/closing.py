"""The form in which a meeting is closed: where each matter goes that it did not settle."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.models import AgendaItem, Meeting
from councils.services.leaving import LONGEST_REASON, Left, Onward


class CloseForm(forms.Form):
    """``escalated`` is left undecided for one reason; each of ``unsettled`` goes on, or is dropped for its own."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is not decided"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The reason stays with it. A vote in writing follows, then the body above."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        escalated: Sequence[AgendaItem],
        unsettled: Sequence[AgendaItem],
        onto: Meeting | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unsettled = unsettled
        if not escalated:
            del self.fields["reason"]
        choices = [choice for choice in Onward.choices if onto is not None or choice[0] != Onward.NEXT]
        for item in unsettled:
            self.fields[f"where_{item.reference}"] = forms.ChoiceField(
                label=_("Where %(item)s goes") % {"item": item.title},
                choices=choices,
                initial=choices[0][0],
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"why_{item.reference}"] = forms.CharField(
                label=_("Why %(item)s is dropped") % {"item": item.title},
                required=False,
                max_length=LONGEST_REASON,
                widget=forms.TextInput(attrs={"placeholder": _("Why, where it is dropped")}),
            )

    @property
    def rows(self) -> list[tuple[AgendaItem, forms.BoundField, forms.BoundField]]:
        """Each matter that is left, with where it goes and why it is dropped."""
        return [(item, self[f"where_{item.reference}"], self[f"why_{item.reference}"]) for item in self.unsettled]

    def left(self) -> dict[str, Left]:
        """What was chosen, by the item's reference."""
        given = self.cleaned_data
        return {
            item.reference: Left(given.get(f"where_{item.reference}") or Onward.NEXT, given[f"why_{item.reference}"])
            for item in self.unsettled
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in self.unsettled:
            if cleaned.get(f"where_{item.reference}") == Onward.DROP and not cleaned.get(f"why_{item.reference}"):
                self.add_error(f"why_{item.reference}", _("Say why it is dropped; whoever raised it reads it."))
        return cleaned
