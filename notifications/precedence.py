"""What stands first on the home page, and where its reader looks next: judged by what somebody holds. Pure.

Others wait for an executive's answers: nothing that they could do by themselves is worth more than letting go of what
holds others up, so answers come first, then whose help is asked, then what they promised. Whoever carries work out
(a champion, an owner, the CX team) owes their own late word first: only they can say it, and it is what the ladder
climbs about. Whoever is both answers first: the work of others stops at them.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from governance.models import DutyKind, SeatKind


class Group(StrEnum):
    """Where one thing stands on the home page. Each stands in one group."""

    ANSWERS = "answers"
    ASKED = "asked"
    LATE = "late"
    SOON = "soon"
    LATER = "later"


ANSWERS = frozenset(
    {
        DutyKind.ACCEPT,
        DutyKind.SET_DATE,
        DutyKind.VERIFY,
        DutyKind.ANSWER,
        DutyKind.ANSWER_REQUEST,
        DutyKind.WEIGH,
        DutyKind.CONFIRM,
        DutyKind.SETTLE,
        DutyKind.REASSIGN,
        DutyKind.FILL,
        DutyKind.HAND_OVER,
        DutyKind.TAKE_OVER,
        DutyKind.RESPOND,
        DutyKind.ENDORSE,
        DutyKind.JOIN,
        DutyKind.RENEW,
        DutyKind.RATIFY,
        DutyKind.APPROVE_DATE,
        DutyKind.VOTE,
    }
)
"""Duties that one answer ends; the others are work under way."""

EXECUTIVES = frozenset(
    {SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR, SeatKind.HEAD, SeatKind.CHAIR, SeatKind.FINANCE_PARTNER}
)
"""Seats whose work is to answer: what others do waits for their yes, no, vote, date or signature."""

_ANSWERING = (Group.ANSWERS, Group.ASKED, Group.LATE, Group.SOON, Group.LATER)
_DOING = (Group.LATE, Group.ANSWERS, Group.ASKED, Group.SOON, Group.LATER)


def answers_first(kinds: Collection[str]) -> bool:
    """Whether whoever holds seats of these kinds sees what others wait for before their own late work."""
    return not EXECUTIVES.isdisjoint(kinds)


def order(kinds: Collection[str]) -> tuple[Group, ...]:
    """The groups of the home page, the first first."""
    return _ANSWERING if answers_first(kinds) else _DOING


def group_of(kind: str, *, is_late: bool, by: date | None, horizon: date, kinds: Collection[str]) -> Group:
    """Where one move of the reader's own stands. A late answer is still an answer to whoever answers first."""
    if kind in ANSWERS and (answers_first(kinds) or not is_late):
        return Group.ANSWERS
    if is_late:
        return Group.LATE
    return Group.SOON if by is not None and by <= horizon else Group.LATER


def waited(since: datetime, today: date, zone: str) -> int:
    """Days for which somebody has waited, by the reader's calendar; 0: since today."""
    return max(0, (today - since.astimezone(ZoneInfo(zone)).date()).days)


class Look(StrEnum):
    """A page to which somebody comes by what they hold."""

    REVIEW = "review"
    MEETINGS = "meetings"
    DECISIONS = "decisions"
    DEPARTMENT = "department"
    ACTIONS = "actions"
    THEMES = "themes"
    STUCK = "stuck"
    TRIAGE = "triage"
    SEATS = "seats"
    MONEY = "money"
    RESOURCES = "resources"
    PACKS = "packs"
    RECORD = "record"
    JOURNAL = "journal"
    JOURNEYS = "journeys"
    SETTINGS = "settings"
    PLACE = "place"
    RULES = "rules"


_LOOKS: dict[str, tuple[Look, ...]] = {
    SeatKind.CX_SPONSOR: (Look.REVIEW, Look.MEETINGS, Look.PACKS),
    SeatKind.EX_SPONSOR: (Look.REVIEW, Look.MEETINGS, Look.PACKS),
    SeatKind.HEAD: (Look.DEPARTMENT,),
    SeatKind.CHAMPION: (Look.ACTIONS, Look.THEMES),
    SeatKind.CHAIR: (Look.MEETINGS, Look.DECISIONS),
    SeatKind.SECRETARY: (Look.MEETINGS, Look.DECISIONS),
    SeatKind.MEMBER: (Look.MEETINGS,),
    SeatKind.CX_LEAD: (Look.STUCK, Look.SEATS, Look.TRIAGE, Look.PACKS),
    SeatKind.CORE_TEAM: (Look.STUCK, Look.TRIAGE, Look.PACKS),
    SeatKind.FINANCE_PARTNER: (Look.MONEY, Look.RESOURCES),
    SeatKind.AUDITOR: (Look.REVIEW, Look.JOURNAL, Look.RECORD),
    SeatKind.STEP_OWNER: (Look.JOURNEYS,),
    SeatKind.OTHER: (Look.MEETINGS,),
    SeatKind.ADMINISTRATOR: (Look.SEATS, Look.SETTINGS),
}
_WITHOUT_A_SEAT = (Look.PLACE, Look.JOURNEYS, Look.RULES)
"""What everybody may read, and what teaches how work is answered for here."""


def looks(kinds: Iterable[str]) -> tuple[Look, ...]:
    """Where whoever holds seats of these kinds looks next, each once: leading and answering before administering."""
    held = set(kinds)
    if not held:
        return _WITHOUT_A_SEAT
    return tuple(dict.fromkeys(look for kind, there in _LOOKS.items() if kind in held for look in there))
