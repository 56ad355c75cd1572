"""Where effects travelled: pilots, what their checks found, and how each place that repeats them stands.

A place in which a copy runs that the reader may not see is left out, here and in every count: what may not be seen
does not exist for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from actions.figures import Figure, Moment, condition
from actions.models import (
    ActionItem,
    OutcomeEffect,
    OutcomeReading,
    OutcomeVerdict,
    Pilot,
    PilotCheck,
    PilotCopy,
    PilotCriterion,
    PilotFinding,
    PilotPlace,
    PilotState,
)
from actions.piloting import LEARNT
from actions.queries import items
from actions.queries.items import Shown, shown
from actions.queries.review import moment
from councils.models import AgendaItem, Decision, ItemState, Verdict
from governance import access, links
from governance.errors import Absent, Invalid
from governance.models import Person
from governance.queries.duties import Move, next_moves


class Group(StrEnum):
    """How a place stands; each stands in exactly one."""

    WAITING = "waiting"
    LEFT = "left"
    PROPOSED = "proposed"
    UNDERWAY = "underway"
    LATE = "late"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"
    CLOSED = "closed"


LABELS: dict[Group, str | StrPromise] = {
    Group.WAITING: gettext_lazy("not decided yet"),
    Group.LEFT: gettext_lazy("not repeated"),
    Group.PROPOSED: gettext_lazy("proposed"),
    Group.UNDERWAY: gettext_lazy("under way"),
    Group.LATE: gettext_lazy("late"),
    Group.DONE: gettext_lazy("done, to be verified"),
    Group.VERIFIED: gettext_lazy("verified"),
    Group.DECLINED: gettext_lazy("declined"),
    Group.CLOSED: gettext_lazy("closed otherwise"),
}

_OF_STATE = {
    "proposed": Group.PROPOSED,
    "accepted": Group.UNDERWAY,
    "in_progress": Group.UNDERWAY,
    "done": Group.DONE,
    "verified": Group.VERIFIED,
    "declined": Group.DECLINED,
    "cancelled": Group.CLOSED,
    "as_is": Group.CLOSED,
}

_UNDECIDED = Q(live=None) & (Q(pilot__state=PilotState.RUNNING) | Q(pilot__state=PilotState.PASSED, is_asked=True))
_RUNS = Q(live_state__in=["accepted", "in_progress"])
GROUPS: dict[Group, Q] = {
    Group.WAITING: _UNDECIDED,
    Group.LEFT: Q(live=None) & ~_UNDECIDED,
    Group.PROPOSED: Q(live_state="proposed"),
    Group.UNDERWAY: _RUNS & Q(is_late=False),
    Group.LATE: _RUNS & Q(is_late=True),
    Group.DONE: Q(live_state="done"),
    Group.VERIFIED: Q(live_state="verified"),
    Group.DECLINED: Q(live_state="declined"),
    Group.CLOSED: Q(live_state__in=["cancelled", "as_is"]),
}

LEARNT_STATE = "learnt"
"""Of a list: did not pass, or stopped before it could."""


def listed(
    viewer: Person, now: datetime, state: str = "", action: ActionItem | None = None, copy: ActionItem | None = None
) -> QuerySet[Any]:
    """The pilots that ``viewer`` may see, the last one first in which something happened; ``copy`` repeats it.

    Raises :class:`Invalid` for a state that there is not.
    """
    found = Pilot.objects.visible_to(viewer, now)
    if state:
        if state not in (*PilotState.values, LEARNT_STATE):
            raise Invalid(_("There is no such state."), field="state")
        found = found.filter(state__in=sorted(LEARNT) if state == LEARNT_STATE else [state])
    if action is not None:
        found = found.filter(action=action)
    if copy is not None:
        found = found.filter(places__copies__action=copy)
    ordered: QuerySet[Any] = (
        found.select_related(
            "department__subject", "checker__subject", "action__subject", "action__council__subject", "declared_by",
            "reason_by",
        )
        # The last thing that happened to it: a check, its end, its declaration.
        .annotate(moved_at=Coalesce("closed_at", Max("checks__at"), "declared_at"))
        .order_by("-moved_at", "-pk")
    )  # fmt: skip
    return ordered


def get(reference: str, viewer: Person, now: datetime) -> Pilot:
    """One pilot by its reference; raises :class:`Absent` for what is not there or may not be seen."""
    found: Pilot | None = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


# --- places ----------------------------------------------------------------------------------------------------------


def places(
    viewer: Person, now: datetime, pilot: Pilot | None = None, group: str = "", at: Moment | None = None
) -> QuerySet[Any]:
    """The places of pilots that ``viewer`` may see, each with its live copy; with ``group`` those that stand so.

    Raises :class:`Invalid` for a group that there is not.
    """
    live = PilotCopy.objects.filter(place=OuterRef("pk"), ended_at=None)
    late = ActionItem.objects.filter(condition(Figure.LATE, at or moment(now)), pk=OuterRef("live"))
    # The matter itself, or its referral to the body above.
    asked = AgendaItem.objects.filter(about=OuterRef("pilot"), state=ItemState.OPEN)
    seen = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    found = PilotPlace.objects.filter(pilot__in=Pilot.objects.visible_to(viewer, now).order_by().values("pk"))
    if pilot is not None:
        found = found.filter(pilot=pilot)
    found = found.annotate(
        live=Subquery(live.values("action")[:1]),
        live_state=Subquery(live.values("action__state")[:1]),
        is_asked=Exists(asked),
    ).annotate(is_late=Exists(late))
    found = found.filter(Q(live=None) | Q(live__in=seen))
    if group:
        if group not in list(Group):
            raise Invalid(_("There is no such standing."), field="group")
        found = found.filter(GROUPS[Group(group)])
    return found.select_related("department__subject", "pilot__subject").order_by("-pilot", "department__name", "pk")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place: how it stands, its copy, and whether that worked."""

    place: PilotPlace
    group: Group
    line: items.Line | None
    effect: str
    """Of the copy's outcome, as a person said it, else as its KPI was read; empty: nothing was said yet."""

    @property
    def label(self) -> str:
        return str(LABELS[self.group])


def place_lines(found: Iterable[Any], viewer: Person, now: datetime, at: Moment | None = None) -> list[PlaceLine]:
    """The rows of these places, as :func:`places` gives them. The number of statements does not grow with theirs."""
    rows = list(found)
    at = at or moment(now)
    keys = [row.live for row in rows if row.live is not None]
    actions = ActionItem.objects.filter(pk__in=keys).select_related(
        "subject", "seat__subject", "department", "council__subject"
    )
    lines = {line.action.pk: line for line in items.lines(actions, viewer, now, at)} if keys else {}
    effects = effects_of(keys)
    return [
        PlaceLine(
            place=row,
            group=_group(row),
            line=lines.get(row.live),
            effect=str(OutcomeEffect(effects[row.live]).label) if row.live in effects else "",
        )
        for row in rows
    ]


def _group(row: Any) -> Group:
    """As :data:`GROUPS`, of one row."""
    if row.live is None:
        is_open = row.pilot.state == PilotState.RUNNING or (row.pilot.state == PilotState.PASSED and row.is_asked)
        return Group.WAITING if is_open else Group.LEFT
    group = _OF_STATE[row.live_state]
    return Group.LATE if group == Group.UNDERWAY and row.is_late else group


def effects_of(keys: Sequence[int]) -> dict[int, str]:
    """By action what was said last of whether it worked: by a person, else by its KPI. Two statements."""
    if not keys:
        return {}
    read = OutcomeReading.objects.filter(action__in=keys).order_by("pk").values_list("action_id", "effect")
    said = OutcomeVerdict.objects.filter(action__in=keys).order_by("pk").values_list("action_id", "effect")
    return dict(read) | dict(said)


def tally(found: QuerySet[Any]) -> dict[str, int]:
    """How many places stand in each group; together they are all of them. One statement."""
    groups = {f"n_{group}": Count("pk", filter=GROUPS[group]) for group in Group}
    counted = found.order_by().aggregate(all=Count("pk"), **groups)
    return {"all": counted["all"], **{str(group): counted[f"n_{group}"] for group in Group}}


# --- pilots ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What the council made of a pilot that passed, in words; with the item or decision where the reader may see it."""

    label: str
    thing: Shown | None


@dataclass(frozen=True, slots=True)
class PilotLine:
    """One pilot on the board, with all that its strip shows."""

    pilot: Pilot
    path: str
    action: Shown | None
    checker: Shown
    move: Move | None
    check: PilotCheck | None
    """The last one."""
    criteria: int
    met: int | None
    """Of the criteria, at the last check; None before there was one."""
    places: Sequence[PlaceLine]
    standing: Standing | None

    @property
    def counts(self) -> list[tuple[Group, str, int]]:
        """``(group, label, how many)`` of its places, as they stand."""
        many: dict[Group, int] = defaultdict(int)
        for one in self.places:
            many[one.group] += 1
        return [(group, str(LABELS[group]), many[group]) for group in Group if many[group]]

    @property
    def is_repeated(self) -> bool:
        """Whether a copy was made in one of its places."""
        return any(one.line is not None for one in self.places)

    @property
    def names(self) -> str:
        """Its places, by name."""
        return ", ".join(str(one.place.department) for one in self.places)

    @property
    def is_learnt(self) -> bool:
        return self.pilot.state in LEARNT

    @property
    def shape(self) -> str:
        """The shape beside the state's word: those of actions, which people know."""
        return {"running": "in_progress", "passed": "verified", "not_passed": "declined", "stopped": "cancelled"}[
            self.pilot.state
        ]

    @property
    def learnt(self) -> str:
        """Why it did not pass."""
        if self.pilot.state == PilotState.STOPPED:
            return self.pilot.reason
        return self.check.reason if self.check is not None else ""

    @property
    def finding(self) -> str:
        """What its last check found, in a few words."""
        if self.met is None:
            return ngettext("%(n)d criterion, not checked yet", "%(n)d criteria, not checked yet", self.criteria) % {
                "n": self.criteria
            }
        return ngettext("%(met)d of %(n)d criterion met", "%(met)d of %(n)d criteria met", self.criteria) % {
            "met": self.met,
            "n": self.criteria,
        }


def lines(found: Iterable[Pilot], viewer: Person, now: datetime, at: Moment | None = None) -> list[PilotLine]:
    """The strips of these pilots. The number of statements does not grow with theirs."""
    rows = list(found)
    keys = [row.pk for row in rows]
    named = {key for row in rows for key in (row.action_id, row.checker_id)}
    last: dict[int, PilotCheck] = {}
    for check in PilotCheck.objects.filter(pilot__in=keys).select_related("by").order_by("number"):
        last[check.pilot_id] = check
    criteria, met = _criteria(rows), _met(last.values())
    standing, things = _standings(keys)
    seen = access.visible_ids(viewer, named | things, now) if rows else set()
    moves = next_moves([row.pk for row in rows if row.state == PilotState.RUNNING], now)
    by_pilot: dict[int, list[PlaceLine]] = defaultdict(list)
    of_these = places(viewer, now, at=at).filter(pilot__in=keys)
    for one in place_lines(of_these, viewer, now, at) if rows else ():
        by_pilot[one.place.pilot_id].append(one)
    return [
        PilotLine(
            pilot=row,
            path=links.path_of(row.subject),
            action=shown(row.action.subject, seen) if row.action_id in seen else None,
            checker=shown(row.checker.subject, seen),
            move=moves.get(row.pk),
            check=last.get(row.pk),
            criteria=criteria.get(row.pk, 0),
            met=met.get(last[row.pk].pk, 0) if row.pk in last else None,
            places=by_pilot[row.pk],
            standing=_standing(standing.get(row.pk), seen) if row.state == PilotState.PASSED else None,
        )
        for row in rows
    ]


def _criteria(rows: Sequence[Pilot]) -> dict[int, int]:
    """How many criteria hold, by pilot."""
    revisions = {row.pk: row.revision for row in rows}
    counted = (
        PilotCriterion.objects.filter(pilot__in=list(revisions))
        .order_by()
        .values_list("pilot_id", "revision")
        .annotate(n=Count("pk"))
    )
    return {pilot: n for pilot, revision, n in counted if revision == revisions[pilot]}


def _met(checks: Iterable[PilotCheck]) -> dict[int, int]:
    """How many criteria each check found met."""
    found = PilotFinding.objects.filter(check_of__in=[check.pk for check in checks], met=True).order_by()
    return dict(found.values_list("check_of_id").annotate(n=Count("pk")))


Asked = AgendaItem | Decision


def _standings(keys: Sequence[int]) -> tuple[dict[int, Asked], set[int]]:
    """By pilot the open item about it, else the last decision; and the subjects of all of these."""
    found: dict[int, Asked] = {}
    decisions = Decision.objects.filter(item__about__in=keys, taken_back_at=None).exclude(verdict=Verdict.ADVISORY)
    for decision in decisions.select_related("subject", "item").order_by("pk"):
        found[decision.item.about_id] = decision
    for item in AgendaItem.objects.filter(about__in=keys, state=ItemState.OPEN).select_related("subject"):
        found[item.about_id] = item
    return found, {one.pk for one in found.values()}


def _standing(found: Asked | None, seen: set[int]) -> Standing | None:
    if found is None:
        return None
    thing = shown(found.subject, seen) if found.pk in seen else None
    if isinstance(found, AgendaItem):
        return Standing(_("before the council"), thing)
    if found.verdict == Verdict.VALID and found.outcome != "leave":
        return Standing(_("repeated by decision"), thing)
    return Standing(_("repeated nowhere, by decision"), thing)


@dataclass(frozen=True, slots=True)
class Sums:
    """All pilots that the reader may see, by how they stand."""

    total: int
    running: int
    passed: int
    learnt: int


def sums(viewer: Person, now: datetime) -> Sums:
    """Count them. One statement."""
    counted = Pilot.objects.visible_to(viewer, now).order_by().aggregate(
        total=Count("pk"),
        running=Count("pk", filter=Q(state=PilotState.RUNNING)),
        passed=Count("pk", filter=Q(state=PilotState.PASSED)),
        learnt=Count("pk", filter=Q(state__in=sorted(LEARNT))),
    )  # fmt: skip
    return Sums(**counted)


# --- one pilot, and its action ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """One check with what it found of each criterion."""

    check: PilotCheck
    findings: Sequence[PilotFinding]


def checks_of(rows: Iterable[Pilot]) -> dict[int, list[Checked]]:
    """Every check by pilot, the last first. Two statements, whatever their number."""
    keys = [row.pk for row in rows]
    by_check: dict[int, list[PilotFinding]] = defaultdict(list)
    found = PilotFinding.objects.filter(check_of__pilot__in=keys).select_related("criterion")
    for finding in found.order_by("criterion__number"):
        by_check[finding.check_of_id].append(finding)
    by_pilot: dict[int, list[Checked]] = defaultdict(list)
    for check in PilotCheck.objects.filter(pilot__in=keys).select_related("by").order_by("-number"):
        by_pilot[check.pilot_id].append(Checked(check, by_check[check.pk]))
    return by_pilot


def criteria_of(rows: Iterable[Pilot]) -> dict[int, list[PilotCriterion]]:
    """The criteria that hold, by pilot. One statement."""
    revisions = {row.pk: row.revision for row in rows}
    by_pilot: dict[int, list[PilotCriterion]] = defaultdict(list)
    found = PilotCriterion.objects.filter(pilot__in=list(revisions)).select_related("outcome__metric__subject")
    for one in found.order_by("number"):
        if one.revision == revisions[one.pilot_id]:
            by_pilot[one.pilot_id].append(one)
    return by_pilot


def history_of(pilot: Pilot) -> tuple[list[PilotCriterion], list[list[PilotCriterion]]]:
    """The criteria that hold, and the revisions before them, the last first. One statement."""
    rows: dict[int, list[PilotCriterion]] = defaultdict(list)
    found = PilotCriterion.objects.filter(pilot=pilot).select_related("by", "outcome__metric__subject")
    for one in found.order_by("number"):
        rows[one.revision].append(one)
    return rows.pop(pilot.revision, []), [rows[revision] for revision in sorted(rows, reverse=True)]


def copies_before(pilot: Pilot, viewer: Person, now: datetime) -> list[PilotCopy]:
    """Copies that were cancelled and gave way to another, as far as ``viewer`` may see them."""
    seen = ActionItem.objects.visible_to(viewer, now).order_by().values("pk")
    found = PilotCopy.objects.filter(place__pilot=pilot, ended_at__isnull=False, action__in=seen)
    return list(found.select_related("action__subject", "place__department").order_by("pk"))


@dataclass(frozen=True, slots=True)
class OfAction:
    """What an action's page tells: it is tried first in one place, or it repeats what passed in another."""

    line: PilotLine | None
    repeats: Pilot | None
    passed_at: datetime | None
    origin: Shown | None
    """The action that it repeats, where the reader may see it."""


def of_action(action: ActionItem, viewer: Person, now: datetime) -> OfAction | None:
    """None where it is neither, as far as ``viewer`` may see."""
    own = lines(listed(viewer, now, action=action), viewer, now)
    repeats: Pilot | None = listed(viewer, now, copy=action).first()
    if not own and repeats is None:
        return None
    seen = access.visible_ids(viewer, [repeats.action_id], now) if repeats is not None else set()
    return OfAction(
        line=own[0] if own else None,
        repeats=repeats,
        passed_at=repeats.closed_at if repeats is not None else None,
        origin=shown(repeats.action.subject, seen) if repeats is not None and repeats.action_id in seen else None,
    )
