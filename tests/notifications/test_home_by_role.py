"""Home by role: who waits for whom, where each looks next, and that every number opens what it counts."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from councils.services import coming
from governance.models import Duty, DutyKind, Person, SeatKind
from governance.queries.seats import held_by
from notifications.queries.home import waiting_for
from notifications.queries.looking import ways
from tests.access.world import SECRET, World, build

pytestmark = pytest.mark.once
MOST_STATEMENTS = 10
_COUNT = re.compile(r"^(\d+) ")


def looked(person: Person) -> dict[str, str]:
    """The ways of a person: name to words of the number."""
    now = timezone.now()
    return {way.name: way.number.words if way.number else "" for way in ways(person, held_by(person, now), now)}


class Homes(TestCase):
    """One world for all; the clock stands an hour after it was built."""

    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = build()

    def setUp(self) -> None:
        traveller = time_machine.travel(self.world.now + timedelta(hours=1), tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def role(self, name: str, side: str = "open") -> Person:
        return self.world.roles[side][name]

    def home(self, person: Person) -> str:
        client = Client()
        client.force_login(person)
        return unescape(client.get("/").content.decode())

    def test_each_finds_the_pages_of_what_they_hold(self) -> None:
        harbour = self.world.rooms["open"].next_meeting.title
        for name, has, lacks in (
            ("sponsor", {"Executive review", "Packs"}, {"Claims in review", "Coverage map"}),
            ("head", {"Claims in review"}, {"Executive review", "Packs"}),
            ("champion", {"Actions of Claims", "What was heard in Claims"}, {"Claims in review"}),
            ("chair", {harbour, "What Harbour council decided"}, {"Packs"}),
            ("member", {harbour}, {"What Harbour council decided"}),
            ("cx_lead", {"Who has not acted", "Coverage map", "Themes", "Packs"}, {"Executive review"}),
            ("administrator", {"Coverage map", "Settings"}, {"Packs"}),
            ("outsider", {"Who answers to whom", "Journeys", "Charters"}, {"Packs", harbour}),
        ):
            found = set(looked(self.role(name)))
            assert has <= found, name
            assert not lacks & found, name

    def test_every_number_opens_what_it_counts_and_every_way_is_answered(self) -> None:
        finance = self.world.town.person("Fin Partner")
        self.world.town.seat(SeatKind.FINANCE_PARTNER, self.world.town.root, finance)
        self.world.town.seat(SeatKind.OTHER, self.world.town.claims)
        numbered = set()
        for person in (*(self.role(name) for name in ("sponsor", "head", "champion", "chair", "cx_lead")), finance):
            client, now = Client(), timezone.now()
            client.force_login(person)
            for way in ways(person, held_by(person, now), now):
                assert client.get(way.url).status_code == 200, way
                if way.number is not None:
                    page = client.get(way.number.url).context["page"]
                    assert _COUNT.match(way.number.words)[1] == str(page.paginator.count), way
                    numbered.add(way.name)
        assert numbered >= {"Packs", "Claims in review", "Coverage map", "Actions of Claims"}, numbered

    def test_what_is_confidential_stands_on_no_home_of_who_is_not_cleared(self) -> None:
        for name in ("outsider", "champion", "head", "cx_lead", "administrator", "member", "chair"):
            assert SECRET not in self.home(self.role(name)), name
        assert SECRET in self.home(self.role("chair", "closed"))

    def test_the_agenda_papers_and_who_comes_are_said_of_the_next_meeting(self) -> None:
        room = self.world.rooms["open"]
        (way,) = [way for way in ways(room.chair, held_by(room.chair, timezone.now()), timezone.now())
                  if way.url.endswith(f"/{room.next_meeting.reference}/")]  # fmt: skip
        assert "on the agenda" in way.says
        assert "Nobody has said yet that they come." in way.says
        coming.say(meeting=room.next_meeting, membership=room.memberships[0], coming="yes", by=room.chair,
                      now=timezone.now())  # fmt: skip
        (way,) = [one for one in ways(room.chair, held_by(room.chair, timezone.now()), timezone.now())
                  if one.url == way.url]  # fmt: skip
        assert f"1 of {sum(one.votes for one in room.memberships)} voting seats say that they come." in way.says

    def test_who_holds_no_seat_is_taught_what_a_seat_is(self) -> None:
        page = self.home(self.role("outsider"))
        assert "You hold no seat yet" in page
        assert "Nothing needs you today" in page

    def test_a_sponsor_sees_first_who_waits_and_for_how_long(self) -> None:
        sponsor = self.role("sponsor")
        with time_machine.travel(self.world.now + timedelta(days=3), tick=False):
            waiting, page = waiting_for(sponsor, timezone.now()), self.home(sponsor)
        assert next(str(group) for group, _tasks in waiting.groups) == "answers"
        assert DutyKind.RESPOND in {task.move.kind for task in waiting.answers}
        assert DutyKind.RATIFY in {task.move.kind for task in waiting.answers}
        assert {task.waits for task in waiting.answers} == {3}
        assert "waits for 3 days" in page
        assert page.index('id="answers"') < page.index('id="ways"'), "nothing stands above what waits"

    def test_a_late_word_stands_first_for_a_champion_and_after_the_answers_for_a_head(self) -> None:
        day = self.world.now.date() - timedelta(days=2)
        for name, first in (("champion", "late"), ("head", "answers")):
            person = self.role(name)
            late = Duty.objects.filter(
                seat__in=[one.seat_id for one in held_by(person, timezone.now())], closed_at=None
            )
            assert late.update(due_on=day), name
            (group, tasks), *_others = waiting_for(person, timezone.now()).groups
            assert (str(group), bool(tasks)) == (first, True)

    def test_for_which_seat_is_said_only_where_there_are_several(self) -> None:
        champion, town = self.role("champion"), self.world.town
        assert "for Champion, Claims" not in self.home(champion)
        town.seat(SeatKind.OTHER, town.digital, champion, title="Voice of the app")
        assert "for Champion, Claims" in self.home(champion)

    def test_ways_cost_few_statements_and_no_more_for_more_rows(self) -> None:
        def cost(person: Person) -> int:
            held, now = held_by(person, timezone.now()), timezone.now()
            with CaptureQueriesContext(connection) as captured:
                ways(person, held, now)
            return len(captured)

        people = [self.role(name) for name in ("sponsor", "head", "champion", "chair", "cx_lead", "outsider")]
        town = self.world.town
        finance = town.person("Fin Partner")
        town.seat(SeatKind.FINANCE_PARTNER, town.root, finance)
        few = [cost(person) for person in (*people, finance)]
        assert max(few) <= MOST_STATEMENTS
        for number in range(3):
            council = self.world.rooms["open"].council
            town.council_of_nine(parent=council) if not number else None
            place = town.department(f"N{number}", f"New {number}", parent=town.claims)
            town.seat(SeatKind.CHAMPION, place, self.role("champion"), title=f"Champion, New {number}")
            town.seat(SeatKind.OTHER, town.claims)
        many = [cost(person) for person in (*people, finance)]
        # A champion of four departments has two of them counted, whoever holds more.
        assert max(many) <= MOST_STATEMENTS
        assert [more - less for less, more in zip(few, many, strict=True)] == [0, 0, 2, 0, 0, 0, 0]
