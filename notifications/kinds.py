"""What a message is about: the kind selects its words (``wording``) and what is asked again before hand-over."""

from enum import StrEnum

from governance.clauses import CHAIR, CHAMPION, COUNCIL, HEAD, OWNER, PARENT, SPONSOR, WARNING


class Kind(StrEnum):
    """Of a rung: reminder, warning, a request for help; of a deed: who has to know, and what they can do now."""

    DUE_SOON = "due_soon"
    DUE = "due"
    WARNING = WARNING
    CHAMPION = CHAMPION
    HEAD = HEAD
    SPONSOR = SPONSOR
    CHAIR = CHAIR
    COUNCIL = COUNCIL
    PARENT = PARENT
    ASKED = "asked"
    DECLINED = "declined"
    TO_VERIFY = "to_verify"
    VERIFIED = "verified"
    SENT_BACK = "sent_back"
    CAME_BACK = "came_back"
    TOLD_OUTCOME = "outcome"
    TO_CHECK = "to_check"
    CHECKED = "checked"
    REPORTED = "reported_for_you"
    DECIDED = "decided"
    DATE_ASKED = "date_asked"
    WAITED_ON = "waited_on"
    REQUESTED = "requested"
    COUNTERED = "countered"
    NO_LONGER_BLOCKED = "no_longer_blocked"
    AGREED = "agreed"
    TO_CONFIRM = "to_confirm"
    NO_LONGER_ASKED = "no_longer_asked"
    MENTIONED = "mentioned"
    FOLLOWED = "followed"
    GIVEN_A_PART = "given_a_part"
    HEARD = "feedback"
    TO_SETTLE = "to_settle"
    REFERRED = "referred"
    MEETING_CLOSED = "meeting_closed"
    MINUTES_OUT = "minutes_out"
    MINUTES_APPROVED = "minutes_approved"
    TO_RATIFY = "to_ratify"
    CHARTER_BACK = "charter_back"
    CHARTER_HOLDS = "charter_holds"
    INVITED = "invited"
    RESET = "reset"
    HELP_WANTED = "help_wanted"
    HELP_ANSWERED = "help_answered"
    QUESTIONED = "questioned"
    TO_ENDORSE = "to_endorse"
    TO_JOIN = "to_join"
    HELD_BACK = "held_back"
    MEETING = "meeting"
    AGENDA = "agenda"
    PACK = "pack"
    HANDED_BACK = "handed_back"
    MEETING_MOVED = "meeting_moved"
    MEETING_OFF = "meeting_off"
    SERIES = "series"
    SERIES_OVER = "series_over"
    VIEWS = "views"


OF_OWNERS = frozenset({Kind.DUE_SOON, Kind.DUE, Kind.WARNING})
"""What a rung says to the seat that owes it."""

OF_THE_DOOR = frozenset({Kind.INVITED, Kind.RESET})
"""What is mailed whatever was chosen, and lies in no inbox: its reader cannot get in yet."""

OF_CALENDAR = frozenset({Kind.MEETING, Kind.MEETING_MOVED, Kind.MEETING_OFF, Kind.SERIES, Kind.SERIES_OVER})
"""What is mailed with a part for the reader's calendar: each in a mail of its own, for a calendar program reads one."""

OF_RUNGS = OF_OWNERS | {Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.COUNCIL, Kind.PARENT}


def of_rung(target: str, days: int) -> Kind:
    """The kind of message that a rung makes; ``days`` are its working days after the due day."""
    if target == OWNER:
        return Kind.DUE_SOON if days < 0 else Kind.DUE
    return Kind(target)
