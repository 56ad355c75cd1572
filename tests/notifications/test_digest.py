"""One digest a day at the reader's own hour; only what is urgent comes before it; one summary after a meeting."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from councils.services import agenda, meetings
from governance.models import Duty, Person, Seat, SeatKind, TenureRole
from governance.services import people, seats
from notifications import families
from notifications.families import Group
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Mailing, Message, MessageState, Mute
from notifications.queries.inbox import delivered
from notifications.services import inbox, mutes, outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe

DUE = date(2026, 11, 10)
EARLY = datetime(2026, 11, 12, 6, 0, tzinfo=UTC)  # a Thursday, seven in Amsterdam
DIGEST = datetime(2026, 11, 12, 8, 5, tzinfo=UTC)
NOON = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    return built


def say(town: Town, now: datetime, kind: str = "verified", *, number: int = 1, seat: Seat | None = None, about=None):
    """Messages to a seat (the head of Claims); news unless another kind is named."""
    seat = seat or Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    things = [about] if about else [duty.subject for duty in owe(town, number, due_on=DUE)]
    for thing in things:
        occurrence = f"test:{thing.pk}:{kind}:{now.isoformat()}"
        outbox.enqueue(
            [Message(occurrence=occurrence, seat=seat, kind=kind, subject=thing, created_at=now, not_before=now)]
        )
    return things


def mailed() -> int:
    """How many mails went out since this was asked last."""
    number = len(mail.outbox)
    mail.outbox.clear()
    return number


def head(town: Town) -> Person:
    return town.heads[town.claims.pk]


def test_every_kind_stands_in_one_family_and_asks_for_something() -> None:
    listed = [kind for kinds in families.FAMILIES.values() for kind in kinds]
    assert sorted(listed) == sorted(Kind)
    assert set(families.FAMILIES) == set(families.SAYS) == set(families.Family)
    assert all(families.group_of(kind) in Group for kind in Kind)
    assert all(families.must_be_read(kind, has_duty=False) for kind in families.URGENT)


def test_a_digest_is_grouped_by_what_to_do_the_urgent_first() -> None:
    kinds = ["verified", "due", "to_verify", "warning", "asked", "head", "to_settle"]
    found = [(one.title, one.lines) for one in families.grouped(kinds, str)]
    assert found == [
        ("Decide", ("to_settle",)),
        ("Answer", ("head", "asked")),
        ("Say where it stands", ("warning", "due")),
        ("Verify", ("to_verify",)),
        ("Read", ("verified",)),
    ]


def test_all_that_arose_before_the_hour_is_in_one_digest_and_what_comes_after_waits_for_the_next(town: Town) -> None:
    say(town, EARLY, number=2)
    assert outbox.drain(EARLY) == 0
    say(town, DIGEST - timedelta(minutes=5), "due_soon")
    outbox.drain(DIGEST - timedelta(minutes=1))
    assert mailed() == 0
    assert outbox.drain(DIGEST) == 3
    text = str(mail.outbox[0].body)
    assert text.index("Say where it stands\n===") < text.index("Read\n===")
    assert mailed() == 1
    say(town, NOON)
    assert Delivery.objects.filter(channel=Channel.INBOX).count() == 3
    outbox.drain(NOON)
    assert Delivery.objects.filter(channel=Channel.INBOX).count() == 4, "the inbox has it at once"
    outbox.drain(NOON + timedelta(hours=3))
    assert mailed() == 0
    assert outbox.drain(DIGEST + DAY) == 1
    assert mailed() == 1
    assert set(Mailing.objects.values_list("occasion", flat=True)) == {"day:2026-11-12", "day:2026-11-13"}


def test_what_is_urgent_comes_at_once_within_the_hours_and_rides_along_where_a_digest_is_near(town: Town) -> None:
    say(town, EARLY, "head")
    outbox.drain(EARLY)
    assert mailed() == 0, "seven is before the hours"
    assert outbox.drain(EARLY + timedelta(hours=1)) == 1
    assert mailed() == 1
    say(town, DIGEST - timedelta(minutes=5), "warning")
    say(town, DIGEST - timedelta(minutes=5))
    outbox.drain(DIGEST - timedelta(minutes=5))
    assert mailed() == 0, "five minutes later there is a digest"
    assert outbox.drain(DIGEST) == 2
    assert mailed() == 1
    say(town, NOON, "help_wanted")
    assert outbox.drain(NOON) == 1
    assert mailed() == 1


def test_a_reader_who_had_a_digest_gets_no_second_one_that_day_whoever_they_read_for(town: Town) -> None:
    """The holder leaves after the deputy had their digest: what waited is in the deputy's next one."""
    deputy = town.person("Noor Visser")
    seat = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    seats.seat_person(seat=seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
    inbox.prefer(by=head(town), now=EARLY, wants_mail=True, from_hour=8, until_hour=18, digest_hour=12)
    inbox.prefer(by=deputy, now=EARLY, wants_mail=True, from_hour=8, until_hour=18, digest_hour=8)
    own = town.champion_seats[town.legal.pk]
    seats.leave(seat=own, by=None, now=town.now)
    seats.seat_person(seat=own, person=deputy, by=None, now=town.now)
    say(town, EARLY)
    Message.objects.update(subject=own.subject_id)  # what everybody may see
    say(town, EARLY, seat=own, about=own.subject)
    outbox.drain(EARLY)
    outbox.drain(DIGEST)
    assert [one.to for one in mail.outbox] == [[deputy.email]]
    mailed()
    people.be_away(person=head(town), by=head(town), until=date(2026, 11, 30))
    outbox.drain(NOON + timedelta(minutes=5))
    assert mailed() == 0
    outbox.drain(DIGEST + DAY)
    assert [one.to for one in mail.outbox] == [[deputy.email]]


def test_of_an_absent_holder_the_deputy_reads_in_their_one_digest(town: Town) -> None:
    deputy = town.person("Noor Visser")
    seat = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    seats.seat_person(seat=seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
    (thing,) = say(town, EARLY)
    outbox.drain(EARLY)
    outbox.enqueue(
        [Message(occurrence="own", person=deputy, kind="followed", subject=thing, created_at=EARLY, not_before=EARLY)]
    )
    inbox.prefer(
        by=deputy, now=EARLY, wants_mail=True, from_hour=8, until_hour=18, families={("followed", "mail"): True}
    )
    people.be_away(person=head(town), by=head(town), until=date(2026, 11, 30))
    assert outbox.drain(DIGEST) == 2
    assert [one.to for one in mail.outbox] == [[deputy.email]]


def test_a_digest_that_nobody_sent_in_time_goes_late_that_day_and_not_twice(town: Town) -> None:
    say(town, EARLY)
    assert outbox.drain(NOON) == 1
    assert mailed() == 1
    say(town, EARLY)
    outbox.drain(NOON)
    assert mailed() == 0
    assert outbox.drain(DIGEST + DAY) == 1


def test_a_rung_that_was_noticed_late_is_in_that_days_digest_all_the_same(town: Town) -> None:
    say(town, NOON, "due")
    say(town, NOON)
    assert outbox.drain(NOON) == 1, "the news of noon is in the next one"
    say(town, NOON + timedelta(hours=1), "due")
    outbox.drain(NOON + timedelta(hours=1))
    assert mailed() == 1, "and there is no second one"
    assert outbox.drain(DIGEST + DAY) == 2


def test_weekly_and_at_once_by_choice(town: Town) -> None:
    common = {"by": head(town), "now": EARLY, "wants_mail": True, "from_hour": 8, "until_hour": 18}
    inbox.prefer(**common, cadence="weekly", weekday=1)
    say(town, EARLY)
    for days in range(5):
        outbox.drain(DIGEST + days * DAY)
    assert mailed() == 0
    assert outbox.drain(DIGEST + 5 * DAY) == 1, "Tuesday"
    inbox.prefer(**common, cadence="at_once")
    say(town, NOON)
    assert outbox.drain(NOON) == 1


def test_a_changed_hour_holds_for_what_waits_already(town: Town) -> None:
    say(town, NOON)
    outbox.drain(NOON)
    inbox.prefer(by=head(town), now=NOON, wants_mail=True, from_hour=8, until_hour=18, digest_hour=15)
    outbox.drain(NOON)
    assert outbox.drain(datetime(2026, 11, 12, 14, 5, tzinfo=UTC)) == 1
    assert mailed() == 1


def test_who_wants_a_family_by_no_channel_hears_nothing_of_it(town: Town) -> None:
    wishes = {("work", "inbox"): False, ("work", "mail"): False}
    inbox.prefer(by=head(town), now=EARLY, wants_mail=True, from_hour=8, until_hour=18, families=wishes)
    say(town, EARLY)
    outbox.drain(EARLY)
    assert Message.objects.get().state == MessageState.SETTLED
    assert not Delivery.objects.exists()


def test_what_is_muted_is_news_alone(town: Town) -> None:
    (thing,) = say(town, EARLY)
    say(town, EARLY, "help_wanted", about=thing)
    mutes.mute(by=head(town), subject=thing, now=EARLY)
    mutes.mute(by=head(town), subject=thing, now=EARLY)
    outbox.drain(DIGEST)
    states = dict(Message.objects.values_list("kind", "state"))
    assert states == {"verified": MessageState.DROPPED, "help_wanted": MessageState.SETTLED}
    assert mailed() == 1
    assert mutes.unmute(by=head(town), subject=thing)
    assert not Mute.objects.exists()


def test_what_is_put_off_leaves_the_inbox_and_comes_back_unread_by_the_clock(town: Town) -> None:
    say(town, EARLY)
    outbox.drain(EARLY)
    (line,) = delivered(head(town), EARLY)
    inbox.mark_read(by=head(town), now=EARLY)
    back = EARLY + 3 * DAY
    inbox.snooze(by=head(town), delivery=line.pk, until=back, now=EARLY)
    assert not delivered(head(town), EARLY).exists()
    assert delivered(head(town), EARLY, snoozed=True).exists()
    assert delivered(head(town), back, unread=True).get() == line
    outbox.drain(DIGEST)
    assert mailed() == 0, "its reader has seen it"


def seat_of(person: Person) -> Seat:
    return Seat.objects.get(tenures__person=person)


@pytest.fixture
def sitting(town: Town):
    chamber = town.council_of_nine()
    Message.objects.all().delete()
    meeting = meetings.call(council=chamber.council, starts_at=NOON, by=chamber.chair, now=EARLY)
    item = agenda.propose(
        council=chamber.council,
        about=town.claims.subject,
        matter="general",
        by=chamber.chair,
        now=EARLY,
        ask="What now?",
    )
    item.meeting = meeting
    item.save()
    return chamber, meeting, item


def test_while_a_meeting_is_open_nothing_about_it_is_mailed_and_then_one_summary(town: Town, sitting) -> None:
    chamber, meeting, item = sitting
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.chair, now=NOON)
    for kind, subject in (("decided", item.subject), ("council", meeting.subject), ("verified", town.claims.subject)):
        say(town, NOON + timedelta(minutes=1), kind, about=subject, seat=seat_of(chamber.chair))
    other = say(town, NOON + timedelta(minutes=1), "help_wanted")
    during = NOON + timedelta(minutes=30)
    outbox.drain(during)
    assert [one.to for one in mail.outbox] == [[head(town).email]], "what is not about it goes as always"
    assert other
    mailed()
    assert delivered(chamber.chair, during).count() == 3
    meetings.close(meeting=meeting, by=chamber.chair, now=during)
    assert outbox.drain(during + timedelta(minutes=5)) == 3
    (summary,) = mail.outbox
    assert summary.to == [chamber.chair.email]
    assert Mailing.objects.get(person=chamber.chair).occasion == f"meeting:{meeting.pk}"


def test_a_meeting_that_was_forgotten_open_hushes_until_it_counts_as_adjourned(town: Town, sitting) -> None:
    chamber, meeting, item = sitting
    meetings.open_meeting(meeting=meeting, by=chamber.chair, now=NOON)
    say(town, NOON, "council", about=item.subject, seat=seat_of(chamber.chair))
    adjourned = NOON + timedelta(hours=5)
    for minutes in range(0, 300, 30):
        outbox.drain(NOON + timedelta(minutes=minutes))
    assert mailed() == 0
    assert outbox.drain(adjourned) == 1, "an hour as planned, and four more"


def test_a_rung_that_falls_at_the_hour_is_in_that_days_digest(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=date(2026, 11, 12))
    for moment in (DIGEST - timedelta(minutes=5), DIGEST):
        sweep(moment)
        outbox.drain(moment)
    assert any(duty.subject.title in str(one.body) for one in mail.outbox)
    assert Duty.objects.get(pk=duty.pk).rung
