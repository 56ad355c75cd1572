"""One box finds people, departments, seats and councils, and nothing that its reader may not see."""

import pytest

from governance.queries.search import search
from governance.services import journeys
from governance.services.journeys import StepWish
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


def found(words: str, town: Town, person=None, **narrowed) -> list[str]:
    return [hit.title for hit in search(words, person or town.lead, town.now, **narrowed)[0:50]]


def test_one_box_finds_people_seats_departments_councils_and_steps(town: Town, client_for) -> None:
    Chamber(town, name="The claims council", size=3)
    journeys.draw(title="I have a claim", steps=[StepWish("Claims form")], by=town.lead, now=town.now)
    assert found("claims", town)[:2] == ["Claims", "The claims council"]
    assert "Champion, Claims" in found("claims", town)
    assert found("claims form", town) == ["Claims form"]
    assert found("brandt", town) == ["Joel Brandt"]
    assert found("CLM", town) == ["Claims"], "by its code"
    assert found(town.claims.reference.lower(), town) == ["Claims"], "by its reference"
    page = client_for(town.lead).get("/search/?q=champion claims").content.decode()
    assert "Fatima El Idrissi" in page, "who sits there"


def test_a_confidential_council_is_found_by_its_own_people_alone(town: Town, client_for, api_for) -> None:
    secret = Chamber(town, name="Council Zephyr", size=3, confidential=True)
    assert "Council Zephyr" in found("zephyr", town, secret.chair)
    for person in (town.lead, town.champions[town.claims.pk]):
        assert found("zephyr", town, person) == []
        assert found("chair, zephyr", town, person) == []
        assert search(secret.council.reference, person, town.now).count() == 0
        told = api_for(person).get("/api/v1/search/?q=member").content.decode()
        assert "Zephyr" not in told


def test_it_is_narrowed_by_kind_and_cut_into_pages(town: Town, client_for, api_for) -> None:
    for number in range(60):
        town.person(f"Sample Person{number:02}")
    town.department("SMP", "Sample department")
    assert search("sample", town.lead, town.now).count() == 61
    assert found("sample", town, kind="department") == ["Sample department"]
    assert len(found("sample", town, kind="person")) == 50
    second = client_for(town.lead).get("/search/?q=sample&page=2").content.decode()
    assert "Sample department" in second
    assert "Sample Person59" in second
    assert "Sample Person00" not in second
    told = api_for(town.lead).get("/api/v1/search/?q=sample&page_size=200").json()
    assert (told["count"], len(told["results"]), told["results"][-1]["kind"]) == (61, 61, "department")


def test_one_letter_finds_nothing_and_one_character_does(town: Town, client_for) -> None:
    town.department("HKG", "香港")
    assert found("c", town) == []
    assert found("港", town) == ["香港"]
    assert "Write a little more" in client_for(town.lead).get("/search/?q=c").content.decode()
    assert "Nothing is called like this" in client_for(town.lead).get("/search/?q=%25%25").content.decode()
