"""For random organisations and readers: what a reader may not see changes nothing of what they read.

A figure over exactly what somebody may see is one that stays the same whatever becomes of everything else. So pages,
sheets and answers of the API are read twice, before and after a stretch of a confidential council's life, by somebody
who does not belong to it; whoever belongs to it must see that something happened, or nothing was tried. Then what is
told of conduct on all pages at once is attacked by linear algebra.
"""

import random
import re
from collections.abc import Callable
from datetime import date
from difflib import unified_diff
from fractions import Fraction
from itertools import combinations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.figures import OFFERED
from actions.models import ActionItem, DrawnEntry, RecordDraw, Theme
from actions.queries import conduct, record
from actions.queries.cohorts import cohorts
from actions.queries.scope import Period
from actions.services import blockers, requests
from actions.services import help as helping
from actions.suppression import Case
from governance import access
from governance.models import Department, Person, SeatKind
from governance.services import subjects
from tests.actions.test_department_review import LATER, NOW, Whole
from tests.actions.test_record import CHECKED
from tests.actions.test_two_partitions import gives_away
from tests.engines import examples
from tests.factories import EPOCH, Town

pytestmark = pytest.mark.django_db


class Organisation(Whole):
    """The departments' year, and what a confidential council does beside it when asked to ``go_on``."""

    def year(self) -> None:
        super().year()
        self.draw = RecordDraw.objects.create(
            first_on=date(2025, 10, 1), last_on=date(2026, 9, 30), begun_at=NOW, drawn_at=NOW
        )
        self.second = self.town.seat(SeatKind.OTHER, self.town.legal, self.quiet.members[2], title="Second")
        crowd = [self.town.person(f"Doer {number}") for number in range(9)]
        for department in (self.town.claims, self.town.digital, self.app):
            for number in range(self.chance.randint(8, 20)):
                self.remember(self.chance.choice(self.actions), department, crowd[number % 9])

    def remember(self, action: ActionItem, department: Department, person: Person) -> None:
        """A promise and an answer that were drawn up for the promise record."""
        for kind in ("promise", "answer"):
            DrawnEntry.objects.create(
                draw=self.draw, kind=kind, subject=action.subject, department=department, person=person,
                verdict=self.chance.choice(["kept", "missed"]), settled_on=date(2026, self.chance.randint(1, 9), 5),
                given_on=date(2025, self.chance.randint(10, 12), 5), slip=self.chance.randint(0, 9),
            )  # fmt: skip

    def go_on(self) -> None:
        """Work, money, blockers, help, requests, themes and records that nobody outside of the council may see."""
        seat, owner = self.seats[False][0], self.quiet.chair
        own = [one for one in self.envelopes if one.council_id == self.quiet.council.pk and one.closed_at is None]
        for number in range(6):
            action = self.act(self.quiet)
            self.pay(action, self.chance.choice(own))
            if action.state == "accepted":
                blockers.block(action=action, reason="r", by=owner, now=NOW)
                helping.ask(action=action, asked=self.town.sponsor_seat, words="Help", by=owner, now=NOW)
            if number % 2:
                self.verify(action)
            self.remember(action, self.chance.choice(list(Department.objects.all())), self.quiet.chair)
        made = requests.ask(
            title="Need", to=self.second, seat=seat, asked_for=date(2026, 11, 9), by=owner,
            now=EPOCH,
        )  # fmt: skip
        subjects.show_to(made.subject, [self.quiet.council.pk])
        theme = subjects.create("theme", title="Hush", now=EPOCH, audience=[self.quiet.council.pk])
        Theme.objects.create(subject=theme, name="Hush")

    def outside(self) -> list[Person]:
        town = self.town
        return [
            town.lead, self.open.members[3], town.champions[town.claims.pk], town.heads[town.digital.pk],
            town.person("Out Sider"),
        ]  # fmt: skip


def addresses(organisation: Organisation) -> list[str]:
    """Pages of figures, their sheets, answers of the API: as they come, narrowed by one thing and by two."""
    town = organisation.town
    claims, digital = town.claims.reference, town.digital.reference
    council = organisation.open.council.reference
    one = [
        f"within={claims}", f"within={digital}", f"council={council}", f"sponsor={town.sponsor_seat.reference}",
        *(f"period={period}" for period in Period),
    ]  # fmt: skip
    two = [f"{this}&{that}" for this, that in combinations(one, 2) if this.split("=")[0] != that.split("=")[0]]
    found = [f"/review/{some}" for some in ("", *(f"?{some}" for some in one))]
    found += [f"/api/v1/review/?{some}" for some in organisation.chance.sample(two, 6)]
    found += [
        f"/review/{page}" for page in ("not-acted/", "not-acted.csv", "trends/", "trends.csv", "resources/", "packs/")
    ]
    found += [f"/review/departments/{place}/{below}" for place in (claims, digital) for below in ("", "?below=1")]
    found += [f"/api/v1/departments/{place}/review/?below=1" for place in (claims, digital)]
    found += [f"/review/resources/?within={claims}", f"/review/resources/?council={council}"]
    found += [f"/actions/?figure={figure}" for figure in organisation.chance.sample(OFFERED, 6)]
    found += [
        "/promise-record/",
        "/owes/",
        "/actions/sheet/",
        "/requests/",
        "/themes/",
        "/outcomes/",
        "/search/?q=Hush",
    ]
    found += [
        f"/api/v1/{name}/"
        for name in ("trends", "resources", "promise-record", "who-owes-whom", "not-acted", "envelopes")
    ]
    return found


ANEW = re.compile(r'(csrfmiddlewaretoken" value="|nonce[-="]+|X-CSRFToken": ")[A-Za-z0-9+/=_-]+')
"""What is another word at each look."""


def read(reader: Person, asked: list[str], client_for: Callable[[Person], Client]) -> dict[str, str]:
    """What each address answers, in a browser that has not looked before."""
    told, client = {}, client_for(reader)
    session = client.cookies["sessionid"].value
    for address in asked:
        client.cookies.clear()
        client.cookies["sessionid"] = session
        answer = client.get(address)
        body = answer.getvalue() if answer.streaming else answer.content
        told[address] = f"{answer.status_code} {ANEW.sub('', body.decode('utf-8-sig'))}"
    return told


def differing(before: str, after: str) -> list[str]:
    """The lines that are in one of them alone."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line.strip("+- ") and not line.startswith(("---", "+++", "@@"))]


CHANGING = [
    "/review/",
    "/actions/",
    "/review/resources/",
    "/review/trends/",
    "/api/v1/review/",
    "/requests/",
    "/themes/",
]
"""What must be another page for whoever belongs to the confidential council."""


@pytest.mark.once
@pytest.mark.parametrize("seed", [3, 11])
def test_what_a_reader_may_not_see_changes_nothing_of_what_they_read(seed: int, client_for, time_machine) -> None:
    time_machine.move_to(LATER, tick=False)
    organisation = Organisation(seed)
    organisation.year()
    asked, reader = addresses(organisation), organisation.chance.choice(organisation.outside())
    before, inside = read(reader, asked, client_for), read(organisation.quiet.chair, CHANGING, client_for)
    assert sum(told.startswith("200 ") for told in before.values()) > len(asked) / 2
    organisation.go_on()
    after = read(reader, asked, client_for)
    assert {one: differing(before[one], after[one]) for one in asked if before[one] != after[one]} == {}
    now = read(organisation.quiet.chair, CHANGING, client_for)
    assert [one for one in CHANGING if now[one] == inside[one]] == []


# --- what is told of conduct, on all pages at once -------------------------------------------------------------------


def told_of_conduct(reader: Person, kind: str, cases: list[Case]) -> list[list[Fraction]]:
    """Every sum that some page tells of promises (or of answers), each as the cells of department and month in it."""
    cells = sorted({(case.row, case.column) for case in cases})
    found = conduct.by_department(reader, CHECKED)
    assert found is not None
    by_name = {department.name: department.pk for department in Department.objects.all()}
    if kind == "answer":
        rows = {by_name[row.department] for row in found.rows if row.answers}
        sums = [{cell for cell in cells if cell[0] == key} for key in rows]
        return [[Fraction(cell in one) for cell in cells] for one in [*sums, *([set(cells)] if found.answers else [])]]
    whole, months = record.of_departments(reader, CHECKED), cohorts(reader, CHECKED, found.period)
    rows = {by_name[row.department] for row in found.rows if row.figures}
    rows |= {row.department.pk for row in whole.rows if row.figures}
    columns = {row.month.toordinal() for row in months.rows if row.figures}
    sums = [{cell for cell in cells if cell[0] == key} for key in rows]
    sums += [{cell for cell in cells if cell[1] == key} for key in columns]
    if found.figures or whole.total or months.total:
        sums.append(set(cells))
    return [[Fraction(cell in one) for cell in cells] for one in sums]


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_nothing_about_few_can_be_worked_out_from_all_pages_together(town: Town, chance: random.Random) -> None:
    RecordDraw.objects.all().delete()
    draw = RecordDraw.objects.create(
        first_on=date(2025, 12, 1), last_on=date(2026, 11, 30), begun_at=CHECKED, drawn_at=CHECKED
    )
    hidden = subjects.create("theme", title="Hush", now=EPOCH, audience=[town.legal.pk])
    people = list(Person.objects.order_by("pk")[:9])
    for department in (town.claims, town.digital, town.legal):
        doers = chance.sample(people, chance.randint(1, 7))
        for month in (1, 2, 3):
            many = chance.choice([0, 1, 2, 6, 11, 14])
            DrawnEntry.objects.bulk_create(
                DrawnEntry(
                    draw=draw, kind=chance.choice(["promise", "promise", "answer"]), person=chance.choice(doers),
                    subject=hidden if chance.random() < 0.2 else department.subject, department=department,
                    verdict=chance.choice(["kept", "missed", "renegotiated"]), given_on=date(2026, month, 4),
                    settled_on=date(2026, month + chance.randint(0, 8), 5), slip=0,
                )
                for _number in range(many)
            )  # fmt: skip
    for reader in (town.lead, town.champions[town.legal.pk], town.heads[town.claims.pk]):
        for kind in ("promise", "answer"):
            entries = [
                one for one in DrawnEntry.objects.filter(kind=kind).select_related("subject")
                if access.may_see(reader, one.subject_id, CHECKED)
            ]  # fmt: skip
            cases = [Case(one.department_id, one.given_on.replace(day=1).toordinal(), one.person_id) for one in entries]
            if entries:
                assert gives_away(cases, told_of_conduct(reader, kind, cases)) is None
