"""`make run`: the whole product under one process, for one machine.

Prepares the database, starts web, worker, beat and the sweep loop, waits until they are healthy, says where to go, and
stops them all when it is stopped. It imports nothing but the standard library; Django runs in the children only, so
that this process stays small and outlives whatever goes wrong in them.
"""

import ctypes
import fcntl
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
HOST = "127.0.0.1"

HEALTHY_WITHIN = 90.0  # seconds, on a slow machine
GRACE = 15.0  # seconds between asking a child to stop and making it
STEADY_AFTER = 30.0  # seconds after which a child counts as having worked
LONGEST_PAUSE = 30.0  # seconds between two attempts to restart
LOG_LIMIT = 5_000_000  # bytes after which a log is put aside at the next start

# The web server's own logs keep no key of a link in a mail.
KEYLESS = ["--logger-class", "config.access_log.KeylessLogger"]

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(Exception):
    """Somebody asked us to stop."""


def fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)


def say(text: str = "") -> None:
    print(text, flush=True)


# --- Environment -----------------------------------------------------------------------------------------------------


def dotenv() -> dict[str, str]:
    """What `.env` sets: only so that our defaults do not override it; the children read it themselves."""
    values = {}
    path = ROOT / ".env"
    for line in path.read_text().splitlines() if path.is_file() else []:
        if found := re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$", line):
            values[found[1]] = found[2].strip("\"'")
    return values


@dataclass(frozen=True)
class Place:
    """Where this installation listens and keeps its data, and what its children are told."""

    port: int
    demo: bool
    data: Path
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def database_mark(self) -> str:
        """Tells one database from another without repeating its password."""
        url = self.environment.get("DATABASE_URL", "")
        return hashlib.sha256(url.encode()).hexdigest()


def survey() -> Place:
    said = dotenv() | dict(os.environ)
    try:
        port = int(said.get("PORT", "8000"))
        if not 0 < port < 65536:
            raise ValueError
    except ValueError:
        fail(f"PORT must be a number between 1 and 65535, not {said['PORT']!r}.")
    data = ROOT / said.get("DATA_DIR", ".data")
    environment = {
        # As an installation runs; DEBUG=1 shows developers more, and everybody else too much.
        "DEBUG": "0",
        # This address is this machine's own: no TLS, no other host.
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": f"localhost,{HOST},[::1]",
        "PUBLIC_URL": f"http://{HOST}:{port}",
    } | said
    environment |= {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    return Place(port, said.get("DEMO", "1") != "0", data, environment)


def check_port(place: Place) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, place.port))
        except OSError:
            fail(f"Port {place.port} is taken: choose another, as in make run PORT={place.port % 65535 + 1}.")


@contextmanager
def own_data(place: Place) -> Iterator[None]:
    """Hold the data folder: two supervisors on one SQLite file would run everything twice."""
    try:
        place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (place.data / "log").mkdir(mode=0o700, exist_ok=True)
        lock = (place.data / "supervisor.lock").open("w")
    except OSError as error:
        fail(f"The folder {place.data} is not writable ({error.strerror}): Keep stores its data in it.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fail(f"Keep is already running on {place.data}: stop that one first, or set DATA_DIR to another folder.")
        yield


# --- Processes -------------------------------------------------------------------------------------------------------


def die_with_parent(parent: int) -> None:
    """Ask the kernel to stop this process when `parent` is gone, even if that was killed without warning."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went between the fork and here
            os.kill(os.getpid(), signal.SIGTERM)


def spawn(
    arguments: list[str], place: Place, *, stdout: int | IO[bytes] | None = None, stderr: int | IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, so that it and all it starts can be stopped together."""
    me = os.getpid()
    return subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        process_group=0,
        preexec_fn=lambda: die_with_parent(me),  # noqa: PLW1509  (no threads here)
    )


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    # macOS answers PermissionError for a group of zombies.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


@dataclass
class Child:
    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def log_path(self, place: Place) -> Path:
        return place.data / "log" / f"{self.name}.log"

    def start(self, place: Place) -> None:
        with self.log_path(place).open("ab") as log:
            self.process = spawn(self.arguments, place, stdout=log, stderr=log)
        self.started_at = time.monotonic()

    def look_after(self, place: Place) -> None:
        """Start it again when it died: at once the first time, then after longer and longer pauses."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start(place)
            return
        code = self.process.poll()
        if code is None:
            return
        signal_group(self.process, signal.SIGKILL)  # what it left behind
        self.process = None
        self.failures = 1 if now - self.started_at > STEADY_AFTER else self.failures + 1
        pause = min(2.0 ** (self.failures - 1) - 1, LONGEST_PAUSE)
        self.not_before = now + pause
        say(f"The {self.name} ended ({meaning(code)}); starting it again in {pause:.0f} s. See {self.log_path(place)}.")


def meaning(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


@dataclass
class Supervisor:
    place: Place
    children: list[Child] = field(default_factory=list)
    once: subprocess.Popen[bytes] | None = None
    stopping: bool = False
    impatient: bool = False

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.impatient = self.stopping
        self.stopping = True

    def pause(self, seconds: float) -> None:
        if self.stopping:
            raise Stopped
        time.sleep(seconds)  # ends early only by a signal handler that raises; ours sets a flag
        if self.stopping:
            raise Stopped

    def manage(self, *arguments: str) -> str:
        """Run one management command to its end and return what it printed; its errors go to the console."""
        with tempfile.TemporaryFile() as output:
            self.once = spawn([PYTHON, "manage.py", *arguments], self.place, stdout=output)
            while (code := self.once.poll()) is None:
                self.pause(0.05)
            self.once = None
            output.seek(0)
            printed = output.read().decode("utf-8", "replace").strip()
        if code != 0:
            if printed:
                print(printed, file=sys.stderr)
            fail(f"Keep cannot start, because `manage.py {' '.join(arguments)}` failed ({meaning(code)}).")
        return printed

    def wait_until_healthy(self) -> None:
        until = time.monotonic() + HEALTHY_WITHIN
        answer = "no answer"
        while time.monotonic() < until:
            self.pause(0.15)
            for child in self.children:
                child.look_after(self.place)
            web = self.children[0]
            if web.failures >= 3:
                break
            try:
                connection = http.client.HTTPConnection(HOST, self.place.port, timeout=5)
                connection.request("GET", "/readyz")
                response = connection.getresponse()
                answer = f"{response.status} {response.read(200).decode('utf-8', 'replace')}"
                connection.close()
                if response.status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
        tail = self.children[0].log_path(self.place).read_text(errors="replace").splitlines()[-15:]
        print("\n".join(tail), file=sys.stderr)
        fail(f"Keep did not become healthy ({answer}): see {self.place.data / 'log'}.")

    def watch(self) -> None:
        while True:
            self.pause(0.3)
            for child in self.children:
                child.look_after(self.place)

    def stop(self) -> None:
        """Ask all at once, wait, then make them. Groups are signalled even when their leader is already gone."""
        self.stopping = True
        processes = [child.process for child in self.children if child.process] + ([self.once] if self.once else [])
        for process in processes:
            signal_group(process, signal.SIGTERM)
        until = time.monotonic() + GRACE
        while any(p.poll() is None for p in processes) and time.monotonic() < until and not self.impatient:
            time.sleep(0.05)
        for process in processes:
            signal_group(process, signal.SIGKILL)
            process.wait()


def family(place: Place) -> list[Child]:
    """The processes of an installation. The web comes first: it is the one whose health is asked."""
    gunicorn = [PYTHON, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{HOST}:{place.port}"]
    celery = [PYTHON, "-m", "celery", "--app", "config", "--quiet"]
    return [
        Child(
            "web",
            [
                *gunicorn,
                "--worker-class",
                "gthread",
                "--workers",
                "2",
                "--threads",
                "4",
                "--no-control-socket",
                *KEYLESS,
            ],
        ),
        # One task at a time suits SQLite, and leaves no children of a child behind.
        Child(
            "worker",
            [*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        ),
        # The schedule is in code, so beat has nothing to store.
        Child("beat", [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile="]),
        Child("sweep", [PYTHON, "manage.py", "run_sweep", "--loop"]),
    ]


# --- What the console says -------------------------------------------------------------------------------------------


def load_demo(manage: Callable[..., str], place: Place) -> dict[str, object]:
    """Load the demo into an empty database; log-ins are kept, because only their hashes stand in the database."""
    kept = place.data / "demo.json"
    printed = manage("seed_demo", "--if-empty", "--json")
    try:
        told = json.loads(printed) if printed else {}
    except ValueError:
        told = {}
    if isinstance(told, dict) and told.get("accounts"):
        demo = told | {"database": place.database_mark}
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(demo, file, ensure_ascii=False, indent=1)
        return demo
    try:
        demo = json.loads(kept.read_text())
    except (OSError, ValueError):
        return {}
    return demo if demo.get("database") == place.database_mark else {}


def greet(place: Place, demo: dict[str, object], setup_code: str) -> None:
    say()
    say(f"Keep is ready: {place.address}")
    if setup_code:
        say()
        say("The installation is empty. Choose “Start my organisation” and enter this one-time code:")
        say(f"  {setup_code}")
    accounts = demo.get("accounts")
    if isinstance(accounts, list) and accounts:
        say()
        say("Demo log-ins, made for this installation:")
        columns = ("role", "email", "password")
        widths = {key: max(len(str(account.get(key, ""))) for account in accounts) for key in columns}
        for account in accounts:
            cells = [str(account.get(key, "")).ljust(width) for key, width in widths.items()]
            say("  " + "  ".join([*cells, str(account.get("name", ""))]).rstrip())
    story = demo.get("story")
    if isinstance(story, list) and story:
        say()
        say(f"A story to try, in {len(story)} steps:")
        for number, step in enumerate(story, 1):
            text = re.sub(rf"^\s*{number}[.)]\s*", "", str(step))
            say(f"  {number}. {text}")
    say()
    say(f"Data: {place.data}   Logs and printed mails: {place.data / 'log'}   Stop: Ctrl-C")


def put_large_logs_aside(place: Place) -> None:
    for log in (place.data / "log").glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            shutil.move(log, log.with_suffix(".log.1"))


def main() -> None:
    os.umask(0o077)  # databases, logs, mails: for this account alone
    if "--follow-parent" in sys.argv:
        die_with_parent(os.getppid())
    place = survey()
    check_port(place)
    with own_data(place):
        supervisor = Supervisor(place)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.on_signal)
        try:
            put_large_logs_aside(place)
            say("Preparing the database.")
            supervisor.manage("migrate", "--noinput", "--verbosity", "0")
            if place.environment["DEBUG"].lower() in {"0", "false", "off", "no", "n", "f", ""}:
                supervisor.manage("collectstatic", "--noinput", "--verbosity", "0")
            demo = load_demo(supervisor.manage, place) if place.demo else {}
            setup_code = "" if place.demo else supervisor.manage("setup_code")
            supervisor.children = family(place)
            say("Starting web, worker, beat and sweep.")
            for child in supervisor.children:
                child.start(place)
            supervisor.wait_until_healthy()
            greet(place, demo, setup_code)
            supervisor.watch()
        except Stopped:
            say("\nStopping.")
        finally:
            supervisor.stop()
    say("Stopped; the data stays.")


if __name__ == "__main__":
    main()
