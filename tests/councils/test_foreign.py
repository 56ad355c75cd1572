"""Calendars of other programs: each event is taken or refused with a reason; what is taken becomes meetings."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from councils import foreign
from councils.models import Meeting, MeetingSeries, MeetingState
from governance.errors import Invalid
from tests.factories import Chamber, Town

SAMPLES = Path(settings.SAMPLE_DATA_DIR or "absent") / "ics-calendars"
LONG_AGO = datetime(2012, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{place}\r\n{event}\r\nEND:VEVENT\r\n" for place, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def only(event: str, **more) -> foreign.Found:
    (found,) = foreign.read(calendar(event), now=NOW, **more)
    return found


BERLIN = "DTSTART;TZID=Europe/Berlin:20270105T100000"

REASONS = [
    ("SUMMARY:No date", "no beginning"),
    ("DTSTART;VALUE=DATE:20270105", "whole days"),
    ("DTSTART:20270105T100000", "names no zone"),
    ("DTSTART;TZID=Moon/Base:20270105T100000", "“Moon/Base” is unknown"),
    (f"{BERLIN}\r\nRRULE:FREQ=DAILY", "FREQ=DAILY"),
    (f"{BERLIN}\r\nRRULE:RRULE:Anything;FREQ=WEEKLY", "ANYTHING"),
    (f"{BERLIN}\r\nRRULE:FREQ=WEEKLY;BYDAY=FR", "first day is none"),
    (f"{BERLIN}\r\nRDATE;TZID=Europe/Berlin:20270107T100000", "one by one"),
    (f"{BERLIN}\r\nSTATUS:CANCELLED", "called off"),
    (f"{BERLIN}\r\nDTEND;TZID=Europe/Berlin:20270107T100000", "2880 minutes"),
    ("DTSTART:20200105T100000Z", "It is over"),
    (f"{BERLIN}\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270105T100000", "not taken"),
    ("DTSTART:tomorrow", "DTSTART cannot be read"),
]


@pytest.mark.parametrize(("event", "reason"), REASONS, ids=[row[1] for row in REASONS])
def test_what_cannot_be_a_meeting_is_refused_with_a_reason(event, reason):
    found = only(event)
    assert found.taken is None
    assert reason in found.reason


def test_a_series_is_taken_from_its_next_moment_on_in_step_with_its_beginning():
    taken = only(
        "SUMMARY:Call\\, weekly\r\nDTSTART;TZID=Europe/Berlin:20260106T100000"
        "\r\nDTEND;TZID=Europe/Berlin:20260106T104500"
        "\r\nRRULE:FREQ=WEEKLY;INTERVAL=2\r\nEXDATE;TZID=Europe/Berlin:20261222T100000\r\nLOCATION:Room 4"
    )
    assert taken.title == "Call, weekly"
    assert taken.taken is not None
    assert taken.taken.sentence == "Every two weeks on Tuesday at 10:00"
    assert (taken.taken.starts_on, taken.taken.lasts, taken.taken.place) == (date(2026, 12, 8), 45, "Room 4")
    assert taken.taken.without == (datetime(2026, 12, 22, 9, tzinfo=UTC),)
    counted = only(f"{BERLIN.replace('2027', '2026')}\r\nRRULE:FREQ=MONTHLY;COUNT=14")
    assert counted.taken is not None
    assert counted.taken.rule is not None
    assert counted.taken.rule.count == 3


def test_times_that_name_no_zone_are_taken_when_somebody_said_on_which_clock_they_are():
    taken = only("DTSTART:20270105T100000", floating="Asia/Shanghai").taken
    assert taken is not None
    assert taken.starts_at == datetime(2027, 1, 5, 2, tzinfo=UTC)


def test_a_file_that_is_no_calendar_or_too_large_is_refused_whole():
    for given in (b"", b"Dear all,", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"x" * (foreign.LONGEST_FILE + 1)):
        with pytest.raises(Invalid) as refused:
            foreign.read(given, now=NOW)
        assert refused.value.field == "file"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample data are not here")
def test_each_event_of_real_calendars_is_taken_or_refused_with_a_reason():
    events, taken, reasons = 0, 0, set()
    for path in sorted(SAMPLES.rglob("*.ics")):
        for found in foreign.read(path.read_bytes(), now=LONG_AGO):
            events += 1
            assert (found.taken is None) == bool(found.reason), (path.name, found.title)
            taken += found.taken is not None
            reasons.add(found.reason.split("“")[0].split(":")[0][:40])
    assert events == 160
    assert taken == 9
    assert len(reasons) >= 8


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample data are not here")
def test_real_series_say_what_their_groups_would_say():
    said = {
        path.stem: [one.taken.sentence for one in foreign.read(path.read_bytes(), now=LONG_AGO) if one.taken]
        for path in SAMPLES.glob("*.ics")
    }
    assert said["rdfjs-shacl-ui-biweekly"] == ["Every two weeks on Wednesday at 11:00"]
    assert said["w3c-credweb-weekly"] == ["Every week on Wednesday at 13:05, until 19 December 2018"]
    assert said["nh-legislature-meetings"] == []


@pytest.mark.django_db
def test_a_council_brings_its_calendar_sees_what_is_taken_and_keeps_what_it_chooses(client_for):
    chamber = Chamber(Town(timezone.now()), name="Quick Council", size=3)
    client = client_for(chamber.secretary)
    day = timezone.now().date() + timedelta(days=10)
    weekly = f"SUMMARY:Weekly\r\nDTSTART;TZID=America/New_York:{day:%Y%m%d}T100000\r\nRRULE:FREQ=WEEKLY"
    off = f"{day + timedelta(days=7):%Y%m%d}"
    weekly += f"\r\nEXDATE;TZID=America/New_York:{off}T100000"
    once = f"SUMMARY:Once\r\nDTSTART:{day:%Y%m%d}T150000"
    given = calendar(weekly, once, "SUMMARY:Whenever")
    address = f"/councils/{chamber.council.reference}/meetings/bring/"
    assert client.post(address, {}).status_code == 422
    shown = client.post(address, {"file": SimpleUploadedFile("a.ics", given), "on_our_clock": "on"})
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "no beginning" in page
    assert not Meeting.objects.exists()
    none = client.post(address, {"text": given.decode(), "keep": "1"})
    assert none.status_code == 422
    kept = client.post(address, {"text": given.decode(), "on_our_clock": "on", "keep": "1", "chosen": ["0", "1"]})
    assert kept.status_code == 302
    found = MeetingSeries.objects.get()
    assert (found.zone, found.rule) == (
        "America/New_York",
        f"FREQ=WEEKLY;BYDAY={day:%a}"[:-3] + f"{day:%a}"[:2].upper(),
    )
    assert found.meetings.filter(state=MeetingState.OFF).count() == 1
    assert Meeting.objects.filter(series=None).count() == 1
    member = chamber.memberships[2].seat.tenures.get().person
    assert client_for(member).get(address).status_code == 403
