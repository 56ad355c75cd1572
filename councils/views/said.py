"""What is said after an agenda was changed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import matters
from councils.models import AgendaItem


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
