"""Series of meetings: which there are, and what is planned, moved and called off of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from councils.models import Council, Meeting, MeetingSeries, MeetingState
from governance.errors import Absent
from governance.models import Person

NEXT = 4
"""How many of the next meetings a council's page names."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """A series and what comes next of it."""

    series: MeetingSeries
    coming: tuple[Meeting, ...]


def listed(
    viewer: Person, now: datetime, council: Council | None = None, *, ended: bool = True
) -> QuerySet[MeetingSeries]:
    """The series of the councils that ``viewer`` may see, those that run first."""
    found: QuerySet[MeetingSeries] = (
        MeetingSeries.objects.visible_to(viewer, now)
        .select_related("council__subject", "council__department")
        .order_by("ended_at", "council__name", "pk")
    )
    if council is not None:
        found = found.filter(council=council)
    return found if ended else found.filter(ended_at=None)


def get(reference: str, viewer: Person, now: datetime) -> MeetingSeries:
    """One series by reference; raises :class:`Absent`."""
    found = (
        MeetingSeries.objects.visible_to(viewer, now)
        .select_related(
            "council__subject", "council__department", "council__charter", "council__sponsor__seat__subject"
        )
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    series: MeetingSeries = found
    return series


def gatherings(council_ids: Collection[int], viewer: Person, now: datetime) -> dict[int, list[Gathering]]:
    """What runs in each of these councils, with the next meetings of each. Two statements."""
    running = list(listed(viewer, now, ended=False).filter(council_id__in=list(council_ids)))
    coming: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in _to_come(now).filter(series_id__in=[one.pk for one in running]):
        if meeting.series_id is not None and len(coming[meeting.series_id]) < NEXT:
            coming[meeting.series_id].append(meeting)
    found: dict[int, list[Gathering]] = defaultdict(list)
    for one in running:
        found[one.council_id].append(Gathering(one, tuple(coming[one.pk])))
    return found


def _to_come(now: datetime) -> QuerySet[Meeting]:
    found: QuerySet[Meeting] = (
        Meeting.objects.filter(Q(starts_at__gte=now) | Q(state=MeetingState.OPEN))
        .select_related("subject")
        .order_by("starts_at", "pk")
    )
    return found


def occurrences(series: MeetingSeries, now: datetime) -> tuple[list[Meeting], QuerySet[Meeting]]:
    """What is to come, the next first; and what was, the latest first."""
    of_it = Meeting.objects.filter(series=series).select_related("subject")
    line = now - timedelta(hours=12)
    to_come = of_it.filter(starts_at__gte=line).order_by("starts_at", "pk")
    return list(to_come), of_it.filter(starts_at__lt=line).order_by("-starts_at", "-pk")
