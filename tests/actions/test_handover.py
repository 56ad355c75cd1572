"""Leaving: access ends, the seat stays with all that it holds, and a successor takes it over without a mark."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from actions.models import ActionItem, Promise
from actions.queries import handover as queries
from actions.services import handover, items
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, JournalEntry, Journey, Metric, Person, Seat, SeatKind
from governance.queries.duties import my_moves
from governance.queries.seats import movers
from governance.services import duties, journeys, metrics, people, seats, subjects
from notifications.services.sweep import sweep
from tests.actions.reading_files import take
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


class Leaving:
    """Fatima, champion of Claims with a deputy and two promises, leaves."""

    def __init__(self, town: Town) -> None:
        self.town, self.now = town, town.now
        self.council = Chamber(town, name="Harbour Council", size=3).council
        self.seat = town.champion_seats[town.claims.pk]
        self.fatima, self.head = town.champions[town.claims.pk], town.heads[town.claims.pk]
        self.deputy = town.person("Hugo Peeters")
        seats.seat_person(seat=self.seat, person=self.deputy, role="deputy", by=town.lead, now=self.now)
        self.one, self.two = self.action("Text claimants"), self.action("Shorten the form")
        self.later = self.now + timedelta(days=7)

    def action(self, title: str) -> ActionItem:
        made = items.create(
            title=title, seat=self.seat, council=self.council, proof="It is seen.", by=self.town.lead, now=self.now
        )
        return items.accept(action=made, promised_on=date(2026, 12, 1), by=self.fatima, now=self.now)

    def leave(self) -> None:
        people.end_access(person=self.fatima, by=self.town.lead, now=self.later)

    def succeed(self, name: str = "Su Ccessor") -> Person:
        person = self.town.person(name)
        handover.hand_over(seat=self.seat, person=person, by=self.head, now=self.later)
        return person


@pytest.fixture
def leaving(town: Town) -> Leaving:
    return Leaving(town)


def owed(seat: Seat, kind: str) -> Duty | None:
    return Duty.objects.filter(subject_id=seat.pk, kind=kind, closed_at=None).select_related("seat").first()


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_a_leaver_is_out_at_once_and_the_deputy_acts(leaving: Leaving, client_for: Callable[[Person], Client]) -> None:
    signed_in = client_for(leaving.fatima)
    assert signed_in.get("/").status_code == 200
    leaving.leave()
    assert signed_in.get("/").status_code == 302, "the session is over"
    assert movers([leaving.seat.pk], leaving.later)[leaving.seat.pk].name == "Hugo Peeters"
    assert not leaving.fatima.api_tokens.exists()


def test_the_head_owes_the_hand_over_and_the_cx_lead_the_filling(leaving: Leaving) -> None:
    leaving.leave()
    hand, fill = owed(leaving.seat, "hand_over"), owed(leaving.seat, "fill")
    assert hand is not None
    assert fill is not None
    assert hand.seat.kind == SeatKind.HEAD
    assert fill.seat.kind == SeatKind.CX_LEAD
    assert "hand_over" in [move.kind for move in my_moves(leaving.head, leaving.later)]


def test_a_heads_own_seat_is_handed_over_by_the_next_head_up_else_the_cx_lead(leaving: Leaving) -> None:
    town, head = leaving.town, Seat.objects.get(kind=SeatKind.HEAD, department=leaving.town.claims)
    below = town.department("REP", "Repairs", parent=town.claims)
    lower = town.seat(SeatKind.HEAD, below, town.person("Lo Wer"))
    people.end_access(person=lower.tenures.get().person, by=town.lead, now=leaving.later)
    people.end_access(person=leaving.head, by=town.lead, now=leaving.later)
    of_lower, of_head = owed(lower, "hand_over"), owed(head, "hand_over")
    assert of_lower is not None
    assert of_head is not None
    assert (of_lower.seat_id, of_head.seat.kind) == (head.pk, SeatKind.CX_LEAD)


def test_what_a_confidential_councils_member_held_stays_inside(town: Town) -> None:
    chamber = Chamber(town, name="Zephyr Council", size=3, confidential=True)
    people.end_access(person=chamber.members[2], by=town.lead, now=town.now)
    seat = chamber.memberships[2].seat
    duty = owed(seat, "hand_over")
    assert duty is not None
    assert duty.seat_id == chamber.memberships[0].seat_id, "the chair's"
    with pytest.raises(Absent):
        queries.require_handing_over(seat, town.lead, town.now)


# --- whole ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_all_that_the_seat_holds(leaving: Leaving, client_for: Callable[[Person], Client]) -> None:
    leaving.leave()
    page = client_for(leaving.head).get(f"/seats/{leaving.seat.reference}/hand-over/")
    assert page.status_code == 200
    told = page.content.decode()
    assert all(word in told for word in ("Text claimants", "Shorten the form", "Hugo Peeters acts as deputy"))


def test_handing_over_whole_is_one_tenure_and_the_successor_takes_over(leaving: Leaving) -> None:
    leaving.leave()
    successor = leaving.succeed()
    assert leaving.seat.tenures.filter(person=successor, until_at=None).count() == 1
    assert owed(leaving.seat, "hand_over") is None
    assert owed(leaving.seat, "fill") is None
    taking = owed(leaving.seat, "take_over")
    assert taking is not None
    assert str(taking.due_on) == "2026-11-23", "ten working days"
    assert {move.kind for move in my_moves(successor, leaving.later)} >= {"keep", "take_over"}


def test_only_who_hands_over_may(leaving: Leaving) -> None:
    leaving.leave()
    stranger = leaving.town.champions[leaving.town.digital.pk]
    with pytest.raises(Refused):
        handover.hand_over(seat=leaving.seat, person=stranger, by=stranger, now=leaving.later)


# --- taking over ------------------------------------------------------------------------------------------------------


def test_a_restated_date_is_a_new_promise_without_a_mark(leaving: Leaving) -> None:
    leaving.leave()
    successor, day = leaving.succeed(), date(2026, 12, 18)
    handover.take_over(seat=leaving.seat, restated={leaving.one.pk: day}, by=successor, now=leaving.later)
    record = list(Promise.objects.filter(action=leaving.one).order_by("number").values_list("due_on", "at_handover"))
    assert record == [(date(2026, 12, 1), False), (day, True)], "the first is kept for ever"
    assert ActionItem.objects.get(pk=leaving.one.pk).promised == day
    assert ActionItem.objects.get(pk=leaving.two.pk).promised == date(2026, 12, 1), "accepted as it stands"
    assert owed(leaving.seat, "take_over") is None
    assert Duty.objects.get(subject_id=leaving.one.pk, kind="keep", closed_at=None).due_on == day
    assert not queries.inherited(leaving.seat, leaving.later) or [
        one.action for one in queries.inherited(leaving.seat, leaving.later)
    ] == [leaving.two]


def test_after_ten_working_days_the_dates_hold(leaving: Leaving) -> None:
    leaving.leave()
    successor, late = leaving.succeed(), leaving.later + timedelta(days=15)
    with pytest.raises(Conflict, match="council"):
        handover.take_over(seat=leaving.seat, restated={leaving.one.pk: date(2026, 12, 18)}, by=successor, now=late)
    handover.take_over(seat=leaving.seat, restated={}, by=successor, now=late)
    assert owed(leaving.seat, "take_over") is None


def test_nobody_restates_what_they_promised_themselves(leaving: Leaving) -> None:
    seats.leave(seat=leaving.seat, by=leaving.town.lead, now=leaving.later)
    seats.seat_person(seat=leaving.seat, person=leaving.fatima, by=leaving.town.lead, now=leaving.later)
    assert owed(leaving.seat, "take_over") is None
    assert queries.inherited(leaving.seat, leaving.later) == []


def test_a_restated_date_cannot_stand_first_in_the_record(leaving: Leaving) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(action=leaving.one).update(at_handover=True)


def test_a_planned_successor_takes_over_when_their_day_comes(leaving: Leaving) -> None:
    begins = leaving.now + timedelta(days=3)
    seats.seat_person(
        seat=leaving.seat, person=leaving.town.person("Pla Nned"), from_at=begins, by=leaving.town.lead, now=leaving.now
    )
    assert owed(leaving.seat, "take_over") is None
    sweep(begins + timedelta(minutes=1))
    assert owed(leaving.seat, "take_over") is not None


# --- by row -----------------------------------------------------------------------------------------------------------


def test_actions_go_to_other_seats_by_row_with_their_dates(leaving: Leaving) -> None:
    town = leaving.town
    leaving.leave()
    others = [Seat.objects.get(kind=SeatKind.HEAD, department=town.claims), town.champion_seats[town.digital.pk]]
    to = dict(zip((leaving.one.pk, leaving.two.pk), others, strict=True))
    assert handover.split(seat=leaving.seat, to=to, by=town.lead, now=leaving.later) == 2
    for key, seat in to.items():
        moved = ActionItem.objects.get(pk=key)
        assert (moved.seat_id, moved.department_id, moved.state) == (seat.pk, seat.department_id, "accepted")
        assert moved.promised == date(2026, 12, 1)
        assert Duty.objects.get(subject_id=key, closed_at=None).seat_id == seat.pk
        assert owed(seat, "take_over") is not None
    assert owed(leaving.seat, "hand_over") is None, "nothing is left to hand over"
    assert owed(leaving.seat, "fill") is not None, "it is still vacant"
    digital = town.champions[town.digital.pk]
    made = handover.take_over(
        seat=others[1], restated={leaving.two.pk: date(2026, 12, 9)}, by=digital, now=leaving.later
    )
    assert [promise.at_handover for promise in made] == [True]


class Holding(Leaving):
    """Fatima's seat also answers for a journey, a step of another, a metric with its goal, and owes an answer."""

    def __init__(self, town: Town) -> None:
        super().__init__(town)
        lead, now = town.lead, self.now
        self.journey = journeys.draw(title="I have a claim", seat=self.seat, by=lead, now=now)
        wish = journeys.StepWish("Hear how it ended", self.seat)
        self.step = journeys.draw(title="I move house", steps=[wish], by=lead, now=now).steps.get()
        self.metric = metrics.define(
            title="Calls a claim", unit="count", seat=self.seat, better="down", by=lead, now=now
        )
        self.goal = metrics.set_goal(
            metric=self.metric, baseline=4, target=2, due_on=date(2027, 3, 1), by=lead, now=now
        )
        take(now, "1,,,,CLM,Claim status,Nobody tells me.")
        self.answer = Duty.objects.get(kind="answer", closed_at=None)
        self.desk = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
        self.things = [self.journey, self.step, self.metric, self.goal]

    def hand_on(self, *things: Any, owed: bool = False) -> int:
        to = {thing.pk: self.desk for thing in things}
        duty = {self.answer.pk: self.desk} if owed else {}
        return handover.split(seat=self.seat, to=to, owed=duty, by=self.head, now=self.later)


@pytest.fixture
def holding(town: Town) -> Holding:
    return Holding(town)


def test_what_a_seat_answers_for_is_part_of_what_it_holds(
    holding: Holding, client_for: Callable[[Person], Client]
) -> None:
    holding.leave()
    page = client_for(holding.head).get(f"/seats/{holding.seat.reference}/hand-over/").content.decode()
    for thing in holding.things:
        assert f'value="{thing.reference}"' in page
    assert f'id="pick-{holding.answer.pk}"' in page
    bare = holding.town.champion_seats[holding.town.digital.pk]
    people.end_access(person=holding.town.champions[holding.town.digital.pk], by=holding.town.lead, now=holding.later)
    metrics_seat = Metric.objects.filter(pk=holding.metric.pk)
    metrics_seat.update(seat=bare)
    shown = client_for(holding.town.lead).get(f"/seats/{bare.reference}/hand-over/").content.decode()
    assert "It holds nothing" not in shown
    assert "Calls a claim" in shown


def test_all_that_a_seat_answers_for_goes_to_other_seats_and_the_hand_over_ends_with_the_last(holding: Holding) -> None:
    holding.leave()
    assert holding.hand_on(holding.one, holding.two) == 2
    assert owed(holding.seat, "hand_over") is not None, "it still answers for journeys, steps, metrics and goals"
    version = Journey.objects.get(pk=holding.step.journey_id).version
    assert holding.hand_on(*holding.things) == 4
    for thing in holding.things:
        assert type(thing).objects.get(pk=thing.pk).seat_id == holding.desk.pk
        told = JournalEntry.objects.get(event="governance.holding.handed_on", subject=thing.subject)
        assert set(told.mentions.values_list("subject_id", flat=True)) == {holding.seat.pk, holding.desk.pk}
    assert Journey.objects.get(pk=holding.step.journey_id).version == version + 1, "who edits it meanwhile is told"
    assert Metric.objects.get(pk=holding.metric.pk).version == holding.metric.version + 1
    assert owed(holding.seat, "hand_over") is not None, "it still owes an answer"
    assert holding.hand_on(owed=True) == 1
    moved = Duty.objects.get(pk=holding.answer.pk)
    assert (moved.seat_id, moved.due_on, moved.closed_at) == (holding.desk.pk, holding.answer.due_on, None)
    assert owed(holding.seat, "hand_over") is None
    with pytest.raises(Absent):
        holding.hand_on(holding.metric)


def test_what_stays_with_the_seat_keeps_the_hand_over_open_until_somebody_is_seated(leaving: Leaving) -> None:
    other = leaving.town.seat(SeatKind.OTHER, leaving.town.claims, title="Desk of Claims")
    Seat.objects.filter(pk=other.pk).update(filled_by=leaving.seat)
    leaving.leave()
    head = Seat.objects.get(kind=SeatKind.HEAD, department=leaving.town.claims)
    to = dict.fromkeys((leaving.one.pk, leaving.two.pk), head)
    handover.split(seat=leaving.seat, to=to, by=leaving.head, now=leaving.later)
    assert owed(leaving.seat, "hand_over") is not None, "it fills another seat"
    leaving.succeed()
    assert owed(leaving.seat, "hand_over") is None


def test_an_answer_goes_to_who_may_answer_for_the_department(holding: Holding) -> None:
    town = holding.town
    holding.leave()
    desk = town.seat(SeatKind.OTHER, town.claims, town.person("De Sk"))
    with pytest.raises(Invalid, match="champion or by a head"):
        handover.split(seat=holding.seat, to={}, owed={holding.answer.pk: desk}, by=holding.head, now=holding.later)
    assert Duty.objects.get(pk=holding.answer.pk).seat_id == holding.seat.pk


def test_a_verification_goes_to_another_person_than_whoever_worked_on_it(leaving: Leaving) -> None:
    """Claims' work, to be verified by a desk of Digital whose holder leaves."""
    town = leaving.town
    items.add_evidence(action=leaving.one, title="Seen", kind="note", by=leaving.fatima, now=leaving.now)
    items.say_done(action=leaving.one, by=leaving.fatima, now=leaving.now)
    verify = Duty.objects.get(subject=leaving.one.subject, kind="verify", closed_at=None)
    looks = town.seat(SeatKind.OTHER, town.claims, town.person("Lo Oks"), title="Quality desk")
    duties.hand_on(verify, seat=looks)
    people.end_access(person=looks.tenures.get().person, by=town.lead, now=leaving.now)
    head = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    vacant = town.seat(SeatKind.OTHER, town.claims, title="Empty desk")
    for wrong in (leaving.seat, vacant):
        with pytest.raises(Invalid, match="Another person verifies"):
            handover.split(seat=looks, to={}, owed={verify.pk: wrong}, by=leaving.head, now=leaving.now)
    assert handover.split(seat=looks, to={}, owed={verify.pk: head}, by=leaving.head, now=leaving.now) == 1
    assert items.verify(action=leaving.one, finding="confirmed", by=leaving.head, now=leaving.now).by == leaving.head


def test_what_everybody_reads_goes_to_no_hidden_seat_and_no_further_than_one_leads(holding: Holding) -> None:
    holding.leave()
    far = holding.town.champion_seats[holding.town.digital.pk]
    with pytest.raises(Invalid, match="within what you lead"):
        handover.split(seat=holding.seat, to={holding.step.pk: far}, by=holding.head, now=holding.later)
    hidden = holding.town.seat(SeatKind.OTHER, holding.town.claims, holding.head, title="Hidden desk")
    secret = Chamber(holding.town, name="Zephyr Council", size=3, confidential=True)
    subjects.show_to(hidden.subject, [secret.council.pk])
    with pytest.raises(Invalid, match="everybody may know of"):
        handover.split(seat=holding.seat, to={holding.step.pk: hidden}, by=holding.head, now=holding.later)
    assert type(holding.step).objects.get(pk=holding.step.pk).seat_id == holding.seat.pk


def test_the_page_and_the_api_hand_on_what_a_seat_answers_for(
    holding: Holding, client_for: Callable[[Person], Client], api_for: Callable[[Person], APIClient]
) -> None:
    holding.leave()
    path, root = f"/seats/{holding.seat.reference}/hand-over/split/", f"/api/v1/seats/{holding.seat.reference}"
    sent = {"to": holding.desk.reference, "things": [holding.step.reference], "owed": [holding.answer.pk]}
    assert client_for(holding.head).post(path, sent).status_code == 302
    assert type(holding.step).objects.get(pk=holding.step.pk).seat_id == holding.desk.pk
    assert Duty.objects.get(pk=holding.answer.pk).seat_id == holding.desk.pk
    head = api_for(holding.head)
    told = head.get(f"{root}/hand-over/").json()
    kinds = [(one["kind"], one["reference"]) for one in told["answers_for"]]
    assert kinds == [(thing.subject.kind, thing.reference) for thing in (holding.journey, holding.metric, holding.goal)]
    asked = {"things": [{"thing": holding.metric.reference, "to": holding.desk.reference}]}
    left = head.post(f"{root}/split/", asked, format="json").json()["answers_for"]
    assert [one["reference"] for one in left] == [holding.journey.reference, holding.goal.reference]
    assert head.post(f"{root}/split/", asked, format="json").status_code == 404
    assert head.post(f"{root}/split/", {}, format="json").status_code == 422


def test_a_councils_seat_takes_no_work(leaving: Leaving) -> None:
    chair = Seat.objects.filter(kind=SeatKind.CHAIR).first()
    assert chair is not None
    leaving.leave()
    with pytest.raises(Invalid, match="owns no work"):
        handover.split(seat=leaving.seat, to={leaving.one.pk: chair}, by=leaving.head, now=leaving.later)


def test_a_head_hands_on_within_what_they_lead(leaving: Leaving) -> None:
    leaving.leave()
    to = {leaving.one.pk: leaving.town.champion_seats[leaving.town.digital.pk]}
    with pytest.raises(Invalid, match="within what you lead"):
        handover.split(seat=leaving.seat, to=to, by=leaving.head, now=leaving.later)
    assert ActionItem.objects.get(pk=leaving.one.pk).seat_id == leaving.seat.pk


def test_the_work_of_a_seat_that_is_held_goes_nowhere_by_row(leaving: Leaving) -> None:
    to = {leaving.one.pk: Seat.objects.get(kind=SeatKind.HEAD, department=leaving.town.claims)}
    with pytest.raises(Conflict, match="its work is theirs"):
        handover.split(seat=leaving.seat, to=to, by=leaving.head, now=leaving.later)


def test_a_confidential_councils_action_is_handed_on_from_within_and_nobody_counts_it(leaving: Leaving) -> None:
    town = leaving.town
    secret = Chamber(town, name="Zephyr Council", size=3, confidential=True)
    hidden = items.put(title="Hidden", seat=leaving.seat, council=secret.council, proof="Seen.", now=leaving.now)
    leaving.leave()
    desk = town.seat(SeatKind.OTHER, town.claims, leaving.head, title="Desk")
    seats.seat_person(seat=leaving.seat, person=leaving.head, role="deputy", by=town.lead, now=leaving.later)
    with pytest.raises(Refused, match="confidential"):
        handover.split(seat=leaving.seat, to={hidden.pk: desk}, by=leaving.head, now=leaving.later)
    open_ones = {leaving.one.pk: desk, leaving.two.pk: desk}
    handover.split(seat=leaving.seat, to=open_ones, by=leaving.head, now=leaving.later)
    assert owed(leaving.seat, "hand_over") is None, "what is left is not his to hand on"
    assert ActionItem.objects.get(pk=hidden.pk).seat_id == leaving.seat.pk
    entry = JournalEntry.objects.get(event="actions.handover.split")
    assert entry.facts["count"] == 2


def test_a_page_hands_on_what_is_ticked(leaving: Leaving, client_for: Callable[[Person], Client]) -> None:
    leaving.leave()
    client, path = client_for(leaving.head), f"/seats/{leaving.seat.reference}/hand-over/split/"
    head = Seat.objects.get(kind=SeatKind.HEAD, department=leaving.town.claims)
    refused = client.post(path, {"to": head.reference})
    assert refused.status_code == 422
    assert "Choose at least one action" in refused.content.decode()
    assert client.post(path, {"to": head.reference, "actions": [leaving.one.reference]}).status_code == 302
    assert ActionItem.objects.get(pk=leaving.one.pk).seat_id == head.pk
    assert ActionItem.objects.get(pk=leaving.two.pk).seat_id == leaving.seat.pk


def test_the_successors_page_restates_dates(leaving: Leaving, client_for: Callable[[Person], Client]) -> None:
    leaving.leave()
    successor = leaving.succeed()
    client, path = client_for(successor), f"/seats/{leaving.seat.reference}/take-over/"
    assert "Text claimants" in client.get(path).content.decode()
    passed = client.post(path, {f"due_{leaving.one.pk}": "2026-11-03", f"due_{leaving.two.pk}": "2026-12-01"})
    assert passed.status_code == 422
    assert "That day has passed" in passed.content.decode()
    sent = {f"due_{leaving.one.pk}": "2026-12-11", f"due_{leaving.two.pk}": "2026-12-01"}
    assert client.post(path, sent).status_code == 302
    assert ActionItem.objects.get(pk=leaving.one.pk).promised == date(2026, 12, 11)
    page = client.get(f"/actions/{leaving.one.reference}/").content.decode()
    assert "restated at hand-over" in page


def test_all_of_it_over_the_api(leaving: Leaving, api_for: Callable[[Person], APIClient]) -> None:
    leaving.leave()
    successor, root = leaving.town.person("Su Ccessor"), f"/api/v1/seats/{leaving.seat.reference}"
    head = api_for(leaving.head)
    told = head.get(f"{root}/hand-over/").json()
    assert [one["title"] for one in told["actions"]] == ["Text claimants", "Shorten the form"]
    assert {one["kind"] for one in told["about"]} == {"fill", "hand_over"}
    desk = leaving.town.seat(SeatKind.OTHER, leaving.town.claims, leaving.town.person("De Sk"), title="Desk")
    moved = {"actions": [{"action": leaving.one.reference, "to": desk.reference}]}
    assert len(head.post(f"{root}/split/", moved, format="json").json()["actions"]) == 1
    assert head.post(f"{root}/hand-over/", {"person": successor.pk}, format="json").status_code == 200
    taking = api_for(successor)
    assert [one["action"] for one in taking.get(f"{root}/take-over/").json()["promises"]] == [leaving.two.reference]
    sent = {"restated": [{"action": leaving.two.reference, "due_on": "2026-12-10"}]}
    assert taking.post(f"{root}/take-over/", sent, format="json").json()["promises"] == []
    assert ActionItem.objects.get(pk=leaving.two.pk).promised == date(2026, 12, 10)


def test_the_pages_statements_do_not_grow_with_what_the_seat_holds(
    leaving: Leaving, client_for: Callable[[Person], Client]
) -> None:
    leaving.leave()
    successor = leaving.succeed()

    def statements(person: Person, page: str) -> int:
        client, path = client_for(person), f"/seats/{leaving.seat.reference}/{page}/"
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    asked = [("hand-over", leaving.head), ("take-over", successor)]
    few = [statements(person, page) for page, person in asked]
    for number in range(8):
        made = items.create(
            title=f"Work {number}", seat=leaving.seat, council=leaving.council, proof="It is seen.",
            by=leaving.town.lead, now=leaving.now,
        )  # fmt: skip
        ActionItem.objects.filter(pk=made.pk).update(
            state="accepted", accepted_at=leaving.now, promised=date(2026, 12, 1)
        )
        Promise.objects.create(
            action=made, number=1, due_on=date(2026, 12, 1), given_at=leaving.now, given_by=leaving.fatima,
            seat=leaving.seat,
        )  # fmt: skip
    assert [statements(person, page) for page, person in asked] == few
