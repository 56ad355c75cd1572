"""Whether a seat fits the matter, in sentences that name the seat that has it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from actions.fit import Line, Misfit, Why, judge
from actions.models import ActionItem, ResourceRequest, Routing, Theme
from councils.models import ItemState
from councils.queries import books
from governance import access
from governance.models import ExecutiveSponsor, JourneyStep, Organisation, Person, Seat, SeatKind
from governance.money import format_minor


@dataclass(frozen=True, slots=True)
class Unfitting:
    """One way in which a seat does not fit, as its reader may know it, and the reference of the seat that does."""

    says: str
    reference: str


@dataclass(frozen=True, slots=True)
class Money:
    """What an action needs (allocated, and asked for on an agenda), and the sponsor in whose line it stands."""

    needed: int
    sponsor: ExecutiveSponsor
    above: int | None
    """The seat of the sponsor with the least authority that covers it; of a confidential council nobody else's."""


def money_of(action: ActionItem, *, sponsor: ExecutiveSponsor | None = None, asks: int = 0) -> Money:
    """The money of an action beside the authority of its line: its own sponsor's, else its council's.

    ``sponsor`` stands in for one that is about to be named, ``asks`` is money that is about to be asked for. In minor
    units of the organisation's currency, as authority is. At most four statements.
    """
    waiting = ResourceRequest.objects.filter(action=action, item__state=ItemState.OPEN).aggregate(sum=Sum("amount"))
    needed = books.allocated_to([action.pk]).get(action.pk, 0) + (waiting["sum"] or 0) + asks
    line = sponsor or action.sponsor or action.council.sponsor
    above = None
    if 0 < line.funding_authority < needed and not action.council.is_confidential:
        covers = ExecutiveSponsor.objects.filter(funding_authority__gte=needed, seat__subject__archived_at=None)
        above = covers.order_by("funding_authority", "pk").values_list("pk", flat=True).first()
    return Money(needed, line, above)


def misfits(
    seat: Seat,
    theme: Theme | None,
    step: JourneyStep | None,
    viewer: Person,
    now: datetime,
    money: Money | None = None,
) -> list[Unfitting]:
    """How ``seat`` does not fit a matter; empty where it does, or where nothing says whose the matter is."""
    routed = (
        list(Routing.objects.filter(theme=theme, heard__gt=0).order_by("pk").values_list("department_id", flat=True))
        if theme is not None
        else []
    )
    champion = (
        Seat.objects.filter(kind=SeatKind.CHAMPION, department_id__in=routed, subject__archived_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
        if routed
        else None
    )
    judged = judge(
        seat=seat.pk,
        department=seat.department_id,
        routed=routed,
        champion=champion,
        step_owner=step.seat_id if step is not None else None,
        has_step=step is not None,
        line=Line(money.needed, money.sponsor.funding_authority, money.above) if money is not None else None,
    )
    return [_told(one, viewer, now, money) for one in judged]


def _told(misfit: Misfit, viewer: Person, now: datetime, money: Money | None) -> Unfitting:
    found = (
        Seat.objects.visible_to(viewer, now).filter(pk=misfit.has_it).select_related("subject").first()
        if misfit.has_it is not None and access.visible_ids(viewer, [misfit.has_it], now)
        else None
    )
    if misfit.why is Why.AUTHORITY and money is not None:
        return _beyond(money, found)
    name = found.subject.title if found is not None else _("another seat")
    says = {
        Why.ROUTED: _("The theme was routed to another department: %(seat)s has it."),
        Why.STEP: _("The step of the journey is answered for by %(seat)s."),
    }[misfit.why] % {"seat": name}
    return Unfitting(says, found.subject.reference if found is not None else "")


def _beyond(money: Money, found: Seat | None) -> Unfitting:
    """That the authority of its line ends below what it needs, and whose does not."""
    currency = Organisation.objects.values_list("currency", flat=True).get()
    told = {
        "needed": format_minor(money.needed, currency, whole=True),
        "line": money.sponsor.seat.subject.title,
        "limit": format_minor(money.sponsor.funding_authority, currency, whole=True),
    }
    if found is None:
        return Unfitting(
            _("It needs %(needed)s, and %(line)s may grant %(limit)s. No other sponsor may grant that much.") % told, ""
        )
    says = _("It needs %(needed)s, and %(line)s may grant %(limit)s: %(seat)s has that authority.")
    return Unfitting(says % {**told, "seat": found.subject.title}, found.subject.reference)


def require_reason(
    seat: Seat,
    theme: Theme | None,
    step: JourneyStep | None,
    reason: str,
    viewer: Person,
    now: datetime,
    money: Money | None = None,
) -> str:
    """The sentence to refuse with when the seat does not fit and nobody said why it is kept; empty otherwise."""
    if reason.strip():
        return ""
    found = misfits(seat, theme, step, viewer, now, money)
    if not found:
        return ""
    return _("%(why)s Choose that seat, or say why this one keeps it.") % {"why": " ".join(one.says for one in found)}
