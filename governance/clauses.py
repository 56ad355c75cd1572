"""The rule vocabulary of charters: frozen typed clauses, each with its sentence, its form and a default.

Pure: no ORM, no clock. A charter version stores ``Rules.to_json()``; whoever enforces a clause says so with
``enforces``, and only enforced clauses are offered in an editor.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.errors import Invalid
from governance.money import MOST, format_minor

# Who a rung asks: the owner, the owner's department head, the overseeing council's sponsor, the council itself.
OWNER, WARNING, HEAD, SPONSOR, COUNCIL = "owner", "warning", "head", "sponsor", "council"
TARGETS: dict[str, str | Promise] = {
    OWNER: gettext_lazy("whoever owes it is reminded"),
    WARNING: gettext_lazy("whoever owes it is warned"),
    HEAD: gettext_lazy("the department head is asked for help"),
    SPONSOR: gettext_lazy("the sponsor is asked for help"),
    COUNCIL: gettext_lazy("it goes onto the council's agenda"),
}


# What a ladder climbs for, by kind of duty.
ON: dict[str, str | Promise] = {
    "keep": gettext_lazy("A promise not kept"),
    "accept": gettext_lazy("A proposal not answered"),
    "set_date": gettext_lazy("No date set"),
    "verify": gettext_lazy("Work not verified"),
    "answer": gettext_lazy("Voices not answered"),
    "settle": gettext_lazy("A matter not settled"),
    "reassign": gettext_lazy("No other owner found"),
    "close_meeting": gettext_lazy("A meeting not closed"),
    "fill": gettext_lazy("A seat left vacant"),
    "hand_over": gettext_lazy("A leaver's work not handed over"),
    "take_over": gettext_lazy("Dates taken over and not accepted"),
    "respond": gettext_lazy("An escalation not answered"),
    "check_in": gettext_lazy("A check-in missed"),
    "attend": gettext_lazy("A meeting not attended"),
    "endorse": gettext_lazy("A champion not endorsed"),
    "join": gettext_lazy("A champion's seat not accepted"),
    "renew": gettext_lazy("A term not renewed"),
    "acknowledge": gettext_lazy("Rules and roster not acknowledged"),
    "ratify": gettext_lazy("A charter not ratified"),
    "review": gettext_lazy("A charter not reviewed"),
    "unstick": gettext_lazy("A charter that can get stuck"),
}


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many voting seats must be taken for a decision to count."""

    minimum: int = 3
    chair_required: bool = True

    def sentence(self) -> str:
        seats = ngettext("at least %(n)d voting seat is", "at least %(n)d voting seats are", self.minimum) % {
            "n": self.minimum
        }
        if self.chair_required:
            return _("A decision counts when %(seats)s taken, the chair's among them.") % {"seats": seats}
        return _("A decision counts when %(seats)s taken.") % {"seats": seats}


@dataclass(frozen=True, slots=True)
class Voting:
    """What share of the votes carries a motion. ``of`` is the denominator: votes cast for or against, or all seats."""

    threshold: str = "majority"
    of: str = "cast"

    def sentence(self) -> str:
        share = _("more than half") if self.threshold == "majority" else _("at least two thirds")
        whole = _("the votes cast") if self.of == "cast" else _("all voting seats")
        return _("A motion carries with %(share)s of %(whole)s; a tie does not carry.") % {
            "share": share,
            "whole": whole,
        }


@dataclass(frozen=True, slots=True)
class DecisionRight:
    """How much one decision may commit, in minor units; above it the matter goes to the parent body."""

    per_decision: int = 0
    currency: str = "EUR"

    def sentence(self) -> str:
        return _("The council may commit up to %(amount)s by one decision; above that it refers the matter upward.") % {
            "amount": format_minor(self.per_decision, self.currency)
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: ``days`` working days after the due day (before it when negative), somebody is spoken to."""

    on: str
    days: int
    to: str

    def sentence(self) -> str:
        when = (
            _("on the due day")
            if self.days == 0
            else ngettext("%(n)d working day before the due day", "%(n)d working days before the due day", -self.days)
            % {"n": -self.days}
            if self.days < 0
            else ngettext("%(n)d working day after the due day", "%(n)d working days after the due day", self.days)
            % {"n": self.days}
        )
        return f"{when}: {TARGETS[self.to]}"

    def in_short(self) -> str:
        """As :meth:`sentence`, where the unit was said already."""
        if self.days == 0:
            return _("%(whom)s that day") % {"whom": TARGETS[self.to]}
        when = _("%(whom)s %(n)d before") if self.days < 0 else _("%(whom)s %(n)d after")
        return when % {"whom": TARGETS[self.to], "n": abs(self.days)}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps by which silence climbs, for every kind of duty that has one."""

    steps: tuple[Step, ...] = ()

    def sentence(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """What is counted, then a line for each climb; duties that climb alike share one."""
        climbs: dict[str, list[str]] = {}
        for kind in dict.fromkeys(step.on for step in self.steps):
            steps = ", ".join(step.in_short() for step in self.steps if step.on == kind)
            climbs.setdefault(steps, []).append(str(ON.get(kind, kind)))
        told = [f"{' / '.join(kinds)}: {steps}." for steps, kinds in climbs.items()]
        return (
            [_("In working days from the day on which it was due."), *told]
            if told
            else [_("Nobody else is asked for help.")]
        )

    def rungs(self, duty_kind: str) -> list[tuple[int, int, str]]:
        """``(position, days, target)`` from 1 in the order in which they fall.

        Before each rung that falls after the due day its owner is warned, one working day ahead (DESIGN.md, point 9).
        """
        falls: list[tuple[int, int, str]] = []
        for step in self.steps:
            if step.on != duty_kind:
                continue
            falls.append((step.days, 1, step.to))
            if step.days > 0:
                falls.append((step.days - 1, 0, WARNING))
        return [(place, days, to) for place, (days, _order, to) in enumerate(sorted(falls), start=1)]


@dataclass(frozen=True, slots=True)
class Verifying:
    """Who verifies: a role, tried in this order until one is found who had no part in the work."""

    verifier: str = "secretary"

    def sentence(self) -> str:
        return _("%(role)s verifies what is said to be done, and never their own work.") % {
            "role": VERIFIERS[self.verifier]
        }


VERIFIERS: dict[str, str | Promise] = {
    "secretary": gettext_lazy("The council's secretary"),
    "chair": gettext_lazy("The council's chair"),
    "champion": gettext_lazy("The champion of the department that was heard"),
    "cx_lead": gettext_lazy("The CX lead"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The working days within which something is owed."""

    accept: int = 3
    answer: int = 10
    set_date: int = 5
    verify: int = 5
    settle: int = 10

    def sentence(self) -> str:
        return _(
            "Within working days: accept or decline %(accept)d, answer what was heard %(answer)d, "
            "promise a date %(set_date)d, verify %(verify)d, settle what stands on the agenda %(settle)d."
        ) % asdict(self)


def _usual_ladder() -> Ladder:
    steps = [Step("keep", -2, OWNER), Step("keep", 2, HEAD), Step("keep", 5, SPONSOR), Step("keep", 8, COUNCIL)]
    for kind in ("accept", "set_date", "answer", "verify"):
        steps += [Step(kind, 0, OWNER), Step(kind, 2, HEAD), Step(kind, 5, SPONSOR)]
    for kind in ("settle", "reassign", "close_meeting"):
        steps += [Step(kind, 0, OWNER), Step(kind, 5, SPONSOR)]
    return Ladder(tuple(steps))


@dataclass(frozen=True, slots=True)
class Rules:
    """All clauses of one charter version."""

    quorum: Quorum = field(default_factory=Quorum)
    voting: Voting = field(default_factory=Voting)
    right: DecisionRight = field(default_factory=DecisionRight)
    ladder: Ladder = field(default_factory=_usual_ladder)
    verifying: Verifying = field(default_factory=Verifying)
    terms: Terms = field(default_factory=Terms)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Rules":
        """Read stored clauses; raises :class:`Invalid` naming the clause that does not fit."""
        if not isinstance(stored, dict):
            raise Invalid(_("Rules are made of clauses: %(names)s.") % {"names": ", ".join(CLAUSES)}, field="rules")
        rules = cls()
        made: dict[str, Any] = {}
        for name, kind in CLAUSES.items():
            if name not in stored:
                made[name] = getattr(rules, name)
                continue
            try:
                given = dict(stored[name])
                if kind is Ladder:
                    made[name] = Ladder(tuple(typed(Step(**step)) for step in given["steps"]))
                else:
                    made[name] = typed(kind(**given))
            except (TypeError, KeyError, ValueError) as error:
                raise Invalid(
                    _("The clause “%(clause)s” cannot be read: %(error)s") % {"clause": name, "error": error},
                    field=name,
                ) from error
        unknown = set(stored) - set(CLAUSES)
        if unknown:
            raise Invalid(_("Unknown clauses: %(names)s.") % {"names": ", ".join(sorted(unknown))}, field="rules")
        rules = cls(**made)
        rules.check()
        return rules

    def check(self) -> None:
        """Refuse values that no council could live by. Raises :class:`Invalid` at the clause."""
        if not 1 <= self.quorum.minimum <= 1000:
            raise Invalid(_("A quorum needs at least one seat, and no more than a thousand."), field="quorum")
        if self.voting.threshold not in {"majority", "two_thirds"} or self.voting.of not in {"cast", "all"}:
            raise Invalid(_("Choose majority or two thirds, of the votes cast or of all seats."), field="voting")
        if not 0 <= self.right.per_decision <= MOST:
            raise Invalid(_("A limit lies between nothing and ten billion."), field="right")
        if self.verifying.verifier not in VERIFIERS:
            raise Invalid(_("Choose who verifies: %(roles)s.") % {"roles": ", ".join(VERIFIERS)}, field="verifying")
        terms = asdict(self.terms).values()
        if min(terms) < 1 or max(terms) > LONGEST_TERM:
            raise Invalid(_("Every term has between one working day and a year of them (250)."), field="terms")
        if len(self.ladder.steps) > 100 or any(abs(step.days) > LONGEST_TERM for step in self.ladder.steps):
            raise Invalid(_("A ladder has 100 rungs at most, each within 250 working days."), field="ladder")
        for step in self.ladder.steps:
            if step.to not in TARGETS or step.to == WARNING:
                raise Invalid(_("A rung asks the owner, the head, the sponsor or the council."), field="ladder")

    def sentences(self) -> list[tuple[str, str]]:
        """``(clause, sentence)`` for reading and comparing."""
        return [(name, getattr(self, name).sentence()) for name in CLAUSES]


LONGEST_TERM = 250
"""Working days."""

Clause = TypeVar("Clause")


def typed(clause: Clause) -> Clause:
    """The clause, where each value is of its field's own type: 5, not "5", 5.0 or true. Raises ``TypeError``."""
    kinds: dict[str, type] = {"int": int, "str": str, "bool": bool}
    for named in fields(clause):  # type: ignore[arg-type]  # every clause is a dataclass
        kind = kinds[named.type if isinstance(named.type, str) else named.type.__name__]
        if type(getattr(clause, named.name)) is not kind:
            raise TypeError(f"{named.name}: {kind.__name__}")
    return clause


CLAUSES: dict[str, type] = {
    "quorum": Quorum,
    "voting": Voting,
    "right": DecisionRight,
    "ladder": Ladder,
    "verifying": Verifying,
    "terms": Terms,
}

ENFORCERS: dict[str, list[str]] = {}


Enforcer = TypeVar("Enforcer", bound=Callable[..., Any])


def enforces(clause: str) -> Callable[[Enforcer], Enforcer]:
    """Mark the function in which a clause bites; the charter page names it, and a test counts that each has one."""
    if clause not in CLAUSES:
        raise ValueError(f"no such clause: {clause}")

    def mark(function: Enforcer) -> Enforcer:
        ENFORCERS.setdefault(clause, []).append(f"{function.__module__}.{function.__qualname__}")
        return function

    return mark
