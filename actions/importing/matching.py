"""Whose seat a name in an old log means: sure only when nothing else can be meant, else a choice. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.84
"""How alike two names must be to be offered: catches a letter or two, not another name."""
_BETWEEN = re.compile(r"\s*(?:/|&|\+|;|,| and | und | en |、|和|及)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat that may own work, with whoever holds it."""

    seat: int
    title: str
    department: int
    is_head: bool
    person: int | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """``seat``: the one that is meant for sure; otherwise ``candidates``, the likeliest first, perhaps none."""

    seat: int | None = None
    candidates: tuple[int, ...] = ()
    names_several: bool = False


def plain(words: str) -> str:
    """How names are compared: without accents and signs, lower case, single blanks."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))
    return re.sub(r"[^\w@]+", " ", bare.casefold().replace("_", " ")).strip()


def match(words: str, seats: Sequence[Seated], *, department: int | None = None, departments: dict[str, int]) -> Match:
    """The seat that ``words`` mean. ``departments`` maps folded names and codes of departments to their keys."""
    if not words.strip():
        return Match()
    exact = _exactly(words, seats, departments)
    if exact:
        return _one_of(exact, department)
    parts = [part for part in _BETWEEN.split(words) if part.strip()]
    if len(parts) > 1:
        found = [one for part in parts for one in _exactly(part, seats, departments) or _perhaps(part, seats)]
        return Match(candidates=tuple(dict.fromkeys(one.seat for one in found)), names_several=True)
    return Match(candidates=tuple(dict.fromkeys(one.seat for one in _perhaps(words, seats))))


def _one_of(found: Sequence[Seated], department: int | None) -> Match:
    """The only seat; or the only one in the department that the line names; else a choice."""
    if len(found) == 1:
        return Match(seat=found[0].seat)
    there = [one for one in found if one.department == department]
    if len(there) == 1 and len({one.person for one in found}) == 1:
        return Match(seat=there[0].seat)
    return Match(candidates=tuple(one.seat for one in found))


def _exactly(words: str, seats: Sequence[Seated], departments: dict[str, int]) -> list[Seated]:
    """Seats that these words name outright: by address, full name in any order, title, or department (its head)."""
    address = re.search(r"[^\s<>(),;]+@[^\s<>(),;]+", words)
    if address:
        return [one for one in seats if one.email and one.email.casefold() == address[0].casefold()]
    said = plain(words)
    tokens = sorted(said.split())
    people = [one for one in seats if one.name and sorted(plain(one.name).split()) == tokens]
    if people:
        return people
    titled = [one for one in seats if plain(one.title) == said]
    if titled:
        return titled
    named = departments.get(said)
    return [one for one in seats if named is not None and one.is_head and one.department == named]


def _perhaps(words: str, seats: Sequence[Seated]) -> list[Seated]:
    """Seats whose holders could be meant: part of a name, initials, the name of an address, a slip of the pen."""
    said = plain(words)
    scored = [(_likeness(said, one), -number, one) for number, one in enumerate(seats) if one.name]
    return [one for score, _number, one in sorted(scored, key=lambda row: row[:2], reverse=True) if score >= ALIKE]


def _likeness(said: str, one: Seated) -> float:
    name = plain(one.name)
    tokens = name.split()
    if not said or not tokens:
        return 0.0
    if set(said.split()) <= set(tokens):
        return 0.99
    if said.replace(" ", "") == "".join(token[0] for token in tokens) and len(tokens) > 1:
        return 0.95
    if said == plain(one.email.partition("@")[0]):
        return 0.98
    first, *rest = said.split()
    if rest and len(first) == 1 and rest[-1] == tokens[-1] and first == tokens[0][0]:
        return 0.97
    if len(said) >= 2 and not said.isascii() and (said in name or name in said):
        return 0.9
    return max(
        SequenceMatcher(None, said, name).ratio(),
        *(SequenceMatcher(None, said, token).ratio() - 0.04 for token in tokens if len(token) > 3),
        0.0,
    )
