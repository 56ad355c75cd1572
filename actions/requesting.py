"""The life of a request between two departments, as tables: which verb leads where, who may say it, who is next.

Pure: no ORM, no clock. Services ask before they write, pages show only what may be said; both read the same tables.
Silence is no verb: nothing here lets time alone agree, deliver or confirm.
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """The states by their stored values (``actions.models.RequestState`` adds their words)."""

    ASKED = "asked"
    COUNTERED = "countered"
    AGREED = "agreed"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """On which side of a request one of my seats stands."""

    ASKING = "asking"
    ASKED = "asked"
    ANSWERING = "answering"  # the other side proposed another day
    CONFIRMING = "confirming"  # looks at the delivery for whoever asked, and did not deliver it


class Verb(StrEnum):
    AGREE = "agree"
    COUNTER = "counter"
    REFUSE = "refuse"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"
    PROPOSE_DAY = "propose_day"
    ANSWER_DAY = "answer_day"
    ASK_HELP = "ask_help"


OPEN = frozenset({State.ASKED, State.COUNTERED, State.AGREED, State.DELIVERED})
"""Open: one of the two sides owes something. The others are closed for good."""

CLOSED = frozenset(State) - OPEN

UNANSWERED = frozenset({State.ASKED, State.COUNTERED})
"""Something was proposed, and the other side has not answered it."""

TRANSITIONS: dict[Verb, dict[State, State]] = {
    Verb.AGREE: {State.ASKED: State.AGREED},
    Verb.COUNTER: {State.ASKED: State.COUNTERED},
    Verb.REFUSE: {State.ASKED: State.REFUSED},
    Verb.ACCEPT: {State.COUNTERED: State.AGREED},
    Verb.WITHDRAW: dict.fromkeys((State.ASKED, State.COUNTERED, State.AGREED), State.WITHDRAWN),
    Verb.DELIVER: {State.AGREED: State.DELIVERED},
    Verb.CONFIRM: {State.DELIVERED: State.CONFIRMED},
    Verb.SEND_BACK: {State.DELIVERED: State.AGREED},
    # What was agreed moves only by the word of both sides; until the other answers, the day stays.
    Verb.PROPOSE_DAY: {State.AGREED: State.AGREED},
    Verb.ANSWER_DAY: {State.AGREED: State.AGREED},
    # Up the ladder of whoever was asked, while that one owes an answer or the delivery.
    Verb.ASK_HELP: {State.ASKED: State.ASKED, State.AGREED: State.AGREED},
}

SAYS: dict[Side, frozenset[Verb]] = {
    Side.ASKED: frozenset({Verb.AGREE, Verb.COUNTER, Verb.REFUSE, Verb.DELIVER, Verb.PROPOSE_DAY, Verb.ASK_HELP}),
    Side.ASKING: frozenset({Verb.ACCEPT, Verb.WITHDRAW, Verb.PROPOSE_DAY, Verb.ASK_HELP}),
    Side.ANSWERING: frozenset({Verb.ANSWER_DAY}),
    Side.CONFIRMING: frozenset({Verb.CONFIRM, Verb.SEND_BACK}),
}

MOVES: dict[State, Side] = {
    State.ASKED: Side.ASKED,
    State.COUNTERED: Side.ASKING,
    State.AGREED: Side.ASKED,
    State.DELIVERED: Side.ASKING,
}
"""Which side owes the next move: it is the debtor in "who owes whom"."""


def verbs(sides: Iterable[Side], state: str) -> frozenset[Verb]:
    """What somebody on these sides may say in this state."""
    said = frozenset().union(*(SAYS[side] for side in sides))
    return frozenset(verb for verb in said if State(state) in TRANSITIONS[verb])


def allows(verb: Verb, state: str) -> bool:
    """Whether anybody may say the verb in this state."""
    return State(state) in TRANSITIONS[verb]


def leads_to(verb: Verb, state: str) -> State:
    """The state after the verb. Raises KeyError where the state does not allow it."""
    return TRANSITIONS[verb][State(state)]


def side_of(verb: Verb) -> Side:
    """The side that says a verb; of what both may say, the asked one."""
    return next(side for side, said in SAYS.items() if verb in said)


def sides_of(verb: Verb) -> frozenset[Side]:
    """All sides that may say a verb."""
    return frozenset(side for side, said in SAYS.items() if verb in said)


def states_owed_by(side: Side) -> list[State]:
    """The states in which this side owes the next move."""
    return [state for state, mover in MOVES.items() if mover == side]
