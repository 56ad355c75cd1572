"""How open promised work aged over twelve months, drawn: work, no conduct."""

from actions.exhibits import Cell, of_lateness
from actions.packed import Section
from actions.packing.frame import Frame
from actions.queries.trends import open_work
from governance.charts import as_svg


def lateness(frame: Frame) -> Section:
    """Of all that the readers see together; a pack of one department has none: trends cannot be narrowed."""
    exhibit = of_lateness(open_work(frame.readers.viewer, frame.now)) if frame.scope.is_all else None
    if exhibit is None or not any(cell.value for line in exhibit.lines for cell in line.cells):
        return Section(key="lateness", name="", title="")
    chart = exhibit.charts[0]
    return Section(
        key="lateness",
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
