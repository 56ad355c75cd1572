"""What was built upon a decision since it was recorded: asked of the journal, which every service writes.

A decision keeps how far the journal had come when it was carried out. Whatever the journal tells later of a thing that
the decision made or changed has used it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from councils.models import Decision
from governance.errors import Conflict
from governance.models import JournalEntry

LIFE = timedelta(minutes=10)
"""For so long whoever recorded a decision takes it back."""
OUTCOME = "taken_back"
"""As what a duty is closed that came of a decision which was taken back."""
_ENTRY = "entry"
STOOD_ON = "meeting"
"""In what a decision remembers: the meeting from whose agenda a chair took its item to decide it alone."""
OWED = "settle"
"""In what a decision remembers: the duty by which its item was owed."""


def marked() -> dict[str, Any]:
    """How far the journal has come."""
    return {_ENTRY: JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0}


def is_used(decision: Decision, subject_ids: Iterable[int]) -> bool:
    """Whether something happened to one of these things since the decision was carried out."""
    keys = list(subject_ids)
    if _ENTRY not in decision.before:
        return True  # it was recorded before anything was remembered
    later = JournalEntry.objects.filter(pk__gt=decision.before[_ENTRY])
    return bool(later.filter(Q(subject_id__in=keys) | Q(mentions__subject_id__in=keys)).exists())


def require_unused(decision: Decision, subject_ids: Iterable[int]) -> None:
    """Raises :class:`Conflict` where something was built upon what the decision made or changed."""
    if is_used(decision, subject_ids):
        raise used()


def used() -> Conflict:
    return Conflict(
        _("Something was built upon this decision meanwhile, so it stays. Correct it with another decision."),
        code_name="decision_used",
    )


def not_clean(why: str) -> Conflict:
    """What it carried out cannot be made undone as if it had not been."""
    return Conflict(
        _("%(why)s So it is not taken back: correct it with another decision.") % {"why": why},
        code_name="decision_not_reversible",
    )
