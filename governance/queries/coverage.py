"""The coverage map: who answers where, and where nobody does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.links import path_of
from governance.models import ORGANISATION_WIDE, Department, Person, Seat, SeatKind, Subject
from governance.queries import departments, journeys, seats
from governance.queries.journeys import Path
from governance.queries.load import full_ids
from governance.queries.seats import Standing
from governance.rooms import Place, rooms

WANTED = (SeatKind.HEAD, SeatKind.CHAMPION)
"""Seats that every department needs; one that was never founded is a hole like one that nobody holds."""

_OF_COUNCILS = (SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER)


@dataclass(frozen=True, slots=True)
class Cell:
    """The seats of one kind in one department. ``is_missing``: wanted there, and never founded."""

    kind: str
    label: str
    standings: Sequence[Standing]
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One department: how deep it lies (``indent``, drawn), and its cells in the order of the columns."""

    department: Department
    depth: int
    indent: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Chair:
    """One seat of a council, and the page that fills it (empty where the reader may not)."""

    standing: Standing
    fill_url: str

    @property
    def is_vacant(self) -> bool:
        return self.standing.vacant_since is not None


@dataclass(frozen=True, slots=True)
class Table:
    """One council: its sponsor (a seat of the organisation, counted there), its chair, its secretary, its members."""

    subject: Subject
    name: str
    sponsor: Standing | None
    chair: Sequence[Chair]
    secretary: Sequence[Chair]
    members: Sequence[Chair]
    fill_url: str

    @property
    def url(self) -> str:
        return path_of(self.subject)

    @property
    def chairs(self) -> list[Chair]:
        return [*self.chair, *self.secretary, *self.members]

    @property
    def seated(self) -> int:
        """Members' seats that somebody answers for."""
        return sum(not one.is_vacant for one in self.members)

    @property
    def apart(self) -> list[Chair]:
        """Members' seats to look at: vacant, or with the deputy acting."""
        return [one for one in self.members if one.is_vacant or not one.standing.holder]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The map as one person may see it. Counts are of seats; a seat has a holder, a deputy acting, or nobody.

    ``full``: the seats that owe more this week than they have; ``unnamed``: steps of journeys without an owner's seat.
    """

    wide: Sequence[Standing]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    tables: Sequence[Table]
    paths: Sequence[Path]
    full: frozenset[int]
    filled: int
    deputised: int
    vacant: int
    missing: int
    unnamed: int

    @property
    def holes(self) -> int:
        """Where nobody answers. A step whose seat is vacant is that seat's hole, counted once."""
        return self.vacant + self.missing + self.unnamed


def coverage(viewer: Person, now: datetime) -> Coverage:
    """Departments by kinds of seat, with the organisation's own seats apart. The statements grow with nothing.

    Councils stand apart, those that the reader may see. A department that an import met wants no seat before it is
    placed.
    """
    branches = departments.tree(viewer, now)
    standing = [
        one
        for one in seats.standings(seats.listed(viewer, now).filter(subject__archived_at=None), now)
        if one.seat.kind not in _OF_COUNCILS
    ]
    wide = [one for one in standing if one.seat.kind in ORGANISATION_WIDE]
    own: dict[str, str] = {}
    placed: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for one in standing:
        if one.seat.kind not in ORGANISATION_WIDE:
            placed[one.seat.department_id, one.seat.kind_key].append(one)
            own[one.seat.kind_key] = one.seat.kind_label
    # The usual kinds in their order, then the organisation's own by name.
    others = [str(kind) for kind in SeatKind if kind not in WANTED and kind in own]
    others += sorted((key for key in own if ":" in key), key=lambda key: own[key])
    kinds = [*map(str, WANTED), *others]
    labels = {str(kind): str(kind.label) for kind in SeatKind} | own
    rows = []
    for branch in branches:
        wants = branch.depth > 0 and not branch.department.is_waiting
        cells = []
        for kind in kinds:
            there = placed.get((branch.department.pk, kind), [])
            cells.append(Cell(kind, labels[kind], there, wants and kind in WANTED and not there))
        rows.append(Row(branch.department, branch.depth, branch.indent, cells))
    paths = journeys.paths(journeys.listed(viewer, now), viewer, now)
    tables = _tables(viewer, now)
    standing += [one.standing for table in tables for one in table.chairs]
    vacant = sum(one.vacant_since is not None for one in standing)
    deputised = sum(not one.holder and one.vacant_since is None for one in standing)
    return Coverage(
        wide=wide,
        columns=[(kind, labels[kind]) for kind in kinds],
        rows=rows,
        tables=tables,
        paths=paths,
        full=frozenset(full_ids([one.seat for one in standing], viewer, now)),
        filled=len(standing) - vacant - deputised,
        deputised=deputised,
        vacant=vacant,
        missing=sum(cell.is_missing for row in rows for cell in row.cells),
        unnamed=sum(step.is_unnamed for path in paths for step in path.steps),
    )


def _tables(viewer: Person, now: datetime) -> list[Table]:
    """Councils with their seats, by name. The sponsor stands there only where the reader may see that seat."""
    found = rooms(viewer, now)
    sponsors = {room.sponsor.pk for room in found}
    seen = set(Seat.objects.visible_to(viewer, now).filter(pk__in=sponsors).values_list("pk", flat=True))
    wanted = [place.seat for room in found for place in room.places]
    wanted += {room.sponsor.pk: room.sponsor for room in found if room.sponsor.pk in seen}.values()
    known = {one.seat.pk: one for one in seats.standings(wanted, now)}

    def chairs(places: Sequence[Place]) -> list[Chair]:
        return [Chair(known[place.seat.pk], place.fill_url) for place in places]

    return [
        Table(
            subject=room.subject,
            name=room.name,
            sponsor=known.get(room.sponsor.pk),
            chair=chairs(room.chair),
            secretary=chairs(room.secretary),
            members=chairs(room.members),
            fill_url=room.fill_url,
        )
        for room in found
    ]
