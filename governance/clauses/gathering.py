"""Clauses about meeting: how often a council comes together at least."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.errors import Invalid

LONGEST_GAP = 53
"""Weeks between two meetings at most, where a cadence is set: a year."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How many weeks pass at most from one meeting that was held to the next; 0: the charter does not say.

    Six leave room for a monthly meeting that is moved by a week.
    """

    weeks: int = 6

    def sentence(self) -> str:
        if self.weeks == 0:
            return _("How often the council meets is not set.")
        return ngettext(
            "The council meets every week at least.",
            "The council meets at least every %(n)d weeks.",
            self.weeks,
        ) % {"n": self.weeks}

    def check(self) -> None:
        if not 0 <= self.weeks <= LONGEST_GAP:
            raise Invalid(
                _("A council meets at least every %(most)d weeks; 0 sets no cadence.") % {"most": LONGEST_GAP},
                field="cadence",
            )
