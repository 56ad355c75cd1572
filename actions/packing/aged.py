"""How open promised work aged over twelve months, drawn: work, no conduct."""

from collections.abc import Sequence

from actions.exhibits import Cell, Exhibit, of_age, of_lateness
from actions.packed import Section
from actions.packing.frame import Frame
from actions.queries.trends import open_work
from governance.charts import as_svg


def open_promises(frame: Frame) -> Sequence[Section]:
    """How late and how old they are, of all that the readers see together; a pack of one department has neither:
    trends cannot be narrowed."""
    if not frame.scope.is_all:
        return []
    found = open_work(frame.readers.viewer, frame.now)
    exhibits = (of_lateness(found), of_age(found))
    return [_section(one) for one in exhibits if any(cell.value for line in one.lines for cell in line.cells)]


def _section(exhibit: Exhibit) -> Section:
    chart = exhibit.charts[0]
    return Section(
        key=exhibit.key,
        name=exhibit.name,
        title=exhibit.title,
        head=(exhibit.head, *(str(column.label) for column in exhibit.columns)),
        numbers=tuple(range(1, len(exhibit.columns) + 1)),
        rows=[(line.label, *(_said(cell) for cell in line.cells)) for line in exhibit.lines],
        svg=as_svg(chart),
        says=chart.title,
    )


def _said(cell: Cell) -> str:
    return f"{cell.value or 0:g}"
