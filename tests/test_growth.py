"""The statements of a page do not grow with its rows: 2 rows and 50 rows, none sharing anything with another."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.services import feedback
from governance import kept
from tests.crowd import crowd
from tests.databases import take_stock
from tests.factories import Town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LISTS = [
    "actions:item-list",
    "actions:request-list",
    "actions:owes",
    "actions:theme-list",
    "actions:source-list",
    "actions:log-list",
    "actions:feedback-list",
    "actions:review",
    "actions:resources",
    "councils:accountability",
    "councils:accountability-drawing",
    "councils:council-list",
    "councils:decision-list",
    "councils:envelope-list",
    "governance:department-list",
    "governance:seat-list",
    "governance:coverage",
    "governance:journey-list",
    "governance:metric-list",
    "governance:goal-list",
    "governance:person-list",
    "governance:person-sheet",
    "governance:department-sheet",
    "governance:seat-sheet",
    "governance:coverage-sheet",
    "governance:journey-sheet",
    "governance:metric-sheet",
    "governance:goal-sheet",
    "governance:sponsor-sheet",
    "governance:champion-sheet",
    "governance:charter-sheet",
    "councils:council-sheet",
    "actions:source-sheet",
    "actions:log-sheet",
    "governance:invitations",
    "governance:sponsor-list",
    "governance:champion-list",
    "governance:charter-list",
    "governance:journal-list",
    "notifications:home",
    "notifications:inbox",
    "notifications:upcoming",
]
SEARCHES = ["/search/?q=er", "/api/v1/search/?q=er"]
RESOURCES = [
    "people",
    "departments",
    "seats",
    "executive-sponsors",
    "champions",
    "charters",
    "coverage",
    "goals",
    "journeys",
    "journey-steps",
    "metrics",
    "journal",
    "accountability",
    "councils",
    "memberships",
    "meetings",
    "agenda-items",
    "decisions",
    "envelopes",
    "feedback-sources",
    "themes",
    "actions",
    "action-logs",
    "promises",
    "updates",
    "blockers",
    "help-requests",
    "requests",
    "who-owes-whom",
    "resources",
]


def measured(client: Client, address: str) -> tuple[int, int]:
    """``(statements, length of the answer)``: the length shows that there were more rows indeed."""
    client.get(address)  # the first call pays for what a process keeps
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        length = len(answer.getvalue())  # a sheet is read as it is sent
    assert answer.status_code == 200, (address, answer.status_code)
    return len(captured), length


def counting(town: Town) -> dict[str, int]:
    """The statements of counting each page that may be kept, as it is."""
    found = {}
    for slug, page in kept.PAGES.items():
        address = f"department={town.claims.reference}" if page.in_path else ""
        with CaptureQueriesContext(connection) as captured:
            kept.read(page, address, town.lead, town.now + timedelta(hours=1)).count(town.lead, timezone.now())
        found[slug] = len(captured)
    return found


def voices(town: Town, folder: Path, size: int, *, offset: int = 0) -> None:
    """A file a row, each from its own source, about its own department's topic."""
    for number in range(offset, offset + size):
        file = folder / f"{number}.csv"
        file.write_text(f"id,topic,text,unit\n{number},Topic {number},Words {number},D{number}\n")
        mapping = {"external_id": "id", "topic": "topic", "text": "text", "department": "unit"}
        feedback.take_in(path_or_file=file, source_name=f"Source {number}", mapping=mapping, by=town.lead, now=town.now)


def test_no_list_asks_more_of_the_database_for_fifty_rows_than_for_two(tmp_path: Path) -> None:
    town = Town()
    client = Client()
    client.force_login(town.lead)
    addresses = [reverse(name) for name in LISTS] + SEARCHES + [f"/api/v1/{name}/" for name in RESOURCES]
    with time_machine.travel(town.now + timedelta(hours=1), tick=False):
        crowd(town, 2)
        voices(town, tmp_path, 2)
        take_stock()
        few, counted = {address: measured(client, address) for address in addresses}, counting(town)
        crowd(town, 48, offset=2)
        voices(town, tmp_path, 48, offset=2)
        take_stock()
        many = {address: measured(client, address) for address in addresses}
        assert {slug: n for slug, n in counting(town).items() if n > counted[slug]} == {}, "nor does a kept view"
    # Fewer is no growth: a page of the journal may happen to name fewer kinds of things.
    assert {address: (few[address], many[address]) for address in addresses if many[address][0] > few[address][0]} == {}
    # The inbox has no rows of theirs, though what the menu counts may grow there; two rows fill a page of the journal.
    assert {address for address in addresses if many[address][1] <= few[address][1]} <= {"/inbox/", "/journal/"}
