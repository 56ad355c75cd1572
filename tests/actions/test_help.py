"""Help: asked for by a ladder or by hand, answered on a page or from the mail, and told to whoever owes it."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from actions.models import ActionItem
from actions.services import items
from councils.models import Council
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Answer, HelpRequest, Person
from governance.queries import duties, helping
from governance.services import helping as services
from governance.services import subjects
from notifications.queries.home import waiting_for
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.conftest import TODAY
from tests.factories import EPOCH, Town

DIGEST = TODAY + timedelta(minutes=5)


def work(town: Town, *, accepted: bool = True, now: datetime = EPOCH) -> ActionItem:
    """Work of the Claims champion's seat; accepted, it is promised for a day that has passed by ``TODAY``."""
    council = town.council_of_nine().council
    made = items.create(
        title="Answer within two days",
        seat=town.champion_seats[town.claims.pk],
        council=council,
        proof="Nobody waits for longer.",
        by=town.lead,
        now=now,
    )
    if accepted:
        items.accept(action=made, promised_on=date(2026, 11, 18), by=owner(town), now=town.now)
    return made


@pytest.fixture
def action(town: Town) -> ActionItem:
    return work(town)


def owner(town: Town) -> Person:
    return town.champions[town.claims.pk]


def head(town: Town) -> Person:
    return town.heads[town.claims.pk]


def ask(town: Town, action: ActionItem) -> HelpRequest:
    seat = head(town).tenures.get().seat
    return items.ask_help(action=action, asked=seat, words="Two days of a tester.", by=owner(town), now=TODAY)


def links(body: str, call: str) -> list[str]:
    return re.findall(rf"{call}, without signing in: \S+(/b/\S+)", body)


def test_a_rung_asks_and_the_answer_takes_it_from_home(town: Town, action: ActionItem) -> None:
    sweep(TODAY)
    request = HelpRequest.objects.filter(duty__subject=action.subject).order_by("pk")[0]
    assert (request.asked.kind, request.by, request.answer) == ("head", None, "")
    assert [key for key, _move in duties.asked_moves(head(town), TODAY)] == [request.pk]
    services.answer(request=request, answer=Answer.HELPED, said="Jo tests it.", by=head(town), now=TODAY)
    assert duties.asked_moves(head(town), TODAY) == []
    sweep(TODAY)
    assert HelpRequest.objects.filter(duty__subject=action.subject, position=request.position).count() == 1


def test_who_is_asked_comes_from_home_and_from_the_work_to_the_answer(
    town: Town, action: ActionItem, client_for
) -> None:
    request = ask(town, action)
    (task,) = [task for task in waiting_for(head(town), TODAY).answers if task.move.kind == "respond"]
    assert task.url == f"/help/{request.pk}/"
    page = client_for(head(town)).get(f"/actions/{action.reference}/").content.decode()
    assert f'<a href="/help/{request.pk}/">answers the escalation</a>' in page
    assert f"{head(town).name} keeps it" not in page, "who helps does not own the promise"


def test_an_owner_asks_by_hand_and_a_seat_is_asked_once_until_it_answers(town: Town, action: ActionItem) -> None:
    request = ask(town, action)
    with pytest.raises(Conflict, match="asked already"):
        ask(town, action)
    services.answer(request=request, answer=Answer.NOT_NOW, said="In March.", by=head(town), now=TODAY)
    with pytest.raises(Conflict, match="answered already"):
        services.answer(request=request, answer=Answer.HELPED, said="Now.", by=head(town), now=TODAY)
    assert ask(town, action).pk != request.pk


def test_who_may_ask_whom_and_who_answers(town: Town, action: ActionItem) -> None:
    stranger = town.champions[town.legal.pk]
    seat = stranger.tenures.get().seat
    with pytest.raises(Absent):
        items.ask_help(action=action, asked=seat, words="Help", by=stranger, now=TODAY)
    with pytest.raises(Invalid, match="head or the council's sponsor"):
        items.ask_help(action=action, asked=seat, words="Help", by=owner(town), now=TODAY)
    with pytest.raises(Refused):
        items.ask_help(action=action, asked=town.sponsor_seat, words="Help", by=head(town), now=TODAY)
    request = ask(town, action)
    with pytest.raises(Absent):
        services.answer(request=request, answer=Answer.HELPED, said="I can.", by=stranger, now=TODAY)
    with pytest.raises(Refused):
        services.answer(request=request, answer=Answer.HELPED, said="I can.", by=owner(town), now=TODAY)
    with pytest.raises(Invalid):
        services.answer(request=request, answer=Answer.HELPED, said=" ", by=head(town), now=TODAY)
    with pytest.raises(Absent):
        helping.one(request.pk, stranger, TODAY)


def test_a_head_answers_from_the_mail_and_the_owner_is_told(town: Town, action: ActionItem, client: Client) -> None:
    ask(town, action)
    sweep(TODAY)
    outbox.drain(DIGEST)
    (letter,) = [one for one in mail.outbox if one.to == [head(town).email]]
    # A rung had asked as well. What is said once answers both, and both links are used up.
    first, *others = links(str(letter.body), "I help")
    assert others
    shown = client.get(first)
    assert shown.status_code == 200
    assert action.title in shown.content.decode()
    assert client.post(first, {"answer": "helped"}).status_code == 422
    assert client.post(first, {"answer": "helped", "said": "Jo tests it."}).status_code == 200
    assert [client.get(path).status_code for path in (first, *others)] == [410] * (1 + len(others))
    assert not helping.waiting_on(head(town), TODAY).exists()
    mail.outbox.clear()
    sweep(TODAY)
    outbox.drain(DIGEST + timedelta(days=1))
    assert any("answered" in one.body.lower() for one in mail.outbox if one.to == [owner(town).email])


def test_work_is_accepted_from_the_mail(town: Town, client: Client) -> None:
    proposed = work(town, accepted=False, now=TODAY)
    sweep(TODAY)
    outbox.drain(DIGEST)
    (letter,) = [one for one in mail.outbox if one.to == [owner(town).email]]
    (accept,), (decline,) = links(str(letter.body), "Accept it"), links(str(letter.body), "Decline it")
    assert client.post(accept, {"promised_on": "2026-11-20"}).status_code == 422, "that day has passed"
    assert client.post(accept, {"promised_on": "2026-12-20"}).status_code == 200
    proposed.refresh_from_db()
    assert (proposed.state, str(proposed.promised)) == ("accepted", "2026-12-20")
    assert client.get(decline).status_code == 410


def test_a_confidential_matter_is_never_answered_by_a_link(town: Town) -> None:
    proposed = work(town, accepted=False, now=TODAY)
    Council.objects.filter(pk=proposed.council_id).update(is_confidential=True)
    subjects.show_to(proposed.subject, [proposed.council_id])
    sweep(TODAY)
    outbox.drain(DIGEST)
    (letter,) = [one for one in mail.outbox if one.to == [owner(town).email]]
    assert proposed.reference in letter.body
    assert proposed.title not in letter.body
    assert "/b/" not in letter.body


def test_the_page_asks_and_answers(town: Town, action: ActionItem, client_for) -> None:
    mine, theirs = client_for(owner(town)), client_for(head(town))
    seat = head(town).tenures.get().seat
    url = f"/actions/{action.reference}/ask-help/"
    refused = mine.post(url, {"asked": seat.reference, "words": ""})
    assert refused.status_code == 422
    assert mine.post(url, {"asked": seat.reference, "words": "A tester"}).status_code == 302
    request = HelpRequest.objects.get(by=owner(town))
    assert "A tester" in mine.get(f"/actions/{action.reference}/").content.decode()
    assert "<form" in theirs.get(f"/help/{request.pk}/").content.decode()
    answered = theirs.post(f"/help/{request.pk}/", {"answer": "resourced", "said": "Jo, two days."}, follow=True)
    assert "Jo, two days." in answered.content.decode()
    assert client_for(town.champions[town.legal.pk]).get(f"/help/{request.pk}/").status_code == 404


def test_the_api_asks_and_answers(town: Town, action: ActionItem, api_for) -> None:
    seat = head(town).tenures.get().seat
    made = api_for(owner(town)).post(
        f"/api/v1/actions/{action.reference}/ask-help/", {"asked": seat.reference, "words": "A tester"}, format="json"
    )
    assert made.status_code == 200, made.json()
    waiting = api_for(head(town)).get("/api/v1/help-requests/?waiting=1").json()["results"]
    key = next(one["id"] for one in waiting if one["words"] == "A tester")
    said = {"answer": "moved", "said": "Take a week more."}
    answered = api_for(head(town)).post(f"/api/v1/help-requests/{key}/answer/", said, format="json")
    assert answered.json()["answer"] == "moved"
    assert api_for(town.champions[town.legal.pk]).get("/api/v1/help-requests/").json()["count"] == 0
