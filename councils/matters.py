"""Matters: what may stand on an agenda, which outcomes it allows, and how a decision for one is carried out.

Declared here, filled by higher apps in ``ready()``. ``carry_out`` runs inside the settling transaction, under the
decision's mandate: bound to that decision's outcome and payload, and once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from councils import commissions
from councils.recusal import Concerned
from governance.errors import Conflict, Invalid
from governance.models import Person, Subject

if TYPE_CHECKING:
    from councils.models import AgendaItem, Decision

# Checks a payload before it is voted on and returns it cleaned; raises Invalid at the field.
Check = Callable[["AgendaItem", dict[str, Any]], dict[str, Any]]
# Carries a valid decision out and returns the subject that came of it.
CarryOut = Callable[["Decision", Person, datetime], "Subject | None"]
# Makes undone what a decision carried out a moment ago; raises Conflict where something was built upon it.
Reverse = Callable[["Decision", Person, datetime], None]


def nothing_to_reverse(_decision: "Decision", _by: Person, _now: datetime) -> None:
    """Of an outcome that changes nothing beyond what the decision itself made and allocated."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of an outcome's form. ``kind`` is text, long, date, money (minor units), hours, seat, choice or yes."""

    name: str
    label: str | Promise
    kind: str = "text"
    required: bool = False
    hint: str | Promise = ""
    choices: Sequence[tuple[str, str | Promise]] = ()
    needed: str | Promise = ""
    """When it is needed, where that depends on what else is filled in; its outcome's check judges it."""
    answers: bool = False
    """Of a seat: whether it answers for the work that comes of it, so that its people may have to stand aside."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way of settling a matter."""

    key: str
    label: str | Promise
    carry_out: CarryOut
    check: Check = lambda _item, payload: payload
    fields: Sequence[Field] = ()
    commits: Callable[[dict[str, Any]], int] = lambda _payload: 0
    """How many minor units the payload commits from the council's envelope."""
    commits_time: Callable[[dict[str, Any]], int] = lambda _payload: 0
    """How many minutes of person-time the payload commits."""
    refuses: "Callable[[AgendaItem, datetime], str]" = lambda _item, _now: ""
    """Why this way is closed for the very item, with what may be done instead; empty: it is open."""
    motion: "Callable[[AgendaItem], str] | None" = None
    """The sentence to begin with on an item that a rule put there, where label and title do not say enough."""
    takes_actions: bool = True
    """Whether a decision for it may commission actions beside it."""
    shares: "Callable[[Decision], Sequence[tuple[Subject, int]]] | None" = None
    """Where what it commits goes to several things: how many minor units to each, once it is carried out."""
    reverse: Reverse | None = None
    """How a slip is made undone within minutes; None: it cannot be, and another decision corrects it. What the decision
    created and allocated is taken back without it."""
    remember: "Callable[[Decision], dict[str, Any]]" = lambda _decision: {}
    """What ``reverse`` has to know of how things stood before, asked before it is carried out."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of agenda item."""

    key: str
    label: str | Promise
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    resolve: "Callable[[AgendaItem], dict[str, Outcome]] | None" = None
    """Where the outcomes depend on the very item (a referral delegates to what was referred), this says them."""
    about: str = ""
    """The kind of subject that it must be about; empty: any, or none."""
    overseer: "Callable[[Subject], int | None] | None" = None
    """The council that alone decides about the subject, where one does; others refer to it."""
    is_raised: bool = True
    """Whether people raise it; a referral comes of a decision alone."""
    stays: bool = False
    """Whether it ends by a decision or with its meeting alone: nobody withdraws or refers it."""
    failed: "Callable[[AgendaItem, Person, datetime], None] | None" = None
    """What a motion means that did not carry, where that is more than nothing."""
    concerns: Callable[[int], Concerned] = lambda _about_id: Concerned()
    """Whose own matter it is, by the key of what it is about: the charter may make them stand aside."""
    escalates: bool = False
    """Whether it is there because nobody moved in time, whoever brought it: a meeting settles it or says why not."""


MATTERS: dict[str, Matter] = {}


def declare(matter: Matter) -> Matter:
    if matter.key in MATTERS:
        raise ValueError(f"matter declared twice: {matter.key}")
    MATTERS[matter.key] = matter
    return matter


def outcomes_of(item: "AgendaItem") -> dict[str, Outcome]:
    """The outcomes that an item's matter allows, by key."""
    matter = MATTERS[item.matter]
    return matter.resolve(item) if matter.resolve is not None else matter.outcomes


def concerned_by(item: "AgendaItem") -> Concerned:
    """Whose own matter an item is; a referral is whose it was below."""
    known = MATTERS.get(str(item.proposal.get("matter", item.matter))) or MATTERS[item.matter]
    return known.concerns(item.about_id)


def seats_named(item: "AgendaItem", outcome: str, payload: dict[str, Any]) -> set[str]:
    """References of the seats to which a motion gives work: what its outcome names, and the actions beside it."""
    outcomes = outcomes_of(item)
    fields = outcomes[outcome].fields if outcome in outcomes else ()
    if "outcome" in item.proposal and (below := MATTERS.get(str(item.proposal.get("matter")))) is not None:
        # What was referred is decided as it was referred.
        known = below.resolve(item) if below.resolve is not None else below.outcomes
        referred = known.get(item.proposal["outcome"])
        fields, payload = referred.fields if referred is not None else (), item.proposal["payload"]
    named = [payload.get(field.name) for field in fields if field.answers]
    return {str(one) for one in [*named, *(action["seat"] for action in payload.get(commissions.KEY, ()))] if one}


ESCALATED = "escalated"
"""In an item's proposal: a ladder put it onto the agenda."""


STANDING = "standing"
"""In an item's proposal: a standing point, which ends with its meeting and is owed by nobody."""


def is_standing(item: "AgendaItem") -> bool:
    """Whether it is a standing point of its meeting: the next one asks it anew."""
    return bool(item.proposal.get(STANDING))


def is_escalated(item: "AgendaItem") -> bool:
    """Whether a meeting may not leave it lying: settled in one of its ways, or recorded as not decided."""
    return MATTERS[item.matter].escalates or bool(item.proposal.get(ESCALATED))


def endings(item: "AgendaItem", now: datetime) -> list[str]:
    """The ways in which an escalated item ends at a meeting, in words; not decided is the last."""
    return [*(str(outcome.label) for outcome in offered(item, now)), _("not decided")]


def offered(item: "AgendaItem", now: datetime) -> list[Outcome]:
    """The outcomes of an item but those that are closed for it."""
    return [outcome for outcome in outcomes_of(item).values() if not outcome.refuses(item, now)]


def outcome_of(item: "AgendaItem", key: str) -> Outcome:
    """The outcome of an item's matter; raises :class:`Invalid` for one that the matter does not allow."""
    outcomes = outcomes_of(item)
    if key not in outcomes:
        raise Invalid(
            _("“%(matter)s” can be settled by: %(outcomes)s.")
            % {
                "matter": MATTERS[item.matter].label,
                "outcomes": ", ".join(str(outcome.label) for outcome in outcomes.values()),
            },
            field="outcome",
        )
    return outcomes[key]


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of a decision: of its outcome, and of what it commissioned beside it, with how much goes to each."""

    result: "Subject | None"
    made: Sequence[tuple[Subject, int]] = ()
    before: dict[str, Any] = field(default_factory=dict)
    """How what it changed stood before."""


def carry_out(decision: "Decision", *, by: Person, now: datetime) -> Carried:
    """Carry a valid decision out, once. Raises :class:`Conflict` for one that is not valid or was carried out."""
    if decision.verdict != "valid" or decision.carried_out_at is not None:
        raise Conflict(_("Only a valid decision is carried out, and only once."))
    outcome = outcome_of(decision.item, decision.outcome)
    before = outcome.remember(decision)
    result = outcome.carry_out(decision, by, now)
    made = commissions.make(decision, by, now)
    decision.carried_out_at = now
    decision.result = result
    decision.save(update_fields=["carried_out_at", "result"])
    return Carried(result, made, before)
