"""How many promised days were moved, by month, of how many promises that were open in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from actions.models import ActionItem, DateRequest, Promise
from actions.months import after, month_of
from actions.queries.held import Held, people
from actions.suppression import Group, is_few
from governance.models import Person
from governance.queries.calendars import began


@dataclass(frozen=True, slots=True)
class Moves:
    """``asked``: other days asked for; ``moved``: later days that a seat approved or a council gave; ``open``: actions
    with a promise that held at some time in the month."""

    asked: int
    moved: int
    open: int


@dataclass(frozen=True, slots=True)
class MonthOfMoves:
    """``moves`` None: too few to tell. There is no sum of the months, so none can be worked out from the others."""

    month: date
    moves: Moves | None


def moving(
    viewer: Person, now: datetime, promises: Sequence[Held], listed: Sequence[date], zone: str
) -> list[MonthOfMoves]:
    """Each month of ``listed``. Two statements, and one for what may be seen."""
    keys: Any = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    first, last = listed[0], after(listed[-1])
    asked: dict[date, int] = defaultdict(int)
    requests = DateRequest.objects.filter(action__in=keys, asked_on__gte=first, asked_on__lt=last)
    for day in requests.values_list("asked_on", flat=True):
        asked[month_of(day)] += 1
    moved: dict[date, int] = defaultdict(int)
    later = Promise.objects.filter(
        Q(approver__isnull=False) | Q(decision__isnull=False),
        action__in=keys, number__gt=1, taken_back_at=None,
        given_at__gte=began(first, zone), given_at__lt=began(last, zone),
    )  # fmt: skip
    for at in later.values_list("given_at", flat=True):
        moved[month_of(at.astimezone(ZoneInfo(zone)).date())] += 1
    found = []
    for month in listed:
        start, end = began(month, zone), began(after(month), zone)
        held = [one for one in promises if one.opened_at < end and (one.closed_at is None or one.closed_at >= start)]
        whole = len({one.action_id for one in held})
        few = is_few([Group(0, people(held), whole)])
        found.append(MonthOfMoves(month, None if few else Moves(asked[month], moved[month], whole)))
    return found
