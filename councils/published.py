"""What changed in the order of an agenda since it was published. Pure: no ORM, no clock."""

from bisect import bisect_left
from collections.abc import Sequence


def moved(before: Sequence[int], after: Sequence[int]) -> set[int]:
    """As few items as can be that were moved: without them what stands in both stands in the same order."""
    places = {key: place for place, key in enumerate(before)}
    kept = [key for key in after if key in places]
    return set(kept) - set(_longest_rising([places[key] for key in kept], kept))


def _longest_rising(places: Sequence[int], keys: Sequence[int]) -> list[int]:
    """The keys of a longest run of rising places."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, place in enumerate(places):
        at = bisect_left(tops, place)
        before.append(ends[at - 1] if at else None)
        if at == len(tops):
            tops.append(place)
            ends.append(index)
        else:
            tops[at], ends[at] = place, index
    found: list[int] = []
    index_or_none = ends[-1] if ends else None
    while index_or_none is not None:
        found.append(keys[index_or_none])
        index_or_none = before[index_or_none]
    return found[::-1]
