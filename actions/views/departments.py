"""One department for whoever reviews it, alone or with those below it, and its tables as sheets."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from actions.debts import Figure as DebtFigure
from actions.department_sheets import said, sheets_of
from actions.figures import MEANINGS, Figure
from actions.forms.kept import EFFECTS
from actions.queries import departments as queries
from actions.queries.departments import Counted, DepartmentReview, Moved, Place, Side
from actions.queries.resourcing import Measure
from actions.queries.scope import Scope, below
from actions.views.resourcing import back_of, cells_of_department, title
from actions.views.resourcing import said as amount_said
from actions.views.taking_away import as_csv, as_workbook
from governance.models import Person
from governance.queries import departments as department_queries
from governance.templatetags.ui import day
from governance.views import asker

GRAVE = (Figure.LATE, Figure.BLOCKED, Figure.UNOWNED)


def place_of(request: HttpRequest, reference: str, viewer: Person, now: datetime) -> Place:
    """The department of the address; with those below it where ``below`` says so. Raises :class:`Absent`."""
    found = department_queries.one(reference, viewer, now)
    return Place(found, request.GET.get("below", "").lower() not in ("", "0", "false"))


@login_required
@require_safe
def page(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    place = place_of(request, reference, viewer, now)
    every = request.GET.get("help") == "all"
    found = queries.department_review(viewer, now, place, every_answer=every)
    context = {
        "department": place.department,
        "place": place,
        "many": len(place.keys if place.with_below else below(place.department)),
        "finding": finding(found),
        "found": found,
        "today": found.on,
        "figures": [_figure(one, found) for one in found.counts],
        "meanings": [(one.label, MEANINGS[one.figure]) for one in found.counts],
        "open_url": _actions(place.scope, figure=Figure.OPEN),
        "late_url": _actions(place.scope, figure=Figure.LATE),
        "owes": _side(found.owes, place, "owing"),
        "is_owed": _side(found.is_owed, place, "owed"),
        "between_url": _between(place),
        "given": [_given(measure, flow, place.scope) for measure, flow in found.given.items()],
        "resources_url": f"{reverse('actions:resources')}?{urlencode({'within': place.department.reference})}",
        "help_url": f"?{urlencode({**_kept(place), 'help': 'all'})}#help",
        "more_help": found.helped - len(found.help),
        "effects": [_effect(key, label, found) for key, label in EFFECTS],
        "moved": [_moved(one) for one in found.moved],
        "outcomes_url": f"{reverse('actions:outcome-list')}?{urlencode(place.scope.address())}",
        "more_moved": found.effects["all"] - len(found.moved),
        "backs": [back_of(one, place.scope) for one in found.back],
        "kept": urlencode(_kept(place)),
        "narrowed": f"?{urlencode(_kept(place))}" if _kept(place) else "",
    }
    return render(request, "actions/review/department.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """One table as CSV (``?table=``), with every row."""
    found = _whole(request, reference)
    return as_csv(sheets_of(found), request.GET.get("table", ""), f"department-{reference}")


@login_required
@require_safe
def book(request: HttpRequest, reference: str) -> HttpResponse:
    """Every table as one workbook, with every row."""
    return as_workbook(sheets_of(_whole(request, reference)), f"department-{reference}")


def _whole(request: HttpRequest, reference: str) -> DepartmentReview:
    now, viewer = timezone.now(), asker(request)
    return queries.department_review(viewer, now, place_of(request, reference, viewer, now), shown=None)


def _kept(place: Place) -> dict[str, str]:
    return {"below": "1"} if place.with_below else {}


def _actions(scope: Scope, **more: str) -> str:
    return f"/actions/?{urlencode({**scope.address(), **{name: value for name, value in more.items() if value}})}"


def _figure(one: Counted, found: DepartmentReview) -> dict[str, Any]:
    return {
        "value": one.value,
        "label": _("With a promised date") if one.figure == Figure.PROMISED else one.label,
        "of": _("of %(n)d open") % {"n": found.open},
        "url": _actions(found.place.scope, figure=one.figure, state=one.state),
        "tone": "bad" if one.figure in GRAVE and one.value else "",
    }


def _side(side: Side, place: Place, name: str) -> dict[str, Any]:
    """One direction with the lists that its numbers open."""
    named = {name: place.department.reference, **({"below": "on"} if place.with_below else {})}
    urls = {str(figure): f"/requests/?{urlencode({**named, 'figure': figure})}" for figure in DebtFigure}
    return {"side": side, "urls": urls, "more": side.open - len(side.listed)}


def _between(place: Place) -> str:
    named = dict.fromkeys(("owing", "owed"), place.department.reference)
    return (
        f"/requests/?{urlencode({**named, **({'below': 'on'} if place.with_below else {}), 'figure': DebtFigure.OPEN})}"
    )


def _given(measure: Measure, flow: Any, scope: Scope) -> dict[str, Any]:
    cells = cells_of_department(flow, measure, scope, lapses=bool(flow.lapsed))
    return {"title": title(measure), "measure": measure, "flow": flow, "cells": cells}


def _effect(key: str, label: Any, found: DepartmentReview) -> dict[str, Any]:
    return {
        "label": capfirst(str(label)),
        "value": found.effects[key],
        "of": _("of %(n)d verified") % {"n": found.effects["all"]},
        "url": f"{reverse('actions:outcome-list')}?{urlencode({**found.place.scope.address(), 'effect': key})}",
    }


def _moved(one: Moved) -> dict[str, Any]:
    return {
        "one": one,
        "said": said(one),
        "benefit": [amount_said(amount, Measure("money", code)) for code, amount in one.benefit.items()],
    }


def finding(found: DepartmentReview) -> str:
    """What stands out, in a sentence or three: its promises, then what departments owe each other, then its steps."""
    if not found.open and not found.owes.open and not found.is_owed.open and not found.steps:
        return _("As far as you may see, no action of it is open, it owes nobody anything, and answers for no step.")
    return " ".join(part for part in (_promises(found), _debts(found), _steps(found)) if part)


def _promises(found: DepartmentReview) -> str:
    if not found.open:
        return _("No action is open that you may see.")
    running, late = found.of(Figure.PROMISED), found.of(Figure.LATE)
    first = ngettext("%(n)d promise is open", "%(n)d promises are open", running) % {"n": running}
    if not late:
        return _("%(first)s, none late.") % {"first": first}
    oldest = found.late.listed[0].action.promised if found.late.listed else None
    words = {"first": first, "n": late, "day": day(oldest, found.on)}
    if late == running and late > 1:
        return _("%(first)s, all of them late, the longest since %(day)s.") % words
    return (
        ngettext(
            "%(first)s, %(n)d of them late, since %(day)s.",
            "%(first)s, %(n)d of them late, the longest since %(day)s.",
            late,
        )
        % words
    )


def _debts(found: DepartmentReview) -> str:
    owes, owed, own = found.owes, found.is_owed, found.between
    if not owes.open and not owed.open:
        return ""
    if own:  # of what stands on both sides it cannot be said that it is owed to anybody else
        between = ngettext(
            "%(n)d request is open between its own departments",
            "%(n)d requests are open between its own departments",
            own,
        ) % {"n": own}
        if owes.open == owed.open == own:
            return _("%(between)s.") % {"between": between}
        return _("%(between)s; it owes others %(owes)d more, and waits for %(owed)d.") % {
            "between": between,
            "owes": owes.open - own,
            "owed": owed.open - own,
        }
    first = ngettext("It owes %(n)d next move", "It owes %(n)d next moves", owes.open) % {"n": owes.open}
    if owes.overdue:
        first = _("%(first)s (%(late)d overdue)") % {"first": first, "late": owes.overdue}
    second = ngettext("waits for %(n)d", "waits for %(n)d", owed.open) % {"n": owed.open}
    if owed.overdue:
        second = _("%(second)s (%(late)d overdue)") % {"second": second, "late": owed.overdue}
    return _("%(first)s and %(second)s.") % {"first": first, "second": second}


def _steps(found: DepartmentReview) -> str:
    if not found.holes:
        return ""
    return ngettext(
        "Nobody sits in the seat that answers for %(n)d of its journey steps.",
        "Nobody sits in the seats that answer for %(n)d of its journey steps.",
        found.holes,
    ) % {"n": found.holes}
