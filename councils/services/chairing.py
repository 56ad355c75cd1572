"""A chair decides alone, within the charter's limit; it stands until the next meeting ratifies it, or lapses there."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from councils import access as council_access
from councils import ratifying
from councils.models import AgendaItem, Decision
from councils.queries import councils as council_queries
from councils.services import decisions
from governance import access
from governance.errors import Refused
from governance.models import Person, SeatKind


def may_act(item: AgendaItem, by: Person, now: datetime) -> bool:
    """Whether ``by`` answers for the chair's seat today. A vote falls to nobody, and neither does this."""
    chair = council_queries.seat_of(item.council, SeatKind.CHAIR)
    return chair is not None and access.holds(by, chair.pk, now)


@transaction.atomic
def act(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    by: Person,
    now: datetime,
    risk_note: str = "",
    version: int | None = None,
) -> Decision:
    """Decide an item alone, as its council's chair; carried out at once, and to be ratified.

    Raises :class:`Refused` for anybody else, :class:`Conflict` where the charter lets the chair not, or not so much.
    """
    access.require(by, council_access.VIEW, item.council, now)
    if not may_act(item, by, now):
        raise Refused(_("Only the council's chair decides alone. Ask them, or put it to a vote."))
    decision = decisions.settle_by_chair(
        item=item, outcome=outcome, motion=motion, payload=payload, by=by, now=now, risk_note=risk_note, version=version
    )
    ratifying.owe(decision, now)
    return decision
