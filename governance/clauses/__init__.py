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
from governance.clauses.gathering import LONGEST_GAP, Cadence
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
    RANKS,
    SPONSOR,
    TARGETS,
    WARNING,
    Ladder,
    Rungs,
    Step,
    carried,
    carried_rung,
    kept_rung,
    level,
    usual_ladder,
)
from governance.clauses.recording import MINUTES_BY, SILENCE_APPROVES, Minutes
from governance.clauses.recusing import Recusal
from governance.clauses.rules import AS_BEFORE, CLAUSES, ENFORCERS, Rules, enforces, typed
from governance.clauses.sitting import ChairsAction, Written

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
    "LONGEST_GAP",
    "MINUTES_BY",
    "ON",
    "ONTO_AGENDA",
    "OWNER",
    "PARENT",
    "PERIODS",
    "RANKS",
    "SILENCE_APPROVES",
    "SPONSOR",
    "TARGETS",
    "THRESHOLDS",
    "TIES",
    "VERIFIERS",
    "WARNING",
    "WHOLES",
    "Cadence",
    "ChairsAction",
    "Closure",
    "DecisionRight",
    "Delegation",
    "Ladder",
    "Minutes",
    "Promising",
    "Provisional",
    "Quorum",
    "Recusal",
    "Representation",
    "Represented",
    "Review",
    "Rules",
    "Rungs",
    "Step",
    "Terms",
    "Verifying",
    "Voting",
    "Windows",
    "Written",
    "carried",
    "carried_rung",
    "enforces",
    "in_days",
    "kept_rung",
    "level",
    "typed",
    "usual_ladder",
]
