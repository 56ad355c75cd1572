"""Meetings: who is there, whether there is a quorum, and what stands on the agenda."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from councils import quorum, representation
from councils.models import OVER, AgendaItem, Attendance, Council, Decision, ItemState, Meeting, MeetingState, Presence
from councils.queries.councils import Sitting, sitting_of
from councils.queries.representing import voices_of
from governance.clauses import Recusal, Rules
from governance.clauses.recusing import DEPUTY, SECRETARY
from governance.errors import Absent
from governance.models import CharterVersion, Organisation, Person, SeatKind
from governance.queries.calendars import began
from governance.services.duties import rules_in_force


@dataclass(frozen=True, slots=True)
class Place:
    """One seat at a meeting: who has it, whether it is taken, and by whom."""

    sitting: Sitting
    presence: str
    person: Person | None
    is_taken: bool
    """Present, by somebody who is still the seat's holder or deputy."""

    @property
    def state(self) -> str:
        """For the drawing of a quorum: here, deputy, absent, vacant."""
        if self.sitting.is_vacant:
            return "vacant"
        if not self.is_taken:
            return "absent"
        return "deputy" if self.person == self.sitting.deputy else "here"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a meeting stands: the quorum counted live by the charter that holds for it."""

    count: quorum.Count
    places: list[Place]
    sentence: str
    heard: representation.Heard
    """Which of the departments that must be represented are."""
    presiding: Place | None = None
    """Who chairs where the chair stood aside and handed over."""

    @property
    def seats(self) -> int:
        return self.count.seats

    @property
    def present(self) -> int:
        return self.count.present

    @property
    def needed(self) -> int:
        return self.count.needed

    @property
    def chair_present(self) -> bool:
        return self.count.chair_present

    @property
    def is_quorate(self) -> bool:
        return self.count.is_quorate

    @property
    def chair_key(self) -> int:
        """The key of the membership of whoever chairs; 0 where no seat is the chair's, or nobody takes it over."""
        if self.count.handed_over:
            return self.presiding.sitting.membership.pk if self.presiding is not None else 0
        return next((place.sitting.membership.pk for place in self.places if place.sitting.is_chair), 0)

    @property
    def voting(self) -> list[Place]:
        """The voting seats that are taken now."""
        return [place for place in self.places if place.is_taken and place.sitting.membership.votes]

    @property
    def cells(self) -> list[dict[str, str]]:
        """Voting seats for the drawing."""
        return [
            {"state": place.state, "name": place.sitting.seat.title}
            for place in self.places
            if place.sitting.membership.votes
        ]


def version_of(meeting: Meeting, now: datetime) -> CharterVersion:
    """The charter version that a meeting decides by: pinned when it opened, before that the one in force.

    A provisional version that was pinned holds no longer than its time, even in a meeting that is still open.
    """
    pinned = meeting.charter_version
    if pinned is not None and (meeting.state == MeetingState.CLOSED or not pinned.has_lapsed(now)):
        return pinned
    return rules_in_force(meeting.council.charter, now)


def standing(meeting: Meeting, now: datetime, recused: Collection[int] = ()) -> Standing:
    """Count the quorum of a meeting as it stands. ``recused`` are memberships that stand aside for the matter."""
    rules = Rules.from_json(version_of(meeting, now).rules)
    marks = Attendance.objects.filter(meeting_id=meeting.pk).select_related("person")
    return standing_of(
        meeting.council, rules, {row.membership_id: (row.presence, row.person) for row in marks}, now, recused
    )


def standing_of(
    council: Council,
    rules: Rules,
    marks: Mapping[int, tuple[str, Person | None]],
    now: datetime,
    recused: Collection[int] = (),
) -> Standing:
    """Count a council's quorum where ``marks`` has the presence of each seat, and who took it."""
    places = []
    for sitting in sitting_of(council, now):
        presence, person = marks.get(sitting.membership.pk, (Presence.ABSENT, None))
        entitled = person is not None and person in (sitting.holder, sitting.deputy)
        places.append(Place(sitting, presence, person, is_taken=presence == Presence.PRESENT and entitled))
    next_in_chair = _next_in_chair(places, rules.recusal)
    seats = [
        quorum.SeatStanding(
            votes=place.sitting.membership.votes,
            is_chair=place.sitting.is_chair,
            is_filled=not place.sitting.is_vacant,
            is_present=place.is_taken,
            is_recused=place.sitting.membership.pk in recused,
            chairs_next=place.sitting.membership.pk in next_in_chair,
            title=place.sitting.seat.title,
        )
        for place in places
    ]
    counted = quorum.count(seats, rules.quorum, rules.recusal)
    following = quorum.next_in_the_chair(seats) if counted.handed_over else None
    presiding = next((place for place, seat in zip(places, seats, strict=True) if seat is following), None)
    speaking = [(place.sitting, place.person) for place in places if place.is_taken and place.person is not None]
    heard = representation.hear(rules.represented, voices_of(speaking, now) if rules.represented.departments else [])
    heard = replace(heard, is_quorate=counted.is_quorate)
    return Standing(counted, places, quorum.sentence(counted), heard, presiding)


def _next_in_chair(places: list[Place], rule: Recusal) -> set[int]:
    """The memberships of whoever takes the chair when the chair stands aside."""
    if rule.chaired_by == SECRETARY:
        return {place.sitting.membership.pk for place in places if place.sitting.seat.kind == SeatKind.SECRETARY}
    if rule.chaired_by != DEPUTY:
        return set()
    deputies = {place.sitting.deputy for place in places if place.sitting.is_chair and place.sitting.deputy is not None}
    return {place.sitting.membership.pk for place in places if place.person in deputies}


def listed(viewer: Person, now: datetime, council: Council | None = None, state: str = "") -> QuerySet[Meeting]:
    """Meetings that ``viewer`` may see, the next first, then those that were."""
    found: QuerySet[Meeting] = (
        Meeting.objects.visible_to(viewer, now)
        .select_related("council__subject", "charter_version", "current__subject", "series__subject")
        .annotate(
            on_agenda=Count("items", distinct=True),
            unsettled=Count("items", filter=Q(items__state=ItemState.OPEN), distinct=True),
            decided=Count("decisions", filter=Q(decisions__taken_back_at=None), distinct=True),
        )
        .order_by("-starts_at", "-pk")
    )
    if council is not None:
        found = found.filter(council=council)
    if state in MeetingState.values:
        found = found.filter(state=state)
    return found


def get(reference: str, viewer: Person, now: datetime) -> Meeting:
    """One meeting by reference; raises :class:`Absent`."""
    found = (
        Meeting.objects.visible_to(viewer, now)
        .select_related("council__subject", "council__department", "council__charter", "council__parent__subject",
                        "council__sponsor__seat__subject", "charter_version", "pen", "minutes")
        .filter(subject__reference=reference)
        .first()
    )  # fmt: skip
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    meeting: Meeting = found
    return meeting


def agenda_of(meeting: Meeting) -> list[AgendaItem]:
    """The items of a meeting in order, with what was decided on each. Two statements."""
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("subject", "about", "lead__subject", "carried_from__subject")
        # Read with the rows: what a consent list would say of a sum names the currency for each of them.
        .annotate(house_currency=Subquery(Organisation.objects.values("currency")[:1]))
        .prefetch_related(
            Prefetch(
                "decisions",
                Decision.objects.select_related("subject").order_by("-decided_at", "-pk"),
                to_attr="resolved",
            )
        )
        .order_by("position", "pk")
    )


def item_of(meeting: Meeting, reference: str) -> AgendaItem:
    """An item of a meeting that its viewer sees; raises :class:`Absent`."""
    found = AgendaItem.objects.filter(meeting=meeting, subject__reference=reference).select_related("subject").first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    item: AgendaItem = found
    return item


def backlog(council: Council, viewer: Person, now: datetime) -> QuerySet[AgendaItem]:
    """The council's open items that stand on no meeting."""
    found: QuerySet[AgendaItem] = (
        AgendaItem.objects.visible_to(viewer, now)
        .filter(council=council, meeting=None, state=ItemState.OPEN)
        .select_related("about", "raised_by", "carried_from__subject")
        .order_by("position", "pk")
    )
    return found


def items(
    viewer: Person,
    now: datetime,
    council: Council | None = None,
    state: str = "",
    matter: str = "",
    raised_from: date | None = None,
) -> QuerySet[AgendaItem]:
    """Agenda items that ``viewer`` may see, the newest first."""
    found: QuerySet[AgendaItem] = (
        AgendaItem.objects.visible_to(viewer, now)
        .select_related("about", "raised_by", "council__subject", "meeting__subject", "referred_from__subject")
        .order_by("-raised_at", "-pk")
    )
    if council is not None:
        found = found.filter(council=council)
    if state in ItemState.values:
        found = found.filter(state=state)
    if matter:
        found = found.filter(matter=matter)
    if raised_from is not None:
        found = found.filter(raised_at__gte=began(raised_from))
    return found


def item(reference: str, viewer: Person, now: datetime) -> AgendaItem:
    """One agenda item by reference; raises :class:`Absent`."""
    found = (
        items(viewer, now)
        .select_related("about", "council__subject", "council__department", "council__charter",
                        "council__parent__subject", "council__sponsor__seat__subject", "meeting__subject",
                        "meeting__charter_version", "referred_from__subject", "raised_by", "carried_from__subject")
        .filter(subject__reference=reference)
        .first()
    )  # fmt: skip
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def planned_of(council_id: int) -> QuerySet[Meeting]:
    """The council's meetings that have not begun, the next first: for that one an agenda is built."""
    found: QuerySet[Meeting] = (
        Meeting.objects.filter(council=council_id, state=MeetingState.PLANNED)
        .select_related("subject")
        .order_by("starts_at", "pk")
    )
    return found


def places_for(council: Council) -> QuerySet[Meeting]:
    """The meetings on which an item can be placed: planned or sitting, the next first."""
    found: QuerySet[Meeting] = (
        Meeting.objects.filter(council=council)
        .exclude(state__in=OVER)
        .select_related("subject")
        .order_by("starts_at", "pk")
    )
    return found
