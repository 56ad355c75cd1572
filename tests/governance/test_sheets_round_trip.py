"""What goes out as a sheet comes back the same: to the sign, whatever the names; and only what was changed changes."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from governance.models import Department, Person, Seat, SeatKind, Subject
from governance.queries import sheets as queries
from governance.services import departments, people
from governance.sheets import tables
from governance.sheets.departments import COLUMNS as OF_DEPARTMENTS
from governance.sheets.judging import Outcome
from governance.sheets.people import COLUMNS as OF_PEOPLE
from tests.factories import Town

ODD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.sampled_from(
        ["=1+1", "'=1", "''=x", "+4", "-", "@SUM(A1)", "\t=", "陳穎怡", 'a "b", c', "a\nb", "a\r\nb;c", "＝1"]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ODD, ODD, ODD), max_size=6))
def test_whatever_is_written_is_read_again(cells: list[tuple[str, str, str]]) -> None:
    rows = [{"name": name, "email": f"x{email}", "seat": seat} for name, email, seat in cells]
    sent = tables.written(OF_PEOPLE, rows)
    if rows:
        table = tables.from_bytes(sent.encode(), OF_PEOPLE)
        assert [{name: cell for name, cell in row.cells.items() if cell} for row in table.rows] == [
            {name: cell for name, cell in row.items() if cell} for row in rows
        ]
    for record in csv.reader(io.StringIO(sent.removeprefix("\ufeff"), newline="")):
        assert not any(cell[:1] in tuple("=+-@\t\r") for cell in record if cell), "no cell runs in a spreadsheet"


NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip),
    st.sampled_from(["=HYPERLINK(1)", "'=x", "-", "@me", 'O"Neil, "Jo"', "two\nlines", "陳穎怡", "a;b\tc"]),
)


class RoundTrip(TestCase):
    """Export and import of odd names, through the database."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.town = Town()

    @settings(max_examples=15, deadline=None)
    @given(st.lists(NAMES, min_size=1, max_size=4, unique_by=tables.folded))
    def test_an_untouched_file_changes_nothing(self, names: list[str]) -> None:
        town = self.town
        for number, name in enumerate(names):
            Person.objects.update_or_create(email=f"odd{number}@x.example", defaults={"name": name.strip()})
            departments.create(code=f"odd{number}{name}"[:40].strip(), name=name.strip(), by=None, now=town.now)
        sent = tables.written(OF_PEOPLE, queries.people_rows(town.lead, town.now))
        plan = queries.judge_people(tables.from_bytes(sent.encode(), OF_PEOPLE).rows, town.lead, town.now)
        assert {line.outcome for line in plan.lines} == {Outcome.SAME}, [line for line in plan.lines if line.faults]
        assert len(plan.lines) == Person.objects.count()
        sent = tables.written(OF_DEPARTMENTS, queries.department_rows(town.lead, town.now))
        plan = queries.judge_departments(tables.from_bytes(sent.encode(), OF_DEPARTMENTS).rows, town.lead, town.now)
        assert {line.outcome for line in plan.lines} == {Outcome.SAME}, [line for line in plan.lines if line.faults]
        assert len(plan.lines) == Department.objects.count()


def tree() -> dict[str, str]:
    return {one.code: one.parent.code if one.parent else "" for one in Department.objects.select_related("parent")}


def rows(text: str) -> list[tables.Row]:
    return tables.from_text(text, OF_DEPARTMENTS).rows


@pytest.mark.django_db
class TestDepartments:
    def test_a_tree_is_pasted_in_any_order_and_only_once(self, town: Town, client_for) -> None:
        pasted = "MOT;Motor claims;Accident\nACC;Accident;CLM\nNL;Netherlands;;country\n;Home care;acc\n"
        client = client_for(town.lead)
        looked = client.post("/departments/several/", {"pasted": pasted})
        assert "4 will be added" in looked.text
        sent = {"rows": looked.context["rows"], "deed": "take"}
        assert client.post("/departments/several/", sent).status_code == 302
        found = tree()
        assert (found["MOT"], found["ACC"], found["NL"]) == ("ACC", "CLM", "ORG")
        home = Department.objects.select_related("subject", "parent").get(name="Home care")
        assert (home.code, home.parent.code, home.subject.title) == ("HOME", "ACC", "Home care")
        assert Department.objects.get(code="NL").kind == "country"
        assert len(set(Subject.objects.values_list("reference", flat=True))) == Subject.objects.count()
        client.post("/departments/several/", sent)
        assert tree() == found

    def test_a_changed_cell_is_the_one_thing_that_changes(self, town: Town) -> None:
        sent = tables.written(OF_DEPARTMENTS, queries.department_rows(town.lead, town.now))
        sent = sent.replace('"Claims","ORG"', '"Claims & care","DIG"')
        plan = queries.judge_departments(tables.from_text(sent, OF_DEPARTMENTS).rows, town.lead, town.now)
        assert [(line.said("code"), {one.column for one in line.changes}) for line in plan.of(Outcome.CHANGED)] == [
            ("CLM", {"name", "parent"})
        ]
        departments.take_in(rows=tables.from_text(sent, OF_DEPARTMENTS).rows, by=town.lead, now=town.now)
        claims = Department.objects.select_related("subject").get(code="CLM")
        assert (claims.title, tree()["CLM"], claims.version) == ("Claims & care", "DIG", town.claims.version + 1)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("A, Alpha, B\nB, Beta, A", "below itself"),
            ("CLM, Claims, MOT\nMOT, Motor, CLM", "below itself"),
            ("A, Alpha, Nowhere", "There is no department"),
            ("A, Alpha\nA, Again", "Line 1 has this code"),
            ("A, Alpha, , planet", "Write one of function"),
            ("ORG, Harbourline Mutual, CLM", "lies below nothing"),
            ("A,", "Write the department"),
        ],
    )
    def test_each_fault_names_its_remedy(self, town: Town, text: str, says: str) -> None:
        plan = queries.judge_departments(rows(text), town.lead, town.now)
        assert says in " ".join(fault.says for line in plan.lines for fault in line.faults)

    def test_what_hangs_on_a_row_that_is_left_out_is_left_out_too(self, town: Town) -> None:
        sent = rows("A, Alpha, Nowhere\nB, Beta, A\nC, Gamma")
        departments.take_in(rows=sent, by=town.lead, now=town.now, leave_out=True)
        assert {"A", "B", "C"} & set(tree()) == {"C"}

    def test_whoever_may_not_place_departments_gets_no_sheet_in_but_the_list_out(self, town: Town, client_for) -> None:
        client = client_for(town.champions[town.claims.pk])
        assert client.post("/departments/several/", {"pasted": "A, Alpha"}).status_code == 403
        assert "Claims" in client.get("/departments/sheet/").getvalue().decode()
        assert client.get("/people/sheet/").status_code == 403

    def test_over_the_api_the_sheet_goes_out_and_comes_back(self, town: Town, api_for) -> None:
        api = api_for(town.lead)
        sheet = api.get("/api/v1/departments/sheet/")
        assert sheet["Content-Type"].startswith("text/csv")
        answer = api.post("/api/v1/departments/batch/", {"csv": sheet.text}).json()
        assert (answer["added"], answer["changed"], answer["same"]) == (0, 0, Department.objects.count())
        bad = api.post("/api/v1/departments/batch/", {"rows": [{"name": "A"}, {"name": "B", "parent": "?"}]})
        assert [error["pointer"] for error in bad.json()["errors"]] == ["/rows/1/parent"]


@pytest.mark.django_db
def test_the_list_of_people_is_taken_away_as_it_is_narrowed(town: Town, client_for) -> None:
    client = client_for(town.lead)
    assert client.get("/people/sheet/?search=joel").getvalue().decode().count("@") == 1
    town.seat(SeatKind.HEAD, town.department("NEW", "=cmd()"), town.person("=1+1"), title="-2")
    sheet = client.get("/people/sheet/").getvalue().decode()
    assert '"\'=1+1"' in sheet
    plan = people.take_in(rows=tables.from_text(sheet, OF_PEOPLE).rows, by=town.lead, now=town.now)
    assert (plan.added, plan.changed, plan.problems) == (0, 0, [])
    assert Seat.objects.filter(subject__title="-2").count() == 1


def test_no_part_of_a_cell_is_a_formula_where_another_sign_separates_cells() -> None:
    """Spreadsheets of many countries separate by semicolon: there one cell of ours is several."""
    said = 'Shop,"Slow";=1+cmd|x;  +2\t@home; fine - really'
    guarded = tables.neutral(said)
    for separator in ";\t":
        assert not [part for part in guarded.split(separator) if part.strip(' "')[:1] in tuple("=+-@")]
    assert tables.restored(guarded) == said
    assert tables.restored(tables.neutral(guarded)) == guarded
