"""Buttons: a link answers once, for one person, and dies with whatever gave it its reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.contrib.sessions.models import Session
from django.test import Client

from councils.services import councils
from governance import buttons, events
from governance.errors import Absent, Conflict, Refused
from governance.models import Button, JournalEntry, Person
from governance.queries import journal as told
from governance.services import buttons as services
from governance.services import duties, journal, people, seats
from tests.conftest import TODAY
from tests.factories import Town

DEED = events.EVENTS.get("tests.deed.done") or events.declare("tests.deed.done", says="{by} did {subject}")


class Words(forms.Form):
    words = forms.CharField(label="Words")


def _press(button: Button, said: dict[str, Any], now: Any) -> str:
    if said["words"] == "refuse":
        raise Conflict("Not as things stand. Say something else.")
    assert button.subject is not None
    journal.record(DEED, subject=button.subject, by=button.person, now=now)
    return f"{said['words']} is written down."


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    kept = dict(buttons.PURPOSES)
    buttons.declare(
        "test", form=Words, template="governance/buttons/page.html", call="Say it", shows=lambda *_: {}, presses=_press
    )
    yield
    buttons.PURPOSES.clear()
    buttons.PURPOSES.update(kept)


def owner(town: Town) -> Person:
    return town.heads[town.claims.pk]


def address(town: Town, **more: Any) -> str:
    return services.issue(purpose="test", person=owner(town), subject=town.root.subject, now=TODAY, **more)


def token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def test_looking_changes_nothing_and_pressing_answers_once(town: Town, client: Client) -> None:
    url = address(town)
    assert token(url) not in str(list(Button.objects.values())), "only a digest is kept"
    for _look in range(3):
        shown = client.get(url)
        assert shown.status_code == 200
        assert owner(town).name in shown.content.decode()
        assert shown["Referrer-Policy"] == "no-referrer"
        assert "no-store" in shown["Cache-Control"]
        assert "noindex" in shown["X-Robots-Tag"]
        assert client.head(url).status_code == 200
        assert not shown.cookies, "no session, and nothing to prove besides the key"
    assert not JournalEntry.objects.filter(event=DEED.name).exists()
    assert "is written down" in client.post(url, {"words": "Yes"}).content.decode()
    assert JournalEntry.objects.filter(event=DEED.name, by=owner(town)).count() == 1
    assert client.post(url, {"words": "Yes"}).status_code == 410
    assert client.get(url).status_code == 410
    assert JournalEntry.objects.filter(event=DEED.name).count() == 1


def test_history_says_that_a_link_answered_and_where_it_was_sent(town: Town, client: Client) -> None:
    client.post(address(town), {"words": "Yes"})
    entry = JournalEntry.objects.get(event=DEED.name)
    (sentence,) = told.sentences([entry], owner(town), TODAY)
    assert sentence.text.endswith(f"by the link sent to {owner(town).email}")


def test_a_refused_answer_keeps_what_was_typed_and_the_link(town: Town, client: Client) -> None:
    url = address(town)
    empty = client.post(url, {"words": ""})
    assert empty.status_code == 422
    refused = client.post(url, {"words": "refuse"})
    assert refused.status_code == 409
    assert "Say something else" in refused.content.decode()
    assert 'value="refuse"' in refused.content.decode()
    assert client.post(url, {"words": "Yes"}).status_code == 200


def test_pressing_one_ends_its_siblings(town: Town, client: Client) -> None:
    first, second = address(town), address(town)
    assert client.post(first, {"words": "Yes"}).status_code == 200
    assert client.get(second).status_code == 410


def _leave(town: Town) -> None:
    people.end_access(person=owner(town), by=town.lead, now=TODAY)


def _new_address(town: Town) -> None:
    Person.objects.filter(pk=owner(town).pk).update(email="elsewhere@example.org")


def _revoke(town: Town) -> None:
    assert services.revoke(person=owner(town), purpose="test", now=TODAY) == 1


@pytest.mark.parametrize("what", [_leave, _new_address, _revoke])
def test_a_link_dies_with_its_reason(town: Town, client: Client, what: Any) -> None:
    url = address(town)
    assert client.get(url).status_code == 200
    what(town)
    assert client.get(url).status_code == 410
    assert client.post(url, {"words": "Yes"}).status_code == 410


def test_a_link_dies_with_its_duty_and_with_its_time(town: Town) -> None:
    seat = owner(town).tenures.get().seat
    duty = duties.open_duty(subject_id=town.root.pk, kind="review", seat=seat, now=TODAY, within=3)
    of_duty, old = token(address(town, duty=duty)), token(address(town, lives=timedelta(hours=1)))
    services.find(of_duty, TODAY)
    duties.close_duty(subject_id=town.root.pk, kind="review", now=TODAY, outcome="done")
    with pytest.raises(Absent):
        services.find(of_duty, TODAY)
    services.find(old, TODAY + timedelta(minutes=59))
    with pytest.raises(Absent):
        services.find(old, TODAY + timedelta(hours=1))


def test_what_may_not_be_seen_any_more_is_not_asked(town: Town) -> None:
    chamber = town.council_of_nine()
    member, council = chamber.members[4], chamber.council
    key = token(services.issue(purpose="test", person=member, subject=council.subject, now=TODAY))
    services.find(key, TODAY)
    councils.end_membership(membership=chamber.memberships[4], by=chamber.chair, now=TODAY)
    with pytest.raises(Absent):
        services.find(key, TODAY + timedelta(seconds=1))


def test_an_unknown_link_answers_like_an_ended_one(town: Town, client: Client) -> None:
    url = address(town)
    client.post(url, {"words": "Yes"})
    ended, unknown = client.get(url), client.get("/b/" + "x" * 43 + "/")
    assert (ended.status_code, unknown.status_code) == (410, 410)
    assert ended.content == unknown.content


def test_a_mail_programs_browser_needs_no_cookie(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)
    answered = strict.post(address(town), {"words": "Yes"}, headers={"Origin": "null"})
    assert answered.status_code == 200
    assert not strict.cookies
    assert not Session.objects.exists()


def test_a_link_dies_when_another_answers_for_the_seat_or_another_day_is_owed(town: Town) -> None:
    """The seat's holder, the seat that owes, the day: each is as it was when the link was sent, or the link is dead."""
    tenure = owner(town).tenures.get()
    seat, other = tenure.seat, town.champion_seats[town.claims.pk]

    def sent() -> str:
        # A ladder's help: one seat is asked about what another owes.
        return token(address(town, duty=duty, seat=seat.pk))

    duty = duties.open_duty(subject_id=town.root.pk, kind="review", seat=other, now=TODAY, within=3)
    day, key = duty.due_on, sent()
    services.find(key, TODAY)
    duty = duties.move_due_day(duty, due_on=day + timedelta(days=7))
    _dead(key)
    key = sent()
    duties.hand_on(duty, seat=seat)
    _dead(key)
    duties.hand_on(duty, seat=other)
    services.find(key, TODAY)  # it is owed as it was when it was sent
    people.be_away(person=owner(town), by=owner(town), until=TODAY.date() + timedelta(days=3))
    _dead(key)
    people.be_away(person=owner(town), by=owner(town), until=None)
    services.find(key, TODAY)
    seats.seat_person(seat=seat, person=town.champions[town.legal.pk], by=town.lead, now=TODAY)
    _dead(key, TODAY + timedelta(seconds=1))


def _dead(key: str, now: datetime = TODAY) -> None:
    with pytest.raises(Absent, match="not open any more"):
        services.find(key, now)
    with pytest.raises(Absent, match="not open any more"):
        services.press(token=key, said={"words": "Yes"}, now=now)
    assert not JournalEntry.objects.filter(event=DEED.name).exists()


def test_using_one_ends_all_beside_it_and_nothing_else(town: Town) -> None:
    buttons.declare(
        "test_no", form=Words, template="governance/buttons/page.html", call="No", shows=lambda *_: {}, presses=_press
    )
    seat = owner(town).tenures.get().seat
    duty = duties.open_duty(subject_id=town.root.pk, kind="review", seat=seat, now=TODAY, within=3)
    yes, again = token(address(town, duty=duty)), token(address(town, duty=duty))
    beside, apart = {"person": owner(town), "subject": town.root.subject, "now": TODAY}, address(town)
    no = token(services.issue(purpose="test_no", duty=duty, **beside))
    another = token(services.issue(purpose="test", duty=duty, **{**beside, "person": town.lead}))
    services.press(token=yes, said={"words": "Yes"}, now=TODAY)
    for gone in (yes, again, no):
        with pytest.raises(Absent):
            services.find(gone, TODAY)
    services.find(another, TODAY)
    services.find(token(apart), TODAY)  # without a duty it is about something else


def test_a_press_never_verifies_votes_or_spends_even_where_a_purpose_would(town: Town) -> None:
    for name in ("verify", "cast_vote", "spend", "approve_resources", "allocate", "say_done", "verify-benefit"):
        with pytest.raises(ValueError, match="never answered by a link"):
            buttons.declare(name, template="", call="", shows=lambda *_: {}, presses=_press)
    never = [name for name in events.EVENTS if buttons.is_never_pressed(name)]
    assert {"actions.item.verified", "actions.item.done", "councils.decision.settled", "councils.spending.posted",
            "councils.allocation.made", "actions.benefit.verified"} <= set(never)  # fmt: skip

    def verifies(button: Button, said: dict[str, Any], now: Any) -> str:
        journal.record(events.EVENTS["actions.item.verified"], subject=town.root.subject, by=button.person, now=now)
        return "Verified."

    buttons.declare("innocent", template="", call="", shows=lambda *_: {}, presses=verifies)
    key = token(services.issue(purpose="innocent", person=owner(town), subject=town.root.subject, now=TODAY))
    with pytest.raises(Refused, match="Sign in"):
        services.press(token=key, said={}, now=TODAY)
    assert not JournalEntry.objects.filter(event="actions.item.verified").exists()


def test_what_is_confidential_has_no_link_also_where_it_became_so_afterwards(town: Town) -> None:
    chamber = town.council_of_nine()
    member, council = chamber.members[4], chamber.council
    key = token(services.issue(purpose="test", person=member, subject=council.subject, now=TODAY))
    services.find(key, TODAY)
    type(council).objects.filter(pk=council.pk).update(is_confidential=True)
    _dead(key)
    assert services.of_person(member, TODAY) == []


def test_a_person_ends_the_links_they_were_sent_one_or_all(town: Town) -> None:
    kept, gone, foreign = address(town), address(town), services.issue(purpose="test", person=town.lead, now=TODAY)
    second = Button.objects.filter(person=owner(town)).latest("pk")
    client = Client()
    client.force_login(owner(town))
    with time_machine.travel(TODAY, tick=False):
        page = client.get("/me/links/").text
        assert page.count("End it:") == 2 or page.count("Say it") >= 2
        assert not [key for key in (kept, gone) if token(key) in page], "the addresses are kept nowhere"
        client.post("/me/links/", {"key": second.pk})
        theirs = Button.objects.get(person=town.lead)
        for key in (theirs.pk, "9" * 30, "x", ""):
            assert client.post("/me/links/", {"key": key}, follow=True).status_code == 200
        _dead(token(gone))
        services.find(token(kept), TODAY)
        client.post("/me/links/", {"key": "all"})
        _dead(token(kept))
        services.find(token(foreign), TODAY)
    with pytest.raises(Absent):
        services.find(token(kept), TODAY)


def test_a_dead_link_says_the_same_whatever_ended_it(town: Town, client: Client) -> None:
    urls = {name: address(town) for name in ("pressed", "expired", "left")}
    client.post(urls["pressed"], {"words": "Yes"})
    Button.objects.filter(ended_at=None).update(expires_at=TODAY - timedelta(days=1))
    pages = {client.get(url).content for url in (*urls.values(), "/b/" + "x" * 43 + "/")}
    pages |= {client.post(urls["expired"], {"words": "Yes"}).content}
    (page,) = pages
    assert "Sign in to see what waits for you" in page.decode()
    client.force_login(owner(town))
    assert "See what waits for you" in client.get(urls["expired"]).text


def test_history_names_an_address_as_everybody_reads_it_and_a_former_one_to_its_person(town: Town) -> None:
    client = Client()
    client.post(address(town), {"words": "Yes"})
    entry, person = JournalEntry.objects.get(event=DEED.name), owner(town)
    former = person.email
    assert told.sentences([entry], town.lead, TODAY)[0].text.endswith(f"by the link sent to {former}")
    Person.objects.filter(pk=person.pk).update(email="elsewhere@example.org")
    masked = told.sentences([entry], town.lead, TODAY)[0].text
    assert former not in masked
    assert masked.endswith(f"by the link sent to {former[0]}…@{former.partition('@')[2]}")
    assert told.sentences([entry], person, TODAY)[0].text.endswith(former)
    Button.objects.all().delete()
    assert told.sentences([entry], person, TODAY)[0].text.endswith("by a link in a mail")
