"""What lists of governance hold, as rows of a sheet: what the page shows. Long lists are read part by part.

The sheets of people, departments and seats that come back are ``governance.queries.sheets``.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from governance.models import Champion, Charter, ExecutiveSponsor, Goal, Journey, Metric, Organisation, Person
from governance.money import plain_minor
from governance.numbers import plain
from governance.queries import champions, journeys, metrics
from governance.queries.coverage import Coverage
from governance.queries.parts import AT_ONCE, in_parts
from governance.queries.seats import Standing, standings
from governance.sheets.tables import columns
from governance.sheets.workbooks import Table, day

Rows = Iterator[Mapping[str, str]]


def _on(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


# --- seats ---------------------------------------------------------------------------------------------------------


def of_sponsors(found: QuerySet[ExecutiveSponsor], now: datetime) -> Table:
    """Their pledges, as on the page; how they were kept is each sponsor's own."""
    heads = columns(
        seat=_lazy("seat"), title=_lazy("title"), who=_lazy("who"), scope=_lazy("for"),
        answers=_lazy("answers within working days"), attends=_lazy("attends, in percent"),
        checkins=_lazy("check-ins a quarter"), currency=_lazy("currency"), grants=_lazy("may grant"),
    )  # fmt: skip
    numbers = frozenset({"answers", "attends", "checkins", "grants"})
    return Table("executive-sponsors", _("Executive sponsors"), heads, _sponsors(found, now), numbers)


def _sponsors(found: QuerySet[ExecutiveSponsor], now: datetime) -> Rows:
    currency = Organisation.objects.get().currency
    for part in in_parts(found):
        for one, standing in zip(part, standings([one.seat for one in part], now), strict=True):
            yield {
                "seat": one.seat.reference,
                "title": one.seat.title,
                "who": standing.shown,
                "scope": one.get_scope_display(),
                "answers": str(one.response_days),
                "attends": str(one.attendance_pledge),
                "checkins": str(one.checkins_a_quarter),
                "currency": currency,
                "grants": plain_minor(one.funding_authority, currency),
            }


def of_champions(found: QuerySet[Champion], viewer: Person, now: datetime) -> Table:
    heads = columns(
        seat=_lazy("seat"), title=_lazy("title"), department=_lazy("department"), who=_lazy("who"),
        endorsed_by=_lazy("endorsed by"), endorsed=_lazy("endorsed on"), nominated=_lazy("nominated"),
        state=_lazy("state"), ends=_lazy("term ends"),
    )  # fmt: skip
    return Table("champions", _("Champions"), heads, _champions(found, ZoneInfo(viewer.zone), now))


def _champions(found: QuerySet[Champion], zone: ZoneInfo, now: datetime) -> Rows:
    for part in in_parts(found):
        nominated = champions.open_nominations([one.pk for one in part])
        for one, standing in zip(part, standings([one.seat for one in part], now), strict=True):
            nomination = nominated.get(one.pk)
            yield {
                "seat": one.seat.reference,
                "title": one.seat.title,
                "department": one.seat.department.name,
                "who": standing.shown,
                "endorsed_by": one.endorsed_by.name if one.endorsed_by is not None else "",
                "endorsed": day(one.endorsed_at, zone),
                "nominated": nomination.person.name if nomination is not None else "",
                "state": nomination.get_state_display() if nomination is not None else "",
                "ends": _on(one.term_ends_on),
            }


# --- the coverage map ----------------------------------------------------------------------------------------------


def of_coverage(found: Coverage, viewer: Person) -> Table:
    """A row a place that somebody answers for, or should: of departments, journeys, councils and the whole."""
    heads = columns(
        part=_lazy("part"), place=_lazy("place"), kind=_lazy("kind"), seat=_lazy("seat"), title=_lazy("title"),
        who=_lazy("who"), stands=_lazy("stands"), since=_lazy("vacant since"), full=_lazy("full"),
    )  # fmt: skip
    return Table("coverage", _("Coverage map"), heads, _coverage(found, ZoneInfo(viewer.zone)))


def _coverage(found: Coverage, zone: ZoneInfo) -> Rows:
    def line(part: str, place: str, kind: str, standing: Standing | None, hole: str = "") -> dict[str, str]:
        stands = _stands(standing, found.full, zone) if standing is not None else {"stands": hole}
        return {"part": part, "place": place, "kind": kind, **stands}

    for row in found.rows:
        for cell in row.cells:
            for standing in cell.standings:
                yield line(_("department"), row.department.name, cell.label, standing)
            if cell.is_missing:
                yield line(_("department"), row.department.name, cell.label, None, _("never founded"))
    for table in found.tables:
        for chair in table.chairs:
            yield line(_("council"), table.name, chair.standing.seat.kind_label, chair.standing)
    for path in found.paths:
        for step in path.steps:
            yield line(_("journey"), path.journey.title, step.step.title, step.standing, _("nobody was ever named"))
    for standing in found.wide:
        yield line(_("organisation"), "", standing.seat.kind_label, standing)


def _stands(standing: Standing, full: frozenset[int], zone: ZoneInfo) -> dict[str, str]:
    acts = standing.answering is not None and not standing.holder
    stands = _("vacant") if standing.vacant_since is not None else _("the deputy acts") if acts else _("filled")
    return {
        "seat": standing.seat.reference,
        "title": standing.seat.title,
        "who": standing.shown,
        "stands": stands,
        "since": day(standing.vacant_since, zone),
        "full": _("yes") if standing.seat.pk in full else "",
    }


# --- charters, journeys, metrics -----------------------------------------------------------------------------------


def of_charters(found: QuerySet[Charter], viewer: Person) -> Table:
    heads = columns(
        charter=_lazy("charter"), title=_lazy("title"), default=_lazy("default"), in_force=_lazy("version in force"),
        ratified=_lazy("ratified on"), ratified_by=_lazy("ratified by"), last=_lazy("last version"),
    )  # fmt: skip
    numbers = frozenset({"in_force", "last"})
    return Table("charters", _("Charters"), heads, _charters(found, ZoneInfo(viewer.zone)), numbers)


def _charters(found: QuerySet[Charter], zone: ZoneInfo) -> Rows:
    for one in found.iterator(chunk_size=AT_ONCE):
        held = one.holding[0] if one.holding else None  # type: ignore[attr-defined]
        yield {
            "charter": one.reference,
            "title": one.title,
            "default": _("yes") if one.is_default else "",
            "in_force": str(held.number) if held is not None else "",
            "ratified": day(held.ratified_at, zone) if held is not None else "",
            "ratified_by": str(held.ratified_by or "") if held is not None else "",
            "last": str(one.last_number),  # type: ignore[attr-defined]
        }


def of_journeys(found: QuerySet[Journey], viewer: Person, now: datetime) -> Table:
    """A row a step, in the order of its journey."""
    heads = columns(
        journey=_lazy("journey"), title=_lazy("title"), answers=_lazy("answers for the whole"), place=_lazy("place"),
        step=_lazy("step"), name=_lazy("name"), seat=_lazy("owner"), who=_lazy("who"),
    )  # fmt: skip
    return Table("journeys", _("Journeys"), heads, _journeys(found, viewer, now), frozenset({"place"}))


def _journeys(found: QuerySet[Journey], viewer: Person, now: datetime) -> Rows:
    for part in in_parts(found):
        for path in journeys.paths(part, viewer, now):
            for one in path.steps:
                yield {
                    "journey": path.journey.reference,
                    "title": path.journey.title,
                    "answers": path.owner.seat.title if path.owner is not None else "",
                    "place": str(one.step.position),
                    "step": one.step.reference,
                    "name": one.step.title,
                    "seat": one.standing.seat.title if one.standing is not None else "",
                    "who": one.standing.shown if one.standing is not None else "",
                }


def of_metrics(found: QuerySet[Metric]) -> Table:
    heads = columns(
        metric=_lazy("metric"), title=_lazy("title"), unit=_lazy("unit"), value=_lazy("last seen"), on=_lazy("on"),
        better=_lazy("better is"), seat=_lazy("answers for it"),
    )  # fmt: skip
    return Table("metrics", _("Metrics"), heads, _metrics(found), frozenset({"value"}))


def _metrics(found: QuerySet[Metric]) -> Rows:
    for one in found.iterator(chunk_size=AT_ONCE):
        value: int | None = one.last_value  # type: ignore[attr-defined]
        yield {
            "metric": one.reference,
            "title": one.title,
            "unit": one.get_unit_display(),
            "value": plain(value, one.scale) if value is not None else "",
            "on": _on(one.last_on),  # type: ignore[attr-defined]
            "better": one.get_better_display(),
            "seat": one.seat.title,
        }


_STATES = {
    "reached": _lazy("reached"),
    "missed": _lazy("not reached"),
    "unseen": _lazy("nothing seen yet"),
    "running": _lazy("under way"),
}


def of_goals(found: QuerySet[Goal], today: date) -> Table:
    heads = columns(
        goal=_lazy("goal"), title=_lazy("title"), metric=_lazy("metric"), unit=_lazy("unit"), baseline=_lazy("from"),
        value=_lazy("now"), on=_lazy("on"), target=_lazy("to"), due=_lazy("by"), state=_lazy("state"),
        seat=_lazy("answers for it"),
    )  # fmt: skip
    return Table("goals", _("Goals"), heads, _goals(found, today), frozenset({"baseline", "value", "target"}))


def _goals(found: QuerySet[Goal], today: date) -> Rows:
    for one in found.iterator(chunk_size=AT_ONCE):
        stands, metric = metrics.stands(one, today), one.metric
        yield {
            "goal": one.reference,
            "title": one.title,
            "metric": metric.title,
            "unit": metric.get_unit_display(),
            "baseline": plain(one.baseline, metric.scale),
            "value": plain(stands.value, metric.scale) if stands.value is not None else "",
            "on": _on(stands.on),
            "target": plain(one.target, metric.scale),
            "due": one.due_on.isoformat(),
            "state": str(_STATES[stands.state]),
            "seat": one.seat.title,
        }
