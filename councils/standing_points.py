"""Standing points of an agenda, by kind of council: offered when a meeting is planned, with minutes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Point:
    """One question that each meeting of a kind of council asks, and the minutes it has."""

    ask: str | Promise
    minutes: int


KEPT = Point(_("What we promised last time: what is kept, and what is not"), 10)
ROUND = Point(_("Round of departments: promised, kept, needed"), 15)

POINTS: dict[str, Sequence[Point]] = {
    "executive": (
        Point(_("What customers told us this quarter, in one page"), 10),
        KEPT,
        Point(_("Where money and people are needed, and what they brought"), 15),
    ),
    "governance": (KEPT, ROUND, Point(_("What customers say now that nobody answers"), 10)),
    "core_team": (
        Point(_("What is stuck, and who moves it this week"), 15),
        Point(_("What the next council has to decide"), 10),
    ),
    "culture": (
        Point(_("A story from a customer, told by whoever heard it"), 10),
        Point(_("What our values meant in the last weeks, and where they did not hold"), 15),
    ),
    "excellence": (
        Point(_("Pilots: what passed its check, and where it is repeated"), 15),
        Point(_("Methods: what others should do as well"), 15),
    ),
    "squad": (Point(_("Each of us: done, next, in the way"), 10),),
}


def of_kind(kind: str) -> Sequence[Point]:
    """The standing points of a kind of council; none for a kind that has none."""
    return POINTS.get(kind, ())
