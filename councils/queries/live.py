"""A meeting while it is held, as everybody in the room sees it; asked again every few seconds, and never writing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from councils.models import AgendaItem, Attendance, Capture, CaptureKind, Decision, Guest, ItemState, Meeting, Verdict
from councils.queries import captures
from councils.queries import meetings as queries
from councils.queries.meetings import Standing
from governance.models import Person

SHOWN_EARLIER = 3
"""So many decisions the wall shows."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the current item has, in seconds. Without minutes of its own it only counts up."""

    allotted: int | None
    spent: int

    @property
    def left(self) -> int | None:
        return None if self.allotted is None else self.allotted - self.spent

    @property
    def is_up(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def shown(self) -> str:
        """Minutes and seconds that are left, or that it takes already."""
        seconds = abs(self.spent if self.left is None else self.left)
        return f"{seconds // 60}:{seconds % 60:02d}"

    @property
    def share(self) -> int:
        """How much of its time is used, in percent, at most all of it."""
        return 0 if not self.allotted else min(100, 100 * self.spent // self.allotted)


@dataclass(frozen=True, slots=True)
class Live:
    """Where a meeting stands at this moment."""

    meeting: Meeting
    agenda: list[AgendaItem]
    current: AgendaItem | None
    lines: list[Capture]
    standing: Standing
    clock: Clock | None
    runs_to: datetime
    """When it ends if every item that is open takes the minutes it has."""
    stamp: str

    @property
    def number(self) -> int:
        """Which item of the agenda is on, counted from one."""
        return next((n for n, item in enumerate(self.agenda, start=1) if self.is_current(item)), 0)

    @property
    def following(self) -> AgendaItem | None:
        """The next item that is to be settled."""
        later = self.agenda[self.number :] + self.agenda[: max(0, self.number - 1)]
        return next((item for item in later if item.state == ItemState.OPEN), None)

    @property
    def minutes_over(self) -> int:
        """How many minutes past its planned end the plan runs."""
        return max(0, int((self.runs_to - self.meeting.ends_at).total_seconds()) // 60)

    @property
    def current_lines(self) -> list[Capture]:
        """What was captured under the current item, or under none."""
        return [line for line in self.lines if line.item_id == (self.current.pk if self.current else None)]

    @property
    def commissioned(self) -> list[Capture]:
        """The actions that a decision on the current item would commission."""
        return [
            line
            for line in self.current_lines
            if line.kind == CaptureKind.ACTION and line.undone_at is None and line.result_id is None
        ]

    @property
    def proposed_motion(self) -> str:
        """The decision that was captured last and waits for its vote."""
        waiting = (
            line.text
            for line in reversed(self.current_lines)
            if line.kind == CaptureKind.DECISION and line.undone_at is None and line.result_id is None
        )
        return next(waiting, "")

    @property
    def decided(self) -> list[Decision]:
        """What this meeting decided, the newest first."""
        found = [
            decision for item in self.agenda for decision in resolved(item) if decision.meeting_id == self.meeting.pk
        ]
        return sorted(found, key=lambda decision: (decision.decided_at, decision.pk), reverse=True)

    @property
    def decided_last(self) -> list[Decision]:
        return [decision for decision in self.decided if decision.verdict != Verdict.REJECTED][:SHOWN_EARLIER]

    def is_current(self, item: AgendaItem) -> bool:
        return self.current is not None and item.pk == self.current.pk


def live(meeting: Meeting, now: datetime) -> Live:
    """Where ``meeting`` stands, for whoever may see it. A fixed number of statements."""
    agenda = queries.agenda_of(meeting)
    current = next((item for item in agenda if item.pk == meeting.current_id), None)
    clock = _clock(meeting, current, now)
    return Live(
        meeting=meeting,
        agenda=agenda,
        current=current,
        lines=captures.of_meeting(meeting),
        standing=queries.standing(meeting, now),
        clock=clock,
        runs_to=_runs_to(meeting, agenda, current, clock, now),
        stamp=stamp(meeting, now),
    )


def stamp(meeting: Meeting, now: datetime) -> str:
    """What changes when anything on a live page does, and every ten minutes, since seats change by the clock too.
    One statement."""

    def of(
        rows: QuerySet[Capture] | QuerySet[Attendance] | QuerySet[Guest] | QuerySet[Decision], what: object
    ) -> Subquery:
        return Subquery(rows.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(n=what).values("n"))

    row = (
        Meeting.objects.filter(pk=meeting.pk)
        .annotate(
            written=of(Capture.objects.all(), Count("pk")),
            rewritten=of(Capture.objects.all(), Sum("version")),
            marks=of(Attendance.objects.all(), Max("marked_at")),
            sponsors=of(Guest.objects.all(), Max("marked_at")),
            settled=of(Decision.objects.all(), Count("pk") + Count("taken_back_at")),
            placed=of(AgendaItem.objects.all(), Count("pk")),
            moved=of(AgendaItem.objects.all(), Coalesce(Sum("version"), 0)),
        )
        .values_list("version", "state", "written", "rewritten", "marks", "sponsors", "settled", "placed", "moved")
        .get()
    )
    return hashlib.blake2s(
        repr((row, meeting.is_adjourned(now), now.timestamp() // 600)).encode(), digest_size=8
    ).hexdigest()


def resolved(item: AgendaItem) -> list[Decision]:
    """What was decided on an item, as :func:`councils.queries.meetings.agenda_of` brought it along."""
    found: list[Decision] = getattr(item, "resolved", [])
    return found


def holds_pen(meeting: Meeting, person: Person) -> bool:
    """Whether a person writes the record now, or nobody does."""
    return meeting.pen_id is None or meeting.pen_id == person.pk


def _clock(meeting: Meeting, current: AgendaItem | None, now: datetime) -> Clock | None:
    if current is None or meeting.current_since is None:
        return None
    spent = current.spent + max(0, int((now - meeting.current_since).total_seconds()))
    return Clock(current.allotted * 60 if current.allotted is not None else None, spent)


def _runs_to(
    meeting: Meeting, agenda: list[AgendaItem], current: AgendaItem | None, clock: Clock | None, now: datetime
) -> datetime:
    waiting = [item for item in agenda if item.state == ItemState.OPEN and (current is None or item.pk != current.pk)]
    left = sum(max(0, (item.allotted or 0) * 60 - item.spent) for item in waiting)
    if clock is not None and current is not None and current.state == ItemState.OPEN:
        left += max(0, clock.left or 0)
    return max(now, meeting.starts_at) + timedelta(seconds=left)
