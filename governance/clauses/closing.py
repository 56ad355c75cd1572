"""Clauses about the end of work: when it is looked at whether it worked."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.errors import Invalid

SOONEST_READING, LATEST_READING = 14, 365
"""Days after the verification between which a KPI is read."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How many days after its verification the KPI of an action is read: once, twice or three times. 0: not again."""

    first: int = 30
    second: int = 60
    third: int = 90

    @property
    def days(self) -> tuple[int, ...]:
        """The days of review, in their order."""
        return tuple(day for day in (self.first, self.second, self.third) if day)

    def sentence(self) -> str:
        return _("Whether work did what it was for is read %(days)s after its verification.") % {
            "days": in_days(self.days)
        }

    def check(self) -> None:
        if self.third and not self.second:
            raise Invalid(_("Fill in the second reading before the third."), field="windows")
        if not self.days or not all(SOONEST_READING <= day <= LATEST_READING for day in self.days):
            raise Invalid(
                _("A KPI is read between %(first)d and %(last)d days after the verification, at least once.")
                % {"first": SOONEST_READING, "last": LATEST_READING},
                field="windows",
            )
        if not self.first or list(self.days) != sorted(set(self.days)):
            raise Invalid(_("Each reading is later than the one before it."), field="windows")


def in_days(days: tuple[int, ...]) -> str:
    """Days in words: "30, 60 and 90 days"."""
    if len(days) < 2:
        return ngettext("%(n)d day", "%(n)d days", sum(days)) % {"n": sum(days)}
    return _("%(first)s and %(last)d days") % {"first": ", ".join(str(day) for day in days[:-1]), "last": days[-1]}
