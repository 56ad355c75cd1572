"""Two councils, one that everybody may know of and one that nobody may, each with one of everything; and the people
who ask for them.

Titles of what the confidential council does all say ``SECRET``: where that word is read by somebody who is not cleared,
something leaked.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from actions.models import (
    ActionItem,
    ActionLog,
    FeedbackImport,
    Pack,
    Pilot,
    Request,
    ResourceRequest,
    Response,
    RoutingRule,
    Theme,
    Upload,
)
from actions.services import (
    delegating,
    feedback,
    funding,
    items,
    logs,
    packs,
    parts,
    pilots,
    request_days,
    requests,
    spending,
    tellings,
    themes,
    uploads,
)
from actions.services.benefits import verify_benefit
from actions.services.themes import RuleWish, set_rule
from actions.shown_files import Sent
from councils.models import (
    Account,
    AgendaItem,
    Capture,
    Council,
    Decision,
    DelegatedAllocation,
    Envelope,
    Meeting,
    MeetingSeries,
    Membership,
    Minutes,
    Spending,
)
from councils.recurrence import YEARLY, Rule
from councils.services import agenda, ballots, books, captures, councils, decisions, meetings, minutes, pre_reads
from councils.services import series as meeting_series
from governance.api.tokens import issue
from governance.clauses import ChairsAction, Delegation
from governance.models import Charter, Goal, HelpRequest, JournalEntry, Journey, Metric, Person, Seat, SeatKind
from governance.services import charters, checkins, journeys, metrics, people, saved_views, submissions
from notifications.models import Channel, Delivery
from notifications.services import mutes, outbox
from notifications.services.sweep import sweep
from tests.factories import Town

SECRET = "Zephyr"
FILE = Path(__file__).parents[1] / "data" / "harbourline-requests.csv"
EURO = 100
MEASURED = ("correct-measure", "read-kpi", "judge", "verify-benefit", "-telling", "item-told")
"""What is done with an action that was verified."""
SIGNED = ("withdraw", "ratify", "refuse", "hold")
"""What is done with a version that waits for its signatures."""


@dataclass
class Room:
    """One council with one of everything that a council can have."""

    word: str
    council: Council
    chair: Person
    member: Person
    owner_seat: Seat
    memberships: list[Membership] = field(default_factory=list)
    open_meeting: Meeting = None  # type: ignore[assignment]  # filled while it is furnished
    next_meeting: Meeting = None  # type: ignore[assignment]
    late: AgendaItem = None  # type: ignore[assignment]
    voted: AgendaItem = None  # type: ignore[assignment]
    line: Capture = None  # type: ignore[assignment]
    series: MeetingSeries = None  # type: ignore[assignment]
    minutes: Minutes = None  # type: ignore[assignment]
    """Of a meeting before, out for comment, with one comment."""
    item: AgendaItem = None  # type: ignore[assignment]
    waiting: AgendaItem = None  # type: ignore[assignment]
    decision: Decision = None  # type: ignore[assignment]
    envelope: Envelope = None  # type: ignore[assignment]
    proposed: ActionItem = None  # type: ignore[assignment]
    running: ActionItem = None  # type: ignore[assignment]
    done: ActionItem = None  # type: ignore[assignment]
    told: ActionItem = None  # type: ignore[assignment]
    allocation: Account = None  # type: ignore[assignment]
    reserve: Envelope = None  # type: ignore[assignment]
    spending: Spending = None  # type: ignore[assignment]
    request: ResourceRequest = None  # type: ignore[assignment]
    delegated: DelegatedAllocation = None  # type: ignore[assignment]
    help: HelpRequest = None  # type: ignore[assignment]
    entry: JournalEntry = None  # type: ignore[assignment]
    log: ActionLog = None  # type: ignore[assignment]
    pack: Pack = None  # type: ignore[assignment]
    """Of the meeting that goes on, made by the chair."""
    note: Delivery | None = None
    requests: dict[str, Request] = field(default_factory=dict)
    """By state: of the owner's running work, asked of another department (of a member, where it is confidential)."""
    pilots: dict[str, Pilot] = field(default_factory=dict)
    """The one that is being tried, the one whose check is due, the one that passed."""


@dataclass
class World:
    town: Town
    now: datetime
    roles: dict[str, dict[str, Person]]
    """Role to person, for the things of the "open" and of the "closed" council."""
    rooms: dict[str, Room]
    theme: Theme
    other_theme: Theme
    """Heard elsewhere, so that the head of Claims does not see it."""
    source_import: FeedbackImport
    upload: Upload
    response: Response
    rule: RoutingRule
    journey: Journey
    goal: Goal
    stranger: Person
    first: Charter
    """A first charter before its sponsor."""


def build() -> World:
    town = Town(renewals=2)
    delegation = Delegation("chair", 2 * EURO, until="2027-12-31")
    town.rule_anew(replace(town.rules, delegation=delegation, chair=ChairsAction(allowed=True)))
    now = town.now
    administrator = town.person("Ada Ministrator")
    town.seat(SeatKind.ADMINISTRATOR, town.root, administrator, title="Second administrator")
    outsider, ended, stranger = town.person("Out Sider"), town.person("Gone Person"), town.person("Some Body")
    taken = feedback.take_in(path_or_file=FILE, source_name="Service desk", mapping=FILE.with_suffix(".json"), now=now)
    theme = Theme.objects.get(name="Claim status")
    rule = set_rule(wish=RuleWish(to_department=town.digital, topic_contains="moving"), by=town.lead, now=now)
    champion = town.champions[town.claims.pk]
    response = themes.answer(theme=theme, department=town.claims, text="We will text.", by=champion, now=now)
    journey = journeys.draw(
        title="I have a claim", seat=town.champion_seats[town.claims.pk], by=town.lead, now=now,
        steps=[journeys.StepWish("Tell us"), journeys.StepWish("Wait")],
    )  # fmt: skip
    metric = metrics.define(
        title="Recommends", unit="count", seat=town.champion_seats[town.claims.pk], by=town.lead, now=now
    )
    goal = metrics.set_goal(metric=metric, baseline=1, target=9, due_on=(now + timedelta(days=90)).date(),
                            by=town.lead, now=now)  # fmt: skip
    rooms = {
        "open": _room(town, "Harbour", town.champion_seats[town.claims.pk]),
        "closed": _room(town, SECRET, None),
    }
    for room in rooms.values():
        _furnish(town, room, theme, now)
    ended = people.end_access(person=ended, by=town.lead, now=now)
    sweep(now)
    outbox.drain(now)
    for room in rooms.values():
        room.note = Delivery.objects.filter(channel=Channel.INBOX, person=champion).order_by("pk").first()
    mutes.mute(by=champion, subject=rooms["open"].running.subject, now=now)
    issue(person=champion, label="of the champion", now=now)
    saved_views.save(page="actions", name="Mine", query="mine=on", by=champion, now=now)
    everywhere = {
        "outsider": outsider,
        "champion": champion,
        "other_champion": town.champions[town.digital.pk],
        "head": town.heads[town.claims.pk],
        "sponsor": town.sponsor,
        "cx_lead": town.lead,
        "administrator": administrator,
        "ended": ended,
    }
    roles = {
        mine: {
            **everywhere,
            "member": rooms[mine].member,
            "chair": rooms[mine].chair,
            "other_member": rooms[other].member,
        }
        for mine, other in (("open", "closed"), ("closed", "open"))
    }
    return World(
        town=town,
        now=now,
        roles=roles,
        rooms=rooms,
        theme=theme,
        other_theme=Theme.objects.get(name="Claim form"),
        source_import=FeedbackImport.objects.get(pk=taken.import_id),
        upload=uploads.keep(
            file=BytesIO(b"topic,text\nQueue,Long\n"),
            file_name="q.csv",
            size=22,
            source_name="Desk",
            by=town.lead,
            now=now,
        ),
        response=response,
        rule=rule,
        journey=journey,
        goal=goal,
        stranger=stranger,
        first=_submitted(town),
    )


def _submitted(town: Town) -> Charter:
    version = charters.draft(title="Charter of the squad", rules=town.rules, by=None, now=town.now)
    submissions.submit(version=version, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
    return version.charter


def _room(town: Town, word: str, owner: Seat | None) -> Room:
    now, confidential = town.now, owner is None
    # Names of people are everybody's to know, so they say nothing of the council.
    letter = "O" if owner is not None else "C"
    chair, clerk, member, doer = (town.person(f"{letter} {name}") for name in ("Chair", "Secretary", "Member", "Owner"))
    council = councils.found(
        name=f"{word} council", kind="governance", department=town.root, sponsor=town.exec_sponsor,
        charter=town.charter, is_confidential=confidential, chair=chair, secretary=clerk, by=None, now=now,
    )  # fmt: skip
    for person in (member, doer, *(town.person(f"{letter} Sitting{number}") for number in range(3))):
        councils.add_member(council=council, person=person, title=f"{word} seat of {person}", by=None, now=now)
    sits = list(Membership.objects.filter(council=council).select_related("seat__subject").order_by("pk"))
    return Room(word, council, chair, member, owner or sits[3].seat, memberships=sits)


def _furnish(town: Town, room: Room, theme: Theme, now: datetime) -> None:
    """A decision with an action in each state, an open meeting with an item, and one to come."""
    clerk, word, sponsor = room.memberships[1].seat.tenures.get().person, room.word, town.sponsor
    later = (now + timedelta(days=90)).date()
    checkins.check_in(subject=room.council.subject, note=f"{word} talk", by=sponsor, now=now)
    room.envelope = books.grant(council=room.council, amount=9_000 * EURO, by=sponsor, now=now)
    room.envelope.subject.refresh_from_db()
    room.reserve = books.grant(council=room.council, amount=100 * EURO, by=sponsor, now=now, opens_on=later)
    room.minutes = _minute(room, clerk, now)
    room.open_meeting = meetings.call(council=room.council, starts_at=now, by=clerk, now=now)
    meetings.open_meeting(meeting=room.open_meeting, by=clerk, now=now)
    votes = {}
    for membership in room.memberships:
        meetings.mark(meeting=room.open_meeting, membership=membership, presence="present", by=clerk, now=now)
        votes[membership.pk] = "for"
    made = []
    for number in range(4):
        item = _item(town, room, theme, f"{word} matter {number}", now)
        agenda.place(item=item, meeting=room.open_meeting, by=clerk, now=now)
        payload = {"title": f"{word} work {number}", "proof": f"{word} is seen", "seat": room.owner_seat.reference,
                   "asked_for": None, "amount": 100 * EURO, "needs_none": False}  # fmt: skip
        room.decision = decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk), outcome="create_action", motion=f"{word} motion {number}",
            payload=payload, votes=votes, by=clerk, now=now,
        )  # fmt: skip
        made.append(ActionItem.objects.select_related("subject").get(pk=room.decision.result_id))
    room.proposed, room.running, room.done, room.told = made
    owner = room.owner_seat.tenures.filter(role="holder").get().person
    _try(town, room, owner, now)
    due = (now + timedelta(days=40)).date()
    for action in (room.running, room.done):
        items.accept(action=action, promised_on=due, by=owner, now=now)
        items.report(action=action, health="at_risk", line=f"{word} stands", by=owner, now=now)
        items.block(action=action, reason=f"{word} waits", by=owner, now=now)
        shown = Sent(BytesIO(f"{word} seen".encode()), f"{word}.txt", 11)
        items.add_evidence(action=action, title=f"{word} seen", kind="file", file=shown, by=owner, now=now)
    chair = room.chair
    parts.add_doer(action=room.running, person=room.memberships[5].seat.tenures.get().person, by=chair, now=now)
    parts.set_milestone(action=room.running, title=f"{word} step", by=chair, now=now)
    parts.depend(action=room.running, needs=room.proposed, by=chair, now=now)
    room.spending = spending.spend(
        action=room.running, amount=EURO, on=now.date(), what=f"{word} texts", by=owner, now=now
    )
    room.request = funding.ask(action=room.done, amount=EURO, what_for=f"{word} wish", by=owner, now=now)
    room.delegated = delegating.allocate(action=room.done, confirm=True, by=chair, now=now)
    funding.ask(action=room.running, amount=EURO, what_for=f"{word} need", by=owner, now=now)
    room.help = items.ask_help(action=room.running, asked=town.sponsor_seat, words=f"{word} help", by=owner, now=now)
    _ask(town, room, owner, due, now)
    items.ask_for_time(action=room.running, due_on=due + timedelta(days=20), reason=f"{word} later", by=owner, now=now)
    items.say_done(action=room.done, by=owner, now=now)
    items.verify(action=room.done, finding="refused", note=f"{word} lacks", by=clerk, now=now)
    items.say_done(action=room.done, by=owner, now=now)
    _tell(town, room, owner, clerk, due, now)
    room.item = _item(town, room, theme, f"{word} question", now)
    agenda.place(item=room.item, meeting=room.open_meeting, by=clerk, now=now)
    pre_reads.attach(item=room.item, title=f"{word} read", text=f"{word} read", by=clerk, now=now)
    room.line = captures.capture(
        meeting=room.open_meeting, item=room.item, kind="note", text=f"{word} said", by=clerk, now=now
    )
    room.next_meeting = meetings.call(council=room.council, starts_at=now + timedelta(days=30), by=clerk, now=now)
    room.series = meeting_series.begin(
        council=room.council, rule=Rule(YEARLY, month=6, day=15), starts_on=now.date(), at=time(10), by=clerk, now=now,
        place=f"{word} hall",
    )  # fmt: skip
    room.log = logs.take_over(
        text=f"Action\tOwner\n{word} from before\t{owner.email}", council=room.council, by=clerk, now=now
    )
    room.waiting = agenda.propose(
        council=room.council, about=None, matter="general", by=clerk, now=now, ask=f"{word} in general"
    )
    room.late = agenda.propose(
        council=room.council, about=None, matter="general", by=None, now=now, ask=f"{word} rests",
        proposal={"escalated": True},
    )  # fmt: skip
    room.late = agenda.place(item=room.late, meeting=room.open_meeting, by=clerk, now=now)
    room.voted = agenda.propose(
        council=room.council, about=None, matter="general", by=clerk, now=now, ask=f"{word} in writing"
    )
    ballots.put(item=room.voted, outcome="note", motion=f"{word} noted", payload={}, by=clerk, now=now)
    room.allocation = Account.objects.filter(envelope=room.envelope, kind="allocation").order_by("pk")[0]
    room.pack = packs.make(wanted=room.open_meeting, by=room.chair, now=now)
    room.entry = JournalEntry.objects.filter(subject=room.council.subject).order_by("pk")[0]


def _minute(room: Room, clerk: Person, now: datetime) -> Minutes:
    """A meeting that was held and closed, its minutes out for comment, and the member's comment on them."""
    held = meetings.call(council=room.council, starts_at=now, by=clerk, now=now)
    meetings.open_meeting(meeting=held, by=clerk, now=now)
    for membership in room.memberships:
        meetings.mark(meeting=held, membership=membership, presence="present", by=clerk, now=now)
    meetings.close(meeting=held, by=clerk, now=now)
    made = Minutes.objects.select_related("meeting__council", "subject").get(meeting=held)
    minutes.write(minutes=made, introduction=f"{room.word} opened", by=clerk, now=now)
    minutes.send_out(minutes=made, by=clerk, now=now)
    minutes.comment(minutes=made, text=f"{room.word} was six", by=room.member, now=now)
    return made


def _ask(town: Town, room: Room, owner: Person, due: date, now: datetime) -> None:
    """A request in each open state, and one for which another day is proposed."""
    is_open = room.word != SECRET
    to = town.champion_seats[town.digital.pk] if is_open else room.memberships[2].seat
    asked = town.champions[town.digital.pk] if is_open else room.member
    for state in ("asked", "countered", "agreed", "moving", "delivered"):
        made = requests.ask(
            title=f"{room.word} need, {state}", need=f"{room.word} in detail", to=to, asked_for=due,
            action=room.running, by=owner, now=now,
        )  # fmt: skip
        if state == "countered":
            requests.counter(request=made, offer=f"{room.word} half", by=asked, now=now)
        elif state != "asked":
            requests.agree(request=made, promised_on=due, conditions=f"{room.word} if", by=asked, now=now)
        if state == "delivered":
            requests.deliver(request=made, note=f"{room.word} here", by=asked, now=now)
        if state == "moving":
            request_days.propose(
                request=made, day=due + timedelta(days=9), reason=f"{room.word} slips", by=owner, now=now
            )
        room.requests[state] = Request.objects.select_related("subject").get(pk=made.pk)


def _try(town: Town, room: Room, owner: Person, now: datetime) -> None:
    """Three pilots, which the sponsor checks: being tried, to be checked, and passed."""
    word, ahead = room.word, {"trying": 60, "due": 0, "passed": 0}
    actions = {"trying": room.running, "due": room.done, "passed": room.told}
    for name, action in actions.items():
        plan = pilots.Plan(
            department=town.claims, unit=f"{word} team", criteria=[f"{word} is quicker"], places=[town.digital],
            check_on=(now + timedelta(days=ahead[name])).date(), checker=town.sponsor_seat,
        )  # fmt: skip
        made = pilots.declare(action=action, plan=plan, by=owner, now=now)
        if name == "passed":
            found = [pilots.Found(True, f"{word} was quicker")]
            pilots.check(pilot=made, verdict="passed", findings=found, by=town.sponsor, now=now)
        room.pilots[name] = Pilot.objects.select_related("subject").get(pk=made.pk)
        action.refresh_from_db()


def _tell(town: Town, room: Room, owner: Person, clerk: Person, due: Any, now: datetime) -> None:
    """An action that was verified, is measured, brought something, and whose givers were told."""
    word, action, metric = room.word, room.told, Metric.objects.get()
    aim = items.Aim(metric=metric, target=9, share=50)
    items.accept(action=action, promised_on=due, by=owner, now=now, aim=aim)
    items.add_evidence(action=action, title=f"{word} seen", kind="note", by=owner, now=now)
    items.say_done(action=action, by=owner, now=now)
    items.verify(action=action, finding="confirmed", note=f"{word} holds", by=clerk, now=now)
    town.seat(SeatKind.FINANCE_PARTNER, town.legal, room.member, title="Finance partner")
    verify_benefit(
        action=action, kind="cashable", amount=100 * EURO, from_on=now.date(), until_on=now.date(),
        note=f"{word} books", by=room.member, now=now,
    )  # fmt: skip
    tellings.draft_telling(action=action, text=f"{word} thanks", by=owner, now=now)
    tellings.approve_telling(action=action, by=clerk, now=now)
    tellings.send_telling(action=action, by=owner, now=now)


def _item(town: Town, room: Room, theme: Theme, ask: str, now: datetime) -> AgendaItem:
    """Raised by the sponsor, who sees both the theme and the council."""
    return agenda.propose(council=room.council, about=theme.subject, matter="theme", by=town.sponsor, now=now, ask=ask)


def arguments(world: World, room: Room, folder: str, names: set[str], route: str) -> dict[str, Any]:
    """The arguments of a route, so that it leads to a thing of that room (or of the town, where there is one only)."""
    town, claims = world.town, world.town.champion_seats[world.town.claims.pk]
    one: dict[str, Any] = {
        "departments": town.claims.reference,
        "seats": claims.reference if room.word != SECRET else room.memberships[2].seat.reference,
        "people": world.stranger.pk,
        "executive-sponsors": town.sponsor_seat.reference,
        "champions": claims.reference,
        "charters": (world.first if route.endswith(SIGNED) else town.charter).reference,
        "journal": room.entry.pk,
        "metrics": world.goal.metric.reference,
        "goals": world.goal.reference,
        "journeys": world.journey.reference,
        "journey-steps": world.journey.steps.order_by("position")[0].reference,
        "tokens": town.champions[town.claims.pk].api_tokens.get().pk,
        "councils": room.council.reference,
        "check-ins": room.council.subject.checkins.get().pk,
        "memberships": room.memberships[2].seat.reference,
        "minutes": room.minutes.reference,
        "meetings": (room.next_meeting if route.endswith("open") else room.open_meeting).reference,
        "meeting-series": room.series.reference,
        "agenda-items": _agenda_item(room, route).reference,
        "decisions": room.decision.reference,
        "envelopes": room.envelope.reference,
        "allocations": room.allocation.pk,
        "spending": room.spending.pk,
        "resource-requests": room.request.pk,
        "delegated-allocations": room.delegated.pk,
        "actions": _action(room, route).reference,
        "requests": _request(room, route).reference,
        "pilots": _pilot(room, route).reference,
        "review": town.claims.reference if "department" in route else room.pack.reference,
        "packs": room.pack.reference,
        "action-logs": room.log.pk,
        "help": room.help.pk,
        "help-requests": room.help.pk,
        "my-work": _action(room, route).reference,
        "promises": room.running.promises.get().pk,
        "date-requests": room.running.date_requests.get().pk,
        "updates": room.running.updates.get().pk,
        "blockers": room.running.blockers.get().pk,
        "evidence": room.running.evidence.get().pk,
        "outcomes": room.told.outcomes.get().pk,
        "benefits": room.told.benefits.get().pk,
        "tellings": room.told.tellings.get().pk,
        "verifications": room.done.verifications.get().pk,
        "feedback-sources": world.source_import.source.reference,
        "feedback": world.theme.feedback.order_by("pk")[0].pk,
        "themes": world.theme.reference,
        "responses": world.response.pk,
        "routing-rules": world.rule.pk,
        "inbox": room.note.pk if room.note else 0,
        "why": room.note.message_id if room.note else 0,
        "notifications": room.note.pk if room.note else 0,
        "mutes": room.running.reference,
    }
    given: dict[str, Any] = {}
    for name in names:
        if "pre-read" in route and name in ("pk", "key"):
            given[name] = room.item.pre_reads.get().pk
            continue
        if folder == "meetings" and "minutes" in route:
            given[name] = room.minutes.comments.get().pk if name == "key" else room.minutes.meeting.reference
        elif name == "kind":
            given[name] = "squad"
        elif folder == "feedback-uploads" or "upload" in route:
            given[name] = world.upload.key
        elif "view" in route and name in ("key", "pk"):
            given[name] = town.champions[town.claims.pk].saved_views.get().pk
        elif route == "governance:view-keep":
            given[name] = "actions"
        elif name == "seat":
            given[name] = room.memberships[2].seat.reference
        elif route == "actions:item-told" and name == "key":
            given[name] = room.told.tellings.get().pk
        elif folder == "feedback-sources" and name in ("key", "number"):
            given[name] = world.source_import.pk
        elif folder == "meetings" and name in ("pk", "line"):
            given[name] = room.line.pk
        elif folder == "charters" and name == "number":
            given[name] = 1
        else:
            given[name] = one[folder]
    return given


def _agenda_item(room: Room, route: str) -> AgendaItem:
    if "undecided" in route or "not-decided" in route:
        return room.late
    if "ballot" in route or (route.endswith(("-written-vote", "-vote")) and "put-to" not in route):
        return room.voted
    return room.waiting if "place" in route or "-put" in route or "alone" in route else room.item


def _request(room: Room, route: str) -> Request:
    states = {
        "accept": "countered", "deliver": "agreed", "confirm": "delivered", "send-back": "delivered",
        "propose-day": "agreed", "answer-day": "moving", "ask-help": "agreed",
    }  # fmt: skip
    return room.requests[next((state for verb, state in states.items() if route.endswith(verb)), "asked")]


def _pilot(room: Room, route: str) -> Pilot:
    return room.pilots[
        "due" if route.endswith(("check", "extend")) else "passed" if route.endswith("propose") else "trying"
    ]


def _action(room: Room, route: str) -> ActionItem:
    if route.endswith(("accept", "decline", "reassign", "cancel")):
        return room.proposed
    if route.endswith(MEASURED):
        return room.told
    return room.done if route.endswith("verify") else room.running
