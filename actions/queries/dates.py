"""Where a wish for another date goes, said to whoever is about to ask."""

from datetime import datetime

from django.utils.translation import gettext as _

from actions.models import ActionItem
from actions.queries import approving
from governance.clauses import Rules
from governance.models import Person
from governance.queries.seats import answering
from governance.services.duties import rules_in_force


def goes_to(action: ActionItem, viewer: Person, now: datetime) -> str:
    """Who would be asked now, and how often that is still so."""
    rules = Rules.from_json(rules_in_force(action.council.charter, now).rules)
    seat = approving.approver(action, rules, now, asks=viewer.pk)
    if seat is None:
        return _("Goes onto the council's agenda. The date stays until they decide.")
    left = rules.promising.renewals - approving.renewed(action) - 1
    words = {"who": answering([seat], now)[seat].name, "left": left}
    if left:
        return _("%(who)s answers it; until then the date stays. After that: %(left)d more, then the council.") % words
    return _("%(who)s answers it; until then the date stays. After that only the council moves it.") % words
