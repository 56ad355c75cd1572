"""Grants follow facts: whatever happens to seats, councils and people, they equal a second, slow derivation."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from councils.models import Council, CouncilGrant, Membership
from councils.services import councils
from governance import access
from governance.access import running
from governance.errors import DomainError
from governance.models import Department, DepartmentGrant, Organisation, Person, Seat, SeatKind, Tenure
from governance.services import departments, people, seats
from tests.engines import examples
from tests.factories import Chamber, Town

WIDE = {"cx_sponsor", "ex_sponsor", "cx_lead", "core_team", "administrator", "auditor"}


# --- the second derivation: models alone, one person and one container at a time -------------------------------------


def slow_rights(now: datetime) -> set[tuple[int, str, int]]:
    """``(person, permission, container)`` for every pair, asked in the plainest way."""
    found = set()
    for person in Person.objects.filter(is_active=True):
        mine = [
            tenure.seat
            for tenure in Tenure.objects.filter(person=person).select_related("seat")
            if tenure.from_at <= now and (tenure.until_at is None or tenure.until_at > now)
        ]
        for department in Department.objects.all():
            found |= {(person.pk, f"{verb}_department", department.pk) for verb in in_department(mine, department)}
        for council in Council.objects.select_related("parent"):
            found |= {(person.pk, f"{verb}_council", council.pk) for verb in in_council(mine, council)}
    return found


def in_department(mine: list[Seat], department: Department) -> set[str]:
    above = set()
    place: Department | None = department
    while place is not None:
        above.add(place.pk)
        place = place.parent
    verbs = {"view"} if department.pk == Organisation.objects.get().root_id else set()
    for seat in mine:
        if seat.department_id == department.pk or seat.kind in WIDE:
            verbs.add("view")
        if seat.kind in {"cx_lead", "core_team"}:
            verbs.add("triage")
        if seat.kind in {"cx_lead", "administrator"}:
            verbs.add("lead")
        if seat.kind == "head" and seat.department_id in above:
            verbs |= {"view", "lead", "answer", "triage"}
        if seat.kind == "champion" and seat.department_id == department.pk:
            verbs |= {"answer", "report"}
    return verbs


def in_council(mine: list[Seat], council: Council) -> set[str]:
    verbs = set()
    for seat in mine:
        membership = Membership.objects.filter(seat=seat, ended_at=None).first()
        sits = membership is not None and membership.council_id == council.pk
        above = membership is not None and membership.council_id == council.parent_id and not council.is_confidential
        if sits or above:
            verbs.add("view")
        if sits and membership is not None and membership.votes:
            verbs.add("vote")
        if sits and seat.kind in {"chair", "secretary"}:
            verbs |= {"prepare", "record"}
        if above and seat.kind == "chair":
            verbs.add("fund")
        if seat.pk == council.sponsor_id:
            verbs |= {"view", "fund"}
        if seat.kind in WIDE and not council.is_confidential:
            verbs.add("view")
        if seat.kind in {"cx_lead", "core_team"} and not council.is_confidential:
            verbs.add("prepare")
    return verbs


def stored_rights(now: datetime) -> set[tuple[int, str, int]]:
    rows: set[tuple[int, str, int]] = set()
    for model in (DepartmentGrant, CouncilGrant):
        rows |= set(
            model.objects.filter(running(now), user__is_active=True).values_list(
                "user_id", "permission__codename", "content_object_id"
            )
        )
    return rows


# --- what may happen -------------------------------------------------------------------------------------------------


class Life:
    """Turns numbers into deeds on whatever is there by then."""

    def __init__(self, town: Town) -> None:
        self.town, self.now = town, town.now

    def pick(self, model: Any, number: int) -> Any:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return model.objects.get(pk=keys[number % len(keys)])

    def do(self, deed: str, first: int, second: int) -> None:
        self.now += timedelta(hours=1)
        try:
            with transaction.atomic():
                getattr(self, deed)(first, second)
            event(deed)
        except DomainError:
            event(f"{deed}, refused")

    def seat(self, first: int, second: int) -> None:
        role = "deputy" if second % 3 == 0 else "holder"
        seats.seat_person(
            seat=self.pick(Seat, first), person=self.pick(Person, second), role=role, by=None, now=self.now
        )

    def leave(self, first: int, second: int) -> None:
        role = "deputy" if second % 2 else "holder"
        seats.leave(seat=self.pick(Seat, first), role=role, by=None, now=self.now)

    def found(self, first: int, second: int) -> None:
        kind = SeatKind.values[second % len(SeatKind.values)]
        seats.found(kind=kind, department=self.pick(Department, first), by=None, now=self.now)

    def end_access(self, first: int, _second: int) -> None:
        people.end_access(person=self.pick(Person, first), by=self.town.lead, now=self.now)

    def add(self, first: int, second: int) -> None:
        people.add(email=f"p{first}-{second}@harbourline.example", name=f"P {first}", by=None, now=self.now)

    def department(self, first: int, second: int) -> None:
        departments.create(
            code=f"D{first}-{second}", name=f"D {first}", parent=self.pick(Department, second), by=None, now=self.now
        )

    def place(self, first: int, second: int) -> None:
        department, parent = self.pick(Department, first), self.pick(Department, second)
        departments.place(department=department, parent=parent, by=self.town.lead, now=self.now)

    def council(self, first: int, second: int) -> None:
        parent = self.pick(Council, first) if first % 2 else None
        councils.found(
            name=f"Council {first}-{second}", kind="squad", department=self.pick(Department, second), parent=parent,
            sponsor=self.town.exec_sponsor, is_confidential=second % 3 == 0, by=None, now=self.now,
        )  # fmt: skip

    def member(self, first: int, second: int) -> None:
        councils.add_member(council=self.pick(Council, first), votes=bool(second % 4), by=None, now=self.now)

    def end_membership(self, first: int, _second: int) -> None:
        membership = self.pick(Membership, first)
        by = self.town.sponsor
        councils.end_membership(membership=membership, by=by, now=self.now)


DEEDS = ["seat", "leave", "found", "end_access", "add", "department", "place", "council", "member", "end_membership"]
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=14
)  # fmt: skip


@pytest.fixture
def settled(town: Town) -> Town:
    Chamber(town, name="Harbour Council", size=4)
    Chamber(town, name="Zephyr Council", size=3, confidential=True)
    return town


@given(happens=deeds)
@settings(
    max_examples=examples(20),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_grants_equal_the_facts(settled: Town, happens: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        life = Life(settled)
        for deed, first, second in happens:
            life.do(deed, first, second)
        assert access.differences() == []
        for moment in (settled.now, life.now, life.now + timedelta(days=300)):
            # Before the last deed only dates differ, so the past is asked of tenures as they stand today.
            assert stored_rights(moment) == slow_rights(moment)
        transaction.set_rollback(True)


# --- the command, and time --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_finds_and_mends_what_drifted(settled: Town, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_access", "--check")
    assert "equal" in capsys.readouterr().out
    stolen = DepartmentGrant.objects.filter(user=settled.lead).order_by("pk").first()
    assert stolen is not None
    stolen.delete()
    with pytest.raises(CommandError, match="1 grants differ"):
        call_command("sync_access", "--check", "--json")
    assert "missing: Grant" in capsys.readouterr().out
    call_command("sync_access", "--json")
    assert '{"added": 1, "removed": 0}' in capsys.readouterr().out
    assert access.differences() == []


@pytest.mark.django_db
def test_access_begins_and_ends_by_the_clock(settled: Town) -> None:
    """No task runs in between: a tenure that is planned grants nothing before its day, and nothing after its end."""
    seat, person = settled.seat(SeatKind.CHAMPION, settled.department("NEW", "New")), settled.person("To Come")
    begins, ends = settled.now + timedelta(days=3), settled.now + timedelta(days=9)
    Tenure.objects.create(seat=seat, person=person, from_at=begins, until_at=ends)
    access.sync()
    asked = [
        access.may(person, access.REPORT, seat.department, settled.now + timedelta(days=day)) for day in (0, 2, 3, 8, 9)
    ]
    assert asked == [False, False, True, True, False]


@pytest.mark.django_db
def test_permission_on_one_container_says_nothing_of_another(settled: Town) -> None:
    champion = settled.champions[settled.claims.pk]
    assert access.may(champion, access.REPORT, settled.claims, settled.now)
    assert not access.may(champion, access.REPORT, settled.digital, settled.now)
    settled.lead.is_superuser = True
    settled.lead.save()
    secret = Council.objects.get(is_confidential=True)
    assert not access.may(settled.lead, "view_council", secret, settled.now), "nor does being a superuser"
