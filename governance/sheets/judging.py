"""What becomes of each row of a sheet: added, changed, asked for, known already, or a problem with its remedy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.errors import Invalid
from governance.sheets.tables import Column, Row


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    ASKED = "asked"
    SAME = "same"
    PROBLEM = "problem"


SAYS: dict[Outcome, Any] = {
    Outcome.NEW: _("will be added"),
    Outcome.CHANGED: _("will change"),
    Outcome.ASKED: _("asks for it"),
    Outcome.SAME: _("known already"),
    Outcome.PROBLEM: _("needs you"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs from what stands."""

    column: str
    label: Any
    was: str
    becomes: str
    asks: bool = False
    """Nothing changes yet: whoever decides on it is asked for it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell (or, without a column, with the row), with what would help."""

    column: str
    says: str


@dataclass(slots=True)
class Line:
    """A row, and what becomes of it. ``key`` is that of what we have for it; ``wish`` is what a service does."""

    row: Row
    key: int | None = None
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    wish: Any = None

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def outcome(self) -> Outcome:
        if self.faults:
            return Outcome.PROBLEM
        if self.key is None:
            return Outcome.NEW
        if not self.changes:
            return Outcome.SAME
        return Outcome.ASKED if all(change.asks for change in self.changes) else Outcome.CHANGED

    def said(self, column: str) -> str:
        return self.row.cells.get(column, "").strip()

    def blame(self, column: str, says: Any) -> None:
        self.faults.append(Fault(column, str(says)))

    def differ(self, column: Column, was: str, becomes: str, *, asks: bool = False) -> None:
        """Note a cell that the sheet has and that says something else than what stands."""
        if column.name in self.row.cells and was.strip() != becomes.strip():
            self.changes.append(Change(column.name, column.label, was, becomes, asks))


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines of a sheet, in its order."""

    lines: list[Line]
    made: tuple[int, ...] = ()
    """Keys of what was added, once it is done."""

    def of(self, outcome: Outcome) -> list[Line]:
        return [line for line in self.lines if line.outcome == outcome]

    @property
    def added(self) -> int:
        return len(self.of(Outcome.NEW))

    @property
    def changed(self) -> int:
        return len(self.of(Outcome.CHANGED))

    @property
    def asked(self) -> int:
        """How many rows ask for something, whether or not they change something else, too."""
        fit = (line for line in self.lines if not line.faults)
        return sum(any(change.asks for change in line.changes) for line in fit)

    @property
    def ready(self) -> int:
        """How many rows do something."""
        return self.added + self.changed + len(self.of(Outcome.ASKED))

    @property
    def same(self) -> int:
        return len(self.of(Outcome.SAME))

    @property
    def problems(self) -> list[Line]:
        return self.of(Outcome.PROBLEM)


class Unfit(Invalid):
    """Some rows need their sender; nothing was done. ``plan`` says which and why."""

    def __init__(self, message: Any, plan: Plan) -> None:
        super().__init__(message)
        self.plan = plan


def repeated(lines: Iterable[Line], column: str, key: Callable[[Line], Any], says: Any) -> None:
    """Blame each line whose key an earlier line has too; ``says`` may name that ``{line}``."""
    first: dict[Any, int] = {}
    for line in lines:
        mine = key(line)
        if not mine:
            continue
        if mine in first:
            line.blame(column, str(says).format(line=first[mine]))
        else:
            first[mine] = line.number
