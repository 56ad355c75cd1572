"""Everything about a person is found, told and redacted: nothing of the name is left in any table or file."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from actions.models import FeedbackImport
from actions.services import feedback
from councils.models import AgendaItem, Decision
from councils.services import decisions, meetings
from governance import checks
from governance.errors import Conflict, Invalid, Refused
from governance.models import ApiToken, IdempotencyRecord, JournalEntry, JournalText, Person
from governance.naming import mask, pattern, without
from governance.queries import chain, journal, personal
from governance.services import people, redaction, sealing
from governance.sql import guards
from notifications.models import Message
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.access.world import World, build

pytestmark = pytest.mark.django_db

NAME, EMAIL = "O Chair", "o.chair@harbourline.example"


@pytest.fixture
def world(db: None, tmp_path: Path, settings) -> World:
    """Two councils with all that they can have, and a chair who is named in everything."""
    settings.MEDIA_ROOT, settings.DATA_DIR = str(tmp_path / "files"), tmp_path
    settings.JOURNAL_HEADS = str(tmp_path / "heads.jsonl")
    built = build()
    town, room, now = built.town, built.rooms["open"], built.now
    chair = room.chair
    decisions.settle(
        item=AgendaItem.objects.get(pk=room.item.pk), outcome="note", motion=f"{NAME} ({EMAIL}) goes on.",
        payload={"note": f"As o  chair wished: {NAME}."},
        votes={one.pk: "for" for one in room.memberships}, by=room.memberships[1].seat.tenures.get().person, now=now,
    )  # fmt: skip
    meetings.call(council=room.council, starts_at=now + timedelta(days=60), by=chair, now=now)
    row = {"id": "77", "topic": f"About {NAME}", "text": f"{NAME} was kind; write to {EMAIL}.", "unit": "Claims"}
    file = tmp_path / "voices.json"
    file.write_text(json.dumps([row]))
    (tmp_path / "files").mkdir(exist_ok=True)
    (tmp_path / "files" / "seen.txt").write_text(f"Seen by {NAME}, {EMAIL}.")
    (tmp_path / "files" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "worker.log").write_text(f"To: {EMAIL}\nDear {NAME},\n")
    mapping = {"external_id": "id", "topic": "topic", "text": "text", "department": "unit"}
    csv = tmp_path / "voices.csv"
    csv.write_text(f"id,topic,text,unit\n77,About {NAME},{row['text']},Claims\n")
    feedback.take_in(path_or_file=csv, source_name=f"Letters to {NAME}", mapping=mapping, by=town.lead, now=now)
    csv.unlink()
    file.unlink()
    ApiToken.objects.create(
        person=chair, label=f"of {NAME}", digest="d" * 64, created_at=now, expires_at=now + timedelta(days=1)
    )
    IdempotencyRecord.objects.create(person=town.lead, key="k", request_digest="d", body=f'"{NAME}"', created_at=now)
    Message.objects.filter(pk=Message.objects.order_by("pk")[0].pk).update(facts={"words": f"{NAME} says"})
    sweep(now)
    outbox.drain(now)
    sealing.seal(now)
    return built


def gone(world: World) -> Person:
    """The chair, whose access has ended."""
    return people.end_access(person=world.rooms["open"].chair, by=world.town.lead, now=world.now)


def grep(*needles: str) -> list[str]:
    """Where any table says it, in any column, asked of the database itself."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                for needle in needles:
                    cursor.execute(
                        f"SELECT count(*) FROM {connection.ops.quote_name(table)}"
                        f" WHERE lower(CAST({name} AS TEXT)) LIKE %s",
                        [f"%{needle.lower()}%"],
                    )
                    if cursor.fetchone()[0]:
                        found.append(f"{table}.{column.name}: {needle}")
    return found


def test_nothing_of_the_name_is_left_in_any_table_or_file(world: World, tmp_path: Path) -> None:
    assert len(grep(NAME, EMAIL)) > 10, "the test must be able to fail"
    told = redaction.redact(person=gone(world), by=world.town.lead, now=world.now)
    assert told.rows > 5
    assert grep(NAME, EMAIL, "o  chair") == []
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert NAME.encode() not in path.read_bytes(), path
            assert EMAIL.encode() not in path.read_bytes(), path
    assert told.files == 2
    assert told.unread == ("photo.png",)
    person = Person.objects.get(pk=world.rooms["open"].chair.pk)
    assert (person.name, person.email) == (f"Former member {person.pk}", f"redacted-{person.pk}@invalid")
    assert not ApiToken.objects.filter(person=person).exists()


def test_the_chain_still_fits_the_guards_stand_and_the_journal_says_so(world: World) -> None:
    redaction.redact(person=gone(world), by=world.town.lead, now=world.now)
    sealing.seal(world.now)
    verdict = chain.verify()
    assert (verdict.misfit, verdict.erased > 0) == (None, True)
    assert guards.missing() == []
    assert "[redacted]" in Decision.objects.order_by("pk").last().motion
    entry = JournalEntry.objects.get(event="governance.person.redacted")
    assert (entry.by, entry.facts["person"]) == (world.town.lead, world.rooms["open"].chair.pk)


def test_what_a_person_wrote_goes_too_where_that_is_asked(world: World) -> None:
    secretary = world.rooms["open"].memberships[1].seat.tenures.get().person
    assert JournalText.objects.filter(entry__by=secretary).exists()
    people.end_access(person=secretary, by=world.town.lead, now=world.now)
    redaction.redact(person=secretary, by=world.town.lead, now=world.now, own_words=True)
    assert not JournalText.objects.filter(entry__by=secretary).exists()
    assert set(Decision.objects.filter(recorded_by=secretary).values_list("motion", flat=True)) == {"[redacted]"}
    sealing.seal(world.now)
    assert chain.verify().misfit is None


def test_only_who_has_left_is_redacted_and_only_by_who_leads(world: World) -> None:
    with pytest.raises(Conflict, match="End their access first"):
        redaction.redact(person=world.rooms["open"].chair, by=world.town.lead, now=world.now)
    with pytest.raises(Refused):
        redaction.redact(person=gone(world), by=world.rooms["open"].member, now=world.now)
    with pytest.raises(Invalid, match="too short"):
        redaction.redact(person=Person.objects.get(name=NAME), by=None, now=world.now, also=["O"])


def test_a_customer_is_redacted_by_name(world: World) -> None:
    told = redaction.redact_words(words=["kind; write to"], by=world.town.lead, now=world.now)
    assert told.rows >= 1
    assert grep("kind; write to") == []
    with pytest.raises(Conflict, match="colleague"):
        redaction.redact_words(words=[NAME.lower()], by=world.town.lead, now=world.now)


def test_the_export_tells_all_that_its_reader_may_see(world: World) -> None:
    clerk = world.rooms["closed"].memberships[1].seat.tenures.get().person
    mine = personal.export(clerk, clerk, world.now)
    leads = personal.export(clerk, world.town.lead, world.now)
    operators = personal.export(clerk, None, world.now)
    rows = {who: sum(len(kind["rows"]) for kind in told["kept"]) for who, told in
            {"mine": mine, "leads": leads, "operators": operators}.items()}  # fmt: skip
    assert rows["leads"] < rows["mine"] <= rows["operators"], "an administrator is not cleared for that council"
    assert "Zephyr" not in personal.as_json(leads)
    assert "Zephyr" in personal.as_json(mine)
    assert mine["person"]["email"] == clerk.email
    assert "password" not in mine["person"]
    with pytest.raises(Refused):
        personal.require_reading(clerk, world.rooms["open"].member, world.now)


def test_a_model_that_nobody_classified_is_refused_at_start(monkeypatch) -> None:
    assert checks.personal_data_is_known(None) == []
    short = {label: line for label, line in checks.HOLDS.items() if label != "actions.update"}
    monkeypatch.setattr(checks, "HOLDS", short)
    (error,) = checks.personal_data_is_known(None)
    assert error.id == "governance.E005"
    assert 'Add a line "actions.update" to governance.personal.HOLDS' in error.hint


def test_every_path_of_the_list_leads_somewhere() -> None:
    for label, line in checks.HOLDS.items():
        model = apps.get_model(label)
        for path in filter(None, (line.through, line.author)):
            list(model._base_manager.filter(**{f"{path}__in": [0]})[:1])
        for name in line.words:
            assert isinstance(model._meta.get_field(name), models.CharField | models.TextField | models.JSONField)


@pytest.mark.parametrize("text", ["Li Wang", "LI  WANG", "by Wang, Li.", "li.wang@x.example", "(Li\nWang)"])
def test_a_name_is_recognised_however_it_is_written(text: str) -> None:
    assert "ang" not in without({"a": [text]}, pattern(["Li Wang", "li.wang@x.example"]))["a"][0].lower()


@pytest.mark.parametrize("text", ["Li Wangenheim", "Juli Wang", "a.li.wang@x.example", "Li", "Wang"])
def test_others_keep_their_names(text: str) -> None:
    assert without(text, pattern(["Li Wang", "li.wang@x.example"])) == text


def test_a_masked_file_keeps_its_length() -> None:
    assert mask("a Søren  Ø b".encode(), ["Søren Ø"]) == b"a " + b"*" * len("Søren  Ø".encode()) + b" b"


def test_the_command_finds_exports_and_redacts(world: World, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("personal_data", "find", EMAIL, "--json", stdout=out)
    assert {place["model"] for place in json.loads(out.getvalue())["places"]} >= {"councils.vote", "councils.decision"}
    call_command("personal_data", "export", EMAIL, "--to", str(tmp_path / "x.json"), stdout=io.StringIO())
    assert json.loads((tmp_path / "x.json").read_text())["person"]["name"] == NAME
    gone(world)
    out = io.StringIO()
    call_command("personal_data", "redact", EMAIL, "--json", stdout=out)
    assert json.loads(out.getvalue())["rows"] > 5
    assert Person.objects.filter(name__startswith="Former member").count() == 1


def test_the_pages_show_take_along_and_redact(world: World, client_for) -> None:
    chair, lead = world.rooms["open"].chair, client_for(world.town.lead)
    assert "Votes" in client_for(chair).get(f"/people/{chair.pk}/data/").text, "one's own"
    file = lead.get(f"/people/{chair.pk}/data/export/")
    assert file.json()["person"]["name"] == NAME
    assert "attachment" in file["Content-Disposition"]
    sent = {"also": "The Chair of O; Chairy", "own_words": "on", "sure": "on"}
    early = lead.post(f"/people/{chair.pk}/redact/", sent)
    assert (early.status_code, "End their access first" in early.text) == (409, True)
    gone(world)
    assert lead.post(f"/people/{chair.pk}/redact/", {"also": ""}).status_code == 422, "it asks whether one is sure"
    assert lead.post(f"/people/{chair.pk}/redact/", sent).status_code == 302
    assert grep(NAME, EMAIL) == []


def test_the_api_tells_and_redacts_by_the_same_rules(world: World, api_for) -> None:
    chair, lead = world.rooms["open"].chair, api_for(world.town.lead)
    told = lead.get(f"/api/v1/people/{chair.pk}/personal-data/").json()
    assert told["person"]["email"] == EMAIL
    assert api_for(world.rooms["open"].member).get(f"/api/v1/people/{chair.pk}/personal-data/").status_code == 403
    assert lead.post(f"/api/v1/people/{chair.pk}/redact/", {}).status_code == 409
    gone(world)
    done = lead.post(f"/api/v1/people/{chair.pk}/redact/", {"own_words": True})
    assert (done.status_code, done.json()["files"], done.json()["unread"]) == (200, 2, ["photo.png"])
    assert grep(NAME, EMAIL) == []


def test_no_fact_of_the_journal_keeps_a_name(world: World, tmp_path: Path) -> None:
    csv = tmp_path / f"complaint of {NAME}.csv"
    csv.write_text("id,topic,text,unit\n78,Waiting,Slow,Motor\n")
    mapping = {"external_id": "id", "topic": "topic", "text": "text", "department": "unit"}
    lead, now = world.town.lead, world.now
    feedback.take_in(path_or_file=csv, source_name="Letters", mapping=mapping, by=lead, now=now)
    csv.unlink()
    kept = FeedbackImport.objects.latest("pk")
    entry = JournalEntry.objects.filter(event="actions.feedback.taken_in").latest("pk")
    assert NAME in journal.sentences([entry], lead, now)[0].text
    feedback.withdraw(feedback_import=kept, by=lead, now=now)
    redaction.redact(person=gone(world), by=lead, now=now)
    assert grep(NAME) == []
    assert NAME not in journal.sentences([JournalEntry.objects.get(pk=entry.pk)], lead, now)[0].text
