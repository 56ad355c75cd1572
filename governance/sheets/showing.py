"""A plan as ui/preview.html shows it: the rows that need somebody first, each cell that is wrong with its remedy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from governance.sheets.judging import SAYS, Line, Outcome, Plan
from governance.sheets.tables import Column

MENDED_HERE = 40
"""How many rows are mended on the page at a time; the others come up when these are in order."""

SHOWN = 200
"""How many rows of the other kinds are listed; the rest is counted."""

TONES = {Outcome.NEW: "good", Outcome.CHANGED: "now", Outcome.ASKED: "now", Outcome.SAME: "", Outcome.PROBLEM: "bad"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; with ``field`` it can be written again. ``was`` stands beside a value that will change, or (``asks``)
    that is asked for while ``was`` holds."""

    column: str
    label: Any
    value: str
    was: str | None = None
    asks: bool = False
    field: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as it is shown."""

    number: int
    says: Any
    tone: str
    cells: tuple[Cell, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What the part needs: heads of columns, rows, and how many more there are of each kind."""

    columns: tuple[Column, ...]
    lines: tuple[Shown, ...]
    more_problems: int = 0
    more: int = 0


def preview(plan: Plan, columns: Sequence[Column]) -> Preview:
    """The plan in the order in which somebody would look at it: problems, news, changes, what is known."""
    present = {name for line in plan.lines for name, cell in line.row.cells.items() if cell.strip()}
    blamed = {fault.column for line in plan.lines for fault in line.faults}
    heads = tuple(
        column for column in columns if column.name in blamed or (column.is_placed and column.name in present)
    )
    problems = plan.problems
    others = [
        line for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.ASKED, Outcome.SAME) for line in plan.of(outcome)
    ]
    shown = [*_rows(problems[:MENDED_HERE], heads), *_rows(others[:SHOWN], heads)]
    return Preview(heads, tuple(shown), max(0, len(problems) - MENDED_HERE), max(0, len(others) - SHOWN))


def _rows(lines: Iterable[Line], heads: Sequence[Column]) -> list[Shown]:
    return [
        Shown(
            number=line.number,
            says=SAYS[line.outcome],
            tone=TONES[line.outcome],
            cells=tuple(_cell(line, column) for column in heads),
            faults=tuple(fault.says for fault in line.faults if not fault.column),
        )
        for line in lines
    ]


def _cell(line: Line, column: Column) -> Cell:
    changed = next((change for change in line.changes if change.column == column.name), None)
    is_change = line.outcome in (Outcome.CHANGED, Outcome.ASKED) and changed is not None
    return Cell(
        column=column.name,
        label=column.label,
        value=changed.becomes if is_change and changed else line.said(column.name),
        was=changed.was if is_change and changed else None,
        asks=bool(is_change and changed and changed.asks),
        field=field_of(line.number, column.name) if line.outcome == Outcome.PROBLEM else "",
        faults=tuple(fault.says for fault in line.faults if fault.column == column.name),
    )


def field_of(number: int, column: str) -> str:
    """The name of the input in which a cell is written again."""
    return f"cell-{number}-{column}"
