"""Organisations as they are, through a converter: their people and departments come in whole, and only once.

Set SAMPLE_DATA_DIR to the folder of the sample data; without it these tests are skipped and say so.
"""

import re
import tomllib
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Department, Person, Seat
from governance.services import departments, people
from governance.sheets import tables
from governance.sheets.departments import COLUMNS as OF_DEPARTMENTS
from governance.sheets.people import COLUMNS as OF_PEOPLE
from tests.actions.reading_files import sample
from tests.factories import Town

pytestmark = pytest.mark.django_db

_NAME = re.compile(r"^\s*name: (?P<name>.+)$", re.M)


def pasted(rows: list[list[str]]) -> str:
    """As a spreadsheet copies them: tabs between the cells."""
    return "\n".join("\t".join(row) for row in rows)


def teams(folder: Path) -> dict[str, dict]:
    return {path.stem: tomllib.loads(path.read_text()) for path in sorted((folder / "teams").glob("*.toml"))}


def test_every_team_of_a_large_project_becomes_a_department_below_its_own(town: Town) -> None:
    known = teams(sample("rust-council"))
    rows = [["Code", "Name", "Below"]]
    rows += [[key[:40], team["name"], team.get("subteam-of", "")[:40]] for key, team in known.items()]
    sent = tables.from_text(pasted(rows), OF_DEPARTMENTS).rows
    with CaptureQueriesContext(connection) as asked:
        plan = departments.take_in(rows=sent, by=town.lead, now=town.now)
    assert plan.added == len(known) > 150
    assert len(asked) < 60, "a few statements, however many teams"
    tree = {one.code: one.parent.code for one in Department.objects.select_related("parent") if one.parent}
    for key, team in known.items():
        assert tree[key[:40]] == (team.get("subteam-of") or "ORG")[:40]
    assert departments.take_in(rows=sent, by=town.lead, now=town.now).same == len(known)


def test_the_members_of_every_team_come_in_once_however_many_teams_name_them(town: Town) -> None:
    known = teams(sample("rust-council"))
    named = {
        one if isinstance(one, str) else one["github"]
        for team in known.values()
        for one in [*team["people"].get("members", []), *team["people"].get("leads", [])]
    }
    rows = [[name, f"{name}@rust.example"] for name in sorted(named, key=str.casefold)]
    sent = tables.from_text(pasted(rows), OF_PEOPLE).rows
    plan = people.take_in(rows=sent, by=town.lead, now=town.now)
    assert plan.added == len(named) > 200
    assert people.take_in(rows=sent, by=town.lead, now=town.now).same == len(named)


def test_the_chairs_of_special_interest_groups_sit_where_they_lead(town: Town) -> None:
    text = (sample("k8s-governance") / "sigs.yaml").read_text()
    groups = re.split(r"^  - dir: ", text, flags=re.M)[1:]
    tree, leaders = [["code", "name"]], [["name", "email", "department", "seat"]]
    for group in groups:
        code = group.split("\n", 1)[0].strip()
        name = _NAME.search(group)
        assert name is not None
        tree.append([code, name["name"].strip('"')])
        chairs = group.partition("chairs:")[2].partition("tech_leads:")[0].partition("meetings:")[0]
        for place, one in enumerate(re.split(r"- github: ", chairs)[1:]):
            handle, found = one.split("\n", 1)[0].strip(), _NAME.search(one)
            word = "head" if place == 0 else f"Co-chair {place + 1}"
            leaders.append([found["name"] if found else handle, f"{handle}@k8s.example", code, word])
    sheet = tables.from_text(pasted(tree), OF_DEPARTMENTS).rows
    assert departments.take_in(rows=sheet, by=town.lead, now=town.now).added == len(tree) - 1 > 20
    seen, rows = set(), [leaders[0]]
    for row in leaders[1:]:  # somebody who leads two groups has two rows, and a sheet of people one
        if row[1] not in seen:
            seen.add(row[1])
            rows.append(row)
    sent = tables.from_text(pasted(rows), OF_PEOPLE).rows
    plan = people.take_in(rows=sent, by=town.lead, now=town.now)
    assert plan.added == len(rows) - 1 > 30
    assert Person.objects.filter(email__endswith="@k8s.example").count() == plan.added
    assert Seat.objects.filter(kind="head", department__code="sig-api-machinery").count() == 1
    assert people.take_in(rows=sent, by=town.lead, now=town.now).same == plan.added
