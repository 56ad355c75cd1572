"""What actions show on the pages of councils, departments and seats: the work that is open there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.http import urlencode

from actions import lifecycle
from actions.figures import Figure, condition
from actions.models import ActionItem, Pack
from actions.queries import handover, items, packs, rounds
from actions.queries.review import moment
from councils.models import Meeting
from governance import access
from governance.models import Department, Person, Seat, Subject
from governance.panels import declare
from governance.queries.calendars import calendar_of_department, local_day

SHOWN = 5
"""Actions in a panel; the number above them opens the whole list."""


def open_work(
    field: str, parameter: str, ids: Sequence[int], viewer: Person, now: datetime
) -> dict[int, dict[str, Any]]:
    """The open actions of each council, department or seat (``field``), the first due first, and how many they are."""
    at = moment(now)
    found = ActionItem.objects.visible_to(viewer, now).filter(
        **{f"{field}_id__in": list(ids)}, state__in=sorted(lifecycle.OPEN)
    )
    counted = {
        row[f"{field}_id"]: row
        for row in found.order_by()
        .values(f"{field}_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(condition(Figure.LATE, at))))
    }
    if not counted:
        return {}
    order = [F("promised").asc(nulls_last=True), F("pk").asc()]
    ranked = found.annotate(place=Window(RowNumber(), partition_by=[F(f"{field}_id")], order_by=order))
    rows = ranked.filter(place__lte=SHOWN).select_related("seat__subject", "department", "council__subject")
    lines: dict[int, list[items.Line]] = defaultdict(list)
    for line in items.lines(rows.order_by("place"), viewer, now, at):
        lines[getattr(line.action, f"{field}_id")].append(line)
    references: dict[int, str] = dict(Subject.objects.filter(pk__in=counted).values_list("pk", "reference"))
    return {
        key: {
            "lines": lines[key],
            "open": row["open"],
            "late": row["late"],
            "url": f"/actions/?{urlencode({parameter: references[key], 'state': 'open'})}",
            "today": at.days[0].day,
        }
        for key, row in counted.items()
    }


def in_review(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On a department's page: the way to what its work looks like to whoever reviews it. One statement."""
    seen = Department.objects.visible_to(viewer, now).filter(pk__in=list(ids))
    rows = seen.values_list("pk", "subject__reference")
    return {pk: {"url": reverse("actions:department-review", args=[reference])} for pk, reference in rows}


def changing_hands(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On a seat's own page: the way to hand over what it holds, and to take its dates over."""
    shown = {}
    for seat in Seat.objects.filter(pk__in=list(ids)).select_related("subject", "department"):
        taking = handover.taking_over(seat) is not None and access.holds(viewer, seat.pk, now)
        giving = handover.may_hand_over(seat, viewer, now)
        if taking or giving:
            shown[seat.pk] = {
                "hand_over_url": reverse("actions:handover", args=[seat.reference]) if giving else "",
                "take_over_url": reverse("actions:take-over", args=[seat.reference]) if taking else "",
            }
    return shown


def own_record(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On one's own page, and on nobody else's."""
    return {pk: {"url": reverse("actions:record-of-person", args=[pk])} for pk in ids if pk == viewer.pk}


def came_of(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On a decision: the actions that it made, beside the one thing that it names as its result."""
    made: dict[int, list[ActionItem]] = defaultdict(list)
    found = ActionItem.objects.visible_to(viewer, now).filter(decision__in=list(ids))
    for action in found.exclude(pk=F("decision__result")).select_related("subject", "department").order_by("pk"):
        made[action.decision_id].append(action)
    return {key: {"made": actions} for key, actions in made.items()}


def round_of(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On a meeting that is prepared or held: what each department promised, kept and needs."""
    rows = Meeting.objects.visible_to(viewer, now).filter(pk__in=list(ids), state__in=["planned", "open"])
    found = {
        meeting.pk: rounds.of_meeting(meeting, viewer, now) for meeting in rows.select_related("council__department")
    }
    return {key: {"round": one} for key, one in found.items() if one is not None}


def packs_of(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """On a meeting: the packs that were made for it, and a way to make one. A bounded number of statements."""
    found: dict[int, list[Pack]] = defaultdict(list)
    for pack in packs.listed(viewer, now).filter(meeting__in=list(ids)):
        if pack.meeting_id is not None:
            found[pack.meeting_id].append(pack)
    makes = set(packs.councils_to_make_for(viewer, now).values_list("pk", flat=True))
    shown = {}
    for meeting in Meeting.objects.filter(pk__in=list(ids)).select_related("subject", "council__department"):
        may_make = meeting.council_id in makes and packs.is_ahead(meeting, now)
        if may_make or found[meeting.pk]:
            shown[meeting.pk] = {
                "packs": found[meeting.pk],
                "make_url": f"{reverse('actions:pack-list')}?for={meeting.reference}#make" if may_make else "",
                "today": local_day(calendar_of_department(meeting.council.department), now),
            }
    return shown


declare("department.page", template="actions/review/_in_review.html", answer=in_review, order=50)
declare("meeting.papers", template="actions/packs/_of_meeting.html", answer=packs_of)
declare("meeting.page", template="actions/items/_round.html", answer=round_of)
declare("decision.came", template="actions/items/_came_of.html", answer=came_of)
declare("person.page", template="actions/record/_panel.html", answer=own_record)
declare("seat.top", template="actions/handover/_panel.html", answer=changing_hands)
for _field in ("council", "department", "seat"):
    declare(f"{_field}.page", template="actions/items/_open_work.html", answer=partial(open_work, _field, _field))
