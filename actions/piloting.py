"""The life of a pilot and what a check of it may say: pure, no ORM, no clock.

Source: DESIGN.md, point 12. Services ask :func:`refusal` before they write; pages show only what :data:`TRANSITIONS`
allow.
"""

from collections.abc import Sequence
from enum import StrEnum

from django.utils.translation import gettext as _


class State(StrEnum):
    """The states by their stored values (``actions.models.PilotState`` adds their words)."""

    RUNNING = "running"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    STOPPED = "stopped"


class Verdict(StrEnum):
    """What a check says. An extension leaves the pilot running, until another day."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    EXTENDED = "extended"


class Verb(StrEnum):
    CHECK = "check"
    CHANGE = "change"
    STOP = "stop"
    PROPOSE = "propose"


LEARNT = frozenset({State.NOT_PASSED, State.STOPPED})
"""Both stand on the board as "did not pass": what was learnt is worth as much as what is repeated."""

TRANSITIONS: dict[Verb, frozenset[State]] = {
    Verb.CHECK: frozenset({State.RUNNING}),
    Verb.CHANGE: frozenset({State.RUNNING}),
    Verb.STOP: frozenset({State.RUNNING}),
    Verb.PROPOSE: frozenset({State.PASSED}),
}

LEADS_TO: dict[Verdict, State] = {
    Verdict.PASSED: State.PASSED,
    Verdict.NOT_PASSED: State.NOT_PASSED,
    Verdict.EXTENDED: State.RUNNING,
}

EXTENSIONS = 2
"""How often a check may give a pilot more time; the check after that says whether it passed."""
MOST_CRITERIA = 10
DID_NOT_WORK = "not"
"""The word of ``actions.effects.Effect`` for an action that did not work."""


def refusal(
    verdict: str, found: Sequence[bool], *, effect: str, reason: str, extended: int, expected: int
) -> tuple[str, str] | None:
    """``(field, remedy)`` of what a check may not say so; None where it may.

    ``found`` says of each of the ``expected`` criteria whether it is met, ``effect`` what was said of the action's
    outcome (empty: nothing yet), ``extended`` how often the pilot was given more time.
    """
    if verdict not in list(Verdict):
        return "verdict", _("A check says that it passed, that it did not, or that it needs more time.")
    if len(found) != expected:
        return "findings", _("Say of each criterion whether it is met.")
    if verdict == Verdict.PASSED and not all(found):
        return "verdict", _("A criterion is not met, so it has not passed. Give it more time, or say that it did not.")
    if verdict == Verdict.PASSED and effect == DID_NOT_WORK and not reason:
        return "reason", _("Its outcome says that it did not work. Say why it passes all the same.")
    if verdict != Verdict.PASSED and not reason:
        return "reason", _("Say why, in a sentence; others learn from it.")
    if verdict == Verdict.EXTENDED and extended >= EXTENSIONS:
        return "verdict", _("It was given more time %(n)d times, which is all. Say whether it passed.") % {
            "n": EXTENSIONS
        }
    return None


def allows(verb: Verb, state: str) -> bool:
    """Whether anybody may say the verb in this state."""
    return State(state) in TRANSITIONS[verb]
