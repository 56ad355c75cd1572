"""Sixteen clients edit one action: nobody's report is lost, and whoever comes second is told how it stands now."""

import os

import pytest
from django.db import connection

from actions.models import ActionItem
from actions.services import footing, items
from tests.factories import Chamber, Town
from tests.sixteen import CLIENTS, lost, race

pytestmark = pytest.mark.django_db(transaction=True)


def rounds() -> int:
    """Fifty where two can write at once; SQLite has one writer, and asks the same of it a few times."""
    usual = 50 if connection.vendor == "postgresql" else 2
    return int(os.environ.get("ROUNDS_OF_SIXTEEN", usual))


def running(town: Town) -> ActionItem:
    """An action that its owner accepted, with a date."""
    chamber = Chamber(town, name="CX Council", size=5)
    seat, owner = town.champion_seats[town.claims.pk], town.champions[town.claims.pk]
    action = items.create(title="Work", seat=seat, council=chamber.council, proof="p", by=town.lead, now=town.now)
    return items.accept(action=action, promised_on=None, by=owner, now=town.now)


def test_no_report_of_sixteen_clients_is_lost() -> None:
    town = Town()
    action, many = running(town), rounds()
    told = race(action, town.champions[town.claims.pk], many)
    assert told.errors == []
    assert told.statuses == {200: many, 412: many * (CLIENTS - 1)}, "one a round is first"
    assert told.silent == [], "a refusal tells the version that stands"
    assert lost(action, told) == 0
    assert ActionItem.objects.get(pk=action.pk).version == action.version + many


def test_the_race_is_real_without_the_check_reports_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What proves the test above: the same clients, the version not compared."""
    town = Town()
    action = running(town)
    monkeypatch.setattr(footing, "same_version", lambda *_given: None)
    told = race(action, town.champions[town.claims.pk], 2)
    assert told.errors == []
    assert told.statuses == {200: 2 * CLIENTS}
    assert lost(action, told) > 0
