"""The sheet of actions: which of its cells may change something, and what each changed row would say. Pure.

It goes out with the version of each action and comes back the same; only cells that differ from what stands do
anything, and a row written on an older version is refused with both versions. What is decided elsewhere (who owns it,
its state, its money) is read here and changed on its page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.sheets.judging import Line, Plan, repeated
from governance.sheets.tables import Column, Row, folded

MOST_CHANGES = 200
"""How many rows of one sheet may change something: all are written together, and nobody may wait long for that."""

LONGEST_LINE = 500

REFERENCE = Column("reference", gettext_lazy("Reference"), ("action", "ref"), is_required=True)
VERSION = Column("version", gettext_lazy("Version"), hint=gettext_lazy("as it went out; empty: whatever stands"))
HEALTH = Column("health", gettext_lazy("Health"), hint=gettext_lazy("on track, at risk or off track"))
PROGRESS = Column("progress", gettext_lazy("Progress, %"), ("progress",), hint=gettext_lazy("0 to 100"))
LINE = Column("line", gettext_lazy("One line"), ("comment", "update"), hint=gettext_lazy("where it stands, in words"))
PROMISED = Column(
    "promised",
    gettext_lazy("Promised"),
    hint=gettext_lazy("as 2026-12-31; a later day than the promised one asks the council for time"),
)
REASON = Column("reason", gettext_lazy("Reason"), hint=gettext_lazy("why a later day is asked for"))
READ = tuple(
    Column(name, label, is_placed=False)
    for name, label in (
        ("title", gettext_lazy("Title")),
        ("state", gettext_lazy("State")),
        ("seat", gettext_lazy("Seat")),
        ("accountable", gettext_lazy("Accountable")),
        ("department", gettext_lazy("Department")),
        ("council", gettext_lazy("Council")),
        ("asked_for", gettext_lazy("Date asked for")),
        ("allocated", gettext_lazy("Allocated")),
        ("currency", gettext_lazy("Currency")),
    )
)
"""Columns that go out to be read: what they say when they come back changes nothing, and a difference is said."""

COLUMNS = (REFERENCE, VERSION, HEALTH, PROGRESS, LINE, PROMISED, REASON, *READ)
NUMBERS = frozenset({"version", "progress", "allocated"})
"""Columns with which a spreadsheet calculates."""


@dataclass(frozen=True, slots=True)
class Known:
    """An action as it stands, as far as the sheet may change it. ``read`` is what stands in the other columns,
    but for what the sender may not know: such a cell is neither compared nor told."""

    pk: int
    reference: str
    version: int
    is_running: bool
    health: str
    progress: int
    promised: date | None
    state: str
    read: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a changed row asks for: a report (``health`` is not empty), a day, or both."""

    pk: int
    version: int | None
    health: str = ""
    progress: int | None = None
    line: str = ""
    due_on: date | None = None
    reason: str = ""
    asks_for_time: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What rows are judged by: the actions that the sender may see, and how healths are called."""

    actions: Mapping[str, Known]
    healths: Mapping[str, str]


def plan(rows: Sequence[Row], facts: Facts) -> Plan:
    """Judge every row; nothing depends on their order but which of two rows about one action is the second."""
    reader = _Reader(facts)
    lines = [reader.line(row) for row in rows]
    repeated(lines, "reference", lambda line: line.key, _("Line {line} is about this action already."))
    changed = 0
    for line in lines:
        changed += bool(line.changes) and not line.faults
        if line.changes and not line.faults and changed > MOST_CHANGES:
            line.blame(
                "", _("At most %(n)d rows change at a time. Send this one in the next part.") % {"n": MOST_CHANGES}
            )
    return Plan(lines)


class _Reader:
    def __init__(self, facts: Facts) -> None:
        self.actions = facts.actions
        self.words = facts.healths
        self.healths = {folded(word): key for key, word in facts.healths.items()}
        self.healths |= {folded(key): key for key in facts.healths}

    def line(self, row: Row) -> Line:
        line = Line(row)
        if row.fault:
            line.blame("", row.fault)
            return line
        known = self.actions.get(line.said("reference").upper())
        if known is None:
            line.blame(
                "reference", _("There is no action with this reference, or none that you may see. Leave this row out.")
            )
            return line
        line.key = known.pk
        version = self._version(line)
        health, progress = self._health(line, known), self._progress(line, known)
        words, due_on = self._words(line), self._day(line, known)
        self._note(line, known, health, progress, words, due_on)
        if line.changes:
            self._judge(line, known, version, health, due_on)
            line.wish = self._wish(line, known, version, health, progress, words, due_on)
        return line

    @staticmethod
    def _version(line: Line) -> int | None:
        said = line.said("version")
        if not said:
            return None
        if not said.isdecimal() or len(said) > 9:
            line.blame("version", _("Leave the version as it went out, or leave the cell empty."))
            return None
        return int(said)

    def _health(self, line: Line, known: Known) -> str:
        said = line.said("health")
        if not said or folded(said) == folded(known.health):
            return known.health
        found = self.healths.get(folded(said), "")
        if not found:
            names = ", ".join(sorted(set(self.healths.values())))
            line.blame("health", _("Write one of %(known)s, or leave it as it is.") % {"known": names})
        return found or known.health

    @staticmethod
    def _progress(line: Line, known: Known) -> int:
        said = line.said("progress").removesuffix("%").strip()
        if not said:
            return known.progress
        if not said.isdecimal() or len(said) > 3 or int(said) > 100:
            line.blame("progress", _("Progress is a whole percentage: 0 to 100."))
            return known.progress
        return int(said)

    @staticmethod
    def _words(line: Line) -> str:
        words = " ".join(line.said("line").split())
        if len(words) > LONGEST_LINE:
            line.blame("line", _("One line: at most %(n)d characters.") % {"n": LONGEST_LINE})
        return words

    @staticmethod
    def _day(line: Line, known: Known) -> date | None:
        said = line.said("promised")
        if not said:
            return known.promised
        try:
            return date.fromisoformat(said)
        except ValueError:
            line.blame("promised", _("Write the day as 2026-12-31."))
            return known.promised

    def _note(self, line: Line, known: Known, health: str, progress: int, words: str, due_on: date | None) -> None:
        """The cells that differ from what stands; in columns that are only read, a difference is a mistake."""
        line.differ(HEALTH, self.words.get(known.health, ""), self.words.get(health, ""))
        line.differ(PROGRESS, str(known.progress), str(progress))
        line.differ(LINE, "", words)
        line.differ(PROMISED, _iso(known.promised), _iso(due_on), asks=known.promised is not None)
        for column in READ:
            was, said = known.read.get(column.name), line.said(column.name)
            if was is not None and said and not _alike(column.name, said, was.strip()):
                line.blame(
                    column.name,
                    _("This column is only read: it says “%(was)s”. Change it on the action's page.") % {"was": was},
                )

    def _judge(self, line: Line, known: Known, version: int | None, health: str, due_on: date | None) -> None:
        if version is not None and version != known.version:
            line.blame(
                "version",
                _(
                    "Somebody changed it since this sheet was written. Yours, on version %(mine)d: %(said)s. "
                    "It stands, in version %(theirs)d: %(stands)s. Take a new sheet, or write %(theirs)d here if "
                    "yours still holds."
                )
                % {
                    "mine": version,
                    "theirs": known.version,
                    "said": "; ".join(f"{change.label} {change.becomes}" for change in line.changes),
                    "stands": "; ".join(
                        f"{change.label} {change.was}" for change in line.changes if change.column != LINE.name
                    )
                    or known.state,
                },
            )
        if not known.is_running:
            line.blame("", _("It is %(state)s: no sheet says where it stands.") % {"state": known.state})
        reported = any(change.column in ("health", "progress", "line") for change in line.changes)
        if reported and health not in self.healths.values():
            line.blame("health", _("Say how it stands too: on track, at risk or off track."))
        if known.promised is not None and due_on != known.promised:
            if due_on is not None and due_on < known.promised:
                line.blame(
                    "promised", _("A promise is never moved forward: say it is done earlier. Write the promised day.")
                )
            elif not line.said("reason"):
                line.blame("reason", _("Say why, in a sentence; the council reads it."))

    @staticmethod
    def _wish(
        line: Line, known: Known, version: int | None, health: str, progress: int, words: str, due_on: date | None
    ) -> Wish:
        changed = {change.column for change in line.changes}
        reports = bool(changed & {"health", "progress", "line"})
        dates = "promised" in changed
        return Wish(
            pk=known.pk,
            # Written on no version: on what stands now, so that nobody comes between the look and the deed.
            version=known.version if version is None else version,
            health=health if reports else "",
            progress=progress if "progress" in changed else None,
            line=words if reports else "",
            due_on=due_on if dates else None,
            reason=line.said("reason") if dates else "",
            asks_for_time=dates and known.promised is not None,
        )


def _alike(column: str, said: str, was: str) -> bool:
    """Whether a cell still says what it said; a spreadsheet writes 3999.00 as 3999, or with its own comma."""
    if said == was:
        return True
    if column != "allocated":
        return False
    try:
        return Decimal(said.replace(",", ".")) == Decimal(was)
    except InvalidOperation:
        return False


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
