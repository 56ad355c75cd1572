"""Trends: a page of charts with their tables, each as CSV, all of them as a workbook."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.exhibits import Cell, Exhibit, Line, exhibits, finding
from actions.queries.trends import trends
from actions.suppression import LEAST_PEOPLE, LEAST_PROMISES
from governance.charts import drawn
from governance.errors import Absent
from governance.sheets import workbooks
from governance.sheets.tables import Column, written
from governance.views import asker
from governance.views.taking_away import CSV, XLSX, attached


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    found = trends(asker(request), timezone.now())
    context = {
        "finding": finding(found),
        "period": found.period,
        "exhibits": [{"it": one, "drawings": [drawn(chart) for chart in one.charts]} for one in exhibits(found)],
        "least": {"people": LEAST_PEOPLE, "promises": LEAST_PROMISES},
    }
    return render(request, "actions/trends/page.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """One table (``table=``, the first where none is named) as CSV."""
    listed = {one.key: one for one in exhibits(trends(asker(request), timezone.now()))}
    chosen = listed.get(request.GET.get("table", next(iter(listed))))
    if chosen is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    columns = [Column("row", chosen.head), *(Column(column.name, column.label) for column in chosen.columns)]
    content = written(columns, ({name: str(value) for name, value in row.items()} for row in _rows(chosen)))
    return attached(HttpResponse(content, content_type="text/csv; charset=utf-8"), f"trends-{chosen.key}", CSV)


@login_required
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """Every table, a sheet each."""
    listed = exhibits(trends(asker(request), timezone.now()))
    made = workbooks.workbook(
        [
            workbooks.Sheet(
                one.name,
                [one.head, *(capfirst(str(column.label)) for column in one.columns)],
                [[line.label, *(told(cell) for cell in line.cells)] for line in _lines(one)],
            )
            for one in listed
        ]
    )
    return attached(HttpResponse(made, content_type=workbooks.MEDIA_TYPE), "trends", XLSX)


def told(cell: Cell) -> str | float:
    """A cell in a sheet: a number, or the words for what must not be told."""
    return _("too few to tell") if cell.value is None else cell.value


def _lines(exhibit: Exhibit) -> list[Line]:
    return [*exhibit.lines, *([exhibit.total] if exhibit.total is not None else [])]


def _rows(exhibit: Exhibit) -> Iterator[dict[str, Any]]:
    for line in _lines(exhibit):
        yield {"row": line.key, **{name: told(cell) for name, cell in exhibit.named(line).items()}}
