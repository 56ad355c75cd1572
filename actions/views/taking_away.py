"""Tables of a page as files: one as CSV, all of them as a workbook."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from governance.errors import Absent
from governance.sheets.tables import written
from governance.sheets.workbooks import MEDIA_TYPE, Table, workbook
from governance.views.taking_away import CSV, XLSX, attached


def as_csv(sheets: Sequence[Table], name: str, file: str) -> HttpResponse:
    """The sheet of that name; raises :class:`Absent` where there is none. Without a name the first."""
    found = next((sheet for sheet in sheets if sheet.name == name or not name), None)
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    text = written(found.columns, found.rows)
    return attached(HttpResponse(text, content_type="text/csv; charset=utf-8"), f"{file}-{found.name}", CSV)


def as_workbook(sheets: Sequence[Table], file: str) -> HttpResponse:
    made = workbook(sheet.sheet() for sheet in sheets)
    return attached(HttpResponse(made, content_type=MEDIA_TYPE), file, XLSX)
