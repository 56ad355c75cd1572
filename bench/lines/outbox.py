"""The outbox: our deliveries a second to a mail server that swallows them, over one Celery task a notification.

Both hand over the same messages to the same readers, each in one process, to a null channel. Ours finds out who reads,
asks again whether it still has to be said, puts it into the inbox, words it, and makes one mail a reader of it; the
limit's task reads one message, sends one mail of a line, and keeps that. Sending the tasks is part of what it costs, as
is claiming of what ours costs. The broker is a folder, or the Redis that BENCH_BROKER_URL names.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench.one_task import app, tell
from bench.run import Figure
from governance import access
from governance.models import Organisation, Person, SeatKind, Subject
from governance.services import departments, organisation, people, seats, subjects, vacancies
from notifications.kinds import Kind
from notifications.models import Delivery, Message, MessageState, Preference
from notifications.services import outbox

FOUNDED = datetime(2026, 11, 2, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 11, tzinfo=UTC)  # a Tuesday, within everybody's hours
READERS, EACH = 20, 100
ROUNDS = 3
GOAL = 10.0


def run(folder: Path) -> list[Figure]:
    database = os.environ["DATABASE_URL"] or f"sqlite:///{folder / 'outbox.sqlite3'}"
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["NAME"] = str(folder / "outbox.sqlite3")
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    call_command("migrate", verbosity=0)
    readers, about = _readers()
    best_ours = best_theirs = 0.0
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "bench.one_task", "--quiet", "worker", "--pool", "solo",
         "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env=os.environ | {"DATABASE_URL": database, "EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with app.connection_for_write() as broker:
            _theirs(_say(readers[:1], about), broker, worker)  # until the worker is up
            for number in range(1, ROUNDS + 1):
                ours = _ours(_say(readers, about))
                theirs = _theirs(_say(readers, about)[: READERS * EACH // 4], broker, worker)
                print(f"outbox, round {number}: ours {ours:.0f}/s, one task each {theirs:.0f}/s")
                best_ours, best_theirs = max(best_ours, ours), max(best_theirs, theirs)
    finally:
        worker.kill()
        worker.wait()
    return [
        Figure(
            name="outbox",
            ours=round(best_ours),
            limit=round(best_theirs),
            unit="deliveries/s",
            ratio=round(best_ours / best_theirs, 2),
            size=READERS * EACH,
            goal=GOAL,
        )
    ]


def _readers() -> tuple[list[Person], list[Subject]]:
    """Twenty people with a department each, and a hundred things that all of them may see."""
    if not Organisation.objects.exists():
        organisation.start(
            name="Large", zone="UTC", currency="EUR", country="DE", now=FOUNDED, email="lead@large.example",
            person_name="Lead", password="correct-horse-battery-7",
        )  # fmt: skip
    found, places = [], []
    with mock.patch.object(access, "sync", return_value=(0, 0)), mock.patch.object(vacancies, "settle", return_value=0):
        for number in range(READERS):
            person = people.add(email=f"reader{number}@large.example", name=f"Reader {number}", by=None, now=FOUNDED)
            title = f"Champion {number}"
            place = departments.create(code=f"R{number}", name=f"Readers {number}", by=None, now=FOUNDED)
            seat = seats.found(kind=SeatKind.CHAMPION, department=place, by=None, now=FOUNDED, title=title)
            seats.seat_person(seat=seat, person=person, by=None, now=FOUNDED)
            choice: dict[str, Any] = {"from_hour": 0, "until_hour": 24}
            if hasattr(Preference, "cadence"):
                choice["cadence"] = "at_once"
            Preference.objects.create(person=person, **choice)
            found.append(person)
            places.append(place.pk)
    access.sync()
    titles = [f"Work {number} on the promise" for number in range(EACH)]
    return found, subjects.create_many("action", titles=titles, now=FOUNDED, audience=places)


def _say(readers: list[Person], about: list[Subject]) -> list[int]:
    """One message a reader and thing, waiting; whatever waited before is gone."""
    Delivery.objects.all().delete()
    Message.objects.all().delete()
    outbox.enqueue(
        Message(
            occurrence=f"bench:{reader.pk}:{subject.pk}",
            person=reader,
            kind=Kind.ASKED,
            subject=subject,
            created_at=NOW,
            not_before=NOW,
        )
        for reader in readers
        for subject in about
    )
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def _ours(keys: list[int]) -> float:
    """Messages a second that were put into inboxes and mailed."""
    began = perf_counter()
    outbox.drain(NOW + timedelta(minutes=1))
    took = perf_counter() - began
    settled = Message.objects.filter(pk__in=keys, state=MessageState.SETTLED).count()
    assert settled == len(keys), f"{settled} of {len(keys)} were handed over"
    return len(keys) / took


def _theirs(keys: list[int], broker: Any, worker: subprocess.Popen[bytes]) -> float:
    """The same of tasks, from the first that is sent to the last that is done."""
    began = perf_counter()
    for key in keys:
        tell.apply_async((key,), connection=broker)  # type: ignore[call-arg]  # one of its options
    while Message.objects.filter(pk__in=keys, state=MessageState.SETTLED).count() < len(keys):
        sleep(0.02)
        assert worker.poll() is None, "the worker ended: see its words above"
    return len(keys) / (perf_counter() - began)
