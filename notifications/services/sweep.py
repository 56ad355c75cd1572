"""The sweep: lets due rungs fall, each once, and says so through the outbox.

Whatever is due is moved under a claim that one process alone gets (``notifications.sql.claims``); the firing, its
message, its journal entry and its agenda item stand in the same transaction, so a crash loses all of them or none. The
statements of a batch do not grow with the number of duties in it, save for agenda items, which are made one by one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.matters import MATTERS
from councils.models import Council
from councils.services import agenda
from governance import events
from governance.clauses import COUNCIL, HEAD, OWNER, SPONSOR, WARNING
from governance.errors import DomainError
from governance.models import Duty, HelpRequest, JournalEntry, JournalMention, Organisation, Rung, SubjectKind, Unsealed
from governance.quoting import inside
from governance.services import champions, escalations, successions, vacancies
from governance.sql import ladders
from notifications.kinds import of_rung
from notifications.models import Message
from notifications.queries.climbing import OF_DUTY, Directory, Owed, directory, owed_of
from notifications.queries.upcoming import Expected, expected_by
from notifications.services import listening, outbox
from notifications.sql import claims, rows

log = structlog.get_logger(__name__)

FELL = events.declare(
    "notifications.rung.fell",
    says=gettext_lazy("Help was asked for {subject}, which nobody moved in time (rung {position})"),
)

# What a council is asked to settle, by the kind of thing that nobody moved.
MATTER_OF = {
    SubjectKind.ACTION: "late_action",
    SubjectKind.THEME: "theme",
    SubjectKind.REQUEST: "open_request",
    SubjectKind.PILOT: "pilot",
}


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


def sweep(now: datetime, *, dry_run: bool = False, limit: int = 250) -> SweepReport:
    """Let every rung fall that is due by ``now``, ``limit`` to a transaction, and hear what happened.

    Where several rungs of one duty have passed they fall in their order. A dry run writes nothing and says what would
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
    return turn.report


def _rehearse(now: datetime) -> SweepReport:
    report = SweepReport(at=now, dry_run=True, expected=expected_by(now))
    report.fell.update(expected.target for expected in report.expected)
    report.messages = len(report.expected)
    report.agenda_items = report.fell[COUNCIL]
    return report


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
    owed: Owed

    @classmethod
    def of(cls, row: Sequence[Any]) -> "_Climber":
        pk, subject_id, kind, charter_version_id, due_on, *owed = row
        return cls(pk, subject_id, kind, charter_version_id, due_on, Owed.of(owed))


_CLIMBER = ("pk", "subject_id", "kind", "charter_version_id", "due_on", *OF_DUTY)


def _fall_together(turn: _Turn, limit: int) -> int:
    """Let rungs fall that speak to one seat each. Returns how many duties were moved."""
    stands = turn.stands  # read before others have to wait
    with transaction.atomic():
        moved = claims.climb(turn.now, onto_agenda=False, limit=limit)
        fallen = claims.fire(moved, turn.now)
        said = _tell(fallen, stands, turn.now)
        ladders.schedule(moved)
    turn.report.messages += said
    turn.report.fell.update(rung.target for rung in fallen)
    return len(moved)


def _fall_onto_agenda(turn: _Turn, duty_id: int) -> None:
    """Let a last rung fall: in a transaction of its own, so that one that cannot be placed keeps no other waiting."""
    stands = turn.stands
    try:
        with transaction.atomic():
            moved = claims.climb(turn.now, onto_agenda=True, limit=1, only=duty_id)
            fallen = claims.fire(moved, turn.now)
            placed = _propose(duty_id, stands, turn.now) if fallen else 0
            said = _tell(fallen, stands, turn.now)
            ladders.schedule(moved)
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
    """One message a rung that fell, and an entry for each that asks somebody for help. Returns the messages."""
    if not fallen:
        return 0
    climbers = {
        row[0]: _Climber.of(row)
        for row in Duty.objects.filter(pk__in=[rung.duty_id for rung in fallen]).values_list(*_CLIMBER)
    }
    ladder = _ladder({climber.charter_version_id for climber in climbers.values()})
    messages: list[Message] = []
    asking: list[tuple[_Climber, claims.Fallen, int]] = []
    for rung in fallen:
        climber = climbers[rung.duty_id]
        seat_id = stands.asked(climber.owed, rung.target)
        days = ladder[climber.charter_version_id, climber.kind, rung.position]
        messages.append(_message(climber, rung, seat_id, days, now))
        if rung.target not in (OWNER, WARNING):
            asking.append((climber, rung, seat_id))
    _record(asking, now)
    rows.insert([_request(*one, now) for one in asking if one[1].target in (HEAD, SPONSOR)])
    escalations.owe_responses(((climber.pk, seat) for climber, rung, seat in asking if rung.target == SPONSOR), now)
    return outbox.enqueue(messages)


def _request(climber: _Climber, rung: claims.Fallen, seat_id: int, now: datetime) -> HelpRequest:
    """What a rung asks of a head or a sponsor, who answers it; a council answers by deciding."""
    return HelpRequest(
        duty_id=climber.pk, asked_id=seat_id, asked_at=now, due_on=climber.due_on, position=rung.position
    )


def _ladder(versions: set[int]) -> dict[tuple[int, str, int], int]:
    """(charter version, duty kind, position) to working days after the due day."""
    return {
        (version, kind, position): days
        for version, kind, position, days in Rung.objects.filter(charter_version_id__in=versions).values_list(
            "charter_version_id", "duty_kind", "position", "days"
        )
    }


def _message(climber: _Climber, rung: claims.Fallen, seat_id: int, days: int, now: datetime) -> Message:
    return Message(
        occurrence=f"rung:{climber.pk}:{rung.position}",
        seat_id=seat_id,
        kind=of_rung(rung.target, days),
        subject_id=climber.subject_id,
        duty_id=climber.pk,
        facts={"position": rung.position, "target": rung.target, "due_on": climber.due_on.isoformat()},
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


def _propose(duty_id: int, stands: Directory, now: datetime) -> int:
    """Put what nobody moved onto the agenda of the council that oversees it. The duty stays open."""
    duty = Duty.objects.select_related("subject", "seat").get(pk=duty_id)
    body = stands.body_for(owed_of([duty_id])[duty_id])
    matter = MATTER_OF.get(SubjectKind(duty.subject.kind))
    if body is None or matter not in MATTERS:
        # No council yet, or a thing that stands on an agenda itself: whoever the rung speaks to brings it on.
        log.warning("sweep.no_agenda", duty=duty.pk, kind=duty.subject.kind)
        return 0
    agenda.propose(
        council=Council.objects.get(pk=body), about=duty.subject, matter=matter, by=None, now=now, ask=_ask(duty)
    )
    return 1


def _ask(duty: Duty) -> str:
    """What the council is asked: in the organisation's language, because it is stored."""
    with translation.override(Organisation.objects.values_list("language", flat=True).first()):
        return _("“%(title)s” was due on %(day)s and has not moved: what is to become of it?") % {
            "title": inside(Truncator(duty.subject.title).chars(120)),
            "day": date_format(duty.due_on, "j F Y") if duty.due_on else "",
        }
