"""The doctor names what is wrong, each time with a remedy, and finds nothing bad where nothing is."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from governance.models import DepartmentGrant, JournalEntry
from governance.services import journal
from governance.services.people import JOINED
from governance.sql import guards
from notifications import doctor
from notifications.services import holding, keeping, outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(town: Town, tmp_path: Path, settings, monkeypatch) -> Town:
    """A town whose sweep has just been round. Tests have a clock of their own, and the database has the machine's."""
    monkeypatch.setattr(doctor, "APART", timedelta(days=40_000))
    settings.DATA_DIR, settings.JOURNAL_HEADS = tmp_path, str(tmp_path / "heads.jsonl")
    tmp_path.chmod(0o700)
    run(timezone.now())
    return town


def run(now) -> None:
    sweep(now)
    outbox.drain(now)
    keeping.keep(now)


def found(name: str, now=None) -> doctor.Line:
    """The worst line of that name."""
    lines = [line for line in doctor.examine(now or timezone.now()) if line.name == name]
    return max(lines, key=lambda line: [doctor.OK, doctor.WARN, doctor.BAD].index(line.state))


def test_a_healthy_installation_has_nothing_bad(well: Town, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "_schema", lambda _now: iter([doctor.Line("migrations", doctor.OK, "")]))
    lines = doctor.examine(timezone.now())
    assert [line for line in lines if line.state == doctor.BAD] == []
    assert {line.name for line in lines} >= {
        "settings", "disk", "database", "migrations", "guards", "access", "journal", "journal head", "sweep", "broker",
    }  # fmt: skip
    assert all(line.remedy for line in lines if line.state != doctor.OK), "what is wrong comes with a remedy"


@pytest.fixture
def migrated(well: Town, monkeypatch) -> Town:
    monkeypatch.setattr(doctor, "_schema", lambda _now: iter([doctor.Line("migrations", doctor.OK, "")]))
    return well


def test_missing_guards(migrated: Town) -> None:
    guards.lift()
    assert found("guards").state == doctor.BAD
    assert found("guards").remedy == "Run manage.py migrate."
    guards.install()


def test_grants_that_differ(migrated: Town) -> None:
    DepartmentGrant.objects.filter(user=migrated.sponsor).delete()
    assert "sync_access" in found("access").remedy
    assert found("access").state == doctor.BAD


def test_a_sweep_that_does_not_run(migrated: Town) -> None:
    late = timezone.now() + timedelta(minutes=20)
    assert found("sweep", late).state == doctor.OK
    owe(migrated, 1, due_on=date(2026, 11, 2))
    assert "keep-sweep" in found("sweep", late).remedy
    assert found("sweep", late).state == doctor.BAD


def test_a_sealer_that_does_not_run_and_a_head_that_is_old(migrated: Town) -> None:
    journal.record(JOINED, subject=migrated.claims.subject, by=None, now=timezone.now(), person=migrated.lead.pk)
    assert found("journal").state == doctor.OK
    later = timezone.now() + timedelta(days=4)
    assert "sealed since" in found("journal", later).says
    assert found("journal head", later).state == doctor.WARN


def test_another_journal_key(migrated: Town, settings) -> None:
    settings.JOURNAL_KEY = "another-" * 10
    assert found("journal").state == doctor.BAD
    assert "JOURNAL_KEY" in found("journal").remedy


def test_a_clock_that_went_back(migrated: Town) -> None:
    JournalEntry.objects.create(
        at=timezone.now() + timedelta(days=1), event="x", subject=migrated.claims.subject, facts={}
    )
    assert found("clock").state == doctor.BAD


def test_mail_that_is_held_or_has_no_server(migrated: Town, settings) -> None:
    assert found("mail server").state == doctor.WARN
    holding.hold(reason="Restored.", by=None, now=timezone.now())
    assert "--skip" in found("mail").remedy
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert found("mail server").state == doctor.BAD


def test_weak_keys_open_folders_missing_static_files_and_a_dead_broker(migrated: Town, settings, tmp_path) -> None:
    settings.SECRET_KEY = settings.JOURNAL_KEY
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = tmp_path / "none", False
    settings.BROKER_URL = "redis://127.0.0.1:9/0"
    tmp_path.chmod(0o755)
    assert "keep.E005" in found("settings").says
    assert "collectstatic" in found("static files").remedy
    assert found("broker").state == doctor.WARN
    assert found("data folder").remedy == f"chmod 700 {tmp_path}"


def test_a_full_disk_and_a_machine_without_fonts(migrated: Town, monkeypatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 1000})())
    monkeypatch.setattr(doctor.shutil, "which", lambda _name: None)
    assert found("disk").state == doctor.BAD
    assert "fonts-noto-cjk" in found("fonts").remedy


def test_a_database_that_does_not_answer(migrated: Town, monkeypatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", away)
    line = found("database")
    assert (line.state, "connection refused" in line.says, "DATABASE_URL" in line.remedy) == (doctor.BAD, True, True)


def test_migrations_that_wait(well: Town, monkeypatch) -> None:
    monkeypatch.setattr(doctor.MigrationExecutor, "migration_plan", lambda *_one: [1, 2])
    assert found("migrations").says.startswith("2 wait")


def test_the_command_ends_with_an_error_when_something_is_bad(migrated: Town) -> None:
    guards.lift()
    out = StringIO()
    with pytest.raises(CommandError, match="bad"):
        call_command("doctor", "--json", stdout=out)
    assert {line["name"] for line in json.loads(out.getvalue())["lines"] if line["state"] == "bad"} >= {"guards"}
    guards.install()
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "-> " in out.getvalue()
