"""Money and time for actions on their council's agenda: an overrun to settle, and what an owner asks for."""

from datetime import datetime

from django.utils.translation import gettext as _

from actions.models import ActionItem
from councils.measures import say
from councils.models import AgendaItem, Spending
from councils.queries import books as queries
from councils.services import agenda

RESOURCES = "resources"


def ask_to_settle(action: ActionItem, posted: Spending, *, now: datetime) -> AgendaItem:
    """An overrun onto the agenda of the council that oversees the action, once: its secretary brings it to a decision.

    What is proposed is what is owed in money by now; the council may allocate more.
    """
    owed = sum(line.overrun for line in queries.of_subject(action.pk) if line.currency == posted.envelope.currency)
    ask = _("%(amount)s was spent on “%(action)s” beyond what was allocated. Allocate it, or say why not.") % {
        "amount": say(owed, posted.envelope.unit, posted.envelope.currency),
        "action": action.title,
    }
    payload = {"amount": owed} if posted.envelope.currency else {"minutes": owed}
    return agenda.propose(
        council=action.council,
        about=action.subject,
        matter=RESOURCES,
        by=None,
        now=now,
        ask=ask,
        proposal={"outcome": "allocate", "payload": payload},
    )
