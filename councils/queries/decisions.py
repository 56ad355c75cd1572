"""The decision register."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from councils import authority
from councils.came import ANY, DROPPED, JUDGED, MISSED, OPEN, UNVERIFIED, VERIFIED, came_of, has_work
from councils.models import Council, Decision, Verdict, Vote
from councils.periods import first_day
from councils.queries.lasting import Stands, marks, stands
from governance import access
from governance.errors import Absent
from governance.models import Organisation, Person
from governance.money import plain_minor
from governance.queries.calendars import LATEST, began, calendar_of_department
from governance.sheets.tables import Column


def listed(
    viewer: Person, now: datetime, council: Council | None = None, verdict: str = "", search: str = ""
) -> QuerySet[Decision]:
    """The decisions that ``viewer`` may see, the newest first, with what a row shows."""
    found: QuerySet[Decision] = (
        Decision.objects.visible_to(viewer, now)
        .select_related(
            "council__subject",
            "meeting__subject",
            "item__subject",
            "result",
            "ratified_by__subject",
            "taken_back__by",
            "charter_version__charter__subject",
        )
        .order_by("-decided_at", "-pk")
    )
    if council is not None:
        found = found.filter(council=council)
    if verdict in Verdict.values:
        found = found.filter(verdict=verdict)
    if search.strip():
        found = found.filter(motion__icontains=search.strip())
    return found


UNDONE = "undone"
"""In the register, beside the verdicts: what counts no more."""
HOLDS = Q(taken_back_at=None, lapsed_at=None)
"""Decisions whose verdict holds: neither taken back as a slip, nor a chair's that lapsed."""
STANDS = Q(verdict=Verdict.VALID) & HOLDS
"""Decisions that count: valid, and neither taken back nor lapsed."""


def undone(decision: Decision) -> str:
    """Why it counts no more, as :func:`councils.authority.why` takes it; empty: it does."""
    if decision.taken_back_at is not None:
        return authority.TAKEN_BACK
    return authority.LAPSED if decision.lapsed_at is not None else ""


class Carried(models.TextChoices):
    """How far what a valid decision asks for has come."""

    WAITING = "waiting", _lazy("under way")
    DONE = "done", _lazy("carried out")
    VERIFIED = "verified", _lazy("carried out and verified")
    JUDGED = "judged", _lazy("judged whether it worked")
    WORKED = "worked", _lazy("judged, and all of it worked")
    NOTHING = "nothing", _lazy("nothing to carry out")


class Where(models.TextChoices):
    MEETING = "meeting", _lazy("in a meeting")
    BETWEEN = "between", _lazy("between meetings")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are asked for; what is empty narrows nothing. Days are the reader's."""

    search: str = ""
    verdict: str = ""
    stands: str = ""
    carried: str = ""
    where: str = ""
    provisional: bool = False
    since: date | None = None
    until: date | None = None


def carried(how: str) -> Q:
    """The condition on decisions: only what is valid is carried out."""
    valid, begun, waits = STANDS, has_work(ANY), has_work(OPEN)
    return {
        Carried.WAITING: valid & waits,
        Carried.DONE: valid & begun & ~waits,
        Carried.VERIFIED: valid & begun & ~waits & ~has_work(UNVERIFIED),
        Carried.JUDGED: valid & has_work(JUDGED),
        Carried.WORKED: valid & has_work(JUDGED) & ~has_work(MISSED),
        Carried.NOTHING: valid & ~begun,
    }[Carried(how)]


def narrowed(rows: QuerySet[Decision], wanted: Wanted, zone: ZoneInfo, now: datetime) -> QuerySet[Decision]:
    if wanted.search.strip():
        rows = rows.filter(motion__icontains=wanted.search.strip())
    if wanted.verdict in Verdict.values:
        rows = rows.filter(HOLDS, verdict=wanted.verdict)
    if wanted.verdict == UNDONE:
        rows = rows.exclude(HOLDS)
    if wanted.stands in Stands.values:
        rows = rows.filter(stands(wanted.stands, now.astimezone(zone).date()))
    if wanted.carried in Carried.values:
        rows = rows.filter(carried(wanted.carried))
    if wanted.where in Where.values:
        rows = rows.filter(meeting__isnull=wanted.where == Where.BETWEEN)
    if wanted.provisional:
        rows = rows.filter(is_provisional=True)
    if wanted.since is not None:
        rows = rows.filter(decided_at__gte=began(wanted.since, zone.key))
    if wanted.until is not None:
        rows = rows.filter(decided_at__lt=began(min(wanted.until, LATEST) + timedelta(days=1), zone.key))
    return rows


@dataclass(frozen=True, slots=True)
class FollowThrough:
    """What became of decisions: each figure is one of those before it."""

    decided: int
    valid: int
    asks_work: int
    carried_out: int
    verified: int


def follow_through(rows: QuerySet[Decision]) -> FollowThrough:
    """Counted over the decisions that are listed. One statement."""
    asks = carried(Carried.WAITING) | carried(Carried.DONE)
    counted = rows.order_by().aggregate(
        decided=Count("pk"),
        valid=Count("pk", filter=STANDS),
        asks_work=Count("pk", filter=asks),
        carried_out=Count("pk", filter=carried(Carried.DONE)),
        verified=Count("pk", filter=carried(Carried.VERIFIED)),
    )
    return FollowThrough(**counted)


def how_far(decisions: Sequence[Decision], viewer: Person, now: datetime) -> dict[int, tuple[str, str]]:
    """For each decision how far what came of it is, in words, and its tone: of what ``viewer`` may see.

    The statements do not grow with the decisions.
    """
    came = came_of([one.pk for one in decisions])
    seen = access.visible_ids(viewer, {thing.subject_id for things in came.values() for thing in things}, now)
    found = {}
    for decision in decisions:
        things = [thing for thing in came.get(decision.pk, ()) if thing.subject_id in seen and thing.state != DROPPED]
        done = sum(thing.state != OPEN for thing in things)
        words = {"done": done, "n": len(things)}
        if not things:
            found[decision.pk] = ("", "")
        elif all(thing.state == VERIFIED for thing in things):
            found[decision.pk] = (_("%(done)d of %(n)d, verified") % words, "good")
        else:
            found[decision.pk] = (_("%(done)d of %(n)d carried out") % words, "")
    return found


COLUMNS = [
    Column(name, label)
    for name, label in (
        ("day", _lazy("day")), ("decision", _lazy("decision")), ("council", _lazy("council")),
        ("meeting", _lazy("meeting")), ("motion", _lazy("motion")), ("verdict", _lazy("verdict")),
        ("facts", _lazy("facts counted")), ("commits", _lazy("commits")), ("currency", _lazy("currency")),
        ("provisional", _lazy("provisional")), ("stands", _lazy("how it stands")), ("how_far", _lazy("how far")),
    )
]  # fmt: skip
TOGETHER = 500
"""Decisions that are written into a file at a time."""


def sheet(rows: QuerySet[Decision], viewer: Person, now: datetime) -> Iterator[dict[str, str]]:
    """The decisions as rows of a sheet, read in batches."""
    zone = ZoneInfo(viewer.zone)
    for start in itertools.count(0, TOGETHER):
        batch = list(rows[start : start + TOGETHER])
        far = how_far(batch, viewer, now)
        stand = marks([one.pk for one in batch], now.astimezone(zone).date())
        for one in batch:
            yield {
                "day": one.decided_at.astimezone(zone).date().isoformat(),
                "decision": one.reference,
                "council": one.council.name,
                "meeting": one.meeting.reference if one.meeting is not None else "",
                "motion": one.motion,
                "verdict": one.verdict,
                "facts": authority.in_short(one.verdict, one.facts),
                "commits": plain_minor(one.amount, one.currency) if one.amount else "",
                "currency": one.currency if one.amount else "",
                "provisional": _("yes") if one.is_provisional else "",
                "stands": _words(undone(one)) or stand.get(one.pk, ("", ""))[0],
                "how_far": far[one.pk][0],
            }
        if len(batch) < TOGETHER:
            return


def _words(how: str) -> str:
    return {authority.TAKEN_BACK: _("taken back"), authority.LAPSED: _("lapsed")}.get(how, "")


def get(reference: str, viewer: Person, now: datetime) -> Decision:
    """One decision by reference; raises :class:`Absent`."""
    found = (
        listed(viewer, now)
        .select_related("item__about", "recorded_by", "item__referred_from__subject")
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def by_verdict(rows: QuerySet[Decision]) -> tuple[dict[str, int], int]:
    """How many of ``rows`` are of each verdict, as the register narrows to it, and how many in all. One statement.

    What was taken back or lapsed is counted apart, as ``UNDONE``: the counts add up.
    """
    counted = list(rows.order_by().values("verdict").annotate(n=Count("pk", filter=HOLDS), every=Count("pk")))
    every = sum(row["every"] for row in counted)
    found = {row["verdict"]: row["n"] for row in counted}
    return {**found, UNDONE: every - sum(found.values())}, every


def votes_of(decision: Decision) -> QuerySet[Vote]:
    """Who voted how, and for which seat."""
    return (
        Vote.objects.filter(decision=decision)
        .select_related("person", "membership__seat__subject")
        .order_by("membership_id")
    )


def committed(council: Council, period: str, now: datetime) -> int:
    """What a council committed by its own decisions since the calendar period began, in minor units; 0 without one.

    See :func:`_taken`.
    """
    taken = _taken(council, period, now).filter(currency=Organisation.objects.get().currency) if period else None
    return int(taken.aggregate(total=Sum("amount"))["total"] or 0) if taken is not None else 0


def minutes_committed(council: Council, period: str, now: datetime) -> int:
    """The same of person-time, in minutes."""
    return int(_taken(council, period, now).aggregate(total=Sum("minutes"))["total"] or 0) if period else 0


def _taken(council: Council, period: str, now: datetime) -> QuerySet[Decision]:
    """The council's own valid decisions since the calendar period began.

    The month, quarter or year in which ``now`` lies where the council keeps its calendar. Valid decisions count with
    the whole amount that they committed, under whichever charter version they were taken; what is given back later
    is free in the envelope, and does not make the right larger: nor does what lapsed, whose effect stands. What a
    sponsor decided alone was no right of the council's.
    """
    zone = ZoneInfo(calendar_of_department(council.department).zone)
    begins = datetime.combine(first_day(period, now.astimezone(zone).date()), time.min, tzinfo=zone)
    return Decision.objects.filter(
        verdict=Verdict.VALID,
        taken_back_at=None,
        council=council,
        decided_at__gte=begins,
        decided_at__lte=now,
    ).filter(Q(facts__alone__isnull=True) | Q(facts__by="chair"))
