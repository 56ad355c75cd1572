"""Where uploaded files lie between being sent and being taken in: one folder, readable by the program alone."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A name that nobody can guess."""
    return secrets.token_urlsafe(32)


def put(key: str, chunks: Iterable[bytes]) -> None:
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)


def get(key: str) -> BinaryIO:
    """The file, open for reading. Raises ``FileNotFoundError`` when it is gone."""
    return _path(key).open("rb")


def drop(key: str) -> None:
    _path(key).unlink(missing_ok=True)


def lying() -> list[str]:
    """The files that lie there."""
    folder = Path(settings.UPLOADS_ROOT)
    return [path.name for path in folder.iterdir() if _KEY.fullmatch(path.name)] if folder.is_dir() else []


def is_old(key: str, before: datetime) -> bool:
    """Whether it was put there before a moment."""
    try:
        return _path(key).stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return Path(settings.UPLOADS_ROOT) / key
