"""An old action log as a spreadsheet has it, read line by line: what, who, by when, how it stands. Pure.

Nothing is made up: a day without a year, a quarter without one, "asap" and 31.02. are kept as words and give no date.
"""

import csv
import hashlib
import io
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.importing.guessing import delimiter, folded
from governance.errors import Invalid
from governance.money import MOST, exponent
from governance.sheets.tables import restored

MOST_LINES = 500
"""Lines of one log: what one council has open, several times over."""
MOST_SIGNS = 400_000
MOST_COLUMNS = 60
WORDS_KEPT = 200
MOST_DIGITS = 20

FIELDS: dict[str, str | Promise] = {
    "number": gettext_lazy("number in the log"),
    "what": gettext_lazy("what is to be done"),
    "owner": gettext_lazy("owner"),
    "department": gettext_lazy("department"),
    "due": gettext_lazy("due date"),
    "status": gettext_lazy("status"),
    "money": gettext_lazy("money"),
    "notes": gettext_lazy("notes"),
}
NAMES: dict[str, tuple[str, ...]] = {
    "number": ("no", "nr", "id", "number", "ref", "reference", "action no", "item", "lfd nr", "编号", "序号", "編號"),
    "what": ("what", "action", "actions", "action item", "task", "to do", "todo", "description", "subject", "title",
             "maßnahme", "aufgabe", "actie", "行动", "行動", "任务", "任務", "事项", "事項"),
    "owner": ("owner", "who", "responsible", "assigned to", "assignee", "lead", "action owner", "name", "by whom",
              "verantwortlich", "wer", "eigenaar", "负责人", "負責人", "责任人"),
    "department": ("department", "dept", "team", "unit", "area", "abteilung", "afdeling", "部门", "部門"),
    "due": ("due", "due date", "deadline", "by when", "when", "target date", "date", "target", "termin", "fällig",
            "bis wann", "截止日期", "期限", "日期", "完成日期"),
    "status": ("status", "state", "progress", "done", "rag", "状态", "狀態", "进度"),
    "money": ("money", "budget", "cost", "amount", "costs", "eur", "kosten", "预算", "預算", "费用", "金额"),
    "notes": ("notes", "note", "comment", "comments", "remark", "remarks", "bemerkung", "update", "备注", "備註"),
}  # fmt: skip
DONE = frozenset(
    folded(word)
    for word in (
        "done", "closed", "complete", "completed", "finished", "ok", "yes", "x", "✓", "✔", "100%", "100", "erledigt",
        "fertig", "gereed", "klaar", "cancelled", "canceled", "dropped", "完成", "已完成", "已关闭", "已完", "关闭",
    )
)  # fmt: skip
NOTHING = frozenset(
    folded(word)
    for word in (
        "", "-", "–", "—", "n/a", "na", "none", "nil", "tbd", "tbc", "tba", "?", "??", "open", "unknown", "无", "待定",
    )
)  # fmt: skip
_TOTAL = re.compile(
    r"(sub ?total|grand total|total|totals|sum|gesamt|summe|totaal|合计|合計|总计|總計)\b.*", re.IGNORECASE
)
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january januar januari", "feb february februar februari", "mar march märz maart mrz", "apr april",
         "may mai mei", "jun june juni", "jul july juli", "aug august augustus", "sep sept september",
         "oct october okt oktober", "nov november", "dec december dez dezember"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,4})\s*[./\-年]\s*(\d{1,2})(?:\s*[./\-月]\s*(\d{1,4})?)?\s*日?")
_SPOKEN = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s+)?([^\W\d_]+)\.?\s*(?:(\d{1,2})(?:st|nd|rd|th)?,\s*)?'?(\d{4}|\d{2})?"
)
_QUARTER = re.compile(
    r"(?:end of\s+|ende\s+)?q\s*([1-4])\s*[/\-. ]?\s*'?(\d{4}|\d{2})?|(\d{4})\s*[/\-. ]?\s*q\s*([1-4])"
)
_AMOUNT = re.compile(r"(\d{1,3}(?:[.,'  ]\d{3})+|\d+)(?:[.,](\d{1,2}))?\s*(k|m|万|萬)?", re.IGNORECASE)
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "CNY", "元": "CNY"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pasted text cut into lines and cells. ``names`` are empty where the first line is no header."""

    names: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str

    @property
    def width(self) -> int:
        return max((len(self.names), *(len(cells) for _number, cells in self.lines)), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. ``due``: the day that was asked for; ``money``: minor units; both None where none is said.

    ``skip`` says why nothing comes of the line, as one of ``Skip``; ``why_no_day`` what hinders its date.
    """

    number: int
    what: str
    owner: str = ""
    department: str = ""
    due_words: str = ""
    due: date | None = None
    why_no_day: str = ""
    status: str = ""
    is_done: bool = False
    money_words: str = ""
    money: int | None = None
    notes: str = ""
    key: str = ""
    open_key: str = ""
    skip: str = ""
    of_line: int = 0

    @property
    def group(self) -> str:
        """Lines of one owner in one department are matched together: the same for both, however they are spaced."""
        said = f"{folded(self.owner)}\x1f{folded(self.department)}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]


class Skip:
    """Why nothing comes of a line."""

    TOTAL = "total"
    NOTHING = "nothing"
    TWICE = "twice"


def cut(text: str, *, sign: str = "", has_header: bool | None = None) -> Sheet:
    """Cut pasted text into cells. Raises :class:`Invalid` at ``text``."""
    if len(text) > MOST_SIGNS:
        raise Invalid(_("This is too long to be pasted. Paste it in parts."), field="text")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = text.encode(errors="replace").decode()  # half of a surrogate pair is no letter
    sign = sign or delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        found = []
        line = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((line, tuple(restored(cell).strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            _("Line %(line)d cannot be read: %(why)s.") % {"line": line, "why": error}, field="text"
        ) from error
    # A heading above the table fills one cell; the table begins where two are filled.
    while len(found) > 1 and max(len(cells) for _n, cells in found) > 1 and _filled(found[0][1]) < 2:
        found = found[1:]
    if not found:
        raise Invalid(_("There is no line in it. Paste the rows of the log."), field="text")
    if len(found) > MOST_LINES or max(len(cells) for _n, cells in found) > MOST_COLUMNS:
        raise Invalid(
            _("A log may have %(lines)d lines and %(columns)d columns. Paste it in parts.")
            % {"lines": MOST_LINES, "columns": MOST_COLUMNS},
            field="text",
        )
    if has_header is None:
        has_header = _is_header(found[0][1])
    return Sheet(found[0][1] if has_header else (), tuple(found[1:] if has_header else found), sign)


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _is_header(cells: Sequence[str]) -> bool:
    known = {name for names in NAMES.values() for name in names}
    hits = sum(1 for cell in cells if folded(cell) in known)
    return hits >= 2 or (hits == 1 and _filled(cells) == 1)


def columns(sheet: Sheet) -> list[str]:
    """For each column one of our fields, or nothing: by its name, else by what stands in it."""
    guess = [""] * sheet.width
    wanted = [folded(name) for name in sheet.names]
    for field in FIELDS:
        for name in NAMES[field]:
            if name in wanted and not guess[wanted.index(name)]:
                guess[wanted.index(name)] = field
                break
    columns = [
        [cells[place] for _n, cells in sheet.lines if len(cells) > place and cells[place]]
        for place in range(sheet.width)
    ]
    if not sheet.names:
        for place, values in enumerate(columns):
            if values and "due" not in guess and sum(_is_day(value) for value in values) * 2 >= len(values):
                guess[place] = "due"
            elif (
                values
                and "status" not in guess
                and sum(folded(v) in DONE | {"open"} for v in values) * 2 >= len(values)
            ):
                guess[place] = "status"
    if "what" not in guess:
        free = [(sum(map(len, values)), place) for place, values in enumerate(columns) if not guess[place]]
        if free and max(free)[0]:
            guess[max(free)[1]] = "what"
    return guess


def _is_day(words: str) -> bool:
    return day(words, day_first=True)[0] is not None or day(words, day_first=False)[0] is not None


def is_ambiguous(words: Iterable[str]) -> bool:
    """Whether days could be months: some date reads both ways, and none settles it."""
    undecided = False
    for said in words:
        found = re.fullmatch(r"(\d{1,2})[/\-](\d{1,2})[/\-](\d{2}|\d{4})", said.strip())
        if found:
            first, second = int(found[1]), int(found[2])
            if (first > 12) != (second > 12):
                return False
            undecided = undecided or first != second
    return undecided


def is_day_first(words: Iterable[str]) -> bool:
    """How dates with slashes read where they settle it themselves; day first where nothing speaks against it."""
    for said in words:
        found = re.fullmatch(r"(\d{1,2})[/\-](\d{1,2})[/\-](\d{2}|\d{4})", said.strip())
        if found and int(found[2]) > 12 >= int(found[1]):
            return False
    return True


def day(words: str, *, day_first: bool) -> tuple[date | None, str]:
    """``(day, why there is none)``: neither for a cell that says nothing."""
    said = unicodedata.normalize("NFKC", words).strip().casefold()
    said = re.sub(r"^(by|until|before|bis|vor|due|end of|ende)\s+(?=\S)", "", said) if "q" not in said else said
    said = re.sub(r"[ t]\d{1,2}:\d{2}(:\d{2})?.*$", "", said)
    if folded(said) in NOTHING:
        return None, ""
    for reader in (_of_quarter, _of_numbers, _of_words, _of_serial):
        found = reader(said, day_first)
        if found is not None:
            return found
    return None, _("this names no day")


Found = tuple[date | None, str]


def _of_quarter(said: str, _day_first: bool) -> Found | None:
    found = _QUARTER.fullmatch(said)
    if found is None:
        return None
    quarter, year = int(found[1] or found[4]), found[2] or found[3]
    return _day(year, quarter * 3, None) if year else (None, _no_year())


def _of_numbers(said: str, day_first: bool) -> Found | None:
    month_of_year = re.fullmatch(r"(\d{1,2})[./\-](\d{4})", said)
    if month_of_year:
        return _day(month_of_year[2], int(month_of_year[1]), None)
    found = _NUMBERS.fullmatch(said)
    if found is None:
        return None
    first, second, third = found.groups()
    if len(first) == 4:
        return _day(first, int(second), int(third) if third else None)
    if third is None:
        return None, _no_year() if _is_possible(int(first), int(second)) else _no_such_day()
    if "." in said or day_first:
        return _day(third, int(second), int(first))
    return _day(third, int(first), int(second))


def _of_words(said: str, _day_first: bool) -> Found | None:
    found = _SPOKEN.fullmatch(said)
    month = MONTHS.get(found[2]) if found else None
    if found is None or month is None:
        return None
    number = found[1] or found[3]
    if not found[4]:
        return None, _no_year()
    return _day(found[4], month, int(number) if number else None)


def _of_serial(said: str, _day_first: bool) -> Found | None:
    """A spreadsheet's own number of a day, where its cell lost its format."""
    return (
        (date(1899, 12, 30) + timedelta(days=int(said)), "") if re.fullmatch(r"[34]\d{4}|5[0-4]\d{3}", said) else None
    )


def _day(year: str, month: int, number: int | None) -> Found:
    """A day; without a number the last one of the month."""
    full = int(year) + 2000 if len(year) == 2 else int(year)
    try:
        return date(full, month, number or monthrange(full, month)[1]), ""
    except (ValueError, IndexError):
        return None, _no_such_day()


def _is_possible(first: int, second: int) -> bool:
    return any(
        1 <= month <= 12 and 1 <= number <= monthrange(2024, month)[1]
        for number, month in ((first, second), (second, first))
    )


def _no_year() -> str:
    return _("no year is written")


def _no_such_day() -> str:
    return _("there is no such day")


def amount(words: str, currency: str) -> int | None:
    """Minor units of ``currency``; None for what names no amount, one in another currency, or more than anybody may
    decide."""
    said = unicodedata.normalize("NFKC", words).strip()
    named = {code for sign, code in _SIGNS.items() if sign in said} | set(re.findall(r"\b[A-Z]{3}\b", said))
    if named - {currency}:
        return None
    found = _AMOUNT.search(re.sub(r"[A-Za-z]{3,}|[€£$¥元~]", " ", said).strip())
    if found is None:
        return None
    whole = re.sub(r"\D", "", found[1])
    if len(whole) > MOST_DIGITS:
        return None
    times = {"k": 1_000, "m": 1_000_000, "万": 10_000, "萬": 10_000}.get((found[3] or "").lower(), 1)
    places = exponent(currency)
    hundredths = int((found[2] or "0").ljust(2, "0"))
    minor = int((int(whole) * 100 + hundredths) * times * 10**places // 100)
    return minor if minor <= MOST else None


def lines(sheet: Sheet, fields: Sequence[str], *, day_first: bool, currency: str) -> list[Line]:
    """Every line read, in its order. A line that says what an earlier one says (what, who, where) is there twice."""
    place = {field: fields.index(field) for field in FIELDS if field in fields}
    if "what" not in place:
        raise Invalid(_("Say which column tells what is to be done."), field="columns")
    seen: dict[str, int] = {}
    read = []
    for number, cells in sheet.lines:
        said = {field: cells[at] if at < len(cells) else "" for field, at in place.items()}
        line = _line(number, said, day_first=day_first, currency=currency)
        if not line.skip and line.key in seen:
            line = Line(**{**_as_dict(line), "skip": Skip.TWICE, "of_line": seen[line.key]})
        elif not line.skip:
            seen[line.key] = number
        read.append(line)
    return read


def _as_dict(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__}


def _line(number: int, said: dict[str, str], *, day_first: bool, currency: str) -> Line:
    get = said.get
    what = " ".join(get("what", "").split())
    due, why = day(get("due", ""), day_first=day_first)
    skip = ""
    if _TOTAL.fullmatch(what) or _TOTAL.fullmatch(get("number", "")):
        skip = Skip.TOTAL
    elif folded(what) in NOTHING:
        skip = Skip.NOTHING
    owner = "" if folded(get("owner", "")) in NOTHING else " ".join(get("owner", "").split())
    department = "" if folded(get("department", "")) in NOTHING else " ".join(get("department", "").split())
    status = folded(get("status", ""))
    is_done = status in DONE or status.startswith(("done", "closed", "completed"))
    return Line(
        number=number,
        what=what,
        owner=owner[:WORDS_KEPT],
        department=department[:WORDS_KEPT],
        due_words=get("due", "")[:WORDS_KEPT],
        due=due,
        why_no_day=why,
        status=get("status", "")[:WORDS_KEPT],
        is_done=is_done,
        money_words=get("money", "")[:WORDS_KEPT],
        money=amount(get("money", ""), currency),
        notes=get("notes", ""),
        key=_key(what, owner, department, "done" if is_done else ""),
        open_key=_key(what, owner, department, ""),
        skip=skip,
    )


def _key(*words: str) -> str:
    """What tells a line from others, whatever its number and its date are by now."""
    return hashlib.sha256("\x1f".join(map(folded, words)).encode()).hexdigest()
