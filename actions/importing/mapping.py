"""How a file's columns become our fields: the mapping of a feedback source, parsed and checked. Pure.

A mapping is a JSON object from our fields to where their values stand::

    {"external_id": "CASE_ID",                                   a column, by name (may be empty)
     "topic": 12,                                                or by its number, counted from 1
     "received": {"columns": ["Date", "Time"], "join": " ", "format": "%d-%m-%y %I:%M:%S %p"},
     "text": {"columns": ["Title", "Review Text"], "join": "\\n"},
     "score": {"column": "Rating", "scale": [1, 5]},
     "kind": {"value": "complaint"},                             the same for every row
     "zone": "America/New_York", "delimiter": "\\t", "encoding": "gb18030"}

Only ``text`` or ``topic`` is required. Dates without a format are read as ISO 8601.
"""

import codecs
import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.errors import Invalid

DATES = ("received", "due", "closed")
FIELDS: dict[str, str | Promise] = {
    "external_id": gettext_lazy("its number at the source"),
    "received": gettext_lazy("received"),
    "due": gettext_lazy("target set by the source"),
    "closed": gettext_lazy("closed by the source"),
    "department": gettext_lazy("department"),
    "topic": gettext_lazy("topic"),
    "text": gettext_lazy("text"),
    "score": gettext_lazy("score"),
    "channel": gettext_lazy("channel"),
    "giver": gettext_lazy("who said it"),
    "consent": gettext_lazy("consent"),
    "language": gettext_lazy("language"),
    "kind": gettext_lazy("kind"),
}
SETTINGS: dict[str, str | Promise] = {
    "zone": gettext_lazy("time zone"),
    "delimiter": gettext_lazy("between columns"),
    "encoding": gettext_lazy("encoding"),
}
PARTS = {"column", "columns", "join", "value", "format", "scale"}
TAB_NAMES = {"\\t", "tab"}

Column = str | int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one field's value comes from: columns joined, or a constant; ``format`` for dates, ``scale`` for scores."""

    columns: tuple[Column, ...] = ()
    join: str = " "
    value: str | None = None
    format: str = ""
    scale: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """What an error calls it: the column as the mapping names it."""
        return "+".join(str(column) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping. ``zone``, ``delimiter`` and ``encoding`` are empty where they were not said."""

    origins: dict[str, Origin] = field(default_factory=dict)
    zone: str = ""
    delimiter: str = ""
    encoding: str = ""

    def sentences(self) -> list[tuple[str, str]]:
        """``(field, where it comes from)`` for a person to read, in the order of our fields."""
        lines = [(str(FIELDS[name]), _sentence(self.origins[name])) for name in FIELDS if name in self.origins]
        for name, label in SETTINGS.items():
            said = getattr(self, name)
            if said:
                lines.append((str(label), _("tab") if said == "\t" else said))
        return lines


def load(path: str | Path) -> Any:
    """The JSON of a mapping file; raises :class:`Invalid` (field ``mapping``) when there is none to read."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _wrong(
            _("The mapping “%(path)s” cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
    except ValueError as error:
        raise _wrong(_("The mapping “%(path)s” is not JSON: %(error)s.") % {"path": path, "error": error}) from error


def parse(given: Any) -> Mapping:
    """Check a mapping. Raises :class:`Invalid` (field ``mapping``) that says what to write instead."""
    if not isinstance(given, AbstractMapping):
        raise _wrong(_("A mapping is a JSON object from our fields to columns."))
    unknown = sorted(set(given) - FIELDS.keys() - SETTINGS.keys())
    if unknown:
        raise _wrong(
            _("Unknown fields: %(names)s. Choose among %(known)s.")
            % {"names": ", ".join(map(str, unknown)), "known": ", ".join([*FIELDS, *SETTINGS])}
        )
    origins = {name: _origin(name, given[name]) for name in FIELDS if name in given}
    if "external_id" in origins and origins["external_id"].value is not None:
        raise _wrong(_("“external_id” tells rows apart, so it cannot be the same for all. Leave it out instead."))
    if "text" not in origins and "topic" not in origins:
        raise _wrong(_("Map “text” or “topic”: without either nothing was said."))
    return Mapping(
        origins=origins,
        zone=_zone(given.get("zone", "")),
        delimiter=_delimiter(given.get("delimiter", "")),
        encoding=_encoding(given.get("encoding", "")),
    )


def _origin(name: str, said: Any) -> Origin:
    if not isinstance(said, AbstractMapping):
        return Origin(columns=(_column(name, said),))
    unknown = sorted(set(said) - PARTS)
    if unknown:
        raise _wrong(
            _("“%(field)s” has unknown parts: %(names)s.") % {"field": name, "names": ", ".join(map(str, unknown))}
        )
    if sum(part in said for part in ("column", "columns", "value")) != 1:
        raise _wrong(_("“%(field)s” needs one of “column”, “columns” or “value”.") % {"field": name})
    columns: tuple[Column, ...] = ()
    if "column" in said:
        columns = (_column(name, said["column"]),)
    elif "columns" in said:
        if not isinstance(said["columns"], list) or not said["columns"]:
            raise _wrong(_("“columns” of “%(field)s” is a list of columns.") % {"field": name})
        columns = tuple(_column(name, column) for column in said["columns"])
    join = said.get("join", " ")
    if not isinstance(join, str):
        raise _wrong(_("“join” of “%(field)s” is the text between the columns.") % {"field": name})
    value = said.get("value")
    if "value" in said and (value is None or isinstance(value, list | dict)):
        raise _wrong(_("“value” of “%(field)s” is a text or a number.") % {"field": name})
    return Origin(
        columns=columns,
        join=join,
        value=str(value).strip() if "value" in said else None,
        format=_format(name, said["format"]) if "format" in said else "",
        scale=_scale(name, said["scale"]) if "scale" in said else None,
    )


def _column(name: str, said: Any) -> Column:
    if isinstance(said, str):
        return said
    if isinstance(said, int) and not isinstance(said, bool) and said >= 1:
        return said
    raise _wrong(_("“%(field)s” names a column, or gives its number counted from 1.") % {"field": name})


def _format(name: str, said: Any) -> str:
    if name not in DATES:
        raise _wrong(_("Only dates have a “format”; “%(field)s” is none.") % {"field": name})
    try:
        written = datetime(2001, 2, 3, 4, 5, 6).strftime(said)  # noqa: DTZ001 - a probe of the format, no moment
        if "%" not in said:
            raise ValueError(said)
        datetime.strptime(written, said)  # noqa: DTZ007
    except (TypeError, ValueError) as error:
        raise _wrong(
            _("“%(format)s” is no date format. Write one like %%m/%%d/%%Y %%I:%%M:%%S %%p for “%(field)s”.")
            % {"format": said, "field": name}
        ) from error
    return str(said)


def _scale(name: str, said: Any) -> tuple[str, str]:
    numbers = isinstance(said, list) and [s for s in said if isinstance(s, int | float) and not isinstance(s, bool)]
    if name != "score" or not numbers or len(numbers) != 2 or numbers != said or not said[0] < said[1]:
        raise _wrong(_("“scale” belongs to “score” and gives its lowest and highest value, such as [1, 5]."))
    return str(said[0]), str(said[1])


def _zone(said: Any) -> str:
    try:
        if said:
            ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise _wrong(_("“%(zone)s” is no time zone. Write one like Europe/Berlin.") % {"zone": said}) from error
    return str(said)


def _delimiter(said: Any) -> str:
    if said in TAB_NAMES:
        return "\t"
    if not isinstance(said, str) or len(said) > 1 or said in {'"', "\n", "\r"}:
        raise _wrong(_("“delimiter” is one character, such as ; or a tab."))
    return said


def _encoding(said: Any) -> str:
    try:
        if said:
            "".encode(said)  # refuses what is known but encodes no text, such as base64
            codecs.getincrementaldecoder(said)
    except (LookupError, TypeError, ValueError) as error:
        raise _wrong(
            _("“%(encoding)s” is no text encoding. Write one like gb18030, big5 or windows-1252.") % {"encoding": said}
        ) from error
    return str(said)


def _wrong(message: str) -> Invalid:
    return Invalid(message, field="mapping")


def _sentence(origin: Origin) -> str:
    if origin.value is not None:
        said = _("always “%(value)s”") % {"value": origin.value}
    else:
        names = [
            _("column %(number)d") % {"number": column}
            if isinstance(column, int)
            else _("column “%(name)s”") % {"name": column}
            for column in origin.columns
        ]
        said = " + ".join(names)
    if origin.format:
        said = _("%(column)s, written %(format)s") % {"column": said, "format": origin.format}
    if origin.scale:
        said = _("%(column)s, from %(low)s to %(high)s") % {
            "column": said,
            "low": origin.scale[0],
            "high": origin.scale[1],
        }
    return said
