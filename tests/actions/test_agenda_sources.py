"""An agenda builds itself: each source brings a thing once, whatever brings it twice, until it is settled elsewhere."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions import brought
from actions.models import ActionItem, Theme
from actions.services import delegating, funding, items, theme_shapes, themes
from councils import sources
from councils.models import AgendaItem, ItemState, Meeting
from councils.services import agenda, ballots, books, decisions, gathering, meetings, trials
from governance.clauses import Cadence, Delegation, Promising, Review, Thresholds
from governance.errors import Conflict, Refused
from governance.models import Duty, DutyKind, Firing, JournalEntry, Person, TenureRole
from governance.services import charters, seats
from notifications.kinds import Kind
from notifications.models import Message
from notifications.services.keeping import keep
from notifications.services.listening import hear
from notifications.services.sweep import sweep
from tests.actions.reading_files import take
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 13)
LATE = EPOCH + timedelta(days=30)
"""Every rung of the promise has fallen."""
EUROS = 100


class Place:
    """A council that meets in six weeks, and work of Claims that it oversees."""

    def __init__(self) -> None:
        self.town = Town()
        self.chamber = self.town.council_of_nine()
        self.council = self.chamber.council
        self.clerk = self.chamber.secretary
        self.owner = self.town.champions[self.town.claims.pk]
        self.seat = self.town.champion_seats[self.town.claims.pk]
        self.meeting = self.call(42)

    def call(self, days: int, now: datetime = EPOCH) -> Meeting:
        return meetings.call(council=self.council, starts_at=EPOCH + timedelta(days=days), by=self.clerk, now=now)

    def rule(self, **clauses) -> None:
        self.town.rules = replace(self.town.rules, **clauses)
        self.town.rule_anew(self.town.rules)

    def running(self, **more) -> ActionItem:
        made = items.create(
            title="Text them", seat=self.seat, council=self.council, proof="p", by=self.town.lead, now=EPOCH, **more
        )
        return items.accept(action=made, promised_on=DAY, by=self.owner, now=EPOCH)

    def done(self, action: ActionItem, now: datetime) -> ActionItem:
        items.add_evidence(action=action, title="e", kind="note", by=self.owner, now=now)
        return items.say_done(action=action, by=self.owner, now=now)

    def build(self, now: datetime = EPOCH) -> gathering.Gathered:
        return gathering.bring_up_to_date(meeting=self.meeting, by=self.clerk, now=now)

    def stands(self, source: str = "") -> list[AgendaItem]:
        found = AgendaItem.objects.filter(council=self.council, state=ItemState.OPEN).select_related("about", "subject")
        return list(found.filter(source=source) if source else found)

    def one(self, source: str) -> AgendaItem:
        """The one thing that stands, and what brought it."""
        (item,) = self.stands()
        assert (item.source, item.meeting_id, item.raised_by_id) == (source, self.meeting.pk, None)
        return item

    def why_left(self) -> str:
        assert self.stands() == []
        return JournalEntry.objects.filter(event="councils.item.left").order_by("-pk")[0].text.body


@pytest.fixture
def place() -> Place:
    return Place()


# --- 1: carried over -----------------------------------------------------------------------------------------------


def test_what_a_meeting_left_goes_onto_the_next_one_with_the_meeting_that_had_it(place: Place) -> None:
    later = place.call(60)
    item = agenda.propose(council=place.council, about=None, matter="general", by=place.clerk, now=EPOCH, ask="Chairs")
    agenda.place(item=item, meeting=place.meeting, by=place.clerk, now=EPOCH)
    held = meetings.open_meeting(meeting=place.meeting, by=place.clerk, now=EPOCH)
    meetings.close(meeting=held, by=place.clerk, now=EPOCH)
    gathering.gather_all(EPOCH)
    gathering.gather_all(EPOCH)
    (item,) = place.stands()
    assert (item.meeting_id, item.carried_from_id, item.raised_by, item.source) == (
        later.pk, held.pk, place.clerk, "",
    )  # fmt: skip
    agenda.set_back(item=item, by=place.clerk, now=EPOCH)
    gathering.gather_all(EPOCH)
    assert place.stands()[0].meeting_id is None, "what was set back waits for the meeting after"
    meetings.call_off(meeting=later, reason="Ill.", by=place.clerk, now=EPOCH)
    after = place.call(80)
    assert place.stands()[0].meeting_id == after.pk


# --- 2: escalations ------------------------------------------------------------------------------------------------


def test_an_escalation_stands_once_and_leaves_when_it_is_done(place: Place) -> None:
    action = place.running()
    sweep(LATE)
    place.build(LATE)
    item = place.one(sources.ESCALATION)
    assert item.about_id == action.pk
    sweep(LATE + timedelta(days=1))
    place.build(LATE)
    assert place.one(sources.ESCALATION) == item
    action = place.done(ActionItem.objects.get(pk=action.pk), LATE)
    place.build(LATE)
    assert place.why_left() == "What was owed is owed no more."
    assert Duty.objects.get(subject_id=item.pk, kind=DutyKind.SETTLE).closed_as == "settled_elsewhere"
    items.verify(action=action, finding="refused", note="Three of ten.", by=place.chamber.secretary, now=LATE)
    place.build(LATE + timedelta(days=2))
    assert place.one(sources.ESCALATION).about_id == action.pk, "sent back, it is late as it was"


def test_what_nobody_took_on_stands_once_until_somebody_owes_it(place: Place) -> None:
    made = items.create(
        title="Text them", seat=place.seat, council=place.council, proof="p", by=place.town.lead, now=EPOCH
    )
    action = items.decline(action=made, reason="No hands.", by=place.owner, now=EPOCH)
    other = place.town.champion_seats[place.town.digital.pk]
    action = items.reassign(action=action, seat=other, by=place.town.heads[place.town.claims.pk], now=EPOCH)
    items.decline(action=action, reason="Nor we.", by=place.town.champions[place.town.digital.pk], now=EPOCH)
    place.build()
    assert place.one(sources.ESCALATION).about_id == action.pk
    items.cancel(action=ActionItem.objects.get(pk=action.pk), reason="Not needed.", by=place.clerk, now=EPOCH)
    place.build()
    assert place.stands() == []


def test_voices_that_nobody_answered_leave_when_they_are_answered(place: Place) -> None:
    take(EPOCH, "1,,,,CLM,Claim status,a")
    theme = Theme.objects.get()
    duty = Duty.objects.get(subject_id=theme.pk, kind=DutyKind.ANSWER)
    Duty.objects.filter(pk=duty.pk).update(overseer_id=place.council.pk)
    theme.subject.refresh_from_db()
    Firing.objects.create(duty=duty, position=9, target="council", fired_at=EPOCH, due_on=duty.due_on)
    agenda.propose(
        council=place.council, about=theme.subject, matter="theme", by=None, now=EPOCH, ask="?", source="escalation"
    )
    place.build()
    place.one(sources.ESCALATION)
    champion = place.town.champions[place.town.claims.pk]
    themes.answer(theme=theme, department=place.town.claims, text="We text at each step.", by=champion, now=EPOCH)
    place.build()
    assert place.why_left() == "What was owed is owed no more."


# --- 3: decisions not carried out ----------------------------------------------------------------------------------


def decided(place: Place) -> ActionItem:
    """An action that a decision made, promised for DAY; it never climbs onto the agenda by itself."""
    take(EPOCH, "1,,,,CLM,Claim status,a")
    theme = Theme.objects.get()
    held = place.call(0)
    item = agenda.propose(council=place.council, about=theme.subject, matter="theme", by=place.town.lead, now=EPOCH)
    agenda.place(item=item, meeting=held, by=place.clerk, now=EPOCH)
    held = meetings.open_meeting(meeting=held, by=place.clerk, now=EPOCH)
    for membership in place.chamber.memberships:
        meetings.mark(meeting=held, membership=membership, presence="present", by=place.clerk, now=EPOCH)
    payload = {"title": "Text them", "proof": "p", "seat": place.seat.reference, "asked_for": DAY.isoformat()}
    decisions.settle(
        item=AgendaItem.objects.get(pk=item.pk), outcome="create_action", motion="We text at each step.",
        payload={**payload, "needs_none": True}, votes={one.pk: "for" for one in place.chamber.memberships},
        by=place.clerk, now=EPOCH,
    )  # fmt: skip
    meetings.close(meeting=held, by=place.clerk, now=EPOCH)
    return items.accept(action=ActionItem.objects.get(), promised_on=DAY, by=place.owner, now=EPOCH)


def test_a_decision_not_carried_out_stands_once_until_its_work_is_done_or_stands_there_itself(place: Place) -> None:
    action = decided(place)
    place.build(EPOCH)
    assert place.stands() == [], "its day has not passed"
    place.build(LATE)
    place.build(LATE)
    item = place.one(sources.DECISION)
    assert (item.about.kind, item.about_id) == ("decision", action.decision_id)
    assert item.title == (
        "“We text at each step”, decided on 2 November 2026, is not carried out: 1 of 1 thing that came of it is past "
        "its day."
    )
    sweep(LATE)
    place.build(LATE)
    assert place.one(sources.ESCALATION).about_id == action.pk, "what is late stands there itself, once"
    place.done(ActionItem.objects.get(pk=action.pk), LATE)
    place.build(LATE)
    assert place.stands() == []


def test_a_decision_that_was_talked_about_comes_again_only_with_something_newly_late(place: Place) -> None:
    decided(place)
    place.build(LATE)
    agenda.withdraw(item=place.one(sources.DECISION), reason="We know.", by=place.clerk, now=LATE)
    place.build(LATE + timedelta(days=1))
    assert place.stands() == []


# --- 4: resources --------------------------------------------------------------------------------------------------


def test_resources_asked_for_stand_once_until_the_work_is_closed(place: Place) -> None:
    books.grant(council=place.council, amount=9_000 * EUROS, by=place.town.sponsor, now=EPOCH)
    action = place.running()
    funding.ask(action=action, amount=900 * EUROS, what_for="Texts", by=place.owner, now=EPOCH)
    with pytest.raises(Conflict):
        funding.ask(action=action, amount=1, what_for="More", by=place.owner, now=EPOCH)
    place.build()
    place.build()
    item = place.one(sources.RESOURCES)
    assert (item.about_id, item.goes_back) == (action.pk, "")
    items.cancel(action=ActionItem.objects.get(pk=action.pk), reason="Not needed.", by=place.clerk, now=EPOCH)
    place.build()
    assert place.stands() == []


def test_what_a_seat_may_allocate_alone_goes_back_with_the_reason_and_comes_once_it_may_no_longer(place: Place) -> None:
    books.grant(council=place.council, amount=9_000 * EUROS, by=place.town.sponsor, now=EPOCH)
    place.rule(delegation=Delegation("chair", 1_000 * EUROS, "EUR", "quarter", 1_500 * EUROS, "2026-11-30"))
    action = place.running()
    funding.ask(action=action, amount=900 * EUROS, what_for="Texts", by=place.owner, now=EPOCH)
    assert place.build().alone == place.stands()
    (item,) = place.stands()
    chair = place.chamber.memberships[0].seat.title
    assert (item.meeting, item.goes_back) == (
        None, f"{chair} may allocate it without a meeting, as the charter says.",
    )  # fmt: skip
    told = JournalEntry.objects.get(event="councils.item.went_back", subject_id=action.pk)
    assert told.text.body == item.goes_back
    hear(EPOCH)
    assert Message.objects.get(kind=Kind.HANDED_BACK).person_id == place.owner.pk
    place.build(LATE)
    assert place.one(sources.RESOURCES).goes_back == "", "after the last day it is the council's"
    funding_item = place.one(sources.RESOURCES)
    place.rule(delegation=Delegation("chair", 1_000 * EUROS, "EUR", "quarter", 1_500 * EUROS, "2027-11-30"))
    delegating.allocate(
        action=ActionItem.objects.get(pk=action.pk), confirm=True, by=place.chamber.chair, now=LATE
    )  # fmt: skip
    place.build(LATE)
    assert place.stands() == []
    assert AgendaItem.objects.get(pk=funding_item.pk).state == ItemState.SETTLED


def test_what_was_sent_back_and_placed_by_hand_stays_where_somebody_placed_it(place: Place) -> None:
    books.grant(council=place.council, amount=9_000 * EUROS, by=place.town.sponsor, now=EPOCH)
    place.rule(delegation=Delegation("chair", 1_000 * EUROS, "EUR", "quarter", 1_500 * EUROS, "2026-11-30"))
    funding.ask(action=place.running(), amount=900 * EUROS, what_for="Texts", by=place.owner, now=EPOCH)
    place.build()
    agenda.place(item=place.stands()[0], meeting=place.meeting, by=place.clerk, now=EPOCH)
    place.build()
    assert place.stands()[0].meeting_id == place.meeting.pk


# --- 5: themes -----------------------------------------------------------------------------------------------------


def say(place: Place, number: int, *, at: datetime = EPOCH, topic: str = "Claim status", start: int = 0) -> Theme:
    received = (at - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    take(at, *(f"{start + n},{received},,,CLM,{topic},a" for n in range(number)), source=f"Desk {topic}")
    return Theme.objects.get(name=topic)


def test_a_theme_above_the_threshold_stands_once_and_leaves_when_it_is_answered_everywhere(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=3, days=30, waiting=0))
    theme = say(place, 2)
    place.build()
    assert place.stands() == []
    say(place, 3)
    place.build()
    place.build()
    item = place.one(sources.THEME)
    assert (item.about_id, item.matter) == (theme.pk, "theme")
    assert item.title == "“Claim status” was heard 3 times within 30 days: what is the council's answer?"
    champion, then = place.town.champions[place.town.claims.pk], EPOCH + timedelta(hours=1)
    themes.answer(theme=theme, department=place.town.claims, text="We text.", by=champion, now=then)
    place.build(then)
    assert place.why_left() == "Every department that hears it has answered."
    place.build(then)
    assert place.stands() == [], "what was said before the answer counts no more"
    say(place, 3, at=then + timedelta(days=3), start=100)
    place.build(then + timedelta(days=3))
    assert place.one(sources.THEME).about_id == theme.pk


def test_a_theme_that_waits_for_an_answer_reaches_the_agenda_and_merged_it_is_the_other_one(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=0, days=30, waiting=2))
    one, other = say(place, 2), say(place, 1, topic="Letters")
    place.build()
    place.build()
    item = place.one(sources.THEME)
    assert item.title == "“Claim status” has 2 open mentions, and nobody answered: what is the council's answer?"
    theme_shapes.merge(theme=one, into=other, by=place.town.lead, now=EPOCH)
    place.build()
    assert place.one(sources.THEME).about_id == other.pk


def test_a_theme_that_was_raised_by_hand_is_not_brought_again_and_never_taken_off(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=2, days=30, waiting=2))
    theme = say(place, 3)
    item = agenda.propose(council=place.council, about=theme.subject, matter="theme", by=place.town.lead, now=EPOCH)
    place.build()
    assert place.stands() == [item]
    champion, then = place.town.champions[place.town.claims.pk], EPOCH + timedelta(hours=1)
    themes.answer(theme=theme, department=place.town.claims, text="We text.", by=champion, now=then)
    place.build(then)
    assert place.stands() == [item]


def test_whoever_raises_what_a_rule_brought_stands_behind_it(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=2, days=30, waiting=0))
    theme = say(place, 3)
    place.build()
    item = place.one(sources.THEME)
    assert agenda.propose(
        council=place.council, about=theme.subject, matter="theme", by=place.chamber.chair, now=EPOCH
    ) == item  # fmt: skip
    champion, then = place.town.champions[place.town.claims.pk], EPOCH + timedelta(hours=1)
    themes.answer(theme=theme, department=place.town.claims, text="We text.", by=champion, now=then)
    place.build(then)
    assert place.stands() == [item]


def test_a_theme_stands_with_one_council_and_a_confidential_one_tells_nobody(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=2, days=30, waiting=0))
    quiet = Chamber(place.town, name="Quiet Council", size=9, confidential=True)
    other = Chamber(place.town, name="Other Council", size=9)
    theme = say(place, 3)
    for chamber in (quiet, other):
        meetings.call(
            council=chamber.council, starts_at=EPOCH + timedelta(days=7), by=chamber.secretary, now=EPOCH
        )  # fmt: skip
    gathering.gather_all(EPOCH)
    standing = AgendaItem.objects.filter(about_id=theme.pk, state=ItemState.OPEN)
    assert set(standing.values_list("council_id", flat=True)) == {quiet.council.pk, other.council.pk}


# --- 6: dates that only the council grants -------------------------------------------------------------------------


def test_a_date_that_only_the_council_grants_stands_once_until_another_one_holds(place: Place) -> None:
    action = place.running()
    items.ask_for_time(action=action, due_on=date(2026, 12, 1), reason="The supplier.", by=place.owner, now=EPOCH)
    place.build()
    item = place.one(sources.DATE)
    action.refresh_from_db()
    items.ask_for_time(action=action, due_on=date(2026, 12, 4), reason="Still.", by=place.owner, now=EPOCH)
    place.build()
    assert place.one(sources.DATE) == item
    place.done(ActionItem.objects.get(pk=action.pk), EPOCH)
    place.build()
    assert place.why_left() == "The work runs no more."


def test_a_date_asked_for_of_what_had_escalated_keeps_it_there(place: Place) -> None:
    action = place.running()
    sweep(LATE)
    action.refresh_from_db()
    items.ask_for_time(action=action, due_on=date(2027, 1, 8), reason="Ill.", by=place.owner, now=LATE)
    place.build(LATE)
    assert place.one(sources.ESCALATION).about_id == action.pk


def test_a_date_that_a_seat_may_grant_by_now_goes_back_to_whoever_asked(place: Place) -> None:
    action = place.running()
    items.ask_for_time(action=action, due_on=date(2026, 12, 1), reason="The supplier.", by=place.owner, now=EPOCH)
    place.build()
    place.rule(promising=Promising(renewals=2))
    place.build()
    (item,) = place.stands()
    assert (item.meeting, item.goes_back) == (
        None, "Head of Claims may approve another date. Whoever owns the work asks for it again.",
    )  # fmt: skip
    action.refresh_from_db()
    items.ask_for_time(action=action, due_on=date(2026, 12, 1), reason="The supplier.", by=place.owner, now=EPOCH)
    head = place.town.heads[place.town.claims.pk]
    items.answer_date(action=ActionItem.objects.get(pk=action.pk), answer="approved", by=head, now=EPOCH)
    place.build()
    assert place.stands() == []


# --- 7: findings ---------------------------------------------------------------------------------------------------


def test_what_the_night_found_stands_once_until_it_is_mended(place: Place) -> None:
    trials.try_all(EPOCH)
    place.build()
    place.build()
    item = place.one(sources.FINDING)
    assert item.about_id == place.council.pk
    assert item.title.startswith("The council can get stuck: ")
    deputy = place.town.heads[place.town.digital.pk]
    seats.seat_person(
        seat=place.chamber.memberships[0].seat, person=deputy, by=None, now=EPOCH, role=TenureRole.DEPUTY
    )  # fmt: skip
    trials.try_all(EPOCH + timedelta(days=1))
    place.build(EPOCH + timedelta(days=1))
    assert place.why_left() == "The council can no longer get stuck."


# --- 8: the charter ------------------------------------------------------------------------------------------------


def test_the_charter_comes_to_the_last_meeting_before_its_review_and_leaves_when_it_is_ratified(place: Place) -> None:
    place.rule(review=Review(months=12), cadence=Cadence(weeks=6))
    place.build()
    assert place.stands() == []
    Duty.objects.filter(subject_id=place.town.charter.pk, kind=DutyKind.REVIEW, closed_at=None).update(
        due_on=(place.meeting.starts_at + timedelta(weeks=5)).date()
    )
    place.build()
    place.build()
    assert place.one(sources.CHARTER).about_id == place.town.charter.pk
    version = charters.draft(title="", charter=place.town.charter, rules=place.town.rules, by=None, now=EPOCH)
    then = EPOCH + timedelta(days=1)
    charters.ratify(version=version, by=None, now=then)
    place.build(then)
    assert place.why_left() == "The charter was reviewed: a version came into force."


# --- all of them ---------------------------------------------------------------------------------------------------


def test_what_is_talked_about_or_voted_on_at_this_moment_never_leaves_by_rule(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=2, days=30, waiting=0))
    champion, then = place.town.champions[place.town.claims.pk], EPOCH + timedelta(hours=1)
    theme = say(place, 3)
    place.build()
    item = place.one(sources.THEME)
    held = meetings.open_meeting(meeting=place.meeting, by=place.clerk, now=EPOCH)
    assert held.current_id == item.pk
    themes.answer(theme=theme, department=place.town.claims, text="We text.", by=champion, now=then)
    gathering.gather_all(then)
    assert place.stands() == [item]
    meetings.close(meeting=held, by=place.clerk, now=then)
    ballots.put(
        item=AgendaItem.objects.get(pk=item.pk), outcome="note", motion="Noted.", payload={"note": "n"},
        by=place.clerk, now=then,
    )  # fmt: skip
    gathering.gather_all(then)
    assert place.stands() == [item]


def test_only_whoever_prepares_builds_the_agenda_and_only_of_the_next_planned_meeting(place: Place) -> None:
    member: Person = place.chamber.members[4]
    with pytest.raises(Refused):
        gathering.bring_up_to_date(meeting=place.meeting, by=member, now=EPOCH)
    later = place.call(90)
    with pytest.raises(Conflict):
        gathering.bring_up_to_date(meeting=later, by=place.clerk, now=EPOCH)
    held = meetings.open_meeting(meeting=place.meeting, by=place.clerk, now=EPOCH)
    with pytest.raises(Conflict):
        gathering.bring_up_to_date(meeting=held, by=place.clerk, now=EPOCH)


def test_building_asks_no_more_where_more_stands_there(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=1, days=30, waiting=0))

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            gathering.gather_all(EPOCH)
        return len(seen)

    say(place, 2)
    gathering.gather_all(EPOCH)
    few = asked()
    for number in range(6):
        say(place, 2, topic=f"Topic {number}")
    gathering.gather_all(EPOCH)
    assert len(place.stands()) == 7
    assert asked() == few


def test_every_source_says_what_it_brings_and_when_that_leaves() -> None:
    named = {
        sources.ESCALATION, sources.DECISION, sources.FINDING, sources.CHARTER, sources.RESOURCES, sources.THEME,
        sources.DATE,
    }  # fmt: skip
    assert set(sources.SOURCES) == named
    assert all(str(source.brings) and str(source.leaves) for source in sources.SOURCES.values())


def test_a_called_meeting_begins_with_what_is_eligible(place: Place) -> None:
    place.rule(agenda=Thresholds(heard=2, days=30, waiting=0))
    theme = say(place, 3)
    meetings.call_off(meeting=place.meeting, reason="Moved.", by=place.clerk, now=EPOCH)
    place.meeting = place.call(20)
    assert place.one(sources.THEME).about_id == theme.pk


@pytest.mark.parametrize(
    ("said", "over"),
    [
        ({}, ""),
        ({"date": ""}, ""),
        ({"date": "Another date holds."}, "Another date holds."),
        ({"date": "Another date holds.", "escalation": ""}, ""),
        ({"date": "Another date holds.", "escalation": "Done."}, "Another date holds."),
        ({"escalation": "Done."}, ""),
    ],
)
def test_a_matter_leaves_when_its_own_source_says_so_and_no_other_one_holds(said, over) -> None:
    assert sources.over(AgendaItem(source="date"), said) == over


def test_every_night_agendas_are_built_and_one_that_fails_holds_up_no_other(place: Place, monkeypatch) -> None:
    place.rule(agenda=Thresholds(heard=1, days=30, waiting=0))
    say(place, 1)
    other = Chamber(place.town, name="Earlier Council", size=3)
    meetings.call(council=other.council, starts_at=EPOCH + timedelta(days=7), by=other.secretary, now=EPOCH)
    gather = gathering.gather

    def fails(council, coming, now):
        if council.pk == other.council.pk:
            raise RuntimeError("broken")
        return gather(council, coming, now)

    AgendaItem.objects.filter(source="theme").update(state="withdrawn", left_at=EPOCH)
    monkeypatch.setattr(gathering, "gather", fails)
    keep(EPOCH)
    keep(EPOCH)
    assert [item.about.kind for item in place.stands(sources.THEME)] == ["theme"]


def test_more_themes_than_one_condition_may_hold_are_counted_all_the_same(place: Place) -> None:
    assert brought._fresh(dict.fromkeys(range(1, 1_200), EPOCH), EPOCH) == dict.fromkeys(range(1, 1_200), 0)
