"""Opening, moving and closing duties, and letting their rungs fall."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from governance.clauses import PARENT, enforces
from governance.models import BESIDE, Charter, CharterState, CharterVersion, Department, Duty, Rung, Seat
from governance.models.duties import OF_EACH
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.sql import ladders


def default_rules() -> CharterVersion:
    """The version in force of the programme's default charter."""
    return CharterVersion.objects.get(charter__is_default=True, state=CharterState.IN_FORCE)


@enforces("provisional")
def rules_in_force(charter: Charter | None, now: datetime) -> CharterVersion:
    """A charter's version in force at ``now``; before it has one, the programme's default charter holds.

    A provisional version holds by the clock: once its time is over the default charter holds again, unless its
    sponsors have signed it by then (DESIGN.md, "Before there is a charter").
    """
    found = CharterVersion.objects.filter(charter=charter, state=CharterState.IN_FORCE).first() if charter else None
    return found if found is not None and not found.has_lapsed(now) else default_rules()


def rules_of(charters: Iterable[Charter], now: datetime) -> dict[int, CharterVersion]:
    """:func:`rules_in_force` of many charters. One statement, and one more where the default charter holds."""
    keys = {charter.pk for charter in charters}
    held = {
        found.charter_id: found
        for found in CharterVersion.objects.filter(charter_id__in=keys, state=CharterState.IN_FORCE)
        if not found.has_lapsed(now)
    }
    return held | dict.fromkeys(keys - held.keys(), default_rules()) if keys - held.keys() else held


def open_duty(
    *,
    subject_id: int,
    kind: str,
    seat: Seat,
    now: datetime,
    rules: CharterVersion | None = None,
    within: int | None = None,
    due_on: date | None = None,
    department: Department | None = None,
    overseer_id: int | None = None,
    reached: int = 0,
    height: int = 0,
) -> Duty:
    """Open a duty: ``due_on`` says the day, or ``within`` the working days from today by the seat's calendar.

    ``reached`` is the rung that its ladder begins after: those up to it fell for the day before, and do not fall again;
    ``height`` how high ladders had come that it does not know.
    With neither it has no date and no ladder. An open duty of the same kind is returned as it stands.
    """
    owed = Duty.objects.filter(subject_id=subject_id, kind=kind, department=department, closed_at=None)
    if kind in OF_EACH:
        owed = owed.filter(seat=seat)
    known = owed.first()
    if known is not None:
        return known
    calendar = calendar_of_seat(seat)
    if within is not None:
        due_on = add_working_days(calendar.pk, local_day(calendar, now), within)
    duty = Duty.objects.create(
        subject_id=subject_id,
        kind=kind,
        seat=seat,
        department=department,
        overseer_id=overseer_id,
        calendar=calendar,
        charter_version=rules or default_rules(),
        opened_at=now,
        due_on=due_on,
        rung=reached,
        height=height,
    )
    ladders.schedule([duty.pk])
    duty.refresh_from_db(fields=["next_at"])
    return duty


def close_duty(
    *,
    subject_id: int,
    kind: str,
    now: datetime,
    outcome: str,
    department_id: int | None = None,
    seat_ids: Iterable[int] | None = None,
) -> int:
    """Close an open duty; returns how many were closed (none is no mistake: the duty may have been closed before).

    Of what several seats owe each by itself (``OF_EACH``), only that of ``seat_ids``, where they are given.
    """
    duties = Duty.objects.filter(subject_id=subject_id, kind=kind, closed_at=None)
    if seat_ids is not None:
        duties = duties.filter(seat_id__in=list(seat_ids))
    if department_id is not None:
        duties = duties.filter(department_id=department_id)
    end_responses(list(duties.values_list("pk", flat=True)), now=now, outcome=outcome)
    return duties.update(closed_at=now, closed_as=outcome, next_at=None)


def close_all(*, subject_id: int, now: datetime, outcome: str) -> int:
    """Close whatever is owed for a subject."""
    return Duty.objects.filter(subject_id=subject_id, closed_at=None).update(
        closed_at=now, closed_as=outcome, next_at=None
    )


@transaction.atomic
def hand_on(duty: Duty, *, seat: Seat) -> Duty:
    """Another seat owes an open duty, as it stands: its day and the rung reached are kept."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    duty.seat, duty.calendar = seat, calendar_of_seat(seat)
    duty.save(update_fields=["seat", "calendar"])
    ladders.schedule([duty.pk])
    duty.refresh_from_db(fields=["next_at"])
    return duty


@transaction.atomic
def move_due_day(duty: Duty, *, due_on: date, seat: Seat | None = None, now: datetime | None = None) -> Duty:
    """Another day or another seat for an open duty; the rung reached is kept (DESIGN.md, "Each rung fires once").

    ``now`` ends what was owed as an answer about the day before.
    """
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    before = duty.due_on
    if now is not None and due_on != duty.due_on:
        end_responses([duty.pk], now=now, outcome="another_date")
    duty.due_on = due_on
    if seat is not None:
        duty.seat = seat
        duty.calendar = calendar_of_seat(seat)
    duty.climbs_at = None if due_on != before else duty.climbs_at
    duty.save(update_fields=["due_on", "seat", "calendar", "climbs_at"])
    ladders.schedule([duty.pk])
    duty.refresh_from_db(fields=["next_at"])
    return duty


@transaction.atomic
def pause(*, subject_id: int, to: date) -> int:
    """Let the ladders of what is owed for a subject go on at ``to``, and not before. Returns how many pause.

    It ends by the clock: nothing has to be done on that day. A later call says another day, an earlier one too. What is
    owed beside the thing's own next move (an answer, an attendance) does not rest.
    """
    owed = Duty.objects.filter(subject_id=subject_id, closed_at=None).exclude(kind__in=BESIDE)
    paused = list(owed.select_for_update().values_list("pk", flat=True))
    Duty.objects.filter(pk__in=paused).update(paused_to=to, paused_from=F("rung"))
    ladders.schedule(paused)
    return len(paused)


@transaction.atomic
def hasten(*, subject_ids: Iterable[int], overseer_id: int, now: datetime) -> int:
    """The meeting fell through that was to settle what these ladders brought onto its agenda: the body above is next.

    Only where the next rung is that body's, and of what this council oversees, or what nobody else does; the day that
    the charter gives stands for all others. The statements do not grow with the subjects.
    """
    above = Rung.objects.filter(
        charter_version=OuterRef("charter_version"), duty_kind=OuterRef("kind"), position=OuterRef("rung") + 1
    )
    late = Duty.objects.filter(
        Q(overseer_id=overseer_id) | Q(overseer_id=None),
        Exists(above.filter(target=PARENT)),
        subject_id__in=list(subject_ids),
        closed_at=None,
    )
    hastened = list(late.values_list("pk", flat=True))
    Duty.objects.filter(pk__in=hastened, climbs_at=None).update(climbs_at=now)
    ladders.schedule(hastened)
    return len(hastened)


def reopen(duty_ids: Iterable[int]) -> int:
    """What was closed a moment ago is owed again, as it stood: the same rows, so that no rung falls twice."""
    keys = list(duty_ids)
    opened = Duty.objects.filter(pk__in=keys).exclude(closed_at=None).update(closed_at=None, closed_as="")
    ladders.schedule(keys)
    return opened


def end_responses(duty_ids: Iterable[int], *, now: datetime, outcome: str) -> int:
    """Whoever was asked for help with these duties owes no answer any more: they ended, or have another day."""
    return Duty.objects.filter(asked_by__in=list(duty_ids), closed_at=None).update(
        closed_at=now, closed_as=outcome, next_at=None
    )


def reschedule(duty_ids: Iterable[int]) -> None:
    """Recompute when the next rung falls, after a calendar or a charter changed."""
    ladders.schedule(list(duty_ids))
