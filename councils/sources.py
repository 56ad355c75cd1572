"""The registry of sources: what puts matters onto agendas by itself, and what takes them off again.

Declared here, filled by councils and by higher apps in ``ready()``. A source finds what is eligible for a council
today, and says of what it brought whether that still holds. :mod:`councils.services.gathering` asks all of them;
what people raised is never a source's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from governance.clauses import Rules
from governance.models import SubjectKind

if TYPE_CHECKING:
    from councils.models import AgendaItem, Council

ESCALATION, DECISION, FINDING, CHARTER = "escalation", "decision", "finding", "charter"
RESOURCES, THEME, DATE = "resources", "theme", "date"
"""The keys of the sources. What is carried over is none of them: it keeps the source that it came from."""

ESCALATED_AS: dict[str, str] = {
    SubjectKind.ACTION: "late_action",
    SubjectKind.THEME: "theme",
    SubjectKind.REQUEST: "open_request",
    SubjectKind.PILOT: "pilot",
}
"""As which matter a council is asked to settle a thing that nobody moved."""


@dataclass(frozen=True, slots=True)
class Room:
    """For whom is looked: a council, its rules, its day, and the day of the meeting that is prepared."""

    council: "Council"
    rules: Rules
    today: date
    meets_on: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is eligible: what it is about, and what the council is asked.

    ``since`` is when it became so: what was put onto the agenda later than that is not brought for a second time,
    unless a rule took it off.
    """

    about_id: int
    matter: str
    ask: str
    since: datetime
    proposal: dict[str, Any] = field(default_factory=dict)


# What is eligible for a council today, in a fixed number of statements.
Find = Callable[[Room], Sequence[Found]]
# Of open items, those that concern the source: empty where it still holds, else why it does not. A few statements.
Still = Callable[[Sequence["AgendaItem"], datetime], Mapping[int, str]]
# Of open items, those that somebody may settle alone today, and who. A few statements.
Alone = Callable[[Sequence["AgendaItem"], datetime], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Source:
    """One reason for which a matter stands on an agenda without anybody raising it."""

    key: str
    label: str | Promise
    brings: str | Promise
    """What it brings, in a sentence."""
    leaves: str | Promise
    """When that leaves by itself, in a sentence."""
    still: Still
    find: Find | None = None
    """None: services bring it at the moment at which it happens."""
    alone: Alone | None = None
    """Where a department may settle what it brings: such items wait for that, off the meeting."""


SOURCES: dict[str, Source] = {}


def declare(source: Source) -> Source:
    if source.key in SOURCES:
        raise ValueError(f"source declared twice: {source.key}")
    SOURCES[source.key] = source
    return source


def label_of(item: "AgendaItem") -> str:
    """What brought an item, in words; empty where people raised it."""
    source = SOURCES.get(item.source)
    return str(source.label) if source is not None else ""


def still(items: Sequence["AgendaItem"], now: datetime) -> dict[int, dict[str, str]]:
    """What each source says of these items, by item: empty where it holds. The statements do not grow with them."""
    said: dict[int, dict[str, str]] = {item.pk: {} for item in items}
    if items:
        for source in SOURCES.values():
            for key, reason in source.still(items, now).items():
                said[key][source.key] = reason
    return said


def over(item: "AgendaItem", said: Mapping[str, str]) -> str:
    """Why an item leaves by rule; empty: it stays, because its own source or another one still holds.

    ``said`` is what the sources say of it (:func:`still`). Pure.
    """
    own = said.get(item.source, "")
    return own if own and not any(reason == "" for reason in said.values()) else ""
