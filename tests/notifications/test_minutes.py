"""One mail a person when a meeting was closed; whoever was there hears of its minutes."""

from datetime import timedelta

import pytest
from django.core import mail

from actions.models import Theme
from councils.models import Minutes
from councils.services import agenda, decisions, meetings, minutes
from governance.services import seats
from notifications.kinds import Kind
from notifications.models import Message
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.actions.reading_files import take
from tests.factories import EPOCH, Town

NOON = EPOCH + timedelta(hours=3)
CLOSED = NOON + timedelta(hours=1)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def hold(town, *, confidential=False, member=None):
    """Four seats taken and the fifth empty; a decision makes an action that the third member owes."""
    chamber = town.council_of_nine(confidential=confidential)
    take(EPOCH, "1,,,,CLM,Claim status,a")
    theme = Theme.objects.get()
    owner = town.champion_seats[town.claims.pk]
    sweep(EPOCH)
    Message.objects.all().delete()
    by = chamber.secretary
    meeting = meetings.call(council=chamber.council, starts_at=NOON, by=by, now=NOON)
    meeting = meetings.open_meeting(meeting=meeting, by=by, now=NOON)
    for membership in chamber.memberships[:6]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=by, now=NOON)
    item = agenda.propose(council=chamber.council, about=theme.subject, matter="theme", by=town.sponsor, now=NOON)
    item = agenda.place(item=item, meeting=meeting, by=by, now=NOON)
    payload = {
        "title": "Text at each step", "proof": "It is seen", "seat": owner.reference, "asked_for": None, "amount": 0,
        "needs_none": True,
    }  # fmt: skip
    decisions.settle(
        item=item, outcome="create_action", motion="We text at each step.", payload=payload,
        votes={membership.pk: "for" for membership in chamber.memberships[:6]}, by=by, now=NOON,
    )  # fmt: skip
    return chamber, meeting


def close(chamber, meeting):
    meetings.close(meeting=meeting, by=chamber.secretary, now=CLOSED)
    sweep(CLOSED)
    outbox.drain(CLOSED + timedelta(minutes=1))
    return Minutes.objects.select_related("meeting__council").get(meeting=meeting)


def told(kind):
    return {message.person.name for message in Message.objects.filter(kind=kind).select_related("person")}


def test_whoever_was_there_has_one_mail_with_what_was_decided_and_what_is_theirs(town):
    chamber, meeting = hold(town)
    # The owner of the new action also sits in the council: both stand in one mail.
    seats.seat_person(
        seat=chamber.memberships[5].seat, person=town.champions[town.claims.pk], by=None, now=NOON, role="deputy"
    )
    close(chamber, meeting)
    mails = {one.to[0]: one for one in mail.outbox}
    assert len(mails) == len(mail.outbox), "one mail a person"
    for person in chamber.members[2:6]:
        assert "We text at each step: valid (6 of 9; 6 for, 0 against)." in mails[person.email].body
        assert "Yours" not in mails[person.email].body, "the action is somebody else's"
    assert chamber.members[7].email not in mails, "was not there"
    assert told(Kind.MEETING_CLOSED) == {person.name for person in chamber.members[:6]}


def test_what_a_reader_owes_of_it_stands_in_the_same_mail_with_its_address(town):
    chamber, meeting = hold(town)
    owner = town.champions[town.claims.pk]
    seat = chamber.memberships[3].seat
    seats.leave(seat=seat, by=None, now=NOON)
    seats.seat_person(seat=seat, person=owner, by=None, now=NOON)
    meetings.mark(
        meeting=meeting, membership=chamber.memberships[3], presence="present", person=owner, by=chamber.secretary,
        now=NOON,
    )  # fmt: skip
    close(chamber, meeting)
    (mine,) = [one for one in mail.outbox if one.to == [owner.email]]
    assert "We text at each step: valid (6 of 9; 6 for, 0 against)." in mine.body
    assert "Text at each step. http" in mine.body
    assert "/actions/ACT-" in mine.body


def test_minutes_out_for_comment_say_until_when_and_approved_ones_are_told(town):
    chamber, meeting = hold(town)
    made = close(chamber, meeting)
    mail.outbox.clear()
    minutes.send_out(minutes=made, by=chamber.secretary, now=CLOSED)
    sweep(CLOSED)
    outbox.drain(CLOSED + timedelta(days=1))
    assert told(Kind.MINUTES_OUT) == {person.name for person in chamber.members[:6]}
    assert any("by Mon 9 Nov what should be different" in one.body for one in mail.outbox)
    later = CLOSED + timedelta(days=10)
    minutes.approve(minutes=made, by=chamber.chair, now=later)
    sweep(later)
    assert told(Kind.MINUTES_APPROVED) == {person.name for person in chamber.members[:6]}


def test_a_confidential_meeting_is_named_in_no_mail(town):
    chamber, meeting = hold_quietly(town)
    close(chamber, meeting)
    assert mail.outbox
    for one in mail.outbox:
        assert one.to[0] not in {town.lead.email, town.heads[town.claims.pk].email}
        assert "Zephyr" not in one.body + one.subject


def hold_quietly(town):
    from tests.factories import Chamber

    quiet = Chamber(town, name="Zephyr circle", size=5, confidential=True)
    sweep(EPOCH)
    Message.objects.all().delete()
    by = quiet.secretary
    meeting = meetings.call(council=quiet.council, starts_at=NOON, by=by, now=NOON)
    meeting = meetings.open_meeting(meeting=meeting, by=by, now=NOON)
    for membership in quiet.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=by, now=NOON)
    item = agenda.propose(council=quiet.council, about=None, matter="general", by=by, now=NOON, ask="Zephyr ask")
    item = agenda.place(item=item, meeting=meeting, by=by, now=NOON)
    decisions.settle(
        item=item, outcome="note", motion="Zephyr motion.", payload={"note": "Zephyr"},
        votes={membership.pk: "for" for membership in quiet.memberships}, by=by, now=NOON,
    )  # fmt: skip
    return quiet, meeting
