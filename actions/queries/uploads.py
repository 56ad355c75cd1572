"""What an uploaded file looks like before it is taken in: guesses, the first rows as they would be read, faults."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actions.importing import guessing, keeping, taking_in
from actions.importing import mapping as mappings
from actions.importing.dates import END_OF_DAY
from actions.importing.guessing import Reading
from actions.importing.mapping import DATES
from actions.importing.rows import Fault, Row, RowReader
from actions.models import FeedbackSource, Upload, UploadState
from actions.queries.feedback import may_triage
from governance.errors import Absent, Invalid, Refused
from governance.models import Person
from governance.sheets import reading
from governance.sheets.reading import Record

LOOKED_AT = 2_000
"""Rows that a preview reads; what is further down is checked when it is taken in."""
SHOWN = 6
MOST_COLUMNS = 200
PROBLEMS_SHOWN = 20
START = 64 * 1024


def require_triage(viewer: Person, now: datetime) -> None:
    """Raises :class:`Refused` for who takes no files in."""
    if not may_triage(viewer, now):
        raise Refused(_("Feedback is taken in by the CX lead and the core team. Send them the file."))


def mine(viewer: Person) -> QuerySet[Upload]:
    """What one sent oneself, newest first."""
    return Upload.objects.filter(by=viewer).select_related("feedback_import__source__subject").order_by("-pk")


def get(key: str, viewer: Person) -> Upload:
    """One's own upload; raises :class:`Absent` for anybody else's."""
    found = mine(viewer).filter(key=key).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose in the preview. ``fields``: one a column, empty to leave it out; empty lists: guess."""

    fields: Sequence[str] = ()
    formats: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name, some of its values, and what is made of it."""

    name: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read. ``rows``: line and values, as ``headings`` name them; ``problem``: the whole file's."""

    columns: Sequence[Column]
    encodings: Sequence[Reading]
    encoding: str
    delimiter: str
    date_choices: dict[str, list[str]]
    formats: dict[str, str]
    mapping: dict[str, Any]
    headings: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    read: int = 0
    good: int = 0
    is_whole: bool = True
    faults: Sequence[Fault] = ()
    fault_count: int = 0
    unknown_departments: Sequence[str] = ()
    problem: str = ""


def preview(upload: Upload, now: datetime, chosen: Chosen | None = None) -> Preview:
    """Read the beginning of the file by what was chosen, or by guesses. Raises :class:`Absent` when it is gone."""
    chosen = chosen or Chosen()
    kept = _kept(upload.source_name)
    try:
        with keeping.get(upload.key) as file:
            start = file.read(START)
            encoding, offered = _encoding(file, start, chosen.encoding or kept.get("encoding", ""))
            text = start.decode(encoding, errors="replace")
            delimiter = chosen.delimiter or guessing.delimiter(text)
            file.seek(0)
            records = reading.records(file, encoding=encoding, delimiter=delimiter)
            header = next(records, None)
            body = list(islice(records, LOOKED_AT + 1))
    except FileNotFoundError as error:
        raise Absent(_("This file is no longer here: it was taken in, or a day has passed. Send it again.")) from error
    return _previewed(chosen, kept, header, body, encoding, offered, delimiter, now)


def _kept(source_name: str) -> dict[str, Any]:
    """The mapping that the source's last file was read by."""
    found = FeedbackSource.objects.filter(name__iexact=source_name).values_list("mapping", flat=True).first()
    return found if isinstance(found, dict) else {}


def _encoding(file: Any, start: bytes, stated: str) -> tuple[str, list[Reading]]:
    """``(the encoding to read with, those to choose from)``: nothing to choose for what is Unicode."""
    try:
        return reading.survey(file).encoding, []
    except Invalid:
        offered = guessing.encodings(start)
        names = [one.encoding for one in offered]
        return (stated if stated in names else names[0] if names else "windows-1252"), offered


def _previewed(
    chosen: Chosen,
    kept: dict[str, Any],
    header: Record | None,
    body: list[Record],
    encoding: str,
    offered: list[Reading],
    delimiter: str,
    now: datetime,
) -> Preview:
    departments = taking_in.Departments(now=now)
    names = [cell.strip() for cell in header.cells] if header and not header.fault else []
    if len(names) > MOST_COLUMNS:
        names = []
    cells = [record.cells for record in body if len(record.cells) == len(names)]
    fields = list(chosen.fields) if len(chosen.fields) == len(names) and names else None
    if fields is None:
        fields = guessing.fields_of(kept, names) if kept else None
    if fields is None:
        fields = guessing.columns(names, cells[: guessing.SAMPLE], is_department=_is_department(departments))
    date_choices = {
        name: guessing.date_formats(_joined(cells, [place for place, said in enumerate(fields) if said == name]))
        for name in DATES
        if name in fields
    }
    formats = {
        name: _format(date_choices[name], chosen.formats.get(asked), _kept_format(kept, name))
        for asked, *more in asked_together(date_choices).values()
        for name in (asked, *more)
    }
    mapping = guessing.mapping_of(
        names, fields, formats, delimiter=delimiter if delimiter != "," else "", encoding=encoding if offered else ""
    )
    if kept.get("zone"):
        mapping["zone"] = kept["zone"]
    if fields.count("score") == 1 and isinstance(kept.get("score"), dict) and kept["score"].get("scale"):
        mapping["score"] = {"column": mapping["score"], "scale": kept["score"]["scale"]}
    looked: dict[str, Any] = {
        "columns": [
            Column(name, _samples(cells, place), chosen_field)
            for place, (name, chosen_field) in enumerate(zip(names, fields, strict=True))
        ],
        "encodings": offered,
        "encoding": encoding,
        "delimiter": delimiter,
        "date_choices": date_choices,
        "formats": formats,
        "mapping": mapping,
    }
    if not names:
        return Preview(**looked, problem=_("The file has no header line to read columns by, or more than 200 columns."))
    return _read(looked, mapping, names, body, departments)


def _is_department(departments: taking_in.Departments) -> Callable[[str], bool]:
    return lambda name: departments.find(name) is not None


def _joined(cells: list[list[str]], places: list[int]) -> Iterator[str]:
    """What several columns of one date say together, such as a day and a time, as a mapping joins them."""
    return (" ".join(filter(None, (row[place].strip() for place in places))) for row in cells)


def asked_together(date_choices: dict[str, list[str]]) -> dict[tuple[str, ...], list[str]]:
    """Fields by what they could be written in: those of one file that leave the same doubt are written alike."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name, choices in date_choices.items():
        together.setdefault(tuple(choices), []).append(name)
    return together


def _format(choices: list[str], said: str | None, kept: str | None) -> str:
    """The form of a date: as said, as the last file of the source had it, else the first that fits."""
    for wanted in (said, kept):
        if wanted is not None and wanted in choices:
            return wanted
    return choices[0] if choices else ""


def _kept_format(kept: dict[str, Any], name: str) -> str | None:
    said = kept.get(name)
    return str(said.get("format", "")) if isinstance(said, dict) else None


def _samples(cells: list[list[str]], place: int) -> tuple[str, ...]:
    said = dict.fromkeys(" ".join(row[place].split())[:80] for row in cells[:50])
    return tuple(islice((value for value in said if value), 2))


def _read(
    looked: dict[str, Any],
    mapping: dict[str, Any],
    names: list[str],
    body: list[Record],
    departments: taking_in.Departments,
) -> Preview:
    """The first rows as they would come in, and what is wrong with the others."""
    try:
        how = mappings.parse(mapping)
        home = ZoneInfo(taking_in.organisation_zone())
        zone = ZoneInfo(how.zone) if how.zone else home
        reader = RowReader(how, names, zone=zone)
    except Invalid as error:
        return Preview(**looked, problem=str(error))
    shown = [name for name in mappings.FIELDS if name in how.origins]
    rows: list[Row] = []
    faults: list[Fault] = []
    refused = 0
    for record in body[:LOOKED_AT]:
        row = reader.read(record)
        if isinstance(row, Row):
            rows.append(row)
        else:
            refused += 1
            faults += row
    unknown = dict.fromkeys(
        row.department for row in rows if row.department and departments.find(row.department) is None
    )
    return Preview(
        **looked,
        headings=[str(mappings.FIELDS[name]) for name in shown],
        rows=_shown(rows, shown, zone, home),
        read=min(len(body), LOOKED_AT),
        good=len(rows),
        is_whole=len(body) <= LOOKED_AT,
        faults=faults[:PROBLEMS_SHOWN],
        fault_count=refused,
        unknown_departments=list(unknown),
    )


def _shown(rows: list[Row], names: list[str], zone: ZoneInfo, home: ZoneInfo) -> list[tuple[int, list[str]]]:
    """The first rows in words. ``zone``: where they were written down; ``home``: the organisation's.

    A column without any time of day shows the days that were written down.
    """
    dated = [name for name in names if name in DATES]
    days = {name for name in dated if all(_is_day(getattr(row, f"{name}_at"), zone) for row in rows)}

    def words(row: Row, name: str) -> str:
        if name not in dated:
            return str(getattr(row, name))
        moment: datetime | None = getattr(row, f"{name}_at")
        if moment is None:
            return ""
        if name in days:
            return moment.astimezone(zone).strftime("%Y-%m-%d")
        return moment.astimezone(home).strftime("%Y-%m-%d %H:%M %Z")

    return [(row.line, [words(row, name) for name in names]) for row in rows[:SHOWN]]


def _is_day(moment: datetime | None, zone: ZoneInfo) -> bool:
    return moment is None or moment.astimezone(zone).time() in (time.min, END_OF_DAY)


def is_looked_at(upload: Upload) -> bool:
    """Whether its sender may still change how it is read."""
    return upload.state in (UploadState.LOOKED_AT, UploadState.FAILED)
