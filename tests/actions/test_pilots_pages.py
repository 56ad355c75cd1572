"""The pages and the API of pilots: what is shown to whom, what comes back when it is refused, and both directions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from actions.models import ActionItem, Pilot
from actions.panels import came_of
from actions.queries import pilots as queries
from actions.queries.pilots import GROUPS, Group
from actions.services import items, pilots
from actions.services.pilots import Found, Plan
from governance.models import Person
from tests.actions.test_items_matters import Room
from tests.actions.test_pilot_copies import copies, decide, passed, wish
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
API = "/api/v1/pilots/"


@pytest.fixture
def room() -> Room:
    return Room()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def program(person: Person) -> APIClient:
    made = APIClient()
    made.force_authenticate(person)
    return made


def day(ahead: int) -> str:
    return (timezone.now() + timedelta(days=ahead)).date().isoformat()


def filled(room: Room, **more: object) -> dict[str, object]:
    """The form of a plan as it is sent."""
    return {
        "department": room.town.claims.reference, "unit": "Glass claims", "check_on": day(0),
        "criteria": "It is quicker\nNobody calls twice", "places": [room.town.digital.pk, room.town.legal.pk],
    } | more  # fmt: skip


def running(room: Room, action: ActionItem | None = None, ahead: int = 30) -> Pilot:
    plan = Plan(
        department=room.town.claims, unit="Glass claims", criteria=["It is quicker"],
        check_on=(EPOCH + timedelta(days=ahead)).date(), places=[room.town.digital],
    )  # fmt: skip
    return pilots.declare(action=action or room.running(), plan=plan, by=room.owner, now=EPOCH)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_pilot_goes_from_declaring_to_the_agenda_on_the_pages_alone(room: Room) -> None:
    action = room.running()
    owner, clerk = browser(room.owner), browser(room.clerk)
    new = f"/pilots/new/?action={action.reference}"
    assert new in owner.get(f"/actions/{action.reference}/").text
    assert "It passes when" in owner.get(new).text
    refused = owner.post(new, filled(room, check_on="2020-01-01"))
    assert refused.status_code == 422
    assert "That day has passed" in refused.text
    assert "Nobody calls twice" in refused.text, "the input is kept"
    answer = owner.post(new, filled(room), follow=True)
    pilot = Pilot.objects.get()
    path = f"/pilots/{pilot.reference}/"
    assert answer.redirect_chain[-1][0] == path
    assert new not in owner.get(f"/actions/{action.reference}/").text
    assert "Record the check" not in owner.get(path).text
    assert "Record the check" in clerk.get(path).text
    check = {"met_1": "yes", "words_1": "By two days", "met_2": "no", "words_2": "Nine did", "verdict": "passed"}
    refused = clerk.post(f"{path}check/", check)
    assert refused.status_code == 422
    assert "A criterion is not met" in refused.text
    assert "Nine did" in refused.text
    assert owner.post(f"{path}check/", check).status_code == 403
    assert clerk.post(f"{path}check/", {**check, "met_2": "yes"}).status_code == 302
    page = owner.get(path).text
    for words in ("2 of 2 criteria met", "By two days", "Before the council", "not decided yet"):
        assert words in page
    assert "data-orphan" not in page
    board = owner.get("/pilots/").text
    assert "1 pilot: 1 passed" in board
    assert "2 not decided yet" in board


def test_both_directions_stand_on_the_actions_pages(room: Room) -> None:
    pilot = passed(room)
    decide(room, pilot, wish(room, room.town.digital))
    copy = copies(pilot)[room.town.digital.pk]
    lead = browser(room.town.lead)
    origin = lead.get(f"/actions/{pilot.action.reference}/").text
    assert "tried in Glass claims (Claims), checked by" in origin
    assert copy.reference in origin
    page = lead.get(f"/actions/{copy.reference}/").text
    assert "Repeats" in page
    assert pilot.action.reference in page
    assert "that passed its check on" in page
    taker = browser(room.town.champions[room.town.digital.pk])
    page = taker.get(f"/actions/{copy.reference}/").text
    assert pilot.reference in page
    assert pilot.action.reference not in page, "the pilot's action is not the copying department's to see"
    decision = lead.get(f"/decisions/{copy.decision.reference}/").text
    came = decision.split('id="came"')[1].split("</section>")[0]
    assert (copy.reference in came, pilot.reference in came or pilot.title in came) == (True, True)
    stranger = room.town.person("Nobody Inparticular")
    assert came_of([copy.decision_id], room.town.lead, EPOCH) == {copy.decision_id: {"made": [copy]}}
    assert came_of([copy.decision_id], stranger, EPOCH) == {}


def test_each_count_opens_its_list(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decide(room, pilot, wish(room, town.digital), wish(room, town.legal))
    made = copies(pilot)
    items.accept(
        action=made[town.digital.pk], promised_on=(EPOCH + timedelta(days=2)).date(),
        by=town.champions[town.digital.pk], now=EPOCH,
    )  # fmt: skip
    items.decline(action=made[town.legal.pk], reason="r", by=town.champions[town.legal.pk], now=EPOCH)
    lead = browser(town.lead)
    board = lead.get("/pilots/").text
    for group, label, name in (
        ("late", "1 late", "Digital &amp; App"), ("declined", "1 declined", "Legal &amp; Compliance"),
        ("left", "1 not repeated", "Claims"),
    ):  # fmt: skip
        assert label in board
        address = f"/pilots/places/?pilot={pilot.reference}&group={group}"
        assert address.replace("&", "&amp;") in board
        listed = lead.get(address).text
        assert "1 place where" in listed
        assert name in listed
    assert lead.get("/pilots/places/?group=perhaps").status_code == 404
    assert lead.get("/pilots/?state=perhaps").status_code == 404
    assert lead.get("/pilots/places/?pilot=PIL-9").status_code == 404


def test_what_did_not_pass_stays_on_the_board_with_what_was_learnt(room: Room) -> None:
    one, other = running(room), running(room)
    late = EPOCH + timedelta(days=30)
    pilots.check(pilot=one, verdict="not_passed", findings=[Found(False, "By nothing")], reason="People want a voice.",
                 by=room.clerk, now=late)  # fmt: skip
    browser(room.owner).post(f"/pilots/{other.reference}/stop/", {"reason": "The supplier left."})
    board = browser(room.owner).get("/pilots/?state=learnt").text
    assert "What was learnt: People want a voice." in board
    assert "What was learnt: The supplier left." in board


def test_the_board_teaches_while_it_is_empty(room: Room) -> None:
    assert "Nothing is tried in one place first yet" in browser(room.owner).get("/pilots/").text


def test_the_second_of_two_is_shown_how_it_stands_with_what_they_wrote(room: Room) -> None:
    pilot = running(room)
    plan = Plan(department=room.town.claims, unit="u", criteria=["Other"], check_on=pilot.check_on)
    pilots.change(pilot=pilot, plan=plan, by=room.owner, now=EPOCH)
    answer = browser(room.owner).post(f"/pilots/{pilot.reference}/stop/", {"version": 1, "reason": "Too dear."})
    assert answer.status_code == 409
    assert "Too dear." in answer.text
    sent = filled(room, version=1, criteria="Mine")
    answer = browser(room.owner).post(f"/pilots/{pilot.reference}/change/", sent)
    assert answer.status_code == 409
    assert "Mine" in answer.text


def test_the_form_to_change_shows_what_holds_and_asks_why_once_the_check_has_begun(room: Room) -> None:
    soon, due = running(room, ahead=60), running(room, ahead=3)
    form = browser(room.owner).get(f"/pilots/{soon.reference}/change/").text
    assert "It is quicker" in form
    assert "Why it changes" not in form
    assert browser(room.owner).get(f"/pilots/{due.reference}/change/").status_code == 403
    path = f"/pilots/{due.reference}/change/"
    assert "Why it changes" in browser(room.clerk).get(path).text
    sent = filled(room, check_on=due.check_on.isoformat(), reason="Calls are not counted there")
    assert browser(room.clerk).post(path, sent).status_code == 302
    page = browser(room.owner).get(f"/pilots/{due.reference}/").text
    assert "Why it was corrected: Calls are not counted there" in page


def test_a_hidden_pilot_answers_like_an_absent_one(room: Room) -> None:
    pilot = running(room)
    stranger = room.town.champions[room.town.legal.pk]
    page, asks = browser(stranger), program(stranger)
    for name in ("", "change/"):
        hidden, absent = page.get(f"/pilots/{pilot.reference}/{name}"), page.get(f"/pilots/PIL-9999/{name}")
        assert hidden.status_code == absent.status_code == 404
    assert pilot.title not in page.get("/pilots/").text
    assert page.get(f"/pilots/new/?action={pilot.action.reference}").status_code == 404
    hidden, absent = asks.get(f"{API}{pilot.reference}/"), asks.get(f"{API}PIL-9999/")
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data) == (404, hidden.data)
    hidden = asks.post(f"{API}{pilot.reference}/stop/", {"reason": "r"})
    assert hidden.status_code == asks.post(f"{API}PIL-9999/stop/", {"reason": "r"}).status_code == 404
    assert asks.get(API).data["results"] == []
    assert asks.get(f"{API}?action={pilot.action.reference}").status_code == 422


def test_a_place_whose_copy_may_not_be_seen_is_left_out_of_lists_and_counts(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decide(room, pilot, wish(room, town.digital), wish(room, town.legal))
    taker = town.champions[town.digital.pk]
    now = timezone.now()
    seen = queries.places(taker, now)
    assert {row.department_id for row in seen} == {town.digital.pk, town.claims.pk}
    assert queries.tally(seen)["all"] == 2
    (line,) = queries.lines(queries.listed(taker, now), taker, now)
    assert [one.place.department_id for one in line.places] == [town.claims.pk, town.digital.pk]
    assert "Legal" not in browser(taker).get("/pilots/").text


def test_each_place_stands_in_exactly_one_group_and_the_list_says_the_same(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decide(room, pilot, wish(room, town.digital), wish(room, town.legal))
    running(room)
    now = timezone.now()
    for state in ("proposed", "accepted", "in_progress", "done", "verified", "declined", "cancelled", "as_is"):
        for promised in (None, now.date() - timedelta(days=1), now.date()):
            copy = copies(pilot)[town.digital.pk]
            ActionItem.objects.filter(pk=copy.pk).update(
                state=state, promised=promised, accepted_at=now, done_at=now, verified_at=now
            )
            found = queries.places(town.lead, now)
            counted = queries.tally(found)
            assert sum(counted[group] for group in Group) == counted["all"] == 4
            for line in queries.place_lines(found, town.lead, now):
                assert [group for group in Group if found.filter(GROUPS[group], pk=line.place.pk).exists()] == [
                    line.group
                ]


def test_the_statements_of_board_lists_and_api_do_not_grow_with_rows(room: Room) -> None:
    def statements(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def grow() -> None:
        pilot = passed(room)
        decide(room, pilot, wish(room, room.town.digital), wish(room, room.town.legal))
        running(room, ahead=60)

    grow()
    addresses = ["/pilots/", "/pilots/places/", API]
    client = browser(room.town.lead)
    few = {address: statements(client, address) for address in addresses}
    for _turn in range(4):
        grow()
    assert {address: statements(client, address) for address in addresses} == few


# --- the API ---------------------------------------------------------------------------------------------------------


def test_a_pilot_goes_its_way_over_the_api(room: Room) -> None:
    action = room.running()
    owner, clerk = program(room.owner), program(room.clerk)
    town = room.town
    made = owner.post(API, {
        "action": action.reference, "department": town.claims.reference, "unit": "Glass claims",
        "criteria": ["It is quicker", "Nobody calls twice"], "check_on": day(0), "places": [town.digital.reference],
    })  # fmt: skip
    assert made.status_code == 201, made.data
    path = f"{API}{made.data['reference']}/"
    assert [one["text"] for one in made.data["criteria"]] == ["It is quicker", "Nobody calls twice"]
    assert made.data["next_move"]["kind"] == "check"
    assert made.data["places"] == [
        {"department": town.digital.reference, "standing": "waiting", "copy": None, "promised": None, "slip": 0,
         "effect": ""},
    ]  # fmt: skip
    found = [{"met": True, "words": "By two days"}, {"met": False, "words": ""}]
    refused = clerk.post(f"{path}extend/", {"next_on": day(9), "findings": found, "reason": "Holidays"})
    assert refused.status_code == 422
    assert refused.data["errors"][0]["pointer"] == "/findings/1/words"
    found[1]["words"] = "Nine did"
    extended = clerk.post(
        f"{path}extend/", {"next_on": day(0), "findings": found, "reason": "Holidays"}, HTTP_IF_MATCH=made["ETag"]
    )
    assert extended.status_code == 422
    assert clerk.post(f"{path}check/", {"verdict": "extended", "findings": found}).status_code == 422
    met = [{**one, "met": True} for one in found]
    done = clerk.post(f"{path}check/", {"verdict": "passed", "findings": met}, HTTP_IF_MATCH=made["ETag"])
    assert done.status_code == 200, done.data
    assert (done.data["state"], done.data["checks"][0]["verdict"]) == ("passed", "passed")
    stale = owner.post(f"{path}propose/", {"places": []}, HTTP_IF_MATCH=made["ETag"])
    assert stale.status_code == 412
    asked = owner.post(f"{path}propose/", {"places": [town.legal.reference]})
    assert asked.status_code == 200
    assert [one["standing"] for one in asked.data["places"]] == ["waiting", "waiting"]
    pilot = Pilot.objects.get()
    decide(room, pilot, wish(room, town.digital))
    copy = copies(pilot)[town.digital.pk]
    listed = program(town.lead).get(f"{API}?copy={copy.reference}").data["results"]
    assert [one["reference"] for one in listed] == [pilot.reference]
    assert {one["standing"] for one in listed[0]["places"]} == {"proposed", "left"}
    assert program(town.lead).get(f"{API}?state=running").data["results"] == []


def test_what_the_council_may_decide_is_described_by_place_over_the_api(room: Room) -> None:
    pilot = passed(room)
    from councils.models import AgendaItem

    item = AgendaItem.objects.get(about=pilot.subject)
    described = program(room.clerk).get(f"/api/v1/agenda-items/{item.reference}/outcomes/").data
    fields = {field["name"] for outcome in described if outcome["key"] == "replicate" for field in outcome["inputs"]}
    key = room.town.digital.reference
    assert {f"{name}_{key}" for name in ("repeat", "seat", "asked_for", "amount", "needs_none")} <= fields


def test_the_form_to_decide_begins_with_whoever_was_proposed(room: Room) -> None:
    from councils.models import AgendaItem
    from councils.services import agenda

    pilot = passed(room, [room.town.digital])
    item = AgendaItem.objects.get(about=pilot.subject)
    agenda.place(item=item, meeting=room.meeting, by=room.clerk, now=EPOCH)
    page = browser(room.clerk).get(f"/meetings/{room.meeting.reference}/?item={item.reference}&outcome=replicate").text
    assert f'<option value="{room.town.champion_seats[room.town.digital.pk].pk}" selected>' in page
    assert "Repeat it in Digital &amp; App" in page
    dated = page.split("Digital &amp; App: date asked for")[1].split("</label>")[0]
    assert ("(needed where it is repeated)" in dated, "(optional)" in dated) == (True, False)


def test_a_deed_with_a_key_is_done_once(room: Room) -> None:
    pilot = running(room)
    owner = program(room.owner)
    for _turn in range(2):
        answer = owner.post(f"{API}{pilot.reference}/stop/", {"reason": "r"}, HTTP_IDEMPOTENCY_KEY="k")
        assert answer.status_code == 200
        assert answer.data["state"] == "stopped"
    assert owner.post(f"{API}{pilot.reference}/stop/", {"reason": "r"}).status_code == 409


def test_the_check_of_a_leaver_stands_on_the_handover_page_and_goes_to_another(room: Room) -> None:
    from governance.services import people

    town = room.town
    seat = town.champion_seats[town.legal.pk]
    plan = Plan(
        department=town.claims, unit="u", criteria=["c"], check_on=(EPOCH + timedelta(days=30)).date(), checker=seat
    )
    pilot = pilots.declare(action=room.running(), plan=plan, by=room.owner, now=EPOCH)
    people.end_access(person=town.champions[town.legal.pk], by=town.lead, now=EPOCH)
    path = f"/seats/{seat.reference}/hand-over/"
    lead = browser(town.lead)
    assert pilot.title in lead.get(path).text
    from governance.models import Duty

    duty = Duty.objects.get(subject_id=pilot.pk, closed_at=None)
    own, other = town.champion_seats[town.claims.pk], town.champion_seats[town.digital.pk]
    asks = program(town.lead)
    split = f"/api/v1/seats/{seat.reference}/split/"
    refused = asks.post(split, {"owed": [{"duty": duty.pk, "to": own.reference}]})
    assert refused.status_code == 422, refused.data
    answer = asks.post(split, {"owed": [{"duty": duty.pk, "to": other.reference}]})
    assert answer.status_code == 200, answer.data
    pilot.refresh_from_db()
    duty.refresh_from_db()
    assert (pilot.checker, duty.seat, duty.due_on) == (other, other, pilot.check_on)
