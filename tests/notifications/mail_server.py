"""A mail server on a real socket that does what a test asks of it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.test import override_settings


class Server:
    """``recipient`` and ``content`` are what it answers there; ``sleeps`` how long it thinks before it answers them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Message]] = []
        self.asked: list[str] = []
        self.recipient: dict[str, str] = {}
        self.content = "250 2.0.0 taken"
        self.sleeps = 0.0
        self.hangs_up = False
        self.trickles = False
        self.calls = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.append(address)
        await asyncio.sleep(self.sleeps)
        answer = self.recipient.get(address, self.recipient.get("*", "250 2.1.5 fine"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.content.startswith("250"):
            self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        server.was_taken = True
        return self.content


class _Line(SMTP):
    was_taken = False

    async def push(self, status: Any) -> None:
        if not self.event_handler.trickles:
            await super().push(status)
            if self.was_taken and self.event_handler.hangs_up:
                self.transport.close()
            self.was_taken = False
            return
        said = status if isinstance(status, bytes) else status.encode()
        for byte in said + b"\r\n":
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(0.1)

    def connection_made(self, transport: Any) -> None:
        self.event_handler.calls += 1
        super().connection_made(transport)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Line(self.handler, hostname="mail.test", enable_SMTPUTF8=True)


@contextmanager
def mail_server(**settings: Any) -> Iterator[Server]:
    """A server that takes everything until it is told otherwise, and Keep set up to use it."""
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = _Controller(server, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    # Controller makes sure that it listens by calling once itself.
    server.calls = 0
    try:
        with override_settings(
            EMAIL_BACKEND="notifications.channels.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_HOST_USER="",
            EMAIL_HOST_PASSWORD="",
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
            **settings,
        ):
            yield server
    finally:
        controller.stop()
