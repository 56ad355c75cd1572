"""The organisation that faults happen to: many readers who want their mail at once, and deeds of two kinds.

What follows from a deed is worked out by hand here: who sits where was said when the world was built, and nothing of
what rules, ladders and outbox make of it is asked.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from governance.api.tokens import issue
from governance.models import Calendar, Duty, Person, SeatKind
from governance.services import calendars, subjects
from governance.sql import ladders
from notifications.models import Message, MessageState, Preference
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town, projected_once
from tests.notifications.building import rules_of

MORE_DEPARTMENTS = 5


@dataclass(frozen=True)
class Post:
    """A department: the seat that owes, who sits there, and who is asked when they are late."""

    department: int
    seat: int
    reference: str
    owner: str
    head: str


@dataclass
class World:
    posts: list[Post]
    council: str
    token: str
    rules: int
    calendar: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "World":
        return cls(**{**kept, "posts": [Post(**post) for post in kept["posts"]]})


def at_once(person: Person) -> Preference:
    """What a reader chooses who wants every mail when it is due: at any hour, and not once a day."""
    chosen = Preference(person=person, from_hour=0, until_hour=24)
    for column in Preference._meta.get_fields():
        for value, _label in getattr(column, "choices", None) or ():
            if str(value) in ("at_once", "once", "now", "immediate", "immediately", "each"):
                setattr(chosen, column.name, value)
    return chosen


def build() -> World:
    """Found the town a month ago, let what it owes by itself be said, and start with nothing waiting."""
    now = timezone.now()
    town = Town(now - timedelta(days=30))
    for calendar in Calendar.objects.all():  # every day works, so that it does not matter on which this is run
        calendar.country, calendar.subdivision, calendar.working_week = "", "", "1111111"
        calendar.send_hour = 0
        # The day that it is in UTC, eleven hours from its end at least: at midnight the next rung of everything falls.
        calendar.zone = "Etc/GMT+12" if now.hour >= 12 else "UTC"
        calendar.save()
        calendars.build(calendar, today=now.date())
    with projected_once(now):
        for number in range(MORE_DEPARTMENTS):
            place = town.department(f"M{number}", f"Department {number}")
            head, owner = town.person(f"Head {number}"), town.person(f"Owner {number}")
            town.heads[place.pk], town.champions[place.pk] = head, owner
            town.seat(SeatKind.HEAD, place, head, title=f"Head {number}")
            town.champion_seats[place.pk] = town.seat(SeatKind.CHAMPION, place, owner, title=f"Owner {number}")
    chamber = Chamber(town, name="CX Council", size=3)
    Preference.objects.all().delete()
    Preference.objects.bulk_create([at_once(person) for person in Person.objects.all()])
    sweep(now)
    Message.objects.update(state=MessageState.SETTLED, settled_at=now)
    return World(
        posts=[
            Post(
                department=place,
                seat=seat.pk,
                reference=seat.subject.reference,
                owner=town.champions[place].email,
                head=town.heads[place].email,
            )
            for place, seat in town.champion_seats.items()
        ],
        council=chamber.council.subject.reference,
        token=issue(person=town.lead, label="faults", now=now, may_write=True),
        rules=rules_of(town).pk,
        calendar=Calendar.objects.values_list("pk", flat=True).get(),
    )


def owe(world: World, post: Post, marks: list[str], *, due_on: date, now: datetime) -> None:
    """Promises of one seat that are due on a day, one a mark."""
    titles = [f"Promise {mark}" for mark in marks]
    about = subjects.create_many("action", titles=titles, now=now, audience=[post.department])
    duties = Duty.objects.bulk_create(
        [
            Duty(
                subject=subject,
                kind="keep",
                seat_id=post.seat,
                calendar_id=world.calendar,
                charter_version_id=world.rules,
                opened_at=now,
                due_on=due_on,
            )
            for subject in about
        ]
    )
    ladders.schedule([duty.pk for duty in duties])
