"""What councils show elsewhere: on a sponsor's page those it sponsors, on a charter's those under it and whether they
can get stuck.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from councils.models import Council, Meeting, MeetingState
from councils.queries import stuck
from governance.models import CharterState, CharterVersion, CheckIn, Duty, DutyKind, Person
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


def under(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """The councils of each charter that ``viewer`` may see, tried by its latest version: what is to be ratified."""
    councils: dict[int, list[Council]] = defaultdict(list)
    rows = Council.objects.visible_to(viewer, now).filter(charter_id__in=ids).select_related("subject", "department")
    for council in rows.order_by("name"):
        councils[council.charter_id].append(council)
    latest = {
        version.charter_id: version
        for version in CharterVersion.objects.filter(charter_id__in=councils)
        .exclude(state=CharterState.SUPERSEDED)
        .select_related("charter__subject")
        .order_by("number")
    }
    return {
        charter: {
            "version": latest[charter],
            "tried": (tried := stuck.tried(councils[charter], now, latest[charter])),
            "problems": sum(len(one.problems) for one in tried),
        }
        for charter in councils
        if charter in latest
    }


declare("charter.page", template="councils/councils/_under.html", answer=under, order=20)
