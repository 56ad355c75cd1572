"""One sealer at a time."""

from django.db import connection

_CHAIN = 7_305_809_121_144_001
"""Of the advisory lock: any number that nobody else takes."""


def take() -> bool:
    """Whether this transaction alone may append to the chain, until it ends. Nobody waits: who comes second goes away.

    SQLite has one writer, and its transactions begin as writers (``IMMEDIATE``): being in one is enough there.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_CHAIN])
        return bool(cursor.fetchone()[0])
