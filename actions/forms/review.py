"""What the executive review is narrowed by, in its address: a link shares the view, never the permission."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, offer
from actions.queries.scope import EVERYTHING, Scope
from councils.models import Council
from governance.models import Department, Journey, Person, Seat, SeatKind

SPONSORS = (SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR)


class ReviewForm(forms.Form):
    within = ReferenceField(
        label=_("Department, with those below"), queryset=Department.objects.none(), required=False,
        empty_label=_("all"),
    )  # fmt: skip
    council = ReferenceField(label=_("Council"), queryset=Council.objects.none(), required=False, empty_label=_("all"))
    sponsor = ReferenceField(label=_("Sponsor"), queryset=Seat.objects.none(), required=False, empty_label=_("all"))
    journey = ReferenceField(label=_("Journey"), queryset=Journey.objects.none(), required=False, empty_label=_("all"))

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="review_%s", **options)
        offer(self, "within", Department.objects.visible_to(viewer, now).order_by("name"))
        offer(self, "council", Council.objects.visible_to(viewer, now).order_by("name"))
        offer(
            self, "sponsor", Seat.objects.visible_to(viewer, now).filter(kind__in=SPONSORS).order_by("subject__title")
        )
        offer(self, "journey", Journey.objects.visible_to(viewer, now).order_by("subject__title"))

    @property
    def scope(self) -> Scope:
        """What is chosen; nothing where the address names what is not there or may not be seen: the form says so."""
        if not self.is_bound or not self.is_valid():
            return EVERYTHING
        return Scope(**self.cleaned_data)

    def chosen(self) -> list[tuple[str, Any, str]]:
        """``(parameter, label, title)`` of each filter that is set, for chips."""
        scope = self.scope
        return [
            (name, field.label, thing.subject.title)
            for name, field in self.fields.items()
            if (thing := getattr(scope, name)) is not None
        ]


class SeatsForm(ReviewForm):
    """The same for what is asked of seats: that belongs to no journey."""

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        del self.fields["journey"]


class OneForm(ReviewForm):
    """The same for a list that a single department's page opens as well."""

    department = ReferenceField(queryset=Department.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        self.fields["department"].label = _("Department")
        offer(self, "department", Department.objects.visible_to(viewer, now))
