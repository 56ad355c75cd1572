"""Whether a message still has to be said, and to this reader: pure, asked at hand-over.

What is due is computed when it is sent: between a rung and its mail the promise may have been kept, the date moved, the
seat handed on, the access ended.
"""

from dataclasses import dataclass
from enum import StrEnum

from notifications.families import must_be_read
from notifications.kinds import OF_CALENDAR, OF_OWNERS, OF_RUNGS, Kind


class Reason(StrEnum):
    """Why a message is not handed over."""

    SETTLED = "settled"
    MOVED = "moved"
    OVERTAKEN = "overtaken"
    OWN_DEED = "own_deed"
    HIDDEN = "hidden"
    MUTED = "muted"
    OPENED = "opened"
    TOO_LATE = "too_late"
    NOT_INVITED = "not_invited"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one message and one reader at hand-over. Days are ISO text, as stored with the message."""

    kind: str
    is_owed: bool = True
    due_then: str | None = None
    due_now: str | None = None
    position: int | None = None
    rung: int | None = None
    by_id: int | None = None
    reader_id: int = 0
    is_visible: bool = True
    is_muted: bool = False
    has_duty: bool = False
    may_sign_in: bool = False
    is_too_late: bool = False
    is_invited: bool = True
    """Of a meeting: whether the reader sits in the seat that is called, as holder or deputy."""


def why_not(facts: Facts) -> Reason | None:
    """The first reason not to say it, or None."""
    if not facts.is_visible:
        return Reason.HIDDEN
    if facts.kind == Kind.INVITED and facts.may_sign_in:
        # Whoever has a password needs no first one.
        return Reason.OPENED
    if facts.is_too_late:
        return Reason.TOO_LATE
    if not facts.is_invited:
        # A seat that nobody has is not called to a meeting; whoever has to fill it is no guest.
        return Reason.NOT_INVITED
    if facts.by_id is not None and facts.by_id == facts.reader_id and facts.kind not in OF_CALENDAR:
        # Whoever calls a meeting wants it on their calendar, too.
        return Reason.OWN_DEED
    if not facts.is_owed:
        return Reason.SETTLED
    if facts.kind in OF_RUNGS and facts.due_then != facts.due_now:
        return Reason.MOVED
    if facts.kind in OF_OWNERS and facts.rung != facts.position:
        # A later rung has fallen meanwhile, and has its own message.
        return Reason.OVERTAKEN
    if facts.is_muted and not must_be_read(facts.kind, has_duty=facts.has_duty):
        return Reason.MUTED
    return None
