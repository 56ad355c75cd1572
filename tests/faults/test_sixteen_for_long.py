"""A thousand rounds of what ``tests/actions/test_sixteen_at_once.py`` asks fifty times."""

import os
from datetime import timedelta

import pytest
import time_machine

from tests.actions.test_sixteen_at_once import running
from tests.factories import EPOCH, Town
from tests.sixteen import CLIENTS, lost, race

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def test_no_report_of_sixteen_clients_is_lost_in_a_thousand_rounds() -> None:
    many = int(os.environ.get("ROUNDS_OF_SIXTEEN", "1000"))
    with time_machine.travel(EPOCH + timedelta(days=21), tick=True):
        town = Town()
        action = running(town)
        told = race(action, town.champions[town.claims.pk], many)
    assert told.errors == []
    assert told.statuses == {200: many, 412: many * (CLIENTS - 1)}
    assert told.silent == []
    assert lost(action, told) == 0
