"""What was allocated without a meeting, for whoever may see the council."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from councils.models import AgendaItem, Council, DelegatedAllocation, Meeting, MeetingState
from councils.models.delegated import Way
from councils.periods import first_day
from governance.models import Organisation, Person
from governance.queries.calendars import calendar_of_department

SHOWN = 20


def listed(viewer: Person, now: datetime, council: Council | None = None) -> QuerySet[DelegatedAllocation]:
    """The register of what was allocated without a meeting: whoever may see the agenda item sees it. Newest first."""
    seen = AgendaItem.objects.visible_to(viewer, now)
    found: QuerySet[DelegatedAllocation] = (
        DelegatedAllocation.objects.filter(item__in=seen.order_by().values("pk"))
        .select_related(
            "council__subject", "item__subject", "about", "seat__subject", "by", "charter_version__charter__subject"
        )
        .order_by("-pk")
    )
    return found.filter(council=council) if council is not None else found


def committed(council: Council, period: str, now: datetime) -> int:
    """What was allocated by delegation since the calendar period began, minor units; 0 without a period.

    Under whichever version and by whoever: what a signature allocated is the sponsor's own and does not count.
    """
    if not period:
        return 0
    zone = ZoneInfo(calendar_of_department(council.department).zone)
    begins = datetime.combine(first_day(period, now.astimezone(zone).date()), time.min, tzinfo=zone)
    taken = DelegatedAllocation.objects.filter(
        council=council,
        way=Way.DELEGATED,
        currency=Organisation.objects.get().currency,
        at__gte=begins,
        at__lte=now,
    )
    return int(taken.aggregate(total=Sum("amount"))["total"] or 0)


def since_last_meeting(meeting: Meeting, viewer: Person, now: datetime) -> list[DelegatedAllocation]:
    """What a meeting is told of: allocated since the council's meeting before it was opened, the newest first."""
    before = (
        Meeting.objects.filter(council=meeting.council_id, opened_at__isnull=False)
        .exclude(pk=meeting.pk)
        .order_by("-opened_at")
    )
    if meeting.opened_at is not None:
        before = before.filter(opened_at__lt=meeting.opened_at)
    last = before.values_list("opened_at", flat=True).first()
    rows = listed(viewer, now, meeting.council)
    if last is not None:
        rows = rows.filter(at__gte=last)
    if meeting.state == MeetingState.CLOSED and meeting.closed_at is not None:
        rows = rows.filter(at__lte=meeting.closed_at)
    return list(rows[:SHOWN])
