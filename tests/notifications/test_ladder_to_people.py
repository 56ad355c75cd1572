"""The ladder to people: doers, champion, head, sponsor, chair, the council, and only then the body above it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from actions.matters import LATE_ACTION
from actions.services import items, parts
from councils.models import AgendaItem, ItemState
from councils.services import ballots, decisions, meetings
from governance.clauses import Ladder, Rules, Step
from governance.errors import Conflict, Refused
from governance.models import Answer, Duty, DutyKind, Firing, HelpRequest, JournalEntry, Seat
from governance.services import helping
from notifications.models import Message
from notifications.queries.climbed import climbed
from notifications.queries.upcoming import expected_by, foretold, what_happens_next
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town
from tests.notifications.building import owe, working_days_after
from tests.notifications.test_sweep import at

DUE = date(2026, 11, 10)
FULL = Ladder(
    (
        Step("keep", -2, "owner"),
        Step("keep", 1, "champion"),
        Step("keep", 2, "head"),
        Step("keep", 5, "sponsor"),
        Step("keep", 7, "chair"),
        Step("keep", 8, "council"),
        Step("respond", 0, "owner"),
    ),
    cadence=10,
)


class Climb:
    """An action of Digital's own journey owner, overseen by a squad below the governance council."""

    def __init__(self, town: Town) -> None:
        self.town = town
        town.rule_anew(replace(town.rules, ladder=FULL))
        self.above = town.council_of_nine()
        self.below = Chamber(town, name="Squad", size=5, parent=self.above.council)
        self.owner = town.person("Noor Haddad")
        self.seat = town.seat("other", town.digital, self.owner, title="Owner of the app")
        self.action = items.accept(
            action=items.create(
                title="Letters in plain words", seat=self.seat, council=self.below.council, proof="Ten letters.",
                by=town.lead, now=town.now,
            ),
            promised_on=DUE, by=self.owner, now=town.now,
        )  # fmt: skip
        sweep(town.now)
        self.duty = Duty.objects.get(subject=self.action.subject, kind=DutyKind.KEEP)

    def days(self, first: date, last: date) -> dict[date, list[tuple[str, str]]]:
        """What each day's sweep said about the promise: kind, and to which seat or person."""
        said: dict[date, list[tuple[str, str]]] = {}
        day = first
        while day <= last:
            before = set(Message.objects.values_list("pk", flat=True))
            sweep(at(day))
            for message in Message.objects.exclude(pk__in=before).filter(duty=self.duty).order_by("pk"):
                whom = message.seat.title if message.seat is not None else message.person.name
                said.setdefault(day, []).append((message.kind, whom))
            day += timedelta(days=1)
        return said

    def item(self, chamber: Chamber) -> AgendaItem | None:
        return AgendaItem.objects.filter(council=chamber.council, about=self.action.subject).first()


@pytest.fixture
def climb(town: Town) -> Climb:
    return Climb(town)


def test_the_ladder_asks_champion_head_sponsor_chair_the_council_and_after_its_cadence_the_body_above(climb) -> None:
    doer = climb.town.champions[climb.town.digital.pk]
    parts.add_doer(action=climb.action, person=doer, by=climb.owner, now=climb.town.now)
    after = {days: working_days_after(DUE, days) for days in (-2, 0, 1, 2, 4, 5, 6, 7, 8, 23)} | {0: DUE}
    said = climb.days(date(2026, 11, 3), after[23])
    owner = climb.seat.title
    head = Seat.objects.get(kind="head", department=climb.town.digital).title
    chair = climb.below.memberships[0].seat.title
    assert said[after[-2]] == [("due_soon", owner), ("due_soon", doer.name)]
    assert said[after[0]] == [("warning", owner), ("warning", doer.name)]
    assert said[after[1]] == [("champion", "Champion, Digital & App")], "a warning that happened is not said"
    assert said[after[2]] == [("head", head)]
    assert said[after[5]] == [("sponsor", climb.town.sponsor_seat.title)]
    assert said[after[7]] == [("chair", chair)]
    assert said[after[8]] == [("council", chair)]
    between = [day for day in said if after[8] < day < after[23]]
    assert between == [], "from the agenda on reminders rest"
    assert said[after[23]] == [("parent", climb.above.memberships[0].seat.title)]
    below, above = climb.item(climb.below), climb.item(climb.above)
    assert below.state == ItemState.WITHDRAWN
    assert (above.state, above.matter) == (ItemState.OPEN, LATE_ACTION)
    assert Duty.objects.filter(subject=above.subject, kind=DutyKind.SETTLE, closed_at=None).exists()
    climb.duty.refresh_from_db()
    assert (climb.duty.closed_at, climb.duty.next_at) == (None, None), "still owed, and asked once"
    (steps,) = climbed([above.pk], climb.above.chair, at(after[23])).values()
    assert [step.target for step in steps] == ["champion", "head", "sponsor", "chair", "council", "parent"]
    assert [step.on for step in steps] == [after[days] for days in (1, 2, 5, 7, 8, 23)]
    assert (steps[1].seat, steps[1].answer, steps[3].seat) == (head, "", chair)
    client = Client()
    client.force_login(climb.above.chair)
    assert "How it came here" in client.get(f"/agenda-items/{above.reference}/").content.decode()
    assert climbed([above.pk], climb.town.champions[climb.town.legal.pk], at(after[23])) == {}


def test_the_body_above_settles_what_climbed_to_it(climb) -> None:
    sweep(at(working_days_after(DUE, 23)))
    chamber, now = climb.above, at(working_days_after(DUE, 24))
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.chair, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.chair, now=now)
    for membership in chamber.memberships[:6]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.chair, now=now)
    decision = decisions.settle(
        item=climb.item(chamber), outcome="extend", motion="One more month.",
        payload={"due_on": "2027-01-29", "reason": "The supplier was late."},
        votes={one.pk: "for" for one in chamber.memberships[:6]}, by=chamber.chair, now=now,
    )  # fmt: skip
    assert decision.verdict == "valid"
    climb.action.refresh_from_db()
    assert climb.action.promised == date(2027, 1, 29)


def test_a_meeting_that_falls_through_lets_it_climb_at_once_and_only_once(climb) -> None:
    on = working_days_after(DUE, 8)
    sweep(at(on))
    chamber, now = climb.below, at(on, 11)
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.chair, now=now)
    assert climb.item(chamber).meeting_id == meeting.pk
    meetings.call_off(meeting=meeting, reason="Half of us are ill.", by=chamber.chair, now=now)
    with pytest.raises(Conflict):
        meetings.open_meeting(meeting=meeting, by=chamber.chair, now=now)
    assert not Duty.objects.filter(subject=meeting.subject, closed_at=None).exists()
    climb.duty.refresh_from_db()
    assert climb.duty.next_at == now
    assert sweep(now).fell == {"parent": 1}
    assert climb.item(climb.above).state == ItemState.OPEN
    later = sweep(at(working_days_after(DUE, 23)))
    assert "parent" not in later.fell
    assert AgendaItem.objects.filter(council=climb.above.council).count() == 1


def test_what_a_meeting_leaves_undecided_climbs_when_its_written_vote_is_over_whatever_falls_meanwhile(climb) -> None:
    on = working_days_after(DUE, 8)
    sweep(at(on))
    chamber, now = climb.below, at(on, 11)
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.chair, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.chair, now=now)
    meetings.close(meeting=meeting, by=chamber.chair, now=now, not_decided="No time.")
    last = working_days_after(DUE, 13)
    Duty.objects.filter(pk=climb.duty.pk).update(climbs_at=at(last), next_at=at(last))
    sweep(at(last))
    assert climb.item(climb.above) is None, "its vote is the council's last word"
    assert climb.item(climb.below).state == ItemState.OPEN
    assert ballots.close_due(at(working_days_after(DUE, 14))) == 1
    assert climb.item(climb.above).state == ItemState.OPEN
    assert climb.item(climb.below).state == ItemState.WITHDRAWN


def test_who_may_not_prepare_calls_no_meeting_off(climb) -> None:
    chamber, now = climb.below, climb.town.now
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.chair, now=now)
    with pytest.raises(Refused):
        meetings.call_off(meeting=meeting, reason="No.", by=chamber.members[3], now=now)


def test_a_confidential_ladder_never_leaves_its_council(town: Town) -> None:
    town.rule_anew(replace(town.rules, ladder=FULL))
    above = town.council_of_nine()
    quiet = Chamber(town, name="Zephyr", size=5, parent=above.council, confidential=True)
    (duty,) = owe(town, 1, due_on=DUE, overseer_id=quiet.council.pk)
    sweep(at(working_days_after(DUE, 30)))
    cleared = {duty.seat_id, town.sponsor_seat.pk, quiet.memberships[0].seat_id}
    assert set(Message.objects.filter(duty=duty).values_list("seat_id", flat=True)) <= cleared
    assert not AgendaItem.objects.filter(council=above.council).exists()
    parent = Firing.objects.get(duty=duty, target="parent")
    asked = HelpRequest.objects.get(duty=duty, position=parent.position)
    assert asked.asked_id == town.sponsor_seat.pk, "nobody stands above: its sponsor alone is asked"


def test_a_sweep_that_was_down_for_three_days_catches_up_once(climb) -> None:
    """Seventy-two ticks that nobody made: one message a duty and reader, and each rung kept as fallen."""
    down = at(DUE)
    sweep(down)
    back = down + timedelta(hours=72)
    foretold = sweep(back, dry_run=True)
    report = sweep(back)
    assert report.fell == foretold.fell
    messages = list(Message.objects.filter(duty=climb.duty, created_at=back).values_list("seat_id", "kind"))
    assert len(messages) == len({seat for seat, _kind in messages})
    assert {kind for _seat, kind in messages} == {"champion", "head"}, "reminders that were passed are not said"
    fell = set(Firing.objects.filter(duty=climb.duty).values_list("target", flat=True))
    assert fell == {"owner", "warning", "champion", "head"}
    assert not sweep(back).fell


def test_who_is_asked_owes_an_answer_and_the_next_one_up_takes_it_over(climb) -> None:
    owed = Duty.objects.filter(subject=climb.action.subject, kind=DutyKind.RESPOND)
    sweep(at(working_days_after(DUE, 1)))
    champion = owed.get(closed_at=None)
    assert champion.seat_id == climb.town.champion_seats[climb.town.digital.pk].pk
    sweep(at(working_days_after(DUE, 2)))
    head = owed.get(closed_at=None)
    assert head.seat == Seat.objects.get(kind="head", department=climb.town.digital)
    champion.refresh_from_db()
    assert champion.closed_as == "climbed"
    request = HelpRequest.objects.get(duty=climb.duty, asked=head.seat)
    by = climb.town.heads[climb.town.digital.pk]
    now = at(working_days_after(DUE, 2), 10)
    helping.answer(request=request, answer=Answer.RESOURCED, said="Two testers from Monday.", by=by, now=now)
    assert not owed.filter(closed_at=None).exists()
    sweep(at(working_days_after(DUE, 5)))
    assert owed.get(closed_at=None).seat == climb.town.sponsor_seat
    assert JournalEntry.objects.filter(event="governance.help.resourced", subject=climb.action.subject).count() == 1


def test_what_happens_next_names_whom_each_rung_asks(climb) -> None:
    told = [one for one in expected_by(at(working_days_after(DUE, 40))) if one.duty_id == climb.duty.pk]
    asked = [one.seat for one in told if not one.is_for_owner]
    assert len(asked) == 6
    assert asked[0] == "Champion, Digital & App"
    outlook = what_happens_next(climb.owner, at(working_days_after(DUE, -3)), days=60)
    assert [one.target for one in outlook.rungs if one.duty_id == climb.duty.pk][-1] == "parent"


def test_before_a_rung_falls_its_owner_reads_who_is_asked_and_when(climb, client_for) -> None:
    """Ten o'clock where the reader is: nine where the seat's calendar is."""
    now = at(DUE, 10)
    sweep(now)
    climb.owner.zone = "Europe/Helsinki"
    climb.owner.save(update_fields=["zone"])
    one = foretold([climb.action.pk], climb.owner, now)[climb.action.pk]
    said = one.sentence(climb.owner.zone)
    whom = "Amara Okafor (Champion, Digital & App)"
    assert said == f"Wed 11 Nov 10:00 {whom} will be asked for help; answer, or ask now yourself."
    page = client_for(climb.owner).get(f"/actions/{climb.action.reference}/").text
    assert said.replace("&", "&amp;") in page


def test_an_old_charter_keeps_its_ladder() -> None:
    stored = Rules(ladder=Ladder((Step("keep", 8, "council"),))).to_json()
    del stored["ladder"]["cadence"]
    assert Rules.from_json(stored).ladder.rungs("keep") == [(1, 7, "warning"), (2, 8, "council")]
