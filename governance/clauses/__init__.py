"""The rule vocabulary of charters: frozen typed clauses, each with its sentence, its bounds and a default.

Pure: no ORM, no clock. A charter version stores ``Rules.to_json()``; whoever enforces a clause says so with
``enforces``, and only enforced clauses are offered in an editor.
"""

from governance.clauses.closing import Closure, Windows, in_days
from governance.clauses.deciding import (
    PERIODS,
    THRESHOLDS,
    TIES,
    WHOLES,
    DecisionRight,
    Quorum,
    Representation,
    Represented,
    Voting,
)
from governance.clauses.delegation import DELEGATES, Delegation
from governance.clauses.keeping import APPROVERS, VERIFIERS, Promising, Provisional, Review, Terms, Verifying
from governance.clauses.ladder import (
    CHAIR,
    CHAMPION,
    COUNCIL,
    HEAD,
    HELPERS,
    ON,
    ONTO_AGENDA,
    OWNER,
    PARENT,
    SPONSOR,
    TARGETS,
    WARNING,
    Ladder,
    Step,
    carried_rung,
    kept_rung,
    usual_ladder,
)
from governance.clauses.rules import AS_BEFORE, CLAUSES, ENFORCERS, Rules, enforces, typed

__all__ = [
    "APPROVERS",
    "AS_BEFORE",
    "CHAIR",
    "CHAMPION",
    "CLAUSES",
    "COUNCIL",
    "DELEGATES",
    "ENFORCERS",
    "HEAD",
    "HELPERS",
    "ON",
    "ONTO_AGENDA",
    "OWNER",
    "PARENT",
    "PERIODS",
    "SPONSOR",
    "TARGETS",
    "THRESHOLDS",
    "TIES",
    "VERIFIERS",
    "WARNING",
    "WHOLES",
    "Closure",
    "DecisionRight",
    "Delegation",
    "Ladder",
    "Promising",
    "Provisional",
    "Quorum",
    "Representation",
    "Represented",
    "Review",
    "Rules",
    "Step",
    "Terms",
    "Verifying",
    "Voting",
    "Windows",
    "carried_rung",
    "enforces",
    "in_days",
    "kept_rung",
    "typed",
    "usual_ladder",
]
