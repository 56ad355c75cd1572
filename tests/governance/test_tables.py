"""Lists that go out as files: what the page shows, in both forms, narrowed as it is."""

import csv
import io
from datetime import timedelta

import pytest

from councils.models import Council
from governance.models import Better, Champion, Unit
from governance.services import journeys, metrics
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

LISTS = [
    "coverage", "metrics", "goals", "journeys", "executive-sponsors", "champions", "charters", "councils", "delegated",
    "review/packs", "action-logs", "feedback-sources", "routing-rules", "pilots/places",
]  # fmt: skip


def rows(client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_every_list_goes_out_in_both_forms_and_nobody_on_the_way_keeps_it(town: Town, client_for) -> None:
    client = client_for(town.lead)
    for base in [*LISTS, "people", "departments", "seats"]:
        sheet = f"/{base}/sheet/" if base in ("people", "departments", "seats") else f"/{base}/sheet.csv"
        for address, begins in ((sheet, b"\xef\xbb\xbf"), (f"/{base}/sheet.xlsx", b"PK")):
            answer = client.get(address)
            assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store"), address
            assert answer.getvalue().startswith(begins), address
            assert "attachment" in answer["Content-Disposition"]


def test_each_has_a_row_for_what_its_page_lists(town: Town, client_for) -> None:
    seat, now = town.champion_seats[town.claims.pk], town.now
    chamber = Chamber(town, name="CX Council", size=5)
    steps = [journeys.StepWish(title="Report it", seat=seat), journeys.StepWish(title="Wait")]
    journey = journeys.draw(title="Claim", seat=seat, steps=steps, by=town.lead, now=now)
    metric = metrics.define(
        title="Days", seat=seat, unit=Unit.SCORE, scale=1, better=Better.DOWN, by=town.lead, now=now
    )
    today = now.date()
    metrics.observe(metric=metric, on=today, value=714, by=town.lead, now=now)
    metrics.set_goal(metric=metric, title="Sooner", seat=seat, baseline=714, target=500,
                     due_on=today + timedelta(days=90), by=town.lead, now=now)  # fmt: skip
    client = client_for(town.lead)
    assert [(one["name"], one["seat"], one["who"]) for one in rows(client, "/journeys/sheet.csv")] == [
        ("Report it", seat.title, town.champions[town.claims.pk].name),
        ("Wait", "", ""),
    ]
    assert [(one["title"], one["value"], one["on"]) for one in rows(client, "/metrics/sheet.csv")] == [
        ("Days", "71.4", today.isoformat())
    ]
    (goal,) = rows(client, "/goals/sheet.csv")
    assert (goal["baseline"], goal["value"], goal["target"], goal["state"]) == ("71.4", "71.4", "50.0", "under way")
    councils = rows(client, "/councils/sheet.csv")
    assert [(one["council"], one["seats"]) for one in councils] == [(chamber.council.reference, "5")]
    assert rows(client, "/councils/sheet.csv?kind=squad") == []
    assert client.get("/councils/sheet.csv?kind=club").status_code == 404, "no sheet is of everything instead"
    assert len(rows(client, "/champions/sheet.csv")) == Champion.objects.count()
    covered = rows(client, "/coverage/sheet.csv")
    shown = client.get("/coverage/").context["map"]
    assert sum(one["stands"] == "never founded" for one in covered) == shown.missing
    assert sum(one["stands"] == "nobody was ever named" for one in covered) == shown.unnamed == 1
    assert {one["place"] for one in covered} >= {town.claims.name, "CX Council", journey.title}


def test_what_may_not_be_seen_is_in_no_file(town: Town, client_for) -> None:
    hidden = Chamber(town, name="Secret", size=3, confidential=True).council
    assert Council.objects.get() == hidden
    client = client_for(town.champions[town.claims.pk])
    for base in LISTS:
        text = client.get(f"/{base}/sheet.csv").getvalue().decode()
        assert hidden.reference not in text, base
        assert "Secret" not in text, base
    for name in ("delegated/sheet.csv?council=", "delegated/sheet.xlsx?council="):
        assert client.get(f"/{name}{hidden.reference}").status_code == 404
        assert client.get(f"/{name}COU-9999").status_code == 404


def test_the_list_of_seats_is_no_file_of_everything(town: Town, client_for) -> None:
    client = client_for(town.lead)
    heads = rows(client, f"/seats/sheet/?kind=head&department={town.claims.reference}")
    assert [one["kind"] for one in heads] == ["head"]
    for address in (
        "/seats/sheet/?department=DEP-9999",
        "/seats/sheet.xlsx?kind=throne",
        "/people/sheet.xlsx?left=half",
    ):
        assert client.get(address).status_code == 404, address
    assert client_for(town.champions[town.claims.pk]).get("/people/sheet.xlsx").status_code == 403
