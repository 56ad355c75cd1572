"""Processes of a whole installation are killed, its broker goes away, and every mail is counted at the mail server.

The short form of `make faults`: a lease of two seconds, outages of twenty, each named point twice, ten random kills.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection

from notifications import faultpoints
from tests.faults.round import Spec
from tests.faults.rounds import Rounds

pytestmark = pytest.mark.faults

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the server that rounds get their databases from"
)
TEN = {"worker": 3, "beat": 2, "web": 2, "sweep": 3}


@pytest.fixture(scope="module")
def on_postgresql() -> Iterator[Rounds]:
    rounds = Rounds(os.environ["DATABASE_URL"])
    yield rounds
    rounds.end()


def fine(result: dict) -> None:
    """Nothing lost, nothing twice save by a death after the 250, nothing to anybody else, nothing late."""
    assert {name: result.get(name) for name in ("lost", "doubled", "strangers", "unexplained", "errors", "late")} == {
        "lost": [], "doubled": [], "strangers": [], "unexplained": [], "errors": [], "late": [],
    }, result  # fmt: skip
    assert result["ok"]


@needs_postgresql
def test_killed_at_each_point_and_ten_times_at_random_nothing_is_lost(on_postgresql: Rounds) -> None:
    points = dict.fromkeys(faultpoints.POINTS, 2)
    result = on_postgresql.run(
        Spec("kills", "postgresql", beats=2, every=2, spacing=1.5, rate=1.5, kills=TEN, points=points)
    )
    fine(result)
    assert {point: result["done"].get(point) for point in points} == points, "it died at every point, twice"
    assert result["copies"] >= 1, "a death after the 250 is seen at the mail server, as a copy with the same Message-ID"


@needs_postgresql
def test_a_broker_that_is_absent_flushed_and_away_keeps_nothing_back(on_postgresql: Rounds) -> None:
    fate = ("absent", "flush", "stop")
    result = on_postgresql.run(
        Spec("broker", "postgresql", workers=4, beats=2, every=4, spacing=1, fivefold=True, broker=fate, outage=20,
             grace=10)
    )  # fmt: skip
    fine(result)
    assert [one["owed"] > 0 for one in result["outages"]] == [True, True]
    assert result["done"]["messages sent five times"] > 0
    assert result["copies"] == 0, "four workers, two beats and every message five times make no mail twice"


@needs_postgresql
def test_without_the_outbox_the_same_kills_lose_something(on_postgresql: Rounds) -> None:
    """What proves the others: mail that a task sends is lost with the task."""
    result = on_postgresql.run(
        Spec("bypassed", "postgresql", sweeps=0, every=2, spacing=1.5, bypass=True, kills={"worker": 5},
             broker=("flush",))
    )  # fmt: skip
    assert result["mails"] > 0
    assert result["lost"]


def test_on_one_machine_with_sqlite_and_a_folder_nothing_is_lost() -> None:
    rounds = Rounds()
    try:
        points = {"after_claim": 1, "after_250": 1, "before_commit": 1}
        result = rounds.run(
            Spec("kills", "sqlite", workers=1, every=2, spacing=2, kills={"sweep": 1, "worker": 1}, points=points)
        )
    finally:
        rounds.end()
    fine(result)
    assert {point: result["done"].get(point) for point in points} == points


def ended(**environment: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a process that reaches a point, where the environment names it."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "FAULTS", "DATABASE_URL")}
    code = (
        "import django; django.setup(); from notifications import faultpoints; faultpoints.reach('after_claim');"
        "print([found.id for found in faultpoints.no_faults_in_earnest()])"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | {"DJANGO_SETTINGS_MODULE": "config.settings", "FAULT_POINT": "after_claim", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_point_is_obeyed_only_where_faults_are_wanted(tmp_path) -> None:
    assert ended(FAULTS="1", DATA_DIR=str(tmp_path)).returncode == -signal.SIGKILL
    in_earnest = ended(DATA_DIR=str(tmp_path))
    assert in_earnest.returncode == 0
    assert "keep.E020" in in_earnest.stdout
    assert "keep.E021" in ended(FAULTS="1", FAULT_POINT="at_lunch", DATA_DIR=str(tmp_path)).stdout
