"""Clauses by which a decision is judged: quorum, who must be represented, the vote, how much may be committed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.errors import Invalid
from governance.hours import format_minutes
from governance.money import MOST, format_minor

THRESHOLDS: dict[str, str | Promise] = {
    "majority": gettext_lazy("more than half"),
    "two_thirds": gettext_lazy("at least two thirds"),
    "consent": gettext_lazy("consent: nobody objects"),
}
WHOLES: dict[str, str | Promise] = {
    "cast": gettext_lazy("the votes cast"),
    "present": gettext_lazy("the voting seats that are present"),
    "all": gettext_lazy("all voting seats"),
}
TIES: dict[str, str | Promise] = {
    "fails": gettext_lazy("does not carry"),
    "chair": gettext_lazy("is decided by the chair's vote"),
}
PERIODS: dict[str, str | Promise] = {
    "": gettext_lazy("no limit for a period"),
    "month": gettext_lazy("calendar month"),
    "quarter": gettext_lazy("calendar quarter"),
    "year": gettext_lazy("calendar year"),
}

MOST_REPRESENTED = 60
MOST_MINUTES = 60_000_000


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many voting seats must be taken for a decision to count."""

    minimum: int = 3
    chair_required: bool = True

    def sentence(self) -> str:
        seats = ngettext("at least %(n)d voting seat is", "at least %(n)d voting seats are", self.minimum) % {
            "n": self.minimum
        }
        if self.chair_required:
            return _("A decision counts when %(seats)s taken, the chair's among them.") % {"seats": seats}
        return _("A decision counts when %(seats)s taken.") % {"seats": seats}

    def check(self) -> None:
        if not 1 <= self.minimum <= 1000:
            raise Invalid(_("A quorum needs at least one seat, and no more than a thousand."), field="quorum")


@dataclass(frozen=True, slots=True)
class Voting:
    """What share of the votes carries a motion, or consent.

    ``of`` is the denominator: votes cast for or against, voting seats present, or all voting seats that somebody holds.
    ``tie`` says what becomes of an even split; only a majority can have one.
    """

    threshold: str = "majority"
    of: str = "cast"
    tie: str = "fails"

    def sentence(self) -> str:
        if self.threshold == "consent":
            return _("A motion carries by consent: somebody is for it, and nobody who is present objects.")
        words = {"share": THRESHOLDS[self.threshold], "whole": WHOLES[self.of], "tie": TIES[self.tie]}
        if self.threshold == "two_thirds":
            return _("A motion carries with %(share)s of %(whole)s.") % words
        return _("A motion carries with %(share)s of %(whole)s; a tie %(tie)s.") % words

    def check(self) -> None:
        if self.threshold not in THRESHOLDS or self.of not in WHOLES or self.tie not in TIES:
            raise Invalid(
                _(
                    "Choose a majority, two thirds or consent; of the votes cast, of the seats present or of all "
                    "seats; and whether a tie fails or the chair decides it."
                ),
                field="voting",
            )
        if self.tie == "chair" and self.threshold != "majority":
            raise Invalid(_("Only a majority can end in a tie: let a tie fail, or choose a majority."), field="voting")
        if self.threshold == "consent" and self.of != "cast":
            raise Invalid(_("Consent counts objections, not shares: leave it at the votes cast."), field="voting")


@dataclass(frozen=True, slots=True)
class DecisionRight:
    """How much one decision may commit, and all of one period together, in minor units; above it the matter is
    referred to the parent body. ``period`` is a calendar month, quarter or year in the council's place; empty: none.

    ``hours_per_decision`` and ``hours_per_period`` limit person-time in the same way, in minutes; None: no limit.
    ``business_case_above``: more than this an owner asks for with a business case; None: more than one decision may
    commit. ``risk_note_above``: what commits more is decided with its risks written down; None: never asked for.
    """

    per_decision: int = 0
    currency: str = "EUR"
    period: str = ""
    per_period: int = 0
    business_case_above: int | None = None
    risk_note_above: int | None = None
    hours_per_decision: int | None = None
    hours_per_period: int | None = None

    def sentence(self) -> str:
        return " ".join([self._of_money(), *self._of_time(), *self._of_writing()])

    def _of_money(self) -> str:
        words = {"amount": format_minor(self.per_decision, self.currency)}
        if not self.period:
            return (
                _("The council may commit up to %(amount)s by one decision; above that it refers the matter upward.")
                % words
            )
        words |= {"sum": format_minor(self.per_period, self.currency), "period": str(PERIODS[self.period])}
        return (
            _(
                "The council may commit up to %(amount)s by one decision, and up to %(sum)s in one %(period)s; "
                "above that it refers the matter upward."
            )
            % words
        )

    def _of_time(self) -> list[str]:
        one, all_of_them = self.hours_per_decision, self.hours_per_period
        words = {
            "one": format_minutes(one or 0),
            "sum": format_minutes(all_of_them or 0),
            "period": str(PERIODS.get(self.period, "")),
        }
        if one is not None and all_of_them is not None:
            return [_("Of person-time up to %(one)s by one decision, and up to %(sum)s in one %(period)s.") % words]
        if one is not None:
            return [_("Of person-time up to %(one)s by one decision.") % words]
        if all_of_them is not None:
            return [_("Of person-time up to %(sum)s in one %(period)s.") % words]
        return []

    def _of_writing(self) -> list[str]:
        said = []
        if self.business_case_above is not None:
            said.append(
                _("Who asks for more than %(amount)s writes a business case.")
                % {"amount": format_minor(self.business_case_above, self.currency)}
            )
        if self.risk_note_above is not None:
            said.append(
                _("What commits more than %(amount)s is decided with its risks written down.")
                % {"amount": format_minor(self.risk_note_above, self.currency)}
            )
        return said

    def check(self) -> None:
        limits = (self.per_decision, self.per_period, self.business_case_above or 0, self.risk_note_above or 0)
        if not all(0 <= limit <= MOST for limit in limits):
            raise Invalid(_("A limit lies between nothing and ten billion."), field="right")
        if self.period not in PERIODS:
            raise Invalid(_("A limit holds for a month, a quarter or a year."), field="right")
        if self.per_period and not self.period:
            raise Invalid(
                _("Say for which period the second limit holds: a month, a quarter or a year."), field="right"
            )
        if self.period and self.per_period < self.per_decision:
            raise Invalid(
                _("All decisions of a period cannot be held to less than a single one. Raise the limit of the period."),
                field="right",
            )
        self._check_time()

    def _check_time(self) -> None:
        one, all_of_them = self.hours_per_decision, self.hours_per_period
        if not all(0 <= (limit or 0) <= MOST_MINUTES for limit in (one, all_of_them)):
            raise Invalid(_("Person-time lies between nothing and a million hours."), field="right")
        if all_of_them is not None and not self.period:
            raise Invalid(_("Say for which period the limit of person-time holds."), field="right")
        if one is not None and all_of_them is not None and all_of_them < one:
            raise Invalid(
                _("All decisions of a period cannot be held to less time than a single one. Raise it for the period."),
                field="right",
            )


@dataclass(frozen=True, slots=True)
class Representation:
    """A department that must be represented: by its own voice, or (``by``) by a department, seat or council named here.

    References and the names that they had when the rules were written: a version in force is read as it was ratified.
    """

    department: str
    name: str = ""
    by: str = ""
    by_name: str = ""

    def sentence(self) -> str:
        words = {"department": self.name or self.department, "by": self.by_name or self.by}
        return _("%(department)s by %(by)s") % words if self.by else words["department"]


@dataclass(frozen=True, slots=True)
class Represented:
    """Which departments must be represented when it decides, and what a decision is worth without one of them.

    A department is represented while somebody is present in a seat of the council that represents it, or as its
    champion or the champion's deputy. ``otherwise``: advisory, or valid (and the absence stands beside the verdict).
    """

    departments: tuple[Representation, ...] = ()
    otherwise: str = "advisory"

    def sentence(self) -> str:
        if not self.departments:
            return _("No department has to be represented.")
        named = _joined(one.sentence() for one in self.departments)
        if self.otherwise == "advisory":
            return _("Represented when it decides: %(named)s. A decision without one of them is advisory.") % {
                "named": named
            }
        return _(
            "Represented when it decides: %(named)s. A decision without one of them counts, and says who was missing."
        ) % {"named": named}

    @classmethod
    def read(cls, given: dict[str, Any]) -> Self:
        """From stored JSON."""
        listed = given.get("departments", ())
        rest = {key: value for key, value in given.items() if key != "departments"}
        return cls(departments=tuple(Representation(**one) for one in listed), **rest)

    def check(self) -> None:
        if self.otherwise not in {"advisory", "valid"}:
            raise Invalid(_("Without a department a decision is advisory, or valid all the same."), field="represented")
        if len(self.departments) > MOST_REPRESENTED:
            raise Invalid(
                _("At most %(most)d departments can be named.") % {"most": MOST_REPRESENTED}, field="represented"
            )
        references = [one.department for one in self.departments]
        if not all(references) or len(set(references)) != len(references):
            raise Invalid(_("Name each department once."), field="represented")
        if any(one.by == one.department for one in self.departments):
            raise Invalid(
                _("A department that speaks for itself needs no exception: leave it empty."), field="represented"
            )


def _joined(words: Iterable[str]) -> str:
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return _("%(first)s and %(last)s") % {"first": ", ".join(listed[:-1]), "last": listed[-1]}
