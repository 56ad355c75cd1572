"""How long each kind of personal data is kept: declared beside what forgets it, changed by RETENTION_DAYS.

The journal, decisions, promises and who held which seat are kept as long as the organisation: Keep is for them. What
is listed here is forgotten by the clock, once a day, by the sweep.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models


@dataclass(frozen=True, slots=True)
class Term:
    """``due`` finds rows whose time ran out before a moment; they are deleted, or with ``blank`` lose these fields."""

    name: str
    says: Any
    days: int
    due: Callable[[datetime], "models.QuerySet[Any]"]
    blank: dict[str, Any] = field(default_factory=dict)

    @property
    def kept_days(self) -> int:
        """How long it is kept here; 0 is for ever."""
        return int(settings.RETENTION_DAYS.get(self.name, self.days))

    def rows(self, now: datetime) -> "models.QuerySet[Any] | None":
        """What is to be forgotten by ``now``; None where it is kept for ever."""
        return self.due(now - timedelta(days=self.kept_days)) if self.kept_days > 0 else None


TERMS: dict[str, Term] = {}


def declare(
    name: str,
    *,
    says: Any,
    days: int,
    due: Callable[[datetime], "models.QuerySet[Any]"],
    blank: dict[str, Any] | None = None,
) -> Term:
    """Declare how long a kind of data is kept. Declaring one twice is a mistake and raises."""
    if name in TERMS:
        raise ValueError(f"term declared twice: {name}")
    TERMS[name] = Term(name, says, days, due, blank or {})
    return TERMS[name]


def forget(now: datetime) -> dict[str, int]:
    """Forget what has had its time. Returns how many rows of each kind."""
    done = {}
    for name, term in TERMS.items():
        rows = term.rows(now)
        if rows is not None:
            done[name] = rows.update(**term.blank) if term.blank else rows.delete()[0]
    return done
