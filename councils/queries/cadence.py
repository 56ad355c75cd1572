"""When councils met last, and when they meet next."""

from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from councils.models import Council, MeetingState


def meeting_times(now: datetime) -> QuerySet[Any]:
    """All councils with ``met`` (when one was opened last, else when the council began) and ``planned`` (the next)."""
    found: QuerySet[Any] = (
        Council.objects.filter(subject__archived_at=None)
        .select_related("subject", "charter")
        .annotate(
            met=Coalesce(Max("meetings__opened_at"), F("subject__created_at")),
            planned=Min(
                "meetings__starts_at", filter=Q(meetings__state=MeetingState.PLANNED, meetings__starts_at__gte=now)
            ),
        )
        .order_by("pk")
    )
    return found
