"""Themes: grouping what was heard, routing it to who can act, and answering it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import routing
from actions.importing.rows import topic_key
from actions.models import Feedback, FeedbackSource, Response, Routing, RoutingRule, Theme, ThemeTopic
from councils.models import AgendaItem
from councils.models.meetings import ItemState
from governance import access, events
from governance.clauses import Rules, enforces
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import (
    AudienceContainer,
    CharterVersion,
    Department,
    Duty,
    DutyKind,
    JournalEntry,
    Organisation,
    Person,
    Seat,
    SeatKind,
    Subject,
    SubjectKind,
)
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.queries.seats import cx_lead_seat, head_seats
from governance.services import duties, journal, subjects

ANSWERED = events.declare(
    "actions.theme.answered", says=gettext_lazy("{by} answered {subject} for {department}"), by_people=True
)
ROUTED = events.declare("actions.theme.routed", says=gettext_lazy("{by} routed {subject} again"))

NOTHING_OPEN = "nothing open"
# Themes settled in one transaction: each takes a few milliseconds, and nobody may be kept waiting for 50.
TOGETHER = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of a theme stands in one department, counted from the feedback itself."""

    heard: int
    open_at_source: int
    without_target: int


# --- grouping ------------------------------------------------------------------------------------------------------


UNSORTED = "UNSORTED "


def unsorted_key(source: FeedbackSource) -> str:
    """The key of what a source says without a topic. Folded topics hold no capitals, so none can be mistaken for it."""
    return f"{UNSORTED}{source.reference}"


def find_or_make(names: dict[str, str], *, departments: dict[str, int], now: datetime) -> dict[str, int]:
    """Subject ids of the themes with these keys (key -> name), making those that are new.

    A new theme is seen by the department of ``departments`` that hears it first; routing shows it to the others.
    """
    found = landing(names)
    for key, name in names.items():
        if key not in found:
            found[key] = _make(key, name, departments[key], now)
    return found


def landing(keys: Iterable[str]) -> dict[str, int]:
    """Subject ids of the themes in which these topics land, as far as anything was heard of them. One statement."""
    return dict(ThemeTopic.objects.filter(key__in=list(keys)).values_list("key", "theme_id"))


def surviving(theme_ids: Iterable[int]) -> dict[int, int]:
    """Each of these themes that was merged, and the one that stands for it. One statement."""
    merged = Theme.objects.filter(pk__in=set(theme_ids), merged_into__isnull=False)
    return dict(merged.values_list("pk", "merged_into_id"))


def _make(key: str, name: str, department: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            subject = subjects.create(SubjectKind.THEME, title=name, now=now, audience=[department])
            theme = Theme.objects.create(subject=subject, name=name[:200])
            ThemeTopic.objects.create(key=key, theme=theme)
            return subject.pk
    except IntegrityError:
        # Another import met the same topic at the same moment.
        return int(ThemeTopic.objects.values_list("theme_id", flat=True).get(key=key))


# --- routing -------------------------------------------------------------------------------------------------------


def rules_in_order() -> list[routing.Rule]:
    """The active routing rules, as the pure judgement reads them."""
    return [
        routing.Rule(
            rule.pk, rule.to_department_id, rule.source_id, topic_key(rule.topic_contains), rule.from_department_id
        )
        for rule in RoutingRule.objects.filter(is_active=True)
    ]


class Answerers:
    """The seat that owes an answer for a department: its champion's, else a head's up the tree, else the CX lead's.

    With the day by which it owes one that is asked for now. Remembers what it looked up, for imports of many themes.
    """

    def __init__(self, *, rules: CharterVersion, now: datetime) -> None:
        self.rules = rules
        self.now = now
        self._within = Rules.from_json(rules.rules).terms.answer
        self._of: dict[int, Seat] = {}
        self._due: dict[int, date] = {}

    def learn(self, departments: Iterable[int]) -> None:
        """Look the seats of these departments up, in a few statements for all of them."""
        wanted = set(departments) - self._of.keys()
        if not wanted:
            return
        champions = Seat.objects.filter(kind=SeatKind.CHAMPION, department_id__in=wanted)
        keys: dict[int, int] = dict(champions.values_list("department_id", "pk"))
        chains = head_seats(wanted - keys.keys())
        keys |= {department: chain[0] for department, chain in chains.items() if chain}
        lead = cx_lead_seat().pk
        seats = Seat.objects.select_related("calendar", "department__calendar").in_bulk({lead, *keys.values()})
        self._of.update({department: seats[keys.get(department, lead)] for department in wanted})

    def seat_for(self, department: int) -> Seat:
        self.learn([department])
        return self._of[department]

    def due_on(self, seat: Seat) -> date:
        """The clock starts at routing: so many working days from today, by the seat's calendar."""
        if seat.pk not in self._due:
            calendar = calendar_of_seat(seat)
            self._due[seat.pk] = add_working_days(calendar.pk, local_day(calendar, self.now), self._within)
        return self._due[seat.pk]


def settle_all(
    theme_ids: Iterable[int], *, fresh: set[tuple[int, int]], by_rule: dict[tuple[int, int], int | None], now: datetime
) -> list[Duty]:
    """Bring routings, audiences and answer duties of these themes in line with their feedback; returns new duties.

    ``fresh`` are the (theme, department) pairs that heard something new that is open at its source: what was answered
    before is then owed anew. ``by_rule`` says which rule routed a pair. Several short transactions.
    """
    asked = set(theme_ids)
    gone = surviving(asked)
    # What was merged while an import ran is settled where it went.
    ordered = sorted({gone.get(one, one) for one in asked})
    fresh = {(gone.get(theme, theme), department) for theme, department in fresh}
    by_rule = {(gone.get(theme, theme), department): rule for (theme, department), rule in by_rule.items()}
    answerers = Answerers(rules=duties.default_rules(), now=now)
    opened: list[Duty] = []
    for start in range(0, len(ordered), TOGETHER):
        part = ordered[start : start + TOGETHER]
        opened += _settle(part, fresh=fresh, by_rule=by_rule, answerers=answerers, now=now)
    return opened


@enforces("terms")
@transaction.atomic
def _settle(
    theme_ids: Sequence[int],
    *,
    fresh: set[tuple[int, int]],
    by_rule: dict[tuple[int, int], int | None],
    answerers: Answerers,
    now: datetime,
) -> list[Duty]:
    # The lock makes two imports into one theme count one after the other, each what the other has committed.
    themes = list(Theme.objects.select_for_update().filter(pk__in=theme_ids).select_related("subject"))
    counted = count_heard(theme_ids)
    routings = {(r.theme_id, r.department_id): r for r in Routing.objects.filter(theme_id__in=theme_ids)}
    _keep_counts(counted, routings, by_rule, now)
    owed = {
        (duty.subject_id, duty.department_id): duty
        for duty in Duty.objects.filter(subject_id__in=theme_ids, kind=DutyKind.ANSWER, closed_at=None)
    }
    answered = set(Response.objects.filter(theme_id__in=theme_ids).values_list("theme_id", "department_id"))
    open_pairs = {pair for pair, heard in counted.items() if heard.open_at_source}
    for theme_id, department_id in sorted(pair for pair in owed if pair not in open_pairs and pair[1] is not None):
        duties.close_duty(
            subject_id=theme_id, kind=DutyKind.ANSWER, department_id=department_id, now=now, outcome=NOTHING_OPEN
        )
    due = sorted(pair for pair in open_pairs if pair not in owed and (pair in fresh or pair not in answered))
    answerers.learn(department for _theme, department in due)
    departments = Department.objects.in_bulk({department for _theme, department in due})
    opened = []
    for theme_id, department_id in due:
        seat = answerers.seat_for(department_id)
        opened.append(
            duties.open_duty(
                subject_id=theme_id,
                kind=DutyKind.ANSWER,
                seat=seat,
                department=departments[department_id],
                due_on=answerers.due_on(seat),
                rules=answerers.rules,
                now=now,
            )
        )
    for theme in themes:
        _show(theme, [department for theme_id, department in counted if theme_id == theme.pk], now)
    return opened


def count_heard(theme_ids: Iterable[int]) -> dict[tuple[int, int], Heard]:
    """Counts by (theme, department), in one statement."""
    rows = (
        Feedback.objects.filter(theme_id__in=list(theme_ids))
        .values_list("theme_id", "department_id")
        .annotate(
            heard=Count("pk"),
            open_at_source=Count("pk", filter=Q(closed_at=None)),
            without_target=Count("pk", filter=Q(due_at=None)),
        )
        .order_by()
    )
    return {(theme, department): Heard(*counts) for theme, department, *counts in rows}


def _keep_counts(
    counted: dict[tuple[int, int], Heard],
    routings: dict[tuple[int, int], Routing],
    by_rule: dict[tuple[int, int], int | None],
    now: datetime,
) -> None:
    for pair, heard in counted.items():
        routed = routings.get(pair)
        if routed is None:
            Routing.objects.create(
                theme_id=pair[0],
                department_id=pair[1],
                rule_id=by_rule.get(pair),
                routed_at=now,
                heard=heard.heard,
                open_at_source=heard.open_at_source,
                without_target=heard.without_target,
            )
        elif (routed.heard, routed.open_at_source, routed.without_target) != (
            heard.heard,
            heard.open_at_source,
            heard.without_target,
        ):
            if not routed.heard:
                routed.routed_at, routed.rule_id = now, by_rule.get(pair)
            routed.heard = heard.heard
            routed.open_at_source = heard.open_at_source
            routed.without_target = heard.without_target
            routed.save()
    emptied = [routed.pk for pair, routed in routings.items() if pair not in counted and routed.heard]
    Routing.objects.filter(pk__in=emptied).update(heard=0, open_at_source=0, without_target=0)


def _show(theme: Theme, departments: list[int], now: datetime) -> None:
    """A theme is seen by the departments it is routed to, and by the councils that have it on their agenda.

    What nothing is heard of any more rests in the archive, until it is heard again.
    """
    if departments:
        councils = AudienceContainer.objects.filter(
            audience__subjects=theme.pk, container__kind=SubjectKind.COUNCIL
        ).values_list("container_id", flat=True)
        audience = subjects.audience_of([*departments, *councils])
        if audience.pk != theme.subject.audience_id or theme.subject.archived_at is not None:
            Subject.objects.filter(pk=theme.pk).update(audience=audience, archived_at=None)
            # What was merged into it is known where it is known, and nowhere else.
            Subject.objects.filter(pk__in=Theme.objects.filter(merged_into=theme).values("pk")).update(
                audience=audience
            )
    elif not AgendaItem.objects.filter(about_id=theme.pk, state=ItemState.OPEN).exists():
        Subject.objects.filter(pk=theme.pk, archived_at=None).update(archived_at=now)


def route(*, theme: Theme, by: Person, now: datetime) -> list[Duty]:
    """Route everything heard of a theme again, by the rules as they stand now; returns the duties that this opened.

    Needs the right to triage every department that has the theme. One statement for each combination of source,
    topic and named department. A duty whose department has got a champion since moves to the champion's seat.
    """
    routed_to = [routing.department for routing in theme.routings.filter(heard__gt=0).select_related("department")]
    for department in routed_to:
        access.require(by, access.TRIAGE, department, now)
    rules, fallback = rules_in_order(), cx_lead_seat().department_id
    combinations = list(
        Feedback.objects.filter(theme=theme)
        .values_list("source_id", "topic", "named_department_id", "department_id")
        .distinct()
        .order_by("source_id", "topic", "named_department_id", "department_id")
    )
    fresh: set[tuple[int, int]] = set()
    by_rule: dict[tuple[int, int], int | None] = {}
    for source, topic, named, stands_in in combinations:
        target = routing.route(rules, source=source, topic=topic_key(topic), named=named, fallback=fallback)
        by_rule[theme.pk, target.department] = target.rule
        if target.department != stands_in:
            Feedback.objects.filter(
                theme=theme, source_id=source, topic=topic, named_department_id=named, department_id=stands_in
            ).update(department_id=target.department)
            fresh.add((theme.pk, target.department))
    for (_theme, department_id), rule_id in by_rule.items():
        Routing.objects.filter(theme=theme, department_id=department_id).update(rule_id=rule_id)
    opened = settle_all([theme.pk], fresh=fresh, by_rule=by_rule, now=now)
    _reseat(theme, now)
    record_routing(theme, by=by, opened=opened, now=now)
    return opened


@transaction.atomic
def _reseat(theme: Theme, now: datetime) -> None:
    """Give open answer duties to the seats that would get them today, with the day they had."""
    open_now = Duty.objects.filter(subject_id=theme.pk, kind=DutyKind.ANSWER, closed_at=None)
    owed = {duty.department_id: duty for duty in open_now if duty.department_id is not None}
    answerers = Answerers(rules=duties.default_rules(), now=now)
    answerers.learn(owed)
    for department_id, duty in owed.items():
        seat = answerers.seat_for(department_id)
        if seat.pk != duty.seat_id and duty.due_on is not None:
            duties.move_due_day(duty, due_on=duty.due_on, seat=seat)


def record_routing(theme: Theme, *, by: Person, opened: list[Duty], now: datetime) -> JournalEntry:
    """One entry for a routing, naming each seat once that owes an answer from now on."""
    return journal.record(ROUTED, subject=theme.subject, by=by, now=now, mentions=owing(opened), duties=len(opened))


def owing(opened: Iterable[Duty]) -> list[tuple[str, Subject | int]]:
    """The seats that got new duties, each once, as an entry mentions them: notifications makes one message of each."""
    return [("owes", seat) for seat in sorted({duty.seat_id for duty in opened})]


# --- answering -----------------------------------------------------------------------------------------------------


def may_answer(*, theme: Theme, department: Department, by: Person, now: datetime) -> bool:
    """Whether ``by`` may answer for a department: its champion or head, or whoever holds the duty's seat."""
    if access.may(by, access.ANSWER, department, now):
        return True
    seats = Duty.objects.filter(
        subject_id=theme.pk, kind=DutyKind.ANSWER, department=department, closed_at=None
    ).values_list("seat_id", flat=True)
    return any(access.holds(by, seat, now) for seat in seats)


LONGEST_ANSWER = 2000


@transaction.atomic
def answer(*, theme: Theme, department: Department, text: str, by: Person, now: datetime) -> Response:
    """Say what a department will do about a theme; its duty to answer is done.

    Raises :class:`Absent` for a theme that ``by`` may not see, :class:`Refused` for who may not answer there, and
    :class:`Invalid` at ``department`` (nothing of the theme is there) or ``text``.
    """
    if not access.may_see(by, theme.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if Theme.objects.select_for_update().get(pk=theme.pk).merged_into_id is not None:
        raise Conflict(_("This theme was merged into another meanwhile. Answer that one."))
    if not Routing.objects.select_for_update().filter(theme=theme, department=department, heard__gt=0).exists():
        raise Invalid(
            _("Nothing of this theme was routed to %(department)s.") % {"department": department}, field="department"
        )
    if not may_answer(theme=theme, department=department, by=by, now=now):
        raise Refused(
            _("%(department)s answers this: its champion, its head, or whoever stands in for them.")
            % {"department": department}
        )
    if not text.strip():
        raise Invalid(_("Write what you will do, in a sentence that whoever said it would understand."), field="text")
    if len(text.strip()) > LONGEST_ANSWER:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_ANSWER}, field="text")
    response = Response.objects.create(theme=theme, department=department, text=text.strip(), by=by, at=now)
    duties.close_duty(
        subject_id=theme.pk, kind=DutyKind.ANSWER, department_id=department.pk, now=now, outcome="answered"
    )
    journal.record(
        ANSWERED,
        subject=theme.subject,
        by=by,
        now=now,
        text=response.text,
        mentions=[("department", department.pk)],
        response=response.pk,
    )
    return response


# --- rules ---------------------------------------------------------------------------------------------------------

RULED = events.declare(
    "actions.routing_rule.set", says=gettext_lazy("{by} set: where {condition}, it goes to {subject}")
)


def condition_of(rule: RoutingRule) -> str:
    """The rule's conditions in words."""
    said = []
    if rule.source is not None:
        said.append(_("source is %(source)s") % {"source": rule.source.name})
    if rule.topic_contains:
        said.append(_("topic contains “%(words)s”") % {"words": rule.topic_contains})
    if rule.from_department is not None:
        said.append(_("the source names %(department)s") % {"department": rule.from_department.name})
    return _(" and ").join(said)


@dataclass(frozen=True, slots=True)
class RuleWish:
    """What a routing rule is to say."""

    to_department: Department
    position: int = 100
    source: FeedbackSource | None = None
    topic_contains: str = ""
    from_department: Department | None = None
    is_active: bool = True


@transaction.atomic
def set_rule(
    *, wish: RuleWish, by: Person, now: datetime, rule: RoutingRule | None = None, version: int | None = None
) -> RoutingRule:
    """Write a routing rule, or change one. It holds for what is taken in from now on; a theme can be routed again.

    Needs the right to triage the whole organisation. Raises :class:`Invalid` for a rule without a condition and
    :class:`Stale` when somebody else changed it since ``version``.
    """
    root = Organisation.objects.select_related("root").get().root
    if root is None:
        raise Conflict(_("Start the organisation first."))
    access.require(by, access.TRIAGE, root, now)
    if wish.source is None and not wish.topic_contains.strip() and wish.from_department is None:
        raise Invalid(
            _("State at least one condition: a source, words of the topic, or a department."), field="topic_contains"
        )
    if rule is None:
        rule = RoutingRule(version=0)
    else:
        rule = RoutingRule.objects.select_for_update().get(pk=rule.pk)
        if version is not None and version != rule.version:
            raise Stale(_("Somebody changed this rule meanwhile. Look at it as it stands now, then decide."))
    rule.position, rule.source, rule.from_department = wish.position, wish.source, wish.from_department
    rule.topic_contains, rule.to_department = " ".join(wish.topic_contains.split()), wish.to_department
    rule.is_active = wish.is_active
    rule.version += 1
    rule.save()
    journal.record(
        RULED, subject=wish.to_department.subject, by=by, now=now, condition=condition_of(rule), rule=rule.pk
    )
    return rule
