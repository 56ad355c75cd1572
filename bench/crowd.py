"""An organisation with 100,000 actions, of which some people may see 10,000 and some 100: for lines about lists.

Written in bulk, past the services: what is measured is reading. Grants are projected by the gateway, as in life.
"""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

from django.core.management import call_command
from django.db import connection

from actions.models import ActionItem
from councils.models import Council
from councils.services import councils
from governance import access
from governance.models import (
    Audience,
    AudienceContainer,
    Department,
    Duty,
    ExecutiveSponsor,
    Person,
    Seat,
    SeatKind,
    Subject,
    SubjectKind,
    Tenure,
)
from governance.queries.calendars import calendar_of_seat
from governance.services import departments, duties, organisation, people, seats, sponsors, vacancies

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
DIVISIONS, BELOW, EACH, FEW = 10, 10, 1_000, 100
COUNCILS = 5
STATES = ("proposed", "accepted", "in_progress", "in_progress", "done", "verified", "verified", "cancelled")


class Crowd:
    """``dense`` heads a division of ten departments with a thousand actions each; ``sparse`` champions a small one."""

    def __init__(self, folder: Path) -> None:
        print("building 100,000 actions, which takes a while")
        if connection.vendor == "sqlite":
            connection.close()
            connection.settings_dict["NAME"] = str(folder / "actions.sqlite3")
        call_command("migrate", verbosity=0)
        self.lead = organisation.start(
            name="Large", zone="UTC", currency="EUR", country="DE", now=NOW, email="lead@large.example",
            person_name="Lead", password="correct-horse-battery-7",
        )  # fmt: skip
        with (
            mock.patch.object(access, "sync", return_value=(0, 0)),
            mock.patch.object(vacancies, "settle", return_value=0),
        ):
            self._people()
        access.sync()
        self._actions()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _people(self) -> None:
        self.places: list[Department] = []
        for number in range(DIVISIONS):
            above = departments.create(code=f"V{number}", name=f"Division {number}", by=None, now=NOW)
            head = self._seat(SeatKind.HEAD, above, f"Head {number}")
            if number == 0:
                self.dense = head
            for below in range(BELOW):
                name = f"Department {number}-{below}"
                self.places.append(
                    departments.create(code=f"D{number}-{below}", name=name, parent=above, by=None, now=NOW)
                )
        small = departments.create(code="SMALL", name="Small", by=None, now=NOW)
        self.places.append(small)
        self.owners: dict[int, Seat] = {}
        for place in self.places:
            person = self._seat(SeatKind.CHAMPION, place, f"Champion of {place.code}")
            self.owners[place.pk] = Seat.objects.get(pk=Tenure.objects.get(person=person).seat_id)
        self.sparse = person
        sponsor = self._seat(SeatKind.CX_SPONSOR, small, "Sponsor")
        seat = Tenure.objects.get(person=sponsor).seat
        sponsors.pledge(
            sponsor=ExecutiveSponsor.objects.get(pk=seat.pk), by=None, now=NOW, response_days=3, attendance_pledge=75,
            checkins_a_quarter=3, funding_authority=100,
        )  # fmt: skip
        self.councils: list[Council] = [
            councils.found(
                name=f"Council {number}",
                kind="governance",
                department=self.places[number],
                sponsor=ExecutiveSponsor.objects.get(pk=seat.pk),
                by=None,
                now=NOW,
            )
            for number in range(COUNCILS)
        ]

    @staticmethod
    def _seat(kind: str, department: Department, name: str) -> Person:
        email = f"{name.lower().replace(' ', '.')}@large.example"
        person = people.add(email=email, name=name, by=None, now=NOW)
        seat = seats.found(kind=kind, department=department, by=None, now=NOW, title=name)
        seats.seat_person(seat=seat, person=person, by=None, now=NOW)
        return person

    def _actions(self) -> None:
        dice, rules = random.Random(4), duties.default_rules()
        audiences = {
            (place.pk, council.pk): self._audience(place.pk, council.pk)
            for place in self.places
            for council in self.councils
        }
        rows = [
            (place, dice.choice(self.councils))
            for place in self.places
            for _number in range(FEW if place.code == "SMALL" else EACH)
        ]
        dice.shuffle(rows)
        calendar = calendar_of_seat(self.owners[self.places[0].pk])
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            subjects = Subject.objects.bulk_create(
                [
                    Subject(
                        kind=SubjectKind.ACTION,
                        reference=f"ACT-{number}",
                        title=f"Work {number} on the promise",
                        audience_id=audiences[place.pk, council.pk],
                        created_at=NOW,
                    )
                    for number, (place, council) in enumerate(part, start=2_000 + start)
                ]
            )
            made = []
            for subject, (place, council) in zip(subjects, part, strict=True):
                state, day = dice.choice(STATES), NOW.date() + timedelta(days=dice.randrange(-200, 200))
                made.append(self._action(subject, place, council, state, day))
            ActionItem.objects.bulk_create(made, batch_size=1_000)
            Duty.objects.bulk_create(
                [
                    Duty(
                        subject_id=action.subject_id,
                        kind="keep",
                        seat_id=action.seat_id,
                        calendar=calendar,
                        charter_version=rules,
                        opened_at=NOW,
                        due_on=action.promised,
                        overseer_id=action.council_id,
                    )
                    for action in made
                    if action.state not in ("verified", "cancelled")
                ],
                batch_size=1_000,
            )

    def _action(self, subject: Subject, place: Department, council: Council, state: str, day: date) -> ActionItem:
        ran = state in ("accepted", "in_progress", "done", "verified")
        return ActionItem(
            subject=subject, seat=self.owners[place.pk], department=place, council=council, proof="It is seen.",
            state=state, health="on_track" if ran else "unknown", promised=day if ran else None,
            accepted_at=NOW if ran else None, done_at=NOW if state in ("done", "verified") else None,
            verified_at=NOW if state == "verified" else None,
        )  # fmt: skip

    @staticmethod
    def _audience(*containers: int) -> int:
        audience, is_new = Audience.objects.get_or_create(key=",".join(map(str, sorted(containers))))
        if is_new:
            AudienceContainer.objects.bulk_create(
                AudienceContainer(audience=audience, container_id=container) for container in containers
            )
        return int(audience.pk)


_built: list[Crowd] = []


def crowd(folder: Path) -> Crowd:
    """The crowd of this run: built once for all the lines that ask for it."""
    if not _built:
        _built.append(Crowd(folder))
    return _built[0]
