"""One department in review: everything on its page found a second time from rows, for several viewers, alone and with
those below it; and each number opens its list."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, Benefit, Outcome, OutcomeVerdict, Request, Theme, Verification
from actions.queries.departments import Place, department_review
from actions.queries.late import late_promises
from actions.queries.scope import Scope
from actions.services import help as helping
from actions.services import items, requests
from governance import access
from governance.models import Department, Duty, HelpRequest, JourneyStep, Person, SeatKind, SubjectKind, Tenure
from governance.services import helping as answers
from governance.services import journeys, seats, subjects
from governance.services.journeys import StepWish
from tests.actions.test_resourcing import Slow, Treasury, assert_told, below, slim, told_of
from tests.actions.test_review import slow_figures
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=1)
LATER = EPOCH + timedelta(days=25)
"""When promises and requests have become late."""


class Whole(Treasury):
    """The treasury's year, and what departments ask one another, who helps, which steps they answer for."""

    def year(self) -> None:
        super().year()
        for _number in range(3):
            self.act(self.quiet)
        town = self.town
        owners = {seat.pk: seat.tenures.get().person for seat in [*self.seats[True], *self.seats[False]]}
        for _number in range(12):
            asking, asked = self.chance.sample(self.seats[True], 2)
            made = requests.ask(
                title="Need", to=asked, seat=asking, asked_for=date(2026, 11, self.chance.randint(4, 28)),
                by=owners[asking.pk], now=EPOCH + timedelta(hours=self.chance.randint(0, 20)),
            )  # fmt: skip
            if self.chance.random() < 0.5:
                made = requests.agree(request=made, promised_on=made.asked_for, by=owners[asked.pk], now=NOW)
                if self.chance.random() < 0.5:
                    requests.deliver(request=made, by=owners[asked.pk], now=NOW)
        running = [one for one in ActionItem.objects.all() if one.state == "accepted"]
        for number, action in enumerate(running):
            owner = owners[action.seat_id]
            asked = self.quiet.memberships[0].seat if action.council_id == self.quiet.council.pk else town.sponsor_seat
            if owner.pk == self.quiet.chair.pk:
                asked = town.sponsor_seat
            made = helping.ask(action=action, asked=asked, words="Help", by=owner, now=NOW)
            if number % 3 or action.council_id == self.quiet.council.pk:
                answers.answer(
                    request=made, answer=["helped", "not_now"][number % 2], said="So.", by=town.sponsor,
                    now=NOW + timedelta(minutes=number),
                )  # fmt: skip
        for action in running[:4]:
            items.block(action=action, reason="r", by=owners[action.seat_id], now=NOW)
        vacant = town.seat(SeatKind.OTHER, town.digital, town.person("Gone Soon"), title="Vacant")
        journeys.draw(
            title="Claiming",
            steps=[StepWish("Report", town.champion_seats[town.claims.pk]), StepWish("Nobody"),
                   StepWish("Wait", vacant), StepWish("App", self.seats[True][-1])],
            by=town.lead, now=EPOCH,
        )  # fmt: skip
        seats.leave(seat=vacant, by=None, now=NOW)
        self.judge()

    def judge(self) -> None:
        effects = ["worked", "partly", "not", "cannot_tell"]
        for number, action in enumerate(ActionItem.objects.filter(state="verified").order_by("pk")):
            if number % 3 == 2:
                continue
            made = Outcome.objects.create(action=action, number=1, because="w", by=self.town.lead, at=EPOCH)
            if number % 3 == 1:
                continue
            said = Verification.objects.create(
                action=action, finding="confirmed", by=self.town.sponsor, at=action.verified_at, note="n"
            )
            OutcomeVerdict.objects.create(
                outcome=made, action=action, verification=said, effect=self.chance.choice(effects), words="w",
                by=self.town.lead, at=EPOCH,
            )  # fmt: skip


@pytest.fixture
def world() -> Whole:
    made = Whole(4)
    made.year()
    return made


def may_see(viewer: Person, pk: int) -> bool:
    """Asked once of each thing: nothing that is compared changes who sees what."""
    told = viewer.__dict__.setdefault("sees_later", {})
    if pk not in told:
        told[pk] = access.may_see(viewer, pk, LATER)
    return bool(told[pk])


def compare(viewer: Person, place: Place) -> None:
    """Everything on the page against rows alone."""
    found = department_review(viewer, LATER, place, shown=None)
    keys = below(place.department) if place.with_below else {place.department.pk}

    def seen(model) -> list:
        return [one for one in model.objects.all() if may_see(viewer, one.pk)]

    actions = [one for one in seen(ActionItem) if one.department_id in keys]
    figures = [(one, slow_figures(one, LATER)) for one in actions]
    expected = Counter(figure for _one, each in figures for figure in each)
    expected["promised"] = sum("promised" in each for one, each in figures if one.state in ("accepted", "in_progress"))
    assert found.open == expected["open"]
    assert {str(one.figure): one.value for one in found.counts} == {
        str(one.figure): expected[one.figure] for one in found.counts
    }
    late = sorted((one.promised, one.pk) for one, each in figures if "late" in each)
    assert [(one.action.promised, one.action.pk) for one in found.late.listed] == late

    open_duties = {
        duty.subject_id: duty
        for duty in Duty.objects.filter(closed_at=None).exclude(kind__in=["respond", "approve_date"])
    }
    for side, mine in ((found.owes, True), (found.is_owed, False)):
        rows = []
        for request in seen(Request):
            if request.closed_at is not None:
                continue
            debtor = open_duties[request.pk].seat.department_id
            ends = {request.from_department_id, request.to_department_id}
            creditor = next(iter(ends - {debtor}), debtor)
            if (debtor if mine else creditor) in keys:
                rows.append((request.asked_on, request.pk, open_duties[request.pk]))
        rows.sort(key=lambda row: row[:2])
        assert [one.request.pk for one in side.listed] == [row[1] for row in rows]
        assert side.open == len(rows)
        assert side.overdue == sum(row[2].due_on < LATER.date() for row in rows)
        assert [one.is_overdue for one in side.listed] == [row[2].due_on < LATER.date() for row in rows]
        assert side.unanswered == sum(row[2].kind in ("answer_request", "weigh") for row in rows)
    both = [
        one for one in seen(Request)
        if one.closed_at is None and one.from_department_id in keys and one.to_department_id in keys
    ]  # fmt: skip
    assert found.between == len(both)

    steps = [
        step for step in seen(JourneyStep)
        if step.position and step.seat is not None and step.seat.department_id in keys
    ]  # fmt: skip
    assert {one.step.pk for one in found.steps} == {step.pk for step in steps}
    sits = {one.seat_id for one in Tenure.objects.all() if one.until_at is None or one.until_at > LATER}
    assert found.holes == sum(step.seat_id not in sits for step in steps)

    scope = Scope(within=place.department) if place.with_below else Scope(department=place.department)
    amounts = {(measure.unit, measure.currency): told_of(flow) for measure, flow in found.given.items()}
    total: dict[tuple[str, str], Counter[str]] = {}
    for (_department, unit, currency), told in Slow(viewer, scope).by_department().items():
        total.setdefault((unit, currency), Counter()).update(told)
    assert amounts == {measure: slim(told) for measure, told in total.items() if slim(told)}

    answered = [
        one for one in HelpRequest.objects.all()
        if one.answered_at is not None
        and one.duty.seat.department_id in keys
        and all(may_see(viewer, pk) for pk in (one.duty.subject_id, one.duty.seat_id, one.asked_id))
    ]  # fmt: skip
    assert [one.pk for one in found.help] == [
        one.pk for one in sorted(answered, key=lambda one: (one.answered_at, one.pk), reverse=True)
    ]
    assert found.helped == len(answered)

    verified = [one for one in actions if one.state == "verified"]
    groups: Counter[str] = Counter(all=len(verified))
    for action in verified:
        verdict = OutcomeVerdict.objects.filter(action=action).last()
        fixed = Outcome.objects.filter(action=action).last()
        groups[verdict.effect if verdict else "not_fixed" if fixed is None else "no_kpi"] += 1
    assert +Counter(found.effects) == +groups
    for one in found.moved:
        gains: Counter[str] = Counter()
        for benefit in Benefit.objects.filter(action=one.action):
            if benefit.kind in ("cashable", "revenue") and not hasattr(benefit, "corrected_by"):
                gains[benefit.currency] += benefit.amount
        assert {code: amount for code, amount in one.benefit.items() if amount} == dict(+gains)
    assert {one.action.pk for one in found.moved} == {one.pk for one in verified}


def test_everything_is_found_a_second_time_for_everybody_alone_and_with_those_below(world: Whole) -> None:
    town = world.town
    for viewer in (town.lead, world.quiet.chair, town.champions[town.claims.pk], town.heads[town.digital.pk]):
        for department in Department.objects.all():
            for with_below in (False, True):
                compare(viewer, Place(department, with_below=with_below))
    whole = department_review(town.sponsor, LATER, Place(town.root, with_below=True))
    assert whole.owes.overdue
    assert whole.helped
    assert whole.holes == 1
    assert whole.between == whole.owes.open == whole.is_owed.open, "all ask one another"
    assert whole.of("late")


def test_a_confidential_councils_work_help_and_money_are_there_for_those_alone_who_belong_to_it(world: Whole) -> None:
    audit = Place(Department.objects.get(code="AUD"))
    hidden = department_review(world.quiet.chair, LATER, audit)
    assert hidden.open
    assert hidden.given
    assert hidden.helped
    for viewer in (world.town.lead, world.town.heads[world.town.claims.pk], world.open.chair):
        told = department_review(viewer, LATER, audit)
        assert (told.open, told.given, told.help, told.moved, told.back) == (0, {}, [], [], [])
        for place in (Place(world.town.claims, with_below=True), Place(world.town.root, with_below=True)):
            seen = department_review(viewer, LATER, place, shown=None)
            assert not {one.action.council_id for one in seen.moved} & {world.quiet.council.pk}


@pytest.mark.once
def test_each_number_opens_the_list_that_it_counts(world: Whole, client_for, time_machine) -> None:
    time_machine.move_to(LATER, tick=False)
    town, asked = world.town, 0
    for viewer, looks in ((town.lead, [(town.digital, "?below=1")]), (world.quiet.chair, [(town.claims, "?below=1")]),
                          (town.sponsor, [(town.digital, "")])):  # fmt: skip
        client = client_for(viewer)
        for department, query in looks:
            page = client.get(f"/review/departments/{department.reference}/{query}").context
            for figure in (*page["figures"], *page["effects"]):
                listed = client.get(figure["url"]).context["page"]
                assert listed.paginator.count == figure["value"], figure
                asked += bool(figure["value"])
            for name in ("owes", "is_owed"):
                side = page[name]["side"]
                for figure, url in page[name]["urls"].items():
                    assert client.get(url).context["page"].paginator.count == getattr(side, figure)
            assert client.get(page["between_url"]).context["page"].paginator.count == page["found"].between
            for one in page["given"]:
                url = next(cell["url"] for cell in one["cells"] if cell["name"] == "planned")
                assert_told(client.get(url).context["given"][one["measure"]], one["cells"])
    assert asked > 15


@pytest.mark.once
def test_sheets_and_api_say_what_the_page_says(world: Whole, client_for, api_for, time_machine) -> None:
    time_machine.move_to(LATER, tick=False)
    for viewer in (world.town.lead, world.quiet.chair):
        client = client_for(viewer)
        for query in ("", "?below=1"):
            address = f"/review/departments/{world.town.claims.reference}/"
            page = client.get(f"{address}{query}").context["found"]
            api = api_for(viewer).get(f"/api/v1/departments/{world.town.claims.reference}/review/{query}").data
            assert [(one["figure"], one["value"]) for one in api["figures"]] == [
                (one.figure, one.value) for one in page.counts
            ]
            assert [one["action"] for one in api["late"]] == [one.action.reference for one in page.late.listed]
            assert [one["request"] for one in api["owes"]["listed"]] == [
                one.request.reference for one in page.owes.listed
            ]
            assert {(one["unit"], one["currency"]): one["spent"] for one in api["given"]} == {
                (measure.unit, measure.currency): flow.spent for measure, flow in page.given.items()
            }
            assert [one["id"] for one in api["help"]] == [one.pk for one in page.help]
            assert api["effects"] == page.effects
            assert [one["action"] for one in api["moved"]] == [one.action.reference for one in page.moved]

            def sheet(name: str, address: str = address, query: str = query, client=client) -> list[dict[str, str]]:
                asked = f"{address}sheet/{query}{'&' if query else '?'}table={name}"
                return list(csv.DictReader(io.StringIO(client.get(asked).content.decode("utf-8-sig"))))

            assert [(one["figure"], int(one["value"])) for one in sheet("figures")] == [
                (one.figure, one.value) for one in page.counts
            ]
            assert len(sheet("late")) == page.of("late")
            assert len(sheet("owes")) == page.owes.open
            assert len(sheet("is_owed")) == page.is_owed.open
            assert len(sheet("help")) == page.helped
            assert len(sheet("steps")) == len(page.steps)
            assert len(sheet("given")) == len(page.given)
            assert len(sheet("moved")) == page.effects["all"]
            assert client.get(f"{address}book/{query}").content[:2] == b"PK"
            assert client.get(f"{address}sheet/?table=kept").status_code == 404


@pytest.mark.once
def test_the_page_says_what_it_found_and_nothing_about_kept_promises(world: Whole, client_for, time_machine) -> None:
    time_machine.move_to(LATER, tick=False)
    page = client_for(world.town.lead).get(f"/review/departments/{world.town.digital.reference}/?below=1").text
    assert "of them late, the longest since" in page
    assert "Nobody sits in the seat that answers for 1 of its journey steps." in page
    assert "/promise-record/" in page
    missing = client_for(world.town.lead).get("/review/departments/DEP-9999/")
    assert missing.status_code == 404


@pytest.mark.once
def test_the_statements_do_not_grow_with_rows(world: Whole) -> None:
    late = late_promises(world.town.sponsor, LATER).listed[0].action
    said = subjects.create(SubjectKind.THEME, title="Said", now=EPOCH, audience=[late.department_id])
    ActionItem.objects.filter(pk=late.pk).update(theme=Theme.objects.create(subject=said, name="Said"))
    # With every statement that the page may ask: somebody may go on saying what a late promise was made for.
    assert any(one.since is not None for one in late_promises(world.town.sponsor, LATER).listed)
    place = Place(world.town.root, with_below=True)
    with CaptureQueriesContext(connection) as few:
        department_review(world.town.sponsor, LATER, place)
    for _number in range(8):
        world.pay(world.act(world.open), world.envelopes[0])
        world.verify(world.act(world.open))
    with CaptureQueriesContext(connection) as many:
        department_review(world.town.sponsor, LATER, Place(world.town.root, with_below=True))
    assert len(few) == len(many) <= 14
