"""All clauses of one charter version together: written, read back, checked; and who enforces which."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar, get_args

from django.utils.translation import gettext as _

from governance.clauses.closing import Closure, Windows
from governance.clauses.deciding import DecisionRight, Quorum, Represented, Voting
from governance.clauses.delegation import Delegation
from governance.clauses.gathering import Cadence, Thresholds
from governance.clauses.keeping import Promising, Provisional, Review, Terms, Verifying
from governance.clauses.ladder import Ladder, Step, usual_ladder
from governance.clauses.recording import LIGHT, Formality, Minutes
from governance.clauses.recusing import CHAIR, Recusal
from governance.clauses.sitting import ChairsAction, Written
from governance.errors import Invalid
from governance.money import format_minor


@dataclass(frozen=True, slots=True)
class Rules:
    """All clauses of one charter version; as it stands, what the programme proposes."""

    quorum: Quorum = field(default_factory=Quorum)
    represented: Represented = field(default_factory=Represented)
    voting: Voting = field(default_factory=Voting)
    right: DecisionRight = field(default_factory=DecisionRight)
    ladder: Ladder = field(default_factory=usual_ladder)
    verifying: Verifying = field(default_factory=Verifying)
    terms: Terms = field(default_factory=Terms)
    provisional: Provisional = field(default_factory=Provisional)
    review: Review = field(default_factory=Review)
    promising: Promising = field(default_factory=Promising)
    windows: Windows = field(default_factory=Windows)
    closure: Closure = field(default_factory=Closure)
    delegation: Delegation = field(default_factory=Delegation)
    cadence: Cadence = field(default_factory=Cadence)
    formality: Formality = field(default_factory=Formality)
    minutes: Minutes = field(default_factory=Minutes)
    written: Written = field(default_factory=Written)
    chair: ChairsAction = field(default_factory=ChairsAction)
    agenda: Thresholds = field(default_factory=Thresholds)
    recusal: Recusal = field(default_factory=Recusal)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Rules":
        """Read stored clauses; raises :class:`Invalid` naming the clause that does not fit.

        A clause that the version does not mention reads as it was before there was such a clause: what is in force
        keeps saying what it said.
        """
        if not isinstance(stored, dict):
            raise Invalid(_("Rules are made of clauses: %(names)s.") % {"names": ", ".join(CLAUSES)}, field="rules")
        made = {name: read(name, stored[name]) if name in stored else _unsaid(name) for name in CLAUSES}
        unknown = set(stored) - set(CLAUSES)
        if unknown:
            raise Invalid(_("Unknown clauses: %(names)s.") % {"names": ", ".join(sorted(unknown))}, field="rules")
        rules = cls(**made)
        rules.check()
        return rules

    @classmethod
    def proposed(cls, given: Any) -> "Rules":
        """A new charter's rules: clauses that ``given`` leaves out are what the programme proposes today."""
        return cls.from_json({**cls().to_json(), **given} if isinstance(given, dict) else given)

    def check(self) -> None:
        """Refuse values that no council could live by. Raises :class:`Invalid` at the clause."""
        for name in CLAUSES:
            getattr(self, name).check()
        check_delegated(self.right, self.delegation)
        check_chairs(self.right, self.chair)

    def sentences(self, *, of_programme: bool = True) -> list[tuple[str, str]]:
        """``(clause, sentence)`` for reading and comparing; ``of_programme``: they are the default charter's."""
        said = {name: getattr(self, name).sentence() for name in CLAUSES}
        if not of_programme:
            said["terms"] = self.terms.of_council()
        if self.formality.level == LIGHT:
            said["minutes"] = _("It keeps no minutes.")
        return list(said.items())


def check_delegated(right: DecisionRight, delegation: Delegation) -> None:
    """Nobody hands on more than they have. Raises :class:`Invalid` at the delegation."""
    if not delegation.to:
        return
    if right.currency != delegation.currency or delegation.per_allocation > right.per_decision:
        raise Invalid(
            _("The council may commit %(limit)s by one decision itself, so it cannot delegate more than that.")
            % {"limit": format_minor(right.per_decision, right.currency)},
            field="delegation",
        )


def check_chairs(right: DecisionRight, chair: ChairsAction) -> None:
    """The chair alone commits no more than the council could. Raises :class:`Invalid` at the clause."""
    if chair.up_to and (right.currency != chair.currency or chair.up_to > right.per_decision):
        raise Invalid(
            _("The council may commit %(limit)s by one decision itself, so its chair cannot commit more than that.")
            % {"limit": format_minor(right.per_decision, right.currency)},
            field="chair",
            part="up_to",
        )


def read(name: str, given: Any) -> Any:
    """One stored clause; raises :class:`Invalid` at the clause where it cannot be read."""
    kind = CLAUSES[name]
    try:
        given = dict(given)
        if kind is Ladder:
            steps = tuple(typed(Step(**step)) for step in given.pop("steps"))
            ladder = Ladder(**{"steps": steps, **given})
            if type(ladder.cadence) is not int:
                raise TypeError("cadence: int")
            return ladder
        if kind is Represented:
            clause = Represented.read(given)
            if type(clause.otherwise) is not str:
                raise TypeError("otherwise: str")
            for one in clause.departments:
                typed(one)
            return clause
        return typed(kind(**given))
    except (TypeError, KeyError, ValueError) as error:
        raise Invalid(
            _("The clause “%(clause)s” cannot be read: %(error)s") % {"clause": name, "error": error},
            field=name,
        ) from error


Typed = TypeVar("Typed")


def typed(clause: Typed) -> Typed:
    """The clause, where each value is of its field's own type: 5, not "5", 5.0 or true. Raises ``TypeError``."""
    for named in fields(clause):  # type: ignore[arg-type]  # every clause is a dataclass
        kinds = get_args(named.type) or (named.type,)  # "int | None" is two
        if type(getattr(clause, named.name)) not in kinds:
            raise TypeError(f"{named.name}: {kinds[0].__name__}")
    return clause


CLAUSES: dict[str, type] = {
    "quorum": Quorum,
    "represented": Represented,
    "voting": Voting,
    "right": DecisionRight,
    "ladder": Ladder,
    "verifying": Verifying,
    "terms": Terms,
    "provisional": Provisional,
    "review": Review,
    "promising": Promising,
    "windows": Windows,
    "closure": Closure,
    "delegation": Delegation,
    "cadence": Cadence,
    "formality": Formality,
    "minutes": Minutes,
    "written": Written,
    "chair": ChairsAction,
    "agenda": Thresholds,
    "recusal": Recusal,
}

AS_BEFORE: dict[str, Any] = {
    "provisional": Provisional(days=0),
    "review": Review(months=0),
    "promising": Promising(renewals=0),
    "cadence": Cadence(weeks=0),
    "written": Written(days=0),
    "agenda": Thresholds(heard=0, waiting=0),
    "recusal": Recusal(chaired_by=CHAIR),
}
"""What a version says that was written before there was such a clause, where that is not today's proposal."""


def _unsaid(name: str) -> Any:
    return AS_BEFORE.get(name, getattr(Rules(), name))


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
