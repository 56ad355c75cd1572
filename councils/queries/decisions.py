"""The decision register."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from councils.models import Council, Decision, Verdict, Vote
from councils.periods import first_day
from governance.errors import Absent
from governance.models import Organisation, Person
from governance.queries.calendars import calendar_of_department


def listed(
    viewer: Person, now: datetime, council: Council | None = None, verdict: str = "", search: str = ""
) -> QuerySet[Decision]:
    """The decisions that ``viewer`` may see, the newest first, with what a row shows."""
    found: QuerySet[Decision] = (
        Decision.objects.visible_to(viewer, now)
        .select_related(
            "council__subject",
            "meeting__subject",
            "item__subject",
            "result",
            "ratified_by__subject",
            "charter_version__charter__subject",
        )
        .order_by("-decided_at", "-pk")
    )
    if council is not None:
        found = found.filter(council=council)
    if verdict in Verdict.values:
        found = found.filter(verdict=verdict)
    if search.strip():
        found = found.filter(motion__icontains=search.strip())
    return found


def get(reference: str, viewer: Person, now: datetime) -> Decision:
    """One decision by reference; raises :class:`Absent`."""
    found = (
        listed(viewer, now)
        .select_related("item__about", "recorded_by", "item__referred_from__subject")
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def by_verdict(viewer: Person, now: datetime, council: Council | None = None) -> dict[str, int]:
    """How many decisions of each verdict ``viewer`` may see."""
    counted = listed(viewer, now, council).order_by().values("verdict").annotate(n=Count("pk"))
    return {row["verdict"]: row["n"] for row in counted}


def votes_of(decision: Decision) -> QuerySet[Vote]:
    """Who voted how, and for which seat."""
    return (
        Vote.objects.filter(decision=decision)
        .select_related("person", "membership__seat__subject")
        .order_by("membership_id")
    )


def committed(council: Council, period: str, now: datetime) -> int:
    """What a council committed by its own decisions since the calendar period began, in minor units; 0 without one.

    See :func:`_taken`.
    """
    taken = _taken(council, period, now).filter(currency=Organisation.objects.get().currency) if period else None
    return int(taken.aggregate(total=Sum("amount"))["total"] or 0) if taken is not None else 0


def minutes_committed(council: Council, period: str, now: datetime) -> int:
    """The same of person-time, in minutes."""
    return int(_taken(council, period, now).aggregate(total=Sum("minutes"))["total"] or 0) if period else 0


def _taken(council: Council, period: str, now: datetime) -> QuerySet[Decision]:
    """The council's own valid decisions since the calendar period began.

    The month, quarter or year in which ``now`` lies where the council keeps its calendar. Valid decisions count with
    the whole amount that they committed, under whichever charter version they were taken; what is given back later
    is free in the envelope, and does not make the right larger. What a sponsor decided alone was no right of the
    council's.
    """
    zone = ZoneInfo(calendar_of_department(council.department).zone)
    begins = datetime.combine(first_day(period, now.astimezone(zone).date()), time.min, tzinfo=zone)
    return Decision.objects.filter(
        council=council,
        verdict=Verdict.VALID,
        decided_at__gte=begins,
        decided_at__lte=now,
    ).filter(Q(facts__alone__isnull=True) | Q(facts__by="chair"))
