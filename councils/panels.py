"""What councils show elsewhere: on a sponsor's page those it sponsors, on a charter's those under it and whether they
can get stuck.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from councils import access as council_access
from councils.models import Council, Meeting, MeetingState
from councils.queries import coming, invitations, stuck
from councils.queries.series import gatherings
from governance import access
from governance.models import CharterState, CharterVersion, CheckIn, Duty, DutyKind, Person
from governance.panels import declare
from governance.queries.calendars import calendar_of_department


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


def meets(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """When each council meets: its series in words, with their next meetings. A few statements for all."""
    councils = list(Council.objects.visible_to(viewer, now).filter(pk__in=list(ids)))
    found = gatherings([council.pk for council in councils], viewer, now)
    return {
        council.pk: {
            "council": council,
            "gatherings": found.get(council.pk, []),
            "may_prepare": access.may(viewer, council_access.PREPARE, council, now),
        }
        for council in councils
    }


declare("council.page", template="councils/series/_panel.html", answer=meets, order=50)


def expected(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """When and where a meeting is, and who said that they come; nothing while it sits."""
    rows = (
        Meeting.objects.visible_to(viewer, now)
        .filter(pk__in=list(ids))
        .exclude(state=MeetingState.OPEN)
        .select_related("council__subject", "council__department", "council__charter", "charter_version",
                        "series__subject")
    )  # fmt: skip
    found: dict[int, dict[str, Any]] = {}
    for meeting in rows:
        zone = meeting.series.zone if meeting.series else calendar_of_department(meeting.council.department).zone
        is_planned = meeting.state == MeetingState.PLANNED
        said = coming.turnout(meeting, now) if is_planned else None
        found[meeting.pk] = {
            "meeting": meeting,
            "series": meeting.series,
            "zone": zone,
            "when": invitations.when(meeting, zone),
            "turnout": said,
            "mine": said.mine(viewer) if said is not None else [],
            "may_prepare": access.may(viewer, council_access.PREPARE, meeting.council, now),
        }
    return found


declare("meeting.head", template="councils/meetings/_coming.html", answer=expected)
