"""Spending from a sheet: each row through the service that a hand-typed one goes through, all of them or none.

A look at a sheet does all of it and takes it back, so what it finds is what would be found: a reference that is posted
already, a row that comes twice, the row with which an allocation is used up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import ActionItem
from actions.services import spending
from councils.models import Account, AccountKind, Envelope, Spending, Unit
from councils.queries.books import currency
from governance.errors import Absent, Conflict, DomainError, Invalid
from governance.hours import NotTime, parse_minutes
from governance.models import Person
from governance.money import NotMoney, parse_minor
from governance.sheets.tables import Column, Row

COLUMNS = (
    Column("action", gettext_lazy("Action"), ("reference of the action",), is_required=True),
    Column("on", gettext_lazy("Day"), ("date", "day"), is_required=True),
    Column("amount", gettext_lazy("Amount"), ("sum", "money"), is_required=True),
    Column("what", gettext_lazy("What for"), ("what for", "description", "text"), is_required=True),
    Column("cost_centre", gettext_lazy("Cost centre"), ("cost center",)),
    Column("external_reference", gettext_lazy("Reference"), ("invoice", "booking", "reference")),
    Column("envelope", gettext_lazy("Envelope"), (), is_placed=False),
    Column("overrun", gettext_lazy("Overrun"), (), is_placed=False),
)
YES = frozenset({"yes", "y", "1", "true", "x"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what was or would be posted, or why not."""

    row: Row
    spending: Spending | None = None
    error: DomainError | None = None

    @property
    def fault(self) -> str:
        return str(self.error) if self.error is not None else ""


def look(*, rows: Sequence[Row], by: Person, now: datetime) -> list[Judged]:
    """What each row would do, for its sender; nothing is stored."""
    with transaction.atomic():
        judged = [_judge(row, by, now) for row in rows]
        transaction.set_rollback(True)
    return judged


@transaction.atomic
def take_in(*, rows: Sequence[Row], by: Person, now: datetime) -> list[Spending]:
    """Post every row, as its sender. Where one cannot be, its error is raised with its number, and none is."""
    if not rows:
        raise Invalid(_("There is no row in this. Paste at least one."), field="pasted")
    posted = []
    for row in rows:
        judged = _judge(row, by, now)
        if judged.error is not None:
            judged.error.message = _("Row %(row)d: %(fault)s Nothing was posted.") % {
                "row": row.number,
                "fault": judged.fault,
            }
            judged.error.facts["row"] = row.number
            raise judged.error
        if judged.spending is not None:
            posted.append(judged.spending)
    return posted


def _judge(row: Row, by: Person, now: datetime) -> Judged:
    if row.fault:
        return Judged(row, error=Invalid(row.fault))
    try:
        with transaction.atomic():
            return Judged(row, _post(row, by, now))
    except DomainError as error:
        return Judged(row, error=error)


def _post(row: Row, by: Person, now: datetime) -> Spending:
    cells = {column.name: row.cells.get(column.name, "").strip() for column in COLUMNS}
    action: ActionItem | None = (
        ActionItem.objects.visible_to(by, now).filter(subject__reference=cells["action"]).select_related("subject")
    ).first()
    if action is None:
        raise Absent(_("There is no such action, or none that you may see."))
    try:
        on = date.fromisoformat(cells["on"])
    except ValueError as error:
        raise Invalid(_("Write a day such as 2026-11-27."), field="on") from error
    envelope = _envelope(action, cells["envelope"])
    return spending.spend(
        action=action,
        amount=_amount(cells["amount"], envelope),
        on=on,
        what=cells["what"],
        envelope=envelope,
        cost_centre=cells["cost_centre"],
        external_reference=cells["external_reference"],
        overrun=cells["overrun"].lower() in YES,
        by=by,
        now=now,
    )


def _envelope(action: ActionItem, reference: str) -> Envelope | None:
    """The envelope that a row names: of those alone that hold something for its action."""
    if not reference:
        return None
    held = Account.objects.filter(subject=action.subject, kind=AccountKind.ALLOCATION)
    found = held.filter(envelope__subject__reference=reference).select_related("envelope").first()
    if found is None:
        raise Conflict(_("This envelope holds nothing for the action. Leave it empty, or name the one that does."))
    return found.envelope


def _amount(text: str, envelope: Envelope | None) -> int:
    try:
        if envelope is not None and envelope.unit == Unit.TIME:
            return parse_minutes(text)
        return parse_minor(text, envelope.currency if envelope is not None else currency())
    except (NotMoney, NotTime) as error:
        raise Invalid(str(error), field="amount") from error
