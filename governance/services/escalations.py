"""Escalations: a rung asked a seat for help, and that seat owes an answer.

What a sponsor pledged bites here: an escalation is answered within the sponsor's own working days (DESIGN.md, point
4). The answer is owed on the thing itself, beside its own next move, and ends with it: by an answer, by another date,
or when the duty that asked is closed.
"""

from collections.abc import Iterable
from datetime import date, datetime

from governance.clauses import Rules
from governance.models import BESIDE, CharterVersion, Duty, DutyKind, ExecutiveSponsor, Seat
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services import duties
from governance.sql import ladders


def owe_responses(asks: Iterable[tuple[int, int]], now: datetime) -> int:
    """Open what sponsors owe for ``asks``: ``(duty that asked, seat that was asked)``. Returns how many are new.

    A seat that is no sponsor's pledged nothing and owes nothing here. A thing is answered once at a time: a second ask
    waits with the first. The statements grow with the sponsors that were asked, not with the asks.
    """
    asked = dict(asks)
    pledged = dict(ExecutiveSponsor.objects.filter(pk__in=set(asked.values())).values_list("pk", "response_days"))
    asked = {duty: seat for duty, seat in asked.items() if seat in pledged}
    if not asked:
        return 0
    asking = Duty.objects.filter(pk__in=asked, closed_at=None).exclude(kind__in=BESIDE).order_by("pk")
    standing: set[tuple[int, int | None]] = set(
        Duty.objects.filter(
            kind=DutyKind.RESPOND, closed_at=None, subject_id__in=asking.values("subject_id")
        ).values_list("subject_id", "department_id")
    )
    terms = _terms({asked[duty]: pledged[asked[duty]] for duty in asked}, now)
    opened = []
    for duty in asking:
        about = (duty.subject_id, duty.department_id)
        if about in standing:
            continue
        standing.add(about)
        calendar_id, due_on = terms[asked[duty.pk]]
        opened.append(
            Duty(
                subject_id=duty.subject_id,
                kind=DutyKind.RESPOND,
                seat_id=asked[duty.pk],
                department_id=duty.department_id,
                overseer_id=duty.overseer_id,
                asked_by=duty,
                calendar_id=calendar_id,
                charter_version_id=duty.charter_version_id,
                opened_at=now,
                due_on=due_on,
            )
        )
    # Where somebody else opened one this instant, theirs stands.
    Duty.objects.bulk_create(opened, ignore_conflicts=True)
    made = Duty.objects.filter(
        kind=DutyKind.RESPOND, asked_by__in=[duty.asked_by_id for duty in opened], closed_at=None
    )
    ladders.schedule(list(made.values_list("pk", flat=True)))
    return len(opened)


def owe_response(
    *, duty: Duty, seat: Seat, now: datetime, within: int | None = None, rules: CharterVersion | None = None
) -> Duty:
    """Let ``seat`` owe an answer about ``duty``: what "ask for help now" opens. An answer owed already stands.

    ``within`` working days; without it a sponsor's pledge says how many, and for other seats the charter.
    """
    rules = rules or duty.charter_version
    if within is None:
        pledge = ExecutiveSponsor.objects.filter(pk=seat.pk).values_list("response_days", flat=True).first()
        within = pledge if pledge is not None else Rules.from_json(rules.rules).terms.respond
    opened = duties.open_duty(
        subject_id=duty.subject_id,
        kind=DutyKind.RESPOND,
        seat=seat,
        now=now,
        rules=rules,
        within=within,
        department=duty.department,
        overseer_id=duty.overseer_id,
    )
    if opened.asked_by_id is None:
        opened.asked_by = duty
        opened.save(update_fields=["asked_by"])
    return opened


def end_response(*, duty: Duty, seat: Seat, now: datetime) -> int:
    """``seat`` answered about ``duty``, or need not any more. The thing's own next move stays what it was."""
    return Duty.objects.filter(kind=DutyKind.RESPOND, asked_by=duty, seat=seat, closed_at=None).update(
        closed_at=now, closed_as="answered", next_at=None
    )


def _terms(days: dict[int, int], now: datetime) -> dict[int, tuple[int, date]]:
    """For each seat its calendar and the day by which it answers."""
    found = {}
    for seat in Seat.objects.filter(pk__in=days).select_related("calendar", "department__calendar"):
        calendar = calendar_of_seat(seat)
        found[seat.pk] = (calendar.pk, add_working_days(calendar.pk, local_day(calendar, now), days[seat.pk]))
    return found
