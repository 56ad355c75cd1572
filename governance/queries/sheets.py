"""What a sheet's rows are judged by, read in a few statements, however many rows there are."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings

from governance import access
from governance.errors import Conflict
from governance.models import Department, Organisation, Person, Seat, Tenure, TenureRole
from governance.sheets import people as people_sheet
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
        zones=available_timezones(),
        languages={code: str(label) for code, label in settings.LANGUAGES},
        zone=organisation.zone,
        language=organisation.language,
    )
    return people_sheet.plan(rows, facts)


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
    seats = (
        Seat.objects.visible_to(viewer, now)
        .order_by("pk")
        .values_list("pk", "subject__reference", "subject__title", "kind", "department_id")
    )
    return Chart(
        places=[Place(pk, code, name, above is None) for pk, code, name, above in places],
        seats={row[0]: SeatFact(*row, *holders.get(row[0], (None, ""))) for row in seats},
        asker=viewer.pk,
    )
