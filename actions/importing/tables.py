"""Files as people send them, made into the CSV that imports read: XLSX and JSON are converted, CSV stays as it is."""

import csv
import io
import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from actions.importing import spreadsheets
from governance.errors import Invalid

ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".json", ".xlsx")
# JSON is read whole, so it may be smaller than a CSV.
MOST_JSON = 20 * 1024 * 1024


def as_csv(file: BinaryIO, file_name: str) -> bytes | None:
    """The file as CSV in UTF-8; None where it is one already, in whatever encoding.

    Raises :class:`Invalid` at ``file`` for what is no table, naming what to send instead.
    """
    file.seek(0)
    start = file.read(512)
    file.seek(0)
    ending = "." + file_name.lower().rpartition(".")[2]
    if ending not in ENDINGS:
        raise Invalid(
            _("Send a CSV, TSV, JSON or XLSX file; “%(name)s” is none by its name.") % {"name": file_name}, field="file"
        )
    if not start.strip():
        raise Invalid(_("The file is empty. Choose the one with the feedback in it."), field="file")
    if ending == ".xlsx" or spreadsheets.is_workbook(start):
        if not spreadsheets.is_workbook(start):
            raise Invalid(_("It is called a spreadsheet but is none. Save it again, as XLSX or CSV."), field="file")
        return _written(spreadsheets.rows_of(file, settings.UPLOAD_LIMIT))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_("Old Excel files (XLS) are not read. Save it as XLSX or CSV."), field="file")
    if ending == ".json":
        return _written(_from_json(file))
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        raise Invalid(_("This is no text: a CSV holds rows of words. Save it as CSV (UTF-8)."), field="file")
    return None


def _written(rows: list[list[str]]) -> bytes:
    """Rows as CSV, each as wide as the header; what comes before the first row with two filled cells is left out."""
    widest = list(accumulate(map(len, reversed(rows)), max))[::-1]
    filled = (sum(1 for cell in row if cell.strip()) for row in rows)
    start = next((place for place, many in enumerate(filled) if many >= min(2, widest[place])), None)
    if start is None:
        raise Invalid(_("There is no row in it. Put the rows onto the first sheet, with a header line."), field="file")
    width = len(rows[start])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows[start:]:
        if any(cell.strip() for cell in row):
            writer.writerow([*row, *[""] * (width - len(row))])
            if text.tell() > settings.UPLOAD_LIMIT:
                raise spreadsheets.too_big()
    return text.getvalue().encode(errors="replace")  # half of a surrogate pair is no letter


def _from_json(file: BinaryIO) -> list[list[str]]:
    content = file.read(MOST_JSON + 1)
    if len(content) > MOST_JSON:
        raise Invalid(_("JSON may be at most 20 MB. Send CSV instead."), field="file")
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(_("This is not JSON: %(error)s.") % {"error": str(error)[:200]}, field="file") from error
    rows = _objects(given)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > spreadsheets.MOST_COLUMNS:
        raise spreadsheets.too_many_columns()
    gathered, made = spreadsheets.Gathered(settings.UPLOAD_LIMIT), [names]
    for row in rows:
        made.append([_cell(row.get(name)) for name in names])
        gathered.add(made[-1])
    return made


def _objects(given: Any) -> list[dict[str, Any]]:
    """The list of objects that a JSON file holds, at its top or as the one list inside."""
    if isinstance(given, dict):
        lists: Iterable[Any] = (value for value in given.values() if isinstance(value, list) and value)
        given = next(iter(lists), None)
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise Invalid(_("JSON has to be a list of objects, one for each piece of feedback."), field="file")
    return given


def _cell(value: Any) -> str:
    if value is None:
        return ""
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError as error:
        raise Invalid(_("This is not JSON: %(error)s.") % {"error": str(error)[:200]}, field="file") from error
