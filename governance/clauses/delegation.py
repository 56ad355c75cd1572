"""The clause by which a council lets a seat allocate without it: how much, and until when."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.clauses.deciding import PERIODS
from governance.errors import Invalid
from governance.money import MOST, format_minor

DELEGATES: dict[str, str | Promise] = {
    "": gettext_lazy("nobody"),
    "chair": gettext_lazy("The council's chair"),
    "head": gettext_lazy("The head of the action's department"),
    "sponsor": gettext_lazy("The council's sponsor"),
}


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who allocates from the council's envelope what an owner asked for, without a meeting: amounts in minor units.

    ``until`` is the last day of it (ISO); ``period`` a calendar month, quarter or year in the council's place.
    ``by_signature``: the council's sponsor may sign an allocation, within the sponsor's funding authority.
    """

    to: str = ""
    per_allocation: int = 0
    currency: str = "EUR"
    period: str = ""
    per_period: int = 0
    until: str = ""
    by_signature: bool = False

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.until)

    def sentence(self) -> str:
        said = []
        if self.to:
            words = {
                "role": DELEGATES[self.to],
                "day": date_format(self.last_day, "j F Y"),
                "amount": format_minor(self.per_allocation, self.currency),
                "sum": format_minor(self.per_period, self.currency),
                "period": str(PERIODS[self.period]),
            }
            line = (
                _(
                    "%(role)s may allocate up to %(amount)s at a time, and up to %(sum)s in one %(period)s, to an "
                    "action whose owner asked for it, without a meeting, until %(day)s."
                )
                if self.period
                else _(
                    "%(role)s may allocate up to %(amount)s at a time to an action whose owner asked for it, without "
                    "a meeting, until %(day)s."
                )
            )
            said.append(line % words)
        if self.by_signature:
            said.append(_("The council's sponsor may sign an allocation within the sponsor's funding authority."))
        return " ".join(said) or _("Only a decision of the council allocates.")

    def check(self) -> None:
        if self.to not in DELEGATES or self.period not in PERIODS:
            raise Invalid(
                _("Allocating is delegated to the chair, the department's head or the sponsor, for a month, a quarter "
                  "or a year."),
                field="delegation",
            )  # fmt: skip
        if not 0 <= self.per_allocation <= MOST or not 0 <= self.per_period <= MOST:
            raise Invalid(_("A limit lies between nothing and ten billion."), field="delegation")
        if not self.to:
            if self.per_allocation or self.per_period or self.period or self.until:
                raise Invalid(_("Say who may allocate, or leave the amounts and the day empty."), field="delegation")
            return
        if not self.per_allocation:
            raise Invalid(_("Say up to which amount."), field="delegation", part="per_allocation")
        if bool(self.period) != bool(self.per_period) or (self.period and self.per_period < self.per_allocation):
            raise Invalid(
                _("Say for which period the second limit holds, and let it be no less than the first."),
                field="delegation",
                part="per_period" if self.period else "period",
            )
        try:
            date.fromisoformat(self.until)
        except ValueError as error:
            raise Invalid(
                _("Say until which day: what is delegated ends."), field="delegation", part="until"
            ) from error
