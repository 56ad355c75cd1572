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


def take_stock() -> None:
    """Let the planner know how many rows there are, as a living database does by itself.

    Tests stand in one open transaction. PostgreSQL's own statistics see only the dead rows of the tests before it,
    plan for empty tables, and a join of a dozen of them then takes minutes. The tables are named, because a bare
    ``ANALYZE`` takes those that all databases of a server share too, and two tests side by side then wait for each
    other until one is rolled back.
    """
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
