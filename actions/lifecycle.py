"""The life of an action, as two tables: which verb leads from which state to which, and who may say it.

Pure: no ORM, no clock. Services ask ``judge`` before they write, pages ask ``verbs`` to show only what may be done;
both read the same tables. Source: DESIGN.md, "Rules that always hold".
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """The states by their stored values (``actions.models.ActionState`` adds their words)."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    AS_IS = "as_is"


class Role(StrEnum):
    """What my seats make me towards one action."""

    OWNER = "owner"  # I answer for the accountable seat
    REPORTER = "reporter"  # I may report for the owners of its department
    HEAD = "head"  # I lead its department
    STEWARD = "steward"  # I record for the council that oversees it
    WAITED_ON = "waited_on"  # I answer for a seat that an open blocker waits on
    VERIFIER = "verifier"  # I am asked to verify, and had no part in the work
    FINANCE = "finance"  # I answer for a finance partner's seat


class Verb(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    REASSIGN = "reassign"
    SET_DATE = "set_date"
    ASK_FOR_TIME = "ask_for_time"
    REPORT = "report"
    BLOCK = "block"
    HOLD = "hold"
    LIFT = "lift"
    ASK_HELP = "ask_help"
    ADD_EVIDENCE = "add_evidence"
    SAY_DONE = "say_done"
    VERIFY = "verify"
    CANCEL = "cancel"
    SPEND = "spend"
    ASK_RESOURCES = "ask_resources"


RUNNING = frozenset({State.ACCEPTED, State.IN_PROGRESS})
OPEN = frozenset({State.PROPOSED, State.DECLINED, State.DONE}) | RUNNING
"""Open: somebody still owes something. The others are closed for good."""

CLOSED = frozenset(State) - OPEN

# What a verb makes of a state; a verb that changes no state maps it to itself.
TRANSITIONS: dict[Verb, dict[State, State]] = {
    Verb.ACCEPT: {State.PROPOSED: State.ACCEPTED},
    Verb.DECLINE: {State.PROPOSED: State.DECLINED},
    Verb.REASSIGN: {State.PROPOSED: State.PROPOSED, State.DECLINED: State.PROPOSED},
    Verb.SET_DATE: {state: state for state in RUNNING},
    Verb.ASK_FOR_TIME: {state: state for state in RUNNING},
    Verb.REPORT: dict.fromkeys(RUNNING, State.IN_PROGRESS),
    Verb.BLOCK: {state: state for state in RUNNING},
    Verb.HOLD: {state: state for state in RUNNING},
    Verb.LIFT: {state: state for state in RUNNING | {State.DONE}},
    Verb.ASK_HELP: {state: state for state in RUNNING | {State.PROPOSED}},
    Verb.ADD_EVIDENCE: {state: state for state in RUNNING | {State.DONE}},
    Verb.SAY_DONE: dict.fromkeys(RUNNING, State.DONE),
    Verb.VERIFY: {State.DONE: State.VERIFIED},  # a refusal leads back to IN_PROGRESS
    Verb.CANCEL: dict.fromkeys(OPEN - {State.DONE}, State.CANCELLED),
    Verb.SPEND: {state: state for state in RUNNING | {State.DONE}},
    Verb.ASK_RESOURCES: {state: state for state in RUNNING},
}

# Who says what. A champion reports for an owner but never closes; a hold needs whoever approves dates.
SAYS: dict[Role, frozenset[Verb]] = {
    Role.OWNER: frozenset(
        {
            Verb.ACCEPT,
            Verb.DECLINE,
            Verb.SET_DATE,
            Verb.ASK_FOR_TIME,
            Verb.REPORT,
            Verb.BLOCK,
            Verb.LIFT,
            Verb.ASK_HELP,
            Verb.ADD_EVIDENCE,
            Verb.SAY_DONE,
            Verb.SPEND,
            Verb.ASK_RESOURCES,
        }
    ),
    Role.REPORTER: frozenset({Verb.REPORT, Verb.BLOCK, Verb.LIFT, Verb.ASK_HELP, Verb.ADD_EVIDENCE}),
    Role.HEAD: frozenset({Verb.REASSIGN}),
    Role.STEWARD: frozenset({Verb.HOLD, Verb.LIFT, Verb.CANCEL, Verb.SPEND}),
    Role.WAITED_ON: frozenset({Verb.LIFT}),
    Role.VERIFIER: frozenset({Verb.VERIFY}),
    Role.FINANCE: frozenset({Verb.SPEND}),
}


def ever(roles: Iterable[Role]) -> frozenset[Verb]:
    """What these roles may say in some state."""
    return frozenset().union(*(SAYS[role] for role in roles))


def verbs(roles: Iterable[Role], state: str) -> frozenset[Verb]:
    """What these roles may say in this state."""
    return frozenset(verb for verb in ever(roles) if State(state) in TRANSITIONS[verb])


def allows(verb: Verb, state: str) -> bool:
    """Whether anybody may say the verb in this state."""
    return State(state) in TRANSITIONS[verb]


def leads_to(verb: Verb, state: str) -> State:
    """The state after the verb. Raises KeyError where the state does not allow it."""
    return TRANSITIONS[verb][State(state)]


def who_says(verb: Verb) -> tuple[Role, ...]:
    """The roles that may say a verb, the nearest first."""
    return tuple(role for role in Role if verb in SAYS[role])
