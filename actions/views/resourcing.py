"""Resources for whoever reviews them: the page, and its tables as sheets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.figures import Figure
from actions.forms.resourcing import ResourcesForm
from actions.paying_back import Lacking
from actions.queries import resourcing as queries
from actions.queries.resourcing import Back, Book, Measure, Resources
from actions.queries.scope import Scope
from actions.resource_sheets import sheets_of
from actions.views.taking_away import as_csv, as_workbook
from councils.queries.resources import NOTHING, Flow, Period
from governance import pages
from governance.hours import format_minutes
from governance.money import format_minor
from governance.numbers import number_in_words
from governance.views import asker


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    form = ResourcesForm(request.GET or None, viewer=viewer, now=now)
    scope, period = form.scope, form.days
    found = queries.resources(viewer, now, scope, period)
    context = {
        "finding": finding(found),
        "form": form,
        "chips": pages.chips(request, form.chosen()),
        "is_narrowed": bool(form.chosen()),
        "is_cut": scope.within is not None,
        "by_council": scope.council is not None,
        "has_period": not period.is_all,
        "books": [_book(book, scope, period) for book in found.books],
        "overruns": [(one, said(one.flow.planned, one.measure), said(one.flow.spent, one.measure),
                      said(one.flow.overrun, one.measure)) for one in found.overruns],
        "more_overruns": found.more_overruns,
        "overrun_url": _actions(scope, figure=Figure.OVERRUN),
        "found": found,
        "unfunded": [(one, _actions(_only(scope), department=one.reference, figure=Figure.UNFUNDED),
                      _actions(_only(scope), department=one.reference, figure=Figure.OPEN))
                     for one in found.unfunded if one.unfunded],
        "unfunded_url": _actions(scope, figure=Figure.UNFUNDED),
        "open_url": _actions(scope, figure=Figure.OPEN),
        "backs": [back_of(one, scope) for one in found.back],
    }  # fmt: skip
    return render(request, "actions/review/resources.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """One table as CSV (``?table=``), narrowed as the page is."""
    found, _now = _asked(request)
    return as_csv(sheets_of(found), request.GET.get("table", ""), "resources")


@login_required
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """Every table as one workbook, narrowed as the page is."""
    found, _now = _asked(request)
    return as_workbook(sheets_of(found), "resources")


def _asked(request: HttpRequest) -> tuple[Resources, datetime]:
    now, viewer = timezone.now(), asker(request)
    form = ResourcesForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(form)
    return queries.resources(viewer, now, form.scope, form.days), now


# --- words ---------------------------------------------------------------------------------------------------------


def said(amount: int, measure: Measure) -> str:
    """An amount for a reader: money without cents that are nothing, time in hours and minutes."""
    if measure.is_money:
        return format_minor(amount, measure.currency, get_language() or "en", whole=True)
    return format_minutes(amount)


def finding(found: Resources) -> str:
    """What the books say, in a sentence or two: of the first measure, and whether there are others."""
    parts = [_first(found.books[0])] if found.books else [_("No envelope is granted that you may see.")]
    late = len(found.overruns) + found.more_overruns
    if late:
        parts.append(ngettext("%(n)d overrun is not settled.", "%(n)d overruns are not settled.", late) % {"n": late})
    if found.open:
        of = {"n": found.lacking, "of": found.open}
        parts.append(
            _("Every open action has resources, or needs nothing.")
            if not found.lacking
            else ngettext(
                "%(n)d of %(of)d open action has nothing allocated.",
                "%(n)d of %(of)d open actions have nothing allocated.",
                found.open,
            )
            % of
        )
    return " ".join(parts)


def _first(first: Book) -> str:
    granted, given = first.granted, first.given
    words = {
        "granted": said(granted.granted, first.measure),
        "free": said(granted.free, first.measure),
        "planned": said(given.planned, first.measure),
        "spent": said(given.spent, first.measure),
    }
    if granted.granted:
        return (
            _("Of %(granted)s granted, %(free)s is free. Actions were given %(planned)s and spent %(spent)s.") % words
        )
    return _("Actions were given %(planned)s and spent %(spent)s.") % words


def title(measure: Measure) -> str:
    return _("Money, in %(currency)s") % {"currency": measure.currency} if measure.is_money else _("Person-time")


# --- rows ----------------------------------------------------------------------------------------------------------


def _only(scope: Scope) -> Scope:
    """A row of one department opens that one's list."""
    return Scope(council=scope.council)


def _actions(scope: Scope, **more: str) -> str:
    return f"/actions/?{urlencode({**scope.address(), **more})}"


def _envelopes(council: str, measure: Measure, period: Period) -> str:
    """The envelopes of one council (by reference) or of all, in a measure and a period."""
    days = {name: on.isoformat() for name, on in (("from_on", period.from_on), ("until_on", period.until_on)) if on}
    asked = {"council": council, "unit": measure.unit, "currency": measure.currency, **days}
    return f"/envelopes/?{urlencode({name: value for name, value in asked.items() if value})}"


def _book(one: Book, scope: Scope, period: Period) -> dict[str, Any]:
    measure, is_cut, lapses = one.measure, scope.within is not None, bool(one.given.lapsed)
    cut_url = _actions(scope, figure=Figure.FUNDED, sort="-allocated") if is_cut else ""
    return {
        "key": f"{measure.unit}-{measure.currency or 'time'}",
        "title": title(measure),
        "measure": measure,
        "granted": one.granted,
        "councils": [
            {
                "name": line.name,
                "url": _envelopes(line.reference, measure, period),
                # What went to some departments alone opens the actions to which it went.
                "cells_url": cut_url,
                "cells": cells_of_council(line.flow, measure, is_cut=is_cut),
            }
            for line in one.councils
        ],
        "councils_url": cut_url or _envelopes(scope.address().get("council", ""), measure, period),
        "councils_total": cells_of_council(one.granted, measure, is_cut=is_cut),
        "departments": [
            {
                "name": line.name,
                "url": f"/review/departments/{line.reference}/",
                "cells": cells_of_department(line.flow, measure, _only(scope), line.reference, lapses=lapses),
            }
            for line in one.departments
        ],
        "departments_total": cells_of_department(one.given, measure, scope, lapses=lapses),
        "elsewhere": said(one.elsewhere.allocated, measure) if one.elsewhere != NOTHING else "",
    }


def cells_of_council(flow: Flow, measure: Measure, *, is_cut: bool) -> list[dict[str, Any]]:
    """The cells of a row by council; narrowed to departments nothing is told of what was granted and is free."""
    parts: Sequence[tuple[str, Any, int]] = (
        ("granted", _("Granted"), flow.granted),
        ("allocated", _("Allocated"), flow.allocated),
        ("spent", _("Spent"), flow.spent),
        ("returned", _("Given back"), flow.returned),
        ("overrun", _("Overrun"), flow.overrun),
        ("free", _("Free"), flow.free),
    )
    return [
        {"name": name, "label": label, "value": amount, "words": said(amount, measure)}
        for name, label, amount in parts
        if not (is_cut and name in ("granted", "free"))
    ]


def cells_of_department(
    flow: Flow, measure: Measure, scope: Scope, reference: str = "", *, lapses: bool
) -> list[dict[str, Any]]:
    """Plan against actual: each amount opens the actions that hold it, the most money first. What lapsed has its cell
    where anything did."""
    narrowed = {"department": reference} if reference else {}
    funded = _actions(scope, **narrowed, figure=Figure.FUNDED, sort="-allocated")
    over = _actions(scope, **narrowed, figure=Figure.OVERRUN)
    parts: Sequence[tuple[str, Any, int, str]] = (
        ("planned", _("Given to them"), flow.planned, funded),
        ("spent", _("Spent"), flow.spent, funded),
        ("returned", _("Given back"), flow.returned, funded),
        ("lapsed", _("Lapsed"), flow.lapsed, funded),
        ("left", _("Left"), flow.left, funded),
        ("overrun", _("Overrun"), flow.overrun, over),
    )
    return [
        {
            "name": name, "label": label, "value": amount, "words": said(amount, measure), "url": url,
            "share": flow.share if name == "spent" else None,
        }
        for name, label, amount, url in parts
        if lapses or name != "lapsed"
    ]  # fmt: skip


def back_of(one: Back, scope: Scope) -> dict[str, Any]:
    measure, paid = Measure("money", one.currency), one.paid
    return {
        "currency": one.currency,
        "brought": said(paid.brought, measure),
        "spent": said(paid.spent, measure),
        "actions": paid.actions,
        "few": paid.lacking == Lacking.FEW,
        "lone": paid.lacking == Lacking.ONE,
        "ratio": _ratio(paid.ratio),
        "low": _ratio(paid.low),
        "high": _ratio(paid.high),
        "waiting": one.waiting,
        "waiting_spent": said(one.waiting_spent, measure),
        "brought_url": _actions(scope, figure=Figure.BROUGHT),
        "waiting_url": _actions(scope, figure=Figure.UNCOUNTED),
    }


def _ratio(value: float | None) -> str:
    return "" if value is None else number_in_words(round(value, 1))
