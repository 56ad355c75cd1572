"""Actions through their services: who may do what, what is written, and what is owed next."""

from datetime import UTC, date, datetime, timedelta

import pytest

from actions.models import ActionItem, ActionState, Health, Milestone, Promise, Update
from actions.queries import independence
from actions.queries import items as queries
from actions.services import items, parts, requests
from actions.services.footing import lock
from councils.models import AgendaItem
from governance.errors import Absent, Conflict, DomainError, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, Firing, JournalEntry, JournalText, Seat, SeatKind, Tenure
from governance.services import seats
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 13)


UNTIL = date(2026, 11, 30)
"""The last day of every hold here."""


class Work:
    """One council, and one action that it oversees, proposed to the champion of Claims."""

    def __init__(self, **options) -> None:
        self.town = Town()
        self.chamber = self.town.council_of_nine(**options)
        self.seat = self.town.champion_seats[self.town.claims.pk]
        self.owner = self.town.champions[self.town.claims.pk]
        self.head = self.town.heads[self.town.claims.pk]

    def action(self, **fields) -> ActionItem:
        given = {
            "title": "Text at each step",
            "seat": self.seat,
            "council": self.chamber.council,
            "proof": "Nine of ten claims get four texts.",
            "by": self.town.lead,
            "now": EPOCH,
        }
        return items.create(**{**given, **fields})

    def running(self, **fields) -> ActionItem:
        return items.accept(action=self.action(**fields), promised_on=DAY, by=self.owner, now=EPOCH)

    def done(self, **fields) -> ActionItem:
        action = self.running(**fields)
        items.add_evidence(action=action, title="Forty claims", kind="note", by=self.owner, now=EPOCH)
        return items.say_done(action=action, by=self.owner, now=EPOCH)


@pytest.fixture
def work() -> Work:
    return Work()


def owed(action: ActionItem) -> Duty:
    """The one thing that is owed for an action; fails where there is none, or more."""
    return Duty.objects.select_related("seat").get(subject_id=action.pk, closed_at=None)


# --- creating ------------------------------------------------------------------------------------------------------


def test_a_new_action_is_its_seats_to_accept_within_the_charters_term(work: Work) -> None:
    action = work.action()
    duty = owed(action)
    assert (duty.kind, duty.seat_id, duty.overseer_id) == (DutyKind.ACCEPT, work.seat.pk, work.chamber.council.pk)
    assert duty.due_on == date(2026, 11, 5), "three working days after Monday"
    audience = set(action.subject.audience.containers.values_list("container_id", flat=True))
    assert audience == {work.town.claims.pk, work.chamber.council.pk}


def test_a_confidential_councils_action_is_seen_by_that_council_and_its_seat_alone() -> None:
    work = Work(confidential=True)
    with pytest.raises(Absent):
        work.action(by=work.town.lead)  # who may not even know that the council exists
    seats.seat_person(seat=work.seat, person=work.chamber.chair, by=None, now=EPOCH)
    action = work.action(by=work.chamber.chair)
    assert ActionItem.objects.visible_to(work.chamber.chair, EPOCH).get() == action
    assert not ActionItem.objects.visible_to(work.town.lead, EPOCH).exists()
    assert not ActionItem.objects.visible_to(work.head, EPOCH).exists()
    action = items.decline(action=action, reason="No hands.", by=work.chamber.chair, now=EPOCH)
    assert owed(action).kind == DutyKind.SETTLE, "no head is cleared for it, so the council finds an owner"


def test_heads_champions_and_the_cx_lead_create_and_nobody_else(work: Work) -> None:
    for person, membership in zip((work.owner, work.head), work.chamber.memberships[2:], strict=False):
        with pytest.raises(Absent):
            work.action(by=person)  # who does not see the council that would oversee it
        seats.seat_person(seat=membership.seat, person=person, by=None, now=EPOCH)
    for person in (work.owner, work.head, work.town.lead):
        work.action(by=person)
    legal = work.town.champions[work.town.legal.pk]
    with pytest.raises(Absent):
        work.action(by=legal)  # who does not see the council
    with pytest.raises(Refused, match="Heads, champions"):
        work.action(by=work.chamber.members[4])
    assert ActionItem.objects.count() == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"proof": ""}, "proof"),
        ({"allocated": 100}, "allocated"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(work: Work, fields: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        work.action(**fields)
    assert error.value.field == field
    assert not ActionItem.objects.exists()


# --- accepting and declining ---------------------------------------------------------------------------------------


def test_accepting_with_a_date_is_the_first_promise(work: Work) -> None:
    action = work.running()
    promise = Promise.objects.get(action=action)
    assert (promise.number, promise.due_on, promise.given_by, promise.seat_id) == (1, DAY, work.owner, work.seat.pk)
    assert (action.state, action.promised, action.accepted_at) == (ActionState.ACCEPTED, DAY, EPOCH)
    assert promise.tenure == Tenure.objects.get(seat=work.seat)
    duty = owed(action)
    assert (duty.kind, duty.due_on, duty.seat_id) == (DutyKind.KEEP, DAY, work.seat.pk)


def test_accepting_without_a_date_leaves_a_date_owed_and_no_ladder_of_lateness(work: Work) -> None:
    action = items.accept(action=work.action(), promised_on=None, by=work.owner, now=EPOCH)
    assert (action.promised, owed(action).kind, owed(action).due_on) == (None, DutyKind.SET_DATE, date(2026, 11, 9))
    action = items.set_date(action=action, due_on=DAY, by=work.owner, now=EPOCH)
    assert (action.promised, owed(action).kind, owed(action).due_on) == (DAY, DutyKind.KEEP, DAY)
    assert Promise.objects.get(action=action).number == 1
    with pytest.raises(Conflict, match="nobody moves their own promise"):
        items.set_date(action=action, due_on=date(2026, 12, 1), by=work.owner, now=EPOCH)


def test_nobody_moves_the_own_promise(work: Work) -> None:
    action = work.running()
    with pytest.raises(Conflict, match="Ask for more time"):
        items.set_date(action=action, due_on=DAY + timedelta(days=9), by=work.owner, now=EPOCH)
    assert list(Promise.objects.values_list("number", "due_on")) == [(1, DAY)]
    action.refresh_from_db()
    assert action.promised == DAY


def test_a_day_that_has_passed_is_no_promise(work: Work) -> None:
    with pytest.raises(Invalid) as error:
        items.accept(action=work.action(), promised_on=date(2026, 11, 1), by=work.owner, now=EPOCH)
    assert error.value.field == "promised_on"
    assert not Promise.objects.exists()
    with pytest.raises(Invalid, match="calendar"):
        items.accept(action=ActionItem.objects.get(), promised_on=date(2090, 1, 1), by=work.owner, now=EPOCH)


def test_which_day_it_is_is_the_seats_to_say(work: Work) -> None:
    # 23:30 in Amsterdam is the next day in Tokyo and still this day in Amsterdam.
    late_evening = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
    action = items.accept(action=work.action(), promised_on=date(2026, 11, 2), by=work.owner, now=late_evening)
    assert action.promised == date(2026, 11, 2)
    after_midnight = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    with pytest.raises(Invalid):
        items.accept(action=work.action(), promised_on=date(2026, 11, 2), by=work.owner, now=after_midnight)


def test_a_first_no_goes_to_the_head_and_a_second_to_the_council(work: Work) -> None:
    action = items.decline(action=work.action(), reason="No hands.", by=work.owner, now=EPOCH)
    duty = owed(action)
    assert (action.state, duty.kind) == (ActionState.DECLINED, DutyKind.REASSIGN)
    assert duty.seat.kind == SeatKind.HEAD
    assert duty.seat.department_id == work.town.claims.pk
    assert JournalText.objects.get(entry__event="actions.item.declined").body == "No hands."

    other = work.town.champion_seats[work.town.digital.pk]
    with pytest.raises(Refused, match="Joel Brandt"):
        items.reassign(action=action, seat=other, by=work.owner, now=EPOCH)
    action = items.reassign(action=action, seat=other, by=work.head, now=EPOCH)
    assert (action.state, action.department, owed(action).kind) == (
        ActionState.PROPOSED,
        work.town.digital,
        DutyKind.ACCEPT,
    )
    audience = set(action.subject.audience.containers.values_list("container_id", flat=True))
    assert work.town.digital.pk in audience
    assert work.town.claims.pk not in audience

    second = work.town.champions[work.town.digital.pk]
    action = items.decline(action=action, reason="Nor have we.", by=second, now=EPOCH)
    item = AgendaItem.objects.get(about=action.subject)
    assert (item.matter, item.council, item.state) == ("late_action", work.chamber.council, "open")
    assert owed(action).kind == DutyKind.SETTLE, "whatever becomes of the item, the action has its next mover"
    assert owed(action).next_at is None, "only the item's ladder climbs: nobody is asked twice about one thing"


def test_a_no_needs_its_reason(work: Work) -> None:
    with pytest.raises(Invalid) as error:
        items.decline(action=work.action(), reason="  ", by=work.owner, now=EPOCH)
    assert error.value.field == "reason"


def test_a_head_who_declines_own_work_does_not_reassign_it_to_themselves(work: Work) -> None:
    seat = Seat.objects.get(kind=SeatKind.HEAD, department=work.town.claims)
    action = items.decline(action=work.action(seat=seat), reason="Not ours.", by=work.head, now=EPOCH)
    assert owed(action).seat.kind == SeatKind.CX_LEAD, "there is no head above"


# --- who may -------------------------------------------------------------------------------------------------------


def test_what_i_may_not_see_is_absent_and_what_i_may_only_see_names_who_may(work: Work) -> None:
    action = work.action()
    with pytest.raises(DomainError) as told:
        items.accept(action=action, promised_on=DAY, by=work.town.champions[work.town.legal.pk], now=EPOCH)
    assert isinstance(told.value, Absent), "whoever may not see it is not told that it is there"
    with pytest.raises(Refused, match="Fatima El Idrissi"):
        items.accept(action=action, promised_on=DAY, by=work.chamber.secretary, now=EPOCH)
    assert Promise.objects.count() == 0


def test_a_deputy_acts_only_while_the_holder_cannot(work: Work) -> None:
    deputy = work.town.person("Noor Visser")
    seats.seat_person(seat=work.seat, person=deputy, by=None, now=EPOCH, role="deputy")
    action = work.action()
    with pytest.raises(Refused):
        items.accept(action=action, promised_on=DAY, by=deputy, now=EPOCH)
    work.owner.away_until = date(2026, 11, 4)
    work.owner.save()
    action = items.accept(action=action, promised_on=DAY, by=deputy, now=EPOCH)
    assert Promise.objects.get().given_by == deputy
    with pytest.raises(Refused):
        items.say_done(action=action, by=deputy, now=EPOCH + timedelta(days=4))


def test_a_vacant_seat_names_who_fills_it(work: Work) -> None:
    action = work.action()
    seats.leave(seat=work.seat, by=None, now=EPOCH)
    with pytest.raises(Refused, match=r"vacant\. Priya Raman seats somebody"):
        items.accept(action=action, promised_on=DAY, by=work.head, now=EPOCH)


def test_a_champion_reports_for_an_owner_of_the_department_and_never_closes(work: Work) -> None:
    adjuster = work.town.person("Lars Holt")
    seat = work.town.seat(SeatKind.OTHER, work.town.claims, adjuster, title="Lead adjuster")
    action = items.accept(action=work.action(seat=seat), promised_on=DAY, by=adjuster, now=EPOCH)
    update = items.report(action=action, health="at_risk", line="Waiting.", progress=30, by=work.owner, now=EPOCH)
    assert update.reported_for_owner
    action.refresh_from_db()
    assert (action.state, action.health, action.progress) == (ActionState.IN_PROGRESS, Health.AT_RISK, 30)
    items.add_evidence(action=action, title="Forty claims", kind="note", by=work.owner, now=EPOCH)
    with pytest.raises(Refused, match="Lars Holt"):
        items.say_done(action=action, by=work.owner, now=EPOCH)
    assert queries.lines([action], work.town.lead, EPOCH)[0].reported_by == work.owner.name
    for champion in (work.town.champions[work.town.digital.pk], work.town.champions[work.town.legal.pk]):
        with pytest.raises((Absent, Refused)):
            items.report(action=action, health="on_track", by=champion, now=EPOCH)
    mine = items.report(action=action, health="on_track", by=adjuster, now=EPOCH)
    assert not mine.reported_for_owner
    assert queries.lines([action], work.town.lead, EPOCH)[0].reported_by == ""
    assert mine.progress == 30, "what is not said stays"


def test_two_people_editing_one_action_the_second_is_told_how_it_stands(work: Work) -> None:
    action = work.running()
    seen = action.version
    items.report(action=action, health="off_track", by=work.owner, now=EPOCH, version=seen)
    with pytest.raises(Stale) as error:
        items.report(action=action, health="on_track", by=work.owner, now=EPOCH, version=seen)
    assert error.value.facts["health"] == "off_track"
    assert error.value.facts["version"] == seen + 1
    assert Update.objects.count() == 1


# --- blockers ------------------------------------------------------------------------------------------------------


def test_a_blocker_says_why_and_whom_it_waits_on_and_that_seat_may_lift_it(work: Work) -> None:
    action = work.running()
    legal_head = work.town.heads[work.town.legal.pk]
    waits_on = Tenure.objects.get(person=legal_head).seat
    blocker = items.block(action=action, reason="Consent.", waiting_on=waits_on, by=work.owner, now=EPOCH)
    assert owed(action).kind == DutyKind.KEEP, "a blocker explains a slip; it moves no day"
    with pytest.raises(Absent):
        items.lift(blocker=blocker, by=work.town.champions[work.town.legal.pk], now=EPOCH)
    lifted = items.lift(blocker=blocker, by=work.owner, now=EPOCH)
    assert (lifted.lifted_at, lifted.lifted_by) == (EPOCH, work.owner)
    with pytest.raises(Conflict):
        items.lift(blocker=blocker, by=work.owner, now=EPOCH)


def test_a_hold_needs_whoever_approves_dates(work: Work) -> None:
    action = work.running()
    with pytest.raises(Refused, match="Joel Brandt"):
        items.block(action=action, reason="Budget freeze.", kind="hold", until=UNTIL, by=work.owner, now=EPOCH)
    hold = items.block(
        action=action, reason="Budget freeze.", kind="hold", until=UNTIL, by=work.chamber.chair, now=EPOCH
    )
    assert hold.kind == "hold"


# --- done and verified ---------------------------------------------------------------------------------------------


def test_done_needs_evidence_and_says_its_day(work: Work) -> None:
    action = work.running()
    with pytest.raises(Conflict, match="evidence"):
        items.say_done(action=action, by=work.owner, now=EPOCH)
    with pytest.raises(Invalid) as error:
        items.add_evidence(
            action=action, title="Report", kind="link", link="javascript:alert(1)", by=work.owner, now=EPOCH
        )
    assert error.value.field == "link"
    items.add_evidence(action=action, title="Report", kind="link", link="https://x.example/r", by=work.owner, now=EPOCH)
    evening = datetime(2026, 11, 13, 22, 30, tzinfo=UTC)
    action = items.say_done(action=action, by=work.owner, now=evening)
    assert action.done_on == DAY, "half past eleven at night where the seat is"
    duty = owed(action)
    assert (duty.kind, duty.seat.kind) == (DutyKind.VERIFY, SeatKind.SECRETARY)


def test_another_person_verifies_and_nothing_is_owed_any_more(work: Work) -> None:
    action = work.done()
    with pytest.raises(Refused, match="Member2"):
        items.verify(action=action, finding="confirmed", by=work.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=EPOCH)
    action.refresh_from_db()
    assert (action.state, action.verified_at) == (ActionState.VERIFIED, EPOCH)
    assert not Duty.objects.filter(subject_id=action.pk, closed_at=None).exists()
    with pytest.raises(Conflict):
        items.report(action=action, health="on_track", by=work.owner, now=EPOCH)


def test_verification_falls_back_past_everybody_who_had_a_part(work: Work) -> None:
    """Secretary, chair, sponsor, CX lead: the first who was no holder, doer or deputy of the work."""
    people = [work.chamber.secretary, work.chamber.chair, work.town.sponsor, work.town.lead]
    kinds = [SeatKind.SECRETARY, SeatKind.CHAIR, SeatKind.CX_SPONSOR, SeatKind.CX_LEAD]
    action = work.running()
    now = EPOCH
    for person, kind in zip(people, kinds, strict=True):
        now += timedelta(minutes=1)
        assert Seat.objects.get(pk=independence.verifier(action, now)).kind == kind
        seats.seat_person(seat=work.seat, person=person, by=None, now=now)  # now a holder of the work
    assert independence.verifier(action, now) is None


def test_where_nobody_can_verify_the_council_settles_it(work: Work) -> None:
    action = work.running()
    now = EPOCH
    for person in (work.chamber.secretary, work.chamber.chair, work.town.sponsor, work.town.lead):
        now += timedelta(minutes=1)
        seats.seat_person(seat=work.seat, person=person, by=None, now=now)
    items.add_evidence(action=action, title="Forty claims", kind="note", by=work.town.lead, now=now)
    action = items.say_done(action=action, by=work.town.lead, now=now)
    assert AgendaItem.objects.get(about=action.subject).matter == "late_action"
    assert owed(action).kind == DutyKind.SETTLE
    with pytest.raises(Refused):
        items.verify(action=action, finding="confirmed", by=work.town.lead, now=EPOCH)


def test_a_verification_whose_seat_passes_to_a_doer_is_the_next_ones_to_make(work: Work) -> None:
    action = work.done()
    seats.seat_person(seat=work.chamber.memberships[1].seat, person=work.owner, by=None, now=EPOCH)
    with pytest.raises(Refused):
        items.verify(action=action, finding="confirmed", by=work.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=work.chamber.chair, now=EPOCH)
    action.refresh_from_db()
    assert action.state == ActionState.VERIFIED


def test_what_is_sent_back_is_owed_again_by_the_same_day_and_no_rung_falls_twice(work: Work) -> None:
    action = work.running()
    keep = owed(action)
    Firing.objects.create(duty=keep, position=1, target="owner", fired_at=EPOCH, due_on=DAY)
    Duty.objects.filter(pk=keep.pk).update(rung=1)
    items.add_evidence(action=action, title="Forty claims", kind="note", by=work.owner, now=EPOCH)
    action = items.say_done(action=action, by=work.owner, now=EPOCH)
    with pytest.raises(Invalid) as error:
        items.verify(action=action, finding="refused", by=work.chamber.secretary, now=EPOCH)
    assert error.value.field == "note"
    items.verify(action=action, finding="refused", note="Ten had three.", by=work.chamber.secretary, now=EPOCH)
    action.refresh_from_db()
    again = owed(action)
    assert (action.state, action.refused_at, action.promised) == (ActionState.IN_PROGRESS, EPOCH, DAY)
    assert (again.pk, again.rung, again.due_on, again.closed_as) == (keep.pk, 1, DAY, "")
    assert again.next_at is not None
    assert again.next_at > EPOCH
    assert again.paused_to == EPOCH.date() + timedelta(days=1), "a working day to answer before what went by climbs"
    assert JournalText.objects.get(entry__event="actions.item.sent_back").body == "Ten had three."


def test_work_done_before_a_date_was_promised_owes_its_date_when_sent_back(work: Work) -> None:
    action = items.accept(action=work.action(), promised_on=None, by=work.owner, now=EPOCH)
    items.add_evidence(action=action, title="Forty claims", kind="note", by=work.owner, now=EPOCH)
    action = items.say_done(action=action, by=work.owner, now=EPOCH)
    items.verify(action=action, finding="refused", note="Not yet.", by=work.chamber.secretary, now=EPOCH)
    assert owed(action).kind == DutyKind.SET_DATE


# --- the end -------------------------------------------------------------------------------------------------------


def test_the_secretary_drops_what_no_decision_made(work: Work) -> None:
    action = work.running()
    with pytest.raises(Refused):
        items.cancel(action=action, reason="No longer.", by=work.owner, now=EPOCH)
    action = items.cancel(action=action, reason="No longer.", by=work.chamber.secretary, now=EPOCH)
    assert action.state == ActionState.CANCELLED
    assert not Duty.objects.filter(subject_id=action.pk, closed_at=None).exists()


def test_time_is_asked_of_the_council_and_the_date_stays_until_it_decides(work: Work) -> None:
    action = work.running()
    with pytest.raises(Invalid):
        items.ask_for_time(action=action, due_on=DAY, reason="More.", by=work.owner, now=EPOCH)
    asked = items.ask_for_time(action=action, due_on=date(2026, 11, 27), reason="Supplier.", by=work.owner, now=EPOCH)
    item = asked.item
    assert (item.matter, item.proposal["due_on"]) == ("late_action", "2026-11-27")
    action.refresh_from_db()
    assert action.promised == DAY
    assert owed(action).due_on == DAY


def test_everything_that_happens_is_in_the_journal_and_nothing_is_without_a_mover(work: Work) -> None:
    action = work.done()
    items.verify(action=action, finding="refused", note="No.", by=work.chamber.secretary, now=EPOCH)
    action = items.say_done(action=action, by=work.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=EPOCH)
    told = list(JournalEntry.objects.filter(subject_id=action.pk).order_by("pk").values_list("event", flat=True))
    assert told == [
        "actions.item.created",
        "actions.item.accepted",
        "actions.evidence.added",
        "actions.item.done",
        "actions.item.sent_back",
        "actions.item.done",
        "actions.item.verified",
    ]
    assert queries.orphans(EPOCH) == []


def test_an_orphan_is_found(work: Work) -> None:
    action = work.running()
    assert queries.orphans(EPOCH) == []
    Duty.objects.filter(subject_id=action.pk).update(closed_at=EPOCH)
    assert [one.reference for one in queries.orphans(EPOCH)] == [action.reference]


def test_whoever_owns_the_work_does_not_put_it_on_hold_and_another_person_does(work: Work) -> None:
    """The chair of the council holds the accountable seat; its secretary and whoever approves dates may hold it."""
    action = work.running()
    chair = work.chamber.chair
    seats.seat_person(seat=work.seat, person=chair, by=None, now=EPOCH)
    with pytest.raises(Refused, match="Joel Brandt"):
        items.block(action=action, reason="Budget freeze.", kind="hold", until=UNTIL, by=chair, now=EPOCH)
    assert (
        items.block(action=action, reason="Budget freeze.", kind="hold", until=UNTIL, by=work.head, now=EPOCH).kind
        == "hold"
    )
    assert items.block(action=action, reason="Freeze.", kind="hold", until=UNTIL, by=work.chamber.secretary, now=EPOCH)
    with pytest.raises(Refused):
        items.block(action=action, reason="Budget freeze.", kind="hold", until=UNTIL, by=work.town.sponsor, now=EPOCH)


def test_what_another_seat_accepted_is_not_accepted_by_the_next_one(work: Work) -> None:
    action = work.running()
    items.give_to(lock(action.pk), work.town.champion_seats[work.town.digital.pk], by=work.town.lead, now=EPOCH)
    action.refresh_from_db()
    assert (action.state, action.accepted_at) == ("proposed", None)
    ActionItem.objects.filter(pk=action.pk).update(state="as_is")
    items.reopen(action=action, reason="It came back.", by=work.chamber.chair, now=EPOCH)
    assert owed(action).kind == DutyKind.ACCEPT, "nobody there said yes"


def test_whoever_marked_a_milestone_or_delivered_a_request_had_a_part(work: Work) -> None:
    action = work.running()
    before = independence.involved(action, EPOCH)
    stone = parts.set_milestone(action=action, title="Texts", due_on=None, by=work.owner, now=EPOCH)
    marker, giver = work.town.person("Mia Marker"), work.town.champions[work.town.legal.pk]
    Milestone.objects.filter(pk=stone.pk).update(done_on=EPOCH.date(), done_by=marker)
    asked = requests.ask(
        title="A consent text", to=work.town.champion_seats[work.town.legal.pk], asked_for=DAY, action=action,
        by=work.owner, now=EPOCH,
    )  # fmt: skip
    requests.agree(request=asked, promised_on=DAY, by=giver, now=EPOCH)
    requests.deliver(request=asked, by=giver, now=EPOCH)
    assert independence.involved(action, EPOCH) - before == {marker.pk, giver.pk}


def test_a_confidential_councils_seat_owns_what_that_council_oversees_and_nothing_else(work: Work) -> None:
    town = work.town
    quiet = Chamber(town, name="Zephyr", size=4, confidential=True)
    seat = quiet.memberships[3].seat
    # Whoever may not know of the seat hears what they would hear of one that is not there.
    with pytest.raises(Absent):
        work.action(seat=seat)
    with pytest.raises(Absent):
        items.create(
            title="t", seat=seat, council=work.chamber.council, proof="p", by=work.head, now=EPOCH
        )  # fmt: skip
    declined = items.decline(action=work.action(), reason="r", by=work.owner, now=EPOCH)
    with pytest.raises(Absent):
        items.reassign(action=declined, seat=seat, by=work.head, now=EPOCH)
    # Who sits in that council, too, reads the reason and the remedy at the field.
    for cleared, membership in ((town.lead, quiet.memberships[3]), (work.head, quiet.memberships[2])):
        seats.seat_person(seat=membership.seat, person=cleared, by=None, now=EPOCH)
    with pytest.raises(Invalid, match="Choose another seat, or let its own council oversee the work") as refused:
        work.action(seat=seat)
    assert refused.value.field == "seat"
    with pytest.raises(Invalid, match="confidential council") as refused:
        items.reassign(action=declined, seat=seat, by=work.head, now=EPOCH)
    assert refused.value.field == "seat"
    assert not ActionItem.objects.filter(seat=seat).exists()
    assert work.action(seat=seat, council=quiet.council).seat == seat
    assert work.action(council=quiet.council).seat == work.seat, "it may ask those outside it"


def test_nor_does_it_do_part_of_it_or_is_waited_for_by_name(work: Work) -> None:
    quiet = Chamber(work.town, name="Zephyr", size=3, confidential=True)
    seat, action = quiet.memberships[2].seat, work.running()
    with pytest.raises(Absent):
        items.block(action=action, reason="r", waiting_on=seat, by=work.owner, now=EPOCH)
    with pytest.raises(Absent):
        parts.add_doer(action=action, seat=seat, by=work.owner, now=EPOCH)
    seats.seat_person(seat=quiet.memberships[0].seat, person=work.owner, by=None, now=EPOCH)
    with pytest.raises(Invalid, match="confidential council") as refused:
        items.block(action=action, reason="r", waiting_on=seat, by=work.owner, now=EPOCH)
    assert refused.value.field == "waiting_on"
    with pytest.raises(Invalid, match="confidential council") as refused:
        parts.add_doer(action=action, seat=seat, by=work.owner, now=EPOCH)
    assert refused.value.field == "seat"
    seats.seat_person(seat=quiet.memberships[1].seat, person=work.town.lead, by=None, now=EPOCH)
    own = items.accept(action=work.action(council=quiet.council), promised_on=DAY, by=work.owner, now=EPOCH)
    assert items.block(action=own, reason="r", waiting_on=seat, by=work.owner, now=EPOCH).waiting_on == seat


@pytest.mark.parametrize(
    "deed",
    [
        lambda work, words: items.decline(action=work.action(), reason=words, by=work.owner, now=EPOCH),
        lambda work, words: items.block(action=work.running(), reason=words, by=work.owner, now=EPOCH),
        lambda work, words: items.ask_for_time(
            action=work.running(), due_on=UNTIL, reason=words, by=work.owner, now=EPOCH
        ),
    ],
    ids=["a no", "what stops it", "more time"],
)
def test_a_reason_is_a_few_sentences_long(work: Work, deed) -> None:
    with pytest.raises(Invalid, match="1000 characters at most") as refused:
        deed(work, "x" * 1001)
    assert refused.value.field == "reason"
    assert not JournalText.objects.filter(body__contains="xxx").exists()
    deed(work, " " + "x" * 1000 + " ")
