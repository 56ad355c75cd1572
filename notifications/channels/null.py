"""A channel that leads nowhere: for measuring the outbox, and for an installation whose people read the inbox alone."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from governance.models import Person
from notifications.queries.handover import Letter

NAME = "null"
TAKES_CONFIDENTIAL = True


def opened() -> AbstractContextManager[Any]:
    return nullcontext()


def hand_over(letters: Sequence[Letter], *, reader: Person, mail_id: str, now: datetime, connection: Any) -> None:
    """Take them, and let them be."""
