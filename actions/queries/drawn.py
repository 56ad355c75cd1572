"""What became of promises and answers as ``actions/services/drawing_up.py`` drew it up at the end of the last month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from actions.models import DrawnEntry, DrawnKind, RecordDraw
from actions.reliability import Judged, Verdict
from governance import access
from governance.models import Person


class Counted(Protocol):
    """One promise as figures count it: read from the record itself, or as it was drawn up."""

    @property
    def department_id(self) -> int: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def given_on(self) -> date: ...
    @property
    def judged(self) -> Judged: ...


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
    """What was drawn up of the months from ``first`` to ``last``, as far as a viewer may see it now."""

    first: date
    last: date
    promises: Sequence[Told]
    answers: Sequence[Told]


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
        first=rows[0][9],
        last=rows[0][10],
        promises=[one for one in told if one.kind == DrawnKind.PROMISE],
        answers=[one for one in told if one.kind == DrawnKind.ANSWER],
    )
