"""Clauses about the end of work: what shows that it is done, and when it is looked at whether it worked."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.errors import Invalid

SHOWS: dict[str, str | Promise] = {
    "file": gettext_lazy("a file"),
    "link": gettext_lazy("a link"),
    "reading": gettext_lazy("a reading of a metric"),
    "note": gettext_lazy("what was seen, in words"),
}
"""The kinds of evidence, by the names of their fields."""

MOST_EVIDENCE = 10
"""Pieces of evidence that may be asked for at most."""


@dataclass(frozen=True, slots=True)
class Closure:
    """What has to be attached before work is said to be done, and whether its council may close it unverified.

    ``minimum`` counts what is of a kind that counts.
    """

    minimum: int = 1
    file: bool = True
    link: bool = True
    reading: bool = True
    note: bool = True
    unverified: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of evidence that count."""
        return tuple(kind for kind in SHOWS if getattr(self, kind))

    def in_words(self) -> str:
        """What is asked for: "at least 2 pieces of evidence (a file or a link)"."""
        pieces = ngettext("at least %(n)d piece of evidence", "at least %(n)d pieces of evidence", self.minimum)
        words = {"pieces": pieces % {"n": self.minimum}, "kinds": or_of([str(SHOWS[kind]) for kind in self.kinds])}
        return words["pieces"] if len(self.kinds) == len(SHOWS) else _("%(pieces)s (%(kinds)s)") % words

    def sentence(self) -> str:
        words = {"shown": self.in_words()}
        if self.unverified:
            return (
                _("Work is said to be done with %(shown)s; what nobody verified, the council may accept as it is.")
                % words
            )
        return _("Work is said to be done with %(shown)s, and is never closed as done without being verified.") % words

    def check(self) -> None:
        if not self.kinds:
            raise Invalid(_("Say which kinds of evidence count: at least one of them."), field="closure")
        if not 1 <= self.minimum <= MOST_EVIDENCE:
            raise Invalid(
                _("Ask for at least one piece of evidence, and for %(most)d at most.") % {"most": MOST_EVIDENCE},
                field="closure",
            )


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


def or_of(words: list[str]) -> str:
    """Words of which one will do: "a file, a link or a reading"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def in_days(days: tuple[int, ...]) -> str:
    """Days in words: "30, 60 and 90 days"."""
    if len(days) < 2:
        return ngettext("%(n)d day", "%(n)d days", sum(days)) % {"n": sum(days)}
    return _("%(first)s and %(last)d days") % {"first": ", ".join(str(day) for day in days[:-1]), "last": days[-1]}
