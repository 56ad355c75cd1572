"""What was tried in one place first: one that travelled, one that is being tried, one of which people learnt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from actions.models import ActionItem, Pilot, PilotCopy
from actions.services import items, pilots
from actions.services.pilots import Found, Plan
from councils.models import AgendaItem, Meeting
from councils.services import decisions
from governance.models import Duty, Person
from governance.queries.seats import movers
from notifications.demo.script import Script
from notifications.demo.work import EURO

if TYPE_CHECKING:
    from notifications.demo.story import Story

GOVERNANCE = "CX Governance Council"


@dataclass(frozen=True, slots=True)
class Looked:
    """A check: on which day, what was found of each criterion, why, and until when it was given more time."""

    day: int
    verdict: str
    found: tuple[tuple[bool, str], ...]
    reason: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """An action that is tried in one place. Days count from today."""

    title: str
    owner: str
    proof: str
    born: int
    promised: int
    department: str
    unit: str
    criteria: tuple[str, ...]
    check_on: int
    places: tuple[str, ...]
    line: str
    looks: tuple[Looked, ...] = ()
    done: int | None = None
    shown: str = ""
    dropped: tuple[int, str] | None = None


TIMES = Tried(
    "Say at the start of a call how long it will take",
    "champion CON",
    "Callers of one week hear a time in the first minute.",
    -75,
    -38,
    "CON",
    "Motor line, Utrecht",
    (
        "Nine of ten callers hear a time in the first minute",
        "Callers who hang up while they wait fall from 11 % to 7 % or less",
    ),
    -38,
    ("CLM", "REP", "POL", "HKG"),
    "The twelve of the motor line say it since Monday.",
    (
        Looked(
            -38,
            "passed",
            (
                (True, "I listened to sixty calls of one week: 56 heard a time."),
                (True, "6.4 % in the last two weeks, 11.2 % in the two before we began."),
            ),
        ),
    ),
    -42,
    "Sixty recordings of the motor line, with the minute in which a time is said",
)
SLOTS = Tried(
    "Offer the next free repair slot while the customer is on the phone",
    "head REP",
    "Whoever reports damage leaves the call with a day and a garage.",
    -24,
    24,
    "REP",
    "Garages around Groningen",
    (
        "Eight of ten callers leave the call with a day and a garage",
        "Garages keep nine of ten days that were given on the phone",
        "The call takes no more than a minute longer",
    ),
    6,
    ("CON", "BRK"),
    "Four of seven garages share their calendars by now.",
)
ALOUD = Tried(
    "Read a rejection aloud on the phone before the letter arrives",
    "champion CLM",
    "Every rejected claim of the team got a call first.",
    -62,
    -6,
    "CLM",
    "Glass and hail team",
    (
        "Complaints about rejections fall by a third",
        "Seven of ten customers say that the call helped",
    ),
    -34,
    ("UND", "LEG"),
    "Two of us make the calls, on Tuesdays and Thursdays.",
    (
        Looked(
            -34,
            "extended",
            ((False, "Nine complaints, eleven before. Too few to tell."), (True, "Ten of fourteen whom we asked.")),
            "Fourteen rejections in the holidays are too few. We look again after two more weeks.",
            -20,
        ),
        Looked(
            -20,
            "not_passed",
            ((False, "Fourteen complaints, thirteen before."), (False, "Sixteen of 41 whom we asked.")),
            "Most would rather have the letter first and call us with it in their hands. The letter should name a"
            " person to call.",
        ),
    ),
    dropped=(-18, "The pilot did not pass. The letter names a person from now on."),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """What became of one copy: with what, and when it was answered, kept or not."""

    euros: int
    asked: int
    accepted: int | None = None
    promised: int | None = None
    line: tuple[int, str, str] | None = None
    done: tuple[int, str] | None = None
    declined: tuple[int, str] | None = None


COPIES: Mapping[str, Copy] = {
    "CLM": Copy(600, -10, -26, -11, (-19, "on_track", "The adjusters' line says it too."),
                (-13, "Forty calls, thirty-eight with a time")),
    "REP": Copy(900, -4, -25, -6, (-9, "at_risk", "Two garages answer themselves; they do not say it yet.")),
    "HKG": Copy(0, 10, declined=(-24, "我們的熱線二十秒內接聽。"
                                      " (We answer within twenty seconds: there is no wait to speak of.)")),
}  # fmt: skip
"""Policies were a candidate as well, and the council left them out until their new telephones are there."""


def plan(story: "Story") -> None:
    """Put the three into the script; what the council decides about the first stands in its third meeting."""
    for work in (TIMES, SLOTS, ALOUD):
        _Trial(story, work).plan(story.script)
    for code, copy in COPIES.items():
        _plan_copy(story, code, copy)


@dataclass(slots=True)
class _Trial:
    story: "Story"
    work: Tried
    keys: list[int] = field(default_factory=list)

    def plan(self, script: Script) -> None:
        work = self.work
        script.on(work.born, self.begin, 12)
        script.on(work.born + 1, self.accept, 15)
        script.on(work.born + 2, self.declare, 16)
        script.on(work.born + 9, self.report, 11)
        if work.done is not None:
            script.on(work.done, self.finish, 10)
            script.on(work.done + 3, self.verify, 15)
        for look in work.looks:
            script.on(look.day, partial(self.look, look), 14)
        if work.dropped is not None:
            script.on(work.dropped[0], self.drop, 11)

    @property
    def action(self) -> ActionItem:
        found: ActionItem = ActionItem.objects.select_related("subject", "seat", "council").get(pk=self.keys[0])
        return found

    @property
    def pilot(self) -> Pilot:
        found: Pilot = Pilot.objects.select_related("subject").get(action=self.keys[0])
        return found

    def owner(self, now: datetime) -> Person:
        return _acts(self.action.seat_id, now)

    def begin(self, now: datetime) -> None:
        story, work = self.story, self.work
        made = items.create(
            title=work.title, seat=story.cast.seat(work.owner), council=story.rooms[GOVERNANCE], proof=work.proof,
            needs_none=True, by=story.cast.lead, now=now,
        )  # fmt: skip
        self.keys.append(made.pk)

    def accept(self, now: datetime) -> None:
        on = self.story.script.day(self.work.promised)
        items.accept(action=self.action, promised_on=on, by=self.owner(now), now=now)

    def declare(self, now: datetime) -> None:
        work, departments = self.work, self.story.cast.departments
        plan = Plan(
            department=departments[work.department],
            unit=work.unit,
            criteria=work.criteria,
            check_on=self.story.script.day(work.check_on),
            places=[departments[code] for code in work.places],
        )
        pilots.declare(action=self.action, plan=plan, by=self.owner(now), now=now)

    def report(self, now: datetime) -> None:
        items.report(action=self.action, health="on_track", line=self.work.line, by=self.owner(now), now=now)

    def finish(self, now: datetime) -> None:
        by = self.owner(now)
        items.add_evidence(action=self.action, title=self.work.shown, kind="note", by=by, now=now)
        items.say_done(action=self.action, by=by, now=now)

    def verify(self, now: datetime) -> None:
        _verify(self.action, "As it says.", now)

    def look(self, look: Looked, now: datetime) -> None:
        pilot = self.pilot
        duty = Duty.objects.get(subject_id=pilot.pk, closed_at=None)
        pilots.check(
            pilot=pilot,
            verdict=look.verdict,
            findings=[Found(met, words) for met, words in look.found],
            reason=look.reason,
            next_on=self.story.script.day(look.until) if look.until is not None else None,
            by=_acts(duty.seat_id, now),
            now=now,
        )

    def drop(self, now: datetime) -> None:
        if self.work.dropped is not None:
            chair = next(one.seat_id for one in self.story.memberships(GOVERNANCE) if one.seat.kind == "chair")
            items.cancel(action=self.action, reason=self.work.dropped[1], by=_acts(chair, now), now=now)


def _acts(seat_id: int, now: datetime) -> Person:
    return Person.objects.get(pk=movers([seat_id], now)[seat_id].person_id)


def _verify(action: ActionItem, note: str, now: datetime) -> None:
    duty = Duty.objects.get(subject_id=action.pk, kind="verify", closed_at=None)
    items.verify(action=action, finding="confirmed", note=note, by=_acts(duty.seat_id, now), now=now)


# --- where it travelled ----------------------------------------------------------------------------------------------


def decide(story: "Story", meeting: Meeting, votes: Mapping[int, str], clerk: Person, now: datetime) -> None:
    """The council repeats it in three of the four places that were proposed."""
    item = AgendaItem.objects.get(meeting=meeting, matter="pilot", state="open")
    payload: dict[str, object] = {}
    for code, copy in COPIES.items():
        key = story.cast.departments[code].reference
        payload |= {
            f"repeat_{key}": True,
            f"seat_{key}": story.cast.seat(f"champion {code}").reference,
            # A day that is asked for lies ahead of the meeting that asks for it.
            f"asked_for_{key}": story.script.day(copy.asked).isoformat(),
            f"amount_{key}": copy.euros * EURO,
            f"needs_none_{key}": not copy.euros,
        }
    decisions.settle(
        item=item, outcome="replicate", motion="Claims, the repair network and Hong Kong say it, too.",
        payload=payload, votes=votes, by=clerk, now=now,
    )  # fmt: skip


def _plan_copy(story: "Story", code: str, copy: Copy) -> None:
    script = story.script

    def action() -> ActionItem:
        found: ActionItem = PilotCopy.objects.select_related("action__subject", "action__seat").get(
            place__department=story.cast.departments[code]
        ).action  # fmt: skip
        return found

    def accept(now: datetime) -> None:
        on = script.day(copy.promised) if copy.promised is not None else None
        items.accept(action=action(), promised_on=on, by=_acts(action().seat_id, now), now=now)

    def decline(now: datetime) -> None:
        if copy.declined is not None:
            items.decline(action=action(), reason=copy.declined[1], by=_acts(action().seat_id, now), now=now)

    def report(now: datetime) -> None:
        if copy.line is not None:
            items.report(
                action=action(), health=copy.line[1], line=copy.line[2], by=_acts(action().seat_id, now), now=now
            )

    def finish(now: datetime) -> None:
        if copy.done is not None:
            by = _acts(action().seat_id, now)
            items.add_evidence(action=action(), title=copy.done[1], kind="note", by=by, now=now)
            items.say_done(action=action(), by=by, now=now)

    if copy.accepted is not None:
        script.on(copy.accepted, accept, 15)
    if copy.declined is not None:
        script.on(copy.declined[0], decline, 15)
    if copy.line is not None:
        script.on(copy.line[0], report, 11)
    if copy.done is not None:
        script.on(copy.done[0], finish, 16)
        script.on(copy.done[0] + 4, lambda now: _verify(action(), "I called the line myself, five times.", now), 11)
