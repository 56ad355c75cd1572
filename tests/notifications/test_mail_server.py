"""A mail server on a real socket: what it says or does not say, and what becomes of mail, address and others."""

import smtplib
import time
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.test import override_settings

from governance.models import Person, Seat, SeatKind
from governance.services import addresses
from notifications import channels
from notifications.channels import registry
from notifications.channels.smtp import judged
from notifications.models import Channel, Delivery, Message, MessageState
from notifications.queries.outbox import closed_addresses
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.factories import PASSWORD, Town
from tests.notifications.building import mailed_at_once
from tests.notifications.mail_server import mail_server
from tests.notifications.test_outbox import MORNING, say

SOON = timedelta(minutes=1)


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    built.head_seat = Seat.objects.get(kind=SeatKind.HEAD, department=built.claims)
    built.head = built.heads[built.claims.pk]
    mailed_at_once(*Person.objects.all())
    return built


def refused(code: int, words: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"li@example.org": (code, words.encode())})


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (refused(550, "5.1.1 no such user"), channels.Permanent),
        (refused(550, "No such user here"), channels.Permanent),
        (refused(556, "5.1.10 takes no mail"), channels.Permanent),
        (refused(550, "5.2.1 mailbox disabled"), channels.Permanent),
        # About us, or about today: the address is as good as it was.
        (refused(550, "5.7.1 relaying denied"), channels.Temporary),
        (refused(550, "Relaying denied"), channels.Temporary),
        (refused(554, "5.7.1 listed as spam"), channels.Temporary),
        (refused(552, "5.2.2 mailbox full"), channels.Temporary),
        (refused(450, "4.2.0 greylisted"), channels.Temporary),
        (smtplib.SMTPRecipientsRefused({}), channels.Temporary),
        (smtplib.SMTPDataError(554, b"5.6.0 content refused"), channels.Refused),
        (smtplib.SMTPDataError(550, b"5.1.1 nobody here"), channels.Permanent),
        (smtplib.SMTPDataError(451, b"4.3.0 later"), channels.Temporary),
        (smtplib.SMTPSenderRefused(550, b"5.1.8 who are you", "keep@x"), channels.Temporary),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"), channels.Temporary),
        (smtplib.SMTPServerDisconnected("closed"), channels.Unreachable),
        (ConnectionRefusedError(111, "refused"), channels.Unreachable),
        (TimeoutError("timed out"), channels.Unreachable),
    ],
)
def test_what_a_mail_server_says_is_understood(error: Exception, means: type) -> None:
    assert type(judged(error)) is means
    assert "\n" not in str(judged(error))


def test_mails_go_over_one_line_and_a_server_that_hangs_up_after_its_250_costs_nothing(town: Town) -> None:
    say(town)
    say(town, seat=town.champion_seats[town.claims.pk])
    with mail_server() as server:
        assert outbox.drain(MORNING) == 2
        assert (len(server.taken), server.calls) == (2, 1)
        _to, sent = server.taken[0]
        assert sent.is_multipart()
        assert [part.get_content_type() for part in sent.get_payload()] == ["text/plain", "text/html"]
        assert sent["Auto-Submitted"] == "auto-generated"
        server.hangs_up = True
        say(town)
        say(town, seat=town.champion_seats[town.claims.pk])
        assert outbox.drain(MORNING) == 2, "each was taken; that is all that counts"
        assert len(server.taken) == 4
        assert server.calls == 3, "the second one found the line closed, and called again"
    assert not Delivery.objects.exclude(error="").exists()


def test_an_address_that_is_none_is_closed_and_its_person_is_told_elsewhere(town: Town, client_for) -> None:
    (message,) = say(town)
    with mail_server() as server:
        server.recipient[town.head.email] = f"550 5.1.1 <script>no such user</script> {town.head.email}"
        outbox.drain(MORNING)
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.SETTLED, 1), "the inbox has it"
        assert message.deliveries.filter(channel=Channel.INBOX).exists()
        # What stands with the delivery is the operator's to read, too; whose it is, its person's alone.
        assert message.deliveries.get(channel=Channel.MAIL).error.endswith("no such user</script> [address]")
        head = Person.objects.get(pk=town.head.pk)
        assert (head.mail_refused_at, closed_addresses()) == (MORNING, 1)
        assert town.head.email in head.mail_refused
        say(town)
        outbox.drain(MORNING + SOON)
        assert server.asked == [town.head.email], "it is not tried again"

        client = client_for(town.head)
        for page in ("/", "/inbox/?show=all", f"/people/{head.pk}/", "/preferences/"):
            told = client.get(page).content.decode()
            assert "is refused by its server" in told, page
            assert "<script>no such user" not in told
        assert "is refused by its server" not in client_for(town.lead).get(f"/people/{head.pk}/").content.decode()
        operator = client_for(town.lead).get("/outbox/").content.decode()
        assert "Of one address its mail server says" in operator
        assert town.head.email not in operator
        assert town.head.name not in operator

        server.recipient.clear()
        client.post("/me/address/confirm/")
        say(town)
        assert outbox.drain(MORNING + 2 * SOON) == 1
        assert [to for to, _sent in server.taken] == [town.head.email]


def test_another_address_opens_the_mail_again_and_needs_the_password(town: Town, client_for) -> None:
    addresses.close(person=town.head, words="550 no", now=MORNING)
    client = client_for(town.head)
    wanted = {"email": "Joel@new.example", "password": "not this one"}
    assert client.post("/me/address/", wanted).status_code == 422
    assert client.post("/me/address/", wanted | {"email": town.lead.email, "password": PASSWORD}).status_code == 422
    assert client.post("/me/address/", wanted | {"password": PASSWORD}).status_code == 302
    head = Person.objects.get(pk=town.head.pk)
    assert (head.email, head.mail_refused_at, head.mail_refused) == ("joel@new.example", None, "")
    addresses.close(person=town.head, words="550 of the former address", now=MORNING)
    assert Person.objects.get(pk=town.head.pk).mail_refused_at is None, "what was said of the former one"


def test_not_now_is_tried_again_and_refused_words_wait_for_somebody(town: Town) -> None:
    (message,) = say(town)
    with mail_server() as server:
        server.recipient["*"] = "450 4.2.0 greylisted"
        assert outbox.drain(MORNING) == 0
        message.refresh_from_db()
        assert (message.state, message.not_before) == (MessageState.WAITING, MORNING + SOON)
        assert message.deliveries.get(channel=Channel.MAIL).error == "450 4.2.0 greylisted"
        server.recipient.clear()
        assert outbox.drain(MORNING + SOON) == 1
        assert server.taken[0][1]["Message-ID"] == f"<message-{message.pk}@127.0.0.1>"
        assert message.deliveries.get(channel=Channel.MAIL).error == ""

        server.content = "554 5.6.0 we do not take this"
        (other,) = say(town)
        assert outbox.drain(MORNING + 2 * SOON) == 0
        other.refresh_from_db()
        assert (other.state, other.attempts) == (MessageState.FAILED, 1), "the same words are not tried eight times"
        assert Person.objects.get(pk=town.head.pk).mail_refused_at is None
        server.content = "250 fine"
        assert outbox.retry(by=town.lead, now=MORNING, kind="due") == 0
        assert outbox.retry(by=town.lead, now=MORNING + 3 * SOON, kind="head") == 1
        assert outbox.drain(MORNING + 3 * SOON) == 1


@pytest.mark.parametrize("how", ["hangs", "trickles", "away"])
def test_a_server_that_does_not_answer_in_time_holds_up_nobody_for_long(town: Town, how: str) -> None:
    lead = Seat.objects.get(kind=SeatKind.CX_LEAD)
    seats = [town.head_seat, town.champion_seats[town.claims.pk], town.sponsor_seat, lead]
    made = [say(town, seat=seat)[0] for seat in seats]
    with mail_server(EMAIL_TIMEOUT=0.3, EMAIL_DEADLINE=0.5) as server:
        if how == "hangs":
            server.sleeps = 3.0
        elif how == "trickles":
            server.trickles = True
        with override_settings(**({"EMAIL_PORT": 9} if how == "away" else {})):
            began = time.perf_counter()
            assert outbox.drain(MORNING) == 0
            took = time.perf_counter() - began
    assert took < 3, "two are tried, each with its end; the others wait for the next turn"
    states = list(Message.objects.filter(pk__in=[message.pk for message in made]).values_list("state", "not_before"))
    assert states == [(MessageState.WAITING, MORNING + SOON)] * len(seats)
    assert Delivery.objects.exclude(error="").count() == outbox.SILENT


def test_a_channel_is_one_module_behind_the_contract(town: Town) -> None:
    said: list[tuple[str, list[str]]] = []

    class Chat:
        NAME = "chat"
        TAKES_CONFIDENTIAL = False

        def opened(self):
            return nullcontext("line")

        def hand_over(self, letters, *, reader, mail_id, now, connection):
            assert connection == "line"
            if town.head.pk == reader.pk:
                raise channels.Permanent("no such handle")
            said.append((reader.name, [letter.matter.title for letter in letters]))

    registry.register(Chat())
    try:
        with override_settings(OUTWARD_CHANNEL="chat"):
            (lost,) = say(town)
            say(town, seat=town.champion_seats[town.claims.pk])
            assert outbox.drain(MORNING) == 1
            assert said == [(town.champions[town.claims.pk].name, ["Promise 0"])]
            lost.refresh_from_db()
            assert lost.state == MessageState.SETTLED
            # What a confidential council alone may see is not given to a channel that cannot take it.
            chamber = town.council_of_nine(confidential=True)
            (secret,) = say(town, seat=chamber.memberships[0].seat)
            secret.subject.audience = chamber.council.subject.audience
            secret.subject.save()
            said.clear()
            assert outbox.drain(MORNING) == 1
            assert not said
            assert Delivery.objects.filter(message=secret, channel=Channel.INBOX).exists()
        with override_settings(OUTWARD_CHANNEL="null"):
            addresses.confirm(by=town.head)
            say(town, 3)
            assert outbox.drain(MORNING + SOON) == 3
    finally:
        del registry.CHANNELS["chat"]
