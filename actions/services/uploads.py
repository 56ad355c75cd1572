"""Files sent from a browser or a program: kept, looked at, taken in once, thrown away."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from actions.importing import keeping, tables
from actions.models import Upload, UploadState
from actions.queries import uploads as queries
from actions.services import feedback
from governance.errors import Conflict, DomainError, Invalid
from governance.models import Person

log = structlog.get_logger(__name__)

LIFE = timedelta(days=1)
"""How long a file that nobody took in lies here."""
LEASE = timedelta(minutes=10)
AT_ONCE = 3_000
"""Lines that are taken in while their sender waits: a second or two. More go in behind the page."""
CHUNK = 1 << 16


def keep(*, file: BinaryIO, file_name: str, size: int, source_name: str, by: Person, now: datetime) -> Upload:
    """Keep a file until its sender has looked at how it would be read.

    Needs the right to triage the whole organisation. XLSX and JSON are made into CSV on the way. Raises
    :class:`Invalid` at ``file`` or ``source``; nothing is kept then.
    """
    queries.require_triage(by, now)
    forget(now=now)
    name = " ".join(source_name.split())
    if not name or len(name) > 120 or not name.isprintable():
        raise Invalid(_("Name the source, in at most 120 characters."), field="source")
    if size > settings.UPLOAD_LIMIT:
        raise Invalid(
            _("The file has %(size)d MB; a browser may send %(most)d MB. Split it, or take it in from the console.")
            % {"size": -(-size // 2**20), "most": settings.UPLOAD_LIMIT // 2**20},
            field="file",
        )
    shown = "".join(sign for sign in PurePath(file_name).name if sign.isprintable())[:255] or _("upload")
    made = tables.as_csv(file, shown)
    if made is not None:
        file = BytesIO(made)
    key = keeping.new_key()
    file.seek(0)
    keeping.put(key, iter(lambda: file.read(CHUNK), b""))
    return Upload.objects.create(
        key=key, by=by, file_name=shown, size=size, source_name=name, created_at=now, lines=_lines(key)
    )


def _lines(key: str) -> int:
    with keeping.get(key) as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def take_in(*, upload: Upload, mapping: dict[str, Any], by: Person, now: datetime) -> Upload:
    """Take the file in by this mapping: at once where it is small, else behind the page (see ``carry_on``).

    Sent twice it is taken in once. Raises :class:`Conflict` for what was taken in already, :class:`Invalid` where the
    mapping or the file cannot be read; the file stays then.
    """
    queries.require_triage(by, now)
    upload = _claim(upload, mapping, by, now)
    if upload.lines > AT_ONCE:
        return upload
    try:
        _run(upload, now)
    except DomainError:
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.LOOKED_AT, claimed_until=None)
        raise
    return queries.get(upload.key, by)


@transaction.atomic
def _claim(upload: Upload, mapping: dict[str, Any], by: Person, now: datetime) -> Upload:
    queries.get(upload.key, by)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state in (UploadState.TAKEN_IN, UploadState.WAITING):
        raise Conflict(_("This file was sent in already. Look at what came of it."))
    upload.mapping, upload.state, upload.fault = mapping, UploadState.WAITING, ""
    upload.claimed_until = now + LEASE if upload.lines <= AT_ONCE else None
    upload.save(update_fields=["mapping", "state", "fault", "claimed_until"])
    return upload


def _run(upload: Upload, now: datetime) -> None:
    """Read the kept file into its source, then let it go. A run that was cut short goes on where it stopped."""

    began = time.monotonic()

    def progress(done: int, total: int) -> None:
        until = now + timedelta(seconds=time.monotonic() - began) + LEASE
        Upload.objects.filter(pk=upload.pk).update(lines_done=done, lines=total, claimed_until=until)

    try:
        file = keeping.get(upload.key)
    except FileNotFoundError as error:
        raise Conflict(_("This file is no longer here. Send it again.")) from error
    with file:
        named = _Named(file, upload.file_name)
        summary = feedback.take_in(
            path_or_file=named,  # type: ignore[arg-type]  # reads like the file that it wraps
            source_name=upload.source_name,
            mapping=upload.mapping,
            by=upload.by,
            now=now,
            progress=progress,
        )
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.TAKEN_IN, feedback_import_id=summary.import_id, claimed_until=None
    )
    _let_go(upload.key)


def _let_go(key: str) -> None:
    """Drop a file once what was said about it stands."""
    transaction.on_commit(partial(keeping.drop, key))


class _Named:
    """An open file under the name by which its sender knows it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def carry_on(*, now: datetime) -> int:
    """Take in what waits: files too long for a request, and those whose run was cut short. Returns how many."""
    done = 0
    for upload in _waiting(now):
        # Claimed by one process; the lease lets another go on after a crash.
        mine = Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING, claimed_until=upload.claimed_until)
        if not mine.update(claimed_until=now + LEASE):
            continue
        try:
            _run(upload, now)
            done += 1
        except DomainError as error:
            log.warning("upload.failed", upload=upload.pk, error=type(error).__name__)
            Upload.objects.filter(pk=upload.pk).update(
                state=UploadState.FAILED, fault=str(error)[:1000], claimed_until=None
            )
    return done


def _waiting(now: datetime) -> Iterable[Upload]:
    waiting = Upload.objects.filter(state=UploadState.WAITING).select_related("by").order_by("pk")
    return [one for one in waiting if one.claimed_until is None or one.claimed_until <= now]


def discard(*, upload: Upload, by: Person, now: datetime) -> None:
    """Throw a file away that was not taken in."""
    upload = queries.get(upload.key, by)
    if upload.state not in (UploadState.LOOKED_AT, UploadState.FAILED):
        raise Conflict(_("This file is taken in already. Withdraw the import instead."))
    Upload.objects.filter(pk=upload.pk).delete()
    _let_go(upload.key)


def forget(*, now: datetime) -> int:
    """Throw away what was sent more than a day ago and never taken in, and files that no row knows."""
    old = Upload.objects.filter(state__in=(UploadState.LOOKED_AT, UploadState.FAILED), created_at__lt=now - LIFE)
    lost = list(old.values_list("key", flat=True))
    old.delete()
    known = set(Upload.objects.exclude(state=UploadState.TAKEN_IN).values_list("key", flat=True))
    for key in [*lost, *(key for key in keeping.lying() if key not in known and keeping.is_old(key, now - LIFE))]:
        _let_go(key)
    return len(lost)
