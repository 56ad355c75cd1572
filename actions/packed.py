"""What a pack says: a cover, a page of summary, and parts. Pure: no ORM, no clock.

A record is plain JSON in the organisation's language, its labels stored with it, so that a pack says the same for ever.
Page, projector, PDF and workbook are drawn from the same record; ``words`` is the order in which each of them reads.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a customer, as they were said: never with a name. ``language`` as BCP 47, or empty."""

    words: str
    about: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One exhibit: its title is its finding.

    ``name`` is what it is called in a list of parts, and the sheet in the workbook. ``numbers`` are the columns that
    hold numbers, from 0. ``paths`` lead from each row, at the column ``leads``, to the list or thing as it is now; the
    last ``sums`` rows add up those above.
    ``svg`` is a whole drawing as SVG, and ``says`` the same in words; both are empty where nothing is drawn.
    """

    key: str
    name: str
    title: str
    note: str = ""
    head: Sequence[str] = ()
    numbers: Sequence[int] = ()
    rows: Sequence[Sequence[str]] = ()
    paths: Sequence[str] = ()
    leads: int = 0
    sums: int = 0
    quotes: Sequence[Quote] = ()
    svg: str = ""
    says: str = ""


def record(
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    reach: str,
    times: str,
    line: str,
    summary: Sequence[Section],
    parts: Sequence[Section],
    language: str,
    forms: str,
) -> Record:
    """One pack as JSON, written in ``language``, its Chinese characters in the ``forms`` of that language.

    ``reach`` says of whom the figures are, ``times`` what is of the period and what of the moment; ``line`` is the one
    about confidential matters, the same in every pack. Packs made before there were ``reach``, ``times``, ``language``
    and ``forms`` say nothing of the kind for ever.
    """
    whole = {
        "title": title,
        "language": language,
        "forms": forms,
        "facts": [list(fact) for fact in facts],
        "reach": reach,
        "times": times,
        "line": line,
        "summary": [asdict(section) for section in summary],
        "parts": [asdict(section) for section in parts],
    }
    made: Record = json.loads(json.dumps(whole))
    return made


def written(of: Record) -> str:
    """The one written form of a record, whatever order a database gave its keys back in."""
    return json.dumps(of, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(of: Record) -> str:
    """SHA-256 of the written form in UTF-8, in hexadecimal: what ``sha256sum`` says of the file."""
    return hashlib.sha256(written(of).encode()).hexdigest()


def sections(of: Record) -> list[dict[str, Any]]:
    """The summary, then the parts."""
    return [*of["summary"], *of["parts"]]


def words(of: Record) -> Iterator[str]:
    """Every piece of text of a record, in reading order."""
    yield of["title"]
    for label, value in of["facts"]:
        yield label
        yield value
    yield from said_once(of)
    for section in sections(of):
        yield from words_of(section)


def said_once(of: Record) -> list[str]:
    """What stands below the facts of the cover: what an older pack does not say is left out."""
    return [line for line in (of.get("reach", ""), of.get("times", ""), of["line"]) if line]


def sums_of(section: dict[str, Any]) -> int:
    """How many rows at the end add up those above: in packs of before that was said, one below the departments."""
    known: int = section.get("sums", 1 if section["key"] == "departments" else 0)
    return known


def words_of(section: dict[str, Any]) -> Iterator[str]:
    """Every piece of text of one section, in reading order."""
    yield section["title"]
    if section["says"]:
        yield section["says"]
    if section["rows"]:
        yield from section["head"]
    for row in section["rows"]:
        yield from (cell for cell in row if cell)
    for quote in section["quotes"]:
        yield quote["words"]
        yield quote["about"]
    if section["note"]:
        yield section["note"]
