"""The sweep: lets due rungs fall, each once, and says so through the outbox.

Whatever is due is moved under a claim that one process alone gets (``notifications.sql.claims``); the firing, its
message, its journal entry and its agenda item stand in the same transaction, so a crash loses all of them or none. The
statements of a batch do not grow with the number of duties in it, save for agenda items, which are made one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy

from actions.models import Doer
from councils import referrals
from councils.brought import ask_of
from councils.matters import ESCALATED, MATTERS
from councils.models import Council
from councils.services import agenda
from councils.sources import ESCALATED_AS, ESCALATION
from governance import events
from governance.clauses import COUNCIL, HELPERS, OWNER, PARENT, WARNING
from governance.errors import DomainError
from governance.models import (
    Duty,
    DutyKind,
    HelpRequest,
    JournalEntry,
    JournalMention,
    Rung,
    Unsealed,
)
from governance.queries import languages
from governance.queries.seats import movers
from governance.services import champions, escalations, successions, vacancies
from notifications import faultpoints
from notifications.kinds import OF_OWNERS
from notifications.models import Message, MessageState
from notifications.queries.climbing import OF_DUTY, Directory, Owed, directory, owed_of
from notifications.queries.upcoming import Expected, expected_by
from notifications.services import capping, kept_views, listening, outbox
from notifications.sql import claims, rows

log = structlog.get_logger(__name__)

FELL = events.declare(
    "notifications.rung.fell",
    says=gettext_lazy("Help was asked for {subject}, which nobody moved in time (rung {position})"),
)


@dataclass(slots=True)
class SweepReport:
    """What a sweep did, or (``dry_run``) would do: rungs by whom they ask, and what came of them."""

    at: datetime
    dry_run: bool = False
    fell: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    agenda_items: int = 0
    heard: int = 0
    seats: int = 0
    """What changed by the clock alone: vacancies that are owed from now on, take-overs, and those that are over."""
    errors: int = 0
    expected: list[Expected] = field(default_factory=list)

    @property
    def did_something(self) -> bool:
        return bool(self.fell or self.heard or self.errors)


def sweep(now: datetime, *, dry_run: bool = False, limit: int = 500) -> SweepReport:
    """Let every rung fall that is due by ``now``, ``limit`` to a transaction, and hear what happened.

    Where several rungs of one duty have passed they fall in their order, and each reader hears of the last alone: a
    sweep that was down for days catches up once. A dry run writes nothing and says what would
    fall; it counts what the ladders alone do, not what people may do meanwhile. ``limit`` keeps the time short in which
    others wait for SQLite's one writer.
    """
    if dry_run:
        return _rehearse(now)
    turn = _Turn(SweepReport(at=now), now)
    turn.report.seats = vacancies.settle(now) + successions.settle(now)
    while True:
        if claims.due_duties(now, onto_agenda=False, limit=1):
            if not _fall_together(turn, limit):
                break  # others hold what is left
            continue
        due = claims.due_duties(now, onto_agenda=True, limit=limit + len(turn.stuck))
        if not set(due) - turn.stuck:
            break
        for duty_id in due:
            if duty_id not in turn.stuck:
                _fall_onto_agenda(turn, duty_id)
    champions.settle(now)
    turn.report.heard = listening.hear(now)
    _look_at_views(turn)
    return turn.report


def _look_at_views(turn: "_Turn") -> None:
    """Last, and by itself: what somebody likes to hear of holds up nothing that is owed."""
    try:
        kept_views.look(turn.now)
    except DatabaseError:
        log.exception("sweep.views_failed")
        turn.report.errors += 1


def _rehearse(now: datetime) -> SweepReport:
    report = SweepReport(at=now, dry_run=True, expected=expected_by(now))
    report.fell.update(expected.target for expected in report.expected)
    report.messages = len(said_of(report.expected))
    report.agenda_items = report.fell[COUNCIL] + report.fell[PARENT]
    return report


def said_of(expected: Sequence[Expected]) -> dict[tuple[int, int], Expected]:
    """Of rungs that fall in one sweep what is said: the last a duty and seat, and no reminder that was passed."""
    last = {one.duty_id: one.position for one in sorted(expected, key=lambda one: one.position)}
    return {
        (one.duty_id, one.seat_id): one
        for one in sorted(expected, key=lambda one: one.position)
        if not one.is_for_owner or one.position == last[one.duty_id]
    }


@dataclass
class _Turn:
    """One sweep: what it has done, which duties it cannot move, and who stands where (read once, if at all)."""

    report: SweepReport
    now: datetime
    stuck: set[int] = field(default_factory=set)

    @cached_property
    def stands(self) -> Directory:
        return directory()


@dataclass(frozen=True, slots=True)
class _Climber:
    """A duty whose rung fell, as its message and its entry need it."""

    pk: int
    subject_id: int
    kind: str
    charter_version_id: int
    due_on: date
    turn: int
    owed: Owed

    @classmethod
    def of(cls, row: Sequence[Any]) -> "_Climber":
        pk, subject_id, kind, charter_version_id, due_on, turn, *owed = row
        return cls(pk, subject_id, kind, charter_version_id, due_on, turn, Owed.of(owed))


_CLIMBER = ("pk", "subject_id", "kind", "charter_version_id", "due_on", "turn", *OF_DUTY)


def _fall_together(turn: _Turn, limit: int) -> int:
    """Let rungs fall that speak to one seat each. Returns how many duties were moved."""
    stands = turn.stands  # read before others have to wait
    fallen: list[claims.Fallen] = []
    with transaction.atomic():
        passed = moved = claims.climb(turn.now, onto_agenda=False, limit=limit)
        while passed:
            fallen += claims.fire(passed, turn.now)
            passed = claims.climb(turn.now, onto_agenda=False, limit=limit, only=moved)
        faultpoints.reach("while_falling")
        said = _tell(sorted(fallen, key=lambda rung: (rung.duty_id, rung.position)), stands, turn.now)
    turn.report.messages += said
    turn.report.fell.update(rung.target for rung in fallen)
    return len(moved)


def _fall_onto_agenda(turn: _Turn, duty_id: int) -> None:
    """Let a last rung fall: in a transaction of its own, so that one that cannot be placed keeps no other waiting."""
    stands = turn.stands
    try:
        with transaction.atomic():
            moved = claims.climb(turn.now, onto_agenda=True, limit=1, only=[duty_id])
            fallen = claims.fire(moved, turn.now)
            placed = _propose(duty_id, fallen[0].target, stands, turn.now) if fallen else 0
            said = _tell(fallen, stands, turn.now) - _unsay(duty_id, fallen, turn.now)
    except (DomainError, DatabaseError) as error:
        turn.stuck.add(duty_id)
        turn.report.errors += 1
        log.error("sweep.not_placed", duty=duty_id, error=type(error).__name__)
        return
    if not moved:
        turn.stuck.add(duty_id)  # somebody else has it
    turn.report.agenda_items += placed
    turn.report.messages += said
    turn.report.fell.update(rung.target for rung in fallen)


def _tell(fallen: Sequence[claims.Fallen], stands: Directory, now: datetime) -> int:
    """One message a duty and reader, of the last rung that fell for them; an entry and a request for each that asks
    somebody for help. Returns the messages.

    Reminders and warnings that were passed are not said: what they foretold has happened. The others are told by one
    statement, for they are the many; whom to ask is found out one by one.
    """
    if not fallen:
        return 0
    last = {rung.duty_id: rung.target for rung in fallen}
    reminded = [duty_id for duty_id, target in last.items() if target in (OWNER, WARNING)]
    said = claims.remind(reminded, now) if reminded else 0
    capping.hold_stored(now)
    said += outbox.enqueue(_to_doers(reminded, now))
    asking = [rung for rung in fallen if rung.target not in (OWNER, WARNING)]
    return said + (_ask_for_help(asking, stands, now) if asking else 0)


def _ask_for_help(fallen: Sequence[claims.Fallen], stands: Directory, now: datetime) -> int:
    """Ask whom each rung asks. Returns the messages."""
    climbers = {
        row[0]: _Climber.of(row)
        for row in Duty.objects.filter(pk__in={rung.duty_id for rung in fallen}).values_list(*_CLIMBER)
    }
    ladder = _ladder({climber.charter_version_id for climber in climbers.values()})
    messages: dict[tuple[int, int], Message] = {}
    asking: list[tuple[_Climber, claims.Fallen, int]] = []
    for rung in fallen:
        climber = climbers[rung.duty_id]
        steps = ladder[climber.charter_version_id, climber.kind]
        seat_id = stands.asked(climber.owed, rung.target, [to for at, to in steps if at < rung.position])
        asking.append((climber, rung, seat_id))
        messages[climber.pk, seat_id] = _message(climber, rung, seat_id, now)
    _record(asking, now)
    alone = [one for one in asking if one[1].target in HELPERS or _is_the_sponsors(one, stands)]
    rows.insert([_request(*one, now) for one in alone])
    escalations.owe_responses(((climber.pk, seat) for climber, _rung, seat in alone), now)
    return outbox.enqueue(messages.values())


def _unsay(duty_id: int, fallen: Sequence[claims.Fallen], now: datetime) -> int:
    """Drop what this very sweep was about to say of a duty that goes onto an agenda now: reminders that were passed,
    and what the same seat hears by the last rung. What was handed over meanwhile stays said. Returns how many.
    """
    if not fallen:
        return 0
    turn = Duty.objects.values_list("turn", flat=True).get(pk=duty_id)
    rung = occasion(duty_id, turn, fallen[0].position)
    told = Message.objects.filter(occurrence=rung).values("seat_id")
    passed = Message.objects.filter(duty_id=duty_id, created_at=now, state=MessageState.WAITING).exclude(
        occurrence=rung
    )
    return passed.filter(Q(kind__in=OF_OWNERS) | Q(seat_id__in=told)).update(state=MessageState.DROPPED, settled_at=now)


def _is_the_sponsors(asked: tuple[_Climber, claims.Fallen, int], stands: Directory) -> bool:
    """Whether no body stands above: then the sponsor alone is asked."""
    climber, rung, _seat = asked
    return rung.target == PARENT and stands.above(climber.owed) is None


def _to_doers(reminded: Sequence[int], now: datetime) -> list[Message]:
    """The same reminder to whoever does the work, one each; not to who answers for the accountable seat anyway."""
    kept = Duty.objects.filter(pk__in=reminded, kind=DutyKind.KEEP)
    doers: list[tuple[int, int | None, int | None]] = list(
        Doer.objects.filter(action_id__in=kept.values("subject_id"), ended_at=None)
        .order_by("pk")
        .values_list("action_id", "seat_id", "person_id")
    )
    if not doers:
        return []
    said = {
        message.subject_id: message
        for message in Message.objects.filter(
            duty__in=kept,
            subject_id__in={action for action, _seat, _person in doers},
            kind__in=OF_OWNERS,
            created_at=now,
        )
    }
    owners = {action: message.seat_id or 0 for action, message in said.items()}
    answer = movers({*owners.values(), *(seat for _action, seat, _person in doers if seat is not None)}, now)
    told = {(action, answer[seat].person_id) for action, seat in owners.items() if seat in answer}
    made = []
    for action, seat, person in doers:
        message = said.get(action)
        reader = person if seat is None else answer[seat].person_id if seat in answer else None
        if message is None or reader is None or (action, reader) in told:
            continue
        told.add((action, reader))
        made.append(
            Message(
                occurrence=f"{message.occurrence}:{f'seat:{seat}' if person is None else f'person:{person}'}",
                seat_id=seat,
                person_id=person,
                kind=message.kind,
                subject_id=action,
                duty_id=message.duty_id,
                facts=message.facts,
                created_at=now,
                not_before=now,
            )
        )
    return made


def _request(climber: _Climber, rung: claims.Fallen, seat_id: int, now: datetime) -> HelpRequest:
    """What a rung asks of one seat, which answers it; a council answers by deciding."""
    return HelpRequest(
        duty_id=climber.pk,
        asked_id=seat_id,
        asked_at=now,
        due_on=climber.due_on,
        turn=climber.turn,
        position=rung.position,
    )


def _ladder(versions: set[int]) -> dict[tuple[int, str], list[tuple[int, str]]]:
    """(charter version, duty kind) to its rungs in their order: position, and whom it asks."""
    found: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    steps = Rung.objects.filter(charter_version_id__in=versions).order_by("position")
    for version, kind, position, target in steps.values_list("charter_version_id", "duty_kind", "position", "target"):
        found[version, kind].append((position, target))
    return found


def occasion(duty_id: int, turn: int, position: int) -> str:
    """What a rung's message is about, so that it is said once; ``notifications.sql.claims`` spells it the same."""
    return f"rung:{duty_id}:{f'{turn}.' if turn else ''}{position}"


def _message(climber: _Climber, rung: claims.Fallen, seat_id: int, now: datetime) -> Message:
    return Message(
        occurrence=occasion(climber.pk, climber.turn, rung.position),
        seat_id=seat_id,
        kind=rung.target,
        subject_id=climber.subject_id,
        duty_id=climber.pk,
        facts={
            "position": rung.position,
            "target": rung.target,
            "due_on": climber.due_on.isoformat(),
            "turn": climber.turn,
        },
        created_at=now,
        not_before=now,
    )


def _record(asking: Sequence[tuple[_Climber, claims.Fallen, int]], now: datetime) -> None:
    """An entry a rung that asked for help, mentioning the seat it asked: three statements, whatever their number.

    They are not left for the listener: their messages stand in the outbox already.
    """
    entries = rows.insert(
        [
            JournalEntry(
                at=now,
                event=FELL.name,
                subject_id=climber.subject_id,
                facts={
                    "position": rung.position,
                    "target": rung.target,
                    "duty": climber.pk,
                    "asked": seat_id,
                    "due_on": climber.due_on.isoformat(),
                },
            )
            for climber, rung, seat_id in asking
        ]
    )
    rows.insert([Unsealed(entry_id=entry) for entry in entries])
    asked = JournalEntry.objects.filter(pk__in=entries).values_list("pk", "facts") if entries else []
    rows.insert([JournalMention(entry_id=pk, subject_id=facts["asked"], role="asked") for pk, facts in asked])


def _propose(duty_id: int, target: str, stands: Directory, now: datetime) -> int:
    """Put what nobody moved onto the agenda of the council that oversees it, or then of the body above that council.

    The duty stays open. Where no body stands above, the sponsor alone is asked.
    """
    duty = Duty.objects.select_related("subject", "seat").get(pk=duty_id)
    owed = owed_of([duty_id])[duty_id]
    body, above = stands.body_for(owed), stands.above(owed)
    matter = ESCALATED_AS.get(duty.subject.kind)
    if body is None or matter not in MATTERS:
        # No council yet, or a thing that stands on an agenda itself: whoever the rung speaks to brings it on.
        log.warning("sweep.no_agenda", duty=duty.pk, kind=duty.subject.kind)
        return 0
    bodies = Council.objects.in_bulk([key for key in (body, above) if key is not None])
    if target == PARENT:
        if above is None:
            return 0
        referrals.climb(
            council=bodies[body], above=bodies[above], about=duty.subject, matter=matter, ask=_ask(duty), now=now
        )
        return 1
    if above is not None and agenda.stands_with(above, duty.subject_id, matter):
        return 0  # left undecided below, it is for the body above to settle
    agenda.propose(
        council=bodies[body],
        about=duty.subject,
        matter=matter,
        by=None,
        now=now,
        ask=_ask(duty),
        proposal={ESCALATED: True},
        source=ESCALATION,
    )
    return 1


def _ask(duty: Duty) -> str:
    """What the council is asked: in the organisation's language, because it is stored."""
    with translation.override(languages.of_papers()):
        return ask_of(duty)
