"""Where an action belongs: its origin, sponsor, step, goal, benefit, and the departments that help."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, ExpectedKind, Origin
from actions.queries import fit
from actions.services.footing import take
from actions.services.parts import set_departments
from governance import access, events
from governance.errors import Absent, Invalid
from governance.models import Department, ExecutiveSponsor, Goal, JourneyStep, Organisation, Person
from governance.money import MOST
from governance.services import journal

DESCRIBED = events.declare("actions.item.described", says=gettext_lazy("{by} changed where {subject} belongs"))


@dataclass(frozen=True, slots=True)
class Benefit:
    """What is expected: in minor units of one currency, or in words."""

    kind: str = ""
    low: int | None = None
    likely: int | None = None
    high: int | None = None
    currency: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is said of where an action belongs; what is left out is nothing."""

    origin: str = Origin.OWN
    sponsor: ExecutiveSponsor | None = None
    step: JourneyStep | None = None
    goal: Goal | None = None
    benefit: Benefit = Benefit()
    departments: Sequence[Department] = field(default_factory=tuple)
    fit_reason: str = ""


FIELDS = (
    "origin", "sponsor", "step", "goal", "benefit_kind", "benefit_low", "benefit_likely", "benefit_high",
    "benefit_currency", "benefit_words", "fit_reason",
)  # fmt: skip


@transaction.atomic
def describe(*, action: ActionItem, facts: Facts, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Say where an action belongs, all at once: its owner, the head, or its council's chair and secretary.

    A step that is another seat's needs a reason for keeping this one, and so does more money than its sponsor may
    grant. Raises :class:`Invalid` at the field.
    """
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    before = {name: getattr(action, name) for name in FIELDS}
    write(action, facts, by=by, now=now)
    set_departments(action, list(facts.departments), by=by, now=now)
    action.keep(*FIELDS)
    changed = sorted(name for name in FIELDS if getattr(action, name) != before[name])
    journal.record(DESCRIBED, subject=action.subject, by=by, now=now, changed=changed)
    return action


def write(action: ActionItem, facts: Facts, *, by: Person, now: datetime) -> None:
    """Judge the facts and put them onto a locked or new action; the caller saves it."""
    named = [one.pk for one in (facts.step, facts.goal) if one is not None]
    if facts.sponsor is not None:
        named.append(facts.sponsor.pk)
    named += [department.pk for department in facts.departments]
    if not set(named) <= access.visible_ids(by, named, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if facts.origin not in Origin.values:
        raise Invalid(_("Choose where it comes from."), field="origin")
    money = fit.money_of(action, sponsor=facts.sponsor or action.council.sponsor)
    refusal = fit.require_reason(action.seat, action.theme, facts.step, facts.fit_reason, by, now, money)
    if refusal:
        raise Invalid(refusal, field="fit_reason")
    benefit = _judged(facts.benefit)
    action.origin, action.sponsor, action.step, action.goal = facts.origin, facts.sponsor, facts.step, facts.goal
    action.fit_reason = facts.fit_reason.strip()[:300]
    action.benefit_kind, action.benefit_words = benefit.kind, benefit.words
    action.benefit_low, action.benefit_likely, action.benefit_high = benefit.low, benefit.likely, benefit.high
    action.benefit_currency = benefit.currency


def _judged(benefit: Benefit) -> Benefit:
    """The benefit as it is kept: one amount stands for all three, and what is not in money has none."""
    amounts = [benefit.low, benefit.likely, benefit.high]
    said = [amount for amount in amounts if amount is not None]
    words = benefit.words.strip()[:300]
    if benefit.kind and benefit.kind not in ExpectedKind.values:
        raise Invalid(_("Choose a kind of benefit."), field="benefit_kind")
    if not said:
        return Benefit(kind=benefit.kind, words=words)
    if benefit.kind in ("", ExpectedKind.NOT_MONEY):
        raise Invalid(_("Say which kind of money it is, or take the amounts out."), field="benefit_kind")
    if benefit.likely is None:
        raise Invalid(_("Say what is likely; the ends may be left out."), field="benefit_likely")
    low = benefit.low if benefit.low is not None else benefit.likely
    high = benefit.high if benefit.high is not None else benefit.likely
    if high > MOST:
        raise Invalid(_("An amount lies between nothing and ten billion."), field="benefit_high")
    if not 0 <= low <= benefit.likely <= high:
        raise Invalid(_("The likely benefit lies between the least and the most."), field="benefit_likely")
    currency = benefit.currency or Organisation.objects.values_list("currency", flat=True).get()
    return Benefit(benefit.kind, low, benefit.likely, high, currency, words)
