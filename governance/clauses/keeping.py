"""Clauses about what is owed within which time, who verifies, and how long a charter itself holds."""

from dataclasses import asdict, dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.clauses.ladder import FURTHEST
from governance.errors import Invalid

VERIFIERS: dict[str, str | Promise] = {
    "secretary": gettext_lazy("The council's secretary"),
    "chair": gettext_lazy("The council's chair"),
    "champion": gettext_lazy("The champion of the department that was heard"),
    "cx_lead": gettext_lazy("The CX lead"),
}

APPROVERS: dict[str, str | Promise] = {
    "head": gettext_lazy("The department's head"),
    "chair": gettext_lazy("The council's chair"),
    "sponsor": gettext_lazy("The council's sponsor"),
}

MOST_RENEWALS = 20
"""How often a promise may be moved without its council, at most."""

LONGEST_PROVISION = 180
"""Days for which a charter may hold provisionally."""

LONGEST_REVIEW = 60
"""Months after which a charter is reviewed at the latest."""


@dataclass(frozen=True, slots=True)
class Verifying:
    """Who verifies: a role, tried in this order until one is found who had no part in the work."""

    verifier: str = "secretary"

    def sentence(self) -> str:
        return _("%(role)s verifies what is said to be done, and never their own work.") % {
            "role": VERIFIERS[self.verifier]
        }

    def check(self) -> None:
        if self.verifier not in VERIFIERS:
            raise Invalid(_("Choose who verifies: %(roles)s.") % {"roles": ", ".join(VERIFIERS)}, field="verifying")


OF_PROGRAMME = ("answer", "hand_over", "take_over")
"""The terms that hold for everybody alike: only those of the programme's default charter are read."""


@dataclass(frozen=True, slots=True)
class Promising:
    """How often the promise of one action is moved without the council, who approves it, within how many working days.

    After the last of these ``renewals`` only the council moves it; 0: only the council ever does.
    """

    renewals: int = 2
    approver: str = "head"
    within: int = 3

    def sentence(self) -> str:
        if self.renewals == 0:
            return _("Only the council moves a promised date.")
        return ngettext(
            "%(role)s may move a promised date, %(n)d time for one action, and answers within %(within)d working days; "
            "after that only the council moves it. Silence moves nothing.",
            "%(role)s may move a promised date, %(n)d times for one action, and answers within %(within)d working "
            "days; after that only the council moves it. Silence moves nothing.",
            self.renewals,
        ) % {"role": APPROVERS[self.approver], "n": self.renewals, "within": self.within}

    def check(self) -> None:
        if not 0 <= self.renewals <= MOST_RENEWALS:
            raise Invalid(
                _("A promise is moved without the council %(most)d times at most; 0: never.") % {"most": MOST_RENEWALS},
                field="promising",
            )
        if self.approver not in APPROVERS:
            raise Invalid(
                _("Choose who approves another date: %(roles)s.") % {"roles": ", ".join(APPROVERS)}, field="promising"
            )
        if not 1 <= self.within <= FURTHEST:
            raise Invalid(_("Every term has between one working day and a year of them (250)."), field="promising")


@dataclass(frozen=True, slots=True)
class Terms:
    """The working days within which something is owed."""

    accept: int = 3
    answer: int = 10
    set_date: int = 5
    verify: int = 5
    request: int = 5
    confirm: int = 5
    settle: int = 10
    close: int = 10
    respond: int = 3
    fill: int = 10
    hand_over: int = 5
    take_over: int = 10
    acknowledge: int = 10
    ratify: int = 10

    def sentence(self) -> str:
        return _(
            "Within working days: accept or decline %(accept)d, answer what was heard %(answer)d, "
            "promise a date %(set_date)d, verify %(verify)d, answer another department's request %(request)d, "
            "confirm what it delivered %(confirm)d, settle what stands on the agenda %(settle)d, "
            "close an envelope whose period is over %(close)d, "
            "answer an escalation %(respond)d, fill a vacant seat %(fill)d, hand over a leaver's work %(hand_over)d, "
            "accept or restate dates taken over %(take_over)d, acknowledge rules and roster %(acknowledge)d, "
            "ratify or refuse a charter %(ratify)d."
        ) % asdict(self)

    def of_council(self) -> str:
        """The sentence in any charter but the default one, which alone rules ``OF_PROGRAMME``."""
        return _(
            "Within working days: accept or decline %(accept)d, promise a date %(set_date)d, verify %(verify)d, "
            "settle what stands on the agenda %(settle)d, close an envelope whose period is over %(close)d, "
            "answer an escalation %(respond)d, "
            "fill a vacant seat %(fill)d, acknowledge rules and roster %(acknowledge)d, "
            "ratify or refuse a charter %(ratify)d."
        ) % asdict(self)

    def check(self) -> None:
        terms = asdict(self).values()
        if min(terms) < 1 or max(terms) > FURTHEST:
            raise Invalid(_("Every term has between one working day and a year of them (250)."), field="terms")


@dataclass(frozen=True, slots=True)
class Provisional:
    """For how many days a first charter may hold before its sponsors ratify it; 0: it may not."""

    days: int = 60

    def sentence(self) -> str:
        if self.days == 0:
            return _("It holds once its sponsors have ratified it, and not before.")
        return ngettext(
            "A first version may hold provisionally for %(n)d day until it is ratified; decisions then are marked so.",
            "A first version may hold provisionally for %(n)d days until it is ratified; decisions then are marked so.",
            self.days,
        ) % {"n": self.days}

    def check(self) -> None:
        if not 0 <= self.days <= LONGEST_PROVISION:
            raise Invalid(
                _("A charter holds provisionally for %(most)d days at most; 0 allows it not at all.")
                % {"most": LONGEST_PROVISION},
                field="provisional",
            )


@dataclass(frozen=True, slots=True)
class Review:
    """After how many months the charter is read again; 0: no day is set."""

    months: int = 12

    def sentence(self) -> str:
        if self.months == 0:
            return _("No day is set on which these rules are reviewed.")
        return ngettext(
            "These rules are reviewed %(n)d month after they came into force.",
            "These rules are reviewed %(n)d months after they came into force.",
            self.months,
        ) % {"n": self.months}

    def check(self) -> None:
        if not 0 <= self.months <= LONGEST_REVIEW:
            raise Invalid(
                _("Rules are reviewed within %(most)d months; 0 sets no day.") % {"most": LONGEST_REVIEW},
                field="review",
            )
