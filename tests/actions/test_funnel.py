"""The funnel: every number found a second time from rows alone, and each opens exactly the list that it counts."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, Outcome, OutcomeVerdict, Response, Theme
from actions.queries.funnel import Stage, funnel
from actions.queries.review import executive
from actions.queries.scope import Scope
from actions.queries.weight import weight
from councils.models import AgendaItem
from governance import access
from governance.models import Duty, Person
from governance.services import journeys
from governance.services.journeys import StepWish
from tests.actions.reading_files import take
from tests.actions.test_review import Chance, slow_figures
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=9, hours=8)


def seen(viewer: Person, rows) -> list:
    return [row for row in rows if access.may_see(viewer, row.pk, NOW)]


def slow(viewer: Person) -> dict[str, tuple[int, int, int, int | None]]:
    """Each stage from rows: so far, of, waiting, and days since the oldest waits."""
    themes = [one for one in seen(viewer, Theme.objects.all()) if one.merged_into_id is None]
    owed = {
        d.subject_id: d.opened_at for d in Duty.objects.filter(kind="answer", closed_at=None).order_by("-opened_at")
    }
    answered = {one.theme_id for one in Response.objects.all()}
    waits = [owed[one.pk] for one in themes if one.pk in owed]
    matters = [one for one in seen(viewer, AgendaItem.objects.all()) if one.state != "withdrawn"]
    open_ones = [one.raised_at for one in matters if one.state == "open"]
    actions = [(one, slow_figures(one, NOW)) for one in seen(viewer, ActionItem.objects.all())]
    judged = {one.verification_id: one.effect for one in OutcomeVerdict.objects.all()}

    def effect(action: ActionItem) -> str | None:
        standing = action.verifications.filter(at=action.verified_at).order_by("pk").last()
        return judged.get(standing.pk) if standing is not None else None

    def days(moments: list) -> int | None:
        return (NOW - min(moments)).days if moments else None

    accepted = [(one, figures) for one, figures in actions if "accepted" in figures]
    running = [(one, figures) for one, figures in accepted if one.state in ("accepted", "in_progress")]
    closed = [one for one, _figures in accepted if one.state in ("done", "verified", "as_is")]
    verified = [one for one, _figures in accepted if one.state == "verified"]
    unfunded = [one.accepted_at for one, figures in running if "unfunded" in figures]
    undated = [one.accepted_at for one, figures in running if "no_date" in figures]
    dated = [one.accepted_at for one, figures in running if "promised" in figures]
    done = [one.done_at for one in closed if one.state == "done"]
    unproven = [one.verified_at for one in verified if effect(one) is None]
    n = len(accepted)
    return {
        "heard": (len(themes), len(themes), 0, None),
        "answered": (sum(one.pk in answered for one in themes), len(themes), len(waits), days(waits)),
        "decided": (sum(one.state == "settled" for one in matters), len(matters), len(open_ones), days(open_ones)),
        "resourced": (n - sum("unfunded" in f for _one, f in accepted), n, len(unfunded), days(unfunded)),
        "promised": (sum("promised" in f for _one, f in accepted), n, len(undated), days(undated)),
        "done": (len(closed), n, len(dated), days(dated)),
        "verified": (len(verified), len(closed), len(done), days(done)),
        "worked": (sum(effect(one) == "worked" for one in verified), len(verified), len(unproven), days(unproven)),
    }


@pytest.fixture
def world():
    made = Chance(11)
    take(EPOCH)
    for _number in range(20):
        made.one()
    for number, action in enumerate(ActionItem.objects.filter(state="verified").order_by("pk")):
        if number % 3:
            outcome = Outcome.objects.create(action=action, number=1, because="w", by=made.town.lead, at=EPOCH)
            OutcomeVerdict.objects.create(
                outcome=outcome, action=action, verification=action.verifications.filter(finding="confirmed").last(),
                effect=["worked", "not"][number % 2], words="w", by=made.town.lead, at=EPOCH,
            )  # fmt: skip
    return made


def test_every_number_is_found_a_second_time_for_everybody_who_may_look(world):
    for viewer in [world.town.lead, world.town.sponsor, *world.town.champions.values()]:
        told = {
            str(step.stage): (step.passed, step.of, step.waiting, step.days if step.waiting else None)
            for step in funnel(viewer, NOW)
        }
        assert told == slow(viewer)
    lead = slow(world.town.lead)
    assert all(lead[stage][0] for stage in ("heard", "resourced", "promised", "done", "verified", "worked"))


@pytest.mark.once
def test_each_number_opens_exactly_what_it_counts(world, client_for, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = client_for(world.town.lead)
    asked = 0
    for step in funnel(world.town.lead, NOW):
        for url, n in ((step.passed_url, step.passed), (step.waiting_url, step.waiting)):
            if not url or not n:
                continue
            page = client.get(url).context["page"]
            assert page.paginator.count == n, (step.stage, url)
            asked += 1
    assert asked > len(Stage)


@pytest.mark.once
def test_the_page_shows_it_and_its_statements_do_not_grow(world, client_for, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = client_for(world.town.lead)
    page = client.get("/review/").text
    assert re.search(r"From heard to worked.*Resourced.*Worked", page, re.DOTALL)
    with CaptureQueriesContext(connection) as few:
        funnel(world.town.lead, NOW)
    for _number in range(12):
        world.one()
    with CaptureQueriesContext(connection) as many:
        funnel(world.town.lead, NOW)
    assert len(many) == len(few) <= 12


@pytest.mark.once
def test_narrowed_every_number_opens_the_list_that_is_narrowed_the_same(world, client_for, time_machine):
    time_machine.move_to(NOW, tick=False)
    town = world.town
    client = client_for(town.lead)
    journey = journeys.draw(title="Claiming", steps=[StepWish(title="Report it")], by=town.lead, now=NOW)
    step = journey.steps.get()
    ActionItem.objects.filter(pk__in=list(ActionItem.objects.values_list("pk", flat=True)[:9])).update(step=step)
    scopes = (
        Scope(within=town.digital), Scope(council=world.council), Scope(sponsor=town.sponsor_seat),
        Scope(journey=journey), Scope(within=town.digital, council=world.council, journey=journey),
    )  # fmt: skip
    for scope in scopes:
        asked = 0
        for step in funnel(town.lead, NOW, scope):
            for url, n in ((step.passed_url, step.passed), (step.waiting_url, step.waiting)):
                page = client.get(url).context["page"]
                assert page.paginator.count == n, (scope, url)
                asked += n
        told = executive(town.lead, NOW, scope)
        wanted = [one for one in ActionItem.objects.all() if is_in(one, scope) and "accepted" in slow_figures(one, NOW)]
        assert told.total.accepted == len(wanted)
        assert asked or not wanted
        text = client.get("/review/", scope.address()).text
        assert all(f"{name}={reference}" in text for name, reference in scope.address().items())


def is_in(action: ActionItem, scope: Scope) -> bool:
    above = action.department
    while scope.within is not None and above is not None and above.pk != scope.within.pk:
        above = above.parent
    sponsor = action.sponsor_id or action.council.sponsor_id
    return (
        above is not None
        and (scope.council is None or action.council_id == scope.council.pk)
        and (scope.sponsor is None or sponsor == scope.sponsor.pk)
        and (scope.journey is None or (action.step is not None and action.step.journey_id == scope.journey.pk))
    )


def test_where_open_promises_rest_is_found_a_second_time(world):
    town = world.town
    for viewer in (town.lead, town.champions[town.claims.pk]):
        for scope in (Scope(), Scope(within=town.digital)):
            running = [
                one
                for one in seen(viewer, ActionItem.objects.all())
                if one.state in ("accepted", "in_progress") and one.promised is not None and is_in(one, scope)
            ]
            counts = Counter(one.department.name for one in running)
            told = weight(viewer, NOW, scope)
            assert told.whole == len(running)
            assert told.rests == max(counts.values(), default=0)
            assert not told.rests or counts[told.department] == told.rests
            assert told.on_team == sum(one.seat.kind in ("cx_lead", "core_team") for one in running)
