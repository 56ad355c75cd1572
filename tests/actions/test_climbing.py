"""How promises that climbed ended: each decision of a council, each other end, and what is not decided."""

from datetime import date, timedelta

import pytest

from actions.models import ActionItem
from actions.months import months
from actions.queries import record
from actions.queries.climbing import Climbed, Ending, climbed
from actions.queries.held import held
from actions.services import items
from councils.models import AgendaItem
from councils.services import agenda, ballots, books, taking_back
from governance.models import Duty, DutyKind, Firing
from tests.actions.test_items_matters import DAY, Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db

ZONE = "Europe/Amsterdam"
DECEMBER = EPOCH + timedelta(days=35)


class Climbers(Room):
    """Promises of six seats, all of which climbed onto the council's agenda on the day on which they were given."""

    def __init__(self) -> None:
        super().__init__()
        books.grant(council=self.chamber.council, amount=1_000_000, by=self.town.sponsor, now=EPOCH)
        self.doers = []
        for number in range(6):
            person = self.town.person(f"Doer {number}")
            self.doers.append((self.town.seat("other", self.town.claims, person, title=f"Seat {number}"), person))
        self.made = 0

    def climbed(self, *rungs: str) -> ActionItem:
        seat, person = self.doers[self.made % len(self.doers)]
        self.made += 1
        action = items.create(
            title=f"Work {self.made}", seat=seat, council=self.chamber.council, proof="p", by=self.town.lead, now=EPOCH
        )
        action = items.accept(action=action, promised_on=DAY, by=person, now=EPOCH)
        duty = Duty.objects.get(subject_id=action.pk, kind=DutyKind.KEEP)
        for position, target in enumerate(rungs or ("owner", "head", "council"), start=1):
            Firing.objects.create(duty=duty, position=position, target=target, fired_at=EPOCH, due_on=DAY)
        return action

    def leave(self, action: ActionItem) -> None:
        item = agenda.propose(
            council=self.chamber.council, about=action.subject, matter="late_action", by=None, now=EPOCH,
            source="escalation", proposal={"escalated": True},
        )  # fmt: skip
        if item.meeting_id is None:
            item = agenda.place(item=item, meeting=self.meeting, by=self.clerk, now=EPOCH)
        ballots.leave_undecided(item=AgendaItem.objects.get(pk=item.pk), reason="No.", by=self.clerk, now=EPOCH)

    def told(self) -> Climbed:
        period = record.window(DECEMBER)
        promises = held(self.town.lead, DECEMBER, EPOCH)
        return climbed(self.town.lead, DECEMBER, promises, months(period.first, period.last), ZONE)


@pytest.fixture
def room() -> Climbers:
    return Climbers()


def test_each_way_in_which_a_council_settles_it_is_an_ending_of_its_own(room: Climbers) -> None:
    other = room.town.champion_seats[room.town.digital.pk].reference
    ways = {
        Ending.EXTENDED: ("extend", {"due_on": "2026-11-27", "reason": "r"}),
        Ending.RE_RESOURCED: ("re_resource", {"amount": 10_000, "reason": "r"}),
        Ending.REASSIGNED: ("reassign", {"seat": other}),
        Ending.AS_IS: ("accept_as_is", {"reason": "r"}),
        Ending.DROPPED: ("drop", {"reason": "r"}),
    }
    for outcome, payload in ways.values():
        for _twice in range(2):
            room.decide(room.climbed(), outcome, **payload)
    room.leave(room.climbed())
    room.climbed()
    items.cancel(action=room.climbed(), reason="r", by=room.clerk, now=EPOCH)
    found = room.told()
    assert [rung for rung, _climbs in found.rungs] == ["council"], "each counts once, at the highest"
    assert found.total is not None
    assert {ending: many for ending, many in found.total.ended.items() if many} == {
        **dict.fromkeys(ways, 2), Ending.NOT_DECIDED: 1, Ending.OPEN: 1, Ending.OTHERWISE: 1,
    }  # fmt: skip
    assert found.total.climbed == 13


def test_few_that_came_higher_than_the_others_are_not_told_and_take_the_next_with_them(room: Climbers) -> None:
    """The department head's row less the council's would be two promises: each rung counts only what stopped there."""
    for _number in range(12):
        room.climbed("owner", "head")
    for _number in range(12):
        room.climbed("owner", "head", "sponsor")
    for _number in range(2):
        room.climbed("owner", "head", "sponsor", "chair")
    found = room.told()
    assert found.total is not None
    assert found.total.climbed == 26
    assert {rung: climbs is not None for rung, climbs in found.rungs} == {
        "head": False,
        "sponsor": True,
        "chair": False,
    }


def test_a_reminder_alone_is_no_escalation(room: Climbers) -> None:
    for _number in range(12):
        room.climbed("owner")
    found = room.told()
    assert (list(found.rungs), found.total) == ([], None)


def test_a_day_that_was_given_by_a_slip_was_never_held(room: Climbers) -> None:
    action = room.climbed()
    decision = room.decide(action, "extend", due_on="2026-11-27", reason="r")
    owner = room.doers[0][1].pk
    assert [(one.due_on, one.closed_at is None, one.person_id) for one in held(room.town.lead, DECEMBER, EPOCH)] == [
        (DAY, False, owner), (date(2026, 11, 27), True, owner),
    ], "whoever recorded the decision promised nothing"  # fmt: skip
    taking_back.take_back(decision=decision, reason="A slip.", by=room.clerk, now=EPOCH + timedelta(minutes=2))
    (one,) = held(room.town.lead, DECEMBER, EPOCH)
    assert (one.due_on, one.closed_at, one.person_id) == (DAY, None, owner)
