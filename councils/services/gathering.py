"""An agenda builds itself: what is eligible comes once, what was settled elsewhere leaves, what was left goes on.

Asked when a meeting is called, by *Bring up to date*, and every night for whoever meets next. May run twice: the
council's row is held, and a matter stands once on an agenda.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import referrals, sources
from councils.matters import MATTERS
from councils.models import AgendaItem, Council, ItemState, Meeting, MeetingState
from councils.queries.meetings import planned_of
from councils.services import agenda
from governance import access, events
from governance.clauses import Rules
from governance.errors import Conflict
from governance.models import DutyKind, Person, Subject
from governance.queries import languages
from governance.queries.calendars import calendar_of_department, local_day
from governance.services import duties, journal

FOR_EVER = datetime.max.replace(tzinfo=UTC)

log = structlog.get_logger(__name__)

GATHERED = events.declare(
    "councils.agenda.gathered",
    says=gettext_lazy("{by} brought the agenda of {subject} up to date: {came} came, {left} left"),
)
LEFT = events.declare("councils.item.left", says=gettext_lazy("“{subject}” left the agenda by itself: {text}"))
WENT_BACK = events.declare("councils.item.went_back", says=gettext_lazy("“{subject}” needs no council: {text}"))


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came onto an agenda, what left it, and what waits for somebody who may settle it alone."""

    came: Sequence[AgendaItem] = ()
    left: Sequence[AgendaItem] = ()
    alone: Sequence[AgendaItem] = ()


@transaction.atomic
def bring_up_to_date(*, meeting: Meeting, by: Person, now: datetime) -> Gathered:
    """Ask every source for a planned meeting. Raises :class:`Conflict` for one that has begun, or is not the next."""
    access.require(by, council_access.PREPARE, meeting.council, now)
    coming, council = _held(meeting.council_id)
    if coming is None or coming.pk != meeting.pk:
        raise Conflict(_("Only the agenda of the next planned meeting is built. This one begins, or another is first."))
    gathered = gather(council, coming, now)
    journal.record(
        GATHERED, subject=meeting.subject, by=by, now=now, came=len(gathered.came), left=len(gathered.left)
    )  # fmt: skip
    return gathered


def gather_all(now: datetime) -> int:
    """Build the agenda of every council that meets next, and let go what is settled elsewhere in all others.

    Once a night. One short transaction a council; one that fails is logged, and holds up no other. Returns how many.
    """
    planned = Meeting.objects.filter(council=OuterRef("pk"), state=MeetingState.PLANNED)
    brought = AgendaItem.objects.filter(council=OuterRef("pk"), state=ItemState.OPEN).exclude(source="")
    keys = list(Council.objects.filter(Exists(planned) | Exists(brought)).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        try:
            with transaction.atomic():
                coming, council = _held(key)
                gather(council, coming, now)
        except Exception as error:
            log.exception("gathering.failed", council=key, error=type(error).__name__)
    return len(keys)


def _held(council_id: int) -> tuple[Meeting | None, Council]:
    """The next meeting and the council, locked in the order in which a meeting that closes locks them: it does not end
    while its agenda is built."""
    coming = planned_of(council_id).select_for_update(of=("self",)).first()
    council: Council = (
        Council.objects.select_for_update(of=("self",))
        .select_related("department", "charter", "subject", "sponsor__seat")
        .get(pk=council_id)
    )
    return coming, council


def gather_for(meeting: Meeting, now: datetime) -> None:
    """Build the agenda of a meeting that is being called, within the caller's transaction and lock of its council.

    Nobody else knows the meeting yet, so that no other one is locked behind the council.
    """
    coming = planned_of(meeting.council_id).first()
    if coming is not None and coming.pk == meeting.pk:
        gather(meeting.council, coming, now)


def gather(council: Council, meeting: Meeting | None, now: datetime) -> Gathered:
    """Let go, bring and place, within the caller's transaction and lock of the council.

    Without a ``meeting`` nothing is brought. What is stored is in the organisation's language.
    """
    with translation.override(languages.of_papers()):
        left = _let_go(council, now)
        came = _bring(council, meeting, now) if meeting is not None else []
        alone = _set_aside(council, now)
    if meeting is not None:
        came = _place(council, meeting, came, {item.pk for item in alone})
    return Gathered(came, left, alone)


# --- what leaves ---------------------------------------------------------------------------------------------------


def _let_go(council: Council, now: datetime) -> list[AgendaItem]:
    """Take off what a rule brought and nothing holds any more; never what is talked or voted about at this moment."""
    items = list(_brought(council).filter(~Exists(agenda.voted_on())))
    said = sources.still(items, now)
    left = []
    for item in items:
        reason = sources.over(item, said[item.pk])
        if not reason or MATTERS[item.matter].stays or _is_on(item):
            continue
        item.state, item.left_at = ItemState.WITHDRAWN, now
        if item.meeting is not None and item.meeting.state == MeetingState.PLANNED:
            item.meeting = None  # of one that sits, its minutes say that it left
        item.keep("state", "left_at", "meeting")
        duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="settled_elsewhere")
        journal.record(LEFT, subject=item.subject, by=None, now=now, text=reason, mentions=[("council", council.pk)])
        left.append(item)
    return left


def _brought(council: Council) -> QuerySet[AgendaItem]:
    """What a rule put onto the council's agenda and nobody stands behind, locked; what is being settled is left out."""
    found: QuerySet[AgendaItem] = (
        AgendaItem.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("subject", "about", "meeting", "council__department")
        .filter(council=council, state=ItemState.OPEN, raised_by=None)
        .exclude(source="")
        .order_by("pk")
    )
    return found


def _is_on(item: AgendaItem) -> bool:
    """Whether it is talked about now."""
    return item.meeting is not None and item.meeting.current_id == item.pk


# --- what comes ----------------------------------------------------------------------------------------------------


def _bring(council: Council, meeting: Meeting, now: datetime) -> list[AgendaItem]:
    calendar = calendar_of_department(council.department)
    room = sources.Room(
        council=council,
        rules=Rules.from_json(duties.rules_in_force(council.charter, now).rules),
        today=local_day(calendar, now),
        meets_on=local_day(calendar, meeting.starts_at),
        now=now,
    )
    found = [
        (source.key, one) for source in sources.SOURCES.values() if source.find is not None for one in source.find(room)
    ]
    about = Subject.objects.in_bulk({one.about_id for _key, one in found})
    stood = _stood(council, [one for _key, one in found])
    came = []
    for key, one in found:
        before = stood.get((one.about_id, one.matter))
        if before is not None and before >= one.since:
            continue
        stood[one.about_id, one.matter] = now
        came.append(
            agenda.put(
                council=council,
                about=about[one.about_id],
                matter=one.matter,
                by=None,
                now=now,
                ask=one.ask,
                proposal=one.proposal,
                source=key,
            )
        )
    return came


def _stood(council: Council, found: Iterable[sources.Found]) -> dict[tuple[int, str], datetime]:
    """When each of these matters was put onto this agenda last. What stands there now stood there for ever, whatever
    brought it; what left by a rule counts as if it had never come."""
    rows = (
        AgendaItem.objects.filter(council=council, left_at=None, about_id__in={one.about_id for one in found})
        .order_by()
        .values_list("about_id", "matter")
        .annotate(last=Max("raised_at"), stands=Count("pk", filter=Q(state=ItemState.OPEN)))
    )
    return {(about, matter): FOR_EVER if stands else last for about, matter, last, stands in rows}


# --- where it stands -----------------------------------------------------------------------------------------------


def _set_aside(council: Council, now: datetime) -> list[AgendaItem]:
    """The intake: what a department may settle alone goes back to it with the reason, and waits for that off the
    meeting as long as it may. Once: where somebody places it on a meeting all the same, it stays there."""
    items = list(_brought(council).filter(Q(meeting=None) | Q(meeting__state=MeetingState.PLANNED)))
    who = may_settle_alone(items, now)
    for item in items:
        reason = who.get(item.pk, "")
        if bool(reason) == bool(item.goes_back):
            continue
        item.goes_back = reason[:300]
        if reason:
            item.meeting = None
            # Told at the thing itself: whoever asked need not see the agenda.
            journal.record(
                WENT_BACK, subject=item.about, by=None, now=now, text=reason,
                mentions=[("council", council.pk), ("item", item.pk)],
            )  # fmt: skip
        item.keep("meeting", "goes_back")
    return [item for item in items if item.goes_back and item.meeting_id is None]


def may_settle_alone(items: Sequence[AgendaItem], now: datetime) -> dict[int, str]:
    """Of items that rules brought, those that need no council today, with who settles them. A few statements."""
    found: dict[int, str] = {}
    for source in sources.SOURCES.values():
        if source.alone is not None:
            found |= source.alone([item for item in items if item.source == source.key], now)
    return found


def _place(council: Council, meeting: Meeting, came: Sequence[AgendaItem], aside: set[int]) -> list[AgendaItem]:
    """Put what rules brought, and what earlier meetings left, onto the meeting, last in order.

    What was set back from this very meeting stays in the backlog, and so does what its sponsor settles alone.
    """
    waiting = (
        agenda.waiting(council, skip_locked=True)
        .filter(~Q(source="") | Q(carried_from__isnull=False))
        .exclude(carried_from=meeting)
        .exclude(pk__in=aside)
    )
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0
    placed = []
    for item in waiting:
        if referrals.is_for_the_sponsor(item):
            continue
        last += 1
        item.meeting, item.position = meeting, last
        item.keep("meeting", "position")
        placed.append(item)
    known = {item.pk for item in came}
    return [*came, *(item for item in placed if item.pk not in known)]
