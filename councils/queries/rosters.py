"""The roster of a council: what each seat is there for, and who has acknowledged rules and roster."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from councils.models import Acknowledgement, Council, RosterLine
from councils.queries.councils import Sitting, sitting_of
from governance.models import CharterVersion, Person
from governance.services.duties import rules_in_force


@dataclass(frozen=True, slots=True)
class Entry:
    """One seat of the roster; ``acknowledged_at`` is when its holder took on today's rules and line."""

    sitting: Sitting
    line: RosterLine | None
    acknowledged_at: datetime | None

    @property
    def is_awaited(self) -> bool:
        return self.sitting.holder is not None and self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster as one reader sees it. Who has acknowledged is the council's own business (``is_mine``)."""

    version: CharterVersion
    entries: list[Entry]
    is_mine: bool
    asks_me: bool

    @property
    def awaited(self) -> int:
        return sum(entry.is_awaited for entry in self.entries)


def lines_of(memberships: Collection[int]) -> dict[int, RosterLine]:
    """Today's line of each seat that has one. One statement."""
    return {line.membership_id: line for line in RosterLine.objects.filter(membership__in=memberships, until_at=None)}


def entries(council: Council, version: CharterVersion, now: datetime) -> list[Entry]:
    """The seats of a council with their lines. Four statements."""
    sitting = sitting_of(council, now)
    seats = [row.membership.pk for row in sitting]
    lines = lines_of(seats)
    given: dict[tuple[int, int, int | None], datetime] = {
        (membership, person, line): at
        for membership, person, line, at in Acknowledgement.objects.filter(
            membership__in=seats, charter_version=version
        ).values_list("membership_id", "person_id", "line_id", "at")
    }
    found = []
    for row in sitting:
        line = lines.get(row.membership.pk)
        key = (row.membership.pk, row.holder.pk if row.holder else 0, line.pk if line else None)
        found.append(Entry(row, line, given.get(key)))
    return found


def roster(council: Council, viewer: Person, now: datetime) -> Roster:
    """The roster of a council that ``viewer`` may see."""
    version = rules_in_force(council.charter, now)
    listed = entries(council, version, now)
    mine = [entry for entry in listed if viewer in (entry.sitting.holder, entry.sitting.deputy)]
    return Roster(
        version=version,
        entries=listed,
        is_mine=bool(mine),
        asks_me=any(entry.is_awaited and entry.sitting.holder == viewer for entry in mine),
    )
