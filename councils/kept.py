"""Pages of councils that may be kept as views, and what each counts."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from councils.forms.kept import EnvelopesAddress, ItemsAddress, MeetingsAddress, RegisterAddress
from councils.models import ItemState
from councils.queries import books, decisions, meetings
from governance import kept
from governance.kept import Count, Page, spoken
from governance.models import Person


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


kept.declare(
    Page(
        "decisions", _("Decision register"), "councils:decision-list",
        lambda data, viewer, now: RegisterAddress(data, viewer=viewer, now=now), _decisions,
        says=spoken(ngettext_lazy("%(n)d decision", "%(n)d decisions", "n")),
    )
)  # fmt: skip
kept.declare(
    Page(
        "meetings", _("Meetings"), "councils:meeting-list",
        lambda data, viewer, now: MeetingsAddress(data, viewer=viewer, now=now), _meetings,
        says=spoken(ngettext_lazy("%(n)d meeting", "%(n)d meetings", "n")),
    )
)  # fmt: skip
kept.declare(
    Page(
        "agenda-items", _("What councils are asked"), "councils:item-list",
        lambda data, viewer, now: ItemsAddress(data, viewer=viewer, now=now), _items,
        says=spoken(ngettext_lazy("%(n)d agenda item", "%(n)d agenda items", "n")),
    )
)  # fmt: skip
kept.declare(
    Page(
        "envelopes", _("Envelopes"), "councils:envelope-list",
        lambda data, viewer, now: EnvelopesAddress(data, viewer=viewer, now=now), _envelopes,
        says=spoken(ngettext_lazy("%(n)d envelope", "%(n)d envelopes", "n")),
    )
)  # fmt: skip
