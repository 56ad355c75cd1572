"""Promises as they were held: from when until when, for which day, how they ended, given by whom.

The duty to keep a promise is the record of it: one row for each promised day, opened when it was given and closed when
the work was said done, another day was given, or somebody else's it became. So what was open at any moment is known
without having been written down then. What was said done and sent back was not done: it counts as held all along. A day
that a decision gave which was taken back as a slip was never held.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from actions.models import ActionItem, Promise
from councils import slips
from governance.models import Duty, DutyKind, JournalEntry, Person

ACCEPTED = "actions.item.accepted"


@dataclass(frozen=True, slots=True)
class Held:
    """One promised day. ``accepted_at``: when the seat that held it had taken the action on."""

    duty_id: int
    action_id: int
    calendar_id: int
    due_on: date
    opened_at: datetime
    closed_at: datetime | None
    closed_as: str
    accepted_at: datetime
    person_id: int
    rung: int

    def is_open(self, at: datetime) -> bool:
        return self.opened_at < at and (self.closed_at is None or self.closed_at >= at)


def held(viewer: Person, now: datetime, since: datetime) -> list[Held]:
    """What was held after ``since``, of the work that ``viewer`` may see, in the order in which it was given.

    Four statements, and one for what may be seen.
    """
    keys: Any = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    duties = (
        Duty.objects.filter(
            Q(closed_at=None) | Q(closed_at__gte=since), subject__in=keys, kind=DutyKind.KEEP, due_on__isnull=False,
            opened_at__lte=now,
        )
        .exclude(closed_as=slips.OUTCOME)
        .order_by("pk")
    )  # fmt: skip
    concerned = duties.order_by().values("subject")
    accepted: dict[int, list[datetime]] = defaultdict(list)
    entries = JournalEntry.objects.filter(event=ACCEPTED, subject__in=concerned).order_by("at")
    for subject, at in entries.values_list("subject_id", "at"):
        accepted[subject].append(at)
    givers: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    given = (
        Promise.objects.filter(action__in=concerned, taken_back_at=None)
        .order_by("action_id", "number")
        .values_list("action_id", "given_at", "tenure__person_id", "given_by_id", "decision_id")
    )
    for action, at, holder, giver, decision in given:
        # A day that a council gave was recorded by somebody else: it is still the promise of whoever held it before.
        before = givers[action][-1][1] if decision and givers[action] else None
        givers[action].append((at, holder or before or giver))
    rows = duties.values_list(
        "pk", "subject_id", "calendar_id", "due_on", "opened_at", "closed_at", "closed_as", "rung"
    )
    found = []
    for pk, action, calendar, due_on, opened, closed, closed_as, rung in rows:
        given_by = [person for at, person in givers[action] if at <= opened]
        if due_on is None or not given_by:
            continue
        taken_on = accepted.get(action, [])
        place = bisect_right(taken_on, opened)
        found.append(
            Held(
                duty_id=pk,
                action_id=action,
                calendar_id=calendar,
                due_on=due_on,
                opened_at=opened,
                closed_at=closed,
                closed_as=closed_as,
                accepted_at=taken_on[place - 1] if place else opened,
                person_id=given_by[-1],
                rung=rung,
            )
        )
    return found


def people(some: Sequence[Held]) -> frozenset[int]:
    return frozenset(one.person_id for one in some)
