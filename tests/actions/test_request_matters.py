"""What a council decides about a request that two departments could not settle between themselves."""

from datetime import date

import pytest

from actions.models import Request
from actions.services import requests
from councils.services import agenda
from governance.errors import Invalid
from governance.models import Duty, DutyKind, JournalEntry, Seat
from tests.actions.test_items_matters import Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db

NEEDED, SET = date(2026, 11, 20), date(2026, 12, 4)


@pytest.fixture
def room() -> Room:
    return Room()


def asked(room: Room) -> Request:
    to: Seat = room.town.champion_seats[room.town.legal.pk]
    return requests.ask(
        title="A consent text", to=to, asked_for=NEEDED, action=room.running(), by=room.owner, now=EPOCH
    )


def owed(request: Request) -> Duty:
    return Duty.objects.get(subject_id=request.pk, closed_at=None)


def test_a_council_sets_the_day_on_which_an_unanswered_request_is_owed(room: Room) -> None:
    request = asked(room)
    decision = room.decide(request, "set_day", "open_request", due_on=SET.isoformat(), reason="Customers wait.")
    assert decision.verdict == "valid"
    request.refresh_from_db()
    assert (request.state, request.promised, request.asked_for) == ("agreed", SET, NEEDED)
    assert (owed(request).kind, owed(request).seat_id, owed(request).due_on) == (
        DutyKind.DELIVER, request.to_seat_id, SET,
    )  # fmt: skip
    entry = JournalEntry.objects.get(event="actions.request.settled")
    assert entry.facts["promised"] == SET.isoformat()


def test_a_council_reads_the_request_that_it_is_asked_to_decide_about(room: Room) -> None:
    request = requests.ask(
        title="A consent text", to=room.town.champion_seats[room.town.legal.pk], asked_for=NEEDED,
        seat=room.town.champion_seats[room.town.claims.pk], by=room.owner, now=EPOCH,
    )  # fmt: skip
    member = room.chamber.members[7]
    assert not Request.objects.visible_to(member, EPOCH).exists()
    agenda.propose(
        council=room.chamber.council, about=request.subject, matter="open_request", by=room.town.lead, now=EPOCH
    )
    assert Request.objects.visible_to(member, EPOCH).get() == request


def test_the_first_day_agreed_stays_when_the_council_sets_another(room: Room) -> None:
    champion = room.town.champions[room.town.legal.pk]
    request = requests.agree(request=asked(room), promised_on=NEEDED, by=champion, now=EPOCH)
    room.decide(request, "set_day", "open_request", due_on=SET.isoformat(), reason="After the audit.")
    request.refresh_from_db()
    assert (request.first_promised, request.promised, owed(request).due_on) == (NEEDED, SET, SET)


def test_a_council_drops_a_request_and_nothing_is_owed_for_it_any_more(room: Room) -> None:
    request = asked(room)
    room.decide(request, "drop", "open_request", reason="We buy it.")
    request.refresh_from_db()
    assert (request.state, request.reason) == ("withdrawn", "We buy it.")
    assert not Duty.objects.filter(subject_id=request.pk, closed_at=None).exists()


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"due_on": "soon", "reason": "r"}, "due_on"),
        ({"due_on": "2026-12-04", "reason": " "}, "reason"),
    ],
)
def test_what_a_decision_lacks_is_said_at_its_field(room: Room, payload: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        room.decide(asked(room), "set_day", "open_request", **payload)
    assert error.value.field == field


def test_no_day_is_set_for_what_is_delivered(room: Room) -> None:
    champion = room.town.champions[room.town.legal.pk]
    request = requests.agree(request=asked(room), promised_on=NEEDED, by=champion, now=EPOCH)
    request = requests.deliver(request=request, by=champion, now=EPOCH)
    with pytest.raises(Invalid, match="no day left"):
        room.decide(request, "set_day", "open_request", due_on=SET.isoformat(), reason="r")
