"""How often a council meets at least: where it did not, and nothing is planned, calling a meeting is owed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from councils.models import Council, Meeting
from councils.queries import councils as council_queries
from councils.queries.cadence import meeting_times
from governance import events
from governance.clauses import Cadence, Rules, enforces
from governance.models import CharterVersion, Duty, DutyKind
from governance.services import duties, journal

MISSED = events.declare(
    "councils.cadence.missed",
    says=gettext_lazy("{subject} has not met within {weeks} weeks, and no meeting is planned: one is to be called"),
)

CALLED = "called"
"""How the duty to call a meeting ends."""


def called(meeting: Meeting, cadence: Cadence, now: datetime) -> None:
    """A meeting was called: where that is within the cadence, nobody owes calling one any more."""
    if meeting.starts_at <= now + timedelta(weeks=cadence.weeks) or not cadence.weeks:
        duties.close_duty(subject_id=meeting.council_id, kind=DutyKind.CALL_MEETING, now=now, outcome=CALLED)


@enforces("cadence")
def is_missed(cadence: Cadence, *, since: datetime, planned: datetime | None, now: datetime) -> bool:
    """Whether a council that met last at ``since`` (or began then) has let its cadence pass, with none to come in it.

    ``planned`` is its next meeting. Pure.
    """
    gap = timedelta(weeks=cadence.weeks)
    return bool(cadence.weeks) and since + gap < now and (planned is None or planned > now + gap)


def settle(now: datetime) -> int:
    """Open the duty to call a meeting where a cadence was missed, and close it where it no longer is. How many opened.

    Once a day, by the keeping. Three statements, and some for each council whose duty changes.
    """
    councils = list(meeting_times(now))
    rules = duties.rules_of([council.charter for council in councils], now) if councils else {}
    owed = set(Duty.objects.filter(kind=DutyKind.CALL_MEETING, closed_at=None).values_list("subject_id", flat=True))
    opened = 0
    for council in councils:
        version = rules[council.charter_id]
        since = max(council.met, version.ratified_at or council.met)
        missed = is_missed(Rules.from_json(version.rules).cadence, since=since, planned=council.planned, now=now)
        if missed and council.pk not in owed:
            _owe(council, version, now)
            opened += 1
        elif not missed and council.pk in owed:
            duties.close_duty(subject_id=council.pk, kind=DutyKind.CALL_MEETING, now=now, outcome=CALLED)
    return opened


@transaction.atomic
def _owe(council: Council, version: CharterVersion, now: datetime) -> None:
    rules = Rules.from_json(version.rules)
    duties.open_duty(
        subject_id=council.pk,
        kind=DutyKind.CALL_MEETING,
        seat=council_queries.clerk_seat(council, now),
        now=now,
        rules=version,
        within=rules.terms.settle,
        overseer_id=council.pk,
    )
    journal.record(MISSED, subject=council.subject, by=None, now=now, weeks=rules.cadence.weeks)
