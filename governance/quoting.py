"""Quotation marks inside quotation marks: “‘Rewrite it’: why”."""

_SINGLE = str.maketrans("“”", "‘’")


def inside(text: str) -> str:
    """A text as it stands within double quotation marks: its own double ones become single."""
    return text.translate(_SINGLE)
