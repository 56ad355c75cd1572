"""Forms about packs: which one to make, and when one is made by itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms.items import ReferenceField, day_field, offer
from actions.queries import packs as queries
from actions.queries.packs import Wanted
from actions.services.packs import LONGEST_AHEAD
from councils.models import OVER, Council, Meeting
from governance.models import Department, Organisation, Person


class MakeForm(forms.Form):
    audience = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        error_messages={
            "invalid_choice": gettext_lazy(
                "No pack can be made for that; a meeting is perhaps over. Choose another, or a council."
            )
        },
    )
    since = day_field(
        gettext_lazy("From"), required=False,
        help_text=gettext_lazy("Empty: since the council met last, otherwise the last thirty days."),
    )  # fmt: skip
    until = day_field(gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: today."))

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="make_%s", **options)
        self.offered: dict[str, Wanted] = {}
        self.fields["audience"].choices = [  # type: ignore[attr-defined]  # of the field that stands above
            (label, [(key, str(name)) for key, name in self._keep(group)])
            for label, group in _offers(viewer, now)
            if group
        ]

    def _keep(self, group: list[tuple[Wanted, str]]) -> list[tuple[str, str]]:
        self.offered |= {wanted.reference: wanted for wanted, _name in group}
        return [(wanted.reference, name) for wanted, name in group]

    @property
    def wanted(self) -> Wanted:
        """What is chosen, of a checked form."""
        return self.offered[self.cleaned_data["audience"]]


def _offers(viewer: Person, now: datetime) -> list[tuple[str, list[tuple[Wanted, str]]]]:
    """For whom ``viewer`` may make packs, in groups. Five statements at most."""
    councils = list(queries.councils_to_make_for(viewer, now).select_related("department"))
    meetings = Meeting.objects.filter(council__in=[one.pk for one in councils]).select_related(
        "subject", "council__subject", "council__department"
    )
    running = meetings.exclude(state__in=OVER).order_by("starts_at")
    made: list[tuple[str, list[tuple[Wanted, str]]]] = [
        (_("A meeting"), [(one, one.title) for one in running if queries.is_ahead(one, now)]),
        (_("A council"), [(one, one.name) for one in councils]),
    ]
    if queries.may_make_for_all(viewer, now):
        root = Organisation.objects.values_list("root_id", flat=True).first()
        departments = list(Department.objects.select_related("subject", "calendar").order_by("name"))
        others = [(one, one.name) for one in departments if one.pk != root]
        made += [
            (_("Everybody"), [(one, _("Everybody")) for one in departments if one.pk == root]),
            (_("A department’s own seats, about it and those below"), others),
        ]
    return made


class ScheduleForm(forms.Form):
    council = ReferenceField(label=gettext_lazy("Council"), queryset=Council.objects.none())
    days_before = forms.IntegerField(
        label=gettext_lazy("Days before each meeting"), min_value=1, max_value=LONGEST_AHEAD, initial=5
    )

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="schedule_%s", **options)
        offer(self, "council", queries.councils_to_make_for(viewer, now))
