"""Clauses about deciding otherwise than by a show of hands in a meeting."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.errors import Invalid
from governance.money import MOST, format_minor

LONGEST_VOTE = 30
"""Working days for which a written vote is open at most."""


@dataclass(frozen=True, slots=True)
class Written:
    """For how many working days a written vote between meetings is open; 0: there is none."""

    days: int = 5

    def sentence(self) -> str:
        if self.days == 0:
            return _("Nothing is decided in writing: what a meeting leaves undecided goes to the body above.")
        return ngettext(
            "Between meetings it may decide in writing: a vote is open for %(n)d working day, and what it leaves "
            "undecided goes to the body above.",
            "Between meetings it may decide in writing: a vote is open for %(n)d working days, and what it leaves "
            "undecided goes to the body above.",
            self.days,
        ) % {"n": self.days}

    def check(self) -> None:
        if not 0 <= self.days <= LONGEST_VOTE:
            raise Invalid(
                _("A written vote is open for %(most)d working days at most; 0 allows none.") % {"most": LONGEST_VOTE},
                field="written",
            )


@dataclass(frozen=True, slots=True)
class ChairsAction:
    """Whether the chair may decide alone between meetings, and up to which amount (minor units) at a time."""

    allowed: bool = False
    up_to: int = 0
    currency: str = "EUR"

    def sentence(self) -> str:
        if not self.allowed:
            return _("The chair decides nothing alone.")
        if not self.up_to:
            return _(
                "The chair may decide alone what commits nothing; it lapses unless the council's next meeting ratifies "
                "it."
            )
        return _(
            "The chair may decide alone what commits up to %(amount)s; it lapses unless the council's next meeting "
            "ratifies it."
        ) % {"amount": format_minor(self.up_to, self.currency)}

    def check(self) -> None:
        if not 0 <= self.up_to <= MOST:
            raise Invalid(_("A limit lies between nothing and ten billion."), field="chair", part="up_to")
        if self.up_to and not self.allowed:
            raise Invalid(_("Let the chair decide alone, or leave the amount empty."), field="chair", part="up_to")
