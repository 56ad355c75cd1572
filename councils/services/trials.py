"""Once a day every charter is tried against the day's seats; what can get stuck is somebody's to mend."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from councils.models import Council, Trial
from councils.queries import councils as council_queries
from councils.queries import stuck as queries
from councils.queries.stuck import Tried
from governance import events
from governance.clauses import Rules
from governance.models import Duty, DutyKind, Organisation, Seat
from governance.queries.calendars import local_day
from governance.queries.seats import answering, cx_lead_seat
from governance.services import duties, journal

STUCK = events.declare("councils.council.stuck", says=gettext_lazy("{subject} can get stuck: {text}"))
UNSTUCK = events.declare("councils.council.unstuck", says=gettext_lazy("{subject} can no longer get stuck"))

TOGETHER = 200
"""Councils in one transaction."""


def try_all(now: datetime) -> Trial | None:
    """Try every council's rules on the first call of a day; None where that was done, or nothing was started yet."""
    organisation = Organisation.objects.select_related("calendar").first()
    if organisation is None:
        return None
    day = local_day(organisation.calendar, now)
    if Trial.objects.filter(day=day).exists():
        return None
    trial, made = Trial.objects.get_or_create(day=day, defaults={"tried_at": now})
    if not made:
        return None
    last = 0
    while True:
        part = list(_councils().filter(pk__gt=last)[:TOGETHER])
        if not part:
            break
        last = part[-1].pk
        trial.stuck += settle(queries.tried(part, now), now)
        trial.councils += len(part)
    trial.save(update_fields=["councils", "stuck"])
    return trial


@transaction.atomic
def settle(answers: list[Tried], now: datetime) -> int:
    """Open a duty where a council can get stuck, and close it where it no longer can. Returns how many can."""
    ids = [one.council.pk for one in answers]
    owed = set(
        Duty.objects.filter(kind=DutyKind.UNSTICK, closed_at=None, subject_id__in=ids).values_list(
            "subject_id", flat=True
        )
    )
    for one in answers:
        if one.problems and one.council.pk not in owed:
            _owe(one, now)
        elif not one.problems and one.council.pk in owed:
            duties.close_duty(subject_id=one.council.pk, kind=DutyKind.UNSTICK, now=now, outcome="mended")
            journal.record(UNSTUCK, subject=one.council.subject, by=None, now=now)
    return sum(bool(one.problems) for one in answers)


def _owe(one: Tried, now: datetime) -> None:
    council = one.council
    duties.open_duty(
        subject_id=council.pk,
        kind=DutyKind.UNSTICK,
        seat=_mender(council, now),
        now=now,
        rules=one.version,
        within=Rules.from_json(one.version.rules).terms.fill,
        overseer_id=council.pk,
    )
    journal.record(
        STUCK,
        subject=council.subject,
        by=None,
        now=now,
        text=one.problems[0].sentence,
        problems=[f"{found.clause}.{found.key}" for found in one.problems],
    )


def _mender(council: Council, now: datetime) -> Seat:
    """The council's secretary, else its chair, else the CX lead; of a confidential council its sponsor."""
    clerk = council_queries.clerk_seat(council, now)
    if clerk.pk in answering([clerk.pk], now):
        return clerk
    return council.sponsor.seat if council.is_confidential else cx_lead_seat()


def _councils() -> QuerySet[Council]:
    found: QuerySet[Council] = Council.objects.select_related(
        "subject", "department", "sponsor__seat__subject", "sponsor__seat__department"
    ).order_by("pk")
    return found
