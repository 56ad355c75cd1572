"""What lists and tables of the work hold, as rows of a sheet: what the page shows, and of people only their seats.

Long lists are read part by part, a few statements a part, in the order of the page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from actions.figures import COLUMNS, LABELS, Figure
from actions.models import (
    ActionItem,
    ActionLog,
    Feedback,
    FeedbackSource,
    OutcomeEffect,
    Pack,
    Pilot,
    PilotState,
    Request,
    RequestState,
    RoutingRule,
    Theme,
)
from actions.queries import feedback, pilots, requests, themes
from actions.queries.debts import Matrix
from actions.queries.record import Figures, RecordOfAll
from actions.queries.review import Review, Row
from governance.models import Duty, DutyKind, Person
from governance.queries import unacted
from governance.queries.parts import AT_ONCE, in_parts
from governance.sheets.tables import Column, columns
from governance.sheets.workbooks import Table, day

Rows = Iterator[Mapping[str, str]]


# --- lists ---------------------------------------------------------------------------------------------------------


def of_themes(found: QuerySet[Theme], viewer: Person, now: datetime) -> Table:
    heads = columns(
        theme=_lazy("theme"), name=_lazy("name"), heard=_lazy("heard"), open=_lazy("open at the source"),
        without_target=_lazy("without a target"), departments=_lazy("departments"), owed=_lazy("answers owed"),
        answered=_lazy("departments that answered"), next=_lazy("next"), by=_lazy("by"),
    )  # fmt: skip
    numbers = frozenset({"heard", "open", "without_target", "owed", "answered"})
    return Table("themes", _("Themes"), heads, _themes(found, now), numbers)


def _themes(found: QuerySet[Theme], now: datetime) -> Rows:
    for part in in_parts(found.select_related("subject")):
        for line in themes.lines(part, now):
            move = line.next
            yield {
                "theme": line.theme.subject.reference,
                "name": line.theme.name,
                "heard": str(line.heard),
                "open": str(line.open_at_source),
                "without_target": str(line.without_target),
                "departments": "; ".join(place.department.name for place in line.places),
                "owed": str(line.owed),
                "answered": str(line.answered),
                "next": move.seat if move is not None else "",
                "by": move.by.isoformat() if move is not None and move.by is not None else "",
            }


def of_feedback(found: QuerySet[Feedback], viewer: Person) -> Table:
    """What was said, and what its source says about it. Who said it is not in it, as it is not on the page."""
    heads = columns(
        source=_lazy("source"), number=_lazy("number at the source"), theme=_lazy("theme"), topic=_lazy("topic"),
        department=_lazy("department"), text=_lazy("text"), received=_lazy("received"), target=_lazy("target"),
        closed=_lazy("closed"), standing=_lazy("at the source"),
    )  # fmt: skip
    return Table("feedback", _("Feedback"), heads, _feedback(found, ZoneInfo(viewer.zone)))


def _feedback(found: QuerySet[Feedback], zone: ZoneInfo) -> Rows:
    for one in found.iterator(chunk_size=AT_ONCE):
        yield {
            "source": one.source.subject.title,
            "number": one.external_id,
            "theme": one.theme.subject.reference,
            "topic": one.topic,
            "department": one.department.name,
            "text": one.text,
            "received": day(one.received_at, zone),
            "target": day(one.due_at, zone),
            "closed": day(one.closed_at, zone),
            "standing": feedback.standing(one),
        }


def of_sources(found: QuerySet[FeedbackSource], viewer: Person) -> Table:
    heads = columns(
        source=_lazy("source"), name=_lazy("name"), heard=_lazy("heard"), last=_lazy("last taken in"),
        refused=_lazy("refused then"),
    )  # fmt: skip
    rows = _sources(found, ZoneInfo(viewer.zone))
    return Table("feedback-sources", _("Sources"), heads, rows, frozenset({"heard", "refused"}))


def _sources(found: QuerySet[FeedbackSource], zone: ZoneInfo) -> Rows:
    for one in found.select_related("subject").iterator(chunk_size=AT_ONCE):
        refused: int | None = one.last_rejected  # type: ignore[attr-defined]
        yield {
            "source": one.subject.reference,
            "name": one.name,
            "heard": str(one.heard),  # type: ignore[attr-defined]
            "last": day(one.last_at, zone),  # type: ignore[attr-defined]
            "refused": str(refused) if refused is not None else "",
        }


def of_rules(found: Iterable[tuple[RoutingRule, str]]) -> Table:
    """Each with its conditions in words, in the order in which they are tried."""
    heads = columns(
        position=_lazy("position"), where=_lazy("where"), department=_lazy("it goes to"), state=_lazy("state")
    )
    return Table("routing-rules", _("Routing rules"), heads, _rules(found), frozenset({"position"}))


def _rules(found: Iterable[tuple[RoutingRule, str]]) -> Rows:
    for one, where in found:
        yield {
            "position": str(one.position),
            "where": where,
            "department": one.to_department.name,
            "state": _("active") if one.is_active else _("off"),
        }


def of_logs(found: QuerySet[ActionLog], viewer: Person) -> Table:
    heads = columns(
        day=_lazy("taken over"), council=_lazy("council"), lines=_lazy("lines"), became=_lazy("actions"),
        unowned=_lazy("without an owner"), undated=_lazy("without a date"), withdrawn=_lazy("withdrawn on"),
    )  # fmt: skip
    numbers = frozenset({"lines", "became", "unowned", "undated"})
    return Table("action-logs", _("Old action logs"), heads, _logs(found, ZoneInfo(viewer.zone)), numbers)


def _logs(found: QuerySet[ActionLog], zone: ZoneInfo) -> Rows:
    for one in found.iterator(chunk_size=AT_ONCE):
        yield {
            "day": day(one.at, zone),
            "council": one.council.name,
            "lines": str(one.total),  # type: ignore[attr-defined]
            "became": str(one.became),  # type: ignore[attr-defined]
            "unowned": str(one.unowned),  # type: ignore[attr-defined]
            "undated": str(one.undated),  # type: ignore[attr-defined]
            "withdrawn": day(one.withdrawn_at, zone),
        }


def of_packs(found: QuerySet[Pack], viewer: Person) -> Table:
    """Which there are; what is in one goes out as its own workbook."""
    heads = columns(
        pack=_lazy("pack"), title=_lazy("title"), since=_lazy("from"), until=_lazy("until"), made=_lazy("made on"),
        scheduled=_lazy("on schedule"),
    )  # fmt: skip
    return Table("packs", _("Packs"), heads, _packs(found, ZoneInfo(viewer.zone)))


def _packs(found: QuerySet[Pack], zone: ZoneInfo) -> Rows:
    for one in found.select_related("subject").iterator(chunk_size=AT_ONCE):
        yield {
            "pack": one.reference,
            "title": one.title,
            "since": one.since.isoformat(),
            "until": one.until.isoformat(),
            "made": day(one.made_at, zone),
            "scheduled": _("yes") if one.is_scheduled else "",
        }


def of_requests(found: QuerySet[Request], viewer: Person, now: datetime) -> Table:
    heads = columns(
        request=_lazy("request"), title=_lazy("title"), asks=_lazy("department that asks"),
        asking=_lazy("seat that asks"), is_asked=_lazy("department that is asked"), asked=_lazy("seat that is asked"),
        action=_lazy("for the action"), state=_lazy("state"), asked_on=_lazy("asked on"), needed=_lazy("needed by"),
        promised=_lazy("promised"), next=_lazy("next"), by=_lazy("by"), overdue=_lazy("overdue"),
    )  # fmt: skip
    return Table("requests", _("Requests"), heads, _requests(found, viewer, now))


def _requests(found: QuerySet[Request], viewer: Person, now: datetime) -> Rows:
    today = now.astimezone(ZoneInfo(viewer.zone)).date()
    for part in in_parts(found):
        for line in requests.lines(part, viewer, now, today):
            one, move = line.request, line.move
            yield {
                "request": one.reference,
                "title": one.title,
                "asks": one.from_department.name,
                "asking": line.asking.text,
                "is_asked": one.to_department.name,
                "asked": line.asked.text,
                "action": one.action.reference if line.serves is not None and one.action is not None else "",
                "state": str(RequestState(one.state).label),
                "asked_on": one.asked_on.isoformat(),
                "needed": one.asked_for.isoformat(),
                "promised": one.promised.isoformat() if one.promised else "",
                "next": move.what if move is not None else "",
                "by": move.by.isoformat() if move is not None and move.by is not None else "",
                "overdue": _("yes") if line.is_late else "",
            }


def of_places(found: QuerySet[Any], viewer: Person, now: datetime) -> Table:
    """Where pilots are repeated, or might be; a place without a copy has no action yet."""
    heads = columns(
        pilot=_lazy("pilot"), title=_lazy("title"), place=_lazy("place"), stands=_lazy("stands"),
        action=_lazy("action"), seat=_lazy("accountable"), promised=_lazy("promised"), worked=_lazy("did it work?"),
    )  # fmt: skip
    return Table("pilot-places", _("Places of pilots"), heads, _places(found, viewer, now))


def _places(found: QuerySet[Any], viewer: Person, now: datetime) -> Rows:
    for part in in_parts(found):
        for one in pilots.place_lines(part, viewer, now):
            action = one.line.action if one.line is not None else None
            yield {
                "pilot": one.place.pilot.reference,
                "title": one.place.pilot.title,
                "place": one.place.department.name,
                "stands": one.label,
                "action": action.reference if action is not None else "",
                "seat": one.line.seat.text if one.line is not None else "",
                "promised": action.promised.isoformat() if action is not None and action.promised else "",
                "worked": one.effect,
            }


def of_pilots(found: QuerySet[Pilot], viewer: Person, now: datetime) -> Table:
    """What is tried in one place first, and how far it travelled."""
    heads = columns(
        pilot=_lazy("pilot"), title=_lazy("title"), where=_lazy("tried in"), state=_lazy("state"),
        check_on=_lazy("checked on"), criteria=_lazy("criteria"), met=_lazy("met at the last check"),
        places=_lazy("places"), verified=_lazy("of those verified"), next=_lazy("next"), by=_lazy("by"),
    )  # fmt: skip
    numbers = frozenset({"criteria", "met", "places", "verified"})
    return Table("pilots", _("Pilots"), heads, _pilots(found, viewer, now), numbers)


def _pilots(found: QuerySet[Pilot], viewer: Person, now: datetime) -> Rows:
    for part in in_parts(found):
        for line in pilots.lines(part, viewer, now):
            one, move = line.pilot, line.move
            yield {
                "pilot": one.reference,
                "title": one.title,
                "where": one.place,
                "state": str(PilotState(one.state).label),
                "check_on": one.check_on.isoformat(),
                "criteria": str(line.criteria),
                "met": "" if line.met is None else str(line.met),
                "places": str(len(line.places)),
                "verified": str(sum(place.group == pilots.Group.VERIFIED for place in line.places)),
                "next": move.what if move is not None else "",
                "by": move.by.isoformat() if move is not None and move.by is not None else "",
            }


def of_outcomes(found: QuerySet[ActionItem], viewer: Person) -> Table:
    heads = columns(
        action=_lazy("action"), title=_lazy("title"), department=_lazy("department"), verified=_lazy("verified on"),
        kpi=_lazy("KPI"), days=_lazy("after days"), reading=_lazy("last reading"), verdict=_lazy("verdict"),
        words=_lazy("said"),
    )  # fmt: skip
    return Table("outcomes", _("Outcomes"), heads, _outcomes(found, ZoneInfo(viewer.zone)), frozenset({"days"}))


def _outcomes(found: QuerySet[ActionItem], zone: ZoneInfo) -> Rows:
    words = {value: str(label) for value, label in OutcomeEffect.choices}
    for part in in_parts(found.select_related("subject")):
        for one in part:
            yield {
                "action": one.reference,
                "title": one.title,
                "department": one.department.name,
                "verified": day(one.verified_at, zone),
                "kpi": one.kpi_title or (_("none, with a reason") if one.number else _("nothing was fixed")),
                "days": str(one.last_day) if one.last_day else "",
                "reading": words.get(one.last_reading, ""),
                "verdict": words.get(one.verdict, ""),
                "words": one.verdict_words or "",
            }


def of_unacted(found: QuerySet[Duty]) -> Table:
    """Who has not acted. Names of people are not in it: seats are."""
    heads = columns(
        seat=_lazy("seat"), asked=_lazy("asked for"), what=_lazy("what it owes"), reference=_lazy("reference"),
        title=_lazy("title"), due_on=_lazy("by"),
    )  # fmt: skip
    return Table("not-acted", _("Who has not acted"), heads, _unacted(found))


def _unacted(found: QuerySet[Duty]) -> Rows:
    for duty in found.iterator(chunk_size=AT_ONCE):
        yield {
            "seat": duty.seat.title,
            "asked": str(unacted.LABELS[unacted.asked_of(duty.kind)]),
            "what": str(DutyKind(duty.kind).label),
            "reference": duty.subject.reference,
            "title": duty.subject.title,
            "due_on": duty.due_on.isoformat() if duty.due_on else "",
        }


# --- tables --------------------------------------------------------------------------------------------------------


def of_record(found: RecordOfAll) -> Table:
    """The promise record as its page tells it: what is hidden there is hidden here, in the same words."""
    heads = columns(
        department=_lazy("department"), promises=_lazy("promises"), kept=_lazy("kept first promise"),
        renegotiated=_lazy("renegotiated in time"), short=_lazy("said at short notice"),
        missed=_lazy("missed in silence"), slip=_lazy("median slip, days"), open=_lazy("under way"),
    )  # fmt: skip
    rows = [{**_told(row.figures), "department": row.department.name, "open": str(row.open)} for row in found.rows]
    if rows:
        rows.append({**_told(found.total), "department": _("All departments"), "open": str(found.open)})
    numbers = frozenset({"promises", "kept", "renegotiated", "short", "missed", "slip", "open"})
    return Table("promise-record", _("Promise record"), heads, rows, numbers)


def _told(figures: Figures | None) -> dict[str, str]:
    if figures is None:
        return dict.fromkeys(("promises", "kept", "renegotiated", "short", "missed", "slip"), _("too few to tell"))
    return {
        "promises": str(figures.counted),
        "kept": str(figures.kept),
        "renegotiated": str(figures.renegotiated),
        "short": str(figures.short),
        "missed": str(figures.missed),
        "slip": f"{figures.median_slip:g}" if figures.median_slip is not None else "",
    }


def of_debts(found: Matrix) -> Table:
    """Who owes whom, a row for each two departments between which anything is open."""
    heads = columns(
        owes=_lazy("owes"), is_owed=_lazy("is owed"), open=_lazy("open"), overdue=_lazy("overdue"),
        unanswered=_lazy("unanswered"), oldest=_lazy("oldest, days"),
    )  # fmt: skip
    names = {party.pk: party.name for party in found.parties}
    pairs = sorted(found.debts.items(), key=lambda pair: [names[key] for key in pair[0]])
    rows = [
        {
            "owes": names[owing],
            "is_owed": names[owed],
            "open": str(debt.open),
            "overdue": str(debt.overdue),
            "unanswered": str(debt.unanswered),
            "oldest": str(debt.oldest),
        }
        for (owing, owed), debt in pairs
    ]
    return Table("who-owes-whom", _("Who owes whom"), heads, rows, frozenset(rows[0]) - {"owes", "is_owed"} if rows
                 else frozenset())  # fmt: skip


def of_review(found: Review) -> Table:
    """Open work by department, and all of it."""
    figures: Sequence[Figure] = (Figure.OPEN, *COLUMNS)
    heads = [
        *columns(reference=_lazy("reference"), department=_lazy("department")),
        *(Column(str(figure), LABELS[figure]) for figure in figures),
    ]

    def told(row: Row, name: str) -> dict[str, str]:
        return {
            "reference": row.reference, "department": name, **{str(one): str(row.of(one)) for one in figures}
        }  # fmt: skip

    rows = [told(row, row.department) for row in found.rows]
    if rows:
        rows.append(told(found.total, _("All departments")))
    return Table("executive-review", _("Executive review"), heads, rows, frozenset(str(one) for one in figures))
