"""The coverage map shows each hole once, and says what the seats say."""

from datetime import timedelta

import pytest

from governance.models import Department, Seat, SeatKind, Tenure, TenureRole
from governance.queries.coverage import coverage
from governance.services import departments, people, seats
from tests.factories import Town

pytestmark = pytest.mark.django_db


def slow_counts(town: Town) -> tuple[int, int, int, int]:
    """Filled, deputised, vacant, missing: seat by seat, from the models alone."""
    filled = deputised = vacant = missing = 0
    for seat in Seat.objects.exclude(kind__in=["chair", "secretary", "member"]):
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
    return filled, deputised, vacant, missing


def counted(town: Town) -> tuple[int, int, int, int]:
    found = coverage(town.lead, town.now)
    return found.filled, found.deputised, found.vacant, found.missing


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
    assert "away" not in page.split("<main", 1)[1].lower()


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
