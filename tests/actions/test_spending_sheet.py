"""Spending from a sheet: each row as if typed by its sender, all or none; what went out comes back unposted."""

import pytest

from actions.queries import spending as queries
from actions.services import spending_sheet as sheet
from councils.models import Posting, Spending
from governance.errors import Absent, Invalid
from governance.sheets.tables import from_text, written
from tests.actions.test_spending import EUROS, Funded
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Funded:
    return Funded()


def rows(room: Funded, *lines: str):
    return from_text("\n".join(line.replace("ACT,", f"{room.work.reference},") for line in lines), sheet.COLUMNS).rows


def test_a_look_tells_each_rows_fault_and_stores_nothing(room: Funded) -> None:
    given = rows(
        room,
        "ACT,2026-11-02,600.00,Texts,4410,INV-1",
        "ACT,2026-11-02,1,Again,4410,INV-1",
        "ACT,2026-11-02,500,Beyond,,INV-2",
        "ACT,2 November,1,Day,,",
        "ACT,2026-11-02,one,Amount,,",
        "ACT-99999,2026-11-02,1,Unknown,,",
    )
    before = Posting.objects.count()
    judged = sheet.look(rows=given, by=room.owner, now=EPOCH)
    expected = ("", "“INV-1” was posted", "Only €400.00", "Write a day", "Write an amount", "There is no such")
    for one, begins in zip(judged, expected, strict=True):
        assert one.fault.startswith(begins)
        assert bool(one.fault) == bool(begins)
    assert not Spending.objects.exists()
    with pytest.raises(Invalid, match="Row 2: “INV-1” was posted already") as refused:
        sheet.take_in(rows=given, by=room.owner, now=EPOCH)
    assert refused.value.facts["row"] == 2
    assert Posting.objects.count() == before
    with pytest.raises(Absent):
        sheet.take_in(rows=given[:1], by=room.town.champions[room.town.digital.pk], now=EPOCH)


def test_what_goes_out_comes_back_and_is_not_posted_twice(room: Funded) -> None:
    given = rows(room, "ACT,2026-11-02,600.50,=Texts,4410,INV-1", "ACT,2026-11-02,399.50,Calls,,INV-2")
    sheet.take_in(rows=given, by=room.owner, now=EPOCH)
    assert room.line().spent == 1_000 * EUROS
    back = from_text(written(sheet.COLUMNS, queries.rows(room.clerk, EPOCH)), sheet.COLUMNS).rows
    assert {row.cells["what"] for row in back} == {"=Texts", "Calls"}
    assert all("posted already" in one.fault for one in sheet.look(rows=back, by=room.clerk, now=EPOCH))


def test_the_page_shows_first_and_posts_then_and_the_api_does_all_or_none(room: Funded, client, api_for) -> None:
    client.force_login(room.owner)
    pasted = f"{room.work.reference},2026-11-02,10.00,Texts,4410,INV-1"
    looked = client.post("/spending/several/", {"pasted": pasted, "deed": "look"})
    assert "Post all of it" in looked.text
    assert not Spending.objects.exists()
    faulty = client.post("/spending/several/", {"pasted": f"{pasted}\n{pasted}", "deed": "take"})
    assert faulty.status_code == 422
    assert "Row 2" in faulty.text
    assert not Spending.objects.exists()
    assert client.post("/spending/several/", {"pasted": pasted, "deed": "take"}).status_code == 302
    assert Spending.objects.get().amount == 10 * EUROS
    assert "INV-1" in client.get("/spending/sheet/").content.decode()
    row = {"action": room.work.reference, "on": "2026-11-02", "amount": "5", "what": "Calls"}
    owner = api_for(room.owner)
    assert owner.post("/api/v1/spending/batch/", {"rows": [row, row | {"amount": "5,000"}]}).status_code == 409
    assert Spending.objects.count() == 1
    made = owner.post("/api/v1/spending/batch/", {"rows": [row, row]})
    assert (made.status_code, len(made.json())) == (201, 2)
