"""Real meetings, where their files are present: what was laid over keeps its thread, and pages cost the same."""

from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import AgendaItem, Decision, Meeting, MeetingState
from tests.actions.reading_files import sample
from tests.real_meetings import Held, read

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BODY = "Subcommittee on Zoning and Franchises"
"""Six meetings with 140 lines; 26 times a matter was laid over to the next."""


def cost(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_every_event_is_read():
    events = read(sample("nyc-council-events"))
    assert len(events) == 143
    assert len({event.body for event in events}) == 38
    assert sum(event.is_put_off for event in events) == 21
    threads = Counter(line.thread for event in events for line in event.lines if line.thread)
    assert threads["Int 0017-2024"] > 1, "a matter comes back"
    assert all(line.title for event in events for line in event.lines if line.thread)


def test_what_was_laid_over_or_put_off_keeps_its_thread_and_pages_cost_the_same(town, client_for):
    events = read(sample("nyc-council-events"))
    body = Held(town, BODY, events)
    with time_machine.travel(body.events[-1].at, tick=False):
        client = client_for(body.clerk)
        pages = ("/meetings/", "/decisions/", f"/councils/{body.council.reference}/", "/agenda-items/")
    first = next(n for n, event in enumerate(body.events, 1) if any(line.settles for line in event.lines))
    for event in body.events[:first]:
        body.hold(event)
    with time_machine.travel(body.events[-1].at, tick=False):
        before = {page: cost(client, page) for page in pages}
    for event in body.events[first:]:
        body.hold(event)

    items = Counter(ask.split(":")[0] for ask in AgendaItem.objects.values_list("ask", flat=True))
    assert items == _items_there_should_be(body)
    came_back = Counter(thread for event in body.events for thread in _threads(event))
    assert [thread for thread, times in came_back.items() if times > items[thread] == 1], (
        "one item over several meetings"
    )
    verdicts = Counter(Decision.objects.values_list("verdict", flat=True))
    assert verdicts["valid"] > 10
    assert not set(verdicts) - {"valid", "advisory", "rejected"}

    with time_machine.travel(body.events[-1].at, tick=False):
        after = {page: cost(client, page) for page in pages}
        of_meetings = {cost(client, f"/meetings/{meeting.reference}/") for meeting in body.held}
        assert BODY in client.get("/decisions/").content.decode()
    assert {page: (before[page], after[page]) for page in pages if after[page] > before[page]} == {}
    assert len(of_meetings) <= 2, "a meeting with twenty items asks what one with two asks, and two more for decisions"


def _threads(event):
    return {line.thread for line in event.lines if line.thread}


def _items_there_should_be(body):
    """A matter has an item, and another when it comes back after it was settled."""
    expected, is_open = Counter(), set()
    for event in body.events:
        for thread in _threads(event) - is_open:
            expected[thread] += 1
        is_open |= _threads(event)
        if not event.is_put_off:
            is_here = any(presence == "present" for presence in event.roll.values())
            is_open -= {line.thread for line in event.lines if line.settles and is_here}
    return expected


def test_a_meeting_that_was_put_off_gives_its_items_to_the_next(town):
    events = read(sample("nyc-council-events"))
    bodies = Counter(event.body for event in events if event.is_put_off and event.lines)
    name = next(body for body in bodies if sum(event.body == body and not event.is_put_off for event in events))
    body = Held(town, name, events)
    body.hold_all()
    off = Meeting.objects.filter(council=body.council, state=MeetingState.OFF)
    assert off.count() == bodies[name] + sum(e.is_put_off and not e.lines for e in body.events)
    assert not AgendaItem.objects.filter(meeting__in=off).exists(), "none is left on a meeting that did not happen"
