"""Action items: creating, accepting, declining, reporting, finishing, cancelling.

The other verbs stand in ``promises``, ``blockers`` and ``verification``; all of them are offered here by name, so that
a caller needs one module.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Role, State, Verb
from actions.models import ActionItem, Confidence, Contribution, Evidence, Health, Origin, Routing, Theme, Update
from actions.queries import closing, fit, independence, mentions
from actions.queries import roles as role_queries
from actions.services import agenda_of, outcomes, pilots, promises, requests, showing
from actions.services.blockers import block, lift
from actions.services.footing import LONGEST, close, hand_on, require_fitting_seat, rules_of, take, words
from actions.services.help import ask as ask_help
from actions.services.measure_changes import propose as propose_measure
from actions.services.outcomes import Aim, judge, measure, read
from actions.services.promises import answer_date, ask_for_time, set_date
from actions.services.reopening import reopen
from actions.services.slips import standing_before
from actions.services.verification import add_evidence, verify
from councils.models import Council, Decision, Verdict
from councils.services import books
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Department, DutyKind, JourneyStep, Person, Seat, SubjectKind
from governance.queries.calendars import calendar_of_seat, local_day
from governance.quoting import inside
from governance.services import journal, subjects

__all__ = [
    "Aim",
    "accept",
    "add_evidence",
    "answer_date",
    "ask_for_time",
    "ask_help",
    "block",
    "cancel",
    "create",
    "decline",
    "judge",
    "lift",
    "measure",
    "propose_measure",
    "read",
    "reassign",
    "reopen",
    "report",
    "say_done",
    "set_date",
    "verify",
]

CREATED = events.declare("actions.item.created", says=gettext_lazy("{by} created {subject}"))
ACCEPTED = events.declare("actions.item.accepted", says=gettext_lazy("{by} accepted {subject}"), by_people=True)
DECLINED = events.declare("actions.item.declined", says=gettext_lazy("{by} declined {subject}: {text}"), by_people=True)
REASSIGNED = events.declare("actions.item.reassigned", says=gettext_lazy("{by} proposed {subject} to {to}"))
# One event a health, so that each sentence can be translated whole.
REPORTED = {
    Health.ON_TRACK: events.declare(
        "actions.item.reported_on_track",
        says=gettext_lazy("{by} reported {subject} on track"),
        by_people=True,
        instead={"for_owner": gettext_lazy("Reported by {by}, for the owner: {subject} is on track")},
    ),
    Health.AT_RISK: events.declare(
        "actions.item.reported_at_risk",
        says=gettext_lazy("{by} reported {subject} at risk"),
        by_people=True,
        instead={"for_owner": gettext_lazy("Reported by {by}, for the owner: {subject} is at risk")},
    ),
    Health.OFF_TRACK: events.declare(
        "actions.item.reported_off_track",
        says=gettext_lazy("{by} reported {subject} off track"),
        by_people=True,
        instead={"for_owner": gettext_lazy("Reported by {by}, for the owner: {subject} is off track")},
    ),
}
DONE = events.declare("actions.item.done", says=gettext_lazy("{by} said that {subject} is done"), by_people=True)
CANCELLED = events.declare(
    "actions.item.cancelled", says=gettext_lazy("{by} cancelled {subject}: {text}"), by_people=True
)

LINE_LENGTH = 500


@transaction.atomic
def create(
    *,
    title: str,
    seat: Seat,
    council: Council,
    proof: str,
    by: Person,
    now: datetime,
    asked_for: date | None = None,
    theme: Theme | None = None,
    decision: Decision | None = None,
    allocated: int = 0,
    needs_none: bool = False,
    step: JourneyStep | None = None,
    origin: str = "",
    fit_reason: str = "",
) -> ActionItem:
    """Propose work to one accountable seat, which then owes an answer.

    Under a decision's mandate, or on one's own initiative (heads, champions and the CX lead, for seats of departments
    that they lead or report for). ``allocated`` is in minor units and needs a decision. Raises :class:`Invalid` at the
    field, :class:`Refused`, :class:`Absent` for a seat, council or theme that ``by`` may not see.
    """
    _may_create(seat=seat, council=council, theme=theme, decision=decision, step=step, by=by, now=now)
    if decision is None:
        refusal = fit.require_reason(seat, theme, step, fit_reason, by, now)
        if refusal:
            raise Invalid(refusal, field="fit_reason")
    action = put(
        title=title,
        seat=seat,
        council=council,
        proof=proof,
        now=now,
        asked_for=asked_for,
        theme=theme,
        decision=decision,
        allocated=allocated,
        needs_none=needs_none,
        step=step,
        origin=origin,
        fit_reason=fit_reason,
    )
    journal.record(
        CREATED,
        subject=action.subject,
        by=by,
        now=now,
        mentions=[
            ("seat", seat.subject_id),
            ("council", council.pk),
            *([("theme", theme.pk)] if theme else []),
            *([("decision", decision.pk)] if decision else []),
        ],
        asked_for=asked_for.isoformat() if asked_for else None,
        allocated=allocated,
        needs_none=needs_none,
    )
    return action


def put(
    *,
    title: str,
    seat: Seat,
    council: Council,
    proof: str,
    now: datetime,
    asked_for: date | None = None,
    theme: Theme | None = None,
    decision: Decision | None = None,
    allocated: int = 0,
    needs_none: bool = False,
    step: JourneyStep | None = None,
    origin: str = "",
    fit_reason: str = "",
) -> ActionItem:
    """A proposed action and the answer that its seat owes. Whoever calls has judged who may, and records it."""
    theme = theme.lasting if theme is not None else None
    require_fitting_seat(seat, council)
    title = words(title, field="title", missing=_("Write what is to be done, in one sentence."))
    proof = words(proof, field="proof", missing=_("Write what would prove it done, so that another person can check."))
    if allocated and decision is None:
        raise Invalid(_("Only a council's decision allocates money."), field="allocated")
    if needs_none and allocated:
        raise Invalid(_("It cannot need nothing and be given money. Choose one."), field="needs_none")
    subject = subjects.create(
        SubjectKind.ACTION, title=title, now=now, audience=audience(seat.department, council, theme)
    )
    action = ActionItem.objects.create(
        subject=subject,
        seat=seat,
        department=seat.department,
        council=council,
        theme=theme,
        decision=decision,
        proof=proof,
        asked_for=asked_for,
        allocated=allocated,
        needs_none=needs_none,
        step=step,
        origin=origin or _origin(theme, decision),
        fit_reason=fit_reason.strip()[:300],
    )
    _owe_an_answer(action, now=now, outcome="")
    return action


def _origin(theme: Theme | None, decision: Decision | None) -> str:
    """Where it comes from, as far as its links tell."""
    if decision is not None:
        return Origin.DECISION
    return Origin.THEME if theme is not None else Origin.OWN


def _may_create(
    *,
    seat: Seat,
    council: Council,
    theme: Theme | None,
    decision: Decision | None,
    step: JourneyStep | None,
    by: Person,
    now: datetime,
) -> None:
    if decision is not None:
        if decision.verdict != Verdict.VALID or decision.carried_out_at is not None:
            raise Refused(_("A valid decision creates an action, once."))
        return
    wanted = [seat.pk, council.pk, *([theme.pk] if theme else []), *([step.pk] if step else [])]
    if not set(wanted) <= access.visible_ids(by, wanted, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    rights = (access.LEAD, access.REPORT, access.TRIAGE)
    if not any(access.may(by, right, seat.department, now) for right in rights):
        raise Refused(
            _("Heads, champions and the CX lead create actions for seats of their departments. Ask the council to.")
        )


def audience(
    department: Department, council: Council, theme: Theme | None, action: ActionItem | None = None
) -> list[int]:
    """Who may see an action: its department, its council, its theme's departments, those that help it.

    A confidential council alone.
    """
    if council.is_confidential:
        return [council.pk]
    heard = Routing.objects.filter(theme=theme, heard__gt=0).values_list("department_id", flat=True) if theme else []
    helping = (
        Contribution.objects.filter(action=action, ended_at=None).values_list("department_id", flat=True)
        if action is not None
        else []
    )
    return [department.pk, council.pk, *heard, *helping]


def _owe_an_answer(action: ActionItem, *, now: datetime, outcome: str) -> None:
    _version, rules = rules_of(action.council, now)
    hand_on(action, DutyKind.ACCEPT, action.seat, now=now, outcome=outcome, within=rules.terms.accept)


@transaction.atomic
def accept(
    *,
    action: ActionItem,
    promised_on: date | None,
    by: Person,
    now: datetime,
    version: int | None = None,
    aim: Aim | None = None,
) -> ActionItem:
    """Take the action on, with a promised date; without one, the seat owes a date next.

    ``aim`` fixes what will show that it worked; what an earlier owner fixed stands. Raises :class:`Invalid` for a day
    that has passed.
    """
    action = take(action, verb=Verb.ACCEPT, by=by, now=now, version=version).action
    action.state, action.accepted_at = State.ACCEPTED, now
    _charter, rules = rules_of(action.council, now)
    outcomes.fix_reviews(action, rules)
    if promised_on is not None:
        promises.give(action, promised_on, by=by, now=now, outcome="accepted", field="promised_on")
    else:
        hand_on(action, DutyKind.SET_DATE, action.seat, now=now, outcome="accepted", within=rules.terms.set_date)
    action.keep("state", "accepted_at", "promised", "review_days")
    if aim is not None and aim.says_something:
        outcomes.fix(action, aim, by=by, now=now)
    journal.record(
        ACCEPTED,
        subject=action.subject,
        by=by,
        now=now,
        mentions=[("seat", action.seat_id)],
        promised=promised_on.isoformat() if promised_on else None,
    )
    return action


@transaction.atomic
def decline(*, action: ActionItem, reason: str, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Say no, with a reason. After a first no the department head finds another owner; after a second the council."""
    action = take(action, verb=Verb.DECLINE, by=by, now=now, version=version).action
    missing = _("Say why, so that whoever finds another owner knows.")
    reason = words(reason, field="reason", missing=missing, longest=LONGEST)
    action.state = State.DECLINED
    action.declines += 1
    action.keep("state", "declines")
    head = role_queries.head_seat(action) if action.declines == 1 else None
    if head is not None:
        _version, rules = rules_of(action.council, now)
        hand_on(action, DutyKind.REASSIGN, head, now=now, outcome="declined", within=rules.terms.accept)
    else:
        ask = _("Nobody took on “%(title)s”. Give it to another seat, or drop it.") % {"title": inside(action.title)}
        agenda_of.bring(action, ask=ask, now=now, outcome="declined")
    journal.record(
        DECLINED, subject=action.subject, by=by, now=now, text=reason, mentions=[("seat", action.seat_id)],
        declines=action.declines,
    )  # fmt: skip
    return action


@transaction.atomic
def reassign(*, action: ActionItem, seat: Seat, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Propose the action to another seat; its department's head may, until somebody accepted it.

    What was accepted changes hands only by the council's decision (matter ``late_action``).
    """
    action = take(action, verb=Verb.REASSIGN, by=by, now=now, version=version).action
    if not access.visible_ids(by, [seat.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    give_to(action, seat, by=by, now=now)
    return action


def give_to(action: ActionItem, seat: Seat, *, by: Person, now: datetime) -> None:
    """Hand a locked action to another seat: proposed again, and no promise holds until that seat gives one.

    The promise record keeps what was promised before. Raises :class:`Invalid` for the seat that has it already, and
    for one of a confidential council that does not oversee it; whether ``by`` may know of the seat is the caller's.
    """
    require_fitting_seat(seat, action.council)
    if seat.pk == action.seat_id:
        raise Invalid(_("%(seat)s has it already. Choose another seat.") % {"seat": seat.subject.title}, field="seat")
    before = action.seat_id
    action.seat, action.department, action.state = seat, seat.department, State.PROPOSED
    # It was the other seat that had taken it on.
    action.promised, action.accepted_at, action.health, action.confidence = None, None, Health.UNKNOWN, ""
    action.keep("seat", "department", "state", "promised", "accepted_at", "health", "confidence")
    showing.show(action, audience(seat.department, action.council, action.theme, action))
    requests.follow(action, by=by, now=now)
    pilots.free_the_check(action, now=now)
    _owe_an_answer(action, now=now, outcome="reassigned")
    journal.record(REASSIGNED, subject=action.subject, by=by, now=now, mentions=[("from", before), ("to", seat.pk)])


@transaction.atomic
def report(
    *,
    action: ActionItem,
    health: str,
    by: Person,
    now: datetime,
    line: str = "",
    progress: int | None = None,
    confidence: str = "",
    version: int | None = None,
) -> Update:
    """Say where it stands. The first report starts the work; a champion may report for the owner, and it says so."""
    taken = take(action, verb=Verb.REPORT, by=by, now=now, version=version)
    action, line = taken.action, line.strip()
    if health not in Health.values or health == Health.UNKNOWN:
        raise Invalid(_("Choose on track, at risk or off track."), field="health")
    if len(line) > LINE_LENGTH:
        raise Invalid(_("One line: at most %(n)d characters.") % {"n": LINE_LENGTH}, field="line")
    if progress is not None and not 0 <= progress <= 100:
        raise Invalid(_("Progress is a percentage: 0 to 100."), field="progress")
    if confidence and confidence not in Confidence.values:
        raise Invalid(_("Confidence is high, medium or low."), field="confidence")
    before = standing_before(action)
    action.progress = action.progress if progress is None else progress
    action.confidence = confidence or action.confidence
    action.state, action.health, action.last_update_at = State.IN_PROGRESS, health, now
    action.keep("state", "health", "progress", "confidence", "last_update_at")
    update = Update.objects.create(
        action=action,
        by=by,
        at=now,
        health=health,
        line=line,
        progress=action.progress,
        confidence=confidence,
        reported_for_owner=Role.OWNER not in taken.roles,
        before=before,
    )
    journal.record(
        REPORTED[Health(health)],
        subject=action.subject,
        by=by,
        now=now,
        text=line,
        progress=action.progress,
        confidence=confidence,
        for_owner=update.reported_for_owner,
        **mentions.facts(line, action, by, now),
    )
    return update


@transaction.atomic
def say_done(*, action: ActionItem, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Say that it is done, with the evidence attached; another person then verifies it.

    Where nobody who had no part in the work can verify, the council settles it: the matter goes onto its agenda.
    Raises :class:`Conflict` without the evidence that the charter asks for.
    """
    action = take(action, verb=Verb.SAY_DONE, by=by, now=now, version=version).action
    _require_evidence(action, now)
    action.state, action.done_at = State.DONE, now
    action.done_on = local_day(calendar_of_seat(action.seat), now)
    action.keep("state", "done_at", "done_on")
    verifier = independence.verifier(action, now)
    if verifier is not None:
        _version, rules = rules_of(action.council, now)
        seat = Seat.objects.select_related("subject", "department").get(pk=verifier)
        hand_on(action, DutyKind.VERIFY, seat, now=now, outcome="done", within=rules.terms.verify)
    else:
        ask = (
            _("Nobody without a part in “%(title)s” can verify it. Accept it as it is, or drop it.")
            if closing.closure_of(action, now).unverified
            else _("Nobody without a part in “%(title)s” can verify it. Name a seat that does, or drop it.")
        )
        agenda_of.bring(action, ask=ask % {"title": inside(action.title)}, now=now, outcome="done")
    journal.record(DONE, subject=action.subject, by=by, now=now, done_on=action.done_on.isoformat())
    return action


def _require_evidence(action: ActionItem, now: datetime) -> None:
    """Raises :class:`Conflict` where less was shown than the charter asks for, with what is missing."""
    shown = closing.shown(closing.closure_of(action, now), Evidence.objects.filter(action=action))
    if not shown.there:
        raise Conflict(
            _("There is no evidence yet. Attach what shows that it is done, then say so."), code="no_evidence"
        )
    if not shown.is_met:
        raise Conflict(
            _("%(sentence)s Attach what is missing, then say that it is done.") % {"sentence": shown.sentence},
            code="too_little_evidence",
        )


@transaction.atomic
def cancel(*, action: ActionItem, reason: str, by: Person, now: datetime, version: int | None = None) -> ActionItem:
    """Close it unfinished: chair or secretary of its council, with a reason.

    What a council decided only a council undoes: raises :class:`Conflict` for an action that came of a decision.
    """
    action = take(action, verb=Verb.CANCEL, by=by, now=now, version=version).action
    reason = words(reason, field="reason", missing=_("Say why it is dropped; it stays on record."))
    if action.decision_id is not None:
        raise Conflict(_("A decision made it, so a decision drops it. Put it onto the council's agenda."))
    drop(action, reason=reason, by=by, now=now)
    return action


def drop(action: ActionItem, *, reason: str, by: Person, now: datetime) -> None:
    """Close a locked action unfinished: nothing is owed for it any more, and what is left of its money goes back."""
    action.state = State.CANCELLED
    action.keep("state")
    close(action, now=now, outcome="cancelled")
    requests.end_of(action, by=by, now=now)
    pilots.end_of(action, reason=reason, by=by, now=now)
    books.return_rest(subject=action.subject, by=by, now=now)
    agenda_of.end(action, reason=_("The action was dropped."), by=by, now=now)
    journal.record(CANCELLED, subject=action.subject, by=by, now=now, text=reason)
