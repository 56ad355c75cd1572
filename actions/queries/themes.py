"""Themes: what was heard, where it was routed, who owes an answer by when, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from actions.models import ActionItem, Feedback, FeedbackSource, Response, Routing, RoutingRule, Theme
from actions.services.theme_shapes import may_shape
from actions.services.themes import condition_of, may_answer
from councils.access import FUND, PREPARE, VOTE
from councils.models import AgendaItem, Council
from governance import access
from governance.errors import Absent
from governance.models import Department, Duty, DutyKind, Person
from governance.queries.calendars import began
from governance.queries.duties import Move, moves, open_duties

QUOTES = 4
# Words by which sources say that somebody did not agree to be quoted.
REFUSED = (
    "no",
    "No",
    "NO",
    "false",
    "False",
    "0",
    "refused",
    "Refused",
    "withdrawn",
    "Withdrawn",
    "Consent not provided",
    "Consent withdrawn",
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list of themes is narrowed to."""

    department: Department | None = None
    source: FeedbackSource | None = None
    answer: str = ""
    """``owed``: somebody owes an answer; ``given``: some department has answered."""
    words: str = ""
    heard_from: date | None = None
    """First heard on this day or later."""


@dataclass(frozen=True, slots=True)
class Place:
    """A theme in one department: how much of it, who owes the answer by when, and the last answer given."""

    routing: Routing
    move: Move | None
    response: Response | None

    @property
    def department(self) -> Department:
        return self.routing.department


@dataclass(frozen=True, slots=True)
class Line:
    """A theme with its places."""

    theme: Theme
    heard: int
    open_at_source: int
    without_target: int
    places: Sequence[Place]

    @property
    def next(self) -> Move | None:
        """Who moves first."""
        owed = [place.move for place in self.places if place.move is not None]
        return min(owed, key=lambda move: (move.by is None, move.by), default=None)

    @property
    def owed(self) -> int:
        return sum(place.move is not None for place in self.places)

    @property
    def answered(self) -> int:
        return sum(place.response is not None for place in self.places)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on a theme's page but the feedback itself."""

    line: Line
    reasons: Sequence[tuple[Place, str]]
    quotes: Sequence[Feedback]
    responses: Sequence[Response]
    actions: Sequence[ActionItem]
    agenda: Sequence[AgendaItem]
    may_answer_for: Sequence[Department]
    may_ask: Sequence[Council]
    may_route: bool
    may_shape: bool
    merged: Sequence[Theme]
    """The themes that were merged into it."""


def _total(column: str) -> Coalesce:
    """The sum of a column over a theme's routings."""
    sums = Routing.objects.filter(theme=OuterRef("pk")).order_by().values("theme").annotate(total=Sum(column))
    return Coalesce(Subquery(sums.values("total"), output_field=IntegerField()), 0)


def listed(viewer: Person, now: datetime, narrowed: Narrowed | None = None) -> QuerySet[Theme]:
    """Themes that something is heard of, most open at their source first."""
    chosen = narrowed or Narrowed()
    found: QuerySet[Theme] = Theme.objects.visible_to(viewer, now).filter(subject__archived_at=None)
    if chosen.department is not None:
        there = Routing.objects.filter(theme=OuterRef("pk"), department=chosen.department, heard__gt=0)
        found = found.filter(Exists(there))
    if chosen.source is not None:
        found = found.filter(Exists(Feedback.objects.filter(theme=OuterRef("pk"), source=chosen.source)))
    if chosen.answer == "owed":
        owed = Duty.objects.filter(subject=OuterRef("pk"), kind=DutyKind.ANSWER, closed_at=None)
        if chosen.department is not None:
            owed = owed.filter(department=chosen.department)
        found = found.filter(Exists(owed))
    elif chosen.answer == "given":
        given = Response.objects.filter(theme=OuterRef("pk"))
        if chosen.department is not None:
            given = given.filter(department=chosen.department)
        found = found.filter(Exists(given))
    if chosen.heard_from is not None:
        found = found.filter(subject__created_at__gte=began(chosen.heard_from))
    if chosen.words:
        found = found.filter(name__icontains=chosen.words)
    return found.annotate(
        heard=_total("heard"), open_at_source=_total("open_at_source"), without_target=_total("without_target")
    ).order_by("-open_at_source", "-heard", "pk")


def get(reference: str, viewer: Person, now: datetime) -> Theme:
    """One theme by its reference; raises :class:`Absent` for what is not there or may not be seen."""
    found: Theme | None = (
        Theme.objects.visible_to(viewer, now).filter(subject__reference=reference, merged_into=None).first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def led_to(reference: str, viewer: Person, now: datetime) -> Theme | None:
    """The theme that a merged one leads to, where ``viewer`` may see that; None for any other reference."""
    gone = Theme.objects.filter(subject__reference=reference, merged_into__isnull=False).first()
    return Theme.objects.visible_to(viewer, now).filter(pk=gone.merged_into_id).first() if gone is not None else None


def lines(themes: Iterable[Theme], now: datetime) -> list[Line]:
    """The places of these themes. The number of statements does not grow with their number."""
    listed_themes = list(themes)
    ids = [theme.pk for theme in listed_themes]
    routings: dict[int, list[Routing]] = defaultdict(list)
    rows = Routing.objects.filter(theme_id__in=ids, heard__gt=0).select_related(
        "department__subject", "rule__source", "rule__from_department"
    )
    for routing in rows.order_by("-open_at_source", "-heard", "pk"):
        routings[routing.theme_id].append(routing)
    owed = [duty for duty in open_duties(subject_ids=ids) if duty.kind == DutyKind.ANSWER]
    by_duty = {move.duty_id: move for move in moves(owed, now)}
    next_of = {(duty.subject_id, duty.department_id): by_duty[duty.pk] for duty in owed}
    said = {
        (response.theme_id, response.department_id): response
        for response in Response.objects.filter(theme_id__in=ids).select_related("by").order_by("pk")
    }
    return [
        Line(
            theme=theme,
            heard=sum(routing.heard for routing in routings[theme.pk]),
            open_at_source=sum(routing.open_at_source for routing in routings[theme.pk]),
            without_target=sum(routing.without_target for routing in routings[theme.pk]),
            places=[
                Place(
                    routing, next_of.get((theme.pk, routing.department_id)), said.get((theme.pk, routing.department_id))
                )
                for routing in routings[theme.pk]
            ],
        )
        for theme in listed_themes
    ]


def page(theme: Theme, viewer: Person, now: datetime) -> Page:
    """What the page of a theme shows to ``viewer``."""
    line = lines([theme], now)[0]
    departments = [place.department for place in line.places]
    merged = list(Theme.objects.filter(merged_into=theme).select_related("subject").order_by("pk"))
    may_route = {department.pk for department in departments} <= access.containers_of(viewer, now, access.TRIAGE)
    return Page(
        line=line,
        reasons=_reasons(theme, line.places),
        quotes=list(quotable(Feedback.objects.filter(theme=theme)).select_related("source__subject")[:QUOTES]),
        responses=list(
            Response.objects.filter(theme=theme).select_related("by", "department__subject").order_by("-pk")
        ),
        actions=list(
            ActionItem.objects.visible_to(viewer, now)
            .filter(theme=theme)
            .select_related("seat__subject")
            .order_by("-pk")
        ),
        agenda=list(
            AgendaItem.objects.visible_to(viewer, now)
            .filter(about_id__in=[theme.pk, *(one.pk for one in merged)])
            .select_related("council__subject", "meeting__subject")
            .order_by("-pk")
        ),
        may_answer_for=[
            department
            for department in departments
            if may_answer(theme=theme, department=department, by=viewer, now=now)
        ],
        may_ask=councils_to_ask(viewer, now),
        may_route=may_route,
        may_shape=may_shape(theme, viewer, now),
        merged=merged,
    )


def quotable(feedback: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """What may stand for a theme: it has words, and whoever said it did not refuse to be quoted."""
    return feedback.exclude(text="").exclude(consent__in=REFUSED).order_by("-pk")


def councils_to_ask(viewer: Person, now: datetime) -> list[Council]:
    """The councils on whose agenda ``viewer`` may put a theme."""
    ids: set[int] = set()
    for right in (PREPARE, VOTE, FUND):
        ids |= access.containers_of(viewer, now, right)
    return list(Council.objects.visible_to(viewer, now).filter(pk__in=ids).order_by("name"))


def _reasons(theme: Theme, places: Sequence[Place]) -> list[tuple[Place, str]]:
    """Why a theme stands in each of its departments, in a sentence."""
    named = set(
        Feedback.objects.filter(theme=theme, named_department=F("department"))
        .order_by()
        .values_list("department_id", flat=True)
        .distinct()
    )
    return [(place, _reason(place, named)) for place in places]


def _reason(place: Place, named: set[int]) -> str:
    rule: RoutingRule | None = place.routing.rule
    if rule is not None:
        return _("Routing rule %(position)d: where %(condition)s, it goes to %(department)s.") % {
            "position": rule.position,
            "condition": condition_of(rule),
            "department": place.department.name,
        }
    if place.department.pk in named:
        return _("The source names %(department)s, and no routing rule says otherwise.") % {
            "department": place.department.name
        }
    return _("Neither a routing rule nor the source names a department, so it stands with the CX lead's.")
