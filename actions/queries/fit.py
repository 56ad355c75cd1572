"""Whether a seat fits the matter, in sentences that name the seat that has it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from actions.fit import Misfit, Why, judge
from actions.models import Routing, Theme
from governance import access
from governance.models import JourneyStep, Person, Seat, SeatKind


@dataclass(frozen=True, slots=True)
class Unfitting:
    """One way in which a seat does not fit, as its reader may know it, and the reference of the seat that does."""

    says: str
    reference: str


def misfits(
    seat: Seat, theme: Theme | None, step: JourneyStep | None, viewer: Person, now: datetime
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
    )
    return [_told(one, viewer, now) for one in judged]


def _told(misfit: Misfit, viewer: Person, now: datetime) -> Unfitting:
    found = (
        Seat.objects.visible_to(viewer, now).filter(pk=misfit.has_it).select_related("subject").first()
        if misfit.has_it is not None and access.visible_ids(viewer, [misfit.has_it], now)
        else None
    )
    name = found.subject.title if found is not None else _("another seat")
    says = {
        Why.ROUTED: _("The theme was routed to another department: %(seat)s has it."),
        Why.STEP: _("The step of the journey is answered for by %(seat)s."),
    }[misfit.why] % {"seat": name}
    return Unfitting(says, found.subject.reference if found is not None else "")


def require_reason(
    seat: Seat, theme: Theme | None, step: JourneyStep | None, reason: str, viewer: Person, now: datetime
) -> str:
    """The sentence to refuse with when the seat does not fit and nobody said why it is kept; empty otherwise."""
    if reason.strip():
        return ""
    found = misfits(seat, theme, step, viewer, now)
    if not found:
        return ""
    return _("%(why)s Choose that seat, or say why this one keeps it.") % {"why": " ".join(one.says for one in found)}
