"""Answers that departments owed to what was heard, and whether they came by their day: conduct, so of groups alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from actions.reliability import Verdict
from governance.models import Duty, DutyKind, Tenure, TenureRole

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Owed:
    """One answer that was owed: ``verdict`` is kept or missed; ``person_id`` whose seat it was then, None: nobody's."""

    subject_id: int
    department_id: int
    person_id: int | None
    given_on: date
    settled_on: date
    verdict: Verdict


def settled(first: date, last: date, now: datetime) -> Iterable[Owed]:
    """The answers that came to their end in those days, wherever that was. Two statements.

    An answer is kept when it was given by its day, and missed when its day passed first; what ended by its day without
    one (nothing was open at its source any more, it went elsewhere) is neither.
    """
    near = Q(due_on__gte=first - timedelta(days=1)) | Q(closed_at__date__gte=first - timedelta(days=1))
    duties = list(
        Duty.objects.filter(
            near, kind=DutyKind.ANSWER, due_on__isnull=False, department__isnull=False, due_on__lte=last
        )
        .select_related("calendar")
        .order_by("pk")
    ) + _early(first, last)
    held = _tenures({duty.seat_id for duty in duties})
    for duty in duties:
        zone = ZoneInfo(duty.calendar.zone)
        ended = (duty.closed_at or now).astimezone(zone).date()
        if duty.due_on is None or duty.department_id is None:
            continue
        if ended > duty.due_on:
            verdict, on = Verdict.MISSED, duty.due_on + timedelta(days=1)
        elif duty.closed_as == ANSWERED:
            verdict, on = Verdict.KEPT, ended
        else:
            continue
        if first <= on <= last:
            person = _holder(held[duty.seat_id], on, zone)
            given = duty.opened_at.astimezone(zone).date()
            yield Owed(duty.subject_id, duty.department_id, person, given, on, verdict)


def _early(first: date, last: date) -> list[Duty]:
    """Answers that were given before their day, which lies after the last of these days."""
    found = Duty.objects.filter(
        kind=DutyKind.ANSWER, closed_as=ANSWERED, due_on__gt=last, department__isnull=False,
        closed_at__date__gte=first - timedelta(days=1),
    )  # fmt: skip
    return list(found.select_related("calendar").order_by("pk"))


def _tenures(seats: set[int]) -> dict[int, list[Tenure]]:
    found: dict[int, list[Tenure]] = defaultdict(list)
    rows: QuerySet[Tenure] = Tenure.objects.filter(seat_id__in=seats, role=TenureRole.HOLDER).order_by("from_at")
    for tenure in rows:
        found[tenure.seat_id].append(tenure)
    return found


def _holder(tenures: Iterable[Tenure], on: date, zone: ZoneInfo) -> int | None:
    """Who held the seat at the end of that day."""
    for tenure in tenures:
        begun = tenure.from_at.astimezone(zone).date() <= on
        if begun and (tenure.until_at is None or tenure.until_at.astimezone(zone).date() > on):
            return int(tenure.person_id)
    return None
