"""How a meeting's time is divided: the order of its agenda, minutes, who introduces, and what goes by consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import standing_points
from councils.matters import STANDING
from councils.models import OVER, AgendaItem, ItemState, Meeting
from councils.referrals import GENERAL
from councils.services import agenda, meetings
from governance import access, events
from governance.errors import Conflict, Invalid
from governance.models import Person, Seat
from governance.queries import languages
from governance.services import journal

ARRANGED = events.declare("councils.agenda.arranged", says=gettext_lazy("{by} arranged the agenda of {subject}"))
LONGEST = 600
"""Minutes that one item gets at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the plan, by its reference. ``lead`` is the reference of the seat that introduces it."""

    item: str
    allotted: int | None = None
    lead: str = ""
    by_consent: bool = False


@transaction.atomic
def arrange(*, meeting: Meeting, rows: Sequence[Row], by: Person, now: datetime, version: int | None = None) -> Meeting:
    """Put the agenda into the order of ``rows``, each with its minutes. What is left out stands behind, as it was.

    Raises :class:`Conflict` for a meeting that is over, :class:`Invalid` at ``rows`` for an item of another agenda.
    """
    access.require(by, council_access.PREPARE, meeting.council, now)
    meeting = meetings.locked(meeting, version)
    if meeting.state in OVER:
        raise Conflict(_("This meeting is over; its agenda stays as it was."))
    items = {
        item.reference: item
        for item in AgendaItem.objects.select_for_update(of=("self",))
        .filter(meeting=meeting)
        .select_related("subject")
        .order_by("position", "pk")
    }
    named = [row.item for row in rows]
    if len(set(named)) != len(named) or set(named) - set(items):
        raise Invalid(_("Name each item of this agenda once, and no other."), field="rows")
    seats = _leads(rows, by, now)
    behind = [Row(reference, *_as_it_was(item)) for reference, item in items.items() if reference not in set(named)]
    for position, row in enumerate([*rows, *behind], start=1):
        item = items[row.item]
        if row.allotted is not None and not 1 <= row.allotted <= LONGEST:
            raise Invalid(_("Give an item between 1 and %(n)d minutes, or none.") % {"n": LONGEST}, field="rows")
        lead = item.lead_id if row in behind else seats.get(row.lead)
        if (item.position, item.allotted, item.lead_id, item.by_consent) != (
            position,
            row.allotted,
            lead,
            row.by_consent,
        ):
            item.position, item.allotted, item.lead_id, item.by_consent = position, row.allotted, lead, row.by_consent
            item.keep("position", "allotted", "lead", "by_consent")
    meeting.keep()
    journal.record(ARRANGED, subject=meeting.subject, by=by, now=now)
    return meeting


@transaction.atomic
def take_on_points(*, meeting: Meeting, by: Person, now: datetime) -> list[AgendaItem]:
    """Put the standing points of its kind of council onto a planned meeting, with their minutes, ahead of the rest.

    What stands there already, carried over or added before, is not added again. Nobody owes them: each ends with its
    meeting, and the next one asks it anew.
    """
    access.require(by, council_access.PREPARE, meeting.council, now)
    meeting = meetings.locked(meeting)
    meetings.require_planned(meeting, _("Standing points are added before a meeting begins. This one is %(state)s."))
    with translation.override(languages.of_papers()):
        points = [(str(point.ask), point.minutes) for point in standing_points.of_kind(meeting.council.kind)]
    open_ones = AgendaItem.objects.select_for_update(of=("self",)).filter(meeting=meeting, state=ItemState.OPEN)
    there = list(open_ones.order_by("position", "pk"))
    known = {item.ask for item in there}
    made = []
    for ask, minutes in points:
        if ask in known:
            continue
        item = agenda.put(
            council=meeting.council, about=None, matter=GENERAL, by=by, now=now, ask=ask,
            proposal={STANDING: True}, is_owed=False,
        )  # fmt: skip
        item.meeting, item.allotted = meeting, minutes
        made.append(item)
    for position, item in enumerate([*made, *there], start=1):
        if item.position != position or item in made:
            item.position = position
            item.keep("position", "meeting", "allotted")
    return made


def _as_it_was(item: AgendaItem) -> tuple[int | None, str, bool]:
    return item.allotted, "", item.by_consent


def _leads(rows: Sequence[Row], by: Person, now: datetime) -> dict[str, int]:
    """The seats that introduce items, by reference; they must be such as ``by`` may see."""
    named = {row.lead for row in rows if row.lead}
    seats = Seat.objects.visible_to(by, now).filter(subject__reference__in=named, subject__archived_at=None)
    found = dict(seats.values_list("subject__reference", "pk"))
    if named - set(found):
        raise Invalid(_("There is no such seat, or none that you may see. Choose another."), field="rows")
    return found
