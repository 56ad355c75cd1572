"""The funnel: every number found a second time from rows alone, and each opens exactly the list that it counts."""

import re
from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, Outcome, OutcomeVerdict, Response, Theme
from actions.queries import funnel as queries
from actions.queries.funnel import Stage, Step
from actions.queries.review import executive, moment, standing
from actions.queries.scope import EVERYTHING, Period, Scope
from actions.queries.weight import Weight
from actions.queries.weight import weight as weight_of
from councils.models import AgendaItem
from governance import access
from governance.models import Duty, Person, Subject
from governance.services import journeys
from governance.services.journeys import StepWish
from tests.actions.reading_files import take
from tests.actions.test_review import Chance, slow_figures
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=9, hours=8)


def funnel(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> list[Step]:
    at = moment(now)
    return list(queries.funnel(viewer, standing(viewer, at, scope), at, scope))


def weight(viewer: Person, now: datetime, scope: Scope = EVERYTHING) -> Weight:
    return weight_of(standing(viewer, moment(now), scope))


def seen(viewer: Person, rows) -> list:
    return [row for row in rows if access.may_see(viewer, row.pk, NOW)]


def slow(viewer: Person, days_back: int | None = 365) -> dict[str, tuple[int, int, int, int | None]]:
    """Each stage from rows: so far, of, waiting, and days since the oldest waits. What came so far is of a period."""
    first = (NOW - timedelta(days=days_back)).date() if days_back is not None else None
    begins = datetime.combine(first, time(), ZoneInfo("Europe/Amsterdam")) if first is not None else None

    def recent(moment: datetime) -> bool:
        return begins is None or moment >= begins

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

    every = [(one, figures) for one, figures in actions if "accepted" in figures]
    running = [(one, figures) for one, figures in every if one.state in ("accepted", "in_progress")]
    done = [one.done_at for one, _figures in every if one.state == "done"]
    accepted = [(one, figures) for one, figures in every if recent(one.accepted_at)]
    closed = [one for one, _figures in accepted if one.state in ("done", "verified", "as_is")]
    verified = [one for one, _figures in accepted if one.state == "verified"]
    unfunded = [one.accepted_at for one, figures in running if "unfunded" in figures]
    undated = [one.accepted_at for one, figures in running if "no_date" in figures]
    dated = [one.accepted_at for one, figures in running if "promised" in figures]
    unproven = [one.verified_at for one in verified if effect(one) is None]
    n = len(accepted)
    heard = [one for one in themes if recent(one.subject.created_at)]
    raised = [one for one in matters if recent(one.raised_at)]
    return {
        "heard": (len(heard), len(heard), 0, None),
        "answered": (sum(one.pk in answered for one in heard), len(heard), len(waits), days(waits)),
        "decided": (sum(one.state == "settled" for one in raised), len(raised), len(open_ones), days(open_ones)),
        "resourced": (
            n - sum(bool(f & {"unfunded", "never_funded"}) for _one, f in accepted),
            n,
            len(unfunded),
            days(unfunded),
        ),
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
    # Some of it is history: accepted, heard and raised before a quarter, and before a year.
    for model, name in ((ActionItem, "accepted_at"), (AgendaItem, "raised_at")):
        for number, one in enumerate(model.objects.exclude(**{name: None}).order_by("pk")):
            model.objects.filter(pk=one.pk).update(**{name: EPOCH - timedelta(days=(0, 200, 500)[number % 3])})
    for number, theme in enumerate(Theme.objects.order_by("pk")):
        at = EPOCH - timedelta(days=(0, 200, 500)[number % 3])
        Subject.objects.filter(pk=theme.pk).update(created_at=at)
    for number, action in enumerate(ActionItem.objects.filter(state="verified").order_by("pk")):
        if number % 3:
            outcome = Outcome.objects.create(action=action, number=1, because="w", by=made.town.lead, at=EPOCH)
            OutcomeVerdict.objects.create(
                outcome=outcome, action=action, verification=action.verifications.filter(finding="confirmed").last(),
                effect=["worked", "not"][number % 2], words="w", by=made.town.lead, at=EPOCH,
            )  # fmt: skip
    return made


def test_every_number_is_found_a_second_time_for_everybody_who_may_look_and_for_every_period(world):
    for viewer in [world.town.lead, world.town.sponsor, *world.town.champions.values()]:
        for period, days in ((Period.QUARTER, 91), (Period.YEAR, 365), (Period.ALL, None)):
            told = {
                str(step.stage): (step.passed, step.of, step.waiting, step.days if step.waiting else None)
                for step in funnel(viewer, NOW, Scope(period=period))
            }
            assert told == slow(viewer, days)
    quarter, all_time = slow(world.town.lead, 91), slow(world.town.lead, None)
    assert all(all_time[stage][0] for stage in ("heard", "resourced", "promised", "done", "verified", "worked"))
    assert all(quarter[stage][1] < all_time[stage][1] for stage in ("heard", "resourced", "done", "verified"))


@pytest.mark.once
def test_each_number_opens_exactly_what_it_counts(world, client_for, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = client_for(world.town.lead)
    ActionItem.objects.filter(pk=ActionItem.objects.filter(state="done").order_by("pk").first().pk).update(
        state="as_is", accepted_at=EPOCH
    )
    asked = 0
    for period in Period:
        for step in funnel(world.town.lead, NOW, Scope(period=period)):
            told = ((step.passed_url, step.passed), (step.waiting_url, step.waiting), (step.as_is_url, step.as_is))
            for url, n in told:
                if not url or not n:
                    continue
                page = client.get(url).context["page"]
                assert page.paginator.count == n, (step.stage, url)
                asked += 1
            assert step.stage != Stage.DONE or step.as_is
    assert asked > 2 * len(Stage)


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
    assert len(many) == len(few) <= 7  # three of them ask which day it is where


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
        wanted = [one for one in ActionItem.objects.all() if is_in(one, scope) and "open" in slow_figures(one, NOW)]
        assert told.total.open == len(wanted)
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
