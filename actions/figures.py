"""The figures of the executive review, each defined once as a condition on actions.

The number on the page and the list that it opens apply the same condition, so they cannot disagree. What each figure
counts and why stands in ``docs/figures.md``; the words here are its short form. No statement is run here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.lifecycle import CLOSED
from actions.models import (
    ACCEPTED_STATES,
    OPEN_STATES,
    RETURNED,
    STANDING_STATES,
    ActionState,
    Benefit,
    Blocker,
    BlockerKind,
    OutcomeEffect,
    OutcomeVerdict,
)
from councils.models import Account, AccountKind, Posting, Spending, Unit, Why
from governance.models import SeatKind, Tenure


class Figure(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    PROMISED = "promised"
    KEPT = "kept"
    LATE = "late"
    LATE_WEEK = "late_week"
    LATE_MONTH = "late_month"
    LATE_LONGER = "late_longer"
    BLOCKED = "blocked"
    NO_DATE = "no_date"
    UNOWNED = "unowned"
    UNFUNDED = "unfunded"
    UNVERIFIED = "unverified"
    AS_IS = "as_is"
    RESOURCED = "resourced"
    FINISHED = "finished"
    VERIFIED = "verified"
    WORKED = "worked"
    UNPROVEN = "unproven"
    ON_TEAM = "on_team"
    FUNDED = "funded"
    OVERRUN = "overrun"
    BROUGHT = "brought"
    UNCOUNTED = "uncounted"


LABELS: dict[Figure, str | Promise] = {
    Figure.OPEN: _("Open"),
    Figure.ACCEPTED: _("Accepted"),
    Figure.PROMISED: _("Promised"),
    Figure.KEPT: _("Kept"),
    Figure.LATE: _("Late"),
    Figure.LATE_WEEK: _("Late by a week at most"),
    Figure.LATE_MONTH: _("Late by 8 to 30 days"),
    Figure.LATE_LONGER: _("Late by more than 30 days"),
    Figure.BLOCKED: _("Blocked"),
    Figure.NO_DATE: _("No date"),
    Figure.UNOWNED: _("Unowned"),
    Figure.UNFUNDED: _("Unfunded"),
    Figure.UNVERIFIED: _("Unverified"),
    Figure.AS_IS: _("Accepted as is"),
    Figure.RESOURCED: _("Resourced"),
    Figure.FINISHED: _("Done"),
    Figure.VERIFIED: _("Verified"),
    Figure.WORKED: _("Worked"),
    Figure.UNPROVEN: _("Without a verdict"),
    Figure.ON_TEAM: _("On the CX team"),
    Figure.FUNDED: _("Funded"),
    Figure.OVERRUN: _("Overrun"),
    Figure.BROUGHT: _("Benefit verified"),
    Figure.UNCOUNTED: _("Benefit not verified yet"),
}

MEANINGS: dict[Figure, str | Promise] = {
    Figure.OPEN: _("accepted and not closed: under way, or said done and not verified yet"),
    Figure.ACCEPTED: _("accepted by their seat, closed ones among them"),
    Figure.PROMISED: _("have a promised date that holds"),
    Figure.KEPT: _("said done by the end of the promised day, and not sent back since"),
    Figure.LATE: _("under way, and the promised day has passed where the seat is"),
    Figure.LATE_WEEK: _("under way, and the promised day passed one to seven days ago"),
    Figure.LATE_MONTH: _("under way, and the promised day passed 8 to 30 days ago"),
    Figure.LATE_LONGER: _("under way, and the promised day passed more than 30 days ago"),
    Figure.BLOCKED: _("under way, with a blocker that nobody lifted"),
    Figure.NO_DATE: _("open, and no date is promised: one is owed"),
    Figure.UNOWNED: _("open, and their seat has neither a holder nor an acting deputy"),
    Figure.UNFUNDED: _("open, nothing is allocated, and nobody said that nothing is needed"),
    Figure.UNVERIFIED: _("said done, and nobody has verified it"),
    Figure.AS_IS: _("closed by their council without verification"),
    Figure.RESOURCED: _("something is allocated, or somebody said that nothing is needed"),
    Figure.FINISHED: _("said done, verified, or closed by their council as they are"),
    Figure.VERIFIED: _("said done, and confirmed by another person"),
    Figure.WORKED: _("verified, and somebody said that it worked"),
    Figure.UNPROVEN: _("verified, and nobody has said yet whether it worked; also where no KPI was fixed"),
    Figure.ON_TEAM: _("promised, and owed by a seat of the CX lead or the CX core team"),
    Figure.FUNDED: _("money or person-time was allocated, also where it was given back since"),
    Figure.OVERRUN: _("more was spent than was allocated, and nobody settled it yet"),
    Figure.BROUGHT: _("closed, and finance verified cashable benefit or revenue that it brought"),
    Figure.UNCOUNTED: _("verified, money was spent on it, and finance verified nothing that it brought"),
}

LATE_BANDS = (Figure.LATE_WEEK, Figure.LATE_MONTH, Figure.LATE_LONGER)
"""What is late, by how long: together they are ``late``."""

COLUMNS = (
    Figure.LATE, *LATE_BANDS, Figure.BLOCKED, Figure.NO_DATE, Figure.UNOWNED, Figure.UNFUNDED, Figure.UNVERIFIED,
)  # fmt: skip
"""The figures of a row of the review, in its order: open work as it stands, of ``open``. What was kept is conduct, and
stands in the promise record alone, of groups that are large enough (DESIGN.md, point 14)."""

IN_A_ROW = (Figure.OPEN, *COLUMNS)
"""What a row of the review counts; the others are the funnel's (``actions/queries/funnel.py``)."""


OFFERED = tuple(figure for figure in Figure if figure != Figure.KEPT)
"""What lists are narrowed by. What was kept is told of each action by itself: beside a seat it would be a rate of one
person."""

OUTCOMES = (Figure.AS_IS, Figure.WORKED, Figure.UNPROVEN, Figure.BROUGHT, Figure.UNCOUNTED)
"""What came of work. Beside a seat that somebody else holds, its number over what is verified would be a rate of one
person (DESIGN.md, point 14)."""

TEAM = (SeatKind.CX_LEAD, SeatKind.CORE_TEAM)
"""The CX team's own seats: what rests there, no department has taken on."""


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One day that it is now in some places: those of these calendars, and of seats without one in these departments.

    ``calendars`` None: everywhere.
    """

    day: date
    calendars: frozenset[int] | None = None
    departments: frozenset[int] = frozenset()

    def holds(self) -> Q:
        """The actions whose seat is in one of the places."""
        if self.calendars is None:
            return Q()
        own = Q(seat__calendar_id__in=sorted(self.calendars))
        return own | Q(seat__calendar=None, department_id__in=sorted(self.departments))


@dataclass(frozen=True, slots=True)
class Moment:
    """When the figures are taken: the moment, and which day that is at every place (one of them, nearly always)."""

    now: datetime
    days: tuple[LocalDay, ...]
    zone: str = "UTC"
    """Where the organisation is: periods begin there."""

    def has_passed(self) -> Q:
        """The condition on duties whose day is over where they are owed: a duty has a calendar of its own."""
        passed = Q(pk__in=[])
        for local in self.days:
            there = Q() if local.calendars is None else Q(calendar_id__in=sorted(local.calendars))
            passed |= Q(due_on__lt=local.day) & there
        return passed

    def today(self, calendar_id: int | None, department_id: int) -> date:
        """Which day it is where a seat is: by its own calendar, else its department's."""
        for local in self.days:
            if local.calendars is None:
                return local.day
            if calendar_id in local.calendars if calendar_id is not None else department_id in local.departments:
                return local.day
        return self.days[0].day


def _late(moment: Moment, least: int, most: int | None) -> Q:
    """The promised day passed ``least`` to ``most`` days ago where the seat is; ``most`` None: or earlier."""
    found = Q(pk__in=[])
    for local in moment.days:
        passed = Q(promised__lte=local.day - timedelta(days=least))
        if most is not None:
            passed &= Q(promised__gte=local.day - timedelta(days=most))
        found |= passed & local.holds()
    return found


# What is asked of each action is asked by its key, not of all that is stored: closed work must cost nothing.


def _funded() -> Q:
    """Money or time was allocated to it; not where it lapsed with its period before any of it was spent."""
    lapsed = Posting.objects.filter(why=Why.LAPSED, source=OuterRef("pk"))
    holds = Q(kind=AccountKind.SPENT) | Q(kind=AccountKind.ALLOCATION) & ~Exists(lapsed)
    return Q(Exists(Account.objects.filter(holds, subject=OuterRef("pk"))))


def _judged(**more: str) -> Q:
    """A person's verdict on the verification that stands; what was said of an earlier round counts nowhere here."""
    said = OutcomeVerdict.objects.filter(action=OuterRef("pk"), verification__at=OuterRef("verified_at"), **more)
    return Q(Exists(said))


def _given() -> Any:
    """Things to which anything was ever allocated, or on which anything was spent."""
    kinds = (AccountKind.ALLOCATION, AccountKind.SPENT)
    return Account.objects.filter(kind__in=kinds, subject__isnull=False).values("subject_id")


def _overrun() -> Any:
    """Things that owe what was spent on them beyond what was allocated."""
    owing: Any = Account.objects.filter(kind=AccountKind.OVERRUN).weighed()
    return owing.filter(balance__lt=0).values("subject_id")


def _paid() -> Any:
    """Things on which money was spent, and not all of it reversed."""
    standing = Spending.objects.filter(reverses=None, reversed_at=None, envelope__unit=Unit.MONEY)
    return standing.values("subject_id")


def _benefits() -> Any:
    """What finance verified and did not correct."""
    return Benefit.objects.filter(corrected_by=None).values("action_id")


def condition(figure: str, moment: Moment) -> Q:
    """What an action must be to count. Raises ValueError for a figure that is not defined."""
    accepted = Q(state__in=ACCEPTED_STATES)
    is_open = Q(state__in=OPEN_STATES)
    held: Any = Tenure.objects.at(moment.now).filter(person__is_active=True).values("seat_id")
    stopped = Q(Exists(Blocker.objects.filter(lifted_at=None, kind=BlockerKind.BLOCKED, action=OuterRef("pk"))))
    closing = (ActionState.DONE, ActionState.VERIFIED, ActionState.AS_IS)
    standing = Q(state__in=STANDING_STATES)
    return {
        Figure.OPEN: standing,
        Figure.ACCEPTED: accepted,
        Figure.PROMISED: accepted & Q(promised__isnull=False),
        Figure.KEPT: Q(state__in=closing, done_on__lte=F("promised"))
        & (Q(refused_at=None) | Q(refused_at__lte=F("done_at"))),
        Figure.LATE: is_open & _late(moment, 1, None),
        Figure.LATE_WEEK: is_open & _late(moment, 1, 7),
        Figure.LATE_MONTH: is_open & _late(moment, 8, 30),
        Figure.LATE_LONGER: is_open & _late(moment, 31, None),
        Figure.BLOCKED: is_open & stopped,
        Figure.NO_DATE: standing & Q(promised=None),
        Figure.UNOWNED: standing & ~Q(seat_id__in=held),
        Figure.UNFUNDED: standing & Q(needs_none=False) & ~_funded(),
        Figure.UNVERIFIED: Q(state=ActionState.DONE),
        Figure.AS_IS: Q(state=ActionState.AS_IS),
        Figure.RESOURCED: accepted & (Q(needs_none=True) | _funded()),
        Figure.FINISHED: Q(state__in=closing),
        Figure.VERIFIED: Q(state=ActionState.VERIFIED),
        Figure.WORKED: Q(state=ActionState.VERIFIED) & _judged(effect=OutcomeEffect.WORKED),
        Figure.ON_TEAM: accepted & Q(promised__isnull=False, seat__kind__in=TEAM),
        Figure.UNPROVEN: Q(state=ActionState.VERIFIED) & ~_judged(),
        Figure.FUNDED: Q(pk__in=_given()),
        Figure.OVERRUN: Q(pk__in=_overrun()),
        Figure.BROUGHT: Q(state__in=sorted(CLOSED), pk__in=_benefits().filter(kind__in=RETURNED)),
        Figure.UNCOUNTED: Q(state=ActionState.VERIFIED, pk__in=_paid()) & ~Q(pk__in=_benefits()),
    }[Figure(figure)]
