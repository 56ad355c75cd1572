"""A backup: one archive with the database, the files and the heads of the journal, each under its checksum.

Keys are not in it, because an archive travels: the manifest only tells *which* JOURNAL_KEY sealed the journal. Keep
that key apart, as long as the journal; without it nobody can verify an old entry.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from governance.chain import fingerprint
from governance.errors import Conflict
from governance.models import Organisation
from governance.queries import chain
from governance.sql import copies

FORMAT = 1
MANIFEST = "manifest.json"
HEADS = "journal-heads.jsonl"
FILES = "files"

Progress = Callable[[str, int, int], object]
"""Called with the name of a part, and its number of how many."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: ``sums`` are SHA-256 by path, ``migrations`` are ``app.name`` as they were applied."""

    format: int
    version: str
    engine: str
    made_at: str
    organisation: str
    journal_key: str
    seals: int
    migrations: list[str]
    sums: dict[str, str]


def write(target: Path, *, now: datetime, progress: Progress | None = None) -> Manifest:
    """Write an archive; others go on working meanwhile. The database is copied first, so that its files are all there.

    Raises :class:`Conflict` where there is such a file already, or a program is missing.
    """
    if target.exists():
        raise Conflict(f"{target} is there already. Choose another name: a backup is never overwritten.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".keep-backup-", dir=target.parent) as folder:
        saved = Path(folder) / copies.NAMES[connection.vendor]
        copies.save(saved)
        parts = {saved.name: saved}
        if Path(settings.JOURNAL_HEADS).is_file():
            parts[HEADS] = Path(settings.JOURNAL_HEADS)
        parts |= {f"{FILES}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}": path for path in _uploads()}
        head = chain.head(now)
        manifest = Manifest(
            format=FORMAT,
            version=settings.VERSION,
            engine=connection.vendor,
            made_at=now.isoformat(),
            organisation=Organisation.objects.values_list("name", flat=True).first() or "",
            journal_key=fingerprint(settings.JOURNAL_KEY),
            seals=head.seals if head is not None else 0,
            migrations=sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
            sums={name: _sum(path) for name, path in parts.items()},
        )
        listed = Path(folder) / MANIFEST
        listed.write_text(json.dumps(asdict(manifest), indent=1))
        draft = Path(folder) / "archive"
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
            for place, (name, path) in enumerate([(MANIFEST, listed), *parts.items()]):
                archive.add(path, name, recursive=False)
                if progress is not None:
                    progress(name, place, len(parts))
        draft.replace(target)
    return manifest


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Manifest, Path]]:
    """The archive's manifest and the folder into which it was unpacked, with every checksum compared.

    Raises :class:`Conflict` where it is no backup of ours, or a part of it was damaged.
    """
    with tempfile.TemporaryDirectory(prefix="keep-restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:gz") as archive:
                manifest = _manifest(archive)
                _require_ours(manifest, source)
                _unpack(archive, manifest, folder)
        except (OSError, tarfile.TarError, zlib.error, ValueError, TypeError, EOFError, RecursionError) as error:
            raise Conflict(f"{source} is not a whole backup of Keep ({error}). Take another one.") from error
        wrong = [part for part, told_sum in manifest.sums.items() if _sum(folder / part) != told_sum]
        if wrong:
            raise Conflict(f"The backup is damaged: {', '.join(wrong)} is not what was written. Take another one.")
        yield manifest, folder


def _manifest(archive: tarfile.TarFile) -> Manifest:
    listed = next((member for member in archive if member.name == MANIFEST and member.isreg()), None)
    opened = archive.extractfile(listed) if listed is not None else None
    if opened is None:
        raise ValueError(f"it holds no {MANIFEST}")
    told: Any = json.load(opened)
    if not isinstance(told, dict) or not isinstance(told.get("sums"), dict):
        raise TypeError(f"{MANIFEST} holds no sums")
    return Manifest(**told)


def _require_ours(manifest: Manifest, source: Path) -> None:
    """Raise :class:`Conflict` unless every part has its place inside the archive, and the database is among them.

    A backup may come from anywhere, and a name such as ``files/../../x`` would be written outside of our folders.
    """
    if manifest.format != FORMAT:
        raise Conflict(f"This backup has format {manifest.format}. Install release {manifest.version} to restore it.")
    for name in manifest.sums:
        if any(part in {"", ".", ".."} for part in name.split("/")):
            raise Conflict(
                f"{source} names a file outside of a backup ({name!r}), which no backup of Keep does. Take another one,"
                " from where you know who made it."
            )
    if copies.NAMES.get(str(manifest.engine)) not in manifest.sums:
        raise Conflict(f"{source} holds no database of {manifest.engine}. Take another one.")


def _unpack(archive: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    """Write the bytes of the parts that the manifest names; links, devices and whatever else is there stay inside."""
    for member in archive.getmembers():
        if member.name not in manifest.sums or not member.isreg() or member.issparse():
            continue
        opened = archive.extractfile(member)
        if opened is None:
            continue
        place = folder / member.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with opened, place.open("xb") as part:
            shutil.copyfileobj(opened, part)


def require_fitting(manifest: Manifest) -> None:
    """Raise :class:`Conflict`, with the remedy, unless this installation can take the backup in."""
    if manifest.engine != connection.vendor:
        raise Conflict(
            f"The backup was made on {manifest.engine}, and DATABASE_URL names {connection.vendor}. Restore it onto the"
            " engine that it came from."
        )
    if manifest.journal_key != fingerprint(settings.JOURNAL_KEY):
        raise Conflict(
            "JOURNAL_KEY is not the one that sealed this journal. Set the key of the installation that was backed up."
        )
    loader = MigrationLoader(None)
    known = {".".join(key) for key in loader.disk_migrations or {}}
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        raise Conflict(
            f"The backup was made by release {manifest.version}, which is newer than this one ({settings.VERSION}):"
            f" it has {newer[-1]}. Install that release first."
        )
    require_empty()


def require_empty() -> None:
    """Raise :class:`Conflict` unless nothing would be overwritten."""
    tables = connection.introspection.table_names()
    if connection.vendor == "postgresql" and tables:
        raise Conflict("The database is not empty. Make a new one (createdb) and name it in DATABASE_URL.")
    if "governance_organisation" in tables and Organisation.objects.exists():
        raise Conflict(
            "There is an organisation here already, and restoring never overwrites one. Set DATA_DIR to a new folder,"
            " or DATABASE_URL to a new database."
        )
    if _uploads():
        raise Conflict(f"There are files in {settings.MEDIA_ROOT} already. Move them away first.")


def take_in(manifest: Manifest, folder: Path) -> None:
    """Put database, files and heads in place. Migrating and verifying is the caller's, with its own progress."""
    root = Path(settings.MEDIA_ROOT)
    places = {name: root / name.removeprefix(f"{FILES}/") for name in manifest.sums if name.startswith(f"{FILES}/")}
    for name, place in places.items():
        if not place.resolve().is_relative_to(root.resolve()):
            raise Conflict(
                f"{name} would be written outside of {root}. Take another backup, or remove links from there."
            )
    copies.load(folder / copies.NAMES[manifest.engine])
    for name, place in places.items():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / name, place)
        place.chmod(0o600)
    heads = Path(settings.JOURNAL_HEADS)
    if HEADS in manifest.sums and not heads.exists():
        heads.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / HEADS, heads)
        heads.chmod(0o600)


def _uploads() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


def _sum(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
