"""When the next rung of a duty falls and whom it asks, found out slowly, day by day and seat by seat."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from councils.models import Council, Membership
from governance.models import CalendarDay, Department, Duty, Rung, Seat

ONE = timedelta(days=1)


class Place:
    """The working days of one calendar, walked one by one."""

    def __init__(self, calendar) -> None:
        self.zone, self.hour = ZoneInfo(calendar.zone), calendar.send_hour
        self.works = dict(CalendarDay.objects.filter(calendar=calendar).values_list("day", "is_working"))

    def walk(self, day: date, days: int) -> date | None:
        """So many working days on, or back; a day off counts as its eve, going back as the working day after it."""
        if day not in self.works:
            return None
        while not self.works.get(day, True):
            day += ONE if days < 0 else -ONE
        step = ONE if days > 0 else -ONE
        while days:
            day += step
            if day not in self.works:
                return None
            if self.works[day]:
                days += -1 if days > 0 else 1
        return day if self.works.get(day) else None

    def on_or_after(self, day: date) -> date | None:
        while day in self.works and not self.works[day]:
            day += ONE
        return day if day in self.works else None

    def between(self, earlier: date, later: date) -> int:
        """Working days after ``earlier`` up to ``later``; none where it is not later."""
        return sum(works for day, works in self.works.items() if earlier < day <= later)

    def at(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), tzinfo=self.zone).astimezone(UTC)


def coming(duty: Duty) -> list[tuple[int, str, datetime]]:
    """``(position, target, moment)`` of the rungs that have not fallen, in their order."""
    if duty.closed_at is not None or duty.due_on is None:
        return []
    place = Place(duty.calendar)
    steps = {
        rung.position: rung for rung in Rung.objects.filter(charter_version=duty.charter_version, duty_kind=duty.kind)
    }
    shift = 0
    kept = steps.get(duty.paused_from + 1)
    goes_on = place.on_or_after(duty.paused_to) if duty.paused_to is not None else None
    if goes_on is not None and kept is not None:
        would = place.walk(duty.due_on, kept.days)
        shift = place.between(would, goes_on) if would is not None else 0
    found = []
    for position in sorted(steps):
        if position <= duty.rung:
            continue
        day = place.walk(duty.due_on, steps[position].days)
        day = place.walk(day, shift) if day is not None and shift else day
        if day is None:
            continue
        moment = place.at(day)
        early = duty.climbs_at
        if steps[position].target == "parent" and early is not None and early < moment:
            rests = duty.paused_to is not None and duty.paused_to in place.works and place.at(duty.paused_to) > early
            moment = moment if rests else early
        found.append((position, steps[position].target, moment))
    return found


def next_at(duty: Duty) -> datetime | None:
    """When the very next rung falls: none where its day lies beyond the calendar."""
    return next((moment for position, _target, moment in coming(duty) if position == duty.rung + 1), None)


def falling(duty: Duty, now: datetime) -> list[tuple[int, str]]:
    """The rungs that a sweep lets fall at ``now``, one after another until one is not due."""
    fell, reached = [], duty.rung
    for position, target, moment in coming(duty):
        if position != reached + 1 or moment > now:
            break
        fell.append((position, target))
        reached = position
    return fell


def asked(duty: Duty, position: int) -> int:
    """The seat that a rung speaks to, as things stand."""
    climb = Rung.objects.filter(charter_version=duty.charter_version, duty_kind=duty.kind).order_by("position")
    spoken: list[int] = []
    for rung in climb:
        if rung.target in ("champion", "head", "sponsor", "chair"):
            seats = [seat for seat in _line(duty, rung.target) if seat != duty.seat_id]
            fresh = [seat for seat in seats if seat not in spoken]
            other = [seat for seat in seats if not spoken or seat != spoken[-1]]
            spoken.append((fresh or other or seats or [duty.seat_id])[0])
            heard = spoken[-1]
        elif rung.target in ("council", "parent"):
            body = _body(duty)
            if body is None:
                heard = _lead()
            else:
                above = None if body.is_confidential else body.parent
                root = rung.target == "parent" and above is None
                said = body if rung.target == "council" or root else above
                heard = said.sponsor_id if root else _chair(said) or said.sponsor_id
        else:
            heard = duty.seat_id
        if rung.position == position:
            return heard
    raise LookupError(position)


def _line(duty: Duty, target: str) -> list[int]:
    overseer = Council.objects.filter(pk=duty.overseer_id).first()
    if overseer is not None and overseer.is_confidential:
        inside = [_chair(overseer), overseer.sponsor_id]
        return [seat for seat in (inside[::-1] if target == "sponsor" else inside) if seat]
    department = duty.seat.department
    heads, above = [], department
    while above is not None:
        heads += Seat.objects.filter(kind="head", department=above).values_list("pk", flat=True)
        above = Department.objects.get(pk=above.parent_id) if above.parent_id else None
    champion = list(Seat.objects.filter(kind="champion", department=department).values_list("pk", flat=True))[:1]
    sponsor = Seat.objects.filter(kind="cx_sponsor").order_by("pk").values_list("pk", flat=True).first()
    body = _body(duty)
    line = {
        "champion": [*champion, *heads],
        "head": heads,
        "sponsor": [overseer.sponsor_id if overseer is not None else sponsor],
        "chair": [_chair(body) if body else None, body.sponsor_id if body else sponsor],
    }[target]
    return [seat for seat in [*line, _lead()] if seat]


def _body(duty: Duty) -> Council | None:
    named = Council.objects.filter(pk=duty.overseer_id).first()
    roots = Council.objects.filter(parent=None, is_confidential=False)
    return named or roots.filter(kind="executive").order_by("pk").first() or roots.order_by("pk").first()


def _chair(council: Council) -> int | None:
    sits = Membership.objects.filter(council=council, ended_at=None, seat__kind="chair").order_by("seat_id")
    return sits.values_list("seat_id", flat=True).last()


def _lead() -> int:
    return Seat.objects.get(kind="cx_lead").pk
