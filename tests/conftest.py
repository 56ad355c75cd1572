"""What every test may ask for: a town, a moment, somebody at the keyboard, somebody's program.

Six things are done to the machinery, and only here:

* What stands once all tests are collected stays, and the collector looks for rubbish less often: a sixth of the time
  went into looking through what never goes away (``pytest_collection_finish``).
* Pages, tasks and commands ask the clock. Tests run three weeks after the town was founded, on a Monday, on whatever
  day they are run (``_same_day``); not those that start processes of their own, which have the machine's clock.
* A calendar of ten years is 4,000 rows. Tests ask for a dozen of them, always the same; the rows are worked out once a
  process and only re-labelled afterwards (``_quick_calendars``).
* A town and its usual council are founded once a process, and put back afterwards (``_remembered_towns``).
* A migrated SQLite database is kept and copied (:mod:`tests.prepared`).
* ``transaction=True`` tests empty the tables after themselves. The journal, firings and postings are insert-only by
  trigger, and Django's flush trips over that on both engines, so the guards are lifted for the flush and set again
  (``_flush_past_the_guards``). No test runs without guards.
"""

import gc
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management.commands import flush, migrate
from django.db import connection
from django.test import Client, SimpleTestCase
from rest_framework.test import APIClient

from governance.models import Calendar, CalendarDay, Person
from governance.services import calendars
from governance.sql import guards
from tests import prepared, remembered
from tests.factories import EPOCH, Chamber, Town

TODAY = EPOCH + timedelta(days=21)

_worked_out: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
_INSERT = "INSERT INTO governance_calendarday (calendar_id, day, is_working, ordinal, opens_at) "
# Four thousand rows are four thousand messages to PostgreSQL, or four columns in one.
_AT_ONCE = _INSERT + "SELECT %s, * FROM unnest(%s::date[], %s::boolean[], %s::integer[], %s::timestamptz[])"


def _insert(calendar: Calendar, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_AT_ONCE, [calendar.pk, *(list(column) for column in zip(*rows, strict=True))])
        else:
            cursor.executemany(f"{_INSERT} VALUES (%s, %s, %s, %s, %s)", [(calendar.pk, *row) for row in rows])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages are asked once: the table of access asks each of them of PostgreSQL too. So is what asks no database."""
    for item in items:
        if item.path.stem.endswith("pages") or not _asks_a_database(item):
            item.add_marker(pytest.mark.once)


def _asks_a_database(item: pytest.Item) -> bool:
    """Whether an engine could answer it differently; what starts services and processes of its own always may."""
    if item.get_closest_marker("django_db") or item.path.parent.name in ("tests", "services", "faults", "browser"):
        return True
    if item.cls is not None and issubclass(item.cls, SimpleTestCase):  # type: ignore[attr-defined]  # of functions
        return True
    return not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True, scope="session")
def _quick_calendars() -> Iterator[None]:
    build = calendars.build

    def remembered(calendar: Calendar, *, today: date) -> Calendar:
        place = (calendar.zone, calendar.country, calendar.subdivision, calendar.working_week, calendar.send_hour)
        known = _worked_out.get((*place, today.year))
        if known is None:
            build(calendar, today=today)
            ops = connection.ops
            _worked_out[*place, today.year] = [
                (ops.adapt_datefield_value(day), works, ordinal, ops.adapt_datetimefield_value(opens))
                for day, works, ordinal, opens in CalendarDay.objects.filter(calendar=calendar)
                .order_by("day")
                .values_list("day", "is_working", "ordinal", "opens_at")
            ]
            return calendar
        CalendarDay.objects.filter(calendar=calendar).delete()
        _insert(calendar, known)
        return calendar

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "build", remembered)
        yield


@pytest.fixture(autouse=True, scope="session")
def _remembered_towns() -> Iterator[None]:
    found, fill = Town.__init__, Chamber.__init__

    def town(self: Town, now: datetime = EPOCH, **options: Any) -> None:
        self.kept_as = ("town", now, *sorted(options.items()))
        remembered.built(self, self.kept_as, lambda: found(self, now, **options))

    def chamber(self: Chamber, town: Town, **options: Any) -> None:
        if options.get("parent") is not None:
            fill(self, town, **options)
            return
        self.town = town
        key = ("chamber", town.kept_as, *sorted(options.items()))
        remembered.built(self, key, lambda: fill(self, town, **options), but=("town",))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Town, "__init__", town)
        patch.setattr(Chamber, "__init__", chamber)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Asked for by pytest-django before it makes the test database."""
    handle = migrate.Command.handle

    def prepared_or_migrated(self: migrate.Command, *args: Any, **options: Any) -> Any:
        return prepared.migrated(self, handle, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate.Command, "handle", prepared_or_migrated)
        yield


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> Iterator[None]:
    handle = flush.Command.handle

    def guarded(self: flush.Command, **options: Any) -> Any:
        guards.lift()
        try:
            return handle(self, **options)
        finally:
            guards.install()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", guarded)
        yield


@pytest.fixture(autouse=True)
def _same_day(request: pytest.FixtureRequest) -> Iterator[None]:
    if any(request.node.get_closest_marker(name) for name in ("browser", "faults")):
        yield
        return
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def now() -> datetime:
    """The moment at which the town was founded; a test adds to it."""
    return EPOCH


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def client_for(db: None) -> Callable[[Person], Client]:
    """A browser in which somebody is signed in."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def api_for(db: None) -> Callable[[Person], APIClient]:
    """A program that acts for somebody."""

    def acting(person: Person) -> APIClient:
        client = APIClient()
        client.force_authenticate(person)
        return client

    return acting
