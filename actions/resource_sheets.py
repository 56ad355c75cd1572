"""The tables of the page of resources as sheets. Pure: words and figures of what a query found."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from actions.queries.resourcing import Line, Measure, Resources
from councils.queries.resources import Flow
from governance.money import plain_minor
from governance.sheets.tables import Column
from governance.sheets.workbooks import Table

AMOUNTS = ("granted", "planned", "allocated", "spent", "returned", "lapsed", "left", "overrun", "free")
"""Of a flow, in the order of the columns. What was granted and is free stands at councils alone."""

LABELS: Mapping[str, Any] = {
    "granted": _lazy("granted"),
    "planned": _lazy("given"),
    "allocated": _lazy("allocated"),
    "spent": _lazy("spent"),
    "returned": _lazy("given back"),
    "lapsed": _lazy("lapsed"),
    "left": _lazy("left"),
    "overrun": _lazy("overrun"),
    "free": _lazy("free"),
}
OF_THINGS = tuple(name for name in AMOUNTS if name not in ("granted", "free"))
"""What there is of actions, and of what an envelope gave to some of them."""
_MEASURE = [Column("unit", _lazy("unit")), Column("currency", _lazy("currency"))]
_WHOSE = [Column("reference", _lazy("reference")), Column("name", _lazy("name"))]


def figures(names: Sequence[str]) -> list[Column]:
    return [Column(name, LABELS[name]) for name in names]


def plain(amount: int, measure: Measure) -> str:
    """An amount as a sheet calculates with it: 1234.50, or minutes."""
    return plain_minor(amount, measure.currency) if measure.is_money else str(amount)


def amounts(flow: Flow, measure: Measure, names: Sequence[str] = AMOUNTS) -> dict[str, str]:
    return {name: plain(getattr(flow, name), measure) for name in names}


def of_measure(measure: Measure) -> dict[str, str]:
    """Person-time is told in minutes."""
    return {"unit": measure.unit, "currency": measure.currency if measure.is_money else "min"}


def sheets_of(found: Resources) -> list[Table]:
    return [
        _of_lines(found, "councils", _("By council"), OF_THINGS if found.is_cut else AMOUNTS),
        _of_lines(found, "departments", _("By department"), OF_THINGS),
        Table(
            "overruns",
            _("Overrun"),
            [*_MEASURE, Column("action", _lazy("action")), Column("title", _lazy("title")),
             *figures(("planned", "spent", "overrun"))],
            [
                {**of_measure(one.measure), "action": one.action.reference, "title": one.action.title,
                 **amounts(one.flow, one.measure, ("planned", "spent", "overrun"))}
                for one in found.overruns
            ],
            frozenset({"planned", "spent", "overrun"}),
        ),
        Table(
            "unfunded",
            _("Unfunded promises"),
            [*_WHOSE, Column("open", _lazy("open")), Column("unfunded", _lazy("unfunded"))],
            [
                {"reference": one.reference, "name": one.name, "open": str(one.open),
                 "unfunded": str(one.unfunded)}
                for one in found.unfunded
            ],
            frozenset({"open", "unfunded"}),
        ),
        _of_returns(found),
    ]  # fmt: skip


def _of_lines(found: Resources, name: str, title: str, columns: Sequence[str]) -> Table:
    rows = []
    for book in found.books:
        lines: Sequence[Line] = getattr(book, name)
        rows += [
            {**of_measure(book.measure), "reference": line.reference, "name": line.name,
             **amounts(line.flow, book.measure, columns)}
            for line in lines
        ]  # fmt: skip
    return Table(name, title, [*_MEASURE, *_WHOSE, *figures(columns)], rows, frozenset(columns))


_RETURN = (
    ("currency", _lazy("currency")), ("actions", _lazy("actions")), ("brought", _lazy("verified benefit")),
    ("spent", _lazy("spent")), ("ratio", _lazy("for each 1 spent")), ("low", _lazy("at least")),
    ("high", _lazy("at most")), ("lacking", _lazy("why none")), ("waiting", _lazy("not verified yet")),
    ("waiting_spent", _lazy("spent on those")),
)  # fmt: skip


def _of_returns(found: Resources) -> Table:
    rows = []
    for one in found.back:
        measure = Measure("money", one.currency)
        ratios = {name: getattr(one.paid, name) for name in ("ratio", "low", "high")}
        rows.append(
            {
                "currency": one.currency,
                "actions": str(one.paid.actions),
                "brought": plain(one.paid.brought, measure),
                "spent": plain(one.paid.spent, measure),
                **{name: "" if value is None else f"{value:.3f}" for name, value in ratios.items()},
                "lacking": str(one.paid.lacking or ""),
                "waiting": str(one.waiting),
                "waiting_spent": plain(one.waiting_spent, measure),
            }
        )
    columns = [Column(name, label) for name, label in _RETURN]
    return Table("return", _("Return"), columns, rows, frozenset(dict(_RETURN)) - {"currency", "lacking"})
