"""Resources: every amount against a slow derivation of its own that reads postings one by one, for every viewer."""

import csv
import io
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from actions.importing.spreadsheets import rows_of
from actions.models import ActionItem, Benefit
from actions.paying_back import ENOUGH, Lacking, judge
from actions.queries import resourcing as queries
from actions.queries.scope import EVERYTHING, Scope
from actions.services import items
from councils.models import Account, Envelope, Posting, Spending
from councils.queries.resources import ALWAYS, Flow, Period
from councils.services import books, periods, spending, taking_back
from governance import access
from governance.models import Department, Organisation, Person, SeatKind
from tests.actions.test_items_matters import Room
from tests.actions.test_review import slow_figures
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=1)
AMOUNTS = ("granted", "free", "left", "spent", "overrun", "returned", "lapsed")


# --- a year of chance ----------------------------------------------------------------------------------------------


class Treasury:
    """Two councils, one that nobody may know of; departments with one below; money in two currencies, and time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.town = town = Town()
        self.open = Chamber(town, name="Open Council", size=5)
        self.quiet = Chamber(town, name="Quiet Council", size=5, confidential=True)
        self.app = town.department("APP", "App", parent=town.digital)
        app = town.seat(SeatKind.CHAMPION, self.app, town.person("App Champion"))
        hidden = town.seat(SeatKind.CHAMPION, town.department("AUD", "Audit", parent=town.claims), self.quiet.chair)
        self.seats = {True: [*town.champion_seats.values(), app], False: [hidden]}
        self.actions: list[ActionItem] = []
        self.envelopes: list[Envelope] = []
        self.finance = town.seat(SeatKind.FINANCE_PARTNER, town.legal, town.person("Fin Ance"))

    def grant(self, chamber: Chamber, currency: str, unit: str = "money", **days: Any) -> None:
        Organisation.objects.update(currency=currency or "EUR")
        made = books.grant(
            council=chamber.council, amount=self.chance.randint(50_000, 90_000), unit=unit, by=self.town.sponsor,
            now=EPOCH, **days,
        )  # fmt: skip
        Organisation.objects.update(currency="EUR")
        self.envelopes.append(made)

    def act(self, chamber: Chamber) -> ActionItem:
        seat = self.chance.choice(self.seats[chamber is self.open])
        by = self.town.lead if chamber is self.open else chamber.chair
        action = items.create(
            title="Work", seat=seat, council=chamber.council, proof="p", by=by, now=EPOCH,
            needs_none=self.chance.random() < 0.2,
        )  # fmt: skip
        owner = seat.tenures.get().person
        if self.chance.random() < 0.8:
            action = items.accept(action=action, promised_on=date(2026, 11, 13), by=owner, now=EPOCH)
        self.actions.append(action)
        return action

    def pay(self, action: ActionItem, envelope: Envelope) -> None:
        """Allocate, then spend within or beyond it, reverse, give back; or nothing more."""
        chance, by = self.chance, self.town.sponsor
        given = chance.randint(1, 4_000)
        books.allocate(envelope=envelope, subject=action.subject, amount=given, by=None, now=EPOCH)
        if chance.random() < 0.3:
            books.give_back(subject=action.subject, by=by, now=EPOCH, envelope=envelope, amount=given // 3)
        for _number in range(chance.choice([0, 1, 2])):
            paid = spending.spend(
                subject=action.subject, amount=chance.randint(1, 2 * given), on=envelope.closes_on or EPOCH.date(),
                what="w", by=by, now=EPOCH, envelope=envelope, overrun=True,
            )  # fmt: skip
            if chance.random() < 0.3:
                spending.reverse(spending=paid, reason="r", by=by, now=EPOCH)
        if chance.random() < 0.5:
            books.give_back(subject=action.subject, by=by, now=EPOCH, envelope=envelope)

    def verify(self, action: ActionItem) -> None:
        ActionItem.objects.filter(pk=action.pk).update(
            state="verified", accepted_at=EPOCH, done_at=EPOCH, done_on=EPOCH.date(), verified_at=EPOCH
        )
        for kind in ("cashable", "revenue", "cost_avoided"):
            if self.chance.random() < 0.5:
                first = self.brought(action, kind)
                if self.chance.random() < 0.3:
                    self.brought(action, kind, corrects=first)

    def brought(self, action: ActionItem, kind: str, corrects: Benefit | None = None) -> Benefit:
        return Benefit.objects.create(
            action=action, kind=kind, amount=self.chance.randint(0, 9_000), currency=self.chance.choice(["EUR", "USD"]),
            from_on=EPOCH.date(), until_on=EPOCH.date(), note="n", seat=self.finance, by=self.town.lead, at=EPOCH,
            corrects=corrects,
        )  # fmt: skip

    def year(self) -> None:
        spring = {"opens_on": date(2026, 1, 1), "closes_on": date(2026, 6, 30)}
        for chamber in (self.open, self.quiet):
            self.grant(chamber, "EUR")
            self.grant(chamber, "EUR", **spring)
            self.grant(chamber, "USD")
            self.grant(chamber, "", unit="time")
        for _number in range(14):
            chamber = self.chance.choice([self.open, self.open, self.quiet])
            action = self.act(chamber)
            own = [one for one in self.envelopes if one.council_id == chamber.council.pk]
            for envelope in self.chance.sample(own, self.chance.choice([0, 1, 2])):
                self.pay(action, envelope)
        # A confidential council pays for work that others may see.
        self.pay(self.act(self.open), next(one for one in self.envelopes if one.council_id == self.quiet.council.pk))
        # And something that is no action was given money.
        books.allocate(envelope=self.envelopes[0], subject=self.town.claims.subject, amount=77, by=None, now=EPOCH)
        for action in self.chance.sample(self.actions, 8):
            self.verify(action)
        lapsing, kept = self.envelopes[1], self.envelopes[0]
        periods.transfer(envelope=kept, into=lapsing, amount=55, by=self.town.sponsor, now=EPOCH)
        into = self.chance.choice([None, kept])
        periods.close(envelope=lapsing, into=into, cover=True, by=self.town.sponsor, now=EPOCH)

    def viewers(self) -> list[Person]:
        town = self.town
        return [
            town.lead, town.sponsor, self.open.members[3], self.quiet.chair, self.quiet.members[3],
            town.champions[town.claims.pk], town.heads[town.digital.pk], town.person("Out Sider"),
        ]  # fmt: skip


# --- the slow derivation -------------------------------------------------------------------------------------------


def below(department: Department) -> set[int]:
    found = {department.pk}
    for _number in range(Department.objects.count()):
        found |= {one.pk for one in Department.objects.all() if one.parent_id in found}
    return found


def in_period(envelope: Envelope, period: Period) -> bool:
    ends = envelope.closes_on is None or period.from_on is None or envelope.closes_on >= period.from_on
    return ends and (period.until_on is None or envelope.opens_on <= period.until_on)


class Slow:
    """What one viewer may see, found by asking of each thing whether they may, and adding postings one by one."""

    def __init__(self, viewer: Person, scope: Scope = EVERYTHING, period: Period = ALWAYS) -> None:
        sees = viewer.__dict__.setdefault("sees", {})  # asked once of each thing: nothing changes who sees what

        def may_see(pk: int) -> bool:
            if pk not in sees:
                sees[pk] = access.may_see(viewer, pk, NOW)
            return bool(sees[pk])

        self.seen = {one.pk: one for one in ActionItem.objects.all() if may_see(one.pk)}
        within = below(scope.within) if scope.within else None
        self.actions = {
            pk: one
            for pk, one in self.seen.items()
            if (within is None or one.department_id in within)
            and (scope.department is None or one.department_id == scope.department.pk)
            and (scope.council is None or one.council_id == scope.council.pk)
        }
        every = Envelope.objects.select_related("council")
        fit = [one for one in every if in_period(one, period)]
        mine = {one.pk for one in fit if may_see(one.pk)}
        self.envelopes = {
            one.pk for one in fit if one.pk in mine and (scope.council is None or one.council_id == scope.council.pk)
        }
        self.paying = {one.pk for one in fit if one.pk in mine or not one.council.is_confidential}
        self.is_cut = within is not None or scope.department is not None

    def add(self, envelopes: set[int], key: Any) -> dict[Any, Counter[str]]:
        """Sums by ``key(account)``; an account for which it says None counts nowhere."""
        sums: dict[Any, Counter[str]] = defaultdict(Counter)
        names = {"free": "free", "allocation": "left", "spent": "spent", "grantor": "granted", "overrun": "overrun"}
        for posting in Posting.objects.select_related("source__envelope", "target__envelope", "decision"):
            for account, sign in ((posting.target, 1), (posting.source, -1)):
                group = key(account) if account.envelope_id in envelopes else None
                if group is None:
                    continue
                debt = -1 if account.kind in ("grantor", "overrun") else 1
                sums[group][names[account.kind]] += sign * debt * posting.amount
                if account == posting.source and account.kind == "allocation":
                    sums[group]["returned"] += posting.amount if posting.target.kind == "free" else 0
                    sums[group]["lapsed"] += posting.amount if posting.why == "lapsed" else 0
        return {group: told for group, told in sums.items() if any(told.values())}

    def by_council(self) -> dict[Any, Counter[str]]:
        def key(account: Account) -> Any:
            if self.is_cut and account.subject_id not in self.actions:
                return None
            envelope = account.envelope
            return envelope.council_id, envelope.unit, envelope.currency

        return self.add(self.envelopes, key)

    def by_department(self) -> dict[Any, Counter[str]]:
        def key(account: Account) -> Any:
            action = self.actions.get(account.subject_id or 0)
            envelope = account.envelope
            return (action.department_id, envelope.unit, envelope.currency) if action else None

        return self.add(self.paying, key)

    def elsewhere(self) -> dict[Any, Counter[str]]:
        def key(account: Account) -> Any:
            is_other = account.subject_id is not None and account.subject_id not in self.seen
            return (account.envelope.unit, account.envelope.currency) if is_other else None

        return {} if self.is_cut else self.add(self.envelopes, key)

    def by_action(self) -> dict[Any, Counter[str]]:
        def key(account: Account) -> Any:
            is_mine = account.subject_id in self.actions
            return (account.subject_id, account.envelope.unit, account.envelope.currency) if is_mine else None

        return self.add(self.paying, key)

    def back(self) -> dict[str, tuple[list[tuple[int, int]], int, int]]:
        """By currency: what each action brought and cost, how many wait, and what those cost."""
        spent = {key: told["spent"] for key, told in self.by_action().items()}
        gains: dict[str, Counter[int]] = defaultdict(Counter)
        known = set()
        for benefit in Benefit.objects.all():
            if Benefit.objects.filter(corrects=benefit).exists() or benefit.action_id not in self.actions:
                continue
            known.add(benefit.action_id)
            is_closed = self.actions[benefit.action_id].state in ("verified", "as_is", "cancelled")
            if benefit.kind in ("cashable", "revenue") and is_closed:
                gains[benefit.currency][benefit.action_id] += benefit.amount
        waits: dict[str, list[int]] = defaultdict(list)
        for (pk, unit, currency), amount in spent.items():
            if unit == "money" and amount and pk not in known and self.actions[pk].state == "verified":
                waits[currency].append(amount)
        return {
            code: (
                sorted((gain, spent.get((pk, "money", code), 0)) for pk, gain in gains[code].items()),
                len(waits[code]),
                sum(waits[code]),
            )
            for code in {*gains, *waits}
        }


def told_of(flow: Flow) -> dict[str, int]:
    return {name: getattr(flow, name) for name in AMOUNTS if getattr(flow, name)}


def slim(sums: Counter[str]) -> dict[str, int]:
    return {name: amount for name, amount in sums.items() if amount}


def compare(viewer: Person, scope: Scope = EVERYTHING, period: Period = ALWAYS) -> queries.Resources:
    slow, found = Slow(viewer, scope, period), queries.resources(viewer, NOW, scope, period)
    keys = {one.subject.reference: one.pk for one in Department.objects.select_related("subject")}
    councils = {one.council.reference: one.council_id for one in Envelope.objects.select_related("council__subject")}
    fast: dict[str, dict[Any, Any]] = {"councils": {}, "departments": {}, "elsewhere": {}}
    for book in found.books:
        measure = (book.measure.unit, book.measure.currency)
        for line in book.councils:
            fast["councils"][councils[line.reference], *measure] = told_of(line.flow)
            if not slow.is_cut:
                assert line.flow.granted == line.flow.free + line.flow.allocated
        for line in book.departments:
            fast["departments"][keys[line.reference], *measure] = told_of(line.flow)
            assert line.flow.planned == line.flow.allocated + line.flow.returned + line.flow.lapsed
        if book.elsewhere:
            fast["elsewhere"][measure] = told_of(book.elsewhere)
    assert fast["councils"] == {key: slim(told) for key, told in slow.by_council().items()}
    assert fast["departments"] == {key: slim(told) for key, told in slow.by_department().items()}
    assert fast["elsewhere"] == {key: slim(told) for key, told in slow.elsewhere().items()}
    owing = {key: told["overrun"] for key, told in slow.by_action().items() if told["overrun"]}
    told = {(one.action.pk, one.measure.unit, one.measure.currency): one.flow.overrun for one in found.overruns}
    assert told.items() <= owing.items()
    assert len(told) + found.more_overruns == len(owing)
    figures = [slow_figures(one, NOW) for one in slow.actions.values()]
    assert (found.open, found.lacking) == tuple(sum(f in one for one in figures) for f in ("open", "unfunded"))
    back = {one.currency: one for one in found.back}
    expected = Slow(viewer, scope).back()  # benefit has days of its own: no period narrows it
    assert set(back) == set(expected)
    for code, (pairs, many, cost) in expected.items():
        assert (back[code].paid, back[code].waiting, back[code].waiting_spent) == (judge(pairs), many, cost)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_amount_is_found_a_second_time_for_everybody_however_it_is_narrowed(seed: int) -> None:
    world = Treasury(seed)
    world.year()
    town = world.town
    spring, autumn = Period(None, date(2026, 6, 30)), Period(date(2026, 7, 1), None)
    for viewer in world.viewers():
        for scope in (EVERYTHING, Scope(within=town.digital), Scope(department=town.digital),
                      Scope(council=world.open.council)):  # fmt: skip
            compare(viewer, scope)
        compare(viewer, period=spring)
        compare(viewer, Scope(within=town.claims), autumn)
    whole = compare(town.sponsor)
    assert {(book.measure.unit, book.measure.currency) for book in whole.books} == {
        ("money", "EUR"), ("money", "USD"), ("time", "")
    }  # fmt: skip
    assert whole.overruns
    assert any(book.given.returned for book in whole.books)


def test_a_confidential_councils_money_is_there_for_those_alone_who_belong_to_it() -> None:
    world = Treasury(5)
    world.grant(world.open, "EUR")
    world.grant(world.quiet, "EUR")
    [openly, quietly] = world.envelopes
    work = world.act(world.open)
    for envelope in (openly, quietly):  # both pay for the same work, which the lead may see
        books.allocate(envelope=envelope, subject=work.subject, amount=100, by=None, now=EPOCH)
    hidden = world.act(world.quiet)
    books.allocate(envelope=quietly, subject=hidden.subject, amount=9, by=None, now=EPOCH)
    lead = queries.resources(world.town.lead, NOW).books[0]
    assert [line.reference for line in lead.councils] == [world.open.council.reference]
    assert lead.given.planned == 100
    sponsor = queries.resources(world.town.sponsor, NOW).books[0]
    assert {line.reference for line in sponsor.councils} == {
        world.open.council.reference, world.quiet.council.reference
    }  # fmt: skip
    assert sponsor.given.planned == 209
    for scope in (Scope(within=world.town.claims), Scope(within=world.town.root), Scope(council=world.open.council)):
        assert queries.resources(world.town.lead, NOW, scope).books[0].given.planned <= 100


# --- the return ----------------------------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=12)


@given(PAIRS)
def test_a_return_lies_in_its_range_or_says_why_there_is_none(pairs: list[tuple[int, int]]) -> None:
    told = judge(pairs)
    assert (told.brought, told.spent) == (sum(p[0] for p in pairs), sum(p[1] for p in pairs))
    if len(pairs) < ENOUGH:
        assert told.lacking == (Lacking.FEW if pairs else Lacking.NOTHING)
    elif any(told.spent == paid for _gain, paid in pairs):
        assert told.lacking == Lacking.ONE
    else:
        assert told.lacking is None
        assert told.ratio is not None
        assert told.low is not None and told.high is not None  # noqa: PT018
        assert told.low <= told.ratio <= told.high
    assert (told.ratio is None) == (told.low is None) == (told.high is None) == (told.lacking is not None)


def test_the_range_is_what_is_left_when_one_action_is_left_out() -> None:
    told = judge([(100, 50)] * 4 + [(900, 50)])
    assert (told.ratio, told.low, told.high) == (1300 / 250, 400 / 200, 1200 / 200)


# --- the page, its lists, sheets and the API -----------------------------------------------------------------------


@pytest.fixture
def treasury(time_machine) -> Treasury:
    time_machine.move_to(NOW, tick=False)
    world = Treasury(2)
    world.year()
    return world


@pytest.mark.once
def test_sheets_workbook_and_api_say_what_the_page_says(treasury: Treasury, client_for, api_for) -> None:
    for viewer in (treasury.town.lead, treasury.quiet.chair):
        for asked in ("", f"?within={treasury.town.digital.reference}", "?from_on=2026-07-01"):
            page = client_for(viewer).get(f"/review/resources/{asked}")
            books_shown = {book["key"]: book for book in page.context["books"]}
            api = api_for(viewer).get(f"/api/v1/resources/{asked}").data
            sheets = {
                name: read(client_for(viewer), f"/review/resources/sheet/{asked}", name)
                for name in ("councils", "departments", "overruns", "unfunded", "return")
            }
            assert len(api["books"]) == len(books_shown)
            rows = 0
            for book in api["books"]:
                shown = books_shown[f"{book['unit']}-{book['currency'] or 'time'}"]
                for side in ("councils", "departments"):
                    for line, row in zip(book[side], shown[side], strict=True):
                        assert {cell["name"]: cell["value"] for cell in row["cells"]}.items() <= {
                            **line, "lapsed": line["lapsed"]
                        }.items()  # fmt: skip
                        taken = sheets[side][rows_before(api, side, book) + book[side].index(line)]
                        scale = 100 if book["unit"] == "money" else 1
                        assert round(float(taken["spent"]) * scale) == line["spent"]
                        assert taken["name"] == line["name"]
                        rows += 1
            assert rows == len(sheets["councils"]) + len(sheets["departments"])
            assert len(sheets["unfunded"]) == len(api["unfunded_by_department"])
            assert [one["currency"] for one in sheets["return"]] == [one["currency"] for one in api["returns"]]
            assert len(sheets["overruns"]) == len(api["overruns"])
            file = client_for(viewer).get(f"/review/resources/book/{asked}").content
            first = rows_of(io.BytesIO(file), 1000)
            assert [row[3] for row in first[1:]] == [row["name"] for row in sheets["councils"]]


def rows_before(api: Any, side: str, book: Any) -> int:
    return sum(len(one[side]) for one in api["books"][: api["books"].index(book)])


def read(client, address: str, table: str) -> list[dict[str, str]]:
    joined = f"{address}{'&' if '?' in address else '?'}table={table}"
    return list(csv.DictReader(io.StringIO(client.get(joined).content.decode("utf-8-sig"))))


@pytest.mark.once
def test_each_number_opens_the_list_that_it_counts(treasury: Treasury, client_for) -> None:
    client, asked = client_for(treasury.town.sponsor), 0
    page = client.get("/review/resources/")
    for book in page.context["books"]:
        for row in book["councils"]:
            assert_listed(client.get(row["url"]).context, row["cells"])
            asked += 1
        assert_listed(client.get(book["councils_url"]).context, book["councils_total"])
        for row in book["departments"]:
            [planned] = [cell for cell in row["cells"] if cell["name"] == "planned"]
            listed = client.get(planned["url"]).context
            assert_told(listed["given"][book["measure"]], row["cells"])
            asked += 1
    assert client.get(page.context["unfunded_url"]).context["page"].paginator.count == page.context["found"].lacking
    over = {one.action.pk for one in page.context["found"].overruns}
    assert {line.action.pk for line in client.get(page.context["overrun_url"]).context["lines"]} == over
    for back in page.context["backs"]:
        for url, pks in ((back["brought_url"], brought()), (back["waiting_url"], waiting())):
            assert {line.action.pk for line in client.get(url).context["lines"]} == pks
    assert asked > 5


def assert_listed(context: Any, cells: list[dict[str, Any]]) -> None:
    """The envelopes that an amount opens add up to it, and where they are several their sum stands there."""
    flow = sum((figures for _envelope, figures in context["rows"]), Flow())
    assert {one["name"]: one["value"] for one in cells} == {one["name"]: getattr(flow, one["name"]) for one in cells}
    assert context["together"] == (flow if len(context["rows"]) > 1 else None)


def assert_told(flow: Flow, cells: list[dict[str, Any]]) -> None:
    """The list says every amount that opens it."""
    told = {"planned": flow.planned, **told_of(flow)}
    assert {one["name"]: one["value"] for one in cells if one["value"]} == {
        name: amount for name, amount in told.items() if amount
    }


def brought() -> set[int]:
    standing = [one for one in Benefit.objects.all() if not Benefit.objects.filter(corrects=one).exists()]
    return {one.action_id for one in standing if one.kind in ("cashable", "revenue")}


def waiting() -> set[int]:
    paid = Counter[int]()
    for one in Spending.objects.filter(envelope__unit="money"):
        paid[one.subject_id] += 0 if one.reverses_id or one.reversed_at else one.amount
    none = {pk for pk in paid if paid[pk] and not Benefit.objects.filter(action=pk).exists()}
    return {one.pk for one in ActionItem.objects.filter(pk__in=none, state="verified")}


@pytest.mark.once
def test_the_statements_do_not_grow_with_rows(treasury: Treasury) -> None:
    with CaptureQueriesContext(connection) as few:
        queries.resources(treasury.town.sponsor, NOW)
    treasury.grant(treasury.open, "EUR")
    for _number in range(10):
        treasury.pay(treasury.act(treasury.open), treasury.envelopes[-1])
    with CaptureQueriesContext(connection) as many:
        queries.resources(treasury.town.sponsor, NOW)
    assert len(few) <= len(many) <= len(few) + 1 < 15, "one more counts what is beyond the first that are shown"


@pytest.mark.once
def test_who_sees_no_envelope_and_no_action_is_told_so(client_for) -> None:
    page = client_for(Town().person("Out Sider")).get("/review/resources/").text
    assert "No envelope is granted that you may see." in page
    assert "Not verified yet" in page


@pytest.mark.once
def test_a_table_that_is_none_is_absent_and_a_period_ends_after_it_begins(treasury: Treasury, client_for) -> None:
    client = client_for(treasury.town.lead)
    assert client.get("/review/resources/sheet/?table=nothing").status_code == 404
    assert (
        "The period ends after it begins."
        in client.get("/review/resources/?from_on=2026-02-02&until_on=2026-02-01").text
    )
    assert client.get("/envelopes/?unit=cows").status_code == 404


def test_what_a_decision_that_was_taken_back_had_allocated_was_never_given() -> None:
    room = Room()
    books.grant(council=room.chamber.council, amount=100_000, by=room.town.sponsor, now=EPOCH)
    kept, undone = room.running(), room.running()
    room.decide(kept, "allocate", matter="resources", amount=400, minutes=0)
    slip = room.decide(undone, "allocate", matter="resources", amount=900, minutes=0)
    taking_back.take_back(decision=slip, reason="The wrong one.", by=room.clerk, now=EPOCH)
    books.give_back(subject=kept.subject, by=None, now=EPOCH, amount=100)
    [book] = queries.resources(room.town.lead, NOW).books
    assert (book.given.planned, book.given.allocated, book.given.returned) == (400, 300, 100)
    assert book.granted.returned == 100
