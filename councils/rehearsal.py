"""A past decision judged by other rules: what a draft charter would have made of it. Pure: no ORM, no clock.

A decision keeps the facts that were counted, so that it can be judged again: the same people present, the same votes,
the same money, another rule. What the facts do not tell is not made up: who spoke for which department is only known
where the charter of the day asked for it, and what was committed since a period began is given by the caller.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from councils import authority
from councils.authority import Judgement
from councils.quorum import Count
from councils.representation import Heard
from councils.tally import ABSTAIN, AGAINST, FOR, RECUSED, tally
from governance.clauses import Rules
from governance.errors import Invalid
from governance.money import NotMoney, parse_minor

MOST_PASTED = 50
"""Lines that are judged at once."""

MOST_MONEY = 10**15
"""Minor units."""

SHAPE = "Hire two agents; 12000; 5 of 7; 4:1"


@dataclass(frozen=True, slots=True)
class Case:
    """A decision as far as rules judge it: who was there, how they voted, what it would commit (minor units)."""

    motion: str
    amount: int
    seats: int
    present: int
    in_favour: int
    against: int
    abstained: int = 0
    recused: int = 0
    vacant: int = 0
    chair_present: bool = True
    chair_choice: str = ""
    minutes: int = 0
    committed: int = 0
    minutes_committed: int = 0
    free: int | None = None
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, motion: str, facts: Mapping[str, Any], *, chair_choice: str = "", minutes: int = 0) -> "Case | None":
        """From the facts of a decision; None where a sponsor decided alone: no council's rule judged that."""
        if facts.get("alone") or "seats" not in facts:
            return None
        return cls(
            motion=motion,
            amount=int(facts["amount"]),
            seats=int(facts["seats"]),
            present=int(facts["present"]),
            in_favour=int(facts["for"]),
            against=int(facts["against"]),
            abstained=int(facts["abstained"]),
            recused=int(facts["recused"]),
            vacant=int(facts["vacant"]),
            chair_present=bool(facts["chair_present"]),
            chair_choice=chair_choice or str(facts.get("chair_choice", "")),
            minutes=minutes,
            free=int(facts["free"]),
            missing=tuple(facts.get("unrepresented", ())),
        )


def judge(case: Case, rules: Rules, currency: str) -> Judgement:
    """What these rules make of it. Where what was free is not known the envelope is taken to have enough."""
    counted = Count(
        seats=case.seats,
        vacant=case.vacant,
        present=case.present,
        recused=case.recused,
        needed=rules.quorum.minimum,
        chair_required=rules.quorum.chair_required,
        chair_present=case.chair_present,
    )
    choices = [FOR] * case.in_favour + [AGAINST] * case.against + [ABSTAIN] * case.abstained + [RECUSED] * case.recused
    named = {one.name or one.department for one in rules.represented.departments}
    return authority.judge(
        counted=counted,
        tallied=tally(
            choices,
            rules.voting,
            seats=case.seats,
            present=case.present + case.recused,
            chair_choice=case.chair_choice,
        ),
        right=rules.right,
        amount=case.amount,
        free=case.amount if case.free is None else case.free,
        currency=currency,
        heard=Heard(
            missing=tuple(name for name in case.missing if name in named), otherwise=rules.represented.otherwise
        ),
        committed=case.committed,
        time=authority.PersonTime(case.minutes, case.minutes_committed),
    )


def pasted(text: str, currency: str) -> list[Case]:
    """Decisions written one a line: what was moved; the amount; how many of how many were present; for:against.

    Raises :class:`Invalid` at ``decisions``, naming the line and the shape that it needs.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_PASTED:
        raise Invalid(_("At most %(most)d decisions at once.") % {"most": MOST_PASTED}, field="decisions")
    return [_line(number, line, currency) for number, line in enumerate(lines, start=1)]


def _line(number: int, line: str, currency: str) -> Case:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) != 4:
        raise _unread(number, _("it needs four parts, with a semicolon between them"))
    motion, money, bench, votes = parts
    here = re.fullmatch(r"(\d{1,3}) of (\d{1,3})", bench)
    cast = re.fullmatch(r"(\d{1,3}):(\d{1,3})(?::(\d{1,3}))?", votes)
    if here is None:
        raise _unread(number, _("who was there reads like “5 of 7”"))
    if cast is None:
        raise _unread(number, _("the votes read like “4:1”, or “4:1:0” with who abstained"))
    try:
        amount = parse_minor(money or "0", currency)
    except NotMoney as error:
        raise _unread(number, str(error)) from error
    if not 0 <= amount <= MOST_MONEY:
        raise _unread(number, _("the amount is nothing or more"))
    present, seats = int(here[1]), int(here[2])
    in_favour, against, abstained = int(cast[1]), int(cast[2]), int(cast[3] or 0)
    if present > seats or in_favour + against + abstained > present:
        raise _unread(number, _("there are more votes than people present, or more people than seats"))
    return Case(
        motion=motion, amount=amount, seats=seats, present=present, in_favour=in_favour, against=against,
        abstained=abstained,
    )  # fmt: skip


def _unread(number: int, why: str) -> Invalid:
    return Invalid(
        _("Line %(n)d cannot be read: %(why)s. For example: %(shape)s") % {"n": number, "why": why, "shape": SHAPE},
        field="decisions",
    )
