"""Tables of a page as files: one as CSV, all of them as a workbook."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.errors import Absent
from governance.sheets.tables import written
from governance.sheets.workbooks import MEDIA_TYPE, Table, workbook


def as_csv(sheets: Sequence[Table], name: str, file: str) -> HttpResponse:
    """The sheet of that name; raises :class:`Absent` where there is none. Without a name the first."""
    found = next((sheet for sheet in sheets if sheet.name == name or not name), None)
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    text = written(found.columns, found.rows)
    return _file(text, "text/csv; charset=utf-8", f"{file}-{found.name}", "csv")


def as_workbook(sheets: Sequence[Table], file: str) -> HttpResponse:
    return _file(workbook(sheet.sheet() for sheet in sheets), MEDIA_TYPE, file, "xlsx")


def _file(content: str | bytes, media: str, name: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response
