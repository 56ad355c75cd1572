"""Whatever happens to seats: tenures never overlap, nothing is nobody's, access follows, vacancies are owed.

Everything is compared with a second, slow derivation that reads nothing but rows.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.models import ActionItem
from actions.queries import handover as handover_queries
from actions.services import handover, items
from councils.models import Council
from governance import access
from governance.models import Duty, Person, Seat, SeatKind, Tenure
from governance.queries.duties import my_moves
from governance.queries.seats import movers
from governance.services import people, seats
from notifications.services.sweep import sweep
from tests.access.test_grants import Life as Deeds
from tests.access.test_grants import slow_rights, stored_rights
from tests.engines import examples
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


# --- the second derivation: rows alone --------------------------------------------------------------------------------


class Rows:
    """Every seat and tenure, read once; each question answered in the plainest way."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.seats = {seat.pk: seat for seat in Seat.objects.select_related("subject")}
        self.tenures = list(Tenure.objects.select_related("person").order_by("pk"))

    def running(self, seat: int, role: str) -> list[Person]:
        return [
            one.person
            for one in self.tenures
            if one.seat_id == seat
            and one.role == role
            and one.person.is_active
            and one.from_at <= self.now
            and (one.until_at is None or one.until_at > self.now)
        ]

    def is_here(self, person: Person) -> bool:
        return person.away_until is None or self.now.astimezone(ZoneInfo(person.zone)).date() > person.away_until

    def sits(self, seat: int) -> int | None:
        present = [one for role in ("holder", "deputy") for one in self.running(seat, role) if self.is_here(one)]
        return present[0].pk if present else None

    def answers(self, seat: int) -> int | None:
        """The holder, the deputy, whoever fills it, and so on; the CX lead, a sponsor, an administrator."""
        line, link = [seat], self.seats[seat].filled_by_id
        while link is not None and link not in line:
            line.append(link)
            link = self.seats[link].filled_by_id
        for kind in ("cx_lead", "cx_sponsor", "ex_sponsor", "administrator"):
            line += sorted(pk for pk, one in self.seats.items() if one.kind == kind)
        return next((self.sits(one) for one in line if self.sits(one) is not None), None)

    def administrators(self) -> set[int]:
        return {
            person.pk
            for pk, seat in self.seats.items()
            if seat.kind in ("cx_lead", "administrator")
            for role in ("holder", "deputy")
            for person in self.running(pk, role)
        }

    def is_or_will_be_held(self, seat: int) -> bool:
        return any(
            one.seat_id == seat
            and one.role == "holder"
            and one.person.is_active
            and (one.until_at is None or one.until_at > self.now)
            for one in self.tenures
        )


def check(now: datetime) -> None:
    rows = Rows(now)
    for one in rows.tenures:
        for other in rows.tenures:
            if one.pk < other.pk and (one.seat_id, one.role) == (other.seat_id, other.role):
                begins = max(one.from_at, other.from_at)
                ends = [until for until in (one.until_at, other.until_at) if until is not None]
                assert ends, "two open tenures"
                assert begins >= min(ends), f"{one} {one.from_at} {one.until_at} {other.from_at} {other.until_at}"
    assert rows.administrators(), "somebody administers"
    owed = list(Duty.objects.filter(closed_at=None))
    named = movers({duty.seat_id for duty in owed}, now)
    for duty in owed:
        assert duty.seat_id in named, f"nobody answers for {duty}"
        slow = rows.answers(duty.seat_id)
        assert named[duty.seat_id].person_id == slow or (slow is None and named[duty.seat_id].person_id)
    vacant = {
        pk for pk, seat in rows.seats.items() if seat.subject.archived_at is None and not rows.is_or_will_be_held(pk)
    }
    filling = {duty.subject_id for duty in owed if duty.kind == "fill"}
    assert filling == vacant
    handing = {duty.subject_id for duty in owed if duty.kind == "hand_over"}
    assert not any(rows.running(pk, "holder") for pk in handing), "what somebody holds is handed over"
    assert access.differences() == []
    assert stored_rights(now) == slow_rights(now)


# --- what may happen -------------------------------------------------------------------------------------------------


class Life(Deeds):
    """Hires, absences, leaves, hand-overs and seatings on whatever is there by then, and time that passes."""

    def plan(self, first: int, second: int) -> None:
        """A dated tenure, from now or from a day to come, for some days or for good."""
        begins = self.now + timedelta(days=first % 4)
        until = begins + timedelta(days=1 + second % 5) if second % 3 else None
        seats.seat_person(
            seat=self.pick(Seat, first), person=self.pick(Person, second), by=None, now=self.now,
            from_at=begins, until_at=until,
        )  # fmt: skip

    def away(self, first: int, second: int) -> None:
        person = self.pick(Person, first)
        until: date | None = (self.now + timedelta(days=second % 9)).date() if second % 4 else None
        people.be_away(person=person, by=person, until=until)

    def wait(self, first: int, _second: int) -> None:
        self.now += timedelta(days=first % 7)

    def hire(self, first: int, second: int) -> None:
        self.add(first, second)
        person = Person.objects.order_by("-pk")[0]
        seats.seat_person(seat=self.pick(Seat, second), person=person, by=None, now=self.now)

    def _owed(self, kind: str, number: int) -> tuple[Seat, Person] | None:
        """One of the seats that are to be handed or taken over, and whoever does it."""
        keys = list(Duty.objects.filter(kind=kind, closed_at=None).order_by("pk").values_list("subject_id", "seat_id"))
        if not keys:
            return None
        subject, seat = keys[number % len(keys)]
        who = movers([seat], self.now)[seat].person_id
        return Seat.objects.get(pk=subject), Person.objects.get(pk=who)

    def hand_over(self, first: int, second: int) -> None:
        found = self._owed("hand_over", first)
        if found is not None:
            handover.hand_over(seat=found[0], person=self.pick(Person, second), by=found[1], now=self.now)

    def split(self, first: int, second: int) -> None:
        found = self._owed("hand_over", first)
        if found is not None:
            work = handover_queries.open_actions(found[0], found[1], self.now)[:1]
            to = {action.pk: self.pick(Seat, second) for action in work}
            handover.split(seat=found[0], to=to, by=found[1], now=self.now)

    def take_over(self, first: int, second: int) -> None:
        found = self._owed("take_over", first)
        if found is not None:
            day = (self.now + timedelta(days=1 + second)).date()
            restated = {one.action.pk: day for one in handover_queries.inherited(found[0], self.now)[: second % 2]}
            handover.take_over(seat=found[0], restated=restated, by=found[1], now=self.now)

    def do(self, deed: str, first: int, second: int) -> None:
        super().do(deed, first, second)
        sweep(self.now)


DEEDS = [
    "seat", "plan", "leave", "found", "end_access", "end_access", "hire", "away", "wait", "hand_over", "hand_over",
    "split", "take_over", "end_membership", "member",
]  # fmt: skip
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=10
)  # fmt: skip


@pytest.fixture
def settled(town: Town) -> Town:
    """With two administrators, a council, and work that runs in three seats."""
    town.seat(SeatKind.ADMINISTRATOR, town.root, town.person("Ad Ministrator"), title="Second administrator")
    council: Council = Chamber(town, name="Harbour Council", size=3).council
    for department in (town.claims, town.digital, town.legal):
        seat = town.champion_seats[department.pk]
        made: ActionItem = items.create(
            title=f"Work of {department}", seat=seat, council=council, proof="Seen.", by=town.lead, now=town.now
        )
        items.accept(
            action=made, promised_on=(town.now + timedelta(days=20)).date(), by=town.champions[department.pk],
            now=town.now,
        )  # fmt: skip
    return town


@given(happens=deeds)
@settings(
    max_examples=examples(14),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_nothing_is_nobodys(settled: Town, happens: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        life = Life(settled)
        for deed, first, second in happens:
            life.do(deed, first, second)  # a deed may be refused; the sweep behind it never is
            check(life.now)
        # By the clock alone: what was planned begins and ends, and nothing is left to nobody.
        for days in (3, 9):
            life.now += timedelta(days=days)
            sweep(life.now)
            check(life.now)
        transaction.set_rollback(True)


def test_the_derivation_can_fail(settled: Town) -> None:
    """A vacancy that nobody owes, and access that follows no tenure, are both found."""
    check(settled.now)
    seat = settled.seat(SeatKind.OTHER, settled.claims)
    Duty.objects.filter(subject_id=seat.pk).update(closed_at=settled.now)
    with pytest.raises(AssertionError):
        check(settled.now)
    sweep(settled.now)
    check(settled.now)
    Tenure.objects.filter(seat=settled.champion_seats[settled.claims.pk]).update(until_at=settled.now)
    with pytest.raises(AssertionError):
        check(settled.now)


def test_everybody_away_leaves_the_last_administrator_named(settled: Town) -> None:
    Person.objects.update(away_until=(settled.now + timedelta(days=30)).date())
    owed = Duty.objects.filter(closed_at=None)
    assert owed.exists()
    assert {who.person_id for who in movers(owed.values_list("seat_id", flat=True), settled.now).values()} == {
        settled.lead.pk
    }
    assert my_moves(settled.lead, settled.now)
