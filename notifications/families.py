"""Kinds of message by what one may choose about them, by what they ask for, and by how much they press: pure.

A *family* is what a reader chooses by (``preferences``); a *group* is what a digest and the inbox are read by; *urgent*
is what does not wait for the digest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.kinds import OF_CALENDAR, OF_THE_DOOR, Kind

T = TypeVar("T")

URGENT = frozenset(
    {
        # A rung falls next: after it somebody else is asked.
        Kind.WARNING,
        # A person, or a rung, asks for help; somebody cannot go on until it is answered.
        Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED,
        # The meeting may be tomorrow.
        Kind.COUNCIL, Kind.PARENT,
        # Messages are held: whoever runs the program decides before the first share of them goes out.
        Kind.HELD_BACK,
        # A day is taken, or free again: somebody may be giving it away.
        *OF_CALENDAR,
    }
)  # fmt: skip
"""What is mailed at once, within its reader's hours. Nothing else is."""


class Family(StrEnum):
    """What a reader may choose about, one row each."""

    OWED = "owed"
    ASKED = "asked"
    HELP = "help"
    COUNCILS = "councils"
    ANSWERS = "answers"
    WORK = "work"
    DECISIONS = "decisions"
    MENTIONS = "mentions"
    FOLLOWED = "followed"
    HEARD = "heard"
    VIEWS = "views"
    PROGRAMME = "programme"
    DOOR = "door"


FAMILIES: dict[Family, frozenset[Kind]] = {
    Family.OWED: frozenset({Kind.DUE_SOON, Kind.DUE, Kind.WARNING, Kind.SENT_BACK, Kind.CAME_BACK, Kind.QUESTIONED}),
    Family.ASKED: frozenset(
        {
            Kind.ASKED, Kind.REQUESTED, Kind.COUNTERED, Kind.DATE_ASKED, Kind.TO_VERIFY, Kind.TO_CONFIRM,
            Kind.TO_CHECK, Kind.TO_RATIFY, Kind.TO_ENDORSE, Kind.TO_JOIN, Kind.DECLINED, Kind.WAITED_ON,
        }
    ),
    Family.HELP: frozenset({Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED}),
    Family.COUNCILS: frozenset(
        {Kind.COUNCIL, Kind.PARENT, Kind.TO_SETTLE, Kind.REFERRED, Kind.AGENDA, Kind.PACK, *OF_CALENDAR}
    ),
    Family.ANSWERS: frozenset({Kind.AGREED, Kind.NO_LONGER_ASKED, Kind.HELP_ANSWERED, Kind.HANDED_BACK}),
    Family.WORK: frozenset(
        {
            Kind.VERIFIED, Kind.TOLD_OUTCOME, Kind.CHECKED, Kind.NO_LONGER_BLOCKED, Kind.REPORTED, Kind.GIVEN_A_PART,
        }
    ),
    Family.DECISIONS: frozenset({Kind.DECIDED, Kind.MEETING_CLOSED, Kind.MINUTES_OUT, Kind.MINUTES_APPROVED}),
    Family.MENTIONS: frozenset({Kind.MENTIONED}),
    Family.FOLLOWED: frozenset({Kind.FOLLOWED}),
    Family.HEARD: frozenset({Kind.HEARD}),
    Family.VIEWS: frozenset({Kind.VIEWS}),
    Family.PROGRAMME: frozenset({Kind.CHARTER_BACK, Kind.CHARTER_HOLDS, Kind.HELD_BACK}),
    Family.DOOR: OF_THE_DOOR,
}  # fmt: skip

_FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}

MUST_BE_READ = frozenset({Family.OWED, Family.ASKED, Family.HELP, Family.COUNCILS})
"""What waits for its reader: it stays in the inbox whatever was chosen."""

NEWS = frozenset(
    {
        Kind.VERIFIED, Kind.TOLD_OUTCOME, Kind.CHECKED, Kind.REPORTED, Kind.DECIDED, Kind.AGREED,
        Kind.NO_LONGER_BLOCKED, Kind.NO_LONGER_ASKED, Kind.MENTIONED, Kind.FOLLOWED, Kind.GIVEN_A_PART,
        Kind.CHARTER_BACK, Kind.CHARTER_HOLDS, Kind.HELP_ANSWERED, Kind.MEETING_CLOSED, Kind.MINUTES_OUT,
        Kind.MINUTES_APPROVED, Kind.HANDED_BACK, Kind.PACK,
    }
)  # fmt: skip
"""What tells and asks nothing: this alone may be muted, and "Why did I get this?" says so. A new kind asks until it
stands here: better said once too often than not at all."""

SAYS: dict[Family, tuple[Promise, Promise]] = {
    Family.OWED: (_("What I owe"), _("Reminders, warnings, and work that was sent back.")),
    Family.ASKED: (_("What I am asked"), _("To take on, to answer, to verify, to approve, to sign.")),
    Family.HELP: (_("Where my help is asked"), _("By a person, or because something was not moved in time.")),
    Family.COUNCILS: (
        _("Councils and meetings"),
        _("Invitations, what stands on an agenda of mine, and what is read for it."),
    ),
    Family.ANSWERS: (_("What I asked for"), _("Agreements and answers to what I asked of others.")),
    Family.WORK: (_("What became of my work"), _("Verified, measured, free to go on, reported by somebody for me.")),
    Family.DECISIONS: (_("Decisions and minutes"), _("What was decided about my work, or where I was.")),
    Family.MENTIONS: (_("Mentions"), _("Where somebody names me with @.")),
    Family.FOLLOWED: (_("What I follow"), _("When it moves on or gets stuck.")),
    Family.HEARD: (_("Feedback"), _("Themes that were routed to my department.")),
    Family.VIEWS: (
        _("My views"),
        _("What I keep and want to be told of. They have a page of their own, and no place in the inbox."),
    ),
    Family.PROGRAMME: (_("The programme"), _("Charters, and how the program itself is doing.")),
    Family.DOOR: (_("Getting in"), _("Invitations and new passwords.")),
}

WHY_INBOX = _("What waits for you stays in the inbox: otherwise nobody would see that it rests.")
MAILED_ALONE = frozenset({Family.VIEWS, Family.DOOR})
"""What lies in no inbox: a view has its own page, and who is let in has no inbox yet."""

WHY_NO_INBOX = _("Your views have a page of their own, and no place in the inbox.")
WHY_MAIL = _("Without this mail nobody could get in.")


def family_of(kind: str) -> Family:
    """The family of a kind; what stands in none is news of the programme."""
    return _FAMILY_OF.get(Kind(kind), Family.PROGRAMME)


def must_be_read(kind: str, *, has_duty: bool) -> bool:
    """Whether it asks its reader for something, so that no mute swallows it. What is about a duty always does."""
    return has_duty or kind not in NEWS


class Group(StrEnum):
    """What a line asks its reader to do, the most pressing first."""

    DECIDE = "decide"
    ANSWER = "answer"
    STAND = "stand"
    VERIFY = "verify"
    READ = "read"


GROUPS: dict[Group, Promise] = {
    Group.DECIDE: _("Decide"),
    Group.ANSWER: _("Answer"),
    Group.STAND: _("Say where it stands"),
    Group.VERIFY: _("Verify"),
    Group.READ: _("Read"),
}

_GROUP_OF = {
    **dict.fromkeys(
        (
            Kind.COUNCIL, Kind.PARENT, Kind.TO_SETTLE, Kind.REFERRED, Kind.DATE_ASKED, Kind.DECLINED, Kind.TO_RATIFY,
            Kind.TO_ENDORSE,
        ),
        Group.DECIDE,
    ),
    **dict.fromkeys(
        (
            Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED, Kind.ASKED, Kind.REQUESTED,
            Kind.COUNTERED, Kind.WAITED_ON, Kind.HEARD, Kind.HELD_BACK, Kind.TO_JOIN, Kind.QUESTIONED,
            Kind.MEETING, Kind.MEETING_MOVED, Kind.SERIES,
        ),
        Group.ANSWER,
    ),
    **dict.fromkeys((Kind.WARNING, Kind.DUE, Kind.DUE_SOON, Kind.SENT_BACK, Kind.CAME_BACK), Group.STAND),
    **dict.fromkeys((Kind.TO_VERIFY, Kind.TO_CONFIRM, Kind.TO_CHECK), Group.VERIFY),
}  # fmt: skip

_ORDER = list(Group)


def group_of(kind: str) -> Group:
    """What this asks of its reader; what asks for nothing is read."""
    return _GROUP_OF.get(Kind(kind), Group.READ)


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """One heading of a digest or an inbox, and what stands under it."""

    group: Group
    title: str
    lines: tuple[T, ...]


def rank(kind: str) -> tuple[int, bool]:
    """The order of a digest: by what is to be done, the urgent first."""
    return _ORDER.index(group_of(kind)), Kind(kind) not in URGENT


def grouped(things: Iterable[T], kind_of: Callable[[T], str]) -> list[Section[T]]:
    """Things by what they ask for, the most urgent first; within it the order that they came in. No empty group."""
    found: dict[Group, list[T]] = {}
    for thing in sorted(things, key=lambda one: rank(kind_of(one))):
        found.setdefault(group_of(kind_of(thing)), []).append(thing)
    return [Section(group, str(GROUPS[group]), tuple(lines)) for group, lines in found.items()]
