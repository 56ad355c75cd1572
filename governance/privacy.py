"""What is kept about people, in sentences: for the page ``/privacy/`` and for the tables of ``docs/works-council.md``.

Made of ``personal.HOLDS`` (where), ``purposes`` (what for, who reads it) and ``retention.TERMS`` (how long). Asks the
database nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.models import Person
from governance.personal import HOLDS, Holding
from governance.purposes import PURPOSES, SECTIONS, Purpose, Section, title_of
from governance.retention import TERMS, Term

BEGIN, END = "<!-- {}: written by manage.py works_council_paper -->", "<!-- /{} -->"
SILENT = frozenset({"id", "version"})
"""Fields of every table that say nothing: its number, and how often it was changed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. ``kind``: "person" for a key to one, "words" where anybody may be named, else empty."""

    name: str
    kind: str
    so_that: Any


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of record, as it is told to whoever asks."""

    label: str
    title: str
    purpose: Purpose
    fields: tuple[Field, ...]
    ends: tuple[str, ...]


def missing(label: str) -> list[str]:
    """What nobody has said yet about a kind of record, in words; empty where all is said, or nothing has to be."""
    holding, purpose = HOLDS.get(label), PURPOSES.get(label)
    if holding is None:
        return ["a line in governance.personal.HOLDS"]
    if purpose is None:
        return ["a purpose", "readers", "an end"] if holding.people or holding.words or holding.files else []
    gone = sorted({*purpose.fields, *purpose.own} - {one.name for one in apps.get_model(label)._meta.get_fields()})
    return [
        *(["a purpose"] if not str(purpose.so_that).strip() else []),
        *(["readers"] if not purpose.readers else []),
        *(["an end"] if not ends(label) else []),
        *(f"the field {name}, of which its purpose speaks" for name in gone),
    ]


def ends(label: str, *, as_declared: bool = False) -> tuple[str, ...]:
    """How long rows of a kind are kept and what then becomes of them; ``as_declared`` leaves RETENTION_DAYS aside."""
    holding, purpose = HOLDS.get(label, Holding()), PURPOSES.get(label)
    told = [_end(term, as_declared=as_declared) for term in TERMS.values() if term.label == label]
    if holding.goes:
        told.append(_("Deleted when the person is anonymised"))
    if purpose is not None and purpose.stays:
        told.append(str(purpose.stays))
    return tuple(told)


def _end(term: Term, *, as_declared: bool) -> str:
    days = term.days if as_declared else term.kept_days
    if days == 0:
        return _("Kept for ever, as the operator set it: %(what)s") % {"what": term.says}
    after = ngettext("After one day %(end)s: %(what)s", "After %(days)d days %(end)s: %(what)s", days)
    return after % {"days": days, "what": term.says, "end": term.says_how}


def rows(section: Section, *, as_declared: bool = False) -> Iterator[Row]:
    """The kinds of record of a section, those of apps that are not there left out."""
    for label, purpose in section.holds.items():
        model = apps.get_model(label)
        yield Row(label, title_of(label), purpose, tuple(_fields(label, model)), ends(label, as_declared=as_declared))


def _fields(label: str, model: type[models.Model]) -> Iterator[Field]:
    holding, purpose = HOLDS[label], PURPOSES[label]
    for one in model._meta.concrete_fields:
        if one.name in SILENT or (one.primary_key and one.related_model is None):
            continue
        is_words = one.name in (*holding.words, *holding.files)
        kind = "person" if one.related_model is Person else "words" if is_words else ""
        yield Field(one.name.replace("_", " "), kind, purpose.fields.get(one.name, ""))


# --- the paper -------------------------------------------------------------------------------------------------------


def filled(paper: str) -> str:
    """The paper with its tables written anew. Raises ValueError where a place for a table is missing."""
    for section in SECTIONS:
        paper = _placed(paper, section.key, "\n".join(_of_section(section)))
    return _placed(paper, "terms", "\n".join(_of_terms()))


def _placed(paper: str, key: str, table: str) -> str:
    begin, end = BEGIN.format(key), END.format(key)
    before, found, rest = paper.partition(begin)
    _old, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"docs/works-council.md has no place for {key}: write {begin} and {end} where it belongs.")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def _of_section(section: Section) -> Iterator[str]:
    yield f"### {section.title}"
    yield ""
    yield str(section.says)
    yield ""
    yield "| record | what it holds | it is kept so that | who reads it | how long, and then |"
    yield "| --- | --- | --- | --- | --- |"
    for row in rows(section, as_declared=True):
        holds = ", ".join(_marked(one) for one in row.fields)
        readers = "; ".join(map(str, row.purpose.readers))
        end = ". ".join(row.ends)
        yield f"| {row.title} (`{row.label}`) | {holds} | {row.purpose.so_that} | {readers} | {end}. |"
    asked = [(row, one) for row in rows(section) for one in row.fields if one.so_that or one.name in _own(row)]
    if asked:
        yield ""
        yield "Of single fields:"
        yield ""
        for row, one in asked:
            alone = " (for the person alone)" if one.name in _own(row) else ""
            yield f"- {row.title}, {_marked(one)}{alone}: {one.so_that or 'see above'}."


def _own(row: Row) -> set[str]:
    return {name.replace("_", " ") for name in row.purpose.own}


def _marked(one: Field) -> str:
    return {"person": f"*{one.name}*", "words": f"**{one.name}**"}.get(one.kind, one.name)


def _of_terms() -> Iterator[str]:
    yield "| name | what | days | and then |"
    yield "| --- | --- | --- | --- |"
    for name, term in sorted(TERMS.items(), key=lambda one: (-one[1].days, one[0])):
        yield f"| `{name}` | {term.says} | {term.days} | {term.says_how} |"
