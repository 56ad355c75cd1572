"""What an installation is told about its own settings: an id, a sentence, a remedy; and no secret repeated."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
STRONG = "kT9-vQ2_zR7xLm4-Wc8sHb3Jd6pNf1yGa5uEo0iXqVtZrMlKwC"
OTHER = "Zr8-mW3_bN6tQx1-Yd5kLc9Vh2sPg7jRf4uAe0oIqTvXyCnBwM"
# Everything that a developer's own machine may have set and that a test must not inherit.
OURS = {
    "DEBUG", "PLAIN_HTTP", "TIME_TRAVEL", "DATA_DIR", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL",
    "ALLOWED_HOSTS", "PUBLIC_URL", "SECRET_KEY", "JOURNAL_KEY", "PORT", "DEMO",
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path):
    """Run one management command in a process of its own, with data of its own."""

    def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        said = {"DATA_DIR": str(tmp_path / "data"), "DEBUG": "0"} | environment
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=inherited | said, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return manage


@pytest.mark.parametrize(
    "wrong",
    [
        # Several at once: a process is slow to start, and whoever sets an installation up wants to hear all of it.
        {
            "keep.E001": {"DATABASE_URL": "mysql://keep:hunter2hunter2@db/keep"},
            "keep.E002": {"BROKER_URL": "smoke-signals://hill"},
            "keep.E003": {"EMAIL_URL": "pigeon://loft"},
            "keep.E004": {"SECRET_KEY": "a" * 60, "JOURNAL_KEY": OTHER},
        },
        {
            "keep.E001": {"DATABASE_URL": "postgres://keep:hunter2hunter2@db:port/keep"},
            "keep.E002": {"BROKER_URL": "redis:/localhost"},
            "keep.E005": {"SECRET_KEY": STRONG, "JOURNAL_KEY": STRONG},
        },
    ],
)
def test_settings_that_cannot_be_used_are_each_named_with_a_remedy(run, wrong) -> None:
    checked = run("check", **{name: value for said in wrong.values() for name, value in said.items()})
    assert checked.returncode == 1
    assert set(re.findall(r"keep\.[EW]\d+", checked.stderr)) == set(wrong)
    assert checked.stderr.count("HINT") >= len(wrong)
    assert "Traceback" not in checked.stderr
    assert "hunter2" not in checked.stdout + checked.stderr, "a password is never repeated"


def test_defaults_alone_are_enough_on_one_machine(run, tmp_path) -> None:
    checked = run("check")
    assert checked.returncode == 0, checked.stderr
    key = tmp_path / "data" / "secret_key"
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0, "for this account alone"
    assert key.read_text() != (tmp_path / "data" / "journal_key").read_text()


def test_a_database_of_ones_own_asks_for_keys_of_ones_own(run) -> None:
    checked = run("check", DATABASE_URL="postgres://keep:pw@localhost:1/keep")
    assert checked.returncode != 0
    assert "SECRET_KEY is not set" in checked.stderr


def test_a_real_installation_passes_djangos_deployment_check(run) -> None:
    checked = run(
        "check", "--deploy", "--fail-level", "WARNING",
        ALLOWED_HOSTS="keep.example.org", PUBLIC_URL="https://keep.example.org",
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_what_is_handy_at_home_is_warned_of_before_deploying(run) -> None:
    checked = run("check", "--deploy", DEBUG="1", TIME_TRAVEL="1", PLAIN_HTTP="1", PUBLIC_URL="http://keep.example.org")
    assert {code for code in ("keep.W001", "keep.W002", "keep.W003", "keep.W004") if code in checked.stderr} == {
        "keep.W001", "keep.W002", "keep.W003", "keep.W004",
    }  # fmt: skip


@pytest.mark.django_db
def test_sqlite_runs_as_it_was_asked_to() -> None:
    from config import checks

    assert checks.sqlite_pragmas(databases=["default"]) == []


@pytest.mark.django_db
def test_a_pragma_that_sqlite_ignored_is_noticed(monkeypatch) -> None:
    from django.db import connection

    from config import checks

    if connection.vendor != "sqlite":
        assert checks.sqlite_pragmas(databases=["default"]) == [], "nothing to ask of PostgreSQL"
        return
    monkeypatch.setattr(checks, "PRAGMAS", checks.PRAGMAS | {"busy_timeout": 1})
    assert [found.id for found in checks.sqlite_pragmas(databases=["default"])] == ["keep.E006"]


def test_a_broken_folder_of_the_broker_keeps_nobody_from_starting(tmp_path) -> None:
    (tmp_path / "broker").mkdir(mode=0o700)
    (tmp_path / "broker" / "messages").write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); print('up')"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "up", done.stderr[-500:]
