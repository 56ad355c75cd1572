"""The frame of every page: who is signed in, where they may go, and how much waits for them.

Worked out once a request and only when a template asks, in at most eight statements.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from governance.models import Organisation, Person, SeatKind, Tenure
from governance.queries.seats import held_by
from notifications.queries.home import Load, load_of
from notifications.queries.inbox import delivered


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    hot: bool = False
    live: str = ""
    """Where the count is asked for again while the page stands open."""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    links: list[Link]


@dataclass(frozen=True, slots=True)
class Who:
    name: str
    initials: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What ``templates/base.html`` reads as ``shell``."""

    organisation: str
    home_url: str
    person: Who
    groups: list[Group] = field(default_factory=list)
    tabs: list[Link] = field(default_factory=list)
    sign_out_url: str = ""
    may_capture: bool = False
    capture_url: str = ""
    search_url: str = ""


# Route, label, icon, and whether it is on the rail of somebody with these seats.
Entry = tuple[str, str, str, Callable[[set[str]], bool]]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": SimpleLazyObject(lambda: _shell_of(request))}


def _shell_of(request: HttpRequest) -> Shell | None:
    known: Shell | None = getattr(request, "_shell", None)
    person = getattr(request, "user", None)
    if known is None and isinstance(person, Person) and person.is_active:
        known = build(person, request.path, timezone.now())
        request._shell = known  # type: ignore[attr-defined]  # kept with the request that it was worked out for
    return known


def build(person: Person, path: str, now: datetime) -> Shell:
    """The frame for ``person`` on the page at ``path``."""
    tenures = held_by(person, now)
    load = load_of(person, now)
    name, unread = _organisation(person, now)
    groups = [
        Group(label, found)
        for label, entries in _rail(tenures)
        if (found := _links(entries, {tenure.seat.kind for tenure in tenures}, path, load, unread))
    ]
    everything = {link.url: link for group in groups for link in group.links}
    tabs = [replace(everything[url], label=label) for route, label in _tabs() if (url := _url(route)) in everything]
    return Shell(
        organisation=name,
        home_url=_url("notifications:home") or "/",
        person=Who(
            person.name, person.initials, _role(tenures), _url("governance:me") or _url("notifications:preferences")
        ),
        groups=groups,
        tabs=tabs,
        sign_out_url=_url("governance:sign-out"),
        search_url=_url("governance:search"),
    )


def _organisation(person: Person, now: datetime) -> tuple[str, int]:
    """Its name, and how much lies unread in the inbox of ``person``: one statement for both."""
    unread = delivered(person, now, unread=True).order_by().values("person").annotate(number=Count("pk"))
    row = Organisation.objects.annotate(unread=Subquery(unread.values("number"))).values_list("name", "unread").first()
    return (row[0], row[1] or 0) if row else ("Keep", 0)


def _tabs() -> list[tuple[str, str]]:
    """What the thumb reaches on a phone, in fewer words than on the rail."""
    return [
        ("notifications:home", _("My work")),
        ("notifications:inbox", _("Inbox")),
        ("actions:item-list", _("Actions")),
        ("notifications:upcoming", _("Next")),
    ]


def _rail(tenures: list[Tenure]) -> list[tuple[str, list[Entry]]]:
    """The rail, top to bottom. Work carries the name of the seat that somebody champions or heads a department in."""
    seat = next((t.seat for t in tenures if t.seat.kind in (SeatKind.CHAMPION, SeatKind.HEAD)), None)
    return [
        (
            "",
            [
                ("notifications:home", _("My work"), "home", _everybody),
                ("notifications:inbox", _("Inbox"), "inbox", _everybody),
                ("notifications:upcoming", _("What happens next"), "clock", _everybody),
            ],
        ),
        (
            seat.subject.title if seat is not None else _("Work"),
            [
                ("actions:item-list", _("Actions"), "action", _everybody),
                ("actions:request-list", _("Requests"), "next", _everybody),
                ("actions:theme-list", _("Themes"), "theme", _everybody),
                ("actions:feedback-list", _("Feedback"), "feedback", _everybody),
                ("actions:source-list", _("Sources"), "upload", _triages),
            ],
        ),
        (
            _("Councils"),
            [
                ("councils:council-list", _("Councils"), "council", _everybody),
                ("councils:meeting-list", _("Meetings"), "calendar", _everybody),
                ("councils:decision-list", _("Decisions"), "decision", _everybody),
                ("councils:envelope-list", _("Resources"), "money", _everybody),
            ],
        ),
        (
            _("Organisation"),
            [
                ("actions:review", _("Executive review"), "chart", _everybody),
                ("actions:owes", _("Who owes whom"), "request", _everybody),
                ("governance:department-list", _("Departments"), "map", _everybody),
                ("councils:accountability", _("Who answers to whom"), "link", _everybody),
                ("governance:journey-list", _("Journeys"), "repeat", _everybody),
                ("governance:seat-list", _("Seats"), "seat", _everybody),
                ("governance:charter-list", _("Charters"), "charter", _everybody),
                ("governance:metric-list", _("Metrics and goals"), "kpi", _everybody),
                ("actions:outcome-list", _("Outcomes"), "check", _everybody),
                ("actions:pilot-list", _("Where it travelled"), "road", _everybody),
                ("governance:person-list", _("People"), "people", _everybody),
                ("governance:journal-list", _("Journal"), "journal", _everybody),
                ("notifications:outbox", _("Outbox"), "bell", _administers),
                ("notifications:settings", _("Settings"), "settings", _administers),
            ],
        ),
    ]


def _everybody(_kinds: set[str]) -> bool:
    return True


def _triages(kinds: set[str]) -> bool:
    return bool(kinds & {SeatKind.CX_LEAD, SeatKind.CORE_TEAM, SeatKind.ADMINISTRATOR})


def _administers(kinds: set[str]) -> bool:
    return bool(kinds & {SeatKind.CX_LEAD, SeatKind.ADMINISTRATOR})


# What is answered on the home page, and shows it again where something lacks.
HOME_DEEDS = "/my-work/"


def _links(entries: Iterable[Entry], kinds: set[str], path: str, load: Load, unread: int) -> list[Link]:
    counts = {"notifications:home": load.mine, "notifications:inbox": unread}
    found = []
    for route, label, icon, is_shown in entries:
        url = _url(route)
        if url and is_shown(kinds):
            here = path == url or path.startswith(HOME_DEEDS) if url == "/" else path.startswith(url)
            hot = route == "notifications:home" and load.late > 0
            live = _url("notifications:inbox-count") if route == "notifications:inbox" else ""
            found.append(Link(label, url, icon, here, counts.get(route) or None, hot, live))
    return found


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _role(tenures: list[Tenure]) -> str:
    """The seat that somebody is known by: one that they hold before one that they deputise for; administering last."""
    known_by = sorted(tenures, key=lambda tenure: tenure.seat.kind == SeatKind.ADMINISTRATOR)
    return known_by[0].seat.subject.title if known_by else ""
