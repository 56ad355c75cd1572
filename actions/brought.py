"""What actions and what was heard put onto agendas: resources asked for, other dates, themes above a threshold.

Sources of :mod:`councils.sources`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from actions.lifecycle import OPEN, RUNNING
from actions.matters import THEME
from actions.models import ActionItem, DateRequest, Feedback, Promise, ResourceRequest, Response, Routing, Theme
from actions.queries import approving, delegating
from actions.services import agenda_of
from actions.services.agenda_of import LATE_ACTION
from councils.brought import LONGEST_TITLE
from councils.models import Account, AccountKind, AgendaItem, Council, ItemState, Membership, Way
from councils.queries import books
from councils.services import delegated
from councils.sources import DATE, RESOURCES, Found, Room, Source, declare
from councils.sources import THEME as SOURCE
from governance.clauses import Rules, enforces
from governance.models import Duty, DutyKind
from governance.queries.departments import with_those_below
from governance.quoting import inside
from governance.services import duties

TOGETHER = 300
"""Moments in one statement: a condition may be nested a thousand deep at most on SQLite."""

# --- resources -----------------------------------------------------------------------------------------------------


def still_asked_for(items: Sequence[AgendaItem], _now: datetime) -> Mapping[int, str]:
    """What was asked for holds while the work is open; an overrun as long as it is owed. A few statements."""
    concerned = [item for item in items if item.matter == agenda_of.RESOURCES]
    if not concerned:
        return {}
    about = {item.about_id for item in concerned}
    asked = set(ResourceRequest.objects.filter(item__in=concerned).values_list("item_id", flat=True))
    runs = set(ActionItem.objects.filter(pk__in=about, state__in=sorted(OPEN)).values_list("pk", flat=True))
    overruns = Account.objects.filter(subject_id__in=about, kind=AccountKind.OVERRUN)
    held = books.weights(overruns)
    owes = {account.subject_id for account in overruns if held.get(account.pk, 0)}
    said = {}
    for item in concerned:
        if item.about_id in owes or (item.pk in asked and item.about_id in runs):
            said[item.pk] = ""
        elif item.pk in asked:
            said[item.pk] = _("The work that it was asked for is closed.")
        else:
            said[item.pk] = _("What was overrun is covered by now.")
    return said


def allocated_alone(items: Sequence[AgendaItem], now: datetime) -> Mapping[int, str]:
    """What the charter lets a seat allocate without a meeting, and who that is today. Nobody's own work."""
    if not items:
        return {}
    found = {}
    version = duties.rules_in_force(items[0].council.charter, now)
    waiting = ResourceRequest.objects.filter(item__in=items, minutes=0).select_related(
        "item__council__department", "item__subject", "item__about", "action__council__sponsor__seat__subject", "by"
    )
    for request in waiting if Rules.from_json(version.rules).delegation.to else ():
        mandate = next((one for one in delegating.mandates(request.action, version) if one.way == Way.DELEGATED), None)
        if mandate is None or delegated.judge(request.item, request.amount, mandate, now).refusal:
            continue
        who = approving.answers_for(mandate.seat.pk, now)
        if who is not None and who not in approving.owners(request.action, now) | {request.by_id}:
            found[request.item_id] = _("%(seat)s may allocate it without a meeting, as the charter says.") % {
                "seat": mandate.seat.subject.title
            }
    return found


# --- other dates ---------------------------------------------------------------------------------------------------


def still_wanted(items: Sequence[AgendaItem], _now: datetime) -> Mapping[int, str]:
    """Another date is the council's to grant until another one holds, or the work runs no more. Three statements."""
    concerned = [item for item in items if item.matter == LATE_ACTION]
    asked: dict[int, DateRequest] = {}
    rows = DateRequest.objects.filter(item__in=[item.pk for item in concerned]).select_related("promise")
    for request in rows.order_by("pk"):
        asked[request.item_id or 0] = request
    about = {item.about_id for item in concerned if item.pk in asked}
    last = dict(
        Promise.objects.filter(action_id__in=about, taken_back_at=None)
        .order_by()
        .values_list("action_id")
        .annotate(last=Max("number"))
    )
    runs = set(ActionItem.objects.filter(pk__in=about, state__in=sorted(RUNNING)).values_list("pk", flat=True))
    said = {}
    for item in concerned:
        if item.pk not in asked:
            continue
        if item.about_id not in runs:
            said[item.pk] = _("The work runs no more.")
        elif last.get(item.about_id, 0) > asked[item.pk].promise.number:
            said[item.pk] = _("Another date holds by now.")
        else:
            said[item.pk] = _("The date is asked for no more.") if asked[item.pk].answer else ""
    return said


def granted_alone(items: Sequence[AgendaItem], now: datetime) -> Mapping[int, str]:
    """Another date that a seat may approve by now, under the charter that holds: the owner asks there."""
    found: dict[int, str] = {}
    asked = DateRequest.objects.filter(item__in=items, answer="").select_related(
        "item", "action__subject", "action__seat", "action__council__charter"
    )
    for request in asked:
        rules = Rules.from_json(duties.rules_in_force(request.action.council.charter, now).rules)
        seat = approving.approver(request.action, rules, now, asks=request.asked_by_id)
        if seat is not None and request.item_id is not None:
            found[request.item_id] = _(
                "%(seat)s may approve another date. Whoever owns the work asks for it again."
            ) % {"seat": approving.title_of(seat)}
    return found


# --- themes --------------------------------------------------------------------------------------------------------


@enforces("agenda")
def themes(room: Room) -> list[Found]:
    """Themes above the charter's thresholds that this council hears, and that stand on no agenda that it may know of.

    Counted is what was said since a theme was last on an agenda, and since somebody last answered it. A few statements.
    """
    rule = room.rules.agenda
    if not rule.heard and not rule.waiting:
        return []
    heard_in = Routing.objects.filter(department_id__in=_hears(room.council), heard__gt=0).values("theme_id")
    since = room.now - timedelta(days=rule.days)
    loud: dict[int, int] = {}
    if rule.heard:
        rows = _mentions().filter(theme__in=heard_in, received_at__gte=since, received_at__lte=room.now)
        loud = dict(rows.annotate(n=Count("pk")).filter(n__gte=rule.heard).values_list("theme_id", "n"))
    waits: dict[int, int] = {}
    if rule.waiting:
        rows = _mentions().filter(theme__in=heard_in, closed_at=None).exclude(
            theme__in=Response.objects.values("theme_id")
        )  # fmt: skip
        waits = dict(rows.annotate(n=Count("pk")).filter(n__gte=rule.waiting).values_list("theme_id", "n"))
    known = {*loud, *waits}
    if not known:
        return []
    standing, last = _talked_about(known, room.council)
    fresh = _fresh({key: at for key, at in _last_word(known, last).items() if key in loud and at > since}, room.now)
    found = []
    for theme in (
        Theme.objects.filter(pk__in=known - standing, merged_into=None).select_related("subject").order_by("pk")
    ):
        times = fresh.get(theme.pk, loud.get(theme.pk, 0))
        if rule.heard and times >= rule.heard:
            # Counted is what is new since it was talked about, so it is eligible from now on, once more or not.
            found.append(Found(theme.pk, THEME, _heard_often(theme, times, rule.days), room.now))
        elif theme.pk in waits and theme.pk not in last:
            found.append(Found(theme.pk, THEME, _waits(theme, waits[theme.pk]), room.now))
    return found


def _mentions() -> Any:
    return Feedback.objects.order_by().values("theme_id")


def _hears(council: Council) -> set[int]:
    """The departments that a council hears: those that its members represent, and its own with what lies below."""
    represented = Membership.objects.filter(council=council, ended_at=None, represents__isnull=False)
    return with_those_below([*represented.values_list("represents_id", flat=True), council.department_id])


def _talked_about(themes: Collection[int], council: Council) -> tuple[set[int], dict[int, datetime]]:
    """Which of these stand on an agenda, and when each was last put onto one: this council's, or an open one's."""
    rows = (
        AgendaItem.objects.filter(about_id__in=themes, matter=THEME)
        .filter(Q(council=council) | Q(council__is_confidential=False))
        .order_by()
        .values_list("about_id")
        .annotate(last=Max("raised_at", filter=Q(left_at=None)), stands=Count("pk", filter=Q(state=ItemState.OPEN)))
    )
    standing, last = set(), {}
    for theme, at, stands in rows:
        if stands:
            standing.add(theme)
        if at is not None:
            last[theme] = at
    return standing, last


def _last_word(themes: Collection[int], talked: Mapping[int, datetime]) -> dict[int, datetime]:
    """When each was last talked about or answered."""
    answered: dict[int, datetime] = dict(
        Response.objects.filter(theme_id__in=themes).order_by().values_list("theme_id").annotate(last=Max("at"))
    )
    return {
        key: max(at for at in (answered.get(key), talked.get(key)) if at is not None)
        for key in themes
        if key in answered or key in talked
    }


def _fresh(since: Mapping[int, datetime], now: datetime) -> dict[int, int]:
    """How often each was heard after its moment. One statement for every few hundred of them."""
    counted: dict[int, int] = {}
    moments = list(since.items())
    for start in range(0, len(moments), TOGETHER):
        after = Q()
        for key, at in moments[start : start + TOGETHER]:
            after |= Q(theme_id=key, received_at__gt=at)
        rows = _mentions().filter(after, received_at__lte=now).annotate(n=Count("pk"))
        counted |= dict(rows.values_list("theme_id", "n"))
    return {key: counted.get(key, 0) for key in since}


def _heard_often(theme: Theme, times: int, days: int) -> str:
    return ngettext(
        "“%(theme)s” was heard %(n)d time within %(days)d days: what is the council's answer?",
        "“%(theme)s” was heard %(n)d times within %(days)d days: what is the council's answer?",
        times,
    ) % {"theme": inside(theme.name[:LONGEST_TITLE]), "n": times, "days": days}


def _waits(theme: Theme, number: int) -> str:
    return ngettext(
        "“%(theme)s” has %(n)d open mention, and nobody answered: what is the council's answer?",
        "“%(theme)s” has %(n)d open mentions, and nobody answered: what is the council's answer?",
        number,
    ) % {"theme": inside(theme.name[:LONGEST_TITLE]), "n": number}


def still_heard(items: Sequence[AgendaItem], _now: datetime) -> Mapping[int, str]:
    """A theme that its threshold brought holds until it is answered, merged, or heard of no more. Three statements."""
    concerned = [item for item in items if item.source == SOURCE and item.matter == THEME]
    if not concerned:
        return {}
    about = {item.about_id for item in concerned}
    answered: dict[int, datetime] = dict(
        Response.objects.filter(theme_id__in=about).order_by().values_list("theme_id").annotate(last=Max("at"))
    )
    owed = set(
        Duty.objects.filter(subject_id__in=about, kind=DutyKind.ANSWER, closed_at=None).values_list(
            "subject_id", flat=True
        )
    )
    gone = set(Theme.objects.filter(pk__in=about, merged_into__isnull=False).values_list("pk", flat=True))
    heard = set(Routing.objects.filter(theme_id__in=about, heard__gt=0).values_list("theme_id", flat=True))
    said = {}
    for item in concerned:
        said[item.pk] = ""
        if item.about_id in gone:
            said[item.pk] = _("The theme was merged into another one.")
        elif item.about_id not in heard:
            said[item.pk] = _("Nothing is heard of it any more.")
        elif item.about_id not in owed and answered.get(item.about_id, item.raised_at) > item.raised_at:
            said[item.pk] = _("Every department that hears it has answered.")
    return said


declare(
    Source(
        RESOURCES,
        gettext_lazy("resources asked for"),
        gettext_lazy("Money and time that an owner asks for, or that was spent beyond what was allocated."),
        gettext_lazy("It leaves by itself once it is allocated without the council, or the work is closed."),
        still=still_asked_for,
        alone=allocated_alone,
    )
)
declare(
    Source(
        DATE,
        gettext_lazy("another date"),
        gettext_lazy("A later date that the council alone may grant."),
        gettext_lazy("It leaves by itself once another date holds, or the work runs no more."),
        still=still_wanted,
        alone=granted_alone,
    )
)
declare(
    Source(
        SOURCE,
        gettext_lazy("theme above the threshold"),
        gettext_lazy("What was heard so often, or waits so long for an answer, that the charter puts it here."),
        gettext_lazy("It leaves by itself once it is answered everywhere, or merged into another theme."),
        still=still_heard,
        find=themes,
    )
)
