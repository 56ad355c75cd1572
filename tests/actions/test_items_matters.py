"""What a council decides about actions is carried out, once, under its mandate."""

from dataclasses import replace
from datetime import date
from unittest import mock

import pytest

from actions.models import ActionItem, ActionState, Promise, Theme
from actions.queries import closing, independence
from actions.services import funding, items, themes
from councils import matters
from councils.models import AgendaItem, Decision, Verdict
from councils.queries import books as book_queries
from councils.services import agenda, books, decisions, meetings
from governance.clauses import Closure
from governance.errors import Conflict, Invalid
from governance.models import Duty, DutyKind
from governance.services import seats, subjects
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 13)


class Room:
    """A council of nine in an open meeting, all present; and one action of Claims that it oversees."""

    def __init__(self) -> None:
        self.town = Town()
        self.chamber = self.town.council_of_nine()
        self.clerk = self.chamber.secretary
        self.meeting = meetings.open_meeting(
            meeting=meetings.call(council=self.chamber.council, starts_at=EPOCH, by=self.clerk, now=EPOCH),
            by=self.clerk,
            now=EPOCH,
        )
        for membership in self.chamber.memberships:
            meetings.mark(meeting=self.meeting, membership=membership, presence="present", by=self.clerk, now=EPOCH)
        self.owner = self.town.champions[self.town.claims.pk]

    def action(self) -> ActionItem:
        seat = self.town.champion_seats[self.town.claims.pk]
        return items.create(
            title="Text them", seat=seat, council=self.chamber.council, proof="p", by=self.town.lead, now=EPOCH
        )

    def running(self) -> ActionItem:
        return items.accept(action=self.action(), promised_on=DAY, by=self.owner, now=EPOCH)

    def done(self) -> ActionItem:
        action = self.running()
        items.add_evidence(action=action, title="e", kind="note", by=self.owner, now=EPOCH)
        return items.say_done(action=action, by=self.owner, now=EPOCH)

    def decide(self, about, outcome: str, matter: str = "late_action", **payload) -> Decision:
        item = agenda.propose(
            council=self.chamber.council, about=about.subject, matter=matter, by=self.town.lead, now=EPOCH
        )
        if item.meeting_id is None:
            item = agenda.place(item=item, meeting=self.meeting, by=self.clerk, now=EPOCH)
        return decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk),
            outcome=outcome,
            motion="As proposed.",
            payload=payload,
            votes={membership.pk: "for" for membership in self.chamber.memberships},
            by=self.clerk,
            now=EPOCH,
        )


@pytest.fixture
def room() -> Room:
    return Room()


def heard(room: Room) -> Theme:
    found = themes.find_or_make(
        {"claim status": "Claim status"}, departments={"claim status": room.town.claims.pk}, now=EPOCH
    )
    return Theme.objects.get(pk=found["claim status"])


def owed(action: ActionItem) -> Duty:
    return Duty.objects.get(subject_id=action.pk, closed_at=None)


def test_a_theme_becomes_an_action_with_a_seat_a_date_asked_for_and_money(room: Room) -> None:
    books.grant(council=room.chamber.council, amount=1_000_000, by=room.town.sponsor, now=EPOCH)
    theme = heard(room)
    seat = room.town.champion_seats[room.town.claims.pk]
    decision = room.decide(
        theme, "create_action", "theme", title="Text them", proof="p", seat=seat.reference, asked_for="2026-11-13",
        amount=399_900, needs_none=False,
    )  # fmt: skip
    action = ActionItem.objects.get()
    assert (decision.verdict, decision.result_id) == (Verdict.VALID, action.pk)
    assert (action.state, action.theme, action.decision, action.seat) == (ActionState.PROPOSED, theme, decision, seat)
    assert (action.asked_for, action.allocated, action.needs_none) == (DAY, 399_900, False)
    assert book_queries.free(room.chamber.council) == 600_100
    assert owed(action).kind == DutyKind.ACCEPT
    with pytest.raises(Conflict, match="A decision made it"):
        items.cancel(action=action, reason="r", by=room.clerk, now=EPOCH)
    room.decide(action, "drop", reason="The supplier left.")
    assert book_queries.free(room.chamber.council) == 1_000_000, "what was not spent goes back"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"title": ""}, "title"),
        ({"proof": " "}, "proof"),
        ({"seat": "SEAT-1"}, "seat"),
        ({"asked_for": "tomorrow"}, "asked_for"),
        ({"amount": -1}, "amount"),
        ({"amount": 5, "needs_none": True}, "needs_none"),
    ],
)
def test_a_motion_is_checked_before_it_is_voted_on(room: Room, payload: dict, field: str) -> None:
    theme = heard(room)
    seat = room.town.champion_seats[room.town.claims.pk]
    sound = {"title": "t", "proof": "p", "seat": seat.reference, "amount": 0}
    with pytest.raises(Invalid) as error:
        room.decide(theme, "create_action", "theme", **{**sound, **payload})
    assert error.value.field == field
    assert not Decision.objects.exists()


def test_extending_writes_the_next_promise_and_keeps_the_first(room: Room) -> None:
    action = room.running()
    before = owed(action)
    Duty.objects.filter(pk=before.pk).update(rung=3)
    decision = room.decide(action, "extend", due_on="2026-11-27", reason="The supplier left.")
    action.refresh_from_db()
    told = list(Promise.objects.filter(action=action).order_by("number").values_list("number", "due_on", "decision_id"))
    assert told == [(1, DAY, None), (2, date(2026, 11, 27), decision.pk)]
    assert action.promised == date(2026, 11, 27)
    now_owed = owed(action)
    assert now_owed.pk != before.pk
    assert (now_owed.due_on, now_owed.rung) == (date(2026, 11, 27), 0), "the council is the ladder's highest level"
    with pytest.raises(Invalid, match="later day"):
        room.decide(action, "extend", due_on="2026-11-27", reason="r")


def test_whoever_took_it_on_without_a_date_never_verifies_what_another_seat_finished(room: Room) -> None:
    action = items.accept(action=room.action(), promised_on=None, by=room.owner, now=EPOCH)
    room.decide(action, "reassign", seat=room.town.champion_seats[room.town.digital.pk].reference)
    action.refresh_from_db()
    assert room.owner.pk in independence.involved(action, EPOCH)


def test_the_council_gives_an_accepted_action_to_another_seat_which_promises_its_own_date(room: Room) -> None:
    action = room.running()
    other = room.town.champion_seats[room.town.digital.pk]
    room.decide(action, "reassign", seat=other.reference)
    action.refresh_from_db()
    assert (action.state, action.seat, action.promised, owed(action).kind) == (
        ActionState.PROPOSED,
        other,
        None,
        DutyKind.ACCEPT,
    )
    assert Promise.objects.get(action=action).due_on == DAY, "the record keeps what was promised before"
    items.accept(action=action, promised_on=date(2026, 11, 20), by=room.town.champions[room.town.digital.pk], now=EPOCH)
    assert Promise.objects.filter(action=action).count() == 2


def test_the_council_closes_as_it_is_apart_from_what_was_verified(room: Room) -> None:
    action = room.done()
    room.decide(action, "accept_as_is", reason="Nobody else can look at it.")
    action.refresh_from_db()
    assert (action.state, action.verified_at) == (ActionState.AS_IS, None)
    assert not Duty.objects.filter(subject_id=action.pk, closed_at=None).exists()


@pytest.mark.parametrize("state", ["running", "done"])
def test_what_the_charter_lets_nobody_close_unverified_is_refused_with_what_may_be_done_instead(
    room: Room, state: str
) -> None:
    room.town.rule_anew(replace(room.town.rules, closure=Closure(unverified=False)))
    action = room.done() if state == "done" else room.running()
    with pytest.raises(Invalid, match="or drop it") as refused:
        room.decide(action, "accept_as_is", reason="Good enough.")
    assert refused.value.field == "outcome"
    assert not Decision.objects.exists()


def test_the_council_names_a_seat_that_verifies_where_nobody_of_its_own_can(room: Room) -> None:
    action = room.done()
    named = room.town.champion_seats[room.town.digital.pk]
    with pytest.raises(Invalid, match="had no part"):
        room.decide(action, "verify_by", seat=action.seat.reference)
    subjects.show_to(action.subject, {action.department_id, named.department_id})
    room.decide(action, "verify_by", seat=named.reference)
    assert Duty.objects.get(subject_id=action.pk, closed_at=None).seat_id == named.pk
    verifier = room.town.champions[room.town.digital.pk]
    items.verify(action=action, finding="confirmed", by=verifier, now=EPOCH)
    action.refresh_from_db()
    assert action.state == ActionState.VERIFIED


@pytest.mark.parametrize(
    ("state", "outcome", "payload"),
    [
        ("running", "verify_by", {"seat": "other"}),
        ("proposed", "extend", {"due_on": "2026-12-01", "reason": "r"}),
        ("proposed", "accept_as_is", {"reason": "r"}),
        ("done", "extend", {"due_on": "2026-12-01", "reason": "r"}),
        ("done", "reassign", {"seat": "other"}),
        ("running", "drop", {"reason": " "}),
    ],
)
def test_an_outcome_that_makes_no_sense_for_the_state_is_refused_before_the_vote(
    room: Room, state: str, outcome: str, payload: dict
) -> None:
    action = {"proposed": room.action, "running": room.running, "done": room.done}[state]()
    if payload.get("seat"):
        payload = {"seat": room.town.champion_seats[room.town.digital.pk].reference}
    with pytest.raises(Invalid):
        room.decide(action, outcome, **payload)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("state", "strict", "open_ways"),
    [
        ("proposed", False, ["reassign", "drop"]),
        ("running", False, ["extend", "re_resource", "reassign", "accept_as_is", "drop"]),
        ("running", True, ["extend", "re_resource", "reassign", "drop"]),
        ("done", False, ["verify_by", "accept_as_is", "drop"]),
        ("done", True, ["verify_by", "drop"]),
    ],
)
def test_only_what_can_be_carried_out_is_offered_and_named(
    room: Room, state: str, strict: bool, open_ways: list[str]
) -> None:
    action = {"proposed": room.action, "running": room.running, "done": room.done}[state]()
    closure = replace(closing.closure_of(action, EPOCH), unverified=not strict)
    item = agenda.propose(
        council=room.chamber.council, about=action.subject, matter="late_action", by=room.town.lead, now=EPOCH
    )
    with mock.patch.object(closing, "closure_of", return_value=closure):
        offered = matters.offered(item, EPOCH)
        every = matters.outcomes_of(item).values()
        refusals = [told for way in every if (told := way.refuses(item, EPOCH))]
    assert [way.key for way in offered] == open_ways
    assert len(refusals) == len(every) - len(offered)
    for told in refusals:
        for way in every:
            assert (str(way.label) in told.partition("What can be decided: ")[2]) == (way.key in open_ways), told


def test_what_was_closed_meanwhile_cannot_be_decided_on(room: Room) -> None:
    action = room.running()
    item = agenda.propose(
        council=room.chamber.council, about=action.subject, matter="late_action", by=room.town.lead, now=EPOCH
    )
    items.cancel(action=action, reason="r", by=room.clerk, now=EPOCH)
    with pytest.raises(Conflict, match="closed meanwhile"):
        room.decide(action, "drop", reason="r")
    item.refresh_from_db()
    assert item.state == "withdrawn", "nothing is asked of a council about what has ended"


def test_after_a_second_no_a_rejected_motion_leaves_the_action_with_its_next_mover(room: Room) -> None:
    action = room.action()
    items.decline(action=action, reason="r", by=room.owner, now=EPOCH)
    other = room.town.champion_seats[room.town.digital.pk]
    items.reassign(action=action, seat=other, by=room.town.heads[room.town.claims.pk], now=EPOCH)
    items.decline(action=action, reason="r", by=room.town.champions[room.town.digital.pk], now=EPOCH)
    item = AgendaItem.objects.get(about=action.subject, state="open")
    with pytest.raises(Conflict, match="had escalated"):
        agenda.withdraw(item=item, reason="Not now.", by=room.clerk, now=EPOCH)
    assert owed(action).kind == DutyKind.SETTLE
    room.decide(action, "drop", reason="Nobody has hands.")
    action.refresh_from_db()
    assert action.state == ActionState.CANCELLED


def test_accepted_as_it_is_nothing_more_is_asked_of_the_council_but_an_overrun(room: Room) -> None:
    action = room.running()
    request = items.ask_for_time(action=action, due_on=date(2026, 12, 1), reason="r", by=room.owner, now=EPOCH)
    funding.ask(action=action, amount=5_00, what_for="Texts", by=room.owner, now=EPOCH)
    room.decide(action, "accept_as_is", reason="Enough.")
    request.refresh_from_db()
    assert request.answer == "overtaken"
    states = dict(AgendaItem.objects.filter(about_id=action.pk).values_list("matter", "state"))
    assert states == {"late_action": "settled", "resources": "withdrawn"}


def test_a_council_gives_nothing_to_a_seat_that_another_one_keeps_to_itself(room: Room) -> None:
    quiet = Chamber(room.town, name="Zephyr", size=4, confidential=True)
    hidden = quiet.memberships[2].seat.subject.reference
    told = {"title": "Text them", "proof": "p", "amount": 0, "needs_none": True}
    late, done = room.running(), room.done()
    for about, outcome, matter, payload in (
        (heard(room), "create_action", "theme", told),
        (late, "reassign", "late_action", {}),
        (done, "verify_by", "late_action", {}),
    ):
        said = []
        for reference in (hidden, "SEA-999999"):
            with pytest.raises(Invalid) as refused:
                room.decide(about, outcome, matter, **payload, seat=reference)
            said.append((refused.value.field, str(refused.value)))
        assert said[0] == said[1], outcome
        assert said[0][0] == "seat"
    # The secretary sits in that council, too, and may know of the seat; those who read the action may not.
    seats.seat_person(seat=quiet.memberships[3].seat, person=room.clerk, by=None, now=EPOCH)
    for about, outcome, matter, payload in (
        (heard(room), "create_action", "theme", told),
        (late, "reassign", "late_action", {}),
        (done, "verify_by", "late_action", {}),
    ):
        with pytest.raises(Invalid, match="belongs to a confidential council") as refused:
            room.decide(about, outcome, matter, **payload, seat=hidden)
        assert refused.value.field == "seat"
    assert not Decision.objects.exists()
