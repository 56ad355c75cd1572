"""Meetings and series as calendars show them, to one reader each, and when they are in words."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils import invitations
from councils.invitations import CANCEL, REQUEST, Occasion
from councils.models import Council, Meeting, MeetingSeries, MeetingState
from governance.links import path_of
from governance.models import Subject, SubjectKind
from governance.queries.calendars import calendar_of_department


def occasions(meetings: Iterable[Meeting], zones: dict[int, str]) -> list[Occasion]:
    """Each of these meetings by itself. They come with subject, council and series; zones by council."""
    return [_of_meeting(meeting, zones[meeting.council_id]) for meeting in meetings]


def zones_of(councils: Iterable[Council]) -> dict[int, str]:
    """The clock of each council's place; councils of one department are asked about once."""
    found: dict[int, str] = {}
    by_department: dict[int, str] = {}
    for council in councils:
        if council.department_id not in by_department:
            by_department[council.department_id] = calendar_of_department(council.department).zone
        found[council.pk] = by_department[council.department_id]
    return found


def sent(subject: Subject, now: datetime) -> tuple[str, list[Occasion]]:
    """The method, and what a mail about a meeting or a series carries. Nothing where there is no calendar to it."""
    if subject.kind == SubjectKind.MEETING:
        meeting = _meetings().filter(pk=subject.pk).first()
        if meeting is None:
            return REQUEST, []
        zone = meeting.series.zone if meeting.series else calendar_of_department(meeting.council.department).zone
        return (CANCEL if meeting.state == MeetingState.OFF else REQUEST), [_of_meeting(meeting, zone)]
    if subject.kind == SubjectKind.SERIES:
        series = MeetingSeries.objects.select_related("subject", "council__subject").filter(pk=subject.pk).first()
        return _of_series(series) if series is not None else (REQUEST, [])
    return REQUEST, []


def _meetings() -> QuerySet[Meeting]:
    found: QuerySet[Meeting] = Meeting.objects.select_related(
        "subject", "council__subject", "council__department", "series"
    )
    return found


def _of_meeting(meeting: Meeting, zone: str) -> Occasion:
    """What a confidential council does is called by no name and has no place: calendars are read by others."""
    secret = meeting.council.is_confidential
    series = meeting.series
    return Occasion(
        uid=meeting.uid,
        sequence=meeting.sequence + (series.sequence if series is not None else 0),
        starts_at=meeting.starts_at,
        lasts=meeting.lasts,
        zone=zone,
        title=invitations.veiled() if secret else meeting.council.name,
        place="" if secret else meeting.place,
        url=f"{settings.PUBLIC_URL}{path_of(meeting.subject)}",
        slot=meeting.slot,
        is_off=meeting.state == MeetingState.OFF,
    )


def _of_series(series: MeetingSeries) -> tuple[str, list[Occasion]]:
    """The series as one event that repeats, and what of it is not as its rule says. Two statements with its row."""
    rule, secret = series.repeats, series.council.is_confidential
    # On the wall, not as an instant: an hour that its first day lacks is there on the others.
    begins = datetime.combine(series.starts_on, series.at, tzinfo=series.clock)
    if series.ended_at is not None:
        rule = replace(rule, count=0, until=series.ended_at.astimezone(series.clock).date())
    known = list(
        series.meetings.exclude(state=MeetingState.CLOSED).select_related("subject", "council__subject", "series")
    )
    held = [meeting for meeting in known if meeting.state != MeetingState.OFF]
    within = [meeting for meeting in known if meeting.slot is not None and meeting.slot >= begins]
    whole = Occasion(
        uid=series.uid,
        sequence=series.sequence,
        starts_at=begins,
        lasts=series.lasts,
        zone=series.zone,
        title=invitations.veiled() if secret else series.council.name,
        place="" if secret else series.place,
        url=f"{settings.PUBLIC_URL}{path_of(series.subject)}",
        rule=rule,
        without=tuple(sorted(one.slot for one in within if one.state == MeetingState.OFF and one.slot is not None)),
        besides=tuple(sorted(one.slot for one in held if one.slot is not None and one.slot < begins)),
    )
    apart = [
        meeting
        for meeting in held
        if (meeting.starts_at, meeting.lasts, meeting.place) != (meeting.slot, series.lasts, series.place)
    ]
    if series.ended_at is not None and series.ended_at < begins:
        return CANCEL, [whole]
    return REQUEST, [whole, *(_of_meeting(meeting, series.zone) for meeting in apart)]


def in_words(meetings: Collection[int], series: Collection[int]) -> dict[int, tuple[str, ...]]:
    """When and where each of these is, and why it was changed, in the language that is active. Two statements."""
    found: dict[int, tuple[str, ...]] = {}
    rows = _meetings().filter(pk__in=list(meetings)) if meetings else []
    zones = zones_of(meeting.council for meeting in rows)
    for meeting in rows:
        found[meeting.pk] = _lines(when(meeting, zones[meeting.council_id]), meeting.place, meeting.because)
    if series:
        for one in MeetingSeries.objects.filter(pk__in=list(series)):
            found[one.pk] = _lines(_("%(rule)s (%(zone)s)") % {"rule": one.sentence, "zone": _place(one.zone)},
                                   one.place, one.because)  # fmt: skip
    return found


def when(meeting: Meeting, zone: str) -> str:
    """ "Tuesday 17 November 2026, 10:00 to 11:00 (Amsterdam)"."""
    clock = ZoneInfo(zone)
    starts, ends = meeting.starts_at.astimezone(clock), meeting.ends_at.astimezone(clock)
    return _("%(day)s, %(from)s to %(until)s (%(zone)s)") % {
        "day": date_format(starts, _("l j F Y")),
        "from": starts.strftime("%H:%M"),
        "until": ends.strftime("%H:%M"),
        "zone": _place(zone),
    }


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _lines(said: str, place: str, because: str) -> tuple[str, ...]:
    lines = [said]
    if place:
        lines.append(_("Where: %(place)s") % {"place": place})
    if because:
        lines.append(_("Why: %(reason)s") % {"reason": because})
    return tuple(lines)
