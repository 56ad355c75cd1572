"""Recognising a person in free text: the name, however it is spaced, cased or turned round, and the address. Pure."""

import json
import re
from collections.abc import Iterable
from typing import Any

REDACTED = "[redacted]"


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """What matches these names and addresses as whole words. "Li Wang" also finds "li  wang" and "Wang, Li".

    Raises ValueError for a word so short that it would be found in half the texts (fewer than three letters).
    """
    forms = []
    for word in words:
        parts = word.split()
        if len("".join(parts)) < 3:
            raise ValueError(f"“{word}” is too short to look for.")
        forms.append(r"\s+".join(map(re.escape, parts)))
        if len(parts) > 1 and "@" not in word:
            forms.append(re.escape(parts[-1]) + r",\s*" + r"\s+".join(map(re.escape, parts[:-1])))
    return re.compile(rf"(?<![\w@.+-])(?:{'|'.join(forms)})(?![\w@])", re.IGNORECASE)


def needles(words: Iterable[str], *, in_json: bool = False) -> set[str]:
    """The shortest pieces by which a database finds candidates: of each name its longest part, as it may be stored."""
    found: set[str] = set()
    for word in words:
        longest = max(word.split(), key=len)
        for form in (
            {longest, longest.lower(), longest.upper(), longest.title()} if not longest.isascii() else {longest}
        ):
            found.add(form)
            if in_json:
                found.add(json.dumps(form)[1:-1])
    return found


def without(value: Any, what: re.Pattern[str]) -> Any:
    """The text, or JSON value, with every match replaced; keys of objects stay, because programs read them."""
    if isinstance(value, str):
        return what.sub(REDACTED, value)
    if isinstance(value, list):
        return [without(one, what) for one in value]
    if isinstance(value, dict):
        return {key: without(one, what) for key, one in value.items()}
    return value


def mask(content: bytes, words: Iterable[str]) -> bytes:
    """Bytes of a file with every match overdrawn by as many stars, so that whoever appends to it is not disturbed."""
    for word in words:
        for encoding in ("utf-8", "latin-1"):
            spaced = rb"\s+".join(re.escape(part.encode(encoding, "replace")) for part in word.split())
            content = re.sub(spaced, lambda found: b"*" * len(found[0]), content, flags=re.IGNORECASE)
    return content
