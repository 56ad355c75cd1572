"""Keeping a claim while its work takes its time: a slow mail server must not make somebody else send the same mail."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import DatabaseError, connections

log = structlog.get_logger(__name__)


@contextmanager
def kept(renew: Callable[[], object], *, lease: timedelta) -> Iterator[None]:
    """Renew a lease four times before it would end, beside the block, for as long as that runs in a living process.

    A thread of its own, with a connection of its own: what waits for a mail server cannot renew anything meanwhile.
    """
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(lease.total_seconds() / 4):
                try:
                    renew()
                except DatabaseError as error:
                    log.warning("lease.not_renewed", error=type(error).__name__)
        finally:
            connections.close_all()

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
