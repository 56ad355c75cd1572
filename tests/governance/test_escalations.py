"""What a rung asks of a sponsor becomes a duty of the sponsor's seat, and ends with what it is about."""

from datetime import UTC, date, datetime, timedelta

import pytest

from actions.services import items
from governance.models import Duty, Person, SeatKind
from governance.queries import helping
from governance.queries.duties import asked_moves, my_moves, next_moves
from governance.services import escalations, people, seats
from governance.services import helping as services
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe, working_days_after

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 10)


def nine(day: date) -> datetime:
    """Nine in the morning of Amsterdam's winter."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


@pytest.fixture
def late(town: Town):
    """An action of Claims whose ladder has asked the sponsor, and the moment at which it did."""
    chamber = town.council_of_nine()
    owner = town.champions[town.claims.pk]
    action = items.create(
        title="Letters in plain words", seat=town.champion_seats[town.claims.pk], council=chamber.council,
        proof="Read aloud.", by=town.lead, now=town.now,
    )  # fmt: skip
    action = items.accept(action=action, promised_on=DUE, by=owner, now=town.now)
    asked = nine(working_days_after(DUE, 5))
    sweep(asked)
    return action, asked


def response(action) -> Duty | None:
    return Duty.objects.filter(subject=action.subject, kind="respond", closed_at=None).first()


def mine(person: Person, now: datetime) -> set[str]:
    return {move.kind for move in my_moves(person, now)}


def test_a_rung_that_asks_the_sponsor_is_answered_within_the_days_that_the_sponsor_pledged(town, late) -> None:
    action, asked = late
    duty = response(action)
    assert duty is not None
    assert (duty.seat_id, duty.asked_by.kind) == (town.sponsor_seat.pk, "keep")
    assert duty.due_on == working_days_after(asked.date(), 3)
    assert "respond" in mine(town.sponsor, asked)
    assert asked_moves(town.sponsor, asked) == [], "it is theirs to answer, and not said twice"
    assert next_moves([action.pk], asked)[action.pk].kind == "keep", "whoever promised is still next"


def test_a_head_who_was_asked_before_the_sponsor_owes_no_pledge(town, late) -> None:
    assert Duty.objects.filter(kind="respond").exclude(seat=town.sponsor_seat).count() == 0


def test_the_same_ask_twice_is_one_answer(town, late) -> None:
    action, asked = late
    first = response(action)
    keep = Duty.objects.get(subject=action.subject, kind="keep")
    assert escalations.owe_responses([(keep.pk, town.sponsor_seat.pk)], asked) == 0
    assert escalations.owe_response(duty=keep, seat=town.sponsor_seat, now=asked) == first


def test_the_end_of_what_was_asked_about_ends_the_answer(town, late) -> None:
    action, asked = late
    owner = town.champions[town.claims.pk]
    items.add_evidence(action=action, title="Recordings", kind="note", by=owner, now=asked)
    action.refresh_from_db()
    items.say_done(action=action, by=owner, now=asked)
    assert response(action) is None


def test_an_answer_ends_it_and_leaves_the_promise_where_it_was(town, late) -> None:
    action, asked = late
    request = helping.waiting_on(town.sponsor, asked).get()
    services.answer(request=request, answer="helped", said="I speak to them.", by=town.sponsor, now=asked)
    assert response(action) is None
    assert Duty.objects.get(subject=action.subject, kind="keep").closed_at is None
    assert asked_moves(town.sponsor, asked) == [], "who answered is not asked again"


def test_another_seat_than_a_sponsors_answers_a_call_for_help_within_three_days(town, late) -> None:
    action, asked = late
    keep = Duty.objects.get(subject=action.subject, kind="keep")
    assert escalations.end_response(duty=keep, seat=town.sponsor_seat, now=asked) == 1
    head = town.claims.seats.get(kind=SeatKind.HEAD)
    duty = escalations.owe_response(duty=keep, seat=head, now=asked)
    assert duty.due_on == working_days_after(asked.date(), 3)


def test_many_asks_cost_no_more_statements_than_few(town, django_assert_max_num_queries) -> None:
    duties = owe(town, 40, due_on=DUE)
    with django_assert_max_num_queries(16):
        made = escalations.owe_responses([(duty.pk, town.sponsor_seat.pk) for duty in duties], town.now)
    assert made == 40
    assert Duty.objects.filter(kind="respond", closed_at=None).count() == 40


def test_a_sponsor_who_leaves_in_the_middle_leaves_the_answer_to_the_seat(town, late) -> None:
    action, asked = late
    deputy = town.person("Margriet van Dalen")
    seats.seat_person(seat=town.sponsor_seat, person=deputy, role="deputy", by=None, now=asked)
    people.end_access(person=town.sponsor, by=town.lead, now=asked + timedelta(hours=1))
    assert "respond" in mine(deputy, asked + timedelta(hours=2))
    assert response(action).closed_at is None
