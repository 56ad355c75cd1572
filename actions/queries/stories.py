"""The whole story of one action, as its viewer may know it: where it came from, what was promised, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import lifecycle
from actions.lifecycle import Role, Verb
from actions.models import (
    ActionItem,
    ActionLogLine,
    ActionState,
    Blocker,
    DateAnswer,
    DateRequest,
    Evidence,
    Promise,
    Reopening,
    ResourceRequest,
    Routing,
    Verification,
)
from actions.queries import delegating, items, outcomes, resources, roles
from actions.queries.items import Line, Shown
from actions.queries.outcomes import Measured
from councils.measures import say
from councils.models import AgendaItem, ItemState, Posting, Spending
from councils.queries import books
from governance import access, links
from governance.clauses import TARGETS, WARNING
from governance.models import BESIDE, CalendarDay, Duty, Firing, Organisation, Person, Rung
from governance.queries import journal
from governance.queries.duties import Move, all_moves

TOLD = 100
"""Journal entries on an action's page."""


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One entry of the promise record."""

    number: int
    due_on: date
    given_at: datetime
    by: str
    seat: str
    reason: str
    by_decision: Shown | None
    at_handover: bool = False
    approved_by: str = ""
    approver: str = ""
    slip: int = 0
    """Days after the first date."""


@dataclass(frozen=True, slots=True)
class BookLine:
    """What one envelope holds for the action, and why."""

    line: books.Line
    envelope: Shown
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the page of an action tells."""

    action: ActionItem
    line: Line
    moves: Sequence[Move]
    finding: str
    steps: Sequence[dict[str, str]]
    promises: Sequence[PromiseLine]
    blockers: Sequence[Blocker]
    evidence: Sequence[Evidence]
    verifications: Sequence[Verification]
    reopenings: Sequence[Reopening]
    rungs: Sequence[dict[str, str]]
    days: Sequence[dict[str, Any]]
    agenda: Sequence[Shown]
    logged: ActionLogLine | None
    roles: frozenset[Role]
    verbs: frozenset[Verb]
    currency: str
    books: Sequence[BookLine]
    spending: Sequence[Spending]
    measured: Measured
    wished: Sequence[tuple[ResourceRequest, str, str | StrPromise]]
    """Which money or hours were asked for, how each stands, and that in words."""
    requests: Sequence[DateRequest] = ()
    asked: DateRequest | None = None
    """The later day that waits for a seat's answer."""
    may_allocate: bool = False
    """Whether the viewer may allocate what is asked for, without a meeting."""


VOICES = ("people", "system")
"""Whom of the story one listens to."""


def _first_day(promises: Sequence[Promise]) -> date:
    """The first day that was promised and never taken back as a slip: what later ones are measured by."""
    return next((one.due_on for one in promises if one.taken_back_at is None), promises[0].due_on)


def of(action: ActionItem, viewer: Person, now: datetime, *, voice: str = "") -> Story:
    """Tell the story of an action that ``viewer`` may see (from :func:`actions.queries.items.get`).

    ``voice`` keeps what people said, or what the system did.
    """
    line = items.lines([action], viewer, now)[0]
    mine = roles.of(action, viewer, now)
    promises = list(
        Promise.objects.filter(action=action)
        .select_related("given_by", "seat__subject", "decision__subject", "approver__subject", "approved_by")
        .order_by("number")
    )
    requests = list(
        DateRequest.objects.filter(action=action)
        .exclude(answer=DateAnswer.APPROVED)
        .select_related("asked_by", "answered_by", "approver__subject", "promise", "item")
        .order_by("pk")
    )
    on_agendas = list(
        AgendaItem.objects.filter(about_id=action.pk, state=ItemState.OPEN).select_related("subject").order_by("pk")
    )
    seen = access.visible_ids(viewer, _subjects(action, promises, on_agendas), now)
    verifications = list(Verification.objects.filter(action=action).select_related("by").order_by("pk"))
    told = [
        # On its own page its reference says enough; the title stands above.
        replace(one, text=one.text.replace(action.title, action.reference))
        for one in journal.sentences(journal.entries(viewer, now, subject=action.subject)[:TOLD], viewer, now)
    ]
    if voice in VOICES:
        told = [one for one in told if bool(one.words or one.by_people) == (voice == "people")]
    moves = all_moves(action.pk, now)
    return Story(
        action=action,
        line=line,
        moves=moves,
        finding=finding(line, [move for move in moves if move.kind not in BESIDE]),
        steps=_steps(action, seen, verifications),
        promises=[_promise_line(promise, _first_day(promises), seen) for promise in promises],
        blockers=_blockers(action, viewer, now),
        evidence=list(
            Evidence.objects.filter(action=action, taken_back_at=None)
            .select_related("by", "observation__metric__subject")
            .order_by("pk")
        ),
        reopenings=list(Reopening.objects.filter(action=action).select_related("by").order_by("pk")),
        verifications=verifications,
        rungs=rungs(action, now),
        days=journal.timeline(told, ZoneInfo(viewer.zone)),
        agenda=[items.shown(item.subject, seen) for item in on_agendas if item.pk in seen],
        logged=ActionLogLine.objects.filter(action=action).select_related("log").first(),
        roles=mine,
        verbs=lifecycle.verbs(mine, action.state),
        currency=action.decision.currency if action.decision else _currency(),
        requests=requests,
        asked=next((one for one in requests if not one.answer and one.item_id is None), None),
        measured=outcomes.of(action, now, viewer),
        books=_books(action, viewer, now),
        wished=_wished(action, viewer, now),
        may_allocate=lifecycle.Role.DELEGATE in mine and _may_allocate(action, viewer, now),
        spending=list(books.spent_on(action.pk)[:TOLD]),
    )


def _blockers(action: ActionItem, viewer: Person, now: datetime) -> list[Blocker]:
    """What stops or stopped it, each with ``waits_for``: path and title of the request that ``viewer`` may see."""
    rows = Blocker.objects.filter(action=action).select_related(
        "by", "lifted_by", "waiting_on__subject", "request__subject"
    )
    found = list(rows.order_by("pk"))
    asked = [one.request_id for one in found if one.request_id is not None]
    seen = access.visible_ids(viewer, asked, now) if asked else set()
    for one in found:
        waits = one.request is not None and one.request_id in seen
        one.waits_for = [(links.path_of(one.request.subject), one.request.title)] if waits else []  # type: ignore[attr-defined, union-attr]
    return found


def _books(action: ActionItem, viewer: Person, now: datetime) -> list[BookLine]:
    """What was allocated to the action, envelope by envelope, and by which decisions."""
    lines = books.of_subject(action.pk)
    if not lines:
        return []
    moved = list(
        Posting.objects.filter(target__subject_id=action.pk, decision__isnull=False)
        .select_related("decision__subject", "target")
        .order_by("pk")[:TOLD]
    )
    named = {line.envelope.pk for line in lines} | {posting.decision_id for posting in moved if posting.decision_id}
    seen = access.visible_ids(viewer, named, now)
    return [
        BookLine(
            line=line,
            envelope=items.shown(line.envelope.subject, seen),
            why=_why_allocated(line, [one for one in moved if one.target.envelope_id == line.envelope.pk], seen),
        )
        for line in lines
    ]


def _may_allocate(action: ActionItem, viewer: Person, now: datetime) -> bool:
    """Whether the charter lets the viewer allocate the whole of what waits; beyond it the council is asked anyway."""
    offer = delegating.offer(action, viewer, now)
    return offer is not None and not offer.refusal and not offer.request.minutes


def _wished(action: ActionItem, viewer: Person, now: datetime) -> list[tuple[ResourceRequest, str, str | StrPromise]]:
    asked = list(resources.listed(viewer, now, action)[:TOLD])
    standings = resources.standings(asked)
    return [(one, standings[one.pk], resources.LABELS[standings[one.pk]]) for one in asked]


def _why_allocated(line: books.Line, moved: Sequence[Posting], seen: set[int]) -> str:
    said = [
        _("%(amount)s by %(decision)s on %(day)s.")
        % {
            "amount": say(posting.amount, line.unit, line.currency),
            "decision": items.shown(posting.decision.subject, seen).text,
            "day": date_format(posting.at, "j M Y"),
        }
        for posting in moved
        if posting.decision is not None
    ]
    if line.overrun:
        said.append(_("What was spent beyond it is owed until the council settles it."))
    said.append(_("What is left when the action is closed goes back to the envelope."))
    return " ".join(said)


def _subjects(action: ActionItem, promises: Sequence[Promise], on_agendas: Sequence[AgendaItem]) -> set[int]:
    named = {action.council_id, action.seat_id, action.theme_id, action.decision_id}
    named |= {promise.decision_id for promise in promises} | {item.pk for item in on_agendas}
    return {pk for pk in named if pk is not None}


def _currency() -> str:
    return Organisation.objects.values_list("currency", flat=True).get()


def _promise_line(promise: Promise, first: date, seen: set[int]) -> PromiseLine:
    decision = promise.decision
    return PromiseLine(
        number=promise.number,
        due_on=promise.due_on,
        given_at=promise.given_at,
        by=promise.given_by.name,
        seat=promise.seat.subject.title,
        reason=promise.reason,
        by_decision=items.shown(decision.subject, seen) if decision is not None else None,
        at_handover=promise.at_handover,
        approved_by=promise.approved_by.name if promise.approved_by else "",
        approver=promise.approver.subject.title if promise.approver else "",
        slip=(promise.due_on - first).days,
    )


# --- the sentence at the top ---------------------------------------------------------------------------------------


def finding(line: Line, moves: Sequence[Move]) -> str:
    """How it stands, in one sentence."""
    action, move = line.action, moves[0] if moves else None
    who = move.who if move else line.person or line.seat.text
    day = date_format(action.promised, "j M Y") if action.promised else ""
    if line.is_late:
        return _("Late: it was promised for %(day)s, and %(who)s still owes it.") % {"day": day, "who": who}
    said = {
        ActionState.PROPOSED: _("Proposed: %(who)s accepts it, or declines with a reason.") % {"who": who},
        ActionState.DECLINED: _("Declined: %(who)s finds another owner.") % {"who": who},
        ActionState.DONE: _("Said to be done; %(who)s looks at the evidence.") % {"who": who},
        ActionState.VERIFIED: _("Done, and verified by another person."),
        ActionState.CANCELLED: _("Dropped; the record of it stays."),
        ActionState.AS_IS: _("Closed by its council as it is, without verification."),
    }
    if action.state in said:
        return said[ActionState(action.state)]
    if action.promised is None:
        return _("Accepted, and no date is promised yet: %(who)s owes one.") % {"who": who}
    return _("Promised for %(day)s; %(who)s keeps it.") % {"day": day, "who": who}


# --- from heard to verified ----------------------------------------------------------------------------------------


def _step(label: str, detail: str, *, url: str = "", state: str = "todo") -> dict[str, str]:
    return {"label": label, "detail": detail, "url": url, "state": state}


def _steps(action: ActionItem, seen: set[int], verifications: Sequence[Verification]) -> list[dict[str, str]]:
    """The loop with its stored links; the step after the last one done is where it stands now."""
    steps = [*_heard(action, seen), _decided(action, seen)]
    is_over = action.state in lifecycle.CLOSED - {lifecycle.State.VERIFIED, lifecycle.State.AS_IS}
    promised = date_format(action.promised, "j M Y") if action.promised else _("no date yet")
    steps.append(_step(_("Promised"), promised, url="#promises", state="done" if action.promised else "todo"))
    is_done = action.state in (ActionState.DONE, ActionState.VERIFIED, ActionState.AS_IS)
    done = date_format(action.done_on, "j M Y") if action.done_on and is_done else _("not yet")
    steps.append(_step(_("Done"), done, url="#evidence", state="done" if is_done else "todo"))
    confirmed = verifications[-1] if action.state == ActionState.VERIFIED and verifications else None
    verified = confirmed.by.name if confirmed else _("by another person")
    if action.state == ActionState.AS_IS:
        verified = _("accepted as it is")
    steps.append(_step(_("Verified"), verified, url="#evidence", state="done" if confirmed else "todo"))
    if not is_over and action.state != ActionState.AS_IS:
        last = max((place for place, step in enumerate(steps) if step["state"] == "done"), default=-1)
        for step in steps[last + 1 : last + 2]:
            step["state"] = "now"
    return steps


def _heard(action: ActionItem, seen: set[int]) -> list[dict[str, str]]:
    """Heard, theme, routed: only where it came of a theme that the viewer may see."""
    if action.theme is None or action.theme_id not in seen:
        return []
    path = links.path_of(action.theme.subject)
    heard = Routing.objects.filter(theme_id=action.theme_id).aggregate(heard=Sum("heard"))["heard"] or 0
    departments = list(
        Routing.objects.filter(theme_id=action.theme_id, heard__gt=0)
        .order_by("pk")
        .values_list("department__name", flat=True)
    )
    voices = ngettext("%(n)d voice", "%(n)d voices", heard) % {"n": heard}
    return [
        _step(_("Heard"), voices, url=path, state="done"),
        _step(_("Theme"), action.theme.subject.reference, url=path, state="done"),
        _step(
            _("Routed"), ", ".join(departments) or _("to nobody yet"), url=path, state="done" if departments else "todo"
        ),
    ]


def _decided(action: ActionItem, seen: set[int]) -> dict[str, str]:
    decision = action.decision
    if decision is None:
        return _step(_("Decided"), _("on own initiative"), state="done")
    if decision.pk not in seen:
        return _step(_("Decided"), _("by its council"), state="done")
    detail = f"{decision.subject.reference}, {decision.get_verdict_display()}"
    return _step(_("Decided"), detail, url=links.path_of(decision.subject), state="done")


# --- the ladder ----------------------------------------------------------------------------------------------------


def rungs(action: ActionItem, now: datetime) -> list[dict[str, str]]:
    """The ladder of what is owed now: which rungs fell, which is next, which are to come. Warnings are left out."""
    duty = (
        Duty.objects.filter(subject_id=action.pk, closed_at=None, due_on__isnull=False)
        .exclude(kind__in=BESIDE)
        .select_related("calendar")
        .order_by("due_on", "pk")
        .first()
    )
    if duty is None:
        return []
    climb = list(
        Rung.objects.filter(charter_version_id=duty.charter_version_id, duty_kind=duty.kind).order_by("position")
    )
    fell: dict[int, datetime] = dict(
        Firing.objects.filter(duty=duty, turn=duty.turn).values_list("position", "fired_at")
    )
    falls = _days_of(duty, climb)
    zone, told, is_next = ZoneInfo(duty.calendar.zone), [], True
    for rung in climb:
        if rung.target == WARNING:
            continue
        fired = fell.get(rung.position)
        state = "fired" if fired or rung.position <= duty.rung else "next" if is_next else "to_come"
        is_next = is_next and state == "fired"
        on = fired.astimezone(zone).date() if fired else falls.get(rung.position)
        told.append({"who": str(TARGETS[rung.target]), "when": date_format(on, "D j M") if on else "", "state": state})
    return told


def _held(duty: Duty, wanted: dict[int, int]) -> int:
    """By how many working days a hold moved what is to come: the next rung's moment says it."""
    if duty.paused_to is None or duty.next_at is None or duty.rung + 1 not in wanted:
        return 0
    day = duty.next_at.astimezone(ZoneInfo(duty.calendar.zone)).date()
    falls = CalendarDay.objects.filter(calendar_id=duty.calendar_id, day=day).values_list("ordinal", flat=True).first()
    return max(falls - wanted[duty.rung + 1], 0) if falls is not None else 0


def _days_of(duty: Duty, climb: Sequence[Rung]) -> dict[int, date]:
    """On which working day each rung falls, in two statements (``governance.sql.ladders`` schedules the same days)."""
    if duty.due_on is None:
        return {}
    due = CalendarDay.objects.filter(calendar_id=duty.calendar_id, day=duty.due_on).first()
    if due is None:
        return {}
    wanted = {
        rung.position: due.ordinal + rung.days + (1 if rung.days < 0 and not due.is_working else 0) for rung in climb
    }
    shift = _held(duty, wanted)
    wanted = {position: ordinal + shift for position, ordinal in wanted.items()}
    days: dict[int, date] = dict(
        CalendarDay.objects.filter(
            calendar_id=duty.calendar_id, is_working=True, ordinal__in=set(wanted.values())
        ).values_list("ordinal", "day")
    )
    return {position: days[ordinal] for position, ordinal in wanted.items() if ordinal in days}
