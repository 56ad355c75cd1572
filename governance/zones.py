"""The time zones that people and places may have: those of a place, and UTC.

What the zone database has beside them is no place (``Factory``), or whatever the computer is set to (``localtime``).
"""

from functools import cache
from zoneinfo import available_timezones


@cache
def known() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def choices() -> list[tuple[str, str]]:
    """For a form: places by name. UTC is offered to nobody, and stands where somebody has it."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(known()) if "/" in zone]
