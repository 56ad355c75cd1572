"""Where somebody looks next, by what they hold: each a page with a sentence, and numbers that open what they count.

A number is the list's own query, counted, so that the two cannot disagree; what would need a pass over all open work
has none. At most ten statements for any seat, however much there is: no more than :data:`MOST` departments or
councils are counted one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.figures import Figure
from actions.queries import action_lists, items, packs, themes
from councils.models import (
    AgendaItem,
    Coming,
    Council,
    ItemState,
    Meeting,
    MeetingAnswer,
    MeetingState,
    Membership,
    PreRead,
)
from councils.queries import decisions
from governance.access import seats_of
from governance.models import Department, Person, SeatKind, Tenure
from governance.queries import seats
from notifications import precedence
from notifications.precedence import Look
from notifications.queries.home import kinds_of

MOST = 2
"""Departments, or councils, of one person that are counted each by itself; nearly nobody has more."""
MOST_MEETINGS = 3


@dataclass(frozen=True, slots=True)
class Number:
    """How many there are, in words, and the list of them."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Way:
    """One page to look at."""

    name: str
    url: str
    says: str
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class _Looker:
    viewer: Person
    now: datetime
    held: Sequence[Tenure]

    def departments(self, kind: str) -> list[Department]:
        """Where the viewer holds a seat of this kind, or deputises for one."""
        there = [tenure.seat.department for tenure in self.held if tenure.seat.kind == kind]
        return list(dict.fromkeys(there))[:MOST]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.viewer.zone)


def ways(viewer: Person, held: Sequence[Tenure], now: datetime) -> list[Way]:
    """Where ``viewer``, who holds these seats, looks next."""
    looker = _Looker(viewer, now, held)
    return [way for look in precedence.looks(kinds_of(held)) for way in _FINDERS[look](looker)]


# --- councils ------------------------------------------------------------------------------------------------------


def _counted(rows: QuerySet[AgendaItem] | QuerySet[PreRead] | QuerySet[MeetingAnswer] | QuerySet[Membership],
             by: str) -> Coalesce:  # fmt: skip
    """How many rows there are for a meeting, without joining them to one another."""
    numbers = rows.order_by().values(by).annotate(number=Count("pk", distinct=True))
    return Coalesce(Subquery(numbers.values("number"), output_field=IntegerField()), 0)


def _meetings(looker: _Looker) -> list[Way]:
    """The next meeting of each council in which the viewer sits, or which they sponsor. One statement."""
    mine, zone = seats_of(looker.viewer, looker.now), looker.zone
    midnight = datetime.combine(looker.now.astimezone(zone).date(), time(), zone)
    sits = Membership.objects.filter(seat_id__in=mine, ended_at=None).values("council_id")
    planned = Meeting.objects.filter(state=MeetingState.PLANNED, starts_at__gte=midnight)
    sooner = planned.filter(council=OuterRef("council")).filter(
        Q(starts_at__lt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__lt=OuterRef("pk"))
    )
    there = AgendaItem.objects.filter(meeting=OuterRef("pk"), state=ItemState.OPEN)
    read = PreRead.objects.filter(item=OuterRef("pk"), taken_off_at=None)
    come = MeetingAnswer.objects.filter(
        meeting=OuterRef("pk"),
        sequence=OuterRef("sequence"),
        coming__in=(Coming.YES, Coming.DEPUTY),
        membership__ended_at=None,
        membership__votes=True,
    )
    voting = Membership.objects.filter(council=OuterRef("council"), ended_at=None, votes=True)
    found = (
        Meeting.objects.visible_to(looker.viewer, looker.now)
        .filter(Q(council_id__in=sits) | Q(council__sponsor_id__in=mine), pk__in=planned.values("pk"))
        .filter(~Exists(sooner))
        .annotate(
            matters=_counted(there, "meeting"),
            with_papers=_counted(there.filter(Exists(read)), "meeting"),
            coming=_counted(come, "meeting"),
            seats=_counted(voting, "council"),
        )
        .select_related("subject")
        .order_by("starts_at", "pk")
    )
    return [_meeting(one, zone) for one in found[:MOST_MEETINGS]]


def _meeting(one: Meeting, zone: ZoneInfo) -> Way:
    """The next meeting, and how far it is prepared: its agenda, its papers, who says that they come."""
    at = one.starts_at.astimezone(zone)
    told = [_("On %(day)s at %(time)s.") % {"day": date_format(at, "l, j F"), "time": date_format(at, "H:i")}]
    matters, papers, coming = one.matters, one.with_papers, one.coming  # type: ignore[attr-defined]  # annotated above
    if matters and papers:
        first = ngettext(
            "%(n)d matter on the agenda, %(papers)d with something to read.",
            "%(n)d matters on the agenda, %(papers)d with something to read.",
            matters,
        )
    elif matters:
        first = ngettext(
            "%(n)d matter on the agenda, with nothing to read.",
            "%(n)d matters on the agenda, none with something to read.",
            matters,
        )
    else:
        first = _("Nothing is on the agenda yet.")
    told.append(first % {"n": matters, "papers": papers})
    told.append(
        _("%(yes)d of %(seats)d voting seats say that they come.") % {"yes": coming, "seats": one.seats}  # type: ignore[attr-defined]
        if coming
        else _("Nobody has said yet that they come.")
    )
    return Way(one.title, reverse("councils:meeting-detail", args=[one.reference]), " ".join(told))


def _decisions(looker: _Looker) -> list[Way]:
    """What the viewer's councils decided, and of how much of it no work came. A statement a council, and one."""
    mine = seats_of(looker.viewer, looker.now)
    kinds = (SeatKind.CHAIR, SeatKind.SECRETARY)
    led = Membership.objects.filter(seat_id__in=mine, seat__kind__in=kinds, ended_at=None).values("council_id")
    councils = Council.objects.visible_to(looker.viewer, looker.now).filter(pk__in=led).select_related("subject")
    found = []
    for council in councils.order_by("name", "pk")[:MOST]:
        url = f"{reverse('councils:decision-list')}?{urlencode({'council': council.reference})}"
        rows = decisions.listed(looker.viewer, looker.now, council)
        wanted = decisions.Wanted(carried=decisions.Carried.NOTHING)
        number = decisions.narrowed(rows, wanted, looker.zone, looker.now).count()
        found.append(
            Way(
                _("What %(council)s decided") % {"council": council.name},
                url,
                _("Each decision with its verdict, and what came of it."),
                _number(
                    ngettext("%(n)d without an action", "%(n)d without an action", number),
                    number,
                    f"{url}&carried={decisions.Carried.NOTHING}",
                ),
            )
        )
    return found


# --- departments ---------------------------------------------------------------------------------------------------


def _departments(looker: _Looker) -> list[Way]:
    """The viewer's own departments in review, and their vacant seats. A statement a department."""
    found = []
    for department in looker.departments(SeatKind.HEAD):
        vacant = seats.listed(looker.viewer, looker.now, department=department, filled=False).count()
        narrowed = urlencode({"department": department.reference, "filled": "no"})
        found.append(
            Way(
                _("%(department)s in review") % {"department": department.name},
                reverse("actions:department-review", args=[department.reference]),
                _("What it promised, what is late, what it owes others and is owed."),
                _number(
                    ngettext("%(n)d vacant seat", "%(n)d vacant seats", vacant),
                    vacant,
                    f"{reverse('governance:seat-list')}?{narrowed}",
                ),
            )
        )
    return found


def _actions(looker: _Looker) -> list[Way]:
    """The open actions of the departments that the viewer champions. A statement a department."""
    found = []
    for department in looker.departments(SeatKind.CHAMPION):
        url = f"{reverse('actions:item-list')}?{urlencode({'department': department.reference, 'state': 'open'})}"
        chosen = items.Narrowed(department=department, state="open")
        number = action_lists.narrowed(looker.viewer, looker.now, chosen).count()
        found.append(
            Way(
                _("Actions of %(department)s") % {"department": department.name},
                url,
                _("What it is asked for and what it promised. You may report for every owner there."),
                _number(ngettext("%(n)d open", "%(n)d open", number), number, url),
            )
        )
    return found


def _themes(looker: _Looker) -> list[Way]:
    """What was heard in the departments that the viewer champions, and how much waits for an answer of theirs."""
    found = []
    for department in looker.departments(SeatKind.CHAMPION):
        url = f"{reverse('actions:theme-list')}?{urlencode({'department': department.reference})}"
        owed = themes.listed(looker.viewer, looker.now, themes.Narrowed(department=department, answer="owed")).count()
        found.append(
            Way(
                _("What was heard in %(department)s") % {"department": department.name},
                url,
                _("Themes of what customers said, and what was answered."),
                _number(ngettext("%(n)d to answer", "%(n)d to answer", owed), owed, f"{url}&answer=owed"),
            )
        )
    return found


# --- the whole organisation ----------------------------------------------------------------------------------------


def _packs(looker: _Looker) -> list[Way]:
    number = packs.listed(looker.viewer, looker.now).count()
    url = reverse("actions:pack-list")
    makes = {tenure.seat.kind for tenure in looker.held} & {SeatKind.CX_LEAD, SeatKind.CORE_TEAM}
    says = (
        _("The review, frozen for a named audience. The next one is made here.")
        if makes
        else _("The review, frozen for a named audience: to read before a meeting, and to look up later.")
    )
    return [Way(_("Packs"), url, says, _number(ngettext("%(n)d to read", "%(n)d to read", number), number, url))]


def _coverage(looker: _Looker) -> list[Way]:
    vacant = seats.listed(looker.viewer, looker.now, filled=False).count()
    return [
        Way(
            _("Coverage map"),
            reverse("governance:coverage"),
            _("Who answers where, and where nobody does."),
            _number(
                ngettext("%(n)d vacant seat", "%(n)d vacant seats", vacant),
                vacant,
                f"{reverse('governance:seat-list')}?filled=no",
            ),
        )
    ]


def _triage(looker: _Looker) -> list[Way]:
    owed = themes.listed(looker.viewer, looker.now, themes.Narrowed(answer="owed")).count()
    url = reverse("actions:theme-list")
    return [
        Way(
            _("Themes"),
            url,
            _("What was heard, to which departments it went, and what they answered."),
            _number(ngettext("%(n)d to answer", "%(n)d to answer", owed), owed, f"{url}?answer=owed"),
        )
    ]


def _money(looker: _Looker) -> list[Way]:
    """Work that cost money and whose benefit nobody verified: a finance partner's to do, where there is any. Two
    statements."""
    chosen = items.Narrowed(figure=Figure.UNCOUNTED)
    number = action_lists.narrowed(looker.viewer, looker.now, chosen).count()
    if not number:
        return []
    url = f"{reverse('actions:item-list')}?{urlencode({'figure': str(Figure.UNCOUNTED)})}"
    says = _("Verified work on which money was spent, and of which finance has verified nothing that it brought.")
    number_of = _number(ngettext("%(n)d to verify", "%(n)d to verify", number), number, url)
    return [Way(_("Benefit to verify"), url, says, number_of)]


def _number(words: str, number: int, url: str) -> Number | None:
    """A number with its list; nothing where there is nothing to open."""
    return Number(words % {"n": number}, url) if number else None


def _page(name: Callable[[], str], route: str, says: Callable[[], str]) -> Callable[[_Looker], list[Way]]:
    """A page without a number."""
    return lambda _looker: [Way(name(), reverse(route), says())]


_FINDERS: dict[Look, Callable[[_Looker], list[Way]]] = {
    Look.MEETINGS: _meetings,
    Look.DECISIONS: _decisions,
    Look.DEPARTMENT: _departments,
    Look.ACTIONS: _actions,
    Look.THEMES: _themes,
    Look.SEATS: _coverage,
    Look.TRIAGE: _triage,
    Look.MONEY: _money,
    Look.PACKS: _packs,
    Look.REVIEW: _page(
        lambda: _("Executive review"),
        "actions:review",
        lambda: _("Open work of all departments: what is late, blocked or unowned, and what changed since you looked."),
    ),
    Look.STUCK: _page(
        lambda: _("Who has not acted"),
        "actions:not-acted",
        lambda: _("Seats that were asked for something, and have not answered by their day."),
    ),
    Look.RESOURCES: _page(
        lambda: _("Resources"),
        "actions:resources",
        lambda: _("What was granted, given to work, spent and given back."),
    ),
    Look.RECORD: _page(
        lambda: _("Promise record"),
        "actions:record",
        lambda: _("What became of promises, told of groups that are large enough."),
    ),
    Look.JOURNAL: _page(
        lambda: _("Journal"),
        "governance:journal-list",
        lambda: _("What was done, by whom and when. Nothing leaves it."),
    ),
    Look.JOURNEYS: _page(
        lambda: _("Journeys"),
        "governance:journey-list",
        lambda: _("The steps that customers go through, and which seat answers for each."),
    ),
    Look.SETTINGS: _page(
        lambda: _("Settings"),
        "notifications:settings",
        lambda: _("How this place is set up, and whether its mail goes out."),
    ),
    Look.PLACE: _page(
        lambda: _("Who answers to whom"),
        "councils:accountability",
        lambda: _("The councils, their sponsors, and the seats in them."),
    ),
    Look.RULES: _page(
        lambda: _("Charters"), "governance:charter-list", lambda: _("The rules by which councils decide, in sentences.")
    ),
}
