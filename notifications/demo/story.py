"""What happened at Harbourline Mutual, put into a script."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from actions.models import ActionItem, Blocker, Theme
from actions.queries import fit
from actions.queries.packs import is_ahead
from actions.services import feedback, items, packs, themes
from councils.models import AgendaItem, Council, Meeting, Membership
from councils.queries import attending as attending_queries
from councils.queries import ballots as ballot_queries
from councils.recurrence import MONTHLY, WEEKLY, Rule
from councils.services import agenda, attending, ballots, books, coming, councils, decisions, meetings, moving, series
from governance.clauses import (
    Cadence,
    Closure,
    DecisionRight,
    Delegation,
    Quorum,
    Representation,
    Represented,
    Rules,
    Verifying,
)
from governance.models import Charter, Department, Duty, DutyKind, ExecutiveSponsor, JourneyStep, Person, SeatKind
from governance.queries.seats import movers
from governance.services import charters, people, sponsors
from notifications.demo import asking, effects, journeys, ledger, pilots, pledging, shapes, together, voices
from notifications.demo import cast as people_of
from notifications.demo import charters as demo_charters
from notifications.demo import minutes as demo_minutes
from notifications.demo.aims import FIRST_READING, Aims
from notifications.demo.cast import Cast
from notifications.demo.script import Script
from notifications.demo.work import AT_STEP, BEGUN, DECIDED, EURO, M1, M2, M3, Ask, Look, Said, Stop, Work

MEETINGS = {M1: -84, M2: -56, M3: -28}
GOVERNANCE = "CX Governance Council"
COMMITTEE = "Executive Committee"
RESTRUCTURING = "Restructuring Committee"
SOURCE = "Service desk"
ANSWERS: dict[str, str] = {
    "Claim status": "We will text at each step of a claim, and no claim stays without a word for five days.",
    "Repair appointment": "The booking desk rings the garage first, and a moved appointment is confirmed by text.",
    "Waiting on the phone": "A shorter menu, more of us on Mondays, and a call back for whoever waited.",
    "Premium increase": "Each letter will say what changed the premium, in one page.",
    "Moving house": "You will report a move once, and hear who takes care of it.",
    "Total-loss letter": "We rewrite it, and readers outside the company test it.",
    "理賠進度": "每一步都會以中文短訊通知，熱線二十四小時內回電。",
}


@dataclass(slots=True)
class Story:
    """What the deeds share while the script is played."""

    cast: Cast
    script: Script
    rooms: dict[str, Council] = field(default_factory=dict)
    works: dict[str, ActionItem] = field(default_factory=dict)
    blockers: dict[str, Blocker] = field(default_factory=dict)
    aims: Aims = field(init=False)

    def __post_init__(self) -> None:
        self.aims = Aims(self.cast, self.script)

    def person(self, name: str) -> Person:
        return self.cast.people[name]

    def memberships(self, room: str) -> list[Membership]:
        return list(Membership.objects.filter(council=self.rooms[room], ended_at=None).select_related("seat__subject"))

    def action(self, work: Work) -> ActionItem:
        found: ActionItem = ActionItem.objects.select_related("subject", "seat").get(pk=self.works[work.title].pk)
        return found

    def acts(self, work: Work, now: datetime) -> Person:
        """Who answers for the work's seat at that moment: its deputy or filler where the holder left."""
        mover = movers([self.action(work).seat_id], now)[self.action(work).seat_id]
        return Person.objects.get(pk=mover.person_id)


def tell(script: Script, *, passwords: dict[str, str]) -> Story:
    """Play the whole story; the four people who are shown to visitors get their passwords."""
    cast = people_of.begin(password=passwords[people_of.LEAD], now=script.at(-120, 9))
    story = Story(cast=cast, script=script)
    script.on(-119, partial(_settle_in, story, passwords))
    script.on(-112, partial(_found_rooms, story))
    script.on(-110, partial(_grant, story))
    script.on(-95, partial(_take_in, story, -150, -95, "complaints-spring.csv"))
    script.on(-92, partial(_answer, story, list(ANSWERS)))
    script.on(-9, partial(_take_in, story, -95, -9, "complaints-autumn.csv"), 8)
    script.on(-5, partial(_answer, story, ["Repair appointment", "理賠進度", "Premium increase"]))
    script.on(-1, partial(_take_in, story, -9, 0, "complaints-this-week.csv"), 17)
    script.on(-33, partial(_champion_leaves, story), 18)
    pledging.plan(script, cast, story.rooms)
    shapes.plan(
        script,
        lead=cast.lead,
        sponsor=lambda: story.person(people_of.SPONSOR),
        others=lambda: [story.person(people_of.CHAMPION)],
    )
    journeys.put_in(cast, script)
    effects.plan(story, script)
    story.aims.plan()
    pilots.plan(story)
    ledger.plan(story)
    for name, days in MEETINGS.items():
        _plan_meeting(story, name, days)
    _plan_above(story)
    _plan_restructuring(story)
    for work in BEGUN:
        script.on(work.born, partial(_begin, story, work), 11)
    for work in (*DECIDED, *BEGUN):
        _plan_work(story, work)
    asking.plan(script, cast, story.works)
    together.plan(story)
    script.on(-6, partial(_plan_today, story), 15)
    script.on(-2, partial(_propose_more, story), 10)
    script.on(-1, partial(_look_ahead, story), 16)
    script.on(-1, partial(_plan_series, story), 11)
    script.on(-1, partial(_say_who_comes, story), 15)
    script.on(-1, partial(_make_pack, story), 17)
    script.play()
    return story


# --- beginnings ------------------------------------------------------------------------------------------------------


def _settle_in(story: Story, passwords: dict[str, str], now: datetime) -> None:
    people_of.settle_in(story.cast, now)
    for name, password in passwords.items():
        person = story.person(name)
        people.set_password(person=person, by=person, password=password, now=now)
    for key, funds in (("sponsor", 500_000), ("ex sponsor", 200_000)):
        sponsors.pledge(
            sponsor=ExecutiveSponsor.objects.get(pk=story.cast.seat(key).pk),
            by=story.cast.lead,
            now=now,
            response_days=3,
            attendance_pledge=80,
            checkins_a_quarter=3,
            funding_authority=funds * EURO,
        )


def _champion_leaves(story: Story, now: datetime) -> None:
    people.end_access(person=story.person(people_of.LEFT), by=story.cast.lead, now=now)


def _charter(story: Story, title: str, kind: str, purpose: str, rules: Rules, now: datetime) -> Charter:
    mandate = demo_charters.mandate_of(kind)
    version = charters.draft(title=title, rules=rules, purpose=purpose, mandate=mandate, by=story.cast.lead, now=now)
    return charters.ratify(version=version, by=story.person(people_of.SPONSOR), now=now).charter


def _propose_more(story: Story, now: datetime) -> None:
    seat = story.cast.seat("sponsor")
    demo_charters.propose_more(story.rooms[GOVERNANCE], seat, story.cast.lead, now)
    demo_charters.rewrite(
        story.rooms[GOVERNANCE],
        "Sanne de Wit",
        "Member for Legal & Compliance",
        "Says within five working days whether a letter or a rule may be changed, and what would make it possible.",
        _clerk(story, GOVERNANCE, now),
        now,
    )


def _found_rooms(story: Story, now: datetime) -> None:
    """The executive committee, the governance council below it, and the confidential one."""
    cast = story.cast
    sponsor = ExecutiveSponsor.objects.select_related("seat__subject").get(pk=cast.seat("sponsor").pk)
    above = _charter(
        story,
        "Charter of the Executive Committee, customers",
        "executive",
        "Grants what the council below may commit, and decides what is beyond it.",
        Rules(
            quorum=Quorum(3, chair_required=True),
            right=DecisionRight(100_000 * EURO),
            verifying=Verifying("chair"),
            cadence=Cadence(14),
        ),
        now,
    )
    below = _charter(
        story,
        "Charter of the CX Governance Council",
        "governance",
        "Decides across departments what is done about what customers say, and sees it carried out.",
        Rules(
            quorum=Quorum(5, chair_required=True),
            represented=Represented(
                tuple(Representation(cast.departments[code].reference) for code in ("CLM", "CON", "DIG")), "valid"
            ),
            right=DecisionRight(
                4_000 * EURO,
                "EUR",
                "quarter",
                30_000 * EURO,
                business_case_above=2_500 * EURO,
                risk_note_above=10_000 * EURO,
                hours_per_decision=80 * 60,
                hours_per_period=400 * 60,
            ),
            delegation=Delegation(
                "chair",
                1_000 * EURO,
                "EUR",
                "quarter",
                5_000 * EURO,
                until=(now + timedelta(days=540)).date().isoformat(),
            ),
            closure=Closure(unverified=False),
            verifying=Verifying("chair"),
        ),
        now,
    )
    found = partial(councils.found, department=cast.root, by=cast.lead, now=now)
    add = partial(councils.add_member, by=None, now=now)
    committee = found(
        name=COMMITTEE, kind="executive", sponsor=sponsor, charter=above,
        chair=story.person("Margriet van Dalen"), secretary=story.person("Ruben Maes"),
    )  # fmt: skip
    for name in (people_of.SPONSOR, "Henrik Vos", "Aoife Brennan"):
        add(council=committee, person=story.person(name), title=f"{name}, {COMMITTEE}")
    council = found(
        name=GOVERNANCE, kind="governance", sponsor=sponsor, charter=below, parent=committee,
        chair=story.person(people_of.CHAIR), secretary=story.person("Noor Haddad"),
    )  # fmt: skip
    for code in ("CLM", "CON", "DIG", "UND", "LEG", "FIN", "HKG"):
        add(council=council, represents=cast.departments[code], person=cast.holder(f"head {code}"))
    quiet = found(
        name=RESTRUCTURING, kind="executive", is_confidential=True, charter=above,
        sponsor=ExecutiveSponsor.objects.select_related("seat__subject").get(pk=cast.seat("ex sponsor").pk),
        chair=story.person("Naledi Dlamini"), secretary=story.person("Thandiwe Moyo"),
    )  # fmt: skip
    for name in ("Aoife Brennan", "Margriet van Dalen"):
        add(council=quiet, person=story.person(name), title=f"{name}, {RESTRUCTURING}")
    for room in (committee, council, quiet):
        demo_charters.acknowledge(room, now)
    story.rooms |= {COMMITTEE: committee, GOVERNANCE: council, RESTRUCTURING: quiet}


def _grant(story: Story, now: datetime) -> None:
    sponsor = story.person(people_of.SPONSOR)
    books.grant(council=story.rooms[COMMITTEE], amount=250_000 * EURO, by=sponsor, now=now)
    books.grant(council=story.rooms[GOVERNANCE], amount=35_000 * EURO, by=sponsor, now=now)
    books.grant(council=story.rooms[RESTRUCTURING], amount=80_000 * EURO, by=story.person("Henrik Vos"), now=now)


# --- what was heard --------------------------------------------------------------------------------------------------


def _take_in(story: Story, first: int, last: int, name: str, now: datetime) -> None:
    """A file of what came in between two days."""
    script = story.script
    heard = [voice for voice in voices.voices(script.today) if first <= (voice.on - script.today).days < last]
    feedback.take_in(
        path_or_file=voices.as_file(heard, name),
        source_name=SOURCE,
        mapping=voices.MAPPING,
        by=story.cast.lead,
        now=now,
    )


def _answer(story: Story, topics: list[str], now: datetime) -> None:
    """Departments answer what they owe on these themes."""
    for theme in Theme.objects.filter(name__in=topics).select_related("subject"):
        owed = Duty.objects.filter(subject=theme.subject, kind=DutyKind.ANSWER, closed_at=None)
        for duty in owed.select_related("department"):
            department: Department | None = duty.department
            mover = movers([duty.seat_id], now).get(duty.seat_id)
            if department is not None and mover is not None:
                by = Person.objects.get(pk=mover.person_id)
                themes.answer(theme=theme, department=department, text=ANSWERS[theme.name], by=by, now=now)


# --- meetings --------------------------------------------------------------------------------------------------------


def _theme(name: str) -> Theme:
    theme: Theme = Theme.objects.select_related("subject").get(name=name)
    return theme


def _propose(story: Story, room: str, topic: str, now: datetime, ask: str = "") -> AgendaItem:
    council = story.rooms[room]
    by = story.cast.lead
    return agenda.propose(council=council, about=_theme(topic).subject, matter="theme", by=by, now=now, ask=ask)


def _clerk(story: Story, room: str, now: datetime) -> Person:
    seat = next(one.seat for one in story.memberships(room) if one.seat.kind == SeatKind.SECRETARY)
    return Person.objects.get(pk=movers([seat.pk], now)[seat.pk].person_id)


def _sit(story: Story, meeting: Meeting, room: str, now: datetime, absent: int = 0) -> dict[int, str]:
    """Open a meeting and mark who is here, the last ``absent`` seats empty; everybody's vote, for the motion."""
    clerk = _clerk(story, room, now)
    meetings.open_meeting(meeting=meeting, by=clerk, now=now)
    if not attending_queries.guest_of(meeting, now).sits_as_member:
        attending.mark_sponsor(meeting=meeting, presence="present", by=clerk, now=now)
    return _arrive(story, meeting, room, now, absent)


def _rise(story: Story, meeting: Meeting, room: str, days: int, hour: int, comment: str = "") -> None:
    """Close a meeting that began on that day at that hour, 55 minutes later; its minutes go their way."""

    def close(now: datetime) -> None:
        is_left = AgendaItem.objects.filter(meeting=meeting, state="open").exists()
        words = "The hour was over before we came to it." if is_left else ""
        meetings.close(meeting=meeting, by=_clerk(story, room, now), now=now, not_decided=words)
        demo_minutes.plan(story.script, meeting, days, comment=comment)

    story.script.on(days, close, hour, 55)


def _arrive(story: Story, meeting: Meeting, room: str, now: datetime, absent: int = 0) -> dict[int, str]:
    clerk, votes = _clerk(story, room, now), {}
    sitting = sorted(story.memberships(room), key=lambda one: one.pk)
    for membership in sitting[: len(sitting) - absent]:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=clerk, now=now)
        votes[membership.pk] = "for"
    return votes


def _payload(story: Story, work: Work) -> dict[str, object]:
    return {
        "title": work.title,
        "proof": work.proof,
        "seat": story.cast.seat(work.owner).reference,
        "asked_for": story.script.day(work.asked).isoformat() if work.asked is not None else None,
        "amount": work.amount,
        "needs_none": work.needs_none,
    }


def _plan_meeting(story: Story, name: str, days: int) -> None:
    script = story.script
    works = [work for work in DECIDED if work.meeting == name]
    held: dict[str, Meeting] = {}

    def call(now: datetime) -> None:
        for work in works:
            _propose(story, GOVERNANCE, work.topic, now)
        chair = story.person(people_of.CHAIR)
        held[name] = meetings.call(council=story.rooms[GOVERNANCE], starts_at=script.at(days, 14), by=chair, now=now)

    def hold(now: datetime) -> None:
        meeting = held[name]
        clerk = _clerk(story, GOVERNANCE, now)
        if name == M2:
            _advise(story, meeting, now)
        votes = (
            _sit(story, meeting, GOVERNANCE, now, absent=2)
            if name != M2
            else _arrive(story, meeting, GOVERNANCE, now, 1)
        )
        for work in works:
            item = AgendaItem.objects.get(meeting=meeting, about=_theme(work.topic).subject, state="open")
            decision = decisions.settle(
                item=item, outcome="create_action", motion=f"{work.title}.", payload=_payload(story, work),
                votes=votes | ({max(votes): "against"} if name == M3 else {}), by=clerk, now=now,
            )  # fmt: skip
            story.works[work.title] = ActionItem.objects.get(pk=decision.result_id)
        if name == M2:
            _beyond(story, meeting, votes, now)
        if name == M3:
            pilots.decide(story, meeting, votes, clerk, now)
        _rise(story, meeting, GOVERNANCE, days, 14)

    script.on(days - 8, call, 9)
    script.on(days, hold, 14)


def _advise(story: Story, meeting: Meeting, now: datetime) -> None:
    """Before the train from Brussels arrived, four of nine sat there: what they said is advice."""
    votes = _sit(story, meeting, GOVERNANCE, now, absent=5)
    item = AgendaItem.objects.filter(meeting=meeting, state="open").order_by("position").first()
    work = next(work for work in DECIDED if work.meeting == M2 and item is not None and work.topic == item.about.title)
    if item is not None:
        decisions.settle(
            item=item, outcome="create_action", motion=f"{work.title}.", payload=_payload(story, work), votes=votes,
            by=_clerk(story, GOVERNANCE, now), now=now,
        )  # fmt: skip


NIGHT = Work(
    "Answer the phone at night, too", "head CON", "Every call after eight in the evening is answered within a minute.",
    -50, "Waiting on the phone", amount=38_000 * EURO, asked=40, accepted=-47, promised=38,
    says=(Said(-20, "on_track", "Partner in Curaçao chosen.", 35),),
)  # fmt: skip


def _beyond(story: Story, meeting: Meeting, votes: dict[int, str], now: datetime) -> None:
    """What is beyond the council's right goes up, by itself."""
    item = _propose(story, GOVERNANCE, NIGHT.topic, now, ask="A phone that is answered at night")
    clerk = _clerk(story, GOVERNANCE, now)
    item = agenda.place(item=item, meeting=meeting, by=clerk, now=now)
    decisions.settle(
        item=item, outcome="create_action", motion=f"{NIGHT.title}.", payload=_payload(story, NIGHT), votes=votes,
        risk_note="The partner may not find people who speak Frisian; then we answer in Dutch and call back by day.",
        by=clerk, now=now,
    )  # fmt: skip


def _plan_above(story: Story) -> None:
    """The executive committee decides what was referred to it."""

    def hold(now: datetime) -> None:
        clerk = _clerk(story, COMMITTEE, now)
        meeting = meetings.call(council=story.rooms[COMMITTEE], starts_at=now, by=clerk, now=now)
        votes = _sit(story, meeting, COMMITTEE, now)
        for item in AgendaItem.objects.filter(meeting=meeting, matter="referral", state="open"):
            decision = decisions.settle(
                item=item, outcome="approve", motion=f"{NIGHT.title}.", payload={}, votes=votes, by=clerk, now=now,
            )  # fmt: skip
            story.works[NIGHT.title] = ActionItem.objects.get(pk=decision.result_id)
        _rise(story, meeting, COMMITTEE, -49, 9)

    def read(now: datetime) -> None:
        clerk = _clerk(story, COMMITTEE, now)
        item = agenda.propose(
            council=story.rooms[COMMITTEE], about=None, matter="general", by=clerk, now=now,
            ask="What the first quarter of the programme taught us",
        )  # fmt: skip
        meeting = meetings.call(council=story.rooms[COMMITTEE], starts_at=now, by=clerk, now=now)
        votes = _sit(story, meeting, COMMITTEE, now)
        decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk), outcome="note", motion="Customers hear of a step before they ask.",
            payload={"note": "The council reports again in three months."}, votes=votes, by=clerk, now=now,
        )  # fmt: skip
        _rise(story, meeting, COMMITTEE, -4, 9, comment="It was two quarters that we looked at, not one.")

    story.script.on(-49, hold, 9)
    story.script.on(-4, read, 9)
    _plan_work(story, NIGHT)


QUIET = Work(
    "Tell the branches what will close, before the press does", "quiet", "Each team heard it from its own head.", -30,
    amount=12_000 * EURO, asked=10, accepted=-27, promised=8,
)  # fmt: skip


def _plan_restructuring(story: Story) -> None:
    """A meeting of which nobody outside knows; its work is owned inside."""

    def hold(now: datetime) -> None:
        room = RESTRUCTURING
        clerk = _clerk(story, room, now)
        chair = next(one.seat for one in story.memberships(room) if one.seat.kind == SeatKind.CHAIR)
        story.cast.seats["quiet"] = chair
        item = agenda.propose(
            council=story.rooms[room], about=_theme("Broker does not know").subject, matter="theme",
            by=story.person("Henrik Vos"), now=now, ask="What branches and brokers are told, and when",
        )  # fmt: skip
        meeting = meetings.call(council=story.rooms[room], starts_at=now, by=clerk, now=now)
        votes = _sit(story, meeting, room, now)
        decision = decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk), outcome="create_action", motion=f"{QUIET.title}.",
            payload=_payload(story, QUIET), votes=votes, by=clerk, now=now,
        )  # fmt: skip
        story.works[QUIET.title] = ActionItem.objects.get(pk=decision.result_id)
        _rise(story, meeting, room, -30, 16)

    story.script.on(-30, hold, 16)
    _plan_work(story, QUIET)


def _plan_today(story: Story, now: datetime) -> None:
    """Today's meeting, and what stands on it; the champion's own wish is the first item."""
    for topic in ("Claim status", "App sign-in", "Waiting on the phone"):
        _propose(story, GOVERNANCE, topic, now)
    chair = story.person(people_of.CHAIR)
    meetings.call(council=story.rooms[GOVERNANCE], starts_at=story.script.at(0, 14), by=chair, now=now)
    _vote_in_writing(story, now)


def _vote_in_writing(story: Story, now: datetime) -> None:
    """The executive committee decides something small between its meetings; one seat has voted."""
    clerk = _clerk(story, COMMITTEE, now)
    item = agenda.propose(
        council=story.rooms[COMMITTEE], about=None, matter="general", by=clerk, now=now,
        ask="Shall the round of visits to the branches begin in January?",
    )  # fmt: skip
    ballots.put(
        item=item, outcome="note", motion="The round of visits to the branches begins in January.",
        payload={"note": "Two branches a month, each by two of us."}, by=clerk, now=now,
    )  # fmt: skip
    for row in ballot_queries.voters(story.rooms[COMMITTEE], now)[:1]:
        if row.answering is not None:
            ballots.cast(item=item, membership=row.membership, choice="for", by=row.answering, now=now)


def _plan_series(story: Story, now: datetime) -> None:
    """When the councils meet from now on. One meeting was moved, and one falls between the years or on a trip."""
    script, begin = story.script, partial(series.begin, now=now)
    chair = story.person(people_of.CHAIR)
    every_two_weeks = Rule(WEEKLY, interval=2, weekdays=(script.day(14).weekday(),))
    regular = begin(
        council=story.rooms[GOVERNANCE], rule=every_two_weeks, starts_on=script.day(14), at=time(14), lasts=90,
        place="Harbour room, third floor", by=chair,
    )  # fmt: skip
    _first, second, third, *_rest = regular.meetings.order_by("slot")
    moving.move(
        meeting=second, starts_at=second.starts_at + timedelta(days=1), reason="The chair is in Antwerp on that day.",
        by=chair, now=now,
    )  # fmt: skip
    meetings.call_off(meeting=third, reason="Half of the council is at the year's fair.", by=chair, now=now)
    begin(
        council=story.rooms[COMMITTEE], rule=Rule(MONTHLY, interval=3, weekdays=(0,), nth=1), starts_on=script.day(7),
        at=time(9), lasts=120, place="Boardroom", by=_clerk(story, COMMITTEE, now),
    )  # fmt: skip
    begin(
        council=story.rooms[RESTRUCTURING], rule=Rule(MONTHLY, day=31), starts_on=script.day(3), at=time(16),
        by=_clerk(story, RESTRUCTURING, now),
    )  # fmt: skip


def _say_who_comes(story: Story, now: datetime) -> None:
    """Most have said whether they come to the next meeting."""
    meeting = (
        Meeting.objects.filter(council=story.rooms[GOVERNANCE], state="planned", series__isnull=False)
        .order_by("starts_at")
        .first()
    )
    for place, membership in enumerate(story.memberships(GOVERNANCE)):
        person = movers([membership.seat_id], now).get(membership.seat_id)
        if meeting is None or person is None or place % 4 == 3:
            continue
        by = Person.objects.get(pk=person.person_id)
        if person.stands_in != "filler":
            answer = "no" if place == 5 else "yes"
            coming.say(meeting=meeting, membership=membership, coming=answer, by=by, now=now)


def _make_pack(story: Story, now: datetime) -> None:
    """The secretary takes a pack into the next meeting, and wants one before each from now on."""
    council, clerk = story.rooms[GOVERNANCE], _clerk(story, GOVERNANCE, now)
    packs.schedule(council=council, days_before=3, by=clerk, now=now)
    planned = Meeting.objects.filter(council=council, state="planned").order_by("starts_at")
    meeting = next((one for one in planned if is_ahead(one, now)), None)
    if meeting is not None and not meeting.packs.exists():
        packs.make(wanted=meeting, by=clerk, now=now)


def _look_ahead(story: Story, now: datetime) -> None:
    """Somebody is away; a deputy answers."""
    person = story.person("Tomasz Wieczorek")
    people.be_away(person=person, by=person, until=story.script.day(6))


# --- work ------------------------------------------------------------------------------------------------------------


def _begin(story: Story, work: Work, now: datetime) -> None:
    """Somebody begins without a council's decision."""
    theme = Theme.objects.filter(name=work.topic).first() if work.topic else None
    step = JourneyStep.objects.filter(subject__title=AT_STEP[work.topic]).first() if work.topic in AT_STEP else None
    seat = story.cast.seat(work.owner)
    is_elsewhere = bool(fit.misfits(seat, theme, step, story.cast.lead, now))
    story.works[work.title] = items.create(
        title=work.title,
        seat=seat,
        council=story.rooms[GOVERNANCE],
        proof=work.proof,
        asked_for=story.script.day(work.asked) if work.asked is not None else None,
        theme=theme,
        step=step,
        needs_none=work.needs_none,
        fit_reason="Heard elsewhere, and only they can change it." if is_elsewhere else "",
        by=story.cast.lead,
        now=now,
    )


def _plan_work(story: Story, work: Work) -> None:
    script = story.script
    if work.accepted is not None:
        script.on(work.accepted, partial(_accept, story, work), 15)
    if work.declined is not None:
        script.on(work.declined[0], partial(_decline, story, work), 15)
    for said in work.says:
        script.on(said.day, partial(_report, story, work, said), 11, 20)
    for place, stop in enumerate(work.stops):
        script.on(stop.day, partial(_block, story, work, stop, place), 11, 40)
        if stop.lifted is not None:
            script.on(stop.lifted, partial(_lift, story, work, place), 13)
    for ask in work.asks:
        script.on(ask.day, partial(_ask_for_time, story, work, ask), 11, 50)
        if ask.answered is not None:
            script.on(ask.answered, partial(_answer_date, story, work, ask), 14)
    for day in work.done:
        script.on(day, partial(_done, story, work), 16)
    for look in work.looks:
        script.on(look.day, partial(_verify, story, work, look), 10, 30)


def _accept(story: Story, work: Work, now: datetime) -> None:
    on = story.script.day(work.promised) if work.promised is not None else None
    aim = story.aims.of(work.title)
    items.accept(action=story.action(work), promised_on=on, aim=aim, by=story.acts(work, now), now=now)


def _decline(story: Story, work: Work, now: datetime) -> None:
    if work.declined is not None:
        items.decline(action=story.action(work), reason=work.declined[1], by=story.acts(work, now), now=now)


def _report(story: Story, work: Work, said: Said, now: datetime) -> None:
    items.report(
        action=story.action(work), health=said.health, line=said.line, progress=said.progress,
        by=story.acts(work, now), now=now,
    )  # fmt: skip


def _ask_for_time(story: Story, work: Work, ask: Ask, now: datetime) -> None:
    items.ask_for_time(
        action=story.action(work), due_on=story.script.day(ask.to), reason=ask.reason, by=story.acts(work, now), now=now
    )


def _answer_date(story: Story, work: Work, ask: Ask, now: datetime) -> None:
    action = story.action(work)
    duty = Duty.objects.filter(subject_id=action.pk, kind=DutyKind.APPROVE_DATE, closed_at=None).first()
    if duty is None:  # nobody but the owner stood in line that day, so the council was asked
        return
    by = Person.objects.get(pk=movers([duty.seat_id], now)[duty.seat_id].person_id)
    items.answer_date(action=action, answer=ask.answer, said=ask.said, by=by, now=now)


def _block(story: Story, work: Work, stop: Stop, place: int, now: datetime) -> None:
    story.blockers[f"{work.title} {place}"] = items.block(
        action=story.action(work),
        reason=stop.reason,
        waiting_on=story.cast.seat(stop.waiting_on) if stop.waiting_on else None,
        until=story.script.day(stop.until) if stop.until is not None else None,
        by=story.acts(work, now),
        now=now,
    )


def _lift(story: Story, work: Work, place: int, now: datetime) -> None:
    items.lift(blocker=story.blockers[f"{work.title} {place}"], by=story.acts(work, now), now=now)


def _done(story: Story, work: Work, now: datetime) -> None:
    action, by = story.action(work), story.acts(work, now)
    if not action.evidence.exists():
        items.add_evidence(action=action, title=work.shown, kind="note", by=by, now=now)
    items.say_done(action=story.action(work), by=by, now=now)


def _verify(story: Story, work: Work, look: Look, now: datetime) -> None:
    duty = Duty.objects.filter(subject=story.action(work).subject, kind=DutyKind.VERIFY, closed_at=None).first()
    if duty is None:  # nobody without a part in it stood in line that day, so the council settles it
        return
    by = Person.objects.get(pk=movers([duty.seat_id], now)[duty.seat_id].person_id)
    items.verify(action=story.action(work), finding=look.finding, note=look.note, by=by, now=now)
    if look.finding == "confirmed" and look.day + FIRST_READING < 0:
        story.aims.plan_reading(story.action(work), look.day + FIRST_READING)
