"""Taking seats in from a sheet: founding, describing, filling and emptying many, each by its own service's rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.models import Department, Organisation, Person, Seat, Subject, TenureRole
from governance.queries import sheets
from governance.services import journal, seats
from governance.services.people import root_subject
from governance.sheets.judging import Line, Outcome, Plan, Unfit
from governance.sheets.tables import Row

TAKEN_IN = events.declare(
    "governance.seats.taken_in", says=gettext_lazy("{by} founded {added} seats from a sheet, and changed {changed}")
)


@transaction.atomic
def take_in(*, rows: Sequence[Row], by: Person, now: datetime, leave_out: bool = False) -> Plan:
    """Found and change seats as a sheet says: all rows, or with ``leave_out`` those that are in order.

    Sent twice it does nothing the second time. Raises :class:`Unfit` with the plan where rows need their sender.
    """
    Organisation.objects.select_for_update().get()  # of two sheets at once the second is judged by what the first did
    plan = sheets.judge_seats(rows, by, now)
    if plan.problems and not leave_out:
        raise Unfit(_("Some rows need you. Mend them, or leave them out."), plan)
    new, changed = plan.of(Outcome.NEW), plan.of(Outcome.CHANGED)
    if not new and not changed:
        return plan
    known = Seat.objects.select_related("subject", "department").in_bulk([line.key for line in changed])
    fillers = dict(Seat.objects.values_list("subject__reference", "pk"))
    _describe([(known[line.key or 0], line) for line in changed], fillers)
    made = _found(new, fillers, by, now)
    given = [*((made[line.number], line) for line in new), *((known[line.key or 0], line) for line in changed)]
    moved = _seat(given, by, now)
    journal.record(TAKEN_IN, subject=root_subject(), by=by, now=now, added=len(new), changed=len(changed))
    access.sync(moved)
    return replace(plan, made=tuple(seat.pk for seat in made.values()))


def _found(new: Sequence[Line], fillers: Mapping[str, int], by: Person, now: datetime) -> dict[int, Seat]:
    places = Department.objects.in_bulk({line.wish.department for line in new})
    filling = Seat.objects.in_bulk([fillers[line.wish.filled_by] for line in new if line.wish.filled_by])
    return {
        line.number: seats.found(
            kind=line.wish.kind,
            department=places[line.wish.department],
            title=line.wish.title,
            expectations=line.wish.expectations,
            capacity_minutes=line.wish.capacity,
            filled_by=filling.get(fillers.get(line.wish.filled_by, 0)),
            by=by,
            now=now,
        )
        for line in new
    }


def _describe(pairs: Sequence[tuple[Seat, Line]], fillers: Mapping[str, int]) -> None:
    """Set titles, expectations, capacities and fillers in two statements; other seats keep their version."""
    told = {"title", "expectations", "capacity_minutes", "filled_by"}
    described = [(seat, line) for seat, line in pairs if told & {change.column for change in line.changes}]
    for seat, line in described:
        seat.expectations, seat.capacity_minutes = line.wish.expectations, line.wish.capacity
        seat.filled_by_id = fillers.get(line.wish.filled_by)
        seat.subject.title = line.wish.title
        seat.version += 1
    fields = ["expectations", "capacity_minutes", "filled_by", "version"]
    Seat.objects.bulk_update([seat for seat, _line in described], fields, batch_size=500)
    Subject.objects.bulk_update([seat.subject for seat, _line in described], ["title"], batch_size=500)


def _seat(given: Sequence[tuple[Seat, Line]], by: Person, now: datetime) -> set[int]:
    """Empty and fill the roles that change, the deputy's first, so that the two may change places. Who is concerned."""
    people = {person.email.casefold(): person for person in Person.objects.filter(is_active=True)}
    moved: set[int] = set()
    for seat, line in given:
        wanted = [(TenureRole.DEPUTY, line.wish.deputy), (TenureRole.HOLDER, line.wish.holder)]
        for role, email in wanted:
            if email is not None and line.key is not None:
                moved |= set(seat.tenures.filter(role=role, until_at=None).values_list("person_id", flat=True))
                seats.leave(seat=seat, role=role, by=by, now=now)
        for role, email in reversed(wanted):
            if email:
                moved.add(people[email].pk)
                seats.seat_person(seat=seat, person=people[email], role=role, by=by, now=now, projects=False)
    return moved
