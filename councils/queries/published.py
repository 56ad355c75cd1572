"""What changed on an agenda since whoever is invited read it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from councils import published
from councils.models import AgendaItem, ItemState, Meeting, Publication, PublishedItem
from governance.models import Person


@dataclass(frozen=True, slots=True)
class Changes:
    """A publication with what was added after it, what was moved, and what is off: keys of items, and those gone."""

    at: datetime
    by: Person
    added: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    gone: Sequence[AgendaItem] = field(default_factory=tuple)

    @property
    def number(self) -> int:
        return len(self.added) + len(self.moved) + len(self.gone)


def changes(meeting: Meeting, agenda: Sequence[AgendaItem]) -> Changes | None:
    """What is otherwise than it was published; None where nothing was. Two statements.

    ``agenda`` are the meeting's items in order. An item that was settled in the meeting is not gone.
    """
    made = Publication.objects.select_related("by").filter(meeting=meeting).first()
    if made is None:
        return None
    rows = (
        PublishedItem.objects.filter(publication=made)
        .select_related("item__subject", "item__meeting__subject")
        .order_by("position")
    )
    before = [row.item for row in rows]
    there = [item.pk for item in agenda if item.state != ItemState.WITHDRAWN]
    known = {item.pk for item in before}
    return Changes(
        at=made.at,
        by=made.by,
        added=frozenset(set(there) - known),
        moved=frozenset(published.moved([item.pk for item in before], there)),
        gone=tuple(item for item in before if item.pk not in set(there)),
    )
