"""What an item would be decided as when nobody objects: what was proposed for it, or that it is noted. Pure of writing.

A list of such items is settled in one go; anything that needs words of its own is settled by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from councils import matters, referrals
from councils.models import AgendaItem


@dataclass(frozen=True, slots=True)
class Proposal:
    """The outcome of an item, its motion and its payload, as they would be decided without another word."""

    outcome: matters.Outcome
    motion: str
    payload: dict[str, Any]


def proposal_of(item: AgendaItem, now: datetime | None) -> Proposal | None:
    """What nobody would object to; None where nobody proposed anything yet, or what was proposed is closed ``now``.

    Without a moment it is not asked what is closed by now: a list of items is shown so.
    """
    if referrals.is_for_the_sponsor(item):
        return None
    outcomes = matters.offered(item, now) if now is not None else matters.outcomes_of(item).values()
    offered = {outcome.key: outcome for outcome in outcomes}
    outcome = next((offered[key] for key in _wanted(item) if key in offered), None)
    if outcome is None:
        return None
    return Proposal(outcome, _motion(item, outcome), _payload(item, outcome))


def _wanted(item: AgendaItem) -> list[str]:
    """The outcomes that may be meant, the first that is open: what was referred, what was proposed, else to note it."""
    if item.matter == referrals.REFERRAL:
        return [referrals.APPROVE]
    if item.proposal.get("outcome"):
        return [str(item.proposal["outcome"])]
    sole = list(matters.outcomes_of(item))
    return sole if len(sole) == 1 and not matters.outcomes_of(item)[sole[0]].fields else [referrals.NOTE]


def _payload(item: AgendaItem, outcome: matters.Outcome) -> dict[str, Any]:
    if item.matter == referrals.REFERRAL:
        return {}
    if item.proposal.get("outcome") != outcome.key:
        return {"note": item.ask or item.title} if outcome.key == referrals.NOTE else {}
    if "payload" in item.proposal:
        return dict(item.proposal["payload"])
    # A date that was asked for stands beside its outcome.
    return {field.name: item.proposal[field.name] for field in outcome.fields if field.name in item.proposal}


def _motion(item: AgendaItem, outcome: matters.Outcome) -> str:
    if item.proposal.get("motion"):
        return str(item.proposal["motion"])
    if outcome.motion is not None and (said := outcome.motion(item)):
        return said
    if outcome.key == referrals.NOTE:
        return item.title
    return f"{str(outcome.label).capitalize()}: {item.title}"
