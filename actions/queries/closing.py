"""What the charter asks for before work is said to be done, and what of it is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionItem, Evidence
from governance.clauses import Closure, Rules, enforces
from governance.services.duties import rules_in_force


@dataclass(frozen=True, slots=True)
class Shown:
    """The pieces of evidence that count by the charter, beside how many it asks for."""

    closure: Closure
    there: int
    """How many pieces there are, of whatever kind."""
    counted: int
    """How many of them the charter counts."""

    @property
    def is_met(self) -> bool:
        return self.counted >= self.closure.minimum

    @property
    def sentence(self) -> str:
        there = (
            ngettext("%(n)d that counts is there", "%(n)d that count are there", self.counted) % {"n": self.counted}
            if self.counted
            else _("none that counts is there")
        )
        return _("The charter asks for %(asked)s; %(there)s.") % {"asked": self.closure.in_words(), "there": there}


def closure_of(action: ActionItem, now: datetime) -> Closure:
    """What the charter of its council says about closing, as it holds now."""
    return Rules.from_json(rules_in_force(action.council.charter, now).rules).closure


@enforces("closure")
def shown(closure: Closure, evidence: Iterable[Evidence]) -> Shown:
    """What of the evidence counts: of a kind that the charter names, and not taken back."""
    kinds = [one.kind for one in evidence if one.taken_back_at is None]
    return Shown(closure, len(kinds), sum(kind in closure.kinds for kind in kinds))
