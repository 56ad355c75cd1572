"""One round of faults: an installation with its processes, deeds, kills, and the count at the mail server.

    python -m tests.faults.round SPEC.json RESULT.json

with DATABASE_URL and the rest of the environment set by ``tests.faults.rounds``, which makes the database beforehand.
"""

import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import django

from tests.faults.place import Broker, Place, answers, wait_until

AFTER_250 = 5.0
"""Seconds after a mail was taken within which its sender must have died for a second copy to be its death's."""

DRAINING = ("sweep", "worker")


@dataclass
class Spec:
    """What a round does. ``kills``: how many of each kind of process; ``points``: how often to die at each."""

    name: str
    engine: str
    seed: int = 1
    lease: float = 2.0
    every: float = 3.0
    workers: int = 2
    beats: int = 1
    sweeps: int = 1
    kills: dict[str, int] = field(default_factory=dict)
    spacing: float = 3.0
    points: dict[str, int] = field(default_factory=dict)
    broker: tuple[str, ...] = ()
    """What befalls the broker: ``absent`` (from the start), ``flush``, ``stop``."""
    outage: float = 0.0
    grace: float = 0.0
    """Seconds beyond two sweep periods after an outage: where periods are shorter than a busy machine's breath."""
    fivefold: bool = False
    bypass: bool = False
    rate: float = 4.0
    slow: float = 0.03
    idle: float = 0.0
    """Seconds of deeds without any fault."""
    budget: float = 600.0
    """Seconds after which no more faults are begun: what was done is reported as it is."""


@dataclass
class Owed:
    """What a deed must have made: one mail about ``mark`` to ``must``; ``may`` is who could rightly get one too."""

    mark: str
    must: str
    may: frozenset[str] = frozenset()
    at: float = 0.0
    is_sure: bool = True
    """Whether the deed is known to have happened: a web process that died may have died before it or after."""


class Deeds:
    """Makes deeds all the time, at some rate: through the web, and promises that are due."""

    def __init__(self, spec: Spec, place: Place, world: Any) -> None:
        self.spec, self.place, self.world = spec, place, world
        self.dice = random.Random(spec.seed * 7 + 1)
        self.owed: dict[str, Owed] = {}
        self.refused: Counter[str] = Counter()
        self.errors: list[str] = []
        self.stopping = threading.Event()
        self.numbers = count(1)
        # A web that is being killed keeps its own clients waiting, and nobody else.
        makers = [[self.by_mail_task]] if spec.bypass else [[self.promise, self.late_promise], [self.by_web]]
        self.threads = [threading.Thread(target=self.make, args=[kinds], daemon=True) for kinds in makers]

    def mark(self) -> str:
        return f"zq{next(self.numbers):06d}q"

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def make(self, kinds: list[Callable[[Any], None]]) -> None:
        from django.db import DatabaseError, connection

        while not self.stopping.wait(len(self.threads) / self.spec.rate):
            try:
                self.dice.choice(kinds)(self.dice.choice(self.world.posts))
            except DatabaseError as error:
                self.refused[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 - the thread must not die silently: the round reports it
                self.errors.append(f"{type(error).__name__}: {error}"[:300])
        connection.close()

    def promise(self, post: Any) -> None:
        """Due today: its owner was to be reminded two days before."""
        self._owe(post, days=0, must=post.owner)

    def late_promise(self, post: Any) -> None:
        """Three days late: the head is asked for help. Its owner is reminded only if the rungs fall apart."""
        self._owe(post, days=-3, must=post.head, may=frozenset({post.owner}))

    def _owe(self, post: Any, *, days: int, must: str, may: frozenset[str] = frozenset()) -> None:
        from django.utils import timezone

        from tests.faults import world

        now, marks = timezone.now(), [self.mark(), self.mark()]
        world.owe(self.world, post, marks, due_on=now.date() + timedelta(days=days), now=now)
        for mark in marks:
            self.owed[mark] = Owed(mark, must, may, time.time())

    def by_web(self, post: Any) -> None:
        """Work is proposed to a seat, over the web: whoever sits there is asked."""
        mark = self.mark()
        said = {
            "title": f"Work {mark}",
            "seat": post.reference,
            "council": self.world.council,
            "proof": "It is seen.",
            "fit_reason": "It was asked for.",
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.place.web_port}/api/v1/actions/",
            data=json.dumps(said).encode(),
            headers={"Authorization": f"Bearer {self.world.token}", "Content-Type": "application/json"},
        )
        owed = Owed(mark, post.owner, at=time.time(), is_sure=False)
        self.owed[mark] = owed
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                owed.is_sure = response.status == 201
        except urllib.error.HTTPError as error:
            told = error.read(300).decode(errors="replace")
            self.refused[str(error.code)] += 1
            if error.code not in (500, 502, 503):
                self.errors.append(f"{error.code}: {told}")
        except OSError as error:
            self.refused[type(error).__name__] += 1

    def by_mail_task(self, post: Any) -> None:
        from tests.faults.bypass import tell

        mark = self.mark()
        tell.apply_async((post.owner, mark), retry=False)
        self.owed[mark] = Owed(mark, post.owner, at=time.time())


class Round:
    def __init__(self, spec: Spec, folder: Path, world: Any) -> None:
        self.spec, self.folder, self.world = spec, folder, world
        self.dice = random.Random(spec.seed)
        redis = int(os.environ["FAULTS_REDIS"]) if os.environ.get("FAULTS_REDIS") else None
        self.place = Place(folder, dict(os.environ), Broker(folder, redis), int(os.environ["FAULTS_WEB"]))
        self.deeds = Deeds(spec, self.place, world)
        self.kept, self.mood = folder / "sink.jsonl", folder / "mood"
        self.began = time.monotonic()
        self.done: Counter[str] = Counter()
        self.outages: list[tuple[float, float]] = []

    @property
    def has_time(self) -> bool:
        return time.monotonic() - self.began < self.spec.budget

    def mails(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.kept.read_text().splitlines()] if self.kept.exists() else []

    def run(self) -> dict[str, Any]:
        spec, place = self.spec, self.place
        self.mood.write_text(f"slow:{spec.slow}")
        port = os.environ["FAULTS_SMTP"]
        sink = place.add("sink", ["-m", "tests.faults.sink", port, str(self.kept), str(self.mood)])
        sink.start()
        assert wait_until(lambda: answers(int(port)), 60), "the mail server did not start"
        place.processes.pop("sink")
        try:
            if "absent" in spec.broker:
                place.broker.stop()
                down = time.time()
            else:
                place.broker.start()
            tasks = "tests.faults.bypass" if spec.bypass else "config"
            place.family(workers=spec.workers, beats=spec.beats, sweeps=spec.sweeps, web=not spec.bypass, tasks=tasks)
            place.start()
            if not spec.bypass:
                assert wait_until(self.web_answers, 180), "the web did not start"
            fivefold = threading.Thread(target=self.five_of_each, daemon=True)
            self.deeds.start()
            if spec.fivefold:
                fivefold.start()
            if "absent" in spec.broker:
                self.wait(spec.outage)
                place.broker.start()
                self.outages.append((down, time.time()))
            if "absent" not in spec.broker:
                wait_until(self.mails, 60)  # everybody is up
            self.wait(spec.idle)
            self.points()
            self.kills()
            self.broker()
            self.deeds.stop()
            if spec.fivefold:
                fivefold.join(30)
            self.settle()
            return self.verdict()
        finally:
            place.end()
            sink.kill()

    def web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.place.web_port}/readyz", timeout=20) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait(self, seconds: float) -> None:
        time.sleep(min(seconds, max(0.0, self.spec.budget - (time.monotonic() - self.began))))

    def five_of_each(self) -> None:
        """Every message of the schedule reaches the workers five times, with one identity."""
        from kombu.exceptions import OperationalError

        from config.celery import app

        while not self.deeds.stopping.wait(self.spec.every / 2):
            for task in ("sweep", "drain", "keep"):
                identity = f"{task}-{time.time()}"
                try:
                    for _copy in range(5):
                        app.send_task(f"notifications.tasks.{task}", task_id=identity, retry=False)
                except OperationalError:
                    continue  # the broker is away
                self.done["messages sent five times"] += 1

    # --- Faults ------------------------------------------------------------------------------------------------------

    def points(self) -> None:
        """A sweep dies exactly at each point, and another starts; the workers are dead, so that it has the work."""
        workers = self.place.named("worker") if self.spec.points else []
        for worker in workers:
            self.place.kill(worker)
        for point, times in self.spec.points.items():
            for number in range(times):
                if not self.has_time:
                    break
                victim = self.place.named("sweep")[0]
                if victim.is_up:
                    self.place.kill(victim)
                victim.start(FAULT_POINT=f"{point}:{1 + number % 2}", FAULTS="1")
                if wait_until(lambda victim=victim: not victim.is_up, 45 + 3 * self.spec.every, 0.02):
                    self.place.died(victim)
                    self.done[point] += 1
                else:
                    self.place.kill(victim)
                victim.start()
                self.progress()
        for worker in workers:
            worker.start()

    def kills(self) -> None:
        """Processes of each kind die at random moments; each is started again at once."""
        kinds = [kind for kind, many in self.spec.kills.items() for _number in range(many)]
        self.dice.shuffle(kinds)
        for kind in kinds:
            if not self.has_time:
                return
            victim = self.dice.choice(self.place.named(kind))
            self.wait(self.dice.uniform(0.3, 1.7) * self.spec.spacing)
            if not victim.is_up:
                self.deeds.errors.append(f"{victim.name} ended by itself")
            self.place.kill(victim)
            self.done[f"kill {kind}"] += 1
            victim.start()
            self.progress()

    def broker(self) -> None:
        broker = self.place.broker
        if "flush" in self.spec.broker:
            for _time in range(3):
                self.wait(self.spec.spacing)
                if self.spec.bypass:  # what waits is lost, as it would be on any busy afternoon
                    for worker in self.place.named("worker"):
                        self.place.kill(worker)
                    self.wait(self.spec.spacing)
                broker.flush()
                self.done["flush"] += 1
                for worker in self.place.named("worker"):
                    if not worker.is_up:
                        worker.start()
        if "stop" in self.spec.broker:
            self.wait(self.spec.every)
            broker.stop()
            down = time.time()
            self.wait(self.spec.outage)
            broker.start()
            self.outages.append((down, time.time()))
            self.wait(2 * self.spec.every)

    def progress(self) -> None:
        seconds = time.monotonic() - self.began
        print(f"  {seconds:5.0f} s  {dict(self.done)}, {len(self.deeds.owed)} deeds", flush=True)

    # --- The count ---------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until what is owed has arrived, or nobody can say any more that it only takes its time."""
        patience = 30 + 4 * (self.spec.lease + self.spec.every)

        def all_in() -> bool:
            got = {(mark, to) for mail in self.mails() for mark in mail["marks"] for to in mail["to"]}
            return all((owed.mark, owed.must) in got for owed in self.deeds.owed.values() if owed.is_sure)

        wait_until(all_in, patience, 0.5)
        time.sleep(self.spec.lease + 2 * self.spec.every)  # a second copy would come now

    def verdict(self) -> dict[str, Any]:
        self.ask_what_was_done()
        mails = self.mails()
        got: dict[tuple[str, str], set[str]] = defaultdict(set)
        arrived: dict[tuple[str, str], float] = {}
        copies: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for mail in mails:
            copies[mail["id"]].append(mail)
            for to in mail["to"]:
                for mark in mail["marks"]:
                    got[mark, to].add(mail["id"])
                    arrived.setdefault((mark, to), mail["at"])
        owed = {mark: one for mark, one in self.deeds.owed.items() if one.is_sure}
        lost = [mark for mark, one in owed.items() if (mark, one.must) not in got]
        known = self.deeds.owed
        doubled = [
            f"{mark} to {to}"
            for (mark, to), ids in got.items()
            if len(ids) > 1 and mark in known and to == known[mark].must
        ]
        strangers = [
            f"{mark} to {to}"
            for mark, to in got
            if mark not in known or (to != known[mark].must and to not in known[mark].may)
        ]
        second = [pair for sent in copies.values() for pair in pairwise(sent)]
        unexplained = [
            {"id": first["id"], "sender": first["sender"], "seconds": round(again["at"] - first["at"], 2)}
            for first, again in second
            if first["marks"] != again["marks"] or not self.died_after(first)
        ]
        waits = sorted(arrived[mark, one.must] - one.at for mark, one in owed.items() if (mark, one.must) in arrived)
        result: dict[str, Any] = {
            "name": self.spec.name,
            "engine": self.spec.engine,
            "seed": self.spec.seed,
            "lease": self.spec.lease,
            "every": self.spec.every,
            "seconds": round(time.monotonic() - self.began),
            "owed": len(owed),
            "mails": len(mails),
            "done": dict(self.done),
            "lost": lost[:20],
            "number lost": len(lost),
            "stuck": self.why(lost[:20]),
            "doubled": doubled[:20],
            "strangers": strangers[:20],
            "copies": len(second),
            "unexplained": unexplained[:20],
            "wait": [round(waits[int(len(waits) * part)], 1) for part in (0.5, 0.99)] + [round(waits[-1], 1)]
            if waits
            else [],
            "refused": dict(self.deeds.refused),
            "errors": self.deeds.errors[:10],
        }
        kinds = {number: one.kind for one in self.place.processes.values() for number in one.numbers}
        result["sent by"] = dict(Counter(kinds.get(mail["sender"], "?") for mail in mails))
        result["outages"] = []
        for down, up in self.outages:
            last = [
                arrived.get((mark, one.must), float("inf")) - up for mark, one in owed.items() if down <= one.at <= up
            ]
            back = [mail["at"] - up for mail in mails if mail["at"] > up and kinds.get(mail["sender"]) == "worker"]
            result["outages"].append(
                {
                    "seconds": round(up - down),
                    "owed": len(last),
                    "all out after": max(0.0, round(max(last, default=0.0), 1)),
                    "workers back after": round(min(back), 1) if back else None,
                }
            )
        allowed = 2 * self.spec.every + self.spec.grace
        result["late"] = [one for one in result["outages"] if one["all out after"] > allowed]
        result["ok"] = bool(owed) and not (
            lost or doubled or strangers or unexplained or self.deeds.errors or result["late"]
        )
        return result

    def died_after(self, mail: dict[str, Any]) -> bool:
        """Whether whoever sent this was killed so soon that it may not have kept that it had."""
        return any(
            number == mail["sender"] and -0.5 <= at - mail["at"] <= AFTER_250 for at, _name, number in self.place.deaths
        )

    def why(self, lost: list[str]) -> list[str]:
        """What the outbox says of what was lost: for whoever has to find out, not for the verdict."""
        from notifications.models import Message

        return [
            f"{one.subject.title}: {one.kind} {one.state}, {one.attempts} attempts, not before {one.not_before}"
            for one in Message.objects.filter(subject__title__in=[f"{word} {mark}" for mark in lost
                                                                  for word in ("Promise", "Work")])
            .select_related("subject")
        ]  # fmt: skip

    def ask_what_was_done(self) -> None:
        """Deeds whose web process died: were they done? And those that were said to be done must stand."""
        if self.spec.bypass:
            return
        from governance.models import Subject

        stand = {title.rpartition(" ")[2] for title in Subject.objects.values_list("title", flat=True)}
        for mark, one in self.deeds.owed.items():
            if one.is_sure and mark not in stand:
                self.deeds.errors.append(f"{mark} was said to be done and does not stand")
            one.is_sure = one.is_sure or mark in stand


def main(spec_file: str, result_file: str) -> int:
    django.setup()
    from tests.faults.world import World

    spec = Spec(**json.loads(Path(spec_file).read_text()))
    folder = Path(os.environ["DATA_DIR"])
    world = World.of(json.loads(Path(os.environ["FAULTS_WORLD"]).read_text()))
    result = Round(spec, folder, world).run()
    Path(result_file).write_text(json.dumps(result | {"spec": asdict(spec)}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
