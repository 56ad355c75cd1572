"""The executive review: each figure against a slow derivation that imports only models, and the list that it opens."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actions.figures import COLUMNS, IN_A_ROW, LABELS, MEANINGS, Figure
from actions.models import ActionItem, Blocker
from actions.queries import items as queries
from actions.queries import review
from actions.services import items
from councils.models import Posting
from councils.services import books, periods
from governance.models import Calendar, Department, Organisation, Seat, SeatKind, Tenure
from governance.services import calendars, seats
from tests.factories import EPOCH, Town

pytestmark = pytest.mark.django_db


# --- the slow derivation -------------------------------------------------------------------------------------------


def slow_calendar(action: ActionItem) -> Calendar:
    seat = Seat.objects.get(pk=action.seat_id)
    if seat.calendar is not None:
        return seat.calendar
    department = Department.objects.get(pk=action.department_id)
    while department.calendar is None and department.parent is not None:
        department = department.parent
    return department.calendar or Organisation.objects.get().calendar


def slow_figures(action: ActionItem, now: datetime) -> set[str]:
    """Which figures one action counts in, from rows alone and in the words of the issue."""
    if action.state not in ("accepted", "in_progress", "done", "verified", "as_is"):
        return set()
    is_open = action.state in ("accepted", "in_progress")
    today = now.astimezone(ZoneInfo(slow_calendar(action).zone)).date()
    tenures = [
        tenure
        for tenure in Tenure.objects.filter(seat_id=action.seat_id)
        if tenure.from_at <= now and (tenure.until_at is None or tenure.until_at > now) and tenure.person.is_active
    ]
    counted = {"accepted"}
    stands = is_open or action.state == "done"
    if stands:
        counted.add("open")
    if action.promised is not None:
        counted.add("promised")
    refused_later = action.refused_at is not None and action.refused_at > action.done_at if action.done_at else False
    in_time = action.done_on is not None and action.promised is not None and action.done_on <= action.promised
    if not is_open and in_time and not refused_later:
        counted.add("kept")
    if is_open and action.promised is not None and action.promised < today:
        days = (today - action.promised).days
        counted |= {"late", "late_week" if days <= 7 else "late_month" if days <= 30 else "late_longer"}
    if is_open and any(b.lifted_at is None and b.kind == "blocked" for b in Blocker.objects.filter(action=action)):
        counted.add("blocked")
    if stands and action.promised is None:
        counted.add("no_date")
    if stands and not tenures:
        counted.add("unowned")
    own = [
        posting
        for posting in Posting.objects.select_related("source", "target")
        if action.pk in (posting.source.subject_id, posting.target.subject_id)
    ]
    lapsed = {posting.source_id for posting in own if posting.why == "lapsed"}
    holds = [one for one in own if one.target.kind == "spent"]
    holds += [one for one in own if one.target.kind == "allocation" and one.target_id not in lapsed]
    if not holds and not action.needs_none:
        counted.add("unfunded" if stands else "never_funded")
    if action.state == "done":
        counted.add("unverified")
    if action.state == "as_is":
        counted.add("as_is")
    return counted


# --- a year of chance ----------------------------------------------------------------------------------------------


class Chance:
    """Actions in all conditions, over three departments, two of them far from Amsterdam."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.town = Town()
        self.council = self.town.council_of_nine().council
        self.envelope, self.lapsing = (
            books.grant(council=self.council, amount=100_000, by=self.town.sponsor, now=EPOCH) for _one in range(2)
        )
        self.secretary = Tenure.objects.get(seat__membership__council=self.council, seat__kind="secretary").person
        today = EPOCH.date()
        tokyo = Calendar.objects.create(name="Tokyo", zone="Asia/Tokyo")
        samoa = Calendar.objects.create(name="Pago Pago", zone="Pacific/Pago_Pago")
        for calendar in (tokyo, samoa):
            calendars.build(calendar, today=today)
        Department.objects.filter(pk=self.town.digital.pk).update(calendar=tokyo)
        below = self.town.department("DIG-APP", "App", parent=self.town.digital)  # inherits Tokyo
        self.seats = list(Seat.objects.filter(kind=SeatKind.CHAMPION))
        self.seats.append(self.town.seat(SeatKind.CHAMPION, below, self.town.person("App Champion")))
        own = self.town.seat(SeatKind.OTHER, self.town.claims, self.town.person("Far Away"), title="Far away")
        Seat.objects.filter(pk=own.pk).update(calendar=samoa)
        self.seats.append(own)

    def one(self) -> None:
        chance, seat = self.chance, Seat.objects.select_related("department").get(pk=self.chance.choice(self.seats).pk)
        holder = Tenure.objects.at(EPOCH).filter(seat=seat).first()
        action = items.create(
            title="Work",
            seat=seat,
            council=self.council,
            proof="p",
            by=self.town.lead,
            now=EPOCH,
            asked_for=chance.choice([None, date(2026, 11, 20)]),
            needs_none=chance.random() < 0.3,
        )
        if chance.random() < 0.2:
            # Afterwards, as a request's allocation comes; in the envelope that lapses it is gone again.
            ActionItem.objects.filter(pk=action.pk).update(needs_none=False)
            envelope = chance.choice([self.envelope, self.envelope, self.lapsing])
            books.allocate(envelope=envelope, subject=action.subject, amount=100, by=None, now=EPOCH)
        if holder is None or chance.random() < 0.1:
            return
        owner = holder.person
        promised = chance.choice([None, *(date(2026, 11, day) for day in (3, 9, 10, 11, 12, 20))])
        action = items.accept(action=action, promised_on=promised, by=owner, now=EPOCH)
        if action.promised is not None and chance.random() < 0.4:
            # On both sides of where the ages of what is late begin and end; nobody promises a day that has passed.
            passed = chance.choice([date(2026, 11, 4), date(2026, 11, 3), date(2026, 10, 12), date(2026, 10, 11)])
            ActionItem.objects.filter(pk=action.pk).update(promised=passed)
        if chance.random() < 0.5:
            items.report(action=action, health="at_risk", by=owner, now=EPOCH)
        for _number in range(chance.choice([0, 0, 1, 2])):
            blocker = items.block(action=action, reason="r", by=owner, now=EPOCH)
            if chance.random() < 0.4:
                items.lift(blocker=blocker, by=owner, now=EPOCH)
        if chance.random() < 0.6:
            self.finish(action, owner)

    def finish(self, action: ActionItem, owner) -> None:
        now = EPOCH + timedelta(days=self.chance.randint(0, 9), hours=self.chance.randint(0, 23))
        items.add_evidence(action=action, title="e", kind="note", by=owner, now=now)
        while True:
            items.say_done(action=action, by=owner, now=now)
            verdict = self.chance.choice(["confirmed", "refused", "as_is", ""])
            if verdict in ("", "as_is"):
                break
            items.verify(action=action, finding=verdict, note="n", by=self.secretary, now=now)
            if verdict == "confirmed" or self.chance.random() < 0.5:
                break
            now += timedelta(hours=self.chance.randint(1, 40))
        if verdict == "as_is":
            ActionItem.objects.filter(pk=action.pk).update(state="as_is")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_equals_a_slow_derivation_and_opens_exactly_what_it_counts(seed: int) -> None:
    world = Chance(seed)
    for _number in range(40):
        world.one()
    periods.close(envelope=world.lapsing, by=world.town.sponsor, now=EPOCH)
    for seat in world.chance.sample(world.seats, 2):
        seats.leave(seat=seat, by=None, now=EPOCH + timedelta(days=9))
    # First it is the 11th in Amsterdam and in Samoa, and in Tokyo the 12th; then the 12th in Tokyo, the 11th in Samoa.
    for now in (EPOCH + timedelta(days=9, hours=8), EPOCH + timedelta(days=9, hours=17)):
        expected: dict[str, dict[str, set[int]]] = {}
        for action in ActionItem.objects.all():
            for figure in slow_figures(action, now):
                expected.setdefault(action.department.reference, {}).setdefault(figure, set()).add(action.pk)
        told = review.executive(world.town.lead, now)
        assert {row.reference for row in told.rows} == {key for key, one in expected.items() if "open" in one}
        for row in told.rows:
            department = Department.objects.get(pk=row.department_id)
            for figure in (*IN_A_ROW, Figure.KEPT, Figure.AS_IS, Figure.ACCEPTED):  # the funnel's: test_funnel.py
                counted = expected[row.reference].get(figure, set())
                assert figure not in IN_A_ROW or row.of(figure) == len(counted), (row.department, figure)
                listed = queries.listed(viewer=world.town.lead, now=now, department=department, figure=figure)
                assert {action.pk for action in listed} == counted, (row.department, figure)
        for figure in IN_A_ROW:
            assert told.total.of(figure) == sum(len(one.get(figure, ())) for one in expected.values())
    assert told.total.open > 20
    assert told.total.late == told.total.late_week + told.total.late_month + told.total.late_longer
    assert told.total.late_week
    assert told.total.late_month


def kept_by(town: Town, now: datetime) -> int:
    """How many actions the list of those that were kept holds."""
    return queries.listed(viewer=town.lead, now=now, figure="kept").count()


def test_a_promise_kept_on_the_last_minute_of_its_day_where_the_seat_is_counts_as_kept() -> None:
    town = Town()
    council = town.council_of_nine().council
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    for hours, kept in ((23 - 1, 1), (24 - 1, 0)):  # Amsterdam is an hour ahead of UTC
        action = items.create(title="w", seat=seat, council=council, proof="p", by=town.lead, now=EPOCH)
        action = items.accept(action=action, promised_on=date(2026, 11, 13), by=owner, now=EPOCH)
        items.add_evidence(action=action, title="e", kind="note", by=owner, now=EPOCH)
        at = datetime(2026, 11, 13, tzinfo=EPOCH.tzinfo) + timedelta(hours=hours, minutes=59)
        items.say_done(action=action, by=owner, now=at)
        assert kept_by(town, at) == kept
        ActionItem.objects.filter(pk=action.pk).update(state="cancelled")


def test_what_was_sent_back_after_its_day_is_not_kept() -> None:
    town = Town()
    chamber = town.council_of_nine()
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    action = items.create(title="w", seat=seat, council=chamber.council, proof="p", by=town.lead, now=EPOCH)
    action = items.accept(action=action, promised_on=EPOCH.date(), by=owner, now=EPOCH)
    items.add_evidence(action=action, title="e", kind="note", by=owner, now=EPOCH)
    items.say_done(action=action, by=owner, now=EPOCH)
    assert kept_by(town, EPOCH) == 1
    later = EPOCH + timedelta(days=3)
    items.verify(action=action, finding="refused", note="n", by=chamber.secretary, now=later)
    assert (kept_by(town, later), review.executive(town.lead, later).total.late) == (0, 1)
    items.say_done(action=action, by=owner, now=later)
    assert kept_by(town, later) == 0, "said done again, after its day"


def test_only_what_the_reader_may_see_is_counted() -> None:
    town = Town()
    secret = town.council_of_nine(confidential=True)
    seat, owner = town.champion_seats[town.claims.pk], town.champions[town.claims.pk]
    seats.seat_person(seat=seat, person=secret.chair, by=None, now=EPOCH)
    action = items.create(title="w", seat=seat, council=secret.council, proof="p", by=secret.chair, now=EPOCH)
    items.accept(action=action, promised_on=date(2026, 11, 13), by=secret.chair, now=EPOCH)
    for person, counted in ((town.lead, 0), (owner, 0), (secret.secretary, 1), (town.sponsor, 1)):
        told = review.executive(person, EPOCH)
        assert told.total.open == counted, person
        assert len(told.rows) == counted


def test_the_review_takes_at_most_six_statements_whatever_is_counted() -> None:
    world = Chance(7)
    for size in (3, 15):
        for _number in range(size):
            world.one()
        for now in (EPOCH, EPOCH + timedelta(hours=8)):  # one day everywhere, and two
            with CaptureQueriesContext(connection) as captured:
                review.executive(world.town.lead, now)
            assert len(captured) <= 6


def test_the_page_says_the_finding_and_each_number_opens_its_list() -> None:
    from django.utils import timezone

    now = timezone.now()
    town = Town(now)
    council = town.council_of_nine().council
    seat, owner = town.champion_seats[town.claims.pk], town.champions[town.claims.pk]
    action = items.create(title="Text them", seat=seat, council=council, proof="p", by=town.lead, now=now)
    client = Client()
    client.force_login(town.sponsor)
    assert "Nothing is open" in client.get("/review/").content.decode()
    items.accept(action=action, promised_on=now.date() + timedelta(days=1), by=owner, now=now)
    ActionItem.objects.update(promised=now.date() - timedelta(days=3))
    text = client.get("/review/").content.decode()
    assert "1 of 1 open action is late, in Claims." in text
    address = f"/actions/?department={town.claims.reference}&amp;figure=late"
    assert address in text
    assert action.reference in client.get(address.replace("&amp;", "&")).content.decode()
    for name in [*(person.name for person in town.champions.values()), *(p.name for p in town.heads.values())]:
        assert name not in text, "nothing about any one person"


def test_every_figure_has_its_words_and_stands_in_the_document() -> None:
    from pathlib import Path

    told = (Path(__file__).parents[2] / "docs" / "figures.md").read_text()
    assert set(LABELS) == set(MEANINGS) == set(Figure)
    for figure in Figure:
        assert f"`{figure}`" in told
    assert len(COLUMNS) == 9
