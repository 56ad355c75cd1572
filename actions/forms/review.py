"""What the executive review is narrowed by, in its address: a link shares the view, never the permission."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, offer
from actions.queries.scope import EVERYTHING, Period, Scope
from councils.models import Council
from governance import access
from governance.models import Department, Journey, Person, Seat, SeatKind, SubjectKind

PERIODS = [
    (Period.QUARTER, _("the last quarter")),
    (Period.YEAR, _("the last twelve months")),
    (Period.ALL, _("all time")),
]
SPONSORS = (SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR)


class ReviewForm(forms.Form):
    within = ReferenceField(
        label=_("Department, with those below"), queryset=Department.objects.none(), required=False,
        empty_label=_("all"),
    )  # fmt: skip
    council = ReferenceField(label=_("Council"), queryset=Council.objects.none(), required=False, empty_label=_("all"))
    sponsor = ReferenceField(label=_("Sponsor"), queryset=Seat.objects.none(), required=False, empty_label=_("all"))
    journey = ReferenceField(label=_("Journey"), queryset=Journey.objects.none(), required=False, empty_label=_("all"))

    period = forms.ChoiceField(label=_("What came so far, of"), choices=PERIODS, required=False, initial=Period.YEAR)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="review_%s", **options)
        offer(self, "within", Department.objects.visible_to(viewer, now))
        offer(self, "council", Council.objects.visible_to(viewer, now))
        offer(self, "sponsor", Seat.objects.visible_to(viewer, now).filter(kind__in=SPONSORS))
        offer(self, "journey", Journey.objects.visible_to(viewer, now))
        self._show(viewer, now)

    def _show(self, viewer: Person, now: datetime) -> None:
        """What each field offers, in one statement for all of them; what is sent is looked up in its own list."""
        kinds = {
            SubjectKind.DEPARTMENT: "within", SubjectKind.COUNCIL: "council", SubjectKind.SEAT: "sponsor",
            SubjectKind.JOURNEY: "journey",
        }  # fmt: skip
        offered: dict[str, list[tuple[str, str]]] = {name: [("", str(_("all")))] for name in kinds.values()}
        seen = access.subjects_seen(viewer, now).filter(kind__in=kinds)
        seen = seen.exclude(Q(kind=SubjectKind.SEAT) & ~Q(seat__kind__in=SPONSORS))
        for kind, reference, title in seen.order_by("title", "pk").values_list("kind", "reference", "title"):
            offered[kinds[SubjectKind(kind)]].append((reference, title))
        for name, choices in offered.items():
            if isinstance(widget := self.fields[name].widget, forms.Select):
                widget.choices = choices

    def clean_period(self) -> Period:
        return Period(self.cleaned_data["period"] or Period.YEAR)

    @property
    def scope(self) -> Scope:
        """What is chosen; nothing where the address names what is not there or may not be seen: the form says so."""
        if not self.is_bound or not self.is_valid():
            return EVERYTHING
        return Scope(**{name: self.cleaned_data[name] for name in Scope.__dataclass_fields__ if name in self.fields})

    def chosen(self) -> list[tuple[str, Any, str]]:
        """``(parameter, label, title)`` of each filter that is set, for chips."""
        scope = self.scope
        return [
            (name, field.label, thing.subject.title)
            for name, field in self.fields.items()
            if name != "period" and (thing := getattr(scope, name, None)) is not None
        ]


class SeatsForm(ReviewForm):
    """The same for what is asked of seats: that belongs to no journey."""

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        del self.fields["journey"], self.fields["period"]


class OneForm(ReviewForm):
    """The same for a list that a single department's page opens as well."""

    department = ReferenceField(queryset=Department.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, viewer=viewer, now=now, **options)
        del self.fields["period"]
        self.fields["department"].label = _("Department")
        offer(self, "department", Department.objects.visible_to(viewer, now))
