"""The command: once, for a moment, as a rehearsal, or for ever."""

import json
import os
import signal
import threading
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from governance.models import Firing
from notifications import tasks
from notifications.management.commands import run_sweep
from tests.factories import Town
from tests.notifications.building import owe


def said(capsys) -> str:
    return capsys.readouterr().out


def test_it_sweeps_and_hands_over(town: Town, capsys) -> None:
    owe(town, 1, due_on=datetime(2026, 11, 10).date())  # noqa: DTZ001 - only its day is used
    call_command("run_sweep", "--at", "2026-11-06T10:00+01:00", "--json")
    told = json.loads(said(capsys))
    assert told["fell"] == {"owner": 1}
    assert told["handed_over"] == 1
    assert len(mail.outbox) == 1
    call_command("run_sweep", "--at", "2026-11-06T10:00")
    assert "rungs that fell: none" in said(capsys)


def test_a_future_moment_needs_a_rehearsal_or_a_time_machine(town: Town, settings, capsys) -> None:
    ahead = timezone.now().date() + timedelta(days=30)
    owe(town, 1, due_on=ahead)
    at = (timezone.now() + timedelta(days=60)).isoformat()
    with pytest.raises(CommandError, match="--dry-run"):
        call_command("run_sweep", "--at", at)
    call_command("run_sweep", "--at", at, "--dry-run", "--json")
    told = json.loads(said(capsys))
    assert told["fell"]["head"] == 1
    assert {rung["target"] for rung in told["rungs"]} == {"owner", "warning", "head", "sponsor", "council"}
    assert not Firing.objects.exists()
    call_command("run_sweep", "--at", at, "--dry-run")
    assert "would fall" in said(capsys)
    settings.TIME_TRAVEL = True
    call_command("run_sweep", "--at", at)
    assert Firing.objects.count() == 7


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "2026-11-06T25:00"])
def test_a_moment_that_is_none_is_named(town: Town, text: str) -> None:
    with pytest.raises(CommandError, match="ISO"):
        call_command("run_sweep", "--at", text)


def test_a_loop_goes_on_after_an_error_and_stops_when_told(town: Town, monkeypatch) -> None:
    turns = []

    def fail_at_first(_now) -> None:
        turns.append(time.monotonic())
        if len(turns) == 1:
            raise RuntimeError("once")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(run_sweep, "EVERY", 0.01)
    monkeypatch.setattr(run_sweep, "tick", fail_at_first)
    monkeypatch.setattr(run_sweep, "close_old_connections", lambda: None)
    monkeypatch.setattr(run_sweep.connection, "close", lambda: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stuck = threading.Timer(20, lambda: os.kill(os.getpid(), signal.SIGKILL))
    stuck.start()
    try:
        call_command("run_sweep", "--loop")
    finally:
        stuck.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(turns) == 2


def test_a_loop_acts_now(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("run_sweep", "--loop", "--dry-run")


def test_workers_do_the_same(town: Town) -> None:
    tasks.sweep()
    tasks.drain()
    assert tasks.sweep.name == "notifications.tasks.sweep"
    assert tasks.drain.name == "notifications.tasks.drain"


def test_one_turn_sweeps_and_drains(town: Town) -> None:
    owe(town, 1, due_on=datetime(2026, 11, 10).date())  # noqa: DTZ001 - only its day is used
    run_sweep.tick(datetime.fromisoformat("2026-11-06T10:00+01:00"))
    assert len(mail.outbox) == 1
