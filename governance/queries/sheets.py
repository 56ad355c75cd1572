"""What a sheet's rows are judged by, read in a few statements, however many rows there are."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from governance import access, zones
from governance.errors import Conflict
from governance.models import Department, Organisation, Person, Seat, Tenure, TenureRole
from governance.queries import people, seats
from governance.sheets import departments as departments_sheet
from governance.sheets import people as people_sheet
from governance.sheets import seats as seats_sheet
from governance.sheets.judging import Plan
from governance.sheets.seating import Chart, Place, SeatFact
from governance.sheets.tables import Row


def judge_people(rows: Sequence[Row], viewer: Person, now: datetime) -> Plan:
    """What each row of people would do. Raises :class:`Refused` for who does not place people."""
    organisation = require_placing(viewer, now)
    facts = people_sheet.Facts(
        people={
            row[0]: people_sheet.Known(*row)
            for row in Person.objects.values_list("pk", "name", "email", "zone", "language", "is_active")
        },
        chart=chart(viewer, now),
        zones=zones.known(),
        languages={code: str(label) for code, label in settings.LANGUAGES},
        zone=organisation.zone,
        language=organisation.language,
    )
    return people_sheet.plan(rows, facts)


def judge_departments(rows: Sequence[Row], viewer: Person, now: datetime) -> Plan:
    """What each row of departments would do. Raises :class:`Refused` for who does not place departments everywhere."""
    organisation = require_placing(viewer, now)
    known = {
        row[0]: departments_sheet.Known(*row)
        for row in Department.objects.values_list("pk", "subject__reference", "code", "name", "kind", "parent_id")
    }
    return departments_sheet.plan(rows, known, organisation.root_id or 0)


def judge_seats(rows: Sequence[Row], viewer: Person, now: datetime) -> Plan:
    """What each row of seats would do. Raises :class:`Refused` for who does not place people."""
    require_placing(viewer, now)
    places = Department.objects.visible_to(viewer, now).values_list("pk", "code", "name", "parent_id")
    facts = seats_sheet.Facts(
        seats=_seats(seats.listed(viewer, now), now),
        places=[Place(pk, code, name, above is None) for pk, code, name, above in places],
        people={email.casefold(): pk for pk, email in Person.objects.filter(is_active=True).values_list("pk", "email")},
        asker=viewer.email.casefold(),
    )
    return seats_sheet.plan(rows, facts)


def seat_rows(
    viewer: Person, now: datetime, *, kind: str = "", department: Department | None = None, filled: bool | None = None
) -> list[dict[str, str]]:
    """The seats that ``viewer`` may see, as the sheet has them, narrowed as the list of seats is."""
    found = seats.listed(viewer, now, kind=kind, department=department, filled=filled)
    codes = dict(Department.objects.values_list("pk", "code"))
    return [
        {
            "department": codes[one.department],
            "kind": one.kind,
            "title": one.title,
            "holder": one.holder,
            "deputy": one.deputy,
            "capacity_minutes": str(one.capacity or ""),
            "expectations": one.expectations,
            "filled_by": one.filled_by,
            "reference": one.reference,
        }
        for one in _seats(found, now).values()
    ]


def _seats(found: QuerySet[Seat], now: datetime) -> dict[int, seats_sheet.Known]:
    """Seats as a sheet knows them, with who sits there. Two statements."""
    sits = {
        (seat, role): email
        for seat, role, email in Tenure.objects.at(now)
        .filter(person__is_active=True)
        .values_list("seat_id", "role", "person__email")
    }
    rows = found.values_list(
        "pk",
        "subject__reference",
        "subject__title",
        "kind",
        "department_id",
        "capacity_minutes",
        "expectations",
        "filled_by__subject__reference",
    )
    return {
        row[0]: seats_sheet.Known(
            *row[:-1],
            row[-1] or "",
            sits.get((row[0], TenureRole.HOLDER), ""),
            sits.get((row[0], TenureRole.DEPUTY), ""),
        )
        for row in rows
    }


def department_rows(viewer: Person, now: datetime) -> list[dict[str, str]]:
    """The departments that ``viewer`` may see, as the sheet has them, each after the one above it."""
    found = list(Department.objects.visible_to(viewer, now).select_related("parent").order_by("name", "pk"))
    below: dict[int | None, list[Department]] = defaultdict(list)
    seen = {one.pk for one in found}
    for one in found:
        below[one.parent_id if one.parent_id in seen else None].append(one)
    rows, stack = [], list(reversed(below[None]))
    while stack:
        one = stack.pop()
        stack += reversed(below[one.pk])
        rows.append(
            {
                "code": one.code,
                "name": one.name,
                "parent": one.parent.code if one.parent is not None and one.parent_id in seen else "",
                "kind": one.kind,
                "reference": one.reference,
            }
        )
    return rows


def people_rows(viewer: Person, now: datetime, *, search: str = "", left: bool = False) -> list[dict[str, str]]:
    """The people as the sheet has them, with the seats that they hold. Raises :class:`Refused` as placing does."""
    require_placing(viewer, now)
    found = list(people.directory(viewer, now, search=search, left=left))
    sits = people.sits([person.pk for person in found], viewer, now)
    return [_person_row(person, sits.get(person.pk, [])) for person in found]


def _person_row(person: Person, tenures: Sequence[Tenure]) -> dict[str, str]:
    held = [tenure.seat for tenure in tenures if tenure.role == TenureRole.HOLDER]
    return {
        "name": person.name,
        "email": person.email,
        "department": held[0].department.code if held else "",
        "seat": "\n".join(f"{seat.reference} {' '.join(seat.title.split())}" for seat in held),
        "zone": person.zone,
        "language": person.language,
        "id": str(person.pk),
    }


def require_placing(viewer: Person, now: datetime) -> Organisation:
    """The organisation, for whoever places people in all of it. Raises :class:`Refused` for anybody else."""
    organisation = Organisation.objects.select_related("root__subject", "calendar").first()
    if organisation is None or organisation.root is None:
        raise Conflict("Start the organisation first.")
    access.require(viewer, access.LEAD, organisation.root, now)
    return organisation


def chart(viewer: Person, now: datetime) -> Chart:
    """The departments and seats that ``viewer`` may name. Three statements."""
    holders = {
        seat: (person, name)
        for seat, person, name in Tenure.objects.at(now)
        .filter(role=TenureRole.HOLDER, person__is_active=True)
        .values_list("seat_id", "person_id", "person__name")
    }
    places = Department.objects.visible_to(viewer, now).values_list("pk", "code", "name", "parent_id")
    chairs = (
        Seat.objects.visible_to(viewer, now)
        .order_by("pk")
        .values_list("pk", "subject__reference", "subject__title", "kind", "department_id")
    )
    return Chart(
        places=[Place(pk, code, name, above is None) for pk, code, name, above in places],
        seats={row[0]: SeatFact(*row, *holders.get(row[0], (None, ""))) for row in chairs},
        asker=viewer.pk,
    )
