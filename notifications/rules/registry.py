"""Who has to know of what: a rule answers for many entries of one event at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications.kinds import Kind


@dataclass(frozen=True, slots=True)
class Heard:
    """A journal entry, as rules read it."""

    entry_id: int
    event: str
    subject_id: int
    by_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    mentions: tuple[tuple[str, int], ...] = ()

    def mentioned(self, role: str) -> list[int]:
        """Subject ids that the entry mentions in a role."""
        return [subject for name, subject in self.mentions if name == role]


@dataclass(frozen=True, slots=True)
class Telling:
    """That an entry is told to whoever answers for a seat, about a subject; with ``duty_id`` only while it is open.

    With ``person_id`` it is told to that person, whatever their seats: a mention, or something that they follow.
    """

    entry_id: int
    kind: Kind
    seat_id: int | None
    subject_id: int
    duty_id: int | None = None
    is_one_of_many: bool = False
    """Whether the entry brings this seat several things, each told by itself (in one mail)."""
    person_id: int | None = None


Rule = Callable[[Sequence[Heard]], Iterable[Telling]]

RULES: dict[str, list[Rule]] = defaultdict(list)


Consequence = Callable[[Sequence[Heard], datetime], None]

CONSEQUENCES: dict[str, list[Consequence]] = defaultdict(list)
"""What has to be done, further to the left of the arrow, once something happened on its right."""


def then(*events: str) -> Callable[[Consequence], Consequence]:
    """Let a service follow these events, in the transaction in which they are heard. It may run twice."""

    def declare(consequence: Consequence) -> Consequence:
        for event in events:
            CONSEQUENCES[event].append(consequence)
        return consequence

    return declare


def on(*events: str) -> Callable[[Rule], Rule]:
    """Let a rule answer for these events, by name. The number of its statements must not grow with the entries."""

    def declare(rule: Rule) -> Rule:
        for event in events:
            RULES[event].append(rule)
        return rule

    return declare
