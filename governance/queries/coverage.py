"""The coverage map: who answers where, and where nobody does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.models import ORGANISATION_WIDE, Department, Person, SeatKind
from governance.queries import departments, journeys, seats
from governance.queries.journeys import Path
from governance.queries.load import full_ids
from governance.queries.seats import Standing

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
class Coverage:
    """The map as one person may see it. Counts are of seats; a seat has a holder, a deputy acting, or nobody.

    ``full``: the seats that owe more this week than they have; ``unnamed``: steps of journeys without an owner's seat.
    """

    wide: Sequence[Standing]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Row]
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

    Councils' seats stand on the councils' pages. A department that an import met wants no seat before it is placed.
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
    vacant = sum(one.vacant_since is not None for one in standing)
    deputised = sum(not one.holder and one.vacant_since is None for one in standing)
    return Coverage(
        wide=wide,
        columns=[(kind, labels[kind]) for kind in kinds],
        rows=rows,
        paths=paths,
        full=frozenset(full_ids([one.seat for one in standing], viewer, now)),
        filled=len(standing) - vacant - deputised,
        deputised=deputised,
        vacant=vacant,
        missing=sum(cell.is_missing for row in rows for cell in row.cells),
        unnamed=sum(step.is_unnamed for path in paths for step in path.steps),
    )
