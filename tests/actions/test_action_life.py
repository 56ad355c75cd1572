"""An action's whole life against a plain model of it (``life_oracle``): whoever says whatever, by whichever door.

Each step somebody tries something as a call, on a page, over the API, in a sheet or among several at once. What the
oracle refuses is refused and changes nothing; what it allows is done; afterwards both tell the same of state, health,
accountable seat, promises and next mover. Every third step everybody tries one deed, and what comes of it is taken
back. ``LIVES`` says how many lives are lived (``LIVES=300`` takes minutes, and a life that fails is then made as short
as it can be), and ``-s`` prints what was done and refused by which door.
"""

import copy
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from rest_framework.test import APIClient

from actions.importing import action_sheet
from actions.models import ActionItem, Blocker, DateRequest, Doer, Evidence, Promise, Reopening, Update, Verification
from actions.queries import action_sheet as sheet_queries
from actions.queries import items as queries
from actions.services import action_sheet as sheets
from actions.services import items, parts, several, slips
from councils.models import Meeting, Membership
from councils.services import agenda, decisions, meetings
from governance.errors import DomainError, Refused
from governance.models import Duty, JournalEntry, Person, Seat, Tenure
from governance.services import people, seats
from governance.sheets.tables import from_text, written
from tests.actions.life_oracle import House, Life, No, Told, replay
from tests.engines import examples
from tests.factories import EPOCH, Chamber, Town

LIVES = int(os.environ.get("LIVES", "12"))
DONE: Counter[str] = Counter()
REFUSED: Counter[str] = Counter()

WORKING = ("adjuster", "product owner", "handler")
"""Seats that an action may be given to; the others vote, lead, report or look on."""
HEALTHS = ("on_track", "at_risk", "off_track")
NEXT = {
    "proposed": ("accept", "accept", "accept_undated", "decline", "decline", "pass_on", "add_doer"),
    "declined": ("pass_on", "pass_on", "pass_on", "decide"),
    "accepted": ("report", "set_date", "show", "show", "ask_for_time", "say_done", "say_done", "add_doer"),
    "in_progress": ("report", "show", "say_done", "say_done", "say_done", "say_done", "ask_for_time", "ask_for_time",
                    "approve", "approve", "refuse", "set_date", "lift", "add_doer", "end_doer", "hold", "block",
                    "take_back_update", "take_back_update", "take_back_evidence", "decide"),
    "done": ("verify", "verify", "verify", "send_back", "send_back", "show", "lift", "add_doer", "decide"),
    "verified": ("reopen", "reopen", "reopen", "verify", "report"),
    "as_is": ("reopen", "show"),
    "cancelled": ("accept", "report", "reopen", "say_done"),
}  # fmt: skip
"""What is tried most in a state."""
VERBS = sorted(({verb for tried in NEXT.values() for verb in tried} | {"cancel"}) - {"decide"})

EVENTS = (*["next"] * 12, *["anything"] * 2, "time", "time", "hands", "away", "council", "written")
SITTERS = ("owner", "deputy", "developer", "handler", "outsider", "")
ABSENT = ("owner", "deputy", "developer", "secretary", "chair", "head of claims", "sponsor")
BACK_DOORS = ("patch", "put", "page", "sheet", "several")


@dataclass
class Place:
    """The house of the oracle, and the same in rows: names to keys."""

    town: Town
    chamber: Chamber
    house: House
    seats: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        return Person.objects.get(pk=self.people[name])

    def seat(self, name: str) -> Seat:
        return Seat.objects.select_related("subject", "department").get(pk=self.seats[name])


@dataclass
class Ways:
    """One deed by each of its doors: what is called, what is sent to a page, to the API, or in bulk."""

    service: Callable[[Person, int | None], Any]
    page: tuple[str, dict[str, Any]] | None = None
    api: tuple[str, dict[str, Any]] | None = None
    bulk: Callable[[Person, int | None], Any] | None = None
    sheet: dict[str, str] | None = None
    is_versioned: bool = True


class ActionLife(RuleBasedStateMachine):
    def __init__(self, place: Place) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.place = copy.copy(place)
        self.house = self.place.house = copy.deepcopy(place.house)
        self.browsers: dict[str, Client] = {}
        self.seen_in: tuple[Any, ...] = ()
        self.steps = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    @initialize(seat=st.sampled_from(WORKING))
    def begin(self, seat) -> None:
        self._next_minute()
        made = items.create(
            title="Text the claimant at each step", seat=self.place.seat(seat), council=self.place.chamber.council,
            proof="Four texts.", by=self.place.town.lead, now=self.house.now,
        )  # fmt: skip
        self.pk, self.reference = made.pk, made.reference
        self.life, self.given = Life(self.house, seat, renewals=self.place.town.renewals), []

    @property
    def action(self) -> ActionItem:
        return ActionItem.objects.select_related("subject", "seat", "council").get(pk=self.pk)

    # --- what happens ---

    @rule(luck=st.integers(0, 2**32))
    def something_happens(self, luck) -> None:
        """One rule, so that each life has some of everything; what comes next in a state is tried most."""
        self.steps += 1
        dice = Random(f"{luck} {self.steps}")
        event, number = dice.choice(EVENTS), dice.randrange(1000)
        verb = {"anything": lambda: dice.choice(VERBS), "next": lambda: self._likely(dice, number)}.get(event, str)()
        if self.life.state == "cancelled" and event == "next" and number % 2:
            self.begin(dice.choice(WORKING))
        elif event == "council" or verb == "decide":
            self.the_council_decides(number)
        elif event in ("next", "anything"):
            door = dice.choice(("service", "page", "page", "api", "api", "bulk", "sheet"))
            self._try(verb, dice, number, door, is_stale=dice.random() < 0.08)
        elif event == "time":
            self.time_passes(days=dice.choice((0, 0, 1, 3, 9)), minutes=dice.choice((1, 7, 11)))
        elif event == "hands":
            self.a_seat_changes_hands(dice.choice((*WORKING, "secretary")), dice.choice(SITTERS), number % 3 == 2)
        elif event == "away":
            self.somebody_is_away(dice.choice(ABSENT), dice.choice((None, 0, 3, 20)))
        else:
            self.somebody_writes_that_it_is_verified(dice.choice(BACK_DOORS), dice)
        if self.steps % 3 == 0:
            self._everybody_tries(dice, number)

    def _everybody_tries(self, dice: Random, number: int) -> None:
        """One deed by everybody, each of which is taken back at once."""
        likely = [verb for verb in NEXT[self.life.state] if verb != "decide"]
        verb = dice.choice(likely if dice.random() < 0.6 else VERBS)
        self._next_minute()
        said = self._said(verb, number)
        if said is None:
            return
        judge, ways = said
        for name in self.place.people:
            allowed, point = self._would(judge, name), transaction.savepoint()
            done = self._do(ways, "service", name, stale=False)
            transaction.savepoint_rollback(point)
            assert done == allowed, f"{verb} by {name} while {self.life.state}: may be done is {allowed}"

    def _likely(self, dice: Random, number: int) -> str:
        """A verb of what comes next in this state, mostly one that somebody may say now."""
        if self.life.wish is not None and self.life.wish.approver and number % 3 == 0:
            return dice.choice(("approve", "approve", "refuse"))
        verbs = dice.sample(NEXT[self.life.state], k=min(5, len(NEXT[self.life.state])))
        for verb in verbs if number % 5 else ():
            said = self._said(verb, number) if verb != "decide" else None
            if said is not None and any(self._would(said[0], name) for name in self.place.people):
                return verb
        return verbs[0]

    def time_passes(self, days: int, minutes: int) -> None:
        self.house.now += timedelta(days=days, minutes=minutes)
        if days:
            self.browsers.clear()

    def a_seat_changes_hands(self, seat: str, who: str, is_deputy: bool) -> None:
        """Somebody sits down in a seat, or (``who`` is empty) whoever sat there gets up."""
        role, other = ("deputy", "holder") if is_deputy else ("holder", "deputy")
        if seat == "secretary" and (is_deputy or not who):
            return
        if any((one.seat, one.role, one.person) == (seat, other, who) for one in self.house.running()):
            return
        self._next_minute()
        note(f"{self.house.now:%d %b %H:%M} {who or 'nobody'} is {role} of {seat}")
        if who:
            seats.seat_person(
                seat=self.place.seat(seat), person=self.place.person(who), role=role, by=None, now=self.house.now
            )
            self.house.seat(seat, who, role)
        else:
            seats.leave(seat=self.place.seat(seat), role=role, by=None, now=self.house.now)
            self.house.leave(seat, role)

    def somebody_is_away(self, who: str, days: int | None) -> None:
        person = self.place.person(who)
        until = self.house.today + timedelta(days=days) if days is not None else None
        people.be_away(person=person, by=person, until=until)
        note(f"{who} is away until {until}")
        self.house.away.pop(who, None)
        if until is not None:
            self.house.away[who] = until

    def somebody_writes_that_it_is_verified(self, door: str, dice: Random) -> None:
        """No door takes a state, a seat or a promised day as a value."""
        person, before, action = self._whoever(lambda life, name: life.owner(name), dice), self._rows(), self.action
        by, sent = self.place.person(person), {"state": "verified", "verified_at": EPOCH.isoformat()}
        with time_machine.travel(self.house.now, tick=False):
            if door in ("patch", "put"):
                answer = getattr(self._api(by), door)(self._api_path(), sent, format="json")
                assert answer.status_code in (403, 404, 405), answer.status_code
            elif door == "page":
                answer = self._browser(person).post(f"/actions/{self.reference}/done/", {**sent, "version": "0"})
                assert answer.status_code in (403, 404, 409), answer.status_code
            elif door == "several":
                row = {"action": self.reference, "version": action.version, "health": "splendid", **sent}
                answer = self._api(by).post("/api/v1/actions/report-several/", {"rows": [row]}, format="json")
                assert answer.status_code in (400, 422), answer.status_code
            else:
                with pytest.raises(DomainError), transaction.atomic():
                    self._sheet(by, {"state": "verified" if action.state != "verified" else "done", "line": "It is."})
        assert self._rows() == before, f"{door} changed something"

    # --- how it is tried ---

    def _try(self, verb: str, dice: Random, number: int, door: str, *, is_stale: bool) -> None:
        self._next_minute()
        said = self._said(verb, number)
        if said is None:
            return
        judge, ways = said
        name = self._whoever(judge, dice)
        door = door if getattr(ways, door) is not None else "service"
        stale = is_stale and ways.is_versioned
        allowed = not stale and self._would(judge, name)
        before = self._rows()
        done = self._do(ways, door, name, stale)
        changed = self._rows() != before
        where = f"{verb} by {name} ({door}{', stale' if stale else ''}) while {self.life.state}"
        note(f"{self.house.now:%d %b %H:%M} {where}: {'done' if done else 'refused'}")
        assert done == allowed, f"{where}: {'done, and may not be' if done else 'refused, and may be done'}"
        assert changed == done, f"{where}: {'refused, and changed something' if changed else 'nothing came of it'}"
        (DONE if done else REFUSED)[f"{verb:18} {door}"] += 1
        if allowed:
            judge(self.life, name)

    def _next_minute(self) -> None:
        self.house.now += timedelta(minutes=1)

    def _would(self, judge: Callable[[Life, str], Any], name: str) -> bool:
        try:
            return judge(copy.deepcopy(self.life), name) is not False
        except No:
            return False

    def _whoever(self, judge: Callable[[Life, str], Any], dice: Random) -> str:
        """Mostly somebody who may, where anybody may; else whoever it is, of those who see it most."""
        names = list(self.place.people)
        dice.shuffle(names)
        if dice.random() < 0.4:
            seeing = [name for name in names if self.life.sees(name)]
            return dice.choice(seeing if seeing and dice.random() < 0.8 else names)
        return next((name for name in names if self._would(judge, name)), names[0])

    def _do(self, ways: Ways, door: str, name: str, stale: bool) -> bool:
        by, version = self.place.person(name), self.action.version - 1 if stale else None
        if door in ("service", "bulk"):
            try:
                return getattr(ways, door)(by, version) is not False
            except DomainError:
                return False
        with time_machine.travel(self.house.now, tick=False):
            before = self._rows()
            if door == "page":
                path, sent = ways.page
                sent = {key: value for key, value in sent.items() if value is not None}
                sent |= {"version": str(version)} if stale else {}
                answer = self._browser(name).post(f"/actions/{self.reference}/{path}/", sent)
                assert answer.status_code in (302, 403, 404, 409, 422), answer.status_code
                return answer.status_code == 302 and (ways.is_versioned or self._rows() != before)
            if door == "api":
                path, sent = ways.api
                headers = {"HTTP_IF_MATCH": f'"{version}"'} if stale else {}
                answer = self._api(by).post(f"/api/v1/{path}", sent, format="json", **headers)
                assert answer.status_code in (200, 201, 204, 403, 404, 409, 412, 422), (answer.status_code, path)
                return answer.status_code < 300
        try:
            self._sheet(by, {**ways.sheet, **({"version": str(version)} if stale else {})})
        except DomainError:
            return False
        return self._rows() != before

    def _sheet(self, by: Person, cells: dict[str, str]) -> None:
        """Take the list away as a file, change one row of it and send it back, read as any file is read."""
        row = next(
            iter(sheet_queries.rows(ActionItem.objects.filter(pk=self.pk), self.place.town.lead, self.house.now))
        )
        text = written(action_sheet.COLUMNS, [{**row, **cells}])
        sheets.take_in(rows=from_text(text, action_sheet.COLUMNS).rows, by=by, now=self.house.now)

    def _browser(self, name: str) -> Client:
        if name not in self.browsers:
            self.browsers[name] = Client()
            self.browsers[name].force_login(self.place.person(name))
        return self.browsers[name]

    @staticmethod
    def _api(by: Person) -> APIClient:
        client = APIClient()
        client.force_authenticate(by)
        return client

    def _api_path(self, verb: str = "") -> str:
        return f"/api/v1/actions/{self.reference}/{verb}"

    def _rows(self) -> tuple[Any, ...]:
        """Everything that a deed could change about the action."""
        kept = (Promise, Update, Blocker, Evidence, Doer, Verification, Reopening, DateRequest)
        return (
            ActionItem.objects.filter(pk=self.pk).values_list()[0],
            *(tuple(model.objects.filter(action=self.pk).order_by("pk").values_list()) for model in kept),
            tuple(Duty.objects.filter(subject=self.pk).order_by("pk").values_list()),
            JournalEntry.objects.count(),
        )

    # --- what may be said ---

    def _day(self, number: int) -> date:
        """Some day: seldom a passed one, often one after what is promised."""
        start = self.life.promised if self.life.promised and number % 3 else self.house.today
        return start + timedelta(days=number % 25 - 3)

    def _last(self, model: Any, number: int) -> tuple[int, Any] | None:
        """The last row of a kind, now and then an earlier one, and where it stands among all."""
        rows = list(model.objects.filter(action=self.pk).order_by("pk"))
        if not rows:
            return None
        at = len(rows) - 1 if number % 4 else number // 4 % len(rows)
        return at, rows[at]

    def _said(self, verb: str, number: int) -> tuple[Callable[[Life, str], Any], Ways] | None:
        """The deed for the oracle, and by each of its doors; None where there is nothing to do it to."""
        return getattr(self, f"_{verb}")(number)

    def _deed(
        self,
        service: Callable[..., Any],
        page: str,
        api: str,
        sent: dict[str, Any],
        *,
        said: dict[str, Any] | None = None,
    ) -> Ways:
        """A deed whose doors all ask for the same; ``said`` is what the service takes, where that is written otherwise.

        Without ``page`` no page has it.
        """
        given = sent if said is None else said
        return Ways(
            lambda by, version: service(action=self.action, **given, by=by, now=self.house.now, version=version),
            (page, sent) if page else None,
            (f"actions/{self.reference}/{api}/", sent),
        )

    def _accept(self, number: int):
        day = self._day(number)
        ways = self._deed(items.accept, "accept", "accept", {"promised_on": day.isoformat()}, said={"promised_on": day})
        return lambda life, who: life.accept(who, day), ways

    def _accept_undated(self, _number: int):
        ways = self._deed(items.accept, "accept", "accept", {"promised_on": None})
        return lambda life, who: life.accept(who, None), ways

    def _decline(self, _number: int):
        return lambda life, who: life.decline(who), self._deed(items.decline, "decline", "decline", {"reason": "r"})

    def _pass_on(self, number: int):
        name = WORKING[number % 3]
        seat = self.place.seat(name)
        ways = self._deed(items.reassign, "reassign", "reassign", {"seat": seat.subject.reference}, said={"seat": seat})
        return lambda life, who: life.pass_on(who, name), ways

    def _report(self, number: int):
        health = HEALTHS[number % 3]
        ways = self._deed(items.report, "report", "report", {"health": health, "line": f"Line {number}"})
        ways.bulk = self._among_several(health, f"Line {number}")
        ways.sheet = {"health": health.replace("_", " "), "line": f"Line {number}"}
        return lambda life, who: life.report(who, health), ways

    def _among_several(self, health: str, line: str) -> Callable[[Person, int | None], bool]:
        def say(by: Person, version: int | None) -> bool:
            row = several.Row(self.reference, {"health": health, "line": line, "version": version})
            return several.report(rows=[row], by=by, now=self.house.now)[0].is_saved

        return say

    def _set_date(self, number: int):
        day = self._day(number)
        ways = self._deed(items.set_date, "set-date", "set-date", {"due_on": day.isoformat()}, said={"due_on": day})
        if self.life.promised is None:
            ways.sheet = {"promised": day.isoformat()}
        return lambda life, who: life.set_date(who, day), ways

    def _ask_for_time(self, number: int):
        day = self._day(number)
        sent = {"due_on": day.isoformat(), "reason": "r"}
        ways = self._deed(items.ask_for_time, "ask-for-time", "ask-for-time", sent, said={"due_on": day, "reason": "r"})
        if self.life.promised is not None and day != self.life.promised:
            ways.sheet = {"promised": day.isoformat(), "reason": "r"}
        return lambda life, who: life.ask_for_time(who, day), ways

    def _approve(self, _number: int):
        sent = {"answer": "approved"}
        return lambda life, who: life.approve(who), self._deed(items.answer_date, "answer-date", "answer-date", sent)

    def _refuse(self, _number: int):
        sent = {"answer": "refused", "said": "s"}
        return lambda life, who: life.refuse(who), self._deed(items.answer_date, "answer-date", "answer-date", sent)

    def _block(self, _number: int):
        return lambda life, who: life.block(who), self._deed(items.block, "block", "block", {"reason": "r"})

    def _hold(self, _number: int):
        until = (self.house.now + timedelta(days=20)).date()
        sent = {"reason": "r", "kind": "hold", "until": until.isoformat()}
        said = {**sent, "until": until}
        return lambda life, who: life.hold(who), self._deed(items.block, "", "block", sent, said=said)

    def _lift(self, number: int):
        found = self._last(Blocker, number)
        if found is None:
            return None
        at, blocker = found
        ways = Ways(
            lambda by, version: items.lift(
                blocker=Blocker.objects.get(pk=blocker.pk), by=by, now=self.house.now, version=version
            ),
            ("lift", {"blocker": blocker.pk}),
            (f"blockers/{blocker.pk}/lift/", {}),
        )
        return lambda life, who: life.lift(who, at), ways

    def _add_doer(self, number: int):
        names = list(self.place.people)
        if number % 3:
            name = names[number % len(names)]
            person = self.place.person(name)
            ways = self._deed(parts.add_doer, "doer", "add-doer", {"person": person.pk}, said={"person": person})
            return lambda life, who: life.add_doer(who, person=name), ways
        name = WORKING[number // 3 % 3]
        seat = self.place.seat(name)
        ways = self._deed(parts.add_doer, "doer", "add-doer", {"seat": seat.subject.reference}, said={"seat": seat})
        return lambda life, who: life.add_doer(who, seat=name), ways

    def _end_doer(self, number: int):
        found = self._last(Doer, number)
        if found is None:
            return None
        at, doer = found
        ways = self._deed(parts.end_doer, "doer-end", "end-doer", {"doer": doer.pk})
        return lambda life, who: life.end_doer(who, at), ways

    def _show(self, _number: int):
        sent = {"title": "Forty claims", "note": "n"}
        ways = self._deed(items.add_evidence, "evidence", "evidence", sent, said={**sent, "kind": "note"})
        return lambda life, who: life.show(who), ways

    def _say_done(self, _number: int):
        return lambda life, who: life.say_done(who), self._deed(items.say_done, "done", "done", {})

    def _verify(self, _number: int):
        ways = self._deed(items.verify, "verify", "verify", {"finding": "confirmed"})
        return lambda life, who: life.verify(who, "confirmed"), ways

    def _send_back(self, _number: int):
        ways = self._deed(items.verify, "verify", "verify", {"finding": "refused", "note": "n"})
        return lambda life, who: life.verify(who, "refused"), ways

    def _reopen(self, _number: int):
        return lambda life, who: life.reopen(who), self._deed(items.reopen, "reopen", "reopen", {"reason": "r"})

    def _cancel(self, _number: int):
        return lambda life, who: life.cancel(who), self._deed(items.cancel, "cancel", "cancel", {"reason": "r"})

    def _take_back_update(self, number: int):
        found = self._last(Update, number)
        return self._slip("update", slips.take_back_update, *found) if found is not None else None

    def _take_back_evidence(self, number: int):
        found = self._last(Evidence, number)
        return self._slip("evidence", slips.take_back_evidence, *found) if found is not None else None

    def _slip(self, what: str, service: Callable[..., Any], at: int, row: Any):
        ways = Ways(
            lambda by, _version: service(**{what: type(row).objects.get(pk=row.pk)}, by=by, now=self.house.now),
            ("take-back", {"what": what, "key": row.pk}),
            (f"{'updates' if what == 'update' else what}/{row.pk}/take-back/", {}),
            is_versioned=False,
        )
        return lambda life, who: getattr(life, f"take_back_{what}")(who, at), ways

    # --- the council ---

    def the_council_decides(self, number: int) -> None:
        """The whole council settles it, where all five are there."""
        house = self.house
        if any(house.answers(seat) is None for seat in ("chair", "secretary")):
            return
        self._next_minute()
        outcome = (*["extend"] * 3, *["reassign"] * 3, "accept_as_is", "drop")[number % 8]
        day, seat = self._day(number), WORKING[number // 8 % 3]

        def judge(life: Life, _who: str) -> None:
            life.decide("cancelled" if outcome == "drop" else outcome, day=day, seat=seat)

        allowed, before = self._would(judge, ""), self._rows()
        note(f"{house.now:%d %b %H:%M} the council decides: {outcome} ({seat}, {day}) while {self.life.state}")
        try:
            with transaction.atomic():
                self._settle(
                    outcome, {"reason": "r", "due_on": day.isoformat(), "seat": self.place.seat(seat).reference}
                )
            done = True
        except DomainError:
            done = False
        assert done == allowed, f"council: {outcome} while {self.life.state}"
        assert (self._rows() != before) == done
        (DONE if done else REFUSED)[f"{outcome:18} council"] += 1
        if allowed:
            judge(self.life, "")

    def _settle(self, outcome: str, payload: dict[str, Any]) -> None:
        council, chair, now = self.place.chamber.council, self.place.person("chair"), self.house.now
        item = agenda.propose(
            council=council, about=self.action.subject, matter="late_action", by=self.place.town.lead, now=now
        )
        meeting = Meeting.objects.filter(state="open").first()
        if meeting is None:
            planned = meetings.call(council=council, starts_at=now, by=chair, now=now)
            meeting = meetings.open_meeting(meeting=planned, by=chair, now=now)
        for membership in Membership.objects.filter(council=council):
            meetings.mark(meeting=meeting, membership=membership, presence="present", by=chair, now=now)
        item = agenda.place(item=item, meeting=meeting, by=chair, now=now)
        votes = dict.fromkeys(Membership.objects.filter(council=council).values_list("pk", flat=True), "for")
        made = decisions.settle(item=item, outcome=outcome, motion="m", payload=payload, votes=votes, by=chair, now=now)
        assert made.verdict == "valid", made.verdict

    # --- what always holds ---

    @invariant()
    def the_action_is_as_the_oracle_has_it(self) -> None:
        action, life, names = self.action, self.life, self.place.names
        assert (action.state, action.health) == (life.state, life.health)
        assert (names[action.seat_id], action.promised, action.declines) == (life.seat, life.promised, life.declines)
        assert list(action.promises.order_by("number").values_list("number", "due_on")) == life.promises
        owed = Duty.objects.filter(subject=self.pk, closed_at=None).values_list("kind", "seat_id")
        assert sorted((kind, names[seat]) for kind, seat in owed) == sorted(life.owed())
        for model, kept, still in (
            (Blocker, life.blockers, {"lifted_at": None}),
            (Doer, life.doers, {"ended_at": None}),
            (Update, life.updates, {"taken_back_at": None}),
            (Evidence, life.evidence, {"taken_back_at": None}),
        ):
            rows = model.objects.filter(action=self.pk)
            assert rows.count() == len(kept), "nothing is deleted"
            assert rows.filter(**still).count() == sum(one.stands for one in kept), model
        assert Reopening.objects.filter(action=self.pk).count() == life.reopenings

    @invariant()
    def a_date_is_never_overwritten(self) -> None:
        rows = list(Promise.objects.filter(action=self.pk).order_by("number").values_list())
        assert rows[: len(self.given)] == self.given, "what was promised stays as it was promised"
        self.given = rows

    @invariant()
    def nothing_is_done_without_evidence_nor_verified_by_who_had_a_part(self) -> None:
        action = self.action
        shown = Evidence.objects.filter(action=action, taken_back_at=None)
        assert action.state not in ("done", "verified") or shown.filter(at__lte=action.done_at).exists()
        said = list(Verification.objects.filter(action=action).order_by("pk"))
        assert [(names_of(self.place, one.by_id), one.finding) for one in said] == self.life.verifications
        for one in said:
            owned = set(Promise.objects.filter(action=action, given_at__lte=one.at).values_list("seat_id", flat=True))
            had = Tenure.objects.filter(seat__in=owned, from_at__lte=one.at).exclude(until_at__lte=EPOCH)
            worked = {
                *Update.objects.filter(action=action, at__lte=one.at).values_list("by", flat=True),
                *Evidence.objects.filter(action=action, at__lte=one.at).values_list("by", flat=True),
                *Doer.objects.filter(action=action, at__lte=one.at).values_list("person", flat=True),
            }
            assert one.by_id not in worked, "verified by who did it"
            assert one.by_id not in set(had.values_list("person_id", flat=True)), "verified by its holder or deputy"

    @invariant()
    def the_history_tells_where_it_stands(self) -> None:
        entries = JournalEntry.objects.filter(subject=self.pk).order_by("pk").prefetch_related("mentions")
        told = replay(
            Told(one.event, one.facts, {mention.role: mention.subject_id for mention in one.mentions.all()})
            for one in entries
        )
        action = self.action
        day = action.promised.isoformat() if action.promised else None
        assert (told.state, told.health, told.seat, told.promised) == (action.state, action.health, action.seat_id, day)

    @invariant()
    def it_never_rests(self) -> None:
        stands = (self.pk, self.life.state, self.life.owed())
        if stands != self.seen_in:  # the look is dear, and sees nothing new where nothing else is owed
            self.seen_in = stands
            assert queries.orphans(self.house.now) == []


def names_of(place: Place, key: int) -> str:
    return next(name for name, pk in place.people.items() if pk == key)


def settled() -> Place:
    """An adjuster with a deputy, a developer in another department, and everybody who has a say."""
    town = Town(renewals=2)
    chamber = Chamber(town, name="CX Governance Council", size=5)
    house = House(EPOCH, {})
    place = Place(town, chamber, house)

    def sits(name: str, person: Person, seat: str, key: int, department: str = "") -> None:
        place.people.setdefault(name, person.pk)
        place.seats[seat] = key
        house.seat(seat, name)
        if department:
            house.departments[seat] = department

    for who, seat, department in (("owner", "adjuster", town.claims), ("developer", "product owner", town.digital),
                                  ("handler", "handler", town.claims)):  # fmt: skip
        person = town.person(f"The {who}")
        made = town.seat("other", department, person, title=seat)
        sits(who, person, seat, made.pk, department.code)
    deputy = town.person("The deputy")
    place.people["deputy"] = deputy.pk
    seats.seat_person(seat=place.seat("adjuster"), person=deputy, role="deputy", by=None, now=EPOCH)
    house.seat("adjuster", "deputy", "deputy")
    names = {"CLM": "claims", "DIG": "digital"}
    house.departments = {seat: names[code] for seat, code in house.departments.items()}
    for department in (town.claims, town.digital):
        name = names[department.code]
        heads = Seat.objects.get(kind="head", department=department)
        sits(f"head of {name}", town.heads[department.pk], f"head of {name}", heads.pk, name)
        champion = town.champion_seats[department.pk]
        sits(f"champion of {name}", town.champions[department.pk], f"champion of {name}", champion.pk, name)
    for role, person, membership in zip(
        ("chair", "secretary", "member"), chamber.members, chamber.memberships, strict=False
    ):
        sits(role, person, role, membership.pk)
    sits("lead", town.lead, "lead", Seat.objects.get(kind="cx_lead").pk)
    sits("sponsor", town.sponsor, "sponsor", town.sponsor_seat.pk)
    place.people["outsider"] = town.champions[town.legal.pk].pk
    place.names = {key: name for name, key in place.seats.items()}
    return place


@pytest.mark.django_db
def test_whatever_happens_to_an_action_is_what_a_plain_model_of_its_life_says() -> None:
    place = settled()
    run_state_machine_as_test(
        lambda: ActionLife(place),
        settings=settings(
            max_examples=examples(LIVES), stateful_step_count=40, deadline=None, database=None, print_blob=True,
            report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if "LIVES" in os.environ else [])],
        ),
    )  # fmt: skip
    print()
    for name in sorted(DONE | REFUSED):
        print(f"{name:30} done {DONE[name]:4}, refused {REFUSED[name]:4}")
    assert DONE.total() > REFUSED.total() / 4, "much of what was tried was done"


# --- no door, whatever the part ---------------------------------------------------------------------------------------


def _promises(place: Place, action: ActionItem, who: Person) -> None:
    """Held the seat when it was promised, and left it since."""
    seats.seat_person(seat=place.seat("adjuster"), person=who, by=None, now=EPOCH)
    items.accept(action=action, promised_on=EPOCH.date() + timedelta(days=9), by=who, now=EPOCH)


def _deputises(place: Place, action: ActionItem, who: Person) -> None:
    seats.seat_person(seat=place.seat("adjuster"), person=who, role="deputy", by=None, now=EPOCH)


def _works(place: Place, action: ActionItem, who: Person) -> None:
    parts.add_doer(action=action, person=who, by=place.town.lead, now=EPOCH)


def _works_no_more(place: Place, action: ActionItem, who: Person) -> None:
    doer = parts.add_doer(action=action, person=who, by=place.town.lead, now=EPOCH)
    parts.end_doer(action=action, doer=doer.pk, by=place.town.lead, now=EPOCH)


def _as_a_doers_word(said: Callable[[ActionItem, Person], Any]) -> Callable[[Place, ActionItem, Person], None]:
    """What somebody said who may say it for the owner, and does no other part of the work."""

    def say(place: Place, action: ActionItem, who: Person) -> None:
        seats.seat_person(seat=place.seat("champion of claims"), person=who, by=None, now=EPOCH)
        said(action, who)

    return say


PARTS_IN_IT: dict[str, tuple[bool, Callable[[Place, ActionItem, Person], Any]]] = {
    "promised it and left": (False, _promises),
    "deputised and left": (True, _deputises),
    "does part of it": (True, _works),
    "did part of it": (True, _works_no_more),
    "reported on it": (
        True, _as_a_doers_word(lambda action, who: items.report(action=action, health="on_track", by=who, now=EPOCH)),
    ),
    "reported it blocked": (
        True, _as_a_doers_word(lambda action, who: items.block(action=action, reason="r", by=who, now=EPOCH)),
    ),
    "attached evidence": (
        True,
        _as_a_doers_word(
            lambda action, who: items.add_evidence(action=action, title="e", kind="note", by=who, now=EPOCH)
        ),
    ),
}  # fmt: skip
"""Each way to have had a part, and whether the owner takes the work on before it."""


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS_IN_IT)
def test_whoever_had_a_part_of_any_kind_verifies_by_no_door(part: str, client_for, api_for) -> None:
    """They sit in the very seat that is asked to verify, and no call, page, program, sheet or list lets them."""
    place = settled()
    who, later = place.person("handler"), EPOCH + timedelta(hours=1)
    owner = place.person("owner")
    action = items.create(
        title="Text",
        seat=place.seat("adjuster"),
        council=place.chamber.council,
        proof="p",
        by=place.town.lead,
        now=EPOCH,
    )
    goes_on_first, takes_part = PARTS_IN_IT[part]
    if goes_on_first:
        items.accept(action=action, promised_on=EPOCH.date() + timedelta(days=9), by=owner, now=EPOCH)
    takes_part(place, action, who)
    seats.leave(seat=place.seat("adjuster"), role="deputy", by=None, now=later)
    seats.seat_person(seat=place.seat("adjuster"), person=owner, by=None, now=later)
    items.add_evidence(action=action, title="e", kind="note", by=owner, now=later)
    items.say_done(action=action, by=owner, now=later)
    later += timedelta(minutes=1)
    asked = Duty.objects.get(subject=action.pk, kind="verify", closed_at=None)
    assert place.names[asked.seat_id] == "secretary"
    seats.seat_person(seat=asked.seat, person=who, by=None, now=later)
    later += timedelta(minutes=1)
    said, path = {"finding": "confirmed"}, f"actions/{action.reference}/verify/"
    with pytest.raises(Refused, match="Another person verifies"):
        items.verify(action=action, **said, by=who, now=later)
    with time_machine.travel(later, tick=False):
        assert client_for(who).post(f"/{path}", said).status_code == 403
        assert api_for(who).post(f"/api/v1/{path}", said, format="json").status_code == 403
    row = several.Row(action.reference, {"health": "on_track", "state": "verified"})
    with pytest.raises(TypeError):
        several.report(rows=[row], by=who, now=later)
    sheet = next(iter(sheet_queries.rows(ActionItem.objects.filter(pk=action.pk), who, later)))
    rows = from_text(
        written(action_sheet.COLUMNS, [{**sheet, "state": "verified", "line": "So."}]), action_sheet.COLUMNS
    )
    with pytest.raises(DomainError):
        sheets.take_in(rows=rows.rows, by=who, now=later)
    action.refresh_from_db()
    assert (action.state, Verification.objects.count()) == ("done", 0)
    # Somebody without a part does.
    items.verify(action=action, **said, by=place.person("chair"), now=later)
