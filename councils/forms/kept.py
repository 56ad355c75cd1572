"""Addresses of councils' lists, read whole: what a kept view of them may hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from councils import matters
from councils.forms.books import NarrowForm
from councils.forms.decisions import RegisterForm
from councils.models import Council, CouncilKind, ItemState, MeetingState
from councils.queries import councils as queries
from governance.forms.picking import PickField
from governance.models import Department, Person
from governance.queries import departments

ALL_STATES = "all"
"""What the list of agenda items is narrowed by where it shows every state; without a state it shows the open ones."""


class _OfCouncil(forms.Form):
    council = PickField(
        label=_("Council"), queryset=Council.objects.none(), required=False, to_field_name="subject__reference"
    )

    def __init__(self, data: Mapping[str, Any], *, viewer: Person, now: datetime) -> None:
        super().__init__(data)
        council = self.fields["council"]
        assert isinstance(council, PickField)  # noqa: S101 - declared above
        council.queryset = queries.listed(viewer, now)


class CouncilsAddress(forms.Form):
    """The list of councils'."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("any")), *CouncilKind.choices], required=False)


class DelegatedAddress(_OfCouncil):
    """Of what was allocated without a meeting."""


class AccountabilityAddress(_OfCouncil):
    """Of who answers to whom."""

    department = PickField(
        label=_("Department and what lies below"),
        queryset=Department.objects.none(),
        required=False,
        to_field_name="subject__reference",
    )

    def __init__(self, data: Mapping[str, Any], *, viewer: Person, now: datetime) -> None:
        super().__init__(data, viewer=viewer, now=now)
        self.fields["council"].label = _("Council and what reports to it")
        department = self.fields["department"]
        assert isinstance(department, PickField)  # noqa: S101 - declared above
        department.queryset = departments.listed(viewer, now)


class RegisterAddress(_OfCouncil, RegisterForm):
    """The decision register's."""


class EnvelopesAddress(_OfCouncil, NarrowForm):
    """The list of envelopes'."""


class MeetingsAddress(_OfCouncil):
    """The list of meetings'."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("any")), *MeetingState.choices], required=False)


class ItemsAddress(_OfCouncil):
    """The list of agenda items'. A state that is empty, not left out, means all of them, as on the page."""

    state = forms.ChoiceField(label=_("State"), choices=[*ItemState.choices, (ALL_STATES, _("any"))], required=False)
    matter = forms.ChoiceField(label=_("Matter"), required=False)
    raised_from = forms.DateField(label=_("Raised from"), required=False)

    def __init__(self, data: QueryDict, *, viewer: Person, now: datetime) -> None:
        if data.get("state") == "":
            data = data.copy()
            data["state"] = ALL_STATES
        super().__init__(data, viewer=viewer, now=now)
        matter = self.fields["matter"]
        assert isinstance(matter, forms.ChoiceField)  # noqa: S101 - declared above
        matter.choices = [("", _("any")), *((key, one.label) for key, one in matters.MATTERS.items())]
