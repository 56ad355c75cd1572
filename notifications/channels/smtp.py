"""SMTP with an end: a server that hangs, trickles or hangs up costs one mail a minute at most, and what it says is
understood as *not now*, *not there* or *not this*.

Django's own back end waits ``EMAIL_TIMEOUT`` for each piece of an answer, so a server that sends a byte now and then
holds it for ever; and one that hung up after the last mail fails the next. Both are dealt with here.
"""

import io
import re
import smtplib
import socket
import time
from contextlib import suppress
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

from notifications.channels import Failure, Permanent, Refused, Temporary, Unreachable

FAREWELL = 5.0
"""Seconds for the good-bye of a server that has taken everything already."""

OF_THE_ADDRESS = re.compile(r"\b5\.(1\.(0|1|2|3|6|10)|2\.1)\b")
"""RFC 3463: the mailbox or its domain is not there, is written wrongly, has moved, or is closed."""
ANY_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
BARE = frozenset({550, 551, 553, 556})
"""What a server without such codes says of an address that it does not have (RFC 5321, RFC 7504)."""
ABOUT_US = re.compile(
    r"relay|polic|spam|block|black|denied|authenti|not allowed|not permitted|reputation", re.IGNORECASE
)
"""Words by which a server without such codes refuses us, not the address."""


def judged(error: Exception) -> Failure:
    """What a mail server's answer means for the address, for the mail, and for what waits."""
    said = words_of(error)
    if isinstance(error, SMTPRecipientsRefused):
        answers = [(code, _text(words)) for code, words in error.recipients.values()]
        if answers and all(_is_of_the_address(code, words) for code, words in answers):
            return Permanent(said)
        return Temporary(said)
    if isinstance(error, SMTPDataError) and error.smtp_code >= 500:
        words = _text(error.smtp_error)
        return Permanent(said) if OF_THE_ADDRESS.search(words) else Refused(said)
    if isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException):
        # Silence, a closed line, or no way to the server.
        return Unreachable(said)
    return Temporary(said)


def words_of(error: Exception) -> str:
    """What a mail server said, in one line, without Python's wrapping; else what went wrong."""
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        said = "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = f"{type(error).__name__}: {error}"
    return " ".join(said.split())[:300]


def _is_of_the_address(code: int, words: str) -> bool:
    if code < 500:
        return False
    if ANY_STATUS.search(words):
        return OF_THE_ADDRESS.search(words) is not None
    return code in BARE and ABOUT_US.search(words) is None


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


class _Timed(io.RawIOBase):
    """Reads from a socket until the client's time is up, however the bytes are dealt out."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.client.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no whole answer in time")
        self.client.sock.settimeout(min(left, settings.EMAIL_TIMEOUT))
        read: int = self.client.sock.recv_into(buffer)
        return read


class _Ending:
    """A client whose every conversation has an end."""

    sock: socket.socket | None
    file: Any

    def __init__(self, *args: Any, **named: Any) -> None:
        self.hurry()
        super().__init__(*args, **named)

    def hurry(self, seconds: float | None = None) -> None:
        """From now on there is this much time, for all that is still to be said."""
        self.ends_at = time.monotonic() + (settings.EMAIL_DEADLINE if seconds is None else seconds)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Timed(self))
        answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]  # of smtplib.SMTP, its other base
        return answer


class _Plain(_Ending, smtplib.SMTP):
    pass


class _Wrapped(_Ending, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, with a time limit for each mail and a look whether the server is still there."""

    connection: Any
    _partial_connection: Any
    used = False

    @property
    def connection_class(self) -> type[Any]:
        return _Wrapped if self.use_ssl else _Plain

    def open(self) -> bool | None:
        if self.connection is not None and self.used and not self._answers():
            self.close()
        self.used = False
        return super().open()

    def close(self) -> None:
        """What was taken is taken: a bad good-bye is nobody's loss."""
        for client in (self.connection, self._partial_connection):
            if client is not None:
                client.hurry(FAREWELL)
        with suppress(SMTPException, OSError):
            super().close()
        self.connection = None

    def _send(self, email_message: Any) -> bool:
        if self.connection is not None:
            self.connection.hurry()
        self.used = True
        return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave it out

    def _answers(self) -> bool:
        try:
            self.connection.hurry()
            return bool(self.connection.noop()[0] == 250)
        except (SMTPException, OSError):
            return False
