"""The outbox hands over what still holds, to whoever answers today, once, when they may be reached."""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from governance.models import Duty, Person, Seat, SeatKind, Subject, TenureRole
from governance.services import duties, invitations, people, seats
from governance.services.subjects import audience_of
from notifications import channels
from notifications.channels import mail as by_mail
from notifications.models import Channel, Delivery, Mailing, Message, MessageState
from notifications.services import door, holding, inbox, outbox
from notifications.services.sweep import sweep
from tests.engines import examples
from tests.factories import EPOCH, Town
from tests.notifications.building import mailed_at_once, owe

DUE = date(2026, 11, 10)
MORNING = datetime(2026, 11, 12, 8, 5, tzinfo=UTC)  # a Thursday, the moment of the digest in Amsterdam
NIGHT = datetime(2026, 11, 12, 22, 0, tzinfo=UTC)


def say(town: Town, number: int = 1, *, seat=None, now: datetime = MORNING, **fields) -> list[Message]:
    """Messages to a seat (the head of Claims) about things that Claims owes."""
    seat = seat or town.head_seat
    made = [
        Message(
            occurrence=f"test:{duty.pk}",
            seat_id=seat.pk,
            kind="head",
            subject_id=duty.subject_id,
            duty_id=duty.pk,
            facts={"position": duty.rung, "due_on": DUE.isoformat()},
            created_at=now,
            not_before=now,
            **fields,
        )
        for duty in owe(town, number, due_on=DUE)
    ]
    outbox.enqueue(made)
    return list(Message.objects.filter(occurrence__in=[message.occurrence for message in made]).order_by("pk"))


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    built.head_seat = Seat.objects.get(kind=SeatKind.HEAD, department=built.claims)
    built.head = built.heads[built.claims.pk]
    return built


def test_a_message_reaches_inbox_and_mail_of_whoever_holds_the_seat(town: Town) -> None:
    (message,) = say(town)
    assert outbox.drain(MORNING) == 1
    message.refresh_from_db()
    assert (message.state, message.settled_at, message.token) == (MessageState.SETTLED, MORNING, "")
    assert set(message.deliveries.values_list("person", "channel")) == {
        (town.head.pk, Channel.INBOX),
        (town.head.pk, Channel.MAIL),
    }
    (sent,) = mail.outbox
    assert sent.to == [town.head.email]
    assert sent.extra_headers["Message-ID"] == f"<message-{message.pk}@127.0.0.1>"
    assert "Promise 0" in sent.subject
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert "Promise 0" in html
    assert message.subject.reference in html
    assert outbox.drain(MORNING + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_several_messages_to_one_person_become_one_mail(town: Town) -> None:
    say(town, 3)
    assert outbox.drain(MORNING, limit=2) == 3
    (sent,) = mail.outbox
    assert sent.subject.endswith("and 2 more")
    assert all(f"Promise {place}" in sent.body for place in range(3))
    assert Delivery.objects.filter(channel=Channel.MAIL).values("mail_id").distinct().count() == 1


def test_at_night_the_inbox_has_it_and_the_mail_waits_for_the_morning(town: Town) -> None:
    (message,) = say(town, now=NIGHT)
    assert outbox.drain(NIGHT) == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.WAITING, 0)
    assert message.not_before == datetime(2026, 11, 13, 7, tzinfo=UTC), "eight in Amsterdam"
    assert message.deliveries.get().channel == Channel.INBOX
    assert not mail.outbox
    assert outbox.drain(message.not_before) == 1
    assert len(mail.outbox) == 1


def test_a_mail_that_lets_somebody_in_goes_at_any_hour(town: Town) -> None:
    Person.objects.filter(pk=town.head.pk).update(password="!")
    door.send("invite", [town.head], NIGHT)
    assert outbox.drain(NIGHT) == 1
    assert len(mail.outbox) == 1


def test_what_was_read_in_the_inbox_is_not_mailed(town: Town) -> None:
    (message,) = say(town, now=NIGHT)
    outbox.drain(NIGHT)
    inbox.mark_read(by=town.head, now=NIGHT)
    assert outbox.drain(NIGHT + timedelta(days=3)) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SETTLED
    assert not mail.outbox


def test_who_wants_no_mail_gets_none(town: Town) -> None:
    inbox.prefer(by=town.head, now=MORNING, wants_mail=False, from_hour=8, until_hour=18)
    say(town)
    assert outbox.drain(MORNING) == 1
    assert not mail.outbox
    assert Delivery.objects.get().channel == Channel.INBOX


def test_what_was_kept_meanwhile_is_not_said(town: Town) -> None:
    (message,) = say(town)
    duties.close_all(subject_id=message.subject_id, now=MORNING, outcome="kept")
    assert outbox.drain(MORNING) == 0
    message.refresh_from_db()
    assert message.state == MessageState.DROPPED
    assert not Delivery.objects.exists()


def test_what_got_another_date_meanwhile_is_not_said(town: Town) -> None:
    (message,) = say(town)
    duties.move_due_day(message.duty, due_on=date(2026, 12, 1))
    outbox.drain(MORNING)
    assert not mail.outbox


def test_the_words_are_those_of_the_moment_of_hand_over(town: Town) -> None:
    (message,) = say(town)
    subject = message.subject
    subject.title = "A better title"
    subject.save()
    outbox.drain(MORNING)
    assert "A better title" in mail.outbox[0].subject


def test_what_the_reader_may_not_see_does_not_exist_for_them(town: Town) -> None:
    (message,) = say(town)
    message.subject.audience = audience_of([town.legal.pk])
    message.subject.save()
    outbox.drain(MORNING)
    message.refresh_from_db()
    assert message.state == MessageState.DROPPED
    assert not Delivery.objects.exists()


def test_the_deputy_reads_for_a_head_who_is_away(town: Town) -> None:
    deputy = town.person("Noor Visser")
    seats.seat_person(seat=town.head_seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
    people.be_away(person=town.head, by=town.head, until=date(2026, 11, 30))
    say(town)
    outbox.drain(MORNING)
    assert mail.outbox[0].to == [deputy.email]


def test_whoever_fills_a_vacant_seat_reads_for_it(town: Town) -> None:
    seats.leave(seat=town.head_seat, by=None, now=town.now)
    say(town)
    outbox.drain(MORNING)
    assert mail.outbox[0].to == [town.lead.email]


def test_a_new_holder_reads_what_waited_for_the_morning(town: Town) -> None:
    (message,) = say(town, now=NIGHT)
    outbox.drain(NIGHT)
    message.refresh_from_db()
    heir = town.person("Sem Bakker")
    seats.seat_person(seat=town.head_seat, person=heir, by=None, now=NIGHT)
    outbox.drain(message.not_before)
    assert [sent.to for sent in mail.outbox] == [[heir.email]]
    assert Delivery.objects.filter(person=heir, channel=Channel.INBOX).exists()


def test_when_nobody_answers_it_waits_and_is_not_lost(town: Town, monkeypatch) -> None:
    (message,) = say(town)
    # The database lets the last administrator not go, so this is an installation that lost them in another way.
    monkeypatch.setattr("notifications.queries.handover.movers", lambda *_asked: {})
    assert outbox.drain(MORNING) == 0
    message.refresh_from_db()
    assert (message.state, message.not_before) == (MessageState.WAITING, MORNING + timedelta(hours=1))
    monkeypatch.undo()
    assert outbox.drain(MORNING + timedelta(hours=1)) == 1


def test_a_refused_mail_is_tried_eight_times_and_then_shown(town: Town, monkeypatch) -> None:
    (message,) = say(town)
    sent = []

    def refuse(self):
        sent.append(self.extra_headers["Message-ID"])
        raise smtplib.SMTPServerDisconnected("no")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    now = MORNING
    for attempt in range(1, 9):
        assert outbox.drain(now) == 0
        message.refresh_from_db()
        assert message.attempts == attempt
        assert outbox.drain(now) == 0, "not before its time"
        assert len(sent) == attempt
        now = max(now, message.not_before)
    assert message.state == MessageState.FAILED
    assert len(set(sent)) == 1, "always the same Message-ID"
    assert message.deliveries.get(channel=Channel.MAIL).error.startswith("SMTPServerDisconnected")
    monkeypatch.undo()
    outbox.retry(by=town.lead, now=MORNING)
    assert outbox.drain(MORNING) == 1


def test_one_refused_mail_does_not_hold_up_another(town: Town, monkeypatch) -> None:
    say(town)
    say(town, seat=town.champion_seats[town.claims.pk])
    from django.core.mail import EmailMultiAlternatives

    send = EmailMultiAlternatives.send

    def refuse_the_head(self, *rest):
        if self.to == [town.head.email]:
            raise smtplib.SMTPRecipientsRefused({})
        return send(self, *rest)

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_the_head)
    assert outbox.drain(MORNING) == 1
    assert [sent.to for sent in mail.outbox] == [[town.champions[town.claims.pk].email]]


class _Crash(BaseException):
    """What a process that is killed would do: nothing more."""


def test_a_crash_between_the_mail_and_its_settling_is_mailed_again_as_the_same_mail(town: Town, monkeypatch) -> None:
    say(town, 2)

    def die(*_given):
        raise _Crash

    monkeypatch.setattr(outbox, "settle", die)
    with pytest.raises(_Crash):
        outbox.drain(MORNING)
    monkeypatch.undo()
    assert len(mail.outbox) == 1
    say(town, 1)  # something new meanwhile, which does not join the mail that was begun
    assert outbox.drain(MORNING + timedelta(seconds=10)) == 1, "the lease holds, only the new one goes"
    assert outbox.drain(MORNING + timedelta(minutes=11)) == 2
    first, new, again = mail.outbox
    assert again.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    # The words are the same; the links in it are new, because the earlier ones were perhaps never received.
    assert re.sub(r"/b/\S+", "/b/", str(again.body)) == re.sub(r"/b/\S+", "/b/", str(first.body))
    assert new.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
    assert Delivery.objects.filter(channel=Channel.INBOX).count() == 3
    assert outbox.drain(MORNING + timedelta(days=2)) == 0


def test_a_message_that_kills_its_process_every_time_is_given_up(town: Town, monkeypatch) -> None:
    (message,) = say(town)

    def die(*_given, **_named):
        raise _Crash

    monkeypatch.setattr("notifications.channels.mail.hand_over", die)
    for attempt in range(8):
        with pytest.raises(_Crash):
            outbox.drain(MORNING + attempt * timedelta(minutes=11))
    outbox.drain(MORNING + timedelta(hours=2))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_a_drain_with_nothing_to_do_makes_one_statement_that_reads(town: Town) -> None:
    with CaptureQueriesContext(connection) as captured:
        outbox.drain(MORNING)
    assert len(captured) == 1
    assert captured.captured_queries[0]["sql"].lstrip().startswith("SELECT")


def test_the_statements_grow_with_the_readers_not_with_the_messages(town: Town, monkeypatch) -> None:
    monkeypatch.setattr(outbox, "STILL_FRESH", 0.0)

    def statements(number: int) -> int:
        say(town, number)
        with CaptureQueriesContext(connection) as captured:
            assert outbox.drain(MORNING) == number
        return len(captured)

    # Three links a message: SQLite stores some seventy of them in one statement.
    assert statements(2) == statements(20)


class Occurrences(TestCase):
    """Whatever is put in, how often and in which order: one row an occurrence."""

    @settings(max_examples=examples(25), deadline=None)
    @given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=6))
    def test_an_occurrence_is_stored_once(self, turns: list[list[int]]) -> None:
        person = Person.objects.create_user("a@b.example", name="A B")
        from governance.services import subjects

        subject = subjects.create("department", title="x", now=MORNING)
        known: set[int] = set()
        for turn in turns:
            added = outbox.enqueue(
                Message(
                    occurrence=f"occurrence:{number}",
                    person_id=person.pk,
                    kind="verified",
                    subject_id=subject.pk,
                    facts={"n": number},
                    created_at=MORNING,
                    not_before=MORNING,
                )
                for number in turn
            )
            assert added == len(set(turn) - known)
            known |= set(turn)
        rows = Message.objects.order_by("occurrence")
        assert [row.occurrence for row in rows] == sorted(f"occurrence:{number}" for number in known)
        assert all(row.facts == {"n": int(row.occurrence.rpartition(":")[2])} for row in rows)
        assert all(row.state == MessageState.WAITING and row.not_before == MORNING for row in rows)
        assert not Duty.objects.exists()


def test_a_reminder_takes_the_place_of_the_one_before_it_in_the_inbox(town: Town) -> None:
    first, second = owe(town, 2, due_on=date(2026, 11, 10))
    sweep(datetime(2026, 11, 6, 9, tzinfo=UTC))
    outbox.drain(datetime(2026, 11, 6, 9, tzinfo=UTC))
    lie = Delivery.objects.filter(channel=Channel.INBOX, read_at=None).order_by("pk")
    assert [one.message.kind for one in lie.filter(message__duty__in=[first, second])] == ["due_soon", "due_soon"]
    duties.close_duty(subject_id=second.subject_id, kind="keep", now=EPOCH, outcome="kept")
    for day in range(9, 12):
        moment = datetime(2026, 11, day, 9, tzinfo=UTC)
        sweep(moment)
        outbox.drain(moment)
    assert [one.message.kind for one in lie.filter(message__duty=first)] == ["warning"], "the newest alone"
    assert lie.filter(message__duty=second).count() == 1, "what was said of another thing stays"


EVENING = datetime(2026, 11, 12, 16, 58, tzinfo=UTC)  # two minutes before six in Amsterdam
NOON = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)


@contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Iterator[None]:
    """While the mail server, or the machine, answers every mail like this."""

    def no(*_letters, **_rest):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(by_mail, "hand_over", no)
        yield


def tell(town: Town, *readers: Person, now: datetime) -> None:
    """Something urgent to each of these people."""
    for reader in readers:
        (duty,) = owe(town, 1, due_on=DUE)
        outbox.enqueue(
            [
                Message(
                    occurrence=f"told:{duty.pk}",
                    person=reader,
                    kind="head",
                    subject_id=duty.subject_id,
                    duty=duty,
                    facts={"position": duty.rung, "due_on": DUE.isoformat()},
                    created_at=now,
                    not_before=now,
                )
            ]
        )


def until() -> list[datetime]:
    """Until when something waits."""
    return list(Message.objects.filter(state=MessageState.WAITING).values_list("not_before", flat=True).distinct())


def test_a_mail_that_was_begun_before_a_crash_waits_for_the_morning(town: Town, monkeypatch) -> None:
    tell(town, town.head, now=EVENING)
    with answering(monkeypatch, _Crash()), pytest.raises(_Crash):
        outbox.drain(EVENING)
    outbox.drain(NIGHT)
    assert not mail.outbox
    (morning,) = until()
    assert morning == datetime(2026, 11, 13, 7, tzinfo=UTC)
    begun = Delivery.objects.get(channel=Channel.MAIL).mail_id
    assert outbox.drain(morning) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == begun, "the same mail"


def test_who_is_not_tried_at_a_silent_server_in_the_evening_is_not_mailed_at_night(town: Town, monkeypatch) -> None:
    readers = [*town.heads.values(), town.sponsor, town.lead]
    tell(town, *readers, now=EVENING)
    with answering(monkeypatch, channels.Unreachable("nobody there")):
        outbox.drain(EVENING + timedelta(minutes=1, seconds=30))
    assert until() == [datetime(2026, 11, 13, 7, tzinfo=UTC)]
    outbox.drain(NIGHT)
    assert not mail.outbox


def test_the_readers_own_hours_hold_for_a_mail_that_was_begun(town: Town, monkeypatch) -> None:
    mailed_at_once(town.head)
    tell(town, town.head, now=NOON)
    with answering(monkeypatch, channels.Temporary("451 later")):
        outbox.drain(NOON)
    inbox.prefer(by=town.head, now=NOON, wants_mail=True, from_hour=14, until_hour=18)
    outbox.drain(NOON + timedelta(minutes=5))
    assert not mail.outbox
    outbox.drain(NOON + timedelta(hours=2))
    assert len(mail.outbox) == 1


def test_what_lets_somebody_in_goes_alone_so_that_nothing_else_comes_along_at_night(town: Town, monkeypatch) -> None:
    tell(town, town.head, now=EVENING)
    invitations.ask_for_reset(email=town.head.email, address="192.0.2.1", now=EVENING)
    with answering(monkeypatch, channels.Temporary("451 later")):
        outbox.drain(EVENING)
    outbox.drain(EVENING + timedelta(minutes=10))
    (sent,) = mail.outbox
    assert "Promise" not in str(sent.body)
    outbox.drain(*until())
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 2


def test_a_mail_that_was_begun_does_not_go_to_an_address_that_was_closed_since(town: Town, monkeypatch) -> None:
    mailed_at_once(town.head)
    tell(town, town.head, now=NOON)
    with answering(monkeypatch, channels.Temporary("451 greylisted")):
        outbox.drain(NOON)
    tell(town, town.head, now=NOON + timedelta(seconds=20))
    with answering(monkeypatch, channels.Permanent("550 5.1.1 no such user")):
        outbox.drain(NOON + timedelta(seconds=30))
    outbox.drain(NOON + timedelta(hours=2))
    assert not mail.outbox
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SETTLED}, "the inbox has both"


def test_a_door_mail_that_was_begun_is_tried_at_a_closed_address(town: Town, monkeypatch) -> None:
    invitations.ask_for_reset(email=town.head.email, address="192.0.2.1", now=NOON)
    with answering(monkeypatch, channels.Temporary("451 greylisted")):
        outbox.drain(NOON)
    Person.objects.filter(pk=town.head.pk).update(mail_refused_at=NOON)
    outbox.drain(NOON + timedelta(minutes=5))
    assert len(mail.outbox) == 1, "whoever asks for it cannot sign in"


class TestWhileADrainSends:
    """A drain claims for many readers, and each mail may take a minute: every mail is asked right before it leaves."""

    @pytest.fixture(autouse=True)
    def asked_each_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where the mails before it took longer than what was asked is fresh."""
        monkeypatch.setattr(outbox, "STILL_FRESH", 0.0)

    @pytest.fixture
    def after_the_first(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
        """Let something happen when the first of a drain's mails has left."""

        def arrange(happens: Callable[[], object]) -> None:
            real, sent = by_mail.hand_over, []

            def slow(letters, **rest):
                real(letters, **rest)
                sent.append(letters)
                if len(sent) == 1:
                    happens()

            monkeypatch.setattr(by_mail, "hand_over", slow)

        return arrange

    def test_who_left_is_mailed_nothing(self, town: Town, after_the_first) -> None:
        tell(town, town.head, town.sponsor, now=NOON)
        both = Person.objects.filter(pk__in=[town.head.pk, town.sponsor.pk])
        after_the_first(lambda: both.exclude(email=mail.outbox[0].to[0]).update(is_active=False))
        outbox.drain(NOON)
        assert len(mail.outbox) == 1
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SETTLED, MessageState.DROPPED}

    def test_a_new_holder_reads_what_was_not_mailed_yet(self, town: Town, after_the_first) -> None:
        say(town, now=NOON)
        champion = town.champion_seats[town.claims.pk]
        say(town, seat=champion, now=NOON)
        mailed_at_once(*Person.objects.all())
        heir, since = town.person("Sem Bakker"), NOON + timedelta(microseconds=1)

        def hand_on() -> None:
            seat = champion if mail.outbox[0].to == [town.head.email] else town.head_seat
            seats.seat_person(seat=seat, person=heir, by=None, now=since)

        after_the_first(hand_on)
        outbox.drain(NOON)
        assert len(mail.outbox) == 1, "and the drain ends, though to its own moment nobody has changed"
        outbox.drain(NOON + timedelta(minutes=2))
        assert mail.outbox[-1].to == [heir.email]

    def test_what_was_kept_is_not_said(self, town: Town, after_the_first) -> None:
        tell(town, town.head, town.sponsor, now=NOON)
        after_the_first(lambda: Duty.objects.update(closed_at=NOON, closed_as="kept", next_at=None))
        outbox.drain(NOON)
        assert len(mail.outbox) == 1

    def test_the_rest_of_a_mail_is_said_as_the_mail_that_was_begun(self, town: Town, after_the_first) -> None:
        tell(town, town.head, town.sponsor, town.head, town.sponsor, now=NOON)

        def keep_one() -> None:
            first = Message.objects.exclude(person__email=mail.outbox[0].to[0]).order_by("pk")[0]
            duties.close_all(subject_id=first.subject_id, now=NOON, outcome="kept")

        after_the_first(keep_one)
        outbox.drain(NOON)
        _one, other = mail.outbox
        assert "more" not in other.subject
        last = Delivery.objects.filter(person__email=other.to[0], channel=Channel.MAIL).order_by("-message")[0]
        assert last.mail_id == other.extra_headers["Message-ID"]
        mailed = Delivery.objects.filter(channel=Channel.MAIL)
        assert mailed.count() == 3, "what was left out is not said to have been mailed"

    def test_when_mail_is_held_the_others_wait(self, town: Town, after_the_first) -> None:
        tell(town, town.head, town.sponsor, town.lead, now=NOON)
        after_the_first(lambda: holding.hold(reason="Stop.", by=town.lead, now=NOON))
        outbox.drain(NOON)
        assert len(mail.outbox) == 1
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SETTLED, MessageState.WAITING}
        assert Delivery.objects.filter(channel=Channel.MAIL).count() == 1
        holding.resend(by=town.lead, now=NOON)
        outbox.drain(NOON)
        assert len(mail.outbox) == 3

    def test_a_digest_that_was_stopped_is_still_to_come(self, town: Town, after_the_first) -> None:
        say(town)
        say(town, seat=town.champion_seats[town.claims.pk])
        Message.objects.update(kind="verified")
        after_the_first(lambda: holding.hold(reason="Stop.", by=town.lead, now=MORNING))
        outbox.drain(MORNING)
        assert len(mail.outbox) == 1
        assert Mailing.objects.count() == 1
        holding.resend(by=town.lead, now=NOON)
        outbox.drain(NOON)
        assert len(mail.outbox) == 2, "that day"

    def test_what_became_confidential_has_no_title(self, town: Town, after_the_first) -> None:
        secret = town.council_of_nine(confidential=True)
        member = secret.memberships[0].seat
        seats.seat_person(seat=secret.memberships[1].seat, person=town.head, by=None, now=town.now)
        seats.seat_person(seat=member, person=town.sponsor, by=None, now=town.now)
        tell(town, town.head, town.sponsor, now=NOON)
        hidden = audience_of([secret.council.pk])
        after_the_first(lambda: Subject.objects.filter(title__startswith="Promise").update(audience=hidden))
        outbox.drain(NOON)
        first, second = mail.outbox
        assert "Promise" in first.body
        assert "Promise" not in second.subject + second.body
        assert "onfidential" in second.body

    def test_a_second_mail_to_the_same_reader_is_asked_once_more(self, town: Town, after_the_first) -> None:
        tell(town, town.head, now=NOON)
        invitations.ask_for_reset(email=town.head.email, address="192.0.2.1", now=NOON)
        first = Message.objects.get(kind="reset")
        second = Message.objects.get(kind="reset")
        second.pk, second.occurrence = None, "test:another"
        second.save()  # both go in a mail of their own, after what is urgent
        long_ago = Message.objects.filter(pk=first.pk)
        after_the_first(lambda: long_ago.update(created_at=NOON - timedelta(hours=2)))
        outbox.drain(NOON)
        assert len(mail.outbox) == 2
        assert "more" not in mail.outbox[1].subject
        assert not first.deliveries.exists(), "what was left out is not said to have been mailed"
        assert second.deliveries.get().mail_id == mail.outbox[1].extra_headers["Message-ID"]

    def test_a_second_mail_to_a_reader_who_left_meanwhile_was_none(self, town: Town, after_the_first) -> None:
        tell(town, town.head, now=NOON)
        invitations.ask_for_reset(email=town.head.email, address="192.0.2.1", now=NOON)
        after_the_first(lambda: Person.objects.filter(pk=town.head.pk).update(is_active=False))
        outbox.drain(NOON)
        assert len(mail.outbox) == 1
        assert Delivery.objects.filter(channel=Channel.MAIL).count() == 1

    def test_what_was_taken_back_after_it_was_asked_does_not_leave(self, town: Town, monkeypatch) -> None:
        tell(town, town.head, now=NOON)
        real = outbox._bundles

        def taken_back(turn, letters):
            found = real(turn, letters)
            Message.objects.update(state=MessageState.DROPPED, token="", settled_at=NOON)
            return found

        monkeypatch.setattr(outbox, "_bundles", taken_back)
        assert outbox.drain(NOON) == 0
        assert not mail.outbox

    def test_an_invitation_that_is_taken_back_does_not_leave(self, town: Town, after_the_first) -> None:
        guests = [people.add(email=f"{name}@example.org", name=name, by=town.lead, now=NOON) for name in ("Li", "Bo")]
        invitations.invite(people=guests, by=town.lead, now=NOON)
        after_the_first(lambda: invitations.take_back(people=guests, by=town.lead, now=NOON))
        outbox.drain(NOON)
        assert len(mail.outbox) == 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[int], int]]:
    """The messages that were asked together, and how many mails had left then."""
    real, asked = outbox.letters_for, []

    def letters_for(keys, now):
        asked.append((sorted(keys), len(mail.outbox)))
        return real(keys, now)

    monkeypatch.setattr(outbox, "letters_for", letters_for)
    return asked


def test_each_thing_is_asked_when_it_is_new_and_when_its_mail_leaves(town: Town, asked, monkeypatch) -> None:
    monkeypatch.setattr(outbox, "STILL_FRESH", 0.0)
    tell(town, town.head, town.sponsor, town.head, now=NOON)
    outbox.drain(NOON)
    new, *mailed = asked
    assert new == (sorted(Message.objects.values_list("pk", flat=True)), 0)
    assert [sent for _keys, sent in mailed] == [0, 1], "once for each of the two mails, after the one before it"
    assert sorted(key for keys, _sent in mailed for key in keys) == new[0]


def test_what_was_asked_a_moment_ago_is_not_asked_again(town: Town, asked, monkeypatch) -> None:
    monkeypatch.setattr(outbox, "STILL_FRESH", 600.0)  # however slow the machine
    tell(town, town.head, town.sponsor, now=NOON)
    outbox.drain(NOON)
    assert len(mail.outbox) == 2
    assert len(asked) == 1


def test_a_mail_with_something_that_waited_before_is_asked_whole(town: Town, asked, monkeypatch) -> None:
    monkeypatch.setattr(outbox, "STILL_FRESH", 600.0)
    tell(town, town.head, now=EVENING + timedelta(hours=2))
    outbox.drain(EVENING + timedelta(hours=2))
    morning = datetime(2026, 11, 13, 7, tzinfo=UTC)
    tell(town, town.head, town.sponsor, now=morning)
    asked.clear()
    outbox.drain(morning)
    assert [len(keys) for keys, _sent in asked] == [2, 2], "the new ones, and what is the head's"


def test_what_was_asked_a_moment_ago_does_not_leave_once_mail_is_held_or_it_is_taken_back(
    town: Town, monkeypatch
) -> None:
    monkeypatch.setattr(outbox, "STILL_FRESH", 600.0)
    tell(town, town.head, town.sponsor, town.lead, now=NOON)
    real = by_mail.hand_over

    def stopped(letters, **rest):
        real(letters, **rest)
        if len(mail.outbox) == 1:
            taken = Message.objects.filter(state=MessageState.CLAIMED).exclude(person=letters[0].reader)
            taken.filter(pk=taken.order_by("pk")[0].pk).update(state=MessageState.DROPPED, token="", settled_at=NOON)
            holding.hold(reason="Stop.", by=town.lead, now=NOON)

    monkeypatch.setattr(by_mail, "hand_over", stopped)
    outbox.drain(NOON)
    assert len(mail.outbox) == 1
    holding.resend(by=town.lead, now=NOON)
    outbox.drain(NOON)
    assert len(mail.outbox) == 2, "one of the three was taken back"


def test_what_is_addressed_to_somebody_who_left_is_dropped(town: Town) -> None:
    tell(town, town.head, now=NOON)
    Person.objects.filter(pk=town.head.pk).update(is_active=False)
    outbox.drain(NOON)
    assert Message.objects.get().state == MessageState.DROPPED, "nobody reads for a person: it would wait for ever"
