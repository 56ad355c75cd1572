"""What every section of a pack needs: whom it is for, of which days, and how days and lists are written."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import ngettext

from actions.figures import Moment
from actions.queries.review import Standing
from actions.queries.scope import Scope
from governance.access import Together

WORST, MOST = 3, 100
"""Lines of a list on the summary, and in its part."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Whom a pack is for, what it is narrowed to, and of which days."""

    readers: Together
    scope: Scope
    since: date
    until: date
    zone: ZoneInfo
    at: Moment
    standing: Standing
    """Open work, counted once for all the sections that tell of it."""

    @property
    def now(self) -> datetime:
        return self.at.now

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.since, time.min, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.until + timedelta(days=1), time.min, tzinfo=self.zone)


def day(of: date | None) -> str:
    """A day in full, so that it says the same next year."""
    return date_format(of, "j M Y") if of is not None else ""


def list_url(path: str, **narrowed: str) -> str:
    """The address of a list, narrowed."""
    return f"{path}?{urlencode(narrowed)}"


def left_out(n: int) -> str:
    """How many lines are left out, in words; nothing for none."""
    return ngettext("%(n)d more.", "%(n)d more.", n) % {"n": n} if n else ""
