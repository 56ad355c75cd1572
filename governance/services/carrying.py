"""What is owed goes on by the ladder of the charter version that comes into force.

A new version applies to the rungs that are not yet reached, and starts from the moment it holds (DESIGN.md, "Each rung
fires once"): nobody is asked a second time, and nothing that is late is let go. What by the new ladder should have been
asked already is asked next, and the rungs above keep their distance from it, as after a hold; reminders whose day has
passed are not made up for.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from governance.clauses import carried_rung
from governance.models import Calendar, CharterVersion, Duty, Rung
from governance.queries.calendars import local_day
from governance.sql import ladders

Steps = list[tuple[int, int, str]]


def carry_over(version: CharterVersion, now: datetime) -> None:
    """Let what is open under earlier versions of the same charter climb by ``version``, which has come into force.

    The caller's transaction. The statements grow with the rungs at which things stand, and not with the things.
    """
    standing = Duty.objects.filter(charter_version__charter=version.charter_id, closed_at=None).exclude(
        charter_version=version
    )
    stands = list(standing.order_by().values_list("charter_version_id", "kind", "rung", "paused_from").distinct())
    if not stands:
        return
    steps = _steps({version.pk, *(row[0] for row in stands)})
    is_other = False
    for before, kind, rung, paused_from in stands:
        old, new = steps[before, kind], steps[version.pk, kind]
        here = standing.filter(charter_version_id=before, kind=kind, rung=rung, paused_from=paused_from)
        if old == new:
            here.update(charter_version=version)
            continue
        is_other = True
        was, will = [(at, to) for at, _days, to in old], [(at, to) for at, _days, to in new]
        reached = carried_rung(was, rung, will)
        kept = min(reached, carried_rung(was, paused_from, will))
        here.update(charter_version=version, turn=version.number, rung=reached, paused_from=kept)
    if is_other:
        _go_on(version, now)


def _go_on(version: CharterVersion, now: datetime) -> None:
    """Find the next moment of what another ladder took over; what would have been asked already is asked from today."""
    ladders.schedule_version(version.pk, version.number)
    while ladders.pass_reminders(version.pk, version.number, now):
        pass
    late = Duty.objects.filter(charter_version=version, turn=version.number, closed_at=None, next_at__lte=now)
    for calendar in Calendar.objects.filter(pk__in=late.order_by().values("calendar").distinct()):
        late.filter(calendar=calendar).update(paused_to=local_day(calendar, now), paused_from=F("rung"))
    ladders.schedule_version(version.pk, version.number)


def _steps(versions: Iterable[int]) -> dict[tuple[int, str], Steps]:
    """(charter version, kind of duty) to its rungs in their order: position, working days, whom it asks."""
    found: dict[tuple[int, str], Steps] = defaultdict(list)
    rows = Rung.objects.filter(charter_version_id__in=versions).order_by("position")
    for version, kind, position, days, target in rows.values_list(
        "charter_version_id", "duty_kind", "position", "days", "target"
    ):
        found[version, kind].append((position, days, target))
    return found
