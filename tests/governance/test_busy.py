"""Whoever waits too long for what others hold is told to send it again, with nothing lost; other faults stay faults."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from actions.services import items
from governance.busy import Busy, as_busy
from governance.models import Person
from tests.factories import Town


def held(folder: Path) -> sqlite3.OperationalError:
    """What SQLite says while another connection writes."""
    path = folder / "held.sqlite3"
    first = sqlite3.connect(path, isolation_level=None)
    first.execute("CREATE TABLE thing (id INTEGER)")
    first.execute("BEGIN IMMEDIATE")
    second = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        second.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error
    finally:
        second.close()
        first.close()
    raise AssertionError("two wrote at once")


def wrapped(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def test_what_both_databases_say_of_a_row_that_others_hold_is_busy(tmp_path: Path) -> None:
    for cause in (held(tmp_path), psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected()):
        assert isinstance(as_busy(wrapped(cause)), Busy), cause


@pytest.mark.parametrize("cause", [sqlite3.OperationalError("no such table"), psycopg.errors.AdminShutdown()])
def test_another_fault_is_not_worded_away(cause: Exception) -> None:
    assert as_busy(wrapped(cause)) is None
    assert as_busy(ValueError("ours")) is None


@pytest.mark.django_db
def test_a_busy_database_gives_the_words_back_and_says_to_send_them_again(
    monkeypatch: pytest.MonkeyPatch, api_for: Callable[[Person], APIClient], client: Client
) -> None:
    now = timezone.now()
    town = Town(now)
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    council = town.council_of_nine().council
    action = items.create(title="Text them", seat=seat, council=council, proof="Sent.", by=town.lead, now=now)

    def waits(*_asked: object, **_said: object) -> None:
        raise wrapped(psycopg.errors.LockNotAvailable())

    monkeypatch.setattr(items, "take", waits)
    place = f"/api/v1/actions/{action.reference}/decline/"
    answer = api_for(owner).post(place, {"reason": "Repair has the garages."}, format="json")
    assert (answer.status_code, answer.json()["title"], answer["Retry-After"]) == (503, "busy", "2")
    client.force_login(owner)
    page = client.post(f"/actions/{action.reference}/decline/", {"reason": "Repair has the garages."})
    assert page.status_code == 503
    assert "send it again" in page.text
    assert "Repair has the garages." in page.text
