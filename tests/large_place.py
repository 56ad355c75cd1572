"""A place as large as one chart has to hold: 40 departments, 150 seats and more, twelve councils on three levels."""

from councils.models import Council, CouncilKind
from councils.services import councils
from governance.models import Department, ExecutiveSponsor, Person, SeatKind, TenureRole
from governance.services import departments, people, seats
from tests.factories import Town, projected_once

ABOVE = (
    "Customer service", "Motor insurance", "Home & contents", "Life & pensions", "Health and income protection",
    "Brokers and partners", "International",
)  # fmt: skip
BELOW = ("Operations", "Product & pricing", "Complaints and customer relations", "Data, reporting & insight")
GIVEN = (
    "Anneliese",
    "Bartholomeus",
    "Chiara",
    "Dmitri",
    "Eszter",
    "Folasade",
    "Gwenllian",
    "Hyacinth",
    "Ingvild",
    "静怡",
)
FAMILY = ("van der Westhuizen", "Ó Súilleabháin", "Papadopoulos", "Nakamura", "Silva e Souza", "Wójcik", "陈")
BODIES = (
    ("Executive committee", ""), ("CX governance council", "Executive committee"),
    ("Culture and employee experience council", "Executive committee"),
    ("Centre of excellence for journeys", "CX governance council"), ("Core team", "CX governance council"),
    ("Claims squad", "Core team"), ("Onboarding squad", "Core team"), ("Digital self-service squad", "Core team"),
    ("Complaints forum", "CX governance council"), ("Broker experience council", "CX governance council"),
    ("Voice of the customer board", "Executive committee"), ("International CX council", "Executive committee"),
)  # fmt: skip


class LargePlace:
    """Grown from a town through its services; one department has no champion, one head left, one council no chair."""

    def __init__(self, town: Town) -> None:
        self.town, self.made = town, 0
        self.councils: dict[str, Council] = {}
        with projected_once(town.now):
            ex = town.seat(SeatKind.EX_SPONSOR, town.root, self.person(), title="EX executive sponsor")
            self.sponsors = [town.exec_sponsor, ExecutiveSponsor.objects.get(pk=ex.pk)]
            self._departments()
            for number, (name, above) in enumerate(BODIES):
                self._council(number, name, above)

    def person(self) -> Person:
        self.made += 1
        name = f"{GIVEN[self.made % 10]} {FAMILY[self.made % 7]}"
        return people.add(email=f"large.{self.made}@harbourline.example", name=name, by=None, now=self.town.now)

    def _departments(self) -> None:
        for number, name in enumerate(ABOVE):
            top = self._department(f"T{number}", name, None)
            for place, part in enumerate(BELOW):
                self._department(f"T{number}-{place}", f"{part}, {name}", top)
        self._department("TRA", "Transformation office", None)

    def _department(self, code: str, name: str, parent: Department | None) -> Department:
        now = self.town.now
        made = departments.create(code=code, name=name, parent=parent, by=None, now=now)
        for kind in (SeatKind.HEAD, SeatKind.CHAMPION):
            if code == "TRA" and kind == SeatKind.CHAMPION:
                continue
            seat = seats.found(kind=kind, department=made, by=None, now=now)
            if code == "T2-1" and kind == SeatKind.HEAD:
                continue  # vacant
            role = TenureRole.DEPUTY if code == "T1-2" else TenureRole.HOLDER
            seats.seat_person(seat=seat, person=self.person(), role=role, by=None, now=now)
        return made

    def _council(self, number: int, name: str, above: str) -> None:
        now = self.town.now
        self.councils[name] = made = councils.found(
            name=name,
            kind=CouncilKind.SQUAD,
            department=self.town.root,
            sponsor=self.sponsors[number % 2],
            charter=self.town.charter,
            parent=self.councils.get(above),
            chair=self.person() if number != 8 else None,
            secretary=self.person(),
            by=None,
            now=now,
        )
        for place in range(4 + number % 2):
            councils.add_member(council=made, person=self.person() if place != 3 else None, by=None, now=now)
