"""The matter "measure": another KPI, window, target or share than what an action was accepted with.

The council decides about exactly what was proposed on the action's page, with what holds beside it; nothing is retyped.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import concerning
from actions.matters import overseer, text_of
from actions.models import ActionItem
from actions.services import measure_changes, outcomes
from actions.services.agenda_of import MEASURE
from actions.services.footing import lock
from councils.matters import Field, Matter, Outcome, declare, nothing_to_reverse
from councils.models import AgendaItem, Decision
from governance.models import Person, Subject, SubjectKind


def _about(item: AgendaItem) -> int:
    """What the matter is about; a referral is about what was referred."""
    while item.matter != MEASURE and item.referred_from is not None:
        item = item.referred_from.item
    return item.about_id


def check_change(item: AgendaItem, _payload: dict[str, Any]) -> dict[str, Any]:
    """What was proposed, judged anew: days pass, and others may have claimed the share. Nothing is retyped."""
    proposed = dict(item.proposal.get("payload", {}))
    aim = measure_changes.read(proposed)
    outcomes.checked(ActionItem.objects.select_related("seat__calendar").get(pk=_about(item)), aim, now=item.raised_at)
    return proposed


def change(decision: Decision, by: Person, now: datetime) -> Subject:
    """The next aim of the action, under the decision."""
    action, payload = lock(_about(decision.item)), decision.payload
    measure_changes.change(
        action, measure_changes.read(payload), reason=payload["why"], by=by, now=now, decision=decision
    )
    return action.subject


def check_keep(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reason": text_of(payload, "reason", _("Say why it stays; whoever proposed it reads it."))}


def keep(decision: Decision, _by: Person, _now: datetime) -> Subject:
    """What was fixed holds."""
    return lock(_about(decision.item)).subject


declare(
    Matter(
        MEASURE,
        gettext_lazy("What will show that it worked"),
        {
            "change": Outcome("change", gettext_lazy("change it as proposed"), change, check_change),
            "keep": Outcome(
                "keep",
                gettext_lazy("keep what was fixed"),
                keep,
                check_keep,
                (Field("reason", gettext_lazy("Why it stays"), "long", required=True),),
                reverse=nothing_to_reverse,
            ),
        },
        about=SubjectKind.ACTION,
        concerns=concerning.action,
        overseer=overseer,
    )
)
