"""What shows that it was done: which files are taken, who gets them back, and that they are never shown in place."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from actions import shown_files
from actions.models import ActionItem, Evidence
from actions.services import items, slips
from actions.shown_files import Sent
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, Tenure
from governance.services import backups, metrics, redaction
from notifications import doctor
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


@pytest.fixture
def action(town: Town, chamber: Chamber, now) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(title="Text", seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now)
    return items.accept(action=made, promised_on=now.date() + timedelta(days=20), by=owner(town), now=now)


def owner(town: Town):
    return town.champions[town.claims.pk]


def sent(content: bytes, name: str) -> Sent:
    return Sent(BytesIO(content), name, len(content))


def attach(action: ActionItem, town: Town, now, content: bytes = PDF, name: str = "calls.pdf") -> Evidence:
    return items.add_evidence(
        action=action, title="Call records", kind="file", file=sent(content, name), by=owner(town), now=now
    )


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_file_lies_under_a_name_that_nobody_can_guess_with_its_digest(town, action, now) -> None:
    evidence = attach(action, town, now)
    path = shown_files.path_of(evidence.file_key)
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(evidence.file_key) == 43
    assert "calls" not in str(path)
    assert (evidence.kind, evidence.file_name, evidence.file_size) == ("file", "calls.pdf", len(PDF))
    assert len(evidence.file_digest) == 64


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\r.pdf", "r.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
        ("报告.PDF", "报告.PDF"),
        ('"; rm.pdf', '"; rm.pdf'),
    ],
)
def test_a_malicious_name_is_only_a_name(town, action, now, name: str, kept: str) -> None:
    evidence = attach(action, town, now, name=name)
    assert evidence.file_name == kept
    answer = browser(owner(town)).get(f"/evidence/{evidence.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"<script>alert(1)</script>", "page.html", "Files may be"),
        (b"<svg onload='x'/>", "picture.svg", "Files may be"),
        (b"MZ\x90", "report.pdf.exe", "Files may be"),
        (PDF, "report", "Files may be"),
        (PDF, ".pdf", "Files may be"),
        (b"<html>", "report.pdf", "not what its ending says"),
        (PDF, "picture.png", "not what its ending says"),
        (b"a\0b", "notes.txt", "not what its ending says"),
        (b"", "calls.pdf", "empty"),
        (b"%PDF-" + b"x" * shown_files.MOST, "large.pdf", "at most 10"),
        (PDF, "report.pdf\0.exe", "Files may be"),
    ],
)
def test_what_is_refused_is_refused_at_the_field_and_leaves_nothing(town, action, now, content, name, says) -> None:
    with pytest.raises(Invalid, match=says) as error:
        attach(action, town, now, content, name)
    assert error.value.field == "file"
    assert not shown_files.lying()
    answer = browser(owner(town)).post(
        f"/actions/{action.reference}/evidence/",
        {"title": "It", "note": "kept words", "file": SimpleUploadedFile(name.replace("\0", ""), content)},
    )
    assert answer.status_code == 422
    assert "kept words" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_length_that_was_lied_about_is_noticed(town, action, now) -> None:
    long = b"%PDF-" + b"x" * shown_files.MOST
    with pytest.raises(Invalid, match="at most 10"):
        items.add_evidence(
            action=action, title="It", kind="file", file=Sent(BytesIO(long), "a.pdf", 5), by=owner(town), now=now
        )
    assert not shown_files.lying()


def test_a_file_is_saved_and_never_shown_in_place(town, action, now) -> None:
    evidence = attach(action, town, now, PNG, "screen.png")
    client = browser(owner(town))
    page = client.get(f"/actions/{action.reference}/").content.decode()
    assert f"/evidence/{evidence.pk}/file/" in page
    assert evidence.file_key not in page
    answer = client.get(f"/evidence/{evidence.pk}/file/")
    assert answer.content == PNG
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="screen.png"'
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/files/evidence/" + evidence.file_key).status_code == 404


def test_who_may_not_see_the_action_gets_no_file_and_access_is_asked_each_time(town, chamber, action, now) -> None:
    evidence = attach(action, town, now)
    outsider = browser(town.champions[town.legal.pk])
    hidden = outsider.get(f"/evidence/{evidence.pk}/file/")
    absent = outsider.get("/evidence/999999/file/")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert browser(chamber.members[5]).get(f"/evidence/{evidence.pk}/file/").status_code == 200
    reader = owner(town)
    client = browser(reader)
    assert client.get(f"/evidence/{evidence.pk}/file/").status_code == 200
    reader.is_active = False
    reader.save()
    assert client.get(f"/evidence/{evidence.pk}/file/").status_code in (302, 403, 404)


def test_whoever_only_reads_writes_no_file(town, chamber, action, now) -> None:
    with pytest.raises(Refused):
        items.add_evidence(
            action=action, title="It", kind="file", file=sent(PDF, "a.pdf"), by=chamber.members[5], now=now
        )
    assert not shown_files.lying()


def test_over_the_api_a_file_is_sent_in_parts(town, action, now) -> None:
    program = APIClient()
    program.force_authenticate(owner(town))
    path = f"/api/v1/actions/{action.reference}/evidence/"
    answer = program.post(
        path, {"title": "Calls", "kind": "file", "file": SimpleUploadedFile("calls.pdf", PDF)}, format="multipart"
    )
    assert answer.status_code == 200, answer.data
    evidence = Evidence.objects.get()
    listed = program.get(f"/api/v1/evidence/?of={action.reference}").data["results"][0]
    assert listed["file_digest"] == evidence.file_digest
    assert program.get(f"/api/v1/evidence/{evidence.pk}/file/").content == PDF
    bad = program.post(
        path, {"title": "Calls", "kind": "file", "file": SimpleUploadedFile("x.html", b"<p>")}, format="multipart"
    )
    assert bad.status_code == 422
    assert "/file" in str(bad.data)
    assert program.post(path, {"title": "Calls", "kind": "file"}, format="json").status_code == 422


def test_a_reading_shows_what_the_metric_was(town, action, now) -> None:
    metric = metrics.define(title="Calls back", unit="percent", seat=action.seat, by=town.lead, now=now)
    client = browser(owner(town))
    said = {"title": "As measured", "metric": metric.reference}
    assert client.post(f"/actions/{action.reference}/evidence/", said).status_code == 422, "nothing was read yet"
    metrics.observe(metric=metric, on=now.date() - timedelta(days=1), value=914, by=town.lead, now=now)
    assert client.post(f"/actions/{action.reference}/evidence/", said).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.observation.value) == ("reading", 914)
    assert "91.4" in client.get(f"/actions/{action.reference}/").content.decode()


def test_what_was_shown_is_not_exchanged(town, action, now) -> None:
    evidence = attach(action, town, now)
    for change in ({"file_key": "x" * 43}, {"file_digest": "0" * 64}, {"kind": "note"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).delete()


def test_a_slip_is_taken_back_and_its_file_is_no_longer_given_out(town, action, now) -> None:
    evidence = attach(action, town, now)
    client = browser(owner(town))
    assert "Take it back" in client.get(f"/actions/{action.reference}/").content.decode()
    with pytest.raises(Refused):
        slips.take_back_evidence(evidence=evidence, by=town.lead, now=now)
    slips.take_back_evidence(evidence=evidence, by=owner(town), now=now + timedelta(minutes=9))
    assert client.get(f"/evidence/{evidence.pk}/file/").status_code == 404
    assert Evidence.objects.get().taken_back_at is not None, "the row stays"
    with pytest.raises(Conflict, match="no evidence"):
        items.say_done(action=action, by=owner(town), now=now)
    with pytest.raises(Conflict, match="already"):
        slips.take_back_evidence(evidence=evidence, by=owner(town), now=now)


def test_evidence_that_was_used_or_is_old_stays(town, action, now) -> None:
    evidence = attach(action, town, now)
    with pytest.raises(Conflict, match="Ten minutes"):
        slips.take_back_evidence(evidence=evidence, by=owner(town), now=now + timedelta(minutes=11))
    items.say_done(action=action, by=owner(town), now=now)
    with pytest.raises(Conflict, match="built upon"):
        slips.take_back_evidence(evidence=evidence, by=owner(town), now=now)
    asked = Duty.objects.get(subject=action.pk, kind="verify", closed_at=None)
    verifier = Tenure.objects.at(now).get(seat=asked.seat, role="holder").person
    items.verify(action=action, finding="refused", note="One is missing.", by=verifier, now=now)
    with pytest.raises(Conflict, match="built upon"):
        slips.take_back_evidence(evidence=evidence, by=owner(town), now=now)


def test_files_are_in_the_backup_and_named_people_are_overdrawn(town, action, now, tmp_path) -> None:
    evidence = attach(action, town, now, b"Call with Fatima El Idrissi, Monday.\n", "notes.txt")
    assert shown_files.path_of(evidence.file_key) in backups._uploads()
    redaction.out_of_files(["Fatima El Idrissi"])
    kept = shown_files.path_of(evidence.file_key).read_bytes()
    assert b"Fatima" not in kept
    assert len(kept) == evidence.file_size


def test_the_doctor_misses_a_lost_file_and_names_a_stray_one(town, action, now) -> None:
    evidence = attach(action, town, now)

    def says() -> str:
        return next(iter(doctor._evidence(now))).state

    assert says() == "ok"
    stray = shown_files.folder() / ("s" * 43)
    stray.write_bytes(b"x")
    assert says() == "warn"
    stray.unlink()
    Path(shown_files.path_of(evidence.file_key)).unlink()
    assert says() == "bad"
    assert str(settings.MEDIA_ROOT) in str(shown_files.folder())
