"""Who has not acted: seats that were asked for something, and have not answered by the day they were given.

Open work by seat, not a figure about anybody's past: whoever may see a thing and the seat that owes it sees the line
(docs/figures.md). What somebody promised by themselves and is late with stands under late promises instead.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Window
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance import access
from governance.models import Calendar, Duty, DutyKind, Person


class Asked(StrEnum):
    """What a seat was asked for."""

    ESCALATION = "escalation"
    ANSWER = "answer"
    ACCEPTANCE = "acceptance"
    REQUEST = "request"
    DATE = "date"
    VERIFICATION = "verification"
    VOTE = "vote"
    SIGNATURE = "signature"
    CHAMPION = "champion"
    CHECK_IN = "check_in"


LABELS: Mapping[Asked, str | Promise] = {
    Asked.ESCALATION: _("Escalations"),
    Asked.ANSWER: _("Answers to what was heard"),
    Asked.ACCEPTANCE: _("Acceptances"),
    Asked.REQUEST: _("Requests between departments"),
    Asked.DATE: _("Other dates asked for"),
    Asked.VERIFICATION: _("Verifications"),
    Asked.VOTE: _("Votes in writing"),
    Asked.SIGNATURE: _("Charters to ratify"),
    Asked.CHAMPION: _("Champions to endorse or renew"),
    Asked.CHECK_IN: _("Check-ins with councils"),
}

KINDS: Mapping[Asked, tuple[str, ...]] = {
    Asked.ESCALATION: (DutyKind.RESPOND,),
    Asked.ANSWER: (DutyKind.ANSWER,),
    Asked.ACCEPTANCE: (DutyKind.ACCEPT,),
    Asked.REQUEST: (DutyKind.ANSWER_REQUEST, DutyKind.WEIGH, DutyKind.CONFIRM),
    Asked.DATE: (DutyKind.APPROVE_DATE,),
    Asked.VERIFICATION: (DutyKind.VERIFY,),
    Asked.VOTE: (DutyKind.VOTE,),
    Asked.SIGNATURE: (DutyKind.RATIFY,),
    Asked.CHAMPION: (DutyKind.ENDORSE, DutyKind.JOIN, DutyKind.RENEW),
    Asked.CHECK_IN: (DutyKind.CHECK_IN,),
}

ASKED: Mapping[str, Asked] = {kind: asked for asked, kinds in KINDS.items() for kind in kinds}


def asked_of(kind: str) -> Asked:
    """What a duty of a kind asks for; raises ``KeyError`` for one that asks nobody."""
    return ASKED[kind]


def listed(
    viewer: Person,
    now: datetime,
    *,
    asked: str = "",
    councils: Collection[int] | None = None,
    departments: Collection[int] | None = None,
    passed: Q | None = None,
) -> QuerySet[Duty]:
    """The open duties whose day has passed where they are owed, the oldest first, of what ``viewer`` may see.

    One of ``councils`` oversees them; one of ``departments`` has their seats. ``passed`` is the condition that the day
    is over, for whoever asked already which day it is where. Raises ``ValueError`` for an ``asked`` that there is not.
    """
    found = Duty.objects.filter(
        access.subject_seen(viewer, now, "subject__"),
        access.subject_seen(viewer, now, "seat__subject__"),
        passed if passed is not None else _passed(now),
        closed_at=None,
        kind__in=KINDS[Asked(asked)] if asked else sorted(ASKED),
    )
    if councils is not None:
        found = found.filter(overseer__in=councils)
    if departments is not None:
        found = found.filter(seat__department__in=departments)
    return found.select_related("subject", "seat__subject", "calendar").order_by("due_on", "pk")


@dataclass(frozen=True, slots=True)
class First:
    """The oldest lines, and how many there are in all."""

    first: Sequence[Duty]
    total: int


def first(viewer: Person, now: datetime, shown: int, **narrowed: Any) -> First:
    """The first of :func:`listed`, with the number of all of them. One statement."""
    rows = list(listed(viewer, now, **narrowed).annotate(n=Window(Count("pk")))[:shown])
    return First(rows, rows[0].n if rows else 0)


def counted(duties: QuerySet[Duty]) -> dict[Asked, int]:
    """How many of each, in the order of :class:`Asked`; what nobody owes counts 0. One statement."""
    rows = duties.order_by().values_list("kind").annotate(n=Count("pk"))
    found: dict[Asked, int] = dict.fromkeys(Asked, 0)
    for kind, n in rows:
        found[ASKED[kind]] += n
    return found


def _passed(now: datetime) -> Q:
    """The day has passed by the duty's own calendar. One statement."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, zone in Calendar.objects.values_list("pk", "zone"):
        by_day[now.astimezone(ZoneInfo(zone)).date()].append(key)
    passed = Q(pk__in=[])
    for day, calendars in by_day.items():
        passed |= Q(calendar__in=calendars, due_on__lt=day)
    return passed
