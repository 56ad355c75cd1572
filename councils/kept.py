"""Pages of councils that may be kept as views, and what each counts."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from councils.forms.kept import (
    AccountabilityAddress,
    CouncilsAddress,
    DelegatedAddress,
    EnvelopesAddress,
    ItemsAddress,
    MeetingsAddress,
    RegisterAddress,
)
from councils.models import ItemState
from councils.queries import books, councils, decisions, delegated, meetings
from governance import kept
from governance.kept import Count, Page, by, spoken
from governance.models import Person


def _councils(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(councils.narrowed(councils.listed(viewer, now), form.cleaned_data["kind"]).count())


def _delegated(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(delegated.listed(viewer, now, form.cleaned_data["council"]).count())


def _decisions(form: forms.Form, viewer: Person, now: datetime) -> Count:
    said = {name: value for name, value in form.cleaned_data.items() if value}
    found = decisions.listed(viewer, now, said.pop("council", None))
    return Count(decisions.narrowed(found, decisions.Wanted(**said), ZoneInfo(viewer.zone), now).count())


def _meetings(form: forms.Form, viewer: Person, now: datetime) -> Count:
    said = form.cleaned_data
    return Count(meetings.listed(viewer, now, said["council"], said["state"]).count())


def _envelopes(form: forms.Form, viewer: Person, now: datetime) -> Count:
    said = dict(form.cleaned_data)
    return Count(books.narrowed(books.listed(viewer, now, said.pop("council")), **said).count())


def _items(form: forms.Form, viewer: Person, now: datetime) -> Count:
    said = form.cleaned_data
    state = said["state"] or ItemState.OPEN
    return Count(meetings.items(viewer, now, said["council"], state, said["matter"], said["raised_from"]).count())


for _page in (
    Page("councils", _("Councils"), "councils:council-list",
         lambda data, _viewer, _now: CouncilsAddress(data), _councils,
         says=spoken(ngettext_lazy("%(n)d council", "%(n)d councils", "n"))),
    Page("accountability", _("Who answers to whom"), "councils:accountability", by(AccountabilityAddress)),
    Page("delegated", _("Allocated without a meeting"), "councils:delegated-list", by(DelegatedAddress), _delegated,
         says=spoken(ngettext_lazy("%(n)d allocation", "%(n)d allocations", "n"))),
    Page("decisions", _("Decision register"), "councils:decision-list", by(RegisterAddress), _decisions,
         says=spoken(ngettext_lazy("%(n)d decision", "%(n)d decisions", "n"))),
    Page("meetings", _("Meetings"), "councils:meeting-list", by(MeetingsAddress), _meetings,
         says=spoken(ngettext_lazy("%(n)d meeting", "%(n)d meetings", "n"))),
    Page("agenda-items", _("What councils are asked"), "councils:item-list", by(ItemsAddress), _items,
         says=spoken(ngettext_lazy("%(n)d agenda item", "%(n)d agenda items", "n"))),
    Page("envelopes", _("Envelopes"), "councils:envelope-list", by(EnvelopesAddress), _envelopes,
         says=spoken(ngettext_lazy("%(n)d envelope", "%(n)d envelopes", "n"))),
):  # fmt: skip
    kept.declare(_page)
