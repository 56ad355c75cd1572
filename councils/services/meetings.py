"""Meetings: called, opened under a charter, attended, closed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import matters, ratifying, referrals
from councils.models import (
    AgendaItem,
    Attendance,
    Capture,
    CaptureKind,
    Council,
    ItemState,
    Meeting,
    MeetingSeries,
    MeetingState,
    Membership,
    Presence,
)
from councils.queries import councils as council_queries
from councils.queries import meetings as meeting_queries
from councils.queries.councils import Sitting
from councils.services import agenda, attending, cadence, gathering, leaving, minutes, undecided
from councils.services.leaving import Left
from governance import access, events
from governance.clauses import Rules
from governance.errors import Conflict, Invalid, Refused, Stale
from governance.models import DutyKind, Person, SubjectKind
from governance.queries.calendars import calendar_of_department
from governance.services import duties, journal, subjects

CALLED = events.declare("councils.meeting.called", says=gettext_lazy("{by} called {subject}"))
OPENED = events.declare(
    "councils.meeting.opened", says=gettext_lazy("{by} opened {subject} under version {number} of its charter")
)
MARKED = events.declare("councils.attendance.marked", says=gettext_lazy("{by} marked {seat} {presence} at {subject}"))
QUORUM_MADE = events.declare(
    "councils.quorum.made", says=gettext_lazy("There is a quorum at {subject}: {present} here, {needed} needed")
)
QUORUM_LOST = events.declare(
    "councils.quorum.lost", says=gettext_lazy("The quorum is lost at {subject}: {present} here, {needed} needed")
)
CLOSED = events.declare(
    "councils.meeting.closed",
    says=gettext_lazy("{by} closed {subject}: {decided} decided, {returned} not settled"),
)
CALLED_OFF = events.declare(
    "councils.meeting.called_off", says=gettext_lazy("{by} called {subject} off: {text}"), by_people=True
)
LONGEST_REASON = 1000

# How far ahead a meeting is called; calendars reach further.
FAR = timedelta(days=5 * 366)


@transaction.atomic
def call(
    *, council: Council, starts_at: datetime, by: Person, now: datetime, lasts: int = 60, place: str = ""
) -> Meeting:
    """Call a meeting. The backlog goes onto it, and the secretary owes that it is held and closed."""
    access.require(by, council_access.PREPARE, council, now)
    council = council_locked(council)
    require_ahead(starts_at, now)
    if not 5 <= lasts <= 1440:
        raise Invalid(_("A meeting lasts between 5 minutes and a day."), field="lasts")
    meeting = arrange(council=council, starts_at=starts_at, lasts=lasts, place=place.strip(), now=now)
    journal.record(CALLED, subject=meeting.subject, by=by, now=now, mentions=[("council", council.pk)])
    return meeting


def council_locked(council: Council) -> Council:
    """The council with its row locked, and what calling a meeting of it reads."""
    found: Council = (
        Council.objects.select_for_update(of=("self",))
        .select_related("department", "charter", "subject", "sponsor__seat")
        .get(pk=council.pk)
    )
    return found


def require_ahead(starts_at: datetime, now: datetime) -> None:
    if not now - timedelta(days=1) <= starts_at <= now + FAR:
        raise Invalid(_("A meeting starts today at the earliest, and within five years."), field="starts_at")


def titled(council: Council, day: date) -> str:
    """How a meeting is called: by its council and its day."""
    return f"{council.name}, {date_format(day, 'j F Y')}"


def arrange(
    *,
    council: Council,
    starts_at: datetime,
    lasts: int,
    place: str,
    now: datetime,
    series: MeetingSeries | None = None,
    slot: datetime | None = None,
) -> Meeting:
    """Make a meeting of a locked council, with what is owed about it. The backlog goes onto the council's next one.

    Whoever calls it records that.
    """
    zone = ZoneInfo(calendar_of_department(council.department).zone)
    day = starts_at.astimezone(zone).date()
    is_next = series is None or not council.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=now).exists()
    subject = subjects.create(SubjectKind.MEETING, title=titled(council, day), now=now, audience=[council.pk])
    meeting = Meeting(
        subject=subject, council=council, starts_at=starts_at, lasts=lasts, place=place, series=series, slot=slot
    )
    if series is not None:
        meeting.uid = series.uid
    meeting.save(force_insert=True)
    if is_next:
        # What went back to whoever may settle it alone waits for that, off the meeting.
        for position, item in enumerate(agenda.waiting(council).filter(goes_back=""), start=1):
            item.meeting, item.position = meeting, position
            item.keep("meeting", "position")
        gathering.gather_for(meeting, now)
    rules = duties.rules_in_force(council.charter, now)
    duties.open_duty(
        subject_id=subject.pk,
        kind=DutyKind.CLOSE_MEETING,
        seat=council_queries.clerk_seat(council, now),
        now=now,
        rules=rules,
        due_on=day,
        overseer_id=council.pk,
    )
    attending.owe(meeting, due_on=day, rules=rules, now=now)
    cadence.called(meeting, Rules.from_json(rules.rules).cadence, now)
    return meeting


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: Person, now: datetime, version: int | None = None) -> Meeting:
    """Open a meeting: it decides by the charter version that is in force now, whatever is ratified later."""
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = locked(meeting, version)
    if meeting.state != MeetingState.PLANNED:
        raise Conflict(_("This meeting is %(state)s already.") % {"state": MeetingState(meeting.state).label})
    sitting = Meeting.objects.filter(council_id=meeting.council_id, state=MeetingState.OPEN).select_related("subject")
    if (other := sitting.first()) is not None:
        raise Conflict(_("%(other)s is still open. Close it first.") % {"other": other.reference})
    rules = duties.rules_in_force(meeting.council.charter, now)
    meeting.state, meeting.opened_at, meeting.charter_version = MeetingState.OPEN, now, rules
    meeting.pen, meeting.pen_since = by, now
    meeting.current = meeting.items.filter(state=ItemState.OPEN).order_by("position", "pk").first()
    meeting.current_since = now if meeting.current is not None else None
    try:
        with transaction.atomic():
            meeting.keep("state", "opened_at", "charter_version", "pen", "pen_since", "current", "current_since")
    except IntegrityError as error:
        raise Conflict(_("Another meeting of this council was just opened. Close it first.")) from error
    journal.record(
        OPENED,
        subject=meeting.subject,
        by=by,
        now=now,
        mentions=[("charter", rules.charter_id)],
        number=rules.number,
    )
    return meeting


@transaction.atomic
def mark(
    *,
    meeting: Meeting,
    membership: Membership,
    presence: str,
    by: Person,
    now: datetime,
    person: Person | None = None,
    remote: bool = False,
) -> Attendance:
    """Say whether a seat is taken, and by whom: its holder, or the deputy in the holder's absence.

    Without ``person`` it is whoever answers for the seat today. What was decided before keeps its verdict and facts.
    Where a mark makes the quorum, or loses it, the journal says so at that moment.
    """
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = locked(meeting)
    if meeting.state != MeetingState.OPEN:
        raise Conflict(_("Attendance is taken while the meeting is open."))
    if presence not in Presence.values:
        raise Invalid(_("Choose present, left or absent."), field="presence")
    if membership.council_id != meeting.council_id or membership.ended_at is not None:
        raise Invalid(_("This seat does not sit in this council."), field="membership")
    sitting = next(
        row for row in council_queries.sitting_of(meeting.council, now) if row.membership.pk == membership.pk
    )
    known = Attendance.objects.filter(meeting=meeting, membership=membership).first()
    sits: Person | None
    if presence == Presence.PRESENT:
        sits = _who_sits(sitting, person, meeting, known)
    elif presence == Presence.LEFT:
        sits = known.person if known is not None and known.person is not None else person or sitting.answering
        if sits is None:
            raise Conflict(_("Nobody sat in %(seat)s, so nobody left.") % {"seat": sitting.seat.title})
    else:
        sits = None
    was = meeting_queries.standing(meeting, now).is_quorate
    came = (known.came_at if known is not None else None) or (now if presence == Presence.PRESENT else None)
    attendance, _created = Attendance.objects.update_or_create(
        meeting=meeting,
        membership=membership,
        defaults={
            "presence": presence,
            "person": sits,
            "marked_at": now,
            "came_at": None if presence == Presence.ABSENT else came,
            "is_remote": remote and presence == Presence.PRESENT,
        },
    )
    journal.record(
        MARKED,
        subject=meeting.subject,
        by=by,
        now=now,
        mentions=[("seat", sitting.seat.subject)],
        presence=presence,
    )
    standing = meeting_queries.standing(meeting, now)
    if standing.is_quorate != was:
        event = QUORUM_MADE if standing.is_quorate else QUORUM_LOST
        journal.record(event, subject=meeting.subject, by=by, now=now, present=standing.present, needed=standing.needed)
    return attendance


@transaction.atomic
def close(
    *,
    meeting: Meeting,
    by: Person,
    now: datetime,
    version: int | None = None,
    not_decided: str | None = None,
    left: Mapping[str, Left] | None = None,
) -> Meeting:
    """Close a meeting. What it did not settle goes on as ``left`` says by the item's reference: onto the next meeting
    (so does what it does not name), to the backlog, or it is dropped with a reason.

    What had escalated does not: it ends in one of its ways, or as not decided, and a written vote follows.
    ``not_decided`` is the reason for all of these that are left; without one, :class:`Conflict` names them.
    """
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = locked(meeting, version)
    if meeting.state != MeetingState.OPEN:
        raise Conflict(
            _("Only an open meeting is closed. This one is %(state)s.") % {"state": MeetingState(meeting.state).label}
        )
    stop_clock(meeting, now)
    record = minutes.begin(meeting, now=now)
    minutes.undecided(record, _leave_undecided(meeting, not_decided, by, now), (not_decided or "").strip())
    ratifying.lapse_left(meeting, by=by, now=now)
    gone = leaving.leave(meeting, left or {}, by=by, now=now)
    minutes.left(record, gone)
    parked = _park(meeting, now)
    meeting.state, meeting.closed_at = MeetingState.CLOSED, now
    meeting.pen = meeting.pen_since = meeting.current = meeting.current_since = None
    meeting.keep("state", "closed_at", "pen", "pen_since", "current", "current_since")
    attending.settle(meeting, now)
    duties.close_duty(subject_id=meeting.pk, kind=DutyKind.CLOSE_MEETING, now=now, outcome="closed")
    journal.record(
        CLOSED,
        subject=meeting.subject,
        by=by,
        now=now,
        decided=meeting.decisions.count(),
        returned=len(gone) + parked,
    )
    minutes.keep_note(record)
    return meeting


@transaction.atomic
def call_off(*, meeting: Meeting, reason: str, by: Person, now: datetime, version: int | None = None) -> Meeting:
    """Call a meeting off that has not begun, with a reason. Its agenda goes back to the backlog, and what a ladder
    had brought onto it goes to the body above: it is not buried by a meeting that does not happen.
    """
    access.require(by, council_access.PREPARE, meeting.council, now)
    reason = reasoned(reason)
    meeting = locked(meeting, version)
    require_planned(meeting, _("Only a meeting that has not begun is called off. This one is %(state)s."))
    take_off(meeting, reason, now)
    journal.record(
        CALLED_OFF,
        subject=meeting.subject,
        by=by,
        now=now,
        text=reason,
        mentions=[("council", meeting.council_id)],
    )
    return meeting


def reasoned(reason: str) -> str:
    """The reason, as it is kept; raises :class:`Invalid` for none, or for one that nobody reads to its end."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why; whoever was to come reads it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="reason")
    return reason


def require_planned(meeting: Meeting, otherwise: str) -> None:
    if meeting.state != MeetingState.PLANNED:
        raise Conflict(otherwise % {"state": MeetingState(meeting.state).label})


def take_off(meeting: Meeting, reason: str, now: datetime) -> None:
    """Call a locked meeting off: its agenda goes back, and nobody owes anything about it any more."""
    _give_back(meeting, now)
    meeting.state, meeting.closed_at, meeting.because = MeetingState.OFF, now, reason
    meeting.sequence += 1
    meeting.keep("state", "closed_at", "because", "sequence")
    duties.close_duty(subject_id=meeting.pk, kind=DutyKind.ATTEND, now=now, outcome="called_off")
    duties.close_duty(subject_id=meeting.pk, kind=DutyKind.CLOSE_MEETING, now=now, outcome="called_off")


def escalated(meeting: Meeting) -> list[AgendaItem]:
    """What had escalated, stands on the meeting and is not settled: its closing asks what becomes of each."""
    unsettled = AgendaItem.objects.filter(meeting=meeting, state=ItemState.OPEN).select_related("subject", "about")
    return [
        item
        for item in unsettled.order_by("position", "pk")
        if matters.is_escalated(item) and not referrals.is_for_the_sponsor(item)
    ]


def _leave_undecided(meeting: Meeting, reason: str | None, by: Person, now: datetime) -> list[int]:
    """What had escalated and is not settled is left undecided for a reason; the keys of these items.

    Raises :class:`Conflict` without a reason.
    """
    unsettled = escalated(meeting)
    if not unsettled:
        return []
    if reason is None:
        raise Conflict(
            _("What had escalated is not left lying. Settle it, or say why it is not decided: %(items)s.")
            % {"items": "; ".join(f"{item.reference} ({', '.join(matters.endings(item, now))})" for item in unsettled)},
            field="reason",
            items=[item.reference for item in unsettled],
        )
    text = undecided.reason_of(reason)
    for item in unsettled:
        undecided.leave(agenda.locked(item), meeting=meeting, reason=text, by=by, now=now)
    return [item.pk for item in unsettled]


def _give_back(meeting: Meeting, now: datetime) -> list[AgendaItem]:
    """What the meeting did not settle goes back to the backlog; what a ladder had brought here climbs on."""
    term = Rules.from_json(duties.rules_in_force(meeting.council.charter, now).rules).terms.settle
    unsettled = list(
        AgendaItem.objects.select_for_update().filter(meeting=meeting, state=ItemState.OPEN).order_by("position")
    )
    for item in unsettled:
        if matters.is_standing(item):
            agenda.end_point(item, meeting, now=now, stays=False)
            continue
        agenda.return_to_backlog(item, within=term, now=now)
    duties.hasten(subject_ids=[item.about_id for item in unsettled], overseer_id=meeting.council_id, now=now)
    return unsettled


def _park(meeting: Meeting, now: datetime) -> int:
    """Put what was parked while people talked into the backlog, each as a question of its own."""
    lines = Capture.objects.select_for_update(of=("self",)).select_related("made_by").order_by("made_at", "pk")
    parked = lines.filter(meeting=meeting, kind=CaptureKind.PARKED, undone_at=None, result=None)
    for line in parked:
        item = agenda.put(
            council=meeting.council,
            about=None,
            matter=referrals.GENERAL,
            by=line.made_by,
            now=now,
            ask=line.text,
            proposal={},
        )
        line.result = item.subject
        line.keep("result")
    return len(parked)


def stop_clock(meeting: Meeting, now: datetime) -> None:
    """Keep with the current item how long it was on, in whole seconds. Within the caller's lock of the meeting."""
    if meeting.current_id is None or meeting.current_since is None:
        return
    seconds = max(0, int((now - meeting.current_since).total_seconds()))
    AgendaItem.objects.filter(pk=meeting.current_id).update(spent=F("spent") + seconds)


def locked(meeting: Meeting, version: int | None = None) -> Meeting:
    """The meeting with its row locked; raises :class:`Stale` when it is not the version that was read."""
    found: Meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related(
            "subject", "council__subject", "council__department", "council__charter", "charter_version", "pen"
        )
        .get(pk=meeting.pk)
    )
    if version is not None and found.version != version:
        raise Stale(_("Somebody changed this meeting meanwhile. Look at it as it stands now."), version=found.version)
    return found


def _who_sits(sitting: Sitting, person: Person | None, meeting: Meeting, known: Attendance | None) -> Person:
    """Who may take the seat; raises :class:`Conflict` or :class:`Refused` with what would help."""
    if sitting.is_vacant:
        raise Conflict(_("%(seat)s is vacant. Seat somebody in it first.") % {"seat": sitting.seat.title})
    sits = person or sitting.answering
    if sits is None or sits not in (sitting.holder, sitting.deputy):
        raise Refused(
            _("Only its holder, or its deputy in the holder's absence, takes %(seat)s.") % {"seat": sitting.seat.title}
        )
    here = Attendance.objects.filter(meeting=meeting, presence=Presence.PRESENT)
    if sits != sitting.holder and here.filter(person=sitting.holder).exists():
        raise Conflict(
            _("%(holder)s is here: a deputy sits only in the holder's absence.") % {"holder": sitting.holder}
        )
    elsewhere = here.filter(person=sits).exclude(membership_id=sitting.membership.pk)
    if (other := elsewhere.select_related("membership__seat__subject").first()) is not None:
        raise Conflict(
            _("%(person)s sits in %(seat)s already: one person, one vote.")
            % {"person": sits, "seat": other.membership.seat.title}
        )
    return sits
