"""The door for what must reach somebody by mail before they can sign in: an invitation, a new password.

Nothing of it stands in the journal, which everybody reads: who may not yet get in is nobody's business. Declared here
and filled by notifications, the only app that talks to people.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings

from governance.models import Person

Send = Callable[[str, Sequence[Person], datetime], None]
Withdraw = Callable[[str, Sequence[Person], datetime], set[int]]

_door: list[tuple[Send, Withdraw]] = []


def open_with(send: Send, withdraw: Withdraw) -> None:
    """Set who sends, and who keeps back what was not sent yet. Called once, when the program starts."""
    _door[:] = [(send, withdraw)]


def send(purpose: str, people: Sequence[Person], now: datetime) -> None:
    """Let each of these people be mailed a link of this purpose, in the caller's transaction."""
    for door, _back in _door:
        door(purpose, people, now)


def withdraw(purpose: str, people: Sequence[Person], now: datetime) -> set[int]:
    """Let no link of this purpose leave that still waits to be mailed to them. Returns the keys of whom one waited for.

    A link is made when its mail leaves: until then there is none that could be ended.
    """
    return {person for _door_out, back in _door for person in back(purpose, people, now)}


def has_server() -> bool:
    """Whether mails leave this installation: a mail server is set, so that links need not be copied by hand."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))
