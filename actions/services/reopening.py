"""What was closed is opened again, because it was not done after all, or came back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import State, Verb
from actions.models import ActionItem, Reopening
from actions.services.footing import hand_on, rules_of, take, words
from governance import events
from governance.models import DutyKind, Person
from governance.services import journal

REOPENED = events.declare("actions.item.reopened", says=gettext_lazy("{by} reopened {subject}: {text}"), by_people=True)


@transaction.atomic
def reopen(*, action: ActionItem, reason: str, by: Person, now: datetime, version: int | None = None) -> Reopening:
    """Open a verified or as-is closed action again: chair or secretary of its council, or whoever verified it.

    No promise holds then: its seat owes a date. Every promise that was given, and the verification, stay on record;
    the next one is another round. What was closed before anybody took it on is asked of its seat anew.
    """
    action = take(action, verb=Verb.REOPEN, by=by, now=now, version=version).action
    reason = words(reason, field="reason", missing=_("Say what came back, or what was missing; it stays on record."))
    made = Reopening.objects.create(action=action, reason=reason, was=action.state, by=by, at=now)
    _version, rules = rules_of(action.council, now)
    was_accepted = action.accepted_at is not None
    action.state = State.IN_PROGRESS if was_accepted else State.PROPOSED
    action.promised, action.verified_at = None, None
    action.keep("state", "promised", "verified_at")
    kind, within = (DutyKind.SET_DATE, rules.terms.set_date) if was_accepted else (DutyKind.ACCEPT, rules.terms.accept)
    hand_on(action, kind, action.seat, now=now, outcome="reopened", within=within)
    journal.record(
        REOPENED, subject=action.subject, by=by, now=now, text=reason, was=made.was, mentions=[("seat", action.seat_id)]
    )
    return made
