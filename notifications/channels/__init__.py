"""Ways out of Keep: one module each, behind one small contract.

A channel takes the letters of one reader and hands them over, or says why not in one of three ways: not now
(:class:`Temporary`), not at this address (:class:`Permanent`), not these words (:class:`Refused`). What is to be said,
to whom, when, and what becomes of it stays with the outbox. The inbox is no channel in this sense: it cannot fail.

To add one, write a module with these names, and register it (``registry.py``).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from governance.models import Person
from notifications.queries.handover import Letter


class Failure(Exception):
    """It was not handed over. Its text is what the other side said, in one line."""


class Temporary(Failure):
    """Not now: tried again later, a little later each time."""


class Unreachable(Temporary):
    """Nobody answered, or not in time. Whoever else waits is not tried against a closed door."""


class Permanent(Failure):
    """Not at this address, now or later: it is closed until its person confirms it or has another."""


class Refused(Failure):
    """Not these words: said again they are refused again. Somebody has to look."""


class Outward(Protocol):
    """What a channel is. Modules are channels: these are names of a module."""

    NAME: str
    TAKES_CONFIDENTIAL: bool
    """Whether it may carry that a confidential matter waits; never which."""

    def opened(self) -> AbstractContextManager[Any]:
        """What one drain hands over through, closed afterwards. Does not fail, and asks nobody yet."""

    def hand_over(
        self, letters: Sequence[Letter], *, reader: Person, mail_id: str, now: datetime, connection: Any
    ) -> None:
        """Say all of these to one reader. ``mail_id`` is the same when it is tried again. Raises :class:`Failure`."""
