"""The words of minutes: one record, read the same on the page, in print and in the PDF. Pure: no ORM, no clock.

A record is plain JSON in the organisation's language, so that what was approved says the same for ever: its labels are
stored with it. ``words`` is its reading order; the digest of approved minutes is taken over these words.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]


def words(record: Record) -> Iterator[str]:
    """Every piece of text of a record, in reading order: the same that the page and the PDF show."""
    yield record["title"]
    for label, value in record["facts"]:
        yield label
        yield value
    if record["introduction"]:
        yield record["introduction"]
    yield record["attendance"]["title"]
    yield record["attendance"]["quorum"]
    yield from record["attendance"]["head"]
    for row in record["attendance"]["rows"]:
        yield from row
    yield record["agenda"]["title"]
    if record["agenda"]["none"]:
        yield record["agenda"]["none"]
    for item in record["agenda"]["items"]:
        yield from _of_item(item)


def _of_item(item: Record) -> Iterator[str]:
    yield f"{item['number']}. {item['title']}"
    yield item["reference"]
    if item["asked"]:
        yield item["asked"]
    for decision in item["decisions"]:
        yield decision["verdict_says"]
        yield decision["reference"]
        yield decision["motion"]
        yield from decision["reckoning"]
        yield from decision["votes"]
        yield from decision.get("lasts", [])  # minutes of before have none
        for came in decision["came"]:
            yield came["reference"]
            yield came["says"]
    if item["ending"]:
        yield item["ending"]
    if item["note"]:
        yield item["note"]


def text(record: Record) -> str:
    """The words, a piece a line."""
    return "\n".join(words(record))


def digest(words_of_it: str) -> str:
    """SHA-256 of the words, in hexadecimal."""
    return hashlib.sha256(words_of_it.encode()).hexdigest()


def normalised(shown: str) -> str:
    """Text without what only sets it: how a page and a PDF are compared, word for word.

    Compatibility forms (ligatures, CJK radicals, wide signs) become the plain ones; soft hyphens and all white space
    go, since a PDF knows lines and no spaces between Chinese characters.
    """
    plain = unicodedata.normalize("NFKC", shown).replace("\u00ad", "")
    return "".join(plain.split())


def corrected(record: Record, *, introduction: str, notes: dict[str, str], facts: list[list[str]]) -> Record:
    """The record of the version before, with the prose of today: what was recorded is not composed again.

    ``notes`` by the matter's reference; ``facts`` go before those that were there.
    """
    items = [{**item, "note": notes.get(item["reference"], "")} for item in record["agenda"]["items"]]
    kept = [fact for fact in record["facts"] if fact[0] not in {label for label, _value in facts}]
    return {
        **record,
        "introduction": introduction,
        "facts": [*kept, *facts],
        "agenda": {**record["agenda"], "items": items},
    }
