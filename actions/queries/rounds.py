"""The round of departments: what each that sits in a council promised since it met last, kept, and needs now.

Everything is what the reader may see. The statements grow neither with departments nor with their work.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, OuterRef, Q, Subquery

from actions.lifecycle import OPEN, RUNNING, State
from actions.models import ActionItem, Blocker, Promise, ResourceRequest
from councils.models import ItemState, Meeting, MeetingState, Membership
from councils.queries.councils import today_of
from governance.models import Department, DutyKind, HelpRequest, Person
from governance.queries import helping


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a department needs for an action: in the way, help, or resources; ``words`` are who asked's."""

    action: ActionItem
    kind: str
    words: str


@dataclass(slots=True)
class Part:
    """One department's part of the round."""

    department: Department
    promised: list[ActionItem] = field(default_factory=list)
    kept: list[ActionItem] = field(default_factory=list)
    late: list[ActionItem] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        return not (self.promised or self.kept or self.late or self.needs)


@dataclass(frozen=True, slots=True)
class Round:
    """The parts of a meeting's round, by name of the department; ``since`` is when the council met before."""

    since: datetime | None
    today: date
    parts: Sequence[Part]


def of_meeting(meeting: Meeting, viewer: Person, now: datetime) -> Round | None:
    """The round of one meeting that ``viewer`` sees; None where no seat of its council represents a department."""
    seated = Membership.objects.filter(council=meeting.council_id, ended_at=None, represents__isnull=False)
    departments = Department.objects.filter(pk__in=seated.values("represents")).select_related("subject")
    parts = {one.pk: Part(one) for one in departments.order_by("name", "pk")}
    if not parts:
        return None
    since, today = _met_before(meeting), today_of(meeting.council, now)
    for action in _work(meeting, list(parts), since, viewer, now):
        _sort_in(parts[action.department_id], action, since, today)
    for need in _needs(meeting, list(parts), viewer, now):
        parts[need.action.department_id].needs.append(need)
    return Round(since, today, list(parts.values()))


def _met_before(meeting: Meeting) -> datetime | None:
    held = Meeting.objects.filter(
        council=meeting.council_id, state=MeetingState.CLOSED, starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)
    found: datetime | None = held.aggregate(last=Max("closed_at"))["last"]
    return found


def _work(
    meeting: Meeting, departments: list[int], since: datetime | None, viewer: Person, now: datetime
) -> list[ActionItem]:
    """What runs, and what was said done since the council met."""
    given = Promise.objects.filter(action=OuterRef("pk"), taken_back_at=None).order_by("-number")
    finished = Q(state__in=(State.DONE, State.VERIFIED))
    if since is not None:
        finished &= Q(done_at__gt=since)
    return list(
        ActionItem.objects.visible_to(viewer, now)
        .filter(Q(state__in=sorted(RUNNING)) | finished, council=meeting.council_id, department__in=departments)
        .annotate(given_at=Subquery(given.values("given_at")[:1]))
        .select_related("subject", "seat__subject")
        .order_by("promised", "pk")
    )


def _sort_in(part: Part, action: ActionItem, since: datetime | None, today: date) -> None:
    state = State(action.state)
    given: datetime | None = getattr(action, "given_at", None)
    is_new = since is None or (given is not None and given > since)
    if state in RUNNING and action.promised is not None:
        if action.promised < today:
            part.late.append(action)
        elif given is not None and is_new:
            part.promised.append(action)
    elif state in (State.DONE, State.VERIFIED) and action.done_at is not None and action.promised is not None:
        in_time = action.done_on is not None and action.done_on <= action.promised
        if in_time and (since is None or action.done_at > since):
            part.kept.append(action)


def _needs(meeting: Meeting, departments: list[int], viewer: Person, now: datetime) -> list[Need]:
    open_work = ActionItem.objects.visible_to(viewer, now).filter(
        council=meeting.council_id, department__in=departments, state__in=sorted(OPEN)
    )
    seen = {action.pk: action for action in open_work.select_related("subject", "seat__subject").order_by("pk")}
    found: dict[int, list[Need]] = defaultdict(list)
    for blocker in Blocker.objects.filter(action__in=seen, lifted_at=None).order_by("since", "pk"):
        found[blocker.action_id].append(Need(seen[blocker.action_id], "blocked", blocker.reason))
    asked = HelpRequest.objects.filter(helping.standing(), duty__subject_id__in=seen, position=None).exclude(
        duty__kind=DutyKind.RESPOND
    )
    for key, words in asked.order_by("asked_at", "pk").values_list("duty__subject_id", "words"):
        found[key].append(Need(seen[key], "help", words))
    requests = ResourceRequest.objects.filter(action__in=seen, item__state=ItemState.OPEN).order_by("at", "pk")
    for request in requests:
        found[request.action_id].append(Need(seen[request.action_id], "resources", request.what_for))
    return [need for needs in found.values() for need in needs]
