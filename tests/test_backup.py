"""A backup restores onto an empty machine, whole, and mails nobody; onto anything else it does not."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from governance.errors import Conflict
from governance.models import JournalEntry
from governance.services import backups, sealing
from tests.databases import empty_database
from tests.factories import Town

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[1]


@pytest.fixture
def archive(tmp_path: Path, settings) -> Path:
    """The backup of a town with a sealed journal, whose head has left, and one upload."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.JOURNAL_HEADS = str(tmp_path / "heads.jsonl")
    (tmp_path / "files" / "evidence").mkdir(parents=True)
    (tmp_path / "files" / "evidence" / "photo.txt").write_text("What was seen.")
    town = Town()
    sealing.seal(town.now)
    sealing.let_head_leave(town.now)
    out = StringIO()
    call_command("backup", str(tmp_path / "backup.tar.gz"), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["files"], told["seals"]) == (1, JournalEntry.objects.count())
    return Path(told["file"])


def manage(address: str, folder: Path, *arguments: str, **more: str) -> tuple[int, str, Any]:
    """Run a command on another machine: ``(status, what it complained of, what it told)``."""
    environment = os.environ | {
        "DATABASE_URL": address, "DATA_DIR": str(folder), "DEBUG": "1", "SAMPLE_DATA_DIR": "", "EMAIL_URL": "",
        "JOURNAL_KEY": configured.JOURNAL_KEY,
        "SECRET_KEY": "only-for-tests-secret_key-" + "0123456789abcdef" * 4,
    } | more  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments, "--json"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr, json.loads(done.stdout) if done.stdout else None


def test_a_backup_restores_onto_an_empty_machine_and_mails_nobody(archive: Path, tmp_path: Path) -> None:
    number = JournalEntry.objects.count()
    assert archive.stat().st_mode & 0o777 == 0o600
    with empty_database(tmp_path) as address:
        there = tmp_path / "there"
        status, said, told = manage(address, there, "restore", str(archive))
        assert status == 0, said
        assert (told["sealed"], told["waiting"], told["misfit"], told["mail"]) == (
            number,
            1,
            "",
            "held",
        )  # 1: that it was held
        assert (there / "files" / "evidence" / "photo.txt").read_text() == "What was seen."
        status, said, told = manage(address, there, "verify_journal")
        assert (status, told["fits"], told["heads"]) == (0, True, 1), said
        status, _said, told = manage(address, there, "outbox")
        assert told["held"]["reason"].startswith("Restored from the backup of")
        status, said, _told = manage(address, there, "restore", str(archive))
        assert status == 1
        assert "Nothing was restored" in said


def test_a_backup_is_refused_with_its_remedy_where_it_does_not_fit(archive: Path, tmp_path: Path, settings) -> None:
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(archive))  # this town is not empty
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("backup", str(archive))
    with backups.unpacked(archive) as (manifest, _folder):
        for changed, says in (
            ({"engine": "oracle"}, "Restore it onto the engine"),
            ({"journal_key": "0" * 16}, "Set the key of the installation"),
            ({"migrations": [*manifest.migrations, "governance.9999_from_tomorrow"]}, "Install that release first"),
        ):
            with pytest.raises(Conflict, match=says):
                backups.require_fitting(replace(manifest, **changed))


def test_a_damaged_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "opened"
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (folder / "files" / "evidence" / "photo.txt").write_text("Something else.")
    damaged = tmp_path / "damaged.tar.gz"
    with tarfile.open(damaged, "w:gz") as made:
        for path in folder.rglob("*"):
            if path.is_file():
                made.add(path, path.relative_to(folder).as_posix())
    with pytest.raises(CommandError, match=r"photo.txt is not what was written"):
        call_command("restore", str(damaged), "--check")
    archive.write_bytes(archive.read_bytes()[:-2000])
    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", str(archive), "--check")


def forged(path: Path, members: dict[str, bytes], sums: dict[str, str] | None = None, link: str = "") -> Path:
    """An archive that looks like ours, from whoever wanted it so."""
    manifest = {
        "format": 1, "version": "1", "engine": "sqlite", "made_at": "", "organisation": "", "journal_key": "",
        "seals": 0, "migrations": [],
        "sums": {name: hashlib.sha256(content).hexdigest() for name, content in members.items()} | (sums or {}),
    }  # fmt: skip
    with tarfile.open(path, "w:gz") as made:
        for name, content in {backups.MANIFEST: json.dumps(manifest).encode(), **members}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, "database.sqlite3"
            made.addfile(entry)
    return path


@pytest.mark.parametrize(
    "name", ["files/../../there", "files/./x", "files//x", "/there", "files//there/x", "..", "files/"]
)
def test_a_backup_that_names_a_file_outside_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    made = forged(tmp_path / "x.tar.gz", {"database.sqlite3": b"x"}, {name: hashlib.sha256(b"y").hexdigest()})
    with pytest.raises(Conflict, match=r"outside of a backup.*Take another one"), backups.unpacked(made):
        pass


def test_only_what_the_manifest_names_is_unpacked_and_no_link(tmp_path: Path) -> None:
    made = forged(tmp_path / "x.tar.gz", {"database.sqlite3": b"x"}, link="files/unnamed")
    with backups.unpacked(made) as (_manifest, folder):
        assert [path.name for path in folder.rglob("*")] == ["database.sqlite3"]
    same = {"files/link": hashlib.sha256(b"x").hexdigest()}
    made = forged(tmp_path / "y.tar.gz", {"database.sqlite3": b"x"}, same, link="files/link")
    with pytest.raises(Conflict, match="files/link is not what was written"), backups.unpacked(made):
        pass
    with pytest.raises(Conflict, match="holds no database"), backups.unpacked(forged(tmp_path / "z.tar.gz", {})):
        pass


def test_nothing_is_restored_through_a_link_that_leads_out_of_the_files(tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "evidence").symlink_to(tmp_path)
    made = forged(tmp_path / "x.tar.gz", {"database.sqlite3": b"x", "files/evidence/y": b"y"})
    with backups.unpacked(made) as (manifest, folder), pytest.raises(Conflict, match="outside of"):
        backups.take_in(manifest, folder)
    assert not (tmp_path / "y").exists()
