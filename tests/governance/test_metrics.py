"""Metrics are integers with a scale, what was seen is corrected and never changed, a goal has all four parts."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import Invalid, Refused
from governance.models import Better, Goal, Metric, Observation, Unit
from governance.numbers import NotANumber, in_words, parse_scaled, plain, share
from governance.queries import metrics as queries
from governance.services import metrics
from tests.factories import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def metric(town: Town) -> Metric:
    return metrics.define(
        title="Would recommend us", unit=Unit.PERCENT, seat=town.champion_seats[town.claims.pk], by=town.lead,
        now=town.now,
    )  # fmt: skip


def aim(known: Metric, town: Town, **changed: object) -> Goal:
    due = (town.now + timedelta(days=90)).date()
    asked = {"metric": known, "baseline": 614, "target": 700, "due_on": due, "by": town.lead, "now": town.now}
    return metrics.set_goal(**asked | changed)  # type: ignore[arg-type]


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
@settings(max_examples=50, deadline=None)
def test_a_number_comes_back_as_it_was_written(value: int, scale: int) -> None:
    assert parse_scaled(plain(value, scale), scale) == value


@pytest.mark.parametrize(
    ("written", "scale", "value"),
    [("71,4", 1, 714), ("-3", 0, -3), ("12 000", 0, 12_000), ("+31", 0, 31), ("5 %", 1, 50), ("\u22127.5", 2, -750)],
)
def test_numbers_are_read_as_people_write_them(written: str, scale: int, value: int) -> None:
    assert parse_scaled(written, scale) == value


@pytest.mark.parametrize("written", ["", "many", "1.23", "1e3", "١٢", "9" * 30, "1,2,3"])
def test_what_is_no_number_of_this_scale_is_refused(written: str) -> None:
    with pytest.raises(NotANumber):
        parse_scaled(written, 1)


def test_a_share_rounds_halves_up_and_reads_with_its_unit() -> None:
    assert [share(1, 3, 1), share(1, 8, 1), share(2, 3, 0), share(5, 5, 1)] == [333, 125, 67, 1000]
    assert in_words(714, Unit.PERCENT, 1) == "71.4 %"
    assert in_words(31, Unit.NPS, 0) == "+31"
    assert in_words(399900, Unit.MONEY, 2, "EUR") == "€3,999.00"


@pytest.mark.parametrize("lacks", ["metric", "baseline", "target", "due_on"])
def test_a_goal_without_one_of_its_four_parts_is_refused_at_that_field(
    lacks: str, metric: Metric, town: Town, client_for, api_for
) -> None:
    with pytest.raises(Invalid) as refused:
        aim(metric, town, **{lacks: None})
    assert refused.value.field == lacks
    assert len(str(refused.value)) > 40, "a helpful sentence"
    said = {"metric": metric.pk, "baseline": "61.4", "target": "70", "due_on": "2027-03-01"}
    page = client_for(town.lead).post("/goals/new/", {**said, lacks: ""})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [lacks])
    sent = {**said, "metric": metric.reference}
    sent.pop(lacks)
    told = api_for(town.lead).post("/api/v1/goals/", sent, format="json")
    assert told.status_code == 422
    assert lacks in told.content.decode()
    assert not Goal.objects.exists()


def test_a_goal_lies_on_the_better_side_and_ahead(metric: Metric, town: Town) -> None:
    for changed, field in (
        ({"target": 600}, "target"), ({"target": 614}, "target"), ({"due_on": town.now.date()}, "due_on"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            aim(metric, town, **changed)
        assert refused.value.field == field
    Metric.objects.filter(pk=metric.pk).update(better=Better.DOWN)
    assert aim(Metric.objects.get(pk=metric.pk), town, target=500).target == 500


def test_a_goal_is_reached_or_missed_by_what_was_last_seen(metric: Metric, town: Town) -> None:
    goal = aim(metric, town)
    states = []
    for value, days in ((None, 0), (650, 0), (650, 91), (700, 91)):
        if value is not None:
            metrics.observe(metric=metric, on=town.now.date(), value=value, note="x", by=town.lead, now=town.now)
        found = queries.goal(goal.reference, town.lead, town.now)
        states.append(queries.stands(found, (town.now + timedelta(days=days)).date()).state)
    assert states == ["unseen", "running", "missed", "reached"]


def test_what_was_seen_is_corrected_and_never_changed(metric: Metric, town: Town) -> None:
    day = town.now.date()
    first = metrics.observe(metric=metric, on=day, value=614, by=town.lead, now=town.now)
    with pytest.raises(Invalid) as refused:
        metrics.observe(metric=metric, on=day, value=620, by=town.lead, now=town.now)
    assert refused.value.field == "note"
    second = metrics.observe(metric=metric, on=day, value=620, note="Two late forms", by=town.lead, now=town.now)
    assert [(one.pk, one.value) for one in queries.observations(metric)] == [(second.pk, 620)]
    assert second.corrects_id == first.pk
    for forbidden in (
        lambda: Observation.objects.filter(pk=first.pk).update(value=1),
        lambda: Observation.objects.filter(pk=first.pk).delete(),
        lambda: Observation.objects.create(metric=metric, on=day, value=1, at=town.now),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    assert Observation.objects.filter(pk=second.pk).update(note="") == 1, "its words can be redacted"


def test_a_percent_follows_from_its_parts(metric: Metric, town: Town) -> None:
    seen = metrics.observe(metric=metric, on=town.now.date(), numerator=1, denominator=3, by=town.lead, now=town.now)
    assert seen.value == 333
    for changed, field in (
        ({"value": 400, "numerator": 1, "denominator": 3}, "value"), ({"numerator": 1}, "denominator"),
        ({"numerator": 4, "denominator": 3}, "numerator"), ({}, "value"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            metrics.observe(metric=metric, on=town.now.date(), note="x", by=town.lead, now=town.now, **changed)
        assert refused.value.field == field


def test_everybody_reads_and_its_seat_writes(metric: Metric, town: Town, client_for, api_for) -> None:
    owner, other = town.champions[town.claims.pk], town.champions[town.legal.pk]
    path = f"/metrics/{metric.reference}/"
    for value, on in (("61,4", "2026-11-09"), ("63", "2026-11-16")):
        assert client_for(owner).post(f"{path}observe/", {"on": on, "value": value}).status_code == 302
    with pytest.raises(Refused):
        metrics.observe(metric=metric, on=town.now.date(), value=1, by=other, now=town.now)
    page = client_for(other).get(path).content.decode()
    assert "61.4 %" in page
    assert "<polyline" in page
    assert "the table has each value" in page
    told = api_for(other).get(f"/api/v1/metrics/{metric.reference}/").json()
    assert (told["value"], told["observed_on"]) == ("63.0", "2026-11-16")
    seen = api_for(other).get(f"/api/v1/metrics/{metric.reference}/observations/").json()["results"]
    assert [one["value"] for one in seen] == ["63.0", "61.4"]
