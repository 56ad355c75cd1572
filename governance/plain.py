"""Text that can be stored: PostgreSQL takes no NUL, and half of a surrogate pair cannot be written as UTF-8."""

import re
from typing import Any

_ODD = re.compile("[\\x00\\ud800-\\udfff]")


def oddity(text: str) -> int | None:
    """Where a text first holds what cannot be stored."""
    found = _ODD.search(text)
    return found.start() if found else None


def is_plain(said: Any) -> bool:
    """Whether every text in what was read from JSON can be stored."""
    waiting = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if oddity(one) is not None:
                return False
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return True
