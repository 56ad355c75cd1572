"""Who owes whom, department by department: each number opens its list."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from actions.debts import LABELS, MEANINGS, Figure
from actions.queries import requests as request_queries
from actions.queries import sheets
from actions.queries.debts import Debt, Matrix, Party, matrix
from governance.views import asker
from governance.views.taking_away import taken_away

OLDEST = 6
"""Requests in the list below the matrix."""

SHADED_FROM = 4
"""Requests between two departments that make the darkest shade at least: a single one stays pale."""


@login_required
def page(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    found = matrix(viewer, now)
    most = max([SHADED_FROM, *(debt.open for debt in found.debts.values())])
    oldest = request_queries.listed(viewer, now, request_queries.Narrowed(state="open")).order_by("asked_on", "pk")
    context = {
        "matrix": found,
        "finding": finding(found),
        "figures": [_figure(figure, found.total) for figure in Figure],
        "rows": [_row(row, found, most) for row in found.parties],
        "columns": found.parties,
        "totals": [_cell(found.is_owed(one.pk), None, one, most) for one in found.parties],
        "total": _cell(found.total, None, None, most),
        "largest": largest(found),
        "oldest": request_queries.lines(oldest[:OLDEST], viewer, now, found.on),
        "meanings": [(LABELS[figure], MEANINGS[figure]) for figure in Figure],
        "may_ask": request_queries.asking_seats(viewer, now).exists(),
        "today": found.on,
    }
    return render(request, "actions/requests/owes.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The matrix as a file, a row for each two departments."""
    return taken_away(sheets.of_debts(matrix(asker(request), timezone.now())), form)


def url_of(owing: Party | None, owed: Party | None, figure: str) -> str:
    """The list that a number opens."""
    sides = {name: side.reference for name, side in (("owing", owing), ("owed", owed)) if side is not None}
    return f"/requests/?{urlencode({**sides, 'figure': figure})}"


def _figure(figure: Figure, total: Debt) -> dict[str, Any]:
    value = total.of(figure)
    of = _("of %(n)d open") % {"n": total.open} if figure != Figure.OPEN else _("between departments")
    tone = "bad" if figure == Figure.OVERDUE and value else ""
    return {"value": value, "label": LABELS[figure], "of": of, "url": url_of(None, None, figure), "tone": tone}


def _row(row: Party, found: Matrix, most: int) -> dict[str, Any]:
    cells = [
        {**_cell(found.debt(row.pk, column.pk), row, column, most), "is_self": row.pk == column.pk}
        for column in found.parties
    ]
    return {"party": row, "cells": cells, "total": _cell(found.owes(row.pk), row, None, most)}


def _cell(debt: Debt, owing: Party | None, owed: Party | None, most: int) -> dict[str, Any]:
    """A cell: how many, how many of them overdue, and the whole of it in words for whoever hears it."""
    return {
        "debt": debt,
        "level": level(debt, most),
        "label": _label(debt, owing, owed),
        "name": owed.name if owed is not None else _("All departments"),
        "url": url_of(owing, owed, Figure.OPEN),
        "overdue_url": url_of(owing, owed, Figure.OVERDUE),
    }


def level(debt: Debt, most: int) -> int:
    """0 to 4: the shade says how much is owed beside the largest debt of the page, what is overdue makes it hotter."""
    if not debt.open or not most:
        return 0
    share = debt.open / most
    step = 1 if share <= 0.34 else 2 if share <= 0.67 else 3
    late = debt.overdue / debt.open
    return min(4, step + (1 if late >= 0.5 else 0)) if debt.overdue else min(step, 2)


def _label(debt: Debt, owing: Party | None, owed: Party | None) -> str:
    said = _("%(open)d open, %(overdue)d overdue, %(unanswered)d unanswered, the oldest %(oldest)d days old") % {
        "open": debt.open,
        "overdue": debt.overdue,
        "unanswered": debt.unanswered,
        "oldest": debt.oldest,
    }
    row, column = owing.name if owing else _("All departments"), owed.name if owed else _("all departments")
    return _("%(row)s owes %(column)s: %(said)s") % {"row": row, "column": column, "said": said}


def largest(found: Matrix) -> list[dict[str, Any]]:
    """For narrow screens, instead of the matrix: a card a department, its debts from the largest to the smallest."""
    cards = []
    for party in found.parties:
        debts = [(found.debt(party.pk, other.pk), other) for other in found.parties]
        debts = sorted((pair for pair in debts if pair[0].open), key=lambda pair: (-pair[0].overdue, -pair[0].open))
        owes, owed = found.owes(party.pk), found.is_owed(party.pk)
        cards.append(
            {
                "party": party,
                "owes": _cell(owes, party, None, 0),
                "is_owed": _cell(owed, None, party, 0),
                "debts": [_cell(debt, party, other, 0) for debt, other in debts],
            }
        )
    return sorted(cards, key=lambda card: (-card["owes"]["debt"].overdue, -card["owes"]["debt"].open))


def finding(found: Matrix) -> str:
    """What the matrix says, in a sentence or two: the worst first."""
    total = found.total
    if not total.open:
        return _("No department owes another anything that you may see.")
    first = ngettext(
        "%(open)d request between departments is open; not answered yet: %(unanswered)d.",
        "%(open)d requests between departments are open; not answered yet: %(unanswered)d.",
        total.open,
    ) % {"open": total.open, "unanswered": total.unanswered}
    if not total.overdue:
        return f"{first} {_('None is overdue.')}"
    ranked = sorted(found.parties, key=lambda party: -found.owes(party.pk).overdue)
    worst = ranked[0]
    late = ngettext("%(n)d is overdue", "%(n)d are overdue", total.overdue) % {"n": total.overdue}
    mine = found.owes(worst.pk).overdue
    if len(ranked) > 1 and found.owes(ranked[1].pk).overdue == mine:
        return f"{first} {late}."
    said = (
        _("%(late)s, owed by %(department)s.")
        if mine == total.overdue
        else _("%(late)s, %(n)d of them owed by %(department)s.")
    )
    return f"{first} {said % {'late': late, 'department': worst.name, 'n': mine}}"
