"""Guesses about a file of rows that nobody has described yet: what stands between columns, which column says what,
how its dates are written. Pure. A guess is shown to a person, who can change it; nothing is taken in on a guess alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from actions.importing.mapping import DATES, FIELDS

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("gb18030", "big5", "windows-1252")
"""What files that are not Unicode are written in, where we have met them; tried in this order."""

# What columns are called, folded. The first field that fits a name has it.
NAMES: dict[str, tuple[str, ...]] = {
    "external_id": ("id", "case id", "case enquiry id", "complaint id", "ticket", "ticket id", "ticket number",
                    "ticket ref", "case ref", "case number", "case no", "reference number", "reference",
                    "ref", "number", "no", "nr", "unique key", "record id", "response id", "nummer",
                    "编号", "編號", "序号", "序號"),
    "received": ("received", "received at", "date received", "open dt", "opened", "created", "created at",
                 "created date", "date", "timestamp", "submitted", "submitted at", "datum", "time", "日期", "时间"),
    "due": ("due", "due date", "target dt", "target", "target date", "deadline", "sla due"),
    "closed": ("closed", "closed dt", "closed at", "closed date", "resolved", "resolved at", "date resolved"),
    "department": ("department", "dept", "team", "unit", "agency", "subject", "abteilung", "afdeling", "部门", "部門"),
    "topic": ("topic", "type", "category", "issue", "complaint type", "reason", "case title", "theme", "product",
              "class name", "主题", "主題", "类别", "類別"),
    "text": ("text", "comment", "comments", "review", "review text", "feedback", "description", "message", "narrative",
             "consumer complaint narrative", "customer complaint", "verbatim", "what was said", "closure reason",
             "resolution description", "descriptor", "评论", "評論", "内容", "內容", "意见", "意見"),
    "score": ("score", "rating", "nps", "csat", "stars", "label", "评分", "評分"),
    "channel": ("channel", "source", "submitted via", "received via", "open data channel type", "渠道"),
    "giver": ("customer", "name", "customer name", "giver", "e-mail", "email", "respondent", "company"),
    "consent": ("consent", "consumer consent provided"),
    "language": ("language", "lang", "locale"),
    "kind": ("kind", "feedback type"),
}  # fmt: skip
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y",
    "%m-%d-%Y", "%d-%m-%Y", "%m-%d-%y", "%d-%m-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y",
    "%d-%b-%Y", "%Y年%m月%d日",
)  # fmt: skip
SAMPLE = 200
DATED = 0.75
"""The part of a column's values that are dates, from which on it is a column of dates: the others are slips."""
KNOWN = 0.5
"""The part of a column's values that name known departments, from which on the others are departments too."""
SCORES = {"score", "rating", "ratings", "star", "stars", "nps", "csat"}


def folded(name: str) -> str:
    """How names of columns are compared."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_\-.#:*?]+", " ", plain).strip()


def delimiter(text: str) -> str:
    """What stands between columns: what splits the first lines into the same number of parts, the more the better."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if not lines:
        return ","
    best, most = ",", 0
    for sign in DELIMITERS:
        counts = [_outside_quotes(line, sign) for line in lines]
        if counts[0] and counts[0] * (1 + counts.count(counts[0])) > most:
            best, most = sign, counts[0] * (1 + counts.count(counts[0]))
    return best


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read bytes that are not Unicode, with some of what it makes of them."""

    encoding: str
    sample: str


def encodings(start: bytes) -> list[Reading]:
    """The encodings in which a file that is not Unicode could be written, the likeliest first."""
    found = []
    for name in ENCODINGS:
        # The start may end within a character: a few bytes less are tried.
        for cut in range(4):
            try:
                text = start[: len(start) - cut].decode(name)
            except UnicodeDecodeError:
                continue
            found.append((_oddity(text), Reading(name, _strange(text))))
            break
    return [reading for _odd, reading in sorted(found, key=lambda pair: pair[0])]


def _oddity(text: str) -> float:
    """How strange a text looks, 0 to 1: rare ideographs, marks within words, private signs."""
    foreign = [sign for sign in text if ord(sign) > 127]
    if not foreign:
        return 0.0
    common = sum(1 for sign in foreign if sign in _COMMON or (sign.isalpha() and ord(sign) < 0x250))
    return 1 - common / len(foreign)


# The ideographs that make up about a third of any Chinese text, and the signs of its punctuation.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成"
    "事只作当想看文无开手用情问题快味送餐吃点慢店很太服务態度這個來說們為時會著過學對後麼沒於還發當無開問題點務，。！？、：；「」（）“”’–—"
)


def _strange(text: str) -> str:
    """The first few words that are not plain ASCII, in their surroundings."""
    place = next((number for number, sign in enumerate(text) if ord(sign) > 127), 0)
    return " ".join(text[max(0, place - 20) : place + 40].split())


def columns(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, is_department: Callable[[str], bool] = lambda _name: False
) -> list[str]:
    """For each column our field, or nothing: by its name, else by its values. A field is guessed once.

    ``is_department``: whether a department of this code or name is known.
    """
    wanted = [folded(name) for name in header]
    guess = [""] * len(header)
    for field in FIELDS:
        for name in NAMES[field]:
            place = next((number for number, said in enumerate(wanted) if said == name and not guess[number]), None)
            if place is not None and _fits(field, [row[place] for row in rows if len(row) > place]):
                guess[place] = field
                break
    said = [
        [row[place].strip() for row in rows if len(row) > place and row[place].strip()] for place in range(len(guess))
    ]
    left = [place for place, field in enumerate(guess) if not field]
    for field, found in (
        ("received", [place for place in left if _are_dates(said[place])]),
        ("department", [place for place in left if _share(map(is_department, said[place])) >= KNOWN]),
        ("score", _scores(wanted, said, left)),
        ("text", _longest(said, len(rows), left)),
    ):
        free = [place for place in found if not guess[place]]
        if field not in guess and free:
            guess[free[0]] = field
    return guess


def _fits(field: str, values: list[str]) -> bool:
    said = [value.strip() for value in values if value.strip()]
    if field in DATES:
        return not said or _are_dates(said)
    if field == "external_id":
        return bool(said) and len(set(said)) == len(said) == len(values)
    return True


def _share(answers: Iterable[bool]) -> float:
    """The part of the answers that are yes; 0 of none."""
    given = list(answers)
    return sum(given) / len(given) if given else 0.0


def _scores(names: Sequence[str], said: Sequence[list[str]], places: Sequence[int]) -> list[int]:
    """Columns of numbers that are called a rating; else the only one of 1 to 5, several of which come again."""
    numbers = {place: [float(value) for value in said[place]] for place in places if _are_numbers(said[place])}
    called = [place for place in numbers if SCORES & set(names[place].split())]
    alike = [
        place
        for place, values in numbers.items()
        if all(1 <= value <= 5 for value in values) and 3 <= len(set(values)) < len(values)
    ]
    return called or (alike if len(alike) == 1 else [])


def _are_numbers(said: list[str]) -> bool:
    return bool(said) and all(re.fullmatch(r"-?\d{1,4}(\.\d{1,4})?", value, re.ASCII) for value in said)


def _longest(said: Sequence[list[str]], rows: int, places: Sequence[int]) -> list[int]:
    """The column with most to read, where nothing is called text: words, no dates and no numbers."""
    sizes = [
        (sum(map(len, said[place])), -place)
        for place in places
        if _share(any(map(str.isalpha, value)) for value in said[place]) > 0.5 and not _are_dates(said[place])
    ]
    size, place = max(sizes, default=(0, 0))
    return [-place] if rows and size / rows >= 4 else []


def date_formats(values: Iterable[str]) -> list[str]:
    """The formats that read most of the values, if any does; an empty string stands for ISO 8601.

    What none of them reads is a slip of its row alone.
    """
    return _formats(values)[0]


def _are_dates(values: Iterable[str]) -> bool:
    return _formats(values)[1] >= DATED


def _formats(values: Iterable[str]) -> tuple[list[str], float]:
    """``(the formats that read most, the part of the values that they read)``."""
    said = list(islice((value.strip() for value in values if value.strip()), SAMPLE))
    probable = [value for value in said if _MAYBE_DATE.fullmatch(value)]
    if not probable:
        return [], 0.0
    read = {"": sum(map(_is_iso, probable))}
    if read[""] < len(probable):
        read |= {form: sum(_is(value, form) for value in probable) for form in FORMATS}
    most = max(read.values())
    if not most:
        return [], 0.0
    best = [form for form, count in read.items() if count == most]
    # Where ISO 8601 reads as many, no other reading says anything else.
    return ([""] if "" in best else best), most / len(said)


# What may be a date at all: short, with two numbers or more. Spares all others some thirty probes each.
_MAYBE_DATE = re.compile(r"(?=.{6,40}$)\D*\d+\D+\d.*")


def _is_iso(value: str) -> bool:
    try:
        return len(value) >= 10 and value[4] == "-" and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is(value: str, form: str) -> bool:
    try:
        return bool(datetime.strptime(value, form))  # noqa: DTZ007 - a probe of the form, no moment
    except ValueError:
        return False


def mapping_of(
    header: Sequence[str], fields: Sequence[str], formats: dict[str, str], **settings: str
) -> dict[str, Any]:
    """The mapping (see ``mapping``) that says what was chosen for each column.

    A column is named where its name is its own, else numbered. Several columns for one field are joined: lines of
    text, parts of anything else.
    """
    names = [name.strip() for name in header]
    said: dict[str, Any] = {}
    for field in FIELDS:
        places = [place for place, chosen in enumerate(fields) if chosen == field]
        if not places:
            continue
        columns = [names[place] if names.count(names[place]) == 1 and names[place] else place + 1 for place in places]
        origin: dict[str, Any] = {"column": columns[0]} if len(columns) == 1 else {"columns": columns}
        if len(columns) > 1:
            origin["join"] = "\n" if field == "text" else " "
        if formats.get(field):
            origin["format"] = formats[field]
        said[field] = columns[0] if origin == {"column": columns[0]} else origin
    return said | {name: value for name, value in settings.items() if value}


def fields_of(mapping: Any, header: Sequence[str]) -> list[str] | None:
    """What a kept mapping chose for each column; None where it does not fit this file."""
    names = [name.strip() for name in header]
    chosen = [""] * len(header)
    for field, said in mapping.items():
        if field not in FIELDS:
            continue
        parts = [said] if not isinstance(said, dict) else [said["column"]] if "column" in said else said.get("columns")
        if not parts:
            return None
        for part in parts:
            place = part - 1 if isinstance(part, int) else names.index(part) if names.count(part) == 1 else -1
            if not 0 <= place < len(header) or chosen[place]:
                return None
            chosen[place] = field
    return chosen
