"""What the books count, in words: money in minor units of a currency, or person-time in minutes."""

from councils.authority import money
from councils.models import Unit
from governance.hours import format_minutes


def say(amount: int, unit: str, currency: str) -> str:
    """An amount of an envelope's unit, for a reader."""
    return format_minutes(amount) if unit == Unit.TIME else money(amount, currency)
