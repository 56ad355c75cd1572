"""Duties in numbers, made without the services that would need a minute for a thousand of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Max

from governance.models import Calendar, CalendarDay, CharterState, CharterVersion, Duty, Person, Seat, Subject
from governance.services.subjects import audience_of
from governance.sql import ladders
from notifications.models import Preference
from notifications.reach import AT_ONCE
from tests.factories import Town


def rules_of(town: Town) -> CharterVersion:
    return CharterVersion.objects.get(charter=town.charter, state=CharterState.IN_FORCE)


def owe(
    town: Town,
    number: int,
    *,
    due_on: date | None,
    seat: Seat | None = None,
    overseer_id: int | None = None,
    kind: str = "keep",
    subject_kind: str = "action",
    calendar: Calendar | None = None,
) -> list[Duty]:
    """``number`` open duties of one seat (the champion of Claims), each about a thing of its own."""
    seat = seat or town.champion_seats[town.claims.pk]
    audience = audience_of([town.claims.pk] if overseer_id is None else [town.claims.pk, overseer_id])
    start = (Subject.objects.aggregate(last=Max("pk"))["last"] or 0) + 5000
    subjects = Subject.objects.bulk_create(
        [
            Subject(
                kind=subject_kind,
                reference=f"ACT-{start + place}",
                title=f"Promise {place}",
                audience=audience,
                created_at=town.now,
            )
            for place in range(number)
        ]
    )
    duties = Duty.objects.bulk_create(
        [
            Duty(
                subject=subject,
                kind=kind,
                seat=seat,
                overseer_id=overseer_id,
                calendar=calendar or Calendar.objects.get(),
                charter_version=rules_of(town),
                opened_at=town.now,
                due_on=due_on,
            )
            for subject in subjects
        ]
    )
    ladders.schedule([duty.pk for duty in duties])
    return list(Duty.objects.filter(pk__in=[duty.pk for duty in duties]).order_by("pk"))


def working_days_after(day: date, days: int) -> date:
    """By a second way than the product's: count the working days one by one."""
    calendar = Calendar.objects.get()
    works = set(CalendarDay.objects.filter(calendar=calendar, is_working=True).values_list("day", flat=True))
    step = 1 if days > 0 else -1
    while days:
        day += timedelta(days=step)
        if day in works:
            days -= step
    return day


def states(rows: Sequence[Duty]) -> list[tuple[int, datetime | None]]:
    return [(duty.rung, duty.next_at) for duty in rows]


def mailed_at_once(*people: Person) -> None:
    """Let these be mailed when something happens, within their hours: for tests of what a mail says, not of when."""
    for person in people:
        Preference.objects.update_or_create(person=person, defaults={"cadence": AT_ONCE})
