"""A pilot: declared with what must be true, checked on its day by somebody without a part in the work, and closed."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from actions.models import (
    ActionItem,
    Outcome,
    OutcomeVerdict,
    Pilot,
    PilotCheck,
    PilotCriterion,
    PilotFinding,
    PilotPlace,
    Verification,
)
from actions.queries import items as item_queries
from actions.queries import piloting as queries
from actions.services import items, parts, pilots
from actions.services.pilots import Found, Plan
from councils.models import AgendaItem
from councils.services import agenda, decisions
from governance.clauses import usual_ladder
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, JournalEntry, Person, Rung, SeatKind
from governance.services import duties
from notifications.models import Message
from notifications.services.sweep import sweep
from tests.actions.test_items_matters import Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
TODAY = EPOCH.date()
SOON = date(2026, 11, 20)
LATER = date(2026, 12, 4)
CRITERIA = ("Nine of ten claims have a text within a day", "Calls about where it stands fall by a fifth")
MET = [Found(True, "282 of 300"), Found(True, "From 410 to 301 a week")]
UNMET = [Found(True, "282 of 300"), Found(False, "From 410 to 402 a week")]


@pytest.fixture
def room() -> Room:
    return Room()


def plan(room: Room, **more) -> Plan:
    town = room.town
    given = {
        "department": town.claims, "unit": "Glass claims", "check_on": SOON, "criteria": CRITERIA,
        "places": [town.claims, town.digital, town.legal],
    } | more  # fmt: skip
    return Plan(**given)


def declared(room: Room, action: ActionItem | None = None, **more) -> Pilot:
    return pilots.declare(action=action or room.running(), plan=plan(room, **more), by=room.owner, now=EPOCH)


def on(day: date) -> datetime:
    return EPOCH + (day - TODAY)


def check(room: Room, pilot: Pilot, verdict: str = "passed", findings=MET, by: Person | None = None, **more):
    given = {"now": on(pilot.check_on)} | more
    return pilots.check(pilot=pilot, verdict=verdict, findings=findings, by=by or room.clerk, **given)


def owed(pilot: Pilot) -> Duty:
    return Duty.objects.get(subject_id=pilot.pk, closed_at=None)


# --- declaring -------------------------------------------------------------------------------------------------------


def test_a_pilot_says_where_what_must_be_true_who_checks_and_when(room: Room) -> None:
    pilot = declared(room)
    assert pilot.reference.startswith("PIL-")
    assert (pilot.place, pilot.check_on, pilot.state) == ("Glass claims (Claims)", SOON, "running")
    assert [one.text for one in pilots.criteria(pilot)] == list(CRITERIA)
    assert {one.department_id for one in pilot.places.all()} == {
        room.town.claims.pk, room.town.digital.pk, room.town.legal.pk,
    }  # fmt: skip
    duty = owed(pilot)
    assert (duty.kind, duty.due_on, duty.overseer_id) == (DutyKind.CHECK, SOON, room.chamber.council.pk)
    assert duty.seat_id == room.chamber.memberships[1].seat_id, "the secretary checks where nobody is named"
    entry = JournalEntry.objects.get(event="actions.pilot.declared")
    assert entry.facts["check_on"] == SOON.isoformat()
    assert entry.mentions.filter(subject_id=pilot.action_id, role="action").exists()


def test_an_action_is_a_pilot_once(room: Room) -> None:
    pilot = declared(room)
    with pytest.raises(Conflict, match=pilot.reference):
        declared(room, pilot.action)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"criteria": ()}, "criteria"),
        ({"criteria": (" ", "\n")}, "criteria"),
        ({"criteria": tuple(f"c{n}" for n in range(11))}, "criteria"),
        ({"criteria": ("x" * 501,)}, "criteria"),
        ({"check_on": date(2026, 11, 1)}, "check_on"),
        ({"check_on": date(2090, 1, 1)}, "check_on"),
        ({"unit": "x" * 121}, "unit"),
        ({"unit": ""}, "places"),
        ({"by_kpi": True}, "by_kpi"),
    ],
)
def test_what_is_missing_or_past_is_named_at_its_field(room: Room, given: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        declared(room, **given)
    assert refused.value.field == field
    assert not Pilot.objects.exists()


def test_whoever_owned_the_work_does_not_check_it(room: Room) -> None:
    action = room.running()
    with pytest.raises(Invalid, match="had a part in this work") as refused:
        declared(room, action, checker=room.town.champion_seats[room.town.claims.pk])
    assert refused.value.field == "checker"
    vacant = room.town.seat(SeatKind.OTHER, room.town.legal, title="Nobody's")
    with pytest.raises(Invalid, match="Nobody answers"):
        declared(room, action, checker=vacant)
    head = room.town.champion_seats[room.town.legal.pk]
    pilot = declared(room, action, checker=head)
    assert owed(pilot).seat_id == head.pk


def test_a_secretary_with_a_part_in_the_work_leaves_the_check_to_the_councils_line(room: Room) -> None:
    action = room.running()
    items.report(action=action, health="on_track", by=room.owner, now=EPOCH)
    parts.add_doer(action=action, person=room.clerk, by=room.town.heads[room.town.claims.pk], now=EPOCH)
    pilot = declared(room, ActionItem.objects.get(pk=action.pk))
    assert pilot.checker_id == room.chamber.memberships[0].seat_id, "the chair"


def test_only_whoever_may_change_the_plan_declares(room: Room) -> None:
    action = room.running()
    for person in (room.town.heads[room.town.claims.pk], room.clerk):
        with transaction.atomic():
            pilots.declare(action=action, plan=plan(room), by=person, now=EPOCH)
            transaction.set_rollback(True)
    with pytest.raises(Refused):
        pilots.declare(action=action, plan=plan(room), by=room.chamber.members[4], now=EPOCH)
    with pytest.raises(Absent):
        pilots.declare(action=action, plan=plan(room), by=room.town.champions[room.town.legal.pk], now=EPOCH)
    with pytest.raises(Stale):
        pilots.declare(action=action, plan=plan(room), by=room.owner, now=EPOCH, version=99)


def test_what_is_done_is_not_declared_a_pilot_afterwards(room: Room) -> None:
    with pytest.raises(Conflict):
        declared(room, room.done())


def test_the_kpis_target_may_be_a_criterion(room: Room) -> None:
    from actions.services.outcomes import Aim
    from governance.services import metrics

    seat = room.town.champion_seats[room.town.claims.pk]
    metric = metrics.define(title="Told in time", unit="percent", seat=seat, by=room.town.lead, now=EPOCH)
    action = room.running()
    items.measure(action=action, aim=Aim(metric=metric, target=90), by=room.owner, now=EPOCH)
    pilot = declared(room, action, by_kpi=True, criteria=())
    (only,) = pilots.criteria(pilot)
    assert only.outcome == Outcome.objects.get()
    assert only.text.startswith("Told in time: ")


# --- changing --------------------------------------------------------------------------------------------------------


def test_until_the_check_begins_the_plan_changes_and_what_was_written_stays(room: Room) -> None:
    pilot = declared(room)
    near = date(2026, 11, 16)
    pilots.change(
        pilot=pilot, plan=plan(room, criteria=("One thing",), check_on=near, places=[room.town.legal]), by=room.owner,
        now=EPOCH, version=1,
    )  # fmt: skip
    pilot.refresh_from_db()
    assert [one.text for one in pilots.criteria(pilot)] == ["One thing"]
    assert PilotCriterion.objects.filter(pilot=pilot, revision=1).count() == 2
    assert (pilot.check_on, owed(pilot).due_on, pilot.first_check_on) == (near, near, SOON)
    assert [one.department_id for one in pilot.places.all()] == [room.town.legal.pk]
    with pytest.raises(Stale):
        pilots.change(pilot=pilot, plan=plan(room), by=room.owner, now=EPOCH, version=1)


def test_nobody_puts_the_check_off_by_changing_the_plan(room: Room) -> None:
    pilot = declared(room)
    with pytest.raises(Invalid, match="may give it more time") as refused:
        pilots.change(pilot=pilot, plan=plan(room, check_on=LATER), by=room.owner, now=EPOCH)
    assert refused.value.field == "check_on"


def test_once_the_check_has_begun_only_the_council_corrects_with_a_reason(room: Room) -> None:
    pilot = declared(room)
    late = on(SOON)
    fewer = plan(room, criteria=CRITERIA[:1])
    with pytest.raises(Refused, match="Its check has begun"):
        pilots.change(pilot=pilot, plan=fewer, by=room.owner, now=late, reason="It is hard")
    with pytest.raises(Invalid) as refused:
        pilots.change(pilot=pilot, plan=fewer, by=room.clerk, now=late)
    assert refused.value.field == "reason"
    pilots.change(pilot=pilot, plan=fewer, by=room.clerk, now=late, reason="Calls are not counted there")
    pilot.refresh_from_db()
    assert [one.reason for one in pilots.criteria(pilot)] == ["Calls are not counted there"]
    assert JournalEntry.objects.filter(event="actions.pilot.corrected").count() == 1


# --- checking --------------------------------------------------------------------------------------------------------


def test_a_check_that_finds_each_criterion_met_puts_it_before_the_council(room: Room) -> None:
    pilot = declared(room)
    made = check(room, pilot)
    pilot.refresh_from_db()
    assert (pilot.state, made.verdict, made.number) == ("passed", "passed", 1)
    assert [(one.met, one.words) for one in made.findings.order_by("pk")] == [(one.met, one.words) for one in MET]
    item = AgendaItem.objects.get(about=pilot.subject)
    assert (item.matter, item.council, item.state) == ("pilot", room.chamber.council, "open")
    assert not Duty.objects.filter(subject_id=pilot.pk, closed_at=None).exists()
    assert Duty.objects.get(subject_id=item.pk, closed_at=None).kind == DutyKind.SETTLE
    digital = room.town.digital.reference
    seat = room.town.champion_seats[room.town.digital.pk].reference
    assert item.proposal["payload"][f"seat_{digital}"] == seat, "its champion is asked, as themes are routed"


def test_it_is_not_checked_before_its_day(room: Room) -> None:
    pilot = declared(room)
    with pytest.raises(Conflict, match="not before"):
        check(room, pilot, now=on(SOON - timedelta(days=1)))


def test_only_its_checker_or_the_councils_line_checks_and_never_who_did_the_work(room: Room) -> None:
    legal = room.town.champion_seats[room.town.legal.pk]
    pilot = declared(room, checker=legal)
    with pytest.raises(Refused, match="Another person checks it"):
        check(room, pilot, by=room.owner)
    with pytest.raises(Refused):
        check(room, pilot, by=room.chamber.members[3])
    with pytest.raises(Absent):
        check(room, pilot, by=room.town.champions[room.town.digital.pk])
    with transaction.atomic():
        check(room, pilot, by=room.town.champions[room.town.legal.pk])
        transaction.set_rollback(True)
    check(room, pilot, by=room.clerk)  # the line, so that it never gets stuck


def test_a_criterion_that_is_not_met_keeps_it_from_passing(room: Room) -> None:
    pilot = declared(room)
    for findings, verdict, field in ((UNMET, "passed", "verdict"), (MET[:1], "passed", "findings")):
        with pytest.raises(Invalid) as refused:
            check(room, pilot, verdict, findings)
        assert refused.value.field == field
    with pytest.raises(Invalid) as refused:
        check(room, pilot, "not_passed", [Found(True, "x"), Found(False, "  ")], reason="r")
    assert refused.value.field == "words_2"
    assert not PilotCheck.objects.exists()


def test_one_that_did_not_pass_is_closed_with_what_was_learnt(room: Room) -> None:
    pilot = declared(room)
    check(room, pilot, "not_passed", UNMET, reason="People call to hear a voice.")
    pilot.refresh_from_db()
    assert (pilot.state, pilot.closed_at) == ("not_passed", on(SOON))
    assert not AgendaItem.objects.filter(about=pilot.subject).exists()
    with pytest.raises(Conflict, match="closed"):
        check(room, pilot)


def test_it_is_given_more_time_twice_at_most(room: Room) -> None:
    pilot = declared(room)
    for number, day in enumerate((LATER, date(2026, 12, 18)), start=1):
        pilots.extend(
            pilot=pilot, next_on=day, findings=UNMET, reason="Too few claims", by=room.clerk, now=on(pilot.check_on)
        )
        pilot.refresh_from_db()
        assert (pilot.extensions, pilot.check_on, owed(pilot).due_on) == (number, day, day)
    assert pilot.first_check_on == SOON
    with pytest.raises(Invalid, match="which is all"):
        check(room, pilot, "extended", UNMET, reason="r", next_on=date(2026, 12, 30))


def test_more_time_ends_on_a_later_day(room: Room) -> None:
    pilot = declared(room)
    for day in (None, SOON, date(2090, 1, 1)):
        with pytest.raises(Invalid) as refused:
            check(room, pilot, "extended", UNMET, reason="r", next_on=day)
        assert refused.value.field == "next_on"


def test_what_did_not_work_passes_only_with_a_reason(room: Room) -> None:
    pilot = declared(room)
    action = pilot.action
    verification = Verification.objects.create(action=action, finding="confirmed", by=room.clerk, at=EPOCH)
    outcome = Outcome.objects.create(action=action, number=1, because="none", by=room.owner, at=EPOCH)
    OutcomeVerdict.objects.create(
        outcome=outcome, action=action, verification=verification, effect="not", words="w", by=room.clerk, at=EPOCH
    )
    with pytest.raises(Invalid, match="did not work") as refused:
        check(room, pilot)
    assert refused.value.field == "reason"
    made = check(room, pilot, reason="The KPI counts another branch, too.")
    assert made.effect == "not"


def test_stopping_closes_it_with_a_reason(room: Room) -> None:
    pilot = declared(room)
    with pytest.raises(Invalid):
        pilots.stop(pilot=pilot, reason=" ", by=room.owner, now=EPOCH)
    with pytest.raises(Refused):
        pilots.stop(pilot=pilot, reason="r", by=room.chamber.members[5], now=EPOCH)
    pilots.stop(pilot=pilot, reason="The supplier left.", by=room.owner, now=EPOCH)
    pilot.refresh_from_db()
    assert (pilot.state, pilot.reason, pilot.reason_by) == ("stopped", "The supplier left.", room.owner)
    assert not Duty.objects.filter(subject_id=pilot.pk, closed_at=None).exists()


def test_a_dropped_action_ends_its_pilot(room: Room) -> None:
    action = room.running()
    pilot = declared(room, action)
    items.cancel(action=ActionItem.objects.get(pk=action.pk), reason="No budget", by=room.clerk, now=EPOCH)
    pilot.refresh_from_db()
    assert (pilot.state, pilot.reason) == ("stopped", "No budget")


def test_nothing_rests_a_running_pilot_without_its_duty_is_found(room: Room) -> None:
    pilot = declared(room)
    assert item_queries.orphans(EPOCH) == []
    Duty.objects.filter(subject_id=pilot.pk).update(closed_at=EPOCH)
    assert [one.reference for one in item_queries.orphans(EPOCH)] == [pilot.reference]


def test_its_actions_own_moves_leave_the_check_owed(room: Room) -> None:
    pilot = declared(room)
    action = ActionItem.objects.get(pk=pilot.action_id)
    items.report(action=action, health="on_track", by=room.owner, now=EPOCH)
    items.add_evidence(action=action, title="e", kind="note", by=room.owner, now=EPOCH)
    items.say_done(action=action, by=room.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=room.clerk, now=EPOCH)
    assert owed(pilot).kind == DutyKind.CHECK


def test_whoever_comes_to_see_the_action_sees_the_pilot(room: Room) -> None:
    pilot = declared(room)
    stranger = room.town.champions[room.town.legal.pk]
    assert not Pilot.objects.visible_to(stranger, EPOCH).exists()
    action = ActionItem.objects.get(pk=pilot.action_id)
    room.decide(action, "reassign", seat=room.town.champion_seats[room.town.legal.pk].reference)
    assert Pilot.objects.visible_to(stranger, EPOCH).get() == pilot
    assert not Pilot.objects.visible_to(room.owner, EPOCH).exists(), "the department that handed it on sees neither"


def test_whoever_comes_into_the_work_hands_its_check_to_the_next_in_line(room: Room) -> None:
    legal, clerk = room.town.champion_seats[room.town.legal.pk], room.chamber.memberships[1].seat
    taken, helped = declared(room, checker=legal), declared(room, checker=clerk)
    room.decide(taken.action, "reassign", seat=legal.reference)
    assert owed(taken).seat_id == Pilot.objects.get(pk=taken.pk).checker_id == clerk.pk
    head = room.town.heads[room.town.claims.pk]
    parts.add_doer(action=ActionItem.objects.get(pk=helped.action_id), person=room.clerk, by=head, now=EPOCH)
    assert owed(helped).seat_id == room.chamber.memberships[0].seat_id, "the chair"
    sweep(EPOCH)
    told = Message.objects.filter(kind="to_check").values_list("subject_id", "seat_id")
    assert {(taken.pk, clerk.pk), (helped.pk, room.chamber.memberships[0].seat_id)} <= set(told)
    with pytest.raises(Refused, match="Another person checks it: CX Member1"):
        check(room, Pilot.objects.get(pk=helped.pk), by=room.clerk)


CLIMBED = date(2026, 12, 3)


def unchecked(room: Room) -> Pilot:
    """A pilot that nobody checked until its ladder brought it before the council."""
    version = room.town.charter.versions.get()
    Rung.objects.create(charter_version=version, duty_kind="check", position=1, days=8, target="council")
    pilot = declared(room)
    duties.reschedule([owed(pilot).pk])
    sweep(on(CLIMBED))
    return pilot


def test_a_check_that_nobody_made_climbs_onto_the_agenda_and_another_checks(room: Room) -> None:
    rung = [step for step in usual_ladder().steps if step.on == "check"]
    assert [(step.days, step.to) for step in rung] == [(0, "owner"), (5, "sponsor"), (8, "council")]
    pilot = unchecked(room)
    item = AgendaItem.objects.get(about=pilot.subject)
    assert item.matter == "pilot"
    with pytest.raises(Invalid, match="can be settled by"):
        room.decide(pilot, "replicate", "pilot")
    legal = room.town.champion_seats[room.town.legal.pk]
    room.decide(pilot, "recheck", "pilot", seat=legal.reference)
    pilot.refresh_from_db()
    assert (pilot.checker, owed(pilot).seat_id, pilot.check_on) == (legal, legal.pk, SOON)


def test_whoever_is_asked_to_check_late_has_days_for_it_before_the_council_is_asked_again(room: Room) -> None:
    pilot, late = unchecked(room), on(CLIMBED)
    item = AgendaItem.objects.get(about=pilot.pk)
    item = agenda.place(item=item, meeting=room.meeting, by=room.clerk, now=late)
    decisions.settle(
        item=item, outcome="recheck", motion="m", by=room.clerk, now=late,
        payload={"seat": room.town.champion_seats[room.town.legal.pk].reference},
        votes={one.pk: "for" for one in room.chamber.memberships},
    )  # fmt: skip
    sweep(late + timedelta(hours=1))
    assert [one.state for one in AgendaItem.objects.filter(about=pilot.pk)] == ["settled"]
    sweep(late + timedelta(days=30))
    assert AgendaItem.objects.filter(about=pilot.pk, state="open").exists()


@pytest.mark.parametrize("verdict", ["passed", "not_passed", "extended", "stopped", "dropped"])
def test_what_moves_on_leaves_no_question_about_a_late_check_on_the_agenda(room: Room, verdict: str) -> None:
    pilot, late = unchecked(room), on(CLIMBED)
    asked = AgendaItem.objects.get(about=pilot.pk)
    if verdict == "stopped":
        pilots.stop(pilot=pilot, reason="r", by=room.owner, now=late)
    elif verdict == "dropped":
        items.cancel(action=pilot.action, reason="r", by=room.clerk, now=late)
    else:
        next_on = LATER if verdict == "extended" else None
        found = MET if verdict == "passed" else UNMET
        check(room, pilot, verdict, found, reason="r", next_on=next_on, now=late)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert not Duty.objects.filter(subject_id=asked.pk, closed_at=None).exists()
    again = AgendaItem.objects.filter(about=pilot.pk, state="open")
    assert [one.proposal["outcome"] for one in again] == (["replicate"] if verdict == "passed" else [])


def test_the_council_stops_it(room: Room) -> None:
    pilot = declared(room)
    room.decide(pilot, "stop", "pilot", reason="Not now.")
    pilot.refresh_from_db()
    assert (pilot.state, pilot.reason) == ("stopped", "Not now.")


def test_the_checker_hears_of_it_ahead_and_whoever_tried_it_hears_what_was_found(room: Room) -> None:
    pilot = declared(room)
    sweep(EPOCH)
    told = Message.objects.filter(subject_id=pilot.pk).values_list("kind", "seat_id")
    assert list(told) == [("to_check", pilot.checker_id)]
    check(room, pilot, "not_passed", UNMET, reason="Too few")
    sweep(on(SOON))
    assert (("checked", pilot.action.seat_id)) in list(told.all())


# --- what the database keeps -----------------------------------------------------------------------------------------


def refused_by_database(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def test_the_database_keeps_what_was_found(room: Room) -> None:
    pilot = declared(room)
    rows = Pilot.objects.filter(pk=pilot.pk)
    assert refused_by_database(lambda: rows.update(state="passed", closed_at=EPOCH)), "without a check"
    check(room, pilot, "extended", UNMET, reason="r", next_on=LATER)
    assert refused_by_database(lambda: rows.update(check_on=LATER, extensions=3))
    assert refused_by_database(lambda: rows.update(first_check_on=LATER))
    assert refused_by_database(lambda: rows.update(state="passed", closed_at=EPOCH)), "by a check that extended"
    assert refused_by_database(lambda: PilotCheck.objects.update(verdict="passed", next_on=None))
    assert refused_by_database(lambda: PilotFinding.objects.update(met=True))
    assert refused_by_database(lambda: PilotCriterion.objects.update(number=7))
    assert not refused_by_database(lambda: PilotCriterion.objects.filter(number=1).update(text="[redacted]"))
    for model in (PilotFinding, PilotCheck, PilotCriterion):
        assert refused_by_database(lambda model=model: model.objects.all().delete())
    pilots.stop(pilot=Pilot.objects.get(), reason="r", by=room.owner, now=EPOCH)
    assert refused_by_database(lambda: rows.update(state="running", closed_at=None))


def test_a_verdict_against_a_finding_does_not_pass_in_the_database_either(room: Room) -> None:
    pilot = declared(room)
    made = PilotCheck.objects.create(pilot=pilot, number=1, verdict="passed", due_on=SOON, by=room.clerk, at=EPOCH)
    one, other = pilots.criteria(pilot)
    PilotFinding.objects.create(check_of=made, criterion=one, met=True, words="w")
    PilotFinding.objects.create(check_of=made, criterion=other, met=False, words="w")
    rows = Pilot.objects.filter(pk=pilot.pk)
    assert refused_by_database(lambda: rows.update(state="passed", closed_at=EPOCH))


def test_the_places_left_are_those_without_a_copy(room: Room) -> None:
    pilot = declared(room)
    assert len(queries.candidates(pilot)) == 3
    PilotPlace.objects.filter(pilot=pilot, department=room.town.legal).delete()
    assert len(queries.candidates(pilot)) == 2
