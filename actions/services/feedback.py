"""Taking feedback in from files, and withdrawing it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.importing import mapping as mappings
from actions.importing import taking_in
from actions.importing.rows import RowReader
from actions.models import ActionItem, Feedback, FeedbackChange, FeedbackImport, FeedbackSource
from actions.services import themes
from councils.models import Decision
from governance import access, events
from governance.errors import Conflict, Invalid
from governance.models import Department, Organisation, Person, SubjectKind
from governance.services import journal, subjects
from governance.sheets import reading

TAKEN_IN = events.declare(
    "actions.feedback.taken_in",
    says=gettext_lazy("{text} was taken into {subject}: {created} new, {updated} changed, {rejected} refused"),
)
WITHDRAWN = events.declare(
    "actions.feedback.withdrawn", says=gettext_lazy("{by} withdrew {text} from {subject}: {removed} gone")
)

# Told how many lines of about how many were read.
Progress = Callable[[int, int], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a file: ``read`` = created + updated + unchanged + rejected.

    ``errors`` are ``{line, column, reason}``, one for each fault, so that a row may stand there twice.
    """

    source: str
    source_reference: str
    import_id: int
    file: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: list[dict[str, Any]]
    errors_left_out: int
    clock_oddities: int
    off_scale: int
    date_unknown: int
    new_departments: tuple[str, ...]
    new_duties: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# --- taking in -----------------------------------------------------------------------------------------------------


def take_in(
    *,
    path_or_file: str | Path | BinaryIO,
    source_name: str,
    now: datetime,
    mapping: Any = None,
    by: Person | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Take a CSV file into a source, which is made where there is none of that name.

    ``mapping`` (a JSON object, see ``actions.importing.mapping``, or the path of a file that holds one) is kept with
    the source; without it the kept one is used. With ``by`` it needs the right to triage the whole organisation;
    without, whoever stands at the console answers for it. Taking in the same file again changes nothing. Raises
    :class:`Invalid` at ``mapping``, ``encoding``, ``source`` or ``file``, before anything is written.
    """
    root = _authorise(by, now)
    name = " ".join(source_name.split())
    if not name or len(name) > 120:
        raise Invalid(_("Name the source, in at most 120 characters."), field="source")
    with _opened(path_or_file) as (file, file_name):
        source = FeedbackSource.objects.filter(name__iexact=name).select_related("subject").first()
        said = mappings.load(mapping) if isinstance(mapping, str | Path) else mapping
        said = said if said is not None else (source.mapping if source else None)
        if not said:
            raise Invalid(_unmapped(file, file_name), field="mapping")
        how = mappings.parse(said)
        survey = reading.survey(file, how.encoding)
        records = reading.records(
            file, encoding=survey.encoding, delimiter=reading.delimiter_of(file_name, how.delimiter)
        )
        header = next(records, None)
        if header is None or header.fault:
            raise Invalid(_("The file has no header line to read columns by."), field="file")
        zone = ZoneInfo(how.zone or taking_in.organisation_zone())
        reader = RowReader(how, header.cells, zone=zone)
        source = _source(name, said, source, root, now)
        feedback_import, is_resumed = _begin(source, file_name, survey.digest, by, now)
        engine = taking_in.TakingIn(
            source=source,
            feedback_import=feedback_import,
            is_resumed=is_resumed,
            scale=reader.scale,
            labels=reader.labels,
            now=now,
        )
        for batch in _batches(records, taking_in.BATCH):
            engine.take([reader.read(record) for record in batch])
            if progress is not None:
                progress(batch[-1].until, survey.lines)
    return _finish(engine, by, now)


def _authorise(by: Person | None, now: datetime) -> Department:
    root = Organisation.objects.select_related("root").get().root
    if root is None:
        raise Conflict(_("Start the organisation first."))
    if by is not None:
        access.require(by, access.TRIAGE, root, now)
    return root


@contextmanager
def _opened(path_or_file: str | Path | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    if isinstance(path_or_file, str | Path):
        path = Path(path_or_file)
        try:
            with path.open("rb") as file:
                yield file, path.name[:255]
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise Invalid(
                _("“%(path)s” cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}, field="file"
            ) from error
    else:
        yield path_or_file, Path(str(getattr(path_or_file, "name", "") or _("upload"))).name[:255]


def _unmapped(file: BinaryIO, file_name: str) -> str:
    found = reading.survey(file)
    header = next(reading.records(file, encoding=found.encoding, delimiter=reading.delimiter_of(file_name, "")), None)
    names = ", ".join(f"“{name}”" for name in header.cells) if header else ""
    return _(
        "Nobody has said yet how this source's columns are read. Give a mapping: at least “text” or “topic”. "
        "The file has: %(names)s."
    ) % {"names": names}


@transaction.atomic
def _source(name: str, said: Any, source: FeedbackSource | None, root: Department, now: datetime) -> FeedbackSource:
    if source is None:
        subject = subjects.create(SubjectKind.SOURCE, title=name, now=now, audience=[root.pk])
        return FeedbackSource.objects.create(subject=subject, name=name, mapping=said)
    if source.mapping != said:
        source = FeedbackSource.objects.select_for_update().select_related("subject").get(pk=source.pk)
        source.mapping = said
        source.keep("mapping")
    return source


@transaction.atomic
def _begin(
    source: FeedbackSource, file_name: str, digest: str, by: Person | None, now: datetime
) -> tuple[FeedbackImport, bool]:
    """A new import; or the one of this very file that was cut short, to go on with."""
    FeedbackSource.objects.select_for_update().get(pk=source.pk)
    known = FeedbackImport.objects.filter(
        source=source, file_digest=digest, finished_at=None, withdrawn_at=None
    ).first()
    if known is not None:
        return known, True
    return (
        FeedbackImport.objects.create(source=source, file_name=file_name, file_digest=digest, by=by, started_at=now),
        False,
    )


def _finish(engine: taking_in.TakingIn, by: Person | None, now: datetime) -> Summary:
    """Route what came in, then say so once."""
    opened = themes.settle_all(engine.touched, fresh=engine.fresh, by_rule=engine.by_rule, now=now)
    tally, feedback_import = engine.tally, engine.feedback_import
    errors = [asdict(fault) for fault in tally.errors]
    counts: dict[str, Any] = {
        "read": tally.read,
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "rejected": tally.rejected,
        "clock_oddities": tally.clock_oddities,
    }
    with transaction.atomic():
        FeedbackImport.objects.filter(pk=feedback_import.pk).update(finished_at=now, errors=errors, **counts)
        journal.record(
            TAKEN_IN,
            subject=engine.source.subject,
            by=by,
            now=now,
            mentions=themes.owing(opened),
            text=feedback_import.file_name,
            feedback_import=feedback_import.pk,
            new_departments=len(tally.new_departments),
            new_duties=len(opened),
            **counts,
        )
    return Summary(
        source=engine.source.name,
        source_reference=engine.source.reference,
        import_id=feedback_import.pk,
        file=feedback_import.file_name,
        errors=errors,
        errors_left_out=tally.errors_left_out,
        off_scale=tally.off_scale,
        date_unknown=tally.date_unknown,
        new_departments=tuple(tally.new_departments),
        new_duties=len(opened),
        **counts,
    )


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    walk = iter(items)
    while batch := list(islice(walk, size)):
        yield batch


# --- withdrawing ---------------------------------------------------------------------------------------------------


def withdraw(*, feedback_import: FeedbackImport, by: Person, now: datetime) -> FeedbackImport:
    """Take an import back as a whole: what it brought goes, what it changed says again what it said before.

    Raises :class:`Conflict` once something was decided on it (a decision about one of its themes, or an action for
    one), when a later import changed its rows, or when it was withdrawn already. If it is cut short, withdrawing again
    goes on.
    """
    root = _authorise(by, now)
    feedback_import = _claim(feedback_import, by, now)
    touched: set[int] = set()
    removed = feedback_import.brought.count()
    while part := taking_in.take_back(feedback_import):
        touched |= part
    themes.settle_all(touched, fresh=set(), by_rule={}, now=now)
    with transaction.atomic():
        journal.record(
            WITHDRAWN,
            subject=feedback_import.source.subject,
            by=by,
            now=now,
            mentions=[("organisation", root.pk)],
            text=feedback_import.file_name,
            feedback_import=feedback_import.pk,
            removed=removed,
        )
    return feedback_import


@transaction.atomic
def _claim(feedback_import: FeedbackImport, by: Person, now: datetime) -> FeedbackImport:
    FeedbackSource.objects.select_for_update().get(pk=feedback_import.source_id)
    feedback_import = FeedbackImport.objects.select_related("source__subject").get(pk=feedback_import.pk)
    if feedback_import.withdrawn_at is not None:
        if not feedback_import.brought.exists() and not feedback_import.changes.exists():
            raise Conflict(_("This import was withdrawn already."))
        return feedback_import
    reason = why_it_stays(feedback_import, by, now)
    if reason:
        raise Conflict(reason)
    feedback_import.withdrawn_at = now
    feedback_import.save(update_fields=["withdrawn_at"])
    return feedback_import


def why_it_stays(feedback_import: FeedbackImport, viewer: Person, now: datetime) -> str:
    """Why an import can no longer be withdrawn, with what would help; empty when it can.

    Names only what ``viewer`` may see.
    """
    later = FeedbackChange.objects.filter(feedback_import_id__gt=feedback_import.pk)
    changed = feedback_import.changes.values("feedback_id")
    if later.filter(feedback__first_import=feedback_import).exists() or later.filter(feedback_id__in=changed).exists():
        return _("A later import changed some of these rows. Withdraw that one first.")
    touched = (
        Feedback.objects.filter(first_import=feedback_import)
        .values("theme_id")
        .union(Feedback.objects.filter(pk__in=changed).values("theme_id"))
    )
    themes_touched = [row["theme_id"] for row in touched]
    since = feedback_import.started_at
    decision = Decision.objects.filter(
        item__about_id__in=themes_touched, decided_at__gte=since, taken_back_at=None
    ).first()
    if decision is not None and access.may_see(viewer, decision.pk, now):
        return _("%(decision)s was decided on what this import brought, so it stays.") % {
            "decision": decision.reference
        }
    action = ActionItem.objects.filter(theme_id__in=themes_touched, subject__created_at__gte=since).first()
    if action is not None and access.may_see(viewer, action.pk, now):
        return _("%(action)s came of what this import brought, so it stays.") % {"action": action.reference}
    if decision is not None or action is not None:
        return _("What this import brought has been worked with since, so it stays.")
    return ""
