"""Mails: one thread a thing, muting in one click where nothing is owed, no title of what is confidential, and why."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import Person, Seat, SeatKind, TenureRole
from governance.services import people, seats
from governance.services.subjects import audience_of
from notifications import muting
from notifications.channels import mail as channel
from notifications.kinds import OF_THE_DOOR, Kind
from notifications.models import Channel, Delivery, MailHold, Message, MessageState, Mute
from notifications.queries.handover import letters_for
from notifications.queries.outbox import due_since
from notifications.queries.upcoming import narrowing, what_happens_next
from notifications.services import holding, outbox
from notifications.services.sweep import sweep
from notifications.sql import claims
from tests.factories import Chamber, Town
from tests.notifications.building import mailed_at_once, owe
from tests.notifications.test_outbox import DUE, MORNING, say

SECRET = "Zebrafish"


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    built.head_seat = Seat.objects.get(kind=SeatKind.HEAD, department=built.claims)
    built.head = built.heads[built.claims.pk]
    mailed_at_once(*Person.objects.all())
    return built


def tell(town: Town, kind: str, *, person: Person, number: int = 1) -> list[Message]:
    """News without a duty, to a person, each about a thing of its own."""
    made = [
        Message(
            occurrence=f"news:{duty.pk}",
            person_id=person.pk,
            kind=kind,
            subject_id=duty.subject_id,
            created_at=MORNING,
            not_before=MORNING,
        )
        for duty in owe(town, number, due_on=DUE)
    ]
    outbox.enqueue(made)
    return list(Message.objects.filter(occurrence__in=[one.occurrence for one in made]).order_by("pk"))


def test_mails_about_one_thing_lie_in_one_thread_and_a_digest_in_none(town: Town) -> None:
    (first,) = say(town)
    outbox.drain(MORNING)
    Message.objects.filter(pk=first.pk).update(state=MessageState.WAITING, occurrence="again")
    Delivery.objects.all().delete()
    outbox.drain(MORNING)
    say(town, 2)
    outbox.drain(MORNING)
    one, another, digest = (sent.extra_headers for sent in mail.outbox)
    assert one["References"] == one["In-Reply-To"] == another["References"] == f"<subject-{first.subject_id}@127.0.0.1>"
    assert "References" not in digest
    assert "In-Reply-To" not in digest


def test_only_what_asks_nothing_can_be_muted_and_looking_changes_nothing(town: Town) -> None:
    say(town)
    outbox.drain(MORNING)
    (news,) = tell(town, Kind.DECIDED, person=town.head)
    outbox.drain(MORNING)
    owed, told = mail.outbox
    assert "List-Unsubscribe" not in owed.extra_headers
    assert "/mute/" not in owed.body
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = told.extra_headers["List-Unsubscribe"].strip("<>")
    path = re.sub(r"^https?://[^/]+", "", address)
    stranger = Client(enforce_csrf_checks=True)
    page = stranger.get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert news.subject.reference in page.content.decode()
    assert news.subject.title not in page.content.decode()
    assert not Mute.objects.exists()
    for _twice in range(2):
        assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Mute.objects.get().subject_id == news.subject_id
    assert Mute.objects.get().person == town.head
    # It dies with the address, with the sight of it, and with the access; and nobody makes one up.
    assert stranger.post("/mute/abc:def:ghi/").status_code == 410
    forged = muting.address_of(town.lead.pk, news.subject_id, town.head.email)
    assert stranger.post(re.sub(r"^https?://[^/]+", "", forged)).status_code == 410
    Person.objects.filter(pk=town.head.pk).update(email="new@example.org")
    assert stranger.get(path).status_code == 410
    Person.objects.filter(pk=town.head.pk).update(email=town.head.email)
    news.subject.audience = audience_of([town.legal.pk])
    news.subject.save()
    assert stranger.get(path).status_code == 410


def test_no_kind_of_message_names_a_confidential_matter_in_a_mail(town: Town, client_for) -> None:
    chamber = town.council_of_nine(confidential=True)
    seat, chair = chamber.memberships[0].seat, chamber.chair
    type(seat.subject).objects.filter(pk=seat.pk).update(title=f"Chair, {SECRET}")
    own = OF_THE_DOOR | {Kind.HELD_BACK, Kind.VIEWS}  # of the program itself, and of pages, which are counted
    kinds = [kind for kind in Kind if kind not in own]
    (plain,) = owe(town, 1, due_on=DUE)
    for number, kind in enumerate(kinds):
        (duty,) = owe(town, 1, due_on=DUE, seat=seat)
        duty.subject.title, duty.subject.audience = f"{SECRET} {number}", chamber.council.subject.audience
        duty.subject.save()
        for word, about in (("secret", duty), ("open", plain)):
            Message.objects.create(
                occurrence=f"{word}:{kind}",
                person_id=chair.pk if word == "secret" else town.head.pk,
                kind=kind,
                subject_id=about.subject_id,
                duty_id=about.pk,
                created_at=MORNING,
                not_before=MORNING,
            )
    letters = letters_for(Message.objects.values_list("pk", flat=True), MORNING)
    assert len(letters) == 2 * len(kinds)
    for letter in letters:
        assert letter.reader is not None
        sent = channel.written([letter], reader=letter.reader, mail_id="<x@y>", now=MORNING)
        whole = f"{sent.subject}\n{sent.body}\n{sent.alternatives[0][0]}\n{sent.extra_headers}"
        if letter.message.occurrence.startswith("secret"):
            assert SECRET not in whole, letter.message.kind
            assert chamber.council.name not in whole, letter.message.kind
            assert "/b/" not in whole, letter.message.kind
            assert letter.message.subject.reference in whole
        else:
            assert plain.subject.title in whole, "what is open has its title"
    together = [letter for letter in letters if letter.reader == chair]
    digest = channel.written(together, reader=chair, mail_id="<x@y>", now=MORNING)
    assert SECRET not in f"{digest.subject}{digest.body}{digest.alternatives[0][0]}"
    outbox.drain(MORNING)
    note = Delivery.objects.filter(person=chair, channel=Channel.INBOX).first()
    assert note is not None
    assert SECRET in client_for(chair).get(f"/why/{note.message_id}/").content.decode(), "signed in it is named"
    assert client_for(town.lead).get(f"/why/{note.message_id}/").status_code == 404


def test_why_did_i_get_this_says_rule_day_capacity_and_hours_as_they_were(town: Town, client_for, api_for) -> None:
    deputy = town.person("Noor Visser")
    seats.seat_person(seat=town.head_seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
    people.be_away(person=town.head, by=town.head, until=DUE + timedelta(days=30))
    (message,) = say(town)
    Message.objects.filter(pk=message.pk).update(facts={"position": 2, "target": "head", "due_on": DUE.isoformat()})
    type(message.duty).objects.filter(pk=message.duty_id).update(rung=2)
    outbox.drain(MORNING)
    people.be_away(person=town.head, by=town.head, until=None)
    stored = {delivery.channel: delivery.why for delivery in message.deliveries.all()}
    assert set(stored) == {Channel.INBOX, Channel.MAIL}
    assert stored[Channel.INBOX]["window"].pop("opens") == MORNING.isoformat()
    opened = datetime.fromisoformat(stored[Channel.MAIL]["window"].pop("opens"))
    assert timedelta() <= opened - MORNING < timedelta(minutes=5), "asked when it was its reader's turn"
    assert stored[Channel.MAIL] == stored[Channel.INBOX]
    assert stored[Channel.MAIL] == {
        "rule": "head",
        "event": "",
        "position": 2,
        "target": "head",
        "due_on": DUE.isoformat(),
        "capacity": "deputy",
        "seat": town.head_seat.pk,
        "window": {
            "zone": deputy.zone,
            "from": 8,
            "until": 18,
            "cadence": "daily",
            "digest": 9,
            "urgent": True,
        },
    }
    page = client_for(deputy).get(f"/why/{message.pk}/").content.decode()
    for words in ("Rung 2", "asks the department head for help", "as the deputy of", "10 Nov 2026", "from 8 to 18"):
        assert words in page, words
    assert f"/why/{message.pk}/" in mail.outbox[0].body
    assert client_for(town.head).get(f"/why/{message.pk}/").status_code == 404, "it was not theirs"
    mine = message.deliveries.get(channel=Channel.INBOX)
    answer = api_for(deputy).get(f"/api/v1/notifications/{mine.pk}/why/").json()
    assert answer["stored"]["capacity"] == "deputy"
    assert "as the deputy of" in answer["sentence"]
    message.subject.audience = audience_of([town.legal.pk])
    message.subject.save()
    assert client_for(deputy).get(f"/why/{message.pk}/").status_code == 404
    assert api_for(deputy).get(f"/api/v1/notifications/{mine.pk}/why/").status_code == 404


def test_the_statements_of_why_do_not_grow_and_the_inbox_leads_there(town: Town, client_for) -> None:
    first, *_others = say(town, 5)
    outbox.drain(MORNING)
    client = client_for(town.head)
    assert f"/why/{first.pk}/" in client.get("/inbox/?show=all").content.decode()
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/why/{first.pk}/")
    assert len(captured) < 25


def test_readiness_is_about_what_is_due_and_could_go(town: Town, client: Client) -> None:
    def ready() -> int:
        return client.get("/readyz").status_code

    now = timezone.now()
    (message,) = say(town)
    Message.objects.filter(pk=message.pk).update(not_before=now + timedelta(hours=3))
    assert ready() == 200, "it waits for its reader's hours"
    Message.objects.filter(pk=message.pk).update(not_before=now - timedelta(minutes=4))
    assert ready() == 200
    Message.objects.filter(pk=message.pk).update(not_before=now - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failed"]) == (503, ["outbox"])
    assert "6 minutes" in answer.json()["reason"]
    claimed = {"state": MessageState.CLAIMED, "claimed_until": now + timedelta(minutes=5)}
    Message.objects.filter(pk=message.pk).update(**claimed)
    assert ready() == 200, "somebody is handing it over"
    Message.objects.filter(pk=message.pk).update(state=MessageState.WAITING, claimed_until=None)
    holding.hold(reason="a restore", by=town.lead, now=now)
    assert ready() == 200
    assert due_since(now) is None
    MailHold.objects.update(ended_at=now - timedelta(minutes=1), ended_by=town.lead, ended_as="resent")
    assert ready() == 200, "what a hold kept back is due since its end"
    MailHold.objects.update(ended_at=now - timedelta(minutes=6))
    assert ready() == 503


def test_what_waits_behind_a_drain_that_moves_on_is_not_overdue(town: Town, client: Client) -> None:
    now = timezone.now()
    first, second = say(town, 2)
    Message.objects.filter(pk=second.pk).update(not_before=now - timedelta(minutes=6))
    claimed = {"state": MessageState.CLAIMED, "not_before": now - timedelta(minutes=6)}
    Message.objects.filter(pk=first.pk).update(**claimed, claimed_until=now + timedelta(seconds=15))
    assert client.get("/readyz").status_code == 200, "at nine everybody's digest is due, and one drain sends them"
    assert due_since(now) is None
    Message.objects.filter(pk=first.pk).update(claimed_until=now - timedelta(seconds=1))
    assert client.get("/readyz").status_code == 503, "nobody is at work any more"


def test_a_drain_that_does_not_move_on_keeps_no_claim(town: Town) -> None:
    (message,) = say(town)
    began = time.monotonic()
    turn = outbox._Round("a", MORNING, began=began, moved=began)
    claims.take_messages(MORNING, token="a", until=MORNING, limit=10)

    def kept_until() -> datetime:
        turn.keep()
        message.refresh_from_db()
        return message.claimed_until

    renewed = kept_until()
    assert renewed > MORNING, "a mail may take its time"
    turn.moved = began - 301
    assert kept_until() == renewed, (
        "what hangs for five minutes is taken over, and the program says that it is not ready"
    )


def test_the_outbox_is_held_and_released_and_retried_by_kind_over_the_api(town: Town, api_for) -> None:
    (message,) = say(town)
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
    api = api_for(town.lead)
    stands = api.get("/api/v1/outbox/").json()
    assert (stands["dead"], stands["held_since"], stands["counts"]["failed"]) == ({"head": 1}, None, 1)
    assert town.head.email not in str(stands)
    assert message.subject.title not in str(stands)
    assert api.post("/api/v1/outbox/hold/", {"reason": " "}).status_code in (400, 422)
    assert api.post("/api/v1/outbox/hold/", {"reason": "the server is moved"}).json()["held_because"]
    assert api.post("/api/v1/outbox/retry/", {"kind": "due"}).json() == {"number": 0}
    assert api.post("/api/v1/outbox/retry/", {"kind": "head"}).json() == {"number": 1}
    assert outbox.drain(MORNING) == 0
    assert api.post("/api/v1/outbox/resend/").json()["number"] == 1
    assert outbox.drain(timezone.now()) == 1
    assert sum(api.get("/api/v1/outbox/").json()["sent"].values()) == 1
    assert api_for(town.head).get("/api/v1/outbox/").status_code == 403


def test_what_happens_next_is_narrowed_to_a_thing_a_council_or_a_person(town: Town, client_for, api_for) -> None:
    chamber = town.council_of_nine()
    (mine,) = owe(town, 1, due_on=DUE, overseer_id=chamber.council.pk)
    (other,) = owe(town, 1, due_on=DUE, seat=town.champion_seats[town.digital.pk])

    def of(**named: str) -> set[str]:
        only = narrowing(town.lead, MORNING, **named)
        return {rung.reference for rung in what_happens_next(town.lead, town.now, 40, only=only).rungs}

    both = {mine.subject.reference, other.subject.reference}
    assert both <= of()
    assert of(about=mine.subject.reference) == {mine.subject.reference}
    assert of(council=chamber.council.reference) & both == {mine.subject.reference}
    champion = town.champions[town.claims.pk]
    assert of(person=str(champion.pk)) & both == {mine.subject.reference}
    assert of(person=str(town.head.pk)) & both == {mine.subject.reference}, "whoever is asked for help"
    client = client_for(town.champions[town.legal.pk])
    assert client.get(f"/next/?about={mine.subject.reference}").status_code == 404, "hidden is absent"
    assert client.get("/next/?about=ACT-999999").status_code == 404
    assert client.get("/next/?person=9999999999999999999999").status_code == 404
    assert api_for(town.lead).get(f"/api/v1/upcoming/?about={mine.subject.reference}&days=40").json()["count"]
    told = client_for(town.lead).get(f"/councils/{chamber.council.reference}/").content.decode()
    assert f"/next/?council={chamber.council.pk}" in told


def test_a_warning_says_who_is_asked_next_as_far_as_its_reader_may_know(town: Town) -> None:
    quiet = Chamber(town, name=SECRET, size=3, confidential=True)
    owner = town.champions[town.claims.pk]

    def warn(number: int) -> tuple[str, int]:
        """What the owner's mail says, and the statements that it took to know it."""
        mail.outbox.clear()
        duties = owe(town, number, due_on=DUE, overseer_id=quiet.council.pk)
        made = Message.objects.bulk_create(
            Message(
                occurrence=f"w:{duty.pk}:{reader.pk}", person_id=reader.pk, kind=Kind.WARNING,
                subject_id=duty.subject_id, duty_id=duty.pk, created_at=MORNING, not_before=MORNING,
                facts={"position": duty.rung, "due_on": DUE.isoformat()},
            )
            for duty in duties
            for reader in (owner, quiet.chair)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            letters = letters_for([one.pk for one in made], MORNING)
        for letter in letters:
            told = letter.matter.foretold
            assert (SECRET in told) == (letter.reader == quiet.chair), told
            assert letter.reader == quiet.chair or "somebody will be asked for help" in told
        outbox.drain(MORNING)
        return "".join(f"{one.subject}{one.body}" for one in mail.outbox if one.to == [owner.email]), len(asked)

    text, few = warn(2)
    assert "Not yet moved" in text
    assert SECRET not in text
    assert quiet.chair.name not in text
    assert warn(9)[1] == few
