"""Whole numbers that come from outside, bounded: one that is longer than any key never reaches the database."""

from django.urls.converters import IntConverter

LONGEST = 18
"""Digits: more are beyond any number that the database knows, and Python reads no more than a few thousand."""


class KeyConverter(IntConverter):
    """In paths as ``<key:pk>``: a longer number leads nowhere, as one that nothing bears."""

    regex = rf"[0-9]{{1,{LONGEST}}}"


def whole(text: str) -> int | None:
    """The number that a text says in digits; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None
