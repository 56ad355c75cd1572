"""An action's life as DESIGN.md tells it ("Rules that always hold"), in plain Python: the machine is held against it.

It imports nothing of the product and reads no row. Who may say what is asked of who sits where today; whatever is not
allowed raises :class:`No` and changes nothing. Where the design leaves a choice, the cautious one is taken: whoever
reported on the work, reported it blocked or attached its evidence has done part of it, also when that was a slip.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

RUNNING = frozenset({"accepted", "in_progress"})
OPEN = RUNNING | {"proposed", "declined", "done"}
SLIP = timedelta(minutes=10)
ZONE = ZoneInfo("Europe/Amsterdam")


class No(Exception):
    """It may not be done, by this person or in this state."""


def unless(allowed: object, why: str) -> None:
    if not allowed:
        raise No(why)


@dataclass(slots=True)
class Sitting:
    """Somebody in a seat, from a moment until another."""

    seat: str
    person: str
    role: str
    since: datetime
    until: datetime | None = None


@dataclass
class House:
    """Who sits where, who is away, and what time it is. ``departments`` says where each seat stands."""

    now: datetime
    departments: dict[str, str]
    sittings: list[Sitting] = field(default_factory=list)
    away: dict[str, date] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def seat(self, seat: str, person: str, role: str = "holder") -> None:
        self.leave(seat, role)
        self.sittings.append(Sitting(seat, person, role, self.now))

    def leave(self, seat: str, role: str = "holder") -> None:
        for one in self.running():
            if (one.seat, one.role) == (seat, role):
                one.until = self.now

    def running(self) -> list[Sitting]:
        return [one for one in self.sittings if one.since <= self.now and (one.until is None or one.until > self.now)]

    def sits(self, person: str, *seats: str) -> bool:
        return any(one.person == person and one.seat in seats for one in self.running())

    def everybody_in(self, seats: Iterable[str]) -> set[str]:
        wanted = set(seats)
        return {one.person for one in self.running() if one.seat in wanted}

    def is_away(self, person: str) -> bool:
        return person in self.away and self.today <= self.away[person]

    def answers(self, seat: str) -> str | None:
        """The holder, or the deputy while the holder is away or nobody; else nobody."""
        for role in ("holder", "deputy"):
            for one in self.running():
                if (one.seat, one.role) == (seat, role) and not self.is_away(one.person):
                    return one.person
        return None

    def moves(self, seat: str) -> str | None:
        """Like :meth:`answers`; for a seat that nobody answers for, the CX lead."""
        return self.answers(seat) or self.answers("lead")


@dataclass(slots=True)
class Word:
    """A report, a piece of evidence, a blocker, a part in the work: by whom, when, and whether it still stands."""

    by: str
    at: datetime
    seat: str = ""
    before: tuple[str, str] = ("", "")
    stands: bool = True


@dataclass(slots=True)
class Wish:
    """Another day that was asked for: of a seat, or (``approver`` is empty) of the council."""

    day: date
    by: str
    approver: str


@dataclass
class Life:
    """One action from its proposal on. ``renewals`` is how often a seat may move its date, by the charter."""

    house: House
    seat: str
    renewals: int
    state: str = "proposed"
    health: str = "unknown"
    promised: date | None = None
    promises: list[tuple[int, date]] = field(default_factory=list)
    moved_by_seats: int = 0
    declines: int = 0
    done_at: datetime | None = None
    owes: tuple[str, str] = ("", "")
    wish: Wish | None = None
    updates: list[Word] = field(default_factory=list)
    evidence: list[Word] = field(default_factory=list)
    blockers: list[Word] = field(default_factory=list)
    doers: list[Word] = field(default_factory=list)
    owned_by: set[str] = field(default_factory=set)
    worked: set[str] = field(default_factory=set)
    verifications: list[tuple[str, str]] = field(default_factory=list)
    reopenings: int = 0

    def __post_init__(self) -> None:
        self.began = self.house.now
        self.owes = ("accept", self.seat)

    @property
    def now(self) -> datetime:
        return self.house.now

    @property
    def department(self) -> str:
        return self.house.departments[self.seat]

    # --- what somebody's seats make of them ---

    def sees(self, person: str) -> bool:
        """The department of its seat, its council, who looks at everything, and whoever owns or owes it."""
        seats = {seat for seat, department in self.house.departments.items() if department == self.department}
        seats |= {"chair", "secretary", "member", "lead", "sponsor", self.seat}
        seats |= {seat for _kind, seat in self.owed()}
        return self.house.sits(person, *seats)

    def owed(self) -> set[tuple[str, str]]:
        found = {self.owes} if self.owes[0] else set()
        return found | ({("approve_date", self.wish.approver)} if self.wish and self.wish.approver else set())

    def owner(self, person: str) -> bool:
        return self.house.answers(self.seat) == person

    def doer(self, person: str) -> bool:
        standing = [one for one in self.doers if one.stands]
        return any(one.by == person for one in standing if not one.seat) or any(
            self.house.answers(one.seat) == person for one in standing if one.seat
        )

    def reports(self, person: str) -> bool:
        """Its owner, a doer, and the champion of its department, who reports for the owner."""
        return (
            self.owner(person) or self.doer(person) or self.house.sits(person, f"champion of {self.department}")
        )  # fmt: skip

    def leads(self, person: str) -> bool:
        return self.house.sits(person, f"head of {self.department}", "lead")

    def keeps_the_books(self, person: str) -> bool:
        """Chair and secretary; their sponsor while nobody answers for the chair."""
        if self.house.sits(person, "chair", "secretary"):
            return True
        return self.house.answers("chair") is None and self.house.answers("sponsor") == person

    def had_a_part(self) -> set[str]:
        """Whoever was holder or deputy of a seat that had the work at any time since it began, or did part of it."""
        seats = {self.seat} | self.owned_by | {one.seat for one in self.doers if one.seat}
        held = {
            one.person
            for one in self.house.sittings
            if one.seat in seats and one.since <= self.now and (one.until is None or one.until > self.began)
        }
        return held | self.worked | {one.by for one in self.doers if not one.seat}

    def first_verifier(self) -> str | None:
        """Secretary, chair, sponsor, CX lead: the first seat whose person today had no part in the work."""
        part = self.had_a_part()
        chain = ("secretary", "chair", "sponsor", "lead")
        return next((seat for seat in chain if self.house.answers(seat) not in part | {None}), None)

    def verifies(self, person: str) -> bool:
        if self.owes[0] != "verify" or person in self.had_a_part():
            return False
        return person in {self.house.answers(seat) for seat in (self.owes[1], self.first_verifier()) if seat}

    def not_their_own_date(self) -> set[str]:
        """Everybody who owns or does the work now: none of them approves its dates."""
        standing = [one for one in self.doers if one.stands]
        seats = {self.seat, *(one.seat for one in standing if one.seat)}
        return self.house.everybody_in(seats) | {one.by for one in standing if not one.seat}

    def first_approver(self, asks: str) -> str | None:
        return self._in_line({asks}) if self.moved_by_seats < self.renewals else None

    def _in_line(self, others: set[str]) -> str | None:
        """Head, chair, sponsor: the first seat whose person today does not own or do the work."""
        barred = self.not_their_own_date() | others | {None}
        chain = (f"head of {self.department}", "chair", "sponsor")
        return next((seat for seat in chain if seat != self.seat and self.house.answers(seat) not in barred), None)

    def holds(self, person: str) -> bool:
        """Chair, secretary, and whoever approves its dates; never whoever owns or does the work."""
        if person in self.not_their_own_date():
            return False
        first = self._in_line(set())
        return self.keeps_the_books(person) or (first is not None and self.house.answers(first) == person)

    def answers_the_wish(self, person: str) -> bool:
        if self.wish is None or not self.wish.approver or self.state not in RUNNING:
            return False
        if person in self.not_their_own_date() | {self.wish.by}:
            return False
        seats = {self.wish.approver, self.first_approver(self.wish.by)} - {None}
        return person in {self.house.moves(seat) for seat in seats if seat}

    # --- what is done with it ---

    def _may(self, person: str, allowed: Callable[[str], bool], states: Iterable[str]) -> None:
        unless(self.sees(person), "not seen")
        unless(allowed(person), "another's to say")
        unless(self.state in states, f"not while {self.state}")

    def _owe(self, kind: str, seat: str) -> None:
        """What is owed next; a wish that a seat had not answered is overtaken."""
        self.owes = (kind, seat)
        self.wish = None if self.wish is not None and self.wish.approver else self.wish

    def _promise(self, day: date) -> None:
        unless(day >= self.house.today, "that day has passed")
        self.promises.append((len(self.promises) + 1, day))
        self.promised = day
        self.owned_by.add(self.seat)
        self._owe("keep", self.seat)

    def accept(self, who: str, day: date | None) -> None:
        self._may(who, self.owner, {"proposed"})
        unless(day is None or day >= self.house.today, "that day has passed")
        self.state = "accepted"
        self.owned_by.add(self.seat)
        self._owe("set_date", self.seat)
        if day is not None:
            self._promise(day)
            self.worked.add(who)

    def decline(self, who: str) -> None:
        self._may(who, self.owner, {"proposed"})
        self.state, self.declines = "declined", self.declines + 1
        head = f"head of {self.department}"
        first = self.declines == 1
        self._owe("reassign" if first else "settle", head if first else self._clerk())

    def _clerk(self) -> str:
        return "secretary" if self.house.everybody_in({"secretary"}) else "chair"

    def pass_on(self, who: str, seat: str) -> None:
        self._may(who, self.leads, {"proposed", "declined"})
        self._give_to(seat)

    def _give_to(self, seat: str) -> None:
        unless(seat != self.seat, "it has it already")
        self.seat, self.state, self.promised, self.health = seat, "proposed", None, "unknown"
        self._owe("accept", seat)

    def report(self, who: str, health: str) -> None:
        self._may(who, self.reports, RUNNING)
        self.updates.append(Word(who, self.now, before=(self.state, self.health)))
        self.state, self.health = "in_progress", health
        self.worked.add(who)

    def set_date(self, who: str, day: date) -> None:
        self._may(who, self.owner, RUNNING)
        unless(self.promised is None, "nobody moves their own promise")
        self._promise(day)
        self.worked.add(who)

    def ask_for_time(self, who: str, day: date) -> None:
        self._may(who, self.owner, RUNNING)
        unless(day >= self.house.today, "that day has passed")
        unless(self.promised is not None and day > self.promised, "no later day")
        unless(self.wish is None or not self.wish.approver, "one is asked for already")
        self.wish = Wish(day, who, self.first_approver(who) or "")

    def approve(self, who: str) -> None:
        self._may(who, self.answers_the_wish, RUNNING)
        wish = self.wish
        assert wish is not None
        self._promise(wish.day)
        self.wish = None
        self.moved_by_seats += 1
        self.worked.add(wish.by)

    def refuse(self, who: str) -> None:
        self._may(who, self.answers_the_wish, RUNNING)
        self.wish = None

    def block(self, who: str) -> None:
        self._may(who, self.reports, RUNNING)
        self.blockers.append(Word(who, self.now))
        self.worked.add(who)

    def hold(self, who: str) -> None:
        self._may(who, self.holds, RUNNING)
        self.blockers.append(Word(who, self.now))
        self.worked.add(who)

    def lift(self, who: str, which: int) -> None:
        self._may(who, lambda one: self.reports(one) or self.keeps_the_books(one), RUNNING | {"done"})
        unless(self.blockers[which].stands, "lifted already")
        self.blockers[which].stands = False

    def add_doer(self, who: str, person: str = "", seat: str = "") -> None:
        self._may(who, self._arranges, OPEN)
        works = person or self.house.answers(seat)
        unless(works and self.sees(works), "nobody there, or not seen by them")
        unless(seat != self.seat, "it answers for it already")
        standing = [(one.seat, one.seat or one.by) for one in self.doers if one.stands]
        unless((seat, seat or person) not in standing, "they work on it already")
        self.doers.append(Word(person, self.now, seat=seat))

    def _arranges(self, person: str) -> bool:
        return self.owner(person) or self.leads(person) or self.keeps_the_books(person)

    def end_doer(self, who: str, which: int) -> None:
        self._may(who, self._arranges, OPEN)
        unless(self.doers[which].stands, "ended already")
        self.doers[which].stands = False

    def show(self, who: str) -> None:
        self._may(who, self.reports, RUNNING | {"done"})
        self.evidence.append(Word(who, self.now))
        self.worked.add(who)

    def say_done(self, who: str) -> None:
        self._may(who, self.owner, RUNNING)
        unless(any(one.stands for one in self.evidence), "no evidence")
        self.state, self.done_at = "done", self.now
        seat = self.first_verifier()
        self._owe("verify" if seat else "settle", seat or self._clerk())

    def verify(self, who: str, finding: str) -> None:
        self._may(who, self.verifies, {"done"})
        self.verifications.append((who, finding))
        if finding == "confirmed":
            self.state = "verified"
            self._owe("", "")
        else:
            self.state = "in_progress"
            self._owe("keep" if self.promised else "set_date", self.seat)

    def reopen(self, who: str) -> None:
        by_verifier = self.state == "verified" and self.verifications[-1][0] == who
        self._may(who, lambda one: by_verifier or self.keeps_the_books(one), {"verified", "as_is"})
        self.state, self.promised = "in_progress", None
        self.reopenings += 1
        self._owe("set_date", self.seat)

    def cancel(self, who: str) -> None:
        self._may(who, self.keeps_the_books, OPEN - {"done"})
        self._close("cancelled")

    def _close(self, state: str) -> None:
        self.state = state
        self._owe("", "")

    # --- what the council decides ---

    def decide(self, outcome: str, *, day: date | None = None, seat: str = "") -> None:
        unless(self.state in OPEN, "closed")
        if outcome == "extend":
            unless(self.state in RUNNING, "it does not run")
            unless(day is not None and (self.promised is None or day > self.promised), "no later day")
            assert day is not None
            self._promise(day)
            self.wish = None
        elif outcome == "reassign":
            unless(self.state != "done", "it is said to be done")
            self._give_to(seat)
        elif outcome == "accept_as_is":
            unless(self.state in RUNNING | {"done"}, "nobody took it on")
            self._close("as_is")
        else:
            self._close("cancelled")

    # --- slips of the hand ---

    def take_back_update(self, who: str, which: int) -> None:
        said = self.updates[which]
        self._fresh(said, who)
        unless(not any(one.stands for one in self.updates[which + 1 :]), "another report followed")
        unless(self.state == "in_progress", "it went on")
        unless(self.done_at is None or self.done_at < said.at, "it was said to be done with it")
        said.stands = False
        self.state, self.health = said.before

    def take_back_evidence(self, who: str, which: int) -> None:
        shown = self.evidence[which]
        self._fresh(shown, who)
        unless(self.state in RUNNING, "it went on")
        unless(self.done_at is None or self.done_at < shown.at, "it was said to be done with it")
        shown.stands = False

    def _fresh(self, said: Word, who: str) -> None:
        unless(self.sees(who), "not seen")
        unless(said.by == who, "another's")
        unless(said.stands and self.now - said.at <= SLIP, "taken back, or too late")


# --- the history, told again --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the journal: what happened, its facts, and the subjects that it speaks of by their role."""

    event: str
    facts: dict[str, object]
    mentions: dict[str, int]


@dataclass
class Present:
    """Where an action stands, as far as its history tells."""

    state: str = ""
    health: str = "unknown"
    seat: int = 0
    promised: str | None = None


def replay(entries: Iterable[Told]) -> Present:
    """Where an action stands, told from its journal alone, the oldest entry first."""
    present, reports, was_accepted = Present(), [], False
    for told in entries:
        name = told.event.removeprefix("actions.")
        if name == "item.created":
            present.state, present.seat = "proposed", told.mentions["seat"]
        elif name == "item.accepted":
            present.state, was_accepted = "accepted", True
            present.promised = told.facts["promised"]
        elif name == "item.reassigned":
            present = Present("proposed", "unknown", told.mentions["to"])
        elif name.startswith("item.reported_"):
            reports.append((present.state, present.health))
            present.state, present.health = "in_progress", name.removeprefix("item.reported_")
        elif name == "update.taken_back":
            present.state, present.health = reports.pop()
        elif name in ("promise.given", "promise.renewed", "promise.approved"):
            present.promised = told.facts["promised"]
        elif name == "item.reopened":
            present.state, present.promised = "in_progress" if was_accepted else "proposed", None
        else:
            present.state = _ENDS_IN.get(name, present.state)
    return present


_ENDS_IN = {
    "item.declined": "declined",
    "item.done": "done",
    "item.sent_back": "in_progress",
    "item.verified": "verified",
    "item.cancelled": "cancelled",
    "item.accepted_as_is": "as_is",
}
