"""What is owed goes on by the ladder of the charter version that comes into force.

A new version applies to the rungs that are not yet reached, and starts from the moment it holds (DESIGN.md, "Each rung
fires once"): nobody is asked a second time, and nothing that is late is let go. What by the new ladder should have been
asked already is asked next, and the rungs above keep their distance from it, as after a hold; reminders whose day has
passed are not made up for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import F, QuerySet

from governance.clauses import Rungs, carried, level
from governance.models import Calendar, CharterState, CharterVersion, Duty, Rung
from governance.queries.calendars import local_day
from governance.sql import ladders

_STAND = ("charter_version_id", "kind", "rung", "paused_from", "height")
"""What tells apart how things stand on their ladders."""


def carry_over(version: CharterVersion, now: datetime) -> None:
    """Let what is open under earlier versions of the same charter climb by ``version``, which has come into force.

    The caller's transaction. The statements grow with the rungs at which things stand, and not with the things.
    """
    if _carry(Duty.objects.filter(charter_version__charter=version.charter_id, closed_at=None), version):
        _go_on(version, now)


def carry_on(duty: Duty, now: datetime) -> None:
    """One thing is owed again, which rests till another day: it goes on by whatever its charter became meanwhile."""
    charter = duty.charter_version.charter_id
    version = CharterVersion.objects.filter(charter=charter, state=CharterState.IN_FORCE).first()
    if version is not None and not version.has_lapsed(now):
        _carry(Duty.objects.filter(pk=duty.pk), version)
        ladders.schedule([duty.pk])


def _carry(duties: QuerySet[Duty], version: CharterVersion) -> bool:
    """Put these duties onto the version's ladder. Whether it is another one for any of them."""
    standing = duties.exclude(charter_version=version).order_by()
    stands = list(standing.values_list(*_STAND).distinct())
    if not stands:
        return False
    steps = _steps({version.pk, *standing.values_list("charter_version_id", flat=True).distinct()})
    is_other = False
    while stands:  # a sweep beside us may move what we have just looked at: then it is looked at again
        for before, kind, rung, paused_from, height in stands:
            here = standing.filter(**dict(zip(_STAND, (before, kind, rung, paused_from, height), strict=True)))
            old, new = steps[before, kind], steps[version.pk, kind]
            if old == new:
                here.update(charter_version=version)
                continue
            is_other = True
            reached, rested = carried(old, rung, paused_from, new, height=height)
            here.update(
                charter_version=version,
                turn=version.number,
                rung=reached,
                paused_from=rested,
                height=max(height, level(old, rung)),
            )
        stands = list(standing.values_list(*_STAND).distinct())
    return is_other


def _go_on(version: CharterVersion, now: datetime) -> None:
    """Find the next moment of what another ladder took over; what would have been asked already is asked from today."""
    ladders.schedule_version(version.pk, version.number)
    while ladders.pass_reminders(version.pk, version.number, now):
        pass
    late = Duty.objects.filter(charter_version=version, turn=version.number, closed_at=None, next_at__lte=now)
    for calendar in Calendar.objects.filter(pk__in=late.order_by().values("calendar").distinct()):
        late.filter(calendar=calendar).update(paused_to=local_day(calendar, now), paused_from=F("rung"))
    ladders.schedule_version(version.pk, version.number)


def _steps(versions: Iterable[int]) -> Mapping[tuple[int, str], Rungs]:
    """(charter version, kind of duty) to its rungs in their order: position, working days, whom it asks."""
    found: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    rows = Rung.objects.filter(charter_version_id__in=versions).order_by("position")
    for version, kind, position, days, target in rows.values_list(
        "charter_version_id", "duty_kind", "position", "days", "target"
    ):
        found[version, kind].append((position, days, target))
    return found
