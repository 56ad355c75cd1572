"""What became of promises and answers as it was drawn up at the end of the last month, by department.

Conduct is told of groups that are large enough, over one period that nobody can shift and without any filter
(DESIGN.md, point 14): so no two figures can be subtracted. The promise record and the trends read the same rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from actions import suppression
from actions.models import DrawnEntry, DrawnKind, RecordDraw
from actions.queries.record import Figures, Window, figures
from actions.reliability import Judged, Verdict
from actions.suppression import Group
from governance import access
from governance.models import Person


@dataclass(frozen=True, slots=True)
class Told:
    """One promise or answer as it was drawn up."""

    kind: str
    department_id: int
    department: str
    reference: str
    person_id: int | None
    given_on: date
    judged: Judged


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn up of ``period``, as far as a viewer may see it now."""

    period: Window
    promises: Sequence[Told]
    answers: Sequence[Told]


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


def drawn(viewer: Person, now: datetime) -> Drawn | None:
    """The latest that was drawn up; None before the first time, and where nothing of it may be seen. One statement."""
    latest = RecordDraw.objects.filter(drawn_at__isnull=False).order_by("-last_on").values("pk")[:1]
    seen = access.visibility_in_passing(viewer, now, "subject__actionitem__seat")
    rows = list(
        DrawnEntry.objects.filter(seen, draw=latest)
        .order_by("pk")
        .values_list(
            "kind", "department_id", "department__name", "department__subject__reference", "person_id", "given_on",
            "verdict", "slip", "settled_on", "draw__first_on", "draw__last_on",
        )
    )  # fmt: skip
    if not rows:
        return None
    told = [Told(*row[:6], Judged(Verdict(row[6]), row[7], row[8])) for row in rows]
    return Drawn(
        period=Window(*rows[0][9:]),
        promises=[one for one in told if one.kind == DrawnKind.PROMISE],
        answers=[one for one in told if one.kind == DrawnKind.ANSWER],
    )


def by_department(viewer: Person, now: datetime) -> Conduct | None:
    """What became of them in each department that may be told, as far as ``viewer`` may see the work. One statement."""
    found = drawn(viewer, now)
    if found is None:
        return None
    ended = [one for one in found.promises if found.period.holds(one.judged.settled_on)]
    promises, answers = _by_department(ended), _by_department(found.answers)
    may, may_answer = suppression.shown(groups(promises)), suppression.shown(groups(answers))
    names = {one.department_id: (one.department, one.reference) for one in [*ended, *found.answers]}
    return Conduct(
        period=found.period,
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


def groups(by_department: dict[int, list[Told]]) -> list[Group]:
    """Whose each department's row counts, and how many: what nobody held counts for nobody."""
    return [
        Group(key, frozenset(one.person_id for one in some if one.person_id is not None), len(some))
        for key, some in by_department.items()
    ]


def _by_department(some: Sequence[Told]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for one in some:
        found[one.department_id].append(one)
    return found
