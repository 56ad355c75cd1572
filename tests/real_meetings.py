"""Real meetings of a legislature's committees, read from files that are not part of the project and held in Keep.

Each body is a council, each event a meeting with its agenda; what an event's roll call says is who was there. A matter
that comes back in a later event is the same agenda item: it was laid over, or its meeting was put off. The files have
no motions and no owners: the action's own words are the motion, and what was only heard stays open.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from councils import referrals
from councils.models import AgendaItem, CouncilKind, ItemState, Meeting, MeetingState, Membership
from councils.services import agenda, captures, councils, decisions, live, meetings
from governance.models import Person
from governance.services import people, seats
from tests.databases import take_stock
from tests.factories import Town, projected_once

LATER = timedelta(weeks=156)
"""The events are of early 2024; three years of whole weeks later the town's calendar knows the days."""

SETTLES = re.compile(r"^(Approved|Disapproved|Filed|P-C Item Approved|Withdrawn|Rcvd)")
HERE = {"Present": "present"}


@dataclass
class Line:
    """One line of an agenda: which matter it continues, what it is about, what was done, and who answered the roll."""

    thread: str
    title: str
    done: str = ""
    is_passed: bool = True
    roll: dict[str, str] = field(default_factory=dict)

    @property
    def settles(self) -> bool:
        return bool(SETTLES.match(self.done))


@dataclass
class Event:
    body: str
    at: datetime
    place: str
    is_put_off: bool
    remark: str
    lines: list[Line]

    @property
    def roll(self) -> dict[str, str]:
        """Who answered, over all roll calls of the event; the first answer counts."""
        found: dict[str, str] = {}
        for line in self.lines:
            found = {**line.roll, **found}
        return found


def read(folder: Path) -> list[Event]:
    """All events, by their day."""
    events = [_event(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(folder.rglob("*.json"))]
    return sorted(events, key=lambda event: (event.at, event.body))


def _event(told: dict) -> Event:
    return Event(
        body=told["BodyName"],
        at=datetime.fromisoformat(told["Date"]) + LATER,
        place=told.get("Location") or "",
        is_put_off=told["AgendaStatusName"] == "Deferred",
        remark=" ".join((told.get("Comment") or "").split()),
        lines=[_line(one) for one in told.get("Items") or []],
    )


def _line(told: dict) -> Line:
    said = told.get("MatterName") or told.get("Title") or ""
    return Line(
        thread=told.get("MatterFile") or "",
        title=" ".join(said.split())[:300],
        done=" ".join((told.get("ActionName") or "").split()),
        is_passed=told.get("PassedFlagName") != "Fail",
        roll={one["FullName"]: HERE.get(one["Value"], "absent") for one in told.get("RollCall") or []},
    )


class Held:
    """One body as a council, with everybody who ever answered its roll, and its meetings."""

    def __init__(self, town: Town, body: str, events: Iterable[Event]) -> None:
        self.town, self.now = town, town.now
        self.events = [event for event in events if event.body == body]
        names = list(dict.fromkeys(name for event in self.events for name in event.roll)) or ["Clerk of the body"]
        with projected_once():
            self.council = councils.found(
                name=body, kind=CouncilKind.GOVERNANCE, department=town.root, sponsor=town.exec_sponsor,
                by=town.lead, now=self.now,
            )  # fmt: skip
            sits = list(self.council.memberships.order_by("pk"))
            while len(sits) < max(2, len(names)):
                sits.append(councils.add_member(council=self.council, by=town.lead, now=self.now))
            self.members: dict[str, Membership] = {}
            for name, membership in zip([*names, "Clerk of the body"], sits, strict=False):
                person = Person.objects.filter(name=name).first() or people.add(
                    email=f"{re.sub('[^a-z]+', '.', name.lower()).strip('.')}@town.example", name=name, by=None,
                    now=self.now,
                )  # fmt: skip
                seats.seat_person(seat=membership.seat, person=person, by=None, now=self.now)
                self.members[name] = membership
        self.clerk = sits[1].seat.tenures.get().person
        self.threads: dict[str, AgendaItem] = {}

    def hold_all(self) -> None:
        for event in self.events:
            self.hold(event)
        take_stock()

    def hold(self, event: Event) -> Meeting:
        """One event: called, put off or held, with its lines in order."""
        before, at = event.at - timedelta(days=7), event.at
        for line in event.lines:
            if line.thread and self._open(line.thread) is None:
                self.threads[line.thread] = agenda.propose(
                    council=self.council, about=None, matter=referrals.GENERAL, ask=f"{line.thread}: {line.title}",
                    by=self.clerk, now=before,
                )  # fmt: skip
        meeting = meetings.call(council=self.council, starts_at=at, by=self.clerk, now=before)
        if event.is_put_off:
            return meetings.call_off(meeting=meeting, reason=event.remark or "Deferred", by=self.clerk, now=before)
        meetings.open_meeting(meeting=meeting, by=self.clerk, now=at)
        for name, presence in event.roll.items():
            meetings.mark(meeting=meeting, membership=self.members[name], presence=presence, by=self.clerk, now=at)
        for line in event.lines:
            self._take(meeting, line, event, at)
        return meetings.close(meeting=meeting, by=self.clerk, now=at + timedelta(hours=2))

    def _take(self, meeting: Meeting, line: Line, event: Event, at: datetime) -> None:
        item = self._open(line.thread) if line.thread else None
        if item is None or item.meeting_id != meeting.pk:
            if line.title:
                captures.capture(meeting=meeting, kind="note", text=line.title, by=self.clerk, now=at)
            return
        live.take_up(meeting=meeting, item=item, by=self.clerk, now=at)
        if not line.settles:
            captures.capture(meeting=meeting, item=item, kind="note", text=line.done or "Heard", by=self.clerk, now=at)
            return
        here = [self.members[name].pk for name, presence in event.roll.items() if presence == "present"]
        decisions.settle(
            item=item, outcome=referrals.NOTE, motion=line.done, payload={"note": line.title},
            votes=dict.fromkeys(here, "for" if line.is_passed else "against"), by=self.clerk, now=at,
        )  # fmt: skip

    def _open(self, thread: str) -> AgendaItem | None:
        known = self.threads.get(thread)
        if known is None:
            return None
        return AgendaItem.objects.select_related("subject").filter(pk=known.pk, state=ItemState.OPEN).first()

    @property
    def held(self) -> list[Meeting]:
        return list(Meeting.objects.filter(council=self.council, state=MeetingState.CLOSED))
