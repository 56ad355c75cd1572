"""Pilots: declared with a unit, criteria and a day; checked by somebody without a part in the work; closed with a word.

A running pilot has exactly one open duty on its own subject, to check it. One that passed stands on its council's
agenda at once, so that somebody decides where it is repeated; that item's duty is the next move then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import piloting
from actions.lifecycle import Verb as ActionVerb
from actions.models import (
    ActionItem,
    Outcome,
    Pilot,
    PilotCheck,
    PilotCriterion,
    PilotFinding,
    PilotPlace,
    PilotState,
    PilotVerdict,
)
from actions.piloting import LEADS_TO, State, Verb, Verdict, allows
from actions.queries import independence
from actions.queries import piloting as queries
from actions.queries.requests import cleared
from actions.services import showing
from actions.services.footing import day_ahead, refusal, require_fitting_seat, rules_of, take, words
from councils.models import AgendaItem, Decision
from councils.services import agenda
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import CalendarDay, Department, DutyKind, Organisation, Person, Seat, SubjectKind
from governance.numbers import in_words
from governance.queries.calendars import calendar_of_seat, local_day
from governance.queries.seats import answering, movers
from governance.services import duties, journal, subjects

MATTER = "pilot"
LONGEST_UNIT = 120
LONGEST = 500
"""Signs of a criterion, and of what was seen of it."""

DECLARED = events.declare(
    "actions.pilot.declared",
    says=gettext_lazy("{by} declared “{subject}” a pilot, to be checked on {check_on}"),
    by_people=True,
)
CHANGED = events.declare(
    "actions.pilot.changed", says=gettext_lazy("{by} changed how the pilot “{subject}” is tried"), by_people=True
)
CORRECTED = events.declare(
    "actions.pilot.corrected",
    says=gettext_lazy("{by} corrected how the pilot “{subject}” is tried: {text}"),
    by_people=True,
)
CHECKED = {
    Verdict.PASSED: events.declare(
        "actions.pilot.passed", says=gettext_lazy("{by} checked the pilot “{subject}”: it passed"), by_people=True
    ),
    Verdict.NOT_PASSED: events.declare(
        "actions.pilot.did_not_pass",
        says=gettext_lazy("{by} checked the pilot “{subject}”: it did not pass: {text}"),
        by_people=True,
    ),
    Verdict.EXTENDED: events.declare(
        "actions.pilot.extended",
        says=gettext_lazy("{by} gave the pilot “{subject}” more time, until {check_on}: {text}"),
        by_people=True,
    ),
}
STOPPED = events.declare(
    "actions.pilot.stopped", says=gettext_lazy("{by} stopped the pilot “{subject}”: {text}"), by_people=True
)
ENDED = events.declare("actions.pilot.ended", says=gettext_lazy("The pilot “{subject}” ended with its action: {text}"))
PROPOSED = events.declare(
    "actions.pilot.proposed",
    says=gettext_lazy("{by} asked the council where “{subject}” is to be repeated"),
    by_people=True,
)
GIVEN = events.declare(
    "actions.pilot.given", says=gettext_lazy("The council asked {to} to check the pilot “{subject}”")
)
FELL_TO = events.declare(
    "actions.pilot.fell_to",
    says=gettext_lazy("{to} is to check the pilot “{subject}”: whoever was to check it has a part in the work now"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is tried: where, what must be true, who looks and when, and where it might be repeated.

    ``by_kpi`` adds the target of the action's KPI to the criteria. Without ``checker`` the council's line checks.
    """

    department: Department
    check_on: date
    criteria: Sequence[str] = ()
    unit: str = ""
    checker: Seat | None = None
    places: Sequence[Department] = ()
    by_kpi: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Of one criterion, in their order: met or not, and what was seen."""

    met: bool
    words: str


# --- declaring -----------------------------------------------------------------------------------------------------


@transaction.atomic
def declare(*, action: ActionItem, plan: Plan, by: Person, now: datetime, version: int | None = None) -> Pilot:
    """Say that an action is tried in one place first, and what must be true on the day it is checked; once an action.

    By whoever may change the action's plan. Raises :class:`Invalid` at the field, :class:`Conflict` for an action that
    is a pilot already, and what :func:`actions.services.footing.take` raises.
    """
    action = take(action, verb=ActionVerb.PILOT, by=by, now=now, version=version).action
    known = Pilot.objects.filter(action=action).select_related("subject").first()
    if known is not None:
        raise Conflict(
            _("It is a pilot already (%(pilot)s). Change how it is tried there.") % {"pilot": known.reference}
        )
    checker = _checker(action, plan, by, now)
    _require_day(plan.check_on, checker, now, field="check_on")
    unit, texts = _unit(plan), _criteria(action, plan)
    places = _places(plan, plan.places, unit)
    subject = subjects.create(SubjectKind.PILOT, title=action.title, now=now, audience=showing.audience_of(action))
    pilot = Pilot.objects.create(
        subject=subject,
        action=action,
        department=plan.department,
        unit=unit,
        checker=checker,
        first_check_on=plan.check_on,
        check_on=plan.check_on,
        declared_by=by,
        declared_at=now,
    )
    _write(pilot, texts, reason="", by=by, now=now)
    PilotPlace.objects.bulk_create(PilotPlace(pilot=pilot, department=one, by=by, at=now) for one in places)
    _owe(pilot, now=now)
    action.keep()
    journal.record(
        DECLARED, subject=subject, by=by, now=now, check_on=plan.check_on.isoformat(),
        mentions=[("action", action.pk), ("seat", checker.pk)],
    )  # fmt: skip
    return pilot


def _unit(plan: Plan) -> str:
    unit = plan.unit.strip()
    if len(unit) > LONGEST_UNIT:
        raise Invalid(_("Name it in 120 characters at most."), field="unit")
    if plan.department.subject.archived_at is not None:
        raise Invalid(_("This department has ended. Choose another one."), field="department")
    return unit


def _checker(action: ActionItem, plan: Plan, by: Person, now: datetime) -> Seat:
    """The seat that checks: somebody answers for it today, who had no part in the work."""
    if plan.checker is None:
        return queries.checker(action, now)
    if not access.visible_ids(by, [plan.checker.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return require_checker(action, plan.checker, now, field="checker")


def require_checker(action: ActionItem, seat: Seat, now: datetime, *, field: str) -> Seat:
    """Pass for a seat that may check; raises :class:`Invalid` at the field."""
    if action.council.is_confidential and seat.pk not in cleared(action.council):
        raise Invalid(
            _("This belongs to a confidential council. Choose one of its members or its sponsor."), field=field
        )
    require_fitting_seat(seat, action.council, field=field)
    who = answering([seat.pk], now).get(seat.pk)
    if seat.subject.archived_at is not None or who is None:
        raise Invalid(_("Nobody answers for this seat today. Choose another one."), field=field)
    if who.person_id in independence.involved(action, now):
        raise Invalid(
            _("%(who)s had a part in this work, so another person checks it. Choose another seat.") % {"who": who.name},
            field=field,
        )
    return seat


def _require_day(day: date, seat: Seat, now: datetime, *, field: str) -> None:
    calendar = calendar_of_seat(seat)
    day_ahead(day, today=local_day(calendar, now), field=field)
    if not CalendarDay.objects.filter(calendar=calendar, day=day).exists():
        raise Invalid(_("The calendar does not reach that far. Choose a nearer day."), field=field)


def _criteria(action: ActionItem, plan: Plan) -> list[tuple[str, Outcome | None]]:
    """The criteria cleaned, each with the KPI whose target it is; raises :class:`Invalid` where there is none."""
    texts: list[tuple[str, Outcome | None]] = [(text.strip(), None) for text in plan.criteria if text.strip()]
    if plan.by_kpi:
        texts.append(_of_kpi(action))
    if not texts:
        raise Invalid(_("Write what must be true to say that it passed, a line for each."), field="criteria")
    if len(texts) > piloting.MOST_CRITERIA:
        raise Invalid(_("A pilot has %(n)d criteria at most.") % {"n": piloting.MOST_CRITERIA}, field="criteria")
    if any(len(text) > LONGEST for text, _outcome in texts):
        raise Invalid(_("Say each criterion in %(n)d characters at most.") % {"n": LONGEST}, field="criteria")
    return texts


def _of_kpi(action: ActionItem) -> tuple[str, Outcome]:
    holds = Outcome.objects.filter(action=action).select_related("metric__subject").order_by("-number").first()
    if holds is None or holds.metric is None or holds.target is None:
        raise Invalid(_("It has no KPI. Fix one first, or write what must be true in words."), field="by_kpi")
    currency = Organisation.objects.values_list("currency", flat=True).get()
    target = in_words(holds.target, holds.metric.unit, holds.metric.scale, currency)
    return _("%(kpi)s: %(target)s") % {"kpi": holds.metric.title, "target": target}, holds


def _places(plan: Plan, places: Sequence[Department], unit: str) -> list[Department]:
    found = list({one.pk: one for one in places}.values())
    if not unit and any(one.pk == plan.department.pk for one in found):
        raise Invalid(_("It is tried there already. Choose other places."), field="places")
    if any(one.subject.archived_at is not None for one in found):
        raise Invalid(_("One of these departments has ended. Choose others."), field="places")
    return found


def _write(
    pilot: Pilot, texts: Sequence[tuple[str, Outcome | None]], *, reason: str, by: Person, now: datetime
) -> None:
    PilotCriterion.objects.bulk_create(
        PilotCriterion(
            pilot=pilot,
            revision=pilot.revision,
            number=number,
            text=text,
            outcome=outcome,
            reason=reason,
            by=by,
            at=now,
        )
        for number, (text, outcome) in enumerate(texts, start=1)
    )


def _owe(pilot: Pilot, *, now: datetime, outcome: str = "") -> None:
    """Let its checker owe the check by its day; what was owed before is closed.

    Whoever is asked once that day is over has the charter's days of a verification, or its ladder would fall at once.
    """
    duties.close_all(subject_id=pilot.pk, now=now, outcome=outcome)
    version, rules = rules_of(pilot.action.council, now)
    is_over = pilot.check_on < queries.today_of(pilot, now)
    duties.open_duty(
        subject_id=pilot.pk, kind=DutyKind.CHECK, seat=pilot.checker, now=now, rules=version, due_on=pilot.check_on,
        within=rules.terms.verify if is_over else None, overseer_id=pilot.action.council_id,
    )  # fmt: skip


def _off_the_agenda(pilot: Pilot, *, by: Person, now: datetime) -> None:
    """It moved on, so nobody needs to ask the council any more what becomes of a check that nobody made."""
    agenda.withdraw_about(about_id=pilot.pk, matters={MATTER}, reason=_("The pilot moved on."), by=by, now=now)


# --- the ground of every verb --------------------------------------------------------------------------------------


def _take(pilot: Pilot, verb: Verb, *, by: Person, now: datetime, version: int | None) -> Pilot:
    """Lock the pilot for a verb, or say why not, in the order of :func:`actions.services.footing.take`."""
    if not Pilot.objects.visible_to(by, now).filter(pk=pilot.pk).exists():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    pilot = lock(pilot.pk)
    if verb not in queries.ever_says(pilot, by, now):
        raise Refused(_refusal(pilot, verb, now))
    if version is not None and version != pilot.version:
        raise Stale(
            _("%(pilot)s was changed meanwhile. Look at it as it stands now, and say it again if it still holds.")
            % {"pilot": pilot.reference},
            version=pilot.version,
            state=pilot.state,
            check_on=pilot.check_on.isoformat(),
        )
    if not allows(verb, pilot.state):
        raise Conflict(
            _("This pilot is closed: %(state)s. Another try is another action.")
            % {"state": PilotState(pilot.state).label}
            if verb != Verb.PROPOSE
            else _("Only what passed its check is repeated: it is %(state)s.")
            % {"state": PilotState(pilot.state).label},
            state=pilot.state,
        )
    return pilot


def lock(pk: int) -> Pilot:
    """The pilot under its row's lock, with what services judge by."""
    pilot: Pilot = (
        Pilot.objects.select_for_update(of=("self",))
        .select_related(
            "subject", "department__subject", "checker__subject", "checker__department", "checker__calendar",
            "action__subject", "action__seat__subject", "action__department", "action__council__charter",
        )
        .get(pk=pk)
    )  # fmt: skip
    return pilot


def _refusal(pilot: Pilot, verb: Verb, now: datetime) -> str:
    """Who says it instead, by name."""
    if verb == Verb.CHECK:
        seat, had_a_part = pilot.checker, independence.involved(pilot.action, now)
        who = movers([seat.pk], now).get(seat.pk)
        if who is not None and who.person_id in had_a_part:
            seat = queries.checker(pilot.action, now)
            who = movers([seat.pk], now).get(seat.pk)
        if who is None or who.person_id in had_a_part:
            return _("Whoever had a part in the work does not check it. The council names another seat.")
        return _("Another person checks it: %(who)s (%(seat)s), who had no part in the work.") % {
            "seat": seat.subject.title,
            "who": who.name,
        }
    if verb == Verb.CHANGE and queries.has_begun(pilot, now):
        return _("Its check has begun. The council's chair or secretary corrects it, who had no part in the work.")
    return refusal(pilot.action, ActionVerb.PILOT, now)


# --- changing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def change(
    *, pilot: Pilot, plan: Plan, by: Person, now: datetime, reason: str = "", version: int | None = None
) -> Pilot:
    """Change how it is tried, until its check begins; from then on the council's chair or secretary, with a reason.

    The day comes nearer or stays: a later one is given by a check. What was written before stays on record.
    """
    pilot = _take(pilot, Verb.CHANGE, by=by, now=now, version=version)
    has_begun = queries.has_begun(pilot, now)
    if has_begun:
        reason = words(
            reason, field="reason", missing=_("Say why it changes; what was written before stays on record.")
        )
    unit, texts = _unit(plan), _criteria(pilot.action, plan)
    checker = pilot.checker
    if plan.checker is not None and plan.checker.pk != checker.pk:
        checker = _checker(pilot.action, plan, by, now)
    if plan.check_on > pilot.check_on:
        raise Invalid(
            _("It is checked by %(day)s. Whoever checks it may give it more time, on that day.")
            % {"day": pilot.check_on.isoformat()},
            field="check_on",
        )
    if plan.check_on < pilot.check_on:
        _require_day(plan.check_on, checker, now, field="check_on")
    _rewrite(pilot, texts, reason, by=by, now=now)
    _keep_places(pilot, _places(plan, plan.places, unit), by=by, now=now)
    is_owed_otherwise = (checker.pk, plan.check_on) != (pilot.checker_id, pilot.check_on)
    pilot.department, pilot.unit, pilot.checker, pilot.check_on = plan.department, unit, checker, plan.check_on
    pilot.keep("department", "unit", "checker", "check_on", "revision")
    if is_owed_otherwise:
        _owe(pilot, now=now, outcome="changed")
    mentions = [("action", pilot.action_id), ("seat", checker.pk)]
    event = CORRECTED if has_begun else CHANGED
    journal.record(event, subject=pilot.subject, by=by, now=now, text=reason.strip(), mentions=mentions)
    return pilot


def _rewrite(
    pilot: Pilot, texts: Sequence[tuple[str, Outcome | None]], reason: str, *, by: Person, now: datetime
) -> None:
    """The next revision of the criteria, where they differ from those that hold."""
    holds = criteria(pilot)
    if [(one.text, one.outcome_id) for one in holds] == [(text, kpi.pk if kpi else None) for text, kpi in texts]:
        return
    pilot.revision += 1
    _write(pilot, texts, reason=reason.strip(), by=by, now=now)


def _keep_places(pilot: Pilot, wanted: Sequence[Department], *, by: Person, now: datetime) -> None:
    """Make these the candidates; nobody was accountable for the others yet."""
    keys = {one.pk for one in wanted}
    PilotPlace.objects.filter(pilot=pilot).exclude(department__in=keys).delete()
    known = set(PilotPlace.objects.filter(pilot=pilot).values_list("department_id", flat=True))
    PilotPlace.objects.bulk_create(
        PilotPlace(pilot=pilot, department=one, by=by, at=now) for one in wanted if one.pk not in known
    )


def criteria(pilot: Pilot) -> list[PilotCriterion]:
    """The criteria that hold, in their order."""
    return list(PilotCriterion.objects.filter(pilot=pilot, revision=pilot.revision).order_by("number"))


def name_checker(pilot: Pilot, seat: Seat, *, now: datetime) -> None:
    """Another seat checks a locked pilot; its day stays, because a date is never overwritten."""
    pilot.checker = require_checker(pilot.action, seat, now, field="seat")
    pilot.keep("checker")
    _owe(pilot, now=now, outcome="given")
    mentions = [("to", seat.pk), ("action", pilot.action_id)]
    journal.record(GIVEN, subject=pilot.subject, by=None, now=now, mentions=mentions)


def free_the_check(action: ActionItem, *, now: datetime) -> None:
    """Somebody came into the work of a locked action: who was to check its pilot, the next in line does.

    Where nobody in line is free of a part in the work it stays owed, and its ladder brings it before the council.
    """
    found = Pilot.objects.filter(action=action, state=PilotState.RUNNING).values_list("pk", flat=True).first()
    if found is None:
        return
    pilot, had_a_part = lock(found), independence.involved(action, now)
    seat = queries.checker(action, now)
    standing = answering([pilot.checker_id, seat.pk], now)
    owes, follows = standing.get(pilot.checker_id), standing.get(seat.pk)
    if owes is None or owes.person_id not in had_a_part:
        return
    if follows is None or follows.person_id in had_a_part:
        return
    pilot.checker = seat
    pilot.keep("checker")
    _owe(pilot, now=now, outcome="has_a_part")
    mentions = [("to", seat.pk), ("action", pilot.action_id)]
    journal.record(FELL_TO, subject=pilot.subject, by=None, now=now, mentions=mentions)


# --- checking ------------------------------------------------------------------------------------------------------


@transaction.atomic
def check(
    *,
    pilot: Pilot,
    verdict: str,
    findings: Sequence[Found],
    by: Person,
    now: datetime,
    reason: str = "",
    next_on: date | None = None,
    version: int | None = None,
) -> PilotCheck:
    """Say of each criterion what was seen, and whether it passed, did not, or is checked again on ``next_on``.

    On its day or later, by its checker or whoever the council's line names, never by who had a part in the work. One
    that passed stands on its council's agenda from then on. Raises :class:`Invalid` at the field, :class:`Conflict`
    before its day.
    """
    pilot = _take(pilot, Verb.CHECK, by=by, now=now, version=version)
    today = queries.today_of(pilot, now)
    if today < pilot.check_on:
        raise Conflict(
            _("It is checked on %(day)s, not before. Who plans it may stop it with a reason.")
            % {"day": pilot.check_on.isoformat()},
            code="too_early",
        )
    holds, reason = criteria(pilot), reason.strip()
    effect = queries.effect_of(pilot.action)
    said = piloting.refusal(
        verdict, [one.met for one in findings], effect=effect, reason=reason, extended=pilot.extensions,
        expected=len(holds),
    )  # fmt: skip
    if said is not None:
        raise Invalid(said[1], field=said[0])
    seen = [_seen(one, number) for number, one in enumerate(findings, start=1)]
    next_on = _next_day(pilot, next_on, today, now) if verdict == Verdict.EXTENDED else None
    made = PilotCheck.objects.create(
        pilot=pilot,
        number=pilot.extensions + 1,
        verdict=verdict,
        due_on=pilot.check_on,
        next_on=next_on,
        reason=reason,
        effect=effect,
        by=by,
        at=now,
    )
    PilotFinding.objects.bulk_create(
        PilotFinding(check_of=made, criterion=criterion, met=one.met, words=text)
        for criterion, one, text in zip(holds, findings, seen, strict=True)
    )
    _follow(pilot, made, by=by, now=now)
    return made


def _seen(found: Found, number: int) -> str:
    text = words(
        found.words,
        field=f"words_{number}",
        missing=_("Say in a sentence what was seen, so that others can follow it."),
    )
    if len(text) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field=f"words_{number}")
    return text


def _next_day(pilot: Pilot, day: date | None, today: date, now: datetime) -> date:
    if day is None or day <= today:
        raise Invalid(_("Choose the later day on which it is checked again."), field="next_on")
    _require_day(day, pilot.checker, now, field="next_on")
    return day


def _follow(pilot: Pilot, made: PilotCheck, *, by: Person, now: datetime) -> None:
    """What a check makes of the pilot: the next day, the agenda, or its end."""
    _off_the_agenda(pilot, by=by, now=now)
    pilot.state = LEADS_TO[Verdict(made.verdict)]
    if made.next_on is not None:
        pilot.extensions += 1
        pilot.check_on = made.next_on
        pilot.keep("extensions", "check_on")
        _owe(pilot, now=now, outcome="extended")
    else:
        pilot.closed_at = now
        pilot.keep("state", "closed_at")
        duties.close_all(subject_id=pilot.pk, now=now, outcome=made.verdict)
    mentions: list[tuple[str, Any]] = [("action", pilot.action_id)]
    if pilot.state == State.PASSED:
        mentions.append(("item", _onto_agenda(pilot, now=now).pk))
    journal.record(
        CHECKED[Verdict(made.verdict)], subject=pilot.subject, by=by, now=now, text=made.reason, mentions=mentions,
        check_on=pilot.check_on.isoformat(),
    )  # fmt: skip


@transaction.atomic
def extend(
    *,
    pilot: Pilot,
    next_on: date,
    findings: Sequence[Found],
    reason: str,
    by: Person,
    now: datetime,
    version: int | None = None,
) -> PilotCheck:
    """A check that gives it more time: twice at most, with a reason and what was seen so far."""
    return check(
        pilot=pilot, verdict=PilotVerdict.EXTENDED, findings=findings, reason=reason, next_on=next_on, by=by, now=now,
        version=version,
    )  # fmt: skip


@transaction.atomic
def stop(*, pilot: Pilot, reason: str, by: Person, now: datetime, version: int | None = None) -> Pilot:
    """End it before it passed, with a reason: it stands as "did not pass", because others learn from it."""
    pilot = _take(pilot, Verb.STOP, by=by, now=now, version=version)
    reason = words(reason, field="reason", missing=_("Say why it stops, and what was learnt."))
    end(pilot, reason=reason, by=by, now=now)
    journal.record(STOPPED, subject=pilot.subject, by=by, now=now, text=reason, mentions=[("action", pilot.action_id)])
    return pilot


def end(pilot: Pilot, *, reason: str, by: Person, now: datetime) -> None:
    """Close a locked pilot without its having passed. Whoever calls has judged who may, and records it."""
    pilot.state, pilot.closed_at, pilot.reason, pilot.reason_by = State.STOPPED, now, reason, by
    pilot.keep("state", "closed_at", "reason", "reason_by")
    duties.close_all(subject_id=pilot.pk, now=now, outcome="stopped")
    _off_the_agenda(pilot, by=by, now=now)


def record_stop(pilot: Pilot, *, decision: Decision, by: Person, now: datetime) -> None:
    """The council stopped it."""
    mentions = [("action", pilot.action_id), ("decision", decision.pk)]
    journal.record(STOPPED, subject=pilot.subject, by=by, now=now, text=pilot.reason, mentions=mentions)


def end_of(action: ActionItem, *, reason: str, by: Person, now: datetime) -> None:
    """An action was dropped: what it tried is tried no more."""
    found = Pilot.objects.filter(action=action, state=PilotState.RUNNING).values_list("pk", flat=True).first()
    if found is None:
        return
    pilot = lock(found)
    end(pilot, reason=reason, by=by, now=now)
    journal.record(ENDED, subject=pilot.subject, by=None, now=now, text=reason, mentions=[("action", action.pk)])


# --- asking where it is repeated -------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *, pilot: Pilot, by: Person, now: datetime, places: Sequence[Department] = (), version: int | None = None
) -> AgendaItem:
    """Ask the council where what passed is to be repeated: in places that are candidates, and in these.

    Returns the open item where it stands on the agenda already. Raises :class:`Invalid` where no place is left.
    """
    pilot = _take(pilot, Verb.PROPOSE, by=by, now=now, version=version)
    wanted = _places(Plan(pilot.department, pilot.check_on), places, pilot.unit)
    known = set(PilotPlace.objects.filter(pilot=pilot).values_list("department_id", flat=True))
    PilotPlace.objects.bulk_create(
        PilotPlace(pilot=pilot, department=one, by=by, at=now) for one in wanted if one.pk not in known
    )
    if not queries.candidates(pilot):
        raise Invalid(_("It is repeated in each of its places. Name another one."), field="places")
    item = _onto_agenda(pilot, now=now)
    pilot.keep()
    journal.record(
        PROPOSED, subject=pilot.subject, by=by, now=now, mentions=[("item", item.pk), ("action", pilot.action_id)]
    )
    return item


def _onto_agenda(pilot: Pilot, *, now: datetime) -> AgendaItem:
    """The matter on its council's agenda, with who is asked in each place; or where it stands already."""
    known = agenda.standing(pilot.pk, MATTER)
    if known is not None:
        return known
    places = queries.candidates(pilot)
    seats = queries.proposed_seats([one.department for one in places], pilot.action.council)
    payload: dict[str, Any] = {}
    for place in places:
        key = place.department.subject.reference
        payload[f"repeat_{key}"] = True
        if place.department_id in seats:
            payload[f"seat_{key}"] = seats[place.department_id].subject.reference
    ask = _("“%(pilot)s” passed its check in %(place)s. Where is it to be repeated?") % {
        "pilot": pilot.title,
        "place": pilot.place,
    }
    return agenda.propose(
        council=pilot.action.council,
        about=pilot.subject,
        matter=MATTER,
        by=None,
        now=now,
        ask=ask,
        proposal={"outcome": "replicate", "payload": payload},
    )
