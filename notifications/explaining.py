"""Why a message reached somebody, as it is stored with its delivery: pure, keys and codes alone.

Stored at hand-over, because the day after another may hold the seat, have other hours, or follow the thing no more.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from notifications.families import must_be_read
from notifications.kinds import OF_RUNGS, Kind
from notifications.reach import Hours


class Capacity(StrEnum):
    """In what capacity the reader got it."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    FILLER = "filler"
    NAMED = "named"
    PART = "part"
    FOLLOWER = "follower"
    ONESELF = "oneself"


OF_PERSONS: Mapping[str, Capacity] = {
    Kind.FOLLOWED: Capacity.FOLLOWER,
    Kind.MENTIONED: Capacity.NAMED,
    Kind.GIVEN_A_PART: Capacity.PART,
}
"""What a message to a person, not to a seat, says about them."""


def capacity_of(kind: str, stands_in: str | None) -> Capacity:
    """``stands_in``: how somebody answers for the seat that was spoken to (``Answering``); None without a seat."""
    if stands_in is None:
        return OF_PERSONS.get(kind, Capacity.ONESELF)
    return Capacity(stands_in) if stands_in else Capacity.HOLDER


def window_of(*, hours: Hours, opens: datetime, is_urgent: bool) -> dict[str, Any]:
    """How the reader may be mailed, and the moment that it gave."""
    return {
        "zone": hours.zone,
        "from": hours.since,
        "until": hours.until,
        "cadence": hours.cadence,
        "digest": hours.digest_hour,
        "opens": opens.isoformat(),
        "urgent": is_urgent,
    }


def stored(
    *,
    kind: str,
    event: str,
    facts: Mapping[str, Any],
    due_on: str | None,
    capacity: str,
    seat: int | None,
    window: Mapping[str, Any],
) -> dict[str, Any]:
    """What a delivery keeps. ``due_on`` is the promised day it was about, where there was one."""
    rung = {"position": facts.get("position"), "target": facts.get("target")} if kind in OF_RUNGS else {}
    return {
        "rule": kind,
        "event": event,
        **rung,
        "due_on": facts.get("due_on") or due_on,
        "capacity": capacity,
        "seat": seat,
        "window": dict(window),
    }


def is_owed(kind: str, *, has_duty: bool) -> bool:
    """Whether a message asks its reader for something: that is said whatever is muted."""
    return must_be_read(kind, has_duty=has_duty)
