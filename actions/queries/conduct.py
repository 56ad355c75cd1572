"""What became of promises and answers as it was drawn up at the end of the last month, by department.

Conduct is told of groups that are large enough, over one period that nobody can shift and without any filter
(DESIGN.md, point 14): so no two figures can be subtracted. The promise record and the trends read the same rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions import suppression
from actions.queries.drawn import Told, drawn
from actions.queries.record import Figures, Window, figures, groups
from actions.reliability import SETTLED, Verdict
from governance.models import Person


@dataclass(frozen=True, slots=True)
class InTime:
    """Of ``owed`` answers to what was heard ``kept`` were given by their day."""

    kept: int
    owed: int

    @property
    def share(self) -> int:
        return round(100 * self.kept / self.owed) if self.owed else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One department; None: too few to tell."""

    department: str
    reference: str
    figures: Figures | None
    answers: InTime | None


@dataclass(frozen=True, slots=True)
class Conduct:
    """The rows by name, and their sums, hidden rows among them."""

    period: Window
    rows: Sequence[Row]
    figures: Figures | None
    answers: InTime | None


def by_department(viewer: Person, now: datetime) -> Conduct | None:
    """What became of them in each department that may be told, as far as ``viewer`` may see the work. One statement."""
    found = drawn(viewer, now)
    if found is None:
        return None
    period = Window(found.first, found.last)
    ended = [one for one in found.promises if one.judged.verdict in SETTLED and period.holds(one.judged.settled_on)]
    promises, answers = _by_department(ended), _by_department(found.answers)
    may, may_answer = suppression.shown(groups(ended)), suppression.shown(groups(found.answers))
    names = {one.department_id: (one.department, one.reference) for one in [*ended, *found.answers]}
    return Conduct(
        period=period,
        rows=[
            Row(
                name,
                reference,
                figures(promises[key]) if key in may.rows else None,
                in_time(answers[key]) if key in may_answer.rows else None,
            )
            for key, (name, reference) in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
        ],
        figures=figures(ended) if may.total else None,
        answers=in_time(found.answers) if may_answer.total else None,
    )


def in_time(some: Sequence[Told]) -> InTime:
    return InTime(sum(one.judged.verdict is Verdict.KEPT for one in some), len(some))


def _by_department(some: Sequence[Told]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for one in some:
        found[one.department_id].append(one)
    return found
