"""What a sponsor pledged and what was kept: figures about one person, for that person alone.

DESIGN.md, point 14: a sponsor's pledges are shown per council, per person only to that sponsor. Whoever holds the seat
reads what was kept in their own time in it; nobody else does, a deputy included. Defined in docs/figures.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from governance.models import Duty, DutyKind, ExecutiveSponsor, Person, Tenure, TenureRole

LOOKS_BACK = timedelta(days=365)
FEW = 3
"""Fewer than these say nothing about a year."""

KEPT_AS = {DutyKind.RESPOND: "answered", DutyKind.CHECK_IN: "checked_in", DutyKind.ATTEND: "attended"}

LABELS: dict[str, str | Promise] = {
    DutyKind.RESPOND: gettext_lazy("Escalations answered in time"),
    DutyKind.CHECK_IN: gettext_lazy("Check-ins in time"),
    DutyKind.ATTEND: gettext_lazy("Meetings attended"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One pledge: how often it was kept, of how often it fell due. ``target`` is the share pledged, in per cent."""

    label: str
    kept: int
    due: int
    target: int

    @property
    def is_few(self) -> bool:
        return self.due < FEW

    @property
    def share(self) -> int:
        return round(100 * self.kept / self.due) if self.due else 0

    @property
    def is_met(self) -> bool:
        return self.share >= self.target


def kept(sponsor: ExecutiveSponsor, viewer: Person, now: datetime) -> Sequence[Kept]:
    """What ``viewer`` kept of the pledge in the last year, while holding the seat; nothing for anybody else."""
    tenure = Tenure.objects.at(now).filter(seat_id=sponsor.pk, person=viewer, role=TenureRole.HOLDER).first()
    if tenure is None or not viewer.is_active:
        return []
    since = max(tenure.from_at, now - LOOKS_BACK)
    counts = dict.fromkeys(KEPT_AS, (0, 0))
    duties = Duty.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=since), seat_id=sponsor.pk, kind__in=KEPT_AS, opened_at__gte=since
    ).select_related("calendar")
    for duty in duties:
        verdict = _verdict(duty, now)
        if verdict is not None:
            times, due = counts[DutyKind(duty.kind)]
            counts[DutyKind(duty.kind)] = (times + verdict, due + 1)
    targets = {DutyKind.ATTEND: sponsor.attendance_pledge}
    return [Kept(str(LABELS[kind]), times, due, targets.get(kind, 100)) for kind, (times, due) in counts.items()]


def _verdict(duty: Duty, now: datetime) -> bool | None:
    """Whether it was kept; None where it is not due yet, or ended in time without the sponsor's doing."""
    day = (duty.closed_at or now).astimezone(ZoneInfo(duty.calendar.zone)).date()
    is_late = duty.due_on is not None and day > duty.due_on
    kind = DutyKind(duty.kind)
    if kind == DutyKind.ATTEND:
        return None if duty.closed_at is None or duty.closed_as == "vacant" else duty.closed_as == KEPT_AS[kind]
    if duty.closed_as == KEPT_AS[kind]:
        return not is_late
    return False if is_late else None
