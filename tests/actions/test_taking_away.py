"""What pages give away: exactly the rows that the page shows this reader, as CSV and as XLSX, harmless in both."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone, translation

from actions import urls as actions_urls
from actions.importing.spreadsheets import rows_of
from actions.models import ActionItem
from actions.queries import record, sheets
from actions.services import packs
from councils import urls as councils_urls
from councils.models import Council
from governance import urls as governance_urls
from governance.errors import Invalid
from governance.models import Person
from governance.sheets.tables import Column
from governance.sheets.workbooks import MEDIA_TYPE, Table
from governance.views import taking_away
from tests.access.world import SECRET, World, build
from tests.actions.spreadsheet_files import headings_of

pytestmark = pytest.mark.once

LIKE_A_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LIKE_A_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*|[A-Z]{3}")
"""A column of a CSV: a name of ours, or a currency."""

PAGES: dict[str, tuple[str, str]] = {
    "actions:theme-list": ("actions:theme", "theme"),
    "actions:feedback-list": ("actions:feedback", "number"),
    "actions:request-list": ("actions:request", "request"),
    "actions:outcome-list": ("actions:outcome", "action"),
    "actions:item-list": ("actions:item", "reference"),
    "actions:pilot-list": ("actions:pilot", "pilot"),
    "actions:not-acted": ("actions:not-acted", "reference"),
    "councils:decision-list": ("councils:decision", "decision"),
    "councils:meeting-list": ("councils:meeting", "meeting"),
    "councils:item-list": ("councils:item", "item"),
    "councils:envelope-list": ("councils:envelope", "envelope"),
}
"""The list, the two routes of its sheet, and the column that names a row."""


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def cells(rows: list[list[str]], name: str) -> list[str]:
    head, *others = rows
    return [row[head.index(name)] for row in others]


class Sheets(TestCase):
    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = build()

    def setUp(self) -> None:
        traveller = time_machine.travel(self.world.now + timedelta(days=60), tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def client_of(self, person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def both(self, client: Client, stem: str, query: str = "") -> tuple[list[list[str]], list[list[str]]]:
        """The file as CSV and as XLSX, rows of words; that one's under the names of the columns, too."""
        sheet = client.get(reverse(f"{stem}-sheet") + query)
        book = client.get(reverse(f"{stem}-workbook") + query)
        assert (sheet.status_code, book.status_code) == (200, 200), stem
        for answer, ending in ((sheet, ".csv"), (book, ".xlsx")):
            assert answer["Content-Disposition"].startswith("attachment;")
            assert ending in answer["Content-Disposition"]
            assert answer["Cache-Control"] == "no-store"
        as_csv, as_book = table_of(b"".join(sheet.streaming_content)), as_words(book.content)
        assert len(as_csv[0]) == len(as_book[0]), stem
        return as_csv, [as_csv[0], *as_book[1:]]

    def test_each_sheet_holds_the_rows_that_its_page_shows_this_reader(self) -> None:
        seen: dict[str, set[int]] = {name: set() for name in PAGES}
        for role in ("outsider", "champion", "head", "member", "cx_lead", "sponsor"):
            client = self.client_of(self.world.roles["open"][role])
            for name, (stem, column) in PAGES.items():
                page = client.get(reverse(name)).context["page"]
                assert page.paginator.num_pages <= 2, "the whole list is compared"
                rows = [one for number in page.paginator.page_range for one in page.paginator.page(number)]
                wanted = [key_of(one) for one in rows]
                as_csv, as_book = self.both(client, stem)
                assert cells(as_csv, column) == wanted, (role, name)
                assert [len(one) for one in as_csv] == [len(one) for one in as_book], (role, name)
                assert cells(as_book, column) == wanted, (role, name)
                seen[name].add(len(wanted))
                if role not in ("sponsor",):
                    assert SECRET not in str(as_csv), (role, name)
        assert all(len(sizes) > 1 for sizes in seen.values()), seen

    def test_a_sheet_is_narrowed_as_its_page_is(self) -> None:
        client = self.client_of(self.world.town.lead)
        for name, stem, column, query in (
            ("actions:request-list", "actions:request", "request", "?state=asked"),
            ("actions:theme-list", "actions:theme", "theme", "?words=status"),
            ("actions:item-list", "actions:item", "reference", "?state=open"),
            ("actions:outcome-list", "actions:outcome", "action", "?effect=worked"),
        ):
            page = client.get(reverse(name) + query).context["page"]
            as_csv, as_book = self.both(client, stem, query)
            assert cells(as_csv, column) == cells(as_book, column) == [key_of(one) for one in page], name
            assert page.paginator.count < client.get(reverse(name)).context["page"].paginator.count, name
            assert client.get(reverse(f"{stem}-sheet") + "?department=DEP-99999").status_code == 404

    def test_the_tables_of_review_and_debts_say_what_their_pages_say(self) -> None:
        for role in ("cx_lead", "champion", "outsider"):
            client = self.client_of(self.world.roles["open"][role])
            review = client.get(reverse("actions:review")).context["review"]
            as_csv, as_book = self.both(client, "actions:review")
            told = {row.reference: row.late for row in review.rows}
            if told:
                told[""] = review.total.late
            assert dict(zip(cells(as_csv, "reference"), map(int, cells(as_csv, "late")), strict=True)) == told, role
            assert cells(as_book, "late") == cells(as_csv, "late")
            matrix = client.get(reverse("actions:owes")).context["matrix"]
            as_csv, as_book = self.both(client, "actions:owes")
            assert sum(map(int, cells(as_csv, "open"))) == matrix.total.open, role
            assert len(as_csv) == len(as_book) == len(matrix.debts) + 1

    def test_what_is_too_few_to_tell_on_the_record_is_so_in_its_sheets(self) -> None:
        client = self.client_of(self.world.town.lead)
        rows = client.get(reverse("actions:record")).context["record"].rows
        hidden = [row.department.name for row in rows if row.figures is None]
        assert hidden, "there is somebody to protect"
        for table in self.both(client, "actions:record"):
            told = dict(zip(cells(table, "department"), cells(table, "kept"), strict=True))
            assert {told[name] for name in hidden} == {"too few to tell"}

    def test_every_workbook_is_headed_in_words_and_every_csv_by_names(self) -> None:
        """Of all that a page gives away: what a route of ours calls a workbook, and the CSV beside it."""
        client = self.client_of(self.world.town.lead)
        council = Council.objects.visible_to(self.world.town.lead, self.world.now).first()
        pack = packs.make(wanted=council, by=self.world.town.lead, now=timezone.now())
        about = {
            "actions:department-review-book": self.world.town.claims.reference,
            "actions:pack-sheets": pack.reference,
        }
        found = [*routes("-workbook"), *routes("-book"), *about]
        assert len(found) > 15
        for name in found:
            answer = client.get(reverse(name, args=[about[name]] if name in about else []))
            assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA_TYPE), name
            heads = headings_of(answer.content)
            assert any(heads), name
            for said in heads:
                assert [one for one in said if LIKE_A_CODE.fullmatch(one) or not one] == [], name
                assert len(set(said)) == len(said), (name, said)
        for name in routes("-sheet"):
            answer = client.get(reverse(name))
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            head = table_of(content)[0]
            assert [one for one in head if not LIKE_A_NAME.fullmatch(one)] == [], name

    def test_a_formula_is_words_in_both(self) -> None:
        ActionItem.objects.first().subject.__class__.objects.filter(
            pk=self.world.rooms["open"].running.pk
        ).update(title="=1+1")  # fmt: skip
        as_csv, as_book = self.both(self.client_of(self.world.town.lead), "actions:item")
        assert "'=1+1" in cells(as_csv, "title")
        assert "=1+1" in cells(as_book, "title"), "read as words: a formula would be read as its result, or not at all"


def routes(ending: str) -> list[str]:
    """Routes of our pages that are called so and are about no single thing."""
    return [
        f"{app}:{one.name}"
        for app, urls in (("governance", governance_urls), ("councils", councils_urls), ("actions", actions_urls))
        for one in urls.urlpatterns
        if str(one.name).endswith(ending) and "<" not in str(one.pattern)
    ]


def key_of(row: Any) -> str:
    for name in ("external_id", "reference"):
        if hasattr(row, name):
            return str(getattr(row, name))
    return str(row.subject.reference)


def as_words(content: bytes) -> list[list[str]]:
    rows = rows_of(io.BytesIO(content), 1_000_000)
    width = len(rows[0])
    return [[*row, *[""] * (width - len(row))] for row in rows]


def test_the_record_hides_in_its_sheet_what_it_hides_on_its_page() -> None:
    figures = record.Figures(counted=12, kept=9, renegotiated=1, short=1, missed=1, median_slip=2.5)
    department = type("Named", (), {"name": "Claims"})()
    other = type("Named", (), {"name": "Legal"})()
    found = record.RecordOfAll(
        [record.Row(department, figures, 3), record.Row(other, None, 1)], None, None, open=4, is_any_hidden=True
    )
    told = list(sheets.of_record(found).rows)
    assert (told[0]["kept"], told[0]["slip"], told[0]["open"]) == ("9", "2.5", "3")
    for row, name, running in ((told[1], "Legal", "1"), (told[2], "All departments", "4")):
        assert {row[key] for key in ("promises", "kept", "renegotiated", "short", "missed", "slip")} == {
            "too few to tell"
        }
        assert (row["department"], row["open"]) == (name, running)


def test_a_workbook_has_an_end_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_away, "MOST_ROWS", 2)
    rows = ({"n": str(number)} for number in range(3))
    with pytest.raises(Invalid, match="as CSV"):
        taking_away.taken_away(Table("n", "N", [Column("n", "N")], rows), "xlsx")
    rows = ({"n": str(number)} for number in range(3))
    answer = taking_away.taken_away(Table("n", "N", [Column("n", "N")], rows), "csv")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").split() == ['"n"', '"0"', '"1"', '"2"']


def test_rows_are_read_in_the_language_of_whoever_asked_also_when_the_request_is_over() -> None:
    rows = ({"n": translation.get_language()} for _number in range(2))
    with translation.override("zh-hans"):
        answer = taking_away.taken_away(Table("n", "N", [Column("n", "N")], rows), "csv")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").split() == ['"n"', '"zh-hans"', '"zh-hans"']
