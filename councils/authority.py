"""What a decision is worth by its charter: valid, advisory, not carried, beyond authority. Pure: no ORM, no clock.

Source of the order: DESIGN.md, "A decision counts". First the quorum, then the vote, then the right to commit so
much, last whether the envelope has it. An envelope that is short yields no verdict: nothing is stored then, and the
matter may be referred.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from councils.periods import THIS
from councils.quorum import Count
from councils.recusal import Aside
from councils.representation import Heard, missing_words
from councils.tally import Tally
from governance.clauses import ChairsAction, DecisionRight, Delegation, enforces
from governance.hours import format_minutes
from governance.money import format_minor

VALID, ADVISORY, REFERRED, REJECTED = "valid", "advisory", "referred", "rejected"
SHORT = "envelope_short"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict (or ``SHORT``) with the facts that it was reached on, in minor units where they are money."""

    verdict: str
    facts: dict[str, Any]

    @property
    def sentence(self) -> str:
        return in_short(self.verdict, self.facts)


def limit_of(right: DecisionRight, currency: str) -> int:
    """How much one decision may commit; a limit written in another currency gives no right at all."""
    return right.per_decision if right.currency == currency else 0


def left_of(right: DecisionRight, currency: str, committed: int) -> int | None:
    """How much of the period's limit is left where ``committed`` is in it already; None where no such limit holds."""
    if not right.period:
        return None
    return max(0, (right.per_period if right.currency == currency else 0) - committed)


def case_above(right: DecisionRight, currency: str) -> int:
    """More money than this an owner asks for with a business case: the charter's amount, else what one decision may
    commit; in another currency, nothing.
    """
    if right.business_case_above is None or right.currency != currency:
        return limit_of(right, currency)
    return right.business_case_above


@enforces("right")
def risk_note_above(right: DecisionRight, currency: str) -> int | None:
    """What commits more than this is decided with its risks written down; None: nothing is."""
    if right.risk_note_above is None:
        return None
    return right.risk_note_above if right.currency == currency else 0


@dataclass(frozen=True, slots=True)
class PersonTime:
    """The minutes that a motion commits, and what the council committed of them since the charter's period began."""

    asked: int = 0
    committed: int = 0

    def beyond(self, right: DecisionRight) -> str:
        """Which limit of the right it goes beyond: one decision's ("hours"), the period's ("hours_period"), or none."""
        if not self.asked:
            return ""
        if right.hours_per_decision is not None and self.asked > right.hours_per_decision:
            return "hours"
        if right.hours_per_period is not None and self.committed + self.asked > right.hours_per_period:
            return "hours_period"
        return ""

    def facts(self, right: DecisionRight) -> dict[str, Any]:
        """What is kept with a verdict, where time was asked for and a limit holds."""
        if not self.asked or (right.hours_per_decision is None and right.hours_per_period is None):
            return {}
        facts: dict[str, Any] = {"minutes": self.asked, "minutes_limit": right.hours_per_decision}
        if right.hours_per_period is not None:
            facts |= {
                "minutes_period": right.period,
                "minutes_period_limit": right.hours_per_period,
                "minutes_committed": self.committed,
            }
        return facts


def _aside_facts(counted: Count, aside: Aside) -> dict[str, Any]:
    """Who had to stand aside, whether they left, and who chaired; nothing where nobody stood aside."""
    facts: dict[str, Any] = {}
    if aside.by_rule:
        facts["aside"] = list(aside.by_rule)
    if aside.leaves and counted.recused:
        facts["aside_left"] = True
    if counted.handed_over:
        facts |= {"handed_over": True, "presiding": counted.presiding}
    return facts


@enforces("right")
def judge(
    *,
    counted: Count,
    tallied: Tally,
    right: DecisionRight,
    amount: int,
    free: int,
    currency: str,
    heard: Heard | None = None,
    committed: int = 0,
    time: PersonTime | None = None,
    aside: Aside | None = None,
) -> Judgement:
    """Judge one motion that commits ``amount`` (minor units) where ``free`` is left in the envelope.

    ``heard`` are the departments that must be represented; ``committed`` is what the council committed by its own
    decisions since the charter's period began; ``time`` the same of person-time; ``aside`` who had to stand aside.
    """
    time = time or PersonTime()
    limit, left = limit_of(right, currency), left_of(right, currency, committed)
    heard = heard or Heard()
    facts: dict[str, Any] = {
        "seats": counted.seats,
        "vacant": counted.vacant,
        "present": counted.present,
        "needed": counted.needed,
        "chair_present": counted.chair_present,
        "chair_required": counted.chair_required,
        "for": tallied.in_favour,
        "against": tallied.against,
        "abstained": tallied.abstained,
        "recused": tallied.recused,
        "denominator": tallied.denominator,
        "of": tallied.of,
        "threshold": tallied.threshold,
        "amount": amount,
        "limit": limit,
        "free": free,
        "currency": currency,
    }
    if tallied.tie:
        facts |= {"tie": tallied.tie, "chair_choice": tallied.chair_choice}
    if heard.needed:
        facts |= {
            "represented": list(heard.present),
            "unrepresented": list(heard.missing),
            "unrepresented_is": heard.otherwise,
        }
    facts |= _aside_facts(counted, aside or Aside())
    facts |= time.facts(right)
    if left is not None:
        facts |= {"period": right.period, "period_limit": left + committed, "committed": committed}
    if not counted.is_quorate or not heard.is_met:
        return Judgement(ADVISORY, facts)
    if not tallied.is_carried:
        return Judgement(REJECTED, facts)
    if amount > limit or (amount and left is not None and amount > left):
        return Judgement(REFERRED, facts)
    if time.beyond(right):
        return Judgement(REFERRED, {**facts, "beyond": time.beyond(right)})
    if amount > free:
        return Judgement(SHORT, facts)
    return Judgement(VALID, facts)


def judge_alone(*, amount: int, authority: int, free: int, currency: str) -> Judgement:
    """Judge what a sponsor decides alone, where no body stands above: within the funding authority, and recorded so."""
    facts = {"alone": True, "amount": amount, "limit": authority, "free": free, "currency": currency}
    if amount > authority:
        return Judgement(REFERRED, facts)
    return Judgement(SHORT if amount > free else VALID, facts)


@enforces("chair")
def judge_chair(
    rule: ChairsAction, right: DecisionRight, *, amount: int, free: int, currency: str, committed: int = 0
) -> Judgement:
    """Judge what a chair decides alone: within the chair's limit, and what the council's own right leaves of its
    period. ``REFERRED`` says that it is beyond either, and nothing is stored then.
    """
    limit = rule.up_to if rule.currency == currency else 0
    left = left_of(right, currency, committed)
    facts = {"alone": True, "by": "chair", "amount": amount, "limit": limit, "free": free, "currency": currency}
    if not rule.allowed or amount > limit or (amount and left is not None and amount > left):
        return Judgement(REFERRED, facts)
    return Judgement(SHORT if amount > free else VALID, facts)


@dataclass(frozen=True, slots=True)
class Delegated:
    """What the charter says to an allocation without a meeting; ``refusal`` is empty where it may be made."""

    refusal: str
    facts: dict[str, Any]

    @property
    def sentence(self) -> str:
        """Why not, in words."""
        if not self.refusal:
            return ""
        facts = self.facts
        amount = {
            name: money(facts[name], facts["currency"]) for name in ("limit", "sum", "committed") if name in facts
        }
        return {
            "nobody": _("The charter lets nobody allocate without a decision."),
            "currency": _("What the charter lets be allocated is written in another currency than the books."),
            "ended": _("What the charter lets be allocated without a meeting ended on %(day)s.")
            % {"day": date_format(date.fromisoformat(facts["until"]), "j F Y") if facts.get("until") else ""},
            "amount": _("Without a meeting %(limit)s may be allocated at a time.") % {"limit": amount.get("limit", "")},
            "period": _("Of %(sum)s for %(period)s, %(committed)s was allocated before.")
            % {
                "sum": amount.get("sum", ""),
                "period": THIS.get(facts.get("period", ""), ""),
                "committed": amount.get("committed", ""),
            },
            "authority": _("The sponsor's funding authority is %(limit)s.") % {"limit": amount.get("limit", "")},
        }[self.refusal]


@enforces("delegation")
def judge_delegated(rule: Delegation, *, amount: int, committed: int, today: date, currency: str) -> Delegated:
    """Whether whoever the charter names may allocate ``amount`` today, where ``committed`` was in its period before."""
    facts: dict[str, Any] = {"amount": amount, "currency": currency, "limit": rule.per_allocation, "until": rule.until}
    if rule.period:
        facts |= {"period": rule.period, "sum": rule.per_period, "committed": committed}
    if not rule.to:
        return Delegated("nobody", facts)
    if rule.currency != currency:
        return Delegated("currency", facts)
    if today > rule.last_day:
        return Delegated("ended", facts)
    if amount > rule.per_allocation:
        return Delegated("amount", facts)
    if rule.period and committed + amount > rule.per_period:
        return Delegated("period", facts)
    return Delegated("", facts)


@enforces("delegation")
def judge_signed(rule: Delegation, *, amount: int, authority: int, currency: str) -> Delegated:
    """Whether the sponsor may sign an allocation: where the charter lets it, within the funding authority."""
    facts = {"amount": amount, "currency": currency, "limit": authority}
    if not rule.by_signature:
        return Delegated("nobody", facts)
    return Delegated("authority" if amount > authority else "", facts)


def money(minor: int, currency: str) -> str:
    return format_minor(minor, currency, get_language() or "en")


def counted_words(facts: dict[str, Any]) -> str:
    """The facts behind a verdict in a few words: "5 of 9, chair absent"."""
    if facts.get("alone"):
        return _("the chair alone") if facts.get("by") == "chair" else _("the sponsor alone")
    here = _("%(present)d of %(seats)d in writing") if facts.get("written") else _("%(present)d of %(seats)d")
    words = [here % facts]
    if facts["present"] < facts["needed"]:
        words.append(_("%(needed)d needed") % facts)
    if facts["chair_required"] and not facts["chair_present"]:
        words.append(_("nobody in the chair") if facts.get("handed_over") else _("chair absent"))
    if facts.get("unrepresented"):
        return f"{', '.join(words)}; {missing_words(facts['unrepresented'], was=True)}"
    return ", ".join(words)


def _is_beyond_period(facts: dict[str, Any]) -> bool:
    """Whether it was the limit of a period that one decision alone did not reach."""
    return bool(facts.get("period")) and facts["amount"] <= facts["limit"]


def _period_words(facts: dict[str, Any]) -> dict[str, Any]:
    currency = facts["currency"]
    return {
        "amount": money(facts["amount"], currency),
        "committed": money(facts["committed"], currency),
        "sum": money(facts["period_limit"], currency),
        "period": THIS[facts["period"]],
    }


def _time_words(facts: dict[str, Any]) -> str:
    """Which limit of person-time it was that a motion went beyond."""
    if facts["beyond"] == "hours":
        return _("%(minutes)s of person-time, and one decision may commit %(limit)s") % {
            "minutes": format_minutes(facts["minutes"]),
            "limit": format_minutes(facts["minutes_limit"]),
        }
    return _("%(minutes)s of person-time, and of %(sum)s for %(period)s, %(committed)s was committed before") % {
        "minutes": format_minutes(facts["minutes"]),
        "sum": format_minutes(facts["minutes_period_limit"]),
        "committed": format_minutes(facts["minutes_committed"]),
        "period": THIS[facts["minutes_period"]],
    }


def reason(verdict: str, facts: dict[str, Any]) -> str:
    """What made the verdict, to stand beside its word: "5 of 9, chair absent", "5 for, 0 against; 6 of 9"."""
    if verdict in (VALID, REJECTED) and not facts.get("alone"):
        return _("%(for)d for, %(against)d against; %(counted)s.") % {**facts, "counted": counted_words(facts)}
    if verdict == REFERRED and facts.get("beyond"):
        return f"{_time_words(facts)}."
    if verdict == REFERRED and _is_beyond_period(facts):
        return _("Of %(sum)s for %(period)s, %(committed)s was committed before.") % _period_words(facts)
    if verdict == REFERRED:
        return _("One decision may commit %(limit)s.") % {"limit": money(facts["limit"], facts["currency"])}
    return f"{counted_words(facts)}."


def in_short(verdict: str, facts: dict[str, Any]) -> str:
    """A verdict with its reason, as one line: "advisory (5 of 9, chair absent)"."""
    if verdict == ADVISORY:
        return _("advisory (%(counted)s)") % {"counted": counted_words(facts)}
    if verdict == REJECTED:
        return _("not carried (%(for)d for, %(against)d against)") % facts
    if verdict == REFERRED and facts.get("beyond"):
        return _("referred upward (%(time)s)") % {"time": _time_words(facts)}
    if verdict == REFERRED and _is_beyond_period(facts):
        return _("referred upward (%(amount)s, and of %(sum)s for %(period)s, %(committed)s was committed before)") % (
            _period_words(facts)
        )
    if verdict == REFERRED:
        return _("referred upward (%(amount)s, and one decision may commit %(limit)s)") % {
            "amount": money(facts["amount"], facts["currency"]),
            "limit": money(facts["limit"], facts["currency"]),
        }
    if verdict == SHORT:
        return _("not possible (%(amount)s, and %(free)s is free in the envelope)") % {
            "amount": money(facts["amount"], facts["currency"]),
            "free": money(facts["free"], facts["currency"]),
        }
    if facts.get("alone"):
        return _("valid (the chair alone)") if facts.get("by") == "chair" else _("valid (the sponsor alone)")
    return _("valid (%(counted)s; %(for)d for, %(against)d against)") % {
        "counted": counted_words(facts),
        "for": facts["for"],
        "against": facts["against"],
    }


LAPSED, TAKEN_BACK = "lapsed", "taken_back"


def why(verdict: str, facts: dict[str, Any], undone: str = "") -> list[str]:
    """The reckoning in sentences, from stored facts: what was counted, against which rule, with which result.

    ``undone`` says that what was valid counts no more, since it lapsed or was taken back.
    """
    lines: list[str] = []
    if not facts.get("alone"):
        lines += [_quorum_line(facts), *_aside_lines(facts), _vote_line(facts)]
    if "unrepresented" in facts:
        lines.append(_represented_line(facts))
    if facts["amount"]:
        lines.append(
            _("It commits %(amount)s; one decision may commit %(limit)s, and %(free)s was free.")
            % {name: money(facts[name], facts["currency"]) for name in ("amount", "limit", "free")}
        )
    if facts["amount"] and facts.get("period"):
        lines.append(
            _("Decisions of %(period)s may commit %(sum)s together; %(committed)s was committed before.")
            % _period_words(facts)
        )
    lines += _time_lines(facts)
    ends = {
        ADVISORY: _advisory_end(facts),
        REJECTED: _("The motion did not carry, so the matter went to the body above, or to the sponsor.")
        if facts.get("rises")
        else _("The motion did not carry."),
        REFERRED: _("That is beyond the right to decide, so it was referred upward and nothing was allocated."),
        VALID: _valid_end(undone),
    }
    return [*lines, ends[verdict]] if verdict in ends else lines


def _valid_end(undone: str) -> str:
    if undone == LAPSED:
        return _("It took effect at once, and counts no more since it lapsed: the council did not ratify it.")
    if undone == TAKEN_BACK:
        return _("It took effect at once, and counts for nothing since it was taken back.")
    return _("It counts, and took effect at once.")


def _time_lines(facts: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if facts.get("minutes") and facts["minutes_limit"] is not None:
        lines.append(
            _("It commits %(minutes)s of person-time; one decision may commit %(limit)s.")
            % {"minutes": format_minutes(facts["minutes"]), "limit": format_minutes(facts["minutes_limit"])}
        )
    if facts.get("minutes_period"):
        lines.append(
            _("Decisions of %(period)s may commit %(sum)s of person-time together; %(committed)s was committed before.")
            % {
                "period": THIS[facts["minutes_period"]],
                "sum": format_minutes(facts["minutes_period_limit"]),
                "committed": format_minutes(facts["minutes_committed"]),
            }
        )
    return lines


def _quorum_line(facts: dict[str, Any]) -> str:
    counted = {"present": facts["present"], "seats": facts["seats"], "needed": facts["needed"]}
    if facts.get("written"):
        line = ngettext(
            "%(present)d of %(seats)d voting seat voted in writing; %(needed)d needed",
            "%(present)d of %(seats)d voting seats voted in writing; %(needed)d needed",
            facts["seats"],
        )
        chair = _("the chair voted") if facts["chair_present"] else _("the chair did not vote")
    else:
        line = ngettext(
            "%(present)d of %(seats)d voting seat was taken; %(needed)d needed",
            "%(present)d of %(seats)d voting seats were taken; %(needed)d needed",
            facts["seats"],
        )
        chair = _("the chair was there") if facts["chair_present"] else _("the chair was absent")
    if facts.get("handed_over"):
        chair = _("somebody chaired") if facts["chair_present"] else _("nobody chaired")
    return f"{line % counted}, {chair}." if facts["chair_required"] else f"{line % counted}."


def _aside_lines(facts: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if facts.get("aside"):
        lines.append(_("By the charter these stood aside: %(seats)s.") % {"seats": ", ".join(facts["aside"])})
    if facts.get("aside_left"):
        lines.append(_("Whoever stood aside left the room for it."))
    if facts.get("presiding"):
        lines.append(_("The chair stood aside and handed over: %(seat)s chaired.") % {"seat": facts["presiding"]})
    elif facts.get("handed_over"):
        lines.append(_("The chair stood aside, and nobody who takes the chair then was there."))
    return lines


def _represented_line(facts: dict[str, Any]) -> str:
    if facts["unrepresented"]:
        return f"{missing_words(facts['unrepresented'], was=True)}."
    return _("Every department that must be represented was: %(names)s.") % {"names": ", ".join(facts["represented"])}


def _advisory_end(facts: dict[str, Any]) -> str:
    is_quorate = not facts.get("alone") and (
        facts["present"] >= facts["needed"] and (facts["chair_present"] or not facts["chair_required"])
    )
    if facts.get("rises"):
        return _("What a written vote leaves undecided goes to the body above, or to the sponsor.")
    if is_quorate:
        return _("Where a department that must be represented is not, a decision is advice and the matter stays open.")
    return _("Without a quorum a decision is advice, and the matter stays on the agenda.")


def _vote_line(facts: dict[str, Any]) -> str:
    cast = _("%(for)d for, %(against)d against, %(abstained)d abstained, %(recused)d recused") % facts
    if facts["threshold"] == "consent":
        needs = _("a motion carries where nobody objects")
    else:
        share = _("more than half") if facts["threshold"] == "majority" else _("two thirds")
        needs = _("a motion needs %(share)s of %(denominator)d") % {**facts, "share": share}
    if facts.get("tie") == "chair":
        return _("%(cast)s; %(needs)s, and the chair's vote decides a tie.") % {"cast": cast, "needs": needs}
    return _("%(cast)s; %(needs)s.") % {"cast": cast, "needs": needs}
