"""Taking a sheet of actions in: each changed row said by its sender, through the service that a page would call."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.importing.action_sheet import Wish
from actions.models import ActionItem
from actions.queries import action_sheet as queries
from actions.services import items
from governance.errors import DomainError
from governance.models import Person
from governance.sheets.judging import Plan, Unfit
from governance.sheets.tables import Row


@transaction.atomic
def take_in(*, rows: Sequence[Row], by: Person, now: datetime, leave_out: bool = False) -> Plan:
    """Say what the changed rows say; rows that say what stands do nothing.

    All or nothing, but with ``leave_out`` those that are in order. Raises :class:`Unfit` with the plan, each row at
    fault blamed: what may not be seen or said, what somebody changed meanwhile, what the state forbids.
    """
    plan = queries.judge(rows, by, now)
    if plan.problems and not leave_out:
        raise _unfit(plan)
    for line in plan.lines:
        if line.wish is None or line.faults:
            continue
        try:
            with transaction.atomic():
                _say(line.wish, by, now)
        except DomainError as error:
            line.blame(error.field if error.field in line.row.cells else "", str(error))
    if plan.problems and not leave_out:
        raise _unfit(plan)
    return plan


def _unfit(plan: Plan) -> Unfit:
    return Unfit(_("Some rows need you, so nothing was changed. Mend them, or leave them out."), plan)


def _say(wish: Wish, by: Person, now: datetime) -> None:
    action = ActionItem.objects.get(pk=wish.pk)
    version: int | None = wish.version
    if wish.health:
        items.report(
            action=action, health=wish.health, line=wish.line, progress=wish.progress, by=by, now=now, version=version
        )
        version = None  # what it just became, under the lock that this transaction holds
    if wish.due_on is None:
        return
    if wish.asks_for_time:
        items.ask_for_time(action=action, due_on=wish.due_on, reason=wish.reason, by=by, now=now, version=version)
    else:
        items.set_date(action=action, due_on=wish.due_on, by=by, now=now, version=version)
