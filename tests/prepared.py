"""A migrated, empty SQLite file is kept in ``.data``, and copied instead of migrating anew.

Sixty migrations render every model's history and take half a minute, and each run of the tests begins with them. The
copy is as good as its source, so it is known by what made it: migrations, models, triggers, settings and Django itself.
Whatever of these changes makes another copy. PostgreSQL is migrated every time.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.core.management.commands import migrate
from django.db import connection

ROOT = Path(__file__).parents[1]
_MADE_BY = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/sql/*.py",
    "*/apps.py",
    "*/access.py",
    "config/settings.py",
    "requirements-dev.lock",
)


def _mark() -> str:
    """What the copy depends on, as a name."""
    read = hashlib.sha256(django.get_version().encode())
    for path in sorted(path for pattern in _MADE_BY for path in ROOT.glob(pattern)):
        read.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return read.hexdigest()[:16]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: the first makes the copy, the others wait for it."""
    with (folder / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrated(self: migrate.Command, handle: Any, *args: Any, **options: Any) -> Any:
    """Fill the empty test database from the copy; make the copy where there is none."""
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        return handle(self, *args, **options)
    folder = ROOT / ".data" / "prepared"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / f"prepared-{_mark()}.sqlite3"
    with _alone(folder):
        if not kept.is_file():
            result = handle(self, *args, **options)
            for old in folder.glob("prepared-*.sqlite3"):
                old.unlink()
            _copy(connection.connection, kept)
            return result
        with sqlite3.connect(kept) as source:
            source.backup(connection.connection)
    return None


def _copy(source: sqlite3.Connection, path: Path) -> None:
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with sqlite3.connect(half) as target:
        source.backup(target)
    half.rename(path)
