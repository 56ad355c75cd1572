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
    DOER = "doer"  # I do the work, and the accountable seat is another's
    HEAD = "head"  # I lead its department
    STEWARD = "steward"  # I record for the council that oversees it
    WAITED_ON = "waited_on"  # I answer for a seat that an open blocker waits on
    VERIFIER = "verifier"  # I am asked to verify, and had no part in the work; or I verified it
    APPROVER = "approver"  # I am asked for another date, which is neither mine nor asked for by me
    HOLDER = "holder"  # I approve its dates or record for its council, and the work is not mine
    READER = "reader"  # I answer for its KPI, or am asked to read it or to say whether it worked
    FINANCE = "finance"  # I am a finance partner
    DELEGATE = "delegate"  # the charter lets me allocate what its owner asked for


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
    ASK_DEPARTMENT = "ask_department"
    ADD_EVIDENCE = "add_evidence"
    SAY_DONE = "say_done"
    VERIFY = "verify"
    CANCEL = "cancel"
    APPROVE_DATE = "approve_date"
    MEASURE = "measure"
    CORRECT_MEASURE = "correct_measure"  # proposed to the council, which decides
    READ = "read"
    JUDGE = "judge"
    VERIFY_BENEFIT = "verify_benefit"
    DRAFT_TELLING = "draft_telling"
    APPROVE_TELLING = "approve_telling"
    SEND_TELLING = "send_telling"
    SPEND = "spend"
    REOPEN = "reopen"
    ARRANGE = "arrange"  # who helps, what it waits for, where it belongs
    MARK = "mark"  # a milestone is reached
    ASK_RESOURCES = "ask_resources"
    ALLOCATE = "allocate"  # what was asked for, without a meeting
    PILOT = "pilot"  # it is tried in one place first


RUNNING = frozenset({State.ACCEPTED, State.IN_PROGRESS})
OPEN = frozenset({State.PROPOSED, State.DECLINED, State.DONE}) | RUNNING
"""Open: somebody still owes something. The others are closed; what was verified may be reopened, with a reason."""

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
    Verb.ASK_DEPARTMENT: {state: state for state in RUNNING},
    Verb.ADD_EVIDENCE: {state: state for state in RUNNING | {State.DONE}},
    Verb.SAY_DONE: dict.fromkeys(RUNNING, State.DONE),
    Verb.VERIFY: {State.DONE: State.VERIFIED},  # a refusal leads back to IN_PROGRESS
    Verb.CANCEL: dict.fromkeys(OPEN - {State.DONE}, State.CANCELLED),
    Verb.APPROVE_DATE: {state: state for state in RUNNING},
    # What would show that it worked is fixed before it is done; afterwards the council alone changes it.
    Verb.MEASURE: {state: state for state in RUNNING},
    Verb.CORRECT_MEASURE: {state: state for state in RUNNING | {State.DONE, State.VERIFIED}},
    **{
        verb: {State.VERIFIED: State.VERIFIED}
        for verb in (
            Verb.READ,
            Verb.JUDGE,
            Verb.VERIFY_BENEFIT,
            Verb.DRAFT_TELLING,
            Verb.APPROVE_TELLING,
            Verb.SEND_TELLING,
        )
    },
    Verb.SPEND: {state: state for state in RUNNING | {State.DONE}},
    Verb.ARRANGE: {state: state for state in OPEN},
    Verb.MARK: {state: state for state in RUNNING},
    Verb.REOPEN: {State.VERIFIED: State.IN_PROGRESS, State.AS_IS: State.IN_PROGRESS},
    Verb.ASK_RESOURCES: {state: state for state in RUNNING},
    Verb.ALLOCATE: {state: state for state in RUNNING},
    # What must be true to say that it passed is written before there is anything to see.
    Verb.PILOT: {state: state for state in RUNNING | {State.PROPOSED}},
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
            Verb.ASK_DEPARTMENT,
            Verb.ADD_EVIDENCE,
            Verb.SAY_DONE,
            Verb.ARRANGE,
            Verb.MARK,
            Verb.SPEND,
            Verb.ASK_RESOURCES,
            Verb.PILOT,
            Verb.MEASURE,
            Verb.CORRECT_MEASURE,
            Verb.DRAFT_TELLING,
            Verb.SEND_TELLING,
        }
    ),
    Role.REPORTER: frozenset(
        {
            Verb.REPORT,
            Verb.BLOCK,
            Verb.LIFT,
            Verb.ASK_HELP,
            Verb.ASK_DEPARTMENT,
            Verb.ADD_EVIDENCE,
            Verb.MARK,
            Verb.DRAFT_TELLING,
            Verb.SEND_TELLING,
        }
    ),
    Role.DOER: frozenset({Verb.REPORT, Verb.BLOCK, Verb.LIFT, Verb.ADD_EVIDENCE, Verb.MARK}),
    Role.HEAD: frozenset({Verb.REASSIGN, Verb.ARRANGE, Verb.APPROVE_TELLING, Verb.PILOT}),
    Role.STEWARD: frozenset(
        {
            Verb.LIFT,
            Verb.CANCEL,
            Verb.REOPEN,
            Verb.ARRANGE,
            Verb.PILOT,
            Verb.SPEND,
            Verb.CORRECT_MEASURE,
            Verb.READ,
            Verb.JUDGE,
            Verb.APPROVE_TELLING,
        }
    ),
    Role.WAITED_ON: frozenset({Verb.LIFT}),
    Role.VERIFIER: frozenset({Verb.VERIFY, Verb.REOPEN}),
    Role.APPROVER: frozenset({Verb.APPROVE_DATE}),
    Role.HOLDER: frozenset({Verb.HOLD}),
    Role.READER: frozenset({Verb.READ, Verb.JUDGE}),
    Role.FINANCE: frozenset({Verb.SPEND, Verb.VERIFY_BENEFIT}),
    Role.DELEGATE: frozenset({Verb.ALLOCATE}),
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
