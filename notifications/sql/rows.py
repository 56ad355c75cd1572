"""Inserting many rows in one statement. Django's ``bulk_create`` splits by the number of parameters on SQLite."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from notifications import sql


def insert(made: Sequence[models.Model]) -> list[int]:
    """Insert these unsaved rows of one model, skipping those that a unique constraint knows. Returns the new keys.

    The order of the keys says nothing. The instances are not changed.
    """
    if not made:
        return []
    meta = made[0]._meta
    fields = [field for field in meta.concrete_fields if not (field.primary_key and field.remote_field is None)]
    payload = json.dumps([[_plain(field, row) for field in fields] for row in made])
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    if connection.vendor == "postgresql":
        cells = ", ".join(f"(given.value->>{place})::{_cast(field)}" for place, field in enumerate(fields))
        source = "jsonb_array_elements(%s::jsonb) AS given(value)"
    else:
        cells = ", ".join(f"json_extract(given.value, '$[{place}]')" for place, _field in enumerate(fields))
        source = "json_each(%s) AS given"
    pk = meta.pk
    assert pk is not None  # noqa: S101 - a model has a primary key
    rows = sql.fetch(
        f"INSERT INTO {quote(meta.db_table)} ({columns}) SELECT {cells} FROM {source} WHERE TRUE"  # noqa: S608
        f" ON CONFLICT DO NOTHING RETURNING {quote(str(pk.column))}",
        [payload],
    )
    return [int(row[0]) for row in rows]


def insert_selected(model: type[models.Model], given: dict[str, str], source: str, parameters: list[Any]) -> int:
    """Insert a row of ``model`` for each that ``source`` (FROM and what follows) finds; returns how many are new.

    ``given`` names for fields the SQL of their value; every other field has the model's own default.
    """
    blank, quote = model(), connection.ops.quote_name
    columns, values, defaults = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key and field.remote_field is None:
            continue
        columns.append(quote(str(field.column)))
        if field.name in given:
            values.append(given[field.name])
            continue
        values.append(f"%s::{_cast(field)}" if connection.vendor == "postgresql" else "%s")
        defaults.append(_plain(field, blank))
    meta = model._meta
    assert meta.pk is not None  # noqa: S101 - a model has a primary key
    found = sql.fetch(
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) SELECT {', '.join(values)} {source}"
        f" ON CONFLICT DO NOTHING RETURNING {quote(str(meta.pk.column))}",
        [*defaults, *parameters],
    )
    return len(found)


_AS_IT_IS = (bool, int, str)


def _plain(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    value = field.pre_save(row, add=True)
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, datetime):
        return str(sql.stamp(value))
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{field.name}: {type(value).__name__} has no plain form here")


def _cast(field: "models.Field[Any, Any]") -> str:
    return field.rel_db_type(connection) or "text" if field.remote_field else field.db_type(connection) or "text"
