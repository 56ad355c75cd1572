"""What a page shows, to take away: its rows as CSV, written as they are read, or as a workbook of bounded size.

Every page gives its list away in the same two forms, at ``…sheet.csv`` and ``…sheet.xlsx``, narrowed as the page is and
as its reader may see it; ``ui/take_away.html`` is the place on the page where they are offered. A workbook is for
people: its columns are headed in words. A CSV is for programs too: its columns keep their names, whatever the language.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.errors import Invalid
from governance.sheets.tables import streamed
from governance.sheets.workbooks import MEDIA_TYPE, Table, workbook

CSV, XLSX = "csv", "xlsx"
MOST_ROWS = 20_000
"""Rows of a workbook: it is put together in memory. A CSV has as many as there are."""

Response = TypeVar("Response", bound=HttpResponseBase)


def taken_away(table: Table, form: str) -> HttpResponseBase:
    """The table as a file. Raises :class:`Invalid` where it has more rows than a workbook takes."""
    if form == CSV:
        rows = streamed(table.columns, _in_language(table.rows, translation.get_language() or "en"))
        answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
        return attached(answer, table.name, CSV)
    listed = list(islice(table.rows, MOST_ROWS + 1))
    if len(listed) > MOST_ROWS:
        raise Invalid(
            _("A workbook takes at most %(most)d rows, and this list has more. Narrow it, or take it away as CSV.")
            % {"most": MOST_ROWS}
        )
    made = workbook([replace(table, rows=listed).sheet()])
    return attached(HttpResponse(made, content_type=MEDIA_TYPE), table.name, XLSX)


def attached(answer: Response, name: str, ending: str) -> Response:
    """An answer as a file of this name and day, which nobody on the way keeps."""
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _in_language(rows: Iterable[Mapping[str, str]], language: str) -> Iterator[Mapping[str, str]]:
    """The rows in the language of whoever asked: they are read when the request is over, by whichever thread."""
    read = iter(rows)
    while True:
        with translation.override(language):
            row = next(read, None)
        if row is None:
            return
        yield row
