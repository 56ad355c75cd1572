"""Old action logs: how a pasted one would be taken over, and what those that were taken over truly hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.importing import logbook, matching
from actions.importing.logbook import Line, Sheet, Skip
from actions.importing.matching import Match, Seated
from actions.lifecycle import OPEN
from actions.models import ActionLog, ActionLogLine, Fate
from actions.queries.roles import WORKING
from councils.access import PREPARE
from councils.models import Council
from councils.queries.councils import clerk_seat
from governance import access
from governance.errors import Absent, Invalid
from governance.models import Department, DepartmentAlias, Organisation, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries.seats import cx_lead_seat, head_seats

TRIAGE = "triage"
"""The choice of nobody: the line goes to whoever finds an owner."""


# --- how a log would be taken over ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose about a pasted log; empty: guess. ``owners``: a seat's reference (or ``TRIAGE``) by group."""

    fields: Sequence[str] = ()
    sign: str = ""
    has_header: bool | None = None
    day_first: bool | None = None
    keeps_done: bool = True
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """A seat that may be chosen."""

    reference: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines with the same owner in the same department, and whose seat that means.

    ``chosen`` is empty while somebody has to choose; ``fallback`` says who finds an owner where nobody is meant.
    """

    key: str
    owner: str
    department: str
    lines: Sequence[int]
    sure: Option | None
    options: Sequence[Option]
    fallback: str
    says: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A line and what would come of it."""

    line: Line
    fate: str
    seat: Seat | None = None
    is_matched: bool = False
    says: str = ""

    @property
    def fate_says(self) -> str:
        return str(Fate(self.fate).label)


@dataclass(frozen=True, slots=True)
class Plan:
    """A pasted log as it would be taken over."""

    sheet: Sheet
    fields: Sequence[str]
    day_first: bool
    asks_order: bool
    groups: Sequence[Group]
    lines: Sequence[Planned]

    @property
    def undecided(self) -> list[Group]:
        return [group for group in self.groups if not group.chosen]

    @property
    def done(self) -> int:
        return sum(one.line.is_done and not one.line.skip for one in self.lines)

    def of(self, *fates: str) -> list[Planned]:
        return [one for one in self.lines if one.fate in fates]

    @property
    def becoming(self) -> int:
        return len(self.of(Fate.ACTION))


def require_prepare(council: Council, viewer: Person, now: datetime) -> None:
    """Raises :class:`Absent` for a council that one may not see, ``Refused`` for who does not prepare it."""
    if not access.may_see(viewer, council.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    access.require(viewer, PREPARE, council, now)


def preparable(viewer: Person, now: datetime) -> QuerySet[Council]:
    """The councils that ``viewer`` prepares, and may bring an old log to."""
    found: QuerySet[Council] = Council.objects.visible_to(viewer, now).filter(
        pk__in=access.containers_of(viewer, now, PREPARE), subject__archived_at=None
    )
    return found.select_related("subject").order_by("name")


def plan(text: str, council: Council, viewer: Person, now: datetime, choices: Choices | None = None) -> Plan:
    """Read a pasted log and say what would come of each line. Raises :class:`Invalid` where it cannot be read."""
    choices = choices or Choices()
    sheet = logbook.cut(text, sign=choices.sign, has_header=choices.has_header)
    fields = list(choices.fields) if len(choices.fields) == sheet.width else logbook.columns(sheet)
    twice = next((name for name in fields if name and fields.count(name) > 1), "")
    if twice:
        raise Invalid(
            _("Two columns are read as “%(field)s”. Leave one of them out.") % {"field": logbook.FIELDS[twice]},
            field="columns",
        )
    days = [
        cells[fields.index("due")] for _n, cells in sheet.lines if "due" in fields and len(cells) > fields.index("due")
    ]
    is_ambiguous = logbook.is_ambiguous(days)
    day_first = choices.day_first if choices.day_first is not None else logbook.is_day_first(days)
    currency = Organisation.objects.values_list("currency", flat=True).get()
    read = logbook.lines(sheet, fields, day_first=day_first, currency=currency)
    known = set(
        ActionLogLine.objects.filter(council=council, fate__in=(Fate.ACTION, Fate.HISTORY)).values_list(
            "key", flat=True
        )
    )
    fates = {line.number: _fate(line, known, keeps_done=choices.keeps_done) for line in read}
    open_lines = [line for line in read if fates[line.number] == Fate.ACTION]
    groups, seats = _groups(open_lines, choices, council, viewer, now)
    by_key = {group.key: group for group in groups}
    return Plan(
        sheet=sheet,
        fields=fields,
        day_first=day_first,
        asks_order=is_ambiguous and choices.day_first is None,
        groups=groups,
        lines=[_planned(line, fates[line.number], by_key.get(line.group), seats) for line in read],
    )


def _fate(line: Line, known: set[str], *, keeps_done: bool) -> str:
    if line.skip:
        return {Skip.TWICE: Fate.TWICE, Skip.TOTAL: Fate.TOTAL, Skip.NOTHING: Fate.NOTHING}[line.skip]
    # A line that was open then and is done by now is known: its action says how it stands.
    if line.key in known or line.open_key in known:
        return Fate.KNOWN
    if line.is_done:
        return Fate.HISTORY if keeps_done else Fate.LEFT_OUT
    return Fate.ACTION


def _planned(line: Line, fate: str, group: Group | None, seats: Mapping[str, Seat]) -> Planned:
    says = line.why_no_day and _("No date: “%(words)s”, %(why)s.") % {"words": line.due_words, "why": line.why_no_day}
    if fate == Fate.TWICE:
        says = _("Line %(line)d says the same.") % {"line": line.of_line}
    if fate != Fate.ACTION or group is None:
        return Planned(line, fate, says=says)
    is_matched = bool(group.chosen) and group.chosen != TRIAGE
    seat = seats.get(group.chosen if is_matched else f"{TRIAGE}:{group.key}")
    return Planned(line, fate, seat=seat, is_matched=is_matched, says=says)


def _groups(
    lines: Sequence[Line], choices: Choices, council: Council, viewer: Person, now: datetime
) -> tuple[list[Group], dict[str, Seat]]:
    """The owners to be matched, and every seat by reference (who finds an owner: by ``triage:`` and the group)."""
    working = list(
        Seat.objects.visible_to(viewer, now)
        .filter(kind__in=WORKING, subject__archived_at=None)
        .select_related("subject", "department__subject", "calendar", "department__calendar")
        .order_by("pk")
    )
    seated = _seated(working, now)
    departments = _departments()
    by_pk = {seat.pk: seat for seat in working}
    seats = {seat.subject.reference: seat for seat in working}
    last_key = clerk_seat(council, now).pk if council.is_confidential else cx_lead_seat().pk
    last = Seat.objects.select_related("subject", "department", "calendar", "department__calendar").get(pk=last_key)
    first: dict[str, Line] = {}
    numbers: dict[str, list[int]] = {}
    for line in lines:
        first.setdefault(line.group, line)
        numbers.setdefault(line.group, []).append(line.number)
    heads = head_seats(
        {found for line in first.values() if (found := departments.get(matching.plain(line.department)))}
    )
    holders = {one.seat: one.name for one in seated}
    if last.pk not in by_pk:
        holders |= {one.seat: one.name for one in _seated([last], now)}
    groups = []
    for key, line in first.items():
        department = departments.get(matching.plain(line.department))
        meant = matching.match(line.owner, seated, department=department, departments=departments)
        chain = [seat for seat in heads.get(department or 0, []) if seat in by_pk]
        # What a confidential council does not give to anybody stays in the room.
        fallback = last if council.is_confidential or not chain else by_pk[chain[0]]
        seats[f"{TRIAGE}:{key}"] = fallback
        groups.append(_group(line, numbers[key], meant, fallback, by_pk, holders, choices.owners.get(key, ""), seats))
    return groups, seats


def _group(
    line: Line,
    numbers: Sequence[int],
    found: Match,
    fallback: Seat,
    by_pk: Mapping[int, Seat],
    holders: Mapping[int, str],
    said: str,
    seats: Mapping[str, Seat],
) -> Group:
    sure = _option(by_pk[found.seat], holders) if found.seat is not None else None
    options = [_option(by_pk[seat], holders) for seat in found.candidates]
    triage = _option(fallback, holders).label
    if said and said != TRIAGE and said not in seats:
        raise Invalid(_("There is nothing with this reference, or nothing that you may see."), field="owners")
    chosen = said or (sure.reference if sure else "" if options else TRIAGE)
    return Group(
        key=line.group,
        owner=line.owner,
        department=line.department,
        lines=tuple(numbers),
        sure=sure,
        options=options,
        fallback=triage,
        says=_why(line, found, triage),
        chosen=chosen,
    )


def _why(line: Line, found: Match, triage: str) -> str:
    """What was made of the name, in a sentence."""
    if found.seat is not None:
        return ""
    if found.names_several and found.candidates:
        return _("Several names: one seat is accountable, the others may help. Choose it.")
    if found.candidates:
        return _("This could be meant. Choose, so that nobody is asked for somebody else's work.")
    if not line.owner:
        return _("No owner is written. %(who)s finds one.") % {"who": triage}
    return _("Nobody who holds a working seat here is called that. %(who)s finds an owner.") % {"who": triage}


def _option(seat: Seat, holders: Mapping[int, str]) -> Option:
    holder = holders.get(seat.pk, "")
    title = seat.subject.title
    return Option(seat.subject.reference, f"{holder} ({title})" if holder else _("%(seat)s, vacant") % {"seat": title})


def _seated(seats: Sequence[Seat], now: datetime) -> list[Seated]:
    held = {
        tenure.seat_id: tenure.person
        for tenure in Tenure.objects.at(now)
        .filter(seat__in=seats, role=TenureRole.HOLDER, person__is_active=True)
        .select_related("person")
    }
    return [
        Seated(
            seat=seat.pk,
            title=seat.subject.title,
            department=seat.department_id,
            is_head=seat.kind == SeatKind.HEAD,
            person=held[seat.pk].pk if seat.pk in held else None,
            name=held[seat.pk].name if seat.pk in held else "",
            email=held[seat.pk].email if seat.pk in held else "",
        )
        for seat in seats
    ]


def _departments() -> dict[str, int]:
    """Departments by name, alias and code, folded; a name that two have is nobody's."""
    found: dict[str, set[int]] = {}
    for key, code, name in Department.objects.values_list("pk", "code", "name"):
        found.setdefault(matching.plain(name), set()).add(key)
        found.setdefault(matching.plain(code), set()).add(key)
    for key, name in DepartmentAlias.objects.values_list("department_id", "name"):
        found.setdefault(matching.plain(name), set()).add(key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


def all_options(viewer: Person, now: datetime) -> list[Option]:
    """Every seat that may own work, for whoever is not among the likely ones."""
    seats = list(
        Seat.objects.visible_to(viewer, now)
        .filter(kind__in=WORKING, subject__archived_at=None)
        .select_related("subject", "department")
        .order_by("subject__title")
    )
    holders = {one.seat: one.name for one in _seated(seats, now)}
    return sorted((_option(seat, holders) for seat in seats), key=lambda option: option.label)


# --- what was taken over -------------------------------------------------------------------------------------------

NO_OWNER, NO_DATE, NO_MONEY, OVERDUE, ACTIONS = "no-owner", "no-date", "no-money", "overdue", "actions"
SHOWN: dict[str, object] = {
    ACTIONS: gettext_lazy("Actions"),
    NO_OWNER: gettext_lazy("Without an owner"),
    NO_DATE: gettext_lazy("Without a date"),
    NO_MONEY: gettext_lazy("Without money"),
    OVERDUE: gettext_lazy("Past the day asked for"),
    Fate.HISTORY: gettext_lazy("Done before"),
    "rest": gettext_lazy("Not taken over"),
}


def listed(viewer: Person, now: datetime) -> QuerySet[ActionLog]:
    """The logs of councils that ``viewer`` may see, newest first, with how many actions came of each."""
    return (
        ActionLog.objects.filter(council__in=Council.objects.visible_to(viewer, now).values("pk"))
        .select_related("council__subject", "by")
        .annotate(
            total=Count("lines"),
            became=Count("lines", filter=Q(lines__fate=Fate.ACTION)),
            unowned=Count("lines", filter=condition(NO_OWNER, prefix="lines__")),
            undated=Count("lines", filter=condition(NO_DATE, prefix="lines__")),
        )
        .order_by("-pk")
    )


def get(key: int, viewer: Person, now: datetime) -> ActionLog:
    """One log; raises :class:`Absent`."""
    found = listed(viewer, now).filter(pk=key).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def condition(shown: str, today: date | None = None, *, prefix: str = "") -> Q:
    """The lines that a number counts and its list shows: one condition for both."""
    became = Q(**{f"{prefix}fate": Fate.ACTION})
    if shown == NO_OWNER:
        return became & Q(**{f"{prefix}is_matched": False})
    if shown == NO_DATE:
        return became & Q(**{f"{prefix}asked_for": None})
    if shown == NO_MONEY:
        return became & Q(**{f"{prefix}money": None})
    if shown == OVERDUE:
        return became & Q(**{f"{prefix}asked_for__lt": today, f"{prefix}action__state__in": OPEN})
    if shown == Fate.HISTORY:
        return Q(**{f"{prefix}fate": Fate.HISTORY})
    if shown == "rest":
        return ~Q(**{f"{prefix}fate__in": (Fate.ACTION, Fate.HISTORY)})
    return became if shown == ACTIONS else Q()


def report(log: ActionLog, today: date) -> dict[str, int]:
    """How many lines stand under each heading; ``OVERDUE`` by ``today``. One statement."""
    counted = {name: Count("pk", filter=condition(name, today)) for name in SHOWN}
    found: dict[str, int] = log.lines.aggregate(**{name.replace("-", "_"): count for name, count in counted.items()})
    return {name: found[name.replace("-", "_")] for name in SHOWN}


def lines_of(log: ActionLog, shown: str, today: date) -> QuerySet[ActionLogLine]:
    """A log's lines in their order, narrowed to what a number counts."""
    return (
        log.lines.filter(condition(shown, today))
        .select_related("action__subject", "action__seat__subject")
        .order_by("number")
    )


def why_it_stays(log: ActionLog) -> str:
    """Why a log can no longer be withdrawn; empty when it can."""
    if log.withdrawn_at is not None:
        return _("It was withdrawn.")
    moved = (
        log.lines.filter(fate=Fate.ACTION).exclude(action__state="proposed").select_related("action__subject").first()
    )
    if moved is None or moved.action is None:
        return ""
    return _("%(action)s was answered already, so the log stays. Cancel single actions on their own pages.") % {
        "action": moved.action.reference
    }
