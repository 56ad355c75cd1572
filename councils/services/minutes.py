"""Minutes: begun when a meeting closes, written on, sent out for comment, approved as the charter says, corrected.

A council that works lightly keeps a running note instead: complete when the meeting closes, and approved by nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from councils import access as council_access
from councils import minuting
from councils.models import (
    AgendaItem,
    ApprovedMinutes,
    Ballot,
    Capture,
    CaptureKind,
    Decision,
    Ending,
    ItemState,
    Meeting,
    MeetingState,
    Minutes,
    MinutesComment,
    MinutesItem,
    MinutesState,
)
from councils.models.minutes import Way
from councils.queries import councils as council_queries
from councils.queries import minutes as queries
from councils.queries.meetings import planned_of
from councils.services import agenda
from governance import access, events
from governance.clauses import LIGHT, MEETING_APPROVES, SILENCE_APPROVES, Rules, enforces
from governance.clauses.recording import CHAIR_APPROVES
from governance.errors import Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, Person, Seat, SeatKind, SubjectKind
from governance.queries.calendars import add_working_days, calendar_of_department, local_day
from governance.services import duties, journal, subjects

WRITTEN = events.declare("councils.minutes.written", says=gettext_lazy("{by} wrote on {subject}"))
SENT_OUT = events.declare("councils.minutes.sent_out", says=gettext_lazy("{by} sent {subject} out for comment"))
COMMENTED = events.declare("councils.minutes.commented", says=gettext_lazy("{by} said about {subject}: {text}"))
ANSWERED = events.declare(
    "councils.minutes.answered", says=gettext_lazy("{by} answered a comment on {subject}: {text}")
)
APPROVED = events.declare("councils.minutes.approved", says=gettext_lazy("{by} approved {subject}, version {number}"))
BY_SILENCE = events.declare(
    "councils.minutes.approved_by_silence",
    says=gettext_lazy("{subject}, version {number}, is approved: nobody objected in time"),
)
BEGUN = events.declare("councils.minutes.begun", says=gettext_lazy("{by} had {subject} composed from the record"))
SENT_BACK = events.declare(
    "councils.minutes.sent_back", says=gettext_lazy("A meeting sent {subject} back to be rewritten")
)
CORRECTED = events.declare(
    "councils.minutes.corrected", says=gettext_lazy("{by} began a correction of {subject}: {text}")
)

MATTER = "minutes"
"""Where a later meeting approves them, they stand on its agenda as this matter (``councils/approving.py``)."""

LONGEST_PROSE, LONGEST_COMMENT, LONGEST_REASON = 10_000, 2_000, 1_000
TOGETHER = 200
"""Minutes that one run looks at."""

_OF_MEETING = (
    "subject", "council__subject", "council__department", "council__charter", "charter_version__charter__subject",
)  # fmt: skip


def begin(meeting: Meeting, *, now: datetime) -> Minutes:
    """A meeting that closes has minutes: its matters in their order, how each was left, and who owes the sending.

    What was captured in the meeting and became nothing else is the prose to begin with. Within the transaction that
    closes the meeting, before what is open goes back to the backlog.
    """
    is_light = _is_light(meeting, now)
    title = _("Note: %(meeting)s") if is_light else _("Minutes: %(meeting)s")
    subject = subjects.create(
        SubjectKind.MINUTES, title=title % {"meeting": meeting.title}, now=now, audience=[meeting.council_id]
    )
    said = _captured(meeting)
    minutes = Minutes.objects.create(
        subject=subject,
        meeting=meeting,
        introduction=said[None],
        state=MinutesState.NOTE if is_light else MinutesState.DRAFT,
    )
    decided = Decision.objects.filter(meeting=meeting).values_list("item_id", flat=True)
    stood = {item.pk: item for item in AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk")}
    # What was left undecided or set back while it was held stands on it no more.
    undecided_there = dict(Ballot.objects.filter(meeting=meeting).order_by("pk").values_list("item_id", "reason"))
    off = Q(pk__in=set(decided) | undecided_there.keys()) | Q(carried_from=meeting)
    moved = AgendaItem.objects.filter(off).exclude(pk__in=stood).order_by("pk")
    endings = {ItemState.OPEN: Ending.BACK, ItemState.SETTLED: Ending.SETTLED, ItemState.WITHDRAWN: Ending.WITHDRAWN}
    climbed = set(
        Duty.objects.filter(subject_id__in=stood, kind=DutyKind.SETTLE, closed_as="climbed").values_list(
            "subject_id", flat=True
        )
    )
    MinutesItem.objects.bulk_create(
        MinutesItem(
            minutes=minutes,
            item=item,
            position=place,
            ending=Ending.UNDECIDED
            if item.pk in undecided_there
            else Ending.ABOVE
            if item.state == ItemState.WITHDRAWN and item.pk in climbed
            else endings[ItemState(item.state)],
            because=undecided_there.get(item.pk, ""),
            note=said[item.pk],
        )
        for place, item in enumerate([*stood.values(), *moved], start=1)
    )
    if not is_light:
        _owe_sending(minutes, now)
    return minutes


@enforces("formality")
def _is_light(meeting: Meeting, now: datetime) -> bool:
    version = meeting.charter_version or duties.rules_in_force(meeting.council.charter, now)
    return Rules.from_json(version.rules).formality.level == LIGHT


def _captured(meeting: Meeting) -> dict[int | None, str]:
    """By item (none: the meeting as a whole) the lines of which nothing else came, in their order."""
    lines = Capture.objects.filter(meeting=meeting, undone_at=None, result=None).order_by("made_at", "pk")
    words = {
        CaptureKind.NOTE: "%(text)s",
        CaptureKind.DECISION: _("Not put to a vote: %(text)s"),
        CaptureKind.ACTION: _("Not commissioned: %(text)s"),
        CaptureKind.PARKED: _("Parked: %(text)s"),
    }
    said: dict[int | None, list[str]] = defaultdict(list)
    for line in lines:
        said[line.item_id].append(words[CaptureKind(line.kind)] % {"text": line.text})
    return defaultdict(str, {item: "\n".join(texts)[:LONGEST_PROSE] for item, texts in said.items()})


def undecided(minutes: Minutes, items: Collection[int], reason: str) -> None:
    """These items had escalated and were left undecided: they go on without a meeting, not back to the backlog."""
    minutes.items.filter(item__in=items).update(ending=Ending.UNDECIDED, because=reason)


def left(minutes: Minutes, gone: Mapping[int, MinutesItem]) -> None:
    """Where each matter went that was not settled, by item. Within the transaction that closes the meeting."""
    rows = list(minutes.items.filter(item__in=gone))
    for row in rows:
        went = gone[row.item_id]
        row.ending, row.onto, row.because = went.ending, went.onto, went.because
    MinutesItem.objects.bulk_update(rows, ["ending", "onto", "because"])


def keep_note(minutes: Minutes) -> None:
    """Keep what a running note says, as it stands now; of minutes nothing is kept before they are approved."""
    if minutes.state == MinutesState.NOTE:
        minutes.record = queries.compose(minutes)
        minutes.keep("record")


@transaction.atomic
def write_up(*, meeting: Meeting, by: Person, now: datetime) -> Minutes:
    """Minutes of a meeting that was closed before minutes were kept: composed from what is recorded of it.

    Returns those that are there already. Raises :class:`Conflict` for a meeting that is not closed.
    """
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related(*_OF_MEETING).get(pk=meeting.pk)
    if meeting.state != MeetingState.CLOSED:
        raise Conflict(_("Minutes are of a meeting that is closed. Close it first."))
    known = Minutes.objects.filter(meeting=meeting).first()
    if known is not None:
        found: Minutes = known
        return found
    made = begin(meeting, now=now)
    keep_note(made)
    journal.record(BEGUN, subject=made.subject, by=by, now=now, mentions=[("meeting", meeting.pk)])
    return made


@transaction.atomic
def write(
    *,
    minutes: Minutes,
    by: Person,
    now: datetime,
    introduction: str | None = None,
    notes: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Minutes:
    """Prose alone: the introduction, and a note on each matter by its reference. What is recorded is not written."""
    minutes = _locked(minutes, by, now, version)
    _require_unapproved(minutes)
    rows = {row.item.reference: row for row in minutes.items.select_related("item__subject")}
    for reference, note in (notes or {}).items():
        if reference not in rows:
            raise Invalid(_("%(item)s did not stand on this agenda.") % {"item": reference}, field="notes")
        _require_short(note, f"note_{reference}", LONGEST_PROSE)
    if introduction is not None:
        _require_short(introduction, "introduction", LONGEST_PROSE)
        minutes.introduction = introduction.strip()
    changed = [row for reference, row in rows.items() if notes and reference in notes]
    for row in changed:
        row.note = (notes or {})[row.item.reference].strip()
    MinutesItem.objects.bulk_update(changed, ["note"])
    minutes.keep("introduction")
    keep_note(minutes)
    journal.record(WRITTEN, subject=minutes.subject, by=by, now=now, mentions=_mentions(minutes))
    return minutes


@transaction.atomic
@enforces("minutes")
def send_out(*, minutes: Minutes, by: Person, now: datetime, version: int | None = None) -> Minutes:
    """Send the draft to whoever was there. They may comment for the charter's working days; then it is approved."""
    minutes = _locked(minutes, by, now, version)
    if minutes.state != MinutesState.DRAFT:
        raise Conflict(
            _no_minutes()
            if minutes.state == MinutesState.NOTE
            else _("Only a draft is sent out. These minutes are %(state)s.") % _state(minutes)
        )
    rule = queries.rules_of(minutes).minutes
    calendar = calendar_of_department(minutes.meeting.council.department)
    until = add_working_days(calendar.pk, local_day(calendar, now), rule.window)
    minutes.state, minutes.sent_at, minutes.comments_until = MinutesState.OUT, now, until
    minutes.keep("state", "sent_at", "comments_until")
    duties.close_duty(subject_id=minutes.pk, kind=DutyKind.SEND_MINUTES, now=now, outcome="sent_out")
    is_silent = rule.approval == SILENCE_APPROVES
    due_on = until if is_silent else add_working_days(calendar.pk, until, rule.within)
    if rule.approval == MEETING_APPROVES:
        _bring(minutes, by=by, now=now)
    _owe(minutes, DutyKind.APPROVE_MINUTES, _approving_seat(minutes, rule.approval, now), now, due_on=due_on)
    journal.record(
        SENT_OUT, subject=minutes.subject, by=by, now=now, mentions=_mentions(minutes), until=until.isoformat()
    )
    return minutes


def _bring(minutes: Minutes, *, by: Person, now: datetime) -> AgendaItem:
    """Put them onto the agenda of the council's next planned meeting (without one: the backlog), once."""
    council = minutes.meeting.council
    # Held before the council, as whoever builds an agenda or closes a meeting holds them.
    onto = planned_of(council.pk).select_for_update(of=("self",)).first()
    ask = _("Approve the minutes of %(meeting)s") % {"meeting": minutes.meeting.title}
    item = agenda.put(council=council, about=minutes.subject, matter=MATTER, by=by, now=now, ask=ask, proposal={})
    if item.meeting_id is None and onto is not None:
        item.meeting, item.position = onto, onto.items.count() + 1
        item.keep("meeting", "position")
    return item


@transaction.atomic
def comment(
    *, minutes: Minutes, text: str, by: Person, now: datetime, about: str = "", number: int | None = None
) -> MinutesComment:
    """Whoever was there says what the draft should say, of the whole or of one matter (``about``: its reference)."""
    access.require(by, council_access.VIEW, minutes.meeting.council, now)
    minutes = _row(minutes)
    if by.pk not in queries.attended(minutes.meeting):
        raise Refused(
            _("Whoever was at the meeting comments on its minutes. Tell the secretary what you would change.")
        )
    if not minutes.is_open_for_comments(council_queries.today_of(minutes.meeting.council, now)):
        raise Conflict(_("These minutes are not open for comments. Tell the secretary what you would change."))
    text = text.strip()
    if not text:
        raise Invalid(_("Say what should be different."), field="text")
    _require_short(text, "text", LONGEST_COMMENT)
    row = minutes.items.filter(item__subject__reference=about).first() if about else None
    if about and row is None:
        raise Invalid(_("Choose a matter of this meeting, or the whole."), field="about")
    made = MinutesComment.objects.create(minutes=minutes, number=minutes.number, about=row, by=by, text=text, at=now)
    journal.record(COMMENTED, subject=minutes.subject, by=by, now=now, text=text, mentions=_mentions(minutes))
    return made


@transaction.atomic
def answer(*, comment: MinutesComment, text: str, by: Person, now: datetime) -> MinutesComment:
    """The secretary answers a comment: what was changed, or why not. Only then are the minutes approved."""
    minutes = _locked(comment.minutes, by, now)
    comment = MinutesComment.objects.select_for_update().get(pk=comment.pk)
    _require_unapproved(minutes)
    if comment.answered_at is not None:
        raise Conflict(_("This comment was answered already. Look at it as it stands now."))
    text = text.strip()
    if not text:
        raise Invalid(_("Say what was changed, or why nothing was."), field="answer")
    _require_short(text, "answer", LONGEST_COMMENT)
    comment.answer, comment.answered_by, comment.answered_at = text, by, now
    comment.save(update_fields=["answer", "answered_by", "answered_at"])
    journal.record(ANSWERED, subject=minutes.subject, by=by, now=now, text=text, mentions=_mentions(minutes))
    return comment


@transaction.atomic
@enforces("minutes")
def approve(*, minutes: Minutes, by: Person, now: datetime, version: int | None = None) -> ApprovedMinutes:
    """Approve the minutes as they stand: from now on they never change."""
    minutes = _locked(minutes, by, now, version)
    way = queries.rules_of(minutes).minutes.approval
    if way == SILENCE_APPROVES:
        raise Conflict(
            _("By this charter silence approves, when the time for comments ends and each comment is answered.")
        )
    if way == MEETING_APPROVES:
        raise Conflict(_("By this charter a meeting approves the minutes: they stand on its agenda."))
    if not is_for(minutes, by, now):
        raise Refused(_("By this charter the chair approves the minutes. Ask the chair."))
    _require_ripe(minutes, now)
    return _settle(minutes, way=Way.CHAIR if way == CHAIR_APPROVES else Way.SECRETARY, by=by, now=now)


def approve_by_silence(now: datetime) -> int:
    """Approve what nobody objected to in time, where a charter says so. Returns how many minutes were approved.

    What waits for the answer to a comment is approved once that is given.
    """
    waiting = (
        Minutes.objects.filter(state=MinutesState.OUT, comments_until__lte=now.date() + timedelta(days=1))
        .select_related("meeting__council__department", "meeting__charter_version")
        .order_by("comments_until", "pk")
    )
    done = 0
    for minutes in waiting[:TOGETHER]:
        if queries.rules_of(minutes).minutes.approval == SILENCE_APPROVES and is_ripe(minutes, now):
            done += _approve_silently(minutes, now)
    return done


@transaction.atomic
def _approve_silently(minutes: Minutes, now: datetime) -> bool:
    minutes = _row(minutes)
    if not is_ripe(minutes, now):
        return False
    _settle(minutes, way=Way.SILENCE, by=None, now=now)
    return True


@transaction.atomic
def correct(*, minutes: Minutes, reason: str, by: Person, now: datetime, version: int | None = None) -> Minutes:
    """Begin a new version of approved minutes, with a reason. The one before stays and can be read."""
    minutes = _locked(minutes, by, now, version)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say what is wrong with the minutes as they were approved."), field="reason")
    _require_short(reason, "reason", LONGEST_REASON)
    if minutes.state != MinutesState.APPROVED:
        raise Conflict(
            _no_minutes()
            if minutes.state == MinutesState.NOTE
            else _("Only approved minutes are corrected. These are %(state)s: write on them.") % _state(minutes)
        )
    minutes.state, minutes.number, minutes.reason = MinutesState.DRAFT, minutes.number + 1, reason
    minutes.sent_at = minutes.comments_until = None
    minutes.keep("state", "number", "reason", "sent_at", "comments_until")
    _owe_sending(minutes, now)
    journal.record(CORRECTED, subject=minutes.subject, by=by, now=now, text=reason, mentions=_mentions(minutes))
    return minutes


def approve_in_meeting(*, minutes: Minutes, by: Person, now: datetime) -> ApprovedMinutes:
    """A later meeting decided so. Within the settling transaction, under that decision's mandate."""
    minutes = _row(minutes)
    _require_by_meeting(minutes)
    _require_ripe(minutes, now)
    return _settle(minutes, way=Way.MEETING, by=by, now=now)


def send_back(*, minutes: Minutes, by: Person, now: datetime) -> Minutes:
    """A later meeting wants them written otherwise. Within the settling transaction, as :func:`approve_in_meeting`."""
    minutes = _row(minutes)
    _require_by_meeting(minutes)
    if minutes.state != MinutesState.OUT:
        raise Conflict(_("Only minutes that are out for comment are sent back."))
    minutes.state, minutes.sent_at, minutes.comments_until = MinutesState.DRAFT, None, None
    minutes.keep("state", "sent_at", "comments_until")
    duties.close_duty(subject_id=minutes.pk, kind=DutyKind.APPROVE_MINUTES, now=now, outcome="sent_back")
    _owe_sending(minutes, now)
    journal.record(SENT_BACK, subject=minutes.subject, by=by, now=now, mentions=_mentions(minutes))
    return minutes


def _require_by_meeting(minutes: Minutes) -> None:
    if queries.rules_of(minutes).minutes.approval != MEETING_APPROVES:
        raise Conflict(_("By the charter under which this meeting was held, no meeting approves its minutes."))


def _settle(minutes: Minutes, *, way: str, by: Person | None, now: datetime) -> ApprovedMinutes:
    record = queries.compose(minutes)
    words = minuting.text(record)
    approved = ApprovedMinutes.objects.create(
        minutes=minutes,
        number=minutes.number,
        record=record,
        text=words,
        digest=minuting.digest(words),
        reason=minutes.reason,
        way=way,
        by=by,
        at=now,
    )
    minutes.state = MinutesState.APPROVED
    minutes.keep("state")
    duties.close_duty(subject_id=minutes.pk, kind=DutyKind.APPROVE_MINUTES, now=now, outcome="approved")
    event = BY_SILENCE if by is None else APPROVED
    journal.record(
        event, subject=minutes.subject, by=by, now=now, mentions=_mentions(minutes), number=minutes.number,
        digest=approved.digest,
    )  # fmt: skip
    return approved


def _owe_sending(minutes: Minutes, now: datetime) -> None:
    seat = council_queries.clerk_seat(minutes.meeting.council, now)
    _owe(minutes, DutyKind.SEND_MINUTES, seat, now, within=queries.rules_of(minutes).minutes.send)


def _owe(
    minutes: Minutes,
    kind: str,
    seat: Seat,
    now: datetime,
    *,
    within: int | None = None,
    due_on: date | None = None,
) -> None:
    meeting = minutes.meeting
    duties.open_duty(
        subject_id=minutes.pk,
        kind=kind,
        seat=seat,
        now=now,
        rules=meeting.charter_version or duties.rules_in_force(meeting.council.charter, now),
        within=within,
        due_on=due_on,
        overseer_id=meeting.council_id,
    )


def _approving_seat(minutes: Minutes, way: str, now: datetime) -> Seat:
    council = minutes.meeting.council
    chair = council_queries.seat_of(council, SeatKind.CHAIR) if way == CHAIR_APPROVES else None
    return chair or council_queries.clerk_seat(council, now)


def is_for(minutes: Minutes, by: Person, now: datetime) -> bool:
    """Whether it is for ``by`` to approve these minutes: not whether their time has come."""
    council, way = minutes.meeting.council, queries.rules_of(minutes).minutes.approval
    if way in (SILENCE_APPROVES, MEETING_APPROVES) or not access.may(by, council_access.RECORD, council, now):
        return False
    if way != CHAIR_APPROVES:
        return True
    if queries.is_in_the_chair(council, by, now):
        return True
    return council.pk in council_access.in_the_chairs_place(by, council_access.RECORD, now, council.pk)


def _require_ripe(minutes: Minutes, now: datetime) -> None:
    if minutes.state == MinutesState.NOTE:
        raise Conflict(_no_minutes())
    if minutes.state == MinutesState.DRAFT:
        raise Conflict(_("Send the minutes out for comment first."))
    _require_unapproved(minutes)
    if minutes.is_open_for_comments(council_queries.today_of(minutes.meeting.council, now)):
        raise Conflict(
            _("Whoever was there may comment until %(day)s. Approve the minutes after that.")
            % {"day": date_format(minutes.comments_until, "j F Y") if minutes.comments_until else ""}
        )
    waiting = queries.unanswered(minutes)
    if waiting:
        raise Conflict(
            ngettext(
                "%(n)d comment is not answered. Answer it first.",
                "%(n)d comments are not answered. Answer them first.",
                waiting,
            )
            % {"n": waiting}
        )


def is_ripe(minutes: Minutes, now: datetime) -> bool:
    """Whether they are out, the time for comments has ended, and each comment is answered."""
    return not why_not_ripe(minutes, now)


def why_not_ripe(minutes: Minutes, now: datetime) -> str:
    """Why they cannot be approved yet, with what has to happen first; empty: they can."""
    try:
        _require_ripe(minutes, now)
    except Conflict as conflict:
        return str(conflict)
    return ""


def _no_minutes() -> str:
    return _("This council keeps a running note: it is complete, and nobody approves it. Write on it instead.")


def _require_unapproved(minutes: Minutes) -> None:
    if minutes.state == MinutesState.APPROVED:
        raise Conflict(_("Approved minutes never change. Begin a correction: it is a new version, with its reason."))


def _require_short(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": most}, field=field)


def _state(minutes: Minutes) -> dict[str, object]:
    return {"state": MinutesState(minutes.state).label}


def _mentions(minutes: Minutes) -> list[tuple[str, int]]:
    return [("meeting", minutes.meeting_id)]


def _locked(minutes: Minutes, by: Person, now: datetime, version: int | None = None) -> Minutes:
    """The minutes with their row locked, for whoever records the council's meetings."""
    access.require(by, council_access.RECORD, minutes.meeting.council, now)
    found = _row(minutes)
    if version is not None and found.version != version:
        raise Stale(
            _("Somebody changed these minutes meanwhile. Look at them as they stand now."), version=found.version
        )
    return found


def _row(minutes: Minutes) -> Minutes:
    found: Minutes = (
        Minutes.objects.select_for_update(of=("self",))
        .select_related("subject", *(f"meeting__{name}" for name in _OF_MEETING))
        .get(pk=minutes.pk)
    )
    return found
