"""What became of work that is done: one action that worked, one of which nobody can tell, one that came back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from actions.models import ActionItem
from actions.services import items, returning, tellings
from actions.services.benefits import verify_benefit
from actions.services.items import Aim
from governance.models import Duty, Metric, Person, Seat, Unit
from governance.queries.seats import movers
from governance.services import metrics
from notifications.demo.script import Script

if TYPE_CHECKING:
    from notifications.demo.story import Story

GOVERNANCE = "CX Governance Council"


@dataclass(frozen=True, slots=True)
class Effect:
    """One piece of work with its KPI: who answers for both, what was counted before and after, what was said then."""

    title: str
    owner: str
    proof: str
    shown: str
    kpi: str
    reader: str
    meaning: str
    target: int
    before: tuple[tuple[int, int, int], ...]
    """Day, how many, of how many."""
    after: tuple[tuple[int, int, int], ...]
    effect: str
    said: str
    cashable: int = 0


EFFECTS = (
    Effect(
        "Pay refunds below €250 on the day of our yes",
        "head FIN",
        "Forty refunds, forty payments on the same day.",
        "Forty refunds of one week",
        "Customers paid within two days of our yes",
        "champion CLM",
        "Of all refunds and settlements of that week, from the payment run.",
        700,
        ((-125, 236, 402), (-118, 241, 398)),
        ((-75, 281, 389), (-44, 297, 405), (-12, 301, 396)),
        "worked",
        "Paying at once was cheaper than writing about it. Claims could do the same with small repairs.",
        18_000_00,
    ),
    Effect(
        "A name and a number at the end of each premium letter",
        "champion UND",
        "Every letter of the month has both.",
        "Two hundred letters, looked through",
        "Customers who can say why their premium changed",
        "head UND",
        "Asked on the phone ten days after the letter.",
        750,
        ((-120, 78, 131),),
        ((-80, 9, 13), (-50, 10, 15), (-15, 10, 13)),
        "cannot_tell",
        "Forty-one talks in three months. We ask more people next time, before we say that it helped.",
    ),
    Effect(
        "Every claims letter ends with what happens next",
        "head CLM",
        "Fifty letters of one week, fifty last sentences.",
        "Fifty letters",
        "Customers who did not have to call after our letter",
        "champion CON",
        "Of the letters of that week, nobody of that claim within ten days.",
        750,
        ((-123, 301, 520), (-116, 296, 511)),
        ((-72, 340, 531), (-41, 338, 522), (-13, 349, 529)),
        "partly",
        "Seven in a hundred call less. The letters about money still make people call; those come next.",
    ),
    Effect(
        "A chat window on the renewal page",
        "head DIG",
        "It opens on every renewal, in office hours.",
        "A week of the log",
        "Renewals finished without a call",
        "champion DIG",
        "Of the renewals that were begun online that week.",
        660,
        ((-124, 611, 1_010), (-117, 598, 995)),
        ((-73, 602, 1_004), (-42, 607, 1_012), (-14, 599, 990)),
        "not",
        "One visitor in fifty opened it. We took it away and wrote the answer onto the page instead.",
    ),
)


VERIFIED = -100
READ = (-68, -38, -8)
"""The charter's 30, 60 and 90 days later, and two days more: a weekend's deed is done on the Friday before."""


def plan(story: "Story", script: Script) -> None:
    """Accepted in the first days, verified a hundred days ago, read three times since."""
    for work in EFFECTS:
        begun = _Begun(story, work)
        script.on(-111, begun.define, 12)
        script.on(-110, begun.begin, 12)
        script.on(-109, begun.accept, 15)
        script.on(-103, begun.done, 16)
        script.on(VERIFIED, begun.verify, 10, 30)
        for day, part, whole in work.after:
            script.on(day, partial(begun.observe, day, part, whole), 9, 30)
        for number, day in enumerate(READ):
            script.on(day, partial(begun.read, number), 14)
        script.on(-6, begun.judge, 14)
        if work.cashable:
            script.on(-5, begun.verify_money, 14)
    script.on(-2, partial(_tell, story), 16)
    script.on(-1, partial(_look, story), 18)


@dataclass(slots=True)
class _Begun:
    story: "Story"
    work: Effect
    metric: Metric | None = None
    key: int = 0

    def seat(self, name: str) -> Seat:
        found: Seat = Seat.objects.select_related("subject", "department").get(pk=self.story.cast.seat(name).pk)
        return found

    def acts(self, name: str, now: datetime) -> Person:
        seat = self.seat(name)
        return Person.objects.get(pk=movers([seat.pk], now)[seat.pk].person_id)

    @property
    def action(self) -> ActionItem:
        found: ActionItem = ActionItem.objects.select_related("subject").get(pk=self.key)
        return found

    def define(self, now: datetime) -> None:
        work = self.work
        self.metric = metrics.define(
            title=work.kpi, unit=Unit.PERCENT, meaning=work.meaning, seat=self.seat(work.reader),
            by=self.story.cast.lead, now=now,
        )  # fmt: skip
        for day, part, whole in work.before:
            self.observe(day, part, whole, now)

    def observe(self, day: int, part: int, whole: int, now: datetime) -> None:
        if self.metric is not None:
            on = min(self.story.script.today + timedelta(days=day), now.date())
            metrics.observe(
                metric=self.metric,
                on=on,
                numerator=part,
                denominator=whole,
                by=self.acts(self.work.reader, now),
                now=now,
            )

    def begin(self, now: datetime) -> None:
        work = self.work
        self.key = items.create(
            title=work.title, seat=self.seat(work.owner), council=self.story.rooms[GOVERNANCE], proof=work.proof,
            needs_none=True, by=self.story.cast.lead, now=now,
        ).pk  # fmt: skip

    def accept(self, now: datetime) -> None:
        aim = Aim(metric=self.metric, target=self.work.target)
        on = self.story.script.day(-102)
        items.accept(action=self.action, promised_on=on, aim=aim, by=self.acts(self.work.owner, now), now=now)

    def done(self, now: datetime) -> None:
        by = self.acts(self.work.owner, now)
        items.add_evidence(action=self.action, title=self.work.shown, kind="note", by=by, now=now)
        items.say_done(action=self.action, by=by, now=now)

    def verify(self, now: datetime) -> None:
        items.verify(action=self.action, finding="confirmed", note="As it says.", by=self.owes(now), now=now)

    def owes(self, now: datetime) -> Person:
        duty = Duty.objects.get(subject_id=self.key, closed_at=None)
        return Person.objects.get(pk=movers([duty.seat_id], now)[duty.seat_id].person_id)

    def read(self, _number: int, now: datetime) -> None:
        items.read(action=self.action, by=self.owes(now), now=now)

    def judge(self, now: datetime) -> None:
        items.judge(action=self.action, effect=self.work.effect, said=self.work.said, by=self.owes(now), now=now)

    def verify_money(self, now: datetime) -> None:
        first = self.story.script.day(-100)
        verify_benefit(
            action=self.action, kind="cashable", amount=self.work.cashable, from_on=first, until_on=now.date(),
            note="Reminder letters that were no longer printed and posted, against the same quarter of last year.",
            by=self.acts("finance", now), now=now,
        )  # fmt: skip


CAME_BACK = "Adjusters write their direct line under each letter"
"""Of the story's own work: verified two months ago, and customers of claims ask again where it stands."""
TOLD = "Call back whoever waited more than ten minutes"


def _tell(story: "Story", now: datetime) -> None:
    """What changed on the phone is to be told to those who complained; the head of the lines reads it first."""
    action: ActionItem = ActionItem.objects.select_related("subject").get(pk=story.works[TOLD].pk)
    by = Person.objects.get(pk=movers([action.seat_id], now)[action.seat_id].person_id)
    tellings.draft_telling(
        action=action, text="You told us that you wait too long. Whoever waits ten minutes is called back that day.",
        by=by, now=now,
    )  # fmt: skip


def _look(story: "Story", now: datetime) -> None:
    """The nightly look, which finds what customers say again."""
    returning.bring_back(now)
