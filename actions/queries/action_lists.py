"""Lists of actions as somebody works with them: narrowed, searched, sorted, counted. All start from ``items.listed``.

A new column that may be sorted by is a line of ``ORDERS``; a new way of narrowing is a field of ``Narrowed``, a step of
``narrowed`` and a line of ``words``.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.figures import LABELS, OUTCOMES, Figure, Moment
from actions.models import ActionItem, ActionState, Health
from actions.queries import items
from actions.queries.items import Narrowed
from actions.queries.scope import Scope
from councils.queries import books
from councils.queries.books import Money
from governance import access
from governance.errors import Invalid
from governance.models import Person, Seat
from governance.queries.calendars import LATEST, began

MOST_WORDS = 8

SEVERAL_STATES = [("open", gettext_lazy("open")), ("underway", gettext_lazy("under way"))]
"""``items.SEVERAL`` in words."""

BY_MONEY = "-allocated"
"""By what is allocated by now in the house's currency: an order needs one."""

ORDERS: dict[str, tuple[object, Sequence[OrderBy]]] = {
    "promised": (gettext_lazy("Promised first"), [F("promised").asc(nulls_last=True)]),
    "-promised": (gettext_lazy("Promised last"), [F("promised").desc(nulls_last=True)]),
    "-updated": (gettext_lazy("Said last"), [F("last_update_at").desc(nulls_last=True)]),
    "updated": (gettext_lazy("Silent longest"), [F("last_update_at").asc(nulls_first=True)]),
    "title": (gettext_lazy("Title"), [F("subject__title").asc()]),
    "department": (gettext_lazy("Department"), [F("department__name").asc()]),
    "council": (gettext_lazy("Council"), [F("council__name").asc()]),
    "-progress": (gettext_lazy("Furthest"), [F("progress").desc()]),
    BY_MONEY: (gettext_lazy("Most money"), [F("given").desc()]),
    "-created": (gettext_lazy("Newest"), [F("pk").desc()]),
}
"""What a list may be sorted by, with its words. Without one: open ones first, by promised day."""


def narrowed(viewer: Person, now: datetime, chosen: Narrowed, at: Moment | None = None) -> QuerySet[ActionItem]:
    """The actions that ``viewer`` may see, as ``chosen``. Raises :class:`Invalid` at what there is not."""
    refused = refusal(chosen.seat, chosen.figure, viewer, now)
    if refused:
        raise Invalid(refused, field="figure")
    found = items.listed(
        viewer, now, chosen.department, chosen.figure, chosen.council, chosen.seat, chosen.state or None, at
    )
    if chosen.health:
        if chosen.health not in Health.values:
            raise Invalid(_("There is no such health."), field="health")
        found = found.filter(health=chosen.health)
    if chosen.theme is not None:
        found = found.filter(theme=chosen.theme.lasting)
    if chosen.mine:
        found = found.filter(seat_id__in=list(access.seats_of(viewer, now)))
    scope = Scope(within=chosen.within, sponsor=chosen.sponsor, journey=chosen.journey)
    if not scope.is_all:
        found = found.filter(scope.actions())
    if chosen.due_from is not None:
        found = found.filter(promised__gte=chosen.due_from)
    if chosen.due_until is not None:
        found = found.filter(promised__lte=chosen.due_until)
    if chosen.accepted_from is not None or chosen.accepted_until is not None:
        found = found.filter(_accepted(chosen.accepted_from, chosen.accepted_until))
    for word in chosen.words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(subject__title__icontains=word) | Q(proof__icontains=word) | Q(subject__reference__iexact=word)
        )
    if chosen.sort:
        if chosen.sort not in ORDERS:
            raise Invalid(_("There is no such order."), field="sort")
        if chosen.sort == BY_MONEY:
            found = found.annotate(given=books.allocated_there())
        found = found.order_by(*ORDERS[chosen.sort][1], "pk")
    return found


def refusal(seat: Seat | None, figure: str, viewer: Person, now: datetime) -> str:
    """Why a list is not narrowed to both; empty where it is. One statement at most."""
    if seat is None or figure not in OUTCOMES or access.holds(viewer, seat.pk, now):
        return ""
    return _("What came of work is not told of one seat. Leave out the seat or the figure.")


def _accepted(first: date | None, last: date | None) -> Q:
    """Accepted from the one day to the other, where the organisation is. One statement a day."""
    found = Q(accepted_at__isnull=False)
    if first is not None:
        found &= Q(accepted_at__gte=began(first))
    if last is not None:
        found &= Q(accepted_at__lt=began(min(last, LATEST) + timedelta(days=1)))
    return found


class Cut:
    """A list that is counted and cut into pages: keys are sorted first, and only a page's rows are read in full.

    With whole rows sorted, a page far down costs several times the first; by keys it costs about as much.
    """

    def __init__(self, found: QuerySet[ActionItem]) -> None:
        self._found = found

    def count(self) -> int:
        return self._found.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, cut: slice) -> list[ActionItem]:
        keys = list(self._found.values_list("pk", flat=True)[cut])
        # The keys are of what the viewer may see; the same joins, without asking that again.
        whole = ActionItem.objects.all()
        whole.query.select_related = self._found.query.select_related
        rows = whole.in_bulk(keys)
        return [rows[key] for key in keys if key in rows]


def allocated(found: QuerySet[ActionItem]) -> list[Money]:
    """What the actions of a list hold by now, less what was given back, by currency. One statement."""
    return books.allocated_in_all(found.order_by().values("pk"))


def words(chosen: Narrowed) -> list[tuple[str, str, str]]:
    """``(parameter, label, value)`` of each filter that is set, for chips."""
    state = dict([*SEVERAL_STATES, *ActionState.choices]).get(chosen.state, "")
    return [
        ("words", _("Words"), chosen.words),
        ("department", _("Department"), chosen.department.name if chosen.department else ""),
        ("within", _("Department, with those below"), chosen.within.name if chosen.within else ""),
        ("council", _("Council"), chosen.council.name if chosen.council else ""),
        ("sponsor", _("Sponsor"), chosen.sponsor.title if chosen.sponsor else ""),
        ("journey", _("Journey"), chosen.journey.title if chosen.journey else ""),
        ("theme", _("Theme"), chosen.theme.name if chosen.theme else ""),
        ("seat", _("Seat"), chosen.seat.title if chosen.seat else ""),
        ("mine", _("Whose"), _("of my seats") if chosen.mine else ""),
        ("state", _("State"), str(state)),
        ("health", _("Health"), str(dict(Health.choices).get(chosen.health, ""))),
        ("figure", _("Figure"), str(LABELS[Figure(chosen.figure)]) if chosen.figure else ""),
        ("due_from", _("Due from"), date_format(chosen.due_from) if chosen.due_from else ""),
        ("due_until", _("Due until"), date_format(chosen.due_until) if chosen.due_until else ""),
        ("accepted_from", _("Accepted from"), date_format(chosen.accepted_from) if chosen.accepted_from else ""),
        ("accepted_until", _("Accepted until"), date_format(chosen.accepted_until) if chosen.accepted_until else ""),
        ("sort", _("Sorted"), str(ORDERS[chosen.sort][0]) if chosen.sort else ""),
    ]


def address(chosen: Narrowed) -> dict[str, str]:
    """What is chosen as the parameters of an address, in one order whoever asked."""
    told: dict[str, str] = {}
    for name, value in asdict_of(chosen).items():
        if isinstance(value, Model):
            told[name] = value.subject.reference  # type: ignore[attr-defined]
        elif value is True:
            told[name] = "on"
        elif value:
            told[name] = str(value)
    return told


def asdict_of(chosen: Narrowed) -> dict[str, object]:
    return {name: getattr(chosen, name) for name in Narrowed.__dataclass_fields__}
