"""Builds a small organisation through the services, as a person would have set it up.

``Town`` is one organisation with departments, people in seats and two councils; a test takes what it needs and acts
through services. Nothing here asks the clock: the town was founded at ``EPOCH``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from councils.models import Council, Membership
from governance import access
from governance.clauses import DecisionRight, Ladder, Promising, Quorum, Rules, Step
from governance.models import Charter, Department, ExecutiveSponsor, Organisation, Person, Seat, SeatKind, TenureRole
from governance.services import (
    charters,
    departments,
    organisation,
    people,
    seats,
    sponsors,
    successions,
    vacancies,
)

# A Monday, 09:00 in Amsterdam, before any daylight-saving change in reach of a test's few weeks.
EPOCH = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery-7"

LADDER = Ladder(
    (
        Step("keep", -2, "owner"),
        Step("keep", 2, "head"),
        Step("keep", 5, "sponsor"),
        Step("keep", 8, "council"),
        Step("accept", 2, "head"),
        Step("verify", 2, "sponsor"),
        Step("answer", 2, "head"),
    )
)


@contextmanager
def projected_once(now: datetime = EPOCH) -> Iterator[None]:
    """Set many facts, then project grants and vacancies from them once: what each service would have done each time."""
    with (
        mock.patch.object(access, "sync", return_value=(0, 0)),
        mock.patch.object(vacancies, "settle", return_value=0),
        mock.patch.object(successions, "settle", return_value=0),
    ):
        yield
    access.sync()
    vacancies.settle(now)


class Town:
    """An insurer's CX governance: an executive committee, a governance council below it, three departments."""

    def __init__(self, now: datetime = EPOCH, *, limit: int = 400_000, renewals: int = 0) -> None:
        self.now, self.renewals = now, renewals
        self.lead = organisation.start(
            name="Harbourline Mutual",
            zone="Europe/Amsterdam",
            currency="EUR",
            country="NL",
            now=now,
            email="priya.raman@harbourline.example",
            person_name="Priya Raman",
            password=PASSWORD,
        )
        self.root = self._root()
        with projected_once(now):
            self._settle(limit)

    def _settle(self, limit: int) -> None:
        now = self.now
        self.claims = self.department("CLM", "Claims")
        self.digital = self.department("DIG", "Digital & App")
        self.legal = self.department("LEG", "Legal & Compliance")
        self.sponsor = self.person("Ingrid Solheim")
        self.sponsor_seat = self.seat(SeatKind.CX_SPONSOR, self.root, self.sponsor, title="CX executive sponsor")
        self.exec_sponsor: ExecutiveSponsor = ExecutiveSponsor.objects.get(pk=self.sponsor_seat.pk)
        sponsors.pledge(
            sponsor=self.exec_sponsor,
            by=None,
            now=now,
            response_days=3,
            attendance_pledge=75,
            checkins_a_quarter=3,
            funding_authority=100_000_000,
        )
        self.heads: dict[int, Person] = {}
        self.champions: dict[int, Person] = {}
        self.champion_seats: dict[int, Seat] = {}
        for department, head, champion in (
            (self.claims, "Joel Brandt", "Fatima El Idrissi"),
            (self.digital, "Tomasz Wieczorek", "Amara Okafor"),
            (self.legal, "Sanne de Wit", "Yi-Ching Chen"),
        ):
            self.heads[department.pk] = self.person(head)
            self.seat(SeatKind.HEAD, department, self.heads[department.pk], title=f"Head of {department.name}")
            self.champions[department.pk] = self.person(champion)
            self.champion_seats[department.pk] = self.seat(
                SeatKind.CHAMPION, department, self.champions[department.pk], title=f"Champion, {department.name}"
            )
        self.rules = Rules(
            quorum=Quorum(minimum=5, chair_required=True),
            right=DecisionRight(per_decision=limit, currency="EUR"),
            ladder=LADDER,
            promising=Promising(renewals=self.renewals),
        )
        self.charter = self.charter_in_force("Charter of the CX governance council", self.rules)

    @staticmethod
    def _root() -> Department:
        root = Organisation.objects.select_related("root").get().root
        assert root is not None
        return root

    def department(self, code: str, name: str, parent: Department | None = None) -> Department:
        return departments.create(code=code, name=name, parent=parent, by=self.lead, now=self.now)

    def person(self, name: str, **fields: Any) -> Person:
        email = f"{name.lower().replace(' ', '.')}@harbourline.example"
        return people.add(email=email, name=name, by=None, now=self.now, password=PASSWORD, **fields)

    def seat(
        self, kind: str, department: Department, person: Person | None = None, *, title: str = "", deputy: Any = None
    ) -> Seat:
        seat = seats.found(kind=kind, department=department, by=None, now=self.now, title=title)
        if person is not None:
            seats.seat_person(seat=seat, person=person, by=None, now=self.now)
        if deputy is not None:
            seats.seat_person(seat=seat, person=deputy, by=None, now=self.now, role=TenureRole.DEPUTY)
        return seat

    def charter_in_force(self, title: str, rules: Rules) -> Charter:
        version = charters.draft(title=title, rules=rules, by=None, now=self.now)
        return charters.ratify(version=version, by=None, now=self.now).charter

    def rule_anew(self, rules: Rules) -> None:
        """Put another version of the council's charter into force."""
        version = charters.draft(title="", charter=self.charter, rules=rules, by=None, now=self.now)
        charters.ratify(version=version, by=None, now=self.now)

    def council_of_nine(self, *, confidential: bool = False, parent: Council | None = None) -> "Chamber":
        """A council with chair, secretary and seven members, all seated."""
        return Chamber(self, name="CX Governance Council", parent=parent, confidential=confidential, size=9)


class Chamber:
    """A council with everybody in their seats: ``members[0]`` chairs, ``members[1]`` is the secretary."""

    def __init__(
        self, town: Town, *, name: str, size: int, parent: Council | None = None, confidential: bool = False
    ) -> None:
        from councils.services import councils

        self.town = town
        self.council = councils.found(
            name=name,
            kind="governance",
            department=town.root,
            sponsor=town.exec_sponsor,
            charter=town.charter,
            parent=parent,
            is_confidential=confidential,
            by=town.lead,
            now=town.now,
        )
        with projected_once(town.now):
            self._fill(name, size)

    def _fill(self, name: str, size: int) -> None:
        from councils.services import councils

        town = self.town
        for _number in range(size - 2):
            councils.add_member(council=self.council, by=town.lead, now=town.now)
        self.memberships: list[Membership] = list(
            Membership.objects.filter(council=self.council).select_related("seat__subject").order_by("seat_id")
        )
        order = {SeatKind.CHAIR: 0, SeatKind.SECRETARY: 1}
        self.memberships.sort(key=lambda membership: (order.get(SeatKind(membership.seat.kind), 2), membership.pk))
        self.members: list[Person] = []
        for number, membership in enumerate(self.memberships, start=1):
            person = town.person(f"{name.split()[0]} Member{number}")
            seats.seat_person(seat=membership.seat, person=person, by=None, now=town.now)
            self.members.append(person)

    @property
    def chair(self) -> Person:
        return self.members[0]

    @property
    def secretary(self) -> Person:
        return self.members[1]
