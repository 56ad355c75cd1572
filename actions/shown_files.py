"""Files that show what was done: which are taken, under which name they lie, and where.

A file is known by its first bytes as well as by its ending, and is given out under a type of ours: a page that calls
itself a picture is refused at the door, and would still be saved rather than shown.
"""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from governance.errors import Invalid

MOST = 10 * 2**20
"""Bytes of one file."""
CHUNK = 1 << 16
NAME_LENGTH = 120
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_ZIP = (b"PK\x03\x04",)
_TEXT: tuple[bytes, ...] = ()

TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIP),
    ".csv": ("text/csv; charset=utf-8", _TEXT),
    ".txt": ("text/plain; charset=utf-8", _TEXT),
}
"""Ending -> the type under which it is given out, and how such a file begins (empty: text without a NUL)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came."""

    file: BinaryIO
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it lies: its unguessable name, the one that people know, bytes and SHA-256."""

    key: str
    name: str
    size: int
    digest: str


def keep(sent: Sent) -> Kept:
    """Look at a file and put it into its folder. Raises :class:`Invalid` at ``file``; nothing is kept then."""
    name = _plain_name(sent.name)
    _require_taken(sent, name)
    key, size, digest = secrets.token_urlsafe(32), 0, hashlib.sha256()
    path = path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    sent.file.seek(0)
    with os.fdopen(opened, "wb") as kept:
        while chunk := sent.file.read(CHUNK):
            size += len(chunk)
            if size > MOST:
                break
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    if size > MOST:
        drop(key)
        raise _too_large(size)
    return Kept(key, name, size, digest.hexdigest())


def _plain_name(name: str) -> str:
    """The last part of a name, without signs that do not print: whatever the sender's system puts before it."""
    last = PureWindowsPath(name.replace("\0", "/")).name
    shown = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}{dot}{ending[:10]}"


def _require_taken(sent: Sent, name: str) -> None:
    if sent.size == 0:
        raise Invalid(_("The file is empty. Choose the one that shows what was done."), field="file")
    if sent.size > MOST:
        raise _too_large(sent.size)
    known = TYPES.get(_ending(name))
    if known is None:
        raise Invalid(
            _("Files may be %(endings)s. Send a PDF or a picture of it, or a link.")
            % {"endings": ", ".join(ending.removeprefix(".").upper() for ending in TYPES)},
            field="file",
        )
    sent.file.seek(0)
    head = sent.file.read(CHUNK)
    fits = head.startswith(known[1]) if known[1] else b"\0" not in head
    if not fits:
        raise Invalid(
            _("This is not what its ending says. Save it again as %(ending)s, or send a PDF.")
            % {"ending": _ending(name).removeprefix(".").upper()},
            field="file",
        )


def _too_large(size: int) -> Invalid:
    return Invalid(
        _("The file has %(size)d MB; at most %(most)d are kept. Send a part of it, or a link.")
        % {"size": -(-size // 2**20), "most": MOST // 2**20},
        field="file",
    )


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def type_of(name: str) -> str:
    """The type under which a file is given out: ours, by its ending; nothing that a browser would run."""
    return TYPES.get(_ending(name), ("application/octet-stream", ()))[0]


def path_of(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return folder() / key


def folder() -> Path:
    """Below the files that a backup holds and a redaction overdraws."""
    return Path(settings.MEDIA_ROOT) / "evidence"


def drop(key: str) -> None:
    path_of(key).unlink(missing_ok=True)


def lying() -> set[str]:
    """The files that lie there."""
    return {path.name for path in folder().iterdir() if _KEY.fullmatch(path.name)} if folder().is_dir() else set()
