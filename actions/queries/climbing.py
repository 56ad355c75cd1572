"""How high promises climbed when nobody moved them, and how that ended.

Each promise counts once, at the highest rung that fell for it, because whatever reached the department head has passed
the champion: counted at each rung, one row less the next would tell of the few between both. Reminders to whoever owes
it are no escalation. It is taken at the end of the last whole month.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from actions.models import ActionItem
from actions.months import after, month_of
from actions.queries.held import Held
from actions.services.agenda_of import LATE_ACTION
from actions.suppression import Case, Group, shown, shown_beside
from councils.models import Ballot, Decision, Verdict
from governance.clauses import CHAIR, CHAMPION, COUNCIL, HEAD, PARENT, SPONSOR
from governance.models import DutyKind, Firing, Person
from governance.queries.calendars import began

RUNGS: Sequence[str] = (CHAMPION, HEAD, SPONSOR, CHAIR, COUNCIL, PARENT)


RE_RESOURCE, DROP = "re_resource", "drop"
"""Outcomes of a council whose mark is in the decision alone."""


class Ending(StrEnum):
    DONE = "done"
    ANOTHER_DAY = "another_day"
    EXTENDED = "extended"
    RE_RESOURCED = "re_resourced"
    REASSIGNED = "reassigned"
    DROPPED = "dropped"
    AS_IS = "as_is"
    NOT_DECIDED = "not_decided"
    OTHERWISE = "otherwise"
    OPEN = "open"


CLOSED_AS = {
    "done": Ending.DONE,
    "renewed": Ending.ANOTHER_DAY,
    "extended": Ending.EXTENDED,
    "reassigned": Ending.REASSIGNED,
    "as_is": Ending.AS_IS,
}
"""How the duty to keep it was closed."""


@dataclass(frozen=True, slots=True)
class Climbs:
    """How many promises, and how they ended: the endings add up to ``climbed``."""

    climbed: int
    ended: dict[Ending, int]


@dataclass(frozen=True, slots=True)
class Climbed:
    """By the rung that they came to, by the month in which it fell, and all of them. None: too few to tell."""

    rungs: Sequence[tuple[str, Climbs | None]]
    months: Sequence[tuple[date, Climbs | None]]
    total: Climbs | None


def climbed(viewer: Person, now: datetime, promises: Sequence[Held], listed: Sequence[date], zone: str) -> Climbed:
    """Of the months of ``listed``. Three statements, and those for what may be seen."""
    keys: Any = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    first, last = began(listed[0], zone), began(after(listed[-1]), zone)
    falls = Firing.objects.filter(
        duty__kind=DutyKind.KEEP, duty__subject__in=keys, target__in=RUNGS, fired_at__gte=first, fired_at__lt=last
    )
    highest: dict[int, tuple[int, datetime]] = {}
    for duty, target, at in falls.order_by("fired_at", "pk").values_list("duty_id", "target", "fired_at"):
        if duty not in highest or RUNGS.index(target) >= highest[duty][0]:
            highest[duty] = (RUNGS.index(target), at)
    settled = _settled(viewer, now, last)
    undecided = _undecided(viewer, now, last)
    found: list[tuple[int, date, int, Ending]] = []
    for one in promises:
        if one.duty_id in highest:
            rung, at = highest[one.duty_id]
            month = month_of(at.astimezone(ZoneInfo(zone)).date())
            found.append((rung, month, one.person_id, _ending(one, at, last, settled, undecided)))
    by_rung: dict[int, list[tuple[int, Ending]]] = defaultdict(list)
    by_month: dict[date, list[tuple[int, Ending]]] = defaultdict(list)
    for rung, month, person, ending in found:
        by_rung[rung].append((person, ending))
        by_month[month].append((person, ending))
    rows = shown(
        Group(rung, frozenset(person for person, _ending in some), len(some)) for rung, some in by_rung.items()
    )
    columns = shown_beside([Case(rung, month.toordinal(), person) for rung, month, person, _e in found], rows.rows)
    return Climbed(
        rungs=[
            (target, _counted(by_rung[rung]) if rung in rows.rows else None)
            for rung, target in enumerate(RUNGS)
            if rung in by_rung
        ],
        months=[(month, _counted(by_month[month]) if month.toordinal() in columns.rows else None) for month in listed],
        total=_counted([one for some in by_rung.values() for one in some]) if rows.total else None,
    )


def _counted(some: Sequence[tuple[int, Ending]]) -> Climbs:
    ended = dict.fromkeys(Ending, 0)
    for _person, ending in some:
        ended[ending] += 1
    return Climbs(len(some), ended)


def _settled(viewer: Person, now: datetime, until: datetime) -> dict[tuple[int, str], list[datetime]]:
    """When a council gave each action more to work with, so that its promise stays and the call for help is answered;
    and when it dropped it, as others may, too."""
    given = Decision.objects.visible_to(viewer, now).filter(
        item__matter=LATE_ACTION, outcome__in=(RE_RESOURCE, DROP), verdict=Verdict.VALID, taken_back_at=None,
        lapsed_at=None, carried_out_at__lt=until,
    )  # fmt: skip
    found: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    for action, outcome, at in given.order_by().values_list("item__about_id", "outcome", "carried_out_at"):
        if at is not None:
            found[action, outcome].append(at)
    return found


def _undecided(viewer: Person, now: datetime, until: datetime) -> dict[int, list[datetime]]:
    """When a meeting left each action undecided."""
    seen: Any = Ballot.objects.filter(
        item__matter=LATE_ACTION, meeting__isnull=False, opened_at__lt=until,
        item__about__in=ActionItem.objects.visible_to(viewer, now).order_by().values("pk"),
    )  # fmt: skip
    found: dict[int, list[datetime]] = defaultdict(list)
    for action, at in seen.values_list("item__about_id", "opened_at"):
        found[action].append(at)
    return found


def _ending(
    one: Held,
    fell_at: datetime,
    until: datetime,
    settled: dict[tuple[int, str], list[datetime]],
    undecided: dict[int, list[datetime]],
) -> Ending:
    closed = one.closed_at if one.closed_at is not None and one.closed_at < until else None
    stops = closed or until
    if any(fell_at <= at <= stops for at in settled.get((one.action_id, RE_RESOURCE), ())):
        return Ending.RE_RESOURCED
    if one.closed_as == "cancelled" and closed in settled.get((one.action_id, DROP), ()):
        return Ending.DROPPED
    if closed is not None:
        return CLOSED_AS.get(one.closed_as, Ending.OTHERWISE)
    if any(fell_at <= at for at in undecided.get(one.action_id, ())):
        return Ending.NOT_DECIDED
    return Ending.OPEN
