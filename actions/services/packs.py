"""Packs: made by hand or on schedule, and frozen."""

from datetime import date, datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import packed, packing
from actions.models import Pack, PackAudience, PackSchedule
from actions.queries import packs as queries
from actions.queries.packs import Target, Wanted
from councils import access as council_access
from councils.models import Council, Meeting, MeetingState
from governance import access, events
from governance.errors import Conflict, Invalid
from governance.models import Person, SubjectKind
from governance.queries import languages
from governance.queries.calendars import calendar_of_department, local_day
from governance.services import journal, subjects

log = structlog.get_logger(__name__)

# Of whom it is for, not of the pack: whoever may not read all that it holds is not told of it by name.
MADE = events.declare("actions.pack.made", says=gettext_lazy("{by} made a pack for {subject}"))
MADE_ON_SCHEDULE = events.declare(
    "actions.pack.made_on_schedule", says=gettext_lazy("A pack for {subject} was made on schedule")
)
SCHEDULED = events.declare(
    "actions.pack.scheduled", says=gettext_lazy("{by} wants a pack {days} days before each meeting of {subject}")
)
UNSCHEDULED = events.declare(
    "actions.pack.unscheduled", says=gettext_lazy("{by} wants no pack before the meetings of {subject} any more")
)
LONGEST_AHEAD = 30


def make(*, wanted: Wanted, by: Person, now: datetime, since: date | None = None, until: date | None = None) -> Pack:
    """Make the pack of a meeting, a council, a department or (the root) everybody, as all of its audience may see it.

    Raises :class:`Absent`, :class:`Refused`, :class:`Conflict` for a meeting that is over or off, :class:`Invalid` for
    days that are no period, or where nobody would read.
    """
    target = queries.target_of(wanted)
    queries.require_making(target, by, now)
    queries.require_ahead(target, now)
    return _make(target, by=by, now=now, since=since, until=until)


def _make(
    target: Target, *, by: Person | None, now: datetime, since: date | None = None, until: date | None = None
) -> Pack:
    """Read first, then write in one short transaction: what is read takes longer than anybody may be held up."""
    days = queries.period_of(target, since, until, now)
    readers, people = queries.readers_of(target, by, now)
    frame = queries.frame_of(target, readers, *days, now)
    language = languages.of_papers()
    with translation.override(language):
        title, facts = queries.title_of(target, frame), queries.facts_of(target, frame, people)
        reach, times = queries.reach_line(people), queries.times_line(frame)
        line, label = queries.confidential_line(), _("Reference")
        summary, parts = packing.summary(frame), packing.parts(frame)
    counted = queries.counted(readers)
    with transaction.atomic():
        subject = subjects.create(SubjectKind.PACK, title=title, now=now, audience=[target.container.pk])
        record = packed.record(
            title=title, facts=[*facts, (label, subject.reference)], reach=reach, times=times, line=line,
            summary=summary, parts=parts, language=language, forms=languages.of_the_organisation(),
        )  # fmt: skip
        pack = Pack.objects.create(
            subject=subject, container_id=target.container.pk, meeting=target.meeting, since=days[0], until=days[1],
            record=record, digest=packed.digest(record), is_scheduled=by is None, by=by, made_at=now,
        )  # fmt: skip
        PackAudience.objects.bulk_create(
            [PackAudience(pack=pack, audience_id=key) for key in sorted(counted)], batch_size=500
        )
        mentions = [("council", target.container.pk)] if isinstance(target.container, Council) else []
        event = MADE if by is not None else MADE_ON_SCHEDULE
        whom = target.meeting or target.container
        journal.record(event, subject=whom.subject, by=by, now=now, mentions=mentions, pack=pack.pk)
    return pack


@transaction.atomic
def schedule(
    *, council: Council, days_before: int | None, by: Person, now: datetime, version: int | None = None
) -> PackSchedule | None:
    """Have a pack made so many days before each meeting of a council; ``None`` ends that.

    ``version`` is the one that was looked at. Raises :class:`Conflict` where somebody else changed it meanwhile.
    """
    access.require(by, council_access.PREPARE, council, now)
    if days_before is not None and not 1 <= days_before <= LONGEST_AHEAD:
        raise Invalid(_("Choose between 1 and 30 days."), field="days_before")
    Council.objects.select_for_update().get(pk=council.pk)  # two that begin at once would both insert
    found = PackSchedule.objects.filter(council=council).first()
    if version is not None and found is not None and found.version != version:
        raise Conflict(_("Somebody else has changed the schedule meanwhile. Look at it again."))
    if days_before is None:
        if found is None or not found.is_on:
            return found
        found.is_on, found.by, found.at = False, by, now
        found.keep("is_on", "by", "at")
        journal.record(UNSCHEDULED, subject=council.subject, by=by, now=now)
        return found
    if found is None:
        found = PackSchedule.objects.create(council=council, days_before=days_before, by=by, at=now)
    else:
        found.days_before, found.is_on, found.by, found.at = days_before, True, by, now
        found.keep("days_before", "is_on", "by", "at")
    journal.record(SCHEDULED, subject=council.subject, by=by, now=now, days=days_before)
    return found


def make_due(now: datetime) -> int:
    """Make what is scheduled and due: once for each meeting, whoever asks at the same time. Returns how many.

    One that fails is logged, and holds up no other.
    """
    ahead = Meeting.objects.filter(
        state=MeetingState.PLANNED, starts_at__gt=now, council__pack_schedule__is_on=True
    ).exclude(packs__is_scheduled=True)
    made = 0
    for meeting in ahead.select_related("council__pack_schedule", "council__department", "council__subject", "subject"):
        try:
            calendar = calendar_of_department(meeting.council.department)
            left = (local_day(calendar, meeting.starts_at) - local_day(calendar, now)).days
            if left <= meeting.council.pack_schedule.days_before:
                made += _make_once(meeting, now)
        except Exception as error:
            log.exception("packs.failed", meeting=meeting.reference, error=type(error).__name__)
    return made


def _make_once(meeting: Meeting, now: datetime) -> int:
    try:
        _make(queries.target_of(meeting), by=None, now=now)
    except IntegrityError:
        # Another process has just made it (a_meeting_has_one_scheduled_pack); anything else is a fault to be told.
        if not Pack.objects.filter(meeting=meeting, is_scheduled=True).exists():
            raise
        return 0
    except Invalid as error:
        log.warning("packs.not_made", meeting=meeting.reference, why=str(error))
        return 0
    return 1
