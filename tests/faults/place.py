"""The processes of an installation, each started by hand, killed without warning, and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Whatever stops a round, even a kill, stops what it started.
LEASH = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(holds, seconds: float, pause: float = 0.1) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(pause)
    return bool(holds())


@dataclass
class Process:
    name: str
    arguments: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None
    numbers: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.name.rstrip("0123456789")

    def start(self, **more: str) -> None:
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                [*LEASH, *self.arguments], cwd=ROOT, env=self.environment | more, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, process_group=0,
            )  # fmt: skip
        self.numbers.append(self.running.pid)

    @property
    def is_up(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def kill(self) -> int:
        """Kill it and all it started, as the power would; the process that it was."""
        assert self.running is not None
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()
        return self.running.pid


@dataclass
class Broker:
    """A Redis of its own, or a folder; both can be emptied, stopped and started again."""

    folder: Path
    port: int | None
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.port else ""

    @property
    def messages(self) -> Path:
        return self.folder / "broker" / "messages"

    def start(self) -> None:
        if not self.port:
            if self.messages.is_file():
                self.messages.unlink()
            self.messages.mkdir(parents=True, exist_ok=True)
            return
        self.running = subprocess.Popen(
            [*LEASH, "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            process_group=0,
        )  # fmt: skip
        assert wait_until(lambda: answers(self.port), 30), "Redis did not start"

    def stop(self) -> None:
        """It is gone, with all that it held. A folder becomes one that nothing can be written into."""
        if not self.port:
            shutil.rmtree(self.messages, ignore_errors=True)
            self.messages.parent.mkdir(parents=True, exist_ok=True)
            self.messages.touch()
        elif self.running is not None:
            self.running.kill()
            self.running.wait()
            self.running = None

    def flush(self) -> None:
        if not self.port:
            for message in self.messages.glob("*"):
                message.unlink(missing_ok=True)
            return
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            assert connection.recv(64).startswith(b"+OK")


@dataclass
class Place:
    """An installation in a folder. ``environment`` is what every process of it is told."""

    folder: Path
    environment: dict[str, str]
    broker: Broker
    web_port: int
    processes: dict[str, Process] = field(default_factory=dict)
    deaths: list[tuple[float, str, int]] = field(default_factory=list)
    """When which process was killed, by which number."""

    def add(self, name: str, arguments: list[str]) -> Process:
        (self.folder / "log").mkdir(exist_ok=True)
        made = Process(name, [sys.executable, *arguments], self.environment, self.folder / "log" / f"{name}.log")
        self.processes[name] = made
        return made

    def family(self, *, workers: int, beats: int, sweeps: int, web: bool, tasks: str = "config") -> None:
        celery = ["-m", "celery", "--app", tasks, "--quiet"]
        if web:
            gunicorn = ["-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.web_port}"]
            self.add(
                "web",
                [
                    *gunicorn,
                    "--worker-class",
                    "gthread",
                    "--threads",
                    "4",
                    "--no-control-socket",
                    "--logger-class",
                    "config.access_log.KeylessLogger",
                ],
            )
        for number in range(1, workers + 1):
            self.add(
                f"worker{number}",
                [*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat",
                 "--hostname", f"worker{number}@%h"],
            )  # fmt: skip
        for number in range(1, beats + 1):
            self.add(f"beat{number}", [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile="])
        for number in range(1, sweeps + 1):
            self.add(f"sweep{number}", ["manage.py", "run_sweep", "--loop"])

    def named(self, kind: str) -> list[Process]:
        return [process for process in self.processes.values() if process.kind == kind]

    def start(self) -> None:
        for process in self.processes.values():
            process.start()

    def kill(self, process: Process) -> None:
        self.deaths.append((time.time(), process.name, process.kill()))

    def died(self, process: Process) -> None:
        """It killed itself: keep when that was, as nearly as can be told."""
        assert process.running is not None
        self.deaths.append((time.time(), process.name, process.running.pid))

    def end(self) -> None:
        for process in self.processes.values():
            if process.running is not None:
                process.kill()
        self.broker.stop()
