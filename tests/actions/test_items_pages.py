"""The pages of actions: what is shown to whom, and what comes back when it is refused."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import ActionItem, ActionState, Blocker, Update
from actions.services import items
from governance import access
from governance.models import Seat, SeatKind
from governance.services import people, seats
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


@pytest.fixture
def action(town: Town, chamber: Chamber, now) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    return items.create(
        title="Text at each step", seat=seat, council=chamber.council, proof="Four texts.", by=town.lead, now=now
    )


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def owner(town: Town):
    return town.champions[town.claims.pk]


def promised(action: ActionItem, town: Town, now, days: int = 20) -> ActionItem:
    return items.accept(action=action, promised_on=now.date() + timedelta(days=days), by=owner(town), now=now)


def test_the_owner_accepts_and_says_where_it_stands_on_the_page(town, action, now) -> None:
    client, path = browser(owner(town)), f"/actions/{action.reference}/"
    page = client.get(path)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Fatima El Idrissi (you)" in text
    assert f'action="{path}accept/"' in text
    assert f'action="{path}decline/"' in text
    assert f'action="{path}verify/"' not in text
    assert text.count("btn primary") == 1

    day = now.date() + timedelta(days=9)
    answer = client.post(f"{path}accept/", {"promised_on": day.isoformat(), "version": action.version}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    answer = client.post(f"{path}report/", {"health": "at_risk"}, follow=True)
    assert answer.status_code == 200
    assert Update.objects.get().health == "at_risk"
    text = answer.content.decode()
    assert f'action="{path}accept/"' not in text
    assert f'action="{path}report/"' in text
    assert f'action="{path}done/"' not in text, "not before there is evidence"
    assert text.count("btn primary") == 1


def test_a_refused_form_comes_back_with_its_input_and_the_error_in_place(town, action, now) -> None:
    client, path = browser(owner(town)), f"/actions/{action.reference}/"
    answer = client.post(f"{path}accept/", {"promised_on": "2020-01-01"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "That day has passed" in text
    assert 'value="2020-01-01"' in text
    answer = client.post(f"{path}decline/", {"reason": "  "})
    assert answer.status_code == 422
    promised(action, town, now)
    answer = client.post(f"{path}done/", {})
    assert answer.status_code == 409
    assert "There is no evidence yet" in answer.content.decode()


def test_whoever_was_slower_is_shown_both_and_may_say_it_again(town, action, now) -> None:
    action = promised(action, town, now)
    client, path = browser(owner(town)), f"/actions/{action.reference}/"
    items.report(action=action, health="off_track", by=owner(town), now=now)
    answer = client.post(f"{path}report/", {"health": "on_track", "line": "All well.", "version": action.version})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Somebody was quicker" in text
    assert "All well." in text
    current = ActionItem.objects.get().version
    assert f'name="version" value="{current}"' in text
    again = client.post(f"{path}report/", {"health": "on_track", "line": "All well.", "version": current})
    assert again.status_code == 302


def test_a_reader_sees_the_story_and_no_form(town, chamber, action, now) -> None:
    action = promised(action, town, now)
    items.block(action=action, reason="Consent.", by=owner(town), now=now)
    client, path = browser(chamber.members[4]), f"/actions/{action.reference}/"
    text = client.get(path).content.decode()
    assert "Consent." in text
    assert text.count(f'action="{path}') == text.count(f'action="{path}follow/"') == 1, "only to follow"
    assert "btn primary" not in text
    assert client.post(f"{path}report/", {"health": "on_track"}).status_code == 403
    assert client.post(f"{path}lift/", {"blocker": Blocker.objects.get().pk}).status_code == 403


def test_what_may_not_be_seen_does_not_exist(town, action, now) -> None:
    client = browser(town.champions[town.legal.pk])
    absent = client.get("/actions/ACT-9999/")
    hidden = client.get(f"/actions/{action.reference}/")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    assert client.post(f"/actions/{action.reference}/accept/", {}).status_code == 404
    assert action.reference not in client.get("/actions/").content.decode()


def test_a_council_that_the_reader_does_not_belong_to_is_not_named(town, chamber, action) -> None:
    text = browser(owner(town)).get(f"/actions/{action.reference}/").content.decode()
    assert chamber.council.name not in text
    assert "a body that you do not belong to" in text


def test_the_list_is_narrowed_by_its_address(town, chamber, action, now) -> None:
    promised(action, town, now)
    seat = town.champion_seats[town.digital.pk]
    other = items.create(title="One tap", seat=seat, council=chamber.council, proof="p", by=town.lead, now=now)
    client = browser(town.lead)

    def shown(query: str) -> set[str]:
        text = client.get(f"/actions/?{query}").content.decode()
        return {one.reference for one in (action, other) if f"/actions/{one.reference}/" in text}

    both = {action.reference, other.reference}
    assert shown("") == both
    assert shown(f"department={town.digital.reference}") == {other.reference}
    assert shown(f"council={chamber.council.reference}") == both
    assert shown(f"seat={seat.reference}") == {other.reference}
    assert shown("state=accepted") == {action.reference}
    assert shown("state=open") == both
    assert shown("figure=promised") == {action.reference}
    assert shown("figure=late") == set()
    assert client.get("/actions/?department=DEP-9999").status_code == 404
    assert client.get("/actions/?figure=nonsense").status_code == 404


def test_own_initiative_takes_a_page_and_names_what_is_missing(town, chamber, now) -> None:
    client = browser(town.lead)
    assert client.get("/actions/new/").status_code == 200
    assert client.post("/actions/new/", {"title": "x"}).status_code == 422
    seat = town.champion_seats[town.claims.pk]
    said = {
        "title": "Call back within the hour",
        "seat": seat.reference,
        "council": chamber.council.reference,
        "proof": "Nine of ten calls.",
        "needs_none": "on",
    }
    answer = client.post("/actions/new/", said)
    made = ActionItem.objects.get()
    assert answer.headers["Location"] == f"/actions/{made.reference}/"
    assert (made.seat, made.council, made.needs_none) == (seat, chamber.council, True)


def test_verification_is_offered_to_the_verifier_alone(town, chamber, action, now) -> None:
    action = promised(action, town, now)
    items.add_evidence(action=action, title="Forty", kind="note", by=owner(town), now=now)
    items.say_done(action=action, by=owner(town), now=now)
    path = f"/actions/{action.reference}/"
    assert f'action="{path}verify/"' not in browser(owner(town)).get(path).content.decode()
    client = browser(chamber.secretary)
    assert f'action="{path}verify/"' in client.get(path).content.decode()
    assert client.post(f"{path}verify/", {"finding": "refused"}).status_code == 422
    assert client.post(f"{path}verify/", {"finding": "confirmed"}).status_code == 302
    action.refresh_from_db()
    assert action.state == ActionState.VERIFIED
    for person in (owner(town), chamber.secretary, town.lead):
        assert browser(person).get(path).status_code == 200


def test_whoever_gives_an_action_out_of_sight_lands_on_the_list(town, action, now) -> None:
    items.decline(action=action, reason="No.", by=owner(town), now=now)
    head = town.heads[town.claims.pk]
    seat = town.champion_seats[town.digital.pk]
    answer = browser(head).post(f"/actions/{action.reference}/reassign/", {"seat": seat.reference})
    assert answer.headers["Location"] == "/actions/"


def world_of(numbers: range, town: Town, now, monkeypatch) -> None:
    """As many actions, each with its own department, seat, owner and council."""
    places = []
    with monkeypatch.context() as patched:
        patched.setattr(access, "sync", lambda *_people: (0, 0))  # once at the end: it reads every seat there is
        for number in numbers:
            department = town.department(f"D{number}", f"Department {number}")
            person = town.person(f"Owner {number}")
            seat = town.seat(SeatKind.CHAMPION, department, person, title=f"Champion {number}")
            places.append((seat, person, Chamber(town, name=f"Council{number} of its own", size=2).council))
    access.sync()
    for number, (seat, person, council) in zip(numbers, places, strict=True):
        made = items.create(title=f"Work {number}", seat=seat, council=council, proof="p", by=town.lead, now=now)
        made = items.accept(action=made, promised_on=now.date() + timedelta(days=number + 1), by=person, now=now)
        items.report(action=made, health="on_track", by=person, now=now)
        items.block(action=made, reason="r", by=person, now=now)


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.once
def test_lists_take_the_same_statements_for_two_rows_and_for_fifty(town, now, monkeypatch) -> None:
    client = browser(town.lead)
    paths = ("/actions/", "/actions/?figure=blocked", "/review/", "/api/v1/actions/", "/api/v1/review/")
    world_of(range(2), town, now, monkeypatch)
    few = {path: statements(client, path) for path in paths}
    world_of(range(2, 50), town, now, monkeypatch)
    assert ActionItem.objects.count() == 50
    assert {path: statements(client, path) for path in paths} == few
    print(few)


def test_councils_departments_and_seats_show_their_open_work_to_who_may_see_it(town, chamber, action, now) -> None:
    closed = items.create(
        title="Long gone", seat=action.seat, council=chamber.council, proof="p", by=town.lead, now=now
    )
    items.cancel(action=closed, reason="r", by=chamber.secretary, now=now)
    pages = [
        f"/councils/{chamber.council.reference}/",
        f"/departments/{town.claims.reference}/",
        f"/seats/{action.seat.reference}/",
    ]
    for path in pages:
        text = browser(town.lead).get(path).content.decode()
        assert f"/actions/{action.reference}/" in text, path
        assert f"/actions/{closed.reference}/" not in text, path
        hidden = browser(town.champions[town.legal.pk]).get(path).content.decode()
        assert action.reference not in hidden, path


# --- said for another, done for another ---------------------------------------------------------------------------


def test_what_a_champion_said_for_the_owner_says_so_in_the_story(town, chamber, now) -> None:
    adjuster = town.person("Lars Holt")
    seat = town.seat(SeatKind.OTHER, town.claims, adjuster, title="Lead adjuster")
    action = items.create(title="Call back", seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now)
    items.accept(action=action, promised_on=None, by=adjuster, now=now)
    items.report(action=action, health="at_risk", by=town.champions[town.claims.pk], now=now)
    page = browser(town.lead).get(f"/actions/{action.reference}/").text
    assert f"Reported by Fatima El Idrissi, for the owner: {action.reference} is at risk" in page
    items.report(action=action, health="at_risk", by=adjuster, now=now)
    page = browser(town.lead).get(f"/actions/{action.reference}/").text
    assert f"reported {action.reference} at risk" in page
    assert page.count(f"for the owner: {action.reference}") == 1


def test_a_deputy_moves_next_as_the_deputy_of_that_seat_and_nobody_is_told_why(town, action, now) -> None:
    stead = f", as deputy of {action.seat.subject.title}, "
    holder, deputy = town.champions[town.claims.pk], town.person("Hugo Peeters")
    seats.seat_person(seat=action.seat, person=deputy, role="deputy", by=town.lead, now=now)
    path, reader = f"/actions/{action.reference}/", browser(town.heads[town.claims.pk])
    assert "as deputy of" not in reader.get(path).text
    people.be_away(person=holder, until=(now + timedelta(days=9)).date(), by=holder)
    page = reader.get(path).text
    assert f"Next: <b>Hugo Peeters</b>{stead}" in page
    assert not [word for word in ("away", "absen", "holiday") if word in page.lower()]
    assert f"<b>Hugo Peeters (you)</b>{stead}" in browser(deputy).get(path).text
    assert "as deputy of" not in browser(town.lead).get("/review/").text, "an absence stands beside no figure"


def test_the_form_of_a_new_action_says_which_seats_are_full_and_how_far_to_whoever_plans(
    town: Town, chamber: Chamber, now
) -> None:
    seat = town.champion_seats[town.claims.pk]
    Seat.objects.filter(pk=seat.pk).update(capacity_minutes=20)
    for number in range(2):
        items.create(
            title=f"Work {number}", seat=seat, council=chamber.council, proof="p", by=town.lead, now=now
        )  # fmt: skip
    seats.seat_person(seat=chamber.memberships[4].seat, person=town.heads[town.claims.pk], by=None, now=now)
    for person, says in (
        (town.lead, f"{seat.title} – full this week: owes 30 min of 20 min"),
        (town.champions[town.claims.pk], f"{seat.title} – full this week: owes 30 min of 20 min"),
        (town.heads[town.claims.pk], f"{seat.title} – full this week"),
    ):
        client = Client()
        client.force_login(person)
        page = client.get("/actions/new/").text
        shown = re.findall(rf"<option[^>]*>\s*({re.escape(seat.title)}[^<]*?)\s*</option>", page)
        # A champion who belongs to no council creates nothing, and is shown no form.
        assert shown in ([says], []), person
        assert shown or person == town.champions[town.claims.pk]
