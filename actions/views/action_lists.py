"""The list of actions: narrowed by its address, taken away as a sheet and sent back."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from actions.figures import LABELS, MEANINGS, Figure
from actions.forms.action_lists import NarrowForm
from actions.importing import action_sheet
from actions.queries import action_lists as lists
from actions.queries import action_sheet as sheets
from actions.queries import items as queries
from actions.queries import reporting
from actions.queries.items import Narrowed
from actions.queries.resourcing import given_to_these
from actions.queries.review import moment
from actions.services import action_sheet as sheet_service
from actions.views.items import may_create
from governance import access, pages
from governance.sheets.workbooks import Table
from governance.views import asker
from governance.views.sheets import Sheet, several_rows
from governance.views.taking_away import CSV, taken_away

SHEET = Sheet(
    columns=action_sheet.COLUMNS,
    judge=sheets.judge,
    take_in=sheet_service.take_in,
    template="actions/items/several.html",
    back="actions:item-list",
    title=gettext_lazy("Send a sheet of actions back"),
    example="reference, health, progress, line\nACT-1042, at risk, 40, The vendor answers in January",
)


GIVEN = (Figure.FUNDED, Figure.OVERRUN, Figure.UNCOUNTED)
"""Lists that amounts of the resources open: their sums are those amounts."""


def _narrow(request: HttpRequest, viewer: Any, now: Any) -> NarrowForm:
    narrow = NarrowForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    return narrow


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Actions, narrowed by the address."""
    now, viewer = timezone.now(), asker(request)
    narrow = _narrow(request, viewer, now)
    chosen, at = narrow.chosen, moment(now)
    found = lists.narrowed(viewer, now, chosen, at)
    page = pages.paged(request, lists.Cut(found))  # type: ignore[arg-type]  # counted and cut, as a list is
    lines = queries.lines(page.object_list, viewer, now, at)
    address = urlencode(lists.address(chosen))
    context = {
        "narrow": narrow,
        "chips": pages.chips(request, lists.words(chosen)),
        "meaning": MEANINGS[Figure(chosen.figure)] if chosen.figure else "",
        "sums": queries.sums(found, at),
        "allocated": [] if chosen.figure in GIVEN else lists.allocated(found),
        "given": given_to_these(found, viewer, now) if chosen.figure in GIVEN else {},
        "page": page,
        "lines": lines,
        "reportable": reporting.reportable(page.object_list, viewer, now),
        "axis": queries.axis(lines),
        "today": at.days[0].day,
        "views": _views(request, chosen),
        "address": address,
        "narrowed": f"?{address}" if address else "",
        "may_create": may_create(viewer, now),
        "may_paste": bool(access.containers_of(viewer, now, "prepare_council")),
    }
    return render(request, "actions/items/list.html", context)


def _views(request: HttpRequest, chosen: Narrowed) -> list[dict[str, Any]]:
    """The narrowings that people come back to, as tabs; they keep what else the list is narrowed by."""
    left = ("state", "figure", "mine", "page")
    kept = {name: str(value) for name, value in request.GET.items() if name not in left and value}
    tabs: list[tuple[str, str, Any]] = [("", "", _("All")), ("state", "open", _("Open")), ("mine", "on", _("Mine"))]
    tabs += [
        ("figure", str(key), LABELS[key]) for key in (Figure.LATE, Figure.BLOCKED, Figure.NO_DATE, Figure.UNVERIFIED)
    ]
    current = ("", "")
    if chosen.figure:
        current = ("figure", chosen.figure)
    elif chosen.state:
        current = ("state", chosen.state)
    elif chosen.mine:
        current = ("mine", "on")
    return [
        {
            "url": f"?{urlencode({**kept, **({name: value} if name else {})})}",
            "label": label,
            "current": (name, value) == current,
        }
        for name, value, label in tabs
    ]


# --- as a sheet ----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed and sorted as it is, row by row as it is read."""
    now, viewer = timezone.now(), asker(request)
    found = lists.narrowed(viewer, now, _narrow(request, viewer, now).chosen, moment(now))
    return download(found, viewer, now, form)


def download(found: Any, viewer: Any, now: Any, form: str = CSV) -> HttpResponseBase:
    rows = sheets.rows(found, viewer, now)
    return taken_away(Table("actions", _("Actions"), action_sheet.COLUMNS, rows, action_sheet.NUMBERS), form)


@login_required
def send_back(request: HttpRequest) -> HttpResponse:
    """A sheet that comes back: look at what each row would do, mend what is wrong, then do it."""
    return several_rows(request, SHEET)
