"""Who owes whom: each figure of the matrix defined once, as a condition on requests. No statement is run here.

The debtor is the department whose seat owes the next move (``actions.requesting.MOVES``), so that each open request is
counted exactly once: an unanswered request is the asked department's debt, an unconfirmed delivery the asking one's.
What each figure counts and why stands in ``docs/figures.md``.
"""

from enum import StrEnum

from django.db.models import BigIntegerField, Case, F, Q, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.figures import Moment
from actions.requesting import OPEN, UNANSWERED, Side, states_owed_by


class Figure(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"


LABELS: dict[Figure, str | Promise] = {
    Figure.OPEN: _("Open"),
    Figure.OVERDUE: _("Overdue"),
    Figure.UNANSWERED: _("Unanswered"),
}

MEANINGS: dict[Figure, str | Promise] = {
    Figure.OPEN: _("open requests, each the debt of whoever owes the next move: an answer, a delivery, a confirmation"),
    Figure.OVERDUE: _("of those, the day of that move has passed where the seat is"),
    Figure.UNANSWERED: _("of those, something was asked or proposed and is not answered yet"),
}

_ASKED, _ASKING = states_owed_by(Side.ASKED), states_owed_by(Side.ASKING)

DEBTOR = Case(
    When(state__in=_ASKED, then=F("to_department_id")),
    When(state__in=_ASKING, then=F("from_department_id")),
    output_field=BigIntegerField(),
)
CREDITOR = Case(
    When(state__in=_ASKED, then=F("from_department_id")),
    When(state__in=_ASKING, then=F("to_department_id")),
    output_field=BigIntegerField(),
)


def is_the_askeds(state: str) -> bool:
    """Whether the asked department owes the next move of an open request, and not the asking one."""
    return state in _ASKED


def owing(*departments: int) -> Q:
    """The open requests whose next move one of these departments owes."""
    return Q(state__in=_ASKED, to_department__in=departments) | Q(state__in=_ASKING, from_department__in=departments)


def owed_to(*departments: int) -> Q:
    """The open requests for whose next move one of these departments waits."""
    return Q(state__in=_ASKED, from_department__in=departments) | Q(state__in=_ASKING, to_department__in=departments)


def condition(figure: str, moment: Moment) -> Q:
    """What a request must be to count. Raises ValueError for a figure that is not defined."""
    return {
        Figure.OPEN: Q(state__in=sorted(OPEN)),
        Figure.OVERDUE: _overdue(moment),
        Figure.UNANSWERED: Q(state__in=sorted(UNANSWERED)),
    }[Figure(figure)]


def _overdue(moment: Moment) -> Q:
    """The day of the next move has passed where the seat that owes it is."""
    found = Q(pk__in=[])
    for local in moment.days:
        passed = Q(state__in=sorted(OPEN), due_on__lt=local.day)
        if local.calendars is None:
            found |= passed
            continue
        for states, side in ((_ASKED, "to"), (_ASKING, "from")):
            own = Q(**{f"{side}_seat__calendar_id__in": sorted(local.calendars)})
            lent = Q(**{f"{side}_seat__calendar": None, f"{side}_department_id__in": sorted(local.departments)})
            found |= passed & Q(state__in=states) & (own | lent)
    return found
