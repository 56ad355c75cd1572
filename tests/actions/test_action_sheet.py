"""A sheet of actions goes out and comes back: what differs is said, as its sender may say it, and nothing else is."""

import csv
import io

import pytest

from actions.importing import action_sheet
from actions.models import ActionItem, Promise, Update
from actions.queries import action_sheet as queries
from actions.services import action_sheet as sheets
from actions.services import items
from councils.models import AgendaItem
from councils.services import books
from governance.models import JournalEntry
from governance.sheets.judging import Outcome, Unfit
from governance.sheets.tables import Row, from_text, written
from tests.actions.test_action_lists import work
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="CX Council", size=5)


@pytest.fixture
def works(town: Town, chamber: Chamber) -> list[ActionItem]:
    return [
        work(town, chamber, "Text the claimant", due=20, health="at_risk"),
        work(town, chamber, "Call the claimant", health="on_track"),
        work(town, chamber, "Shorten the letter", department=town.legal, due=9, health="on_track"),
    ]


def exported(town: Town, viewer=None) -> list[dict[str, str]]:
    found = ActionItem.objects.visible_to(viewer or town.lead, town.now).order_by("pk")
    return list(queries.rows(found, viewer or town.lead, town.now))


def rows_of(*rows: dict[str, str]) -> list[Row]:
    return [Row(number, row) for number, row in enumerate(rows, start=2)]


def changed(row: dict[str, str], **cells: str) -> dict[str, str]:
    return {**row, **cells}


def take(town: Town, *rows: dict[str, str], by=None, **options):
    return sheets.take_in(rows=rows_of(*rows), by=by or town.champions[town.claims.pk], now=town.now, **options)


def test_a_sheet_that_comes_back_as_it_went_out_changes_nothing(town: Town, works) -> None:
    before = JournalEntry.objects.count(), list(ActionItem.objects.order_by("pk").values())
    text = written(action_sheet.COLUMNS, exported(town))
    again = from_text(text, action_sheet.COLUMNS)
    assert (len(again.rows), again.unknown) == (3, [])
    for viewer in (town.lead, town.champions[town.claims.pk], town.champions[town.legal.pk]):
        rows = from_text(written(action_sheet.COLUMNS, exported(town, viewer)), action_sheet.COLUMNS).rows
        plan = sheets.take_in(rows=rows, by=viewer, now=town.now)
        assert {line.outcome for line in plan.lines} == {Outcome.SAME}
    assert before == (JournalEntry.objects.count(), list(ActionItem.objects.order_by("pk").values()))


def test_only_cells_that_differ_change_anything(town: Town, works) -> None:
    first, second, _third = exported(town)
    plan = take(town, changed(first, health="off track", progress="40", line="The vendor is silent"), second)
    assert [(line.outcome, len(line.changes)) for line in plan.lines] == [(Outcome.CHANGED, 3), (Outcome.SAME, 0)]
    said = Update.objects.filter(action=works[0]).latest("pk")
    assert (said.health, said.progress, said.line) == ("off_track", 40, "The vendor is silent")
    assert said.by == town.champions[town.claims.pk]
    assert Update.objects.filter(action=works[1]).count() == 1, "what did not differ was not said again"


def test_a_day_is_promised_where_there_is_none_and_asked_for_where_there_is_one(town: Town, works) -> None:
    first, second, _third = exported(town)
    take(town, changed(first, promised="2026-12-20", reason="The vendor"), changed(second, promised="2026-11-30"))
    assert ActionItem.objects.get(pk=works[1].pk).promised.isoformat() == "2026-11-30"
    asked = AgendaItem.objects.get(about=works[0].subject)
    assert (asked.proposal["due_on"], asked.proposal["reason"]) == ("2026-12-20", "The vendor")
    assert Promise.objects.filter(action=works[0]).count() == 1, "a date is never overwritten"


def test_a_later_day_is_told_as_asked_for_and_never_as_changed(town: Town, works, client_for, api_for) -> None:
    first, second, _third = exported(town)
    owner = town.champions[town.claims.pk]
    asks = changed(first, promised="2026-12-20", reason="The vendor")
    both = {**asks, "health": "off track"}
    look = queries.judge(rows_of(asks, changed(second, promised="2026-11-30")), owner, town.now)
    assert [line.outcome for line in look.lines] == [Outcome.ASKED, Outcome.CHANGED]
    assert (look.changed, look.asked, look.ready) == (1, 1, 2)
    mixed = queries.judge(rows_of(both), owner, town.now)
    assert (mixed.changed, mixed.asked, mixed.ready) == (1, 1, 1)
    client = client_for(owner)
    sent = f"reference,promised,reason\n{first['reference']},2026-12-20,The vendor\n"
    page = client.post("/actions/several/", {"pasted": sent, "deed": "look"})
    text = " ".join(page.text.split())
    assert f"{first['promised']} <ins> asks for 2026-12-20 </ins>" in text
    assert "will change" not in text.lower()
    assert "One asks for a day" in text
    told = api_for(owner).post("/api/v1/actions/batch/", {"csv": sent, "preview": True}, format="json").data
    assert (told["changed"], told["asked"], told["lines"][0]["outcome"]) == (0, 1, "asked")
    assert [one["asks"] for one in told["lines"][0]["changes"]] == [True]
    done = client.post("/actions/several/", {"rows": page.context["rows"], "deed": "take"}, follow=True).text
    assert "1 is asked for." in done
    assert ActionItem.objects.get(pk=works[0].pk).promised.isoformat() == first["promised"]


def test_words_and_codes_of_health_and_money_as_a_spreadsheet_writes_it_come_back(town: Town, works, chamber) -> None:
    envelope = books.grant(council=chamber.council, amount=500_000, by=town.sponsor, now=town.now)
    books.allocate(envelope=envelope, subject=works[0].subject, amount=399_900, by=None, now=town.now)
    first, *_rest = exported(town)
    assert (first["health"], first["allocated"], first["currency"]) == ("at risk", "3999.00", "EUR")
    for cells in ({}, {"health": "at_risk"}, {"allocated": "3999"}, {"allocated": "3999,00"}):
        assert queries.judge(rows_of(changed(first, **cells)), town.lead, town.now).same == 1, cells
    for wrong in ("399900", "3999.01", "much"):
        [line] = queries.judge(rows_of(changed(first, allocated=wrong)), town.lead, town.now).lines
        assert [fault.column for fault in line.faults] == ["allocated"]


def test_a_sheet_names_no_council_that_its_reader_may_not_see(town: Town, works) -> None:
    (row, *_others) = exported(town)
    assert row["council"] == "CX Council"
    (row, *_others) = exported(town, town.champions[town.claims.pk])
    assert (row["title"], row["council"]) == ("Text the claimant", "")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"reference": "ACT-9999"}, "reference"),
        ({"health": "splendid"}, "health"),
        ({"progress": "101"}, "progress"),
        ({"progress": "-1"}, "progress"),
        ({"version": "one", "health": "off_track"}, "version"),
        ({"promised": "31.12.2026"}, "promised"),
        ({"promised": "2026-11-03", "reason": "x"}, "promised"),
        ({"promised": "2026-12-31"}, "reason"),
        ({"line": "x" * 501}, "line"),
        ({"title": "Another title"}, "title"),
        ({"state": "verified"}, "state"),
        ({"allocated": "99999"}, "allocated"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_done(town: Town, works, cells, column: str) -> None:
    first, second, _third = exported(town)
    before = list(ActionItem.objects.order_by("pk").values())
    with pytest.raises(Unfit) as unfit:
        take(town, changed(first, **cells), changed(second, health="off_track"))
    (line,) = unfit.value.plan.problems
    assert (line.number, [fault.column for fault in line.faults]) == (2, [column])
    assert before == list(ActionItem.objects.order_by("pk").values())


def test_a_stale_row_is_refused_with_both_versions_and_the_rest_can_be_taken(town: Town, works) -> None:
    first, second, _third = exported(town)
    owner = town.champions[town.claims.pk]
    items.report(action=works[0], health="on_track", line="Good now", by=owner, now=town.now)
    sent = [changed(first, health="off_track"), changed(second, health="at_risk")]
    with pytest.raises(Unfit) as unfit:
        take(town, *sent)
    (fault,) = unfit.value.plan.problems[0].faults
    assert fault.column == "version"
    assert "off track" in fault.says
    assert "on track" in fault.says
    assert f"version {works[0].version}" in fault.says
    plan = take(town, *sent, leave_out=True)
    assert (plan.changed, len(plan.problems)) == (1, 1)
    assert [ActionItem.objects.get(pk=one.pk).health for one in works[:2]] == ["on_track", "at_risk"]


def test_a_row_without_a_version_is_said_of_what_stands(town: Town, works) -> None:
    first, *_rest = exported(town)
    take(town, {"reference": first["reference"].lower(), "health": "on_track"})
    assert ActionItem.objects.get(pk=works[0].pk).health == "on_track"


def test_who_may_not_say_it_on_the_page_may_not_say_it_by_a_sheet(town: Town, works, chamber) -> None:
    rows = exported(town)
    for who in (town.lead, chamber.chair, town.sponsor):
        with pytest.raises(Unfit) as unfit:
            take(town, changed(rows[0], health="off_track"), by=who)
        assert "champion" in unfit.value.plan.problems[0].faults[0].says
    with pytest.raises(Unfit) as unseen:
        take(town, changed(rows[2], health="off_track"))
    assert [fault.column for fault in unseen.value.plan.problems[0].faults] == ["reference"], "hidden is absent"
    assert {one.health for one in ActionItem.objects.all()} == {"at_risk", "on_track"}


def test_no_sheet_says_done_or_verified(town: Town, works) -> None:
    first, *_rest = exported(town)
    for state in ("done", "verified", "cancelled"):
        with pytest.raises(Unfit):
            take(town, changed(first, state=state, health="on_track"))
    assert ActionItem.objects.get(pk=works[0].pk).state == "in_progress"


def test_two_rows_about_one_action_are_one_too_many(town: Town, works) -> None:
    first, *_rest = exported(town)
    with pytest.raises(Unfit) as unfit:
        take(town, changed(first, health="off_track"), changed(first, health="on_track"))
    assert [line.number for line in unfit.value.plan.problems] == [3]


def test_the_page_looks_before_it_does(town: Town, works, client_for) -> None:
    client = client_for(town.champions[town.claims.pk])
    out = b"".join(client.get("/actions/sheet/").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(out)))
    sheet = "reference,version,health\n" + "\n".join(f"{row['reference']},{row['version']},off_track" for row in rows)
    look = client.post("/actions/several/", {"pasted": sheet, "deed": "look"})
    assert (look.status_code, look.context["plan"].changed) == (200, 2)
    assert {one.health for one in ActionItem.objects.filter(department=town.claims)} == {"at_risk", "on_track"}
    done = client.post("/actions/several/", {"rows": look.context["rows"], "deed": "take"})
    assert done.headers["Location"] == "/actions/"
    assert {one.health for one in ActionItem.objects.filter(department=town.claims)} == {"off_track"}
    again = client.post("/actions/several/", {"rows": look.context["rows"], "deed": "take"})
    assert again.status_code in (302, 422)


def test_the_api_takes_the_sheet_back(town: Town, works, api_for) -> None:
    api = api_for(town.champions[town.claims.pk])
    text = b"".join(api.get("/api/v1/actions/sheet/").streaming_content).decode()
    same = api.post("/api/v1/actions/batch/", {"csv": text, "preview": True}, format="json")
    assert (same.status_code, same.data["same"], same.data["changed"]) == (200, 2, 0)
    wrong = api.post(
        "/api/v1/actions/batch/", {"rows": [{"reference": works[0].reference, "health": "odd"}]}, format="json"
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/rows/0/health")
    done = api.post(
        "/api/v1/actions/batch/", {"rows": [{"reference": works[0].reference, "health": "off_track"}]}, format="json"
    )
    assert (done.status_code, done.data["changed"]) == (200, 1)
