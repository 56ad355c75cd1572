"""Writing many rows of feedback at once: the same SQL on SQLite and PostgreSQL.

Django's ``bulk_create`` spends four fifths of an import on building its statements; here one statement is prepared
and run for each row. Plan and limit: ``bench/limits/import.sql``.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

TABLE = "actions_feedback"
# Who said it: never overwritten.
IDENTITY = ("source_id", "external_id", "first_import_id")
# What it says, and where it was put.
MOMENTS = ("received_at", "due_at", "closed_at")
CONTENT = (
    "theme_id",
    "department_id",
    "named_department_id",
    *MOMENTS,
    "topic",
    "text",
    "score",
    "score_low",
    "score_high",
    "channel",
    "giver",
    "consent",
    "language",
    "kind",
    "digest",
)
COLUMNS = (*IDENTITY, *CONTENT)
_FIRST_MOMENT, _PAST_MOMENTS = COLUMNS.index(MOMENTS[0]), COLUMNS.index(MOMENTS[-1]) + 1

_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_INSERT = f"INSERT INTO {TABLE} ({_NAMES}) VALUES ({_PLACES})"  # noqa: S608 - constants of this file
_NEW_CONTENT = ", ".join(f"{name} = excluded.{name}" for name in CONTENT)
_OVERWRITE = f"{_INSERT} ON CONFLICT (source_id, external_id) DO UPDATE SET {_NEW_CONTENT}"


def insert(rows: Sequence[Sequence[Any]]) -> None:
    """Write new rows, values in the order of ``COLUMNS``; raises ``IntegrityError`` for one that is there."""
    _run(_INSERT, rows)


def overwrite(rows: Sequence[Sequence[Any]]) -> None:
    """Replace the content of rows that are there, told by source and number."""
    _run(_OVERWRITE, rows)


def _run(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    adapt = connection.ops.adapt_datetimefield_value
    adapted = [
        (*row[:_FIRST_MOMENT], *map(adapt, row[_FIRST_MOMENT:_PAST_MOMENTS]), *row[_PAST_MOMENTS:]) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)
