"""Customers say it again: what was verified is looked at four weeks later, and reopened where it came back.

Nobody asks for it. The voices of the action's theme in each four weeks after its verification are held against those
before it was said to be done, by the pure judgement (``actions.effects.came_back``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from actions import effects
from actions.lifecycle import State
from actions.models import ActionState, Feedback, Finding, Health, Verification
from actions.services.footing import hand_on, lock, rules_of
from governance import events
from governance.models import DutyKind
from governance.services import journal

CAME_BACK = events.declare(
    "actions.item.came_back",
    says=gettext_lazy("{subject} came back: {after} voices in four weeks, {before} in the twelve weeks before it"),
)

BEFORE = 84
"""Days before it was said to be done that are compared: twelve weeks."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One verification with what was said before it and in the last whole four weeks after it."""

    action_id: int
    verification_id: int
    before: int
    after: int

    @property
    def came_back(self) -> bool:
        return effects.came_back(effects.rate(self.before, BEFORE), effects.rate(self.after, effects.LOOK))


def look(now: datetime) -> list[Looked]:
    """The verified actions whose four weeks are full, with their theme's voices. Six statements, however many.

    The weeks are counted from the verification, so that a look more often than once in four weeks sees the same; after
    six looks it is left: by then it is another matter.
    """
    found = []
    for number in range(1, effects.LOOKS + 1):
        ends = timedelta(days=number * effects.LOOK)
        due = Verification.objects.filter(
            finding=Finding.CONFIRMED,
            came_back_at=None,
            action__state=ActionState.VERIFIED,
            action__theme__isnull=False,
            action__done_at__isnull=False,
            action__verified_at=F("at"),
            at__lte=now - ends,
            at__gt=now - ends - timedelta(days=effects.LOOK),
        )
        voices = Feedback.objects.filter(theme=OuterRef("action__theme")).order_by().values("theme")
        after = voices.filter(
            received_at__gt=OuterRef("at") + (ends - timedelta(days=effects.LOOK)),
            received_at__lte=OuterRef("at") + ends,
        )
        before = voices.filter(
            received_at__gt=OuterRef("action__done_at") - timedelta(days=BEFORE),
            received_at__lte=OuterRef("action__done_at"),
        )
        found += [
            Looked(*row)
            for row in due.annotate(before=_count(before), after=_count(after))
            .filter(after__gte=effects.FEWEST)
            .order_by("pk")
            .values_list("action_id", "pk", "before", "after")
        ]
    return found


def _count(voices: object) -> Coalesce:
    counted = voices.annotate(total=Count("pk")).values("total")  # type: ignore[attr-defined]
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def bring_back(now: datetime) -> int:
    """Reopen each action that came back, in a transaction of its own. Returns how many were."""
    return sum(reopen(one, now) for one in look(now) if one.came_back)


@transaction.atomic
def reopen(found: Looked, now: datetime) -> bool:
    """The work goes on under the same seat, which owes a new date; the verification stays on record as undone.

    Once a verification: whoever looks at the same time finds it reopened.
    """
    action = lock(found.action_id)
    undone = Verification.objects.filter(pk=found.verification_id, came_back_at=None).update(
        came_back_at=now, came_back={"before": found.before, "after": found.after}
    )
    if not undone or action.state != State.VERIFIED:
        return False
    action.state, action.health, action.promised = State.IN_PROGRESS, Health.UNKNOWN, None
    action.keep("state", "health", "promised")
    _version, rules = rules_of(action.council, now)
    hand_on(action, DutyKind.SET_DATE, action.seat, now=now, outcome="came_back", within=rules.terms.set_date)
    journal.record(
        CAME_BACK, subject=action.subject, by=None, now=now, before=found.before, after=found.after,
        mentions=[("theme", action.theme_id)] if action.theme_id else [],
    )  # fmt: skip
    return True
