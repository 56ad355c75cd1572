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


MOST_HEARD = 10_000
"""Mentions that a threshold names at most."""
LONGEST_LOOK = 366
"""Days that a threshold looks back at most: a year."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a theme reaches the agenda by itself, with nobody raising it.

    ``heard`` mentions within ``days`` days, or ``waiting`` mentions that are open at their source while no department
    answered; 0: not by that.
    """

    heard: int = 25
    days: int = 30
    waiting: int = 10

    def sentence(self) -> str:
        said = []
        if self.heard:
            said.append(
                ngettext(
                    "was heard %(n)d time within %(days)d days",
                    "was heard %(n)d times within %(days)d days",
                    self.heard,
                )
                % {"n": self.heard, "days": self.days}
            )
        if self.waiting:
            said.append(
                ngettext(
                    "has %(n)d open mention that nobody answered",
                    "has %(n)d open mentions that nobody answered",
                    self.waiting,
                )
                % {"n": self.waiting}
            )
        if not said:
            return _("No theme reaches the agenda by itself: somebody raises it.")
        return _("A theme reaches the agenda by itself when it %(ways)s.") % {"ways": _(" or ").join(said)}

    def check(self) -> None:
        for part in ("heard", "waiting"):
            if not 0 <= getattr(self, part) <= MOST_HEARD:
                raise Invalid(
                    _("A theme reaches the agenda with at most %(most)d mentions; 0: not by that.")
                    % {"most": MOST_HEARD},
                    field="agenda",
                    part=part,
                )
        if not 1 <= self.days <= LONGEST_LOOK:
            raise Invalid(
                _("Mentions are counted over one day at least, and over %(most)d at most.") % {"most": LONGEST_LOOK},
                field="agenda",
                part="days",
            )
