"""What councils show on the pages of sponsors: the councils they sponsor, and when each is looked in on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from councils.models import Council, Meeting, MeetingState
from governance.models import CheckIn, Duty, DutyKind, Person
from governance.panels import declare


def sponsored(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """The councils of each sponsor that ``viewer`` may see, with the next check-in and meeting. Four statements."""
    councils = list(Council.objects.visible_to(viewer, now).filter(sponsor_id__in=list(ids)).order_by("name"))
    keys = [council.pk for council in councils]
    last = dict(CheckIn.objects.filter(subject_id__in=keys).values_list("subject_id").annotate(at=Max("at")))
    due = dict(
        Duty.objects.filter(subject_id__in=keys, kind=DutyKind.CHECK_IN, closed_at=None).values_list(
            "subject_id", "due_on"
        )
    )
    next_ones: dict[int, Meeting] = {}
    planned = Meeting.objects.filter(council_id__in=keys, state=MeetingState.PLANNED, starts_at__gte=now)
    for meeting in planned.select_related("subject").order_by("-starts_at"):
        next_ones[meeting.council_id] = meeting
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for council in councils:
        found[council.sponsor_id].append(
            {
                "council": council,
                "last": last.get(council.pk),
                "due": due.get(council.pk),
                "meeting": next_ones.get(council.pk),
            }
        )
    return {key: {"councils": rows, "today": now.date()} for key, rows in found.items()}


declare("sponsor.page", template="councils/sponsors/_councils.html", answer=sponsored)
declare("sponsor.row", template="councils/sponsors/_names.html", answer=sponsored)
