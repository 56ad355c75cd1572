"""Saying where several actions stand at once: each row is a report of its own, and a refused one spoils no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from actions.models import ActionItem
from actions.services import items
from governance.errors import DomainError, Invalid
from governance.models import Person

MOST = 50
"""Rows that are said at once: what fits onto a page."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one action: the arguments of ``items.report``, ``version`` included."""

    reference: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: saved, or the problem and the field that it is about."""

    reference: str
    is_saved: bool
    field: str = ""
    problem: str = ""


def report(*, rows: Sequence[Row], by: Person, now: datetime) -> list[Outcome]:
    """Report each row as ``by`` would by itself: its own transaction, its own journal entry, its own refusal.

    Nothing but a report can be said here: what is done is said on its own page, beside its evidence. Raises
    :class:`Invalid` for more rows than a page holds, or one action twice.
    """
    if len(rows) > MOST:
        raise Invalid(_("At most %(n)d at once.") % {"n": MOST}, field="rows")
    named = [row.reference for row in rows]
    if len(set(named)) != len(named):
        raise Invalid(_("Each action once: the same one stands there twice."), field="rows")
    seen = {
        action.reference: action
        for action in ActionItem.objects.visible_to(by, now).filter(subject__reference__in=named)
    }
    return [_say(row, seen.get(row.reference), by, now) for row in rows]


def _say(row: Row, action: ActionItem | None, by: Person, now: datetime) -> Outcome:
    if action is None:
        return Outcome(row.reference, False, "action", _("There is nothing here, or nothing that you may see."))
    try:
        items.report(action=action, **row.said, by=by, now=now)
    except DomainError as error:
        return Outcome(row.reference, False, getattr(error, "field", "") or "", str(error))
    return Outcome(row.reference, True)
