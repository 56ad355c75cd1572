"""What is said after an agenda was changed."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import matters
from councils.models import AgendaItem, ItemState, Meeting


def minutes_of(agenda: Iterable[AgendaItem]) -> int:
    """How many minutes of a meeting are planned: what was taken off takes none."""
    return sum(item.allotted or 0 for item in agenda if item.state != ItemState.WITHDRAWN)


def too_long(meeting: Meeting, agenda: Iterable[AgendaItem]) -> str:
    """That a plan takes more minutes than its meeting has; empty where it does not."""
    planned = minutes_of(agenda)
    if planned <= meeting.lasts:
        return ""
    return _(
        "%(planned)d of %(lasts)d minutes are planned: more than the meeting has. "
        "Shorten items, decide some by consent, or set some back."
    ) % {"planned": planned, "lasts": meeting.lasts}


def points(number: int) -> str:
    """How many standing points were added."""
    if not number:
        return _("All the standing points stand there already.")
    return ngettext("%(n)d standing point was added.", "%(n)d standing points were added.", number) % {"n": number}


def set_back(item: AgendaItem) -> str:
    """What became of what was set back."""
    if matters.is_standing(item):
        return _("A standing point ends with its meeting: it is off this agenda, and the next one asks it anew.")
    return _("It waits in the backlog, and goes onto the meeting after.")
