"""A vacancy is a duty of whoever fills the seat; it is opened and closed by the facts, also by the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from councils.services import councils
from governance import access
from governance.clauses import Ladder, Step, Terms
from governance.errors import Conflict, Invalid
from governance.models import CharterVersion, Duty, Person, Seat, SeatKind, Tenure
from governance.queries.duties import my_moves
from governance.queries.seats import cx_lead_seat, movers
from governance.services import charters, people, seats, vacancies
from governance.services.duties import default_rules
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


def owed(seat: Seat, kind: str = "fill") -> Duty | None:
    return Duty.objects.filter(subject_id=seat.pk, kind=kind, closed_at=None).select_related("seat").first()


def test_a_seat_founded_vacant_is_owed_by_the_cx_lead_within_ten_working_days(town: Town) -> None:
    seat = town.seat(SeatKind.OTHER, town.claims, title="Booking desk")
    duty = owed(seat)
    assert duty is not None
    assert duty.seat_id == cx_lead_seat().pk
    assert str(duty.due_on) == "2026-11-16"
    assert [move.kind for move in my_moves(town.lead, town.now) if move.subject_id == seat.pk] == ["fill"]


def test_whoever_fills_a_seat_owes_its_vacancy(town: Town) -> None:
    head = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    seat = seats.found(kind=SeatKind.OTHER, department=town.claims, filled_by=head, by=None, now=town.now)
    duty = owed(seat)
    assert duty is not None
    assert duty.seat_id == head.pk


def test_another_filler_owes_what_is_owed_already(town: Town) -> None:
    seat = town.seat(SeatKind.OTHER, town.claims)
    head = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    Seat.objects.filter(pk=seat.pk).update(filled_by=head)
    sweep(town.now)
    duty = owed(seat)
    assert duty is not None
    assert duty.seat_id == head.pk


def test_seating_somebody_closes_it_and_a_deputy_does_not(town: Town) -> None:
    seat = town.seat(SeatKind.OTHER, town.claims)
    seats.seat_person(seat=seat, person=town.person("De Puty"), role="deputy", by=town.lead, now=town.now)
    assert owed(seat) is not None, "a deputy only stands in"
    seats.seat_person(seat=seat, person=town.person("Ho Lder"), by=town.lead, now=town.now)
    assert owed(seat) is None
    seats.leave(seat=seat, by=town.lead, now=town.now + timedelta(days=1))
    assert owed(seat) is not None


def test_the_vacancy_of_the_cx_lead_is_the_sponsors(town: Town) -> None:
    town.seat(SeatKind.ADMINISTRATOR, town.root, town.person("Ad Min"), title="Second administrator")
    lead = cx_lead_seat()
    seats.leave(seat=lead, by=town.lead, now=town.now)
    duty = owed(lead)
    assert duty is not None
    assert duty.seat_id == town.sponsor_seat.pk


def test_a_councils_vacancies_are_the_sponsors_and_the_chairs(town: Town) -> None:
    chamber = Chamber(town, name="Zephyr Council", size=3, confidential=True)
    chair, _clerk, member = (one.seat for one in chamber.memberships)
    for seat in (chair, member):
        seats.leave(seat=seat, by=None, now=town.now)
    of_chair, of_member = owed(chair), owed(member)
    assert of_chair is not None
    assert of_member is not None
    assert (of_chair.seat_id, of_member.seat_id) == (town.sponsor_seat.pk, chair.pk)
    assert of_member.overseer_id == chamber.council.pk, "its ladder stays inside"


def test_a_councils_vacancy_is_owed_by_its_own_charter_and_overseen_by_it(town: Town) -> None:
    rules = replace(town.rules, terms=Terms(fill=4), ladder=Ladder((Step("fill", 1, "sponsor"),)))
    chamber = Chamber(town, name="Harbour Council", size=3)
    chair, clerk = (one.seat for one in chamber.memberships[:2])
    seats.leave(seat=chair, by=None, now=town.now)
    before = owed(chair)
    draft = charters.draft(title="", charter=town.charter, rules=rules, by=None, now=town.now)
    charters.ratify(version=draft, by=None, now=town.now)
    seats.leave(seat=clerk, by=None, now=town.now)
    added = councils.add_member(council=chamber.council, by=town.lead, now=town.now)
    for seat in (clerk, added.seat):
        duty = owed(seat)
        assert duty is not None
        assert (duty.charter_version.charter, duty.overseer_id) == (town.charter, chamber.council.pk)
        assert str(duty.due_on) == "2026-11-06", "four working days"
        assert duty.next_at is not None
    vacancies.settle(town.now)
    after = owed(chair)
    assert before is not None
    assert after is not None
    assert (after.pk, str(after.due_on), after.charter_version.number) == (
        before.pk,
        "2026-11-16",
        2,
    ), "the day stands, and its ladder is the new one's"


def test_once_a_provisional_charter_has_lapsed_the_default_one_says_by_when(town: Town) -> None:
    chamber = Chamber(town, name="Harbour Council", size=3)
    with mock.patch.object(CharterVersion, "has_lapsed", return_value=True):
        seats.leave(seat=chamber.memberships[2].seat, by=None, now=town.now)
    duty = owed(chamber.memberships[2].seat)
    assert duty is not None
    assert (duty.charter_version, duty.overseer_id) == (default_rules(), chamber.council.pk)


def test_an_ended_seat_is_no_vacancy(town: Town) -> None:
    chamber = Chamber(town, name="Harbour Council", size=3)
    member = chamber.memberships[2]
    councils.end_membership(membership=member, by=town.lead, now=town.now)
    assert owed(member.seat) is None


def test_a_dated_tenure_gives_access_from_its_day_to_its_day_and_leaves_a_vacancy(town: Town) -> None:
    seat, person = town.seat(SeatKind.CHAMPION, town.department("NEW", "New")), town.person("To Come")
    begins, ends = town.now + timedelta(days=3), town.now + timedelta(days=9)
    seats.seat_person(seat=seat, person=person, from_at=begins, until_at=ends, by=town.lead, now=town.now)
    assert owed(seat) is None, "somebody is named"
    asked = [
        access.may(person, access.REPORT, seat.department, town.now + timedelta(days=day)) for day in (0, 2, 3, 8, 9)
    ]
    assert asked == [False, False, True, True, False]
    sweep(ends - timedelta(minutes=1))
    assert owed(seat) is None
    sweep(ends)
    assert owed(seat) is not None


def test_whoever_has_the_seat_keeps_it_until_the_next_begins(town: Town) -> None:
    seat = town.champion_seats[town.claims.pk]
    first, later = town.champions[town.claims.pk], town.now + timedelta(days=5)
    seats.seat_person(seat=seat, person=town.person("Ne Xt"), from_at=later, by=town.lead, now=town.now)
    assert movers([seat.pk], later - timedelta(seconds=1))[seat.pk].person_id == first.pk
    assert movers([seat.pk], later)[seat.pk].name == "Ne Xt"
    seats.seat_person(seat=seat, person=town.person("So Oner"), by=town.lead, now=town.now)
    assert movers([seat.pk], later + timedelta(days=1))[seat.pk].name == "So Oner", "what was to begin never does"


@pytest.mark.parametrize(
    ("from_days", "until_days", "field"),
    [(-1, None, "from_at"), (3, 2, "until_at"), (0, 0, "until_at"), (3660, None, "from_at"), (0, 3660, "until_at")],
)
def test_nobody_is_seated_for_the_past_or_backwards(
    town: Town, from_days: int, until_days: int | None, field: str
) -> None:
    seat, day = town.champion_seats[town.claims.pk], timedelta(days=1)
    until = None if until_days is None else town.now + until_days * day
    with pytest.raises(Invalid) as told:
        seats.seat_person(
            seat=seat, person=town.person("Any Body"), from_at=town.now + from_days * day, until_at=until,
            by=town.lead, now=town.now,
        )  # fmt: skip
    assert told.value.field == field


def test_a_day_beyond_the_calendar_is_refused_at_its_field(town: Town, client_for: Callable[[Person], Client]) -> None:
    path = f"/seats/{town.champion_seats[town.claims.pk].reference}/seat-person/"
    said = {"person": town.person("Any Body").pk, "role": "holder", "from_on": "", "until_on": "9999-12-31"}
    answer = client_for(town.lead).post(path, said)
    assert answer.status_code == 422
    assert "until_on" in answer.context["form"].errors


# --- the last administrator -----------------------------------------------------------------------------------------


def test_the_last_administrator_cannot_be_taken_away_in_any_way(town: Town) -> None:
    admin, lead = Seat.objects.get(kind=SeatKind.ADMINISTRATOR), cx_lead_seat()
    seats.leave(seat=admin, by=town.lead, now=town.now)
    ways: list[Callable[[], object]] = [
        lambda: seats.leave(seat=lead, by=town.lead, now=town.now),
        lambda: people.end_access(person=town.lead, by=town.lead, now=town.now),
        lambda: seats.seat_person(
            seat=lead, person=town.sponsor, until_at=town.now + timedelta(days=9), by=town.lead, now=town.now
        ),
    ]
    for way in ways:
        with pytest.raises(Conflict, match="administrator"), transaction.atomic():
            way()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Person.objects.filter(pk=town.lead.pk).update(is_active=False)
    seats.seat_person(seat=lead, person=town.sponsor, by=town.lead, now=town.now)
    assert Tenure.objects.at(town.now).get(seat=lead).person == town.sponsor


# --- growth and time -------------------------------------------------------------------------------------------------


def test_many_vacancies_are_owed_in_as_many_statements_as_few(town: Town) -> None:
    def vacate(number: int) -> int:
        for _one in range(number):
            town.seat(SeatKind.OTHER, town.claims)
        Duty.objects.filter(kind="fill").update(closed_at=town.now)
        with CaptureQueriesContext(connection) as asked:
            assert vacancies.settle(town.now) >= number
        return len(asked)

    assert vacate(20) <= vacate(2)
    with CaptureQueriesContext(connection) as asked:
        assert vacancies.settle(town.now) == 0
    assert len(asked) == 3


def test_the_page_says_since_when_it_is_vacant_and_who_fills_it(
    town: Town, client_for: Callable[[Person], Client]
) -> None:
    seat = town.seat(SeatKind.OTHER, town.claims, title="Booking desk")
    page = client_for(town.lead).get(f"/seats/{seat.reference}/").content.decode()
    assert "Vacant since" in page
    assert "fills the seat" in page
    assert "Booking desk" in client_for(town.lead).get("/").content.decode()


def test_a_seat_is_taken_from_a_day_to_a_day_on_the_page(town: Town, client_for: Callable[[Person], Client]) -> None:
    seat, person = town.seat(SeatKind.OTHER, town.claims), town.person("To Come")
    sent = {"person": person.pk, "role": "holder", "from_on": "2026-12-01", "until_on": "2026-12-31"}
    client = client_for(town.lead)
    answer = client.post(f"/seats/{seat.reference}/seat-person/", sent)
    assert answer.status_code == 302
    tenure = seat.tenures.get()
    # Midnight in Amsterdam, to the end of the last day.
    assert tenure.from_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert tenure.until_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
    refused = client.post(f"/seats/{seat.reference}/seat-person/", sent | {"until_on": "2026-11-30"})
    assert refused.status_code == 422
    assert "It ends before it begins" in refused.content.decode()


def test_a_seat_is_taken_for_a_time_over_the_api(town: Town, api_for: Callable[[Person], APIClient]) -> None:
    seat, person = town.seat(SeatKind.OTHER, town.claims), town.person("To Come")
    sent = {"person": person.pk, "from_at": "2026-12-01T08:00:00Z", "until_at": "2026-12-24T16:00:00Z"}
    answer = api_for(town.lead).post(f"/api/v1/seats/{seat.reference}/seat-person/", sent, format="json")
    assert answer.status_code == 200, answer.content
    assert seat.tenures.get().until_at == datetime(2026, 12, 24, 16, tzinfo=UTC)
