"""Addresses stand in no log, and on no page of whoever runs the program. Pure: the settings need it, too."""

import re

EMAIL = re.compile(r"[^\s@<>\"'(=,:;]+@[^\s@<>\"'),;]+\.[^\s@<>\"'),;]+")


def without_addresses(text: str, instead: str) -> str:
    """The text with ``instead`` where it has e-mail addresses."""
    return EMAIL.sub(instead, text)
