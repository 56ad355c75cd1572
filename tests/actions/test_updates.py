"""Two taps: where work stands, said in a row, for several at once, by whoever may say it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from actions.models import ActionItem, Confidence, Update
from actions.queries import reporting
from actions.services import items, several
from governance.errors import Invalid
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def running(town: Town, chamber: Chamber, now, number: int, department=None) -> list[ActionItem]:
    department = department or town.claims
    made = []
    for place in range(number):
        action = items.create(
            title=f"Work {place}", seat=town.champion_seats[department.pk], council=chamber.council, proof="Seen.",
            by=town.lead, now=now,
        )  # fmt: skip
        owner = town.champions[department.pk]
        due = now.date() + timedelta(days=20 + place)
        made.append(items.accept(action=action, promised_on=due, by=owner, now=now))
    return made


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_one_tap_in_a_row_of_my_work_says_where_it_stands(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    client = browser(town.champions[town.claims.pk])
    text = client.get("/").content.decode()
    assert 'name="health"' in text
    assert text.count('value="at_risk"') == 2, "one button, and one choice in the longer form"
    answer = client.post(f"/my-work/{action.reference}/update/", {"health": "at_risk", "version": action.version})
    assert answer.status_code == 302
    action.refresh_from_db()
    assert action.health == "at_risk"


def test_progress_and_confidence_are_kept_beside_the_line(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    owner = town.champions[town.claims.pk]
    said = {"health": "on_track", "line": "Half.", "progress": "50", "confidence": "low"}
    browser(owner).post(f"/my-work/{action.reference}/update/", said)
    update = Update.objects.get()
    assert (update.progress, update.confidence, update.line) == (50, Confidence.LOW, "Half.")
    action.refresh_from_db()
    items.report(action=action, health="at_risk", by=owner, now=now)
    action.refresh_from_db()
    assert action.confidence == Confidence.LOW, "what was not said again still holds"
    with pytest.raises(Invalid, match="Confidence"):
        items.report(action=action, health="at_risk", confidence="certain", by=owner, now=now)


def test_a_tap_in_the_list_comes_back_to_the_list(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    client = browser(town.champions[town.claims.pk])
    text = client.get("/actions/?state=open").content.decode()
    assert f'action="/actions/{action.reference}/report/"' in text
    answer = client.post(f"/actions/{action.reference}/report/", {"health": "on_track", "back": "/actions/?state=open"})
    assert (answer.status_code, answer["Location"]) == (302, "/actions/?state=open")
    for elsewhere in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        answer = client.post(f"/actions/{action.reference}/report/", {"health": "on_track", "back": elsewhere})
        assert answer["Location"] == f"/actions/{action.reference}/"


def test_whoever_only_reads_has_no_buttons(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    text = browser(chamber.members[4]).get("/actions/").content.decode()
    assert action.reference in text
    assert 'class="quick"' not in text


def test_several_are_said_at_once_and_what_is_refused_stays_with_its_words(town, chamber, now) -> None:
    first, second, third = running(town, chamber, now, 3)
    client = browser(town.champions[town.claims.pk])
    assert client.get("/actions/updates/").status_code == 200
    said = {
        f"{first.reference}-version": first.version,
        f"{first.reference}-health": "on_track",
        f"{second.reference}-version": second.version,
        f"{second.reference}-health": "off_track",
        f"{second.reference}-line": "The supplier left.",
        f"{third.reference}-version": third.version,
    }
    items.report(action=second, health="at_risk", by=town.champions[town.claims.pk], now=now)
    answer = client.post("/actions/updates/", said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "The supplier left." in text
    assert "was changed meanwhile" in text
    assert first.title not in text, "it is saved"
    stands = dict(ActionItem.objects.values_list("pk", "health"))
    assert stands == {first.pk: "on_track", second.pk: "at_risk", third.pk: "unknown"}
    second.refresh_from_db()
    said[f"{second.reference}-version"] = second.version
    for key in [key for key in said if key.startswith(first.reference)]:
        del said[key]
    assert client.post("/actions/updates/", said).status_code == 302
    second.refresh_from_db()
    assert second.health == "off_track"


def test_nothing_tapped_is_nothing_said(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    client = browser(town.champions[town.claims.pk])
    answer = client.post("/actions/updates/", {f"{action.reference}-version": 1, f"{action.reference}-line": "So."})
    assert answer.status_code == 422
    assert "Tap one" in answer.content.decode()
    assert client.post("/actions/updates/", {}).status_code == 422
    assert not Update.objects.exists()


def test_rows_of_others_are_refused_one_by_one(town, chamber, now) -> None:
    (mine,) = running(town, chamber, now, 1)
    (theirs,) = running(town, chamber, now, 1, town.digital)
    program = APIClient()
    program.force_authenticate(town.champions[town.claims.pk])
    rows = [{"action": mine.reference, "health": "on_track"}, {"action": theirs.reference, "health": "on_track"},
            {"action": "ACT-9999", "health": "on_track"}]  # fmt: skip
    answer = program.post("/api/v1/actions/report-several/", {"rows": rows}, format="json")
    assert answer.status_code == 200
    assert [row["is_saved"] for row in answer.data] == [True, False, False]
    assert answer.data[1]["problem"] == answer.data[2]["problem"], "hidden answers like absent"
    assert Update.objects.get().action == mine
    # Who sees it and may not say it is told who may.
    program.force_authenticate(chamber.members[4])
    answer = program.post("/api/v1/actions/report-several/", {"rows": rows[:2]}, format="json")
    assert [row["is_saved"] for row in answer.data] == [False, False]
    assert "Fatima El Idrissi" in answer.data[0]["problem"]
    twice = program.post("/api/v1/actions/report-several/", {"rows": [rows[0], rows[0]]}, format="json")
    assert twice.status_code == 422


def test_done_is_never_said_in_bulk(town, chamber, now) -> None:
    (action,) = running(town, chamber, now, 1)
    owner = town.champions[town.claims.pk]
    row = several.Row(action.reference, {"health": "done"})
    (outcome,) = several.report(rows=[row], by=owner, now=now)
    assert (outcome.is_saved, outcome.field) == (False, "health")
    action.refresh_from_db()
    assert action.state == "accepted"


def test_statements_do_not_grow_with_rows(town, chamber, now) -> None:
    owner = town.champions[town.claims.pk]
    running(town, chamber, now, 2)
    counted = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows = list(reporting.owed_a_word(owner, now))
            assert reporting.reportable(rows, owner, now) == {row.pk for row in rows}
        counted.append(len(asked))
        running(town, chamber, now, 4)
    assert counted[0] == counted[1]
