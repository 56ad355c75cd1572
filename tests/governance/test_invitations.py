"""The way in: invitations, forgotten passwords, and what a stranger learns from either, which is nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from governance.errors import Conflict, Refused
from governance.models import Button, JournalEntry, Person
from governance.services import invitations, people
from notifications import channels
from notifications.models import Delivery, Message, MessageState, Preference
from notifications.services import holding, outbox
from tests.conftest import TODAY
from tests.factories import PASSWORD, Town

pytestmark = pytest.mark.django_db
PAGE = "/people/invitations/"
NEW = "a sentence that nobody guesses"


@pytest.fixture
def by_hand(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"


@pytest.fixture
def li(town: Town) -> Person:
    return people.add(email="li@harbourline.example", name="Li Wei", by=town.lead, now=TODAY)


def link(town: Town, person: Person) -> str:
    return invitations.invite(people=[person], by=town.lead, now=TODAY)[0].address


def signs_in(email: str, password: str) -> bool:
    return Client().post("/sign-in/", {"email": email, "password": password}).status_code == 302


def mailed_link(person: Person) -> str:
    outbox.drain(TODAY + timedelta(minutes=1))
    letter = next(one for one in reversed(mail.outbox) if one.to == [person.email])
    return next(word for word in str(letter.body).split() if "/b/" in word)


@pytest.mark.usefixtures("by_hand")
def test_an_invitation_lets_one_person_in_once(town: Town, li: Person) -> None:
    assert not signs_in(li.email, ""), "without a password there is no other way in"
    address = link(town, li)
    shown = Client().get(address)
    assert shown.status_code == 200
    assert li.email in shown.text
    assert Client().post(address, {"password": "short"}).status_code == 422
    assert Client().post(address, {"password": li.email}).status_code == 422, "and no password that is their address"
    assert Client().post(address, {"password": NEW}).status_code == 200
    assert signs_in(li.email, NEW)
    assert Client().get(address).status_code == 410
    assert Client().post(address, {"password": "another long sentence"}).status_code == 410


@pytest.mark.usefixtures("by_hand")
def test_a_new_link_ends_the_one_before_and_taking_back_ends_both(town: Town, li: Person) -> None:
    first, second = link(town, li), link(town, li)
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    assert invitations.take_back(people=[li], by=town.lead, now=TODAY) == 1
    assert Client().get(second).status_code == 410
    third = link(town, li)
    people.set_password(person=li, by=li, password=NEW, now=TODAY)
    assert Client().get(third).status_code == 410, "somebody who has a password needs no first one"


@pytest.mark.usefixtures("by_hand")
def test_an_old_a_used_and_an_unknown_link_answer_alike(town: Town, li: Person) -> None:
    address = link(town, li)
    Button.objects.update(expires_at=TODAY - timedelta(seconds=1))
    old, unknown = Client().get(address), Client().get(f"/b/{'x' * 43}/")
    assert (old.status_code, old.content) == (unknown.status_code, unknown.content)


def test_only_whoever_places_people_invites(town: Town, li: Person, client_for) -> None:
    for person in (town.champions[town.claims.pk], town.heads[town.claims.pk]):
        with pytest.raises(Refused):
            invitations.invite(people=[li], by=person, now=TODAY)
        assert client_for(person).get(PAGE).status_code == 403
        listed = client_for(person).get("/people/").text
        assert "Invitations" not in listed
        assert "never signed in" not in listed


def test_nobody_is_invited_over_a_password_that_is_there(town: Town) -> None:
    with pytest.raises(Conflict, match="has a password"):
        invitations.invite(people=[town.sponsor], by=town.lead, now=TODAY)


@pytest.mark.usefixtures("by_hand")
def test_links_are_shown_once_to_copy_while_there_is_no_mail_server(town: Town, li: Person, client_for) -> None:
    client = client_for(town.lead)
    listed = client.get(PAGE)
    assert "Li Wei" in listed.text
    assert "copied by hand" in listed.text
    assert "/b/" not in listed.text
    assert "never signed in" in client.get("/people/?search=Li").text
    assert 'value="invite"' in client.get(f"/people/{li.pk}/").text
    made = client.post(PAGE, {"person": li.pk, "deed": "invite"})
    assert made.text.count("/b/") == 1
    assert "no-store" in made["Cache-Control"]
    again = client.get(PAGE)
    assert "/b/" not in again.text
    assert "open until" in again.text
    assert client.post(PAGE, {"deed": "invite"}).status_code == 422
    assert client.post(PAGE, {"person": li.pk, "deed": "take_back"}).status_code == 302
    assert "open until" not in client.get(PAGE).text
    assert not mail.outbox


@pytest.mark.usefixtures("by_hand")
def test_a_sheet_of_people_ends_in_their_links(town: Town, client_for) -> None:
    client = client_for(town.lead)
    looked = client.post("/people/several/", {"pasted": "Li, li@x.example\nBo, bo@x.example"})
    done = client.post("/people/several/", {"rows": looked.context["rows"], "deed": "take", "invites": "on"})
    assert done.status_code == 200
    assert done.text.count("/b/") == 2


def test_with_a_mail_server_the_link_goes_to_the_person_alone(town: Town, li: Person, client_for) -> None:
    Preference.objects.create(person=li, wants_mail=False)
    sent = client_for(town.lead).post(PAGE, {"person": li.pk, "deed": "invite"}, follow=True)
    assert "on its way" in sent.text
    assert "/b/" not in sent.text
    address = mailed_link(li)
    assert not Delivery.objects.filter(channel="inbox", message__kind="invited").exists()
    token = address.rstrip("/").rpartition("/")[2]
    assert token not in str(list(Message.objects.values())) + str(list(JournalEntry.objects.values()))
    assert Client().post(address, {"password": NEW}).status_code == 200
    assert signs_in(li.email, NEW)


def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(town: Town, client_for) -> None:
    there = client_for(town.sponsor)
    assert Client().post("/forgot/", {"email": town.sponsor.email.upper()}).status_code == 200
    address = mailed_link(town.sponsor)
    assert signs_in(town.sponsor.email, PASSWORD), "asking changes nothing"
    assert Client().post(address, {"password": NEW}).status_code == 200
    assert there.get("/seats/").status_code == 302
    assert not signs_in(town.sponsor.email, PASSWORD)
    assert signs_in(town.sponsor.email, NEW)
    assert Client().get(address).status_code == 410


def test_the_answer_is_the_same_whether_somebody_exists_or_not(town: Town, li: Person) -> None:
    gone = town.person("Gone Already")
    people.end_access(person=gone, by=town.lead, now=TODAY)
    answers = set()
    for email in (town.sponsor.email, "nobody@harbourline.example", gone.email, li.email):
        answer = Client().post("/forgot/", {"email": email})
        answers.add((answer.status_code, answer.text.replace(email, "")))
    assert len(answers) == 1
    assert set(Message.objects.filter(kind="reset").values_list("person_id", flat=True)) == {town.sponsor.pk}


def test_asking_again_and_again_sends_no_more_and_says_nothing_else(town: Town) -> None:
    answers = {Client().post("/forgot/", {"email": town.sponsor.email}).text for _time in range(8)}
    assert len(answers) == 1
    assert Message.objects.filter(kind="reset").count() == 5
    assert signs_in(town.sponsor.email, PASSWORD), "whoever asks closes nobody's door"


@pytest.mark.usefixtures("by_hand")
def test_without_a_mail_server_the_page_says_whom_to_ask(town: Town) -> None:
    assert "Ask your administrator" in Client().get("/forgot/").text
    invitations.ask_for_reset(email=town.sponsor.email, address="", now=TODAY)
    assert not Message.objects.filter(kind="reset").exists()


def test_the_console_prints_a_link_for_a_new_password(town: Town, capsys) -> None:
    call_command("password_link", town.sponsor.email)
    address = capsys.readouterr().out.strip()
    assert Client().post(address, {"password": NEW}).status_code == 200
    assert signs_in(town.sponsor.email, NEW)
    with pytest.raises(CommandError):
        call_command("password_link", "nobody@x.example")


@pytest.mark.usefixtures("by_hand")
def test_over_the_api_people_are_invited_and_taken_back(town: Town, li: Person, api_for) -> None:
    api, path = api_for(town.lead), reverse("api-person-invitations")
    assert [one["name"] for one in api.get(path).json() if one["id"] == li.pk] == ["Li Wei"]
    made = api.post(path, {"people": [li.pk]}).json()
    assert Client().get(made[0]["address"]).status_code == 200
    assert api.post(reverse("api-person-take-back", args=[li.pk])).status_code == 200
    assert Client().get(made[0]["address"]).status_code == 410
    assert api_for(town.sponsor).get(path).status_code == 403
    assert api_for(town.sponsor).post(path, {"people": [li.pk]}).status_code == 403


def waiting(town: Town, *people_: Person) -> None:
    """Invitations that wait in the outbox: all mail is held."""
    holding.hold(reason="A restore.", by=town.lead, now=TODAY)
    invitations.invite(people=list(people_), by=town.lead, now=TODAY)


def lets_go(town: Town, now: datetime) -> None:
    holding.resend(by=town.lead, now=now)
    outbox.drain(now)


def test_an_invitation_that_is_taken_back_before_it_was_mailed_never_leaves(town: Town, li: Person) -> None:
    waiting(town, li)
    # Its link is made when its mail leaves, so there is none yet; it counts as one that was open all the same.
    assert invitations.take_back(people=[li], by=town.lead, now=TODAY) == 1
    assert invitations.take_back(people=[li], by=town.lead, now=TODAY) == 0
    lets_go(town, TODAY)
    assert not [one for one in mail.outbox if one.to == [li.email]]
    assert not Button.objects.filter(person=li).exists()


def test_an_invitation_that_is_taken_back_between_two_attempts_is_not_tried_again(
    town: Town, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(*_letters: Any, **_rest: Any) -> None:
        raise channels.Temporary("451 later")

    invitations.invite(people=[li], by=town.lead, now=TODAY)
    with monkeypatch.context() as patched:
        patched.setattr("notifications.channels.mail.hand_over", later)
        outbox.drain(TODAY)
    invitations.take_back(people=[li], by=town.lead, now=TODAY)
    outbox.drain(TODAY + timedelta(minutes=5))
    assert not [one for one in mail.outbox if one.to == [li.email]]


def test_an_invitation_that_was_given_up_and_taken_back_is_not_mailed_when_all_are_tried_again(
    town: Town, li: Person
) -> None:
    invitations.invite(people=[li], by=town.lead, now=TODAY)
    Message.objects.filter(person=li).update(state=MessageState.FAILED)
    invitations.take_back(people=[li], by=town.lead, now=TODAY)
    outbox.retry(by=town.lead, now=TODAY)
    outbox.drain(TODAY)
    assert not [one for one in mail.outbox if one.to == [li.email]]


def test_who_is_invited_twice_before_the_mail_leaves_gets_one_link(town: Town, li: Person) -> None:
    waiting(town, li)
    invitations.invite(people=[li], by=town.lead, now=TODAY + timedelta(minutes=1))
    lets_go(town, TODAY + timedelta(minutes=2))
    assert len([one for one in mail.outbox if one.to == [li.email]]) == 1
    assert Button.objects.filter(person=li, ended_at=None).count() == 1


def test_who_has_a_password_by_now_is_mailed_no_invitation(town: Town, li: Person) -> None:
    waiting(town, li)
    people.set_password(person=li, by=li, password=NEW, now=TODAY)
    lets_go(town, TODAY)
    assert not [one for one in mail.outbox if one.to == [li.email]]


@pytest.mark.parametrize(("minutes", "mails"), [(59, 1), (60, 0)])
def test_a_new_password_that_was_asked_for_too_long_ago_is_not_mailed_any_more(
    town: Town, minutes: int, mails: int
) -> None:
    holding.hold(reason="A restore.", by=town.lead, now=TODAY)
    invitations.ask_for_reset(email=town.sponsor.email, address="192.0.2.1", now=TODAY)
    lets_go(town, TODAY + timedelta(minutes=minutes))
    # Whoever asked has long given up, or asked again.
    assert sum("/b/" in str(one.body) for one in mail.outbox if one.to == [town.sponsor.email]) == mails
