"""Series: what is called ahead, moved, called off, changed and ended, and what is owed about it."""

from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from councils.models import AgendaItem, Meeting, MeetingSeries, MeetingState
from councils.recurrence import MONTHLY, WEEKLY, Rule
from councils.services import agenda, meetings, moving, series
from governance.errors import Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, JournalEntry, SubjectKind
from governance.services import subjects
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
TUESDAYS = Rule(WEEKLY, interval=2, weekdays=(1,))
WEDNESDAYS = Rule(WEEKLY, weekdays=(2,))


def begin(chamber, rule=TUESDAYS, now=EPOCH, **more):
    given = {"starts_on": now.date(), "at": time(10), "by": chamber.secretary, "place": "Room 4"} | more
    return series.begin(council=chamber.council, rule=rule, now=now, **given)


def planned(found: MeetingSeries) -> list[Meeting]:
    return list(found.meetings.filter(state=MeetingState.PLANNED).order_by("starts_at"))


def raised(chamber, meeting):
    about = subjects.create(SubjectKind.THEME, title="A matter", now=EPOCH, audience=[chamber.council.pk])
    item = agenda.propose(council=chamber.council, about=about, matter="general", by=chamber.secretary, now=EPOCH)
    item.refresh_from_db()
    return agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH)


def test_a_series_calls_its_next_meetings_at_once_and_each_stands_at_the_hour_of_its_place(council):
    found = begin(council)
    made = planned(found)
    assert len(made) in (4, 5)
    zone = ZoneInfo(found.zone)
    assert {meeting.starts_at.astimezone(zone).time() for meeting in made} == {time(10)}
    assert {meeting.starts_at.astimezone(zone).weekday() for meeting in made} == {1}
    gaps = {later.starts_at.astimezone(zone).date() - one.starts_at.astimezone(zone).date()
            for one, later in pairwise(made)}  # fmt: skip
    assert gaps == {timedelta(weeks=2)}
    assert {(meeting.place, meeting.lasts, meeting.uid) for meeting in made} == {("Room 4", 60, found.uid)}
    assert Duty.objects.filter(kind=DutyKind.CLOSE_MEETING, closed_at=None).count() == len(made)
    assert "Every two weeks on Tuesday at 10:00" in found.title


def test_the_keeping_calls_what_comes_near_once_and_names_nobody_as_its_caller(council):
    found = begin(council)
    before = len(planned(found))
    assert series.call_ahead(EPOCH) == 0
    later = EPOCH + timedelta(weeks=4)
    assert series.call_ahead(later) == 2
    assert series.call_ahead(later) == 0
    assert len(planned(found)) == before + 2
    entry = JournalEntry.objects.filter(event="councils.series.called_ahead").first()
    assert entry.by is None


def test_the_database_refuses_a_second_meeting_at_one_moment_of_a_series(council):
    found = begin(council)
    first = planned(found)[0]
    other = subjects.create(SubjectKind.MEETING, title="Twin", now=EPOCH, audience=[council.council.pk])
    with pytest.raises(IntegrityError, match=r"a_series_meets_once|series_id"), transaction.atomic():
        Meeting.objects.create(
            subject=other, council=council.council, starts_at=EPOCH, series=found, slot=first.slot, uid=found.uid
        )


def test_the_backlog_goes_onto_the_next_meeting_of_a_series_alone(council):
    about = subjects.create(SubjectKind.THEME, title="Waits", now=EPOCH, audience=[council.council.pk])
    item = agenda.propose(council=council.council, about=about, matter="general", by=council.secretary, now=EPOCH)
    found = begin(council)
    item.refresh_from_db()
    assert item.meeting == planned(found)[0]


def test_a_moved_meeting_keeps_its_moment_and_its_agenda_and_is_owed_on_its_new_day(council):
    found = begin(council)
    meeting = planned(found)[0]
    item = raised(council, meeting)
    to = meeting.starts_at + timedelta(days=1, hours=1)
    moved = moving.move(
        meeting=meeting, starts_at=to, reason="The chair is away.", by=council.secretary, now=EPOCH,
        version=meeting.version,
    )  # fmt: skip
    moved.refresh_from_db()
    assert (moved.starts_at, moved.slot, moved.sequence, moved.because) == (to, meeting.slot, 1, "The chair is away.")
    assert moved.is_moved
    item.refresh_from_db()
    assert item.meeting_id == moved.pk
    day = to.astimezone(ZoneInfo(found.zone)).date()
    assert set(Duty.objects.filter(subject_id=moved.pk, closed_at=None).values_list("due_on", flat=True)) == {day}
    assert str(day.day) in moved.subject.title
    assert JournalEntry.objects.filter(event="councils.meeting.moved").count() == 1


def test_moving_says_what_is_wrong_at_its_field(council):
    meeting = planned(begin(council))[0]
    act = {"meeting": meeting, "by": council.secretary, "now": EPOCH}
    for given, field in [
        ({"starts_at": meeting.starts_at + timedelta(hours=1), "reason": " "}, "reason"),
        ({"starts_at": meeting.starts_at, "reason": "None."}, "starts_at"),
        ({"starts_at": EPOCH - timedelta(days=3), "reason": "Back."}, "starts_at"),
        ({"starts_at": meeting.starts_at, "lasts": 2, "reason": "Short."}, "lasts"),
    ]:
        with pytest.raises(Invalid) as refused, transaction.atomic():
            moving.move(**act, **given)
        assert refused.value.field == field
    with pytest.raises(Stale):
        moving.move(**act, starts_at=EPOCH + timedelta(days=9), reason="Late.", version=meeting.version + 1)
    with pytest.raises(Refused):
        moving.move(meeting=meeting, starts_at=EPOCH + timedelta(days=9), reason="Mine.", by=council.chair and
                    council.memberships[3].seat.tenures.first().person, now=EPOCH)  # fmt: skip
    meetings.call_off(meeting=meeting, reason="Off.", by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict):
        moving.move(**act, starts_at=EPOCH + timedelta(days=9), reason="Again.")


def test_a_meeting_called_off_is_not_called_again(council):
    found = begin(council)
    meeting = planned(found)[1]
    meetings.call_off(meeting=meeting, reason="A holiday.", by=council.secretary, now=EPOCH)
    series.call_ahead(EPOCH + timedelta(weeks=3))
    assert found.meetings.filter(slot=meeting.slot).count() == 1
    meeting.refresh_from_db()
    assert (meeting.state, meeting.because, meeting.sequence) == (MeetingState.OFF, "A holiday.", 1)


def test_changed_from_a_day_on_what_was_planned_is_replanned_in_order_and_keeps_its_agenda(council):
    found = begin(council)
    before = planned(found)
    items = [raised(council, meeting) for meeting in before]
    zone = ZoneInfo(found.zone)
    from_on = before[1].starts_at.astimezone(zone).date()
    series.change(
        series=found, rule=WEDNESDAYS, starts_on=from_on, at=time(14), reason="Fewer clashes.", lasts=90,
        by=council.secretary, now=EPOCH,
    )  # fmt: skip
    found.refresh_from_db()
    after = planned(found)
    assert after[0].pk == before[0].pk
    assert after[0].starts_at == before[0].starts_at
    for old, new in zip(before[1:], after[1:], strict=False):
        assert new.pk == old.pk
        assert new.starts_at.astimezone(zone).time() == time(14)
        assert new.starts_at.astimezone(zone).weekday() == 2
        assert (new.lasts, new.sequence, new.slot) == (90, 1, new.starts_at)
    assert len(after) > len(before)
    for item, meeting in zip(items, before, strict=True):
        item.refresh_from_db()
        assert item.meeting_id == meeting.pk
    assert found.sequence == 1
    assert len({meeting.slot for meeting in after}) == len(after)


def test_a_change_that_leaves_fewer_meetings_calls_the_rest_off_and_gives_their_agenda_back(council):
    found = begin(council)
    before = planned(found)
    item = raised(council, before[-1])
    series.change(
        series=found, rule=Rule(MONTHLY, day=31, count=1), starts_on=EPOCH.date() + timedelta(days=1), at=time(9),
        reason="Once more.", by=council.secretary, now=EPOCH,
    )  # fmt: skip
    assert len(planned(found)) == 1
    item.refresh_from_db()
    assert item.meeting is None
    assert AgendaItem.objects.filter(pk=item.pk, state="open").exists()


def test_an_ended_series_calls_off_what_is_planned_and_calls_nothing_more(council):
    found = begin(council)
    series.end(series=found, reason="The work is done.", by=council.secretary, now=EPOCH)
    found.refresh_from_db()
    assert planned(found) == []
    assert found.next_slot is None
    assert series.call_ahead(EPOCH + timedelta(weeks=20)) == 0
    with pytest.raises(Conflict):
        series.end(series=found, reason="Twice.", by=council.secretary, now=EPOCH)
    assert not Duty.objects.filter(kind=DutyKind.CLOSE_MEETING, closed_at=None).exists()


def test_a_series_is_refused_at_the_field_that_is_wrong(council):
    for rule, given, field in [
        (Rule(WEEKLY), {}, "rule"),
        (TUESDAYS, {"starts_on": EPOCH.date() - timedelta(days=2)}, "starts_on"),
        (Rule(WEEKLY, weekdays=(1,), until=date(2020, 1, 1)), {}, "until"),
        (TUESDAYS, {"lasts": 3}, "lasts"),
    ]:
        with pytest.raises(Invalid) as refused, transaction.atomic():
            begin(council, rule, **given)
        assert refused.value.field == field
    with pytest.raises(Refused):
        begin(council, by=council.memberships[3].seat.tenures.first().person)
    assert not MeetingSeries.objects.exists()


def test_a_yearly_meeting_is_called_though_it_is_far(council):
    found = begin(council, Rule("YEARLY", month=9, nth=-1, weekdays=(4,)))
    assert len(planned(found)) == 1


def test_a_meeting_called_now_is_open_at_once_and_only_one_sits(council):
    meeting = moving.call_now(council=council.council, by=council.secretary, now=EPOCH)
    assert (meeting.state, meeting.starts_at) == (MeetingState.OPEN, EPOCH)
    with pytest.raises(Conflict):
        moving.call_now(council=council.council, by=council.secretary, now=EPOCH)


def test_clocks_may_change_and_the_council_still_meets_at_ten(council):
    found = begin(council, now=datetime(2027, 3, 1, 8, tzinfo=ZoneInfo("UTC")))
    zone = ZoneInfo(found.zone)
    offsets = {meeting.starts_at.astimezone(zone).utcoffset() for meeting in planned(found)}
    assert len(offsets) == 2
    assert {meeting.starts_at.astimezone(zone).time() for meeting in planned(found)} == {time(10)}


def test_meetings_from_before_there_were_series_get_the_name_by_which_calendars_know_them(council):
    migration = import_module("councils.migrations.0012_meetings_come_in_series")
    now = EPOCH
    old = meetings.call(council=council.council, starts_at=now, by=council.secretary, now=now)
    new = meetings.call(council=council.council, starts_at=now + timedelta(days=1), by=council.secretary, now=now)
    Meeting.objects.filter(pk=old.pk).update(uid="")
    migration.name(apps, None)
    old.refresh_from_db()
    known = new.uid
    new.refresh_from_db()
    assert old.uid.endswith("@keep")
    assert new.uid == known != old.uid
