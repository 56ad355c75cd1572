"""A slip of the hand, taken back by whoever made it: within ten minutes, while nothing else used it.

The row stays, marked; the journal keeps what was said and that it was taken back. Later only another entry corrects it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import RUNNING, State
from actions.models import ActionItem, Evidence, Update
from actions.services.footing import lock
from governance import events
from governance.errors import Absent, Conflict, Refused
from governance.models import Person
from governance.services import journal

UPDATE_BACK = events.declare(
    "actions.update.taken_back", says=gettext_lazy("{by} took back what they had reported on {subject}"),
    by_people=True,
)  # fmt: skip
EVIDENCE_BACK = events.declare(
    "actions.evidence.taken_back", says=gettext_lazy("{by} took back evidence of {subject}"), by_people=True
)

LIFE = timedelta(minutes=10)


def standing_before(action: ActionItem) -> dict[str, Any]:
    """How an action stands, as an update keeps it, so that a slip can be taken back."""
    return {
        "state": action.state,
        "health": action.health,
        "progress": action.progress,
        "confidence": action.confidence,
        "last_update_at": action.last_update_at.isoformat() if action.last_update_at else None,
    }


def is_fresh(made: Any, by: Person, now: datetime) -> bool:
    """Whether ``by`` may still take it back, as far as author and time go."""
    return made.by_id == by.pk and made.taken_back_at is None and now - made.at <= LIFE


@transaction.atomic
def take_back_update(*, update: Update, by: Person, now: datetime) -> Update:
    """Take a report back: the action stands as it stood before. Raises :class:`Conflict` once it was built upon."""
    action = _locked(update.action_id, by, now)
    update = Update.objects.select_for_update().get(pk=update.pk)
    require_fresh(update, by, now)
    newer = Update.objects.filter(action=action, pk__gt=update.pk, taken_back_at=None).exists()
    # Said to be done since, sent back or reopened within the same minutes: somebody looked at what it says.
    looked_at = action.done_at is not None and action.done_at >= update.at
    if newer or looked_at or action.state != State.IN_PROGRESS or not update.before:
        raise _used()
    update.taken_back_at = now
    update.save(update_fields=["taken_back_at"])
    before = update.before
    at = before["last_update_at"]
    action.state, action.health, action.progress = before["state"], before["health"], before["progress"]
    action.confidence, action.last_update_at = before["confidence"], parse_datetime(at) if at else None
    action.keep("state", "health", "progress", "confidence", "last_update_at")
    journal.record(UPDATE_BACK, subject=action.subject, by=by, now=now, update=update.pk)
    return update


@transaction.atomic
def take_back_evidence(*, evidence: Evidence, by: Person, now: datetime) -> Evidence:
    """Take evidence back before the work was said to be done with it; a file is no longer given out."""
    action = _locked(evidence.action_id, by, now)
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    require_fresh(evidence, by, now)
    if action.state not in RUNNING or (action.done_at is not None and action.done_at >= evidence.at):
        raise _used()
    evidence.taken_back_at = now
    evidence.save(update_fields=["taken_back_at"])
    action.keep()
    journal.record(EVIDENCE_BACK, subject=action.subject, by=by, now=now, evidence=evidence.pk)
    return evidence


def _locked(pk: int, by: Person, now: datetime) -> ActionItem:
    if not ActionItem.objects.visible_to(by, now).filter(pk=pk).exists():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return lock(pk)


def require_fresh(made: Any, by: Person, now: datetime) -> None:
    """Pass its author within ten minutes, once."""
    if made.by_id != by.pk:
        raise Refused(_("Only %(who)s takes this back. Say what holds in another entry.") % {"who": made.by})
    if made.taken_back_at is not None:
        raise Conflict(_("This was taken back already."))
    if now - made.at > LIFE:
        raise Conflict(_("Ten minutes have passed, so it stays on record. Correct it with another entry."))


def _used() -> Conflict:
    return Conflict(_("Something was built upon this meanwhile, so it stays. Correct it with another entry."))
