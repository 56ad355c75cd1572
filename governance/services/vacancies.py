"""A vacancy is a duty: of whoever fills the seat, with a day, climbing like any other.

Open ``fill`` duties are a projection of the facts, like grants: ``settle`` compares what should be owed with what is
and mends the difference. The services that change who sits where call it for their seats; the sweep calls it for all,
because a tenure may end by the clock alone. Source: DESIGN.md, points 1 and 3.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from governance import seated
from governance.clauses import Rules
from governance.models import Calendar, CharterState, CharterVersion, Duty, DutyKind, Seat
from governance.queries import vacancies as queries
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services.duties import hand_on, reschedule, rules_of


def settle(now: datetime, *, seats: Collection[int] | None = None) -> int:
    """Open what is owed for seats that nobody holds, and close it where somebody does. Returns how many changed.

    What is owed already follows ``filled_by``: another filler, another seat that owes it.

    Three statements where nothing changed, and none of them writes; a dozen otherwise, whatever the number of seats.
    """
    answered = list(queries.answered(now, seats).values_list("pk", flat=True))
    unowed = list(queries.unowed(now, seats).select_related("subject"))
    moved = list(queries.misplaced(seats).select_related("subject__seat__filled_by__department"))
    if not answered and not unowed and not moved:
        return 0
    with transaction.atomic():
        for duty in moved:
            filler = duty.subject.seat.filled_by
            if filler is not None:
                hand_on(duty, seat=filler)
        closed = Duty.objects.filter(pk__in=answered, closed_at=None).update(
            closed_at=now, closed_as="filled", next_at=None
        )
        return len(moved) + closed + _open(unowed, now)


def _open(seats: list[Seat], now: datetime) -> int:
    """Owe the filling of these seats: a council's seat as the charter that holds there says, and overseen by it."""
    fillers = queries.fillers(seats)
    usual = CharterVersion.objects.filter(charter__is_default=True, state=CharterState.IN_FORCE).first()
    if not fillers or usual is None:
        return 0  # the organisation is being started: the sweep owes it later
    bodies = seated.bodies_of(fillers.keys())
    charters = rules_of({body.charter.pk: body.charter for body in bodies.values()}.values(), now)
    rules = {seat: charters[bodies[seat].charter.pk] if seat in bodies else usual for seat in fillers}
    overseers = queries.overseers(fillers) | {seat: body.subject_id for seat, body in bodies.items()}
    calendars = {filler.pk: calendar_of_seat(filler) for filler in {one.pk: one for one in fillers.values()}.values()}
    days = _days({(calendars[filler.pk], rules[seat]) for seat, filler in fillers.items()}, now)
    # Two that settle at once both see the hole; "a thing is owed once" lets one of them through.
    Duty.objects.bulk_create(
        [
            Duty(
                subject_id=seat,
                kind=DutyKind.FILL,
                seat=filler,
                overseer_id=overseers.get(seat),
                calendar=calendars[filler.pk],
                charter_version=rules[seat],
                opened_at=now,
                due_on=days[calendars[filler.pk].pk, rules[seat].pk],
            )
            for seat, filler in fillers.items()
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    opened = list(
        Duty.objects.filter(
            subject_id__in=fillers, kind=DutyKind.FILL, closed_at=None, opened_at=now, next_at=None
        ).values_list("pk", flat=True)
    )
    reschedule(opened)
    return len(opened)


def _days(wanted: Collection[tuple[Calendar, CharterVersion]], now: datetime) -> dict[tuple[int, int], date]:
    """By which day a seat is filled, for each calendar under each charter's term."""
    terms = {rules.pk: Rules.from_json(rules.rules).terms.fill for _calendar, rules in wanted}
    ends: dict[tuple[int, int], date] = {}
    for calendar, rules in wanted:
        within = (calendar.pk, terms[rules.pk])
        if within not in ends:
            ends[within] = add_working_days(calendar.pk, local_day(calendar, now), within[1])
    return {(calendar.pk, rules.pk): ends[calendar.pk, terms[rules.pk]] for calendar, rules in wanted}
