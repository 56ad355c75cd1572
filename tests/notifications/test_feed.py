"""A person's private calendar: what it shows, to whom, and that its address is a secret."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from councils.models import Meeting
from councils.recurrence import WEEKLY, Rule
from councils.services import meetings, moving, series
from governance.models import Seat, SeatKind
from governance.services import people
from notifications.models import CalendarFeed
from notifications.queries.feed import calendar_of
from notifications.services import feeds
from tests.factories import EPOCH, Chamber, Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="Culture Council", size=3)


def shown(person, now=EPOCH) -> dict:
    return {str(one["SUMMARY"]): one for one in Calendar.from_ical(calendar_of(person, now)).walk("VEVENT")}


def test_it_shows_my_meetings_and_my_days_and_nobody_elses(chamber, town):
    meetings.call(council=chamber.council, starts_at=STARTS, by=chamber.secretary, now=EPOCH, place="Room 4")
    owner = town.champions[town.claims.pk]
    owe(town, 1, due_on=date(2026, 12, 4))
    assert set(shown(chamber.chair)) >= {"Culture Council"}
    mine = shown(owner)
    assert "Culture Council" not in mine
    (due,) = [one for name, one in mine.items() if name.startswith("Due: Promise 0")]
    assert due["DTSTART"].dt == date(2026, 12, 4)
    assert "Culture Council" not in shown(town.lead), "who may see every council is called to none by that"
    assert "Culture Council" in shown(town.sponsor)


def test_each_meeting_of_a_series_stands_where_it_was_moved_and_what_is_off_is_cancelled(chamber):
    found = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(1,)), starts_on=date(2026, 12, 1), at=time(10),
        by=chamber.secretary, now=EPOCH,
    )  # fmt: skip
    first, second, *_rest = found.meetings.order_by("slot")
    moving.move(
        meeting=first, starts_at=first.starts_at + timedelta(hours=3), reason="Clash.", by=chamber.secretary, now=EPOCH
    )
    meetings.call_off(meeting=second, reason="Holiday.", by=chamber.secretary, now=EPOCH)
    events = Calendar.from_ical(calendar_of(chamber.chair, EPOCH)).walk("VEVENT")
    ours = {one["RECURRENCE-ID"].dt.astimezone(UTC): one for one in events if "RECURRENCE-ID" in one}
    assert len(ours) == found.meetings.count()
    assert ours[first.slot]["DTSTART"].dt == first.slot + timedelta(hours=3)
    assert {str(one["UID"]) for one in ours.values()} == {found.uid}
    assert ours[second.slot]["STATUS"] == "CANCELLED"
    assert [one for one in ours if ours[one]["STATUS"] == "CANCELLED"] == [second.slot]


def test_what_is_confidential_stands_there_without_a_title_or_a_place(town):
    chamber = Chamber(town, name="Zebrafish Council", size=3, confidential=True)
    meetings.call(council=chamber.council, starts_at=STARTS, by=chamber.secretary, now=EPOCH, place="Zebrafish room")
    text = calendar_of(chamber.secretary, EPOCH).decode()
    assert "Zebrafish Council" not in text
    assert "Zebrafish room" not in text
    assert "SUMMARY:Confidential meeting" in text
    administrator = Seat.objects.get(kind=SeatKind.ADMINISTRATOR).tenures.get(until_at=None).person
    assert "Confidential" not in calendar_of(administrator, EPOCH).decode()


def test_the_address_is_shown_once_works_without_signing_in_and_ends_when_it_is_revoked(chamber, client_for):
    mine, stranger = client_for(chamber.chair), Client()
    page = mine.post("/calendar/make/")
    address = page.context["address"]
    path = address[address.index("/calendar/") :]
    assert address in page.content.decode()
    assert address not in mine.get("/calendar/").content.decode()
    assert address.rsplit("/", 1)[1].removesuffix(".ics") not in str(list(CalendarFeed.objects.values()))
    got = stranger.get(path)
    assert got.status_code == 200
    assert got["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in got["Cache-Control"]
    assert not got.cookies
    assert Calendar.from_ical(got.content)["METHOD"] == "PUBLISH"
    assert stranger.get(path.replace(".ics", "x.ics")).status_code == 404
    assert stranger.post(path).status_code == 405
    again = mine.post("/calendar/make/").context["address"]
    assert stranger.get(path).status_code == 404
    mine.post("/calendar/revoke/")
    assert stranger.get(again[again.index("/calendar/") :]).status_code == 404


def test_who_has_left_is_shown_nothing_and_who_left_the_council_no_meeting_of_it(chamber, town):
    meetings.call(council=chamber.council, starts_at=STARTS, by=chamber.secretary, now=EPOCH)
    address = feeds.make(by=chamber.chair, now=EPOCH)
    path = address[address.index("/calendar/") :]
    assert "Culture Council" in shown(chamber.chair)
    people.end_access(person=chamber.chair, by=town.lead, now=EPOCH)
    assert Client().get(path).status_code == 404
    assert "Culture Council" not in shown(chamber.chair)


def test_reading_it_writes_nothing_and_costs_the_same_however_much_stands_on_it(chamber):
    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            calendar_of(chamber.chair, EPOCH)
        return [one["sql"] for one in seen]

    meetings.call(council=chamber.council, starts_at=STARTS, by=chamber.secretary, now=EPOCH)
    few = statements()
    assert all(one.lstrip("( ").upper().startswith(("SELECT", "WITH")) for one in few)
    for day in range(1, 9):
        meetings.call(council=chamber.council, starts_at=STARTS + timedelta(days=day), by=chamber.secretary, now=EPOCH)
    assert Meeting.objects.count() == 9
    assert len(statements()) == len(few)
