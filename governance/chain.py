"""The chain over the journal, as arithmetic: each seal is a keyed digest of the one before it and of an entry.

A seal's digest is ``HMAC-SHA256(JOURNAL_KEY, previous digest + canonical form)``. The canonical form is JSON with
sorted keys of what never changes about an entry: its key, moment (UTC), event, subject, author, facts, the digest of
its free words and what it mentions. The words themselves stand outside, under their own salted digest, so that they can
be erased and the chain still fits.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """What one entry says for ever. ``mentions`` are ``(role, subject key)``, in any order."""

    entry_id: int
    at: datetime
    event: str
    subject_id: int
    by_id: int | None
    facts: dict[str, Any]
    text_digest: str
    mentions: Iterable[tuple[str, int]] = field(default_factory=tuple)

    def canonical(self) -> bytes:
        """The one way to write it down, whatever the engine that stored it."""
        return json.dumps(
            {
                "id": self.entry_id,
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "event": self.event,
                "subject": self.subject_id,
                "by": self.by_id,
                "facts": self.facts,
                "text": self.text_digest,
                "mentions": sorted([role, subject] for role, subject in self.mentions),
            },
            sort_keys=True,
            ensure_ascii=True,
            separators=(",", ":"),
        ).encode()


def link(previous: str, said: Said, key: str) -> str:
    """The digest, 64 hex signs, that seals ``said`` behind the seal with the digest ``previous`` (empty: the first)."""
    return hmac.new(key.encode(), previous.encode() + b"\n" + said.canonical(), hashlib.sha256).hexdigest()


def words_digest(salt: str, words: str) -> str:
    """The digest under which an entry keeps its free words."""
    return hmac.new(salt.encode(), words.encode(), hashlib.sha256).hexdigest()


def fingerprint(key: str) -> str:
    """Tells one key from another without telling the key: 16 hex signs."""
    return hmac.new(key.encode(), b"which journal key is this", hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain on some day: how many seals there were, and the digest of the last."""

    seals: int
    digest: str
    at: datetime

    def written(self) -> str:
        """One line of the file in which heads are kept."""
        return json.dumps({"at": self.at.isoformat(), "seals": self.seals, "digest": self.digest})

    @classmethod
    def read(cls, line: str) -> "Head":
        """The head that a line tells. Raises ValueError for a line that tells none."""
        try:
            told = json.loads(line)
            return cls(int(told["seals"]), str(told["digest"]), datetime.fromisoformat(told["at"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a head: {line[:80]}") from error
