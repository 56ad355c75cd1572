"""Requests between departments through their services: who may, what is written, what is owed next."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, Request
from actions.queries import items as item_queries
from actions.queries import requests as queries
from actions.services import items, requests
from councils.models import AgendaItem
from governance.clauses import Ladder, Rules, Step
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, Firing, JournalEntry, Seat, Subject
from governance.queries.duties import my_moves
from governance.services import charters, duties, seats
from notifications.services.sweep import sweep
from tests.factories import EPOCH, Town

pytestmark = pytest.mark.django_db

NEEDED, DAY, LATER = date(2026, 11, 20), date(2026, 11, 13), date(2026, 12, 4)


class Between:
    """Claims, whose champion answers for an action, and Legal, whose champion is asked."""

    def __init__(self, **options) -> None:
        self.town = town = Town()
        self.chamber = town.council_of_nine(**options)
        self.seat, self.asker = town.champion_seats[town.claims.pk], town.champions[town.claims.pk]
        self.to, self.asked = town.champion_seats[town.legal.pk], town.champions[town.legal.pk]

    def action(self, **fields) -> ActionItem:
        given = {"title": "Text at each step", "seat": self.seat, "council": self.chamber.council, "proof": "Texts.",
                 "by": self.town.lead, "now": EPOCH}  # fmt: skip
        action = items.create(**{**given, **fields})
        return items.accept(action=action, promised_on=LATER, by=self.asker, now=EPOCH)

    def request(self, **fields) -> Request:
        given = {"title": "A consent text", "to": self.to, "asked_for": NEEDED, "by": self.asker, "now": EPOCH}
        if "action" not in fields:
            given["seat"] = self.seat
        return requests.ask(**{**given, **fields})

    def agreed(self, **fields) -> Request:
        return requests.agree(request=self.request(**fields), promised_on=DAY, by=self.asked, now=EPOCH)

    def delivered(self, **fields) -> Request:
        return requests.deliver(request=self.agreed(**fields), by=self.asked, now=EPOCH)


@pytest.fixture
def between() -> Between:
    return Between()


def owed(request: Request) -> Duty:
    """The one thing that is owed for a request; fails where there is none, or more."""
    return Duty.objects.select_related("seat").exclude(kind="respond").get(subject_id=request.pk, closed_at=None)


def audience(request: Request) -> set[int]:
    subject = Subject.objects.get(pk=request.pk)
    return set(subject.audience.containers.values_list("container_id", flat=True))


# --- asking --------------------------------------------------------------------------------------------------------


def test_a_request_is_the_asked_seats_to_answer_within_the_charters_term(between: Between) -> None:
    request = between.request(need="For the texts, in Dutch and English.")
    duty = owed(request)
    assert (duty.kind, duty.seat_id) == (DutyKind.ANSWER_REQUEST, between.to.pk)
    assert duty.due_on == request.due_on == date(2026, 11, 9), "five working days after Monday"
    assert request.reference.startswith("REQ-")
    assert audience(request) == {between.town.claims.pk, between.town.legal.pk}
    assert request.promised is None, "nothing is agreed by asking"
    entry = JournalEntry.objects.get(event="actions.request.asked")
    assert "consent" not in str(entry.facts), "words stand beside the entry"


def test_for_an_action_its_own_seat_asks_and_its_council_oversees(between: Between) -> None:
    action = between.action()
    request = between.request(action=action)
    assert (request.from_seat_id, owed(request).overseer_id) == (action.seat_id, between.chamber.council.pk)
    assert audience(request) == {between.town.claims.pk, between.town.legal.pk, between.chamber.council.pk}
    assert [line.request for line in queries.of_action(action, between.asker, EPOCH, EPOCH.date())] == [request]
    assert [line.serves for line in queries.lines([request], between.asked, EPOCH, EPOCH.date())] == [None], (
        "whoever is asked does not see the action by that"
    )


def test_only_whoever_answers_for_a_working_seat_asks(between: Between) -> None:
    with pytest.raises(Refused):
        between.request(by=between.asked)
    with pytest.raises(Refused):
        between.request(action=between.action(), by=between.chamber.chair)
    with pytest.raises(Absent):
        between.request(action=between.action(), by=between.asked)
    with pytest.raises(Invalid) as error:
        between.request(seat=None)
    assert error.value.field == "seat"
    chair = between.chamber.memberships[0].seat
    with pytest.raises(Invalid, match="votes"):
        between.request(seat=chair, by=between.chamber.chair)
    assert not Request.objects.exists()


@pytest.mark.parametrize("why", ["title", "past", "far", "self", "own department", "council", "ended"])
def test_what_makes_no_sense_is_said_at_its_field(between: Between, why: str) -> None:
    town = between.town
    head = Seat.objects.get(kind="head", department=town.claims)
    given, field = {
        "title": ({"title": " "}, "title"),
        "past": ({"asked_for": date(2026, 10, 30)}, "asked_for"),
        "far": ({"asked_for": date(2090, 1, 1)}, "asked_for"),
        "self": ({"to": between.seat}, "to"),
        "own department": ({"to": head}, "to"),
        "council": ({"to": between.chamber.memberships[3].seat}, "to"),
        "ended": ({"to": between.to}, "to"),
    }[why]
    if why == "ended":
        Subject.objects.filter(pk=between.to.pk).update(archived_at=EPOCH)
        between.to.subject.refresh_from_db()
    with pytest.raises(Invalid) as error:
        between.request(**given)
    assert error.value.field == field
    assert not Request.objects.exists()


def test_what_a_confidential_council_needs_is_asked_of_its_own_people_alone() -> None:
    between = Between(confidential=True)
    chamber = between.chamber
    seat = chamber.memberships[3].seat
    seats.seat_person(seat=between.seat, person=chamber.chair, by=None, now=EPOCH)
    between.asker = chamber.chair
    action = between.action(by=chamber.chair)
    with pytest.raises(Invalid, match="not cleared") as error:
        between.request(action=action)
    assert error.value.field == "to"
    assert "sponsor" in str(error.value), "the remedy"
    request = between.request(action=action, to=seat)
    assert audience(request) == {chamber.council.pk}
    for person in (between.town.lead, between.asked, between.town.heads[between.town.claims.pk]):
        assert not queries.listed(person, EPOCH).exists()
        with pytest.raises(Absent):
            requests.withdraw(request=request, reason="r", by=person, now=EPOCH)
    assert queries.listed(chamber.members[5], EPOCH).get() == request
    request = requests.agree(request=request, promised_on=DAY, by=chamber.members[3], now=EPOCH)
    assert owed(request).seat_id == seat.pk
    between.request(action=action, to=between.town.sponsor_seat)


# --- answering -----------------------------------------------------------------------------------------------------


def test_agreeing_promises_a_day_that_the_asked_seat_then_owes(between: Between) -> None:
    request = between.agreed()
    assert (request.state, request.promised, request.first_promised) == ("agreed", DAY, DAY)
    assert (owed(request).kind, owed(request).due_on, owed(request).seat_id) == (DutyKind.DELIVER, DAY, between.to.pk)


def test_a_later_day_is_a_proposal_and_never_an_agreement(between: Between) -> None:
    request = between.request()
    with pytest.raises(Invalid, match="Propose the later day") as error:
        requests.agree(request=request, promised_on=LATER, by=between.asked, now=EPOCH)
    assert error.value.field == "promised_on"
    request = requests.counter(request=request, offered_on=LATER, offer="After the audit.", by=between.asked, now=EPOCH)
    assert (request.state, request.promised, request.agreed_at) == ("countered", None, None)
    assert (owed(request).kind, owed(request).seat_id) == (DutyKind.WEIGH, between.seat.pk)
    with pytest.raises(Refused, match="Fatima"):
        requests.accept(request=request, by=between.asked, now=EPOCH)
    request = requests.accept(request=request, by=between.asker, now=EPOCH)
    assert (request.state, request.promised, request.asked_for) == ("agreed", LATER, NEEDED)
    assert queries.lines([request], between.asker, EPOCH, EPOCH.date())[0].slip == 14


def test_a_proposal_has_a_day_or_a_scope_and_its_day_must_still_be_to_come(between: Between) -> None:
    request = between.request()
    with pytest.raises(Invalid):
        requests.counter(request=request, by=between.asked, now=EPOCH)
    after = EPOCH + timedelta(days=30)
    with pytest.raises(Invalid, match="has passed"):
        requests.counter(request=request, offer="Half of it.", by=between.asked, now=after)
    request = requests.counter(request=request, offered_on=DAY, by=between.asked, now=EPOCH)
    with pytest.raises(Conflict, match="ask for a day that is to come"):
        requests.accept(request=request, by=between.asker, now=after)
    assert requests.withdraw(request=request, reason="Too late.", by=between.asker, now=after).state == "withdrawn"


def test_a_refusal_has_a_reason_and_closes_it(between: Between) -> None:
    request = between.request()
    with pytest.raises(Invalid):
        requests.refuse(request=request, reason=" ", by=between.asked, now=EPOCH)
    request = requests.refuse(request=request, reason="No counsel until March.", by=between.asked, now=EPOCH)
    assert (request.state, request.reason, request.due_on) == ("refused", "No counsel until March.", None)
    assert not Duty.objects.filter(subject_id=request.pk, closed_at=None).exists()
    with pytest.raises(Conflict, match="another request"):
        requests.agree(request=request, promised_on=DAY, by=between.asked, now=EPOCH)


def test_only_whoever_asked_confirms_a_delivery(between: Between) -> None:
    request = between.delivered()
    assert (owed(request).kind, owed(request).seat_id) == (DutyKind.CONFIRM, between.seat.pk)
    with pytest.raises(Refused):
        requests.confirm(request=request, by=between.asked, now=EPOCH)
    request = requests.confirm(request=request, note="Thank you.", by=between.asker, now=EPOCH)
    assert (request.state, request.closed_at) == ("confirmed", EPOCH)
    assert not Duty.objects.filter(subject_id=request.pk, closed_at=None).exists()


def test_what_is_sent_back_is_owed_by_the_same_day_and_its_rungs_do_not_fall_twice(between: Between) -> None:
    request = between.agreed()
    first = owed(request)
    late = EPOCH + timedelta(days=18)  # a Friday, five working days after the promised one
    sweep(late)
    fell = Firing.objects.filter(duty=first).count()
    assert fell >= 3, "reminded, the head, the sponsor"
    request = requests.deliver(request=request, by=between.asked, now=late)
    request = requests.send_back(request=request, reason="The English one is missing.", by=between.asker, now=late)
    again = owed(request)
    assert (again.pk, again.due_on, request.due_on, request.state) == (first.pk, DAY, DAY, "agreed")
    sweep(late + timedelta(hours=1))
    assert Firing.objects.filter(duty=first).count() == fell


def test_the_holders_deputy_answers_while_they_are_away_and_a_stranger_is_told_who_does(between: Between) -> None:
    request = between.request()
    deputy = between.town.person("Noor Bakker")
    seats.seat_person(seat=between.to, person=deputy, by=None, now=EPOCH, role="deputy")
    with pytest.raises(Refused, match="Yi-Ching Chen"):
        requests.agree(request=request, promised_on=DAY, by=deputy, now=EPOCH)
    between.asked.away_until = date(2026, 11, 30)
    between.asked.save()
    assert requests.agree(request=request, promised_on=DAY, by=deputy, now=EPOCH).state == "agreed"


def test_the_second_of_two_who_act_on_one_version_is_told(between: Between) -> None:
    request = between.request()
    requests.withdraw(request=request, reason="Found it.", by=between.asker, now=EPOCH, version=request.version)
    with pytest.raises(Stale) as error:
        requests.agree(request=request, promised_on=DAY, by=between.asked, now=EPOCH, version=request.version)
    assert error.value.facts["state"] == "withdrawn"


# --- silence -------------------------------------------------------------------------------------------------------


def test_silence_climbs_to_the_council_and_never_counts_as_consent(between: Between) -> None:
    rules = Rules(ladder=Ladder((Step("answer_request", 2, "head"), Step("answer_request", 4, "council"))))
    charters.ratify(
        version=charters.draft(title="", charter=between.town.charter, rules=rules, by=None, now=EPOCH),
        by=None,
        now=EPOCH,
    )
    request = between.request(action=between.action())
    long_after = EPOCH + timedelta(days=60)
    sweep(long_after)
    request.refresh_from_db()
    assert (request.state, request.promised, request.agreed_at) == ("asked", None, None)
    assert owed(request).kind == DutyKind.ANSWER_REQUEST, "still owed"
    asked = [firing.target for firing in Firing.objects.filter(duty__subject_id=request.pk)]
    assert asked == ["warning", "head", "warning", "council"]
    item = AgendaItem.objects.get(about_id=request.pk)
    assert (item.matter, item.council) == ("open_request", between.chamber.council)


def test_a_request_for_no_action_climbs_by_the_programmes_own_charter(between: Between) -> None:
    request = between.request()
    sweep(EPOCH + timedelta(days=60))
    assert owed(request).charter_version == duties.default_rules()
    assert AgendaItem.objects.get(about_id=request.pk).council == between.chamber.council, "the topmost"


# --- with its action -----------------------------------------------------------------------------------------------


def test_what_an_action_needed_ends_with_it_and_what_was_delivered_is_still_confirmed(between: Between) -> None:
    action = between.action()
    asked, agreed, delivered = (made(action=action) for made in (between.request, between.agreed, between.delivered))
    items.cancel(action=action, reason="Other plans.", by=between.chamber.chair, now=EPOCH)
    states = dict(Request.objects.values_list("pk", "state"))
    assert states == {asked.pk: "withdrawn", agreed.pk: "withdrawn", delivered.pk: "delivered"}
    assert item_queries.orphans(EPOCH) == []
    assert owed(delivered).kind == DutyKind.CONFIRM


def test_an_action_that_changes_hands_takes_what_it_asked_along() -> None:
    between = Between()
    town = between.town
    action = between.action()
    to_digital, head = town.champion_seats[town.digital.pk], Seat.objects.get(kind="head", department=town.legal)
    countered = requests.counter(
        request=between.request(action=action, to=head), offered_on=LATER, by=town.heads[town.legal.pk], now=EPOCH
    )
    own = between.request(action=action, to=to_digital)
    items.give_to(items.take(action, verb=items.Verb.REPORT, by=between.asker, now=EPOCH).action, to_digital,
                  by=town.lead, now=EPOCH)  # fmt: skip
    countered.refresh_from_db()
    own.refresh_from_db()
    assert (countered.from_seat, countered.from_department) == (to_digital, town.digital)
    assert owed(countered).seat_id == to_digital.pk, "it weighs what was proposed now"
    assert audience(countered) == {town.digital.pk, town.legal.pk, between.chamber.council.pk}
    assert own.state == "withdrawn", "nobody asks themselves"


# --- what always holds ---------------------------------------------------------------------------------------------


def test_a_request_without_a_next_mover_is_an_orphan(between: Between) -> None:
    request = between.request()
    assert item_queries.orphans(EPOCH) == []
    Duty.objects.filter(subject_id=request.pk).update(closed_at=EPOCH)
    assert [orphan.reference for orphan in item_queries.orphans(EPOCH)] == [request.reference]


def test_the_database_keeps_what_was_asked_and_the_first_day_agreed(between: Between) -> None:
    request = between.agreed()
    for change in ({"asked_for": LATER}, {"first_promised": LATER}, {"to_seat": between.town.sponsor_seat},
                   {"due_on": None}, {"promised": None}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Request.objects.filter(pk=request.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        request.delete()
    closed = requests.withdraw(request=request, reason="r", by=between.asker, now=EPOCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=closed.pk).update(state="asked", closed_at=None, due_on=DAY)


def test_what_is_owed_waits_for_its_mover_and_reads_as_a_sentence(between: Between) -> None:
    request = between.request()
    (move,) = [move for move in my_moves(between.asked, EPOCH) if move.subject_id == request.pk]
    assert (move.what, move.otherwise) == (
        "agrees, refuses or proposes otherwise", "the department head is asked",
    )  # fmt: skip


def test_the_statements_of_a_list_do_not_grow_with_its_rows(between: Between) -> None:
    counts = []
    for _round in range(2):
        for number in range(4):
            between.request(title=f"Need {number}", action=between.action())
        with CaptureQueriesContext(connection) as captured:
            assert queries.lines(queries.listed(between.asker, EPOCH), between.asker, EPOCH, EPOCH.date())
        counts.append(len(captured))
    assert counts[0] == counts[1]
