"""What two departments agreed on moves by the word of both; help is asked for it; an action may wait for it."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from actions.models import Blocker, Request, RequestDay
from actions.services import items, request_days, request_help, requests
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, HelpRequest, JournalEntry, Seat
from governance.queries.duties import my_moves
from governance.services import helping, seats
from tests.actions.test_requests import DAY, LATER, NEEDED, Between
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def between() -> Between:
    return Between()


def owed(request: Request) -> dict[str, Duty]:
    return {duty.kind: duty for duty in Duty.objects.filter(subject_id=request.pk, closed_at=None)}


def propose(between: Between, request: Request, day: date = LATER, **more) -> RequestDay:
    return request_days.propose(
        request=request, day=day, **{"reason": "The printer.", "by": between.asked, "now": EPOCH, **more}
    )


# --- another day ---------------------------------------------------------------------------------------------------


def test_the_other_side_owes_an_answer_beside_the_delivery_and_the_day_stays_till_then(between: Between) -> None:
    request = between.agreed()
    propose(between, request)
    due = owed(request)
    assert (due["deliver"].due_on, due["deliver"].seat_id) == (DAY, between.to.pk)
    assert due["approve_date"].seat_id == between.seat.pk
    request.refresh_from_db()
    assert request.promised == DAY
    assert [move.kind for move in my_moves(between.asker, EPOCH) if move.subject_id == request.pk] == ["approve_date"]
    with pytest.raises(Conflict, match="already"):
        propose(between, request)
    with pytest.raises(Refused, match="Fatima"):
        request_days.answer(request=request, answer="approved", by=between.asked, now=EPOCH)


def test_agreed_by_both_the_day_moves_and_the_first_one_stays_on_record(between: Between) -> None:
    request = between.agreed()
    propose(between, request)
    request_days.answer(request=request, answer="approved", by=between.asker, now=EPOCH)
    request.refresh_from_db()
    assert (request.first_promised, request.promised, request.due_on) == (DAY, LATER, LATER)
    due = owed(request)
    assert set(due) == {"deliver"}
    assert due["deliver"].due_on == LATER
    one = RequestDay.objects.get()
    assert (one.instead_of, one.day, one.side, one.answer) == (DAY, LATER, "asked", "approved")
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        RequestDay.objects.update(day=DAY + timedelta(days=1))
    page = Client()
    page.force_login(between.asker)
    text = " ".join(page.get(f"/requests/{request.reference}/").text.split())
    assert "slipped by 21 days" in text
    assert re.search(r"proposed [^<]*4 Dec[^<]* instead of [^<]*13 Nov", text)


def test_kept_with_a_sentence_the_day_stays_and_another_may_be_proposed(between: Between) -> None:
    request = between.agreed()
    propose(between, request)
    with pytest.raises(Invalid) as error:
        request_days.answer(request=request, answer="refused", by=between.asker, now=EPOCH)
    assert error.value.field == "said"
    request_days.answer(request=request, answer="refused", said="The launch is then.", by=between.asker, now=EPOCH)
    request.refresh_from_db()
    assert (request.promised, set(owed(request))) == (DAY, {"deliver"})
    assert propose(between, request, by=between.asker, day=NEEDED).side == "asking", "either side may"


@pytest.mark.parametrize("what", ["reason", "past", "same", "far"])
def test_what_makes_no_sense_is_said_at_its_field(between: Between, what: str) -> None:
    request = between.agreed()
    given, field = {
        "reason": ({"reason": " "}, "reason"), "past": ({"day": date(2026, 10, 1)}, "day"),
        "same": ({"day": DAY}, "day"), "far": ({"day": date(2090, 1, 1)}, "day"),
    }[what]  # fmt: skip
    with pytest.raises(Invalid) as error:
        propose(between, request, **given)
    assert error.value.field == field


def test_delivered_or_withdrawn_the_proposal_is_overtaken(between: Between) -> None:
    request = between.agreed()
    propose(between, request)
    requests.deliver(request=request, by=between.asked, now=EPOCH)
    assert RequestDay.objects.get().answer == "overtaken"
    assert set(owed(request)) == {"confirm"}
    with pytest.raises(Conflict):
        request_days.answer(request=request, answer="approved", by=between.asker, now=EPOCH)


def test_one_person_on_both_sides_does_not_agree_with_themselves(between: Between) -> None:
    seats.seat_person(seat=between.seat, person=between.asked, by=None, now=EPOCH)
    between.asker = between.asked
    request = between.agreed()
    propose(between, request)
    head = Seat.objects.get(kind="head", department=between.town.claims)
    assert owed(request)["approve_date"].seat_id == head.pk
    with pytest.raises(Refused):
        request_days.answer(request=request, answer="approved", by=between.asked, now=EPOCH)
    joel = between.town.heads[between.town.claims.pk]
    assert request_days.answer(request=request, answer="approved", by=joel, now=EPOCH).answer == "approved"


def test_the_page_and_the_api_propose_and_answer(between: Between, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: EPOCH)
    request = between.agreed()
    giver, asker = Client(), APIClient()
    giver.force_login(between.asked)
    asker.force_authenticate(between.asker)
    place = f"/requests/{request.reference}/"
    assert "Propose another day, with a reason" in giver.get(place).text
    answer = giver.post(f"{place}propose-day/", {"day": LATER.isoformat(), "reason": ""})
    assert answer.status_code == 422
    assert f'value="{LATER.isoformat()}"' in answer.text
    said = {"day": LATER.isoformat(), "reason": "The printer."}
    assert giver.post(f"{place}propose-day/", said).status_code == 302
    shown = Client()
    shown.force_login(between.asker)
    assert "May the day move?" in shown.get(place).text
    told = asker.post(f"/api/v1{place}answer-day/", {"answer": "approved"}, format="json").json()
    assert (told["promised"], told["first_promised"], told["slipped"]) == (LATER.isoformat(), DAY.isoformat(), 21)
    assert [one["answer"] for one in told["days"]] == ["approved"]


# --- help ----------------------------------------------------------------------------------------------------------


def test_either_side_asks_up_the_ladder_of_whoever_was_asked(between: Between) -> None:
    request = between.agreed()
    head = Seat.objects.get(kind="head", department=between.town.legal)
    for by in (between.asker, between.asked):
        made = request_help.ask(request=request, asked=head, words="A lawyer for a day.", by=by, now=EPOCH)
        assert (made.duty.kind, made.asked_id) == (DutyKind.DELIVER, head.pk)
        helping.answer(
            request=made, answer="helped", said="Tomorrow.", by=between.town.heads[between.town.legal.pk], now=EPOCH
        )
    own = Seat.objects.get(kind="head", department=between.town.claims)
    with pytest.raises(Invalid) as error:
        request_help.ask(request=request, asked=own, words="Help.", by=between.asker, now=EPOCH)
    assert error.value.field == "asked"
    with pytest.raises(Refused):
        request_help.ask(
            request=request, asked=head, words="Help.", by=between.town.heads[between.town.legal.pk], now=EPOCH
        )
    delivered = between.delivered()
    with pytest.raises(Conflict):
        request_help.ask(request=delivered, asked=head, words="Help.", by=between.asker, now=EPOCH)


def test_the_page_and_the_api_ask_for_help(between: Between, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: EPOCH)
    request = between.request()
    head = Seat.objects.get(kind="head", department=between.town.legal)
    client, program = Client(), APIClient()
    client.force_login(between.asker)
    program.force_authenticate(between.asked)
    place = f"/requests/{request.reference}/"
    said = {"asked": head.reference, "words": "Nobody answers."}
    assert "Nobody answers." in client.post(f"{place}ask-help/", said, follow=True).text
    lead = Seat.objects.get(kind="cx_lead")
    answer = program.post(f"/api/v1{place}ask-help/", {"asked": lead.reference, "words": "w"}, format="json")
    assert answer.status_code == 200
    assert HelpRequest.objects.count() == 2


# --- an action waits for it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["confirm", "withdraw", "refuse"])
def test_what_waits_for_a_request_waits_no_more_once_that_is_closed(between: Between, end: str) -> None:
    action = between.action()
    request = between.request(action=action)
    blocker = items.block(action=action, reason="No text.", request=request, by=between.asker, now=EPOCH)
    assert (blocker.waiting_on_id, blocker.request_id) == (between.to.pk, request.pk)
    if end == "confirm":
        requests.agree(request=request, promised_on=DAY, by=between.asked, now=EPOCH)
        requests.deliver(request=request, by=between.asked, now=EPOCH)
        assert Blocker.objects.get().lifted_at is None, "delivered is not confirmed"
        requests.confirm(request=request, by=between.asker, now=EPOCH)
    elif end == "withdraw":
        requests.withdraw(request=request, reason="r", by=between.asker, now=EPOCH)
    else:
        requests.refuse(request=request, reason="r", by=between.asked, now=EPOCH)
    blocker.refresh_from_db()
    assert (blocker.lifted_at, blocker.lifted_by) == (EPOCH, None)
    assert JournalEntry.objects.filter(event__startswith="actions.blocker.", subject_id=action.pk).count() == 1


def test_only_an_open_request_of_the_very_action_is_waited_for(between: Between) -> None:
    action = between.action()
    other = between.request(action=between.action())
    closed = between.request(action=action)
    requests.withdraw(request=closed, reason="r", by=between.asker, now=EPOCH)
    for request in (other, closed, between.request()):
        with pytest.raises(Invalid) as error:
            items.block(action=action, reason="r", request=request, by=between.asker, now=EPOCH)
        assert error.value.field == "request"


def test_both_pages_link_and_the_api_tells(between: Between, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: EPOCH)
    action = between.action()
    request = between.request(action=action)
    client, program = Client(), APIClient()
    client.force_login(between.asker)
    program.force_authenticate(between.asker)
    place = f"/actions/{action.reference}/"
    assert "Waiting for a request" in client.get(place).text
    page = client.post(f"{place}block/", {"reason": "No text.", "request": request.reference}, follow=True).text
    assert re.search(rf'<a href="/requests/{request.reference}/">\s*waiting for A consent text\s*</a>', page)
    there = " ".join(client.get(f"/requests/{request.reference}/").text.split())
    assert re.search(rf'href="{place}#blockers">\s*It waits for this since', there)
    (told,) = program.get("/api/v1/blockers/").json()["results"]
    assert told["request"] == request.reference
    assert program.get(f"/api/v1/requests/{request.reference}/").json()["is_waited_for"] is True
    asked = APIClient()
    asked.force_authenticate(between.asked)
    assert asked.get(f"/api/v1/requests/{request.reference}/").json()["is_waited_for"] is False, "of an unseen action"
    again = program.post(f"/api/v1{place}block/", {"reason": "r", "request": request.reference}, format="json")
    assert again.status_code == 200
