"""A town five weeks old, with something of everything: what pages look like when an organisation has been at work.

The browser's clock and the server's are the real ones, so the town is founded before the moment that it is told, and
nothing here depends on what day it is.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from actions.models import ActionItem, Theme
from actions.services import blockers, feedback, items, packs, requests, themes, verification
from councils.models import Council, Decision, Meeting
from councils.services import agenda, books, decisions, meetings
from governance.models import Person, Seat, SeatKind
from notifications.services.outbox import drain
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town

TOPICS = (
    ("Claim status", "CLM"),
    ("Claim form", "DIG"),
    ("Consent wording", "LEG"),
    ("Moving house", "BRK"),
    ("Broker letters", "CLM"),
    ("Call back", "CLM"),
    ("A hotline at night", "CLM"),
    ("Sign-in by text", "DIG"),
)
MAPPING = {
    "external_id": "id",
    "received": {"column": "received", "format": "%Y-%m-%d %H:%M"},
    "department": "department",
    "topic": "topic",
    "text": "text",
}
EUROS = 100
AGE = timedelta(days=35)


def sit(chamber: Chamber, now: datetime, present: int) -> tuple[Meeting, dict[int, str]]:
    """An open meeting, with the first ``present`` members in their seats, and how they vote."""
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)
    taking = chamber.memberships[:present]
    for membership in taking:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.secretary, now=now)
    return meeting, {membership.pk: "for" for membership in taking}


def hear(town: Town, now: datetime) -> None:
    """Take in fifteen voices about eight topics; two rows cannot be read, one department is known to nobody."""
    lines = ["id,received,department,topic,text"]
    for number in range(15):
        topic, department = TOPICS[number % len(TOPICS)]
        received = now - timedelta(days=number + 1)
        lines.append(f"{number},{received:%Y-%m-%d %H:%M},{department},{topic},{topic}: voice {number}.")
    lines += ["15,last Tuesday,CLM,Claim status,When?", "16,,CLM,Claim status,"]
    feedback.take_in(
        path_or_file=BytesIO("\n".join(lines).encode()), source_name="Service desk", mapping=MAPPING, by=town.lead,
        now=now,
    )  # fmt: skip


class Filled:
    """``town`` with a committee, a council below it, and actions in every state."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.founded = now - AGE
        self.town = Town(self.founded)
        self.committee = Chamber(self.town, name="Executive Committee", size=3)
        self.council = Chamber(self.town, name="CX Governance Council", size=9, parent=self.committee.council)
        self.town.seat(SeatKind.STEP_OWNER, self.town.claims, title="Owner, first notice of loss")
        self.champion = self.town.champions[self.town.claims.pk]
        self.other = self.town.champions[self.town.digital.pk]
        self._hear()
        self._decide()
        self._work()
        self._meet()
        for day in range(AGE.days + 1):
            sweep(now=self.founded + timedelta(days=day))
        drain(now)

    def on(self, days: int) -> datetime:
        """A moment so many days after the founding."""
        return self.founded + timedelta(days=days)

    def day(self, days: int) -> date:
        return self.on(days).date()

    def _hear(self) -> None:
        town = self.town
        hear(town, self.on(1))
        theme = Theme.objects.get(name="Claim status")
        themes.answer(
            theme=theme, department=town.claims, by=self.champion, now=self.on(2),
            text="We will text at each step of a claim.",
        )  # fmt: skip

    def _decide(self) -> None:
        """Actions that a council decided, each after its theme; and one that was beyond its authority."""
        town = self.town
        books.grant(council=self.council.council, amount=20_000 * EUROS, by=town.sponsor, now=self.on(2))
        meeting, votes = sit(self.council, self.on(3), present=7)
        claims = town.champion_seats[town.claims.pk]
        digital = town.champion_seats[town.digital.pk]
        self.late = self._decided(meeting, votes, "Claim status", "Text at each step of a claim", claims, 3_200, 10)
        self.running = self._decided(meeting, votes, "Claim form", "Keep what was typed offline", digital, 3_900, 60)
        self.done = self._decided(meeting, votes, "Consent wording", "Plain words for consent", digital, 900, 30)
        self.verified = self._decided(meeting, votes, "Moving house", "One form for moving house", digital, 0, 12)
        self.refused = self._decided(meeting, votes, "Broker letters", "Letters that brokers can read", claims, 400, 40)
        self.waiting = self._decided(meeting, votes, "Call back", "Call back within the hour", claims, 1_100, 50)
        self.beyond = self._settled(meeting, votes, "A hotline at night", "A hotline at night", claims, 4_001, 50)
        meetings.close(meeting=meeting, by=self.council.secretary, now=self.on(3))

    def _settled(
        self, meeting: Meeting, votes: dict[int, str], topic: str, title: str, seat: Seat, euros: int, days: int
    ) -> Decision:
        now = self.on(3)
        theme = Theme.objects.get(name=topic)
        item = agenda.propose(
            council=self.council.council, about=theme.subject, matter="theme", by=self.town.lead, now=now,
            ask="Decide who acts on it.",
        )  # fmt: skip
        agenda.place(item=item, meeting=meeting, by=self.council.secretary, now=now)
        item.refresh_from_db()
        payload: dict[str, Any] = {
            "title": title,
            "proof": "Nine of ten customers say so in the next survey.",
            "seat": seat.reference,
            "asked_for": self.day(days).isoformat(),
            "amount": euros * EUROS,
            "needs_none": not euros,
        }
        return decisions.settle(
            item=item, outcome="create_action", motion=f"{title}, as proposed.", payload=payload, votes=votes,
            by=self.council.secretary, now=now,
        )  # fmt: skip

    def _decided(self, meeting: Meeting, votes: dict[int, str], *said: Any) -> ActionItem:
        decision = self._settled(meeting, votes, *said)
        return ActionItem.objects.get(decision=decision)

    def _work(self) -> None:
        champion, other, secretary = self.champion, self.other, self.council.secretary
        items.accept(action=self.late, promised_on=self.day(10), by=champion, now=self.on(4))
        items.report(action=self.late, health="off_track", line="Consent is open.", by=champion, now=self.on(9))
        blockers.block(
            action=self.late, reason="Legal must agree to the wording.", by=champion, now=self.on(9),
            waiting_on=self.town.champion_seats[self.town.claims.pk], until=self.day(20),
        )  # fmt: skip
        items.accept(action=self.running, promised_on=self.day(60), by=other, now=self.on(4))
        items.report(action=self.running, health="on_track", line="The draft works.", by=other, now=self.on(20))
        for action in (self.done, self.verified):
            items.accept(action=action, promised_on=self.day(30), by=other, now=self.on(4))
            verification.add_evidence(
                action=action, title="Forty forms, all read", kind="note", note="All forty.", by=other, now=self.on(8)
            )
            items.say_done(action=action, by=other, now=self.on(9))
        verification.verify(
            action=self.verified, finding="confirmed", note="Seen all forty.", by=secretary, now=self.on(10)
        )
        legal, claims = (self.town.champion_seats[one.pk] for one in (self.town.legal, self.town.claims))
        made = requests.ask(
            title="A consent text", to=legal, asked_for=self.day(20), action=self.late, by=champion, now=self.on(9)
        )
        requests.agree(
            request=made, promised_on=self.day(18), conditions="In Dutch first.",
            by=self.town.champions[self.town.legal.pk], now=self.on(10),
        )  # fmt: skip
        requests.ask(
            title="The numbers of the spring", to=claims, asked_for=self.day(60), action=self.running, by=other,
            now=self.on(20),
        )  # fmt: skip
        items.decline(action=self.refused, reason="The broker desk does this.", by=champion, now=self.on(5))

    def _meet(self) -> None:
        """A meeting that is on, one that is planned, and the pack that its chair had made."""
        self.meeting, _votes = sit(self.council, self.now - timedelta(minutes=20), present=5)
        self.planned = meetings.call(
            council=self.committee.council, starts_at=self.now + timedelta(days=6), by=self.committee.secretary,
            now=self.now,
        )  # fmt: skip
        packs.make(wanted=self.council.council, by=self.council.chair, now=self.now)

    @property
    def people(self) -> Sequence[tuple[str, Person]]:
        """Those through whose eyes pages are looked at."""
        return (
            ("lead", self.town.lead),
            ("champion", self.champion),
            ("chair", self.council.chair),
            ("sponsor", self.town.sponsor),
        )

    @property
    def overseeing(self) -> Council:
        return self.council.council
