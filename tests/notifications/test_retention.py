"""Personal data is forgotten by the clock, each kind after its own time; what people answer for is not."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from actions.models import Feedback, FeedbackChange, FeedbackImport
from actions.services import feedback
from councils.models import Capture, Coming, MeetingAnswer
from councils.services import captures, coming, meetings
from governance import checks, retention
from governance.models import ApiToken, IdempotencyRecord, JournalEntry, JournalText, Person, SetupCode, SignInThrottle
from governance.services import people, signing_in
from notifications.models import Channel, Delivery, Mailing, Message
from notifications.services import keeping
from tests.factories import Town

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lived(town: Town, tmp_path: Path, settings) -> Town:
    """A town with one of everything that is kept for a time only."""
    settings.JOURNAL_HEADS = str(tmp_path / "heads.jsonl")
    now, lead = town.now, town.lead
    signing_in.fail(email="somebody@example.org", address="192.0.2.1", now=now)
    IdempotencyRecord.objects.create(person=lead, key="k", request_digest="d", body="b", created_at=now)
    Session.objects.create(session_key="s", session_data="x", expire_date=now)
    ApiToken.objects.create(person=lead, label="t", digest="d" * 64, created_at=now, expires_at=now)
    SetupCode.objects.create(digest="d", created_at=now, used_at=now)
    people.be_away(person=lead, by=lead, until=now.date())
    file = tmp_path / "voices.csv"
    file.write_text("id,topic,text,who,day\n1,Claims,Slow.,Jane Doe,2026-11-02\n2,Claims,Slow.,Jim Doe,soon\n")
    mapping = {"external_id": "id", "topic": "topic", "text": "text", "giver": "who", "received": "day"}
    feedback.take_in(path_or_file=file, source_name="Letters", mapping=mapping, by=lead, now=now)
    file.write_text("id,topic,text,who,day\n1,Claims,Very slow.,Jane Doe,2026-11-02\n")
    feedback.take_in(path_or_file=file, source_name="Letters", mapping=mapping, by=lead, now=now)
    people.end_access(person=town.person("Gone Away"), by=lead, now=now)
    _meet(town)
    message = Message.objects.create(
        occurrence="o", person=lead, kind="head", subject=town.claims.subject, created_at=now, not_before=now
    )
    for person, read_at in ((lead, now), (town.sponsor, None)):
        Delivery.objects.create(message=message, person=person, channel=Channel.INBOX, handed_at=now, read_at=read_at)
    Delivery.objects.create(
        message=message, person=lead, channel=Channel.MAIL, handed_at=now, error=f"550 {lead.email} unknown"
    )
    Message.objects.create(
        occurrence="p", seat=town.champion_seats[town.claims.pk], reader=lead, kind="head", state="settled",
        subject=town.claims.subject, created_at=now, not_before=now, settled_at=now,
    )  # fmt: skip
    Mailing.objects.create(person=lead, occasion="day:2026-11-02", mail_id="<m@x>", made_at=now)
    return town


def _meet(town: Town) -> None:
    """A meeting to which somebody said that they come, and in which a line was struck out."""
    chamber, now = town.council_of_nine(), town.now
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    coming.say(meeting=meeting, membership=chamber.memberships[2], coming=Coming.YES, by=chamber.members[2], now=now)
    meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)
    line = captures.capture(meeting=meeting, kind="note", text="Li talks too long", by=chamber.secretary, now=now)
    captures.undo(line=line, by=chamber.secretary, now=now)
    meetings.close(meeting=meeting, by=chamber.chair, now=now)


def left() -> dict[str, int]:
    return {
        "sign_in_failures": SignInThrottle.objects.count(),
        "idempotency": IdempotencyRecord.objects.count(),
        "sessions": Session.objects.count(),
        "tokens": ApiToken.objects.count(),
        "setup_codes": SetupCode.objects.exclude(used_at=None).count(),
        "absences": Person.objects.exclude(away_until=None).count(),
        "givers": Feedback.objects.exclude(giver="").count(),
        "former_givers": FeedbackChange.objects.exclude(before__giver="").count(),
        "leavers": Person.objects.filter(name="Gone Away").count(),
        "answers": MeetingAnswer.objects.count(),
        "struck_out": Capture.objects.count(),
        "import_faults": FeedbackImport.objects.exclude(errors=[]).count(),
        "deliveries": Delivery.objects.count(),
        "readers": Message.objects.exclude(reader=None).count(),
        "mailings": Mailing.objects.count(),
        "mail_faults": Delivery.objects.exclude(error="").count(),
    }


@pytest.mark.parametrize("name", sorted(set(retention.TERMS) - {"links"}))
def test_each_kind_is_kept_for_its_time_and_no_longer(lived: Town, name: str) -> None:
    days = retention.TERMS[name].days
    before = left()[name]
    assert before, "the test must be able to fail"
    retention.forget(lived.now + (days - 1) * DAY)
    assert left()[name] == before
    retention.forget(lived.now + (days + 2) * DAY)
    assert left()[name] == (1 if name == "deliveries" else 0), "what nobody has read stays in the inbox"


def test_what_people_answer_for_is_never_forgotten(lived: Town) -> None:
    def kept() -> tuple[int, int, int]:
        entries = JournalEntry.objects.exclude(event="governance.person.anonymised")
        return entries.count(), JournalText.objects.count(), Feedback.objects.count()

    before = kept()
    retention.forget(lived.now + 5000 * DAY)
    assert kept() == before


def test_the_sweep_forgets_once_a_day(lived: Town) -> None:
    keeping.keep(lived.now)
    assert left()["idempotency"] == 1
    keeping.keep(lived.now + 3 * DAY)
    assert left()["idempotency"] == 0


def test_the_operator_sets_other_times(lived: Town, settings) -> None:
    settings.RETENTION_DAYS = {"givers": 10, "deliveries": 0}
    retention.forget(lived.now + 5000 * DAY)
    assert (left()["givers"], left()["deliveries"]) == (0, 3)
    assert checks.retention_is_known(None) == []
    settings.RETENTION_DAYS = {"giver": 10}
    (error,) = checks.retention_is_known(None)
    assert "givers" in error.hint


def test_the_command_counts_before_it_forgets(lived: Town) -> None:
    out = StringIO()
    call_command("forget", "--dry-run", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["rows"]["idempotency"], told["days"]["givers"]) == (1, 730)
    assert left()["idempotency"] == 1
    call_command("forget", stdout=StringIO())
    assert left()["idempotency"] == 0
