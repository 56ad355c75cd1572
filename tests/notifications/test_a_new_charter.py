"""What is owed goes on by the ladder of the charter version that comes into force: nobody twice, nothing let go."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from actions.services import footing
from governance.clauses import RANKS, WARNING, Ladder, Rungs, Step, carried_rung
from governance.models import CharterVersion, Duty, Firing, HelpRequest
from governance.queries.ladders import reached
from governance.services import carrying, duties
from notifications.models import Message
from notifications.queries.upcoming import expected_by
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe, working_days_after

DUE = date(2026, 11, 10)  # a Tuesday


def ladder(*steps: tuple[int, str], cadence: int = 0) -> Ladder:
    return Ladder(tuple(Step("keep", days, to) for days, to in steps), cadence)


OLD = ladder((-2, "owner"), (0, "owner"), (2, "champion"), (5, "head"), (8, "sponsor"), (12, "council"))


def at_nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def after(days: int) -> datetime:
    """The morning so many working days after the due day, at the hour at which rungs fall."""
    return at_nine(working_days_after(DUE, days) if days else DUE)


def ask_later(days: int) -> datetime:
    return after(days) + timedelta(hours=3)


@pytest.fixture
def owed(town: Town) -> Duty:
    town.rule_anew(replace(town.rules, ladder=OLD))
    (duty,) = owe(town, 1, due_on=DUE)
    return duty


def rule(town: Town, new: Ladder, now: datetime) -> None:
    town.now = now
    town.rule_anew(replace(town.rules, ladder=new))


def asked(duty: Duty) -> list[str]:
    return [target for target in Firing.objects.filter(duty=duty).order_by("pk").values_list("target", flat=True)
            if target not in (WARNING, "owner")]  # fmt: skip


def falls(duty: Duty, until: datetime) -> list[tuple[date, str]]:
    """Sweep every noon until then: on which day which rung fell from now on."""
    known = set(Firing.objects.filter(duty=duty).values_list("pk", flat=True))
    now = at_nine(DUE - timedelta(days=4)) + timedelta(hours=4)
    while now < until + timedelta(days=1):
        sweep(now)
        now += timedelta(days=1)
    fell = Firing.objects.filter(duty=duty).exclude(pk__in=known).exclude(target=WARNING).order_by("pk")
    return [(rung.fired_at.date(), rung.target) for rung in fell]


def test_rungs_that_were_not_reached_are_the_new_ones(town: Town, owed: Duty) -> None:
    sweep(ask_later(2))
    assert asked(owed) == ["champion"]
    rule(town, ladder((0, "owner"), (3, "champion"), (9, "sponsor"), (15, "council")), ask_later(2))
    assert falls(owed, after(16)) == [
        (working_days_after(DUE, 9), "sponsor"),
        (working_days_after(DUE, 15), "council"),
    ]
    assert asked(owed) == ["champion", "sponsor", "council"], (
        "the head is no rung any more, the champion not asked twice"
    )


def test_what_should_have_been_asked_already_is_asked_next_and_the_others_keep_their_distance(
    town: Town, owed: Duty
) -> None:
    sweep(ask_later(4))
    assert asked(owed) == ["champion"]
    rule(town, ladder((0, "owner"), (1, "champion"), (3, "head"), (4, "sponsor"), (6, "council")), ask_later(4))
    assert falls(owed, after(12)) == [
        (working_days_after(DUE, 4), "head"),
        (working_days_after(DUE, 5), "sponsor"),
        (working_days_after(DUE, 7), "council"),
    ]


def test_reminders_that_are_past_are_not_made_up_for_and_move_nothing(town: Town, owed: Duty) -> None:
    now = at_nine(working_days_after(DUE, -3)) + timedelta(hours=3)
    sweep(now)
    rule(town, ladder((-5, "owner"), (-4, "owner"), (-1, "owner"), (3, "head")), now)
    assert falls(owed, after(4)) == [(working_days_after(DUE, -1), "owner"), (working_days_after(DUE, 3), "head")]


def test_the_same_ladder_in_another_version_changes_nothing(town: Town, owed: Duty) -> None:
    sweep(ask_later(2))
    before = Duty.objects.get(pk=owed.pk)
    town.now = ask_later(2)
    town.rule_anew(replace(town.rules, ladder=OLD, quorum=replace(town.rules.quorum, minimum=3)))
    now = Duty.objects.get(pk=owed.pk)
    assert (now.rung, now.next_at, now.turn, now.paused_to) == (before.rung, before.next_at, 0, None)
    assert now.charter_version_id != before.charter_version_id
    assert falls(owed, after(6)) == [(working_days_after(DUE, 5), "head")]


def test_a_hold_goes_on_as_long_as_it_was_meant_to(town: Town, owed: Duty) -> None:
    sweep(ask_later(2))
    duties.pause(subject_id=owed.subject_id, to=working_days_after(DUE, 10))
    rule(town, ladder((2, "champion"), (4, "head"), (6, "sponsor")), ask_later(3))
    # Its owner is warned on the day on which the hold ends, and the head is asked one working day later.
    assert falls(owed, after(13)) == [(working_days_after(DUE, 11), "head"), (working_days_after(DUE, 13), "sponsor")]


def test_a_position_that_fell_by_the_old_ladder_falls_by_the_new_one_too(town: Town, owed: Duty) -> None:
    """Three rungs fell; by the new ladder the head stands second."""
    sweep(ask_later(2))
    assert set(Firing.objects.filter(duty=owed).values_list("position", flat=True)) >= {1, 2, 3}
    rule(town, ladder((1, "champion"), (6, "head")), ask_later(2))
    assert falls(owed, after(7)) == [(working_days_after(DUE, 6), "head")]
    said = Message.objects.filter(duty=owed, kind="head")
    assert [message.facts["turn"] for message in said] == [Duty.objects.get(pk=owed.pk).turn]
    assert [ask.turn for ask in HelpRequest.objects.filter(duty=owed).order_by("pk")] == [0, said[0].facts["turn"]]


def test_what_is_closed_and_what_another_charter_rules_stays_as_it_is(town: Town, owed: Duty) -> None:
    (done,) = owe(town, 1, due_on=DUE)
    duties.close_duty(subject_id=done.subject_id, kind="keep", now=town.now, outcome="kept")
    version = Duty.objects.get(pk=done.pk).charter_version_id
    rule(town, ladder((1, "sponsor")), after(0))
    assert Duty.objects.get(pk=done.pk).charter_version_id == version
    assert Duty.objects.get(pk=owed.pk).charter_version_id != version


def test_the_statements_do_not_grow_with_what_is_owed(town: Town, owed: Duty) -> None:
    def costs(minimum: int) -> int:
        town.now = ask_later(4)
        with CaptureQueriesContext(
            connection,
        ) as asked_of:
            town.rule_anew(replace(town.rules, ladder=ladder((1, "champion"), (minimum, "head"))))
        return len(asked_of)

    few = costs(3)
    owe(town, 50, due_on=DUE)
    assert costs(4) <= few + 2


def test_nobody_is_asked_again_though_a_version_without_their_rung_held_in_between(town: Town, owed: Duty) -> None:
    sweep(ask_later(8))
    assert asked(owed) == ["champion", "head", "sponsor"]
    for shorter in (ladder((0, "owner"), (2, "champion"), (30, "council")), ladder((30, "council")), ladder()):
        rule(town, shorter, ask_later(8))
        rule(town, OLD, ask_later(8) + timedelta(hours=1))
    falls(owed, after(20))
    assert asked(owed) == ["champion", "head", "sponsor", "council"]


@pytest.mark.parametrize("reached", [0, 1, 2])
def test_a_change_further_up_moves_nothing_of_what_comes_first_whatever_was_held(
    town: Town, owed: Duty, reached: int
) -> None:
    """Reminded, warned, or the champion asked; then held; then a version that changes the council's day alone."""
    sweep((at_nine(working_days_after(DUE, -2)), ask_later(1), ask_later(2))[reached])
    duties.pause(subject_id=owed.subject_id, to=working_days_after(DUE, 10))
    before = up_to_the_sponsor(owed)
    rule(town, ladder(*[(step.days, step.to) for step in OLD.steps[:-1]], (13, "council")), ask_later(3))
    assert Duty.objects.get(pk=owed.pk).turn > 0
    assert up_to_the_sponsor(owed) == before
    # ... and once the hold is over and the champion asked.
    sweep(after(10) + timedelta(hours=3))
    sweep(after(12) + timedelta(hours=3))
    before, now = up_to_the_sponsor(owed), after(12) + timedelta(hours=4)
    rule(town, ladder(*[(step.days, step.to) for step in OLD.steps[:-1]], (14, "council")), now)
    assert up_to_the_sponsor(owed) == before


def up_to_the_sponsor(duty: Duty) -> list[tuple[date, str]]:
    coming = [(one.day, one.target) for one in expected_by(after(40)) if one.duty_id == duty.pk]
    return coming[: [target for _day, target in coming].index("sponsor") + 1]


def test_who_was_warned_in_the_morning_is_not_warned_again_by_the_afternoons_version(town: Town, owed: Duty) -> None:
    sweep(ask_later(1))
    assert Firing.objects.filter(duty=owed, target=WARNING).count() == 1
    rule(town, ladder(*[(step.days, step.to) for step in OLD.steps[:-1]], (13, "council")), ask_later(1))
    sweep(ask_later(1) + timedelta(minutes=1))
    assert Firing.objects.filter(duty=owed, target=WARNING).count() == 1
    assert falls(owed, after(2)) == [(working_days_after(DUE, 2), "champion")]


def test_reopened_work_climbs_by_the_version_that_holds(town: Town, owed: Duty) -> None:
    sweep(ask_later(2))
    duties.close_duty(subject_id=owed.subject_id, kind="keep", now=ask_later(3), outcome="done")
    rule(town, ladder((0, "owner"), (2, "champion"), (3, "sponsor")), ask_later(3))
    footing.resume_duty(owed.subject_id, owed.seat, "keep", now=ask_later(4), outcome="sent back")
    assert falls(owed, after(9)) == [(working_days_after(DUE, 5), "sponsor")]


def test_another_day_that_a_low_level_gave_asks_nobody_again_under_another_version(town: Town, owed: Duty) -> None:
    sweep(ask_later(8))
    rule(town, ladder((0, "owner"), (30, "council")), ask_later(8))
    duty = Duty.objects.get(pk=owed.pk)
    rule(town, OLD, ask_later(8) + timedelta(hours=1))
    version = CharterVersion.objects.get(charter=town.charter, state="in_force")
    steps = {position: to for position, _days, to in OLD.rungs("keep")}
    position, height = reached(duty, version, "head")
    assert steps[position] == "sponsor"
    assert height == RANKS["sponsor"]
    assert reached(duty, version, "sponsor") == (0, 0)


def test_a_rung_that_falls_while_the_version_takes_over_is_carried_too(town: Town, owed: Duty, monkeypatch) -> None:
    look, once = carrying._steps, [True]

    def meanwhile(versions):
        if once:
            once.pop()
            Duty.objects.filter(pk=owed.pk).update(rung=F("rung") + 1)
        return look(versions)

    monkeypatch.setattr(carrying, "_steps", meanwhile)
    rule(town, ladder((1, "sponsor")), ask_later(2))
    assert Duty.objects.get(pk=owed.pk).charter_version.state == "in_force"


TARGETS = ("owner", "champion", "head", "sponsor", "chair", "council")


@st.composite
def ladders_of(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    steps = draw(st.lists(st.tuples(st.integers(-5, 20), st.sampled_from(TARGETS)), max_size=8))
    return ladder(*steps).rungs("keep")


def by_walking(old: Rungs, fell: int, new: Rungs, height: int) -> int:
    """A second way: a rung is behind when all below it are and it was asked, said, or lies below one that was asked."""
    said = [(days, to) for position, days, to in old if position <= fell]
    height = max([height, *(RANKS[to] for _days, to in said)])
    first_above = next((at for at, _days, to in new if RANKS[to] > height), len(new) + 1)
    asked = [at for at, _days, to in new if RANKS[to] and at < first_above]
    behind = set(range(1, max(asked, default=0) + 1))
    for at, days, to in new:
        if at - 1 in behind | {0} and not RANKS[to] and said and days <= said[-1][0]:
            behind.add(at)
    return max(behind, default=0)


@given(old=ladders_of(), new=ladders_of(), fell=st.integers(0, 16), height=st.integers(0, 6))
def test_nobody_at_or_below_the_level_reached_is_asked_next_and_nobody_above_is_passed_over(
    old: Rungs, new: Rungs, fell: int, height: int
) -> None:
    reached = carried_rung(old, fell, new, height=height)
    assert reached == by_walking(old, fell, new, height)
    highest = max([height, *(RANKS[to] for at, _days, to in old if at <= fell)])
    assert all(RANKS[to] <= highest for at, _days, to in new if at <= reached)
    following = next((RANKS[to] for at, _days, to in new if at > reached and RANKS[to]), None)
    assert following is None or following > highest
