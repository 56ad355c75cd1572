"""Journeys: steps in order, one owner each; what is wrong is said at its field; a hole is one click from its end."""

import pytest
from django.db import IntegrityError, transaction

from governance.errors import Invalid, Refused, Stale
from governance.models import Journey, JourneyStep, Seat, SeatKind
from governance.queries import journeys as queries
from governance.services import journeys
from governance.services.journeys import StepWish
from tests.factories import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(town: Town) -> Journey:
    steps = [StepWish("Tell us"), StepWish("Wait", town.champion_seats[town.claims.pk]), StepWish("Be paid")]
    return journeys.draw(title="I have a claim", steps=steps, by=town.lead, now=town.now)


def titles(journey: Journey, town: Town) -> list[str]:
    return [step.title for step in queries.steps_listed(town.lead, town.now).filter(journey=journey)]


def lines(*rows: tuple[str, str, str, str], known: int = 3) -> dict[str, object]:
    """A posted form: (reference, place, title, seat) a line."""
    posted: dict[str, object] = {
        "title": "I have a claim",
        "steps-TOTAL_FORMS": len(rows),
        "steps-INITIAL_FORMS": known,
    }
    for number, row in enumerate(rows):
        for name, value in zip(("reference", "place", "title", "seat"), row, strict=True):
            posted[f"steps-{number}-{name}"] = value
    return posted


def test_steps_change_places_by_their_numbers_without_a_script(town: Town, journey: Journey, client_for) -> None:
    one, two, three = queries.steps_listed(town.lead, town.now).filter(journey=journey)
    owner = str(town.champion_seats[town.legal.pk].pk)
    posted = lines(
        (one.reference, "3", "Tell us", ""), (two.reference, "1", "", ""),
        (three.reference, "1", "Be paid soon", owner), ("", "2", "Hear from us", ""), ("", "", "", ""),
    )  # fmt: skip
    client = client_for(town.lead)
    page = client.post(f"/journeys/{journey.reference}/arrange/", posted | {"version": 1})
    assert page.status_code == 302
    assert titles(journey, town) == ["Be paid soon", "Hear from us", "Tell us"]
    assert JourneyStep.objects.get(pk=three.pk).seat_id == int(owner)
    gone = JourneyStep.objects.select_related("subject").get(pk=two.pk)
    assert (gone.position, gone.subject.archived_at is None) == (None, False)
    assert "Be paid soon" in client.get(f"/journeys/{journey.reference}/").content.decode()


def test_whoever_was_second_is_shown_both(town: Town, journey: Journey, client_for) -> None:
    journeys.arrange(journey=journey, title="Mine", steps=[StepWish("Only")], by=town.lead, now=town.now, version=1)
    with pytest.raises(Stale):
        journeys.arrange(journey=journey, title="Theirs", steps=[], by=town.lead, now=town.now, version=1)
    page = client_for(town.lead).post(
        f"/journeys/{journey.reference}/arrange/", lines(("", "1", "A", ""), known=0) | {"version": 1}
    )
    assert page.status_code == 409
    assert "Mine" in page.content.decode()


def test_a_journey_without_a_name_is_refused_at_its_field_with_what_was_typed(town: Town, client_for) -> None:
    page = client_for(town.lead).post("/journeys/new/", lines(("", "1", "Typed step", ""), known=0) | {"title": ""})
    assert page.status_code == 422
    assert "Typed step" in page.content.decode()
    with pytest.raises(Invalid) as refused:
        journeys.draw(title=" ", by=town.lead, now=town.now)
    assert refused.value.field == "title"


def test_everybody_reads_it_and_only_who_answers_for_it_changes_it(town: Town, journey: Journey, client_for) -> None:
    owner = town.champions[town.claims.pk]
    assert client_for(owner).get(f"/journeys/{journey.reference}/").status_code == 200
    with pytest.raises(Refused):
        journeys.arrange(journey=journey, title="X", steps=[], by=owner, now=town.now)
    Journey.objects.filter(pk=journey.pk).update(seat=town.champion_seats[town.claims.pk])
    journeys.arrange(journey=Journey.objects.get(pk=journey.pk), title="X", steps=[], by=owner, now=town.now)
    assert Journey.objects.get(pk=journey.pk).title == "X"


def test_a_seat_that_not_everybody_may_know_of_answers_for_no_step(town: Town, journey: Journey) -> None:
    secret = town.council_of_nine(confidential=True).memberships[2].seat
    with pytest.raises(Invalid):
        journeys.name_owner(step=journey.steps.get(position=1), seat=secret, by=town.lead, now=town.now)
    with pytest.raises(Invalid):
        journeys.draw(title="Y", steps=[StepWish("Z", secret)], by=town.lead, now=town.now)


def test_an_unowned_step_gets_a_seat_and_a_person_in_one_form(town: Town, journey: Journey, client_for) -> None:
    step = journey.steps.get(position=1)
    client, somebody = client_for(town.lead), town.person("Step Owner")
    assert f"/journey-steps/{step.reference}/owner/" in client.get("/coverage/").content.decode()
    empty = client.post(f"/journey-steps/{step.reference}/owner/", {})
    assert empty.status_code == 422
    kept = client.post(f"/journey-steps/{step.reference}/owner/", {"department": town.claims.pk, "person": somebody.pk})
    assert kept.status_code == 302
    seat = Seat.objects.get(pk=JourneyStep.objects.get(pk=step.pk).seat_id)
    assert (seat.kind, seat.department, seat.tenures.get().person) == (SeatKind.STEP_OWNER, town.claims, somebody)


def test_a_place_is_taken_once(town: Town, journey: Journey) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        journey.steps.update(position=1)


def test_over_the_api_a_journey_is_drawn_arranged_and_owned(town: Town, api_for) -> None:
    api = api_for(town.lead)
    seat = town.champion_seats[town.claims.pk].reference
    made = api.post("/api/v1/journeys/", {"title": "I move", "steps": [{"title": "A", "seat": seat}, {"title": "B"}]},
                    format="json")  # fmt: skip
    assert made.status_code == 201, made.content
    first, second = made.json()["steps"]
    assert (first["seat"], second["seat"], first["answering"]) == (seat, None, town.champions[town.claims.pk].name)
    wished = {"title": "I move", "steps": [{"title": "B", "step": second["reference"]}, {"title": "C"}]}
    path = f"/api/v1/journeys/{made.json()['reference']}/"
    arranged = api.post(f"{path}arrange/", wished, format="json", headers={"If-Match": made["ETag"]})
    assert [step["title"] for step in arranged.json()["steps"]] == ["B", "C"]
    assert api.post(f"{path}arrange/", wished, format="json", headers={"If-Match": made["ETag"]}).status_code == 412
    other = journeys.draw(title="Other", steps=[StepWish("Stray")], by=town.lead, now=town.now)
    wished["steps"] = [{"title": "Stolen", "step": other.steps.get().reference}]
    assert api.post(f"{path}arrange/", wished, format="json").status_code == 422
    owned = api.post(f"/api/v1/journey-steps/{second['reference']}/owner/", {"seat": seat}, format="json")
    assert (owned.status_code, owned.json()["seat"]) == (200, seat)
