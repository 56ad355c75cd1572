"""Invitations: one mail a meeting or series and reader, with a part that calendar programs read."""

import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

import pytest
import recurring_ical_events
import vobject
from django.core import mail
from django.test import Client
from icalendar import Calendar

from councils.models import Meeting, MeetingAnswer
from councils.recurrence import MONTHLY, WEEKLY, Rule
from councils.services import councils, meetings, moving, series
from governance.models import Person
from governance.services import people
from notifications.kinds import Kind
from notifications.models import Message, MessageState
from notifications.services import outbox
from notifications.services.listening import hear
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town
from tests.notifications.building import mailed_at_once
from tests.notifications.test_outbox import MORNING

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    return built


@pytest.fixture
def chamber(town: Town) -> Chamber:
    made = Chamber(town, name="Culture Council", size=3)
    hear(MORNING)
    Message.objects.all().delete()
    mailed_at_once(*Person.objects.all())
    return made


def post(now: datetime = MORNING) -> list:
    mail.outbox.clear()
    hear(now)
    outbox.drain(now)
    outbox.drain(now + timedelta(minutes=2))
    return mail.outbox


def part(message) -> str:
    (found,) = [one for one in message.alternatives if one.mimetype.startswith("text/calendar")]
    return found.content


def to(person: Person) -> list:
    return [one for one in mail.outbox if one.to == [person.email]]


def event(message):
    (found,) = Calendar.from_ical(part(message)).walk("VEVENT")
    return found


def call(chamber: Chamber, **more) -> Meeting:
    given = {
        "council": chamber.council,
        "starts_at": STARTS,
        "by": chamber.secretary,
        "now": MORNING,
        "place": "Room 4",
    }
    return meetings.call(**given | more)


def test_everybody_who_sits_is_invited_once_and_alone_whoever_called_it_and_the_sponsor_too(chamber, town):
    meeting = call(chamber, lasts=90)
    sent = post()
    holders = {m.seat.tenures.get(until_at=None).person.email for m in chamber.memberships}
    assert sorted(one.to[0] for one in sent) == sorted(holders | {town.sponsor.email})
    (mine,) = to(chamber.secretary)
    found = event(mine)
    assert found["UID"] == meeting.uid
    assert found["SEQUENCE"] == 0
    assert found["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert found["DTSTART"].dt == STARTS
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(minutes=90)
    assert (found["SUMMARY"], found["LOCATION"]) == ("Culture Council", "Room 4")
    assert found["URL"].endswith(f"/meetings/{meeting.reference}/")
    assert found["ATTENDEE"] == f"mailto:{chamber.secretary.email}"
    assert found["ORGANIZER"].startswith("mailto:")
    calendar = Calendar.from_ical(part(mine))
    assert calendar["METHOD"] == "REQUEST"
    assert len(calendar.walk("VTIMEZONE")) == 1
    (carried,) = [one for one in mine.message().walk() if one.get_content_type() == "text/calendar"]
    assert carried.get_param("method") == "REQUEST"
    assert "Tuesday 1 December 2026, 10:00 to 11:30 (Amsterdam)" in mine.body
    for one in sent:
        others = holders - {one.to[0]}
        assert not any(address in part(one) for address in others)


def test_moved_it_is_asked_again_with_the_same_uid_and_a_higher_sequence(chamber):
    meeting = call(chamber)
    post()
    moving.move(
        meeting=meeting, starts_at=STARTS + timedelta(days=1), reason="Clash.", by=chamber.secretary, now=MORNING
    )
    post()
    (mine,) = to(chamber.chair)
    assert mine.subject.startswith("Moved: ")
    found = event(mine)
    assert (found["UID"], found["SEQUENCE"], found["DTSTART"].dt) == (meeting.uid, 1, STARTS + timedelta(days=1))
    assert "Clash." in mine.body


def test_called_off_it_is_cancelled_under_the_same_uid(chamber):
    meeting = call(chamber)
    post()
    meetings.call_off(meeting=meeting, reason="Illness.", by=chamber.secretary, now=MORNING)
    post()
    (mine,) = to(chamber.chair)
    calendar = Calendar.from_ical(part(mine))
    found = event(mine)
    assert calendar["METHOD"] == "CANCEL"
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == (meeting.uid, 1, "CANCELLED")


def test_what_is_overtaken_before_its_mail_leaves_is_not_said(chamber):
    meeting = call(chamber)
    hear(MORNING)
    moving.move(
        meeting=meeting, starts_at=STARTS + timedelta(days=1), reason="Clash.", by=chamber.secretary, now=MORNING
    )
    post()
    (mine,) = to(chamber.chair)
    assert event(mine)["SEQUENCE"] == 1
    late = call(chamber, starts_at=MORNING + timedelta(minutes=5))
    hear(MORNING)
    outbox.drain(MORNING + timedelta(hours=3))
    assert not Message.objects.filter(subject_id=late.pk).exclude(state=MessageState.DROPPED).exists()


def test_a_meeting_called_for_now_invites_nobody_who_is_in_the_room_already(chamber):
    moving.call_now(council=chamber.council, by=chamber.secretary, now=MORNING)
    assert post() == []


def test_a_confidential_council_is_called_by_no_name_in_any_part_of_the_mail(town):
    chamber = Chamber(town, name="Whistle Council", size=3, confidential=True)
    mailed_at_once(*Person.objects.all())
    hear(MORNING)
    Message.objects.all().delete()
    meeting = call(chamber, place="Whistle room")
    begun = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(1,)), starts_on=date(2026, 12, 1), at=time(10),
        by=chamber.secretary, now=MORNING, place="Whistle room",
    )  # fmt: skip
    sent = post()
    assert sent
    for one in sent:
        for words in (one.message().as_string(), part(one), one.body):
            assert "Whistle Council" not in words
            assert "Whistle room" not in words
        assert event(one)["SUMMARY"] == "Confidential meeting"
    assert town.lead.email not in {one.to[0] for one in sent}
    assert {event(one)["UID"] for one in sent} == {meeting.uid, begun.uid}


def test_a_series_invites_by_one_mail_to_all_of_it_and_later_meetings_by_none(chamber):
    found = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, interval=2, weekdays=(1,)), starts_on=date(2026, 12, 1),
        at=time(10), by=chamber.secretary, now=MORNING,
    )  # fmt: skip
    post()
    (mine,) = to(chamber.chair)
    told = event(mine)
    assert (told["UID"], told["SEQUENCE"]) == (found.uid, 0)
    assert told["RRULE"].to_ical() == b"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    planned = list(found.meetings.order_by("slot").values_list("slot", flat=True))
    assert occurrences(part(mine), planned[-1]) == planned
    later = MORNING + timedelta(weeks=6)
    assert series.call_ahead(later) > 0
    assert post(later) == []


def occurrences(text: str, to_moment: datetime) -> list[datetime]:
    """As an independent library reads them, in UTC."""
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(MORNING, to_moment + timedelta(minutes=1))
    return sorted(one["DTSTART"].dt.astimezone(UTC) for one in found)


def test_one_meeting_of_a_series_is_moved_and_another_called_off_by_its_recurrence_id(chamber):
    found = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(1,)), starts_on=date(2026, 12, 1), at=time(10),
        by=chamber.secretary, now=MORNING,
    )  # fmt: skip
    post()
    first, second, third, *_rest = found.meetings.order_by("slot")
    moved_to = second.starts_at + timedelta(days=2)
    moving.move(meeting=second, starts_at=moved_to, reason="Clash.", by=chamber.secretary, now=MORNING)
    meetings.call_off(meeting=third, reason="Holiday.", by=chamber.secretary, now=MORNING)
    post()
    moved, off = sorted((event(one) for one in to(chamber.chair)), key=lambda one: one["RECURRENCE-ID"].dt)
    assert (moved["UID"], moved["RECURRENCE-ID"].dt, moved["DTSTART"].dt) == (found.uid, second.slot, moved_to)
    assert (off["STATUS"], off["RECURRENCE-ID"].dt) == ("CANCELLED", third.slot)
    # Whoever joins later is told the series as it stands by then.
    person = people.add(email="new@harbourline.example", name="Ne Wcomer", by=None, now=MORNING, password="x" * 20)
    mailed_at_once(person)
    councils.seat_member(membership=chamber.memberships[-1], person=person, by=chamber.secretary, now=MORNING)
    post()
    (mine,) = [one for one in to(person) if one.subject.startswith("Invitation")]
    text = part(mine)
    assert occurrences(text, first.slot + timedelta(weeks=3)) == [
        first.slot, moved_to, first.slot + timedelta(weeks=3)
    ]  # fmt: skip


def test_a_changed_series_is_sent_anew_and_reads_as_what_is_planned(chamber):
    found = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(1,)), starts_on=date(2026, 12, 1), at=time(10),
        by=chamber.secretary, now=MORNING,
    )  # fmt: skip
    post()
    series.change(
        series=found, rule=Rule(MONTHLY, day=31), starts_on=date(2026, 12, 9), at=time(15), reason="Less often.",
        by=chamber.secretary, now=MORNING,
    )  # fmt: skip
    post()
    (mine,) = to(chamber.chair)
    planned = list(found.meetings.filter(state="planned").order_by("starts_at").values_list("starts_at", flat=True))
    assert occurrences(part(mine), planned[-1]) == planned
    series.end(series=found, reason="Done.", by=chamber.secretary, now=MORNING)
    post()
    (mine,) = to(chamber.chair)
    assert "Done." in mine.body
    assert Calendar.from_ical(part(mine))["METHOD"] == "CANCEL"


def test_both_libraries_read_who_calls_and_who_is_called(chamber):
    call(chamber)
    post()
    (mine,) = to(chamber.chair)
    read = vobject.readOne(part(mine))
    assert read.vevent.attendee.value == f"mailto:{chamber.chair.email}"
    assert read.vevent.summary.value == "Culture Council"
    assert read.vevent.dtstart.value.astimezone(UTC) == STARTS


def test_a_vacant_seat_calls_nobody_in_its_place(chamber, town):
    councils.add_member(council=chamber.council, by=town.lead, now=MORNING)
    hear(MORNING)
    Message.objects.all().delete()
    call(chamber)
    sent = post()
    assert town.lead.email not in {one.to[0] for one in sent}
    assert Message.objects.filter(kind=Kind.MEETING, state=MessageState.DROPPED).exists()


def links_of(message) -> dict[str, str]:
    """The answers that a mail offers, by what they say."""
    found = re.findall(r"^(I come|I do not come), without signing in: (\S+)$", str(message.body), re.MULTILINE)
    return {says: urlsplit(url).path for says, url in found}


def test_a_seat_says_from_its_invitation_whether_it_comes_and_may_change_its_mind(chamber, town):
    meeting = call(chamber)
    post()
    (mine,) = to(chamber.secretary)
    answers = links_of(mine)
    page = Client().get(answers["I come"]).text
    assert meeting.title in page
    assert "Room 4" in page
    assert not MeetingAnswer.objects.exists(), "looking changes nothing"
    assert "You come to" in Client().post(answers["I come"]).text
    said = MeetingAnswer.objects.get(meeting=meeting)
    assert (said.coming, said.by) == ("yes", chamber.secretary)
    assert "Nobody asks why" in Client().post(answers["I do not come"]).text
    said.refresh_from_db()
    assert said.coming == "no"
    assert not links_of(to(town.sponsor)[0]), "the sponsor is a guest and has no seat to answer for"


def test_a_link_of_a_meeting_that_was_called_off_or_of_a_seat_that_left_is_dead(chamber):
    meeting = call(chamber)
    post()
    mine = links_of(to(chamber.secretary)[0])
    other = links_of(to(chamber.members[2])[0])
    councils.end_membership(membership=chamber.memberships[2], by=chamber.town.lead, now=MORNING)
    assert Client().get(other["I come"]).status_code == 410
    meetings.call_off(meeting=meeting, reason="Ill.", by=chamber.secretary, now=MORNING)
    assert Client().get(mine["I come"]).status_code == 410
    assert Client().post(mine["I come"]).status_code == 410
    assert not MeetingAnswer.objects.exists()
