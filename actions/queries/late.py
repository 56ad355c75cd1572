"""Promises that are late, with what became worse since: for whoever reviews them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.figures import Figure, Moment, condition
from actions.models import ActionItem
from actions.queries.outcomes import said_since
from actions.queries.review import moment
from actions.queries.scope import EVERYTHING, Scope
from governance import links
from governance.models import Person

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Late:
    """One late promise. ``since`` counts who said the same since its day was over; None where the viewer sees no theme.

    Also where there is none: else the difference would tell of one that they may not see.
    """

    action: ActionItem
    path: str
    since: int | None


@dataclass(frozen=True, slots=True)
class LatePromises:
    """The first that are late, the longest late first, and how many more there are."""

    listed: Sequence[Late]
    more: int


def late_promises(
    viewer: Person,
    now: datetime,
    *,
    shown: int = SHOWN,
    scope: Scope = EVERYTHING,
    at: Moment | None = None,
    total: int | None = None,
) -> LatePromises:
    """The late promises that ``viewer`` may see: those that the review's figure counts. Four statements at most.

    Two for whoever passes which day it is where (``at``), and how many there are (``total``).
    Work by seat, not a figure about anybody: what is counted are customers.
    """
    found = (
        ActionItem.objects.counted_for(viewer, now)
        .filter(condition(Figure.LATE, at or moment(now)), scope.actions())
        .select_related("subject", "department", "seat__subject", "theme__subject")
    )
    rows = list(found.order_by("promised", "pk")[: shown + 1])
    if total is None:
        total = found.count() if len(rows) > shown else len(rows)
    since = said_since(rows[:shown], viewer, now)
    listed = [Late(one, links.path_of(one.subject), since.get(one.pk)) for one in rows[:shown]]
    return LatePromises(listed, total - len(listed))
