"""Check-ins: which there were, and which sponsor a council waits for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from governance import access
from governance.errors import Absent
from governance.models import Calendar, CheckIn, Duty, DutyKind, ExecutiveSponsor, Person, Subject, SubjectKind
from governance.models.subjects import seen_by
from governance.queries.duties import Move, moves
from governance.sponsored import Body, bodies_of

SHOWN = 3
"""Check-ins on a council's page; the journal has the others."""


def listed(viewer: Person, now: datetime) -> QuerySet[CheckIn]:
    """The check-ins with what ``viewer`` may see, the newest first."""
    return (
        CheckIn.objects.filter(seen_by(viewer, now))
        .select_related("subject", "by", "sponsor__seat__subject")
        .order_by("-pk")
    )


def council(reference: str, viewer: Person, now: datetime) -> Subject:
    """The council of a reference, as a subject. Raises :class:`Absent`."""
    found = Subject.objects.filter(reference=reference, kind=SubjectKind.COUNCIL).first()
    if found is None or not access.may_see(viewer, found.pk, now):
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def mine(viewer: Person, subject: Subject, now: datetime) -> Body | None:
    """The body of ``subject``, where ``viewer`` answers for the seat that sponsors it."""
    seats = ExecutiveSponsor.objects.filter(pk__in=access.seats_of(viewer, now)).values_list("pk", flat=True)
    body = next((one for one in bodies_of(list(seats)) if one.subject_id == subject.pk), None)
    return body if body is not None and access.holds(viewer, body.sponsor_id, now) else None


def last_days(sponsor: ExecutiveSponsor, calendar: Calendar) -> dict[int, date]:
    """The day of the last check-in with each council, where the sponsor works."""
    zone = ZoneInfo(calendar.zone)
    found = CheckIn.objects.filter(sponsor=sponsor).values_list("subject_id").annotate(last=Max("at"))
    return {subject: moment.astimezone(zone).date() for subject, moment in found}


@dataclass(frozen=True, slots=True)
class Looking:
    """How a council stands with its sponsor: who looks in next, and what was said the last times."""

    reference: str
    move: Move | None
    notes: Sequence[CheckIn]
    is_mine: bool


def with_councils(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """For the pages of councils. The statements do not grow with their number, save for the notes of each."""
    owed = Duty.objects.filter(kind=DutyKind.CHECK_IN, closed_at=None, subject_id__in=list(ids))
    next_ones = {
        move.subject_id: move for move in moves(owed.select_related("subject", "seat__subject", "calendar"), now)
    }
    told: dict[int, list[CheckIn]] = {}
    for one in listed(viewer, now).filter(subject_id__in=list(ids))[: SHOWN * len(ids)]:
        told.setdefault(one.subject_id, []).append(one)
    references: dict[int, str] = dict(Subject.objects.filter(pk__in=list(ids)).values_list("pk", "reference"))
    own = _own(viewer, now)
    return {
        key: {
            "looking": Looking(references[key], next_ones.get(key), told.get(key, []), key in own),
            "today": now.date(),
        }
        for key in ids
        if key in next_ones or key in told or key in own
    }


def _own(viewer: Person, now: datetime) -> Collection[int]:
    """The bodies whose sponsor ``viewer`` answers for."""
    seats = ExecutiveSponsor.objects.filter(pk__in=access.seats_of(viewer, now)).values_list("pk", flat=True)
    held = [seat for seat in seats if access.holds(viewer, seat, now)]
    return {body.subject_id for body in bodies_of(held)}
