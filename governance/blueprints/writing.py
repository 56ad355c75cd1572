"""What a blueprint is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from governance.clauses import DecisionRight, Rules
from governance.mandates import Mandate
from governance.money import exponent

CHAIR, SECRETARY, MEMBER = "chair", "secretary", "member"
"""Roles that every council has: the kinds of its seats. Others are a blueprint's own, and a member takes them on."""


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody does in the council, and what the others may expect of them."""

    key: str
    name: str
    expects: str


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A charter to begin with: mandate, rules, and the roles of its roster.

    ``limits`` are whole units of the organisation's currency: for one decision, and for all of one quarter together.
    """

    kind: str
    name: str
    says: str
    purpose: str
    mandate: Mandate
    rules: Rules
    limits: tuple[int, int]
    roles: tuple[Role, ...]

    def rules_in(self, currency: str) -> Rules:
        """The rules with their limits in a currency."""
        one, quarter = (amount * 10 ** exponent(currency) for amount in self.limits)
        right = DecisionRight(one, currency, "quarter", quarter) if quarter else DecisionRight(one, currency)
        return replace(self.rules, right=right)

    def role(self, key: str) -> Role | None:
        """What is expected of the chair, the secretary, a member."""
        return next((role for role in self.roles if role.key == key), None)


def lines(*said: str) -> tuple[str, ...]:
    return tuple(said)


def roles(*said: Iterable[str]) -> tuple[Role, ...]:
    return tuple(Role(*one) for one in said)
