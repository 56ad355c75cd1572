"""How long each kind of personal data is kept: declared beside what forgets it, changed by RETENTION_DAYS.

The journal, decisions, promises and who held which seat are kept as long as the organisation: Keep is for them, and
whoever left long ago stands in them under a number (``services/leavers.py``). What is listed here is forgotten by the
clock, once a day, by the sweep.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Term:
    """``due`` finds rows whose time ran out before a moment; they are deleted, or with ``blank`` lose these fields.

    Where neither is enough, ``does`` takes the rows and the present moment and returns how many it dealt with; ``ends``
    then says what becomes of them.
    """

    name: str
    says: Any
    days: int
    due: Callable[[datetime], "models.QuerySet[Any]"]
    blank: dict[str, Any] = field(default_factory=dict)
    does: "Callable[[models.QuerySet[Any], datetime], int] | None" = None
    ends: Any = ""

    @property
    def kept_days(self) -> int:
        """How long it is kept here; 0 is for ever."""
        return int(settings.RETENTION_DAYS.get(self.name, self.days))

    @property
    def label(self) -> str:
        """The model of which it forgets something, as in ``personal.HOLDS``. Asks the database nothing."""
        return str(self.due(datetime.now(UTC)).model._meta.label_lower)

    @property
    def says_how(self) -> str:
        """What becomes of it: "deleted", "emptied (giver)"."""
        if self.ends:
            return str(self.ends)
        if self.blank:
            fields = ", ".join(name.replace("_", " ") for name in self.blank)
            return _("emptied (%(fields)s)") % {"fields": fields}
        return _("deleted")

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
    does: "Callable[[models.QuerySet[Any], datetime], int] | None" = None,
    ends: Any = "",
) -> Term:
    """Declare how long a kind of data is kept. Declaring one twice is a mistake and raises."""
    if name in TERMS:
        raise ValueError(f"term declared twice: {name}")
    TERMS[name] = Term(name, says, days, due, blank or {}, does, ends)
    return TERMS[name]


def forget(now: datetime) -> dict[str, int]:
    """Forget what has had its time. Returns how many rows of each kind."""
    done = {}
    for name, term in TERMS.items():
        rows = term.rows(now)
        if rows is None:
            continue
        if term.does is not None:
            done[name] = term.does(rows, now)
        else:
            done[name] = rows.update(**term.blank) if term.blank else rows.delete()[0]
    return done
