"""Did it work? Before and after with an honest interval, as a pure function: no ORM, no clock.

The change is judged by its 95 % interval, never by the two figures alone. *Worked*: the interval lies wholly on the
better side, and the value after reaches the target. *Partly*: the change is shown, and short of the target. *Not*: it
became worse, or a change as large as was aimed for is ruled out. Everything else is *cannot tell*, in plain words.

The intervals, each the right one for its kind of figure:

* shares: Newcombe's hybrid score interval (method 10 of R. G. Newcombe, "Interval estimation for the difference between
  independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998) 873-890), made of two
  intervals of E. B. Wilson ("Probable inference", JASA 22 (1927) 209-212);
* net promoter score: each answer counts -1, 0 or +1, so the variance of one is p+ + p- - (p+ - p-)^2;
* means with a standard deviation: B. L. Welch ("The generalization of Student's problem", Biometrika 34 (1947) 28-35),
  the quantile of t by Abramowitz and Stegun, 26.7.5;
* counts over days: the score interval of a Poisson rate for each, put together as Newcombe does (G. Y. Zou and
  A. Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27 (2008) 1693-1702).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
ENOUGH = 100
"""Answers needed on each side: with fewer, even a share of one half is known only to ten points up or down."""
ENOUGH_EVENTS = 20
"""What was counted on both sides together, where there is no number of answers."""


class Kind(StrEnum):
    """What kind of figure a metric is, which decides the interval."""

    SHARE = "share"
    NPS = "nps"
    MEAN = "mean"
    RATE = "rate"


class Effect(StrEnum):
    WORKED = "worked"
    PARTLY = "partly"
    NOT = "not"
    CANNOT_TELL = "cannot_tell"


class Why(StrEnum):
    """Why nobody can tell."""

    NOTHING_SEEN = "nothing_seen"
    NO_SIZE = "no_size"
    TOO_FEW = "too_few"
    TOO_WIDE = "too_wide"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen on one side. ``value`` is in the metric's unit: percent, points, minutes, or counts a day.

    ``size`` is the number of answers (of a count: of days); None where the readings do not say. ``spread`` is the
    standard deviation of one answer, ``events`` what was counted.
    """

    value: float
    size: int | None = None
    spread: float | None = None
    events: int | None = None


def share(part: int, whole: int) -> Sample:
    """So many of so many, in percent."""
    return Sample(100 * part / whole, whole, events=part)


def nps(promoters: int, detractors: int, answers: int) -> Sample:
    """Promoters less detractors in a hundred answers."""
    up, down = promoters / answers, detractors / answers
    return Sample(
        100 * (promoters - detractors) / answers, answers, spread=100 * sqrt(max(0.0, up + down - (up - down) ** 2))
    )


def mean(value: float, answers: int, spread: float) -> Sample:
    """A mean of so many answers with their standard deviation."""
    return Sample(value, answers, spread=spread)


def rate(events: int, days: int) -> Sample:
    """So many in so many days."""
    return Sample(events / days, days, events=events)


def pooled(samples: Iterable[Sample]) -> Sample | None:
    """Several means as one: weighted by their answers, the spread within and between them. None of nothing."""
    parts = list(samples)
    total = sum(part.size or 0 for part in parts)
    if not parts:
        return None
    if any(part.size is None or part.spread is None for part in parts) or total < 2:
        return Sample(sum(part.value for part in parts) / len(parts))
    middle = sum(part.value * (part.size or 0) for part in parts) / total
    squares = sum(
        max(0, (part.size or 0) - 1) * (part.spread or 0.0) ** 2 + (part.size or 0) * (part.value - middle) ** 2
        for part in parts
    )
    return Sample(middle, total, spread=sqrt(squares / (total - 1)))


# --- intervals -----------------------------------------------------------------------------------------------------


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a share, between 0 and 1."""
    middle = 2 * part + z * z
    half = z * sqrt(z * z + 4 * part * (1 - part / whole))
    low, high = (middle - half) / (2 * (whole + z * z)), (middle + half) / (2 * (whole + z * z))
    # The formula gives these exactly; floating point does not.
    return (0.0 if part == 0 else low), (1.0 if part == whole else high)


def score_of_rate(events: int, days: float, z: float = Z) -> tuple[float, float]:
    """The score interval of a Poisson rate."""
    middle, half = events + z * z / 2, z * sqrt(events + z * z / 4)
    return (0.0 if events == 0 else (middle - half) / days), (middle + half) / days


def t_quantile(freedom: float, z: float = Z) -> float:
    """The quantile of Student's t from the normal one; exact to three decimals from ten degrees of freedom on."""
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def welch_freedom(one: Sample, other: Sample) -> float:
    """Degrees of freedom by Welch and Satterthwaite."""
    a, b = _variance_of_mean(one), _variance_of_mean(other)
    if a + b == 0:
        return float((one.size or 0) + (other.size or 0) - 2)
    return (a + b) ** 2 / (a * a / ((one.size or 2) - 1) + b * b / ((other.size or 2) - 1))


def _variance_of_mean(sample: Sample) -> float:
    return (sample.spread or 0.0) ** 2 / (sample.size or 1)


def interval(kind: Kind, sample: Sample) -> tuple[float, float] | None:
    """Where one side truly lies, for the chart; None where its size is not known."""
    if not _is_sized(kind, sample):
        return None
    if kind is Kind.SHARE:
        low, high = wilson(sample.events or 0, sample.size or 1)
        return 100 * low, 100 * high
    if kind is Kind.RATE:
        return score_of_rate(sample.events or 0, sample.size or 1)
    times = t_quantile((sample.size or 2) - 1) if kind is Kind.MEAN else Z
    half = times * sqrt(_variance_of_mean(sample))
    return sample.value - half, sample.value + half


def change(kind: Kind, before: Sample, after: Sample) -> tuple[float, float]:
    """Where the change (after less before) truly lies, with 95 % confidence. Both sides are sized."""
    moved = after.value - before.value
    if kind in (Kind.SHARE, Kind.RATE):
        one, other = interval(kind, after), interval(kind, before)
        if one is None or other is None:
            raise ValueError("both sides have a size")
        return (
            moved - sqrt((after.value - one[0]) ** 2 + (other[1] - before.value) ** 2),
            moved + sqrt((one[1] - after.value) ** 2 + (before.value - other[0]) ** 2),
        )
    times = t_quantile(welch_freedom(before, after)) if kind is Kind.MEAN else Z
    half = times * sqrt(_variance_of_mean(before) + _variance_of_mean(after))
    return moved - half, moved + half


def _is_sized(kind: Kind, sample: Sample) -> bool:
    if kind in (Kind.SHARE, Kind.RATE):
        return sample.size is not None and sample.events is not None
    return sample.size is not None and sample.size > 1 and sample.spread is not None


# --- the judgement -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be told, with what it was told from. ``low`` and ``high`` bound the change; None where unknown."""

    effect: Effect
    kind: Kind
    before: Sample | None
    after: Sample | None
    why: Why | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    enough: int = ENOUGH


def judge(
    before: Sample | None,
    after: Sample | None,
    *,
    kind: Kind,
    better_is_up: bool,
    enough: int = ENOUGH,
    target: float | None = None,
) -> Judgement:
    """Worked, partly, not, or cannot tell. ``target`` is a value of the metric; without one any change shown will do.

    Without a target nothing says how large a change would have been worth it, so only a change for the worse is *not*.
    """
    if before is None or after is None:
        return Judgement(Effect.CANNOT_TELL, kind, before, after, Why.NOTHING_SEEN, target=target, enough=enough)
    moved = after.value - before.value
    if not (_is_sized(kind, before) and _is_sized(kind, after)):
        return Judgement(Effect.CANNOT_TELL, kind, before, after, Why.NO_SIZE, moved, target=target, enough=enough)
    low, high = change(kind, before, after)
    if _too_few(kind, before, after, enough):
        return Judgement(
            Effect.CANNOT_TELL, kind, before, after, Why.TOO_FEW, moved, low, high, target=target, enough=enough
        )
    way = 1 if better_is_up else -1
    least, most = sorted((way * low, way * high))
    wanted = None if target is None else way * (target - before.value)
    why = None
    if least > 0:
        is_reached = wanted is None or way * moved >= wanted
        effect = Effect.WORKED if is_reached else Effect.PARTLY
    elif most < 0 or (wanted is not None and most < wanted):
        effect = Effect.NOT
    else:
        effect, why = Effect.CANNOT_TELL, Why.TOO_WIDE
    return Judgement(effect, kind, before, after, why, moved, low, high, target=target, enough=enough)


def _too_few(kind: Kind, before: Sample, after: Sample, enough: int) -> bool:
    if kind is Kind.RATE:
        return (before.events or 0) + (after.events or 0) < ENOUGH_EVENTS
    return min(before.size or 0, after.size or 0) < enough


# --- in plain words ------------------------------------------------------------------------------------------------


def told(number: float, decimals: int = 1, *, signed: bool = False) -> str:
    """A number as people of the reader's language write it."""
    shown = number_format(round(number, decimals) + 0.0, decimals)
    return f"+{shown}" if signed and round(number, decimals) > 0 else shown.replace("-", "−")


def valued(kind: Kind, number: float, decimals: int = 1) -> str:
    """A value of this kind of figure with its unit: a share is one of a hundred."""
    shown = told(number, decimals)
    return f"{shown} %" if kind is Kind.SHARE else shown


def _lies(found: Judgement, decimals: int) -> str:
    """Between which bounds the change lies: of shares and of the NPS in points, not in percent of what it was."""
    says = {
        "low": told(found.low or 0.0, decimals, signed=True),
        "high": told(found.high or 0.0, decimals, signed=True),
    }
    if found.kind in (Kind.SHARE, Kind.NPS):
        return _("the change lies between %(low)s and %(high)s points") % says
    return _("the change lies between %(low)s and %(high)s") % says


def sentence(found: Judgement, decimals: int = 1) -> str:
    """The judgement as one would say it to a customer."""
    if found.why is not None:
        return _cannot_tell(found, decimals)
    if found.before is None or found.after is None or found.low is None or found.high is None:
        raise ValueError("what can be told has both its sides")
    says = {
        "before": valued(found.kind, found.before.value, decimals),
        "after": valued(found.kind, found.after.value, decimals),
        "target": valued(found.kind, found.target, decimals) if found.target is not None else "",
        "lies": _lies(found, decimals),
    }
    return {
        Effect.WORKED: _("Worked: %(before)s before, %(after)s after; %(lies)s."),
        Effect.PARTLY: _("Partly: %(before)s before, %(after)s after, and %(target)s was aimed for; %(lies)s."),
        Effect.NOT: _("Did not work: %(before)s before, %(after)s after; %(lies)s."),
    }[found.effect] % says


def _cannot_tell(found: Judgement, decimals: int) -> str:
    if found.why is Why.NOTHING_SEEN or found.before is None or found.after is None:
        return (
            _("Cannot tell: nothing was seen before it.")
            if found.before is None
            else _("Cannot tell: nothing was seen after it.")
        )
    if found.why is Why.NO_SIZE:
        return _("Cannot tell: the values do not say of how many answers they are.")
    if found.why is Why.TOO_FEW and found.kind is Kind.RATE:
        seen = (found.before.events or 0) + (found.after.events or 0)
        return ngettext("Cannot tell: %(n)d is too few.", "Cannot tell: %(n)d are too few.", seen) % {"n": seen}
    if found.why is Why.TOO_FEW:
        least = min(found.before.size or 0, found.after.size or 0)
        return ngettext(
            "Cannot tell: %(n)d answer is too few; it takes %(enough)d.",
            "Cannot tell: %(n)d answers are too few; it takes %(enough)d.",
            least,
        ) % {"n": least, "enough": found.enough}
    return _("Cannot tell: %(lies)s, so it may be none, or what was aimed for.") % {"lies": _lies(found, decimals)}


# --- came back -----------------------------------------------------------------------------------------------------

LOOK = 28
"""Days looked at together after a verification: four whole weeks, so that weekdays weigh alike."""
LOOKS = 6
FEWEST = 10
"""Voices in those weeks below which nobody can say that it came back."""


def came_back(before: Sample, after: Sample) -> bool:
    """Whether customers say it again: what is said a day after verification is more than half of what it was before.

    Judged by the interval: half of the old rate is ruled out. So an action that truly halved the voices is reopened in
    at most one look in forty, and with fewer than ten voices nobody is accused.
    """
    if (after.events or 0) < FEWEST or not before.events or not before.size or not after.size:
        return False
    low, _high = change(Kind.RATE, Sample(before.value / 2, before.size * 2, events=before.events), after)
    return low > 0
