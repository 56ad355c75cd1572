"""An agenda that several build at once holds each thing once, and none of them waits for ever."""

import pytest

from councils.models import AgendaItem, ItemState
from councils.services import gathering, meetings
from governance.clauses import Thresholds
from tests.actions.test_agenda_sources import Place, say
from tests.councils.test_books_at_once import at_once
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db(transaction=True)


def test_building_an_agenda_at_once_brings_each_thing_once() -> None:
    place = Place()
    place.rule(agenda=Thresholds(heard=1, days=30, waiting=0))
    for number in range(4):
        say(place, 1, topic=f"Topic {number}")
    builders = [lambda: gathering.gather_all(EPOCH)] * 3 + [place.build] * 3
    at_once([*builders, lambda: place.call(20), lambda: place.call(60)])
    standing = AgendaItem.objects.filter(council=place.council, state=ItemState.OPEN)
    assert standing.count() == len({item.about_id for item in standing}) == 4
    assert all(item.meeting_id is not None for item in standing)


def test_what_is_built_while_its_meeting_opens_and_closes_is_not_buried_in_it() -> None:
    place = Place()
    place.rule(agenda=Thresholds(heard=1, days=30, waiting=0))
    say(place, 1)

    def hold() -> None:
        held = meetings.open_meeting(meeting=place.meeting, by=place.clerk, now=EPOCH)
        meetings.close(meeting=held, by=place.clerk, now=EPOCH)

    at_once([hold, lambda: gathering.gather_all(EPOCH)])
    closed = AgendaItem.objects.filter(state=ItemState.OPEN, meeting__state="closed")
    assert not closed.exists()
