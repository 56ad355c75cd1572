"""Named points at which a process can be told to die, so that tests may kill it exactly there.

``FAULT_POINT=after_claim:3`` lets a process kill itself when it reaches that point for the third time. Nothing outside
the process's own environment can name a point, and where neither DEBUG nor FAULTS is set none is obeyed, and a check
refuses to start.
"""

import os
import signal
from collections import Counter
from typing import Any

from django.conf import settings
from django.core import checks

POINTS = (
    "before_claim",
    "after_claim",
    "before_hand_over",
    "after_250",
    "before_commit",
    "while_falling",
    "while_hearing",
)

_reached: Counter[str] = Counter()


def asked() -> tuple[str, int]:
    """The point that was named and how often it is to be reached; no point where none may be named."""
    if not settings.FAULT_POINT or not (settings.DEBUG or settings.FAULTS):
        return "", 0
    name, _is, times = settings.FAULT_POINT.partition(":")
    return name, int(times or 1)


def reach(name: str) -> None:
    """Say that this point was reached: nothing happens, save where the environment wants this process dead here."""
    if not settings.FAULT_POINT:
        return
    wanted, times = asked()
    if name == wanted:
        _reached[name] += 1
        if _reached[name] == times:
            os.kill(os.getpid(), signal.SIGKILL)


@checks.register("keep")
def no_faults_in_earnest(**_: Any) -> list[checks.CheckMessage]:
    """E020: a point is named where people rely on the program. E021: no such point."""
    if not settings.FAULT_POINT:
        return []
    if not (settings.DEBUG or settings.FAULTS):
        return [
            checks.Error(
                "FAULT_POINT is set: a process would kill itself.",
                hint="Unset FAULT_POINT; it is for `make faults`, which sets FAULTS=1 beside it.",
                id="keep.E020",
            )
        ]
    name, _is, times = settings.FAULT_POINT.partition(":")
    if name not in POINTS or not (times or "1").isdecimal():
        return [
            checks.Error(
                "FAULT_POINT names no point of ours.",
                hint=f"Write a point and how often it is reached, as in after_claim:3. Points: {', '.join(POINTS)}.",
                id="keep.E021",
            )
        ]
    return []
