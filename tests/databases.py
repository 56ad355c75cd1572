"""Databases of a test's own, on the engine that the tests run on, for processes of a test's own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of an empty database on the engine that the tests run on."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / 'old.sqlite3'}"
        return
    name = f"keep_upgrade_{uuid.uuid4().hex[:12]}"
    given = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        host = f"{given['HOST']}:{given['PORT'] or 5432}"
        yield f"postgres://{given['USER']}{password}@{host}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
