"""The figures of the executive review, each defined once as a condition on actions.

The number on the page and the list that it opens apply the same condition, so they cannot disagree. What each figure
counts and why stands in ``docs/figures.md``; the words here are its short form. No statement is run here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.lifecycle import CLOSED
from actions.models import (
    ACCEPTED_STATES,
    OPEN_STATES,
    RETURNED,
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
    ACCEPTED = "accepted"
    PROMISED = "promised"
    KEPT = "kept"
    LATE = "late"
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
    Figure.ACCEPTED: _("Accepted"),
    Figure.PROMISED: _("Promised"),
    Figure.KEPT: _("Kept"),
    Figure.LATE: _("Late"),
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
    Figure.UNPROVEN: _("Not judged yet"),
    Figure.ON_TEAM: _("On the CX team"),
    Figure.FUNDED: _("Funded"),
    Figure.OVERRUN: _("Overrun"),
    Figure.BROUGHT: _("Benefit verified"),
    Figure.UNCOUNTED: _("Benefit not verified yet"),
}

MEANINGS: dict[Figure, str | Promise] = {
    Figure.ACCEPTED: _("accepted by their seat; the denominator of every figure"),
    Figure.PROMISED: _("have a promised date that holds"),
    Figure.KEPT: _("said done by the end of the promised day, and not sent back since"),
    Figure.LATE: _("open, and the promised day has passed where the seat is"),
    Figure.BLOCKED: _("open, with a blocker that nobody lifted"),
    Figure.NO_DATE: _("no date is promised: one is owed"),
    Figure.UNOWNED: _("their seat has neither a holder nor an acting deputy"),
    Figure.UNFUNDED: _("nothing is allocated, and nobody said that nothing is needed"),
    Figure.UNVERIFIED: _("said done, and nobody has verified it"),
    Figure.AS_IS: _("closed by their council without verification"),
    Figure.RESOURCED: _("something is allocated, or somebody said that nothing is needed"),
    Figure.FINISHED: _("said done, verified, or closed by their council as they are"),
    Figure.VERIFIED: _("said done, and confirmed by another person"),
    Figure.WORKED: _("verified, and somebody said that it worked"),
    Figure.UNPROVEN: _("verified, and nobody has said yet whether it worked"),
    Figure.ON_TEAM: _("promised, and owed by a seat of the CX lead or the CX core team"),
    Figure.FUNDED: _("money or person-time was allocated, also where it was given back since"),
    Figure.OVERRUN: _("more was spent than was allocated, and nobody settled it yet"),
    Figure.BROUGHT: _("closed, and finance verified cashable benefit or revenue that it brought"),
    Figure.UNCOUNTED: _("verified, money was spent on it, and finance verified nothing that it brought"),
}

COLUMNS = (
    Figure.PROMISED, Figure.LATE, Figure.BLOCKED, Figure.NO_DATE, Figure.UNOWNED, Figure.UNFUNDED, Figure.UNVERIFIED,
)  # fmt: skip
"""The figures of a row of the review, in its order: work as it stands. What was kept is conduct, and stands in the
promise record alone, of groups that are large enough (DESIGN.md, point 14)."""

IN_A_ROW = (Figure.ACCEPTED, *COLUMNS, Figure.AS_IS)
"""What a row of the review counts; the others are the funnel's (``actions/queries/funnel.py``)."""


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

    def today(self, calendar_id: int | None, department_id: int) -> date:
        """Which day it is where a seat is: by its own calendar, else its department's."""
        for local in self.days:
            if local.calendars is None:
                return local.day
            if calendar_id in local.calendars if calendar_id is not None else department_id in local.departments:
                return local.day
        return self.days[0].day


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


def _funded() -> Any:
    """Things to which money or time was allocated; not where it lapsed with its period before any of it was spent."""
    lapsed = Posting.objects.filter(why=Why.LAPSED).values("source_id")
    holds = Q(kind=AccountKind.SPENT) | Q(kind=AccountKind.ALLOCATION) & ~Q(pk__in=lapsed)
    return Account.objects.filter(holds, subject__isnull=False).values("subject_id")


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


def _judged() -> Any:
    """Verdicts of people on the verification that stands; what was said of an earlier round counts nowhere here."""
    return OutcomeVerdict.objects.filter(verification__at=F("action__verified_at")).values("action_id")


def _benefits() -> Any:
    """What finance verified and did not correct."""
    return Benefit.objects.filter(corrected_by=None).values("action_id")


def condition(figure: str, moment: Moment) -> Q:
    """What an action must be to count. Raises ValueError for a figure that is not defined."""
    accepted = Q(state__in=ACCEPTED_STATES)
    is_open = Q(state__in=OPEN_STATES)
    held: Any = Tenure.objects.at(moment.now).filter(person__is_active=True).values("seat_id")
    stopped = Blocker.objects.filter(lifted_at=None, kind=BlockerKind.BLOCKED).values("action_id")
    closing = (ActionState.DONE, ActionState.VERIFIED, ActionState.AS_IS)
    return {
        Figure.ACCEPTED: accepted,
        Figure.PROMISED: accepted & Q(promised__isnull=False),
        Figure.KEPT: Q(state__in=closing, done_on__lte=F("promised"))
        & (Q(refused_at=None) | Q(refused_at__lte=F("done_at"))),
        Figure.LATE: is_open & _any(Q(promised__lt=local.day) & local.holds() for local in moment.days),
        Figure.BLOCKED: is_open & Q(pk__in=stopped),
        Figure.NO_DATE: accepted & Q(promised=None),
        Figure.UNOWNED: accepted & ~Q(seat_id__in=held),
        Figure.UNFUNDED: accepted & Q(needs_none=False) & ~Q(pk__in=_funded()),
        Figure.UNVERIFIED: Q(state=ActionState.DONE),
        Figure.AS_IS: Q(state=ActionState.AS_IS),
        Figure.RESOURCED: accepted & (Q(needs_none=True) | Q(pk__in=_funded())),
        Figure.FINISHED: Q(state__in=closing),
        Figure.VERIFIED: Q(state=ActionState.VERIFIED),
        Figure.WORKED: Q(state=ActionState.VERIFIED, pk__in=_judged().filter(effect=OutcomeEffect.WORKED)),
        Figure.ON_TEAM: accepted & Q(promised__isnull=False, seat__kind__in=TEAM),
        Figure.UNPROVEN: Q(state=ActionState.VERIFIED) & ~Q(pk__in=_judged()),
        Figure.FUNDED: Q(pk__in=_given()),
        Figure.OVERRUN: Q(pk__in=_overrun()),
        Figure.BROUGHT: Q(state__in=sorted(CLOSED), pk__in=_benefits().filter(kind__in=RETURNED)),
        Figure.UNCOUNTED: Q(state=ActionState.VERIFIED, pk__in=_paid()) & ~Q(pk__in=_benefits()),
    }[Figure(figure)]
