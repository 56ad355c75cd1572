"""Many people at once: a sheet is looked at, mended and taken in, and taken in again does nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import DepartmentGrant, JournalEntry, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries import sheets as queries
from governance.services import people
from governance.sheets import tables
from governance.sheets.judging import Outcome
from governance.sheets.people import COLUMNS
from tests.factories import Town

pytestmark = pytest.mark.django_db
PAGE = "/people/several/"
PASTED = """Name\tE-mail\tDepartment\tSeat\tTime zone\tLanguage
Li Wei\tLi.Wei@harbourline.example\tCLM\tClaims adjuster\tAsia/Shanghai\tzh-hans
Anna Berg\tanna.berg@harbourline.example\tDigital & App\tfinance partner\t\t
Priya Raman\tpriya.raman@harbourline.example\t\t\t\t
"""


def rows(text: str) -> list[tables.Row]:
    return tables.from_text(text, COLUMNS).rows


def counts() -> list[int]:
    return [model.objects.count() for model in (Person, Seat, Tenure, JournalEntry)]


def sits(email: str) -> set[tuple[str, str]]:
    held = Tenure.objects.filter(person__email=email, until_at=None, role=TenureRole.HOLDER)
    return {(tenure.seat.kind, tenure.seat.department.code) for tenure in held.select_related("seat__department")}


def test_pasted_rows_are_looked_at_and_then_taken_in_once(town: Town, client_for) -> None:
    client = client_for(town.lead)
    looked = client.post(PAGE, {"pasted": PASTED, "deed": "look"})
    assert looked.status_code == 200
    assert "2 will be added" in looked.text
    assert "known already" in looked.text
    assert not Person.objects.filter(email="li.wei@harbourline.example").exists(), "looking does nothing"
    carried = looked.context["rows"]
    assert client.post(PAGE, {"rows": carried, "deed": "take"}).status_code == 302
    li = Person.objects.get(email="li.wei@harbourline.example")
    assert (li.name, li.zone, li.language, li.has_usable_password()) == ("Li Wei", "Asia/Shanghai", "zh-hans", False)
    assert sits(li.email) == {(SeatKind.OTHER, "CLM")}
    assert sits("anna.berg@harbourline.example") == {(SeatKind.FINANCE_PARTNER, "DIG")}
    anna = Person.objects.get(email="anna.berg@harbourline.example")
    assert anna.zone == "Europe/Amsterdam", "the organisation's own"
    entry = JournalEntry.objects.get(event="governance.people.taken_in")
    assert (entry.facts["added"], entry.facts["changed"]) == (2, 0)
    before = counts()
    again = client.post(PAGE, {"rows": carried, "deed": "take"}, follow=True)
    assert "known already" in again.text
    assert counts() == before


def test_a_wrong_row_says_what_would_help_and_is_mended_in_place(town: Town, client_for) -> None:
    client = client_for(town.lead)
    looked = client.post(PAGE, {"pasted": "Li Wei; li.wei(at)harbourline.example\nBo; bo@harbourline.example\n"})
    assert "Write an e-mail address like li@example.org" in looked.text
    assert 'name="cell-1-email"' in looked.text
    refused = client.post(PAGE, {"rows": looked.context["rows"], "deed": "take"})
    assert refused.status_code == 422
    assert not Person.objects.filter(email="bo@harbourline.example").exists(), "all or nothing"
    sent = {"rows": refused.context["rows"], "cell-1-email": "li.wei@harbourline.example", "cell-1-name": "Li Wei"}
    assert client.post(PAGE, {**sent, "deed": "take"}).status_code == 302
    assert Person.objects.filter(email__in=["li.wei@harbourline.example", "bo@harbourline.example"]).count() == 2


def test_rows_in_order_may_go_ahead_of_those_that_are_not(town: Town, client_for) -> None:
    client = client_for(town.lead)
    looked = client.post(PAGE, {"pasted": "Li Wei; nowhere\nBo; bo@harbourline.example\n"})
    left = client.post(PAGE, {"rows": looked.context["rows"], "deed": "take_rest"})
    assert left.status_code == 200
    assert "1 is added" in left.text
    assert 'value="nowhere"' in left.text, "nothing that was typed is lost"
    assert Person.objects.filter(email="bo@harbourline.example").exists()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Li, li@x.example, Nowhere, head", "There is no department"),
        ("Li, li@x.example, CLM, head", "Joel Brandt holds"),
        ("Li, li@x.example, CLM, secretary", "A council fills its own seats"),
        ("Li, li@x.example, , , Mars/Olympus", "Write a time zone"),
        ("Li, li@x.example, , , , tlh", "Write one of en"),
        (", li@x.example", "Write the person"),
        ("Li, li@x.example, , , , , extra", "This row has 7 cells"),
        ("Priya Raman, priya.raman@harbourline.example, , sponsor", "Nobody seats themselves as a sponsor"),
    ],
)
def test_each_fault_names_its_remedy(town: Town, row: str, says: str) -> None:
    plan = queries.judge_people(rows(row), town.lead, town.now)
    assert [line.outcome for line in plan.lines] == [Outcome.PROBLEM]
    assert says in " ".join(fault.says for fault in plan.lines[0].faults)


def test_one_address_or_one_seat_cannot_be_two_peoples(town: Town) -> None:
    plan = queries.judge_people(rows("Li, li@x.example\nLi Wei, LI@x.example"), town.lead, town.now)
    assert [line.outcome for line in plan.lines] == [Outcome.NEW, Outcome.PROBLEM]
    assert "Line 1 has this address" in plan.lines[1].faults[0].says
    town.department("NEW", "New")
    both = queries.judge_people(rows("Li, li@x.example, NEW, head\nBo, bo@x.example, NEW, head"), town.lead, town.now)
    assert [line.outcome for line in both.lines] == [Outcome.NEW, Outcome.PROBLEM]


def test_a_sheet_changes_what_it_says_and_nothing_else(town: Town) -> None:
    sent = rows("e-mail,zone\njoel.brandt@harbourline.example,Asia/Tokyo\n")
    plan = people.take_in(rows=sent, by=town.lead, now=town.now)
    assert [(change.column, change.was, change.becomes) for change in plan.lines[0].changes] == [
        ("zone", "Europe/Amsterdam", "Asia/Tokyo")
    ]
    joel = Person.objects.get(email="joel.brandt@harbourline.example")
    assert (joel.name, joel.zone) == ("Joel Brandt", "Asia/Tokyo")


def test_no_sheet_changes_an_address_nor_brings_back_who_left(town: Town) -> None:
    people.end_access(person=town.sponsor, by=town.lead, now=town.now)
    joel = Person.objects.get(email="joel.brandt@harbourline.example")
    text = f"id,name,email\n{joel.pk},Joel Brandt,mine@x.example\n,Ingrid Solheim,{town.sponsor.email}\n"
    plan = queries.judge_people(rows(text), town.lead, town.now)
    assert [line.outcome for line in plan.lines] == [Outcome.PROBLEM, Outcome.PROBLEM]


def test_a_sheet_costs_the_same_for_two_people_and_for_two_hundred(town: Town) -> None:
    def cost(many: int, word: str) -> int:
        text = "\n".join(f"{word} {number}, {word}{number}@x.example" for number in range(many))
        with CaptureQueriesContext(connection) as asked:
            plan = people.take_in(rows=rows(text), by=town.lead, now=town.now)
        assert plan.added == many
        return len(asked)

    cost(2, "warm")
    assert cost(200, "many") - cost(2, "few") <= 4, "rows go in batches of what one statement can hold"


def test_whoever_comes_in_by_a_sheet_may_do_what_the_seat_may(town: Town) -> None:
    town.department("NEW", "New")
    people.take_in(rows=rows("Li, li@x.example, NEW, head"), by=town.lead, now=town.now)
    grants = DepartmentGrant.objects.filter(user__email="li@x.example", permission__codename="lead_department")
    assert {grant.content_object.code for grant in grants.select_related("content_object")} == {"NEW"}


def test_a_file_in_another_encoding_is_read_when_it_is_named(town: Town, client_for) -> None:
    client = client_for(town.lead)
    content = "姓名,邮箱\n陈颖怡,chen@x.example\n".encode("gb18030")
    unknown = client.post(PAGE, {"file": SimpleUploadedFile("people.csv", content)})
    assert unknown.status_code == 422
    assert "Say below which encoding" in unknown.text
    looked = client.post(PAGE, {"file": SimpleUploadedFile("people.csv", content), "encoding": "gb18030"})
    assert "陈颖怡" in looked.text


def test_the_form_asks_for_rows_and_refuses_what_was_not_ours(town: Town, client_for) -> None:
    client = client_for(town.lead)
    assert client.post(PAGE, {"pasted": "  "}).status_code == 422
    for forged in ("", "[]x", '{"a": 1}', "[[1, {}]]", '[["1", {"name": 2}, ""]]', "[" * 100_000, '[[1, "x", ""]]'):
        assert client.post(PAGE, {"rows": forged, "deed": "take"}).status_code == 422, forged[:20]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"pasted": "x" * 140_000 + "\nBo,bo@x.example"}, "Line 1 cannot be read"),
        ({"file": b"name,email\nB\0o,bo@x.example\n"}, "Line 2 holds what cannot be stored"),
        ({"rows": r'[[1, {"name": "B\u0000o", "email": "bo@x.example"}, ""]]'}, "Row 1 holds what cannot be stored"),
        ({"rows": r'[[1, {"name": "\ud800", "email": "bo@x.example"}, ""]]'}, "Row 1 holds what cannot be stored"),
        ({"rows": r'[[1, {"name": "Bo"}, "\ud800"]]'}, "Row 1 holds what cannot be stored"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words(town: Town, client_for, sent: dict[str, Any], says: str) -> None:
    sent = {name: SimpleUploadedFile("people.csv", said) if name == "file" else said for name, said in sent.items()}
    answer = client_for(town.lead).post(PAGE, sent)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_over_the_api_a_batch_is_previewed_done_and_pointed_at(town: Town, api_for) -> None:
    api, path = api_for(town.lead), reverse("api-person-batch")
    sent = [{"name": "Li Wei", "email": "li@x.example", "department": "CLM", "seat": "Adjuster"}, {"name": "Bo"}]
    looked = api.post(path, {"rows": sent, "preview": True}).json()
    assert (looked["added"], looked["problems"]) == (1, 1)
    refused = api.post(path, {"rows": sent})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/rows/1/email"]
    assert not Person.objects.filter(email="li@x.example").exists()
    assert api.post(path, {"rows": sent, "leave_out": True}).json()["added"] == 1
    assert api.post(path, {"rows": sent[:1]}).json()["same"] == 1
    assert api.post(path, {"rows": [{"phone": "1"}]}).status_code == 422
    assert api.post(path, {"csv": "name,email\nBo,bo@x.example\n"}).json()["added"] == 1
    assert api_for(town.heads[town.claims.pk]).post(path, {"rows": sent}).status_code == 403
