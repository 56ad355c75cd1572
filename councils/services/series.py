"""Series: begun, changed from a day on, ended; their meetings are called ahead, each once."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import recurrence
from councils.models import Council, Meeting, MeetingSeries, MeetingState
from councils.recurrence import Rule
from councils.services import meetings, moving
from governance import access, events
from governance.errors import Conflict, Invalid, Stale
from governance.models import Person, SubjectKind
from governance.queries.calendars import calendar_of_department
from governance.services import journal, subjects

BEGUN = events.declare(
    "councils.series.begun", says=gettext_lazy("{by} set that {council} meets again and again: {subject}")
)
CHANGED = events.declare("councils.series.changed", says=gettext_lazy("{by} changed {subject}: {text}"))
ENDED = events.declare("councils.series.ended", says=gettext_lazy("{by} ended {subject}: {text}"))
CALLED_AHEAD = events.declare("councils.series.called_ahead", says=gettext_lazy("{meeting} was called, of {subject}"))

AHEAD = timedelta(weeks=9)
"""How far ahead the meetings of a series are called: two of a monthly one, at least."""

MOST_AHEAD = 45
"""Meetings of one series that are called at once: nine weeks of every working day."""

TOGETHER = 100
"""Series in one round of the sweep."""


@transaction.atomic
def begin(
    *,
    council: Council,
    rule: Rule,
    starts_on: date,
    at: time,
    by: Person,
    now: datetime,
    lasts: int = 60,
    place: str = "",
    zone: str = "",
) -> MeetingSeries:
    """Let a council meet by a rule, from the first of its days on. Its next meetings are called at once.

    ``zone``: on another clock than the council's own, where its calendar came from elsewhere.
    """
    access.require(by, council_access.PREPARE, council, now)
    council = meetings.council_locked(council)
    series = MeetingSeries(council=council, zone=zone or calendar_of_department(council.department).zone)
    _set(series, rule, starts_on, at, lasts, place, now)
    series.subject = subjects.create(SubjectKind.SERIES, title=_titled(council, series), now=now, audience=[council.pk])
    series.next_slot = series.upcoming(now, 1)[0]
    series.save(force_insert=True)
    called = _call_ahead(series, by, now)
    mentions = [("council", council.pk), *(("meeting", meeting.pk) for meeting in called)]
    journal.record(BEGUN, subject=series.subject, by=by, now=now, mentions=mentions)
    return series


@transaction.atomic
def change(
    *,
    series: MeetingSeries,
    rule: Rule,
    starts_on: date,
    at: time,
    reason: str,
    by: Person,
    now: datetime,
    lasts: int | None = None,
    place: str | None = None,
    version: int | None = None,
) -> MeetingSeries:
    """Another rule from a day on. What is planned from then on is replanned in its order, and keeps its agenda: the
    next meeting is the next by the new rule. What is left over is called off.
    """
    access.require(by, council_access.PREPARE, series.council, now)
    reason = meetings.reasoned(reason)
    series = _locked(series, version)
    _call_until(series, starts_on, now)
    _set(
        series, rule, starts_on, at, series.lasts if lasts is None else lasts,
        series.place if place is None else place, now,
    )  # fmt: skip
    series.zone = calendar_of_department(series.council.department).zone
    series.sequence, series.because = series.sequence + 1, reason
    subjects.rename(series.subject, _titled(series.council, series))
    series.next_slot = next(_free(series, now), None)
    touched = _replan(series, starts_on, reason, now)
    series.keep(
        "rule", "starts_on", "at", "zone", "lasts", "place", "sequence", "because", "next_slot"
    )  # fmt: skip
    touched += _call_ahead(series, by, now)
    mentions = [("council", series.council_id), *(("meeting", meeting.pk) for meeting in touched)]
    journal.record(CHANGED, subject=series.subject, by=by, now=now, text=reason, mentions=mentions)
    return series


@transaction.atomic
def end(*, series: MeetingSeries, reason: str, by: Person, now: datetime, version: int | None = None) -> MeetingSeries:
    """No more meetings by this rule. Those that are planned and have not begun are called off, for the same reason."""
    access.require(by, council_access.PREPARE, series.council, now)
    reason = meetings.reasoned(reason)
    series = _locked(series, version)
    off = list(series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=now).order_by("starts_at"))
    for meeting in off:
        meetings.take_off(meetings.locked(meeting), reason, now)
    series.ended_at, series.next_slot, series.because = now, None, reason
    series.sequence += 1
    series.keep("ended_at", "next_slot", "because", "sequence")
    mentions = [("council", series.council_id), *(("meeting", meeting.pk) for meeting in off)]
    journal.record(ENDED, subject=series.subject, by=by, now=now, text=reason, mentions=mentions)
    return series


def call_ahead(now: datetime) -> int:
    """Call the meetings of all series that come near, each once. Returns how many. By the daily keeping."""
    waiting = MeetingSeries.objects.filter(next_slot__lte=now + AHEAD).order_by("next_slot", "pk")
    called = 0
    for key in list(waiting.values_list("pk", flat=True)[:TOGETHER]):
        called += _call_one(key, now)
    return called


@transaction.atomic
def _call_one(key: int, now: datetime) -> int:
    series = _row(key)
    if series.next_slot is None or series.next_slot > now + AHEAD:
        return 0  # somebody else was faster
    made = _call_ahead(series, None, now)
    for meeting in made:
        mentions = [("meeting", meeting.pk), ("council", series.council_id)]
        journal.record(CALLED_AHEAD, subject=series.subject, by=None, now=now, mentions=mentions)
    return len(made)


def _call_ahead(series: MeetingSeries, by: Person | None, now: datetime) -> list[Meeting]:
    """Call what comes within :data:`AHEAD`, and the very next in any case. The series' row is locked or new."""
    made: list[Meeting] = []
    planned = series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=now).exists()
    coming = list(islice(_free(series, now), MOST_AHEAD + 1))
    while coming and len(made) < MOST_AHEAD and (coming[0] <= now + AHEAD or not (planned or made)):
        slot = coming.pop(0)
        made.append(
            meetings.arrange(
                council=series.council, starts_at=slot, lasts=series.lasts, place=series.place, now=now,
                series=series, slot=slot,
            )
        )  # fmt: skip
    series.next_slot = coming[0] if coming else None
    series.save(update_fields=["next_slot"])
    return made


def _call_until(series: MeetingSeries, day: date, now: datetime) -> None:
    """Call what the rule gives before a day on which another one begins: it would not be called after that."""
    ends = recurrence.moment(day, time(), series.clock)
    coming = [slot for slot in islice(_free(series, now), MOST_AHEAD + 1) if slot < ends]
    if len(coming) > MOST_AHEAD:
        raise Invalid(
            _("Until then %(most)d meetings would have to be called. Choose an earlier day.") % {"most": MOST_AHEAD},
            field="starts_on",
        )
    for slot in coming:
        meetings.arrange(
            council=series.council, starts_at=slot, lasts=series.lasts, place=series.place, now=now, series=series,
            slot=slot,
        )  # fmt: skip


def _free(series: MeetingSeries, now: datetime) -> Iterator[datetime]:
    """The moments to come by the rule for which there is no meeting yet: none was called, moved away or called off."""
    taken = set(series.meetings.filter(slot__gt=now).values_list("slot", flat=True))
    every = recurrence.slots(series.repeats, series.starts_on, series.at, series.clock, after=now)
    return (slot for slot in every if slot not in taken)


def _replan(series: MeetingSeries, from_day: date, reason: str, now: datetime) -> list[Meeting]:
    """Bring what is planned from that day on onto the new moments, in their order."""
    first = recurrence.moment(from_day, time(), series.clock)
    planned = list(
        series.meetings.select_for_update(of=("self",))
        .filter(state=MeetingState.PLANNED, slot__gte=max(first, now))
        .order_by("slot")
    )
    gone = {meeting.slot for meeting in planned}
    every = recurrence.slots(series.repeats, series.starts_on, series.at, series.clock, after=now)
    others = set(series.meetings.filter(slot__gt=now).values_list("slot", flat=True)) - gone
    fresh = list(islice((slot for slot in every if slot not in others), len(planned)))
    kept = gone & set(fresh)
    waiting = [meeting for meeting in planned if meeting.slot not in kept]
    for meeting in planned:
        if meeting.slot in kept:
            _refresh(series, meeting, meeting.slot, reason, now)
    for meeting, slot in zip(waiting, [slot for slot in fresh if slot not in kept], strict=False):
        _refresh(series, meeting, slot, reason, now)
    for meeting in waiting[len(fresh) - len(kept) :]:
        meetings.take_off(meetings.locked(meeting), reason, now)
    return planned


def _refresh(series: MeetingSeries, meeting: Meeting, slot: datetime | None, reason: str, now: datetime) -> None:
    """One planned meeting by the new rule. One that was moved by hand on its own day stays where it was put."""
    assert slot is not None  # noqa: S101 - a constraint: a meeting of a series has its moment
    starts_at = meeting.starts_at if meeting.is_moved and meeting.slot == slot else slot
    moving.put(
        meetings.locked(meeting), starts_at=starts_at, lasts=series.lasts, place=series.place, slot=slot,
        reason=reason, now=now,
    )  # fmt: skip


def _set(series: MeetingSeries, rule: Rule, starts_on: date, at: time, lasts: int, place: str, now: datetime) -> None:
    """What the rule says, on the series; refuses what could not be kept, at its field."""
    rule.check()
    if not 5 <= lasts <= 1440:
        raise Invalid(_("A meeting lasts between 5 minutes and a day."), field="lasts")
    here = now.astimezone(series.clock).date()
    if not here <= starts_on <= here + meetings.FAR:
        raise Invalid(_("A series starts today at the earliest, and within five years."), field="starts_on")
    if rule.until is not None and rule.until < starts_on:
        raise Invalid(_("A series ends after it began. Choose a later day."), field="until")
    series.starts_on, series.at = recurrence.first_day(rule, starts_on), at.replace(second=0, microsecond=0)
    series.rule, series.lasts, series.place = rule.text(), lasts, place.strip()
    if not series.upcoming(now, 1):
        raise Invalid(_("By this rule there is no meeting to come. Choose a later end."), field="until")


def _titled(council: Council, series: MeetingSeries) -> str:
    return _("%(council)s: %(rule)s") % {"council": council.name, "rule": series.sentence}


def _row(key: int) -> MeetingSeries:
    found: MeetingSeries = (
        MeetingSeries.objects.select_for_update(of=("self",))
        .select_related("subject", "council__subject", "council__department", "council__charter",
                        "council__sponsor__seat")
        .get(pk=key)
    )  # fmt: skip
    return found


def _locked(series: MeetingSeries, version: int | None) -> MeetingSeries:
    found = _row(series.pk)
    if version is not None and found.version != version:
        raise Stale(_("Somebody changed this series meanwhile. Look at it as it stands now."), version=found.version)
    if found.ended_at is not None:
        raise Conflict(_("This series has ended. Begin another one."))
    return found
