"""Writing rows as feedback: batch by batch, each in a short transaction; nobody waits, and a crash loses little.

Taking the same file in again writes nothing twice; an import that was cut short goes on where it stopped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from actions import routing
from actions.importing.rows import Fault, Row, topic_key
from actions.models import Feedback, FeedbackChange, FeedbackImport, FeedbackSource
from actions.services import themes
from actions.sql import feedback as sql
from governance import access
from governance.errors import Conflict
from governance.models import Department, DepartmentAlias, Organisation
from governance.models.departments import HOLDING_CODE
from governance.queries.seats import cx_lead_seat
from governance.services import departments
from governance.services.departments import folded

# Rows in one transaction: about 30 milliseconds on one machine with SQLite.
BATCH = 400
# Errors kept with an import; all are counted.
FAULTS_KEPT = 10_000

Values = tuple[Any, ...]


@dataclass(slots=True)
class Tally:
    """What an import did so far."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    clock_oddities: int = 0
    off_scale: int = 0
    date_unknown: int = 0
    errors: list[Fault] = field(default_factory=list)
    errors_left_out: int = 0
    new_departments: list[str] = field(default_factory=list)

    def refuse(self, faults: Sequence[Fault]) -> None:
        self.rejected += 1
        room = FAULTS_KEPT - len(self.errors)
        self.errors += faults[:room]
        self.errors_left_out += max(0, len(faults) - room)

    def count(self, row: Row) -> None:
        self.clock_oddities += row.clock_oddities
        self.off_scale += row.is_off_scale
        self.date_unknown += row.received_at is None


@dataclass(frozen=True, slots=True)
class Stored:
    """What an earlier row with the same number looks like."""

    id: int
    digest: str
    topic: str
    named: int | None
    theme: int
    department: int
    first_import: int
    is_open: bool


class Departments:
    """Finds departments by code, name or alias; makes those that nobody has met before, to be placed."""

    AMBIGUOUS = -1

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._by_name: dict[str, int] = dict(DepartmentAlias.objects.values_list("name", "department_id"))
        rows = list(Department.objects.values_list("pk", "code", "name"))
        names: dict[str, set[int]] = {}
        for key, _code, name in rows:
            names.setdefault(folded(name), set()).add(key)
        for name, keys in names.items():
            self._by_name[name] = keys.pop() if len(keys) == 1 else self.AMBIGUOUS
        self._by_name.update({folded(code): key for key, code, _name in rows})
        self._met: dict[str, int] = {}
        self.made: list[str] = []

    def find(self, name: str) -> int | None:
        """The subject id; None where nobody has this name, ``AMBIGUOUS`` where two have."""
        if name not in self._met:
            found = self._by_name.get(folded(name))
            if found is None:
                return None
            self._met[name] = found
        return self._met[name]

    def make(self, names: Iterable[str]) -> None:
        """Departments of these names under "To be placed". Idempotent within an import and over imports."""
        unknown: dict[str, str] = {}
        for name in dict.fromkeys(names):
            if self.find(name) is None:
                unknown.setdefault(folded(name), name)
        if unknown:
            self._create(unknown)

    @transaction.atomic
    def _create(self, unknown: dict[str, str]) -> None:
        """Folded name to name as it was written."""
        holding = self._holding()
        for key, name in unknown.items():
            made = departments.create(
                code=self._free_code(name),
                name=name,
                parent=holding,
                to_be_placed=True,
                by=None,
                now=self._now,
                projects=False,
            )
            self._by_name[key] = made.pk
            self.made.append(made.name)
        access.sync()

    def _holding(self) -> Department:
        holding: Department | None = Department.objects.filter(code=HOLDING_CODE).first()
        return holding or departments.create(code=HOLDING_CODE, name=_("To be placed"), by=None, now=self._now)

    @staticmethod
    def _free_code(name: str) -> str:
        code, number = name[:40].strip(), 1
        while Department.objects.filter(code__iexact=code).exists():
            number += 1
            code = f"{name[:34].strip()} {number}"
        return code


class TakingIn:
    """One import on its way. ``is_resumed``: an earlier run of it was cut short."""

    def __init__(
        self,
        *,
        source: FeedbackSource,
        feedback_import: FeedbackImport,
        is_resumed: bool,
        scale: tuple[str, str] | None,
        labels: dict[str, str],
        now: datetime,
    ) -> None:
        self.source = source
        self.feedback_import = feedback_import
        self.now = now
        self.tally = Tally()
        self.touched: set[int] = set()
        self.fresh: set[tuple[int, int]] = set()
        self.by_rule: dict[tuple[int, int], int | None] = {}
        self._scale = scale or ("", "")
        self._labels = labels
        self._departments = Departments(now=now)
        self._rules = themes.rules_in_order()
        self._fallback = cx_lead_seat().department_id
        self._routes: dict[tuple[str, int | None], routing.Route] = {}
        self._themes: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._is_resumed = is_resumed
        self._changed_before: set[int] = (
            set(feedback_import.changes.values_list("feedback_id", flat=True)) if is_resumed else set()
        )

    def take(self, rows: Iterable[Row | list[Fault]]) -> None:
        """Take one batch in."""
        kept: dict[str, Row] = {}
        again: list[Row] = []
        rows = list(rows)
        self._meet(rows)
        for row in rows:
            self.tally.read += 1
            if isinstance(row, list):
                self.tally.refuse(row)
            elif row.external_id in self._seen:
                again.append(row)
            elif self._fits(row):
                self._seen[row.external_id] = row.line
                kept[row.external_id] = row
        self._find_themes(kept.values())
        if kept:
            self._write(kept)
        if again:
            self._take_repeated(again)
        self.tally.new_departments = self._departments.made

    def _meet(self, rows: Iterable[Row | list[Fault]]) -> None:
        """Make the departments that nobody knew, outside the batch's transaction: they stay if the batch does not."""
        self._departments.make(
            row.department
            for row in rows
            if isinstance(row, Row) and row.department and row.external_id not in self._seen
        )

    def _fits(self, row: Row) -> bool:
        """Whether the row's department is one."""
        if row.department and self._departments.find(row.department) == Departments.AMBIGUOUS:
            reason = _("two departments are called “%(name)s”: give their codes, or one of them an alias")
            self.tally.refuse([Fault(row.line, self._labels["department"], reason % {"name": row.department})])
            return False
        return True

    def _named(self, row: Row) -> int | None:
        return self._departments.find(row.department) if row.department else None

    def _key_of(self, row: Row) -> str:
        return topic_key(row.topic) if row.topic else themes.unsorted_key(self.source)

    def _route(self, row: Row, named: int | None) -> routing.Route:
        asked = (topic_key(row.topic), named)
        if asked not in self._routes:
            self._routes[asked] = routing.route(
                self._rules, source=self.source.pk, topic=asked[0], named=named, fallback=self._fallback
            )
        return self._routes[asked]

    def _find_themes(self, rows: Iterable[Row]) -> None:
        missing: dict[str, str] = {}
        wanted: dict[str, int] = {}
        for row in rows:
            key = self._key_of(row)
            if key not in self._themes and key not in missing:
                unsorted = _("Unsorted feedback, %(source)s") % {"source": self.source.name}
                missing[key] = " ".join(row.topic.split()) or unsorted
                wanted[key] = self._route(row, self._named(row)).department
        if missing:
            self._themes.update(themes.find_or_make(missing, departments=wanted, now=self.now))

    @transaction.atomic
    def _write(self, rows: dict[str, Row]) -> None:
        # One import of a source writes at a time; what it judges below cannot change before it has written.
        FeedbackSource.objects.select_for_update().get(pk=self.source.pk)
        if not FeedbackImport.objects.filter(pk=self.feedback_import.pk, withdrawn_at=None).exists():
            raise Conflict(_("Somebody withdrew this import while it was running. What it had brought is gone."))
        # Somebody may have merged or split a theme since the last batch; from here on nobody can.
        self._themes.update(themes.landing({self._key_of(row) for row in rows.values()}))
        stored = self._stored(rows)
        new: list[Values] = []
        changed: list[Values] = []
        changed_ids: list[int] = []
        for number, row in rows.items():
            before = stored.get(number)
            self.tally.count(row)
            if before is None:
                new.append(self._created(row))
            elif before.digest == row.digest:
                self._count_known(before)
            else:
                changed.append(self._updated(row, before))
                changed_ids.append(before.id)
        sql.insert(new)
        self.tally.created += len(new)
        if changed:
            self._keep_what_they_said(changed_ids)
            sql.overwrite(changed)
            self.tally.updated += len(changed)

    def _stored(self, rows: dict[str, Row]) -> dict[str, Stored]:
        found = Feedback.objects.filter(source=self.source, external_id__in=list(rows)).values_list(
            "external_id",
            "pk",
            "digest",
            "topic",
            "named_department_id",
            "theme_id",
            "department_id",
            "first_import_id",
            "closed_at",
        )
        return {row[0]: Stored(*row[1:8], is_open=row[8] is None) for row in found}

    def _created(self, row: Row) -> Values:
        named = self._named(row)
        route = self._route(row, named)
        theme = self._themes[self._key_of(row)]
        self._note(theme, route, is_fresh=row.closed_at is None)
        return self._values(row, theme, route.department, named)

    def _updated(self, row: Row, before: Stored) -> Values:
        """A changed row keeps its place, unless its topic or its named department changed: then it is routed again."""
        named = self._named(row)
        if topic_key(before.topic) == topic_key(row.topic) and before.named == named:
            self.touched.add(before.theme)
            if row.closed_at is None and not before.is_open:
                self.fresh.add((before.theme, before.department))
            return self._values(row, before.theme, before.department, named)
        route = self._route(row, named)
        theme = self._themes[self._key_of(row)]
        self.touched.add(before.theme)
        self._note(theme, route, is_fresh=row.closed_at is None)
        return self._values(row, theme, route.department, named)

    def _count_known(self, before: Stored) -> None:
        """A row that says what is stored: unchanged, unless this very import wrote it before it was cut short."""
        self.touched.add(before.theme)
        if self._is_resumed and before.first_import == self.feedback_import.pk:
            self.tally.created += 1
        elif before.id in self._changed_before:
            self.tally.updated += 1
        else:
            self.tally.unchanged += 1
            return
        if before.is_open:
            self.fresh.add((before.theme, before.department))

    def _note(self, theme: int, route: routing.Route, *, is_fresh: bool) -> None:
        self.touched.add(theme)
        self.by_rule.setdefault((theme, route.department), route.rule)
        if is_fresh:
            self.fresh.add((theme, route.department))

    def _values(self, row: Row, theme: int, department: int, named: int | None) -> Values:
        """In the order of ``sql.COLUMNS``."""
        low, high = self._scale if row.score else ("", "")
        return (
            *(self.source.pk, row.external_id, self.feedback_import.pk),
            *(theme, department, named),
            *(row.received_at, row.due_at, row.closed_at),
            *(row.topic, row.text, row.score, low, high),
            *(row.channel, row.giver, row.consent, row.language, row.kind, row.digest),
        )

    def _keep_what_they_said(self, ids: list[int]) -> None:
        FeedbackChange.objects.bulk_create(
            [
                FeedbackChange(
                    feedback_import=self.feedback_import, feedback_id=before.pop("pk"), before=_written(before)
                )
                for before in Feedback.objects.filter(pk__in=ids).values("pk", *sql.CONTENT)
            ],
            ignore_conflicts=True,
        )

    def _take_repeated(self, rows: list[Row]) -> None:
        """A number that stands in the file twice: the same words count as known, other words are refused."""
        stored = self._stored({row.external_id: row for row in rows})
        for row in rows:
            if stored[row.external_id].digest == row.digest:
                self.tally.unchanged += 1
                continue
            reason = _("“%(number)s” stands in line %(line)d already, and says something else there") % {
                "number": row.external_id,
                "line": self._seen[row.external_id],
            }
            self.tally.refuse([Fault(row.line, self._labels["external_id"], reason)])


def _written(before: dict[str, Any]) -> dict[str, Any]:
    """Field values as JSON."""
    return {name: value.isoformat() if name in sql.MOMENTS and value else value for name, value in before.items()}


def _as_before(change: FeedbackChange, gone: dict[int, int]) -> dict[str, Any]:
    """The row as it was, by the names of ``sql.COLUMNS``; in the theme that stands for the one it had.

    Where the import did not change the topic, nor whom the source named, it did not move the row: whoever merged or
    split its theme since did, and that stays.
    """
    row, before = change.feedback, change.before
    restored = {
        **{name: getattr(row, name) for name in sql.IDENTITY},
        **{name: parse_datetime(value) if name in sql.MOMENTS and value else value for name, value in before.items()},
    }
    stayed = (
        topic_key(before["topic"]) == topic_key(row.topic) and before["named_department_id"] == row.named_department_id
    )
    theme = before["theme_id"]
    restored["theme_id"] = row.theme_id if stayed else gone.get(theme, theme)
    return restored


@transaction.atomic
def take_back(feedback_import: FeedbackImport) -> set[int]:
    """Undo one batch of an import: rows that it changed say again what they said, then rows that it brought go.

    Returns the themes touched; an empty set when nothing is left to undo.
    """
    FeedbackSource.objects.select_for_update().get(pk=feedback_import.source_id)
    changes = list(feedback_import.changes.select_related("feedback")[:BATCH])
    if changes:
        gone = themes.surviving(change.before["theme_id"] for change in changes)
        restored = [_as_before(change, gone) for change in changes]
        sql.overwrite([[row[name] for name in sql.COLUMNS] for row in restored])
        FeedbackChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
        return {change.feedback.theme_id for change in changes} | {row["theme_id"] for row in restored}
    brought = dict(feedback_import.brought.values_list("pk", "theme_id")[:BATCH])
    Feedback.objects.filter(pk__in=brought).delete()
    return set(brought.values())


def organisation_zone() -> str:
    """Where times were written down, when a mapping does not say."""
    return Organisation.objects.select_related("calendar").get().zone
