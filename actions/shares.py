"""How much of a metric's change several actions may call their own: at most all of it on any day. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

ALL = 100


class Span(NamedTuple):
    """A share in percent, claimed of what happens from the first to the last day, both included."""

    share: int
    first: date
    last: date


def most(spans: Iterable[Span]) -> int:
    """The largest sum of shares on any day. It is reached on a day on which one of them begins."""
    known = list(spans)
    return max((sum(one.share for one in known if one.first <= begun.first <= one.last) for begun in known), default=0)


def left(taken: Iterable[Span], first: date, last: date) -> int:
    """What another may still claim over those days; never below nothing."""
    within = [
        Span(one.share, max(one.first, first), min(one.last, last))
        for one in taken
        if one.first <= last and one.last >= first
    ]
    return max(0, ALL - most(within))
