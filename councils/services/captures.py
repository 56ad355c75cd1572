"""What is captured while people talk: written, turned into another kind, undone, and what came of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from councils import access as council_access
from councils import commissions, oneline
from councils.models import AgendaItem, Capture, CaptureKind, Decision, ItemState, Meeting, MeetingState
from councils.queries import books
from councils.queries import captures as queries
from councils.queries import councils as council_queries
from councils.queries import meetings as queries_of_meetings
from councils.services import meetings
from governance import access
from governance.errors import Conflict, Invalid, Stale
from governance.models import Person, Subject
from governance.money import NotMoney, parse_minor

LONGEST = 2000


@transaction.atomic
def capture(
    *, meeting: Meeting, kind: str, text: str, by: Person, now: datetime, item: AgendaItem | None = None
) -> Capture:
    """Write a line of the record under an item of the meeting, or under none.

    Of an action the line is taken apart (:mod:`councils.oneline`). The journal keeps what comes of a line, not the
    line: it is changed and undone while people talk. Raises :class:`Invalid` at the field.
    """
    meeting = _writable(meeting, by, now)
    if item is not None:
        item = queries_of_meetings.item_of(meeting, item.reference)
    made = Capture(meeting=meeting, item=item, made_by=by, made_at=now, changed_at=now)
    _write(made, kind, text, by, now)
    made.save()
    return made


@transaction.atomic
def rewrite(*, line: Capture, kind: str, text: str, by: Person, now: datetime, version: int | None = None) -> Capture:
    """Another kind, or other words. Raises :class:`Conflict` for a line that something came of already."""
    line = _locked(line, by, now, version)
    _write(line, kind, text, by, now)
    line.changed_at = now
    line.keep("kind", "text", "seat", "asked_for", "amount", "needs_none", "changed_at")
    return line


@transaction.atomic
def undo(*, line: Capture, by: Person, now: datetime, version: int | None = None) -> Capture:
    """Strike a line out. It can be put back."""
    return _struck(line, by, now, version, at=now)


@transaction.atomic
def put_back(*, line: Capture, by: Person, now: datetime, version: int | None = None) -> Capture:
    """Put a line back that was struck out."""
    return _struck(line, by, now, version, at=None)


def came_of(decision: Decision, made: Sequence[Subject]) -> None:
    """Note on the lines of an item what came of them: the motion, and each action that was commissioned, in order.

    Within the transaction that carries the decision out.
    """
    if decision.meeting_id is None:
        return
    lines = queries.of_item(decision.item_id)
    actions = [line for line in lines if line.kind == CaptureKind.ACTION]
    asked = decision.payload.get(commissions.KEY, [])
    for subject, one in zip(made, asked, strict=True):
        line = next((line for line in actions if line.text_of_action == one["title"]), None)
        if line is not None:
            actions.remove(line)
            line.result = subject
            line.keep("result")
    for line in lines:
        if line.kind == CaptureKind.DECISION and line.text.strip() == decision.motion:
            line.result = decision.subject
            line.keep("result")


def _writable(meeting: Meeting, by: Person, now: datetime) -> Meeting:
    """The meeting, locked: open, and its pen in this hand."""
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = meetings.locked(meeting)
    if meeting.state != MeetingState.OPEN:
        raise Conflict(_("The record is written while the meeting is open."))
    if meeting.pen_id is not None and meeting.pen_id != by.pk:
        raise Conflict(_("%(who)s holds the pen. Take it over first.") % {"who": meeting.pen}, field="text")
    return meeting


def _locked(line: Capture, by: Person, now: datetime, version: int | None) -> Capture:
    _writable(line.meeting, by, now)
    line = Capture.objects.select_for_update(of=("self",)).select_related("meeting__council", "item").get(pk=line.pk)
    if version is not None and line.version != version:
        raise Stale(_("Somebody changed this line meanwhile. Look at it as it stands now."), version=line.version)
    if line.result_id is not None:
        raise Conflict(_("Something came of this line already. Open it there."))
    return line


def _struck(line: Capture, by: Person, now: datetime, version: int | None, *, at: datetime | None) -> Capture:
    line = _locked(line, by, now, version)
    if (line.undone_at is None) == (at is None):
        return line
    line.undone_at, line.changed_at = at, now
    line.keep("undone_at", "changed_at")
    return line


def _write(line: Capture, kind: str, text: str, by: Person, now: datetime) -> None:
    """Put words and kind onto a line. Raises :class:`Invalid` at ``kind`` or ``text``."""
    text = text.strip()
    if kind not in CaptureKind.values:
        raise Invalid(_("Choose note, decision, action or parked question."), field="kind")
    if not text:
        raise Invalid(_("Write what was said."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field="text")
    line.kind, line.text = kind, text
    line.seat, line.asked_for, line.amount, line.needs_none = None, None, 0, False
    if kind == CaptureKind.ACTION:
        _write_action(line, by, now)


def _write_action(line: Capture, by: Person, now: datetime) -> None:
    if line.item is not None and line.item.state != ItemState.OPEN:
        raise Conflict(
            _("This item is settled, and an action needs a decision. Raise a question for it, or keep it as a note."),
            field="text",
        )
    read = oneline.read(line.text)
    if not read.what:
        raise Invalid(_("Write what is to be done, before the signs."), field="text")
    if not read.who:
        raise Invalid(_("Write who does it, after @: the seat, or whoever holds it."), field="text")
    line.seat = queries.seat_meant(read.who, line.meeting.council, by, now)
    today = council_queries.today_of(line.meeting.council, now)
    line.asked_for = oneline.day(read.by_when, today) if read.by_when else None
    if line.asked_for is not None and line.asked_for < today:
        raise Invalid(_("The date asked for has passed. Choose today or a day to come."), field="text")
    if read.money:
        try:
            line.amount = parse_minor(read.money, books.currency())
        except NotMoney as error:
            raise Invalid(str(error), field="text") from error
        if line.amount < 0:
            raise Invalid(_("An amount is nothing or more."), field="text")
        line.needs_none = line.amount == 0
