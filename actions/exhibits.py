"""Trends in words, tables and charts: the same for the page, the API, the sheets and a paper.

An exhibit is a table with its finding as its title and the charts of its numbers. Whoever shows it adds nothing to it,
so a page, a sheet and a program cannot disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from actions.figures import Figure
from actions.months import AGE, LATENESS, Band
from actions.queries.ageing import Standing, days_of
from actions.queries.answering import Answering
from actions.queries.climbing import Climbed, Climbs, Ending
from actions.queries.cohorts import EARLIER, Cohorts
from actions.queries.moving import MonthOfMoves
from actions.queries.record import Figures
from actions.queries.trends import Trends
from governance.charts import Chart, Kind, Label, Series, Texture, Tone
from governance.clauses import CHAIR, CHAMPION, COUNCIL, HEAD, PARENT, SPONSOR


@dataclass(frozen=True, slots=True)
class Cell:
    """``value`` None: too few to tell. ``sub`` says it once more as a share; ``url`` opens what is counted."""

    value: float | None
    sub: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: Any
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: ``key`` for programs (a month, a rung), ``label`` for readers."""

    key: str
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """``title`` is the finding, ``name`` what it is about. ``total`` None: there is none, or it must not be told."""

    key: str
    name: str
    title: str
    head: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    total: Line | None = None
    charts: Sequence[Chart] = ()
    meanings: Sequence[tuple[Any, Any]] = field(default_factory=tuple)
    empty: str = ""
    """What is said where there is nothing to count."""

    def row(self, line: Line) -> tuple[Line, Sequence["Placed"]]:
        """A line as a table shows it: what must not be told is said once for all columns beside each other."""
        placed: list[Placed] = []
        for column, cell in zip(self.columns, line.cells, strict=True):
            if cell.value is None and placed and placed[-1].cell.value is None:
                placed[-1] = Placed(placed[-1].column, cell, placed[-1].span + 1)
            else:
                placed.append(Placed(column, cell))
        return line, placed

    @property
    def rows(self) -> Sequence[tuple[Line, Sequence["Placed"]]]:
        return [self.row(line) for line in self.lines]

    @property
    def last(self) -> tuple[Line, Sequence["Placed"]] | None:
        return self.row(self.total) if self.total is not None else None

    def named(self, line: Line) -> dict[str, Cell]:
        """The cells of a line by the names of their columns."""
        return {column.name: cell for column, cell in zip(self.columns, line.cells, strict=True)}


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell in its column, or over several."""

    column: Column
    cell: Cell
    span: int = 1


def exhibits(found: Trends) -> list[Exhibit]:
    """All of them, in the order in which they are read."""
    return [
        of_cohorts(found.cohorts),
        of_lateness(found.ageing),
        of_age(found.ageing),
        of_moves(found.moving),
        of_rungs(found.climbed),
        of_climbing_months(found.climbed),
        of_answers(found.answering),
    ]


def finding(found: Trends) -> str:
    """The sentence that opens the page: how it stands now, how it stood before, and how promises were kept."""
    now, before = found.ageing[-1], found.ageing[-2]
    late = ngettext(
        "%(n)d promised action is late now, %(was)d at the end of the last month.",
        "%(n)d promised actions are late now, %(was)d at the end of the last month.",
        now.overdue,
    ) % {"n": now.overdue, "was": before.overdue}
    figures = found.cohorts.total
    if figures is None:
        return f"{late} {_('Too few promises have come to their end to tell how they were kept.')}"
    kept = _("Of %(n)d promises that came to their end in twelve months, %(kept)d %% were kept the first time.") % {
        "n": figures.counted,
        "kept": figures.share("kept"),
    }
    return f"{kept} {late}"


def few() -> str:
    return _("few")


def _told(charts: Sequence[Chart]) -> list[Chart]:
    """Those that show something: a row of "few" is no picture."""
    return [chart for chart in charts if any(value is not None for series in chart.series for value in series.values)]


def month_label(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def _labels(months: Sequence[date | None]) -> list[Label]:
    """Below a chart: each month, with its year below the first and each January."""
    return [
        Label(_("now"), is_now=True)
        if month is None
        else Label(_("before"))
        if month is EARLIER
        else Label(date_format(month, "M"), str(month.year) if number == 0 or month.month == 1 else "")
        for number, month in enumerate(months)
    ]


# --- kept, by month of promise -------------------------------------------------------------------------------------

VERDICTS: Sequence[tuple[str, Any, Any]] = (
    ("kept", _lazy("Kept first promise"), _lazy("said done by the first day that was promised")),
    (
        "renegotiated",
        _lazy("Renegotiated in time"),
        _lazy("each later day was asked for two days before or earlier, approved, and the last one kept"),
    ),
    (
        "short",
        _lazy("Said at short notice"),
        _lazy("said before the day passed, but later than two days before it, or not kept then"),
    ),
    ("missed", _lazy("Missed in silence"), _lazy("a promised day passed, and nobody had asked for another")),
)
LOOKS = {
    "kept": (Tone.GOOD, Texture.PLAIN),
    "renegotiated": (Tone.GOOD, Texture.STRIPES),
    "short": (Tone.WARN, Texture.DOTS),
    "missed": (Tone.BAD, Texture.HATCH),
}


def of_cohorts(found: Cohorts) -> Exhibit:
    def line(key: str, label: str, figures: Figures | None, under_way: int) -> Line:
        if figures is None:
            cells = [Cell(None)] * (1 + len(VERDICTS))
        else:
            shares = [(getattr(figures, name), figures.share(name)) for name, _label, _meaning in VERDICTS]
            cells = [Cell(figures.counted), *(Cell(value, f"{share} %") for value, share in shares)]
        return Line(key, label, [*cells, Cell(under_way)])

    rows = [row for row in found.rows if row.figures is not None or row.under_way or found.total is not None]
    chart = Chart(
        key="cohorts",
        kind=Kind.STACKED,
        title=_("Promises by the month in which they were given, and what became of them"),
        text=_("Stacked bars, one for each month. The table below holds the same numbers."),
        labels=_labels([row.month for row in rows]),
        series=[
            Series(str(label), [getattr(row.figures, name) if row.figures else None for row in rows], *LOOKS[name])
            for name, label, _meaning in VERDICTS
        ],
        few=few(),
    )
    title = _("Too few promises have come to their end to tell.")
    if found.total is not None:
        title = _(
            "Of %(n)d promises, %(kept)d were kept the first time, %(renegotiated)d renegotiated in time, %(missed)d "
            "missed in silence."
        ) % {
            "n": found.total.counted,
            "kept": found.total.kept,
            "renegotiated": found.total.renegotiated,
            "missed": found.total.missed,
        }
    return Exhibit(
        key="cohorts",
        name=_("Kept, by month of promise"),
        title=title,
        head=_("Promised in"),
        columns=[
            Column("counted", _lazy("Came to their end")),
            *(Column(name, label) for name, label, _meaning in VERDICTS),
            Column("not_told", _lazy("Not told yet")),
        ],
        lines=[
            line(
                "earlier" if row.month == EARLIER else row.month.strftime("%Y-%m"),
                _("before") if row.month == EARLIER else month_label(row.month),
                row.figures,
                row.under_way,
            )
            for row in rows
        ],
        total=line("all", _("All months"), found.total, found.under_way) if found.total is not None else None,
        charts=_told([chart]),
        meanings=[
            (_lazy("Came to their end"), _lazy("were kept, or a promised day passed, within the twelve months")),
            *((label, meaning) for _name, label, meaning in VERDICTS),
            (_lazy("Not told yet"), _lazy("were under way at the end of the last month")),
        ],
        empty=_("A promise is counted in the month in which its first date was given, once it came to its end."),
    )


# --- open work -----------------------------------------------------------------------------------------------------

LATE_BANDS: Sequence[tuple[str, Any, Tone, Texture]] = (
    ("in_time", _lazy("Not late"), Tone.IDLE, Texture.OPEN),
    ("late_7", _lazy("1 to 7 days late"), Tone.WARN, Texture.DOTS),
    ("late_30", _lazy("8 to 30 days late"), Tone.WARN, Texture.HATCH),
    ("late_90", _lazy("31 to 90 days late"), Tone.BAD, Texture.STRIPES),
    ("late_longer", _lazy("Over 90 days late"), Tone.BAD, Texture.PLAIN),
)
AGE_BANDS: Sequence[tuple[str, Any, Tone, Texture]] = (
    ("age_30", _lazy("Up to 30 days"), Tone.IDLE, Texture.OPEN),
    ("age_90", _lazy("31 to 90 days"), Tone.INK, Texture.DOTS),
    ("age_180", _lazy("91 to 180 days"), Tone.INK, Texture.STRIPES),
    ("age_longer", _lazy("Over 180 days"), Tone.INK, Texture.PLAIN),
)


def _list(**narrowed: date | str | None) -> str:
    """The list of open promised work, narrowed by days."""
    named = {"figure": str(Figure.PROMISED), "state": "underway"}
    return f"/actions/?{urlencode(named | {name: str(value) for name, value in narrowed.items() if value})}"


def of_lateness(found: Sequence[Standing]) -> Exhibit:
    def url(band: Band, today: date) -> str:
        first, last = days_of(band, today)
        return _list(due_from=first, due_until=last)

    now, year_ago = found[-1], found[0]
    title = ngettext(
        "%(n)d of %(all)d open promise is late now.", "%(n)d of %(all)d open promises are late now.", now.whole
    ) % {"n": now.overdue, "all": now.whole}
    if year_ago.whole:
        before = _("At the end of %(month)s it was %(was)d of %(then)d.")
        before %= {
            "month": month_label(year_ago.month or year_ago.today), "was": year_ago.overdue, "then": year_ago.whole
        }  # fmt: skip
        title = f"{title} {before}"
    return _of_standing(
        "lateness",
        _("Open promises, by how late they are"),
        title if any(row.whole for row in found) else _("No promise is open, and none was."),
        found,
        LATE_BANDS,
        lambda row: row.late,
        lambda row, band: url(band, row.today),
        LATENESS,
    )


def of_age(found: Sequence[Standing]) -> Exhibit:
    def url(band: Band, today: date) -> str:
        first, last = days_of(band, today)
        return _list(accepted_from=first, accepted_until=last)

    now = found[-1]
    old = now.age["age_longer"]
    title = ngettext(
        "%(n)d of %(all)d open promise was accepted more than half a year ago.",
        "%(n)d of %(all)d open promises were accepted more than half a year ago.",
        now.whole,
    ) % {"n": old, "all": now.whole}
    return _of_standing(
        "ageing",
        _("Open promises, by age"),
        title if any(row.whole for row in found) else _("No promise is open, and none was."),
        found,
        AGE_BANDS,
        lambda row: row.age,
        lambda row, band: url(band, row.today),
        AGE,
    )


def _of_standing(
    key: str,
    name: str,
    title: str,
    found: Sequence[Standing],
    looks: Sequence[tuple[str, Any, Tone, Texture]],
    counted: Callable[[Standing], dict[str, int]],
    url: Callable[[Standing, Band], str],
    bands: Sequence[Band],
) -> Exhibit:
    def line(row: Standing) -> Line:
        is_now = row.month is None
        cells = [Cell(row.whole, url=_list() if is_now and row.whole else "")]
        for band in bands:
            value = counted(row)[band.name]
            cells.append(Cell(value, url=url(row, band) if is_now and value else ""))
        if row.month is None:
            return Line("now", _("Now"), cells)
        return Line(row.month.strftime("%Y-%m"), month_label(row.month), cells)

    chart = Chart(
        key=key,
        kind=Kind.STACKED,
        title=name,
        text=_("Stacked bars, one for the end of each month and one for now. The table below holds the same numbers."),
        labels=_labels([row.month for row in found]),
        series=[
            Series(str(label), [counted(row)[name] for row in found], tone, texture)
            for name, label, tone, texture in looks
        ],
        few=few(),
    )
    is_any = any(row.whole for row in found)
    return Exhibit(
        key=key,
        name=name,
        title=title,
        head=_("At the end of"),
        columns=[
            Column("open", _lazy("Open promises")),
            *(Column(name, label) for name, label, _tone, _texture in looks),
        ],
        lines=[line(row) for row in found] if is_any else [],
        charts=[chart] if is_any else [],
        empty=_("Work counts from the day on which its seat promised a date, until it is said done."),
    )


# --- moved, climbed, answered --------------------------------------------------------------------------------------


def of_moves(found: Sequence[MonthOfMoves]) -> Exhibit:
    told = [row.moves for row in found if row.moves is not None]
    chart = Chart(
        key="moves",
        kind=Kind.BARS,
        title=_("Promised days that were moved, by month"),
        text=_("Two bars for each month: asked for and approved. The table below holds the same numbers."),
        labels=_labels([row.month for row in found]),
        series=[
            Series(_("Asked for"), [row.moves.asked if row.moves else None for row in found], Tone.IDLE, Texture.OPEN),
            Series(_("Approved"), [row.moves.moved if row.moves else None for row in found], Tone.WARN),
        ],
        few=few(),
    )
    last = next((row for row in reversed(found) if row.moves is not None), None)
    title = _("Too few promises were open to tell how many days were moved.")
    if last is not None and last.moves is not None:
        title = ngettext(
            "In %(month)s %(moved)d promised day was moved; %(open)d promises were open in it.",
            "In %(month)s %(moved)d promised days were moved; %(open)d promises were open in it.",
            last.moves.moved,
        ) % {
            "month": month_label(last.month),
            "moved": last.moves.moved,
            "open": last.moves.open,
        }
    return Exhibit(
        key="moves",
        name=_("Re-promises"),
        title=title,
        head=_("Month"),
        columns=[
            Column("asked", _lazy("Days asked for")),
            Column("moved", _lazy("Days approved")),
            Column("open", _lazy("Of open promises")),
        ],
        lines=[
            Line(
                row.month.strftime("%Y-%m"),
                month_label(row.month),
                [Cell(row.moves.asked), Cell(row.moves.moved, row_share(row.moves.moved, row.moves.open)),
                 Cell(row.moves.open)]
                if row.moves is not None
                else [Cell(None)] * 3,
            )
            for row in found
        ]
        if told
        else [],
        charts=_told([chart]),
        meanings=[
            (_lazy("Days asked for"), _lazy("later days that an owner asked for, whatever the answer was")),
            (_lazy("Days approved"), _lazy("later days that a seat approved or a council gave")),
            (_lazy("Of open promises"), _lazy("actions with a promised day that held at some time in the month")),
        ],
        empty=_("A month is told once at least five people had ten promises open in it."),
    )  # fmt: skip


def row_share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else ""


RUNG_LABELS: dict[str, tuple[Any, Any]] = {
    CHAMPION: (_lazy("Champion"), _lazy("champion")),
    HEAD: (_lazy("Department head"), _lazy("head")),
    SPONSOR: (_lazy("Sponsor"), _lazy("sponsor")),
    CHAIR: (_lazy("Council’s chair"), _lazy("chair")),
    COUNCIL: (_lazy("Council’s agenda"), _lazy("council")),
    PARENT: (_lazy("Body above the council"), _lazy("above")),
}
"""In a table, and below a chart."""

ENDINGS: Sequence[tuple[Ending, Any]] = (
    (Ending.DONE, _lazy("Done")),
    (Ending.ANOTHER_DAY, _lazy("Another day approved")),
    (Ending.EXTENDED, _lazy("Council: another day")),
    (Ending.RE_RESOURCED, _lazy("Council: more resources")),
    (Ending.REASSIGNED, _lazy("Council: another seat")),
    (Ending.DROPPED, _lazy("Council: dropped")),
    (Ending.AS_IS, _lazy("Council: as it is")),
    (Ending.NOT_DECIDED, _lazy("Not decided")),
    (Ending.OTHERWISE, _lazy("Ended otherwise")),
    (Ending.OPEN, _lazy("Still open")),
)
BY_COUNCIL = (Ending.EXTENDED, Ending.RE_RESOURCED, Ending.REASSIGNED, Ending.DROPPED, Ending.AS_IS)
TOGETHER: Sequence[tuple[Any, Sequence[Ending], Tone, Texture]] = (
    (_lazy("Done"), (Ending.DONE,), Tone.GOOD, Texture.PLAIN),
    (_lazy("Another day approved"), (Ending.ANOTHER_DAY,), Tone.GOOD, Texture.STRIPES),
    (_lazy("Decided by a council"), BY_COUNCIL, Tone.INK, Texture.DOTS),
    (_lazy("Ended otherwise"), (Ending.OTHERWISE,), Tone.IDLE, Texture.OPEN),
    (_lazy("Not decided, or still open"), (Ending.NOT_DECIDED, Ending.OPEN), Tone.BAD, Texture.HATCH),
)
"""How the chart puts endings together: ten textures cannot be told apart."""


def of_rungs(found: Climbed) -> Exhibit:
    chart = _endings_drawn(
        "rungs",
        _("Promises that climbed, by the highest rung, and how it ended"),
        [Label(str(RUNG_LABELS[rung][1])) for rung, _climbs in found.rungs],
        [climbs for _rung, climbs in found.rungs],
    )
    title = _("Too few promises climbed to tell how it ended.")
    if found.total is not None:
        decided = sum(found.total.ended[one] for one in BY_COUNCIL)
        title = _(
            "Of %(n)d promises that climbed, %(done)d ended as done, %(decided)d by a council; %(open)d rest."
        ) % {
            "n": found.total.climbed,
            "done": found.total.ended[Ending.DONE],
            "decided": decided,
            "open": found.total.ended[Ending.OPEN] + found.total.ended[Ending.NOT_DECIDED],
        }
    return Exhibit(
        key="rungs",
        name=_("Escalations, by rung"),
        title=title,
        head=_("Highest rung that fell"),
        columns=_climb_columns(),
        lines=[
            _climb_line(rung, str(RUNG_LABELS[rung][0]), climbs)
            for rung, climbs in found.rungs
        ]
        if found.total is not None
        else [],
        total=_climb_line("all", _("All of them"), found.total) if found.total is not None else None,
        charts=_told([chart]),
        empty=_("A promise climbs when its day comes nearer or has passed and nobody moves it, as the charter says."),
    )  # fmt: skip


def of_climbing_months(found: Climbed) -> Exhibit:
    chart = _endings_drawn(
        "climbs",
        _("Promises that climbed, by the month in which their highest rung fell"),
        _labels([month for month, _climbs in found.months]),
        [climbs for _month, climbs in found.months],
    )
    told = [(month, climbs) for month, climbs in found.months if climbs is not None]
    title = _("Too few promises climbed in any month to tell.")
    if told:
        month, climbs = max(told, key=lambda one: one[1].climbed)
        title = _("Most promises climbed in %(month)s: %(n)d.") % {"month": month_label(month), "n": climbs.climbed}
    return Exhibit(
        key="climbs",
        name=_("Escalations, by month"),
        title=title,
        head=_("Month"),
        columns=_climb_columns(),
        lines=[_climb_line(month.strftime("%Y-%m"), month_label(month), climbs) for month, climbs in found.months]
        if told
        else [],
        charts=_told([chart]),
        empty=_("A month is told once ten promises of five people climbed in it."),
    )


def _climb_columns() -> list[Column]:
    return [Column("climbed", _lazy("Promises")), *(Column(str(ending), label) for ending, label in ENDINGS)]


def _climb_line(key: str, label: str, climbs: Climbs | None) -> Line:
    if climbs is None:
        return Line(key, label, [Cell(None)] * (1 + len(ENDINGS)))
    return Line(key, label, [Cell(climbs.climbed), *(Cell(climbs.ended[ending]) for ending, _label in ENDINGS)])


def _endings_drawn(key: str, title: str, labels: Sequence[Label], found: Sequence[Climbs | None]) -> Chart:
    return Chart(
        key=key,
        kind=Kind.STACKED,
        title=title,
        text=_("Stacked bars by how it ended. The table below holds the same numbers, each ending by itself."),
        labels=labels,
        series=[
            Series(
                str(label),
                [sum(climbs.ended[one] for one in endings) if climbs is not None else None for climbs in found],
                tone,
                texture,
            )
            for label, endings, tone, texture in TOGETHER
        ],
        few=few(),
    )


def of_answers(found: Answering) -> Exhibit:
    labels = _labels([row.month for row in found.months])
    share = Chart(
        key="answers",
        kind=Kind.LINES,
        title=_("Overdue promises answered within five working days, per cent"),
        text=_("A line by month. The table below holds the same numbers with what they are of."),
        labels=labels,
        series=[Series(_("Answered, per cent"), [row.answers.share if row.answers else None for row in found.months])],
        few=few(),
        top=100,
    )
    each = Chart(
        key="reminders",
        kind=Kind.BARS,
        title=_("Reminders for each action that was said done"),
        text=_("A bar for each month. The table below holds the same numbers with what they are of."),
        labels=labels,
        series=[Series(_("Reminders"), [row.reminders.each if row.reminders else None for row in found.months])],
        few=few(),
    )
    title = _("Too few promises were overdue to tell how soon they were answered.")
    if found.answers is not None:
        title = _("Of %(n)d promises whose day passed, %(share)d %% were answered within five working days.") % {
            "n": found.answers.overdue,
            "share": found.answers.share,
        }

    def line(key: str, label: str, answers: Any, reminders: Any) -> Line:
        return Line(
            key,
            label,
            [
                *(
                    [Cell(answers.overdue), Cell(answers.answered, f"{answers.share} %")]
                    if answers
                    else [Cell(None), Cell(None)]
                ),
                *(
                    [Cell(reminders.reminders), Cell(reminders.resolved), Cell(reminders.each)]
                    if reminders
                    else [Cell(None)] * 3
                ),
            ],
        )

    is_any = found.answers is not None or found.reminders is not None
    return Exhibit(
        key="answers",
        name=_("Answered when overdue"),
        title=title,
        head=_("Month"),
        columns=[
            Column("overdue", _lazy("Day passed")),
            Column("answered", _lazy("Answered in five working days")),
            Column("reminders", _lazy("Reminders")),
            Column("resolved", _lazy("Said done")),
            Column("each", _lazy("Reminders for each")),
        ],
        lines=[
            line(row.month.strftime("%Y-%m"), month_label(row.month), row.answers, row.reminders)
            for row in found.months
        ]
        if is_any
        else [],
        total=line("all", _("All months"), found.answers, found.reminders) if is_any else None,
        charts=_told([share, each]),
        meanings=[
            (
                _lazy("Day passed"),
                _lazy(
                    "promises whose day passed undone, in the month in which the five working days after it were over"
                ),
            ),
            (
                _lazy("Answered in five working days"),
                _lazy("an update, another day asked for or given, a blocker, or said done, by the seat’s calendar"),
            ),
            (_lazy("Reminders"), _lazy("reminders and warnings that fell for whoever owed a promise")),
            (_lazy("Said done"), _lazy("promised actions that were said done in the month, and not sent back since")),
        ],
        empty=_("A month is told once ten promises of five people were overdue or said done in it."),
    )
