"""The figures of what executives see, on a year of a city's requests: each is found a second time, slowly.

Every request becomes an action: promised for the day that the city aimed at, done on the day on which it was closed,
twelve years later. Nobody here made up how late they are.
"""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from actions.figures import Figure
from actions.models import ActionItem
from actions.queries import review
from actions.queries.trends import trends
from actions.services import items
from tests.actions.reading_files import sample
from tests.actions.test_review import slow_figures
from tests.actions.test_trends import (
    NOW,
    Place,
    _ageing_agrees,
    _answers_agree,
    _cohorts_agree,
    _moves_agree,
    all_of,
)

pytestmark = pytest.mark.django_db
TWELVE_YEARS = timedelta(days=4383)
FILES = ("Rodent Activity.csv", "Traffic Signal Repair.csv", "Ground Maintenance.csv")
EACH = 45


@pytest.fixture(autouse=True)
def in_december(time_machine):
    time_machine.move_to(NOW, tick=False)


def moment(said: str) -> datetime | None:
    return datetime.strptime(said, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC) + TWELVE_YEARS if said else None


def requests(file: Path) -> list[tuple[datetime, datetime, datetime | None, str]]:
    """``(opened, aimed at, closed, neighbourhood)`` of requests from all over the year that had a target."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["TARGET_DT"]]
    step = max(1, len(rows) // EACH)
    found = []
    for row in islice(rows[::step], EACH):
        opened, target, closed = (moment(row[name]) for name in ("OPEN_DT", "TARGET_DT", "CLOSED_DT"))
        if opened is not None and target is not None and opened < NOW and opened.date() <= target.date():
            found.append((opened, target, closed, row["neighborhood"]))
    return found


def carry_out(place: Place, folder: Path) -> None:
    """Each file is a department's; who does the work goes by the neighbourhood."""
    town = place.town
    for department, name in zip((town.claims, town.digital, town.legal), FILES, strict=True):
        doers = [doer for doer, _number in place.doers if doer[0].department_id == department.pk]
        streets: list[str] = []
        for opened, target, closed, street in requests(folder / name):
            if street not in streets:
                streets.append(street)
            seat, person = doers[streets.index(street) % len(doers)]
            action = items.create(
                title=name, seat=seat, council=place.council, proof="p", by=town.lead, now=opened
            )  # fmt: skip
            action = items.accept(action=action, promised_on=target.date(), by=person, now=opened)
            if closed is not None and opened <= closed < NOW:
                items.add_evidence(action=action, title="e", kind="note", by=person, now=closed)
                items.say_done(action=action, by=person, now=closed)


def test_the_figures_of_a_citys_year_are_found_a_second_time() -> None:
    place = Place()
    carry_out(place, sample("boston-311-2015"))
    assert ActionItem.objects.count() > 60
    for viewer in (place.town.lead, place.town.heads[place.town.claims.pk]):
        found, promises = trends(viewer, NOW), all_of(viewer)
        _cohorts_agree(found, viewer)
        _ageing_agrees(found, promises)
        _moves_agree(found, promises)
        _answers_agree(found, promises)
        told, expected = review.executive(viewer, NOW), defaultdict(lambda: defaultdict(int))
        for action in ActionItem.objects.visible_to(viewer, NOW):
            for figure in slow_figures(action, NOW):
                expected[action.department.reference][figure] += 1
        assert {row.reference for row in told.rows} == {key for key, one in expected.items() if one["open"]}
        for row in told.rows:
            for figure in (Figure.OPEN, Figure.LATE, Figure.NO_DATE, Figure.UNFUNDED, Figure.UNVERIFIED):
                assert row.of(figure) == expected[row.reference][figure], (row.department, figure)
    assert told.total.late
