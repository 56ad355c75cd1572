"""What readers chose: how they are reached, which families by which channel, what they muted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F

from councils.models import AgendaItem, Decision, Meeting
from governance.models import CalendarDay, Department, Organisation, Person, Tenure
from notifications.families import MAILED_ALONE, MUST_BE_READ, Family
from notifications.models import Channel, Mute, Preference, Wish
from notifications.reach import DAYS_AHEAD, DAYS_BEHIND, Hours


@dataclass(frozen=True, slots=True)
class Choice:
    """How one reader is reached. ``days`` are their working days, about today."""

    hours: Hours = field(default_factory=Hours)
    wants_mail: bool = True
    wishes: dict[tuple[str, str], bool] = field(default_factory=dict)
    days: frozenset[date] = frozenset()
    muted: frozenset[int] = frozenset()

    def wants(self, family: Family, channel: str) -> bool:
        """Whether this family reaches them by that channel."""
        if family == Family.DOOR:
            return channel == Channel.MAIL
        if channel == Channel.INBOX and family in MAILED_ALONE:
            return False
        if channel == Channel.INBOX and family in MUST_BE_READ:
            return True
        if channel == Channel.MAIL and not self.wants_mail:
            return False
        return self.wishes.get((family, channel), comes(family, channel))

    def works(self, day: date) -> bool:
        return day in self.days


def comes(family: Family, channel: str) -> bool:
    """What holds where nobody chose: everything stands in the inbox, and all that is not merely followed is mailed."""
    if channel == Channel.INBOX:
        return family not in MAILED_ALONE
    return family != Family.FOLLOWED


def fixed(family: Family, channel: str) -> bool:
    """Whether this cannot be chosen: what waits for one stays in the inbox, and without a door mail nobody gets in."""
    return family == Family.DOOR or (channel == Channel.INBOX and family in MUST_BE_READ | MAILED_ALONE)


def wished(choice: Choice, family: Family, channel: str) -> bool:
    """What is chosen for a family by a channel, whether or not any mail is wanted."""
    if fixed(family, channel):
        return choice.wants(family, channel)
    return choice.wishes.get((family, channel), comes(family, channel))


def choice_of(person: Person, now: datetime) -> Choice:
    """How one person is reached."""
    return choices_of({person.pk: person}, now)[person.pk]


def choices_of(people: dict[int, Person], now: datetime) -> dict[int, Choice]:
    """The choices of these people. Seven statements."""
    preferences = {one.person_id: one for one in Preference.objects.filter(person_id__in=people)}
    wishes: dict[int, dict[tuple[str, str], bool]] = defaultdict(dict)
    for person, family, channel, is_wanted in Wish.objects.filter(person_id__in=people).values_list(
        "person_id", "family", "channel", "is_wanted"
    ):
        wishes[person][family, channel] = is_wanted
    muted: dict[int, set[int]] = defaultdict(set)
    for person, subject in Mute.objects.filter(person_id__in=people).values_list("person_id", "subject_id"):
        muted[person].add(subject)
    days = _working_days(people, now)
    return {
        key: Choice(
            hours=(preferences.get(key) or Preference()).hours(person.zone),
            wants_mail=(preferences.get(key) or Preference()).wants_mail,
            wishes=wishes.get(key, {}),
            days=days[key],
            muted=frozenset(muted.get(key, ())),
        )
        for key, person in people.items()
    }


def bodies_of(subjects: Iterable[int]) -> dict[int, int]:
    """The council whose meetings, matters and decisions these are: muted with it. Three statements."""
    keys = list(subjects)
    found: dict[int, int] = {}
    for model in (Meeting, AgendaItem, Decision):
        found.update(model.objects.filter(pk__in=keys).values_list("pk", "council_id"))
    return found


def _working_days(people: Iterable[int], now: datetime) -> dict[int, frozenset[date]]:
    """The working days of each person: by the calendar of the first seat that they hold, else the organisation's."""
    organisation = Organisation.objects.values_list("calendar_id", flat=True).first()
    departments = {pk: (parent, calendar) for pk, parent, calendar in _departments()}
    kept: dict[int, int | None] = {}
    rows = (
        Tenure.objects.at(now)
        .filter(person_id__in=list(people))
        .order_by("person_id", F("role").desc(), "seat_id")  # holder before deputy
        .values_list("person_id", "seat__calendar_id", "seat__department_id")
    )
    for person, own, department in rows:
        if person not in kept:
            kept[person] = own or _calendar_above(department, departments)
    wanted = {calendar for calendar in (*kept.values(), organisation) if calendar is not None}
    days: dict[int | None, set[date]] = defaultdict(set)
    for calendar, day in CalendarDay.objects.filter(
        calendar_id__in=wanted,
        is_working=True,
        day__range=(now.date() - timedelta(days=DAYS_BEHIND), now.date() + timedelta(days=DAYS_AHEAD)),
    ).values_list("calendar_id", "day"):
        days[calendar].add(day)
    frozen = {calendar: frozenset(found) for calendar, found in days.items()}
    return {person: frozen.get(kept.get(person) or organisation, frozenset()) for person in people}


def _departments() -> Iterable[tuple[int, int | None, int | None]]:
    return Department.objects.values_list("pk", "parent_id", "calendar_id")


def _calendar_above(department: int | None, departments: dict[int, tuple[int | None, int | None]]) -> int | None:
    while department is not None:
        parent, calendar = departments[department]
        if calendar is not None:
            return calendar
        department = parent
    return None
