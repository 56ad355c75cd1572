"""What must be one statement on both engines: claims, and inserts of many rows. One function, two dialects."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection


def among(ids: Iterable[int]) -> tuple[str, Any]:
    """``(fragment, parameter)`` for "is one of these keys": one parameter, whatever their number."""
    keys = sorted(set(ids))
    if connection.vendor == "postgresql":
        return "= ANY(%s)", keys
    return "IN (SELECT value FROM json_each(%s))", json.dumps(keys)


def stamp(moment: datetime) -> Any:
    """A moment as this engine stores it."""
    return connection.ops.adapt_datetimefield_value(moment)


def moment(stored: Any) -> datetime:
    """A stored moment as an aware one: SQLite hands text back."""
    found: datetime = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
