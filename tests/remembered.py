"""Towns are founded once a process; afterwards their rows are put back as they were.

Founding a town through the services takes half a second, and a thousand tests begin in the same one. What a builder
adds to the ground it stands on is read once, row by row, and put into the tables of the next test as it is: the same
keys, past no trigger and no constraint. PostgreSQL does not give back the numbers of rows that were rolled back, so its
counters are put back as well: what is built next gets the keys that it got the first time. Whoever starts from another
ground, or outside of a transaction that is rolled back, founds the town anew (``ground``).
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tests.databases import sequences, set_sequences

_LEFT_ALONE = ("django_", "sqlite_")
"""Tables that no builder touches."""

_GROUND = (
    ("governance_subject", "id"), ("governance_journalentry", "id"), ("governance_duty", "id"),
    ("governance_tenure", "id"), ("governance_person", "id"), ("councils_membership", "seat_id"),
    ("auth_permission", "id"),
)  # fmt: skip

Rows = dict[Any, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    key: int
    """Where the primary key stands among the columns."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one builder adds and changes, and what its object knows."""

    ground: tuple[Any, ...]
    added: list[tuple[Table, Any]]
    changed: list[tuple[Table, list[tuple[Any, ...]]]]
    counters: dict[str, int | None]
    known: bytes


_kept: dict[Any, list[Kept]] = {}
_GROUNDS = 6
"""From so many grounds at most one builder is remembered: to watch it costs more than to let it build."""


def built(what: Any, key: Any, build: Callable[[], None], *, but: tuple[str, ...] = ()) -> None:
    """Fill ``what`` by ``build``, or with what it was filled with before, rows included; not its attributes ``but``."""
    if not connection.in_atomic_block:
        build()
        return
    ground, known = _ground(), _kept.setdefault(key, [])
    kept = next((one for one in known if one.ground == ground), None)
    if kept is not None:
        _put_back(kept)
        vars(what).update(pickle.loads(kept.known))
    elif len(known) < _GROUNDS:
        known.append(_watched(what, ground, build, but))
    else:
        build()


def _ground() -> tuple[Any, ...]:
    """Where a builder starts from: the last key of each table that every service writes to, the rules in force, and all
    that was done so far."""
    parts = ", ".join(f"(SELECT MAX({key}) FROM {name})" for name, key in _GROUND)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}, (SELECT COUNT(*) FROM governance_subject)")
        found = list(cursor.fetchone())
        cursor.execute("SELECT id, state, rules FROM governance_charterversion ORDER BY id")
        found += [str(row) for row in cursor.fetchall()]
        cursor.execute("SELECT event, subject_id, facts FROM governance_journalentry ORDER BY id")
        found += [str(row) for row in cursor.fetchall()]
    return tuple(found)


def _watched(what: Any, ground: tuple[Any, ...], build: Callable[[], None], but: tuple[str, ...]) -> Kept:
    before = _everything()
    build()
    added, changed = [], []
    for table, rows in _everything().items():
        known = before[table]
        new = [row for key, row in rows.items() if key not in known]
        if new:
            added.append((table, _as_sent(table, new)))
        other = [row for key, row in rows.items() if key in known and known[key] != row]
        if other:
            changed.append((table, other))
        assert not known.keys() - rows.keys(), f"{table.name}: a builder only adds"
    told = pickle.dumps({name: value for name, value in vars(what).items() if name not in but})
    return Kept(ground, added, changed, sequences(), told)


def _everything() -> dict[Table, Rows]:
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name.startswith(_LEFT_ALONE):
                continue
            key = connection.introspection.get_primary_key_column(cursor, name)
            cursor.execute(f'SELECT * FROM "{name}"')
            columns = tuple(column[0] for column in cursor.description)
            table = Table(name, columns, columns.index(key))
            found[table] = {row[table.key]: tuple(row) for row in cursor.fetchall()}
    return found


def _as_sent(table: Table, rows: list[tuple[Any, ...]]) -> Any:
    """The rows as the engine takes them fastest: PostgreSQL's own copy, tuples for SQLite."""
    if connection.vendor != "postgresql":
        return [tuple(_written(value) for value in row) for row in rows]
    chosen = ", ".join("'" + str(row[table.key]).replace("'", "''") + "'" for row in rows)
    columns = ", ".join(f'"{name}"' for name in table.columns)
    wanted = f'SELECT {columns} FROM "{table.name}" WHERE "{table.columns[table.key]}" IN ({chosen})'
    with connection.cursor() as cursor, cursor.copy(f"COPY ({wanted}) TO STDOUT") as out:
        return b"".join(bytes(part) for part in out)


def _written(value: Any) -> Any:
    """As SQLite's adapters would write it, once for all: a day, or a moment."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _put_back(kept: Kept) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in kept.added:
            columns = ", ".join(f'"{name}"' for name in table.columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as into:
                    into.write(rows)
            else:
                places = ", ".join("?" * len(table.columns))
                # Past Django's own cursor, which would look for its %s in every row.
                cursor.connection.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', rows)
        for table, rows in kept.changed:
            setting = ", ".join(f'"{name}" = %s' for name in table.columns)
            where = f'"{table.columns[table.key]}" = %s'
            cursor.executemany(
                f'UPDATE "{table.name}" SET {setting} WHERE {where}', [(*row, row[table.key]) for row in rows]
            )
    set_sequences(kept.counters)
