"""What a sponsor pledges becomes duties: check-ins with each council, and being there when it meets."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from councils.models import Attendance, Guest
from councils.services import attending, councils, meetings
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import CheckIn, Duty
from governance.queries import pledges
from governance.queries.duties import my_moves
from governance.services import checkins, duties, escalations, seats, sponsors
from notifications.queries.home import waiting_for
from tests.factories import Chamber, Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def pledge(town: Town, **said):
    given = {"response_days": 3, "attendance_pledge": 75, "checkins_a_quarter": 3, "funding_authority": 0, **said}
    return sponsors.pledge(sponsor=town.exec_sponsor, **given, by=town.sponsor, now=town.now)


def owed(chamber: Chamber) -> Duty | None:
    return Duty.objects.filter(subject=chamber.council.subject, kind="check_in", closed_at=None).first()


def test_three_check_ins_a_quarter_are_one_every_month_and_each_opens_the_next(town, chamber) -> None:
    first = owed(chamber)
    assert first.seat == town.sponsor_seat
    assert 27 <= (first.due_on - town.now.date()).days <= 30
    assert "check_in" in {move.kind for move in my_moves(town.sponsor, town.now)}
    later = town.now + timedelta(days=20)
    checkins.check_in(subject=chamber.council.subject, note="Two owners are stuck.", by=town.sponsor, now=later)
    first.refresh_from_db()
    assert first.closed_as == "checked_in"
    assert 27 <= (owed(chamber).due_on - later.date()).days <= 30


def test_another_pledge_moves_what_is_owed_and_none_ends_it(town, chamber) -> None:
    monthly = owed(chamber).due_on
    pledge(town, checkins_a_quarter=6)
    assert owed(chamber).due_on < monthly
    pledge(town, checkins_a_quarter=0)
    assert owed(chamber) is None
    pledge(town, checkins_a_quarter=3)
    assert owed(chamber) is not None


def test_a_check_in_that_is_late_stays_late_whatever_is_pledged_then(town, chamber) -> None:
    due = owed(chamber).due_on
    given = {"response_days": 3, "attendance_pledge": 75, "checkins_a_quarter": 1, "funding_authority": 0}
    late = town.now + timedelta(days=60)
    sponsors.pledge(sponsor=town.exec_sponsor, **given, by=town.sponsor, now=late)
    assert owed(chamber).due_on == due


def test_only_the_councils_own_sponsor_checks_in_and_says_something(town, chamber) -> None:
    subject = chamber.council.subject
    for person in (chamber.chair, town.lead):
        with pytest.raises(Refused):
            checkins.check_in(subject=subject, note="n", by=person, now=town.now)
    with pytest.raises(Absent):
        checkins.check_in(subject=subject, note="n", by=town.person("Ola Norman"), now=town.now)
    with pytest.raises(Invalid, match="line or two"):
        checkins.check_in(subject=subject, note=" ", by=town.sponsor, now=town.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(sponsor=town.exec_sponsor, subject=subject, by=town.sponsor, at=town.now, note="")


def test_the_council_reads_the_check_in_on_its_page_and_strangers_do_not(town, chamber, client_for, api_for) -> None:
    reference = chamber.council.reference
    sponsor = client_for(town.sponsor)
    assert f"/councils/{reference}/check-in/" in sponsor.get(f"/councils/{reference}/").content.decode()
    assert sponsor.post(f"/councils/{reference}/check-in/", {"note": ""}).status_code == 422
    assert sponsor.post(f"/councils/{reference}/check-in/", {"note": "I speak to Legal."}).status_code == 302
    page = client_for(chamber.chair).get(f"/councils/{reference}/").content.decode()
    assert "I speak to Legal." in page
    assert f"/councils/{reference}/check-in/" not in page
    assert api_for(chamber.chair).get("/api/v1/check-ins/").json()["results"][0]["note"] == "I speak to Legal."
    assert api_for(town.champions[town.claims.pk]).get("/api/v1/check-ins/").json()["results"] == []


def test_a_meeting_asks_its_sponsor_to_be_there(town, chamber) -> None:
    meeting = meetings.call(
        council=chamber.council, starts_at=town.now + timedelta(days=7), by=chamber.secretary, now=town.now
    )
    duty = Duty.objects.get(subject=meeting.subject, kind="attend")
    assert (duty.seat, duty.due_on) == (town.sponsor_seat, (town.now + timedelta(days=7)).date())
    kinds = {task.move.kind for task in (*waiting_for(town.sponsor, town.now).soon,)}
    assert "attend" in kinds


def sit(chamber: Chamber, now):
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    return meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)


def ended_as(meeting) -> str:
    return Duty.objects.get(subject=meeting.subject, kind="attend").closed_as


def test_a_sponsor_who_came_as_a_guest_attended_and_one_who_did_not_missed_it(town, chamber) -> None:
    came = sit(chamber, town.now)
    attending.mark_sponsor(meeting=came, presence="present", by=chamber.secretary, now=town.now)
    attending.mark_sponsor(meeting=came, presence="left", by=chamber.secretary, now=town.now)
    meetings.close(meeting=came, by=chamber.secretary, now=town.now)
    missed = sit(chamber, town.now + timedelta(days=1))
    meetings.close(meeting=missed, by=chamber.secretary, now=town.now + timedelta(days=1))
    assert (ended_as(came), ended_as(missed)) == ("attended", "missed")
    assert not Attendance.objects.filter(meeting=came).exists(), "a guest is in no quorum"


def test_a_sponsor_with_a_seat_in_the_council_is_marked_there(town, chamber) -> None:
    membership = councils.add_member(council=chamber.council, by=town.lead, now=town.now, person=town.sponsor)
    meeting = sit(chamber, town.now)
    with pytest.raises(Conflict, match="Mark that seat"):
        attending.mark_sponsor(meeting=meeting, presence="present", by=chamber.secretary, now=town.now)
    meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.secretary, now=town.now)
    meetings.close(meeting=meeting, by=chamber.secretary, now=town.now)
    assert ended_as(meeting) == "attended"


def test_nobody_missed_a_meeting_while_the_sponsors_seat_was_vacant(town, chamber) -> None:
    meeting = sit(chamber, town.now)
    seats.leave(seat=town.sponsor_seat, by=None, now=town.now)
    later = town.now + timedelta(hours=2)
    with pytest.raises(Conflict, match="vacant"):
        attending.mark_sponsor(meeting=meeting, presence="present", by=chamber.secretary, now=later)
    meetings.close(meeting=meeting, by=chamber.secretary, now=later)
    assert ended_as(meeting) == "vacant"


def test_the_deputy_comes_in_the_sponsors_place_and_strangers_do_not(town, chamber) -> None:
    deputy = town.person("Margriet van Dalen")
    seats.seat_person(seat=town.sponsor_seat, person=deputy, role="deputy", by=town.sponsor, now=town.now)
    meeting = sit(chamber, town.now)
    with pytest.raises(Refused):
        attending.mark_sponsor(
            meeting=meeting, presence="present", person=town.lead, by=chamber.secretary, now=town.now
        )
    attending.mark_sponsor(meeting=meeting, presence="present", person=deputy, by=chamber.secretary, now=town.now)
    meetings.close(meeting=meeting, by=chamber.secretary, now=town.now)
    assert (Guest.objects.get().person, ended_as(meeting)) == (deputy, "attended")


def test_the_sponsor_is_marked_on_the_meetings_page_and_over_the_api(town, chamber, client_for, api_for) -> None:
    meeting = sit(chamber, town.now)
    page, seat = f"/meetings/{meeting.reference}/", town.sponsor_seat.reference
    secretary = client_for(chamber.secretary)
    assert f"seat={seat}&amp;presence=present" in secretary.get(page).content.decode()
    assert secretary.post(f"{page}mark/", {"seat": seat, "presence": "present"}).status_code == 302
    assert "here, without a vote" in secretary.get(page).content.decode()
    told = api_for(chamber.secretary).post(f"/api/v1{page}mark/", {"seat": seat, "presence": "absent"})
    assert told.status_code == 200
    assert Guest.objects.get().presence == "absent"


def test_what_was_kept_is_read_by_the_sponsor_alone_and_counted_in_their_own_time(town, chamber, client_for) -> None:
    now = town.now
    for day, comes in ((1, True), (2, True), (3, False)):
        at = now + timedelta(days=day)
        meeting = sit(chamber, at)
        if comes:
            attending.mark_sponsor(meeting=meeting, presence="present", by=chamber.secretary, now=at)
        meetings.close(meeting=meeting, by=chamber.secretary, now=at)
    checkins.check_in(subject=chamber.council.subject, note="In time.", by=town.sponsor, now=now + timedelta(days=4))
    after = now + timedelta(days=200)
    found = {one.label: (one.kept, one.due) for one in pledges.kept(town.exec_sponsor, town.sponsor, after)}
    assert found["Meetings attended"] == (2, 3)
    assert found["Check-ins in time"] == (1, 2), "one was in time, the next is late"
    assert found["Escalations answered in time"] == (0, 0)
    deputy, successor = town.person("Margriet van Dalen"), town.person("Henrik Vos")
    seats.seat_person(seat=town.sponsor_seat, person=deputy, role="deputy", by=town.sponsor, now=now)
    for person in (town.lead, deputy, chamber.chair):
        assert pledges.kept(town.exec_sponsor, person, after) == []
    path = f"/executive-sponsors/{town.sponsor_seat.reference}/"
    assert "What you kept" in client_for(town.sponsor).get(path).content.decode()
    for person in (town.lead, deputy, chamber.chair):
        page = client_for(person).get(path).content.decode()
        assert "What you kept" not in page
        assert chamber.council.name in page
    seats.seat_person(seat=town.sponsor_seat, person=successor, by=town.lead, now=now + timedelta(days=100))
    assert sum(one.due for one in pledges.kept(town.exec_sponsor, successor, after)) == 0, "not what others missed"


def test_an_answer_counts_where_the_sponsor_gave_it_and_not_where_the_matter_ended_by_itself(town, chamber) -> None:
    for number, duty in enumerate(owe(town, 3, due_on=town.now.date(), overseer_id=chamber.council.pk)):
        escalations.owe_response(duty=duty, seat=town.sponsor_seat, now=town.now)
        if number == 0:
            escalations.end_response(duty=duty, seat=town.sponsor_seat, now=town.now + timedelta(days=1))
        if number == 1:
            duties.close_all(subject_id=duty.subject_id, now=town.now, outcome="done")
    found = pledges.kept(town.exec_sponsor, town.sponsor, town.now + timedelta(days=30))
    assert [(one.kept, one.due) for one in found if "Escalations" in one.label] == [(1, 2)]
