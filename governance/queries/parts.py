"""Long lists, read part by part."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

AT_ONCE = 500
"""Rows that are read together, whatever the length of the list."""


def in_parts(found: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows of a list, part by part, in the order in which they stood when it was asked for."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        there = found.in_bulk(part)
        yield [there[key] for key in part if key in there]
