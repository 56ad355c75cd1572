"""What a digest tells of the views that its reader keeps: computed when it is sent, as that reader may see it then.

The statements grow with the number of views, of which one person keeps thirty at most, and with nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.models import Person, SavedView, ViewCadence
from governance.queries import saved_views
from governance.queries.saved_views import Line
from notifications.kinds import Kind
from notifications.models import Message

AGAIN = timedelta(hours=1)
"""When a view is looked at anew that could not be read or counted: what it has to tell is in the digest after that."""


@dataclass(frozen=True, slots=True)
class Told:
    """One view in a digest: how it stands for its reader, and what was told of it before that."""

    line: Line
    now: datetime
    zone: str

    @property
    def view(self) -> SavedView:
        return self.line.view

    @property
    def count(self) -> int | None:
        return self.line.count.value if self.line.count is not None else None

    @property
    def is_changed(self) -> bool:
        """Whether there is news: another count, or it can be shown no longer, or again."""
        if self.line.is_faulty:
            return False
        if self.line.is_gone or self.view.told_gone:
            return self.line.is_gone != self.view.told_gone
        return self.count != self.view.told_count

    def sentence(self) -> str:
        """How many, against what was told last; in the language that is active."""
        if self.line.is_gone:
            return _("It cannot be shown any more: what it was narrowed to is not there, or you may not see it.")
        if self.line.is_faulty:
            return _("It could not be counted this time. It is tried again.")
        if self.count is None:
            return ""
        if self.view.told_count is None or self.view.told_at is None:
            return self.line.says
        return _("%(count)s, %(against)s") % {"count": self.line.says, "against": self._against()}

    def _against(self) -> str:
        assert self.count is not None and self.view.told_count is not None  # noqa: S101, PT018 - asked before
        more, when = self.count - self.view.told_count, self._when()
        if not more:
            return _("as %(when)s") % {"when": when}
        if more > 0:
            return ngettext("%(n)d more than %(when)s", "%(n)d more than %(when)s", more) % {"n": more, "when": when}
        return ngettext("%(n)d fewer than %(when)s", "%(n)d fewer than %(when)s", -more) % {"n": -more, "when": when}

    def _when(self) -> str:
        assert self.view.told_at is not None  # noqa: S101 - asked before
        zone = ZoneInfo(self.zone)
        then, today = self.view.told_at.astimezone(zone).date(), self.now.astimezone(zone).date()
        ago = (today - then).days
        if ago <= 0:
            return _("earlier today")
        if ago < 7:
            return _("on %(weekday)s") % {"weekday": date_format(then, "l")}
        return _("on %(day)s") % {"day": date_format(then, "j F" if then.year == today.year else "j F Y")}


def of(views: Iterable[SavedView], reader: Person, now: datetime) -> list[Told]:
    """How each of these stands for its reader. One that cannot be read or counted says so, and stops no digest."""
    return [Told(saved_views.told(view, reader, now), now, reader.zone) for view in views]


def news(told: Iterable[Told]) -> list[Told]:
    """Those that are to be told of: weekly ones whose day it is, and daily ones where there is news.

    That one can be shown no longer is told once.
    """
    return [one for one in told if one.is_changed or (one.view.cadence == ViewCadence.WEEKLY and not one.line.is_gone)]


def of_messages(
    messages: Sequence[Message],
    readers: Mapping[int, int],
    people: Mapping[int, Person],
    mailed: Mapping[int, str],
    now: datetime,
) -> dict[int, tuple[Told, ...]]:
    """What each message of this kind tells its reader; nothing where its views were let go, or show nothing new.

    A mail that was begun is finished: it tells of its views whatever they count by now. No statement where no message
    is of views, otherwise one, and those of the counts.
    """
    asked = {message.pk: message for message in messages if message.kind == Kind.VIEWS and message.pk in readers}
    if not asked:
        return {}
    wanted = {key for message in asked.values() for key in message.facts.get("views", ())}
    kept = SavedView.objects.filter(pk__in=wanted).exclude(cadence=ViewCadence.NEVER).in_bulk()
    found = {}
    for pk, message in asked.items():
        reader = people.get(readers[pk])
        if reader is None:
            continue
        views = [
            kept[key] for key in message.facts.get("views", ()) if key in kept and kept[key].person_id == reader.pk
        ]
        told = of(sorted(views, key=lambda view: (view.name, view.pk)), reader, now)
        found[pk] = tuple(told if pk in mailed else news(told))
    return found
