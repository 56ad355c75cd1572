"""The coverage map shows each hole once, and says what the seats say."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import Membership
from councils.services import councils
from governance.models import Champion, Department, Duty, JourneyStep, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries.coverage import coverage
from governance.queries.load import fullness
from governance.services import departments, duties, journeys, people, seats
from governance.services.journeys import StepWish
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


def slow_seats(town: Town) -> list[Seat]:
    """The seats of the map as the CX lead sees it: all but those that ended, and those of confidential councils."""
    found = []
    for seat in Seat.objects.all():
        membership = Membership.objects.filter(seat=seat).first()
        if membership is None or (membership.ended_at is None and not membership.council.is_confidential):
            found.append(seat)
    return found


def slow_counts(town: Town) -> tuple[int, ...]:
    """Filled, deputised, vacant, missing, unnamed, full: seat by seat, from the models alone."""
    filled = deputised = vacant = missing = 0
    for seat in slow_seats(town):
        running = [
            tenure
            for tenure in Tenure.objects.filter(seat=seat).select_related("person")
            if tenure.person.is_active and (tenure.until_at is None or tenure.until_at > town.now)
        ]
        if any(tenure.role == "holder" for tenure in running):
            filled += 1
        elif running:
            deputised += 1
        else:
            vacant += 1
    for department in Department.objects.exclude(pk=town.root.pk):
        if department.to_be_placed or department.code == "TO-BE-PLACED":
            continue
        missing += sum(
            not Seat.objects.filter(department=department, kind=kind).exists() for kind in ("head", "champion")
        )
    unnamed = sum(step.seat_id is None for step in JourneyStep.objects.exclude(position=None))
    return filled, deputised, vacant, missing, unnamed, slow_full(town)


SLOW_MINUTES = {"keep": 90, "answer": 30, "verify": 45}
"""Of the kinds of duty that are opened here; docs/figures.md has the table."""


def slow_full(town: Town) -> int:
    """Seats of the map that owe more minutes this week than they have, duty by duty."""
    full = 0
    for seat in slow_seats(town):
        minutes = 0
        for duty in Duty.objects.filter(seat=seat, closed_at=None):
            week = duty.due_on is None or duty.due_on <= (town.now + timedelta(days=7)).date()
            if duty.kind == "keep" or week:
                minutes += SLOW_MINUTES.get(duty.kind, 15)
        champion = Champion.objects.filter(seat=seat).first()
        has = seat.capacity_minutes or (champion.pledged_minutes if champion else 0)
        full += bool(has) and minutes > has
    return full


def counted(town: Town) -> tuple[int, ...]:
    found = coverage(town.lead, town.now)
    return found.filled, found.deputised, found.vacant, found.missing, found.unnamed, len(found.full)


def owe(town: Town, seat: Seat, number: int, *, kind: str = "keep") -> None:
    """Open so many duties of a seat, each about a department of its own."""
    for place in range(number):
        about = town.department(f"{seat.pk}-{kind}-{place}", f"About {seat.pk} {kind} {place}")
        duties.open_duty(subject_id=about.pk, kind=kind, seat=seat, now=town.now, within=40)


def test_a_seat_that_owes_more_than_it_has_is_full(town: Town, client_for, api_for) -> None:
    """A champion pledged 240 minutes: two promises of 90 fit, a third does not; what is due later does not count."""
    claims, legal = (town.champion_seats[one.pk] for one in (town.claims, town.legal))
    owe(town, claims, 2)
    owe(town, claims, 30, kind="verify")
    owe(town, legal, 3)
    assert counted(town) == slow_counts(town)
    assert coverage(town.lead, town.now).full == {legal.pk}
    told = api_for(town.sponsor).get("/api/v1/coverage/").json()
    assert told["full"] == 1
    Champion.objects.filter(seat=legal).update(pledged_minutes=270)
    assert coverage(town.lead, town.now).full == frozenset()
    Seat.objects.filter(pk=legal.pk).update(capacity_minutes=60)
    assert coverage(town.lead, town.now).full == {legal.pk}, "what the seat itself has comes first"
    page = client_for(town.sponsor).get("/coverage/").content.decode()
    assert "One seat is full" in page or "one seat is full" in page


def test_the_numbers_of_a_load_are_for_those_who_plan_with_it(town: Town, client_for) -> None:
    seat = town.champion_seats[town.claims.pk]
    head_seat = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    Seat.objects.filter(pk=seat.pk).update(filled_by=head_seat)
    owe(town, seat, 3)
    seat = Seat.objects.get(pk=seat.pk)

    def told(person: Person) -> tuple[bool, int | None]:
        found = fullness([seat], person, town.now)[seat.pk]
        return found.is_full, found.numbers.minutes if found.numbers else None

    assert told(town.champions[town.claims.pk]) == (True, 270)
    assert told(town.heads[town.claims.pk]) == (True, 270)
    assert told(town.lead) == (True, 270)
    assert told(town.sponsor) == (True, None)
    assert told(town.champions[town.legal.pk]) == (True, None)
    shown = client_for(town.lead).get(f"/seats/{seat.reference}/").content.decode()
    assert "take about 4.5 h of 4 h" in shown
    hidden = client_for(town.sponsor).get(f"/seats/{seat.reference}/").content.decode()
    assert "take about" not in hidden
    assert "It is full" in hidden


def test_confidential_work_makes_nobody_else_think_that_a_seat_is_full(town: Town) -> None:
    seat = town.champion_seats[town.claims.pk]
    secret = town.council_of_nine(confidential=True)
    Seat.objects.filter(pk=seat.pk).update(capacity_minutes=60)
    duties.open_duty(subject_id=secret.council.pk, kind="keep", seat=seat, now=town.now, within=40)
    seat = Seat.objects.get(pk=seat.pk)
    for person, full in ((town.champions[town.claims.pk], True), (town.lead, False), (town.sponsor, False)):
        assert fullness([seat], person, town.now)[seat.pk].is_full is full, person


def test_a_step_without_an_owner_is_a_hole_and_one_whose_seat_is_vacant_is_that_seats(town: Town, api_for) -> None:
    vacant = town.seat(SeatKind.STEP_OWNER, town.claims)
    steps = [StepWish("A", town.champion_seats[town.legal.pk]), StepWish("B", vacant), StepWish("C"), StepWish("D")]
    journeys.draw(title="I have a claim", steps=steps, by=town.lead, now=town.now)
    assert counted(town) == slow_counts(town)
    found = coverage(town.lead, town.now)
    assert (found.vacant, found.unnamed, found.holes) == (1, 2, 3)
    assert [step.is_hole for step in found.paths[0].steps] == [False, True, True, True]
    told = api_for(town.sponsor).get("/api/v1/coverage/").json()["journeys"][0]
    assert [step["owner"] and step["owner"]["vacant_since"] is not None for step in told["steps"]] == [
        False, True, None, None,
    ]  # fmt: skip


def test_each_hole_is_shown_once_and_nothing_else_is_one(town: Town) -> None:
    town.council_of_nine()
    assert counted(town) == slow_counts(town)
    new = town.department("NEW", "New")
    unknown = departments.create(code="RSA", name="RSA", to_be_placed=True, by=None, now=town.now)
    deputy = town.person("Some Deputy")
    seat = town.champion_seats[town.claims.pk]
    seats.seat_person(seat=seat, person=deputy, role=TenureRole.DEPUTY, by=town.lead, now=town.now)
    people.end_access(person=town.champions[town.claims.pk], by=town.lead, now=town.now)
    people.end_access(person=town.champions[town.legal.pk], by=town.lead, now=town.now)
    assert counted(town) == slow_counts(town)
    found = coverage(town.lead, town.now + timedelta(days=2))
    assert (found.deputised, found.vacant, found.missing, found.holes) == (1, 1, 2, 3)
    rows = {row.department.pk: row for row in found.rows}
    assert [cell.is_missing for cell in rows[new.pk].cells[:2]] == [True, True]
    assert not any(cell.is_missing for cell in rows[unknown.pk].cells), "before it is placed it needs nobody"
    assert not any(cell.is_missing for cell in rows[town.root.pk].cells)


def test_an_absence_is_no_hole_and_not_shown(town: Town, client_for) -> None:
    champion = town.champions[town.claims.pk]
    champion.away_until = (town.now + timedelta(days=40)).date()
    champion.save(update_fields=["away_until"])
    assert counted(town) == slow_counts(town)
    page = client_for(town.lead).get("/coverage/").content.decode()
    assert champion.name in page
    said = page.split("<main", 1)[1].lower().replace("take away:", "").replace("take-away", "")
    assert "away" not in said


def test_from_a_hole_one_click_leads_to_filling_it_for_whoever_may(town: Town, client_for, api_for) -> None:
    new = town.department("NEW", "New")
    people.end_access(person=town.champions[town.claims.pk], by=town.lead, now=town.now)
    vacant, founding = town.champion_seats[town.claims.pk], f"/seats/new/?kind=champion&amp;department={new.pk}"
    lead = client_for(town.lead).get("/coverage/").content.decode()
    assert f"/seats/{vacant.reference}/seat-person/" in lead
    assert founding in lead
    chosen = client_for(town.lead).get(founding.replace("&amp;", "&")).context["form"]
    assert (chosen["kind"].value(), chosen["department"].value()) == (SeatKind.CHAMPION, str(new.pk))
    other = client_for(town.champions[town.legal.pk]).get("/coverage/").content.decode()
    assert f"/seats/{vacant.reference}/" in other
    assert "seat-person" not in other
    assert "/seats/new/" not in other
    told = api_for(town.champions[town.legal.pk]).get("/api/v1/coverage/").json()
    assert (told["vacant"], told["missing"]) == (1, 2)
    place = next(one for one in told["departments"] if one["department"] == new.reference)
    assert place["missing"] == ["head", "champion"]


def test_seats_of_a_confidential_council_are_not_on_the_map(town: Town, client_for) -> None:
    secret = town.council_of_nine(confidential=True)
    page = client_for(town.lead).get("/coverage/").content.decode()
    assert secret.memberships[0].seat.reference not in page
    assert secret.chair.name not in page


# --- councils ---------------------------------------------------------------------------------------------------------


def told_of(api_for: Any, person: Person) -> dict[str, tuple[int, int, list[bool]]]:
    """By council: members' seats that are filled, of how many, and which seats are vacant, as the API tells it."""
    found = api_for(person).get("/api/v1/coverage/").json()["councils"]
    return {
        one["name"]: (
            one["members_filled"],
            one["members"],
            [seat["vacant_since"] is not None for seat in one["seats"]],
        )
        for one in found
    }


def test_a_seat_of_a_council_that_nobody_has_is_a_hole_with_one_click_to_fill_it(town, client_for, api_for) -> None:
    room = town.council_of_nine()
    before = coverage(town.lead, town.now).holes
    people.end_access(person=room.members[4], by=town.lead, now=town.now)
    people.end_access(person=room.secretary, by=town.lead, now=town.now)
    deputy = town.person("Some Deputy")
    seats.seat_person(seat=room.memberships[0].seat, person=deputy, role=TenureRole.DEPUTY, by=None, now=town.now)
    people.end_access(person=room.chair, by=town.lead, now=town.now)
    assert counted(town) == slow_counts(town)
    assert coverage(town.lead, town.now).holes == before + 2, "in the chair's seat the deputy acts"
    assert told_of(api_for, town.sponsor)["CX Governance Council"] == (
        6,
        7,
        [False, True, *[False] * 2, True, *[False] * 4],
    )
    fills = [
        f"/councils/{room.council.reference}/members/{room.memberships[number].seat.reference}/" for number in (1, 4)
    ]
    for person in (town.lead, town.sponsor):
        page = client_for(person).get("/coverage/").content.decode()
        assert all(f'href="{fill}"' in page for fill in fills)
        assert "6 of 7" in page
        assert all(client_for(person).get(fill).status_code == 200 for fill in fills)
    page = client_for(room.members[3]).get("/coverage/").content.decode()
    assert "6 of 7" in page
    assert not any(f'href="{fill}"' in page for fill in fills)


def test_only_councils_that_the_reader_may_see_stand_on_the_map_and_count(town, client_for, api_for) -> None:
    secret = town.council_of_nine(confidential=True)
    open_one = Chamber(town, name="Open council", size=3)
    people.end_access(person=secret.members[4], by=town.lead, now=town.now)
    people.end_access(person=open_one.members[2], by=town.lead, now=town.now)
    champion = town.champions[town.claims.pk]
    names = {person: set(told_of(api_for, person)) for person in (town.lead, town.sponsor, champion, secret.chair)}
    assert names == {
        town.lead: {"Open council"},
        town.sponsor: {"Open council", "CX Governance Council"},
        champion: set(),
        secret.chair: {"CX Governance Council"},
    }
    assert {person: coverage(person, town.now).vacant for person in names} == {
        town.lead: 1, town.sponsor: 2, champion: 0, secret.chair: 1,
    }  # fmt: skip
    assert counted(town) == slow_counts(town)
    assert "No council that you may see" in client_for(champion).get("/coverage/").content.decode()


def test_a_membership_that_ended_leaves_the_map(town: Town, api_for) -> None:
    room = town.council_of_nine()
    people.end_access(person=room.members[4], by=town.lead, now=town.now)
    councils.end_membership(membership=room.memberships[4], by=town.sponsor, now=town.now)
    assert told_of(api_for, town.lead)["CX Governance Council"][:2] == (6, 6)
    assert counted(town) == slow_counts(town)
    assert coverage(town.lead, town.now).vacant == 0


def test_councils_cost_the_same_however_many_there_are(town: Town) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            coverage(town.lead, town.now)
        return len(asked)

    Chamber(town, name="First council", size=3)
    before = cost()
    for number in range(4):
        Chamber(town, name=f"No{number} council", size=4)
    assert cost() == before
