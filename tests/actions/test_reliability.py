"""What became of promises: a table by hand, and what always holds, beside a second, slow derivation."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.reliability import LEAD, SETTLED, Given, Promised, Record, Verdict, judge, median, records

D = date(2026, 3, 1)
TODAY = date(2026, 6, 1)


def on(days: int) -> date:
    return D + timedelta(days=days)


def record(*days: tuple[int, int | None], done: int | None = None, ended: int | None = None) -> Record:
    """Days after 1 March: promised, and when another was asked for."""
    return Record(
        tuple(Promised(on(due), on(asked) if asked is not None else None) for due, asked in days),
        on(done) if done is not None else None,
        on(ended) if ended is not None else None,
    )


GOLDEN = [
    # kept
    (record((10, None), done=10), "kept", 0),
    (record((10, None), done=3), "kept", 0),
    (record((10, 2), (30, None), done=9), "kept", 0),  # moved, and done by the first day all the same
    # renegotiated in time
    (record((10, 8), (30, None), done=30), "renegotiated", 20),
    (record((10, 0), (30, 28), (40, None), done=35), "renegotiated", 25),
    # said, at short notice
    (record((10, 9), (30, None), done=30), "short", 20),
    (record((10, 10), (30, None), done=30), "short", 20),
    (record((10, 5), done=12), "short", 2),  # refused, and late then: it had been said
    (record((10, 5), (30, 30), done=31), "short", 21),
    (record((10, 5), (30, 29), (40, None), done=40), "short", 30),
    # missed in silence
    (record((10, None), done=11), "missed", 1),
    (record((10, 11), (30, None), done=30), "missed", 20),  # asked for the day after
    (record((10, 5), (30, None), done=31), "missed", 21),  # the second one passed without a word
    (record((10, None)), "missed", 82),
    (record((10, None), ended=11), "missed", 1),
    # not to be told
    (record((100, None)), "open", 0),
    (record((10, 5), (100, None)), "open", 90),
    (record((10, 5)), "open", 82),  # asked for in time, and nobody has answered
    (record((10, None), ended=10), "void", 0),
    (record((10, 5), (100, None), ended=20), "void", 90),
]


@pytest.mark.parametrize(("one", "verdict", "slip"), GOLDEN)
def test_the_table_of_what_became_of_promises(one: Record, verdict: str, slip: int) -> None:
    judged = judge(one, today=TODAY)
    assert (str(judged.verdict), judged.slip) == (verdict, slip)
    assert (judged.settled_on is not None) == (judged.verdict in SETTLED)


def slow(one: Record, today: date) -> str:
    """Day by day: which promise held, and whether its end came in silence. Imports no rule of the module."""
    holds, warned, ahead, moved = 0, False, True, False
    day = min(item.due_on for item in one.days) - timedelta(days=400)
    asked = {item.asked_on: place for place, item in enumerate(one.days) if item.asked_on is not None}
    while day <= today:
        if one.done_on == day:
            if day <= one.days[0].due_on:
                return "kept"
            on_time = day <= one.days[-1].due_on
            return "renegotiated" if moved and ahead and on_time else "short"
        if one.ended_on == day:
            return "void"
        place = asked.get(day)
        if place == holds and day <= one.days[holds].due_on:
            warned = True
            if holds < len(one.days) - 1:
                ahead = ahead and (one.days[holds].due_on - day).days >= 2
                holds, warned, moved = holds + 1, False, True
        if day == one.days[holds].due_on and day < today and not warned and one.done_on != day and one.ended_on != day:
            return "missed"
        day += timedelta(days=1)
    return "open"


@st.composite
def chains(draw) -> tuple[Record, date]:
    """A chain in which each later day was asked for before the one before it passed, save perhaps the first that was
    not; then it stops."""
    days: list[Promised] = []
    due, asked_after = draw(st.integers(5, 30)), 0
    for _number in range(draw(st.integers(0, 3))):
        asked = draw(st.integers(asked_after, due))
        days.append(Promised(on(due), on(asked)))
        asked_after, due = asked + 1, due + draw(st.integers(2, 20))
    says = draw(st.booleans()) and asked_after <= due
    days.append(Promised(on(due), on(draw(st.integers(asked_after, due))) if says else None))
    ends = draw(st.sampled_from(["done", "ended", "runs"]))
    end = on(draw(st.integers(asked_after, 120)))
    one = Record(tuple(days), end if ends == "done" else None, end if ends == "ended" else None)
    return one, on(draw(st.integers(asked_after, 130)))


@given(chains())
def test_judging_agrees_with_reading_it_day_by_day(drawn: tuple[Record, date]) -> None:
    one, today = drawn
    if one.done_on is not None and one.done_on > today:
        one = Record(one.days)
    if one.ended_on is not None and one.ended_on > today:
        one = Record(one.days)
    assert str(judge(one, today=today).verdict) == slow(one, today)


@given(chains(), st.integers(0, 60))
def test_what_is_settled_stays_settled(drawn: tuple[Record, date], later: int) -> None:
    one, today = drawn
    judged = judge(one, today=max(today, one.done_on or today, one.ended_on or today))
    again = judge(one, today=max(today, one.done_on or today, one.ended_on or today) + timedelta(days=later))
    if judged.verdict in SETTLED:
        assert (again.verdict, again.settled_on) == (judged.verdict, judged.settled_on)


@given(chains())
def test_candour_is_never_worth_less_than_silence(drawn: tuple[Record, date]) -> None:
    """Saying it well ahead, everything else alike, never turns a better verdict into a worse one."""
    one, today = drawn
    order = ["missed", "short", "open", "void", "renegotiated", "kept"]
    candid = Record(
        tuple(Promised(day.due_on, min(day.asked_on or day.due_on, day.due_on - LEAD)) for day in one.days),
        one.done_on, one.ended_on,
    )  # fmt: skip
    silent, said = judge(one, today=today).verdict, judge(candid, today=today).verdict
    assert order.index(str(said)) >= order.index(str(silent))
    assert said is not Verdict.MISSED


@given(chains())
def test_a_slip_is_never_negative_and_nothing_kept_has_one(drawn: tuple[Record, date]) -> None:
    one, today = drawn
    judged = judge(one, today=today)
    assert judged.slip >= 0
    if judged.verdict is Verdict.KEPT:
        assert judged.slip == 0


# --- from promises to records --------------------------------------------------------------------------------------


def test_a_date_restated_at_hand_over_is_neither_renegotiated_nor_missed() -> None:
    chain = [
        Given(on(10), on(0), begins=True, ended_on=on(5)),  # its giver left on the fifth day
        Given(on(40), on(20), begins=True),  # the successor restated it
    ]
    (_, left), (start, taken) = records(chain, done_on=on(40))
    assert judge(left, today=TODAY).verdict is Verdict.VOID
    assert (start, judge(taken, today=TODAY).verdict) == (1, Verdict.KEPT)


def test_a_day_that_passed_before_the_hand_over_stays_missed() -> None:
    chain = [Given(on(10), on(0), begins=True, ended_on=on(15)), Given(on(40), on(20), begins=True)]
    assert [judge(one, today=TODAY).verdict for _start, one in records(chain, done_on=on(40))] == [
        Verdict.MISSED,
        Verdict.KEPT,
    ]


def test_a_date_that_the_council_moved_unasked_counts_from_the_day_on_which_it_did() -> None:
    for decided, verdict in ((5, Verdict.RENEGOTIATED), (9, Verdict.SHORT), (12, Verdict.MISSED)):
        chain = [Given(on(10), on(0), begins=True), Given(on(40), on(decided), begins=False)]
        ((_start, one),) = records(chain, done_on=on(40))
        assert judge(one, today=TODAY).verdict is verdict


def test_asking_in_time_counts_although_the_council_decided_late() -> None:
    chain = [Given(on(10), on(0), begins=True, asked_on=on(3)), Given(on(40), on(25), begins=False)]
    ((_start, one),) = records(chain, done_on=on(40))
    assert judge(one, today=TODAY).verdict is Verdict.RENEGOTIATED


@given(st.lists(st.integers(0, 400), max_size=9))
def test_the_median_has_as_many_below_as_above(slips: list[int]) -> None:
    found = median(slips)
    if found is None:
        assert slips == []
    else:
        assert 2 * sum(slip < found for slip in slips) <= len(slips)
        assert 2 * sum(slip > found for slip in slips) <= len(slips)


def test_what_was_kept_before_a_reopening_stays_kept() -> None:
    closed = Given(on(10), on(0), begins=True, was_closed=True, done_on=on(9))
    again = Given(on(60), on(40), begins=True)
    for given_ones in ([closed], [closed, again]):
        (_place, first), *_later = records(given_ones)
        assert judge(first, today=TODAY).verdict == Verdict.KEPT
    undone = Given(on(10), on(0), begins=True, ended_on=on(8), was_closed=True)
    assert judge(records([undone])[0][1], today=TODAY).verdict == Verdict.VOID
