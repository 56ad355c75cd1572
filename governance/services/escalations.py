"""Escalations: a rung asked a seat for help, and that seat owes an answer.

What a sponsor pledged bites here: an escalation is answered within the sponsor's own working days (DESIGN.md, point
4). The answer is owed on the thing itself, beside its own next move, and ends with it: by an answer, by another date,
or when the duty that asked is closed.
"""

from collections.abc import Iterable
from datetime import date, datetime

from governance.clauses import Rules
from governance.models import BESIDE, CharterVersion, Duty, DutyKind, ExecutiveSponsor, Rung, Seat
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services import duties
from governance.sql import ladders


def owe_responses(asks: Iterable[tuple[int, int]], now: datetime) -> int:
    """Open what is owed as an answer for ``asks``: ``(duty that asked, seat that was asked)``, in the order of their
    rungs. Returns how many are new.

    A sponsor answers within the days that the sponsor pledged; a champion, a head, a chair within the charter's, where
    its ladder says that an answer is waited for at all (it has a rung for one). A thing is answered once at a time: a
    second ask waits with a sponsor's, and takes over from anybody else's, who was asked before and did not answer. The
    statements grow with the seats that were asked, not with the asks.
    """
    asked = dict(asks)
    pledged = dict(ExecutiveSponsor.objects.filter(pk__in=set(asked.values())).values_list("pk", "response_days"))
    asking = list(Duty.objects.filter(pk__in=asked, closed_at=None).exclude(kind__in=BESIDE).order_by("pk"))
    answers = _answered_within({duty.charter_version_id for duty in asking if asked[duty.pk] not in pledged})
    asking = [duty for duty in asking if asked[duty.pk] in pledged or duty.charter_version_id in answers]
    if not asking:
        return 0
    within = {duty.pk: pledged.get(asked[duty.pk], answers.get(duty.charter_version_id, 0)) for duty in asking}
    standing: dict[tuple[int, int | None], tuple[int, int]] = {
        (subject, department): (pk, seat)
        for pk, subject, department, seat in Duty.objects.filter(
            kind=DutyKind.RESPOND, closed_at=None, subject_id__in=[duty.subject_id for duty in asking]
        ).values_list("pk", "subject_id", "department_id", "seat_id")
    }
    sponsors = set(
        ExecutiveSponsor.objects.filter(pk__in={seat for _pk, seat in standing.values()}).values_list("pk", flat=True)
    )
    terms = _terms({(asked[duty.pk], within[duty.pk]) for duty in asking}, now)
    opened, overtaken = [], []
    for duty in asking:
        about = (duty.subject_id, duty.department_id)
        if about in standing:
            pk, seat = standing[about]
            if pk == 0 or seat in sponsors or seat == asked[duty.pk]:
                continue
            overtaken.append(pk)
        standing[about] = (0, asked[duty.pk])
        calendar_id, due_on = terms[asked[duty.pk], within[duty.pk]]
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
    Duty.objects.filter(pk__in=overtaken, closed_at=None).update(closed_at=now, closed_as="climbed", next_at=None)
    # Where somebody else opened one this instant, theirs stands.
    Duty.objects.bulk_create(opened, ignore_conflicts=True)
    made = Duty.objects.filter(
        kind=DutyKind.RESPOND, asked_by__in=[duty.asked_by_id for duty in opened], closed_at=None
    )
    ladders.schedule(list(made.values_list("pk", flat=True)))
    return len(opened)


def _answered_within(versions: set[int]) -> dict[int, int]:
    """Of these charter versions those whose ladder waits for answers, with the working days that they give for one."""
    waiting = Rung.objects.filter(charter_version_id__in=versions, duty_kind=DutyKind.RESPOND)
    found = CharterVersion.objects.filter(pk__in=waiting.values("charter_version_id"))
    return {version.pk: Rules.from_json(version.rules).terms.respond for version in found} if versions else {}


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


def _terms(days: set[tuple[int, int]], now: datetime) -> dict[tuple[int, int], tuple[int, date]]:
    """For each seat and number of working days its calendar and the day by which it answers."""
    found = {}
    seats = {
        seat.pk: seat
        for seat in Seat.objects.filter(pk__in={seat for seat, _within in days}).select_related(
            "calendar", "department__calendar"
        )
    }
    for seat_id, within in days:
        calendar = calendar_of_seat(seats[seat_id])
        day = add_working_days(calendar.pk, local_day(calendar, now), within)
        found[seat_id, within] = (calendar.pk, day)
    return found
