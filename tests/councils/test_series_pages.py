"""Pages and API of when councils meet."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from councils.models import Meeting, MeetingAnswer, MeetingSeries, MeetingState
from councils.recurrence import MONTHLY, WEEKLY, Rule
from councils.services import meetings, moving, series
from governance.models import JournalEntry
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber() -> Chamber:
    return Chamber(Town(timezone.now()), name="Quick Council", size=3)


def begin(chamber: Chamber, rule: Rule | None = None) -> MeetingSeries:
    now = timezone.now()
    return series.begin(
        council=chamber.council, rule=rule or Rule(WEEKLY, weekdays=(1,)), starts_on=now.date() + timedelta(days=1),
        at=time(10), by=chamber.secretary, now=now, place="Room 4",
    )  # fmt: skip


def typed(**more) -> dict:
    day = (timezone.now() + timedelta(days=2)).date().isoformat()
    return {"kind": "weeks", "every": "2", "weekdays": ["1"], "starts_on": day, "at": "10:00", "lasts": "60"} | more


def test_a_secretary_sees_the_dates_before_anything_is_kept_and_then_keeps_them(chamber, client_for):
    client = client_for(chamber.secretary)
    address = f"/councils/{chamber.council.reference}/meetings/regularly/"
    assert client.get(address).status_code == 200
    shown = client.post(address, typed(preview="1"))
    assert shown.status_code == 200
    assert len(shown.context["dates"]) == 6
    assert "Every two weeks on Tuesday at 10:00" in shown.content.decode()
    assert 'name="at" value="10:00"' in shown.content.decode()
    assert not MeetingSeries.objects.exists()
    kept = client.post(address, typed())
    found = MeetingSeries.objects.get()
    assert kept["Location"] == f"/meeting-series/{found.reference}/"
    assert found.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert [m.starts_at for m in found.meetings.order_by("slot")][:3] == shown.context["dates"][:3]
    page = client.get(f"/councils/{chamber.council.reference}/").content.decode()
    assert "Every two weeks on Tuesday at 10:00" in page


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"kind": "nth", "every": "1", "weekdays": ["1"], "nth": "3"}, "FREQ=MONTHLY;BYDAY=3TU"),
        ({"kind": "nth", "every": "3", "weekdays": ["4"], "nth": "-1"}, "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"),
        ({"kind": "day", "every": "1", "day": "31"}, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ({"weekdays": ["0", "3"], "until": "2027-12-31"}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20271231"),
    ],
)
def test_each_way_to_repeat_is_kept_as_its_rule(chamber, client_for, given, rule):
    client = client_for(chamber.secretary)
    sent = client.post(f"/councils/{chamber.council.reference}/meetings/regularly/", typed(**given))
    assert sent.status_code == 302, sent.context["form"].errors
    assert MeetingSeries.objects.get().rule == rule


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"kind": "nth", "weekdays": ["1", "2"]}, "weekdays"),
        ({"kind": "day"}, "day"),
        ({"kind": "day", "every": "40", "day": "3"}, "every"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"until": "2020-01-01"}, "until"),
        ({"at": ""}, "at"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(chamber, client_for, given, field):
    client = client_for(chamber.secretary)
    for extra in ({}, {"preview": "1"}) if field not in ("starts_on",) else ({},):
        sent = client.post(
            f"/councils/{chamber.council.reference}/meetings/regularly/", typed(place="The hall", **given, **extra)
        )
        assert sent.status_code == 422
        assert field in sent.context["form"].errors
        assert "The hall" in sent.content.decode()
    assert not MeetingSeries.objects.exists()


def test_a_series_page_shows_what_was_moved_and_called_off_and_why(chamber, client_for):
    found, now = begin(chamber), timezone.now()
    first, second, *_rest = found.meetings.order_by("slot")
    moving.move(
        meeting=first, starts_at=first.starts_at + timedelta(hours=3), reason="The chair is away.",
        by=chamber.secretary, now=now,
    )  # fmt: skip
    meetings.call_off(meeting=second, reason="A holiday.", by=chamber.secretary, now=now)
    for path in (f"/meeting-series/{found.reference}/", f"/councils/{chamber.council.reference}/"):
        page = client_for(chamber.chair).get(path).content.decode()
        assert "The chair is away." in page
        assert "A holiday." in page
        assert "moved from" in page
    page = client_for(chamber.chair).get(f"/meetings/{first.reference}/").content.decode()
    assert "The chair is away." in page
    assert "Every week on Tuesday at 10:00" in page


def test_changing_and_ending_say_who_was_faster(chamber, client_for):
    found, client = begin(chamber), client_for(chamber.secretary)
    address = f"/meeting-series/{found.reference}/change/"
    form = client.get(address).context["form"]
    assert form["kind"].value() == "weeks"
    given = typed(reason="Fewer.", version=str(found.version))
    assert client.post(address, given).status_code == 302
    stale = client.post(address, given)
    assert stale.status_code == 409
    assert "Fewer." in stale.content.decode()
    found.refresh_from_db()
    ended = client.post(f"/meeting-series/{found.reference}/end/", {"reason": "Done.", "version": found.version})
    assert ended.status_code == 302
    assert not Meeting.objects.filter(state=MeetingState.PLANNED).exists()


def test_a_meeting_is_moved_on_the_clock_of_its_place(chamber, client_for):
    now = timezone.now()
    meeting = meetings.call(council=chamber.council, starts_at=now + timedelta(days=3), by=chamber.secretary, now=now)
    client = client_for(chamber.secretary)
    address = f"/meetings/{meeting.reference}/move/"
    day = (now + timedelta(days=5)).date()
    given = {"day": day.isoformat(), "time": "09:30", "lasts": "45", "place": "Room 9", "reason": "Clash."}
    assert client.post(address, given | {"reason": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.lasts, meeting.place, meeting.sequence) == (45, "Room 9", 1)
    assert client_for(chamber.chair).get(address).status_code == 200
    member = chamber.memberships[2].seat.tenures.get().person
    assert client_for(member).get(address).status_code == 403


def test_each_seat_says_whether_it_comes_and_the_quorum_follows(chamber, client_for):
    now = timezone.now()
    meeting = meetings.call(council=chamber.council, starts_at=now + timedelta(days=3), by=chamber.secretary, now=now)
    chairs_seat = chamber.memberships[0].seat
    client = client_for(chamber.chair)
    page = client.get(f"/meetings/{meeting.reference}/").content.decode()
    assert "I do not come" in page
    address = f"/meetings/{meeting.reference}/answer/"
    assert client.post(address, {"seat": chairs_seat.reference, "coming": "yes"}).status_code == 302
    page = client.get(f"/meetings/{meeting.reference}/").content.decode()
    assert "1 of 3 said yes" in page
    other = chamber.memberships[2].seat.reference
    assert client.post(address, {"seat": other, "coming": "yes"}).status_code == 403
    assert client.post(address, {"seat": chairs_seat.reference, "coming": "deputy"}).status_code == 409
    assert client.post(address, {"seat": chairs_seat.reference, "coming": "perhaps"}).status_code == 422
    entry = JournalEntry.objects.filter(event="councils.meeting.answered").get()
    assert "yes" not in str(entry.facts)
    moving.move(
        meeting=meeting, starts_at=meeting.starts_at + timedelta(days=1), reason="Clash.", by=chamber.secretary, now=now
    )
    assert MeetingAnswer.objects.count() == 1
    page = client.get(f"/meetings/{meeting.reference}/").content.decode()
    assert "0 of 3 said yes" in page, "of the new day nobody has said anything yet"


def test_one_button_calls_a_meeting_that_is_open_at_once(chamber, client_for):
    sent = client_for(chamber.secretary).post(f"/councils/{chamber.council.reference}/meetings/now/")
    assert sent.status_code == 302
    assert Meeting.objects.get().state == MeetingState.OPEN
    again = client_for(chamber.secretary).post(f"/councils/{chamber.council.reference}/meetings/now/")
    assert again.status_code == 409


def test_the_api_begins_changes_moves_answers_and_ends(chamber, api_for):
    client = api_for(chamber.secretary)
    day = (timezone.now() + timedelta(days=2)).date().isoformat()
    asked = {"council": chamber.council.reference, "rule": "FREQ=WEEKLY;BYDAY=TU", "starts_on": day, "at": "10:00"}
    made = client.post("/api/v1/meeting-series/", asked, format="json")
    assert made.status_code == 201, made.json()
    found = made.json()
    assert found["sentence"] == "Every week on Tuesday at 10:00"
    bad = client.post("/api/v1/meeting-series/", asked | {"rule": "FREQ=DAILY"}, format="json")
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["pointer"] == "/rule"
    path = f"/api/v1/meeting-series/{found['reference']}/"
    occurrences = client.get(f"{path}occurrences/").json()
    assert len(occurrences) >= 8
    first = occurrences[0]["reference"]
    to = (datetime.fromisoformat(occurrences[0]["starts_at"]) + timedelta(hours=2)).astimezone(UTC)
    moved = client.post(
        f"/api/v1/meetings/{first}/move/", {"starts_at": to.isoformat(), "reason": "Clash."}, format="json"
    )
    assert moved.json()["because"] == "Clash."
    assert moved.json()["series"] == found["reference"]
    seat = chamber.memberships[0].seat.reference
    said = api_for(chamber.chair).post(
        f"/api/v1/meetings/{first}/answer/", {"seat": seat, "coming": "yes"}, format="json"
    )
    assert said.json()["coming"] == 1
    stale = client.post(f"{path}change/", asked | {"reason": "Less."}, format="json", HTTP_IF_MATCH='"99"')
    assert stale.status_code == 412
    changed = client.post(f"{path}change/", asked | {"reason": "Less.", "rule": "FREQ=MONTHLY;BYMONTHDAY=-1"},
                          format="json")  # fmt: skip
    assert changed.json()["sentence"] == "Every month on the last day at 10:00"
    ended = client.post(f"{path}end/", {"reason": "Done."}, format="json")
    assert ended.json()["ended_at"]


def test_a_series_page_costs_the_same_however_many_meetings_it_lists(chamber, client_for):
    def statements(found: MeetingSeries) -> int:
        client = client_for(chamber.chair)
        client.get(f"/meeting-series/{found.reference}/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/meeting-series/{found.reference}/").status_code == 200
        return len(seen)

    few = statements(begin(chamber, Rule(MONTHLY, day=31)))
    many = statements(begin(chamber, Rule(WEEKLY, weekdays=(0, 1, 2, 3, 4))))
    assert few == many
