"""A catalogue of ours, small and for a test: compiled messages in GNU's format, as ``compilemessages`` writes them."""

import struct
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import to_locale


def put(folder: Path, language: str, words: Mapping[str, str]) -> None:
    """Write ``words`` as the catalogue of ``language`` below a folder for ``LOCALE_PATHS``."""
    said = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n", **words}
    pairs = [(key.encode(), said[key].encode()) for key in sorted(said)]
    tables = 28
    at = tables + 16 * len(pairs)
    places: list[bytes] = []
    texts = b""
    for column in (0, 1):
        for pair in pairs:
            places.append(struct.pack("<II", len(pair[column]), at + len(texts)))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), tables, tables + 8 * len(pairs), 0, 0)
    path = folder / to_locale(language) / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(head + b"".join(places) + texts)
