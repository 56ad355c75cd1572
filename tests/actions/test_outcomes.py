"""Whether it worked: fixed at acceptance, read after verification, judged by a person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions import shares
from actions.models import ActionItem, Outcome, OutcomeReading, OutcomeVerdict
from actions.queries import items as item_queries
from actions.queries import outcomes as outcome_queries
from actions.services import items, outcomes
from actions.services.footing import lock
from actions.services.items import Aim
from actions.services.measure_changes import change
from councils.models import AgendaItem, Decision, Meeting
from councils.services import agenda, decisions, meetings
from governance.clauses import Windows
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, Metric
from governance.services import metrics, seats
from tests.actions.test_items import DAY, Work, owed
from tests.engines import examples
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db

VERIFIED = EPOCH + timedelta(days=10)


class Measured(Work):
    """An action whose KPI is answered for by the champion of Digital; 120 of 400 before it."""

    def __init__(self, *, unit: str = "percent", **options) -> None:
        super().__init__(**options)
        self.reader = self.town.champions[self.town.digital.pk]
        self.metric = metrics.define(
            title="Told within two days", unit=unit, seat=self.town.champion_seats[self.town.digital.pk],
            by=self.town.lead, now=EPOCH,
        )  # fmt: skip

    def seen(self, on: date, **parts) -> None:
        metrics.observe(metric=self.metric, on=on, by=self.town.lead, now=EPOCH + timedelta(days=400), **parts)

    def aim(self, **fields) -> Aim:
        return Aim(**{"metric": self.metric, "target": 350, **fields})

    def accepted(self, aim: Aim | None = None, **fields) -> ActionItem:
        action = self.action(**fields)
        return items.accept(action=action, promised_on=DAY, by=self.owner, now=EPOCH, aim=aim or self.aim())

    def verified(self, aim: Aim | None = None) -> ActionItem:
        action = self.accepted(aim)
        items.add_evidence(action=action, title="Forty claims", kind="note", by=self.owner, now=EPOCH)
        items.say_done(action=action, by=self.owner, now=EPOCH)
        items.verify(action=action, finding="confirmed", by=self.chamber.secretary, now=VERIFIED)
        return ActionItem.objects.get(pk=action.pk)

    def read_all(self, action: ActionItem) -> OutcomeReading:
        for day in outcomes.REVIEWS:
            made = items.read(action=action, by=self.reader, now=VERIFIED + timedelta(days=day))
        return made


@pytest.fixture
def work() -> Measured:
    return Measured()


def decide(work: Measured, item: AgendaItem, outcome: str, **payload) -> Decision:
    """The council of nine settles an item in a meeting at which all are present."""
    clerk = work.chamber.secretary
    meeting = Meeting.objects.filter(council=work.chamber.council, state="open").first() or meetings.open_meeting(
        meeting=meetings.call(council=work.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH), by=clerk, now=EPOCH
    )
    for membership in work.chamber.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=clerk, now=EPOCH)
    item = AgendaItem.objects.get(pk=item.pk)
    if item.meeting_id != meeting.pk:
        item = agenda.place(item=item, meeting=meeting, by=clerk, now=EPOCH)
    return decisions.settle(
        item=item, outcome=outcome, motion="As proposed.", payload=payload, by=clerk, now=EPOCH,
        votes={membership.pk: "for" for membership in work.chamber.memberships},
    )  # fmt: skip


# --- fixed at acceptance -------------------------------------------------------------------------------------------


def test_the_owner_fixes_one_kpi_its_target_and_its_windows_at_acceptance(work: Measured) -> None:
    outcome = Outcome.objects.get(action=work.accepted())
    assert (outcome.metric, outcome.target, outcome.share, outcome.number) == (work.metric, 350, 100, 1)
    assert (outcome.baseline_from, outcome.baseline_until) == (date(2026, 8, 4), EPOCH.date())
    assert outcome.effect_from == DAY


def test_an_action_may_have_no_kpi_if_it_says_why(work: Measured) -> None:
    action = work.accepted(Aim(because="The regulator asks for it, whatever customers say."))
    assert Outcome.objects.get(action=action).metric is None
    action = work.verified(Aim(because="The regulator asks for it."))
    assert not Duty.objects.filter(subject_id=action.pk, closed_at=None).exists(), "nothing is read"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"target": None}, "target"),
        ({"share": 0}, "share"),
        ({"share": 101}, "share"),
        ({"because": "And none."}, "because"),
        ({"effect_from": EPOCH.date()}, "effect_from"),
        ({"baseline_from": date(2027, 1, 1)}, "baseline_from"),
        ({"effect_until": date(2026, 11, 1)}, "effect_until"),
    ],
)
def test_what_cannot_be_measured_is_said_at_its_field(work: Measured, fields: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        work.accepted(work.aim(**fields))
    assert error.value.field == field
    assert not Outcome.objects.exists()


def test_it_is_fixed_once_and_then_changed_by_the_council_alone(work: Measured) -> None:
    action = work.accepted()
    with pytest.raises(Conflict, match="is fixed"):
        items.measure(action=action, aim=work.aim(target=300), by=work.owner, now=EPOCH)
    for stranger in (work.head, work.chamber.members[4]):
        with pytest.raises(Refused):
            items.propose_measure(action=action, aim=work.aim(), reason="r", by=stranger, now=EPOCH)
    clerk = work.chamber.secretary
    with pytest.raises(Invalid) as error:
        items.propose_measure(action=action, aim=work.aim(), reason=" ", by=clerk, now=EPOCH)
    assert error.value.field == "reason"
    item = items.propose_measure(
        action=action, aim=work.aim(target=330), reason="Typed wrong.", by=work.owner, now=EPOCH
    )
    assert Outcome.objects.get().target == 350, "until the council decides, what was fixed holds"
    assert "at 35.0" in item.ask
    assert "at 33.0" in item.ask
    with pytest.raises(Conflict, match=item.reference):
        items.propose_measure(action=action, aim=work.aim(target=1), reason="r", by=clerk, now=EPOCH)
    decided = decide(work, item, "change")
    assert list(Outcome.objects.order_by("number").values_list("number", "target", "reason", "decision")) == [
        (1, 350, "", None), (2, 330, "Typed wrong.", decided.pk),
    ]  # fmt: skip


def test_what_the_council_keeps_is_kept_and_what_was_not_proposed_is_not_changed(work: Measured) -> None:
    action = work.accepted()
    item = items.propose_measure(action=action, aim=work.aim(target=1), reason="Easier.", by=work.owner, now=EPOCH)
    decide(work, item, "keep", reason="It was promised.")
    assert Outcome.objects.get().target == 350
    bare = agenda.propose(
        council=work.chamber.council, about=action.subject, matter="measure", by=work.chamber.chair, now=EPOCH
    )
    with pytest.raises(Invalid, match="action's page"):
        decide(work, bare, "change")


@pytest.mark.parametrize("typed", [{"target": 1}, {"metric": "x"}, {"effect_from": 5}, {"why": ["x"]}])
def test_the_council_decides_about_what_was_proposed_whatever_is_typed(work: Measured, typed: dict) -> None:
    action = work.accepted()
    item = items.propose_measure(action=action, aim=work.aim(target=360), reason="r", by=work.owner, now=EPOCH)
    decide(work, item, "change", **{"share": 100, "metric": work.metric.pk, "target": 2, "why": "Mine", **typed})
    made = Outcome.objects.get(number=2)
    assert (made.target, made.reason) == (360, "r")


def test_what_was_judged_between_proposal_and_decision_stays(work: Measured) -> None:
    action = work.verified()
    work.read_all(action)
    end = VERIFIED + timedelta(days=95)
    item = items.propose_measure(action=action, aim=work.aim(target=1), reason="r", by=work.owner, now=end)
    items.judge(action=action, effect="not", said="Nothing moved.", by=work.reader, now=end)
    with pytest.raises(Conflict, match="said already"):
        decide(work, item, "change")
    assert Outcome.objects.get().target == 350


def test_what_was_judged_is_not_measured_otherwise_afterwards(work: Measured) -> None:
    action = work.verified()
    work.read_all(action)
    end = VERIFIED + timedelta(days=95)
    items.judge(action=action, effect="not", said="Nothing moved.", by=work.reader, now=end)
    with pytest.raises(Conflict, match="said already"):
        items.propose_measure(action=action, aim=work.aim(target=1), reason="r", by=work.owner, now=end)


def test_a_share_that_is_no_longer_free_is_said_before_anybody_votes(work: Measured) -> None:
    action = work.accepted(work.aim(share=40))
    item = items.propose_measure(action=action, aim=work.aim(share=90), reason="r", by=work.owner, now=EPOCH)
    items.accept(
        action=work.action(title="Other"), promised_on=date(2026, 11, 13), by=work.owner, now=EPOCH,
        aim=work.aim(share=30),
    )  # fmt: skip
    with pytest.raises(Invalid) as error:
        decide(work, item, "change")
    assert error.value.field == "share"
    assert AgendaItem.objects.get(pk=item.pk).state == "open"


def test_a_dropped_action_takes_its_proposal_along_and_a_verified_one_keeps_it(work: Measured) -> None:
    dropped, kept = work.accepted(work.aim(share=50)), work.verified(work.aim(share=1))
    of_dropped, of_kept = (
        items.propose_measure(action=one, aim=Aim(because="None fits."), reason="r", by=work.chamber.chair, now=EPOCH)
        for one in (dropped, kept)
    )
    items.cancel(action=dropped, reason="r", by=work.chamber.chair, now=EPOCH)
    assert AgendaItem.objects.get(pk=of_dropped.pk).state == "withdrawn"
    decide(work, of_kept, "change")
    assert [one.because for one in Outcome.objects.filter(action=kept, number=2)] == ["None fits."]
    assert not Duty.objects.filter(subject_id=kept.pk, closed_at=None).exists(), "nothing is read any more"


def test_what_was_accepted_without_is_fixed_before_it_is_done_and_not_after(work: Measured) -> None:
    action = work.running()
    items.measure(action=action, aim=work.aim(), by=work.owner, now=EPOCH)
    done = work.done(title="Another")
    with pytest.raises(Conflict):
        items.measure(action=done, aim=work.aim(), by=work.owner, now=EPOCH)


@pytest.mark.parametrize("change", [{"target": 1}, {"share": 3}, {"effect_until": date(2030, 1, 1)}])
def test_nobody_changes_what_was_fixed_past_the_services(work: Measured, change: dict) -> None:
    work.accepted()
    with pytest.raises(DatabaseError, match="corrected, never changed"), transaction.atomic():
        Outcome.objects.update(**change)
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        Outcome.objects.all()._raw_delete("default")


# --- shares --------------------------------------------------------------------------------------------------------


def test_two_actions_never_claim_more_than_all_of_a_change(work: Measured) -> None:
    work.accepted(work.aim(share=70))
    with pytest.raises(Invalid, match=r"70 %.*30 % at most") as error:
        work.accepted(work.aim(share=31))
    assert error.value.field == "share"
    other = work.accepted(work.aim(share=30))
    later = work.aim(share=100, effect_from=date(2027, 6, 1))
    work.accepted(later)
    with pytest.raises(Invalid, match=r"0 % is free\. Choose another KPI") as error:
        work.accepted(work.aim(share=1))
    assert error.value.field == "metric"
    items.cancel(action=other, reason="r", by=work.chamber.secretary, now=EPOCH)
    work.accepted(work.aim(share=30))


def test_the_form_tells_of_each_kpi_how_much_of_it_is_free(work: Measured, client_for) -> None:
    action, client = work.action(title="Next"), client_for(work.owner)
    place = f"/actions/{action.reference}/"
    assert "% free" not in client.get(place).text
    dropped, _kept = work.accepted(work.aim(share=60)), work.accepted(work.aim(share=40))
    other = metrics.define(title="Another", unit="percent", seat=work.metric.seat, by=work.town.lead, now=EPOCH)
    assert outcomes.free_shares(action, [work.metric.pk, other.pk], now=EPOCH) == {work.metric.pk: 0, other.pk: 100}
    assert "Told within two days (percent), 0 % free" in client.get(place).text
    items.cancel(action=dropped, reason="r", by=work.chamber.secretary, now=EPOCH)
    assert "Told within two days (percent), 60 % free" in client.get(place).text
    with CaptureQueriesContext(connection) as captured:
        outcomes.free_shares(action, [work.metric.pk, other.pk], now=EPOCH)
    assert sum("actions_outcome" in one["sql"] for one in captured) == 1


def test_the_database_refuses_what_adds_up_to_more_whoever_writes(work: Measured) -> None:
    one, two = Outcome.objects.get(action=work.accepted(work.aim(share=60))), work.running(title="Two")
    same = {
        name: getattr(one, name)
        for name in ("metric", "target", "baseline_from", "baseline_until", "effect_from", "effect_until", "by", "at")
    }
    with pytest.raises(DatabaseError, match="at most 100 percent"), transaction.atomic():
        Outcome.objects.create(action=two, number=1, share=41, **same)
    Outcome.objects.create(action=two, number=1, share=40, **same)


DAYS = st.integers(0, 30).map(lambda ahead: date(2027, 1, 1) + timedelta(days=ahead))


def slowest(spans: list[shares.Span]) -> int:
    """Day by day."""
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(40)]
    return max(sum(share for share, first, last in spans if first <= day <= last) for day in days)


class Sharing(TestCase):
    """Whatever is claimed, corrected or dropped, in whatever order: no day is claimed more than once."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.work = Measured()
        cls.actions = [cls.work.running(title=f"Work {number}") for number in range(4)]

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 100), DAYS, DAYS, st.booleans()), max_size=10))
    @settings(max_examples=examples(40), deadline=None)
    def test_no_day_is_claimed_more_than_once(self, claims: list) -> None:
        work, held = self.work, {}
        with transaction.atomic():
            for number, share, one, other, is_dropped in claims:
                action, span = self.actions[number], shares.Span(share, min(one, other), max(one, other))
                aim = work.aim(
                    share=share, effect_from=span.first, effect_until=span.last, baseline_until=date(2026, 12, 1)
                )
                others = [kept for key, kept in held.items() if key != number]
                fits = slowest([*others, span]) <= 100
                try:
                    if Outcome.objects.filter(action=action).exists():
                        change(lock(action.pk), aim, reason="r", by=work.chamber.secretary, now=EPOCH)
                    else:
                        items.measure(action=action, aim=aim, by=work.owner, now=EPOCH)
                except Conflict:
                    continue  # dropped before
                except Invalid:
                    assert not fits
                    continue
                assert fits
                held[number] = span
                if is_dropped:
                    items.cancel(action=action, reason="r", by=work.chamber.secretary, now=EPOCH)
                    del held[number]
            assert slowest(list(held.values())) <= 100
            assert sorted(held.values()) == sorted(outcomes.claims(work.metric))
            transaction.set_rollback(True)


# --- read after verification ---------------------------------------------------------------------------------------


def test_the_kpis_seat_reads_thirty_sixty_and_ninety_days_after_verification(work: Measured) -> None:
    work.seen(date(2026, 10, 20), numerator=120, denominator=400)
    action = work.verified()
    duty = owed(action)
    assert (duty.kind, duty.seat_id, duty.due_on) == (DutyKind.READ, work.metric.seat_id, date(2026, 12, 14)), (
        "a Saturday waits for Monday"
    )
    with pytest.raises(Conflict, match="2026-12-12"):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=29))
    with pytest.raises(Refused):
        items.read(action=action, by=work.owner, now=VERIFIED + timedelta(days=30))
    work.seen(date(2026, 12, 1), numerator=160, denominator=400)
    reading = items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))
    assert (reading.day, reading.effect) == (30, "worked")
    assert reading.facts["before"]["size"] == reading.facts["after"]["size"] == 400
    assert len(reading.facts["observed_before"]) == len(reading.facts["observed_after"]) == 1
    assert owed(action).due_on == date(2027, 1, 11)
    for day in (60, 90):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=day))
    assert owed(action).kind == DutyKind.JUDGE
    with pytest.raises(Conflict, match="All readings"):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=91))


def test_whoever_answers_for_the_kpi_sees_the_action_once_there_is_something_to_read(work: Measured) -> None:
    action = work.accepted()
    assert not ActionItem.objects.visible_to(work.reader, EPOCH).exists()
    items.add_evidence(action=action, title="t", kind="note", by=work.owner, now=EPOCH)
    items.say_done(action=action, by=work.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=VERIFIED)
    assert ActionItem.objects.visible_to(work.reader, VERIFIED).exists()


def test_a_confidential_councils_kpi_is_read_by_its_own_secretary_and_shown_to_nobody_else() -> None:
    work = Measured(confidential=True)
    seats.seat_person(seat=work.seat, person=work.chamber.chair, by=None, now=EPOCH)
    work.town.lead = work.owner = work.chamber.chair
    action = work.verified()
    assert owed(action).seat.kind == "secretary"
    assert not ActionItem.objects.visible_to(work.reader, VERIFIED).exists()
    with pytest.raises(Absent):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))


def test_too_few_answers_are_said_to_be_too_few(work: Measured) -> None:
    work.seen(date(2026, 10, 20), numerator=120, denominator=400)
    action = work.verified()
    work.seen(date(2026, 12, 1), numerator=30, denominator=41)
    reading = items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))
    assert (reading.effect, reading.facts["why"]) == ("cannot_tell", "too_few")


def test_a_value_without_its_size_cannot_tell_and_a_corrected_one_is_not_counted(work: Measured) -> None:
    work.seen(date(2026, 10, 20), value=300)
    action = work.verified()
    work.seen(date(2026, 12, 1), numerator=160, denominator=400)
    reading = items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))
    assert reading.facts["why"] == "no_size"
    work.seen(date(2026, 10, 20), numerator=120, denominator=400, note="With its size.")
    reading = items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=60))
    assert reading.effect == "worked"
    assert len(reading.facts["observed_before"]) == 1


def test_a_net_promoter_score_and_a_mean_are_read_with_their_own_spread() -> None:
    work = Measured(unit="nps")
    work.seen(date(2026, 10, 20), numerator=160, denominator=400, detractors=100)
    action = work.verified(work.aim(target=20))
    work.seen(date(2026, 12, 1), numerator=200, denominator=400, detractors=80)
    reading = items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))
    assert (reading.facts["before"]["value"], reading.facts["after"]["value"]) == (15.0, 30.0)
    assert reading.effect == "worked"
    waits = Measured.__new__(Measured)
    waits.__dict__.update(work.__dict__)
    waits.metric = metrics.define(
        title="Minutes", unit="minutes", better="down", seat=work.metric.seat, by=work.town.lead, now=EPOCH
    )
    waits.seen(date(2026, 10, 20), value=9, answers=300, spread=3)
    action = waits.verified(waits.aim(target=7))
    waits.seen(date(2026, 12, 1), value=6, answers=300, spread=3)
    assert items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30)).effect == "worked"


@pytest.mark.parametrize(
    ("unit", "parts", "field"),
    [
        ("nps", {"numerator": 3, "denominator": 5, "detractors": 3}, "detractors"),
        ("percent", {"numerator": 3, "denominator": 5, "detractors": 1}, "detractors"),
        ("percent", {"value": 3, "answers": 5, "spread": 1}, "answers"),
        ("minutes", {"value": 3, "answers": 5}, "answers"),
        ("minutes", {"value": 3, "answers": 1, "spread": 1}, "spread"),
    ],
)
def test_a_size_that_makes_no_sense_is_said_at_its_field(unit: str, parts: dict, field: str) -> None:
    work = Measured(unit=unit)
    with pytest.raises(Invalid) as error:
        work.seen(date(2026, 10, 20), **parts)
    assert error.value.field == field


def test_a_reading_is_never_changed(work: Measured) -> None:
    action = work.verified()
    items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        OutcomeReading.objects.update(effect="worked")


# --- a person's verdict --------------------------------------------------------------------------------------------


def test_a_person_without_a_part_in_the_work_says_whether_it_worked_after_the_last_reading(work: Measured) -> None:
    action = work.verified()
    with pytest.raises(Conflict, match="not read to the end"):
        items.judge(action=action, effect="worked", said="Yes.", by=work.reader, now=VERIFIED)
    work.read_all(action)
    now = VERIFIED + timedelta(days=91)
    for fields, field in (({"effect": "great"}, "effect"), ({"said": " "}, "said")):
        with pytest.raises(Invalid) as error:
            items.judge(**{"action": action, "effect": "not", "said": "No.", "by": work.reader, "now": now, **fields})
        assert error.value.field == field
    items.judge(action=action, effect="cannot_tell", said="Two things changed at once.", by=work.reader, now=now)
    assert OutcomeVerdict.objects.get().effect == "cannot_tell"
    assert not Duty.objects.filter(subject_id=action.pk, closed_at=None).exists()
    with pytest.raises(Conflict, match="stays on record"):
        items.judge(action=action, effect="worked", said="Yes!", by=work.reader, now=now)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        OutcomeVerdict.objects.update(effect="worked")


def test_whoever_did_the_work_never_says_that_it_worked(work: Measured) -> None:
    Metric.objects.update(seat=work.seat)
    action = work.verified()
    assert owed(action).seat_id == work.seat.pk, "the KPI is theirs, and reading is computed"
    for day in outcomes.REVIEWS:
        items.read(action=action, by=work.owner, now=VERIFIED + timedelta(days=day))
    assert owed(action).seat.kind == "secretary"
    with pytest.raises(Refused, match="had a part"):
        items.judge(action=action, effect="worked", said="I say so.", by=work.owner, now=VERIFIED + timedelta(days=91))


def test_the_charter_in_force_at_acceptance_says_when_it_is_read(work: Measured) -> None:
    rules = replace(work.town.rules, windows=Windows(20, 200, 0))
    work.town.rule_anew(rules)
    action = work.verified()
    work.town.rule_anew(work.town.rules)
    outcome = outcomes.current(action)
    assert outcome is not None
    assert outcome.effect_until == DAY + timedelta(days=230), "the change counts a month past the last reading"
    with pytest.raises(Conflict, match="20 days after"):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=19))
    for day in (20, 200):
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=day))
    assert owed(action).kind == DutyKind.JUDGE
    with pytest.raises(DatabaseError, match="fixed as it was accepted"), transaction.atomic():
        ActionItem.objects.filter(pk=action.pk).update(review_days=[30])


def test_nothing_rests_between_verification_and_verdict(work: Measured) -> None:
    action = work.verified()
    assert item_queries.orphans(VERIFIED) == []
    Duty.objects.filter(subject_id=action.pk).update(closed_at=VERIFIED)
    assert [one.reference for one in item_queries.orphans(VERIFIED)] == [action.reference]


# --- reopened by hand, and verified again ------------------------------------------------------------------------


def test_what_was_reopened_and_verified_again_is_read_from_its_last_verification(work: Measured) -> None:
    action, again = work.verified(), VERIFIED + timedelta(days=100)
    work.read_all(action)
    items.judge(action=action, effect="worked", said="It did.", by=work.reader, now=VERIFIED + timedelta(days=91))
    items.reopen(action=action, reason="It stopped.", by=work.chamber.secretary, now=again)
    items.say_done(action=action, by=work.owner, now=again)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=again)
    duty = owed(action)
    assert (duty.kind, duty.due_on) == (DutyKind.READ, again.date() + timedelta(days=30))
    reading = items.read(action=action, by=work.reader, now=again + timedelta(days=30))
    assert (reading.day, reading.verification.round) == (30, 2)
    [shown] = outcome_queries.results(work.chamber.secretary, again)
    assert shown.verdict is None, "the verdict was about the first round"
    assert outcome_queries.of(action, again + timedelta(days=30)).next_day == 60
