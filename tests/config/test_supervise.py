"""`make run`: four processes under one, told in a few sentences, and gone when it is gone.

The supervisor is run as it is, in a folder where `manage.py`, gunicorn and celery are short stand-ins that write down
what they were asked. One test at the end starts the product itself.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
SLEEPER = """
import os, pathlib, sys, time
mark = pathlib.Path(os.environ["MARKS"]) / "{name}"
mark.open("a").write(f"{{os.getpid()}}\\n")
while True:
    time.sleep(0.05)
"""
GUNICORN = """
import http.server, os, pathlib, sys
(pathlib.Path(os.environ["MARKS"]) / "web").open("a").write(f"{os.getpid()}\\n")
host, port = sys.argv[sys.argv.index("--bind") + 1].split(":")
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
http.server.HTTPServer((host, int(port)), Ready).serve_forever()
"""
MANAGE = """
import json, os, pathlib, sys, time
marks = pathlib.Path(os.environ["MARKS"])
(marks / "asked").open("a").write(" ".join(sys.argv[1:]) + "\\n")
command = sys.argv[1]
if os.environ.get("BROKEN") == command:
    print("no such table: promise", file=sys.stderr)
    sys.exit(3)
if command == "seed_demo" and not (marks / "seeded").exists():
    (marks / "seeded").touch()
    account = {"role": "Council chair", "email": "chair@example.org", "password": "once-only", "name": "Li Wei"}
    print(json.dumps({"accounts": [account], "story": ["Sign in.", "Look around."]}))
if command == "setup_code":
    print("LIME-4711")
if command == "run_sweep":
    (marks / "sweep").open("a").write(f"{os.getpid()}\\n")
    while True:
        time.sleep(0.05)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie whose parent is gone and whom nobody has collected yet is no process any more.
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def soon(true, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


class Stage:
    """A folder with the real supervisor and stand-ins for all that it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marks = folder / "marks"
        self.port = free_port()
        self.runs: list[subprocess.Popen[str]] = []
        (folder / "config").mkdir()
        self.marks.mkdir()
        (folder / "config" / "supervise.py").write_text((ROOT / "config" / "supervise.py").read_text())
        (folder / "manage.py").write_text(MANAGE)
        (folder / "gunicorn.py").write_text(GUNICORN)
        (folder / "celery.py").write_text(
            "import sys\n" + SLEEPER.replace('"{name}"', '("worker" if "worker" in sys.argv else "beat")').format()
        )

    def run(self, **environment: str) -> subprocess.Popen[str]:
        inherited = {
            name: value for name, value in os.environ.items() if name not in {"DEBUG", "DEMO", "DATA_DIR", "PORT"}
        }
        said = {"PORT": str(self.port), "MARKS": str(self.marks)} | environment
        run = subprocess.Popen(
            [sys.executable, "-P", "config/supervise.py"],
            cwd=self.folder, env=inherited | said, text=True, bufsize=1,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.runs.append(run)
        return run

    def until(self, run: subprocess.Popen[str], sentence: str) -> str:
        """What it printed up to and with the line that holds `sentence`."""
        assert run.stdout is not None
        told = ""
        for line in run.stdout:
            told += line
            if sentence in line:
                return told
        assert run.stderr is not None
        raise AssertionError(f"It ended without saying “{sentence}”:\n{told}{run.stderr.read()}")

    def pids(self, name: str) -> list[int]:
        path = self.marks / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def family(self) -> dict[str, int]:
        names = ("web", "worker", "beat", "sweep")
        assert soon(lambda: all(self.pids(name) for name in names)), "all four are started"
        return {name: self.pids(name)[-1] for name in names}

    def asked(self) -> list[str]:
        return (self.marks / "asked").read_text().splitlines()


@pytest.fixture
def stage(tmp_path: Path):
    stage = Stage(tmp_path)
    yield stage
    for run in stage.runs:
        if run.poll() is None:
            run.terminate()
        run.communicate(timeout=30)


def ended(run: subprocess.Popen[str]) -> tuple[str, str, int]:
    told, errors = run.communicate(timeout=30)
    return told, errors, run.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_starts_four_processes_and_one_signal_stops_them_all(stage, number) -> None:
    run = stage.run()
    told = stage.until(run, "Ctrl-C")
    assert f"Keep is ready: http://127.0.0.1:{stage.port}/" in told
    family = stage.family()
    assert all(alive(pid) for pid in family.values())
    run.send_signal(number)
    told, _errors, code = ended(run)
    assert (code, "Stopped; the data stays." in told) == (0, True)
    assert not [name for name, pid in family.items() if alive(pid)]


def test_the_second_run_keeps_the_data_and_tells_the_log_ins_again(stage) -> None:
    first = stage.run()
    told = stage.until(first, "Ctrl-C")
    first.terminate()
    ended(first)
    second = stage.run()
    again = stage.until(second, "Ctrl-C")
    for text in (told, again):
        assert "Council chair  chair@example.org  once-only  Li Wei" in text
        assert "A story to try, in 2 steps:" in text
        assert "  1. Sign in." in text
    kept = stage.folder / ".data" / "demo.json"
    assert kept.stat().st_mode & 0o077 == 0, "log-ins are for this account alone"


def test_log_ins_of_another_database_are_not_told(stage) -> None:
    first = stage.run()
    stage.until(first, "Ctrl-C")
    first.terminate()
    ended(first)
    other = stage.run(DATABASE_URL="postgres://keep:pw@elsewhere/keep")
    assert "once-only" not in stage.until(other, "Ctrl-C")


def test_without_a_demo_it_tells_the_code_that_starts_an_organisation(stage) -> None:
    told = stage.until(stage.run(DEMO="0"), "Ctrl-C")
    assert "LIME-4711" in told
    assert not [line for line in stage.asked() if line.startswith("seed_demo")]


def test_it_runs_as_an_installation_does_unless_debug_is_asked_for(stage) -> None:
    first = stage.run()
    stage.until(first, "Ctrl-C")
    assert [line.split()[0] for line in stage.asked()][:3] == ["migrate", "collectstatic", "seed_demo"]
    first.terminate()
    ended(first)
    (stage.marks / "asked").unlink()
    stage.until(stage.run(DEBUG="1"), "Ctrl-C")
    assert "collectstatic" not in " ".join(stage.asked()), "the development server finds the files itself"


@pytest.mark.parametrize("name", ["web", "worker", "beat", "sweep"])
def test_a_process_that_dies_is_started_again(stage, name) -> None:
    run = stage.run()
    stage.until(run, "Ctrl-C")
    pid = stage.family()[name]
    os.kill(pid, signal.SIGKILL)
    assert f"The {name} ended (SIGKILL)" in stage.until(run, "ended")
    assert soon(lambda: stage.pids(name)[-1] != pid and alive(stage.pids(name)[-1]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_killing_it_without_warning_leaves_nothing_behind(stage) -> None:
    run = stage.run()
    stage.until(run, "Ctrl-C")
    family = stage.family()
    run.kill()
    assert soon(lambda: not [pid for pid in family.values() if alive(pid)])


def test_a_taken_port_is_told_with_another_to_try(stage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stage.port))
        taken.listen()
        _told, errors, code = ended(stage.run())
    assert (code, errors.strip()) == (
        1,
        f"Port {stage.port} is taken: choose another, as in make run PORT={stage.port % 65535 + 1}.",
    )


@pytest.mark.parametrize("port", ["eight", "0", "70000", ""])
def test_a_port_that_is_no_port_is_told(stage, port) -> None:
    _told, errors, code = ended(stage.run(PORT=port))
    assert code == 1
    assert errors.startswith("PORT must be a number between 1 and 65535")


def test_a_folder_that_cannot_hold_data_is_named(stage) -> None:
    (stage.folder / "taken").write_text("a file where a folder should be")
    _told, errors, code = ended(stage.run(DATA_DIR="taken"))
    assert code == 1
    assert f"The folder {stage.folder / 'taken'} is not writable" in errors


def test_two_do_not_share_one_data_folder(stage) -> None:
    stage.until(stage.run(), "Ctrl-C")
    _told, errors, code = ended(stage.run(PORT=str(free_port())))
    assert code == 1
    assert "Keep is already running" in errors


def test_a_command_that_fails_ends_the_start_with_its_name(stage) -> None:
    _told, errors, code = ended(stage.run(BROKEN="migrate"))
    assert code == 1
    assert "Keep cannot start, because `manage.py migrate --noinput --verbosity 0` failed (exit status 3)." in errors
    assert "no such table: promise" in errors
    assert not stage.pids("web")


def test_an_empty_installation_of_the_product_itself_starts_answers_and_stops(tmp_path) -> None:
    """The real tree, without debugging, on data of its own: what `make run DEMO=0` does on a new machine."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if name not in {"DEBUG", "DATABASE_URL"}}
    said = {"PORT": str(port), "DEMO": "0", "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "BROKER_URL": ""}
    run = subprocess.Popen(
        [sys.executable, "-P", "config/supervise.py"],
        cwd=ROOT, env=inherited | said, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert run.stdout is not None
        told = ""
        for line in run.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        assert "one-time code" in told, told
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as ready:
            assert json.load(ready) == {"status": "ok"}
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as home:
            assert "Start my organisation" in home.read().decode()
    finally:
        run.send_signal(signal.SIGINT)
        _told, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
