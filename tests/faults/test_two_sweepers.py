"""Two processes sweep and drain at once, and processes are killed: nothing twice, nothing lost.

Real processes on a real database, because that is where locks are. PostgreSQL alone has two writers at once; SQLite has
one, and is asked the same of its conditional updates in turn.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from councils.models import AgendaItem
from governance.clauses import OWNER, WARNING
from governance.models import Duty, Firing, JournalEntry, Subject, Unheard
from notifications.models import Channel, Delivery, Message, MessageState
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

DUE = date(2026, 11, 10)
LAST = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday, ten working days after the due day
ROOT = Path(__file__).parents[2]
REMINDERS = (OWNER, WARNING)

# What a process of its own runs, on the test database, when the file that it waits for appears.
CHILD = """
import os, signal, sys, time
from datetime import datetime
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = {mails!r}
django.setup()
from notifications.services import outbox
from notifications.services.sweep import sweep
from notifications.sql import claims
now = datetime.fromisoformat({now!r})
open({ready!r} + str(os.getpid()), "w").close()
while not os.path.exists({go!r}):
    time.sleep(0.001)
{deed}
"""

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time: two cannot meet on a row"
)


class Processes:
    """Children that start their deed together."""

    def __init__(self, folder: Path, now: datetime = LAST) -> None:
        self.folder, self.now = folder, now
        self.children: list[subprocess.Popen[str]] = []
        self.round = 0
        (folder / "mails").mkdir()

    def run(self, *deeds: str, wait: bool = True) -> list[str]:
        """Run each deed in a process of its own, all at once; what they printed."""
        self.round += 1
        go, ready = self.folder / f"go{self.round}", self.folder / f"ready{self.round}-"
        self.children = [
            subprocess.Popen(
                [sys.executable, "-c", self._program(deed, go, ready)],
                cwd=ROOT,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for deed in deeds
        ]
        until = time.monotonic() + 60
        while len(list(self.folder.glob(f"{ready.name}*"))) < len(deeds) and time.monotonic() < until:
            time.sleep(0.01)
        go.touch()
        return [child.communicate(timeout=120)[0] for child in self.children] if wait else []

    def _program(self, deed: str, go: Path, ready: Path) -> str:
        return CHILD.format(
            database=str(connection.settings_dict["NAME"]),
            mails=str(self.folder / "mails"),
            now=self.now.isoformat(),
            go=str(go),
            ready=str(ready),
            deed=deed,
        )

    @staticmethod
    def _environment() -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
            "JOURNAL_KEY": "only-for-these-tests-" + "0123456789abcdef" * 4,
            "LOG_LEVEL": "ERROR",
        }

    def texts(self) -> list[str]:
        return [path.read_text() for path in sorted((self.folder / "mails").iterdir())]

    def mails(self) -> list[str]:
        """The Message-IDs of the mails that left, in no order."""
        return [found for text in self.texts() for found in re.findall(r"^Message-ID: (<\S+>)$", text, re.MULTILINE)]


@pytest.fixture
def processes(tmp_path: Path):
    made = Processes(tmp_path)
    yield made
    for child in made.children:
        if child.poll() is None:
            child.kill()
            child.wait()


@pytest.fixture
def town() -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    return built


def each_once(duties: list[Duty], rungs: int) -> None:
    """Every rung of every duty fell once; each that asks for help made one message, and no passed reminder made any."""
    fell = Counter(Firing.objects.values_list("duty_id", "position"))
    assert set(fell.values()) == {1}
    assert len(fell) == len(duties) * rungs
    stands = Message.objects.filter(duty__in=duties).exclude(state=MessageState.DROPPED)
    said = Counter(stands.values_list("duty_id", "facts__position"))
    assert said == Counter(Firing.objects.exclude(target__in=REMINDERS).values_list("duty_id", "position"))
    asked = JournalEntry.objects.filter(event="notifications.rung.fell").count()
    assert asked == 3 * len(duties)


@needs_postgresql
def test_two_sweeps_at_once_let_each_rung_fall_once(town: Town, processes: Processes) -> None:
    chamber = town.council_of_nine()
    duties = owe(town, 120, due_on=DUE) + owe(town, 6, due_on=DUE, overseer_id=chamber.council.pk)
    deed = "print(sum(sweep(now, limit=20).fell.values()))"
    printed = processes.run(deed, deed)
    shares = [int(text.splitlines()[-1]) for text in printed]
    assert sum(shares) == 7 * len(duties)
    assert min(shares) > 0, "both had a share, so they met"
    each_once(duties, 7)
    council = chamber.council
    assert AgendaItem.objects.filter(council=council, about__duties__in=[duty.pk for duty in duties]).count() == 126
    assert not Unheard.objects.exists()
    assert not sweep(LAST).fell


@needs_postgresql
def test_a_sweep_that_saw_the_rung_before_places_the_last_one_all_the_same(town: Town, processes: Processes) -> None:
    duties = owe(town, 3, due_on=DUE)
    # Sees every duty on its first rung, and takes hold of it when the other sweep has moved it up to the last but one.
    slowly = """
from django.db import connection
claims._DUE += " AND (SELECT pg_sleep(3)) IS NOT NULL "
print(claims.climb(now, onto_agenda=False, limit=10))
"""
    processes.run(slowly, wait=False)
    until = time.monotonic() + 60
    while not _somebody_sleeps() and time.monotonic() < until:
        time.sleep(0.01)
    sweep(datetime(2026, 11, 19, 20, 0, tzinfo=UTC))
    reached = {rung for (rung,) in Duty.objects.filter(pk__in=[duty.pk for duty in duties]).values_list("rung")}
    assert reached == {6}, "they stand before the last rung while the other still looks"
    printed = processes.children[0].communicate(timeout=60)[0]
    assert printed.splitlines()[-1] == "[]", "the last rung is not one of those that are moved together"


def _somebody_sleeps() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        return bool(cursor.fetchone()[0])


@needs_postgresql
def test_two_drains_at_once_hand_each_message_over_once(town: Town, processes: Processes) -> None:
    owe(town, 200, due_on=DUE)
    sweep(datetime(2026, 11, 12, 8, tzinfo=UTC))
    processes.now = datetime(2026, 11, 12, 8, 5, tzinfo=UTC)
    deed = "print(outbox.drain(now, limit=10))"
    processes.run(deed, deed, deed)
    assert not Message.objects.filter(state__in=[MessageState.WAITING, MessageState.CLAIMED]).exists()
    mailed = Delivery.objects.filter(channel=Channel.MAIL)
    assert mailed.values("message").distinct().count() == mailed.count()
    assert sorted(processes.mails()) == sorted(set(mailed.values_list("mail_id", flat=True)))


# Holds what it claimed while others go on to send. With ``loose`` no row says that a reader had their digest.
SLOWLY = """
reach = outbox._reach
outbox._reach = lambda turn, keys: (time.sleep(6), reach(turn, keys))
"""
LOOSE = """
begin = outbox._begin
outbox._begin = lambda turn, occasion, mail_id, letters: begin(turn, "", mail_id, letters)
"""


@needs_postgresql
@pytest.mark.parametrize("loose", ["", LOOSE], ids=["as it is", "without the row of a digest"])
def test_two_drains_at_once_never_send_a_reader_two_digests(town: Town, processes: Processes, loose: str) -> None:
    """Ten readers, each with things that wait already and things that nobody has looked at yet."""
    people = [town.person(f"Reader No{number}") for number in range(10)]
    things = [duty.subject_id for duty in owe(town, 8, due_on=DUE)]
    Subject.objects.filter(pk__in=things).update(audience=town.root.subject.audience)
    early, digest = datetime(2026, 11, 12, 6, tzinfo=UTC), datetime(2026, 11, 12, 8, 5, tzinfo=UTC)
    for half in (things[:4], things[4:]):
        outbox.enqueue(
            Message(
                occurrence=f"{person.pk}:{thing}", person=person, kind="decided", subject_id=thing, created_at=early,
                not_before=early,
            )
            for person in people
            for thing in half
        )  # fmt: skip
        if half[0] == things[0]:
            outbox.drain(early)
    processes.now = digest
    deed = loose + "outbox.READERS = 2; outbox.drain(now, limit=7)"
    processes.run(SLOWLY + deed, deed, deed)
    processes.now = digest + timedelta(minutes=3)
    processes.run(loose + "outbox.drain(now)")
    sent = Counter(re.findall(r"^To: (\S+)$", "\n".join(processes.texts()), re.MULTILINE))
    assert set(sent) == {person.email for person in people}
    if loose:
        assert max(sent.values()) > 1, "they do race for a reader"
        return
    assert max(sent.values()) == 1
    processes.now = digest + timedelta(days=1)  # what another drain held meanwhile
    processes.run("outbox.drain(now)")
    mailed = Delivery.objects.filter(channel=Channel.MAIL)
    assert mailed.values("message").distinct().count() == mailed.count() == 80, "nothing is lost"


@needs_postgresql
def test_two_listeners_at_once_hear_each_entry_once(town: Town, processes: Processes) -> None:
    entries = list(JournalEntry.objects.all())
    Unheard.objects.bulk_create([Unheard(entry=entry) for entry in entries])
    deed = "from notifications.services import listening; listening.BATCH = 3; print(listening.hear(now))"
    printed = processes.run(deed, deed)
    assert sum(int(text.splitlines()[-1]) for text in printed) == len(entries)
    assert not Unheard.objects.exists()


def test_a_sweep_killed_in_its_middle_is_finished_by_the_next(town: Town, processes: Processes) -> None:
    duties = owe(town, 30, due_on=DUE)
    # Dies after the rungs have fallen and before anybody is told, in its third batch.
    deed = """
from notifications.services import sweep as module
tell, turns = module._tell, []
def die(*given):
    turns.append(1)
    if len(turns) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return tell(*given)
module._tell = die
sweep(now, limit=10)
"""
    processes.run(deed)
    assert processes.children[0].returncode == -signal.SIGKILL
    fell = Firing.objects.count()
    assert fell == 20 * 6, "two batches of ten duties, all but the last rung of each"
    asking = Firing.objects.exclude(target__in=REMINDERS).count()
    assert asking == 20 * 2
    assert Message.objects.filter(duty__in=duties).count() == asking + 20, "and the warning that was reached last"
    sweep(LAST)
    each_once(duties, 7)


def test_a_drain_killed_after_the_mail_sends_the_same_mail_again_and_no_other(town: Town, processes: Processes) -> None:
    owe(town, 3, due_on=DUE)
    morning = datetime(2026, 11, 6, 8, 5, tzinfo=UTC)
    sweep(morning)
    processes.now = morning
    deed = "outbox.settle = lambda *given: os.kill(os.getpid(), signal.SIGKILL)\noutbox.drain(now)"
    processes.run(deed)
    assert processes.children[0].returncode == -signal.SIGKILL
    (first,) = processes.mails()
    assert Message.objects.filter(state=MessageState.CLAIMED).count() == 3
    processes.now = morning + timedelta(seconds=5)
    processes.run("outbox.drain(now)")
    assert processes.mails() == [first], "the lease holds"
    processes.now = morning + timedelta(minutes=20)
    processes.run("outbox.drain(now)")
    assert processes.mails() == [first, first]
    assert Message.objects.filter(state=MessageState.SETTLED).count() == 3
    assert Delivery.objects.filter(channel=Channel.INBOX).count() == 3
    processes.now = morning + timedelta(days=3)
    processes.run("outbox.drain(now)")
    assert len(processes.mails()) == 2


def test_a_mail_server_slower_than_the_lease_gets_each_mail_once(town: Town, processes: Processes, monkeypatch) -> None:
    owe(town, 2, due_on=DUE)
    processes.now = datetime(2026, 11, 6, 9, tzinfo=UTC)
    sweep(processes.now)
    monkeypatch.setenv("OUTBOX_LEASE", "1")
    slowly = """
from django.core.mail import EmailMultiAlternatives
send = EmailMultiAlternatives.send
EmailMultiAlternatives.send = lambda *given, **named: (time.sleep(5), send(*given, **named))[1]
print(outbox.drain(now))
"""
    # Two seconds on, the first claim would be over, had nobody renewed it.
    meanwhile = "time.sleep(3)\nfrom datetime import timedelta\nprint(outbox.drain(now + timedelta(seconds=2)))"
    printed = processes.run(slowly, meanwhile)
    assert [text.splitlines()[-1] for text in printed] == ["2", "0"]
    assert len(processes.mails()) == 1
