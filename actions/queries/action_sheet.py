"""Actions as the sheet has them: what goes out, and what each row that comes back would do as its sender."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actions import lifecycle
from actions.importing import action_sheet
from actions.lifecycle import Verb
from actions.models import ActionItem, Health
from actions.queries import roles
from councils.queries import books
from governance import access
from governance.models import Person
from governance.money import plain_minor
from governance.queries.seats import answering, holders
from governance.sheets.judging import Plan
from governance.sheets.tables import Row

AT_ONCE = 500
"""Rows that are read together, whatever the length of the list."""


def rows(found: QuerySet[ActionItem], viewer: Person, now: datetime) -> Iterator[dict[str, str]]:
    """The rows of a list of actions that the viewer may see, read part by part; a few statements a part."""
    keys = list(found.values_list("pk", flat=True))
    listed = ActionItem.objects.visible_to(viewer, now)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        there = listed.select_related("seat__subject", "department", "council__subject").in_bulk(part)
        yield from _told([there[key] for key in part if key in there], viewer, now)


def _told(part: Sequence[ActionItem], viewer: Person, now: datetime) -> Iterable[dict[str, str]]:
    seats = {action.seat_id for action in part}
    standing, names = answering(seats, now), holders(seats, now)
    seen = access.visible_ids(viewer, {one for action in part for one in (action.council_id, action.seat_id)}, now)
    words = _healths()
    held = books.allocated_apart(action.pk for action in part)
    for action in part:
        who, money = standing.get(action.seat_id), held.get(action.pk, {})
        yield {
            "reference": action.reference,
            "version": str(action.version),
            "health": words.get(action.health, ""),
            "progress": str(action.progress),
            "line": "",
            "promised": action.promised.isoformat() if action.promised else "",
            "reason": "",
            "title": action.title,
            "state": action.state,
            "seat": action.seat.title if action.seat_id in seen else "",
            "accountable": who.name if who is not None else names.get(action.seat_id, ""),
            "department": action.department.code,
            "council": action.council.name if action.council_id in seen else "",
            "asked_for": action.asked_for.isoformat() if action.asked_for else "",
            # In figures alone, with a point; where there are two currencies, each on its own, in the same order.
            "allocated": "; ".join(plain_minor(amount, code) for code, amount in money.items()),
            "currency": "; ".join(money),
        }


def judge(sheet: Sequence[Row], viewer: Person, now: datetime) -> Plan:
    """What each row would do. Who may not say it is told so at the row, before anything is done."""
    wanted = {row.cells.get("reference", "").strip().upper() for row in sheet}
    found = ActionItem.objects.visible_to(viewer, now).filter(subject__reference__in=wanted)
    told = {row["reference"]: row for row in rows(found, viewer, now)}
    actions = {
        action.reference: action_sheet.Known(
            pk=action.pk,
            reference=action.reference,
            version=action.version,
            is_running=action.state in lifecycle.RUNNING,
            health=action.health,
            progress=action.progress,
            promised=action.promised,
            state=str(action.get_state_display()),
            read={
                name: cell
                for name, cell in told.get(action.reference, {}).items()
                if cell or name not in ("seat", "council")
            },
        )
        for action in found
    }
    plan = action_sheet.plan(sheet, action_sheet.Facts(actions, _healths()))
    _require_rights(plan, viewer, now)
    return plan


def _healths() -> dict[str, str]:
    """The healths that somebody may say, as they are called; where none was said yet, the cell is empty."""
    return {key: str(label) for key, label in Health.choices if key != Health.UNKNOWN}


def _require_rights(plan: Plan, viewer: Person, now: datetime) -> None:
    """Blame each changed row whose action its sender may not speak for. Statements grow with changed rows alone."""
    changed = {line.key: line for line in plan.lines if line.wish is not None and not line.faults}
    actions = ActionItem.objects.select_related("seat", "department", "council").in_bulk(
        [key for key in changed if key is not None]
    )
    for key, action in actions.items():
        line, may = changed[key], lifecycle.verbs(roles.of(action, viewer, now), action.state)
        if line.wish.health and Verb.REPORT not in may:
            line.blame("", _refused())
        elif line.wish.due_on and (Verb.ASK_FOR_TIME if line.wish.asks_for_time else Verb.SET_DATE) not in may:
            line.blame("promised", _refused())


def _refused() -> str:
    return _("Its owner says this, or a champion who reports for the owner. Leave this row out.")
