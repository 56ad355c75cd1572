"""Pages of governance that may be kept as views, and what each counts: seats and rows, and nobody's conduct."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from governance import kept
from governance.forms.kept import JournalAddress, PeopleAddress, SeatsAddress
from governance.kept import Count, Page, Said, by, spoken
from governance.models import Person
from governance.queries import champions, charters, departments, journal, journeys, metrics, seats, sponsors
from governance.queries.coverage import coverage


def _all(listed: Callable[[Person, datetime], QuerySet[Any]]) -> Callable[[forms.Form, Person, datetime], Count]:
    """Counts a list that is narrowed by nothing."""
    return lambda _form, viewer, now: Count(listed(viewer, now).count())


def _seats(form: forms.Form, viewer: Person, now: datetime) -> Count:
    assert isinstance(form, SeatsAddress)  # noqa: S101 - its page's own form
    return Count(seats.listed(viewer, now, **form.wanted).count())


def _holes(_form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(coverage(viewer, now).holes)


def _journal_words(form: forms.Form) -> Said:
    said = form.cleaned_data
    assert isinstance(form, JournalAddress)  # noqa: S101 - its page's own form
    since = journal.moment_of(said["since"])
    told = [
        (_("About"), said["subject"]),
        (_("What happened"), "; ".join(journal.in_general(one) for one in said["event"].split(",") if one)),
        (_("Since"), date_format(since.astimezone(ZoneInfo(form.viewer.zone)), "j M Y H:i") if since else ""),
    ]
    return [(str(label), value) for label, value in told if value]


_CHAMPIONS = ngettext_lazy("%(n)d champion's seat", "%(n)d champions' seats", "n")
_SPONSORS = ngettext_lazy("%(n)d sponsor's seat", "%(n)d sponsors' seats", "n")

for _page in (
    # Whether somebody came or left is nobody's to subscribe to: a search finds one person by name.
    Page("people", _("People"), "governance:person-list", lambda data, _viewer, _now: PeopleAddress(data)),
    Page("departments", _("Departments"), "governance:department-list", kept.nothing, _all(departments.listed),
         says=spoken(ngettext_lazy("%(n)d department", "%(n)d departments", "n"))),
    Page("seats", _("Seats"), "governance:seat-list", by(SeatsAddress), _seats,
         says=spoken(ngettext_lazy("%(n)d seat", "%(n)d seats", "n"))),
    Page("coverage", _("Coverage map"), "governance:coverage", kept.nothing, _holes,
         says=spoken(ngettext_lazy("%(n)d hole", "%(n)d holes", "n"))),
    Page("champions", _("Champions"), "governance:champion-list", kept.nothing, _all(champions.listed),
         says=spoken(_CHAMPIONS)),
    Page("sponsors", _("Executive sponsors"), "governance:sponsor-list", kept.nothing, _all(sponsors.listed),
         says=spoken(_SPONSORS)),
    Page("charters", _("Charters"), "governance:charter-list", kept.nothing, _all(charters.listed),
         says=spoken(ngettext_lazy("%(n)d charter", "%(n)d charters", "n"))),
    Page("journeys", _("Journeys"), "governance:journey-list", kept.nothing, _all(journeys.listed),
         says=spoken(ngettext_lazy("%(n)d journey", "%(n)d journeys", "n"))),
    Page("metrics", _("Metrics"), "governance:metric-list", kept.nothing, _all(metrics.listed),
         says=spoken(ngettext_lazy("%(n)d metric", "%(n)d metrics", "n"))),
    Page("goals", _("Goals"), "governance:goal-list", kept.nothing, _all(metrics.goals_listed),
         says=spoken(ngettext_lazy("%(n)d goal", "%(n)d goals", "n"))),
    # Who did what: how often that was is nobody's to subscribe to.
    Page("journal", _("Journal"), "governance:journal-list", by(JournalAddress), words=_journal_words),
):  # fmt: skip
    kept.declare(_page)
