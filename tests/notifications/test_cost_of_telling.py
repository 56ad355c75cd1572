"""What a notification costs the request that causes it: one row in a queue, whoever is told."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import Follower
from actions.services import items
from config.celery import app
from governance.models import Unheard
from notifications.models import Message
from notifications.services import listening
from tests.factories import Chamber, Town


def rows_written(queries: CaptureQueriesContext) -> Counter[str]:
    """Inserts by table."""
    said = [query["sql"] for query in queries.captured_queries]
    return Counter(found[1] for sql in said if (found := re.match(r'INSERT INTO "?(\w+)"?', sql)))


def test_a_deed_that_five_people_are_told_of_costs_its_request_one_row(town: Town, monkeypatch) -> None:
    monkeypatch.setattr(app, "send_task", lambda *_given, **_named: pytest.fail("a request sends no task"))
    chamber = Chamber(town, name="CX Council", size=5)
    seat, owner = town.champion_seats[town.claims.pk], town.champions[town.claims.pk]
    action = items.create(title="Work", seat=seat, council=chamber.council, proof="p", by=town.lead, now=town.now)
    listening.hear(town.now)
    Follower.objects.bulk_create([Follower(action=action, person=person, since=town.now) for person in chamber.members])
    before = Message.objects.count()
    with CaptureQueriesContext(connection) as queries:
        items.accept(action=action, promised_on=None, by=owner, now=town.now)
    written = rows_written(queries)
    assert written["governance_unheard"] == Unheard.objects.count() == 1
    assert [table for table in written if table.startswith("notifications_")] == []
    listening.hear(town.now)
    assert Message.objects.count() - before >= len(chamber.members)
