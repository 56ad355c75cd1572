"""The tables of a department's page as sheets. Pure: words and figures of what a query found."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from actions import effects
from actions.models import RequestState
from actions.queries.departments import DepartmentReview, Moved, Side
from actions.resource_sheets import OF_THINGS, amounts, figures, of_measure
from governance.models.helping import Answer
from governance.money import plain_minor
from governance.sheets.tables import Column
from governance.sheets.workbooks import Table


def _columns(**labels: Any) -> list[Column]:
    return [Column(name, label) for name, label in labels.items()]


def sheets_of(found: DepartmentReview) -> list[Table]:
    return [
        Table(
            "figures",
            _("Figures"),
            _columns(figure=_lazy("figure"), value=_lazy("number"), of=_lazy("of open actions")),
            [
                {"figure": str(one.figure), "value": str(one.value), "of": str(found.open)}
                for one in found.counts
            ],
            frozenset({"value", "of"}),
        ),
        _late(found),
        Table(
            "steps",
            _("Steps"),
            _columns(journey=_lazy("journey"), reference=_lazy("reference"), step=_lazy("step"), seat=_lazy("seat"),
                     vacant=_lazy("vacant since")),
            [
                {
                    "journey": one.step.journey.title,
                    "reference": one.step.reference,
                    "step": one.step.title,
                    "seat": one.standing.seat.title if one.standing else "",
                    "vacant": one.standing.vacant_since.date().isoformat()
                    if one.standing and one.standing.vacant_since
                    else "",
                }
                for one in found.steps
            ],
        ),
        _side("owes", _("It owes"), found.owes),
        _side("is_owed", _("It is owed"), found.is_owed),
        Table(
            "given",
            _("Resources"),
            [*_columns(unit=_lazy("unit"), currency=_lazy("currency")), *figures(OF_THINGS)],
            [{**of_measure(measure), **amounts(flow, measure, OF_THINGS)} for measure, flow in found.given.items()],
            frozenset(OF_THINGS),
        ),
        Table(
            "help",
            _("Help received"),
            _columns(reference=_lazy("reference"), title=_lazy("title"), seat=_lazy("asked"),
                     asked_on=_lazy("asked on"),
                     answer=_lazy("answer"), said=_lazy("said"), answered_on=_lazy("answered on")),
            [
                {
                    "reference": one.duty.subject.reference,
                    "title": one.duty.subject.title,
                    "seat": one.asked.title,
                    "asked_on": one.asked_at.date().isoformat(),
                    "answer": str(Answer(one.answer).label),
                    "said": one.said,
                    "answered_on": one.answered_at.date().isoformat() if one.answered_at else "",
                }
                for one in found.help
            ],
        ),
        _moved(found.moved),
    ]  # fmt: skip


def _late(found: DepartmentReview) -> Table:
    rows = [
        {
            "action": one.action.reference,
            "title": one.action.title,
            "promised": one.action.promised.isoformat() if one.action.promised else "",
            "since": "" if one.since is None else str(one.since),
        }
        for one in found.late.listed
    ]
    columns = _columns(
        action=_lazy("action"), title=_lazy("title"), promised=_lazy("promised"), since=_lazy("said since")
    )
    return Table("late", _("Late promises"), columns, rows, frozenset({"since"}))


def _side(name: str, title: str, side: Side) -> Table:
    rows = [
        {
            "request": one.request.reference,
            "title": one.request.title,
            "department": one.other,
            "state": str(RequestState(one.request.state).label),
            "asked_on": one.asked_on.isoformat(),
            "due_on": one.due_on.isoformat() if one.due_on else "",
            "overdue": "yes" if one.is_overdue else "",
        }
        for one in side.listed
    ]
    columns = _columns(
        request=_lazy("request"), title=_lazy("title"), department=_lazy("other department"), state=_lazy("state"),
        asked_on=_lazy("asked on"), due_on=_lazy("by"), overdue=_lazy("overdue"),
    )  # fmt: skip
    return Table(name, title, columns, rows)


def said(one: Moved) -> str:
    """What the last reading said, with its interval; empty where there is none."""
    if one.judgement is None or one.reading is None:
        return ""
    metric = one.reading.outcome.metric
    return effects.sentence(one.judgement, max(1, metric.scale) if metric is not None else 1)


def _moved(moved: Sequence[Moved]) -> Table:
    currencies = sorted({code for one in moved for code in one.benefit})
    rows = [
        {
            "action": one.action.reference,
            "title": one.action.title,
            "kpi": one.kpi,
            "days": str(one.reading.day) if one.reading else "",
            "reading": one.reading.effect if one.reading else "",
            "said": said(one),
            "verdict": one.verdict,
            "words": one.words,
            **{code: plain_minor(one.benefit[code], code) for code in currencies if code in one.benefit},
        }
        for one in moved
    ]
    columns = _columns(
        action=_lazy("action"), title=_lazy("title"), kpi=_lazy("KPI"), days=_lazy("after days"),
        reading=_lazy("last reading"), said=_lazy("with its interval"), verdict=_lazy("verdict"), words=_lazy("said"),
        **{code: code for code in currencies},
    )  # fmt: skip
    return Table("moved", _("What its work moved"), columns, rows, frozenset({"days", *currencies}))
