"""One record of a file, read by a mapping: our fields, or what is wrong with it. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.importing.dates import Dates
from actions.importing.mapping import DATES, Column, Mapping, Origin
from governance.errors import Invalid
from governance.sheets.reading import Record

# How much a field holds; what is longer is refused and never cut in silence.
LIMITS = {
    "external_id": 128,
    "department": 150,
    "topic": 200,
    "score": 32,
    "channel": 80,
    "giver": 200,
    "consent": 40,
    "language": 20,
    "kind": 80,
}
TEXTS = ("topic", "text", "score", "channel", "giver", "consent", "language", "kind")
KEY_LENGTH = 200
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record was not taken in: where it begins, which column (empty: the whole record), and the reason."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Row:
    """What one record says, before it is matched with departments and themes."""

    line: int
    external_id: str
    department: str
    topic: str
    text: str
    score: str
    channel: str
    giver: str
    consent: str
    language: str
    kind: str
    received_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    digest: str
    clock_oddities: int = 0
    is_off_scale: bool = False


@lru_cache(maxsize=4096)
def topic_key(topic: str) -> str:
    """How topics are compared: compatibility forms alike, lower case, single blanks; at most 200 characters."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", topic)).strip().casefold()
    if len(folded) <= KEY_LENGTH:
        return folded
    return f"{folded[:150]} {hashlib.sha256(folded.encode()).hexdigest()[:40]}"


class RowReader:
    """Reads the records of one file.

    Raises :class:`Invalid` (field ``mapping``) when the file lacks a column that the mapping names.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], *, zone: ZoneInfo) -> None:
        self.width = len(header)
        self.mapping = mapping
        names = [name.strip() for name in header]
        self._cells = {name: _getter(origin, names) for name, origin in mapping.origins.items()}
        self.labels = {name: origin.label for name, origin in mapping.origins.items()}
        self.scale = mapping.origins["score"].scale if "score" in mapping.origins else None
        self._dates = {
            name: Dates(format=mapping.origins[name].format, zone=zone, ends_the_day=name == "due")
            for name in DATES
            if name in mapping.origins
        }
        self._texts = [name for name in TEXTS if name in mapping.origins]
        self._occurrences: dict[bytes, int] = {}

    def read(self, record: Record) -> Row | list[Fault]:
        """The row, or every fault of the record."""
        if record.fault or len(record.cells) != self.width:
            return [Fault(record.line, "", record.fault or self._wrong_width(record))]
        raw = {name: cell(record.cells) for name, cell in self._cells.items()}
        faults = self._faults(record.line, raw)
        moments: dict[str, datetime | None] = dict.fromkeys(DATES)
        oddities = 0
        for name, dates in self._dates.items():
            if raw[name]:
                try:
                    moments[name], odd = dates.read(raw[name])
                    oddities += odd
                except (ValueError, OverflowError):
                    faults.append(self._no_date(record.line, name, raw[name]))
        if faults:
            return faults
        return self._row(record.line, raw, moments, oddities)

    def _row(self, line: int, raw: dict[str, str], moments: dict[str, datetime | None], oddities: int) -> Row:
        get = raw.get
        said = [
            get("department", ""),
            *(get(name, "") for name in TEXTS),
            *(str(moments[name] or "") for name in DATES),
        ]
        return Row(
            line=line,
            external_id=raw["external_id"] if "external_id" in raw else self._made_up_id(raw),
            department=said[0],
            topic=get("topic", ""),
            text=get("text", ""),
            score=get("score", ""),
            channel=get("channel", ""),
            giver=get("giver", ""),
            consent=get("consent", ""),
            language=get("language", ""),
            kind=get("kind", ""),
            received_at=moments["received"],
            due_at=moments["due"],
            closed_at=moments["closed"],
            digest=hashlib.sha256("\x1f".join(said).encode()).hexdigest(),
            clock_oddities=oddities,
            is_off_scale=self._is_off_scale(get("score", "")),
        )

    def _made_up_id(self, raw: dict[str, str]) -> str:
        """A digest of what the mapped fields say, and the how-manieth row of the file it is that says just that."""
        said = "\x1f".join(f"{name}={words}" for name, words in raw.items())
        digest = hashlib.sha256(said.encode()).digest()[:20]
        number = self._occurrences.get(digest, 0) + 1
        self._occurrences[digest] = number
        return f"{digest.hex()}-{number}"

    def _faults(self, line: int, raw: dict[str, str]) -> list[Fault]:
        faults = []
        for name, words in raw.items():
            if len(words) > LIMITS.get(name, len(words)):
                reason = _("longer than %(most)d characters") % {"most": LIMITS[name]}
                faults.append(Fault(line, self.labels[name], reason))
            if "\0" in words:
                faults.append(Fault(line, self.labels[name], _("holds a null character")))
        if "external_id" in raw and not raw["external_id"]:
            faults.append(Fault(line, self.labels["external_id"], _("has no number of its own at the source")))
        if not raw.get("text") and not raw.get("topic"):
            names = [self.labels[name] for name in ("text", "topic") if name in self.labels]
            faults.append(Fault(line, names[0], _("says nothing: no text and no topic")))
        return faults

    def _no_date(self, line: int, name: str, words: str) -> Fault:
        wanted = self.mapping.origins[name].format or "ISO 8601"
        reason = _("“%(words)s” is no date written %(format)s") % {"words": words[:SHOWN], "format": wanted}
        return Fault(line, self.labels[name], reason)

    def _wrong_width(self, record: Record) -> str:
        found = len(record.cells)
        reason = ngettext("%(found)d cell", "%(found)d cells", found) % {"found": found}
        reason = _("%(cells)s where the header has %(width)d") % {"cells": reason, "width": self.width}
        if record.until > record.line:
            reason = _("%(reason)s; it runs on to line %(until)d: is a quotation mark left open?") % {
                "reason": reason,
                "until": record.until,
            }
        return reason

    def _is_off_scale(self, score: str) -> bool:
        if not score or self.scale is None:
            return False
        try:
            return not float(self.scale[0]) <= float(score) <= float(self.scale[1])
        except ValueError:
            return True


def _getter(origin: Origin, names: list[str]) -> Callable[[list[str]], str]:
    """A function from a record's cells to the field's words, without blanks around them."""
    if origin.value is not None:
        constant = origin.value
        return lambda _cells: constant
    places = [_place(column, names) for column in origin.columns]
    if len(places) == 1:
        only = places[0]
        return lambda cells: cells[only].strip()
    join = origin.join
    return lambda cells: join.join(filter(None, (cells[place].strip() for place in places))).strip()


def _place(column: Column, names: list[str]) -> int:
    if isinstance(column, int):
        if column > len(names):
            raise Invalid(
                _("There is no column %(number)d: the file has %(count)d.") % {"number": column, "count": len(names)},
                field="mapping",
            )
        return column - 1
    places = [place for place, name in enumerate(names) if name == column.strip()]
    if len(places) == 1:
        return places[0]
    if places:
        raise Invalid(
            _("%(count)d columns are called “%(name)s”. Give the number of the one that you mean.")
            % {"count": len(places), "name": column},
            field="mapping",
        )
    message = _("There is no column “%(name)s”. The file has: %(names)s.") % {
        "name": column,
        "names": ", ".join(f"“{name}”" for name in names),
    }
    if len(names) == 1:
        message += " " + _("Only one column was found: state what stands between columns (“delimiter”).")
    raise Invalid(message, field="mapping")
