"""A database that is held too long by others: told as "nothing was saved, try again", never as a fault of ours.

Whoever waits for a row gives up after ten seconds (``lock_timeout``, ``busy_timeout`` in the settings), so that a page
never hangs. What was asked is rolled back whole by then.
"""

from django.db.utils import OperationalError
from django.utils.translation import gettext_lazy

from governance.errors import DomainError

RETRY_AFTER = 2
"""Seconds after which a client may well ask again."""

_POSTGRESQL = frozenset({"55P03", "40P01", "40001"})
"""lock_not_available, deadlock_detected, serialization_failure."""
_SQLITE = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED; the other bits of a code say more closely why."""


class Busy(DomainError):
    """Others hold what this needs: 503, and worth another try."""

    status = 503
    code = "busy"


def as_busy(error: Exception) -> Busy | None:
    """The answer to an error of the database that says that others hold what was needed; None for any other."""
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if getattr(cause, "sqlstate", None) in _POSTGRESQL or getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE:
        return Busy(gettext_lazy("Many people write at this moment. Nothing of yours was saved: send it again."))
    return None
