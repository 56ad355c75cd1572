"""Real organisations, where their files are present: chart, map and search hold all of it, for the same price."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from councils.models import Council, Membership
from councils.queries.accountability import accountability, forest_of_councils
from governance import access
from governance.drawing import hang, size
from governance.models import Department, Person
from governance.queries.search import search
from tests.actions.reading_files import sample
from tests.factories import Town
from tests.real_organisations import Built, kubernetes, rust

pytestmark = pytest.mark.django_db

PAGES = (
    "/coverage/", "/accountability/", "/accountability.svg",
    "/search/?q=a1", "/search/?q=team", "/seats/", "/people/", "/departments/",
    "/councils/", "/api/v1/accountability/", "/api/v1/coverage/", "/api/v1/search/?q=team",
)  # fmt: skip


OF_GROUPS = [page.replace("a1", "api").replace("team", "sig") for page in PAGES]


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.once
def test_two_hundred_teams_stand_in_chart_map_and_search_for_the_price_of_twenty(town: Town, client_for) -> None:
    teams = rust(sample("rust-council") / "teams")
    assert len(teams) == 217
    client = client_for(town.lead)
    few = [team for team in teams if team.is_department or not team.above][:20]
    built = Built(town)
    built.add(few)
    before = {address: cost(client, address) for address in PAGES}
    built.add(team for team in teams if team not in few)
    after = {address: cost(client, address) for address in PAGES}
    assert {page: (before[page], after[page]) for page in PAGES if after[page] > before[page]} == {}
    assert access.differences() == []
    chart = accountability(town.lead, town.now)
    assert sum(size(leaf) for leaf in forest_of_councils(chart)) == len(chart.bodies) == 217
    assert len(hang(forest_of_councils(chart)).boxes) == 217
    busiest = Person.objects.filter(name="Mark-Simulacrum").get()
    hit = search("mark-simul", town.lead, town.now)[0:5][0]
    assert (hit.title, bool(hit.note)) == (busiest.name, True)
    named = {name for team in teams for name in (*team.leads, *team.members)}
    assert search("team", town.lead, town.now, kind="council").count() == 217
    assert Person.objects.filter(name__in=named).count() == len(named)


@pytest.mark.once
def test_interest_groups_stand_below_their_committee_with_their_chairs(town: Town, client_for) -> None:
    groups = kubernetes(sample("k8s-governance"))
    client, built = client_for(town.lead), Built(town)
    few = [group for group in groups if group.key == "steering" or group.is_department][:6]
    built.add(few)
    before = {address: cost(client, address) for address in OF_GROUPS}
    built.add(group for group in groups if group not in few)
    after = {address: cost(client, address) for address in OF_GROUPS}
    assert {page: (before[page], after[page]) for page in OF_GROUPS if after[page] > before[page]} == {}
    chart = accountability(town.lead, town.now)
    (root,) = forest_of_councils(chart)
    assert (root.title, size(root)) == ("Steering Committee", len(groups))
    assert Council.objects.filter(parent__name="Steering Committee").count() >= 24
    assert Department.objects.filter(code__startswith="SIG-").count() == 24
    assert Membership.objects.count() >= sum(len({*group.leads, *group.members}) for group in groups)
    page = client_for(town.lead).get("/accountability/").content.decode()
    assert "SIG API Machinery" in page
    assert "Chair: David Eads" in page
    assert "SIG API Machinery" in client_for(town.lead).get("/search/?q=api machinery").content.decode()
