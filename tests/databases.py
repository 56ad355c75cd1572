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


def sequences() -> dict[str, int | None]:
    """PostgreSQL's counters and the last number that each gave out; SQLite's go back with the rows, so none."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'")
        return dict(cursor.fetchall())


def set_sequences(last: dict[str, int | None]) -> None:
    """Let the counters go on after these numbers."""
    if last:
        names = list(last)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(name::regclass, COALESCE(number, 1), number IS NOT NULL)"
                " FROM unnest(%s::text[], %s::bigint[]) AS wanted (name, number)",
                [names, [last[name] for name in names]],
            )
